package names

import (
	"net/netip"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

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
		if got := genericName(test.name, netip.MustParseAddr(test.address)); got != test.want {
			t.Errorf("%s of %s: %v, want %v", test.name, test.address, got, test.want)
		}
	}
	addr := netip.MustParseAddr("203.0.113.25")
	if allGeneric([]string{"a.dsl.example.com", "mail.example.com"}, addr) || !allGeneric([]string{"a.dsl.example.com"}, addr) || allGeneric(nil, addr) {
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
		set := factsOf(&b)
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
	if f, _ := factsOf(&b).Get(facts.DNSPTRMissing, facts.SessionAt("", "203.0.113.25")); f.Known() {
		t.Errorf("the reverse name is known to be missing: %v", f.Value)
	}
}

// An address of a private range has no reverse zone that means anything.
func TestPrivateAddressHasNoReverseName(t *testing.T) {
	b := evidence.Bundle{Targets: []evidence.Target{{Name: "10.0.0.1", Kind: "address", Hosts: []evidence.Host{{Addresses: []string{"10.0.0.1"}}}}}}
	if f, _ := factsOf(&b).Get(facts.DNSPTRMissing, facts.SessionAt("", "10.0.0.1")); f.Why.Code != facts.Private {
		t.Errorf("%v %v", f.Value, f.Why)
	}
}

// A reverse name that gave no answer, or was not asked for, may be the one that leads back; and that there is none only servers of
// one mind can say.
func TestZoneWordAboutReverseNames(t *testing.T) {
	const reverse = "25.113.0.203.in-addr.arpa"
	ptr := func(names ...string) evidence.Exchange {
		return scene.SaidBy(scene.There, "NOERROR", "PTR", reverse, names...)
	}
	a := func(rcode string, data ...string) evidence.Exchange {
		return scene.SaidBy(scene.There, rcode, "A", "out.example.com", data...)
	}
	more := func(x evidence.Exchange) []evidence.Exchange { // than were read
		x.Failure = &evidence.Failure{Kind: evidence.TooLong}
		return []evidence.Exchange{x}
	}
	for _, test := range []struct {
		name string
		fact facts.Name
		xs   []evidence.Exchange
		want string
	}{
		{"a proper name among many", facts.DNSPTRGeneric, more(ptr("203-0-113-25.dyn.example.com.", "out.example.com.")), "no"},
		{"generic names among many", facts.DNSPTRGeneric, more(ptr("203-0-113-25.dyn.example.com.")), ""},
		{"a generic name", facts.DNSPTRGeneric, []evidence.Exchange{ptr("203-0-113-25.dyn.example.com.")}, "yes"},
		{"leads back", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com."), a("NOERROR", "203.0.113.25")}, "yes"},
		{"leads elsewhere", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com."), a("NOERROR", "203.0.113.80")}, "no"},
		{"no answer", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com."), a("SERVFAIL")}, ""},
		{"no answer of one", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com.", "web.example.com."), a("SERVFAIL"), scene.SaidBy(scene.There, "NXDOMAIN", "A", "web.example.com")}, ""},
		{"not to be asked", facts.DNSPTRConfirmed, []evidence.Exchange{ptr(`a\.b.example.com.`, "out.example.com."), a("NOERROR", "203.0.113.80")}, ""},
		{"names that nobody told", facts.DNSPTRConfirmed, []evidence.Exchange{scene.SaidBy(scene.There, "SERVFAIL", "PTR", reverse)}, ""},
		{"none that could lead back", facts.DNSPTRConfirmed, []evidence.Exchange{scene.SaidBy(scene.There, "NXDOMAIN", "PTR", reverse)}, "no"},
		{"none", facts.DNSPTRMissing, []evidence.Exchange{scene.SaidBy(scene.There, "NXDOMAIN", "PTR", reverse)}, "yes"},
		{"none at one server", facts.DNSPTRMissing, []evidence.Exchange{scene.SaidBy(scene.There, "NXDOMAIN", "PTR", reverse), atServer(2, ptr("out.example.com."))}, ""},
		{"none by the resolver", facts.DNSPTRMissing, []evidence.Exchange{scene.SaidBy(scene.Here, "NXDOMAIN", "PTR", reverse), scene.SaidBy(scene.There, "SERVFAIL", "PTR", reverse)}, ""},
		{"only the resolver answers", facts.DNSPTRMissing, []evidence.Exchange{scene.SaidBy(scene.Here, "NXDOMAIN", "PTR", reverse)}, "yes"},
	} {
		f, _ := factsOf(scene.Led("domain", nil, scene.OneHost("203.0.113.25"), test.xs...)).Get(test.fact, facts.SessionAt("mail.example.com", "203.0.113.25"))
		if f.Value.String() != test.want {
			t.Errorf("%s, %s: %q (%s), want %q", test.fact, test.name, f.Value, f.Why.Detail, test.want)
		}
	}
}
