package telemetry_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"storefront/internal/telemetry"
)

func TestBufferWritesWhatIsOld(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		out := make(written, 10)
		buffer := telemetry.NewBuffer(out, 100*time.Millisecond)
		write(t, buffer, "a\n")
		time.Sleep(60 * time.Millisecond)
		write(t, buffer, "b\n")

		if len(out) != 0 {
			t.Errorf("%q is written at once", <-out)
		}

		time.Sleep(41 * time.Millisecond)
		synctest.Wait()

		if len(out) != 1 || <-out != "a\nb\n" {
			t.Error("both lines should be written by now, and at once")
		}

		time.Sleep(time.Hour) // Nothing is left to be done.
	})
}

func TestBufferWritesWhatIsMuch(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer

		buffer := telemetry.NewBuffer(&out, time.Hour)
		line := strings.Repeat("x", 1000) + "\n"

		for range 100 {
			write(t, buffer, line)
		}

		if held := 100*len(line) - out.Len(); held > 32<<10 || out.Len()%len(line) != 0 {
			t.Errorf("%d bytes are held", held)
		}

		if err := buffer.Flush(); err != nil || out.String() != strings.Repeat(line, 100) {
			t.Errorf("%d bytes are written, %v", out.Len(), err)
		}
	})
}

// written is what is written, piece by piece.
type written chan string

func (w written) Write(p []byte) (int, error) {
	w <- string(p)

	return len(p), nil
}

var errFull = errors.New("the disk is full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestBufferTellsThatWritingFailed(t *testing.T) {
	t.Parallel()

	buffer := telemetry.NewBuffer(full{}, time.Hour)
	write(t, buffer, "a\n")

	if err := buffer.Flush(); !errors.Is(err, errFull) {
		t.Errorf("got %v", err)
	}
}

func write(t *testing.T, buffer *telemetry.Buffer, line string) {
	t.Helper()

	if n, err := buffer.Write([]byte(line)); n != len(line) || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}
