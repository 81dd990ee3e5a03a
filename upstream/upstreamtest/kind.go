package upstreamtest

import (
	"maps"
	"net"
	"net/http"
	"slices"
	"time"
)

// argument is what a kind of fault needs behind its colon.
type argument int

const (
	noArg argument = iota
	pauseArg
	codeArg
)

// kind is what a fault's name stands for.
type kind struct {
	arg    argument
	answer answerer
}

// answerer answers one call as its fault has it.
type answerer func(call)

// kinds is the one list of all faults.
func kinds() map[string]kind {
	return map[string]kind{
		"latency":              {pauseArg, latency},
		"hang":                 {noArg, hang},
		"stalled":              {noArg, stalled},
		"slow-drip":            {pauseArg, slowDrip},
		"status":               {codeArg, status},
		"not-found":            {noArg, notFound},
		"redirect":             {noArg, redirect},
		"reset-before-headers": {noArg, resetBeforeHeaders},
		"reset-mid-body":       {noArg, resetMidBody},
		"truncated":            {noArg, truncated},
		"stale-keepalive":      {noArg, staleKeepalive},
		"huge":                 {noArg, huge},
		"huge-sized":           {noArg, hugeSized},
		"huge-gzip":            {noArg, hugeGzip},
		"headers-huge":         {noArg, headersHuge},
		"empty":                {noArg, reshaped(func([]byte) []byte { return nil })},
		"null-body":            {noArg, reshaped(func([]byte) []byte { return []byte("null") })},
		"garbage":              {noArg, reshaped(garbage)},
		"trailing-garbage":     {noArg, reshaped(trailingGarbage)},
		"wrong-content-type":   {noArg, wrongContentType},
		"wrong-type":           {noArg, reshaped(wrongType)},
		"wrong-element":        {noArg, reshaped(wrongElement)},
		"wrong-user":           {noArg, wrongUser},
		"duplicate-keys":       {noArg, reshaped(duplicateKeys)},
		"invalid-utf8":         {noArg, reshaped(invalidUTF8)},
		"deep-nesting":         {noArg, reshaped(deepNesting)},
		"ignore-limit":         {noArg, ignoreLimit},
	}
}

// Names lists the names of all faults, sorted.
func Names() []string {
	return slices.Sorted(maps.Keys(kinds()))
}

// call is one request that has met a fault.
type call struct {
	w         http.ResponseWriter
	r         *http.Request
	fault     Fault
	pause     time.Duration // how late a latency is this time
	elsewhere string
	good      http.HandlerFunc // the answer without the fault
	over      func()           // the request has its answer, though the fault goes on
	hold      func(net.Conn) (release func())
}
