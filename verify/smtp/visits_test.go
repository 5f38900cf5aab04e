package smtp_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
)

// began is when the first session of a test began.
var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// step is an event that took a second, with a reply, or with a failure where the text is a kind of one.
func step(at evidence.Step, text string) evidence.Event {
	e := evidence.Event{Step: at, End: evidence.Seconds(time.Second)}
	code := 0
	if _, err := fmt.Sscanf(text, "%d", &code); err != nil {
		if text != "" {
			e.Failure = &evidence.Failure{Kind: evidence.FailureKind(text)}
		}
		return e
	}
	lines := strings.Split(text, "\n")
	e.Reply = &evidence.Reply{Code: code, Complete: true}
	for i, line := range lines {
		if i == len(lines)-1 {
			line = strings.Replace(line, "-", " ", 1)
		}
		e.Reply.Lines = append(e.Reply.Lines, evidence.Line{Text: line})
	}
	return e
}

// about puts a step under a label.
func about(label string, e evidence.Event) evidence.Event {
	e.About = label
	return e
}

// with is a session with a host at an address of 203.0.113.0/24.
func with(host, address string, events ...evidence.Event) evidence.Session {
	return evidence.Session{Host: host, Address: "203.0.113." + address, Port: 25, StartedAt: began, Events: events}
}

// control is the same session with a control.
func control(s evidence.Session) evidence.Session {
	s.Control = true
	return s
}

var (
	connected = step(evidence.StepConnect, "")
	greeting  = step(evidence.StepGreeting, "220 mail.example.com ESMTP")
	offers    = step(evidence.StepEHLO, "250-mail.example.com\n250 STARTTLS")
	offersNot = step(evidence.StepEHLO, "250 mail.example.com")
)

// domain is a domain whose mail hosts, mx1 and so on, have each the addresses of one list.
func domain(name string, addresses ...string) evidence.Target {
	t := evidence.Target{Name: name, Kind: "domain"}
	for i, list := range addresses {
		h := evidence.Host{Name: fmt.Sprintf("mx%d.example.net", i+1), Preference: 10 * i}
		for _, a := range strings.Fields(list) {
			h.Addresses = append(h.Addresses, "203.0.113."+a)
		}
		t.Hosts = append(t.Hosts, h)
	}
	return t
}

func read(targets []evidence.Target, sessions ...evidence.Session) *reading.Reading {
	return &reading.Reading{Bundle: &evidence.Bundle{Targets: targets, Sessions: sessions}}
}

