package wire_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"

	"storefront/internal/wire"
)

// writeRandom writes a document with nothing usual about it.
func writeRandom(r *rand.Rand, out *strings.Builder, depth int) {
	pick := func(from ...string) { out.WriteString(from[r.IntN(len(from))]) }
	space := func() { pick("", "", "", " ", "\n\t", "  \r\n ") }
	quoted := func() {
		out.WriteByte('"')
		for range r.IntN(4) {
			pick("a", "id", "price", "description", "tracking_number", `\"`, `\\`, `\u00e9`, `\ud83d\ude00`, `\ud800`, "é", "\xff", " ", "{", "]", ",", ":")
		}
		out.WriteByte('"')
	}
	kind := r.IntN(8)
	if depth > 3 {
		kind = r.IntN(2)
	}
	space()
	switch {
	case kind < 2 && depth > 0:
		end, separator := "]", ""
		if kind == 0 {
			end = "}"
		}
		pick(map[string]string{"]": "[", "}": "{"}[end])
		for range r.IntN(5) {
			pick(separator)
			separator = ","
			space()
			if kind == 0 {
				quoted()
				space()
				pick(":")
			}
			writeRandom(r, out, depth-1)
		}
		space()
		pick(end)
	case kind < 5:
		quoted()
	case kind < 7:
		pick("0", "-0", "7", "12345678", "-1.50", "1e5", "0.1E-07", "99999999999999999999.5e+1")
	default:
		pick("true", "false", "null")
	}
	space()
}

// TestRandomDocuments judges documents as encoding/json does, whole ones and
// such with a byte that is missing, doubled or another one.
func TestRandomDocuments(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 1)) //nolint:gosec // The same in each run.
		var out strings.Builder
		writeRandom(r, &out, 5)
		body := out.String()
		if at := r.IntN(len(body)); r.IntN(2) == 0 {
			body = body[:at] + []string{"", body[at : at+1], "", " ", ",", "]", "\x01", "e"}[r.IntN(8)] + body[min(len(body), at+r.IntN(3)):]
		}
		valid := json.Valid([]byte(body))
		for way, read := range passing([]byte(body)) {
			for _, behind := range []string{"", strings.Repeat(" ", 50)} {
				if err := wire.Decode([]byte(body+behind), read); (err == nil) != valid {
					t.Fatalf("seed %d, %s, %q: got %v, valid is %t", seed, way, body, err, valid)
				}
			}
		}
	}
}
