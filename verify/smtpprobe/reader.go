package smtpprobe

import (
	"bytes"
	"errors"
	"io"
	"os"

	"mxverdict/verify/evidence"
)

var (
	errTooLong   = errors.New("the reply is longer than a reply may be")
	errMalformed = errors.New("this is not an SMTP reply line")
)

// reader cuts a stream into replies and stamps every read, so that the first and the last byte of a reply and the
// end of each line have their own time, also where a line arrives byte by byte. No byte behind the reply is lost between two calls:
// it stays pending, and who speaks out of turn is seen by that.
type reader struct {
	from    io.Reader
	now     func() evidence.Seconds
	chunk   [2048]byte
	pending []byte           // what the last read brought and nobody has taken yet
	at      evidence.Seconds // when the last read that brought anything returned
	ended   error            // how the stream ended, which a system tells only once
}

// read returns the next reply. With an error it returns what had come of it, or nil if nothing had. Lines with
// different codes are one reply under the last code, although RFC 5321 section 4.2.1 wants them equal: a server that
// begins with a 220- teaser and ends with 521 has turned the client away.
func (r *reader) read() (*evidence.Reply, error) {
	if err := r.fill(); err != nil {
		return nil, err
	}
	reply := &evidence.Reply{FirstByte: r.at}
	// The room shrinks over all lines together, so that many long lines cannot fill the memory.
	for room := MaxReplyBytes; ; {
		raw, err := r.line(min(room, MaxLineBytes))
		room -= len(raw)
		reply.LastByte = r.at
		text := trimEnd(raw)
		code, last := parse(text)
		// The last code counts; a line that has none does not undo it.
		if (len(reply.Lines) == 0 || code != 0) && (err == nil || len(text) > 3) { // "250" may be the beginning of "2500"
			reply.Code = code
		}
		if len(raw) > 0 {
			reply.Lines = append(reply.Lines, newLine(text, r.at))
		}
		switch {
		case err != nil:
			return reply, err
		// A line without a code breaks the reply: where it ends is no longer known.
		case code == 0:
			return reply, errMalformed
		case last:
			reply.Complete = true
			return reply, nil
		case len(reply.Lines) == MaxReplyLines:
			return reply, errTooLong
		}
	}
}

// line returns the next line with its end, or what there is of it with an error. A bare LF ends a line as well. RFC 5321 section
// 2.3.8 wants CRLF alone; but a tester that waits for it would report a sloppy server as a silent one.
func (r *reader) line(limit int) ([]byte, error) {
	var line []byte
	for {
		if err := r.fill(); err != nil {
			return line, err
		}
		end := bytes.IndexByte(r.pending, '\n') + 1
		part := r.pending
		if end > 0 {
			part = part[:end]
		}
		if len(line)+len(part) > limit {
			return append(line, part[:limit-len(line)]...), errTooLong
		}
		line = append(line, part...)
		r.pending = r.pending[len(part):]
		if end > 0 {
			return line, nil
		}
	}
}

// fill makes sure that something is pending.
func (r *reader) fill() error {
	if len(r.pending) > 0 || r.ended != nil {
		return r.ended
	}
	n, err := r.from.Read(r.chunk[:])
	switch {
	case n > 0:
		// An error beside bytes comes again with the next read.
		r.pending, r.at = r.chunk[:n], r.now()
		return nil
	// A Read without bytes and without an error would have us turn in a circle.
	case err == nil:
		return io.ErrNoProgress
	// A deadline is ours and may be set anew, so that it does not end the stream.
	case !errors.Is(err, os.ErrDeadlineExceeded):
		r.ended = err
	}
	return err
}

// parse returns the code of a reply line and whether the reply ends with it. Code 0 means that it is no reply line; RFC
// 5321 section 4.2 wants three digits and then a blank, a hyphen or the end. No code begins with 0; beyond that any
// number is taken, because servers invent some.
func parse(line []byte) (code int, last bool) {
	if len(line) < 3 || line[0] == '0' || len(line) > 3 && line[3] != ' ' && line[3] != '-' {
		return 0, false
	}
	// A sign, which a number parser would take, is no digit.
	for _, digit := range line[:3] {
		if digit < '0' || digit > '9' {
			return 0, false
		}
		code = code*10 + int(digit-'0')
	}
	return code, len(line) == 3 || line[3] == ' '
}

// trimEnd removes CRLF, or a bare LF, which a reader should not punish.
func trimEnd(raw []byte) []byte {
	line, whole := bytes.CutSuffix(raw, []byte("\n"))
	if !whole {
		return raw
	}
	return bytes.TrimSuffix(line, []byte("\r"))
}

// newLine keeps the bytes beside the text where they are no UTF-8: JSON could not hold them, and the evidence has to show what came.
func newLine(raw []byte, at evidence.Seconds) evidence.Line {
	line := evidence.Line{Text: string([]rune(string(raw))), At: at}
	if line.Text != string(raw) {
		line.Raw = raw
	}
	return line
}
