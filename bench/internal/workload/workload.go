// Package workload says what is asked of a target and what the right answer is.
//
// It knows the outside of the targets, and the data of package stub from which
// the right answers follow.
package workload

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"

	"storefront/bench/internal/load"
	"storefront/bench/internal/stub"
)

// Workload is one kind of request, asked for one user after the other.
type Workload struct {
	// Name is its name in reports.
	Name string
	// Key is a word for it that can be a file's name.
	Key string
	// Target is the name of the program that is asked.
	Target string
	// Method and Header are the same in all requests.
	Method string
	Header []string
	// Path and Body are what is asked for a user; Body may be nil.
	Path func(userID string) string
	Body func(userID string) string
	// Want is the right answer for the nth user, as a value whose JSON is equal.
	Want func(n int) any
	// Mark is a piece that every right answer for the nth user holds.
	Mark func(n int) string
}

var (
	errStatus = errors.New("the status is not 200")
	errBody   = errors.New("the answer is wrong")
)

// Call is the request for the nth user.
func (w *Workload) Call(n int) load.Call { return w.For(stub.UserID(n)) }

// For is the request for a user, who need not be one of package stub's.
func (w *Workload) For(id string) load.Call {
	call := load.Call{Method: w.Method, Path: w.Path(id), Header: w.Header}

	if w.Body != nil {
		call.Body = w.Body(id)
	}

	return call
}

// Verify compares the whole answer for the nth user with the right one, numbers
// digit for digit.
func (w *Workload) Verify(n int, a load.Answer) error { return w.compare(n, a, decode) }

// VerifyValues is [Workload.Verify] for those who read numbers into a float:
// 4.50 may have become 4.5.
func (w *Workload) VerifyValues(n int, a load.Answer) error {
	return w.compare(n, a, decodeValues)
}

func (w *Workload) compare(n int, a load.Answer, decode func([]byte) (any, error)) error {
	body, err := plain(a)
	if err != nil {
		return err
	}

	right, err := w.Right(n)
	if err != nil {
		return err
	}

	want, err := decode(right)
	if err != nil {
		return err
	}

	got, err := decode(body)
	if err != nil {
		return err
	}

	if !reflect.DeepEqual(got, want) {
		return fmt.Errorf("%w:\n%s\nwant\n%s", errBody, excerpt(body), excerpt(right))
	}

	return nil
}

// Right is the right answer for the nth user.
func (w *Workload) Right(n int) ([]byte, error) {
	right, err := json.Marshal(w.Want(n))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}

	return right, nil
}

// RightValues is the right answer as those spell it who read numbers into a
// float.
func (w *Workload) RightValues(n int) ([]byte, error) {
	right, err := w.Right(n)
	if err != nil {
		return nil, err
	}

	value, err := decodeValues(right)
	if err != nil {
		return nil, err
	}

	if right, err = json.Marshal(value); err != nil {
		return nil, fmt.Errorf("%s: %w", w.Name, err)
	}

	return right, nil
}

// Glance is the check that is cheap enough for the middle of a run: the status,
// the nth user's mark, and that nothing is missing.
func (w *Workload) Glance(n int, a load.Answer) error {
	body, err := plain(a)
	if err != nil {
		return err
	}

	if !bytes.Contains(body, []byte(w.Mark(n))) || bytes.Contains(body, []byte(`"degraded"`)) || bytes.Contains(body, []byte(`"errors"`)) {
		return fmt.Errorf("%w: %s", errBody, excerpt(body))
	}

	return nil
}

// Accepting is the same workload from a client that takes compressed answers.
func (w *Workload) Accepting(encoding string) *Workload {
	other := *w
	other.Name += ", " + encoding
	other.Header = slices.Concat(w.Header, []string{"Accept-Encoding: " + encoding})

	return &other
}

// plain returns the body of a 200 as it was before compression.
func plain(a load.Answer) ([]byte, error) {
	body := a.Body

	if encoding := a.Header.Get("Content-Encoding"); encoding != "" {
		var err error
		if body, err = unpack(encoding, body); err != nil {
			return nil, err
		}
	}

	if a.Status != http.StatusOK {
		return nil, fmt.Errorf("%w but %d: %s", errStatus, a.Status, excerpt(body))
	}

	return body, nil
}

// decode keeps numbers as they are written.
func decode(body []byte) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()

	if err = decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("%w: %w: %s", errBody, err, excerpt(body))
	}

	return value, nil
}

// decodeValues reads numbers into a float.
func decodeValues(body []byte) (value any, err error) {
	if err = json.Unmarshal(body, &value); err != nil {
		return nil, fmt.Errorf("%w: %w: %s", errBody, err, excerpt(body))
	}

	return value, nil
}

// excerpt is as much of a body as an error needs.
func excerpt(body []byte) []byte {
	const longest = 2000

	return body[:min(len(body), longest)]
}
