--@include event
-- Stores what a current attempt reports of itself, before the API answers.
-- KEYS: job, tasks, live, reports, stdout, stderr, changes, events
-- ARGV: uid, index, attempt, task name, report, digest, stdout, stderr
-- Returns: {'OK'} | {'NOT_FOUND'} | {'TASK_MISMATCH', name} | {'REPORT_CONFLICT'} | {'SUPERSEDED'}
local index, attempt = ARGV[2], tonumber(ARGV[3])
local function tell(kind, reason)
  add_event(KEYS[8], '{"type":"' .. kind .. '","index":' .. index .. ',"attempt":' .. attempt ..
    (reason and ',"reason":"' .. reason .. '"}' or '}'))
end
local task = redis.call('HGET', KEYS[2], index)
if not task then return { 'NOT_FOUND' } end
local name = cjson.decode(task).n
if name ~= ARGV[4] then return { 'TASK_MISMATCH', name } end
local earlier = redis.call('HGET', KEYS[4], index)
if earlier then
  earlier = cjson.decode(earlier)
  if earlier.attempt == attempt then
    if earlier.digest == ARGV[6] then return { 'OK' } end
    tell('ReportRefused', 'Conflict')
    return { 'REPORT_CONFLICT' }
  end
end
local live = redis.call('HGET', KEYS[3], index)
if live then live = cjson.decode(live) end
if not live or live.attempt ~= attempt or live.verdict then
  tell('ReportRefused', 'Superseded')
  return { 'SUPERSEDED' }
end
redis.call('HSET', KEYS[4], index, ARGV[5])
redis.call('HSET', KEYS[5], index, ARGV[7])
redis.call('HSET', KEYS[6], index, ARGV[8])
tell('Reported')
redis.call('XADD', KEYS[7], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
return { 'OK' }
