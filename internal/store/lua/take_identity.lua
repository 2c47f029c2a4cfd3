--@include fence
-- Makes this store the owner of the services of another one.
-- KEYS: lease, meta, foreign decisions
-- ARGV: token, identity
-- Returns: {'OK'} | {'FENCED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
redis.call('HSET', KEYS[2], 'storeId', ARGV[2])
redis.call('HDEL', KEYS[3], ARGV[2])
return { 'OK' }
