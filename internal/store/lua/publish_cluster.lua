--@include fence
-- Stores what the leading controller sees of the swarm, for the API.
-- KEYS: lease, cluster | inventory
-- ARGV: token, what it sees
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
redis.call('SET', KEYS[2], ARGV[2])
return { 'OK' }
