package derive

import (
	"fmt"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
)

// zones is a bundle of so many delegated zones, each with two servers and a mail host, which lie below one TLD server.
func zones(n int) *evidence.Bundle {
	b := &evidence.Bundle{StartedAt: seenAt, FinishedAt: seenAt}
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

// The index finds a server however its address is written.
func TestServerKey(t *testing.T) {
	for _, server := range []string{"2001:db8::1", "[2001:db8::1]:53", "[2001:DB8:0::1]:53", "[2001:db8::1]"} {
		if got := reading.ServerKey(server); got != "2001:db8::1" {
			t.Errorf("%s is %s", server, got)
		}
	}
}

// Aliases lead from name to name, whoever tells of them, and never in a circle without end.
func TestSaidAbout(t *testing.T) {
	x := func(name, answer string) evidence.Exchange {
		return evidence.Exchange{Role: evidence.Authoritative, Name: name, Type: "A", Answer: []string{answer}}
	}
	d := &derivation{Reading: &reading.Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{
		x("c.example.com", "c.example.com. 300 IN CNAME a.example.com."), x("other.example.com", "other.example.com. 300 IN A 192.0.2.1"),
		x("a.example.com", "a.example.com. 300 IN CNAME B.example.com."), x("b.example.com", "b.example.com. 300 IN CNAME c.example.com."),
	}}}}
	if said := d.SaidAbout("A.example.com."); len(said) != 3 || said[0].Name != "c.example.com" {
		t.Errorf("%v", said)
	}
}
