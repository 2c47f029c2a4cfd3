-- Reads of a job, as it is at one moment, what a backup cannot read in parts; and has claims keep from then on what
-- they take from those that wait, until the backup has read these too. Not a transaction: Redis 7 queues none while
-- it is full.
-- KEYS: job, live, callback, events, deliveries, names of its namespace, active jobs, quarantine, taken, then the
--       sorted sets that it may be in
-- ARGV: uid, name, token of the backup, ms that it may take
-- Returns: {} when there is no such job, else {fields of the job, of live, of the callback, events, deliveries, who
--          has its name, whether it is active, why it is set aside, its place in each of the sorted sets}
--@include even_when_full
local job = redis.call('HGETALL', KEYS[1])
if #job == 0 then return {} end
redis.call('UNLINK', KEYS[9])
redis.call('HSET', KEYS[9], '', ARGV[3])
redis.call('PEXPIRE', KEYS[9], ARGV[4])
local seen = {
  job,
  redis.call('HGETALL', KEYS[2]),
  redis.call('HGETALL', KEYS[3]),
  redis.call('XRANGE', KEYS[4], '-', '+'),
  redis.call('XRANGE', KEYS[5], '-', '+'),
  redis.call('HGET', KEYS[6], ARGV[2]),
  redis.call('SISMEMBER', KEYS[7], ARGV[1]),
  redis.call('HGET', KEYS[8], ARGV[1]),
}
for i = 10, #KEYS do seen[#seen + 1] = redis.call('ZSCORE', KEYS[i], ARGV[1]) end
return seen
