// Package webprobe gets a file over HTTPS for the verifier and records every try as evidence: HTTP/1.1 (RFC 9112) within
// TLS, one request for each address. It follows no redirect, keeps no connection and no cookie, goes to no address but those that it is
// given, reads no body beyond its limit, and asks nothing of a server whose certificate is not valid for the name.
package webprobe

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/pki"
)

// The limits of RFC 8461 section 3.3 for policy files, which serve for other small files too.
const (
	Limit   = 60 * time.Second // for all addresses together
	MaxBody = 64 << 10

	maxHeader  = 64 << 10
	maxInterim = 5 // answers such as 103 before the final one
	maxWords   = 300
)

// Dialer makes the connection; *net.Dialer and the network in memory fit.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Probe says how files are got. It may be used by several goroutines at once if its Dialer may.
type Probe struct {
	Dialer Dialer
	Roots  *x509.CertPool // nil for the system's
}

// errCertificate is a certificate that is not valid for the name.
type errCertificate struct{ says string }

func (e errCertificate) Error() string                   { return e.says }
func (errCertificate) FailureKind() evidence.FailureKind { return evidence.BadCert }

// errRoots is the lack of roots on this machine, by which nothing about the server is known.
var errRoots = errors.New("whether the certificate is trusted could not be told")

// Get asks one address after the other for a file until one answers. It returns every try.
func (p Probe) Get(ctx context.Context, target string, addresses []netip.AddrPort) []evidence.Fetch {
	// The URL was made by us, from a domain of the report; any other form is refused all the same.
	u, err := url.Parse(target)
	if err != nil || u.Scheme != "https" || u.Hostname() == "" {
		return nil
	}
	// RFC 8461 section 3.3 proposes a minute for the whole fetch, so that a sender who waits longer is not to be counted on.
	limited, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	var tries []evidence.Fetch
	for _, a := range addresses {
		f := p.try(limited, u, a)
		// The end of the run, and not our limit, which would be the server's slowness.
		if f.Failure != nil && ctx.Err() != nil {
			f.Failure.Kind = evidence.Interrupted
		}
		tries = append(tries, f)
		// Any answer ends it, whatever its status: senders do not go from one address to the next because they dislike what a
		// server says.
		if f.Failure == nil || limited.Err() != nil {
			break
		}
	}
	return tries
}

// try asks one address.
func (p Probe) try(ctx context.Context, u *url.URL, address netip.AddrPort) evidence.Fetch {
	start := time.Now()
	f := evidence.Fetch{URL: u.String(), Address: address.String(), At: start.UTC()}
	err := p.get(ctx, u, address, &f)
	f.Took = evidence.Seconds(time.Since(start))
	if err != nil {
		f.Failure = &evidence.Failure{Kind: kindOf(err, address.Addr()), Detail: words(err.Error()), At: f.Took, Waited: f.Took}
	}
	return f
}

// get speaks HTTP by itself: the library's client would follow redirects, try addresses of its own and hide what it found.
func (p Probe) get(ctx context.Context, u *url.URL, address netip.AddrPort, f *evidence.Fetch) error {
	raw, err := p.Dialer.DialContext(ctx, "tcp", address.String())
	if err != nil {
		return err
	}
	defer raw.Close()
	// A deadline in the past wakes whatever waits when the context ends.
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	conn := tls.Client(raw, &tls.Config{
		ServerName: u.Hostname(),
		// HTTP/1.1 alone, since the reader below knows nothing else.
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: true, // trusted verifies, and records what it found
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return err
	}
	if err := p.trusted(conn.ConnectionState(), u.Hostname(), f); err != nil {
		return err
	}
	return request(ctx, conn, u, f)
}

// trusted records the handshake and refuses a certificate that is not valid.
func (p Probe) trusted(state tls.ConnectionState, host string, f *evidence.Fetch) error {
	// It is recorded before it is judged, so that a certificate that is refused can be looked at.
	f.TLS = &evidence.TLS{Version: tls.VersionName(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite), ServerName: host,
		Certificates: [][]byte{}}
	for _, c := range state.PeerCertificates {
		f.TLS.Certificates = append(f.TLS.Certificates, c.Raw)
	}
	now := time.Now()
	chain := pki.CheckChain(f.TLS.Certificates, p.Roots, now)
	f.TLS.Chain = &chain
	// The order is that of what its owner can see for himself: name and dates stand in the certificate.
	switch leaf := state.PeerCertificates[0]; {
	case !pki.Names(leaf, host):
		return errCertificate{"it is for another name"}
	case !pki.InDate(leaf, now):
		return errCertificate{"it has expired, or is not valid yet"}
	case chain.Result == evidence.Untrusted:
		return errCertificate{chain.Problem}
	case chain.Result != evidence.Trusted:
		return errRoots
	}
	return nil
}

// request sends the question and reads the answer.
func request(ctx context.Context, conn net.Conn, u *url.URL, f *evidence.Fetch) error {
	asked, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
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
	in := bufio.NewReader(io.LimitReader(conn, maxHeader+2*MaxBody))
	var answer *http.Response
	for range maxInterim {
		if answer, err = http.ReadResponse(in, asked); err != nil {
			return err
		}
		if answer.StatusCode >= 200 {
			break
		}
	}
	defer answer.Body.Close()
	f.Status = answer.StatusCode
	f.ContentType, f.Location = words(answer.Header.Get("Content-Type")), words(answer.Header.Get("Location"))
	// One byte more than is kept shows that there was more.
	body, err := io.ReadAll(io.LimitReader(answer.Body, MaxBody+1))
	f.Body = strings.ToValidUTF8(string(body[:min(len(body), MaxBody)]), "\uFFFD")
	if err == nil && len(body) > MaxBody {
		return errTooLong
	}
	return err
}

var errTooLong = errors.New("the file is longer than 64 KiB")

// kinder is an error, such as that of a Dialer with an address policy, that tells how a try failed.
type kinder interface {
	error
	FailureKind() evidence.FailureKind
}

// kindOf classes an error.
func kindOf(err error, address netip.Addr) evidence.FailureKind {
	var own kinder
	var timeout net.Error
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	// What the dialer knows goes first: a private address was never connected.
	case errors.As(err, &own):
		return own.FailureKind()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return evidence.Timeout
	case errors.Is(err, context.Canceled):
		return evidence.Interrupted
	case errors.Is(err, syscall.ECONNREFUSED):
		return evidence.Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return evidence.Reset
	case errors.Is(err, errTooLong):
		return evidence.TooLong
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.EOF
	// The library gives its own words for many faults, and no type.
	case errors.As(err, &alert), errors.As(err, &record), errors.Is(err, errRoots), strings.HasPrefix(err.Error(), "tls: "),
		strings.HasPrefix(err.Error(), "remote error: tls: "):
		return evidence.TLSFailed
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, syscall.ENETUNREACH) && address.Is6():
		return evidence.NoRoute
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return evidence.Unreachable
	}
	// What is left came as an answer that is not HTTP.
	return evidence.Malformed
}

// words bounds a text, parts of which may be the server's.
func words(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), maxWords)], "\uFFFD")
}
