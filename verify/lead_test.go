package verify

import (
	"strings"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// What was seen counts where the name servers lead too, or where only the resolver or only they could be asked.
func TestWhoLedToAHost(t *testing.T) {
	const mail, first, second = "mail.example.com", "203.0.113.25", "203.0.113.80"
	mx := scene.SaidBy(scene.Here, "NOERROR", "MX", "example.com", "10 "+mail+".")
	mxThere := scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 "+mail+".")
	a, aThere := scene.SaidBy(scene.Here, "NOERROR", "A", mail, first), scene.SaidBy(scene.There, "NOERROR", "A", mail, first)
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
		{"both", scene.Led("domain", nil, scene.OneHost(first), mx, mxThere, a, aThere), "both", true, "", "1"},
		{"nobody else was asked", scene.Led("domain", nil, scene.OneHost(first), mx, a), "", true, facts.Untested, "1"},
		{"the zone fails at the address", scene.Led("domain", nil, scene.OneHost(first), mx, mxThere, a, scene.SaidBy(scene.There, "SERVFAIL", "A", mail)), "resolver", true, "", "1"},
		{"the zone fails at the MX", scene.Led("domain", nil, scene.OneHost(first), mx, scene.SaidBy(scene.There, "REFUSED", "MX", "example.com"), a, aThere), "resolver", true, "", "1"},
		{"the resolver fails at the MX", scene.Led("domain", nil, scene.OneHost(first), scene.SaidBy(scene.Here, "SERVFAIL", "MX", "example.com"), mxThere, a, aThere), "zone", true, "", "1"},
		{"the resolver fails at the address", scene.Led("domain", nil, scene.OneHost(first), mx, mxThere, scene.SaidBy(scene.Here, "SERVFAIL", "A", mail), aThere), "zone", true, "", "1"},
		{"another address", scene.Led("domain", nil, scene.OneHost(second), mx, mxThere, scene.SaidBy(scene.Here, "NOERROR", "A", mail, second), aThere), "", false, facts.Disagreement, "0"},
		{"no address", scene.Led("domain", nil, scene.OneHost(first), mx, mxThere, a, scene.SaidBy(scene.There, "NXDOMAIN", "A", mail)), "", false, facts.Disagreement, "0"},
		{"an address that came later", scene.Led("domain", nil, scene.OneHost(second), mx, mxThere, scene.SaidBy(scene.Here, "NOERROR", "A", mail, second), aThere,
			again(dnsanswer.RoundTwin, scene.SaidBy(scene.There, "NOERROR", "A", mail, second))), "both", true, "", "1"},
		{"one of two addresses", scene.Led("domain", nil, scene.OneHost(first), mx, mxThere, a, scene.SaidBy(scene.There, "NOERROR", "A", mail, first, second)), "both", true, "", "1"},
		{"behind an alias", scene.Led("domain", nil, scene.OneHost(first), mx, mxThere, a, scene.SaidBy(scene.There, "NOERROR", "A", "mx.example.net", first),
			scene.Said(scene.There, mail, "A", "NOERROR", mail+". 300 IN CNAME mx.example.net.")), "both", true, "", "1"},
		{"no host of the domain's own", scene.Led("host", nil, []evidence.Host{{Name: "example.com", Preference: -1, Addresses: []string{first}}},
			scene.SaidBy(scene.Here, "NOERROR", "MX", "example.com"), scene.SaidBy(scene.There, "NOERROR", "MX", "example.com"), scene.SaidBy(scene.Here, "NOERROR", "A", "example.com", first), scene.SaidBy(scene.There, "NOERROR", "A", "example.com", first)),
			"both", true, "", "1"},
		{"an address, and the zone has an MX", scene.Led("host", nil, []evidence.Host{{Name: "example.com", Preference: -1, Addresses: []string{first}}},
			scene.SaidBy(scene.Here, "NOERROR", "MX", "example.com"), mxThere), "none", false, facts.Disagreement, ""},
		{"another MX", scene.Led("domain", nil, scene.OneHost(first), mx, scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 new.example.com."), a, aThere), "none", false, facts.Disagreement, ""},
		{"one MX of two", scene.Led("domain", nil, scene.OneHost(first), mx, scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 "+mail+".", "20 new.example.com."), a, aThere), "none", false, facts.Disagreement, ""},
		{"one MX of two, by turns", scene.Led("domain", nil, scene.OneHost(first), mx, scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 new.example.com.", "20 old.example.com."), a, aThere,
			again(dnsanswer.RoundTwin, scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 "+mail+".", "20 old.example.com."))), "both", true, "", "1"},
		{"the resolver's failure is no word about MX", scene.Led("", failed, []evidence.Host{}, scene.SaidBy(scene.Here, "SERVFAIL", "MX", "example.com"), scene.SaidBy(scene.There, "SERVFAIL", "MX", "example.com"),
			scene.SaidBy(scene.There, "NOERROR", "A", "example.com"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com")), "none", false, facts.ServFail, "0"},
		{"the resolver's denial is no word about MX", scene.Led("", none, []evidence.Host{}, scene.SaidBy(scene.Here, "NXDOMAIN", "MX", "example.com"), scene.SaidBy(scene.There, "SERVFAIL", "MX", "example.com"),
			scene.SaidBy(scene.There, "NOERROR", "A", "example.com"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com")), "none", false, facts.ServFail, "0"},
		{"an MX that nobody followed", scene.Led("", none, []evidence.Host{}, scene.SaidBy(scene.Here, "NXDOMAIN", "MX", "example.com"), mxThere,
			scene.SaidBy(scene.There, "NOERROR", "A", "example.com"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com")), "none", false, facts.NotFound, "0"},
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
	astray := scene.Led("domain", nil, scene.OneHost("203.0.113.80"), scene.SaidBy(scene.Here, "NOERROR", "MX", "example.com", "10 mail.example.com."), scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 mail.example.com."),
		scene.SaidBy(scene.Here, "NOERROR", "A", "mail.example.com", "203.0.113.80"), scene.SaidBy(scene.There, "NOERROR", "A", "mail.example.com", "203.0.113.25"))
	f, _ := Facts(astray).Get(facts.SMTPGreetingReceived, facts.SessionAt("mail.example.com", "203.0.113.80"))
	for _, words := range []string{"203.0.113.80", "203.0.113.25", "203.0.113.1"} {
		if !strings.Contains(f.Why.Detail, words) {
			t.Errorf("it does not name %s: %s", words, f.Why.Detail)
		}
	}
	if resolves, _ := Facts(astray).Get(facts.DNSHostResolves, facts.SessionAt("mail.example.com", "203.0.113.80")); !resolves.Value.Bool() {
		t.Errorf("the name servers say that it has an address: %+v", resolves)
	}
	nowhere := scene.Led("", &evidence.Failure{Kind: evidence.NoData}, []evidence.Host{}, scene.SaidBy(scene.Here, "NOERROR", "MX", "example.com"), scene.SaidBy(scene.There, "NOERROR", "MX", "example.com"),
		scene.SaidBy(scene.There, "NOERROR", "A", "example.com"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com"))
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
	mx := scene.SaidBy(scene.Here, "NOERROR", "MX", "example.com", "10 mail.example.com.")
	mxThere := scene.SaidBy(scene.There, "NOERROR", "MX", "example.com", "10 mail.example.com.")
	exactly := func(h []evidence.Host, more ...evidence.Exchange) *evidence.Bundle {
		return scene.Led("domain", nil, h, append([]evidence.Exchange{mx, mxThere, scene.SaidBy(scene.Here, "NOERROR", "A", "mail.example.com", "203.0.113.25")}, more...)...)
	}
	known := []evidence.Exchange{scene.SaidBy(scene.There, "NOERROR", "A", "mail.example.com", "203.0.113.25"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "mail.example.com")}
	more := []evidence.Exchange{scene.SaidBy(scene.There, "NOERROR", "A", "mail.example.com", "203.0.113.25", "203.0.113.26"), scene.SaidBy(scene.There, "NOERROR", "AAAA", "mail.example.com")}
	if bound(exactly(scene.OneHost("203.0.113.25"), known...), facts.SMTPHostsGreeting) {
		t.Error("all addresses were tested")
	}
	if !bound(exactly(scene.OneHost("203.0.113.25"), more...), facts.SMTPHostsGreeting) {
		t.Error("the zone has an address that was not tested")
	}
	cut := scene.OneHost("203.0.113.25")
	cut[0].Trouble = &evidence.Failure{Kind: evidence.ServFail}
	if !bound(exactly(cut, known...), facts.SMTPHostsGreeting) {
		t.Error("one family could not be looked up")
	}
	if !bound(exactly([]evidence.Host{{Name: "mail.example.com", Preference: 10, Addresses: []string{}, Trouble: &evidence.Failure{Kind: evidence.ServFail}}}), facts.SMTPHostsGreeting) {
		t.Error("no address could be looked up")
	}
	failing := scene.SaidBy(scene.There, "SERVFAIL", "A", "mail.example.com")
	open := exactly(scene.OneHost("203.0.113.25"), failing, scene.SaidBy(scene.There, "SERVFAIL", "AAAA", "mail.example.com"))
	if !bound(open, facts.DNSHostsResolving) || !bound(open, facts.MXReachable) {
		t.Error("the servers of the host gave no answer")
	}
	if bound(exactly(scene.OneHost("203.0.113.25"), known...), facts.DNSHostsResolving) || bound(exactly(scene.OneHost("203.0.113.25"), known...), facts.MXReachable) {
		t.Error("all is known of the one host")
	}
}
