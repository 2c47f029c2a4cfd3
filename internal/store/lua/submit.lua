--@include tasks
-- Accepts a job with its first tasks, all or nothing.
-- KEYS: job, tasks, names, activeJobs, changes, idempotency
-- ARGV: uid, created (ms), spec, idempotency digest or '', its lifetime (s), then name, task, name, task, …
-- Returns: {'OK', uid} | {'OK', uid of the earlier job} | {'IDEMPOTENCY_CONFLICT', earlier uid}
--          | {'DUPLICATE_TASK', name, …}
local uid, created, spec, digest, lifetime = ARGV[1], ARGV[2], ARGV[3], ARGV[4], ARGV[5]
if digest ~= '' then
  local known = redis.call('HMGET', KEYS[6], 'uid', 'digest')
  if known[1] then
    return { known[2] == digest and 'OK' or 'IDEMPOTENCY_CONFLICT', known[1] }
  end
end
local duplicates = duplicate_names(KEYS[3], 6)
if #duplicates > 0 then return { 'DUPLICATE_TASK', unpack(duplicates) } end
if digest ~= '' then
  redis.call('HSET', KEYS[6], 'uid', uid, 'digest', digest)
  redis.call('EXPIRE', KEYS[6], lifetime)
end
local total = append_tasks(KEYS[2], KEYS[3], 0, 6)
redis.call('HSET', KEYS[1], 'spec', spec, 'created', created, 'phase', 'Running',
  'total', total, 'cursor', 0, 'succeeded', 0, 'failed', 0)
redis.call('SADD', KEYS[4], uid)
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'job', uid)
return { 'OK', uid }
