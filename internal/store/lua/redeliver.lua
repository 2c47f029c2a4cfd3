-- Puts a finished job's callback into the outbox once more, due at once, with its tries counted anew. It is
-- counted how often that was asked for: a try that began before is no answer to it.
-- KEYS: job, callback, outbox
-- ARGV: uid
-- Returns: {'OK'} | {'NOT_FOUND'} | {'RUNNING'} | {'NO_CALLBACK'}
--@include even_when_full
local state = redis.call('HMGET', KEYS[1], 'phase', 'delete')
local phase = state[1]
-- A job that is to be removed sends nothing any more.
if not phase or state[2] then return { 'NOT_FOUND' } end
if phase == 'Running' then return { 'RUNNING' } end
if redis.call('EXISTS', KEYS[2]) == 0 then return { 'NO_CALLBACK' } end
redis.call('HSET', KEYS[2], 'state', 'pending', 'attempts', 0)
redis.call('HINCRBY', KEYS[2], 'redeliveries', 1)
redis.call('ZADD', KEYS[3], 0, ARGV[1])
return { 'OK' }
