package shared

import (
	"crypto/sha256"
	"encoding/base64"
	"net"
	"net/url"
	"strings"
)

// prefix begins all names on the server; the number is the version of what is
// kept under them.
const prefix = "storefront:1:"

// defaultPort is the port where Redis and Valkey listen.
const defaultPort = "6379"

// names are the names on the server.
type names struct{ channel string }

// newNames returns the names for the server at u. Channels belong to all
// databases of a server, so theirs has the database in it.
func newNames(u *url.URL) names {
	return names{channel: prefix + "purges:" + database(u)}
}

// state is "<last purge> <last purge of everything>", see scripts.go.
func (names) state() string { return prefix + "state" }

// answer is where the answer of that key is. Keys are as long as clients make
// them, hence the digest; the whole key is inside.
func (names) answer(key string) string {
	const enough = 16

	digest := sha256.Sum256([]byte(key))

	return prefix + "answer:" + base64.RawURLEncoding.EncodeToString(digest[:enough])
}

// tagged is the index of the answers with a tag.
func (names) tagged(tag string) string { return prefix + "tag:" + tag }

// purgedTag and purgedAnswer hold the last purge of a tag and of an answer, for
// as long as an answer may be in the making that was asked for before.
func (names) purgedTag(tag string) string { return prefix + "purged:tag:" + tag }

func (names) purgedAnswer(answer string) string { return prefix + "purged:" + answer[len(prefix):] }

func database(u *url.URL) string {
	if number := strings.Trim(u.Path, "/"); number != "" {
		return number
	}

	return "0"
}

// address is host and port of the server: all of its URL that may be shown.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = defaultPort
	}

	return net.JoinHostPort(u.Hostname(), port)
}
