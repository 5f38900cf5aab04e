package derive

import (
	"net"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Bundles made by hand show in microseconds what a situation on the wire makes known. A scene is one domain with one mail host at
// one address, on a network that lets SMTP out, until a test says otherwise.
const (
	sceneDomain  = "example.com"
	sceneHost    = "mail.example.com"
	sceneAddress = "203.0.113.25"
)

var sceneView = facts.SessionAt(sceneHost, sceneAddress)

// scene makes a bundle with a session for each talk.
func scene(talks ...*talk) *evidence.Bundle {
	b := &evidence.Bundle{Vantage: evidence.Vantage{SMTPOut: evidence.Open, SMTPOut6: evidence.Open},
		Targets: []evidence.Target{{Name: sceneDomain, Kind: "domain", Hosts: []evidence.Host{{Name: sceneHost, Preference: 10, Addresses: []string{sceneAddress}}}}}}
	for _, s := range talks {
		meet(b, sceneHost, sceneAddress, s)
	}
	return b
}

// meet adds sessions with another host or address to a bundle.
func meet(b *evidence.Bundle, host, address string, talks ...*talk) {
	for _, s := range talks {
		b.Sessions = append(b.Sessions, evidence.Session{Host: host, Address: address, Port: 25, Attempt: len(b.Sessions) + 1, StartedAt: seenAt, Events: s.events})
	}
}

// talk is a session in the making; its clock goes on with every step.
type talk struct {
	clock  time.Duration
	events []evidence.Event
}

// dial begins a session with a connection that took 30 ms.
func dial() *talk { return dialled(30 * time.Millisecond) }

func dialled(took time.Duration) *talk {
	return (&talk{}).step(evidence.Event{Step: evidence.StepConnect}, took)
}

// noConnection is a session in which no connection was made.
func noConnection(how evidence.FailureKind) *talk {
	return (&talk{}).fails(evidence.StepConnect, how, time.Second)
}

// greets is a session with a greeting after a wait.
func greets(after time.Duration) *talk {
	return dial().says(evidence.StepGreeting, after, "220 mail.example.com ESMTP")
}

// whole is a session that went its plain course without encryption, each reply after a wait.
func whole(greeting, ehlo, mail, rcpt time.Duration) *talk {
	return greets(greeting).says(evidence.StepEHLO, ehlo, "250 mail.example.com").says(evidence.StepMAIL, mail, "250 2.1.0 ok").
		says(evidence.StepRCPT, rcpt, "250 2.1.5 ok").says(evidence.StepQUIT, 0, "221 bye")
}

func (s *talk) step(e evidence.Event, took time.Duration) *talk {
	e.Start = evidence.Seconds(s.clock)
	s.clock += took
	e.End = evidence.Seconds(s.clock)
	if e.Step != evidence.StepConnect && e.Step != evidence.StepGreeting && e.Step != evidence.StepHandshake {
		e.Sent = string(e.Step)
	}
	s.events = append(s.events, e)
	return s
}

// says adds a step to which a reply came, whole at once, after a wait.
func (s *talk) says(step evidence.Step, after time.Duration, lines ...string) *talk {
	at := evidence.Seconds(s.clock + after)
	reply := &evidence.Reply{Complete: true, FirstByte: at, LastByte: at}
	reply.Code, _ = strconv.Atoi(lines[0][:3])
	for _, line := range lines {
		reply.Lines = append(reply.Lines, evidence.Line{Text: line, At: at})
	}
	return s.step(evidence.Event{Step: step, Reply: reply}, after)
}

// drips adds a step to which a reply came drop by drop.
func (s *talk) drips(step evidence.Step, over time.Duration, lines ...string) *talk {
	s.says(step, over, lines...)
	e := s.last()
	e.Reply.FirstByte = e.Start
	return s
}

// fails adds a step to which nothing came.
func (s *talk) fails(step evidence.Step, how evidence.FailureKind, waited time.Duration) *talk {
	at := evidence.Seconds(s.clock + waited)
	return s.step(evidence.Event{Step: step, Failure: &evidence.Failure{Kind: how, At: at, Waited: evidence.Seconds(waited)}}, waited)
}

// about labels the last step as one beside the plain course.
func (s *talk) about(label string) *talk {
	s.last().About = label
	return s
}

func (s *talk) last() *evidence.Event { return &s.events[len(s.events)-1] }

// shown writes what is known of a fact, or which reason there is why not.
func shown(f facts.Fact) string {
	switch {
	case !f.Known():
		return "unknown: " + string(f.Why.Code)
	case f.AtLeast:
		return "at least " + f.Value.String()
	}
	return f.Value.String()
}

// wantAbout complains if a fact of a subject is not as it should be.
func wantAbout(t *testing.T, situation string, set *facts.Set, about facts.Subject, name facts.Name, want string) {
	t.Helper()
	if f, _ := set.Get(name, about); shown(f) != want {
		t.Errorf("%s: %s of %s is %q (%s), want %q", situation, name, about, shown(f), f.Why.Detail, want)
	}
}

// The servers of a zone example.com below com, found by a walk from the root.
var (
	parentA = evidence.Server{Name: "a.gtld.example", Address: "192.0.2.11"}
	parentB = evidence.Server{Name: "b.gtld.example", Address: "192.0.2.12"}
	ownA    = evidence.Server{Name: "ns1.example.com", Address: "198.51.100.1"}
	ownB    = evidence.Server{Name: "ns2.example.com", Address: "203.0.113.1"}
)

var sceneZone = facts.Subject{Kind: facts.Zone, Name: "example.com"}

// zoneScene is a bundle about that zone in the making.
type zoneScene struct{ evidence.Bundle }

func zoneWith(own ...evidence.Server) *zoneScene {
	z := &zoneScene{}
	z.Targets = []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: own,
		Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."},
			{Zone: "com", Asked: []evidence.Server{{Name: "a.root.example", Address: "192.0.2.1"}}},
			{Zone: "example.com", Asked: []evidence.Server{parentA, parentB}, Servers: own}}}}}
	return z
}

