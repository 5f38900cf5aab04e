package webprobe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/lab"
)

const host, here, other = "mta-sts.example.com", "203.0.113.26", "203.0.113.27"

// asked is what became of one question to a host with some keys; further addresses refuse.
func asked(t *testing.T, keys string, ctx func() (context.Context, context.CancelFunc), addresses ...string) (tries []evidence.Fetch, requests []string) {
	t.Helper()
	return askedOf(t, "https: [{address: "+here+", name: "+host+", "+keys+"}]", "https://"+host+"/file", ctx, addresses...)
}

// askedOf is what became of one question on a network.
func askedOf(t *testing.T, network, target string, ctx func() (context.Context, context.CancelFunc), addresses ...string) (tries []evidence.Fetch, requests []string) {
	t.Helper()
	s, err := lab.Load("test.yaml", []byte("schema: "+lab.Schema+"\nresolver: 192.0.2.1\n"+network+"\n"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		n, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var at []netip.Addr
		for _, a := range addresses {
			at = append(at, netip.MustParseAddr(a))
		}
		c, cancel := ctx()
		defer cancel()
		tries = Probe{Dialer: n, Roots: n.TrustedRoots()}.Get(c, target, at)
		requests = n.Requests()
		n.Close()
	})
	return tries, requests
}

func patient() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

func TestGet(t *testing.T) {
	long := strings.Repeat("x", MaxBody)
	tests := []struct {
		name, keys string
		addresses  []string
		status     int
		failure    evidence.FailureKind
		took       time.Duration
		body       string
		steps      int // that were done
	}{
		{"a file", `files: {/file: "a"}`, []string{here}, 200, "", 0, "a", 4},
		{"an empty file", `files: {/file: ""}`, []string{here}, 200, "", 0, "", 4},
		{"no such file", "files: {}", []string{here}, 404, "", 0, "", 4},
		{"a redirect is not followed", `status: 302, location: "https://mta-sts.example.com/other"`, []string{here}, 302, "", 0, "", 4},
		{"the second address", `files: {/file: "a"}`, []string{other, here}, 200, "", 0, "a", 4},
		{"refused", "files: {}", []string{other}, 0, evidence.Refused, 0, "", 0},
		{"silence", "connect: silent", []string{here}, 0, evidence.Timeout, Limit, "", 0},
		{"patience", `delay: 59s, files: {/file: "a"}`, []string{here}, 200, "", 59 * time.Second, "a", 4},
		{"its end", `delay: 5m, files: {/file: "a"}`, []string{here}, 0, evidence.Timeout, Limit, "", 2},
		{"expired", `certificate: expired, files: {/file: "a"}`, []string{here}, 200, evidence.BadCert, 0, "a", 4},
		{"not yet valid", `certificate: not-yet-valid, files: {/file: "a"}`, []string{here}, 200, evidence.BadCert, 0, "a", 4},
		{"self-signed", `certificate: self-signed, files: {/file: "a"}`, []string{here}, 200, evidence.BadCert, 0, "a", 4},
		{"wrong name", `certificate: wrong-name, files: {/file: "a"}`, []string{here}, 200, evidence.BadCert, 0, "a", 4},
		{"no intermediate", `certificate: trusted-no-intermediate, files: {/file: "a"}`, []string{here}, 200, evidence.BadCert, 0, "a", 4},
		{"a bad certificate, and no end", "certificate: expired, delay: 5m", []string{here}, 0, evidence.BadCert, Limit, "", 2},
		{"no handshake", "handshake: close", []string{here}, 0, evidence.EOF, 0, "", 1},
		{"an alert", "handshake: alert", []string{here}, 0, evidence.TLSFailed, 0, "", 1},
		{"no TLS", "handshake: garbage", []string{here}, 0, evidence.TLSFailed, 0, "", 1},
		{"a silent handshake", "handshake: silent", []string{here}, 0, evidence.Timeout, Limit, "", 1},
		{"as long as may be", "files: {/file: " + long + "}", []string{here}, 200, "", 0, long, 4},
		{"too long", "files: {/file: " + long + "x}", []string{here}, 200, evidence.TooLong, 0, long, 3},
		{"a gibibyte", "files: {/file: {text: x, size: 1073741824}}", []string{here}, 200, evidence.TooLong, 0, long, 3},
		{"a drip", "files: {/file: {text: abc, size: 4000, drip: 25s}}", []string{here}, 200, evidence.Timeout, Limit, "abc", 3},
		{"a slow file", "files: {/file: {text: abc, drip: 10s}}", []string{here}, 200, "", 20 * time.Second, "abc", 4},
		{"a file that breaks off", "files: {/file: {text: abcd, ends: cut}}", []string{here}, 200, evidence.EOF, 0, "ab", 3},
		{"no HTTP", "files: {/file: {raw: hello}}", []string{here}, 0, evidence.Malformed, 0, "", 2},
		{"an answer that breaks off", `files: {/file: {raw: "HTTP/1.1 200 OK\r\nContent-Type: x\r\n"}}`, []string{here}, 0, evidence.EOF, 0, "", 2},
		{"headers without end", `files: {/file: {raw: "HTTP/1.1 200 OK\r\nX: ` + strings.Repeat("x", 4*MaxBody) + `\r\n\r\n"}}`, []string{here}, 0, evidence.TooLong, 0, "", 2},
		{"interim answers", `files: {/file: {raw: "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na"}}`, []string{here}, 200, "", 0, "a", 4},
		{"nothing else", `files: {/file: {raw: "` + strings.Repeat(`HTTP/1.1 103 Early\r\n\r\n`, 100) + `"}}`, []string{here}, 0, evidence.Malformed, 0, "", 2},
		{"chunks", `files: {/file: {raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n"}}`, []string{here}, 200, "", 0, "a", 4},
		{"chunks of one byte without end", `files: {/file: {raw: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n` + strings.Repeat(`1\r\na\r\n`, MaxBody) + `"}}`, []string{here}, 200, evidence.TooLong, 0, "a", 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tries, requests := asked(t, test.keys, patient, test.addresses...)
			got := tries[len(tries)-1]
			if len(tries) != len(test.addresses) || got.Status != test.status || !strings.HasPrefix(got.Body, test.body) || got.Took.D() != test.took || len(got.Steps) != test.steps {
				t.Errorf("%d tries, %d after %v, %d bytes, steps %v", len(tries), got.Status, got.Took.D(), len(got.Body), got.Steps)
			}
			switch {
			case (got.Failure == nil) != (test.failure == ""), got.Failure != nil && got.Failure.Kind != test.failure:
				t.Errorf("failure %+v, want %q", got.Failure, test.failure)
			case test.failure == evidence.BadCert && (got.TLS == nil || len(got.TLS.Certificates) == 0):
				t.Errorf("TLS %+v", got.TLS)
			case len(requests) > 1:
				t.Errorf("asked %q", requests)
			}
		})
	}
}

