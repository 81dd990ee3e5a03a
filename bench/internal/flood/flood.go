// Package flood sends requests at a fixed rate whether or not they are answered,
// as the world does. It tells of each what came of it, refusals and all, and
// knows nothing of what is asked for.
//
// Package load is the cheaper one, for targets that answer everything; its
// connections carry one request at a time, so that a target that is late is
// asked less. Here a library (vegeta) opens as many as it takes.
package flood

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	vegeta "github.com/tsenart/vegeta/v12/lib"
)

// MaxRate is the most requests a second that a [Plan] may have.
const MaxRate = 20_000

var (
	errPlan = errors.New("a plan needs a rate of 1 to 20,000 a second, and a time")
	errName = errors.New("an answer to no request")
)

// Plan is what is to be sent.
type Plan struct {
	// Base is the base URL of the target.
	Base string
	// Rate is how many requests are sent in a second, evenly spread.
	Rate int
	// For is how long requests are sent.
	For time.Duration
	// Patience is how long an answer is waited for.
	Patience time.Duration
	// Call is the nth request, counted from 0. It is called concurrently.
	Call func(n int) Call
}

// Call is one request by GET.
type Call struct {
	Path   string
	Header http.Header
}

// Shot is what came of one request.
type Shot struct {
	N      int
	At     time.Duration // since the start, when it was sent
	Took   time.Duration
	Status int // 0: no answer
	Body   []byte
}

// Run carries out a plan and hands every shot to note, one at a time.
func Run(ctx context.Context, p Plan, note func(Shot)) error {
	const first, most = 64, 16_384

	if p.Rate < 1 || p.Rate > MaxRate || p.For <= 0 {
		return errPlan
	}

	attacker := vegeta.NewAttacker(
		vegeta.Workers(first), vegeta.MaxWorkers(most), vegeta.Connections(most), vegeta.Timeout(p.Patience),
		vegeta.Redirects(vegeta.NoFollow), vegeta.HTTP2(false),
	)
	defer context.AfterFunc(ctx, func() { attacker.Stop() })()

	start := time.Now()
	results := attacker.Attack(p.targets(), vegeta.Rate{Freq: p.Rate, Per: time.Second}, p.For, "")

	var wrong error

	for r := range results {
		n, err := number(r.URL)
		if err != nil {
			wrong = errors.Join(wrong, err)
			attacker.Stop()

			continue
		}

		note(Shot{N: n, At: r.Timestamp.Sub(start), Took: r.Latency, Status: int(r.Code), Body: r.Body})
	}

	if ctx.Err() != nil {
		return fmt.Errorf("flood: %w", context.Cause(ctx))
	}

	return wrong
}

// fragment is where a URL holds the number of its request: it is not sent.
const fragment = "#"

// targets hands out the requests in their order.
func (p *Plan) targets() vegeta.Targeter {
	var next atomic.Int64

	return func(to *vegeta.Target) error {
		n := int(next.Add(1)) - 1
		call := p.Call(n)
		to.Method, to.URL, to.Header = http.MethodGet, p.Base+call.Path+fragment+strconv.Itoa(n), call.Header

		return nil
	}
}

func number(url string) (int, error) {
	for i := len(url) - 1; i >= 0; i-- {
		if url[i:i+1] == fragment {
			n, err := strconv.Atoi(url[i+1:])
			if err != nil {
				return 0, fmt.Errorf("flood: %q: %w", url, errName)
			}

			return n, nil
		}
	}

	return 0, fmt.Errorf("flood: %q: %w", url, errName)
}
