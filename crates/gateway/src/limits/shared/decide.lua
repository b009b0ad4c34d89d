-- One decision over all limits of a request: all are counted, or none. The arithmetic is that of `limits/decision.rs`.
-- KEYS: counts of the key, counts of the account, their running requests, and the epoch of this store's memory.
-- ARGV: the epoch, the time in ms ('' is the store's own), the server, the tokens; then of the key and of the account:
-- requests and tokens per minute, requests per day, concurrency (-1 is unlimited), the requests that
-- run on the server, and those of the day that were admitted in any case.
if redis.call('GET', KEYS[5]) ~= ARGV[1] then return {-1} end
local now = tonumber(ARGV[2])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local minute, day = math.floor(now / 60000), math.floor(now / 86400000)
local tokens = tonumber(ARGV[4])
local counts, running, verdict = {}, {0, 0}, 1

local function limit(subject, index)
  return tonumber(ARGV[4 + (subject - 1) * 6 + index])
end

local function exceeds(used, cost, most)
  return most >= 0 and used + cost > most
end

for subject = 1, 2 do
  local stored = redis.call('HMGET', KEYS[subject], 'minute', 'requests', 'tokens', 'day', 'today')
  local at_minute, at_day = tonumber(stored[1]) or -1, tonumber(stored[4]) or -1
  local count = {minute = minute, day = day, requests = 0, tokens = 0, today = 0}
  -- A clock that went back hands out no window twice.
  if at_minute >= minute then
    count.minute, count.requests, count.tokens = at_minute, tonumber(stored[2]), tonumber(stored[3])
  end
  if at_day >= day then
    count.day, count.today = at_day, tonumber(stored[5])
  end
  count.today = math.max(count.today, limit(subject, 6))
  counts[subject] = count
  if exceeds(count.requests, 1, limit(subject, 1)) or exceeds(count.tokens, tokens, limit(subject, 2))
    or exceeds(count.today, 1, limit(subject, 3)) then
    verdict = 0
  end
end

for subject = 1, 2 do
  local most = limit(subject, 4)
  if most >= 0 then
    local key = KEYS[2 + subject]
    local held = redis.call('HGETALL', key)
    running[subject] = limit(subject, 5)
    for index = 1, #held, 2 do
      local count, at = string.match(held[index + 1], '(%d+):(%d+)')
      if now - tonumber(at) > 10000 then
        redis.call('HDEL', key, held[index])
      elseif held[index] ~= ARGV[3] then
        running[subject] = running[subject] + tonumber(count)
      end
    end
    if verdict == 1 and running[subject] > most then verdict = 1 + subject end
  end
end

if verdict == 1 then
  for subject = 1, 2 do
    local count = counts[subject]
    count.requests, count.tokens, count.today = count.requests + 1, count.tokens + tokens, count.today + 1
    redis.call('HSET', KEYS[subject], 'minute', count.minute, 'requests', count.requests, 'tokens', string.format('%.0f', count.tokens),
      'day', count.day, 'today', count.today)
    redis.call('EXPIRE', KEYS[subject], 172800)
    if limit(subject, 4) >= 0 then
      redis.call('HSET', KEYS[2 + subject], ARGV[3], limit(subject, 5) .. ':' .. now)
      redis.call('EXPIRE', KEYS[2 + subject], 60)
    end
  end
end
local key, account = counts[1], counts[2]
return {verdict, now, key.requests, key.tokens, key.today, account.requests, account.tokens, account.today}
