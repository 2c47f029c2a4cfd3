--@include event
--@include touch
--@include quota
-- Makes a finished job run again: those of its tasks that did not succeed. What succeeded stays as it
-- is, and a job that was suspended is not any more. The job gets a new generation, so that its next callback is another message.
-- KEYS: job, activeJobs, changes, events, unsuccessful, results, waiting, progress, outbox, expiry,
--       live, versions, watch, jobs of the namespace
-- ARGV: uid, prefix of the keys of jobs, limits (see include/quota.lua)
-- Returns: {'OK'} | {'NOT_FOUND'} | {'RUNNING'} | {'NOTHING_TO_RETRY'}
--          | {'QUOTA_EXCEEDED', …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total', 'succeeded', 'attemptBytes')
if not state[1] then return { 'NOT_FOUND' } end
if state[1] == 'Running' then return { 'RUNNING' } end
if state[2] == state[3] then return { 'NOTHING_TO_RETRY' } end
local refusal = refuse_over_quota({ active = KEYS[2], of_namespace = KEYS[14] }, ARGV[2], ARGV[3],
  { jobs = 1, tasks = tonumber(state[2]) - tonumber(state[3]), outputs = tonumber(state[2]),
    kept = state[4] })
if refusal then return refusal end
-- Those that waited for a retry when the job ended have their budgets anew too, and wait no longer.
for _, index in ipairs(redis.call('ZRANGE', KEYS[7], 0, -1)) do
  local record = redis.call('HGET', KEYS[8], index)
  record = string.gsub(record, '^{"attempt":(%d+),"losses":%d+,"failures":%d+',
    '{"attempt":%1,"losses":0,"failures":0')
  -- Within a text of it the quotes would stand behind a backslash.
  record = string.gsub(record, ',"nodeFaults":%d+', '', 1)
  redis.call('HSET', KEYS[8], index, record)
  redis.call('ZADD', KEYS[7], 0, index)
end
for _, index in ipairs(redis.call('SMEMBERS', KEYS[5])) do
  local result = redis.call('HGET', KEYS[6], index)
  redis.call('HDEL', KEYS[6], index)
  local last = cjson.decode(result)
  local number = last.number or last.attempts
  local returned = number > last.attempts and ',"returned":' .. (number - last.attempts) or ''
  -- Spliced, as cjson would write the texts in its own way, and records are compared by theirs.
  redis.call('HSET', KEYS[8], index, '{"attempt":' .. (number + 1) ..
    ',"losses":0,"failures":0' .. returned .. ',"last":' .. result .. '}')
  redis.call('ZADD', KEYS[7], 0, index)
end
redis.call('DEL', KEYS[5])
redis.call('HDEL', KEYS[1], 'ending', 'cancel', 'cancelled', 'finished', 'started', 'delete',
  'suspended', 'paused')
redis.call('HSET', KEYS[1], 'phase', 'Running', 'failed', 0, 'suspend', '0')
redis.call('HINCRBY', KEYS[1], 'generation', 1)
redis.call('ZREM', KEYS[9], ARGV[1])
redis.call('ZREM', KEYS[10], ARGV[1])
redis.call('SADD', KEYS[2], ARGV[1])
add_event(KEYS[4], '{"type":"RetryRequested"}')
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
touch({ job = KEYS[1], live = KEYS[11], waiting = KEYS[7], versions = KEYS[12], watch = KEYS[13] },
  ARGV[1], 'MODIFIED')
return { 'OK' }
