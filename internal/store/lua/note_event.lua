--@include event
-- Adds what was observed to the timeline of a job that there is, also when Redis is full: the trim, which takes
-- no memory, comes first for that (see include/even_when_full.lua).
-- KEYS: events
-- ARGV: event
-- Returns: 1 | 0 when there is no such job
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('XTRIM', KEYS[1], 'MAXLEN', '~', 1000)
add_event(KEYS[1], ARGV[1])
return 1
