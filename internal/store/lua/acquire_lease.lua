-- Takes the lease if it still is as the caller saw it. The fencing token grows by one.
-- KEYS: lease
-- ARGV: holder, then the holder, token and beat that were seen
-- Returns: the new token | 0 when somebody was faster
--@include even_when_full
local lease = redis.call('HMGET', KEYS[1], 'holder', 'token', 'beat')
if (lease[1] or '') ~= ARGV[2] or (lease[2] or '0') ~= ARGV[3] or (lease[3] or '0') ~= ARGV[4] then
  return 0
end
redis.call('HSET', KEYS[1], 'holder', ARGV[1], 'beat', 0)
return redis.call('HINCRBY', KEYS[1], 'token', 1)