// What several targets want of one address is asked in one visit, as far as it has room.
func TestVisits(t *testing.T) {
	wish := func(s facts.Source) reading.Wish { return reading.Wish{Source: s} }
	session, postmaster := facts.FromSession, facts.FromSession|facts.FromPostmaster
	many := domain("example.com", "")
	for i := range 20 {
		many.Hosts[0].Addresses = append(many.Hosts[0].Addresses, fmt.Sprintf("203.0.113.%d", i+1))
	}
	own := domain("mail.example.com", "7")
	own.Kind = "host"
	odd := domain("example.com", "7")
	odd.Hosts[0].Addresses = append(odd.Hosts[0].Addresses, "not an address")
	var six []evidence.Target
	var sixWishes []reading.Wish
	for i := range 6 {
		six, sixWishes = append(six, domain(fmt.Sprintf("d%d.example", i), "7")), append(sixWishes, wish(postmaster|facts.FromTransaction|facts.FromVRFY))
	}
	for name, test := range map[string]struct {
		targets []evidence.Target
		wishes  []reading.Wish
		want    []string // last number of the address, recipient and domains
	}{
		"nothing of SMTP is wanted":    {[]evidence.Target{domain("example.com", "7")}, []reading.Wish{wish(facts.FromSOA)}, nil},
		"each address of each host":    {[]evidence.Target{domain("example.com", "7 8", "9")}, []reading.Wish{wish(session)}, []string{"7  example.com", "8  example.com", "9  example.com"}},
		"what is no address":           {[]evidence.Target{odd}, []reading.Wish{wish(session)}, []string{"7  example.com"}},
		"a recipient":                  {[]evidence.Target{domain("example.com", "7")}, []reading.Wish{wish(session | facts.FromTransaction)}, []string{"7 postmaster@example.com example.com"}},
		"a host itself":                {[]evidence.Target{own}, []reading.Wish{wish(session | facts.FromTransaction)}, []string{"7 postmaster "}},
		"where mail goes without MX":   {[]evidence.Target{own}, []reading.Wish{wish(facts.FromImplicit)}, []string{"7  "}},
		"where mail goes with MX":      {[]evidence.Target{domain("example.com", "7")}, []reading.Wish{wish(facts.FromImplicit)}, nil},
		"two domains at one address":   {[]evidence.Target{domain("a.example", "7"), domain("b.example", "7")}, []reading.Wish{wish(session), wish(session | facts.FromTransaction)}, []string{"7 postmaster@b.example a.example b.example"}},
		"postmasters of six domains":   {six, sixWishes, []string{"7 postmaster@d0.example d0.example d1.example d2.example d3.example", "7  d4.example d5.example"}},
		"as many addresses as allowed": {[]evidence.Target{many}, []reading.Wish{wish(session)}, nil},
	} {
		var got []string
		visits := smtp.Visits(read(test.targets), test.wishes)
		for _, v := range visits {
			got = append(got, fmt.Sprint(v.Address.As4()[3], " ", v.Recipient, " ", strings.Join(v.Domains, " ")))
		}
		if len(test.targets[0].Hosts[0].Addresses) > 16 {
			if len(got) != 16 {
				t.Errorf("%s: %d visits, want 16", name, len(got))
			}
		} else if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	if rest := smtp.Visits(read(six), sixWishes)[1]; rest.Source != postmaster {
		t.Errorf("the second visit asks for more than the postmasters that are left: %b", rest.Source)
	}
}

// A session with one name of an address counts for another one only if the name makes no difference, and for the same name never twice.
func TestSharedSessions(t *testing.T) {
	visit := func(host string, s facts.Source) smtp.Visit {
		return smtp.Visit{Host: host, Address: netip.MustParseAddr("203.0.113.7"), Source: s}
	}
	plain, tls := facts.FromSession, facts.FromSession|facts.FromTLS
	refused := with("a.example", "7", step(evidence.StepConnect, "refused"))
	whole := with("a.example", "7", connected, greeting, offers, step(evidence.StepQUIT, "221 bye"))
	busy := with("a.example", "7", connected, step(evidence.StepGreeting, "421 busy"))
	for name, test := range map[string]struct {
		v    smtp.Visit
		held smtp.Held
		ok   bool
		kept int
	}{
		"nobody answers under any name": {visit("b.example", tls), smtp.Held{Visit: visit("a.example", tls), Sessions: []evidence.Session{refused}}, true, 1},
		"one try is one try":            {visit("a.example", plain), smtp.Held{Visit: visit("a.example", tls), Sessions: []evidence.Session{refused}}, true, 0},
		"TLS sees the name":             {visit("b.example", tls), smtp.Held{Visit: visit("a.example", tls), Sessions: []evidence.Session{whole}}, false, 0},
		"without TLS nobody does":       {visit("b.example", plain), smtp.Held{Visit: visit("a.example", tls), Sessions: []evidence.Session{whole}}, true, 1},
		"more is wanted":                {visit("b.example", plain|facts.FromVRFY), smtp.Held{Visit: visit("a.example", tls), Sessions: []evidence.Session{whole}}, false, 0},
		"another hour may be better":    {visit("b.example", tls), smtp.Held{Visit: visit("a.example", tls), Sessions: []evidence.Session{busy}}, false, 0},
	} {
		sessions, ok := test.v.Shared([]smtp.Held{test.held})
		if ok != test.ok || len(sessions) != test.kept {
			t.Errorf("%s: %v and %d sessions, want %v and %d", name, ok, len(sessions), test.ok, test.kept)
		}
		for _, s := range sessions {
			if s.Host != test.v.Host || s.HeldAs != "a.example" {
				t.Errorf("%s: held with %q as %q", name, s.Host, s.HeldAs)
			}
		}
	}
}
