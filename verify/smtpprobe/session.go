package smtpprobe

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/netip"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/transcript"
)

// settle is how long the line has to be quiet before a command. What comes in that time is a second answer to the command before
// it, and would be taken for the answer to the next one. A server that writes such an answer apart sends it within a round trip.
const settle = 50 * time.Millisecond

// lastWords is how long anything may follow the reply to QUIT, behind which a server closes (RFC 5321 section 4.1.1.10).
const lastWords = time.Second

// session is one conversation while it lasts. It lives for a single Run, so it may hold that call's context.
type session struct {
	probe  Probe
	ask    Ask
	ctx    context.Context
	start  time.Time
	conn   net.Conn  // the TCP connection, also below TLS
	tls    *tls.Conn // nil until the handshake begins
	in     *reader
	over   bool   // nothing can be said or heard any more
	about  string // label of the events that follow; "" in the plain course of a session
	record evidence.Session
}

// newSession is apart from who waits for the session: thousands wait at a time, and what is put together here need not lie on the stack of
// each meanwhile.
func newSession(ctx context.Context, p Probe, ask Ask) *session {
	start := time.Now()
	return &session{
		probe: p, ask: ask, ctx: ctx, start: start,
		record: evidence.Session{
			Host:      ask.Host,
			Address:   ask.Address.Addr().String(),
			Port:      int(ask.Address.Port()),
			Control:   ask.GreetingOnly,
			StartedAt: start.UTC(),
			Events:    []evidence.Event{},
		},
	}
}

// run sends QUIT whatever happened, as long as the connection stands: a client that just hangs up is logged as an attack by some
// servers.
func (s *session) run() {
	if !s.connect() {
		return
	}
	// The raw connection is closed: tls.Conn.Close would wait 5 s for a peer that does not read.
	defer s.conn.Close()
	// Closing ends every wait at once, whatever deadline stands.
	stop := context.AfterFunc(s.ctx, func() { s.conn.Close() })
	defer stop()

	if s.greeting() == 220 && !s.ask.GreetingOnly {
		s.dialogue()
	}
	s.quit()
}

// connect makes the connection and records how.
func (s *session) connect() bool {
	s.watch(evidence.StepConnect, ConnectLimit)
	event := evidence.Event{Step: evidence.StepConnect, Start: s.now()}
	ctx, cancel := context.WithDeadline(s.ctx, s.start.Add(ConnectLimit))
	defer cancel()
	conn, err := s.probe.Dialer.DialContext(ctx, "tcp", s.ask.Address.String())
	if err != nil {
		event.Failure = s.dialFailure(err)
		s.add(event)
		return false
	}
	s.conn = conn
	// Behind a proxy our own address says nothing of where the server met us from.
	s.record.SameNetwork = !s.probe.Proxied && sameNetwork(conn.LocalAddr(), s.ask.Address.Addr())
	s.in = &reader{from: conn, now: s.now}
	event.End = s.now()
	s.add(event)
	return true
}

// sameNetwork tells whether our end of a connection lies in the network of the server.
func sameNetwork(local net.Addr, server netip.Addr) bool {
	tcp, ok := local.(*net.TCPAddr)
	return ok && netrange.Near(server, tcp.AddrPort().Addr())
}

// greeting reads the opening reply, all lines of it, and returns its code.
func (s *session) greeting() int {
	return s.await(s.begin(evidence.StepGreeting, s.probe.Patience))
}

// dialogue is everything between the greeting and QUIT.
func (s *session) dialogue() {
	if !s.hello() {
		return
	}
	// Before STARTTLS, since afterwards there is no plain session left to ask in.
	if s.ask.Plain != nil {
		s.hold(*s.ask.Plain)
	}
	if s.ask.TLS && !s.startTLS() {
		return
	}
	if s.ask.Recipient != "" {
		s.transaction()
		if len(s.ask.Transactions) > 0 {
			// The RSET is there for the labelled part only. In the plain course it would be one more step that no reporter makes.
			s.about = s.ask.Transactions[0].About
			s.command(evidence.StepRSET, "RSET", s.probe.Patience)
			s.about = ""
		}
	}
	s.labelled()
}

// hello says EHLO, and HELO to a server that does not know EHLO (RFC 5321 section 3.2).
func (s *session) hello() bool {
	code := s.ehlo(evidence.StepEHLO)
	if code == 250 || code == 0 || !transcript.UnknownEHLO(s.record.Events[len(s.record.Events)-1].Reply) {
		return code == 250
	}
	return s.command(evidence.StepHELO, "HELO "+s.probe.Helo, s.probe.Patience) == 250
}

