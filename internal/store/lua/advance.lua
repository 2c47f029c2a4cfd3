--@include fence
--@include event
-- Moves an attempt to its next stage, if it still is at the stage that the move was decided on.
-- A verdict that knows no report is refused when one has arrived: the report would have won. So is a success
-- when one had to be refused, which leaves an exit with 0 without a proof.
-- KEYS: lease, live, reports, stdout, stderr, events
-- ARGV: token, index, record as seen, record to be, 'no-report' | '', event, then stdout and stderr if any
-- Returns: {'OK'} | {'FENCED'} | {'CONFLICT'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local index = ARGV[2]
if redis.call('HGET', KEYS[2], index) ~= ARGV[3] then return { 'CONFLICT' } end
if ARGV[5] == 'no-report' then
  local report = redis.call('HGET', KEYS[3], index)
  report = report and cjson.decode(report)
  if report and report.attempt == cjson.decode(ARGV[3]).attempt then
    local verdict = cjson.decode(ARGV[4]).verdict
    if not report.refused or (verdict and verdict.outcome == 'Succeeded') then return { 'CONFLICT' } end
  end
end
redis.call('HSET', KEYS[2], index, ARGV[4])
add_event(KEYS[6], ARGV[6])
if ARGV[7] then
  redis.call('HSET', KEYS[4], index, ARGV[7])
  redis.call('HSET', KEYS[5], index, ARGV[8])
end
return { 'OK' }
