--@include cron
-- Stores a cron job, a new one or what users want of the one there is.
-- KEYS: cron, due, versions, watch, all cron jobs, cron jobs of the namespace, names of the namespace,
--       changes
-- ARGV: uid, now (ms), edits so far or '' for a new one, resource version that it must have or '',
--       spec, metadata, name, what was applied, '1' when ticks before now are given up or ''
-- Returns: {'OK'} | {'NAME_TAKEN', uid of its holder} | {'NOT_FOUND'} | {'CONFLICT'} | {'VERSION_MISMATCH'}
local uid, now, new = ARGV[1], ARGV[2], ARGV[3] == ''
if new then
  local holder = redis.call('HGET', KEYS[7], ARGV[7])
  if holder then return { 'NAME_TAKEN', holder } end
  redis.call('HSET', KEYS[1], 'created', now, 'edits', 0)
  redis.call('HSET', KEYS[7], ARGV[7], uid)
  redis.call('ZADD', KEYS[5], 0, uid)
  redis.call('ZADD', KEYS[6], 0, uid)
else
  local state = redis.call('HMGET', KEYS[1], 'created', 'edits', 'version')
  if not state[1] then return { 'NOT_FOUND' } end
  if ARGV[4] ~= '' and state[3] ~= ARGV[4] then return { 'VERSION_MISMATCH' } end
  if state[2] ~= ARGV[3] then return { 'CONFLICT' } end
  redis.call('HINCRBY', KEYS[1], 'edits', 1)
end
redis.call('HSET', KEYS[1], 'spec', ARGV[5], 'meta', ARGV[6], 'applied', ARGV[8])
if ARGV[9] ~= '' then redis.call('HSET', KEYS[1], 'effective', now) end
poke(KEYS[1], KEYS[2], uid)
tell_of_crons(KEYS[8])
touch_cron(KEYS[1], KEYS[3], KEYS[4], uid, new and 'ADDED' or 'MODIFIED')
return { 'OK' }
