// Command fasthttp is what commands fixed and fanout are, on fasthttp in place of
// net/http: MODE is "fixed" or "fanout", ANSWERS a folder of files NAME.json.
//
// It is a module of its own, so that what it needs is nobody else's.
package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/valyala/fasthttp"
	"golang.org/x/sync/errgroup"
)

var (
	errAnswers = errors.New("ANSWERS names no folder with files NAME.json")
	errMode    = errors.New("MODE is neither fixed nor fanout")
	errStatus  = errors.New("the status is not 200")
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	handlers, err := handlers()
	if err != nil {
		return err
	}

	stopped := make(chan os.Signal, 1)
	signal.Notify(stopped, os.Interrupt, syscall.SIGTERM)

	failed := make(chan error, len(handlers))

	for name, handler := range handlers {
		listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // It lives as long as the program.
		if err != nil {
			return fmt.Errorf("listening: %w", err)
		}

		server := &fasthttp.Server{Handler: handler, NoDefaultServerHeader: true}
		go func() { failed <- server.Serve(listener) }()

		_, _ = fmt.Printf("  %s  http://%s\n", name, listener.Addr()) //nolint:forbidigo // That is how a program says where it listens.
	}

	select {
	case <-stopped:
		return nil
	case err := <-failed:
		return err
	}
}

func handlers() (map[string]fasthttp.RequestHandler, error) {
	answers, err := answers()
	if err != nil {
		return nil, err
	}

	switch os.Getenv("MODE") {
	case "fixed":
		handlers := map[string]fasthttp.RequestHandler{}
		for name, body := range answers {
			handlers[name] = func(c *fasthttp.RequestCtx) { send(c, body) }
		}

		return handlers, nil
	case "fanout":
		return fanout(answers), nil
	default:
		return nil, errMode
	}
}

func answers() (map[string][]byte, error) {
	paths, err := filepath.Glob(filepath.Join(os.Getenv("ANSWERS"), "*.json"))
	if err != nil || len(paths) == 0 {
		return nil, errors.Join(errAnswers, err)
	}

	answers := map[string][]byte{}

	for _, name := range paths {
		content, err := os.ReadFile(name) //nolint:gosec // Whoever starts it says where.
		if err != nil {
			return nil, fmt.Errorf("answers: %w", err)
		}

		answers[strings.TrimSuffix(filepath.Base(name), ".json")] = content
	}

	return answers, nil
}

func send(c *fasthttp.RequestCtx, body []byte) {
	c.SetContentType("application/json")
	c.Response.SetBodyRaw(body)
}

// fanout are pages whose services are called side by side, and not listened to.
func fanout(answers map[string][]byte) map[string]fasthttp.RequestHandler {
	const connections = 512

	client := &fasthttp.Client{MaxConnsPerHost: connections}
	user, product, order := os.Getenv("USER_SERVICE_URL"), os.Getenv("PRODUCT_SERVICE_URL"), os.Getenv("ORDER_SERVICE_URL")

	all := func(id string) []string {
		return []string{user + "/users/" + id, product + "/products?user_id=" + id, order + "/orders?user_id=" + id}
	}
	products := func(id string) []string { return []string{product + "/products?user_id=" + id} }

	return map[string]fasthttp.RequestHandler{
		"mobile": page(client, all, answers["mobile"]),
		"tv":     page(client, products, answers["tv"]),
		"web":    page(client, all, answers["web-rest"]),
	}
}

func page(client *fasthttp.Client, urls func(id string) []string, body []byte) fasthttp.RequestHandler {
	return func(c *fasthttp.RequestCtx) {
		var group errgroup.Group

		for _, url := range urls(path.Base(string(c.Path()))) {
			group.Go(func() error { return call(client, url) })
		}

		if err := group.Wait(); err != nil {
			c.Error(err.Error(), http.StatusBadGateway)

			return
		}

		send(c, body)
	}
}

func call(client *fasthttp.Client, url string) error {
	request, response := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(request)
	defer fasthttp.ReleaseResponse(response)

	request.SetRequestURI(url)

	if err := client.Do(request, response); err != nil {
		return fmt.Errorf("%s: %w", url, err)
	}

	if response.StatusCode() != http.StatusOK {
		return fmt.Errorf("%s: %w", url, errStatus)
	}

	return nil
}
