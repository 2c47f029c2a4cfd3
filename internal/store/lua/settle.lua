--@include fence
--@include event
--@include touch
--@include attempts
-- Ends an attempt's record: counts its task, puts the next attempt in its place, or lets it wait.
-- KEYS: lease, job, live, results, waiting, progress, slots, events, unsuccessful, versions, watch,
--       attempts, attempt output, stdout, stderr
-- ARGV: token, index, record as seen, 'succeeded' | 'failed' | 'cancelled' | 'replace' | 'retry',
--       result or next record, not before (ms), why the job ends with it or '', event, uid,
--       most bytes of earlier attempts
-- Returns: {'OK'} | {'FENCED'} | {'CONFLICT'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local index, kind = ARGV[2], ARGV[4]
if redis.call('HGET', KEYS[3], index) ~= ARGV[3] then return { 'CONFLICT' } end
add_event(KEYS[8], ARGV[8])
if kind == 'replace' then
  local keys = { job = KEYS[2], attempts = KEYS[12], attempt_output = KEYS[13], stdout = KEYS[14], stderr = KEYS[15] }
  keep_last(keys, index, ARGV[5], ARGV[10])
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
  if kind ~= 'succeeded' then redis.call('SADD', KEYS[9], index) end
  if ARGV[7] ~= '' then redis.call('HSETNX', KEYS[2], 'ending', ARGV[7]) end
end
touch({ job = KEYS[2], live = KEYS[3], waiting = KEYS[5], versions = KEYS[10], watch = KEYS[11] },
  ARGV[9], 'MODIFIED')
return { 'OK' }
