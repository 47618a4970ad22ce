-- wrk script: StartAttachmentUpload with a new client token each time, for all bearers in turn.
-- Arguments: METHOD TARGET FILE-WITH-BEARERS SEED
local bearers, at, method, target = {}, 0, "POST", "/"

function init(arguments)
  method, target = arguments[1], arguments[2]
  for line in io.lines(arguments[3]) do bearers[#bearers + 1] = line end
  math.randomseed(tonumber(arguments[4]))
end

function request()
  at = at % #bearers + 1
  if method == "GET" then return wrk.format("GET", target) end
  local token = string.format("%08x-%04x-4%03x-8%03x-%06x%06x",
    math.random(0, 0xffffffff), math.random(0, 0xffff), math.random(0, 0xfff),
    math.random(0, 0xfff), math.random(0, 0xffffff), math.random(0, 0xffffff))
  return wrk.format(method, target,
    { ["Content-Type"] = "application/json", ["X-Amz-Bearer"] = bearers[at] },
    '{"ContentType":"image/png","AttachmentSizeInBytes":204800,'
      .. '"AttachmentName":"holiday-at-the-lake.png","ClientToken":"' .. token .. '"}')
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format(
    '{"requests":%d,"seconds":%f,"p50":%f,"p99":%f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, e.status + e.connect + e.read + e.write + e.timeout))
end
