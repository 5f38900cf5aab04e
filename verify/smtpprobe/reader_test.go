package smtpprobe

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"mxverdict/verify/evidence"
)

// counter tells the bytes that a reader took, and serves as its clock.
type counter struct {
	from io.Reader
	n    int
}

func (c *counter) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += n
	return n, err
}

func (c *counter) now() evidence.Seconds { return evidence.Seconds(c.n) }

func newCountedReader(from io.Reader) (*reader, *counter) {
	c := &counter{from: from}
	return &reader{from: c, now: c.now}, c
}

// endless repeats a text for ever.
type endless struct {
	text string
	at   int
}

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = e.text[e.at%len(e.text)]
		e.at++
	}
	return len(b), nil
}

func TestReaderTakesNoMoreThanItMay(t *testing.T) {
	for _, text := range []string{"x", "220-a\r\n", "220-a\n", "220-" + strings.Repeat("x", MaxLineBytes-6) + "\r\n"} {
		r, taken := newCountedReader(&endless{text: text})
		reply, err := r.read()
		if !errors.Is(err, errTooLong) || reply.Complete {
			t.Errorf("%.10q: error %v", text, err)
		}
		tooLong := func(line evidence.Line) bool { return len(line.Text) > MaxLineBytes }
		if len(reply.Lines) > MaxReplyLines || slices.ContainsFunc(reply.Lines, tooLong) {
			t.Errorf("%.10q: %d lines were kept, or one that is too long", text, len(reply.Lines))
		}
		if taken.n > MaxReplyBytes+len(r.chunk) {
			t.Errorf("%.10q: took %d bytes", text, taken.n)
		}
	}
}

func TestLimitsThemselvesAreAllowed(t *testing.T) {
	long := "220-" + strings.Repeat("x", MaxLineBytes-6) + "\r\n220 a\r\n"
	many := strings.Repeat("220-a\r\n", MaxReplyLines-1) + "220 a\r\n"
	for _, text := range []string{long, many} {
		r, _ := newCountedReader(strings.NewReader(text))
		if reply, err := r.read(); err != nil || !reply.Complete {
			t.Errorf("%.10q: %v", text, err)
		}
	}
}

// The beginning of a line is a code only where it cannot be the beginning of something else.
func TestCodeOfABrokenReply(t *testing.T) {
	for text, want := range map[string]int{"25": 0, "250": 0, "250-": 250, "250 a": 250, "2500": 0, "250-a\r\n55": 250} {
		r, _ := newCountedReader(strings.NewReader(text))
		if reply, err := r.read(); err != io.EOF || reply.Code != want || reply.Complete {
			t.Errorf("%q: code %d, want %d (%v)", text, reply.Code, want, err)
		}
	}
}

// Whatever arrives, in pieces of whatever size, the lines are the beginning of the input, the limits hold, the
// result does not depend on the pieces, and no code is made up.
func FuzzReader(f *testing.F) {
	for _, seed := range []string{
		"220 mail.example.com ESMTP\r\n", "250-a\r\n250-STARTTLS\r\n250 SIZE\r\n", "220-a\n554 b\nrest",
		"250", "250\r\n", "25", "\r\n",
		"220-\xff\xfe\r\n220 \u2028\r\n", "000 a\r\n", "220 a\r\r\n", "\x16\x03\x01",
		"250-" + strings.Repeat("x", 3000) + "\r\n250 a\r\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		r, taken := newCountedReader(bytes.NewReader(input))
		reply, err := r.read()
		slow, _ := newCountedReader(iotest.OneByteReader(bytes.NewReader(input)))
		again, errAgain := slow.read()
		if (reply == nil) != (again == nil) || !errors.Is(errAgain, err) {
			t.Fatalf("byte by byte %v and %v, else %v and %v", again, errAgain, reply, err)
		}
		if reply == nil {
			if len(input) > 0 || err != io.EOF {
				t.Fatalf("nothing was read: %v", err)
			}
			return
		}
		if reply.Complete != (err == nil) || len(reply.Lines) == 0 || len(reply.Lines) > MaxReplyLines {
			t.Fatalf("complete %v with error %v and %d lines", reply.Complete, err, len(reply.Lines))
		}
		if reply.FirstByte > reply.LastByte || int(reply.LastByte) > taken.n || reply.Code != again.Code {
			t.Fatalf("times or code are wrong: %+v", reply)
		}
		sameText := func(a, b evidence.Line) bool { return a.Text == b.Text && bytes.Equal(a.Raw, b.Raw) }
		if !slices.EqualFunc(reply.Lines, again.Lines, sameText) {
			t.Fatalf("lines depend on the pieces: %v and %v", reply.Lines, again.Lines)
		}
		rest := input
		for i, line := range reply.Lines {
			raw := line.Raw
			if raw == nil {
				raw = []byte(line.Text)
			}
			var found bool
			if rest, found = bytes.CutPrefix(rest, raw); !found || !utf8.ValidString(line.Text) || len(raw) > MaxLineBytes {
				t.Fatalf("line %d is %q, the input goes on with %.20q", i, raw, rest)
			}
			rest = bytes.TrimPrefix(rest, []byte("\r"))
			var ended bool
			if rest, ended = bytes.CutPrefix(rest, []byte("\n")); !ended && (err == nil || i < len(reply.Lines)-1) {
				t.Fatalf("line %d has no end", i)
			}
		}
		code := strconv.Itoa(reply.Code)
		stands := func(l evidence.Line) bool { return strings.HasPrefix(l.Text, code) }
		if reply.Code != 0 && (len(code) != 3 || !slices.ContainsFunc(reply.Lines, stands)) {
			t.Fatalf("code %d of %v", reply.Code, reply.Lines)
		}
		if err == nil && !bytes.HasPrefix(rest, r.pending) {
			t.Fatalf("bytes were lost: %.20q pending of %.20q", r.pending, rest)
		}
	})
}

// A system tells only once how a connection ended; whoever asks again hears the same from the reader.
func TestReaderKeepsTheEnd(t *testing.T) {
	in := reader{from: &endsOnce{syscall.ECONNRESET}, now: func() evidence.Seconds { return 0 }}
	for range 2 {
		if _, err := in.read(); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	}
}

type endsOnce struct{ err error }

func (e *endsOnce) Read([]byte) (int, error) {
	err := e.err
	e.err = io.EOF
	return 0, err
}
