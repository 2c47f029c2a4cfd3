--@include event
--@include touch
--@include quota
--@include run_again
-- Makes a finished job run again with what retry_part has prepared, all of it or nothing. It costs the same
-- however many tasks they are.
-- KEYS: job, activeJobs, changes, events, unsuccessful, waiting, progress, outbox, expiry, live, versions, watch,
--       jobs of the namespace, staged: progress, waiting, unsuccessful
-- ARGV: uid, prefix of the keys of jobs, limits (see include/quota.lua), generation of the job, how many records
--       were staged and wait, how many of these had failed, '' when all run again | '1'
-- Returns: {'OK', how many} | {'NOT_FOUND'} | {'CONFLICT'} when the job has gone on | {'NOT_STAGED'} | {'QUOTA_EXCEEDED', …}
local state = redis.call('HMGET', KEYS[1], 'phase', 'total', 'succeeded', 'attemptBytes', 'failed', 'generation', 'delete')
-- What is being removed goes: its name may be another job's by now.
if state[7] and state[1] ~= 'Running' then return { 'NOT_FOUND' } end
if not state[1] or state[1] == 'Running' or (state[6] or '') ~= ARGV[4] then return { 'CONFLICT' } end
if redis.call('ZCARD', KEYS[15]) ~= tonumber(ARGV[5]) then return { 'NOT_STAGED' } end
local total, succeeded, some = tonumber(state[2]), tonumber(state[3]), ARGV[7] ~= ''
local count = some and tonumber(ARGV[5]) or total - succeeded
local failed = some and tonumber(state[5]) - tonumber(ARGV[6]) or 0
local refusal = refuse_over_quota({ active = KEYS[2], of_namespace = KEYS[13] }, ARGV[2], ARGV[3],
  { jobs = 1, tasks = count, outputs = total, kept = state[4] })
if refusal then return refusal end
for staged, key in pairs({ [KEYS[14]] = KEYS[7], [KEYS[15]] = KEYS[6], [KEYS[16]] = KEYS[5] }) do
  redis.call('UNLINK', key)
  if redis.call('EXISTS', staged) == 1 then
    redis.call('RENAME', staged, key)
    redis.call('PERSIST', key)
  end
end
begin_again({ job = KEYS[1], active = KEYS[2], changes = KEYS[3], events = KEYS[4], waiting = KEYS[6],
    outbox = KEYS[8], expiry = KEYS[9], live = KEYS[10], versions = KEYS[11], watch = KEYS[12] },
  { uid = ARGV[1], count = count, total = total, succeeded = succeeded, failed = failed, some = some })
return { 'OK', tostring(count) }
