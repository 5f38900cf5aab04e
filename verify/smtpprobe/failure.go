package smtpprobe

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"mxverdict/verify/evidence"
)

// The numbers of Windows, whose package syscall gives the usual names to other values. No other system uses them.
const (
	wsaEACCES        = syscall.Errno(10013)
	wsaEAFNOSUPPORT  = syscall.Errno(10047)
	wsaEADDRNOTAVAIL = syscall.Errno(10049)
	wsaENETUNREACH   = syscall.Errno(10051)
	wsaECONNRESET    = syscall.Errno(10054)
	wsaETIMEDOUT     = syscall.Errno(10060)
	wsaECONNREFUSED  = syscall.Errno(10061)
	wsaEHOSTDOWN     = syscall.Errno(10064)
	wsaEHOSTUNREACH  = syscall.Errno(10065)
)

// dialFailure says why no connection was made. The wait is that from the beginning of the session, which is when the connection was
// begun.
func (s *session) dialFailure(err error) *evidence.Failure {
	now := s.now()
	failure := &evidence.Failure{Kind: s.dialKind(err), Detail: describe(err), At: now, Waited: now}
	switch {
	case failure.Kind == evidence.Interrupted:
		failure.Detail = s.interruption()
	// A timeout that comes sooner is the system's own, and the limit in the text would not be true.
	case failure.Kind == evidence.Timeout && now.D() >= ConnectLimit:
		failure.Detail = fmt.Sprintf("no connection within our limit of %v", ConnectLimit)
	}
	return failure
}

// classed is an error of a dialer that knows better than the system why it made no connection, such as one that refuses
// private addresses.
type classed interface{ FailureKind() evidence.FailureKind }

// dialKind classes the error, which decides whose fault it may be: a refusal or silence may be the server's, a lack of route never is.
func (s *session) dialKind(err error) evidence.FailureKind {
	var known classed
	switch {
	// First, because the end of the run looks like a timeout to the dialer.
	case s.interrupted():
		return evidence.Interrupted
	case errors.As(err, &known):
		return known.FailureKind()
	// A proxy gives one answer for everything that goes wrong behind it, so that nothing is known of the server.
	case s.probe.Proxied:
		return evidence.ProxyFailed
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return evidence.Timeout
	}
	var errno syscall.Errno
	errors.As(err, &errno)
	switch errno {
	case syscall.ECONNREFUSED, wsaECONNREFUSED:
		return evidence.Refused
	case syscall.ECONNRESET, wsaECONNRESET: // it stood, and was reset before the dialer could return it
		return evidence.Reset
	case syscall.ETIMEDOUT, wsaETIMEDOUT: // the system gave up sooner than we
		return evidence.Timeout
	// EACCES is what Linux makes of an ICMPv6 message that a filter prohibits the way (RFC 4443 section 3.1, code 1).
	case syscall.EHOSTUNREACH, syscall.EHOSTDOWN, syscall.EACCES, wsaEHOSTUNREACH, wsaEHOSTDOWN, wsaEACCES:
		return evidence.Unreachable
	case syscall.ENETUNREACH, wsaENETUNREACH:
		// Without an IPv6 route the system says this by itself, which is by far the usual case there.
		if ip := s.ask.Address.Addr(); ip.Is4() || ip.Is4In6() {
			return evidence.Unreachable
		}
	}
	// EADDRNOTAVAIL and EAFNOSUPPORT are the lack of a route. Anything else (no free descriptor, a local packet
	// filter) is this machine's trouble too; to call it the server's would make it a fact about the server.
	return evidence.NoRoute
}

// failure says how the wait that began with event ended without a reply. Waited is the time since the step began: where our limit
// ended it, a lower bound of the server's time.
func (s *session) failure(event evidence.Event, err error) *evidence.Failure {
	now := s.now()
	failure := &evidence.Failure{Kind: s.kind(err), Detail: describe(err), At: now, Waited: now - event.Start}
	switch {
	case failure.Kind == evidence.Interrupted:
		failure.Detail = s.interruption()
	case failure.Kind == evidence.Timeout && now.D() >= SessionLimit:
		failure.Detail = fmt.Sprintf("our limit of %v for the whole session ended the wait", SessionLimit)
	case failure.Kind == evidence.Timeout:
		failure.Detail = fmt.Sprintf("our limit ended the wait after %v", failure.Waited.D().Round(time.Millisecond))
	}
	return failure
}

func (s *session) kind(err error) evidence.FailureKind {
	var errno syscall.Errno
	switch {
	case s.interrupted():
		return evidence.Interrupted
	// Before the kinds of the system: what broke the reply off was our own limit, and the connection still stands.
	case errors.Is(err, errTooLong):
		return evidence.TooLong
	case errors.Is(err, errMalformed), errors.Is(err, errNoHello):
		return evidence.Malformed
	case errors.Is(err, os.ErrDeadlineExceeded):
		return evidence.Timeout
	// EOF is an orderly end (FIN), a reset is not; who hangs up says which it was.
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.EOF
	case noTLS(err):
		return evidence.Malformed
	case s.tls != nil && !errors.As(err, &errno):
		return evidence.TLSFailed // an alert or a record that makes no sense, in the handshake or after it
	}
	// A standing connection that the system gives up (ETIMEDOUT, EHOSTUNREACH) broke just as one that was reset: it
	// is not our own limit, so it must not be recorded as one.
	return evidence.Reset
}

// noTLS tells whether what came instead of a handshake is no TLS at all. A reply in plain text (a late 421 or 454) is a
// server that turns the tester away, and stays a failed handshake. The first byte of a record is its type, 20 to 23 (RFC 5246
// section 6.2.1); a digit from 2 to 5 begins a reply code.
func noTLS(err error) bool {
	var header tls.RecordHeaderError
	return errors.As(err, &header) && (header.RecordHeader[0] < '2' || header.RecordHeader[0] > '5')
}

// interrupted asks the deadline too: a dialer that watches it may return before the context says that it is done.
func (s *session) interrupted() bool {
	deadline, ok := s.ctx.Deadline()
	return s.ctx.Err() != nil || ok && !time.Now().Before(deadline)
}

// interruption tells the user's interrupt from the deadline of the run, which calls for another next step.
func (s *session) interruption() string {
	if cause := context.Cause(s.ctx); cause != nil {
		return words("the run was ended: " + cause.Error())
	}
	return "the run was ended by its deadline"
}

// describe puts an error in words, without the addresses that net adds: ours is nobody's business, the server's is
// known.
func describe(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Addr != nil && op.Err != nil {
		err = op.Err
	}
	return words(err.Error())
}

// words bounds a text for people, parts of which may be the peer's.
func words(text string) string {
	// Enough for an error with a quoted reply line; who floods us gets no more room in a report.
	const most = 300
	if len(text) > most {
		text = text[:most] + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
