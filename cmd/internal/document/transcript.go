package document

import (
	"fmt"
	"net"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// lookups shows where the names of the report led.
func (b *builder) lookups(e evidence.Bundle) {
	for _, t := range e.Targets {
		b.section(Section{Level: Log, For: Internal, Mark: Strong, Title: "LOOKED UP", Lead: foreign(strings.TrimSpace(t.Name + " " + parens(t.Kind)))})
		var zones, hosts, servers []string
		if t.Zone != "" {
			zones = append(zones, t.Zone)
		}
		zones = append(zones, trouble(t.ZoneError, len(zones) > 0)...)
		for _, h := range t.Hosts {
			hosts = append(hosts, hostLine(h))
		}
		for _, s := range t.Servers {
			servers = append(servers, s.Name+" ["+s.Address+"]")
		}
		hosts = append(hosts, trouble(t.Trouble, len(hosts) > 0)...)
		b.list("Zone", zones)
		b.list("SMTP hosts", hosts)
		b.list("DNS servers", servers)
	}
}

// trouble says why something was not found, or not all of it.
func trouble(f *evidence.Failure, found bool) []string {
	switch {
	case f == nil:
		return nil
	case found:
		return []string{"not all is known: " + failure(f)}
	}
	return []string{"not found: " + failure(f)}
}

// parens puts a word in brackets, if there is one.
func parens(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

// hostLine is a mail host with its preference; a negative one says that no MX record led there.
func hostLine(h evidence.Host) string {
	line := firstOf(h.Name, "address literal")
	if h.Preference >= 0 {
		line += fmt.Sprintf(", preference %d", h.Preference)
	}
	if len(h.Addresses) > 0 {
		line += ": " + strings.Join(h.Addresses, ", ")
	}
	if h.Trouble != nil {
		line += "; " + failure(h.Trouble)
	}
	return line
}

// sessions writes the transcripts, every line with its time.
// Those without a fault are shown too: a reader who doubts a verdict doubts what we left out.
func (b *builder) sessions(e evidence.Bundle) {
	shown := map[string]bool{}
	for i, s := range e.Sessions {
		if s.Decoy && !e.Vantage.Intercepted {
			continue // nobody answered there, as it must be
		}
		// The first dialogue with each host is what convinces; the others repeat it.
		level := Log
		if !s.Control && !s.Decoy && !shown[s.Host] && len(shown) < maxDialogues {
			level, shown[s.Host] = Evidence, true
		}
		b.section(Section{Level: level, For: Internal, Mark: Strong, Title: fmt.Sprintf("SMTP SESSION %d", i+1), Lead: sessionTitle(s)})
		b.add(dialogue(s))
	}
}

// maxDialogues is of how many hosts a dialogue is shown as evidence; all are in the log.
const maxDialogues = 2

// sessionTitle says with whom a session was, when, and what for if that is not plain.
func sessionTitle(s evidence.Session) Text {
	about := joined(foreign(facts.Subject{Kind: facts.Session, Name: s.Host, At: s.Address}.String()), ours(" port %d, %s", s.Port, stamp(s.StartedAt)))
	if s.Attempt > 1 {
		about = joined(about, ours(", attempt %d", s.Attempt))
	}
	if s.Control {
		about = joined(about, ours(", a control: it shows whether this network lets such connections out"))
	}
	if s.Decoy {
		about = joined(about, ours(", at which no server can stand: what answers here answers for everybody"))
	}
	if s.HeldAs != "" {
		about = joined(about, ours(", the session held with "), foreign(s.HeldAs), ours(" at the same address"))
	}
	return about
}

// dialogue is what was said in a session.
func dialogue(s evidence.Session) *Transcript {
	t := &Transcript{}
	test := ""
	for _, e := range s.Events {
		if e.About != "" && e.About != test && e.Step != evidence.StepRSET {
			t.say(e.Start, Remark, foreign(e.About))
		}
		if e.Step != evidence.StepRSET {
			test = e.About // a sender and its recipient belong to one test
		}
		t.event(e)
	}
	return t
}

// say adds a line, with the seconds since the connection began.
func (t *Transcript) say(at evidence.Seconds, who Speaker, text Text) {
	t.Lines = append(t.Lines, Said{fmt.Sprintf("%8.3f s", max(at, 0).D().Seconds()), who, text})
}

// event writes what was sent, what came back, and how it ended, each with its own time: which of them took long is the question.
func (t *Transcript) event(e evidence.Event) {
	switch {
	case e.Sent != "":
		t.say(e.Start, We, foreign(e.Sent))
	case e.Step == evidence.StepConnect:
		t.say(e.Start, Remark, ours("connecting"))
	case e.Step == evidence.StepHandshake:
		t.say(e.Start, Remark, ours("TLS handshake begins"))
	case e.Step == evidence.StepHello:
		t.say(e.Start, Remark, ours("a TLS hello that offers everything since SSL 3, to see whether any answer comes"))
	}
	if e.Reply != nil {
		t.reply(*e.Reply)
	}
	switch {
	case e.TLS != nil && e.Step == evidence.StepHandshake && e.Failure == nil:
		t.say(e.End, Remark, foreign(handshake(*e.TLS)))
	case e.Hello != nil && e.Failure == nil:
		t.say(e.End, Remark, joined(ours("the server chose "), foreign(strings.TrimSpace(e.Hello.Version+" "+e.Hello.Cipher)), ours("; the connection is given up here")))
	case e.Step == evidence.StepConnect && e.Failure == nil:
		t.say(e.End, Remark, ours("connected"))
	}
	if e.TLS != nil && e.TLS.Smuggled != "" && e.Failure == nil { // a failure tells it by itself
		t.say(e.End, Remark, joined(ours("plain text stood behind the reply to STARTTLS and was not believed: "), foreign(e.TLS.Smuggled)))
	}
	if e.Failure != nil {
		t.say(e.End, Remark, joined(foreign(string(e.Step)), ours(" failed: "), foreign(failure(e.Failure))))
	}
}

// reply writes every line with its own time, for a server may delay in the middle of a reply (RFC 5321 section 4.2.1).
func (t *Transcript) reply(r evidence.Reply) {
	for _, line := range bounded(r.Lines) {
		text := line.Text
		if len(line.Raw) > 0 {
			text = string(line.Raw) // a writer shows each byte that is not UTF-8; in Text they all look alike
		}
		t.say(line.At, Server, foreign(text))
	}
	if len(r.Lines) > maxListed {
		t.say(r.LastByte, Remark, ours("%d lines of this reply in all", len(r.Lines)))
	}
	if !r.Complete {
		t.say(r.LastByte, Remark, ours("the last line of this reply never came"))
	}
}

// handshake says what was agreed. It never calls a certificate good: that is decided elsewhere, and by a fact.
func handshake(t evidence.TLS) string {
	said := "TLS handshake finished: " + t.Version
	if t.Cipher != "" {
		said += ", " + t.Cipher
	}
	if t.ServerName != "" {
		said += ", name asked for " + t.ServerName
	}
	said += ", " + count(len(t.Certificates), "certificate", "certificates") + ", not verified in this step"
	if t.AsksClient {
		said += "; the server asked for a certificate of ours"
	}
	return said
}

// exchanges writes a line for each DNS question. Facts refer to sessions and exchanges by their numbers.
// Times are those of this machine's clock, in UTC, for a comparison with the logs of a name server.
func (b *builder) exchanges(e evidence.Bundle) {
	if len(e.Exchanges) == 0 {
		return
	}
	b.section(Section{Level: Log, For: Internal, Mark: Strong, Title: "DNS EXCHANGES", Lead: ours("%s", count(len(e.Exchanges), "question", "questions"))})
	log := &Transcript{}
	for i, x := range e.Exchanges {
		log.number(i, x.At, exchange(x))
	}
	b.add(log)
}

// fetches writes a line for each file that was asked for on the web.
func (b *builder) fetches(e evidence.Bundle) {
	if len(e.Fetches) == 0 {
		return
	}
	b.section(Section{Level: Log, For: Internal, Mark: Strong, Title: "WEB FETCHES", Lead: ours("%s", count(len(e.Fetches), "try", "tries"))})
	log := &Transcript{}
	for i, f := range e.Fetches {
		log.number(i, f.At, fetch(f))
	}
	b.add(log)
}

// number adds a numbered line of a log. Numbers count from 1, as the facts refer to them.
func (t *Transcript) number(i int, at time.Time, text string) {
	t.Lines = append(t.Lines, Said{fmt.Sprintf("%2d  %s", i+1, at.UTC().Format(time.RFC3339)), Nobody, foreign(text)})
}

// maxBody bounds the text of a file that is shown; policy files are shorter.
const maxBody = 600

// fetch is one try, with the beginning of what came. A failure goes first, because what came beside it does not count.
func fetch(f evidence.Fetch) string {
	said := f.URL + " asked of " + f.Address
	if f.Failure != nil {
		said += ": " + failure(f.Failure)
	}
	switch {
	case f.Status == 0 && f.Failure == nil: // a bare connection, over which nothing was said
		return said + ": connected in " + facts.FormatDuration(f.Took.D())
	case f.Status == 0:
		return said
	}
	said += fmt.Sprintf(": status %d in %s", f.Status, facts.FormatDuration(f.Took.D()))
	if f.Location != "" {
		said += ", which leads to " + f.Location
	}
	body := strings.ToValidUTF8(f.Body[:min(len(f.Body), maxBody)], "\uFFFD")
	return said + ": " + strings.Join(strings.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' }), " | ")
}

// exchange is one question with its answer in the order of a message (RFC 1035 section 4.1). What is no error and no answer is called by
// what it is: a referral, or a denial (RFC 2308 section 2).
func exchange(x evidence.Exchange) string {
	said := x.Name + " " + x.Type + " asked of " + server(x) + ", " + x.Transport
	if x.EDNS {
		said += " with EDNS"
	}
	if x.Failure != nil {
		return said + ": " + failure(x.Failure)
	}
	said += ": " + x.RCode
	for _, flag := range []struct {
		set  bool
		name string
	}{{x.AA, "aa"}, {x.TC, "tc"}, {x.RA, "ra"}, {x.AD, "ad"}} {
		if flag.set {
			said += " " + flag.name
		}
	}
	said += " in " + facts.FormatDuration(x.RTT.D()) + ": "
	switch {
	case len(x.Answer) > 0:
		said += records(x.Answer)
	case len(x.Authority) > 0 && !x.AA && x.Role == evidence.Authoritative && x.RCode == "NOERROR":
		said += "no answer, but a referral: " + records(x.Authority)
	case len(x.Authority) > 0:
		said += "no such record; authority: " + denial(x.Authority)
	default:
		said += "no record"
	}
	if x.Role == evidence.Authoritative && len(x.Additional) > 0 {
		said += "; additional: " + records(x.Additional)
	}
	if x.EDE != "" {
		said += "; extended error " + x.EDE
	}
	return said
}

// server names who was asked. The port is left out where it is that of DNS.
func server(x evidence.Exchange) string {
	address := x.Server
	if host, port, err := net.SplitHostPort(x.Server); err == nil && port == "53" {
		address = host
	}
	if x.ServerName == "" && x.Role == evidence.Authoritative {
		return strings.TrimSpace("an authoritative server " + address)
	}
	if x.ServerName == "" {
		return "the resolver " + address
	}
	return x.ServerName + " [" + address + "]"
}

// denial names the zone whose SOA record goes with a negative answer (RFC 2308 section 3): its numbers stand in the answer to the
// question for it.
func denial(authority []string) string {
	if fields := strings.Fields(authority[0]); len(authority) == 1 && len(fields) > 3 && fields[3] == "SOA" {
		return "the zone " + fields[0]
	}
	return records(authority)
}

// records joins records; presentation format separates its fields with tabs, which would be shown as escapes.
func records(rr []string) string { return strings.ReplaceAll(strings.Join(rr, " | "), "\t", " ") }
