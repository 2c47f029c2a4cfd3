-- Appending tasks: name, task, name, task, … in ARGV; or what add_part wrote behind those of the job.

-- Returns a whole reply, {'DUPLICATE_TASK', name, …}, because unpack() takes no more than some
-- thousands; nil when every name is new. `first` is the place in ARGV of the first task.
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

-- What a transition is given of tasks to append, from `first` on in ARGV: token of who has written them by
-- add_part and how many, or '' and 0; then those that were not written ahead.
-- `keys`: tasks, names, adding. Returns a refusal, or nil and how many they are.
local function refuse_tasks(keys, total, first)
  local token, ahead = ARGV[first], tonumber(ARGV[first + 1])
  local count = ahead + (#ARGV - first - 1) / 2
  if count == 0 then return nil, 0 end
  local behind = redis.call('HLEN', keys.tasks) - total
  if token == '' then
    -- Somebody else is writing there, or has left something.
    if behind > 0 then return { 'BUSY' } end
    return refuse_duplicates(keys.names, first + 2), count
  end
  local mine = redis.call('HGET', keys.adding, 'token') == token and behind == ahead
  return not mine and { 'NOT_STAGED' } or nil, count
end

-- Returns the new total.
local function take_tasks(keys, total, first)
  if ARGV[first] == '' then return append_tasks(keys.tasks, keys.names, total, first + 2) end
  redis.call('UNLINK', keys.adding)
  return total + ARGV[first + 1]
end
