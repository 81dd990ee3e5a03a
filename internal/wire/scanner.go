package wire

import (
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// kind is the first byte of what comes next: { [ " n t f for a value, where 0
// stands for every number; } or ] for an end.
type kind byte

// broken is the kind of what is neither a value nor an end.
const broken = 0

// maxScratch is the most bytes that a scanner keeps between documents.
const maxScratch = 64 << 10

var errTooDeep = errors.New("nested too deep")

// scanner takes a document apart. It is all that knows the library beneath.
type scanner struct {
	tokens  jsontext.Decoder
	body    bytes.Buffer
	scratch []byte
}

func (s *scanner) reset(body []byte) {
	// The library reads a bytes.Buffer in place and never writes to it.
	s.body = *bytes.NewBuffer(body)
	s.tokens.Reset(&s.body, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
	if cap(s.scratch) > maxScratch {
		s.scratch = nil
	}
}

// peek tells what comes next. When that is broken, the next call of token or
// scalar returns why.
func (s *scanner) peek() kind { return kind(s.tokens.PeekKind()) }

// token reads one bracket or scalar, whatever comes next.
func (s *scanner) token() error {
	if next := s.peek(); (next == '{' || next == '[') && s.tokens.StackDepth() >= MaxDepth {
		return errTooDeep
	}
	_, err := s.tokens.ReadToken()
	return err //nolint:wrapcheck // explain translates it
}

// scalar reads the name, string, number or literal that comes next, as it is
// written. The bytes belong to the document.
func (s *scanner) scalar() ([]byte, error) {
	return s.tokens.ReadValue() //nolint:wrapcheck // explain translates it
}

// skip reads a value of any kind. It does not recurse, so that the depth of a
// document costs no stack.
func (s *scanner) skip() error {
	outside := s.tokens.StackDepth()
	for {
		if err := s.token(); err != nil {
			return err
		}
		if s.tokens.StackDepth() <= outside {
			return nil
		}
	}
}

// rest reports whether anything but white space is left, and where it begins.
func (s *scanner) rest() (offset int64, found bool) {
	s.peek()
	offset = s.ahead()
	_, err := s.tokens.ReadToken()
	return offset, !errors.Is(err, io.EOF)
}

// read is the offset behind what was read last.
func (s *scanner) read() int64 { return s.tokens.InputOffset() }

// ahead is the offset of what was peeked.
func (s *scanner) ahead() int64 {
	unread := s.tokens.UnreadBuffer()
	gap := len(unread) - len(bytes.TrimLeft(unread, " \t\r\n:,"))
	return s.read() + int64(gap)
}

// explain turns an error of the calls above into a place and a reason that
// repeats nothing of the document.
func (s *scanner) explain(err error) (offset int64, reason string) {
	offset, reason = s.ahead(), "invalid JSON"
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = syntax.ByteOffset
	}
	switch {
	case errors.Is(err, errTooDeep):
		reason = err.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		reason = "unexpected end"
	}
	return offset, reason
}

// unquote turns a string as it is written into its text, which is valid until
// the next call.
func (s *scanner) unquote(quoted []byte) []byte {
	text := quoted[1 : len(quoted)-1]
	if bytes.IndexByte(text, '\\') < 0 && utf8.Valid(text) {
		return text
	}
	// What can be wrong with a string that was scanned is invalid UTF-8 alone,
	// which has been replaced by the time it is reported.
	s.scratch, _ = jsontext.AppendUnquote(s.scratch[:0], quoted)
	return s.scratch
}
