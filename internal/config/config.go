// Package config reads a program's settings from the environment.
//
// A program declares each setting once: where the value goes, its name, its
// default, what is allowed and what it means. The same declarations check the
// values, print -help and write the table of the README, so that the three
// cannot disagree:
//
//	env := config.New("bff-web", "The web BFF alone.", os.LookupEnv)
//	env.Addr(&addr, "WEB_ADDR", "127.0.0.1:8080", "web BFF: GraphQL, playground")
//	env.Duration(&budget, "WEB_BUDGET", 2*time.Second,
//		config.Between(10*time.Millisecond, time.Minute), "the most time one request may take")
//	err := env.Parse(os.Args[1:])
//
// A variable with an empty value counts as not set. Values are taken as they
// stand: surrounding white space is a mistake, not a habit to forgive.
//
// The package knows no program and none of their settings, reads no files and
// never ends the process.
package config

import (
	"errors"
	"fmt"
	"strings"
)

// ErrHelp is what [Env.Parse] returns when the arguments ask for help. The
// program then calls [Env.PrintHelp] and ends well.
var ErrHelp = errors.New("help was asked for")

// Env is the set of settings of one program, in the order of their
// declaration. It is for the start of a program: not for concurrent use.
type Env struct {
	program  string
	about    string
	lookup   func(name string) (value string, found bool)
	settings []setting
}

// New makes an empty set of settings for the program of that name; about is
// one sentence for -help. lookup is [os.LookupEnv] in a program.
func New(program, about string, lookup func(name string) (value string, found bool)) *Env {
	return &Env{program: program, about: about, lookup: lookup}
}

// Parse reads every declared setting and stores it where its declaration said.
// args are the program's arguments without its name: none, or one of -h, -help
// and --help, for which Parse returns [ErrHelp]. The error is one line about
// the first wrong setting in the order of declaration; what is stored then is
// of no use.
func (e *Env) Parse(args []string) error {
	if len(args) > 0 {
		return e.argument(args[0])
	}
	for _, s := range e.settings {
		if err := s.read(e.lookup); err != nil {
			return err
		}
	}
	return nil
}

func (e *Env) argument(arg string) error {
	switch arg {
	case "-h", "-help", "--help":
		return ErrHelp
	default:
		return &argumentError{program: e.program, arg: arg}
	}
}

// setting is one declared variable.
type setting struct {
	name     string
	meaning  string
	allowed  string // completes the sentence "must be …"
	fallback string // the value that stands in when the variable is not set
	unset    string // words for what happens then, where no value stands in
	required bool
	unless   []string               // variables of which all are set where required does not hold
	secret   bool                   // of a wrong value only what cannot be a secret is shown
	store    func(text string) bool // false: the text is not allowed
}

func (s *setting) read(lookup func(string) (string, bool)) error {
	text, _ := lookup(s.name)
	switch {
	case text != "" && !s.store(text):
		if s.secret {
			text = mask(text)
		}
		return &valueError{name: s.name, value: text, allowed: s.allowed}
	case text == "" && s.required && !s.waived(lookup):
		return &unsetError{name: s.name, allowed: s.allowed, unless: s.exception()}
	case text == "" && s.fallback != "":
		s.store(s.fallback)
	}
	return nil
}

// waived reports whether a variable need not be set, since others are.
func (s *setting) waived(lookup func(string) (string, bool)) bool {
	for _, name := range s.unless {
		if text, _ := lookup(name); text == "" {
			return false
		}
	}
	return len(s.unless) > 0
}

// exception are the words for when a variable need not be set, "" where it must.
func (s *setting) exception() string {
	switch len(s.unless) {
	case 0:
		return ""
	case 1:
		return ", unless " + s.unless[0] + " is set"
	default:
		return ", unless " + strings.Join(s.unless, " and ") + " are set"
	}
}

// declare adds a setting whose text parse turns into a T. It panics when the
// name is taken or the default is not allowed: both are mistakes in the
// program, found the first time it starts.
func declare[T any](e *Env, dst *T, s setting, parse func(text string) (T, bool)) {
	s.store = func(text string) bool {
		value, ok := parse(text)
		if ok {
			*dst = value
		}
		return ok
	}
	for _, other := range e.settings {
		if other.name == s.name {
			panic(fmt.Sprintf("config: %s is declared twice", s.name))
		}
	}
	if s.fallback != "" && !s.store(s.fallback) {
		panic(fmt.Sprintf("config: the default of %s is %q but must be %s", s.name, s.fallback, s.allowed))
	}
	e.settings = append(e.settings, s)
}
