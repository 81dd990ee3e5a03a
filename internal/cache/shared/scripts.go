package shared

import (
	"time"

	"github.com/redis/rueidis"
)

// Purges have an order: each has a number above all before. Who looks for an
// answer is told the last number; an answer that was asked for then is kept only
// if nothing that it is about has a purge with a higher one, and used only if the
// last purge of everything has none. No clock is compared with another one.
//
// Numbers begin with the server's time, so that they go on upwards after it has
// lost its memory; what was asked for before that is refused as well, since its
// number is not between those in the new state.

// stamped is how long a purge is held against answers that were asked for
// before: longer than any is in the making.
const stamped = 15 * time.Minute

// common reads the state, and begins one where there is none.
const common = `
local t = redis.call('TIME')
local now = t[1] * 1000000 + t[2]
local last, floor = string.match(redis.call('GET', KEYS[1]) or '', '^(%d+) (%d+)$')
local function save() redis.call('SET', KEYS[1], string.format('%.0f %.0f', last, floor)) end
if last then last, floor = tonumber(last), tonumber(floor) else
  last, floor = now, now
  save()
end
`

// startScript makes sure that there is a state. KEYS: state.
const startScript = common + `return 1`

// storeScript keeps an answer unless it was purged while it was made. KEYS:
// state, answer, last purge of the answer, then for each tag its last purge and
// its index. ARGV: the last purge when it was asked for, the answer, how long to
// keep it in milliseconds.
//
// An index is a sorted set by the end of each answer, so that those whose time is
// over can be taken out; it lasts as long as the last of them.
const storeScript = common + `
local seen, keep = tonumber(ARGV[1]), tonumber(ARGV[3])
if seen > last or seen < floor then return 0 end
for i = 3, #KEYS, 2 do
  local purged = redis.call('GET', KEYS[i == 3 and 3 or i - 1])
  if purged and tonumber(purged) > seen then return 0 end -- It is from before.
end
redis.call('SET', KEYS[2], ARGV[2], 'PX', keep)
local ms = math.floor(now / 1000)
for i = 5, #KEYS, 2 do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', ms)
  redis.call('ZADD', KEYS[i], ms + keep, KEYS[2])
  if redis.call('PTTL', KEYS[i]) < keep then redis.call('PEXPIRE', KEYS[i], keep) end -- As long as the last.
end
return 1`

// purgeScript purges and tells the other replicas. KEYS: state, then for each
// answer its last purge and the answer, for a tag its last purge and its index.
// ARGV: all, key or tag; the channel; the message; how long the purge is
// remembered, in milliseconds.
const purgeScript = common + `
last = math.max(last + 1, now)
if ARGV[1] == 'all' then
  floor = last
else
  if ARGV[1] == 'tag' then
    local answers = redis.call('ZRANGE', KEYS[3], 0, -1)
    for i = 1, #answers, 1000 do redis.call('UNLINK', unpack(answers, i, math.min(i + 999, #answers))) end -- unpack has a limit.
  end
  for i = 2, #KEYS, 2 do
    redis.call('UNLINK', KEYS[i + 1])
    redis.call('SET', KEYS[i], string.format('%.0f', last), 'PX', ARGV[4])
  end -- Of each side.
end
save()
redis.call('PUBLISH', ARGV[2], ARGV[3])
return 1`

// scripts are the scripts of a connection.
type scripts struct{ start, store, purge *rueidis.Lua }

func newScripts() scripts {
	return scripts{
		start: rueidis.NewLuaScript(startScript), store: rueidis.NewLuaScript(storeScript), purge: rueidis.NewLuaScript(purgeScript),
	}
}
