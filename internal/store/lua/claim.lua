--@include fence
-- Makes tasks current: first those whose next attempt is due, then those never tried, in order.
-- Costs the same whatever the job's size: a cursor stands at the first task never tried.
-- KEYS: lease, job, live, waiting, progress, slots
-- ARGV: token, limit, most attempts over all jobs, now (ms)
-- Returns: {'OK', index, record, index, record, …} | {'FENCED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local state = redis.call('HMGET', KEYS[2], 'phase', 'total', 'cursor')
local claimed = { 'OK' }
if state[1] ~= 'Running' then return claimed end
local total, cursor = tonumber(state[2]), tonumber(state[3])
local free = tonumber(ARGV[3]) - tonumber(redis.call('GET', KEYS[6]) or '0')
local limit = math.min(tonumber(ARGV[2]), free)
if limit <= 0 then return claimed end
local function take(index, record)
  redis.call('HSET', KEYS[3], index, record)
  claimed[#claimed + 1] = tostring(index)
  claimed[#claimed + 1] = record
  limit = limit - 1
end
for _, index in ipairs(redis.call('ZRANGEBYSCORE', KEYS[4], '-inf', ARGV[4], 'LIMIT', 0, limit)) do
  take(index, redis.call('HGET', KEYS[5], index))
  redis.call('ZREM', KEYS[4], index)
  redis.call('HDEL', KEYS[5], index)
end
while limit > 0 and cursor < total do
  take(cursor, '{"attempt":1,"losses":0,"failures":0,"claimedAt":' .. ARGV[4] .. '}')
  cursor = cursor + 1
end
redis.call('HSET', KEYS[2], 'cursor', cursor)
redis.call('INCRBY', KEYS[6], (#claimed - 1) / 2)
return claimed
