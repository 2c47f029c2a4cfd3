--@include tasks
--@include event
--@include touch
--@include names
--@include quota
--@include accept
-- Accepts a job with its first tasks, all or nothing.
-- KEYS: idempotency, those of `keys_of_job`, tasks that were sent ahead, their names, idempotency as
--       the version before had it
-- ARGV: uid, created (ms), spec, idempotency digest or '', its lifetime (s), '1' when suspended,
--       metadata, name of the job, what was applied or '', prefix of the keys of jobs,
--       place among the jobs of its cron job or '', how many tasks were sent ahead,
--       limits (see include/quota.lua), then name, task, name, task, …
-- Returns: {'OK', uid} | {'OK', uid of the earlier job} | {'IDEMPOTENCY_CONFLICT', earlier uid}
--          | {'NAME_TAKEN', uid of its holder} | {'DUPLICATE_TASK', name, …} | {'NOT_STAGED'}
--          | {'QUOTA_EXCEEDED', …}
local uid, digest = ARGV[1], ARGV[4]
-- The version before knew keys by their caller alone: what is of another body or namespace, or came by a
-- route that names jobs otherwise, is none of this key's.
local function formerly()
  local known = redis.call('HMGET', KEYS[18], 'uid', 'digest')
  local meta = known[2] == digest and redis.call('HGET', ARGV[10] .. known[1], 'meta')
  if not meta then return {} end
  local before, now = cjson.decode(meta), cjson.decode(ARGV[7])
  local same_form = (before.name == string.lower(known[1])) == (now.name == string.lower(uid))
  return before.namespace == now.namespace and same_form and known or {}
end
if digest ~= '' then
  local known = redis.call('HMGET', KEYS[1], 'uid', 'digest')
  if not known[1] then known = formerly() end
  if known[1] then
    return { known[2] == digest and 'OK' or 'IDEMPOTENCY_CONFLICT', known[1] }
  end
end
local staged = tonumber(ARGV[12])
local refusal = accept_job(keys_of_job(2), {
  uid = uid, created = ARGV[2], spec = ARGV[3], suspend = ARGV[6], meta = ARGV[7], name = ARGV[8],
  applied = ARGV[9], prefix = ARGV[10], sibling = ARGV[11], first = 14,
  quota = ARGV[13],
  staged = staged > 0 and { tasks = KEYS[16], names = KEYS[17], count = staged } or nil,
})
if refusal then return refusal end
if digest ~= '' then
  redis.call('HSET', KEYS[1], 'uid', uid, 'digest', digest)
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
return { 'OK', uid }
