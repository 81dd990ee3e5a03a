package strangler

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // The page.
	"encoding/base64"
	"html/template"
	"math"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
)

//go:embed page/report.html
var pageHTML string

//go:embed page/report.css
var pageCSS string

// pagePolicy lets the page have its one style sheet, by its checksum, and nothing
// else in the world.
func pagePolicy() string {
	sum := sha256.Sum256([]byte(pageCSS))

	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; " +
		"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{ //nolint:gochecknoglobals // Parsed once, never changed.
	"css":   func() template.CSS { return template.CSS(pageCSS) }, //nolint:gosec // It is ours.
	"ago":   ago,
	"share": percentOf,
	"ms":    inMilliseconds,
	"count": thousands,
	"stamp": func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") },
	"same":  func(r routeReport) uint64 { return r.Compared - r.Different },
	"bar":   bar,
	"both":  func(s bothSides) []sideReport { return []sideReport{s.Old, s.New} },
}).Parse(pageHTML))

// page writes a report for people.
func (r report) page(w http.ResponseWriter) {
	var body bytes.Buffer
	if err := pageTemplate.Execute(&body, r); err != nil {
		panic(err) // A mistake in the program.
	}

	header := w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", pagePolicy())
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("X-Content-Type-Options", "nosniff")

	_, _ = body.WriteTo(w) // The operator may be gone.
}

// wantsPage reports whether a request is for the page: a browser's is.
func wantsPage(r *http.Request) bool {
	switch r.URL.Query().Get("format") {
	case "html":
		return true
	case "json":
		return false
	default:
		accept := strings.Join(r.Header.Values("Accept"), ",")

		return likes(accept, "text/html") > likes(accept, "application/json")
	}
}

// likes is how much a client that names a media type likes it.
func likes(accept, media string) float64 {
	for part := range strings.SplitSeq(accept, ",") {
		named, parameters, err := mime.ParseMediaType(part)
		if err != nil || named != media {
			continue
		}

		if q, err := strconv.ParseFloat(parameters["q"], 64); err == nil {
			return q
		}

		return 1
	}

	return 0
}

// ago is how long before now something was, in one unit.
func ago(at, now time.Time) string {
	const day = 24 * time.Hour

	switch passed := now.Sub(at); {
	case passed < time.Second:
		return "just now"
	case passed < time.Minute:
		return strconv.Itoa(int(passed.Seconds())) + " s ago"
	case passed < time.Hour:
		return strconv.Itoa(int(passed.Minutes())) + " min ago"
	case passed < 2*day:
		return strconv.Itoa(int(passed.Hours())) + " h ago"
	default:
		return strconv.Itoa(int(passed/day)) + " days ago"
	}
}

// percentOf is a part of a whole in percent.
func percentOf(part, whole uint64) string {
	if whole == 0 {
		return "–"
	}

	const (
		all    = 100
		little = 0.01
	)

	percent := all * float64(part) / float64(whole)
	if part > 0 && percent < little {
		return "< 0.01 %"
	}

	return strings.TrimSuffix(strings.TrimRight(strconv.FormatFloat(percent, 'f', 2, 64), "0"), ".") + " %"
}

func inMilliseconds(ms float64) string {
	const whole = 100

	if ms >= whole {
		return thousands(uint64(math.Round(ms))) + " ms"
	}

	return strconv.FormatFloat(ms, 'f', 1, 64) + " ms"
}

// thousands is a number as people write it: 12,345.
func thousands(n uint64) string {
	const group = 3

	digits := strconv.FormatUint(n, 10)
	for at := len(digits) - group; at > 0; at -= group {
		digits = digits[:at] + "," + digits[at:]
	}

	return digits
}

// segment is a part of a bar, in thousandths of it.
type segment struct {
	Class    string
	From, To int
}

// bar is how the comparisons of a route went, as parts of a line.
func bar(r routeReport) (segments []segment) {
	const whole = 1_000

	total := r.Compared + r.Failed + r.Skipped
	from := uint64(0)

	for _, part := range []struct {
		class string
		n     uint64
	}{{"same", r.Compared - r.Different}, {"different", r.Different}, {"failed", r.Failed}, {"skipped", r.Skipped}} {
		if part.n == 0 {
			continue
		}

		to := from + part.n
		s := segment{part.class, int(whole * from / total), int(whole * to / total)} //nolint:gosec // Up to a thousand.
		s.To = max(s.To, s.From+1)                                                   // A little is to be seen.
		segments = append(segments, s)
		from = to
	}

	return segments
}

// Width is how long the part is.
func (s segment) Width() int { return s.To - s.From }
