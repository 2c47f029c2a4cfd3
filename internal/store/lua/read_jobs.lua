-- Reads jobs, each as it is at one moment. Not a transaction: Redis 7 queues none while it is full. Writes nothing.
-- KEYS: job, live, waiting of each
-- Returns: fields of the job, number of those that are current, number of those that wait; of each
local jobs = {}
for i = 1, #KEYS, 3 do
  jobs[#jobs + 1] = redis.call('HGETALL', KEYS[i])
  jobs[#jobs + 1] = redis.call('HLEN', KEYS[i + 1])
  jobs[#jobs + 1] = redis.call('ZCARD', KEYS[i + 2])
end
return jobs
