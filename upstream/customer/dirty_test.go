package customer_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"storefront/internal/telemetry"
	"storefront/upstream/customer"
)

// dirt makes records like that of the guide, with all that can be wrong.
type dirt struct{ *rand.Rand }

// values are what may stand for any member.
func (d dirt) value(good string) string {
	text := strings.Trim(good, `"`)

	switch d.IntN(24) {
	case 0:
		return "null"
	case 1:
		return `"` + strings.ToUpper(text) + `"`
	case 2:
		return `"  ` + text + strings.Repeat(" ", d.IntN(20)) + `"`
	case 3:
		return "\"" + text + "\xe9\xff\x80\"" // Latin-1
	case 4:
		return []string{`"0000-00-00"`, `"N/A"`, `"-"`, `"NULL"`, `""`, `" "`, `"unknown"`}[d.IntN(7)]
	case 5:
		return []string{"0", "-1", "1.50", "1e400", "2147483648", "1234567890", "501", "-0"}[d.IntN(8)]
	case 6:
		return []string{"true", "{}", "[[]]", `{"cust_num":"1"}`, `["` + text + `"]`}[d.IntN(5)]
	case 7:
		return []string{`"1,500"`, `"1500.00"`, `"00015"`, `"1,5,00"`, `"١٢"`, `"1e3"`}[d.IntN(6)]
	case 8:
		return `"\ud83d\u0000\u00e9` + text + `\t"`
	case 9:
		return `"` + strings.Repeat(text+"é", d.IntN(10)*d.IntN(30)) + `"`
	default:
		return good
	}
}

// record writes members in any order, some twice and some not at all.
func (d dirt) record() []byte {
	pairs := [][2]string{
		{"cust_num", `"12345"`},
		{"f_name", `"John"`},
		{"l_name", `"Doe"`},
		{"addr_line_1", `"123 Main St"`},
		{"addr_line_2", `""`},
		{"city", `"NYC"`},
		{"state", `"NY"`},
		{"zip", `"10001"`},
		{"ph_num", `"1234567890"`},
		{"email_addr", `"john@example.com"`},
		{"cust_type", `"P"`},
		{"loyalty_pts", "1500"},
		{"since_dt", `"0000-00-00"`},
	}
	d.Shuffle(len(pairs), func(i, j int) { pairs[i], pairs[j] = pairs[j], pairs[i] })

	if d.IntN(4) == 0 {
		pairs = append(pairs, pairs[d.IntN(len(pairs))])
	}

	members := make([]string, 0, len(pairs))

	for _, p := range pairs {
		if d.IntN(20) > 0 {
			members = append(members, `"`+p[0]+`":`+d.value(p[1]))
		}
	}

	body := []byte("{" + strings.Join(members, ",") + "}")

	switch d.IntN(12) {
	case 0: // a byte is another
		body[d.IntN(len(body))] = byte(d.IntN(256)) //nolint:gosec // It fits.
	case 1: // it breaks off
		body = body[:d.IntN(len(body))]
	case 2: // there is more
		body = append(body, []string{" ", "{}", "null", "\xef\xbb\xbf"}[d.IntN(4)]...)
	}

	return body
}

// TestDirtyRecords: whatever a system sends is taken or rejected, never a panic,
// and counted as what it is.
func TestDirtyRecords(t *testing.T) {
	t.Parallel()

	count := 100_000
	if testing.Short() {
		count = 10_000
	}

	const sideBySide = 4

	metrics := telemetry.NewMetrics()
	client := customer.New(nil, customer.NewCounts(metrics, "test"))

	var (
		accepted, rejected, unknown atomic.Int64
		group                       sync.WaitGroup
	)

	for seed := range uint64(sideBySide) {
		group.Go(func() {
			d := dirt{rand.New(rand.NewPCG(5, seed))} //nolint:gosec // To be the same each time.

			for range count / sideBySide {
				body := d.record()

				got, err := client.Read(body, "12345")
				if err != nil {
					rejected.Add(1)

					continue
				}

				accepted.Add(1)

				if got.Tier == customer.Unknown {
					unknown.Add(1)
				}

				if wantFit(t, got, "12345", len(body)); t.Failed() {
					t.Errorf("%q", body)

					return
				}
			}
		})
	}

	group.Wait()

	said := strings.Join(counted(t, metrics), "\n")
	for _, want := range []string{
		fmt.Sprintf(`customer_records_total{bff="test",outcome="rejected"} %d`, rejected.Load()),
		fmt.Sprintf(`customer_unknown_tiers_total{bff="test"} %d`, unknown.Load()),
	} {
		if !strings.Contains(said, want) {
			t.Errorf("no %s in\n%s", want, said)
		}
	}

	if a, r := int(accepted.Load()), int(rejected.Load()); a+r != count || a < count/3 || r < count/10 {
		t.Errorf("%d accepted and %d rejected of %d: the records say little", a, r, count)
	}

	for _, part := range []string{"dropped_total", "repaired_total", `outcome="clean"`, `outcome="repaired"`} {
		if !strings.Contains(said, part) {
			t.Errorf("no %s", part)
		}
	}
}
