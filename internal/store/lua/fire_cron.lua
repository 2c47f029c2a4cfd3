--@include fence
--@include tasks
--@include event
--@include touch
--@include names
--@include quota
--@include accept
--@include cron
-- Decides a tick of a cron job, once: starts its job, or skips it. The tick is recorded in the same step,
-- so that nobody decides it again.
-- KEYS: lease, cron, due, events of the cron job, then those of `keys_of_job`, tasks that were sent ahead, their names
-- ARGV: token, uid of the cron job, edits and last tick that this was decided on ('' for none), tick (ms),
--       event, uid of the job or '' to skip, created (ms), spec, '1' when suspended, metadata, name,
--       prefix of the keys of jobs, event when a job of that name is there, limits (see
--       include/quota.lua), event when they are exceeded, how many tasks were sent ahead, then name, task, …
-- Returns: {'OK', 'started' | 'skipped' | 'taken' | 'over'} | {'FENCED'} | {'CONFLICT'} | {'NOT_STAGED'}
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
local state = redis.call('HMGET', KEYS[2], 'edits', 'last')
if state[1] ~= ARGV[3] or (state[2] or '') ~= ARGV[4] then return { 'CONFLICT' } end
local done = 'skipped'
if ARGV[7] ~= '' then
  -- A job of this name that somebody made by hand, or no room: the tick is over all the same.
  local staged = tonumber(ARGV[17])
  local refusal = accept_job(keys_of_job(5), {
    uid = ARGV[7], created = ARGV[8], spec = ARGV[9], suspend = ARGV[10], meta = ARGV[11],
    name = ARGV[12], applied = '', prefix = ARGV[13], sibling = ARGV[5],
    quota = ARGV[15], first = 18,
    staged = staged > 0 and { tasks = KEYS[19], names = KEYS[20], count = staged } or nil,
  })
  if refusal and refusal[1] == 'NOT_STAGED' then return refusal end
  done = not refusal and 'started' or refusal[1] == 'QUOTA_EXCEEDED' and 'over' or 'taken'
end
redis.call('HSET', KEYS[2], 'last', ARGV[5])
poke(KEYS[2], KEYS[3], ARGV[2])
add_event(KEYS[4], done == 'taken' and ARGV[14] or done == 'over' and ARGV[16] or ARGV[6])
touch_cron(KEYS[2], KEYS[13], KEYS[14], ARGV[2], 'MODIFIED')
return { 'OK', done }
