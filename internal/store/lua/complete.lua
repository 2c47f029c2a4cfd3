--@include fence
-- Finishes a job whose tasks are all counted, and puts its callback in the outbox in the same step.
-- KEYS: lease, job, activeJobs, callback, outbox
-- ARGV: token, uid, now (ms)
-- Returns: {'OK'} | {'FENCED'} | {'NOT_DONE'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local state = redis.call('HMGET', KEYS[2], 'phase', 'total', 'succeeded', 'failed', 'spec')
if state[1] ~= 'Running' then return { 'OK' } end
local total, succeeded, failed = tonumber(state[2]), tonumber(state[3]), tonumber(state[4])
if total == 0 or succeeded + failed ~= total then return { 'NOT_DONE' } end
local phase = failed == 0 and 'Complete' or 'Failed'
redis.call('HSET', KEYS[2], 'phase', phase, 'finished', ARGV[3])
redis.call('SREM', KEYS[3], ARGV[2])
local callback = cjson.decode(state[5]).callback
if callback then
  redis.call('HSET', KEYS[4], 'url', callback.url, 'state', 'pending', 'attempts', 0)
  redis.call('ZADD', KEYS[5], ARGV[3], ARGV[2])
end
return { 'OK' }
