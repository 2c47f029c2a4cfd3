--@include event
--@include touch
--@include suspend
-- Notes what a user wants of a job that is not finished: its end, or a pause.
-- KEYS: job, changes, events, live, waiting, versions, watch
-- ARGV: uid, 'cancel' | 'suspend', '1' | '0', event, now (ms)
-- Returns: {'OK'} | {'NOT_FOUND'} | {'FINISHED'}
local phase = redis.call('HGET', KEYS[1], 'phase')
if not phase then return { 'NOT_FOUND' } end
if phase ~= 'Running' then return { 'FINISHED' } end
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
