--@include event
--@include touch
--@include quota
--@include run_again
-- Makes a finished job run again: those of its tasks that did not succeed, or some of them, all or none. What
-- succeeded stays as it is, and a job that was suspended is not any more. The job gets a new generation, so that
-- its next callback is another message. Of those that did not succeed and are not to run again, what the end
-- of the job found waiting, or never started, is parked: no claim finds it, only another retry.
-- For jobs of which few tasks did not succeed: see retry_part for the others.
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

local progress, waited = redis.call('HGETALL', KEYS[8]), {}
for i = 1, #progress, 2 do
  local index, record = progress[i], unparked(progress[i + 1])
  waited[index] = true
  if chosen and not chosen[index] then
    redis.call('HSET', KEYS[8], index, parked(record))
    redis.call('ZREM', KEYS[7], index)
  else
    redis.call('HSET', KEYS[8], index, with_new_budgets(record))
    redis.call('ZADD', KEYS[7], 0, index)
  end
end
for _, index in ipairs(again or redis.call('SMEMBERS', KEYS[5])) do
  -- Beside a record of the next attempt a result is an old one, which stayed when many were retried at once.
  local result = not waited[index] and redis.call('HGET', KEYS[6], index)
  if result then
    redis.call('HDEL', KEYS[6], index)
    if chosen then redis.call('SREM', KEYS[5], index) end
    local last = cjson.decode(result)
    if chosen and last.verdict.outcome ~= 'Cancelled' then failed = failed - 1 end
    redis.call('HSET', KEYS[8], index, after_result(result, last))
    redis.call('ZADD', KEYS[7], 0, index)
  end
end
if chosen then
  for i = tonumber(state[6]), total - 1 do
    local index = tostring(i)
    redis.call('HSET', KEYS[8], index, chosen[index] and FIRST_ATTEMPT or parked(FIRST_ATTEMPT))
    if chosen[index] then redis.call('ZADD', KEYS[7], 0, index) end
  end
else
  failed = 0
  redis.call('DEL', KEYS[5])
end
begin_again({ job = KEYS[1], active = KEYS[2], changes = KEYS[3], events = KEYS[4], waiting = KEYS[7],
    outbox = KEYS[9], expiry = KEYS[10], live = KEYS[11], versions = KEYS[12], watch = KEYS[13] },
  { uid = ARGV[1], count = count, total = total, succeeded = succeeded, failed = failed, some = chosen ~= nil })
return { 'OK', tostring(count) }
