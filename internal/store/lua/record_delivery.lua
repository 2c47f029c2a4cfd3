--@include fence
-- Notes what came of one try to deliver a callback.
-- KEYS: lease, callback, outbox
-- ARGV: token, uid, 'delivered' | 'retry' | 'dead', at (ms), http status or '', error or '', next try (ms) or ''
-- Returns: {'OK'} | {'FENCED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local kind = ARGV[3]
redis.call('HINCRBY', KEYS[2], 'attempts', 1)
redis.call('HSET', KEYS[2], 'state', kind == 'retry' and 'pending' or kind,
  'at', ARGV[4], 'status', ARGV[5], 'error', ARGV[6])
if kind == 'retry' then
  redis.call('ZADD', KEYS[3], ARGV[7], ARGV[2])
else
  redis.call('ZREM', KEYS[3], ARGV[2])
end
return { 'OK' }
