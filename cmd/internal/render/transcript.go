package render

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// lookups shows where the names of the report led.
func (p *page) lookups(b evidence.Bundle) {
	for _, t := range b.Targets {
		p.section(bold, "LOOKED UP", strings.TrimSpace(t.Name+" "+parens(t.Kind)))
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
		p.list("Zone", zones)
		p.list("SMTP hosts", hosts)
		p.list("DNS servers", servers)
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

// marks say who speaks in a transcript. A ticket has those of RFC 5321 appendix D: angle brackets do not survive there.
type marks struct{ us, server, remark string }

// marks are those of this page.
func (p *page) marks() marks {
	if p.ticket {
		return marks{"C:", "S:", "--"}
	}
	return marks{">>", "<<", "--"}
}

// sessions writes the transcripts, every line with its time.
// Those without a fault are shown too: a reader who doubts a verdict doubts what we left out.
func (p *page) sessions(b evidence.Bundle) {
	for i, s := range b.Sessions {
		if s.Decoy && !b.Vantage.Intercepted {
			continue // nobody answered there, as it must be
		}
		about := facts.Subject{Kind: facts.Session, Name: s.Host, At: s.Address}.String() + " port " + strconv.Itoa(s.Port) +
			", " + stamp(s.StartedAt)
		if s.Attempt > 1 {
			about += fmt.Sprintf(", attempt %d", s.Attempt)
		}
		if s.Control {
			about += ", a control: it shows whether this network lets such connections out"
		}
		if s.Decoy {
			about += ", at which no server can stand: what answers here answers for everybody"
		}
		if s.HeldAs != "" {
			about += ", the session held with " + s.HeldAs + " at the same address"
		}
		p.section(bold, fmt.Sprintf("SMTP SESSION %d", i+1), about)
		if i == 0 {
			p.legend()
		}
		if p.ticket {
			p.gap() // Markdown takes indented lines for verbatim text only behind an empty line
		}
		test := ""
		for _, e := range s.Events {
			if e.About != "" && e.About != test && e.Step != evidence.StepRSET {
				p.said(e.Start, p.marks().remark, e.About)
			}
			if e.Step != evidence.StepRSET {
				test = e.About // a sender and its recipient belong to one test
			}
			p.event(e)
		}
	}
}

// legend stands above the first transcript only; help desks are read by people who never saw one.
func (p *page) legend() {
	m := p.marks()
	text := "Seconds since the connection began; " + m.us + " we, " + m.server + " the server."
	if p.ticket {
		text += " Angle brackets are shown as [ ], braces as ( )."
	}
	p.flow("", "    ", 4, text)
}

// said writes one line of a transcript.
func (p *page) said(at evidence.Seconds, mark, text string) {
	lead := fmt.Sprintf("    %8.3f s  %s ", max(at, 0).D().Seconds(), mark)
	p.flow("", lead, len(lead), text)
}

// event writes what was sent, what came back, and how it ended, each with its own time: which of them took long is the question.
func (p *page) event(e evidence.Event) {
	m := p.marks()
	switch {
	case e.Sent != "":
		p.said(e.Start, m.us, e.Sent)
	case e.Step == evidence.StepConnect:
		p.said(e.Start, m.remark, "connecting")
	case e.Step == evidence.StepHandshake:
		p.said(e.Start, m.remark, "TLS handshake begins")
	case e.Step == evidence.StepHello:
		p.said(e.Start, m.remark, "a TLS hello that offers everything since SSL 3, to see whether any answer comes")
	}
	if e.Reply != nil {
		p.reply(*e.Reply)
	}
	switch {
	case e.TLS != nil && e.Step == evidence.StepHandshake && e.Failure == nil:
		p.said(e.End, m.remark, handshake(*e.TLS))
	case e.Hello != nil && e.Failure == nil:
		p.said(e.End, m.remark, "the server chose "+strings.TrimSpace(e.Hello.Version+" "+e.Hello.Cipher)+"; the connection is given up here")
	case e.Step == evidence.StepConnect && e.Failure == nil:
		p.said(e.End, m.remark, "connected")
	}
	if e.TLS != nil && e.TLS.Smuggled != "" && e.Failure == nil { // a failure tells it by itself
		p.said(e.End, m.remark, "plain text stood behind the reply to STARTTLS and was not believed: "+e.TLS.Smuggled)
	}
	if e.Failure != nil {
		p.said(e.End, m.remark, string(e.Step)+" failed: "+failure(e.Failure))
	}
}

// reply writes every line with its own time, for a server may delay in the middle of a reply (RFC 5321 section 4.2.1).
func (p *page) reply(r evidence.Reply) {
	for _, line := range bounded(r.Lines) {
		text := line.Text
		if len(line.Raw) > 0 {
			text = string(line.Raw) // Clean shows each byte that is not UTF-8; in Text they all look alike
		}
		p.said(line.At, p.marks().server, text)
	}
	if len(r.Lines) > maxListed {
		p.said(r.LastByte, p.marks().remark, fmt.Sprintf("%d lines of this reply in all", len(r.Lines)))
	}
	if !r.Complete {
		p.said(r.LastByte, p.marks().remark, "the last line of this reply never came")
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
func (p *page) exchanges(b evidence.Bundle) {
	if len(b.Exchanges) == 0 {
		return
	}
	p.section(bold, "DNS EXCHANGES", count(len(b.Exchanges), "question", "questions"))
	if p.ticket {
		p.gap()
	}
	// Numbers count from 1, as the facts refer to them.
	for i, x := range b.Exchanges {
		p.flow("", fmt.Sprintf("    %2d  %s  ", i+1, x.At.UTC().Format(time.RFC3339)), 8, exchange(x))
	}
}

// fetches writes a line for each file that was asked for on the web.
func (p *page) fetches(b evidence.Bundle) {
	if len(b.Fetches) == 0 {
		return
	}
	p.section(bold, "WEB FETCHES", count(len(b.Fetches), "try", "tries"))
	if p.ticket {
		p.gap()
	}
	for i, f := range b.Fetches {
		p.flow("", fmt.Sprintf("    %2d  %s  ", i+1, f.At.UTC().Format(time.RFC3339)), 8, fetch(f))
	}
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
