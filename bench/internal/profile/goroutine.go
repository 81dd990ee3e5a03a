// Package profile reads what a Go program says of itself at /debug/pprof/, as far
// as it is text. It knows no program.
package profile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

const (
	// maxBytes is the longest profile that is read.
	maxBytes = 16 << 20
	// maxLine is the longest line.
	maxLine = 64 << 10
)

var errForm = errors.New("not a profile of that kind with debug=1, or longer than 16 MiB")

// Goroutines are a program's goroutines by their stacks.
type Goroutines []Stack

// Stack is how many goroutines have the same stack.
type Stack struct {
	Count int
	// Functions are what is on the stack, innermost first, as the linker names
	// them: net/http.(*conn).serve.
	Functions []string
}

// ReadGoroutines reads /debug/pprof/goroutine?debug=1.
func ReadGoroutines(from io.Reader) (Goroutines, error) {
	lines, rest := scanner(from)

	var (
		all   Goroutines
		total = -1
		sum   int
	)

	if lines.Scan() {
		total = headed(lines.Text())
	}

	for total >= 0 && lines.Scan() {
		switch fields := strings.Fields(lines.Text()); {
		case len(fields) > 1 && fields[1] == "@":
			all = append(all, Stack{Count: max(0, number(fields[0]))})
			sum += all[len(all)-1].Count
		case isFunction(fields) && len(all) > 0:
			stack := &all[len(all)-1]
			stack.Functions = append(stack.Functions, function(fields[2]))
		}
	}

	if lines.Err() != nil || rest.N <= 0 || total < 0 || sum != total {
		return nil, errForm
	}

	return all, nil
}

// headed is how many there are by the first line, -1 where it is another one.
func headed(line string) int {
	count, found := strings.CutPrefix(line, "goroutine profile: total ")
	if !found {
		return -1
	}

	return number(count)
}

// isFunction reports whether a line is "# 0x47b0d2 net.(*conn).Read+0x1a …".
func isFunction(fields []string) bool {
	return len(fields) > 2 && fields[0] == "#" && fields[1] != "labels:"
}

// function is net.(*conn).Read of net.(*conn).Read+0x1a.
func function(name string) string {
	name, _, _ = strings.Cut(name, "+0x")

	return name
}

// Busy are those goroutines that no kept connection needs: net/http keeps a
// goroutine for each connection that a client may use again, and a client two.
// All that is on the stack of such a one is of the standard library's network
// packages; a handler or a call that is under way is not.
func (g Goroutines) Busy() (busy Goroutines) {
	for _, stack := range g {
		if !stack.isIdle() {
			busy = append(busy, stack)
		}
	}

	return busy
}

func (s Stack) isIdle() bool {
	for _, name := range s.Functions {
		if !isNetwork(name) {
			return false
		}
	}

	return len(s.Functions) > 0
}

// isNetwork reports whether a function is one that keeps a connection.
func isNetwork(name string) bool {
	for _, own := range []string{"internal/poll.", "net.", "net/http.", "bufio.", "io.", "runtime."} {
		if strings.HasPrefix(name, own) {
			return true
		}
	}

	return false
}

// Total is how many there are.
func (g Goroutines) Total() (total int) {
	for _, stack := range g {
		total += stack.Count
	}

	return total
}

// More says of which stacks there are more than before, and how many.
func (g Goroutines) More(before Goroutines) (more Goroutines) {
	counts := map[string]int{}
	for _, stack := range before {
		counts[stack.name()] += stack.Count
	}

	for _, stack := range g {
		was := counts[stack.name()]
		counts[stack.name()] = max(0, was-stack.Count)

		if stack.Count > was {
			more = append(more, Stack{Count: stack.Count - was, Functions: stack.Functions})
		}
	}

	return more
}

func (s Stack) name() string { return strings.Join(s.Functions, "\n") }

// String names the stack from the outside in.
func (s Stack) String() string {
	names := make([]string, 0, len(s.Functions))
	for i := range s.Functions {
		names = append(names, s.Functions[len(s.Functions)-1-i])
	}

	return fmt.Sprintf("%d × %s", s.Count, strings.Join(names, " > "))
}

// scanner reads lines of at most 16 MiB; rest.N is 0 once there is more.
func scanner(from io.Reader) (lines *bufio.Scanner, rest *io.LimitedReader) {
	rest = &io.LimitedReader{R: from, N: maxBytes + 1}
	lines = bufio.NewScanner(rest)
	lines.Buffer(nil, maxLine)

	return lines, rest
}

// number is a count, -1 for what is none.
func number(text string) int {
	const most = 1 << 40

	n, err := strconv.Atoi(text)
	if err != nil || n < 0 || n > most {
		return -1
	}

	return n
}
