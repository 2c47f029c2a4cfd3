-- Appending tasks. `first` is the place in ARGV of the first of them: name, task, name, task, …

-- Returns a whole reply, {'DUPLICATE_TASK', name, …}, because unpack() takes no more than some
-- thousands; nil when every name is new.
local function refuse_duplicates(names, first)
  local seen, reply = {}, { 'DUPLICATE_TASK' }
  for i = first, #ARGV, 2 do
    local name = ARGV[i]
    if seen[name] or redis.call('HEXISTS', names, name) == 1 then
      reply[#reply + 1] = name
    end
    seen[name] = true
  end
  return #reply > 1 and reply or nil
end

-- Returns the new total.
local function append_tasks(tasks, names, total, first)
  for i = first, #ARGV, 2 do
    redis.call('HSET', names, ARGV[i], total)
    redis.call('HSET', tasks, total, ARGV[i + 1])
    total = total + 1
  end
  return total
end
