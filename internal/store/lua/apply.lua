--@include tasks
--@include event
--@include touch
--@include quota
--@include suspend
-- Replaces what users want of a job, if it still is what the replacement was made from, and appends tasks.
-- KEYS: job, tasks, names, changes, events, expiry, live, waiting, versions, watch, active jobs, jobs of
--       the namespace, adding
-- ARGV: uid, edits so far, resource version that it must have or '', spec, metadata, what was applied,
--       '1' | '0' when it is to be suspended or '', event, prefix of the keys of jobs, limits (see
--       include/quota.lua), now (ms), then the tasks (see include/tasks.lua)
-- Returns: {'OK'} | {'NOT_FOUND'} | {'CONFLICT'} | {'VERSION_MISMATCH'} | {'FINISHED'}
--          | {'DUPLICATE_TASK', name, …} | {'BUSY'} | {'NOT_STAGED'} | {'QUOTA_EXCEEDED', …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'edits', 'version', 'total', 'delete', 'finished',
  'attemptBytes')
local phase, finished = state[1], state[1] ~= 'Running'
if not phase then return { 'NOT_FOUND' } end
if ARGV[3] ~= '' and state[3] ~= ARGV[3] then return { 'VERSION_MISMATCH' } end
if (state[2] or '0') ~= ARGV[2] or state[5] then return { 'CONFLICT' } end
local keys, total = { tasks = KEYS[2], names = KEYS[3], adding = KEYS[13] }, tonumber(state[4])
local refusal, count = refuse_tasks(keys, total, 12)
if finished and count > 0 then return { 'FINISHED' } end
if refusal then return refusal end
refusal = refuse_over_quota({ active = KEYS[11], of_namespace = KEYS[12] }, ARGV[9], ARGV[10],
  { jobs = 0, tasks = count, outputs = count, counted = total, kept = state[7] })
if refusal then return refusal end
redis.call('HINCRBY', KEYS[1], 'edits', 1)
redis.call('HSET', KEYS[1], 'spec', ARGV[4], 'meta', ARGV[5], 'applied', ARGV[6],
  'total', take_tasks(keys, total, 12))
if ARGV[7] ~= '' then set_suspend(KEYS[1], ARGV[7], ARGV[11]) end
if finished then
  local ttl = cjson.decode(ARGV[4]).ttlSecondsAfterFinished
  if ttl then
    redis.call('ZADD', KEYS[6], tonumber(state[6]) + 1000 * ttl, ARGV[1])
  else
    redis.call('ZREM', KEYS[6], ARGV[1])
  end
end
add_event(KEYS[5], ARGV[8])
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
touch({ job = KEYS[1], live = KEYS[7], waiting = KEYS[8], versions = KEYS[9], watch = KEYS[10] },
  ARGV[1], 'MODIFIED')
return { 'OK' }
