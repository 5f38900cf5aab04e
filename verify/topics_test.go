package verify

import (
	"fmt"
	"reflect"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// Derivation from an empty or senseless bundle knows nothing, and does not panic.
func TestNothingSeenIsNothingKnown(t *testing.T) {
	bundles := []evidence.Bundle{
		{},
		{Targets: []evidence.Target{{Name: "example.com"}}},
		{Targets: []evidence.Target{{Name: "example.com", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"no address", "203.0.113.25"}}}}}},
		{Targets: []evidence.Target{{Name: "example.com", Zone: "example.com", Servers: []evidence.Server{{Name: "ns1", Address: "x"}}}}},
		{
			Targets: []evidence.Target{{Name: "a", Hosts: []evidence.Host{{Name: "h", Addresses: []string{"203.0.113.25"}}}}},
			Sessions: []evidence.Session{{Host: "h", Address: "203.0.113.25", Events: []evidence.Event{
				{Step: evidence.StepGreeting}, {Step: evidence.StepEHLO}, {Step: evidence.StepSTARTTLS}, {Step: evidence.StepHandshake},
				{Step: evidence.StepMAIL}, {Step: evidence.StepRCPT}}}},
		},
	}
	for i := range bundles {
		set := Facts(&bundles[i])
		for _, target := range bundles[i].Targets {
			for _, kind := range []facts.SubjectKind{facts.Session, facts.Server} {
				for _, view := range set.Views(target.Name, kind) {
					for _, def := range facts.Definitions() {
						f, _ := set.Get(def.Name, view)
						if f.Known() && f.Name != facts.SMTPPort && f.Name != facts.SMTPHostsGreeting && f.Name != facts.DNSZoneServers {
							t.Errorf("bundle %d: %s of %v is known: %v", i, f.Name, view, f.Value)
						}
						if !f.Known() && f.Why.Code == "" {
							t.Errorf("bundle %d: %s of %v is unknown without a reason", i, f.Name, view)
						}
					}
				}
			}
		}
	}
}

// A resolver that answers for names that do not exist leads nowhere: nothing rests on it but what the zone's own servers said.
func TestResolverThatInvents(t *testing.T) {
	z := scene.GoodZone()
	z.Vantage = evidence.Vantage{SMTPOut: evidence.Open, Invents: true, Resolver: "192.0.2.250:53"}
	z.Targets[0].Hosts = []evidence.Host{{Name: scene.Host, Addresses: []string{scene.Address}}}
	scene.Meet(&z.Bundle, scene.Host, scene.Address, scene.Greets(scene.Quick))
	byResolver := scene.GoodZone()
	byResolver.Bundle = z.Bundle
	byResolver.Targets = []evidence.Target{z.Targets[0]}
	byResolver.Targets[0].Delegation = &evidence.Delegation{By: evidence.ByResolver, Path: z.Targets[0].Delegation.Path}
	address := scene.Of(scene.Greets(scene.Quick))
	address.Vantage.Invents = true
	address.Targets[0].Kind = "address"
	for name, test := range map[string]struct {
		bundle *evidence.Bundle
		views  map[facts.SubjectKind]bool
	}{
		"the zone was found from the root": {&z.Bundle, map[facts.SubjectKind]bool{facts.Session: false, facts.Server: true, facts.Zone: true}},
		"the zone was found by it":         {&byResolver.Bundle, map[facts.SubjectKind]bool{facts.Session: false, facts.Server: false, facts.Zone: false, facts.Target: false}},
		"an address needs no resolver":     {address, map[facts.SubjectKind]bool{facts.Session: true}},
	} {
		set := Facts(test.bundle)
		for kind, led := range test.views {
			if got := len(set.Views(test.bundle.Targets[0].Name, kind)) > 0; got != led {
				t.Errorf("%s: leads to a %s: %v, want %v", name, kind, got, led)
			}
			if why := set.WhyNoViews(test.bundle.Targets[0].Name, kind); !led && why.Code != facts.Disagreement {
				t.Errorf("%s: no %s because of %v", name, kind, why)
			}
		}
	}
}

