--@include fence
-- Has tasks of a job that were taken back unplaced tried again now: one that waited for a node has got one.
-- Of very many a thousand at one time; the others come when their time is over.
-- KEYS: lease, waiting, progress
-- ARGV: token, now (ms)
-- Returns: {'OK'} | {'FENCED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
for _, index in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '(' .. ARGV[2], '+inf', 'LIMIT', 0, 1000)) do
  local record = redis.call('HGET', KEYS[3], index)
  -- Within a text of it the quotes would stand behind a backslash.
  if record and string.find(record, '"takenBack":true', 1, true) then
    redis.call('ZADD', KEYS[2], ARGV[2], index)
  end
end
return { 'OK' }
