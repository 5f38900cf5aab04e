package verify

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtpprobe"
)

// Derive turns evidence into facts. It is pure: the same bundle gives the same facts, now and in ten years. What the bundle does
// not show is unknown, with the reason; a timeout, a refusal or a missing answer never becomes a no.
func Derive(b *evidence.Bundle) *facts.Set {
	d := &derivation{bundle: b, set: &facts.Set{}}
	for i := range b.Targets {
		d.target(&b.Targets[i])
	}
	return d.set
}

type derivation struct {
	bundle *evidence.Bundle
	set    *facts.Set
}

func subjectOf(host, address string) facts.Subject {
	return facts.Subject{Kind: facts.Session, Name: host, At: address}
}

// target derives everything about one name or address of the report.
func (d *derivation) target(t *evidence.Target) {
	if d.bundle.Vantage.Invents && t.Kind != "address" {
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the resolver " + d.bundle.Vantage.Resolver +
			" answers for names that do not exist, so its answers cannot be trusted; name another with --resolver"}
		for _, kind := range []facts.SubjectKind{facts.Session, facts.Server, facts.Zone} {
			d.set.NoViews(t.Name, kind, why)
		}
		return
	}
	greeting := facts.Fact{Name: facts.SMTPHostsGreeting, At: d.bundle.FinishedAt, Evidence: "all sessions"}
	count := 0
	for _, h := range t.Hosts {
		for _, a := range h.Addresses {
			subject := subjectOf(h.Name, a)
			d.set.AddView(t.Name, subject)
			if d.session(subject) {
				count++
			} else if !d.proveDead(subject) {
				greeting.AtLeast = true // it may greet others
			}
		}
		if len(h.Addresses) == 0 {
			d.hostWithoutAddress(t.Name, h)
			greeting.AtLeast = true
		}
	}
	greeting.Value = facts.IntValue(int64(count))
	if len(d.set.Views(t.Name, facts.Session)) == 0 {
		d.set.NoViews(t.Name, facts.Session, d.whyNoHosts(t))
	}
	d.set.Put(facts.Subject{Kind: facts.Target, Name: t.Name}, greeting)
	d.zone(t)
}

// network is what the run shows about our own way out to an address.
func (d *derivation) network(address string) evidence.WayOut {
	if addr, err := netip.ParseAddr(address); err == nil && addr.Is6() {
		return d.bundle.Vantage.SMTPOut6
	}
	return d.bundle.Vantage.SMTPOut
}

// proveDead tells whether it is known that an address does not serve: no connection, or no greeting for as long as we cared
// to wait.
func (d *derivation) proveDead(subject facts.Subject) bool {
	connected, _ := d.set.Get(facts.SMTPConnectOK, subject)
	latency, _ := d.set.Get(facts.SMTPGreetingLatency, subject)
	return connected.Known() && !connected.Value.Bool() || latency.AtLeast
}

func (d *derivation) whyNoHosts(t *evidence.Target) facts.Unknown {
	switch {
	case t.Trouble != nil && (t.Trouble.Kind == evidence.NXDomain || t.Trouble.Kind == evidence.NoData):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " leads to no address: " + because(t.Trouble)}
	case t.Trouble != nil:
		return unanswered(t.Trouble, "the look-up of "+t.Name)
	case t.Kind == "domain":
		return facts.Unknown{Code: facts.NotFound, Detail: "the MX records of " + t.Name + " lead to no host; a null MX says that it takes no mail"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "no address of " + t.Name + " was tested"}
}

// hostWithoutAddress keeps a host that could not be followed visible: nothing about it is known, and it is named.
func (d *derivation) hostWithoutAddress(target string, h evidence.Host) {
	subject := subjectOf(h.Name, "no address")
	d.set.AddView(target, subject)
	why := facts.Unknown{Code: facts.NotFound, Detail: h.Name + " has no address"}
	if h.Trouble != nil && h.Trouble.Kind != evidence.NXDomain && h.Trouble.Kind != evidence.NoData {
		why = unanswered(h.Trouble, "the look-up of "+h.Name)
	}
	for _, def := range facts.Definitions() {
		if def.Scope == facts.Session {
			d.set.Put(subject, facts.Fact{Name: def.Name, Why: why})
		}
	}
}

