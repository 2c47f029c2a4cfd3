--@include fence
--@include event
-- Sets a job aside whose record cannot be read, so that the others go on. Its slots are free again; its
-- services are left alone.
-- KEYS: lease, activeJobs, quarantine, slots, live, events
-- ARGV: token, uid, what is wrong, event
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
if redis.call('SREM', KEYS[2], ARGV[2]) == 0 then return { 'OK' } end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
if redis.call('TYPE', KEYS[5]).ok == 'hash' then
  redis.call('DECRBY', KEYS[4], redis.call('HLEN', KEYS[5]))
end
if redis.call('TYPE', KEYS[6]).ok ~= 'string' then add_event(KEYS[6], ARGV[4]) end
return { 'OK' }
