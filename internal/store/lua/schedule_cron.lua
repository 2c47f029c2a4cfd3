--@include fence
-- Notes when a cron job is to be planned again, unless it was poked since it was read; which of its jobs
-- are gone; and for which tick the others were cancelled: it starts when they have ended.
-- KEYS: lease, cron, due, jobs of the cron job
-- ARGV: token, uid, pokes as read, when (ms) or '' for never, tick that replaces (ms) or '',
--       uid of a job that is gone, …
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local pokes = redis.call('HGET', KEYS[2], 'pokes')
if not pokes then return { 'OK' } end
for i = 6, #ARGV do redis.call('ZREM', KEYS[4], ARGV[i]) end
if ARGV[5] ~= '' then redis.call('HSET', KEYS[2], 'replacing', ARGV[5]) end
if pokes ~= ARGV[3] then return { 'OK' } end
if ARGV[4] == '' then
  redis.call('ZREM', KEYS[3], ARGV[2])
else
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[2])
end
return { 'OK' }
