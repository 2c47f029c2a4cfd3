--@include event
--@include touch
--@include suspend
-- Notes what a user wants of a job that is not finished: its end, or a pause. What is wanted already leaves
-- no trace.
-- KEYS: job, changes, events, live, waiting, versions, watch
-- ARGV: uid, 'cancel' | 'suspend', '1' | '0', event, now (ms)
-- Returns: {'OK'} | {'NOT_FOUND'} | {'FINISHED'}
--@include even_when_full
local state = redis.call('HMGET', KEYS[1], 'phase', ARGV[2])
if not state[1] then return { 'NOT_FOUND' } end
if state[1] ~= 'Running' then return { 'FINISHED' } end
if (state[2] or '0') == ARGV[3] then return { 'OK' } end
if ARGV[2] == 'suspend' then
  set_suspend(KEYS[1], ARGV[3], ARGV[5])
else
  redis.call('HSET', KEYS[1], ARGV[2], ARGV[3])
end
add_event(KEYS[3], ARGV[4])
redis.call('XADD', KEYS[2], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
touch({ job = KEYS[1], live = KEYS[4], waiting = KEYS[5], versions = KEYS[6], watch = KEYS[7] },
  ARGV[1], 'MODIFIED')
return { 'OK' }
