-- For every script that changes what users see of a job: gives it a new resource version, and tells
-- those who watch. `keys`: job, live, waiting, versions, watch. `change`: ADDED | MODIFIED | DELETED.
local function touch(keys, uid, change)
  local version = redis.call('INCR', keys.versions)
  local s = redis.call('HMGET', keys.job,
    'meta', 'phase', 'total', 'cursor', 'succeeded', 'failed', 'cancelled')
  redis.call('HSET', keys.job, 'version', version)
  redis.call('XADD', keys.watch, 'MAXLEN', '~', 20000, version .. '-0',
    'kind', 'Job', 'change', change, 'uid', uid, 'meta', s[1] or '', 'phase', s[2], 'total', s[3],
    'cursor', s[4], 'succeeded', s[5], 'failed', s[6], 'cancelled', s[7] or '0',
    'live', redis.call('HLEN', keys.live), 'waiting', redis.call('ZCARD', keys.waiting))
end
