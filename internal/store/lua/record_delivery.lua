--@include fence
--@include event
-- Notes what came of one try to deliver a callback. Of a job that was removed meanwhile, nothing; of
-- one that is to be removed, or runs again or did, or whose redelivery was asked for since the try began,
-- the try is logged and no more.
-- KEYS: lease, callback, outbox, deliveries, events, job, dead callbacks
-- ARGV: token, uid, 'delivered' | 'retry' | 'dead', at (ms), http status or '', error or '',
--       next try (ms) or '', how long it took (ms), beginning of the reply, event, generation, redeliveries
--       asked for when the try began
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
if redis.call('EXISTS', KEYS[2]) == 0 then return { 'OK' } end
local kind = ARGV[3]
redis.call('XADD', KEYS[4], 'MAXLEN', '~', 200, '*', 'kind', kind, 'at', ARGV[4],
  'status', ARGV[5], 'error', ARGV[6], 'ms', ARGV[8], 'reply', ARGV[9])
add_event(KEYS[5], ARGV[10])
local job = redis.call('HMGET', KEYS[6], 'phase', 'delete', 'generation')
local generation = 1 + tonumber(job[3] or 0)
if job[2] then redis.call('ZREM', KEYS[3], ARGV[2]) end
if job[1] == 'Running' or job[2] or generation ~= tonumber(ARGV[11]) then return { 'OK' } end
local redeliveries = tonumber(redis.call('HGET', KEYS[2], 'redeliveries') or 0)
if redeliveries ~= tonumber(ARGV[12]) then return { 'OK' } end
redis.call('HINCRBY', KEYS[2], 'attempts', 1)
redis.call('HSET', KEYS[2], 'state', kind == 'retry' and 'pending' or kind,
  'at', ARGV[4], 'status', ARGV[5], 'error', ARGV[6])
if kind == 'retry' then
  redis.call('ZADD', KEYS[3], ARGV[7], ARGV[2])
else
  redis.call('ZREM', KEYS[3], ARGV[2])
end
redis.call(kind == 'dead' and 'SADD' or 'SREM', KEYS[7], ARGV[2])
return { 'OK' }
