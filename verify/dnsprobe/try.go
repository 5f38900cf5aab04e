package dnsprobe

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/shortage"
)

const (
	// ednsSize is the UDP payload that passes nearly every path unfragmented (DNS flag day 2020).
	ednsSize = 1232

	// maxDatagram is more than we ask for. A server that sends more than this ends as damaged, and TCP gets its try.
	maxDatagram = 4096

	// maxStrays is how many datagrams that answer another question are passed over in one try. The number is our own: a try that
	// meets more is under attack, and another one follows.
	maxStrays = 64

	// maxDetail bounds the system's or a peer's words in a failure, in bytes.
	maxDetail = 300
)

// failure is an error that knows its kind.
type failure struct {
	kind   evidence.FailureKind
	detail string
}

func (f failure) Error() string                     { return "dnsprobe: " + f.detail }
func (f failure) FailureKind() evidence.FailureKind { return f.kind }

// kinder is an error, such as that of a Dialer with an address policy, that tells how an exchange failed.
type kinder interface {
	error
	FailureKind() evidence.FailureKind
}

// try asks once, within one deadline that covers connection, question and answer. Waiting for the server's other
// questions to be answered is not part of it.
func (p *Probe) try(ctx context.Context, q question, network string, edns bool, number int, begun time.Time) evidence.Exchange {
	// A try costs also where nothing comes of it, else silence would be free.
	p.allowance(ctx).left.Add(-perTry)
	return p.over(ctx, q, network, edns, number, func(ctx context.Context) sent {
		s := sent{Exchange: q.exchange(network, edns)}
		release, err := p.slot(ctx, q)
		// The patience for a server begins when it is asked, not when our own queue did.
		start := time.Now()
		if err == nil {
			err = p.converse(ctx, q, &s, start)
			release()
		}
		if err != nil {
			s.Failure = failureOf(ctx, err, q, begun, start)
		}
		return s
	})
}

// failureOf describes what ended a try that started some time after the first one begun.
func failureOf(ctx context.Context, err error, q question, begun, start time.Time) *evidence.Failure {
	now := time.Now()
	f := &evidence.Failure{
		Kind:   kindOf(ctx, err, q.server.Addr()),
		Detail: clip(strings.TrimPrefix(err.Error(), "dnsprobe: ")),
		At:     evidence.Seconds(now.Sub(begun)),
		Waited: evidence.Seconds(now.Sub(start)),
	}
	if f.Kind == evidence.Limit && ctx.Err() != nil {
		f.Detail = clip(context.Cause(ctx).Error())
	}
	if f.Kind == evidence.Timeout {
		f.Detail = "" // kind and time say it all
	}
	return f
}

// converse connects, sends the question and waits for its answer.
func (p *Probe) converse(ctx context.Context, q question, x *sent, start time.Time) error {
	co, stop, err := p.connect(ctx, &x.Exchange, start)
	if err != nil {
		return err
	}
	defer stop()
	query := q.message(x.EDNS)
	// The time of the question, and not of the connection: the difference is the way to the server and no wait for it.
	x.At = time.Now()
	if err := co.WriteMsg(query); err != nil {
		return err
	}
	return p.receive(ctx, co, query, x)
}

// connect makes a connection that ends with the deadline of the try, or with the context. Stop closes it.
func (p *Probe) connect(ctx context.Context, x *evidence.Exchange, start time.Time) (co *dns.Conn, stop func(), err error) {
	timeout := p.Timeout
	if timeout <= 0 {
		timeout = defaultTimeout
	}
	// One deadline for all of it: a server that accepts a connection and then drips may not take longer than one that is silent.
	deadline := start.Add(timeout)
	dialing, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	x.At = start
	conn, err := p.Dialer.DialContext(dialing, x.Transport, x.Server)
	if err != nil {
		return nil, nil, err
	}
	if err := conn.SetDeadline(deadline); err != nil {
		conn.Close()
		return nil, nil, err
	}
	// A deadline in the past wakes the read that a cancelled context cannot reach.
	wake := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	return &dns.Conn{Conn: conn, UDPSize: maxDatagram}, func() { wake(); conn.Close() }, nil
}

