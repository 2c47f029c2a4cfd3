-- Gives the lease up, so that the next controller need not wait for it to run out.
-- KEYS: lease
-- ARGV: holder, token
-- Returns: 1 | 0 when the lease was no longer the holder's
--@include even_when_full
local lease = redis.call('HMGET', KEYS[1], 'holder', 'token')
if lease[1] ~= ARGV[1] or lease[2] ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], 'holder', '')
return 1