// session derives the facts of one address from its sessions, and tells whether it greeted with 220.
func (d *derivation) session(subject facts.Subject) bool {
	var sessions []numbered
	for i := range d.bundle.Sessions {
		s := &d.bundle.Sessions[i]
		if !s.Control && s.Host == subject.Name && s.Address == subject.At {
			sessions = append(sessions, numbered{s, i + 1})
		}
	}
	put := func(f facts.Fact) { d.set.Put(subject, f) }
	d.reverse(subject, put)
	if len(sessions) == 0 {
		why := facts.Unknown{Code: facts.Untested, Detail: "no session with " + subject.String() + " was held"}
		if d.bundle.Interrupted || d.bundle.Expired {
			why = facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the session with " + subject.String()}
		}
		for _, def := range facts.Definitions() {
			if def.Scope == facts.Session && def.Name != facts.DNSPTRNames && def.Name != facts.DNSPTRMissing {
				put(facts.Fact{Name: def.Name, Why: why})
			}
		}
		return false
	}
	best := bestOf(sessions)
	d.connection(best, put)
	slowest := slowestGreeting(sessions, best)
	d.greeting(subject, slowest, put)
	d.dialogue(best, put)
	d.contradiction(subject, put)
	d.encryption(sessions, put)
	return greeted(*slowest.Session)
}

// slowestGreeting is the session that shows how long strangers wait. A server may know us the second time and greet at once;
// the reporter met it as we did first.
func slowestGreeting(sessions []numbered, best numbered) numbered {
	slowest := best
	for _, s := range sessions {
		if !greeted(*s.Session) {
			continue
		}
		if !greeted(*slowest.Session) || s.Event(evidence.StepGreeting).Waited() > slowest.Event(evidence.StepGreeting).Waited() {
			slowest = s
		}
	}
	return slowest
}

// contradiction takes back the time of a dialogue that was shorter than the greeting of another session alone.
func (d *derivation) contradiction(subject facts.Subject, put func(facts.Fact)) {
	total, _ := d.set.Get(facts.SMTPTransactionTotal, subject)
	greeting, _ := d.set.Get(facts.SMTPGreetingLatency, subject)
	if total.Known() && greeting.Known() && greeting.Value.Duration() > total.Value.Duration() {
		put(facts.Fact{Name: total.Name, Why: facts.Unknown{Code: facts.Disagreement,
			Detail: "the sessions with this address took different times to greet, and none was complete at the first visit"}})
	}
}

// numbered is a session and its number in the evidence, for references.
type numbered struct {
	*evidence.Session
	n int
}

func (s numbered) fact(name facts.Name, e *evidence.Event) facts.Fact {
	return facts.Fact{Name: name, At: s.StartedAt.Add(e.End.D()), Evidence: fmt.Sprintf("session %d, %s", s.n, e.Step)}
}

// bestOf is the session that came furthest, the first of several: a second try is made only to get further.
func bestOf(sessions []numbered) numbered {
	best := sessions[0]
	for _, s := range sessions[1:] {
		if reach(s.Session) > reach(best.Session) {
			best = s
		}
	}
	return best
}

// reach counts the steps that succeeded.
func reach(s *evidence.Session) int {
	n := 0
	for _, e := range s.Events {
		if e.Failure == nil && (e.Reply == nil || e.Reply.Code < 400) {
			n++
		}
	}
	return n
}

