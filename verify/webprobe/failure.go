package webprobe

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/shortage"
)

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
	case shortage.Of(err), errors.Is(err, syscall.ENETUNREACH) && address.Is6():
		return evidence.NoRoute
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EHOSTUNREACH):
		return evidence.Unreachable
	}
	// What is left came as an answer that is not HTTP.
	return evidence.Malformed
}
