package user_test

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"storefront/services/internal/servicetest"
	"storefront/services/user"
)

func TestShapes(t *testing.T) {
	t.Parallel()
	for target, file := range map[string]string{
		"/users/user_1":        "user_1.json",
		"/users/user_2":        "user_2.json", // Zoë Müller
		"/users/user_3":        "user_3.json", // Aoife O'Brien
		"/pictures/user_2.jpg": "user_2.svg",
	} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			servicetest.Golden(t, file, servicetest.Do(t, shared.Handler(), http.MethodGet, target).Body)
		})
	}
}

func TestWire(t *testing.T) {
	t.Parallel()
	servicetest.Wire(t, shared.Handler(),
		map[string]string{
			"/users/user_1":        "private, no-cache",
			"/users/user_600":      "private, no-cache",
			"/pictures/user_1.jpg": "public, max-age=86400",
		},
		[]string{
			"/users", "/users/x", "/users/user_1/", "/users/user_1/orders", "/users/%C3%A9", "/users/user_1%27%20OR%201=1",
			"/users/" + strings.Repeat("%C3%A9", 128), "/pictures/x.jpg", "/pictures/user_1.png", "/pictures/user_1",
		},
		[]string{"/users/" + strings.Repeat("x", 129), "/users/a%00b", "/users/%FF", "/pictures/.jpg"},
	)
}

func TestHost(t *testing.T) {
	t.Parallel()
	for host, status := range map[string]int{
		"127.0.0.1:7001": http.StatusOK, "[::1]:7001": http.StatusOK, "shop.test": http.StatusOK,
		`evil"host`: http.StatusBadRequest, "a/b": http.StatusBadRequest, strings.Repeat("x", 262): http.StatusBadRequest,
	} {
		t.Run(host[:min(20, len(host))], func(t *testing.T) {
			t.Parallel()
			got := servicetest.DoHost(t, shared.Handler(), host, "/users/user_1")
			if got.Status != status {
				t.Fatalf("%d %s", got.Status, got.Body)
			}
			if status == http.StatusOK && !strings.Contains(got.Body, `"http://`+host+`/pictures/user_1.jpg"`) {
				t.Error(got.Body)
			}
		})
	}
}

// TestPictureIsSafe wants a well-formed drawing that a browser may only look at.
func TestPictureIsSafe(t *testing.T) {
	t.Parallel()
	got := servicetest.Do(t, shared.Handler(), http.MethodGet, "/pictures/user_3.jpg")
	if got.Header.Get("Content-Type") != "image/svg+xml" ||
		got.Header.Get("Content-Security-Policy") != "default-src 'none'; style-src 'unsafe-inline'" {
		t.Error(got.Header)
	}
	for decoder := xml.NewDecoder(strings.NewReader(got.Body)); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "script" {
			t.Error("a script")
		}
	}
	if strings.Contains(got.Body, "O'Brien") {
		t.Error("the apostrophe is not escaped")
	}
}

func TestStarts(t *testing.T) {
	t.Parallel()
	servicetest.Starts(t, user.Open, sharedDir, "user.db", "UPDATE users SET bio = 'moved' WHERE id = 'user_9'")
}

func TestPlans(t *testing.T) {
	t.Parallel()
	servicetest.Plans(t, filepath.Join(sharedDir, "user.db"), user.Queries())
}
