package strangler

import (
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"strconv"
	"strings"
	"sync"
	"time"

	"storefront/internal/config"
	"storefront/internal/problem"
	"storefront/internal/serve"
)

// FacadeSettings are those of the facade.
type FacadeSettings struct {
	addr   string // "" is none
	chosen bool   // somebody has said where
	budget time.Duration
}

// facadeName is what the facade is called among BFFs.
const facadeName = "facade"

const (
	addrName     = "FACADE_ADDR"
	addrFallback = "127.0.0.1:8090"
	addrMeaning  = "where clients of the old API are answered, by the old system or the new ones"
)

// DeclareFacade adds the settings of the facade to env, that of a program that can
// do without.
func DeclareFacade(env *config.Env) *FacadeSettings {
	s := new(FacadeSettings)
	env.AddrOrOff(&s.addr, &s.chosen, addrName, addrFallback, addrMeaning+"; where it is not set and its port is taken, the program does without")
	s.declareCommon(env)

	return s
}

// DeclareFacadeAlone adds them to env for a program that is the facade and nothing
// else: it cannot be turned off, nor done without.
func DeclareFacadeAlone(env *config.Env) *FacadeSettings {
	s := &FacadeSettings{chosen: true}
	env.Addr(&s.addr, addrName, addrFallback, addrMeaning)
	s.declareCommon(env)

	return s
}

func (s *FacadeSettings) declareCommon(env *config.Env) {
	const budget, minBudget, maxBudget = 2 * time.Second, 10 * time.Millisecond, 10 * time.Minute

	env.Duration(&s.budget, "FACADE_BUDGET", budget, config.Between(minBudget, maxBudget),
		"how long clients of the old API wait until an answer begins; the old system has half of it where it stands in")
}

// Serve adds the facade over a table of routes to app, unless it is turned off. A
// nil table is that of a program that knows no old system: then there is nothing
// to stand before.
func (s *FacadeSettings) Serve(t *Table, app *serve.App) {
	switch {
	case s.addr == "":
	case t != nil:
		app.Add(s.server(t, app))
	case s.chosen:
		app.Log.Warn("no facade: FACADE_ADDR is set, and there is no old system that it could stand before")
	}
}

func (s *FacadeSettings) server(t *Table, app *serve.App) serve.Server {
	transport := NewTransport(t, s.budget, app.Tracer)
	app.Defer(transport.Close)

	return serve.Server{
		Name: "facade", Addr: s.addr, Spare: !s.chosen,
		About:   "strangler facade: /api/users/user_1, /api/products, /api/orders/order_1",
		Handler: NewFacade(transport, app.Log),
		Options: serve.Options{BFF: facadeName, Budget: s.budget, Through: true, Limited: []string{"/"}, Problem: problem.Write},
	}
}

// NewFacade returns what answers clients of the old API through a transport. It
// passes HTTP on as it is; docs/architecture.md says what is not. It stands behind
// [serve.Pipe] with Through, which has dropped what a client had no right to say.
func NewFacade(t *Transport, log *slog.Logger) http.Handler {
	const latest = 100 * time.Millisecond

	name := "storefront-" + strings.ToLower(rand.Text()[:8])
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { rewrite(r, name) },
		Transport:     t,
		FlushInterval: latest, // Of known length; what has none is flushed at once.
		ErrorHandler:  refuse,
		ErrorLog:      slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BufferPool:    buffers{},
	}

	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if why := refusal(r, name); why != nil {
			if why.Status == http.StatusMethodNotAllowed {
				w.Header().Set("Allow", strings.Join(methods(), ", "))
			}

			problem.Write(w, r, why)

			return
		}

		proxy.ServeHTTP(w, plainly(r))
	})
}

// rewrite makes a client's request one that is passed on, but for where it goes.
func rewrite(r *httputil.ProxyRequest, name string) {
	r.Out.URL.RawQuery, r.Out.URL.ForceQuery = r.In.URL.RawQuery, r.In.URL.ForceQuery
	r.Out.Trailer = r.In.Trailer // The same: it is filled once the body has ended.

	// A protocol that it would rather speak is not offered to a side, which
	// RFC 9110, 7.8 lets everybody do.
	r.Out.Header.Del("Upgrade")
	r.Out.Header.Del("Connection")

	if r.Out.Header.Get("TE") != "" { // RFC 9110, 10.1.4: it is for the next one alone.
		r.Out.Header.Set("Connection", "TE")
	}

	r.Out.Header.Add("Via", versionOf(r.In)+" "+name)

	const from = "X-Forwarded-For"
	if chain := r.In.Header[from]; len(chain) > 0 { // A trusted proxy's.
		r.Out.Header[from] = chain
	}

	r.SetXForwarded()

	for _, said := range []string{"X-Forwarded-Host", "X-Forwarded-Proto"} {
		if value := r.In.Header.Get(said); value != "" { // As the client of that proxy has asked.
			r.Out.Header.Set(said, value)
		}
	}

	if chain := r.In.Header["Forwarded"]; len(chain) > 0 {
		r.Out.Header["Forwarded"] = []string{strings.Join(chain, ", ") + ", " + forwarded(r.In)}
	}
}

// forwarded is what we say of a request in the form of RFC 7239, which is for
// those whose proxies use it.
func forwarded(r *http.Request) string {
	from := "unknown"
	if host, ok := hostOf(r.RemoteAddr); ok {
		from = host
	}

	if strings.Contains(from, ":") {
		from = `"[` + from + `]"`
	}

	return "for=" + from + ";host=" + strconv.Quote(r.Host) + ";proto=http"
}

func hostOf(remote string) (string, bool) {
	colon := strings.LastIndexByte(remote, ':')
	if colon < 0 {
		return "", false
	}

	return strings.Trim(remote[:colon], "[]"), true
}

func versionOf(r *http.Request) string {
	return strconv.Itoa(r.ProtoMajor) + "." + strconv.Itoa(r.ProtoMinor)
}

// buffers are what bodies are copied in.
type buffers struct{}

var bufferOf = sync.Pool{New: func() any { return new([bufferSize]byte) }} //nolint:gochecknoglobals // A pool is shared by nature.

const bufferSize = 32 << 10

// Get returns one.
func (buffers) Get() []byte { return bufferOf.Get().(*[bufferSize]byte)[:] } //nolint:forcetypeassert // It holds nothing else.

// Put takes one back.
func (buffers) Put(b []byte) { bufferOf.Put((*[bufferSize]byte)(b)) }