// because writes a failure as a clause.
func because(f *evidence.Failure) string {
	words := map[evidence.FailureKind]string{
		evidence.Timeout: "no answer within " + facts.FormatDuration(f.Waited.D()), evidence.Refused: "the connection was refused",
		evidence.Unreachable: "the address cannot be reached", evidence.Reset: "the connection was reset",
		evidence.EOF: "the other end closed the connection", evidence.TooLong: "the answer was longer than any proper one",
		evidence.Malformed: "the answer was not proper", evidence.TLSFailed: "the TLS handshake failed",
		evidence.ProxyFailed: "the proxy gave no connection", evidence.NXDomain: "the name does not exist",
		evidence.NoData: "there is no such record", evidence.ServFail: "the name server gave no usable answer",
		evidence.Private: "the address is private, local or reserved", evidence.NoRoute: "this machine has no route of that address family",
		evidence.Limit: "left out, the run touches enough hosts already", evidence.Interrupted: "the run was ended first",
	}[f.Kind]
	if words == "" {
		words = "it failed"
	}
	return words
}

// unknown turns a failure into the reason why a fact is not known.
func unknown(f *evidence.Failure, what string) facts.Unknown {
	code, ok := map[evidence.FailureKind]facts.Code{
		evidence.Interrupted: facts.Interrupted, evidence.Private: facts.Private, evidence.Limit: facts.Untested,
		evidence.NXDomain: facts.ServFail, evidence.NoData: facts.ServFail, evidence.ServFail: facts.ServFail,
	}[f.Kind]
	if !ok {
		code = facts.ConnectFailed
	}
	return facts.Unknown{Code: code, Detail: what + " gave nothing: " + because(f)}
}

// unanswered is unknown for a look-up: whatever kept the name server from answering, it gave no usable answer.
func unanswered(f *evidence.Failure, what string) facts.Unknown {
	why := unknown(f, what)
	if why.Code == facts.ConnectFailed {
		why.Code = facts.ServFail
	}
	return why
}

// connection derives what the TCP connection shows.
func (d *derivation) connection(s numbered, put func(facts.Fact)) {
	route := facts.Fact{Name: facts.SMTPRouteOK, Value: facts.BoolValue(true), At: s.StartedAt, Evidence: fmt.Sprintf("session %d", s.n)}
	put(facts.Fact{Name: facts.SMTPPort, Value: facts.IntValue(int64(s.Port)), At: s.StartedAt, Evidence: fmt.Sprintf("session %d", s.n)})
	e := s.Event(evidence.StepConnect)
	if e == nil {
		return
	}
	if e.Failure != nil && e.Failure.Kind == evidence.NoRoute {
		route.Value, route.Why = facts.Value{}, unknown(e.Failure, "the connection")
	}
	put(route)
	put(facts.Fact{Name: facts.SMTPNetworkOpen, Value: facts.BoolValue(d.network(s.Address) == evidence.Open), At: s.StartedAt, Evidence: "all sessions"})
	ok, latency := s.fact(facts.SMTPConnectOK, e), s.fact(facts.SMTPConnectLatency, e)
	switch {
	case e.Failure == nil:
		ok.Value, latency.Value = facts.BoolValue(true), facts.DurationValue(e.Waited())
	case d.reallyUnreachable(s.Address, e.Failure):
		ok.Value = facts.BoolValue(false)
		latency.Why = unknown(e.Failure, "the connection")
	default:
		ok.Why = d.whyNoConnection(s.Address, e.Failure)
		latency.Why = ok.Why
	}
	put(ok)
	put(latency)
}

// reallyUnreachable tells whether a failed connection is the server's: another server could be reached in the same run, or
// nothing contradicts a plain refusal. Behind a proxy, and without a route, it never is.
func (d *derivation) reallyUnreachable(address string, f *evidence.Failure) bool {
	switch f.Kind {
	case evidence.Refused:
		return d.network(address) != evidence.Closed
	case evidence.Timeout, evidence.Unreachable, evidence.Reset, evidence.EOF:
		return d.network(address) == evidence.Open
	}
	return false
}

