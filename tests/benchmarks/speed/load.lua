-- Asks for one kind of work with the tokens of many learners. Arguments, as names and values:
--   tokens FILE   a token a line, of the learners 1, 2, ...
--   users N       only the first N of them; picked at random, or in turn where {task} stands in the path
--   only N        the N-th alone
--   method, path  the request; {task} is the id of an open task of the learner, another each time
--   first N       how many of the open tasks were used up before
--   stride, hot   how the ids of tasks follow from a learner's number (tests/benchmarks/speed/shape.py)
--   body, type, tag   what is sent; {user} in a body is the learner's number
--   anonymous yes     without a token
-- Prints its figures as a line of JSON.

local options, tokens, requests = {}, {}, {}
local count = 0

function init(arguments)
  for i = 1, #arguments, 2 do options[arguments[i]] = arguments[i + 1] end
  for line in io.lines(options.tokens) do tokens[#tokens + 1] = line end
  count = tonumber(options.first)
  math.randomseed(count + 1)
end

local function format(user, path)
  local headers = {}
  if not options.anonymous then headers["Authorization"] = "Bearer " .. tokens[user] end
  if options.type then headers["Content-Type"] = options.type end
  if options.tag then headers["If-None-Match"] = options.tag end
  local body = options.body and options.body:gsub("{user}", user)
  return wrk.format(options.method, path, headers, body)
end

local function next_task()
  local users, user, task = tonumber(options.users), tonumber(options.only), nil
  if user then
    task = tonumber(options.hot) + count
  else
    user = (count * 617) % users + 1 -- 617 has no divisor in common with 1,000: each in turn
    task = (2 * math.floor(count / users) + 1) * tonumber(options.stride) + user
  end
  count = count + 1
  local path = options.path:gsub("{task}", string.format("%d", task))
  return format(user, path)
end

function request()
  if options.path:find("{task}", 1, true) then return next_task() end
  local user = tonumber(options.only) or math.random(tonumber(options.users))
  if not requests[user] then requests[user] = format(user, options.path) end
  return requests[user]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'FIGURES {"requests": %d, "microseconds": %d, "bytes": %d, "p50": %d, "p99": %d, "max": %d, '
      .. '"failures": %d, "refusals": %d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99),
    latency.max, errors.connect + errors.read + errors.write + errors.timeout, errors.status))
end
