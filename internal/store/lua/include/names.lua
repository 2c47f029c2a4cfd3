-- Names of jobs within a namespace. One whose job is being removed is free again.
local function name_holder(names, name, prefix)
  local holder = redis.call('HGET', names, name)
  if not holder then return nil end
  local state = redis.call('HMGET', prefix .. holder, 'phase', 'delete')
  if not state[1] or state[2] then return nil end
  return holder
end
