-- What the jobs of a namespace that still go on come to, held against limits. Counted anew each time, for
-- a count that is kept could be wrong. A job that is ending, or is to be removed, goes on no more.
-- `keys`: active, of_namespace. `prefix` of the keys of jobs. `text`: JSON of the namespace, `taskBytes`
-- (output that one more task may leave) and the limits `jobs`, `tasks`, `outputBytes`; or ''.
-- `asked`: jobs, tasks, and outputs (tasks whose output is kept).
-- Returns {'QUOTA_EXCEEDED', namespace, limit's name, used, asked, limit, …}, or nil.
local function refuse_over_quota(keys, prefix, text, asked)
  if text == '' then return nil end
  local limits = cjson.decode(text)
  local used = { jobs = 0, tasks = 0, outputBytes = 0 }
  for _, uid in ipairs(redis.call('ZINTER', 2, keys.of_namespace, keys.active)) do
    local s = redis.call('HMGET', prefix .. uid, 'cancel', 'delete', 'ending', 'total', 'succeeded',
      'failed', 'cancelled', limits.outputBytes and 'spec' or 'phase')
    if s[1] ~= '1' and not s[2] and not s[3] then
      local total = tonumber(s[4]) or 0
      used.jobs = used.jobs + 1
      used.tasks = used.tasks + total - (tonumber(s[5]) or 0) - (tonumber(s[6]) or 0) - (tonumber(s[7]) or 0)
      -- A record that cannot be read must not keep others out: it is set aside before long.
      local read, spec = pcall(cjson.decode, limits.outputBytes and s[8] or '')
      if read and type(spec) == 'table' then
        used.outputBytes = used.outputBytes + 2 * total * (tonumber(spec.outputLimitBytes) or 0)
      end
    end
  end
  local more = { jobs = asked.jobs, tasks = asked.tasks, outputBytes = asked.outputs * limits.taskBytes }
  local reply = { 'QUOTA_EXCEEDED', limits.namespace }
  for _, name in ipairs({ 'jobs', 'tasks', 'outputBytes' }) do
    if limits[name] and more[name] > 0 and used[name] + more[name] > limits[name] then
      reply[#reply + 1] = name
      -- As whole numbers: Lua writes great ones with an exponent.
      for _, number in ipairs({ used[name], more[name], limits[name] }) do
        reply[#reply + 1] = string.format('%.0f', number)
      end
    end
  end
  return #reply > 2 and reply or nil
end
