-- Appending tasks. `first` is the place in ARGV of the first of them: name, task, name, task, …
local function duplicate_names(names, first)
  local seen, duplicates = {}, {}
  for i = first, #ARGV, 2 do
    local name = ARGV[i]
    if seen[name] or redis.call('HEXISTS', names, name) == 1 then
      duplicates[#duplicates + 1] = name
    end
    seen[name] = true
  end
  return duplicates
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
