-- Tasks of a finished job that are to run again by hand: the records of their next attempts, and the job itself.
-- Records are spliced, as cjson would write the texts in its own way, and records are compared by theirs.

local FIRST_ATTEMPT = '{"attempt":1,"losses":0,"failures":0}'

local function parked(record)
  return string.sub(record, 1, -2) .. ',"parked":true}'
end

local function unparked(record)
  return (string.gsub(record, ',"parked":true}$', '}'))
end

-- Of one that waited for a retry when the job ended, or was parked: with its budgets anew.
local function with_new_budgets(record)
  record = string.gsub(record, '^{"attempt":(%d+),"losses":%d+,"failures":%d+',
    '{"attempt":%1,"losses":0,"failures":0')
  -- Within a text of it the quotes would stand behind a backslash.
  return (string.gsub(record, ',"nodeFaults":%d+', '', 1))
end

-- Of one that has this result, as text; `last` is the same, decoded.
local function after_result(result, last)
  local number = last.number or last.attempts
  local returned = number > last.attempts and ',"returned":' .. (number - last.attempts) or ''
  return '{"attempt":' .. (number + 1) .. ',"losses":0,"failures":0' .. returned .. ',"last":' .. result .. '}'
end

-- Sets the job going. `keys`: job, active, changes, events, outbox, expiry, live, waiting, versions, watch.
-- `it`: uid, count of the tasks that run again, total, succeeded, failed of those that do not; some (only some
-- of them run again)
local function begin_again(keys, it)
  redis.call('HDEL', keys.job, 'ending', 'cancel', 'cancelled', 'finished', 'started',
    'suspended', 'paused', 'failedBefore')
  redis.call('HSET', keys.job, 'phase', 'Running', 'failed', it.failed, 'suspend', '0')
  if it.some then
    redis.call('HSET', keys.job, 'cursor', it.total, 'failedBefore', it.failed,
      'cancelled', it.total - it.succeeded - it.failed - it.count)
  end
  redis.call('HINCRBY', keys.job, 'generation', 1)
  redis.call('ZREM', keys.outbox, it.uid)
  redis.call('ZREM', keys.expiry, it.uid)
  redis.call('SADD', keys.active, it.uid)
  local which = it.some and ',"message":"of ' .. it.count .. ' of its tasks"' or ''
  add_event(keys.events, '{"type":"RetryRequested"' .. which .. '}')
  redis.call('XADD', keys.changes, 'MAXLEN', '~', 10000, '*', 'job', it.uid)
  touch(keys, it.uid, 'MODIFIED')
end
