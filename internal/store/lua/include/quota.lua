-- Bytes that the earlier attempts of the tasks of one job may leave, or `kept` where these are more.
local function most_earlier(limits, tasks, bytes, kept)
  return math.max(tonumber(kept) or 0, math.min(limits.earlierMost, tasks * bytes))
end

-- As `earlierBytes` in quota-text.ts.
local function earlier_bytes(spec, output)
  local tries = tonumber(spec.backoffLimit) or 0
  if spec.completionPolicy == 'report' then tries = tries + math.min(3, tonumber(spec.lossLimit) or 0) end
  for _, rule in ipairs(type(spec.failurePolicy) == 'table' and spec.failurePolicy or {}) do
    if rule.action == 'Ignore' then tries = 4 end
  end
  return 2 * math.min(4, tries) * math.min(65536, output)
end

-- What the jobs of a namespace that still go on come to, held against limits. Counted anew each time, for
-- a count that is kept could be wrong. A job that is ending, or is to be removed, goes on no more.
-- `keys`: active, of_namespace. `prefix` of the keys of jobs. `text`: JSON of the namespace, `taskBytes`
-- (output that one more task may leave), `earlierBytes` (output that the earlier attempts of one may),
-- `earlierMost` (those of all tasks of one job), and the limits `jobs`, `tasks`, `outputBytes`; or ''.
-- `asked`: jobs, tasks, outputs (tasks whose output is kept); of a job that is there, kept (bytes of
-- earlier attempts), and counted (its tasks that are counted in what is used).
-- Returns {'QUOTA_EXCEEDED', namespace, limit's name, used, asked, limit, …}, or nil.
local function refuse_over_quota(keys, prefix, text, asked)
  if text == '' then return nil end
  local limits = cjson.decode(text)
  local used = { jobs = 0, tasks = 0, outputBytes = 0 }
  for _, uid in ipairs(redis.call('ZINTER', 2, keys.of_namespace, keys.active)) do
    local s = redis.call('HMGET', prefix .. uid, 'cancel', 'delete', 'ending', 'total', 'succeeded',
      'failed', 'cancelled', 'attemptBytes', limits.outputBytes and 'spec' or 'phase')
    if s[1] ~= '1' and not s[2] and not s[3] then
      local total = tonumber(s[4]) or 0
      used.jobs = used.jobs + 1
      used.tasks = used.tasks + total - (tonumber(s[5]) or 0) - (tonumber(s[6]) or 0) - (tonumber(s[7]) or 0)
      -- A record that cannot be read must not keep others out: it is set aside before long.
      local read, spec = pcall(cjson.decode, limits.outputBytes and s[9] or '')
      if read and type(spec) == 'table' then
        local output = tonumber(spec.outputLimitBytes) or 0
        used.outputBytes = used.outputBytes + 2 * total * output
          + most_earlier(limits, total, earlier_bytes(spec, output), s[8])
      end
    end
  end
  local counted = asked.counted or 0
  local more = { jobs = asked.jobs, tasks = asked.tasks, outputBytes = asked.outputs * limits.taskBytes
    + most_earlier(limits, counted + asked.outputs, limits.earlierBytes, asked.kept)
    - (asked.counted and most_earlier(limits, counted, limits.earlierBytes, asked.kept) or 0) }
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