// What is recorded beside the body.
func TestAnswers(t *testing.T) {
	raw := `files: {/file: {raw: "HTTP/1.1 301 Moved\r\nContent-Type: text/html; charset=x\r\nContent-Encoding: gzip\r\nLocation: /new\r\nContent-Length: 0\r\n\r\n"}}`
	tries, _ := asked(t, raw, patient, here)
	f := tries[0]
	if f.StatusLine != "HTTP/1.1 301 Moved" || f.ContentType != "text/html; charset=x" || f.Encoding != "gzip" || f.Location != "/new" || f.Address != here+":443" {
		t.Errorf("%+v", f)
	}
}

// Each step has its time, and a failure the time of its own wait.
func TestTimes(t *testing.T) {
	tries, _ := asked(t, "delay: 10s, files: {/file: {text: abcd, drip: 25s}}", patient, here)
	f := tries[0]
	for step, want := range map[evidence.Step]time.Duration{evidence.StepConnect: 0, evidence.StepHandshake: 0, evidence.StepAnswer: 10 * time.Second} {
		if end, done := f.Ended(step); !done || end.D() != want {
			t.Errorf("%s: %v, %v", step, end.D(), done)
		}
	}
	if _, done := f.Ended(evidence.StepBody); done || f.Failure.At.D() != Limit || f.Failure.Waited.D() != 50*time.Second {
		t.Errorf("%+v", f.Failure)
	}
}

