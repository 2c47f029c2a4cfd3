--@include fence
--@include touch
--@include attempts
-- Makes tasks current: first those whose next attempt is due, then those never tried, in order.
-- None of a job that is ending, suspended, or waits for the one that had its name. Costs the same whatever the job's size: a cursor stands at the first task never tried.
-- Gives their tasks too, up to about a MiB of them: who has to create them need not ask again.
-- Keeps what the attempt before came to, of those that had one; when that was much to read, the others
-- of them are left to the next claim.
-- KEYS: lease, job, live, waiting, progress, slots, versions, watch, tasks, active jobs, jobs of the namespace,
--       attempts, attempt output, stdout, stderr, taken
-- ARGV: token, limit, most attempts over all jobs, now (ms), uid, most attempts of the namespace or '',
--       prefix of the keys of jobs, most bytes of earlier attempts
-- Returns: {'OK', index, record, task | '', index, record, task | '', …} | {'FENCED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local state = redis.call('HMGET', KEYS[2], 'phase', 'total', 'cursor', 'ending', 'suspend', 'spec',
  'cancel', 'predecessor')
local claimed = { 'OK' }
if state[1] ~= 'Running' or state[4] or state[5] == '1' or state[7] == '1' or state[8] then return claimed end
local total, cursor = tonumber(state[2]), tonumber(state[3])
local free = tonumber(ARGV[3]) - tonumber(redis.call('GET', KEYS[6]) or '0')
local limit = math.min(tonumber(ARGV[2]), free)
-- A claim that its caller has given up may come late, after another one: the limit holds all the same.
local parallelism = cjson.decode(state[6]).parallelism
if parallelism then limit = math.min(limit, parallelism - redis.call('HLEN', KEYS[3])) end
if ARGV[6] ~= '' and limit > 0 then
  -- Counted anew, for a count that is kept could be wrong. A record that cannot be read counts nothing.
  local room = tonumber(ARGV[6])
  for _, uid in ipairs(redis.call('ZINTER', 2, KEYS[11], KEYS[10])) do
    local live = redis.pcall('HLEN', ARGV[7] .. uid .. ':live')
    room = room - (tonumber(live) or 0)
  end
  limit = math.min(limit, room)
end
if limit <= 0 then return claimed end
-- A record that waited has no such member. Spliced, as cjson would write numbers in its own way.
local function claimed_now(record)
  return string.sub(record, 1, -2) .. ',"claimedAt":' .. ARGV[4] .. '}'
end
local bytes = 0
local function take(index, record)
  local task = bytes < 1048576 and redis.call('HGET', KEYS[9], index) or ''
  bytes = bytes + #task
  redis.call('HSET', KEYS[3], index, record)
  claimed[#claimed + 1] = tostring(index)
  claimed[#claimed + 1] = record
  claimed[#claimed + 1] = task
  limit = limit - 1
end
local earlier = { job = KEYS[2], attempts = KEYS[12], attempt_output = KEYS[13], stdout = KEYS[14], stderr = KEYS[15] }
local read = 0
-- A backup reads those that wait in parts, and later than the rest of the job.
local is_backed_up = redis.call('EXISTS', KEYS[16]) == 1
for _, index in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[4], 'LIMIT', 0, limit)) do
  if read >= 2097152 then break end
  local record = redis.call('HGET', KEYS[5], index)
  read = read + keep_last(earlier, index, record, ARGV[8])
  if is_backed_up then redis.call('HSETNX', KEYS[16], index, record) end
  take(index, claimed_now(record))
  redis.call('ZREM', KEYS[4], index)
  redis.call('HDEL', KEYS[5], index)
end
while limit > 0 and cursor < total do
  take(cursor, claimed_now('{"attempt":1,"losses":0,"failures":0}'))
  cursor = cursor + 1
end
redis.call('HSET', KEYS[2], 'cursor', cursor)
redis.call('INCRBY', KEYS[6], (#claimed - 1) / 3)
if #claimed > 1 then
  touch({ job = KEYS[2], live = KEYS[3], waiting = KEYS[4], versions = KEYS[7], watch = KEYS[8] },
    ARGV[5], 'MODIFIED')
end
return claimed
