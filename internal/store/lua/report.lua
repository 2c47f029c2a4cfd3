--@include event
-- Stores what a current attempt reports of itself, before the API answers; or that its report was refused.
-- How many were refused of an attempt is in the field index/attempt.
-- The first report stands. A whole one takes the place of one that broke off, any takes that of a refusal.
-- KEYS: job, tasks, live, reports, stdout, stderr, changes, events
-- ARGV: uid, index, attempt, task name or '', report, event of a refusal or '', stdout and stderr unless refused
-- Returns: {'OK'} | {'NOT_FOUND'} | {'TASK_MISMATCH', name} | {'REPORT_CONFLICT'} | {'SUPERSEDED'}
--@include even_when_full
local index, attempt, report = ARGV[2], tonumber(ARGV[3]), cjson.decode(ARGV[5])
local function event(kind, reason)
  return '{"type":"' .. kind .. '","index":' .. index .. ',"attempt":' .. attempt ..
    (reason and ',"reason":"' .. reason .. '"}' or '}')
end
-- A task must not push the rest of its job's timeline out: of what is refused the 1st, 10th, 100th … is told.
local function tell_refusal(reason)
  local field = index .. '/' .. attempt
  local count = tonumber(redis.call('HGET', KEYS[4], field) or 0) + 1
  redis.call('HSET', KEYS[4], field, count)
  if tostring(count):match('^10*$') then add_event(KEYS[8], event('ReportRefused', reason)) end
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
    -- One refusal says it all.
    if earlier.refused and report.refused then return { 'OK' } end
    local gives_way = earlier.refused or (earlier.partial and not report.partial and not report.refused)
    if not gives_way then
      tell_refusal('Conflict')
      return { 'REPORT_CONFLICT' }
    end
  end
end
local live = redis.call('HGET', KEYS[3], index)
if live then live = cjson.decode(live) end
if not live or live.attempt ~= attempt or live.verdict then
  tell_refusal('Superseded')
  return { 'SUPERSEDED' }
end
redis.call('HSET', KEYS[4], index, ARGV[5])
if report.refused then
  add_event(KEYS[8], ARGV[6])
else
  redis.call('HSET', KEYS[5], index, ARGV[7])
  redis.call('HSET', KEYS[6], index, ARGV[8])
  add_event(KEYS[8], event('Reported'))
end
redis.call('XADD', KEYS[7], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
return { 'OK' }
