-- What a reconcile reads of a job, all of it as it is at one moment. Writes nothing.
-- KEYS: job, live, waiting, reports
-- ARGV: now (ms)
-- Returns: {} when there is no such job, else {fields of the job, fields of live, number of those that wait, number
--          of those that are due, {index, when it is due} of the next | {}, reports in the order of live}
local job = redis.call('HGETALL', KEYS[1])
if #job == 0 then return {} end
local live = redis.call('HGETALL', KEYS[2])
local reports = {}
-- Most jobs have none. One by one, for a call takes about 8,000 arguments.
if #live > 0 and redis.call('EXISTS', KEYS[4]) == 1 then
  for i = 1, #live, 2 do reports[#reports + 1] = redis.call('HGET', KEYS[4], live[i]) end
end
return {
  job,
  live,
  redis.call('ZCARD', KEYS[3]),
  redis.call('ZCOUNT', KEYS[3], '-inf', ARGV[1]),
  redis.call('ZRANGEBYSCORE', KEYS[3], '(' .. ARGV[1], '+inf', 'WITHSCORES', 'LIMIT', 0, 1),
  reports,
}
