package workload

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"storefront/bench/internal/load"
	"storefront/bench/internal/stub"
)

var errLength = errors.New("the answer is not as long as the right one")

// Gauge is the check that costs next to nothing: the status, the length, and the
// nth user's mark. The length of a right answer depends on that of the user's id
// and on what the user has bought.
type Gauge struct {
	*Workload

	lengths map[variant]int
}

// variant are users whose right answers are equally long.
type variant struct{ digits, orders int }

func variantOf(n int) variant {
	return variant{digits: len(strconv.Itoa(n + 1)), orders: n % stub.OrderVariants}
}

// Gauge makes the check for whoever has answered so for the first user; that it
// was right has been verified. right are right answers as they are spelled
// there, blanks aside: [Workload.Right] or [Workload.RightValues].
func (w *Workload) Gauge(first load.Answer, right func(n int) ([]byte, error)) (*Gauge, error) {
	const mostUsers, decimal = 1_000_000, 10

	if first.Status != http.StatusOK {
		return nil, fmt.Errorf("%w but %d", errStatus, first.Status)
	}

	shortest, err := right(0)
	if err != nil {
		return nil, err
	}

	gauge := &Gauge{Workload: w, lengths: map[variant]int{}}
	more := len(first.Body) - len(shortest)

	// The first users of each number of digits are number 1, 10, 100 …
	for number := 1; number <= mostUsers; number *= decimal {
		for n := number - 1; n < min(number-1+stub.OrderVariants, number*decimal-1); n++ {
			body, err := right(n)
			if err != nil {
				return nil, err
			}

			gauge.lengths[variantOf(n)] = len(body) + more
		}
	}

	return gauge, nil
}

// Check refuses a wrong answer for the nth user.
func (g *Gauge) Check(n int, a load.Answer) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("%w but %d: %s", errStatus, a.Status, excerpt(a.Body))
	}

	if want := g.lengths[variantOf(n)]; len(a.Body) != want {
		return fmt.Errorf("%w: %d bytes, want %d: %s", errLength, len(a.Body), want, excerpt(a.Body))
	}

	if !bytes.Contains(a.Body, []byte(g.Mark(n))) {
		return fmt.Errorf("%w: %s", errBody, excerpt(a.Body))
	}

	return nil
}
