-- The timeline of a job: a stream that is bounded. `text` is the event as JSON, or '' for none.
local function add_event(key, text)
  if text == '' then return end
  redis.call('XADD', key, 'MAXLEN', '~', 1000, '*', 'event', text)
end
