--@include tasks
--@include event
--@include touch
--@include quota
-- Appends tasks to a job that is not finished, all or none.
-- KEYS: job, tasks, names, changes, events, live, waiting, versions, watch, active jobs, jobs of the
--       namespace, adding
-- ARGV: uid, prefix of the keys of jobs, limits (see include/quota.lua), then the tasks (see include/tasks.lua)
-- Returns: {'OK'} | {'NOT_FOUND'} | {'FINISHED'} | {'DUPLICATE_TASK', name, …} | {'BUSY'} | {'NOT_STAGED'}
--          | {'QUOTA_EXCEEDED', …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total', 'attemptBytes')
if not state[1] then return { 'NOT_FOUND' } end
if state[1] ~= 'Running' then return { 'FINISHED' } end
local keys, total = { tasks = KEYS[2], names = KEYS[3], adding = KEYS[12] }, tonumber(state[2])
local refusal, count = refuse_tasks(keys, total, 4)
if refusal then return refusal end
refusal = refuse_over_quota({ active = KEYS[10], of_namespace = KEYS[11] }, ARGV[2], ARGV[3],
  { jobs = 0, tasks = count, outputs = count, counted = total, kept = state[3] })
if refusal then return refusal end
redis.call('HSET', KEYS[1], 'total', take_tasks(keys, total, 4))
add_event(KEYS[5], '{"type":"TasksAdded"}')
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
touch({ job = KEYS[1], live = KEYS[6], waiting = KEYS[7], versions = KEYS[8], watch = KEYS[9] },
  ARGV[1], 'MODIFIED')
return { 'OK' }
