-- Notes the schema of a store that is new, and tells that of any. The first version noted none.
-- KEYS: meta, activeJobs, all jobs
-- ARGV: schema of this version
-- Returns: {schema, when a restore was begun that is not finished or ''}
if redis.call('EXISTS', KEYS[1], KEYS[2], KEYS[3]) == 0 then
  redis.call('HSETNX', KEYS[1], 'schema', ARGV[1])
end
return { redis.call('HGET', KEYS[1], 'schema') or '1', redis.call('HGET', KEYS[1], 'restoring') or '' }
