--@include event
--@include touch
-- Asks for the removal of a job: at once when it is finished, after its end is brought about otherwise.
-- No callback is sent for it any more. Asked for once more it changes
-- nothing that is seen, and only wakes the controller.
-- KEYS: job, changes, events, expiry, outbox, live, waiting, versions, watch
-- ARGV: uid, now (ms)
-- Returns: {'OK'} | {'NOT_FOUND'}
--@include even_when_full
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then return { 'NOT_FOUND' } end
local first = redis.call('HSETNX', KEYS[1], 'delete', ARGV[2]) == 1
redis.call('ZREM', KEYS[5], ARGV[1])
if phase ~= 'Running' then
  redis.call('ZADD', KEYS[4], 0, ARGV[1])
  redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'topic', 'removals')
end
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
if not first then return { 'OK' } end
if phase == 'Running' then
  redis.call('HSET', KEYS[1], 'cancel', '1')
  add_event(KEYS[3], '{"type":"CancelRequested","reason":"Deleted"}')
end
touch({ job = KEYS[1], live = KEYS[6], waiting = KEYS[7], versions = KEYS[8], watch = KEYS[9] },
  ARGV[1], 'MODIFIED')
return { 'OK' }
