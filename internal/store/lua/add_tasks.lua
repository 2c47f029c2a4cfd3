--@include tasks
-- Appends tasks to a job that is not finished, all or none.
-- KEYS: job, tasks, names, changes
-- ARGV: uid, then name, task, name, task, …
-- Returns: {'OK'} | {'NOT_FOUND'} | {'FINISHED'} | {'DUPLICATE_TASK', name, …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total')
if not state[1] then return { 'NOT_FOUND' } end
if state[1] ~= 'Running' then return { 'FINISHED' } end
local duplicates = duplicate_names(KEYS[3], 2)
if #duplicates > 0 then return { 'DUPLICATE_TASK', unpack(duplicates) } end
redis.call('HSET', KEYS[1], 'total', append_tasks(KEYS[2], KEYS[3], tonumber(state[2]), 2))
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
return { 'OK' }
