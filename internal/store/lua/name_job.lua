--@include fence
-- Gives a job of the first schema what later ones have: a name, a place in the lists, a version. One
-- that has a name, or is gone, stays as it is.
-- KEYS: lease, job, all jobs, jobs of the namespace, names of the namespace, versions
-- ARGV: token, uid, metadata, name
-- Returns: {'OK'} | {'FENCED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local state = redis.call('HMGET', KEYS[2], 'phase', 'meta')
if not state[1] or state[2] then return { 'OK' } end
redis.call('HSETNX', KEYS[2], 'edits', 0)
redis.call('HSET', KEYS[2], 'meta', ARGV[3], 'version', redis.call('INCR', KEYS[6]))
redis.call('ZADD', KEYS[3], 0, ARGV[2])
redis.call('ZADD', KEYS[4], 0, ARGV[2])
redis.call('HSETNX', KEYS[5], ARGV[4], ARGV[2])
return { 'OK' }
