package serve

import (
	"context"
	"maps"
	"net/http"
	"strings"
	"time"

	"storefront/internal/quota"
)

// through lets bodies pass in both ways as they come, for as long as they come.
// The server's timeouts, which are for requests and answers as a whole, are lifted.
func through(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			// Of a body in HTTP/1.0 that says that it is chunked net/http tells nobody,
			// and takes what stands in it for requests.
			out := &passed{ResponseWriter: w, ending: o.Draining != nil && o.Draining() || !r.ProtoAtLeast(1, 1)}

			// Who reads slowly, or not at all, keeps no request that is over.
			out.over = r.Context().Err
			defer context.AfterFunc(r.Context(), func() {
				_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(lingering))
			})()

			if r.Body != nil && r.Body != http.NoBody {
				in := http.NewResponseController(w)
				_ = in.EnableFullDuplex() // An answer may begin before the request has ended; HTTP/2 can do so anyway.
				PruneTrailer(r.Trailer)
				out.in = &steady{
					ReadCloser: r.Body, of: in, length: r.ContentLength, trailer: r.Trailer, awaited: r.Header.Get("Expect") != "",
				}
				r.Body = out.in

				defer out.in.leave() // Also where it breaks off: net/http waits for who still reads.
				defer context.AfterFunc(r.Context(), out.in.giveUp)()
			}

			next.ServeHTTP(out, r)

			if !out.begun && r.Context().Err() != nil {
				panic(http.ErrAbortHandler) // As in answer.
			}

			out.finish()
		})
	}
}

// passed is an answer that is passed on. What the pipe has said of the request
// stands in the place of what it says itself.
type passed struct {
	http.ResponseWriter

	in      *steady      // the request's body; nil: none
	ours    http.Header  // what the pipe has said
	ending  bool         // the connection is not to be used again
	unended bool         // nor is it, since the body had not ended when the answer began
	begun   bool         // the header is out
	over    func() error // why the request has ended; nil while it has not
}

// WriteHeader sends the header; informational ones are passed on as they come.
func (w *passed) WriteHeader(status int) {
	if w.begun {
		return
	}

	allow(w.ResponseWriter, 0)

	if status >= http.StatusOK {
		w.begun = true

		h := w.Header()
		maps.Copy(h, w.ours)

		if _, said := h["Content-Type"]; !said {
			h["Content-Type"] = nil // net/http would guess, and a browser believe it.
		}

		w.unended = w.in != nil && !w.in.done()
		if w.ending || w.unended {
			h.Set("Connection", "close")
		}
	}

	w.ResponseWriter.WriteHeader(status)
}

// Write sends a piece of the body.
func (w *passed) Write(p []byte) (int, error) {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}

	if w.over() == nil {
		allow(w.ResponseWriter, len(p))
	}

	return w.ResponseWriter.Write(p) //nolint:wrapcheck // A writer passes on what it wraps.
}

// Flush sends what there is.
func (w *passed) Flush() {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}

	_ = http.NewResponseController(w.ResponseWriter).Flush() // A connection that cannot flush is still served.
}

// finish ends an answer of which all has been said.
func (w *passed) finish() {
	if !w.begun {
		w.WriteHeader(http.StatusOK)
	}

	allow(w.ResponseWriter, 0) // For what the server holds of it.

	if w.unended {
		w.Flush() // The rest of the request is waited for, if not for long.
	}
}

// Unwrap lets a ResponseController reach the connection.
func (w *passed) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// discard forgets an answer of which nothing is sent yet; false when it is too
// late.
func (w *passed) discard() bool {
	if w.begun {
		return false
	}

	clearAnswer(w.Header())

	return true
}

// urls refuses those that are too long.
func urls(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !o.tooLong(w, r) {
				next.ServeHTTP(w, r)
			}
		})
	}
}

// believe drops what would have whoever reads it see another request than this
// one, and keeps what a trusted proxy says of the client's address and of how it
// has asked, and drops it where anybody else says so. It is the last step: what
// the pipe has said of the answer by now is not for others to say.
func believe(o Options) step {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if out, ok := w.(*passed); ok {
				out.ours = maps.Clone(w.Header())
			}

			trusted := quota.Trusted(r.RemoteAddr, o.Trusted)

			for name := range r.Header {
				if overrides(name) || !trusted && claims(name) {
					delete(r.Header, name)
				}
			}

			next.ServeHTTP(w, r)
		})
	}
}

// overrides is true of fields that some frameworks take for the path, the method
// or another field of the request: what is routed here has to be what is
// answered. CGI and its heirs read "_" in a name as "-", and Proxy as a setting.
func overrides(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "X-Original-Url", "X-Original-Uri", "X-Original-Host", "X-Rewrite-Url", "X-Http-Method", "X-Http-Method-Override", "X-Method-Override", "Proxy":
		return true
	default:
		return strings.Contains(name, "_")
	}
}

// claims is true of fields in which a proxy says who has asked, and how.
func claims(name string) bool {
	switch http.CanonicalHeaderKey(name) {
	case "Forwarded", "X-Real-Ip", "X-Client-Ip", "X-Cluster-Client-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Fastly-Client-Ip", "X-Original-Forwarded-For":
		return true
	default:
		return strings.HasPrefix(http.CanonicalHeaderKey(name), "X-Forwarded")
	}
}
