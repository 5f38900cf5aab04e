package derive

import (
	"slices"
	"testing"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// A reverse name that gave no answer, or was not asked for, may be the one that leads back; and that there is none only servers of
// one mind can say.
func TestZoneWordAboutReverseNames(t *testing.T) {
	const reverse = "25.113.0.203.in-addr.arpa"
	ptr := func(names ...string) evidence.Exchange { return saidBy(there, "NOERROR", "PTR", reverse, names...) }
	a := func(rcode string, data ...string) evidence.Exchange {
		return saidBy(there, rcode, "A", "out.example.com", data...)
	}
	for _, test := range []struct {
		name string
		fact facts.Name
		xs   []evidence.Exchange
		want string
	}{
		{"leads back", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com."), a("NOERROR", "203.0.113.25")}, "yes"},
		{"leads elsewhere", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com."), a("NOERROR", "203.0.113.80")}, "no"},
		{"no answer", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com."), a("SERVFAIL")}, ""},
		{"no answer of one", facts.DNSPTRConfirmed, []evidence.Exchange{ptr("out.example.com.", "web.example.com."), a("SERVFAIL"), saidBy(there, "NXDOMAIN", "A", "web.example.com")}, ""},
		{"not to be asked", facts.DNSPTRConfirmed, []evidence.Exchange{ptr(`a\.b.example.com.`, "out.example.com."), a("NOERROR", "203.0.113.80")}, ""},
		{"none", facts.DNSPTRMissing, []evidence.Exchange{saidBy(there, "NXDOMAIN", "PTR", reverse)}, "yes"},
		{"none at one server", facts.DNSPTRMissing, []evidence.Exchange{saidBy(there, "NXDOMAIN", "PTR", reverse), atServer(2, ptr("out.example.com."))}, ""},
		{"none by the resolver", facts.DNSPTRMissing, []evidence.Exchange{saidBy(here, "NXDOMAIN", "PTR", reverse), saidBy(there, "SERVFAIL", "PTR", reverse)}, ""},
		{"only the resolver answers", facts.DNSPTRMissing, []evidence.Exchange{saidBy(here, "NXDOMAIN", "PTR", reverse)}, "yes"},
	} {
		f, _ := Facts(ledBundle("domain", nil, oneHost("203.0.113.25"), test.xs...)).Get(test.fact, facts.SessionAt("mail.example.com", "203.0.113.25"))
		if f.Value.String() != test.want {
			t.Errorf("%s, %s: %q (%s), want %q", test.fact, test.name, f.Value, f.Why.Detail, test.want)
		}
	}
}

// The AA bit of an answer about the apex shows authority, not one about a name below, or without it (RFC 1035 section 4.1.1).
func TestZoneAuthorityWithoutSOA(t *testing.T) {
	var refused []evidence.Exchange
	for _, round := range []int{0, dnsanswer.RoundAnew, dnsanswer.RoundStream} {
		x := saidBy(there, "REFUSED", "SOA", "example.com")
		x.Round, x.Transport = round, map[bool]string{true: "tcp", false: "udp"}[round == dnsanswer.RoundStream]
		refused = append(refused, x)
	}
	with := func(xs []evidence.Exchange, x evidence.Exchange) []evidence.Exchange {
		return append(slices.Clone(xs), x)
	}
	ns := saidBy(there, "NOERROR", "NS", "example.com", "ns1.example.com.")
	below := saidBy(there, "NOERROR", "A", "www.example.com", "203.0.113.80")
	address := saidBy(there, "NOERROR", "A", "example.com", "203.0.113.80")
	copied := ns
	copied.AA = false
	denied := slices.Clone(refused)
	for i := range denied {
		denied[i].RCode, denied[i].Authority = "NXDOMAIN", []string{". 300 IN SOA a.root.example. h. 1 7200 900 1209600 300"}
	}
	for name, test := range map[string]struct {
		xs   []evidence.Exchange
		want string
	}{
		"nothing else":                      {refused, "no"},
		"its NS records":                    {with(refused, ns), "yes"},
		"an address of the apex":            {with(refused, address), "yes"},
		"NS records without authority":      {with(refused, copied), "no"},
		"a name below":                      {with(refused, below), "no"},
		"another zone, and an address":      {with(denied, address), "no"},
		"two refusals, and no other record": {refused[:2], ""},
	} {
		b := ledBundle("domain", nil, []evidence.Host{}, test.xs...)
		f, _ := Facts(b).Get(facts.DNSNSAuthoritative, facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [192.0.2.53]"})
		if f.Value.String() != test.want {
			t.Errorf("%s: %q (%s), want %q", name, f.Value, f.Why.Detail, test.want)
		}
	}
}
