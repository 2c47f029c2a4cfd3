--@include fence
--@include event
--@include touch
-- Notes something about a running job, once: when it was taken up, what its image stands for or that
-- nobody tells, or why it is ending. What was noted first stands. A job is not taken up while it is
-- suspended: the clock of its deadline stands.
-- KEYS: lease, job, events, live, waiting, versions, watch
-- ARGV: token, 'started' | 'image' | 'bytag' | 'ending', its value, event, uid
-- Returns: {'OK', the value that stands or ''} | {'FENCED'} | {'FINISHED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
if redis.call('HGET', KEYS[2], 'phase') ~= 'Running' then return { 'FINISHED' } end
if ARGV[2] == 'started' and redis.call('HGET', KEYS[2], 'suspend') == '1' then return { 'OK', '' } end
if redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[3]) == 1 then
  add_event(KEYS[3], ARGV[4])
  touch({ job = KEYS[2], live = KEYS[4], waiting = KEYS[5], versions = KEYS[6], watch = KEYS[7] },
    ARGV[5], 'MODIFIED')
end
return { 'OK', redis.call('HGET', KEYS[2], ARGV[2]) }
