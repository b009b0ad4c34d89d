-- Corrects the counts of one key or account by what a server admitted or gave back without asking.
-- KEYS: its counts, its running requests, and the epoch of this store's memory.
-- ARGV: the epoch, the time in ms ('' is the store's own), the server, the minute and the day of the changes, changes of
-- requests, tokens and requests of the day, and the requests that run on the server (-1: nothing to say).
if redis.call('GET', KEYS[3]) ~= ARGV[1] then return -1 end
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local minute, day = tonumber(ARGV[4]), tonumber(ARGV[5])
local stored = redis.call('HMGET', KEYS[1], 'minute', 'requests', 'tokens', 'day', 'today')
local function sum(count, change)
  return math.max(0, (tonumber(count) or 0) + tonumber(change))
end
local fields = {}
local function put(name, value)
  fields[#fields + 1] = name
  fields[#fields + 1] = value
end
-- Whole decimal numbers: the store would write large ones with an exponent.
local function number(value) return string.format('%.0f', value) end
if ARGV[6] ~= '0' or ARGV[7] ~= '0' then
  local at = tonumber(stored[1]) or -1
  if at == minute then
    put('requests', number(sum(stored[2], ARGV[6])))
    put('tokens', number(sum(stored[3], ARGV[7])))
  elseif at < minute and minute >= math.floor(now / 60000) then
    put('minute', ARGV[4])
    put('requests', number(sum(0, ARGV[6])))
    put('tokens', number(sum(0, ARGV[7])))
  end
end
if ARGV[8] ~= '0' then
  local at = tonumber(stored[4]) or -1
  if at == day then
    put('today', number(sum(stored[5], ARGV[8])))
  elseif at < day and day >= math.floor(now / 86400000) then
    put('day', ARGV[5])
    put('today', number(sum(0, ARGV[8])))
  end
end
if #fields > 0 then
  -- A new minute alone has no day yet, nor the other way round.
  if not stored[1] and fields[1] ~= 'minute' then put('minute', -1) put('requests', 0) put('tokens', 0) end
  if not stored[4] and not (ARGV[8] ~= '0' and day >= math.floor(now / 86400000)) then put('day', -1) put('today', 0) end
  redis.call('HSET', KEYS[1], unpack(fields))
  redis.call('EXPIRE', KEYS[1], 172800)
end
local running = tonumber(ARGV[9])
if running > 0 then
  redis.call('HSET', KEYS[2], ARGV[3], ARGV[9] .. ':' .. now)
  redis.call('EXPIRE', KEYS[2], 60)
elseif running == 0 then
  redis.call('HDEL', KEYS[2], ARGV[3])
end
return 1
