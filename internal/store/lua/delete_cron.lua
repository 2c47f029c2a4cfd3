--@include cron
-- Removes a cron job. Its jobs are left to the controller, which removes them too.
-- KEYS: cron, due, versions, watch, all cron jobs, cron jobs of the namespace, names of the namespace,
--       removed cron jobs, changes
-- ARGV: uid, name
-- Returns: {'OK'} | {'NOT_FOUND'}
if redis.call('EXISTS', KEYS[1]) == 0 then return { 'NOT_FOUND' } end
-- First what takes no memory: so Redis lets it go on when it is full (see include/even_when_full.lua).
redis.call('ZREM', KEYS[2], ARGV[1])
touch_cron(KEYS[1], KEYS[3], KEYS[4], ARGV[1], 'DELETED')
redis.call('UNLINK', KEYS[1])
redis.call('ZREM', KEYS[5], ARGV[1])
redis.call('ZREM', KEYS[6], ARGV[1])
if redis.call('HGET', KEYS[7], ARGV[2]) == ARGV[1] then redis.call('HDEL', KEYS[7], ARGV[2]) end
redis.call('SADD', KEYS[8], ARGV[1])
tell_of_crons(KEYS[9])
return { 'OK' }
