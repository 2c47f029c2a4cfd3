--@include tasks
-- Writes some of many tasks behind those of a job. They are none of its own, and nobody sees them, until add_tasks
-- or apply raises its total: a script over all of them would keep everybody else waiting. Who has begun is alone
-- there until it is done, or writes no more.
-- KEYS: job, tasks, names, adding
-- ARGV: token of who writes, ms until it counts as gone, how many it has written, then name, task, name, task, …
-- Returns: {'OK'} | {'NOT_FOUND'} | {'FINISHED'} | {'BUSY'} | {'NOT_STAGED'} | {'DUPLICATE_TASK', name, …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total')
if not state[1] then return { 'NOT_FOUND' } end
if state[1] ~= 'Running' then return { 'FINISHED' } end
local total, written = tonumber(state[2]), tonumber(ARGV[3])
local writer = redis.call('HGET', KEYS[4], 'token')
local mine = writer == ARGV[1] or (not writer and written == 0)
if not mine or redis.call('HLEN', KEYS[2]) ~= total + written then
  return { written == 0 and 'BUSY' or 'NOT_STAGED' }
end
local refusal = refuse_duplicates(KEYS[3], 4)
if refusal then return refusal end
append_tasks(KEYS[2], KEYS[3], total + written, 4)
redis.call('HSET', KEYS[4], 'token', ARGV[1])
redis.call('PEXPIRE', KEYS[4], ARGV[2])
return { 'OK' }
