--@include event
--@include touch
--@include quota
-- Makes a finished job run again: those of its tasks that did not succeed, or some of them, all or none. What
-- succeeded stays as it is, and a job that was suspended is not any more. The job gets a new generation, so that
-- its next callback is another message. Of those that did not succeed and are not to run again, what the end
-- of the job found waiting, or never started, is parked: no claim finds it, only another retry.
-- KEYS: job, activeJobs, changes, events, unsuccessful, results, waiting, progress, outbox, expiry,
--       live, versions, watch, jobs of the namespace
-- ARGV: uid, prefix of the keys of jobs, limits (see include/quota.lua), then the indices of the tasks; none
--       for all of them
-- Returns: {'OK', how many} | {'NOT_FOUND'} | {'RUNNING'}
--          | {'NOTHING_TO_RETRY', index of a task that has succeeded, …} | {'QUOTA_EXCEEDED', …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total', 'succeeded', 'attemptBytes', 'failed', 'cursor',
  'delete')
-- What is being removed goes: its name may be another job's by now.
if not state[1] or (state[7] and state[1] ~= 'Running') then return { 'NOT_FOUND' } end
if state[1] == 'Running' then return { 'RUNNING' } end
local total, succeeded, failed = tonumber(state[2]), tonumber(state[3]), tonumber(state[5])
local count, chosen, again, refused = total - succeeded, nil, nil, { 'NOTHING_TO_RETRY' }
if #ARGV > 3 then
  count, chosen, again = 0, {}, {}
  for i = 4, #ARGV do
    local index = ARGV[i]
    local result = redis.call('HGET', KEYS[6], index)
    if result and cjson.decode(result).verdict.outcome == 'Succeeded' then
      refused[#refused + 1] = index
    elseif not chosen[index] then
      chosen[index] = true
      count = count + 1
      again[count] = index
    end
  end
end
if count == 0 or #refused > 1 then return refused end
local refusal = refuse_over_quota({ active = KEYS[2], of_namespace = KEYS[14] }, ARGV[2], ARGV[3],
  { jobs = 1, tasks = count, outputs = total, kept = state[4] })
if refusal then return refusal end

-- Those that waited for a retry when the job ended, or were parked, have their budgets anew too, and wait no
-- longer.
local progress = redis.call('HGETALL', KEYS[8])
for i = 1, #progress, 2 do
  local index, record = progress[i], string.gsub(progress[i + 1], ',"parked":true}$', '}')
  if chosen and not chosen[index] then
    redis.call('HSET', KEYS[8], index, string.sub(record, 1, -2) .. ',"parked":true}')
    redis.call('ZREM', KEYS[7], index)
  else
    record = string.gsub(record, '^{"attempt":(%d+),"losses":%d+,"failures":%d+',
      '{"attempt":%1,"losses":0,"failures":0')
    -- Within a text of it the quotes would stand behind a backslash.
    record = string.gsub(record, ',"nodeFaults":%d+', '', 1)
    redis.call('HSET', KEYS[8], index, record)
    redis.call('ZADD', KEYS[7], 0, index)
  end
end
for _, index in ipairs(again or redis.call('SMEMBERS', KEYS[5])) do
  local result = redis.call('HGET', KEYS[6], index)
  if result then
    redis.call('HDEL', KEYS[6], index)
    if chosen then redis.call('SREM', KEYS[5], index) end
    local last = cjson.decode(result)
    if chosen and last.verdict.outcome ~= 'Cancelled' then failed = failed - 1 end
    local number = last.number or last.attempts
    local returned = number > last.attempts and ',"returned":' .. (number - last.attempts) or ''
    -- Spliced, as cjson would write the texts in its own way, and records are compared by theirs.
    redis.call('HSET', KEYS[8], index, '{"attempt":' .. (number + 1) .. ',"losses":0,"failures":0' .. returned ..
      ',"last":' .. result .. '}')
    redis.call('ZADD', KEYS[7], 0, index)
  end
end
if not chosen then
  failed = 0
  redis.call('DEL', KEYS[5])
end
redis.call('HDEL', KEYS[1], 'ending', 'cancel', 'cancelled', 'finished', 'started',
  'suspended', 'paused', 'failedBefore')
redis.call('HSET', KEYS[1], 'phase', 'Running', 'failed', failed, 'suspend', '0')
if chosen then
  for i = tonumber(state[6]), total - 1 do
    local index = tostring(i)
    redis.call('HSET', KEYS[8], index, '{"attempt":1,"losses":0,"failures":0' ..
      (chosen[index] and '}' or ',"parked":true}'))
    if chosen[index] then redis.call('ZADD', KEYS[7], 0, index) end
  end
  redis.call('HSET', KEYS[1], 'cursor', total, 'failedBefore', failed,
    'cancelled', total - succeeded - failed - count)
end
redis.call('HINCRBY', KEYS[1], 'generation', 1)
redis.call('ZREM', KEYS[9], ARGV[1])
redis.call('ZREM', KEYS[10], ARGV[1])
redis.call('SADD', KEYS[2], ARGV[1])
add_event(KEYS[4], '{"type":"RetryRequested"' .. (chosen and ',"message":"of ' .. count .. ' of its tasks"' or '') .. '}')
redis.call('XADD', KEYS[3], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
touch({ job = KEYS[1], live = KEYS[11], waiting = KEYS[7], versions = KEYS[12], watch = KEYS[13] },
  ARGV[1], 'MODIFIED')
return { 'OK', tostring(count) }
