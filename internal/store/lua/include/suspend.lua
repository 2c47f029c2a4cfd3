-- Suspends a job, or lets it go on. The clock of its deadline stands meanwhile: `suspended` is since when
-- (ms), `paused` for how many ms it has stood before. Asked for once more, what was asked first stands.
local function set_suspend(job, wanted, now)
  local state = redis.call('HMGET', job, 'suspend', 'suspended', 'started')
  redis.call('HSET', job, 'suspend', wanted)
  if wanted == (state[1] or '0') then return end
  if wanted == '1' then
    redis.call('HSET', job, 'suspended', now)
    return
  end
  redis.call('HDEL', job, 'suspended')
  -- One that was never taken up has used nothing.
  if not state[3] then return end
  if state[2] then
    local stood = math.max(0, math.floor(now - state[2]))
    redis.call('HINCRBY', job, 'paused', string.format('%.0f', stood))
  else
    -- Suspended by a version that noted no time: nobody knows what it had used, so it counts anew.
    redis.call('HDEL', job, 'started', 'paused')
  end
end
