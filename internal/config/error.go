package config

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxShown is how many characters of a wrong value an error repeats.
const maxShown = 100

type valueError struct {
	name, value, allowed string
}

func (e *valueError) Error() string {
	return fmt.Sprintf("%s=%s: must be %s", e.name, quote(e.value), e.allowed)
}

type unsetError struct {
	name, allowed string
	unless        string // ", unless …", or nothing
}

func (e *unsetError) Error() string {
	return fmt.Sprintf("%s is not set: must be %s%s", e.name, e.allowed, e.unless)
}

type argumentError struct {
	program, arg string
}

func (e *argumentError) Error() string {
	return fmt.Sprintf("%s takes no argument %s: settings come from the environment, -help lists them",
		e.program, quote(e.arg))
}

// quote shows a wrong value in one line of bounded length.
func quote(value string) string {
	value = redact(value)
	if utf8.RuneCountInString(value) > maxShown {
		value = string([]rune(value)[:maxShown]) + "…"
	}
	return fmt.Sprintf("%q", value)
}

// redact hides the user info of anything that looks like a URL. It works on
// the text, because a URL that does not parse must not give its password away
// either, and hides too much rather than too little.
func redact(value string) string {
	scheme, rest, isURL := strings.Cut(value, "://")
	at := strings.LastIndexByte(rest, '@')
	if !isURL || at < 0 {
		return value
	}
	return scheme + "://xxxxx" + rest[at:]
}

// mask leaves of a URL that may hold secrets its scheme and its host, as far as
// these can be told: the text is wrong, so a password may be anywhere.
func mask(value string) string {
	scheme, rest, isURL := strings.Cut(value, "://")
	if !isURL || strings.ContainsAny(scheme, ":@/") {
		return "xxxxx"
	}
	at := strings.LastIndexByte(rest, '@')
	if at < 0 {
		return scheme + "://xxxxx"
	}
	host := rest[at+1:]
	if end := strings.IndexAny(host, "/?#"); end >= 0 {
		host = host[:end] + "/…"
	}
	return scheme + "://xxxxx@" + host
}