// ehlo is not sent with a name that cannot stand there: the syntax error would be ours, and its refusal look like the server's.
func (s *session) ehlo(step evidence.Step) int {
	if !isArgument(s.probe.Helo) {
		s.refuse(step, "the EHLO name cannot stand in a command; EHLO was not sent")
		return 0
	}
	return s.command(step, "EHLO "+s.probe.Helo, s.probe.Patience)
}

// startTLS reports whether the session can go on: encrypted, or in plain text after a refusal.
func (s *session) startTLS() bool {
	if code := s.command(evidence.StepSTARTTLS, "STARTTLS", s.probe.Patience); code != 220 {
		return code != 0
	}
	if s.ask.BareHello {
		s.bareHello()
		return false
	}
	// RFC 3207 section 4.2: what was learned before the handshake is forgotten, so EHLO is sent again.
	return s.handshake() && s.ehlo(evidence.StepEHLOTLS) == 250
}

// transaction goes as far as the reply to RCPT, which is only timed. The null sender cannot cause bounces. A mailbox is named as
// the caller wrote it: quoting it here could turn it into another one.
func (s *session) transaction() {
	if !isArgument(s.ask.Recipient) {
		s.refuse(evidence.StepRCPT, "the recipient cannot stand in a command; MAIL and RCPT were not sent")
		return
	}
	if code := s.command(evidence.StepMAIL, "MAIL FROM:<>", s.probe.Patience); code/100 == 2 {
		s.command(evidence.StepRCPT, "RCPT TO:<"+s.ask.Recipient+">", s.probe.Patience)
	}
}

// quit takes leave, if anybody is still there.
func (s *session) quit() {
	// Our own patience may be shorter still, for a user who is in a hurry.
	code := s.command(evidence.StepQUIT, "QUIT", min(QuitLimit, s.probe.Patience))
	if code != 0 {
		s.listen()
	}
	if code != 0 && s.tls != nil {
		// Some servers log an error without the closing alert. A peer that answered QUIT reads it at once.
		_ = s.tls.CloseWrite()
	}
}

// listen makes sure that nothing follows the reply to QUIT. What does is the answer to it, so that the replies before it may each
// have been the answer to another command.
func (s *session) listen() {
	if !s.speaks(lastWords) {
		return
	}
	last := &s.record.Events[len(s.record.Events)-1]
	said, _ := s.in.read()
	failure := outOfStep("the server said more behind its reply to QUIT", said)
	failure.At = s.now()
	failure.Waited = failure.At - last.Start
	last.Failure, last.End = failure, failure.At
}

// speaks waits for a while and tells whether the server says anything. It never takes a byte: what is there stays pending for the
// next read.
func (s *session) speaks(wait time.Duration) bool {
	_ = s.conn.SetReadDeadline(time.Now().Add(wait))
	_ = s.in.fill() // what ends the connection is found again by whoever reads next
	return len(s.in.pending) > 0
}

// outOfStep is the failure of a step whose reply cannot be told from those to others.
func outOfStep(why string, said *evidence.Reply) *evidence.Failure {
	if said != nil && len(said.Lines) > 0 {
		why += "; it said: " + said.Lines[0].Text
	}
	return &evidence.Failure{Kind: evidence.OutOfStep, Detail: words(why)}
}

// command sends a line, reads the reply to it and returns its code, or 0 if the session is over.
func (s *session) command(step evidence.Step, line string, limit time.Duration) int {
	if s.over {
		return 0
	}
	if s.speaks(settle) {
		// A reply that stands there before its command answers nothing, and every later one would be taken for the answer to
		// the wrong command.
		return s.outOfTurn(s.begin(step, QuitLimit), nil)
	}
	event := s.begin(step, limit)
	if _, err := io.WriteString(s.out(), line+"\r\n"); err != nil {
		return s.outOfTurn(event, s.failure(event, err))
	}
	// Only what was really written counts as sent.
	event.Sent = line
	return s.await(event)
}

// out is where commands go: into the TLS layer once there is one.
func (s *session) out() io.Writer {
	if s.tls != nil {
		return s.tls
	}
	return s.conn
}

