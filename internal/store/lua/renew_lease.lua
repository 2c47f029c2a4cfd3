-- Shows that the holder lives: those who wait watch the beat change.
-- KEYS: lease
-- ARGV: holder, token
-- Returns: 1 | 0 when the lease is no longer the holder's
--@include even_when_full
local lease = redis.call('HMGET', KEYS[1], 'holder', 'token')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
redis.call('HINCRBY', KEYS[1], 'beat', 1)
return 1
