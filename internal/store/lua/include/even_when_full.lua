-- For every script that ends something, makes room, or keeps the leader: these work when Redis has reached its
-- `maxmemory` too, so that what runs can end and what is not needed can go. Redis refuses then the first command
-- of a script that may take memory, and none after one that wrote something: it could not stop half-way. So
-- this one comes first, which takes nothing and changes nothing. The flag `allow-oom` would say the same, but
-- Redis 6.2 knows no flags. KEYS[1] has to be a hash.
redis.call('HDEL', KEYS[1], '')
