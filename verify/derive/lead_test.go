package derive

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// ledBundle is a bundle about example.com: its mail host was found, or was not, and greeted at each of its addresses.
func ledBundle(kind string, trouble *evidence.Failure, hosts []evidence.Host, exchanges ...evidence.Exchange) *evidence.Bundle {
	b := &evidence.Bundle{Vantage: evidence.Vantage{Resolver: "203.0.113.1:53", SMTPOut: evidence.Open}, Exchanges: exchanges,
		Targets: []evidence.Target{{Name: "example.com", Kind: kind, Zone: "example.com", Trouble: trouble, Hosts: hosts,
			Servers:    []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.53"}},
			Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com"}}}}}}
	for _, h := range hosts {
		for _, a := range h.Addresses {
			reply := &evidence.Reply{Code: 220, Complete: true, Lines: []evidence.Line{{Text: "220 mail.example.com ESMTP"}}}
			b.Sessions = append(b.Sessions, evidence.Session{Host: h.Name, Address: a, Port: 25, Attempt: 1,
				Events: []evidence.Event{{Step: evidence.StepConnect}, {Step: evidence.StepGreeting, Reply: reply}}})
		}
	}
	return b
}

// saidBy is an answer in presentation format: resolver or zone, RCODE, type, name and the data of the records.
func saidBy(role evidence.Role, rcode, rrtype, name string, data ...string) evidence.Exchange {
	var records []string
	for _, d := range data {
		records = append(records, name+". 300 IN "+rrtype+" "+d)
	}
	return said(role, name, rrtype, rcode, records...)
}

const (
	here  = evidence.Resolver
	there = evidence.Authoritative
)

func oneHost(addresses ...string) []evidence.Host {
	return []evidence.Host{{Name: "mail.example.com", Preference: 10, Addresses: addresses}}
}

// What was seen counts where the name servers lead too, or where only the resolver or only they could be asked.
func TestWhoLedToAHost(t *testing.T) {
	const mail, first, second = "mail.example.com", "203.0.113.25", "203.0.113.80"
	mx := saidBy(here, "NOERROR", "MX", "example.com", "10 "+mail+".")
	mxThere := saidBy(there, "NOERROR", "MX", "example.com", "10 "+mail+".")
	a, aThere := saidBy(here, "NOERROR", "A", mail, first), saidBy(there, "NOERROR", "A", mail, first)
	again := func(round int, x evidence.Exchange) evidence.Exchange { x.Round = round; return x }
	none := &evidence.Failure{Kind: evidence.NXDomain}
	failed := &evidence.Failure{Kind: evidence.ServFail}
	for _, test := range []struct {
		name     string
		bundle   *evidence.Bundle
		ledBy    string // "" if unknown
		greeted  bool   // it counts
		why      facts.Code
		greeting string // number of addresses that greet
	}{
		{"both", ledBundle("domain", nil, oneHost(first), mx, mxThere, a, aThere), "both", true, "", "1"},
		{"nobody else was asked", ledBundle("domain", nil, oneHost(first), mx, a), "", true, facts.Untested, "1"},
		{"the zone fails at the address", ledBundle("domain", nil, oneHost(first), mx, mxThere, a, saidBy(there, "SERVFAIL", "A", mail)), "resolver", true, "", "1"},
		{"the zone fails at the MX", ledBundle("domain", nil, oneHost(first), mx, saidBy(there, "REFUSED", "MX", "example.com"), a, aThere), "resolver", true, "", "1"},
		{"the resolver fails at the MX", ledBundle("domain", nil, oneHost(first), saidBy(here, "SERVFAIL", "MX", "example.com"), mxThere, a, aThere), "zone", true, "", "1"},
		{"the resolver fails at the address", ledBundle("domain", nil, oneHost(first), mx, mxThere, saidBy(here, "SERVFAIL", "A", mail), aThere), "zone", true, "", "1"},
		{"another address", ledBundle("domain", nil, oneHost(second), mx, mxThere, saidBy(here, "NOERROR", "A", mail, second), aThere), "", false, facts.Disagreement, "0"},
		{"no address", ledBundle("domain", nil, oneHost(first), mx, mxThere, a, saidBy(there, "NXDOMAIN", "A", mail)), "", false, facts.Disagreement, "0"},
		{"an address that came later", ledBundle("domain", nil, oneHost(second), mx, mxThere, saidBy(here, "NOERROR", "A", mail, second), aThere,
			again(dnsanswer.RoundTwin, saidBy(there, "NOERROR", "A", mail, second))), "both", true, "", "1"},
		{"one of two addresses", ledBundle("domain", nil, oneHost(first), mx, mxThere, a, saidBy(there, "NOERROR", "A", mail, first, second)), "both", true, "", "1"},
		{"behind an alias", ledBundle("domain", nil, oneHost(first), mx, mxThere, a, saidBy(there, "NOERROR", "A", "mx.example.net", first),
			said(there, mail, "A", "NOERROR", mail+". 300 IN CNAME mx.example.net.")), "both", true, "", "1"},
		{"no host of the domain's own", ledBundle("host", nil, []evidence.Host{{Name: "example.com", Preference: -1, Addresses: []string{first}}},
			saidBy(here, "NOERROR", "MX", "example.com"), saidBy(there, "NOERROR", "MX", "example.com"), saidBy(here, "NOERROR", "A", "example.com", first), saidBy(there, "NOERROR", "A", "example.com", first)),
			"both", true, "", "1"},
		{"an address, and the zone has an MX", ledBundle("host", nil, []evidence.Host{{Name: "example.com", Preference: -1, Addresses: []string{first}}},
			saidBy(here, "NOERROR", "MX", "example.com"), mxThere), "none", false, facts.Disagreement, ""},
		{"another MX", ledBundle("domain", nil, oneHost(first), mx, saidBy(there, "NOERROR", "MX", "example.com", "10 new.example.com."), a, aThere), "none", false, facts.Disagreement, ""},
		{"one MX of two", ledBundle("domain", nil, oneHost(first), mx, saidBy(there, "NOERROR", "MX", "example.com", "10 "+mail+".", "20 new.example.com."), a, aThere), "none", false, facts.Disagreement, ""},
		{"one MX of two, by turns", ledBundle("domain", nil, oneHost(first), mx, saidBy(there, "NOERROR", "MX", "example.com", "10 new.example.com.", "20 old.example.com."), a, aThere,
			again(dnsanswer.RoundTwin, saidBy(there, "NOERROR", "MX", "example.com", "10 "+mail+".", "20 old.example.com."))), "both", true, "", "1"},
		{"the resolver's failure is no word about MX", ledBundle("", failed, []evidence.Host{}, saidBy(here, "SERVFAIL", "MX", "example.com"), saidBy(there, "SERVFAIL", "MX", "example.com"),
			saidBy(there, "NOERROR", "A", "example.com"), saidBy(there, "NOERROR", "AAAA", "example.com")), "none", false, facts.ServFail, "0"},
		{"the resolver's denial is no word about MX", ledBundle("", none, []evidence.Host{}, saidBy(here, "NXDOMAIN", "MX", "example.com"), saidBy(there, "SERVFAIL", "MX", "example.com"),
			saidBy(there, "NOERROR", "A", "example.com"), saidBy(there, "NOERROR", "AAAA", "example.com")), "none", false, facts.ServFail, "0"},
		{"an MX that nobody followed", ledBundle("", none, []evidence.Host{}, saidBy(here, "NXDOMAIN", "MX", "example.com"), mxThere,
			saidBy(there, "NOERROR", "A", "example.com"), saidBy(there, "NOERROR", "AAAA", "example.com")), "none", false, facts.NotFound, "0"},
	} {
		t.Run(test.name, func(t *testing.T) {
			set := Facts(test.bundle)
			greeting, _ := set.Get(facts.SMTPHostsGreeting, facts.Subject{Kind: facts.Target, Name: "example.com"})
			if greeting.Value.String() != test.greeting {
				t.Errorf("%q addresses greet, want %q", greeting.Value, test.greeting)
			}
			views := set.Views("example.com", facts.Session)
			if test.ledBy == "none" {
				if why := set.WhyNoViews("example.com", facts.Session); len(views) > 0 || why.Code != test.why {
					t.Errorf("%v: %+v", views, why)
				}
				return
			}
			led, _ := set.Get(facts.DNSHostLedBy, views[0])
			if led.Value.Text() != test.ledBy || led.Why.Code != test.why {
				t.Errorf("led by %q (%+v), want %q", led.Value, led.Why, test.ledBy)
			}
			for _, name := range []facts.Name{facts.SMTPGreetingReceived, facts.SMTPConnectOK} {
				f, _ := set.Get(name, views[0])
				if f.Known() != test.greeted || !test.greeted && f.Why.Code != test.why {
					t.Errorf("%s is %+v", name, f)
				}
			}
		})
	}
}

// A name of its own has no address only if it is known that it has no MX record, and the reason names both who disagree.
func TestWhatIsShownOfTwoLeads(t *testing.T) {
	astray := ledBundle("domain", nil, oneHost("203.0.113.80"), saidBy(here, "NOERROR", "MX", "example.com", "10 mail.example.com."), saidBy(there, "NOERROR", "MX", "example.com", "10 mail.example.com."),
		saidBy(here, "NOERROR", "A", "mail.example.com", "203.0.113.80"), saidBy(there, "NOERROR", "A", "mail.example.com", "203.0.113.25"))
	f, _ := Facts(astray).Get(facts.SMTPGreetingReceived, facts.SessionAt("mail.example.com", "203.0.113.80"))
	for _, words := range []string{"203.0.113.80", "203.0.113.25", "203.0.113.1"} {
		if !strings.Contains(f.Why.Detail, words) {
			t.Errorf("it does not name %s: %s", words, f.Why.Detail)
		}
	}
	if resolves, _ := Facts(astray).Get(facts.DNSHostResolves, facts.SessionAt("mail.example.com", "203.0.113.80")); !resolves.Value.Bool() {
		t.Errorf("the name servers say that it has an address: %+v", resolves)
	}
	nowhere := ledBundle("", &evidence.Failure{Kind: evidence.NoData}, []evidence.Host{}, saidBy(here, "NOERROR", "MX", "example.com"), saidBy(there, "NOERROR", "MX", "example.com"),
		saidBy(there, "NOERROR", "A", "example.com"), saidBy(there, "NOERROR", "AAAA", "example.com"))
	set := Facts(nowhere)
	if f, _ := set.Get(facts.DNSHostResolves, facts.SessionAt("example.com", "no address")); !f.Known() || f.Value.Bool() {
		t.Errorf("a name without anything: %+v", f)
	}
	if f, _ := set.Get(facts.DNSHostsResolving, facts.Subject{Kind: facts.Target, Name: "example.com"}); f.AtLeast || f.Value.Int() != 0 {
		t.Errorf("hosts that resolve: %+v", f)
	}
}

// What is not known of one host makes the count of all a lower bound.
func TestCountsThatAreBounds(t *testing.T) {
	target := facts.Subject{Kind: facts.Target, Name: "example.com"}
	bound := func(b *evidence.Bundle, name facts.Name) bool {
		f, _ := Facts(b).Get(name, target)
		return f.AtLeast && f.Known()
	}
	mx := saidBy(here, "NOERROR", "MX", "example.com", "10 mail.example.com.")
	mxThere := saidBy(there, "NOERROR", "MX", "example.com", "10 mail.example.com.")
	exactly := func(h []evidence.Host, more ...evidence.Exchange) *evidence.Bundle {
		return ledBundle("domain", nil, h, append([]evidence.Exchange{mx, mxThere, saidBy(here, "NOERROR", "A", "mail.example.com", "203.0.113.25")}, more...)...)
	}
	known := []evidence.Exchange{saidBy(there, "NOERROR", "A", "mail.example.com", "203.0.113.25"), saidBy(there, "NOERROR", "AAAA", "mail.example.com")}
	more := []evidence.Exchange{saidBy(there, "NOERROR", "A", "mail.example.com", "203.0.113.25", "203.0.113.26"), saidBy(there, "NOERROR", "AAAA", "mail.example.com")}
	if bound(exactly(oneHost("203.0.113.25"), known...), facts.SMTPHostsGreeting) {
		t.Error("all addresses were tested")
	}
	if !bound(exactly(oneHost("203.0.113.25"), more...), facts.SMTPHostsGreeting) {
		t.Error("the zone has an address that was not tested")
	}
	cut := oneHost("203.0.113.25")
	cut[0].Trouble = &evidence.Failure{Kind: evidence.ServFail}
	if !bound(exactly(cut, known...), facts.SMTPHostsGreeting) {
		t.Error("one family could not be looked up")
	}
	if !bound(exactly([]evidence.Host{{Name: "mail.example.com", Preference: 10, Addresses: []string{}, Trouble: &evidence.Failure{Kind: evidence.ServFail}}}), facts.SMTPHostsGreeting) {
		t.Error("no address could be looked up")
	}
	failing := saidBy(there, "SERVFAIL", "A", "mail.example.com")
	open := exactly(oneHost("203.0.113.25"), failing, saidBy(there, "SERVFAIL", "AAAA", "mail.example.com"))
	if !bound(open, facts.DNSHostsResolving) || !bound(open, facts.MXReachable) {
		t.Error("the servers of the host gave no answer")
	}
	if bound(exactly(oneHost("203.0.113.25"), known...), facts.DNSHostsResolving) || bound(exactly(oneHost("203.0.113.25"), known...), facts.MXReachable) {
		t.Error("all is known of the one host")
	}
}

// A decoy that something answered is never hidden behind what the sessions showed.
func TestInterceptedDecoy(t *testing.T) {
	b := ledBundle("domain", nil, oneHost("203.0.113.25"))
	b.Vantage.Intercepted = true
	set := Facts(b)
	for _, name := range []facts.Name{facts.SMTPGreetingReceived, facts.SMTPConnectOK, facts.SMTPGreetingText} {
		if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Known() || f.Why.Code != facts.Intercepted {
			t.Errorf("%s is %+v", name, f)
		}
	}
	if f, _ := set.Get(facts.SMTPHostsGreeting, facts.Subject{Kind: facts.Target, Name: "example.com"}); f.Known() || f.Why.Code != facts.Intercepted {
		t.Errorf("greeting addresses: %+v", f)
	}
	b = ledBundle("domain", nil, oneHost("203.0.113.25"))
	b.Vantage.Invents = true
	if why := Facts(b).WhyNoViews("example.com", facts.Session); why.Code != facts.Disagreement {
		t.Errorf("a resolver that invents: %+v", why)
	}
}

// The first host refuses and a second greets: on purpose only if all its addresses are known.
func TestNolistingDespiteAFailedLookUp(t *testing.T) {
	hosts := []evidence.Host{{Name: "trap.example.com", Preference: 10, Addresses: []string{"203.0.113.80"}}, {Name: "mail.example.com", Preference: 20, Addresses: []string{"203.0.113.25"}}}
	bundle := func() *evidence.Bundle {
		b := ledBundle("domain", nil, slices.Clone(hosts))
		refused := evidence.Event{Step: evidence.StepConnect, Failure: &evidence.Failure{Kind: evidence.Refused}}
		b.Sessions[0].Events = []evidence.Event{refused}
		second := b.Sessions[0]
		second.Attempt = 2
		b.Sessions = append(b.Sessions, second)
		return b
	}
	at := facts.SessionAt("trap.example.com", "203.0.113.80")
	b := bundle()
	if f, _ := Facts(b).Get(facts.SMTPNolisting, at); !f.Known() || !f.Value.Bool() {
		t.Errorf("the pattern: %+v", f)
	}
	b.Targets[0].Hosts[0].Trouble = &evidence.Failure{Kind: evidence.ServFail}
	if f, _ := Facts(b).Get(facts.SMTPNolisting, at); f.Known() {
		t.Errorf("its other addresses could not be looked up: %+v", f)
	}
	b = bundle()
	b.Sessions = b.Sessions[:2] // refused once
	if f, _ := Facts(b).Get(facts.SMTPNolisting, at); f.Known() {
		t.Errorf("refused once: %+v", f)
	}
}
