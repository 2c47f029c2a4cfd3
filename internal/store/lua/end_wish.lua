--@include fence
-- Ends what was wanted of a node, unless something else is wanted of it by now.
-- KEYS: lease, nodeWishes
-- ARGV: token, id of the node, the wish as it was read
-- Returns: {'OK'} | {'FENCED'}
--@include even_when_full
if fenced(KEYS[1], ARGV[1]) then return { 'FENCED' } end
if redis.call('HGET', KEYS[2], ARGV[2]) == ARGV[3] then redis.call('HDEL', KEYS[2], ARGV[2]) end
return { 'OK' }
