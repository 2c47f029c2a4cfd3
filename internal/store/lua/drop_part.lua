-- Removes tasks that add_part wrote and that have not become the job's, some hundred at one time, from their end: so
-- what is left of them is still seen by their number.
-- KEYS: job, tasks, names, adding
-- ARGV: token of who drops its own, or '' who drops what somebody has left behind; how many
-- Returns: {'OK', how many are left} | {'BUSY'} when somebody else is writing there
--@include even_when_full
local writer = redis.call('HGET', KEYS[4], 'token')
if writer and writer ~= ARGV[1] then return { 'BUSY' } end
local total, all = tonumber(redis.call('HGET', KEYS[1], 'total') or 0), redis.call('HLEN', KEYS[2])
local first = math.max(total, all - tonumber(ARGV[2]))
for index = all - 1, first, -1 do
  local task = redis.call('HGET', KEYS[2], index)
  redis.call('HDEL', KEYS[3], cjson.decode(task).n)
  redis.call('HDEL', KEYS[2], index)
end
if first <= total then redis.call('UNLINK', KEYS[4]) end
return { 'OK', tostring(math.max(0, first - total)) }
