--@include fence
-- Notes the services of other stores that a complete look found. What was to become of a store of which
-- nothing is left is done: the decision would else hold for services that come later.
-- KEYS: lease, foreign, foreign decisions
-- ARGV: token, then store, how many services, store, how many services, …
-- Returns: {'OK', store, decision that is done, store, decision that is done, …} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
redis.call('DEL', KEYS[2])
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
local done = { 'OK' }
local decisions = redis.call('HGETALL', KEYS[3])
for i = 1, #decisions, 2 do
  if redis.call('HEXISTS', KEYS[2], decisions[i]) == 0 then
    redis.call('HDEL', KEYS[3], decisions[i])
    done[#done + 1] = decisions[i]
    done[#done + 1] = decisions[i + 1]
  end
end
return done
