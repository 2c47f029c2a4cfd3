--@include fence
-- Makes this store the owner of the services of another one, which is no other any more.
-- KEYS: lease, meta, foreign decisions, foreign
-- ARGV: token, identity
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
redis.call('HSET', KEYS[2], 'storeId', ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
redis.call('HDEL', KEYS[4], ARGV[2])
return { 'OK' }
