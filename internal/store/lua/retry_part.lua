--@include event
--@include touch
--@include run_again
-- Prepares that many tasks of a finished job run again, some hundred of them: their next attempts are put beside
-- the job, where nobody sees them until retry_staged puts them in their place. A script over all of them would
-- keep everybody else waiting. Results stay where they are: beside a record of a later attempt they are old.
-- KEYS: job, results, progress, staged: progress, waiting, unsuccessful
-- ARGV: generation of the job, ms that what is staged is kept, first index, index behind the last, '' when all
--       run again | '1' when those do that follow: their indices
-- Returns: {'OK', how many run again, how many of these had failed, index of one of them that has succeeded, …}
--          | {'CONFLICT'} when the job has gone on
local state = redis.call('HMGET', KEYS[1], 'phase', 'generation')
if not state[1] or state[1] == 'Running' or (state[2] or '') ~= ARGV[1] then return { 'CONFLICT' } end
local chosen
if ARGV[5] ~= '' then
  chosen = {}
  for i = 6, #ARGV do chosen[ARGV[i]] = true end
end
local indices = {}
for i = tonumber(ARGV[3]), tonumber(ARGV[4]) - 1 do indices[#indices + 1] = tostring(i) end
local records = redis.call('HMGET', KEYS[3], unpack(indices))
local results = redis.call('HMGET', KEYS[2], unpack(indices))
local count, failed, succeeded = 0, 0, {}
local function run_again(index, record)
  redis.call('HSET', KEYS[4], index, record)
  redis.call('ZADD', KEYS[5], 0, index)
  count = count + 1
end
for i, index in ipairs(indices) do
  local wanted = not chosen or chosen[index]
  local record, result = records[i], results[i]
  if record then
    record = unparked(record)
    if wanted then run_again(index, with_new_budgets(record)) else redis.call('HSET', KEYS[4], index, parked(record)) end
  elseif result then
    local last = cjson.decode(result)
    local outcome = last.verdict.outcome
    if outcome == 'Succeeded' then
      if chosen and wanted then succeeded[#succeeded + 1] = index end
    elseif wanted then
      run_again(index, after_result(result, last))
      if outcome ~= 'Cancelled' then failed = failed + 1 end
    else
      redis.call('SADD', KEYS[6], index)
    end
  elseif chosen then
    -- Never tried. When all run again the cursor of the job comes to it.
    if wanted then run_again(index, FIRST_ATTEMPT) else redis.call('HSET', KEYS[4], index, parked(FIRST_ATTEMPT)) end
  end
end
for i = 4, 6 do redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
return { 'OK', tostring(count), tostring(failed), unpack(succeeded) }