// An address that is silent does not use up the time of those behind it.
func TestSilentAddressAmongOthers(t *testing.T) {
	network := fmt.Sprintf("https: [{address: %s, name: %s, connect: silent}, {address: %s, name: %s, files: {/file: a}}]", here, host, other, host)
	tries, _ := askedOf(t, network, "https://"+host+"/file", patient, here, other)
	if len(tries) != 2 || tries[0].Took.D() != Limit/2 || tries[1].Body != "a" {
		t.Errorf("%+v", tries)
	}
}

// Behind a bad certificate a good one may stand.
func TestBadCertificateAmongOthers(t *testing.T) {
	network := fmt.Sprintf("https: [{address: %s, name: %s, certificate: expired}, {address: %s, name: %s, files: {/file: a}}]", here, host, other, host)
	tries, _ := askedOf(t, network, "https://"+host+"/file", patient, here, other)
	if len(tries) != 2 || tries[0].Failure == nil || tries[1].Failure != nil {
		t.Errorf("%+v", tries)
	}
}

// Plain HTTP has its own port, and no handshake.
func TestPlain(t *testing.T) {
	tries, requests := askedOf(t, "http: [{address: "+here+", name: example.com, files: {/file: a}}]", "http://example.com/file", patient, here)
	f := tries[0]
	if f.TLS != nil || f.Failure != nil || f.Body != "a" || f.Address != here+":80" || len(f.Steps) != 3 || requests[0] != "GET http://example.com/file" {
		t.Errorf("%+v, %q", f, requests)
	}
}

func TestInterrupted(t *testing.T) {
	cut := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), 3*time.Second)
	}
	tries, _ := asked(t, `delay: 30s, files: {/file: "a"}`, cut, here, other)
	if len(tries) != 1 || tries[0].Failure == nil || tries[0].Failure.Kind != evidence.Interrupted || tries[0].Took.D() != 3*time.Second {
		t.Errorf("%+v", tries)
	}
}

// refuser fails the test if it is used.
type refuser struct{ t *testing.T }

func (r refuser) DialContext(_ context.Context, _, address string) (net.Conn, error) {
	r.t.Errorf("%s was dialled", address)
	return nil, net.ErrClosed
}

// What is no URL of the web is not visited, and that is recorded as our own doing.
func TestOnlyTheWeb(t *testing.T) {
	for _, target := range []string{"ftp://example.com/", "file:///etc/passwd", "https:///x", "\x00", "http://example.com:25/", "https://user@example.com/"} {
		tries := (Probe{Dialer: refuser{t}}).Get(t.Context(), target, []netip.Addr{netip.MustParseAddr(here)})
		if len(tries) != 1 || tries[0].Failure == nil || tries[0].Failure.Kind != evidence.Private {
			t.Errorf("%q: %+v", target, tries)
		}
	}
}

// Of a file that is no text the bytes are kept, and of a text they are not kept twice.
func TestBytesAreKept(t *testing.T) {
	packed := []byte("\x1f\x8b\x08\x00\xff")
	page := fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(packed), packed)
	tries := answeredRaw(t, page)
	if len(tries) != 1 || !bytes.Equal(tries[0].Raw, packed) || !bytes.Equal(tries[0].Content(), packed) || tries[0].Failure != nil {
		t.Errorf("%+v", tries)
	}
	tries = answeredRaw(t, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
	if len(tries) != 1 || tries[0].Raw != nil || string(tries[0].Content()) != "hello" {
		t.Errorf("%+v", tries)
	}
}

// answeredRaw is what became of one question to a server that answers with some bytes, whatever it is asked.
func answeredRaw(t *testing.T, answer string) []evidence.Fetch {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = conn.Read(make([]byte, 4096))
		_, _ = io.WriteString(conn, answer)
	}()
	return Probe{Dialer: always(listener.Addr().String())}.Get(t.Context(), "http://example.com/", []netip.Addr{netip.MustParseAddr("127.0.0.1")})
}

// always is a dialer that goes to one place.
type always string

func (a always) DialContext(ctx context.Context, network, _ string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, network, string(a))
}

// What this machine has too little of is not the server's doing.
func TestNoDescriptorsLeft(t *testing.T) {
	err := &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("socket", syscall.EMFILE)}
	if kind := kindOf(err, netip.MustParseAddr("203.0.113.26")); kind != evidence.NoRoute {
		t.Errorf("it is %s", kind)
	}
}
