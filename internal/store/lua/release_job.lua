-- Takes a job back that was set aside, after an operator has put its record right.
-- KEYS: activeJobs, quarantine, slots, live, changes
-- ARGV: uid
-- Returns: {'OK'} | {'NOT_FOUND'}
if redis.call('HDEL', KEYS[2], ARGV[1]) == 0 then return { 'NOT_FOUND' } end
redis.call('INCRBY', KEYS[3], redis.call('HLEN', KEYS[4]))
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('XADD', KEYS[5], 'MAXLEN', '~', 10000, '*', 'job', ARGV[1])
return { 'OK' }
