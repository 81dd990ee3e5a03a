package workload

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"storefront/bench/internal/load"
)

var errLength = errors.New("the answer is not as long as the right one")

// Gauge is the check that costs next to nothing: the status, the length, and the
// nth user's mark. The length of a right answer depends on that of the user's id
// alone.
type Gauge struct {
	*Workload

	lengths map[int]int // by the digits of the user's number
}

// maxDigits is the most digits that a user's number has.
const maxDigits = 7

// Gauge makes the check for whoever has answered so for the first user; that it
// was right has been verified.
func (w *Workload) Gauge(first load.Answer) (*Gauge, error) {
	if first.Status != http.StatusOK {
		return nil, fmt.Errorf("%w but %d", errStatus, first.Status)
	}

	gauge := &Gauge{Workload: w, lengths: map[int]int{}}
	shortest, number := 0, 1 // The first user of each number of digits is number 1, 10, 100 …

	for digits := range maxDigits {
		right, err := w.Right(number - 1)
		if err != nil {
			return nil, err
		}

		if digits == 0 {
			shortest = len(right)
		}

		gauge.lengths[digits+1] = len(first.Body) + len(right) - shortest
		number *= 10 //nolint:mnd // Decimal digits.
	}

	return gauge, nil
}

// Check refuses a wrong answer for the nth user.
func (g *Gauge) Check(n int, a load.Answer) error {
	if a.Status != http.StatusOK {
		return fmt.Errorf("%w but %d: %s", errStatus, a.Status, excerpt(a.Body))
	}

	if want := g.lengths[len(strconv.Itoa(n+1))]; len(a.Body) != want {
		return fmt.Errorf("%w: %d bytes, want %d: %s", errLength, len(a.Body), want, excerpt(a.Body))
	}

	if !bytes.Contains(a.Body, []byte(g.Mark(n))) {
		return fmt.Errorf("%w: %s", errBody, excerpt(a.Body))
	}

	return nil
}
