--@include fence
--@include touch
-- Removes a finished job with all that belongs to it, unless its callback still has to be delivered. Only
-- one whose time had come when that was decided: a call that comes late must not remove a job that was
-- made to run again meanwhile, and has finished anew.
-- KEYS: lease, expiry, outbox, versions, watch, all jobs, jobs of its namespace, names of its namespace,
--       dead callbacks, job, live, waiting, and all other keys of the job
-- ARGV: token, uid, when that was decided (ms), name of the job,
--       when to look again at a job whose callback waits (ms)
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local due = redis.call('ZSCORE', KEYS[2], ARGV[2])
if not due or tonumber(due) > tonumber(ARGV[3]) then return { 'OK' } end
local phase = redis.call('HGET', KEYS[10], 'phase')
if phase == 'Running' then
  redis.call('ZREM', KEYS[2], ARGV[2])
elseif redis.call('ZSCORE', KEYS[3], ARGV[2]) then
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[2])
else
  if phase then
    touch({ job = KEYS[10], live = KEYS[11], waiting = KEYS[12], versions = KEYS[4], watch = KEYS[5] },
      ARGV[2], 'DELETED')
  end
  redis.call('ZREM', KEYS[2], ARGV[2])
  redis.call('ZREM', KEYS[6], ARGV[2])
  redis.call('ZREM', KEYS[7], ARGV[2])
  redis.call('SREM', KEYS[9], ARGV[2])
  if redis.call('HGET', KEYS[8], ARGV[4]) == ARGV[2] then redis.call('HDEL', KEYS[8], ARGV[4]) end
  for i = 10, #KEYS do redis.call('UNLINK', KEYS[i]) end
end
return { 'OK' }
