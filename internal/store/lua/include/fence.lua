-- For every script that the controller calls.
-- The lease's token grows with every acquisition; a write that carries another one comes from a
-- controller that is no longer, or after a restore of Redis not yet again, the leader.
local function fenced(lease, token)
  return redis.call('HGET', lease, 'token') ~= token
end