// begin opens a step. Its deadline is absolute: a server that drips does not renew it.
func (s *session) begin(step evidence.Step, limit time.Duration) evidence.Event {
	now := s.now()
	s.watch(step, s.limit(now, limit))
	return evidence.Event{Step: step, About: s.about, Start: now}
}

// limit sets the deadline of the next wait and returns how long it may last.
func (s *session) limit(now evidence.Seconds, limit time.Duration) time.Duration {
	// The limit of the session comes first: what is left of it may be less than the step would get.
	limit = min(limit, SessionLimit-now.D())
	// An error here means a closed connection, which the next read or write reports.
	_ = s.conn.SetDeadline(s.start.Add(now.D() + limit))
	return limit
}

// await reads the reply that completes an event and returns its code, or 0 if the session is over.
func (s *session) await(event evidence.Event) int {
	reply, err := s.in.read()
	event.Reply = reply
	switch {
	case err != nil:
		event.Failure = s.failure(event, err)
	case !transcript.Plausible(event.Step, reply):
		event.Failure = outOfStep("no server answers this step so", reply)
		// The reply may have come before the step began, which must not make its time negative.
		event.Failure.At = max(reply.LastByte, event.Start)
		event.Failure.Waited = event.Failure.At - event.Start
	}
	return s.add(event)
}

// outOfTurn completes an event whose command was not sent, because the server had already spoken or the connection
// was broken (failure). A server may say 421 at any time before it closes (RFC 5321 section 3.8): that is its
// reply. Anything else is quoted but not recorded as a reply, so that nobody can take it for the answer to a
// command.
func (s *session) outOfTurn(event evidence.Event, failure *evidence.Failure) int {
	if failure == nil {
		failure = outOfStep("the server spoke before it was its turn", nil)
	}
	if failure.Kind != evidence.Timeout {
		// The words are only for the reason that is shown, so that they are not worth a full wait.
		s.limit(s.now(), QuitLimit)
		reply, err := s.in.read()
		if err == nil && reply.Code == 421 {
			event.Reply = reply
			return s.add(event)
		}
		if reply != nil {
			failure.Detail = words(failure.Detail + "; it said: " + reply.Lines[0].Text)
		} else if end := s.failure(event, err); end.Kind != evidence.Timeout {
			// A write to a connection that is gone fails as a broken pipe; how it ended, only a read tells.
			failure = end
		}
	}
	failure.At = s.now()
	failure.Waited = failure.At - event.Start
	event.Failure = failure
	return s.add(event)
}

// refuse records a step that was left out because its command could not be built safely. The session may go on. It took no time and
// is no wait: Waited stays zero.
func (s *session) refuse(step evidence.Step, why string) {
	now := s.now()
	failure := &evidence.Failure{Kind: evidence.Malformed, Detail: why, At: now}
	s.record.Events = append(s.record.Events, evidence.Event{Step: step, About: s.about, Start: now, End: now, Failure: failure})
}

// add closes an event, and the session if this was its end. It returns the code of the reply, or 0 if the session
// is over.
func (s *session) add(event evidence.Event) int {
	code := 0
	switch {
	case event.Failure != nil:
		event.End = event.Failure.At
		s.over = true
	case event.Reply != nil:
		// A 421 that came before its turn is older than the event.
		event.End = max(event.Reply.LastByte, event.Start)
		code = event.Reply.Code
	}
	s.record.Events = append(s.record.Events, event)
	if code == 421 { // the server closes after it (RFC 5321 section 3.8), so QUIT has no reader
		s.over, code = true, 0
	}
	return code
}

// now is on the monotonic clock, so that setting the clock meanwhile changes no measured time.
func (s *session) now() evidence.Seconds { return evidence.Seconds(time.Since(s.start)) }

func (s *session) watch(step evidence.Step, limit time.Duration) {
	if s.probe.Watch != nil {
		s.probe.Watch(step, limit)
	}
}

// isArgument reports whether a name or mailbox can stand in a command without ending it, adding a parameter or
// closing a path. 8-bit mailboxes need SMTPUTF8 (RFC 6531), which is not used here. 254 is the longest path of RFC
// 5321 section 4.5.3.1.3 without its brackets.
func isArgument(s string) bool {
	refused := func(r rune) bool { return r <= ' ' || r > '~' || r == '<' || r == '>' }
	return s != "" && len(s) <= 254 && !strings.ContainsFunc(s, refused)
}
