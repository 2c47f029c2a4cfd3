--@include fence
--@include event
--@include touch
--@include cron
-- Finishes a job whose tasks are all counted, or that is ending and has no current attempt left, and
-- puts its callback in the outbox in the same step.
-- KEYS: lease, job, activeJobs, callback, outbox, live, events, expiry, waiting, versions, watch,
--       cron job that made it, cron jobs that are due, names of its namespace, changes
-- ARGV: token, uid, now (ms), uid of the cron job or '', its name, prefix of the keys of jobs
-- Returns: {'OK'} | {'FENCED'} | {'NOT_DONE'}

-- Lets the job start that took the name. Looks only at who has it now: any other that waited for this one is
-- being removed itself.
local function release_successor()
  local holder = redis.call('HGET', KEYS[14], ARGV[5])
  local job = holder and ARGV[6] .. holder
  if not job or redis.call('HGET', job, 'predecessor') ~= ARGV[2] then return end
  redis.call('HDEL', job, 'predecessor')
  touch({ job = job, live = job .. ':live', waiting = job .. ':waiting', versions = KEYS[10], watch = KEYS[11] },
    holder, 'MODIFIED')
  redis.call('XADD', KEYS[15], 'MAXLEN', '~', 10000, '*', 'job', holder)
end

--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local state = redis.call('HMGET', KEYS[2],
  'phase', 'total', 'succeeded', 'failed', 'spec', 'ending', 'delete', 'cancelled', 'meta')
if state[1] ~= 'Running' then return { 'OK' } end
local total, succeeded = tonumber(state[2]), tonumber(state[3])
-- Of a job of which some tasks were retried others may be cancelled: they did not succeed either.
local failed = tonumber(state[4]) + tonumber(state[8] or '0')
local phase
if state[6] then
  if redis.call('HLEN', KEYS[6]) > 0 then return { 'NOT_DONE' } end
  phase = cjson.decode(state[6]).phase
else
  if total == 0 or succeeded + failed ~= total then return { 'NOT_DONE' } end
  phase = failed == 0 and 'Complete' or 'Failed'
end
redis.call('HSET', KEYS[2], 'phase', phase, 'finished', ARGV[3])
redis.call('SREM', KEYS[3], ARGV[2])
add_event(KEYS[7], '{"type":"Finished","reason":"' .. phase .. '"}')
touch({ job = KEYS[2], live = KEYS[6], waiting = KEYS[9], versions = KEYS[10], watch = KEYS[11] },
  ARGV[2], 'MODIFIED')
if ARGV[4] ~= '' and redis.call('EXISTS', KEYS[12]) == 1 then
  if phase == 'Complete' then redis.call('HSET', KEYS[12], 'succeeded', ARGV[3]) end
  poke(KEYS[12], KEYS[13], ARGV[4])
  touch_cron(KEYS[12], KEYS[10], KEYS[11], ARGV[4], 'MODIFIED')
end
local spec = cjson.decode(state[5])
if state[7] then
  release_successor()
  redis.call('ZADD', KEYS[8], 0, ARGV[2])
  return { 'OK' }
end
if spec.ttlSecondsAfterFinished then
  redis.call('ZADD', KEYS[8], ARGV[3] + 1000 * spec.ttlSecondsAfterFinished, ARGV[2])
end
local callback = spec.callback
if callback then
  -- Of whom the receiver is: so that one's dead receivers keep nobody else's results waiting.
  local namespace = state[9] and cjson.decode(state[9]).namespace or ''
  redis.call('HSET', KEYS[4], 'url', callback.url, 'state', 'pending', 'attempts', 0,
    'namespace', namespace)
  -- Due at once by any clock; among equals the order is that of the uids, which is that of age.
  redis.call('ZADD', KEYS[5], 0, ARGV[2])
end
return { 'OK' }