// receive waits for the message that answers the query. Datagrams that do not are passed over: they may be late
// answers, or forged ones whose sender hopes that the first guess counts (RFC 5452 section 9.1).
func (p *Probe) receive(ctx context.Context, co *dns.Conn, query *dns.Msg, x *sent) error {
	for range maxStrays {
		raw, err := co.ReadMsgHeader(nil)
		// A datagram that is shorter than a header is a stray like any other.
		if err != nil && !errors.Is(err, dns.ErrShortRead) {
			return err
		}
		// Before it is read: a message may take a hundred times its length to read.
		if err := p.allowance(ctx).pay(len(raw)); err != nil {
			return err
		}
		x.octets += len(raw)
		p.wire().decoding.Lock()
		ours, err := record(&x.Exchange, query, raw)
		p.wire().decoding.Unlock()
		if ours {
			x.RTT = evidence.Seconds(time.Since(x.At))
			return err
		}
		// Over TCP nobody else can have sent it.
		if x.Transport == tcp {
			return failure{evidence.Malformed, "what came over TCP does not answer the question"}
		}
	}
	return failure{evidence.Malformed, fmt.Sprintf("%d datagrams came that do not answer the question", maxStrays)}
}

// message is the question on the wire.
func (q question) message(edns bool) *dns.Msg {
	m := &dns.Msg{
		MsgHdr:   dns.MsgHdr{Id: dns.Id(), RecursionDesired: q.role == evidence.Resolver || q.role == evidence.Foreign},
		Question: []dns.Question{{Name: dns.Fqdn(q.name), Qtype: dns.StringToType[q.rrtype], Qclass: dns.ClassINET}},
	}
	if edns {
		// Of name servers signatures are asked for, as nearly every resolver does (RFC 3225): so what they say is what resolvers hear. The
		// resolver's own word on signatures is its AD bit.
		m.SetEdns0(ednsSize, q.signed())
		// A resolver tells AD only to those who say that they understand it (RFC 6840 section 5.7).
		m.AuthenticatedData = m.RecursionDesired
	}
	return m
}

// signed tells whether signatures are asked for wherever EDNS is used.
func (q question) signed() bool { return q.role == evidence.Authoritative && !q.bare }

// cutShort is how questions fail that the end of their context cut short: by its cause, if that knows a kind.
func cutShort(ctx context.Context) evidence.FailureKind {
	var own kinder
	if errors.As(context.Cause(ctx), &own) {
		return own.FailureKind()
	}
	return evidence.Interrupted
}

// kindOf classes an error of dialing, sending or receiving.
func kindOf(ctx context.Context, err error, server netip.Addr) evidence.FailureKind {
	var own kinder
	var timeout net.Error
	var operation *net.OpError
	var protocol *dns.Error
	switch {
	// First, because a context that ends closes connections, and that looks like a failure of theirs.
	case ctx.Err() != nil:
		return cutShort(ctx)
	case errors.As(err, &own):
		return own.FailureKind()
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded),
		errors.As(err, &timeout) && timeout.Timeout():
		return evidence.Timeout
	// With UDP an ICMP message that the port is closed, which the system hands on to the next read.
	case errors.Is(err, syscall.ECONNREFUSED):
		return evidence.Refused
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return evidence.Reset
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.EOF
	case errors.As(err, &protocol):
		return evidence.Malformed
	case shortage.Of(err):
		return evidence.NoRoute
	case errors.Is(err, syscall.ENETUNREACH) && errors.As(err, &operation) && operation.Op == "dial" && (server.Is6() || operation.Net == udp):
		// A machine without that family fails here before it sends anything. Over TCP a router on the way may have said so too.
		return evidence.NoRoute
	}
	return evidence.Unreachable
}
