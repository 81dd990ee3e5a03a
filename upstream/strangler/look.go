package strangler

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"storefront/internal/fault"
	"storefront/upstream/strangler/compare"
)

// outcome is what came of a comparison, as in metrics.
type outcome string

// The outcomes.
const (
	cameSame      outcome = "same"
	cameDifferent outcome = "different"
	cameLost      outcome = "failed" // The new side gave no answer.
	cameSkipped   outcome = "skipped"
)

// Where answers differ before their bodies do.
const (
	statusPath = "$status"
	statusKind = compare.Kind("status")
)

// settle makes a comparison and notes what came of it.
func (s *shadows) settle(c comparison) {
	if now := time.Now(); s.ctx.Err() != nil || now.Sub(c.offered) > maxWait || c.route.differences.rests(now) {
		c.route.differences.came(cameSkipped)

		return
	}

	came, found := s.look(c)
	if again := c.route.differences.came(came); again {
		s.log.InfoContext(s.ctx, "shadow answers again", slog.String("route", c.route.Name))
	}

	if came == cameSame || came == cameDifferent {
		c.route.figures.compared(came == cameSame)
	}

	if len(found) > 0 {
		c.route.differences.add(found, c)
	}
}

// look asks the new side and holds its answer against the old one's. What it
// runs is other people's code, for nobody who waits: a panic in it ends this one
// comparison.
func (s *shadows) look(c comparison) (came outcome, found []compare.Difference) {
	defer func() {
		if cause := recover(); cause != nil {
			s.log.ErrorContext(s.ctx, "comparing panicked", slog.String("route", c.route.Name), slog.String("request_id", c.id),
				slog.String("panic", fmt.Sprint(cause)), slog.String("stack", string(debug.Stack())))

			came, found = s.lost(c, "panic"), nil
		}
	}()

	ctx, cancel := context.WithTimeout(s.ctx, maxLook)
	defer cancel()

	reply, err := c.peek(ctx, Ask{Side: New, Target: c.target, Keep: true})

	switch {
	case s.ctx.Err() != nil:
		return cameSkipped, nil
	case err != nil:
		return s.lost(c, fault.KindOf(err).String()), nil
	case reply.Status == 0 || failed(reply, nil):
		return s.lost(c, "status "+strconv.Itoa(reply.Status)), nil
	case reply.Status != c.old.Status:
		return cameDifferent, []compare.Difference{{
			Path: statusPath, Kind: statusKind, Old: strconv.Itoa(c.old.Status), New: strconv.Itoa(reply.Status),
		}}
	case reply.Status >= http.StatusBadRequest: // What they say of it is for people.
		return cameSame, nil
	}

	if came, found = c.bodies(reply); came == cameLost {
		s.lost(c, "unreadable")
	}

	return came, found
}

// lost notes a failure of the new side. The log has the first of a series: all of
// them would be one for each request.
func (s *shadows) lost(c comparison, kind string) outcome {
	if c.route.differences.lost(kind) {
		s.log.WarnContext(s.ctx, "shadow fails", slog.String("route", c.route.Name), slog.String("kind", kind), slog.String("request_id", c.id))
	}

	return cameLost
}

// bodies compares what both sides have said.
func (c *comparison) bodies(reply Reply) (outcome, []compare.Difference) {
	older, err := inflated(c.old)
	if err != nil {
		return cameSkipped, nil
	}

	newer, err := inflated(reply)
	if errors.Is(err, errUnreadable) {
		return cameLost, nil
	}

	if err != nil {
		return cameSkipped, nil
	}

	found, err := c.route.rules.Compare(older, newer)

	switch {
	case err != nil:
		return cameSkipped, nil
	case len(found) > 0:
		return cameDifferent, found
	default:
		return cameSame, nil
	}
}

var (
	errUnreadable = errors.New("the body is not in the encoding that it says")
	errEncoding   = errors.New("the body is in an encoding that is not compared")
)

// isReadable reports whether bodies in a Content-Encoding can be compared.
func isReadable(encoding string) bool {
	return encoding == "" || strings.EqualFold(encoding, "identity") || isGzip(encoding)
}

func isGzip(encoding string) bool {
	return strings.EqualFold(encoding, "gzip") || strings.EqualFold(encoding, "x-gzip")
}

// inflated is the body of a reply without its encoding. It has at most one byte
// more than can be compared.
func inflated(reply Reply) ([]byte, error) {
	switch {
	case !isReadable(reply.Encoding):
		return nil, errEncoding
	case !isGzip(reply.Encoding) || len(reply.Body) == 0:
		return reply.Body, nil
	}

	reader, err := gzip.NewReader(bytes.NewReader(reply.Body))
	if err != nil {
		return nil, errUnreadable
	}

	body, err := io.ReadAll(io.LimitReader(reader, compare.MaxBody+1))
	if err != nil {
		return nil, errUnreadable
	}

	return body, nil
}