func (d *derivation) whyNoConnection(address string, f *evidence.Failure) facts.Unknown {
	if d.network(address) == evidence.Closed && failureOfNetwork(f) {
		return facts.Unknown{Code: facts.NetworkClosed,
			Detail: "no SMTP server could be reached from this network, not even the controls; the connection gave nothing: " + because(f)}
	}
	return unknown(f, "the connection")
}

func failureOfNetwork(f *evidence.Failure) bool {
	return slices.Contains([]evidence.FailureKind{evidence.Timeout, evidence.Refused, evidence.Unreachable, evidence.Reset, evidence.EOF}, f.Kind)
}

// before tells why a later step of the session was never reached.
func (d *derivation) before(s numbered) facts.Unknown {
	for i := range s.Events {
		e := &s.Events[i]
		switch {
		case e.Step == evidence.StepConnect && e.Failure != nil:
			return d.whyNoConnection(s.Address, e.Failure)
		case e.Step == evidence.StepGreeting && e.Failure != nil && d.network(s.Address) == evidence.Closed && unanswered220(*s.Session):
			return facts.Unknown{Code: facts.NetworkClosed, Detail: "no SMTP server greeted this network, not even the controls; something on the way may accept connections for everybody"}
		case e.Step == evidence.StepGreeting && e.Failure != nil:
			why := unknown(e.Failure, "the greeting")
			if why.Code == facts.ConnectFailed {
				why.Code = facts.NoGreeting
			}
			return why
		case e.Failure != nil:
			return unknown(e.Failure, stepText(e))
		case e.Reply != nil && e.Reply.Code >= 400:
			return refusal(e)
		}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the session did not ask for it"}
}

// stepText names a step by its command, or by itself where nothing was sent.
func stepText(e *evidence.Event) string {
	if e.Sent != "" {
		return e.Sent
	}
	return string(e.Step)
}

// refusal is the reason for which a server that answers tells nothing.
func refusal(e *evidence.Event) facts.Unknown {
	what := "the connection"
	if e.Sent != "" {
		what = e.Sent
	}
	return facts.Unknown{Code: facts.Refused, Detail: fmt.Sprintf("the server answered %s with %s", what, lastLine(e.Reply))}
}

func lastLine(r *evidence.Reply) string {
	if len(r.Lines) == 0 {
		return fmt.Sprint(r.Code)
	}
	return r.Lines[len(r.Lines)-1].Text
}

// greeting derives what the greeting shows. A greeting other than 220 turns the tester away: then nothing about delays or
// names is known, because another client may be greeted otherwise.
func (d *derivation) greeting(subject facts.Subject, s numbered, put func(facts.Fact)) {
	e := s.Event(evidence.StepGreeting)
	names := []facts.Name{facts.SMTPGreetingReceived, facts.SMTPGreetingCode, facts.SMTPGreetingText, facts.SMTPGreetingLatency,
		facts.SMTPGreetingFirstByte, facts.SMTPGreetingHasPTR}
	if e == nil || e.Failure != nil || e.Reply == nil || e.Reply.Code != 220 {
		why := d.before(s)
		for _, name := range names {
			put(facts.Fact{Name: name, Why: why})
		}
		if e == nil {
			return
		}
		if bound, ok := waitedInVain(e); ok && d.network(s.Address) != evidence.Closed {
			latency := s.fact(facts.SMTPGreetingLatency, e)
			latency.Value, latency.AtLeast = facts.DurationValue(bound), true
			put(latency)
		}
		if e.Failure == nil && e.Reply != nil {
			code := s.fact(facts.SMTPGreetingCode, e)
			code.Value = facts.IntValue(int64(e.Reply.Code))
			put(code)
		}
		return
	}
	values := map[facts.Name]facts.Value{
		facts.SMTPGreetingReceived:  facts.BoolValue(true),
		facts.SMTPGreetingCode:      facts.IntValue(220),
		facts.SMTPGreetingText:      facts.TextValue(joined(e.Reply)),
		facts.SMTPGreetingLatency:   facts.DurationValue(e.Waited()),
		facts.SMTPGreetingFirstByte: facts.DurationValue(e.Reply.FirstByte.D() - e.Start.D()),
	}
	for name, value := range values {
		f := s.fact(name, e)
		f.Value = value
		put(f)
	}
	put(d.containsPTR(subject, s.fact(facts.SMTPGreetingHasPTR, e), joined(e.Reply)))
}

// waitedInVain is the lower bound that a wait of ours gives when our own limit ended it.
func waitedInVain(e *evidence.Event) (time.Duration, bool) {
	if e.Failure == nil || e.Failure.Kind != evidence.Timeout {
		return 0, false
	}
	return e.Failure.Waited.D(), true
}

// joined is the text of a reply without the codes, lines joined by blanks.
func joined(r *evidence.Reply) string {
	var texts []string
	for _, l := range r.Lines {
		if len(l.Text) > 4 {
			texts = append(texts, l.Text[4:])
		}
	}
	return strings.Join(texts, " ")
}

func (d *derivation) containsPTR(subject facts.Subject, f facts.Fact, greeting string) facts.Fact {
	names, _ := d.set.Get(facts.DNSPTRNames, subject)
	if !names.Known() {
		f.Why = names.Why
		return f
	}
	contains := slices.ContainsFunc(names.Value.List(), func(name string) bool {
		return name != "" && strings.Contains(strings.ToLower(greeting), strings.ToLower(name))
	})
	f.Value = facts.BoolValue(contains)
	return f
}

// reverse derives the names found by reverse look-up of an address.
func (d *derivation) reverse(subject facts.Subject, put func(facts.Fact)) {
	defer func() { put(missingPTR(d.set, subject)) }()
	f := facts.Fact{Name: facts.DNSPTRNames, Why: facts.Unknown{Code: facts.Untested, Detail: "the reverse look-up of " + subject.At + " was not asked"}}
	addr, err := netip.ParseAddr(subject.At)
	if err != nil {
		return
	}
	exchanges, n := d.exchanges(evidence.Resolver, "", dnsprobe.ReverseName(addr), "PTR")
	if len(exchanges) == 0 {
		put(f)
		return
	}
	last := exchanges[len(exchanges)-1]
	f.At, f.Evidence = last.At, fmt.Sprintf("DNS exchange %d", n)
	switch trouble := dnsprobe.Trouble(exchanges); {
	case trouble == nil:
		f.Value = facts.ListValue(ptrNames(last))
	case trouble.Kind == evidence.NXDomain || trouble.Kind == evidence.NoData:
		f.Value = facts.ListValue(nil)
	default:
		f.Why = unanswered(trouble, "the reverse look-up of "+subject.At)
	}
	put(f)
}

func missingPTR(set *facts.Set, subject facts.Subject) facts.Fact {
	names, _ := set.Get(facts.DNSPTRNames, subject)
	f := names
	f.Name = facts.DNSPTRMissing
	if names.Known() {
		f.Value = facts.BoolValue(len(names.Value.List()) == 0)
	}
	return f
}

// exchanges returns all exchanges of a question with one party, and the number of the last one in the evidence.
func (d *derivation) exchanges(role evidence.Role, server, name, rrtype string) (found []evidence.Exchange, n int) {
	for i, x := range d.bundle.Exchanges {
		if x.Role == role && x.Type == rrtype && strings.EqualFold(x.Name, name) && (server == "" || addressOf(x.Server) == server) {
			found, n = append(found, x), i+1
		}
	}
	return found, n
}

func addressOf(server string) string {
	at, err := netip.ParseAddrPort(server)
	if err != nil {
		return server
	}
	return at.Addr().String()
}

// dialogue derives the times of the steps after the greeting.
func (d *derivation) dialogue(s numbered, put func(facts.Fact)) {
	for step, name := range map[evidence.Step]facts.Name{
		evidence.StepEHLO: facts.SMTPEHLOLatency, evidence.StepMAIL: facts.SMTPMAILLatency, evidence.StepRCPT: facts.SMTPRCPTLatency,
	} {
		put(d.latency(s, step, name))
	}
	put(d.listed(s))
	put(d.total(s))
}

// latency is the time to the reply of a step. A refusal of MAIL or RCPT is a reply too; 421 is not, it ends the session.
func (d *derivation) latency(s numbered, step evidence.Step, name facts.Name) facts.Fact {
	e := s.Event(step)
	if e == nil {
		return facts.Fact{Name: name, Why: d.before(s)}
	}
	f := s.fact(name, e)
	if bound, ok := waitedInVain(e); ok {
		f.Value, f.AtLeast = facts.DurationValue(bound), true
		return f
	}
	switch {
	case e.Failure != nil:
		f.Why = unknown(e.Failure, stepText(e))
	case e.Reply == nil || e.Reply.Code == 421 || step == evidence.StepEHLO && e.Reply.Code != 250:
		f.Why = d.before(s)
	default:
		f.Value = facts.DurationValue(e.Waited())
	}
	return f
}

// listed tells whether the reply to the first EHLO lists STARTTLS.
func (d *derivation) listed(s numbered) facts.Fact {
	e := s.Event(evidence.StepEHLO)
	if e == nil || e.Failure != nil || e.Reply == nil || e.Reply.Code != 250 {
		return facts.Fact{Name: facts.SMTPEHLOSTARTTLS, Why: d.before(s)}
	}
	f := s.fact(facts.SMTPEHLOSTARTTLS, e)
	f.Value = facts.BoolValue(slices.Contains(smtpprobe.Keywords(*e.Reply), "STARTTLS"))
	return f
}

// total is the time of the dialogue up to the reply to RCPT, or to MAIL where that was refused. Our STARTTLS test in between
// is taken out: the reporter does not make it.
func (d *derivation) total(s numbered) facts.Fact {
	last := s.Event(evidence.StepRCPT)
	if mail := s.Event(evidence.StepMAIL); last == nil && mail != nil && mail.Failure == nil && mail.Reply != nil && mail.Reply.Code >= 400 {
		last = mail
	}
	if last == nil {
		if mail := s.Event(evidence.StepMAIL); mail != nil {
			last = mail
		}
	}
	if last == nil {
		return facts.Fact{Name: facts.SMTPTransactionTotal, Why: d.before(s)}
	}
	f := s.fact(facts.SMTPTransactionTotal, last)
	step := d.latency(s, last.Step, facts.SMTPTransactionTotal)
	if !step.Known() {
		f.Why = step.Why
		return f
	}
	total := last.End.D()
	for _, e := range s.Events {
		if e.Step == evidence.StepSTARTTLS || e.Step == evidence.StepHandshake || e.Step == evidence.StepEHLOTLS {
			total -= e.Waited()
		}
	}
	// Where MAIL was refused the dialogue ended before RCPT: another client's would have lasted longer.
	f.Value, f.AtLeast = facts.DurationValue(total), step.AtLeast || last.Step == evidence.StepMAIL
	return f
}

// encryption merges what every session with the address shows about STARTTLS.
func (d *derivation) encryption(sessions []numbered, put func(facts.Fact)) {
	byResult := map[tlsResult][]facts.Fact{}
	version := facts.Fact{Name: facts.SMTPSTARTTLSVersion}
	for _, s := range sessions {
		result, fact := d.startTLS(s)
		byResult[result] = append(byResult[result], fact)
		if result == tlsWorks {
			version = s.fact(facts.SMTPSTARTTLSVersion, s.Event(evidence.StepHandshake))
			version.Value = facts.TextValue(s.Event(evidence.StepHandshake).TLS.Version)
		}
	}
	missing := mergeSTARTTLS(byResult)
	if !version.Known() {
		version.Why = missing.Why
		if missing.Known() {
			version.Why = facts.Unknown{Code: facts.Refused, Detail: "no encryption is offered"}
		}
	}
	put(missing)
	put(version)
}

// mergeSTARTTLS decides over all sessions: what works in one and is absent in another is a contradiction, and only what failed
// each time, twice at least, does not work.
func mergeSTARTTLS(byResult map[tlsResult][]facts.Fact) facts.Fact {
	works, absent, dead, unclear := byResult[tlsWorks], byResult[tlsAbsent], byResult[tlsDead], byResult[tlsUnknown]
	switch {
	case len(works) > 0 && len(absent) > 0:
		f := works[0]
		f.Why = facts.Unknown{Code: facts.Disagreement, Detail: "encryption was offered in one session with this address and not in another"}
		return f
	case len(works) > 0:
		return known(works[0], false)
	case len(absent) > 0:
		return known(absent[0], true)
	case len(dead) >= attempts:
		return known(dead[0], true)
	case len(dead) > 0:
		return dead[0]
	}
	return unclear[0]
}

// known makes a fact of one that had only a reason so far.
func known(f facts.Fact, value bool) facts.Fact {
	f.Value, f.Why = facts.BoolValue(value), facts.Unknown{}
	return f
}

type tlsResult uint8

const (
	tlsUnknown tlsResult = iota
	tlsWorks             // a handshake was finished
	tlsAbsent            // not listed, and rejected as an unknown command
	tlsDead              // listed, but it failed this time
)

// startTLS classes one session. A 5.7.x reply means that this tester is refused, which says nothing about others.
func (d *derivation) startTLS(s numbered) (tlsResult, facts.Fact) {
	f := facts.Fact{Name: facts.SMTPSTARTTLSMissing, Why: d.before(s)}
	listed := d.listed(s)
	command, handshake := s.Event(evidence.StepSTARTTLS), s.Event(evidence.StepHandshake)
	if !listed.Known() || command == nil {
		return tlsUnknown, f
	}
	f = s.fact(facts.SMTPSTARTTLSMissing, command)
	switch {
	case handshake != nil && handshake.TLS != nil && handshake.Failure == nil && !listed.Value.Bool():
		f.Why = facts.Unknown{Code: facts.Disagreement, Detail: "the reply to EHLO does not list STARTTLS, yet it works when it is sent all the same; " +
			"mail servers do not send what is not listed"}
		return tlsUnknown, f
	case handshake != nil && handshake.TLS != nil && handshake.Failure == nil:
		return tlsWorks, f
	case command.Failure != nil:
		f.Why = unknown(command.Failure, "STARTTLS")
		return tlsUnknown, f
	case handshake != nil && handshake.Failure != nil:
		f.Why = unknown(handshake.Failure, "the TLS handshake")
		if handshake.Failure.Kind == evidence.Malformed {
			return tlsDead, f // what stands behind the 220 is no TLS at all
		}
		// A handshake that fails as TLS may still succeed with a client that knows what ours does not (SSL 3, finite-field
		// Diffie-Hellman): it proves no absence.
		return tlsUnknown, f
	case command.Reply == nil:
		return tlsUnknown, f
	}
	f.Why = refusal(command)
	switch {
	case deadSTARTTLS(command.Reply, listed.Value.Bool()):
		return tlsDead, f
	case !listed.Value.Bool() && slices.Contains([]int{500, 502, 503}, command.Reply.Code) && !refusesTester(command.Reply):
		return tlsAbsent, f
	}
	return tlsUnknown, f
}

// deadSTARTTLS tells whether a reply to a listed STARTTLS says that it does not work: 454, or a plain rejection.
func deadSTARTTLS(r *evidence.Reply, listed bool) bool {
	return listed && slices.Contains([]int{454, 500, 502, 503}, r.Code) && !refusesTester(r)
}

// refusesTester tells whether the enhanced status code is a permanent one of security or policy (RFC 3463 section 3.8).
func refusesTester(r *evidence.Reply) bool {
	return slices.ContainsFunc(r.Lines, func(l evidence.Line) bool {
		return len(l.Text) > 4 && strings.HasPrefix(l.Text[4:], "5.7.")
	})
}
