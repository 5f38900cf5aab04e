// Package webprobe gets a file over HTTPS or HTTP for the verifier and records every try as evidence: HTTP/1.1 (RFC 9112), one request for
// each address, with the time of each step. What a certificate is worth is recorded apart from the answer.
//
// It follows no redirect (a topic that wants to asks anew, once it knows the addresses of the other host), keeps no connection and no
// cookie, goes to no address but those that it is given and to no port but the web's, and reads no body beyond its limit.
package webprobe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"net/url"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/pki"
	"mxverdict/verify/internal/weburl"
)

// The limits of RFC 8461 section 3.3 for policy files, which serve for other small files too.
const (
	Limit   = 60 * time.Second // for all addresses together
	MaxBody = 64 << 10
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

// Get asks one address of the URL's host after the other for a file until one gives an answer whole, whatever its status. It returns
// every try.
func (p Probe) Get(ctx context.Context, target string, addresses []netip.Addr) []evidence.Fetch {
	u, err := weburl.Parse(target)
	if err != nil {
		return []evidence.Fetch{{URL: words(target), At: time.Now().UTC(), Failure: &evidence.Failure{Kind: evidence.Private, Detail: words(err.Error())}}}
	}
	// RFC 8461 section 3.3 proposes a minute for the whole fetch, so that a sender who waits longer is not to be counted on.
	limited, cancel := context.WithTimeout(ctx, Limit)
	defer cancel()
	var tries []evidence.Fetch
	for i, a := range addresses {
		f := p.try(limited, u, netip.AddrPortFrom(a, weburl.Port(u)), len(addresses)-i)
		// The end of the run, and not our limit, which would be the server's slowness.
		if f.Failure != nil && ctx.Err() != nil {
			f.Failure.Kind = evidence.Interrupted
		}
		tries = append(tries, f)
		// Clients do not go from one address to the next because they dislike what a server says. Behind an address with a bad
		// certificate a good one may stand, so that what all show is known only when all were asked.
		if f.Failure == nil || limited.Err() != nil {
			break
		}
	}
	return tries
}

// fetch is one try under way.
type fetch struct {
	Probe
	*evidence.Fetch
	url   *url.URL
	start time.Time
}

// done records the end of a step.
func (f *fetch) done(step evidence.Step) {
	f.Steps = append(f.Steps, evidence.Timing{Step: step, End: f.since()})
}

func (f *fetch) since() evidence.Seconds { return evidence.Seconds(time.Since(f.start)) }

// fail records what went wrong, unless something did before.
func (f *fetch) fail(err error, address netip.Addr) {
	if err != nil && f.Failure == nil {
		at, begun := f.since(), evidence.Seconds(0)
		if n := len(f.Steps); n > 0 {
			begun = f.Steps[n-1].End
		}
		f.Failure = &evidence.Failure{Kind: kindOf(err, address), Detail: words(err.Error()), At: at, Waited: at - begun}
	}
}

// try asks one address. left is how many addresses there are with it.
func (p Probe) try(ctx context.Context, u *url.URL, address netip.AddrPort, left int) evidence.Fetch {
	start := time.Now()
	f := &fetch{p, &evidence.Fetch{URL: u.String(), Address: address.String(), At: start.UTC()}, u, start}
	f.fail(f.get(ctx, address, left), address.Addr())
	f.Took = f.since()
	return *f.Fetch
}

// get connects and asks.
func (f *fetch) get(ctx context.Context, address netip.AddrPort, left int) error {
	raw, err := f.connect(ctx, address, left)
	if err != nil {
		return err
	}
	defer raw.Close()
	f.done(evidence.StepConnect)
	// A deadline in the past wakes whatever waits when the context ends.
	stop := context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	defer stop()
	conn := raw
	if f.url.Scheme == "https" {
		if conn, err = f.secure(ctx, raw); err != nil {
			return err
		}
		f.fail(f.trusted(), address.Addr())
	}
	return f.request(ctx, conn)
}

// connect waits no longer than its share of the time: behind an address that is silent another one may answer.
func (f *fetch) connect(ctx context.Context, address netip.AddrPort, left int) (net.Conn, error) {
	deadline, _ := ctx.Deadline()
	ctx, cancel := context.WithTimeout(ctx, time.Until(deadline)/time.Duration(left))
	defer cancel()
	return f.Dialer.DialContext(ctx, "tcp", address.String())
}

// secure shakes hands, and records it before anything is judged, so that a certificate that is not accepted can be looked at.
func (f *fetch) secure(ctx context.Context, raw net.Conn) (net.Conn, error) {
	host := weburl.Host(f.url)
	conn := tls.Client(raw, &tls.Config{
		ServerName: host,
		// HTTP/1.1 alone, since the reader knows nothing else.
		NextProtos:         []string{"http/1.1"},
		InsecureSkipVerify: true, // trusted verifies
	})
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, err
	}
	f.done(evidence.StepHandshake)
	state := conn.ConnectionState()
	f.TLS = &evidence.TLS{Version: tls.VersionName(state.Version), Cipher: tls.CipherSuiteName(state.CipherSuite), ServerName: host,
		Certificates: [][]byte{}}
	for _, c := range state.PeerCertificates {
		f.TLS.Certificates = append(f.TLS.Certificates, c.Raw)
	}
	chain := pki.CheckChain(f.TLS.Certificates, f.Roots, time.Now())
	f.TLS.Chain = &chain
	return conn, nil
}

// trusted tells why clients do not accept the certificate, or nil.
func (f *fetch) trusted() error {
	switch c := pki.Look(f.TLS.ServerName, f.TLS, f.TLS.Chain.At); {
	case c.NameMatches.IsYes() && c.InDate.IsYes() && c.Trusted.IsYes():
		return nil
	case c.Problem.Known():
		return errCertificate{c.Problem.Value.Text()}
	}
	return errRoots
}
