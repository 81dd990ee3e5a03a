package verdict

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"net/http"
	"reflect"
	"regexp"
	"sync"

	"storefront/bench/internal/load"
	"storefront/upstream/upstreamtest"
)

var (
	errData    = errors.New("the right answer cannot be made")
	errSection = errors.New("a section is not right")
)

// owner is whom a piece of a text belongs to.
var owner = regexp.MustCompile(`\bu-[0-9]+`)

// Judge judges answers. It is safe for concurrent use, and must be closed.
type Judge struct {
	shop *upstreamtest.Shop // what the services say when nothing ails them
	seed maphash.Seed

	mu    sync.Mutex
	known map[known]uint64 // the text of sections that were found to be right
}

// known is a section of a page of a user.
type known struct{ page, section, user string }

// maxKnown is how many sections are remembered; then all are forgotten.
const maxKnown = 100_000

// NewJudge returns a judge.
func NewJudge() *Judge {
	return &Judge{shop: upstreamtest.StartMemory(), seed: maphash.MakeSeed(), known: map[known]uint64{}}
}

// Close ends what the judge stands on.
func (j *Judge) Close() error { return j.shop.Close() }

// Judge says what an answer to the request for a page is worth.
func (j *Judge) Judge(p *Page, asked Asked, a load.Answer) Verdict {
	verdict, err := j.judge(p, asked, a)
	if err == nil && bytes.Contains(a.Body, []byte(upstreamtest.Secret)) {
		err = fmt.Errorf("%w: what no client may be shown", errForm)
	}

	if err == nil {
		return verdict
	}

	verdict = Verdict{Kind: Wrong, Why: fmt.Sprintf("status %d: %v: %s", a.Status, err, excerpt(a.Body))}

	for _, found := range owner.FindAll(a.Body, -1) {
		if string(found) != asked.User {
			verdict.Kind = Foreign
		}
	}

	return verdict
}

func (j *Judge) judge(p *Page, asked Asked, a load.Answer) (Verdict, error) {
	if a.Status == http.StatusServiceUnavailable || a.Status == http.StatusTooManyRequests {
		return Verdict{Kind: Refused}, refusal(p, asked.User, a)
	}

	if a.Status != http.StatusOK {
		return Verdict{}, errStatus
	}

	page, err := p.read(a)
	if err != nil {
		return Verdict{}, err
	}

	if err = page.check(p, a); err != nil {
		return Verdict{}, err
	}

	verdict := Verdict{Kind: page.kind()}

	for _, s := range p.sections {
		believed, err := j.section(p, s, asked, page.sections[s.name])
		if err != nil {
			return Verdict{}, err
		}

		verdict.Believed = verdict.Believed || believed
	}

	return verdict, others(page.rest, asked.User)
}

// section holds a section against the right one; null has been judged before.
func (j *Judge) section(p *Page, s section, asked Asked, text json.RawMessage) (believed bool, err error) {
	if isNull(text) {
		return false, nil
	}

	this := known{p.Key, s.name, asked.User}
	sum := maphash.Bytes(j.seed, text)

	if j.isKnown(this, sum) {
		return false, nil
	}

	got, err := decode(text)
	if err != nil {
		return false, err
	}

	want, err := j.right(s, asked.User)
	if err != nil {
		return false, err
	}

	if reflect.DeepEqual(got, want) {
		j.learn(this, sum)

		return false, nil
	}

	if s.service == asked.Strangers && s.limit > 0 {
		if want, err = j.right(s, stranger(asked.User)); err == nil && reflect.DeepEqual(got, want) {
			return true, nil
		}
	}

	return false, fmt.Errorf("%w: %s", errSection, s.name)
}

func (j *Judge) isKnown(this known, sum uint64) bool {
	j.mu.Lock()
	defer j.mu.Unlock()

	right, found := j.known[this]

	return found && right == sum
}

func (j *Judge) learn(this known, sum uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()

	if len(j.known) >= maxKnown {
		clear(j.known)
	}

	j.known[this] = sum
}

// others refuses what lies beside the sections and names another user.
func others(rest []json.RawMessage, user string) error {
	for _, text := range rest {
		for _, found := range owner.FindAll(text, -1) {
			if string(found) != user {
				return fmt.Errorf("%w: %s is named", errForm, found)
			}
		}
	}

	return nil
}

// excerpt is as much of a body as an error needs.
func excerpt(body []byte) []byte {
	const longest = 500

	return body[:min(len(body), longest)]
}
