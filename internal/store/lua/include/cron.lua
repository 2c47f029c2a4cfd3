-- For every script that changes a cron job: what users see of it changes, and it is to be planned anew.
local function poke(cron, due, uid)
  redis.call('HINCRBY', cron, 'pokes', 1)
  redis.call('ZADD', due, 0, uid)
end
-- Has the controller look at what users have changed; it would before long without.
local function tell_of_crons(changes)
  redis.call('XADD', changes, 'MAXLEN', '~', 10000, '*', 'topic', 'cronJobs')
end
local function touch_cron(cron, versions, watch, uid, change)
  local version = redis.call('INCR', versions)
  local meta = redis.call('HGET', cron, 'meta') or ''
  redis.call('HSET', cron, 'version', version)
  redis.call('XADD', watch, 'MAXLEN', '~', 20000, version .. '-0',
    'kind', 'CronJob', 'change', change, 'uid', uid, 'meta', meta)
end
