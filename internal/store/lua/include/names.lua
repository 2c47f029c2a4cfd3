-- Names of jobs within a namespace. One whose job is being removed is free again; what takes it starts
-- nothing before that job has ended.
local function name_holder(names, name, prefix)
  local holder = redis.call('HGET', names, name)
  if not holder then return nil end
  local state = redis.call('HMGET', prefix .. holder, 'phase', 'delete')
  if not state[1] or state[2] then return nil end
  return holder
end

-- The job that had the name before and has not ended, or nil. One that never started anything itself, as it
-- waited in the same way, is not it.
local function predecessor_of(names, name, prefix)
  local before = redis.call('HGET', names, name)
  if not before then return nil end
  local state = redis.call('HMGET', prefix .. before, 'phase', 'predecessor')
  if state[1] ~= 'Running' then return nil end
  return state[2] or before
end
