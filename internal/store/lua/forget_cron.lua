--@include fence
-- Forgets jobs of a removed cron job that are gone; with the last of them, the cron job too.
-- KEYS: lease, removed cron jobs, jobs of the cron job, events of the cron job
-- ARGV: token, uid, uid of a job that is gone, …
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
for i = 3, #ARGV do redis.call('ZREM', KEYS[3], ARGV[i]) end
if redis.call('EXISTS', KEYS[3]) == 0 then
  redis.call('SREM', KEYS[2], ARGV[2])
  redis.call('UNLINK', KEYS[4])
end
return { 'OK' }
