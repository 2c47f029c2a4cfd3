-- Makes tasks that were sent ahead those of the job. Costs the same however many they are.
local function take_staged(keys, staged)
  redis.call('RENAME', staged.tasks, keys.tasks)
  redis.call('RENAME', staged.names, keys.names)
  redis.call('PERSIST', keys.tasks)
  redis.call('PERSIST', keys.names)
  return staged.count
end

-- Accepting a job. `keys`: job, tasks, names, active, changes, events, live, waiting, versions, watch,
-- all, of_namespace, names_of_namespace, siblings. `it`: uid, created, spec, suspend, meta, name, applied,
-- prefix, quota (see quota.lua), sibling (score among the jobs of its cron job, or ''),
-- first (place in ARGV of its tasks), staged (tasks, names, count of what was sent ahead; or nil).
-- Returns a refusal, or nil when it was stored.
local function accept_job(keys, it)
  local holder = name_holder(keys.names_of_namespace, it.name, it.prefix)
  if holder then return { 'NAME_TAKEN', holder } end
  local refusal = refuse_duplicates(keys.names, it.first)
  if refusal then return refusal end
  local ahead = it.staged
  if ahead and redis.call('HLEN', ahead.tasks) + redis.call('HLEN', ahead.names) ~= 2 * ahead.count then
    return { 'NOT_STAGED' }
  end
  local count = ahead and ahead.count or (#ARGV - it.first + 1) / 2
  refusal = refuse_over_quota(keys, it.prefix, it.quota, { jobs = 1, tasks = count, outputs = count })
  if refusal then return refusal end
  local total = ahead and take_staged(keys, ahead)
    or append_tasks(keys.tasks, keys.names, 0, it.first)
  redis.call('HSET', keys.job, 'spec', it.spec, 'created', it.created, 'phase', 'Running',
    'total', total, 'cursor', 0, 'succeeded', 0, 'failed', 0, 'suspend', it.suspend,
    'meta', it.meta, 'edits', 0)
  if it.suspend == '1' then redis.call('HSET', keys.job, 'suspended', it.created) end
  if it.applied ~= '' then redis.call('HSET', keys.job, 'applied', it.applied) end
  local predecessor = predecessor_of(keys.names_of_namespace, it.name, it.prefix)
  if predecessor then redis.call('HSET', keys.job, 'predecessor', predecessor) end
  redis.call('HSET', keys.names_of_namespace, it.name, it.uid)
  redis.call('ZADD', keys.all, 0, it.uid)
  redis.call('ZADD', keys.of_namespace, 0, it.uid)
  if it.sibling ~= '' then redis.call('ZADD', keys.siblings, it.sibling, it.uid) end
  add_event(keys.events, '{"type":"Accepted"}')
  redis.call('SADD', keys.active, it.uid)
  touch(keys, it.uid, 'ADDED')
  redis.call('XADD', keys.changes, 'MAXLEN', '~', 10000, '*', 'job', it.uid)
end

-- The keys of a job to be accepted, which stand in KEYS from `first` on.
local function keys_of_job(first)
  local names = { 'job', 'tasks', 'names', 'active', 'changes', 'events', 'live', 'waiting', 'versions',
    'watch', 'all', 'of_namespace', 'names_of_namespace', 'siblings' }
  local keys = {}
  for i, name in ipairs(names) do keys[name] = KEYS[first + i - 1] end
  return keys
end
