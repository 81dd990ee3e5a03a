package upstreamtest

import (
	"strconv"
	"time"
)

// Fault is one way in which a service can be bad. It is a plain value: make it
// with one of the functions of this package or with [Parse], narrow it down with
// On, Share, First and After, and compare it with ==. The zero Fault is none, and
// not allowed where a fault is due.
type Fault struct { //nolint:recvcheck // it is a value, but for UnmarshalText that must write to it
	name  string
	pause time.Duration // latency, slow-drip
	p99   time.Duration // latency; 0 for the same pause each time
	code  int           // status

	on         string
	share      float64
	seed       uint64
	first      int
	after      time.Duration
	retryAfter time.Duration
}

// On narrows the fault to the requests that fit a pattern:
//
//	/orders          this very path
//	/users/          every path below, and this one
//	/products?ids    this path with a parameter of this name
//	/products?user_id=user_1    ... and this value
//
// Paths are compared as they are sent, escapes and all.
func (f Fault) On(pattern string) Fault { f.on = pattern; return f }

// Share narrows the fault to a part of the requests: each that it is meant for
// meets it with probability p (above 0, at most 1; 0 is for not set, which is
// every one). Which ones follows from [Fault.Seed] and from the order in which
// requests come, so that a run can be repeated.
func (f Fault) Share(p float64) Fault { f.share = p; return f }

// Seed chooses among the sequences of chances that [Fault.Share] and
// [LatencySpread] take; the same seed is the same sequence.
func (f Fault) Seed(n uint64) Fault { f.seed = n; return f }

// First narrows the fault to the first n requests (1 to 1,000,000) that would
// meet it, counted from Fail on; 0 is for no end.
//
// An http.Transport asks once more by itself when a connection that it had used
// before breaks without an answer, so that [ResetBeforeHeaders] with First(1) may
// go unnoticed; the counts of calls show it.
func (f Fault) First(n int) Fault { f.first = n; return f }

// After makes the fault come late: nothing at all happens for d (at most an
// hour), then it does.
func (f Fault) After(d time.Duration) Fault { f.after = d; return f }

// RetryAfter adds a Retry-After header to the answer. It is in whole seconds, at
// most an hour.
func (f Fault) RetryAfter(d time.Duration) Fault { f.retryAfter = d; return f }

// Name is the fault's name alone, as in [Names]: "status" for "status:503".
func (f Fault) Name() string { return f.name }

// String is the text that [Parse] reads as this fault.
func (f Fault) String() string {
	text := f.name
	switch kinds()[f.name].arg {
	case pauseArg:
		text += ":" + f.pause.String()
	case codeArg:
		text += ":" + strconv.Itoa(f.code)
	case noArg:
	}
	if f.p99 != 0 {
		text += " p99:" + f.p99.String()
	}
	if f.on != "" {
		text += " on:" + f.on
	}
	if f.share != 0 {
		text += " share:" + strconv.FormatFloat(f.share, 'g', -1, 64)
	}
	if f.seed != 0 {
		text += " seed:" + strconv.FormatUint(f.seed, 10)
	}
	if f.first != 0 {
		text += " first:" + strconv.Itoa(f.first)
	}
	if f.after != 0 {
		text += " after:" + f.after.String()
	}
	if f.retryAfter != 0 {
		text += " retry-after:" + f.retryAfter.String()
	}
	return text
}

// Latency gives the good answer, late by d (at most an hour).
func Latency(d time.Duration) Fault { return Fault{name: "latency", pause: d} }

// LatencySpread gives the good answer, late by a time of its own for each
// request, as networks and busy machines have it: log-normal, half of them at
// most median and all but one in a hundred at most p99, which is not below the
// median. Both are at most an hour, and so is each single one. As text it is
// "latency:40ms p99:400ms". See [Fault.Seed].
func LatencySpread(median, p99 time.Duration) Fault {
	return Fault{name: "latency", pause: median, p99: p99}
}

// Hang never answers: it ends when the client leaves or the shop closes.
func Hang() Fault { return Fault{name: "hang"} }

// Stalled sends the headers and half of the good body, and then hangs.
func Stalled() Fault { return Fault{name: "stalled"} }

// SlowDrip sends the headers at once and the good body a byte every d (at most
// an hour).
func SlowDrip(d time.Duration) Fault { return Fault{name: "slow-drip", pause: d} }

