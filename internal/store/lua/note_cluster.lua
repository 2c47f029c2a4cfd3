--@include fence
-- Notes the swarm that the services of this store are in, and since when.
-- KEYS: lease, meta
-- ARGV: token, the swarm's identity and since when, as JSON
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
redis.call('HSET', KEYS[2], 'cluster', ARGV[2])
return { 'OK' }
