// Package smtpprobe is the patient SMTP client: it holds one session with one server and writes down every reply
// with the time of its bytes, for package verify, which derives facts from that. It follows RFC 5321 (its waits are
// those of section 4.5.3.2) and RFC 3207 for STARTTLS.
//
// It reads replies by itself because net/smtp throws the first EHLO line away and net/textproto knows no times.
//
// It refuses to judge: what a reply or a failure means is decided elsewhere. It never sends a message (the command
// for that does not exist here), never sends anything before the whole greeting has come, never sends a command
// before the reply to the one before it, never goes on where replies and commands are out of step, and never verifies a
// certificate. Everything the server sends is hostile:
// bytes, lines and waits have limits.
package smtpprobe

import (
	"context"
	"net"
	"net/netip"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/transcript"
)

// The longest waits beside those for a reply, for which transcript.ReplyLimit is enough.
const (
	// ConnectLimit is what Postfix allows for a connection (smtp_connect_timeout, seen 2026-08); RFC 5321 names none.
	ConnectLimit = 30 * time.Second
	// SessionLimit holds beside the limit of each reply, so that a server that drips cannot hold us for hours. It leaves
	// room for two replies that take nearly their whole limit.
	SessionLimit = 10 * time.Minute
	// QuitLimit is short because nothing depends on the reply to QUIT.
	QuitLimit = 5 * time.Second
)

// The most that one reply may hold. RFC 5321 section 4.5.3.1.5 allows 512 bytes for a reply line and sets no limit
// to the number of lines; the generous limits keep sloppy servers readable and memory bounded.
const (
	MaxReplyBytes = 64 << 10
	MaxLineBytes  = 16 << 10
	MaxReplyLines = 512
)

// Dialer makes the connection; *net.Dialer, a SOCKS dialer and the network in memory fit.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Probe says how sessions are held. It may be used by several goroutines at once if its Dialer and Watch may.
type Probe struct {
	Dialer Dialer
	// A name that does not resolve makes some servers refuse the tester, and so the test.
	Helo     string        // FQDN or address literal given in EHLO
	Patience time.Duration // longest wait for one reply; 0 means transcript.ReplyLimit
	Proxied  bool          // the Dialer goes through a proxy: any dial failure is evidence.ProxyFailed
	// Watch, if set, is called when a wait begins, with the longest it may last. It is for progress that a user sees: a wait of
	// minutes should look like one.
	Watch func(evidence.Step, time.Duration)
}

// Ask says which server to talk to, and how far.
//
// Helo and Recipient stand in commands, and a recipient comes out of a stranger's report. One that holds anything
// but printable ASCII, or a blank, "<" or ">", is not sent: the step in which it would stand (EHLO, RCPT) is
// recorded with evidence.Malformed and without Sent, and the session goes on to QUIT. Quoted local parts with
// blanks are lost by that. The same holds for every sender, recipient and argument of the labelled part.
//
// The labelled part (Plain, Transactions, Questions) is asked only where a finding is about it. Its events carry their
// label, so that they are never taken for those of the plain course, whose times they must not spoil.
type Ask struct {
	Host         string // SNI and label; "" for an address literal
	Address      netip.AddrPort
	Recipient    string // mailbox for RCPT; "" sends neither MAIL nor RCPT
	TLS          bool   // do STARTTLS, listed or not: the answer tells "missing" from "hidden"
	BareHello    bool   // in place of a handshake only look whether any server hello comes, to a hello that offers all there ever was
	GreetingOnly bool   // a control: connect, greeting, QUIT

	Plain        *Transaction  // held before STARTTLS
	Transactions []Transaction // held after STARTTLS, and after Recipient
	Questions    []Question    // asked last
	// It tells whether a reply refuses the sender rather than the recipient; nil takes none for that.
	SenderRefused func(evidence.Reply) bool
}

// Run holds one session and returns all that was seen of it, also when ctx ends it. The caller numbers the attempts.
func (p Probe) Run(ctx context.Context, ask Ask) evidence.Session {
	if p.Patience <= 0 {
		p.Patience = transcript.ReplyLimit
	}
	s := newSession(ctx, p, ask)
	s.run()
	return s.record
}
