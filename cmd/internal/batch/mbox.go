package batch

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	digest "hash"
	"io"
	"iter"
	"os"
	"regexp"
)

// A mailbox of the family mbox (RFC 4155 appendix A): messages one after the other, each behind a line that begins with "From ".

// fromLine is that beginning.
const fromLine = "From "

// separator is such a line as programs write it: an address, and a moment that ends in the year, a zone behind it or not. A sentence that
// begins with "From" is none.
var separator = regexp.MustCompile(`^From \S+ .*\d\d:\d\d.* \d{4}( [-+A-Za-z0-9:]+)?\r?$`)

// looksLikeMailbox tells whether a file whose beginning is given is a mailbox.
func looksLikeMailbox(f *os.File, start []byte) bool {
	if string(start) != fromLine {
		return false
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return false
	}
	line, _ := bufio.NewReaderSize(f, 1024).ReadSlice('\n')
	return separator.Match(bytes.TrimSuffix(line, []byte("\n")))
}

// errLong is the error of a message that is larger than any report.
var errLong = errors.New("the message is larger than a report may be")

// Message is one of a mailbox.
type Message struct {
	Text []byte // without the line that begins it and the empty ones that end it; nil of one that is too large
	Name string // a hash of the text: the same whatever stands before and behind it
}

// Messages are those of a mailbox. One of more than most bytes is an error, and the others go on.
func Messages(r io.Reader, most int) iter.Seq2[Message, error] {
	return func(yield func(Message, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		m := message{most: most}
		blank := true // the line before was empty, or there was none
		for {
			line, err := in.ReadSlice('\n')
			whole := err == nil || errors.Is(err, io.EOF)
			if blank && bytes.HasPrefix(line, []byte(fromLine)) && separator.Match(bytes.TrimSuffix(line, []byte("\n"))) {
				if m.begun && !m.hand(yield) {
					return
				}
				m = message{most: most, begun: true}
			} else if len(line) > 0 {
				m.add(line)
			}
			blank = whole && len(bytes.TrimRight(line, "\r\n")) == 0
			switch {
			case errors.Is(err, io.EOF):
				if m.begun {
					m.hand(yield)
				}
				return
			case err != nil && !errors.Is(err, bufio.ErrBufferFull):
				yield(Message{}, err)
				return
			}
		}
	}
}

// message is one that is being read.
type message struct {
	begun bool
	text  []byte
	long  digest.Hash // of what is too large to be kept, or nil
	most  int
}

// add takes a line, or a piece of a long one. A ">" that was put before "From " goes (as in mboxrd).
func (m *message) add(line []byte) {
	if quoted := bytes.TrimLeft(line, ">"); len(quoted) < len(line) && bytes.HasPrefix(quoted, []byte(fromLine)) {
		line = line[1:]
	}
	if m.long == nil && len(m.text)+len(line) > m.most {
		m.long = sha256.New()
		m.long.Write(m.text)
		m.text = nil
	}
	if m.long != nil {
		m.long.Write(line)
	} else {
		m.text = append(m.text, line...)
	}
}

// hand gives the message away. Empty lines at its end belong to the mailbox, and one more comes with the next message that is put behind it.
func (m *message) hand(yield func(Message, error) bool) bool {
	if m.long != nil {
		return yield(Message{Name: nameOfSum(m.long.Sum(nil))}, errLong)
	}
	text := bytes.TrimRight(m.text, "\r\n")
	sum := sha256.Sum256(text)
	return yield(Message{text, nameOfSum(sum[:])}, nil)
}

// nameOfSum is enough of a hash that no two messages have one name by accident.
func nameOfSum(sum []byte) string { return hex.EncodeToString(sum[:8]) }

// ofMailbox is a source that is a message: a mailbox and a name.
var ofMailbox = regexp.MustCompile(`(?s)^(.+)#[0-9a-f]{16}$`)

// MailboxOf is the mailbox whose message a source is, or "".
func MailboxOf(source string) string {
	if found := ofMailbox.FindStringSubmatch(source); found != nil {
		return found[1]
	}
	return ""
}
