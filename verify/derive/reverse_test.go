package derive

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/names"
	"mxverdict/verify/smtp"
)

func TestHostNames(t *testing.T) {
	valid := []string{"mail.example.com", "example.com", "MAIL.EXAMPLE.COM", "xn--bcher-kva.example", "1and1.example", "a-b.example", "3.example.com"}
	invalid := []string{"", "localhost", "mail_1.example.com", "-mail.example.com", "mail-.example.com", "mail..example.com", "mail.example.com.",
		"192.0.2.1", "mail.example.25", "bücher.example", "mail .example.com", strings.Repeat("a", 64) + ".example",
		strings.Repeat("a.", 126) + "example"}
	for _, name := range valid {
		if !dnsanswer.ValidHostname(name) {
			t.Errorf("%q is called no host name", name)
		}
	}
	for _, name := range invalid {
		if dnsanswer.ValidHostname(name) {
			t.Errorf("%q is called a host name", name)
		}
	}
}

func TestAddressLiterals(t *testing.T) {
	valid := []string{"[192.0.2.1]", "[IPv6:2001:db8::1]", "[ipv6:::1]"}
	invalid := []string{"", "[]", "192.0.2.1", "[192.0.2]", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[IPv6:fe80::1%eth0]", "[192.0.2.1", "[mail.example.com]"}
	for _, text := range valid {
		if !smtp.AddressLiteral(text) {
			t.Errorf("%q is called no address literal", text)
		}
	}
	for _, text := range invalid {
		if smtp.AddressLiteral(text) {
			t.Errorf("%q is called an address literal", text)
		}
	}
}

// The guess is a hint. What must not happen is that a name of a server's own is taken for a machine's.
func TestGenericNames(t *testing.T) {
	tests := []struct {
		name, address string
		want          bool
	}{
		{"mail.example.com", "203.0.113.25", false},
		{"example.com", "203.0.113.25", false},
		{"mx25.example.com", "203.0.113.25", false},
		{"mx1.rack1.dc1.example.com", "198.1.1.1", false},
		{"mail.dyn.com", "203.0.113.25", false}, // the registered domain tells nothing
		{"mail.pool-clients.example.com", "203.0.113.25", true},
		{"poole.example.com", "203.0.113.25", false},
		{"clientele.example.com", "203.0.113.25", false},
		{"host-203-0-113-25.example.com", "203.0.113.25", true},
		{"25.113.0.203.static.example.com", "203.0.113.25", true},
		{"host-0-113-25.example.com", "203.0.113.25", true},
		{"c203x113x25.example.com", "203.0.113.25", true},
		{"203000113025.example.com", "203.0.113.25", true},
		{"cb007119.example.com", "203.0.113.25", true},
		{"dhcp25.example.com", "203.0.113.25", true},
		{"a.dsl.example.com", "203.0.113.25", true},
		{"mail6.example.com", "2001:db8:1:2::25", false},
		{"2001-db8-1234-5678--25.example.com", "2001:db8:1234:5678::25", true},
		{"20010db8123456780000000000000025.example.com", "2001:db8:1234:5678::25", true},
		{"mail.db8.example.com", "2001:db8::25", false},
	}
	for _, test := range tests {
		if got := names.GenericName(test.name, netip.MustParseAddr(test.address)); got != test.want {
			t.Errorf("%s of %s: %v, want %v", test.name, test.address, got, test.want)
		}
	}
	addr := netip.MustParseAddr("203.0.113.25")
	if names.AllGeneric([]string{"a.dsl.example.com", "mail.example.com"}, addr) || !names.AllGeneric([]string{"a.dsl.example.com"}, addr) || names.AllGeneric(nil, addr) {
		t.Error("one name of an address's own is not enough, or none is taken for a machine's")
	}
}

// Two witnesses: the servers of the reverse zone decide, the resolver serves where they could not be asked.
func TestWhoseWordCounts(t *testing.T) {
	const reverse = "25.113.0.203.in-addr.arpa"
	at := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	exchange := func(role evidence.Role, rcode string, ptr ...string) evidence.Exchange {
		x := evidence.Exchange{At: at, Role: role, Server: "192.0.2.1:53", Name: reverse, Type: "PTR", RCode: rcode, AA: role == evidence.Authoritative}
		for _, name := range ptr {
			x.Answer = append(x.Answer, reverse+". 300 IN PTR "+name+".")
		}
		if rcode == "" {
			x.Failure = &evidence.Failure{Kind: evidence.Timeout}
		}
		return x
	}
	const r, s = evidence.Resolver, evidence.Authoritative
	elsewhere := evidence.Exchange{At: at, Role: s, Server: "192.0.2.9:53", Name: "example.com", Type: "SOA", RCode: "NOERROR", AA: true}
	tests := []struct {
		name      string
		exchanges []evidence.Exchange
		missing   string // yes, no or why it is not known
		differs   string
	}{
		{"both know", []evidence.Exchange{exchange(r, "NOERROR", "a.example"), exchange(s, "NOERROR", "A.example")}, "no", "no"},
		{"both know nothing", []evidence.Exchange{exchange(r, "NXDOMAIN"), exchange(s, "NXDOMAIN")}, "yes", "no"},
		{"the resolver denies", []evidence.Exchange{exchange(r, "NXDOMAIN"), exchange(s, "NOERROR", "a.example")}, "no", "yes"},
		{"the resolver remembers", []evidence.Exchange{exchange(r, "NOERROR", "a.example"), exchange(s, "NXDOMAIN")}, "yes", "yes"},
		{"the resolver has another", []evidence.Exchange{exchange(r, "NOERROR", "b.example"), exchange(s, "NOERROR", "a.example")}, "no", "yes"},
		{"the resolver fails", []evidence.Exchange{exchange(r, "SERVFAIL"), exchange(s, "NXDOMAIN")}, "yes", "no"},
		{"silent servers, the resolver knows", []evidence.Exchange{exchange(r, "NOERROR", "a.example"), exchange(s, "")}, "no", "no"},
		{"no server of any zone answers, the resolver denies", []evidence.Exchange{exchange(r, "NXDOMAIN"), exchange(s, "")}, "yes", "no"},
		{"only these servers are silent, the resolver denies", []evidence.Exchange{exchange(r, "NXDOMAIN"), exchange(s, ""), elsewhere}, "servfail", "servfail"},
		{"the servers fail, the resolver denies", []evidence.Exchange{exchange(r, "NXDOMAIN"), exchange(s, "SERVFAIL")}, "servfail", "servfail"},
		{"the servers fail, the resolver knows", []evidence.Exchange{exchange(r, "NOERROR", "a.example"), exchange(s, "REFUSED")}, "servfail", "servfail"},
		{"nobody answers", []evidence.Exchange{exchange(r, ""), exchange(s, "")}, "servfail", "servfail"},
		{"a second server answers", []evidence.Exchange{exchange(r, "NXDOMAIN"), exchange(s, "SERVFAIL"), exchange(s, "NOERROR", "a.example")}, "no", "yes"},
		{"nobody was asked", nil, "untested", "untested"},
	}
	for _, test := range tests {
		b := evidence.Bundle{Exchanges: test.exchanges, Targets: []evidence.Target{{Name: "203.0.113.25", Kind: "address",
			Hosts: []evidence.Host{{Addresses: []string{"203.0.113.25"}}}}}}
		set := Facts(&b)
		for name, want := range map[facts.Name]string{facts.DNSPTRMissing: test.missing, facts.DNSPTRResolverDiffers: test.differs} {
			f, _ := set.Get(name, facts.SessionAt("", "203.0.113.25"))
			got := string(f.Why.Code)
			if f.Known() {
				got = f.Value.String()
			}
			if got != want {
				t.Errorf("%s: %s is %s, want %s", test.name, name, got, want)
			}
		}
	}
}

// The resolver that rewrites "no such name" is no witness for anything.
func TestInventingResolverIsNoWitness(t *testing.T) {
	x := evidence.Exchange{Role: evidence.Resolver, Name: "25.113.0.203.in-addr.arpa", Type: "PTR", RCode: "NXDOMAIN"}
	b := evidence.Bundle{Vantage: evidence.Vantage{Invents: true}, Exchanges: []evidence.Exchange{x}, Targets: []evidence.Target{{Name: "203.0.113.25",
		Kind: "address", Hosts: []evidence.Host{{Addresses: []string{"203.0.113.25"}}}}}}
	if f, _ := Facts(&b).Get(facts.DNSPTRMissing, facts.SessionAt("", "203.0.113.25")); f.Known() {
		t.Errorf("the reverse name is known to be missing: %v", f.Value)
	}
}

// What one report's part of the evidence holds gives the same facts as the whole.
func TestPartGivesTheSameFacts(t *testing.T) {
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
	part := Part(whole, []string{"example.com"})
	if len(part.Exchanges) != 5 {
		t.Errorf("%d exchanges in the part, want the 5 that concern it", len(part.Exchanges))
	}
	for _, b := range []*evidence.Bundle{&whole, &part} {
		set := Facts(b)
		for name, want := range map[facts.Name]string{facts.DNSPTRConfirmed: "yes", facts.IPOutbound: "yes", facts.DNSPTRNames: "out.example.org"} {
			if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Value.String() != want {
				t.Errorf("%s is %q (%v), want %s", name, f.Value, f.Why, want)
			}
		}
	}
}

// An address of a private range has no reverse zone that means anything.
func TestPrivateAddressHasNoReverseName(t *testing.T) {
	b := evidence.Bundle{Targets: []evidence.Target{{Name: "10.0.0.1", Kind: "address", Hosts: []evidence.Host{{Addresses: []string{"10.0.0.1"}}}}}}
	if f, _ := Facts(&b).Get(facts.DNSPTRMissing, facts.SessionAt("", "10.0.0.1")); f.Why.Code != facts.Private {
		t.Errorf("%v %v", f.Value, f.Why)
	}
}
