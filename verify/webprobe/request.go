package webprobe

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"

	"mxverdict/verify/evidence"
)

const (
	maxHeader  = 64 << 10
	maxInterim = 5 // answers such as 103 before the final one
	maxWords   = 300
	maxURL     = 2000 // of a Location
)

var (
	errTooLong = errors.New("the file is longer than 64 KiB")
	errInterim = errors.New("the server sends one interim answer after the other")
)

// request sends the question and reads the answer. It speaks HTTP by itself: the library's client would follow redirects, try addresses of
// its own and hide what it found.
func (f *fetch) request(ctx context.Context, conn net.Conn) error {
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, f.url.String(), nil)
	if err != nil {
		return err
	}
	// Who finds the request in a log can tell what it was.
	asked.Header.Set("User-Agent", "mxverdict")
	asked.Close = true
	if err := asked.Write(conn); err != nil {
		return err
	}
	// Twice the body leaves room for chunked encoding (RFC 9112 section 7.1) in chunks of usual size.
	bounded := &io.LimitedReader{R: conn, N: maxHeader + 2*MaxBody}
	answer, err := final(bufio.NewReader(bounded), asked)
	if err != nil {
		return tooLong(bounded, err)
	}
	defer answer.Body.Close()
	f.done(evidence.StepAnswer)
	f.Status, f.StatusLine = answer.StatusCode, words(answer.Proto+" "+answer.Status)
	f.ContentType, f.Encoding = words(answer.Header.Get("Content-Type")), words(answer.Header.Get("Content-Encoding"))
	f.Location = bound(answer.Header.Get("Location"), maxURL)
	if err := f.body(answer.Body); err != nil {
		return tooLong(bounded, err)
	}
	f.done(evidence.StepBody)
	return nil
}

// final reads answers until one is final (RFC 9110 section 15.2).
func final(in *bufio.Reader, asked *http.Request) (*http.Response, error) {
	for range maxInterim {
		answer, err := http.ReadResponse(in, asked)
		if err != nil || answer.StatusCode >= 200 {
			return answer, err
		}
	}
	return nil, errInterim
}

// body reads the file. What came before a failure is kept.
func (f *fetch) body(in io.Reader) error {
	// One byte more than is kept shows that there was more.
	body, err := io.ReadAll(io.LimitReader(in, MaxBody+1))
	kept := body[:min(len(body), MaxBody)]
	// A compressed file is no text, and is nothing without its bytes.
	if f.Body = strings.ToValidUTF8(string(kept), "\uFFFD"); f.Body != string(kept) {
		f.Raw = kept
	}
	if err == nil && len(body) > MaxBody {
		return errTooLong
	}
	return err
}

// tooLong tells an end that we made ourselves from one that the server made.
func tooLong(in *io.LimitedReader, err error) error {
	if in.N <= 0 {
		return errTooLong
	}
	return err
}

// words bounds a text, parts of which may be the server's.
func words(text string) string { return bound(text, maxWords) }

func bound(text string, most int) string {
	return strings.ToValidUTF8(text[:min(len(text), most)], "\uFFFD")
}
