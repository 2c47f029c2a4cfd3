-- Bytes kept of each stream of an earlier attempt, from its end.
local ATTEMPT_TAIL = 65536

-- Drops the oldest but the first of four, so that the first and the last three are kept.
local function drop_between(keys, index, earlier)
  if #earlier.kept < 4 then return 0 end
  local gone = table.remove(earlier.kept, 2)
  earlier.between = earlier.between + 1
  for _, stream in ipairs({ 'stdout', 'stderr' }) do
    redis.call('HDEL', keys.attempt_output, index .. ':' .. gone.attempt .. ':' .. stream)
  end
  return gone.bytes
end

-- Keeps what the last attempt of a task came to, when the next one takes its place: from then on its
-- output may be overwritten. `keys`: job, attempts, attempt_output, stdout, stderr. `record`: of the next
-- attempt, as text. `most`: bytes that all of them may take in the job.
-- Returns how many bytes were read for it.
local function keep_last(keys, index, record, most)
  local last = cjson.decode(record).last
  if not last then return 0 end
  local attempt, output = last.of or last.number or last.attempts, last.output
  local text = redis.call('HGET', keys.attempts, index)
  local earlier = text and cjson.decode(text) or { kept = {}, between = 0 }
  local newest = earlier.kept[#earlier.kept]
  -- It is kept already: the attempts since came to nothing.
  if newest and newest.attempt >= attempt then return 0 end
  local freed = drop_between(keys, index, earlier)
  local used = tonumber(redis.call('HGET', keys.job, 'attemptBytes') or '0') - freed
  local tails, bytes, read = {}, 0, 0
  for _, stream in ipairs({ 'stdout', 'stderr' }) do
    -- What lies there of a stream of which nothing was collected is of an attempt before.
    local data = output[stream].bytes > 0 and redis.call('HGET', keys[stream], index) or ''
    tails[stream] = string.sub(data, -ATTEMPT_TAIL)
    bytes, read = bytes + #tails[stream], read + #data
    if #data > ATTEMPT_TAIL then
      output[stream].truncated = true
      if output.log.state == 'complete' then output.log = { state = 'truncated' } end
    end
  end
  local entry = { attempt = attempt, verdict = last.verdict, output = output, bytes = bytes }
  if bytes > 0 and used + bytes > tonumber(most) then
    entry.bytes, entry.dropped = 0, true
    output.log = { state = 'unavailable', reason =
      'it was dropped: the earlier attempts of the job have all the room of SWARMER_ATTEMPT_OUTPUT_BYTES' }
  else
    for stream, tail in pairs(tails) do
      if #tail > 0 then
        redis.call('HSET', keys.attempt_output, index .. ':' .. attempt .. ':' .. stream, tail)
      end
    end
  end
  earlier.kept[#earlier.kept + 1] = entry
  redis.call('HSET', keys.attempts, index, cjson.encode(earlier))
  redis.call('HSET', keys.job, 'attemptBytes', string.format('%.0f', used + entry.bytes))
  return read
end
