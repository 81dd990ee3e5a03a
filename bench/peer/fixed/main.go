// Command fixed is the floor of net/http: it answers every request with the same
// bytes, which are those of the right answer.
//
// ANSWERS names a folder of files NAME.json; each is served on a port of its own,
// whatever is asked there.
package main

import (
	"io"
	"net/http"
	"strconv"

	"storefront/bench/peer/internal/serve"
)

func main() { serve.Main(handlers()) }

func handlers() (map[string]http.Handler, error) {
	answers, err := serve.Answers()
	handlers := map[string]http.Handler{}

	for name, body := range answers {
		contentType, length := []string{"application/json"}, []string{strconv.Itoa(len(body))}

		handlers[name] = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				_, _ = io.Copy(io.Discard, r.Body) // What is asked makes no difference.
			}

			header := w.Header()
			header["Content-Type"], header["Content-Length"] = contentType, length
			_, _ = w.Write(body) // It fails where the client has left.
		})
	}

	return handlers, err
}
