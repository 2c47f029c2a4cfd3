--@include fence
-- Ends an attempt's record: counts its task, puts the next attempt in its place, or lets it wait.
-- KEYS: lease, job, live, results, waiting, progress, slots
-- ARGV: token, index, record as seen, 'succeeded' | 'failed' | 'replace' | 'retry',
--       result or next record, not before (ms)
-- Returns: {'OK'} | {'FENCED'} | {'CONFLICT'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local index, kind = ARGV[2], ARGV[4]
if redis.call('HGET', KEYS[3], index) ~= ARGV[3] then return { 'CONFLICT' } end
if kind == 'replace' then
  redis.call('HSET', KEYS[3], index, ARGV[5])
  return { 'OK' }
end
redis.call('HDEL', KEYS[3], index)
redis.call('DECR', KEYS[7])
if kind == 'retry' then
  redis.call('HSET', KEYS[6], index, ARGV[5])
  redis.call('ZADD', KEYS[5], ARGV[6], index)
else
  redis.call('HSET', KEYS[4], index, ARGV[5])
  redis.call('HINCRBY', KEYS[2], kind, 1)
end
return { 'OK' }
