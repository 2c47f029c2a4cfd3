-- Reads a cron job with its jobs, as it is at one moment. Writes nothing.
-- KEYS: cron, jobs of the cron job
-- Returns: fields of the cron job, uids of its jobs
return { redis.call('HGETALL', KEYS[1]), redis.call('ZRANGE', KEYS[2], 0, -1) }
