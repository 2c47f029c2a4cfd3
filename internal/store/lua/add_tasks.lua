--@include tasks
--@include event
--@include touch
--@include quota
-- Appends tasks to a job that is not finished, all or none.
-- KEYS: job, tasks, names, changes, events, live, waiting, versions, watch, active jobs, jobs of the
--       namespace
-- ARGV: uid, prefix of the keys of jobs, limits (see include/quota.lua), then name, task, name, task, …
-- Returns: {'OK'} | {'NOT_FOUND'} | {'FINISHED'} | {'DUPLICATE_TASK', name, …}
--          | {'QUOTA_EXCEEDED', …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total', 'attemptBytes')
if not state[1] then return { 'NOT_FOUND' } end
if state[1] ~= 'Running' then return { 'FINISHED' } end
local refusal = refuse_duplicates(KEYS[3], 4)
if refusal then return refusal end
local count = (#ARGV - 3) / 2
refusal = refuse_over_quota({ active = KEYS[10], of_namespace = KEYS[11] }, ARGV[2], ARGV[3],
  { jobs = 0, tasks = count, outputs = count, counted = tonumber(state[2]), kept = state[3] })
if refusal then return refusal end
redis.call('HSET', KEYS[1], 'total', append_tasks(KEYS[2], KEYS[3], tonumber(state[2]), 4))
add_event(KEYS[5], '{"type":"TasksAdded"}')
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
touch({ job = KEYS[1], live = KEYS[6], waiting = KEYS[7], versions = KEYS[8], watch = KEYS[9] },
  ARGV[1], 'MODIFIED')
return { 'OK' }
