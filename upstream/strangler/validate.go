package strangler

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// The most that a file may have.
const (
	maxRoutes     = 100
	maxPaths      = 20
	maxName       = 40
	maxConcurrent = 256
	maxPerSecond  = 100_000
	maxPercent    = 100
	maxRatio      = 1000
	maxRequests   = 1_000_000
	maxServices   = 100
	maxQuery      = 256
	longest       = 30 * 24 * time.Hour
)

// check is what is wrong with a file that is filled in; services are those that
// settings know.
func check(f File, services map[string][]string) *wrongError {
	if len(f.Routes) == 0 || len(f.Routes) > maxRoutes {
		return wrongf(0, "routes", "must be 1 to %d", maxRoutes)
	}

	if wrong := checkServices(f.Services, services); wrong != nil {
		return wrong
	}

	switch {
	case f.Shadow.MaxConcurrent < 0 || f.Shadow.MaxConcurrent > maxConcurrent:
		return wrongf(0, "shadow.max_concurrent", "must be 0 to %d", maxConcurrent)
	case f.Shadow.MaxPerSecond < 0 || f.Shadow.MaxPerSecond > maxPerSecond:
		return wrongf(0, "shadow.max_per_second", "must be 0 to %d", maxPerSecond)
	}

	for i := range f.Routes {
		where := fmt.Sprintf("routes[%d]", i)

		if wrong := checkRoute(&f.Routes[i], where); wrong != nil {
			return wrong
		}

		if wrong := checkService(&f.Routes[i], where, f.Services, services); wrong != nil {
			return wrong
		}
	}

	return checkTogether(f.Routes)
}

// checkServices looks at the services that a file brings.
func checkServices(own map[string]string, services map[string][]string) *wrongError {
	if len(own) > maxServices {
		return wrongf(0, "services", "must be %d at most", maxServices)
	}

	for _, name := range sortedKeys(own) {
		where := join("services", name)
		u, err := url.Parse(own[name])

		switch _, taken := services[name]; {
		case !isName(name, maxName):
			return wrongf(0, where, "must have a name like user: %s", nameRule)
		case taken:
			return wrongf(0, where, "is known by the settings already")
		case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			return wrongf(0, where, "must be a URL such as http://127.0.0.1:8090")
		case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || len(own[name]) > maxPath:
			return wrongf(0, where, "must be a short URL without a user, a query and a fragment")
		}
	}

	return nil
}

func checkService(r *Route, where string, own map[string]string, services map[string][]string) *wrongError {
	if r.Service == "" && r.Mode == ModeOld {
		return nil
	}

	_, fromFile := own[r.Service]

	switch bases, known := services[r.Service]; {
	case bases != nil && len(bases) == 0 && r.Mode != ModeOld:
		return wrongf(0, join(where, "mode"), "must be old: %s_SERVICE_URL is not set", strings.ToUpper(r.Service))
	case known || fromFile:
		return nil
	}

	if r.Service == "" {
		return wrongf(0, where, "needs a service, for its mode is not old")
	}

	return wrongf(0, join(where, "service"), "must be one of %s, not %q", strings.Join(append(sortedKeys(services), sortedKeys(own)...), ", "), r.Service)
}

func checkRoute(r *Route, where string) *wrongError {
	const known = "must be old, shadow, percent or new"

	if wrong := checkPaths(r, where); wrong != nil {
		return wrong
	}

	if !isName(r.Name, maxName) {
		return wrongf(0, join(where, "name"), "must be %s", nameRule)
	}

	switch r.Mode {
	case ModeOld, ModeShadow, ModePercent, ModeNew:
	case "":
		return wrongf(0, join(where, "mode"), known)
	default:
		return wrongf(0, join(where, "mode"), known+", not %q", r.Mode)
	}

	switch {
	case r.Percent < 0 || r.Percent > maxPercent:
		return wrongf(0, join(where, "percent"), "must be 0 to 100")
	case r.Percent != 0 && r.Mode != ModePercent:
		return wrongf(0, join(where, "percent"), "is for mode percent, and must be 0 or absent in mode %s", r.Mode)
	}

	for _, part := range []func(*Route, string) *wrongError{checkMethods, checkCompare, checkRamp} {
		if wrong := part(r, where); wrong != nil {
			return wrong
		}
	}

	return nil
}

// checkMethods keeps what changes something from being sent twice.
func checkMethods(r *Route, where string) *wrongError {
	at := join(where, "methods")
	safe := 0

	for i, method := range r.Methods {
		switch {
		case methodBit(method) == 0:
			return wrongf(0, at, "may have %s, not %q", strings.Join(methods(), ", "), method)
		case slices.Contains(r.Methods[:i], method):
			return wrongf(0, at, "has %s twice", method)
		case isSafe(method):
			safe++
		}
	}

	switch {
	case safe > 0 && safe < len(r.Methods):
		return wrongf(0, at, "must be all reads or all writes: give each a route")
	case r.IdempotencyKey != "" && (safe > 0 || !isToken(r.IdempotencyKey)):
		return wrongf(0, join(where, "idempotency_key"), "must be the name of a header, on a route of writes")
	case strings.Contains(r.IdempotencyKey, "_"):
		return wrongf(0, join(where, "idempotency_key"), "must be a name without _: a facade drops fields with it")
	case safe > 0:
		return nil
	case r.Mode == ModeShadow:
		return wrongf(0, join(where, "mode"), "must not be shadow where methods write: nothing is written twice")
	case r.Fallback:
		return wrongf(0, join(where, "fallback"), "must be false where methods write: nothing is written twice")
	case r.IdempotencyKey == "" && (r.Mode == ModePercent || r.Ramp != nil):
		return wrongf(0, where, "writes, and needs an idempotency_key to move bit by bit")
	default:
		return nil
	}
}

func checkRamp(r *Route, where string) *wrongError {
	if r.Ramp == nil {
		return nil
	}

	where = join(where, "ramp")

	switch ramp := r.Ramp; {
	case ramp.Step < 1 || ramp.Step > maxPercent:
		return wrongf(0, join(where, "step"), "must be 1 to 100")
	case ramp.Every < time.Second || ramp.Every > longest:
		return wrongf(0, join(where, "every"), "must be 1s to 720h")
	case ramp.MaxErrorRatio < 0 || ramp.MaxErrorRatio > 1:
		return wrongf(0, join(where, "max_error_ratio"), "must be 0 to 1")
	case ramp.maxDiff() < 0 || ramp.maxDiff() > 1:
		return wrongf(0, join(where, "max_diff_ratio"), "must be 0 to 1")
	case ramp.MaxP99Ratio != 0 && (ramp.MaxP99Ratio < 1 || ramp.MaxP99Ratio > maxRatio):
		return wrongf(0, join(where, "max_p99_ratio"), "must be 0, or 1 to %d", maxRatio)
	case ramp.MinRequests < 0 || ramp.MinRequests > maxRequests:
		return wrongf(0, join(where, "min_requests"), "must be 0 to %d", maxRequests)
	default:
		return nil
	}
}

// checkCompare looks at the rules for differences.
func checkCompare(r *Route, where string) *wrongError {
	if _, err := r.Compare.rules(); err != nil {
		return wrongf(0, join(where, "compare"), "%v", err)
	}

	return nil
}

// isSafe reports whether a method changes nothing.
func isSafe(method string) bool {
	return method == http.MethodGet || method == http.MethodHead || method == http.MethodOptions
}

// onlyReads reports whether a route of those methods changes nothing; without
// any it is read.
func onlyReads(methods []string) bool { return len(methods) == 0 || isSafe(methods[0]) }