// zones is a bundle of so many delegated zones, each with two servers and a mail host, which lie below one TLD server.
func zones(n int) *evidence.Bundle {
	b := &evidence.Bundle{StartedAt: scene.SeenAt, FinishedAt: scene.SeenAt}
	tld := []evidence.Server{{Name: "a.tld", Address: "192.0.2.11"}}
	for i := range n {
		zone := fmt.Sprintf("d%d.com", i)
		var servers []evidence.Server
		x := evidence.Exchange{Role: evidence.Authoritative, Server: "192.0.2.11:53", Transport: "udp", Name: zone, Type: "NS", RCode: "NOERROR"}
		for s := range 2 {
			name, address := fmt.Sprintf("ns%d.%s", s, zone), fmt.Sprintf("198.51.%d.%d", i, s)
			servers = append(servers, evidence.Server{Name: name, Address: address})
			x.Authority = append(x.Authority, zone+". 300 IN NS "+name+".")
			x.Additional = append(x.Additional, name+". 300 IN A "+address)
			for rrtype, answer := range map[string]string{"SOA": "ns0." + zone + ". hm." + zone + ". 1 2 3 4 5", "MX": "10 mail." + zone + ".", "NS": name + ".", "TXT": "x"} {
				b.Exchanges = append(b.Exchanges, evidence.Exchange{Role: evidence.Authoritative, Server: address + ":53", Transport: "udp", AA: true,
					Name: zone, Type: rrtype, RCode: "NOERROR", Answer: []string{zone + ". 300 IN " + rrtype + " " + answer}})
			}
		}
		b.Exchanges = append(b.Exchanges, x)
		host := evidence.Host{Name: "mail." + zone, Addresses: []string{fmt.Sprintf("203.0.%d.25", i)}}
		b.Sessions = append(b.Sessions, evidence.Session{Host: host.Name, Address: host.Addresses[0]})
		b.Targets = append(b.Targets, evidence.Target{Name: zone, Kind: "domain", Zone: zone, Servers: servers, Hosts: []evidence.Host{host},
			Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "com", Servers: tld}, {Zone: zone, Asked: tld, Servers: servers}}}})
	}
	return b
}

// Twice the zones are twice the work, and not four times: what is read, which is what allocates, is read once. Times would not do
// for a test.
func TestWorkGrowsWithZones(t *testing.T) {
	work := func(n int) float64 {
		b := zones(n)
		return testing.AllocsPerRun(1, func() { Facts(b) })
	}
	if few, many := work(20), work(80); many > 5*few {
		t.Errorf("20 zones take %.0f allocations, 80 zones %.0f", few, many)
	}
}

// What is known of a target is the same beside another one, behind aliases and includes too.
func TestFactsBesideAnotherTarget(t *testing.T) {
	const reverse = "25.113.0.203.in-addr.arpa"
	x := func(role evidence.Role, name, rrtype, rcode string, answer ...string) evidence.Exchange {
		return evidence.Exchange{Role: role, Server: "192.0.2.1:53", Name: name, Type: rrtype, RCode: rcode, AA: true, Answer: answer}
	}
	whole := evidence.Bundle{
		Targets: []evidence.Target{
			{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}},
			{Name: "example.net", Kind: "domain"},
		},
		Exchanges: []evidence.Exchange{
			x(evidence.Authoritative, reverse, "PTR", "NOERROR", reverse+". 300 IN CNAME 25.0-63.113.0.203.in-addr.arpa."),
			x(evidence.Authoritative, "25.0-63.113.0.203.in-addr.arpa", "PTR", "NOERROR", "25.0-63.113.0.203.in-addr.arpa. 300 IN PTR out.example.org."),
			x(evidence.Authoritative, "out.example.org", "A", "NOERROR", "out.example.org. 300 IN A 203.0.113.25"),
			x(evidence.Resolver, "example.com", "TXT", "NOERROR", `example.com. 300 IN TXT "v=spf1 include:_spf.example.org -all"`),
			x(evidence.Resolver, "_spf.example.org", "TXT", "NOERROR", `_spf.example.org. 300 IN TXT "v=spf1 ip4:203.0.113.0/24"`),
			x(evidence.Resolver, "example.net", "TXT", "NOERROR", `example.net. 300 IN TXT "v=spf1 -all"`),
		},
	}
	alone := whole
	alone.Targets = whole.Targets[:1]
	for _, b := range []*evidence.Bundle{&whole, &alone} {
		set := Facts(b)
		for name, want := range map[facts.Name]string{facts.DNSPTRConfirmed: "yes", facts.IPOutbound: "yes", facts.DNSPTRNames: "out.example.org"} {
			if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Value.String() != want {
				t.Errorf("%s is %q (%v), want %s", name, f.Value, f.Why, want)
			}
		}
	}
}

// What holds for all targets that lead to an address is derived with the first of them: derived with each, a report of many names of
// one provider would cost the square of their number.
func TestSharedPlacesAreDerivedOnce(t *testing.T) {
	b := scene.Of(scene.Greets(scene.Quick))
	b.Vantage.SMTPOut = evidence.Open
	second := b.Targets[0]
	second.Name = "example.net"
	b.Targets = append(b.Targets, second)
	r := &reading.Reading{Bundle: b}
	for i := range b.Targets {
		set, told := &facts.Set{}, 0
		for _, topic := range topics {
			topic.derive(r, &b.Targets[i], r.Writer(set))
		}
		for _, def := range facts.Definitions() {
			f, _ := set.Get(def.Name, scene.View)
			if none, _ := new(facts.Set).Get(def.Name, scene.View); !reflect.DeepEqual(f, none) {
				told++
			}
		}
		if (told > 0) != (i == 0) {
			t.Errorf("%s: %d facts about the address that both lead to", b.Targets[i].Name, told)
		}
	}
}
