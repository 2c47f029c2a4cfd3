--@include fence
-- Notes that a step from one schema to the next is done.
-- KEYS: lease, meta
-- ARGV: token, schema before, schema after
-- Returns: {'OK'} | {'FENCED'} | {'CONFLICT'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
if (redis.call('HGET', KEYS[2], 'schema') or '1') ~= ARGV[2] then return { 'CONFLICT' } end
redis.call('HSET', KEYS[2], 'schema', ARGV[3])
return { 'OK' }