// Status answers with a status of 200 to 599 and a JSON object with [Secret].
func Status(code int) Fault { return Fault{name: "status", code: code} }

// NotFound answers 404 as for an unknown id.
func NotFound() Fault { return Fault{name: "not-found"} }

// Redirect answers 302 with the address of another host, where the good answer
// is to be had with [Secret] in it. [Shop.Redirected] counts who went there.
func Redirect() Fault { return Fault{name: "redirect"} }

// ResetBeforeHeaders reads the request and resets the connection; the client
// sees ECONNRESET. See [Fault.First] for what an http.Transport makes of it.
func ResetBeforeHeaders() Fault { return Fault{name: "reset-before-headers"} }

// ResetMidBody sends the headers and half of the good body, then resets the
// connection.
func ResetMidBody() Fault { return Fault{name: "reset-mid-body"} }

// Truncated promises the whole good body in Content-Length, sends half of it and
// closes the connection without a reset.
func Truncated() Fault { return Fault{name: "truncated"} }

// StaleKeepalive gives the good answer, keeps the connection open, and closes it
// at the moment in which the next request comes on it, without an answer to that
// one: so a request loses the race against a service that closes idle
// connections. Each connection has one answer to give, and none is ever told of
// it. A connection that nobody uses again for a minute is closed as well. Over
// HTTP/2, or to a client that keeps no connection, it is the good answer.
func StaleKeepalive() Fault { return Fault{name: "stale-keepalive"} }

// Huge sends 200 MB of JSON that could be an answer, without Content-Length: the
// good list's elements over and over, or the good object with a field that nobody
// reads in front.
func Huge() Fault { return Fault{name: "huge"} }

// HugeSized is [Huge] with a Content-Length that tells of it.
func HugeSized() Fault { return Fault{name: "huge-sized"} }

// HugeGzip is [Huge] as a gzip bomb of less than a megabyte. It is plain Huge to
// a client that does not accept gzip.
func HugeGzip() Fault { return Fault{name: "huge-gzip"} }

// HeadersHuge gives the good answer under 12 MiB of headers, which is more than
// an http.Transport takes unless told otherwise.
func HeadersHuge() Fault { return Fault{name: "headers-huge"} }

// Empty answers 200 application/json with a body of no bytes.
func Empty() Fault { return Fault{name: "empty"} }

// NullBody answers 200 with the JSON null.
func NullBody() Fault { return Fault{name: "null-body"} }

// Garbage answers 200 application/json with what is no JSON; it holds [Secret].
func Garbage() Fault { return Fault{name: "garbage"} }

// TrailingGarbage gives the good answer and bytes after its end, with [Secret].
func TrailingGarbage() Fault { return Fault{name: "trailing-garbage"} }

// WrongContentType gives the good body as text/html.
func WrongContentType() Fault { return Fault{name: "wrong-content-type"} }

// WrongType answers with JSON of other types: a string where a list is due, and
// in an object a number for a string, a string for a number and so on, in every
// field but the id.
func WrongType() Fault { return Fault{name: "wrong-type"} }

// WrongElement is [WrongType] one step further in: a list of objects whose fields
// are of other types.
func WrongElement() Fault { return Fault{name: "wrong-element"} }

// WrongUser gives the answer to another id than was asked for, itself flawless:
// the number at the id's end is 1 in place of any other, and 2 in place of 1; an
// id without one is "stranger".
func WrongUser() Fault { return Fault{name: "wrong-user"} }

// DuplicateKeys gives the good answer with every key of every object twice. The
// second string is [Secret], for who believes the last one.
func DuplicateKeys() Fault { return Fault{name: "duplicate-keys"} }

// InvalidUTF8 gives the good answer with bytes that are no UTF-8 in every string
// but the ids.
func InvalidUTF8() Fault { return Fault{name: "invalid-utf8"} }

// DeepNesting gives the good answer with a field that nobody reads, of 100,000
// lists one in another.
func DeepNesting() Fault { return Fault{name: "deep-nesting"} }

// IgnoreLimit gives the good answer as a service does that takes no notice of
// limit: the whole list.
func IgnoreLimit() Fault { return Fault{name: "ignore-limit"} }
