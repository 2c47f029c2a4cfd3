--@include event
-- Stores what a current attempt reports of itself, before the API answers; or that its report was refused.
-- The first report stands. A whole one takes the place of one that broke off, any takes that of a refusal.
-- KEYS: job, tasks, live, reports, stdout, stderr, changes, events
-- ARGV: uid, index, attempt, task name or '', report, event of a refusal or '', stdout and stderr unless refused
-- Returns: {'OK'} | {'NOT_FOUND'} | {'TASK_MISMATCH', name} | {'REPORT_CONFLICT'} | {'SUPERSEDED'}
--@include even_when_full
local index, attempt, report = ARGV[2], tonumber(ARGV[3]), cjson.decode(ARGV[5])
local function tell(kind, reason)
  add_event(KEYS[8], '{"type":"' .. kind .. '","index":' .. index .. ',"attempt":' .. attempt ..
    (reason and ',"reason":"' .. reason .. '"}' or '}'))
end
local task = redis.call('HGET', KEYS[2], index)
if not task then return { 'NOT_FOUND' } end
local name = cjson.decode(task).n
if ARGV[4] ~= '' and name ~= ARGV[4] then return { 'TASK_MISMATCH', name } end
local earlier = redis.call('HGET', KEYS[4], index)
if earlier then
  earlier = cjson.decode(earlier)
  if earlier.attempt == attempt then
    if earlier.digest == report.digest then return { 'OK' } end
    -- One refusal says it all: a task must not fill its job's timeline.
    if earlier.refused and report.refused then return { 'OK' } end
    local gives_way = earlier.refused or (earlier.partial and not report.partial and not report.refused)
    if not gives_way then
      tell('ReportRefused', 'Conflict')
      return { 'REPORT_CONFLICT' }
    end
  end
end
local live = redis.call('HGET', KEYS[3], index)
if live then live = cjson.decode(live) end
if not live or live.attempt ~= attempt or live.verdict then
  tell('ReportRefused', 'Superseded')
  return { 'SUPERSEDED' }
end
redis.call('HSET', KEYS[4], index, ARGV[5])
if report.refused then
  add_event(KEYS[8], ARGV[6])
else
  redis.call('HSET', KEYS[5], index, ARGV[7])
  redis.call('HSET', KEYS[6], index, ARGV[8])
  tell('Reported')
end
redis.call('XADD', KEYS[7], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
return { 'OK' }