// says adds an exchange with a server that answers, with authority unless a change takes that away.
func (z *zoneScene) says(server evidence.Server, name, rrtype string, records []string, change ...func(*evidence.Exchange)) *zoneScene {
	x := evidence.Exchange{At: seenAt, Role: evidence.Authoritative, ServerName: server.Name, Server: net.JoinHostPort(server.Address, "53"), Transport: "udp",
		Name: name, Type: rrtype, RTT: evidence.Seconds(quick), RCode: "NOERROR", AA: true}
	for _, r := range records {
		x.Answer = append(x.Answer, name+". 3600 IN "+rrtype+" "+r)
	}
	if len(records) == 0 {
		x.Authority = []string{sceneDomain + ". 3600 IN SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"}
	}
	for _, c := range change {
		c(&x)
	}
	z.Exchanges = append(z.Exchanges, x)
	return z
}

// refers adds the referral of a server of the parent zone; glue is "NAME TYPE ADDRESS".
func (z *zoneScene) refers(server evidence.Server, names []string, glue ...string) *zoneScene {
	return z.refersTo(server, "example.com", names, glue...)
}

func (z *zoneScene) refersTo(server evidence.Server, zone string, names []string, glue ...string) *zoneScene {
	return z.says(server, zone, "NS", nil, func(x *evidence.Exchange) {
		x.AA, x.Authority = false, nil
		for _, name := range names {
			x.Authority = append(x.Authority, zone+". 172800 IN NS "+name+".")
		}
		for _, g := range glue {
			name, rest, _ := strings.Cut(g, " ")
			x.Additional = append(x.Additional, name+". 172800 IN "+rest)
		}
	})
}

// serves adds that a server gives the SOA record of the zone, over TCP as well, and its list of servers.
func (z *zoneScene) serves(server evidence.Server, names ...string) *zoneScene {
	z.says(server, "example.com", "SOA", []string{"ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"})
	z.says(server, "example.com", "SOA", []string{"ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"}, overTCP)
	var list []string
	for _, name := range names {
		list = append(list, name+".")
	}
	return z.says(server, "example.com", "NS", list)
}

// has adds what all servers of the zone say of the addresses of a name.
func (z *zoneScene) has(name string, addresses ...string) *zoneScene {
	for _, server := range z.Targets[0].Servers {
		z.hasAt(server, name, addresses...)
	}
	return z
}

func (z *zoneScene) hasAt(server evidence.Server, name string, addresses ...string) *zoneScene {
	var v4, v6 []string
	for _, a := range addresses {
		if strings.Contains(a, ":") {
			v6 = append(v6, a)
		} else {
			v4 = append(v4, a)
		}
	}
	return z.says(server, name, "A", v4).says(server, name, "AAAA", v6)
}

