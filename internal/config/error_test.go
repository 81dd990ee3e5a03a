package config_test

import (
	"strings"
	"testing"
)

const (
	mustAddr = ": must be host:port with a port from 0 to 65535"
	mustBase = ": must be an absolute http or https URL without user info, query or fragment"
	mustList = ": must be one or more of web, mobile, tv, each once, separated by commas"
	mustSpan = ": must be a duration such as 500ms or 2s, between 10ms and 1m"
	mustDay  = ": must be a duration such as 500ms or 2s, between 0s and 24h"
	mustInt  = ": must be a whole number between 1 and 10"
	mustSize = ": must be a size such as 8388608, 8MiB or 8MB, between 0 and 1GiB"
	mustPath = ": must be a path of at most 4096 bytes without control characters"
)

func TestErrorLines(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, value, want string
	}{
		{"BFF", "web,phone", `BFF="web,phone"` + mustList},
		{"BFF", "web,web", `BFF="web,web"` + mustList},
		{"BFF", "web,", `BFF="web,"` + mustList},
		{"BFF", " ", `BFF=" "` + mustList},
		{"BFF", "Web", `BFF="Web"` + mustList},

		{"WEB_ADDR", "8080", `WEB_ADDR="8080"` + mustAddr},
		{"WEB_ADDR", "localhost", `WEB_ADDR="localhost"` + mustAddr},
		{"WEB_ADDR", ":", `WEB_ADDR=":"` + mustAddr},
		{"WEB_ADDR", ":65536", `WEB_ADDR=":65536"` + mustAddr},
		{"WEB_ADDR", ":-1", `WEB_ADDR=":-1"` + mustAddr},
		{"WEB_ADDR", ":http", `WEB_ADDR=":http"` + mustAddr},
		{"WEB_ADDR", "::1:80", `WEB_ADDR="::1:80"` + mustAddr},
		{"WEB_ADDR", "[127.0.0.1]:80", `WEB_ADDR="[127.0.0.1]:80"` + mustAddr},
		{"WEB_ADDR", "[x]:80", `WEB_ADDR="[x]:80"` + mustAddr},
		{"WEB_ADDR", " :80", `WEB_ADDR=" :80"` + mustAddr},
		{"WEB_ADDR", "a/b:80", `WEB_ADDR="a/b:80"` + mustAddr},
		{"WEB_ADDR", strings.Repeat("a", 254) + ":80", `WEB_ADDR="` + strings.Repeat("a", 100) + `…"` + mustAddr},

		{"USER_SERVICE_URL", "", `USER_SERVICE_URL is not set` + mustBase},
		{"USER_SERVICE_URL", "users", `USER_SERVICE_URL="users"` + mustBase},
		{"USER_SERVICE_URL", "/users", `USER_SERVICE_URL="/users"` + mustBase},
		{"USER_SERVICE_URL", "//users", `USER_SERVICE_URL="//users"` + mustBase},
		{"USER_SERVICE_URL", "http://", `USER_SERVICE_URL="http://"` + mustBase},
		{"USER_SERVICE_URL", "http:h", `USER_SERVICE_URL="http:h"` + mustBase},
		{"USER_SERVICE_URL", "http://:80", `USER_SERVICE_URL="http://:80"` + mustBase},
		{"USER_SERVICE_URL", "http://h:", `USER_SERVICE_URL="http://h:"` + mustBase},
		{"USER_SERVICE_URL", "http://h:0", `USER_SERVICE_URL="http://h:0"` + mustBase},
		{"USER_SERVICE_URL", "http://h:65536", `USER_SERVICE_URL="http://h:65536"` + mustBase},
		{"USER_SERVICE_URL", "http://h,i", `USER_SERVICE_URL="http://h,i"` + mustBase},
		{"USER_SERVICE_URL", "ftp://h", `USER_SERVICE_URL="ftp://h"` + mustBase},
		{"USER_SERVICE_URL", "http://h?", `USER_SERVICE_URL="http://h?"` + mustBase},
		{"USER_SERVICE_URL", "http://h/a?b=c", `USER_SERVICE_URL="http://h/a?b=c"` + mustBase},
		{"USER_SERVICE_URL", "http://h#", `USER_SERVICE_URL="http://h#"` + mustBase},
		{"USER_SERVICE_URL", "http://u:secret@h", `USER_SERVICE_URL="http://xxxxx@h"` + mustBase},
		{"USER_SERVICE_URL", "http://u:se%cr/@et@h", `USER_SERVICE_URL="http://xxxxx@h"` + mustBase},
		{"USER_SERVICE_URL", "http://u@", `USER_SERVICE_URL="http://xxxxx@"` + mustBase},
		{"PRODUCT_SERVICE_URL", "embedded", `PRODUCT_SERVICE_URL="embedded"` + mustBase},

		{"WEB_BUDGET", "2", `WEB_BUDGET="2"` + mustSpan},
		{"WEB_BUDGET", "2 s", `WEB_BUDGET="2 s"` + mustSpan},
		{"WEB_BUDGET", "9ms", `WEB_BUDGET="9ms"` + mustSpan},
		{"WEB_BUDGET", "61s", `WEB_BUDGET="61s"` + mustSpan},
		{"WEB_BUDGET", "a\nb", `WEB_BUDGET="a\nb"` + mustSpan},
		{"STALE_IF_ERROR", "-1s", `STALE_IF_ERROR="-1s"` + mustDay},
		{"SERVER_TIMING", "yes", `SERVER_TIMING="yes": must be one of on, off`},

		{"ATTEMPTS", "0", `ATTEMPTS="0"` + mustInt},
		{"ATTEMPTS", "11", `ATTEMPTS="11"` + mustInt},
		{"ATTEMPTS", "1.5", `ATTEMPTS="1.5"` + mustInt},
		{"CACHE_BYTES", "-1", `CACHE_BYTES="-1"` + mustSize},
		{"CACHE_BYTES", "8Mb", `CACHE_BYTES="8Mb"` + mustSize},
		{"CACHE_BYTES", "MiB", `CACHE_BYTES="MiB"` + mustSize},
		{"CACHE_BYTES", "1.5MiB", `CACHE_BYTES="1.5MiB"` + mustSize},
		{"CACHE_BYTES", "2GiB", `CACHE_BYTES="2GiB"` + mustSize},
		// 2^64 + 1 MiB: a product that wraps would be allowed again.
		{"CACHE_BYTES", "17592186044417MiB", `CACHE_BYTES="17592186044417MiB"` + mustSize},

		{"DATA_DIR", "a\x00b", `DATA_DIR="a\x00b"` + mustPath},
		{"DATA_DIR", strings.Repeat("é", 2049), `DATA_DIR="` + strings.Repeat("é", 100) + `…"` + mustPath},
	}
	for _, test := range tests {
		t.Run(test.name+"="+test.value[:min(len(test.value), 20)], func(t *testing.T) {
			t.Parallel()
			_, err := parse(map[string]string{test.name: test.value})
			if err == nil || err.Error() != test.want {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestFirstMistakeInOrderOfDeclaration(t *testing.T) {
	t.Parallel()
	_, err := parse(map[string]string{"DATA_DIR": "\x00", "ATTEMPTS": "x", "SERVER_TIMING": "?", "WEB_BUDGET": "5"})
	if want := `WEB_BUDGET="5"` + mustSpan; err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}