// lame adds that a server refuses the zone, and dead that it is silent, at as many tries as it takes.
func (z *zoneScene) lame(server evidence.Server) *zoneScene {
	refuses := func(x *evidence.Exchange) { x.RCode, x.AA, x.Authority = "REFUSED", false, nil }
	return z.says(server, "example.com", "SOA", nil, refuses).says(server, "example.com", "SOA", nil, refuses, inRound(dnsanswer.RoundAnew)).
		says(server, "example.com", "SOA", nil, refuses, inRound(dnsanswer.RoundStream), overTCP).says(server, "example.com", "NS", nil, refuses)
}

func (z *zoneScene) dead(server evidence.Server) *zoneScene {
	return z.says(server, "example.com", "SOA", nil, silent).says(server, "example.com", "SOA", nil, silent).says(server, "example.com", "SOA", nil, silent, overTCP)
}

func overTCP(x *evidence.Exchange) { x.Transport = "tcp" }

func silent(x *evidence.Exchange) {
	x.RCode, x.AA, x.Authority, x.Failure = "", false, nil, &evidence.Failure{Kind: evidence.Timeout}
}

func inRound(n int) func(*evidence.Exchange) { return func(x *evidence.Exchange) { x.Round = n } }

// wantPart complains if the part of a bundle that concerns its first target makes anything else known than the whole, beside
// another target about which a stranger said much.
func wantPart(t *testing.T, situation string, b *evidence.Bundle) {
	t.Helper()
	other := zoneWith(evidence.Server{Name: "ns.example.org", Address: "192.0.2.201"})
	other.Targets[0].Name, other.Targets[0].Zone, other.Targets[0].PolicyDomain = "example.org", "example.org", "example.org"
	other.Targets[0].Delegation.Path[2].Zone = "example.org"
	other.Targets[0].Hosts = []evidence.Host{{Name: "mail.example.org", Addresses: []string{"192.0.2.202"}}}
	noise := other.says(other.Targets[0].Servers[0], "example.org", "SOA", []string{"ns.example.org. h.example.org. 1 2 3 4 5"}).
		says(other.Targets[0].Servers[0], "mail.example.org", "A", []string{"192.0.2.202"}).Exchanges
	whole := *b
	whole.Targets = append(slices.Clone(other.Targets), b.Targets...)
	whole.Exchanges = append(slices.Clone(noise), b.Exchanges...)
	whole.Sessions = slices.Clone(b.Sessions)
	meet(&whole, "mail.example.org", "192.0.2.202", greets(quick))
	controls := 0
	if len(b.Targets[0].Hosts) > 0 { // else nothing is asked over SMTP
		for address, out := range map[string]evidence.WayOut{"198.51.100.250": b.Vantage.SMTPOut, "2001:db8:99::25": b.Vantage.SMTPOut6} {
			said := map[evidence.WayOut]*talk{evidence.Open: greets(quick), evidence.Closed: noConnection(evidence.Refused)}[out]
			if said != nil {
				meet(&whole, "control.example.net", address, said)
				whole.Sessions[len(whole.Sessions)-1].Control = true
				controls++
			}
		}
	}
	target := b.Targets[0].Name
	part := Part(whole, []string{target})
	for _, x := range part.Exchanges {
		if strings.HasSuffix(x.Name, "example.org") {
			t.Errorf("%s: the part holds the question for %s of another target", situation, x.Name)
		}
	}
	if len(part.Targets) != 1 || len(part.Sessions) != len(b.Sessions)+controls {
		t.Errorf("%s: the part has %d targets and %d sessions, want 1 and %d", situation, len(part.Targets), len(part.Sessions), len(b.Sessions)+controls)
	}
	want, got := Facts(&whole), Facts(&part)
	for _, kind := range []facts.SubjectKind{facts.Session, facts.Server, facts.Zone} {
		views := want.Views(target, kind)
		if !slices.Equal(views, got.Views(target, kind)) {
			t.Errorf("%s: the part leads to %v, the whole to %v", situation, got.Views(target, kind), views)
		}
		for _, view := range append(views, facts.Subject{Kind: facts.Target, Name: target}) {
			for _, def := range facts.Definitions() {
				f, _ := want.Get(def.Name, view)
				wantAbout(t, situation+", its part", got, view, def.Name, shown(f))
			}
		}
	}
}
