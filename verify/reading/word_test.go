package reading

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// The resolver's word: there are records, there are none, nothing usable came, or more came than are kept. Only of the last is there more
// than what is shown.
func TestWordOfTheResolver(t *testing.T) {
	const a = "www.example.com. 300 IN A 203.0.113.25"
	answer := func(rcode string, failure evidence.FailureKind, records ...string) evidence.Exchange {
		x := evidence.Exchange{Role: evidence.Resolver, Server: "192.0.2.1:53", Name: "www.example.com", Type: "A", RCode: rcode, RA: true, Answer: records}
		if failure != "" {
			x.Failure = &evidence.Failure{Kind: failure}
		}
		return x
	}
	for name, test := range map[string]struct {
		x                   evidence.Exchange
		records             int
		more, absent, known bool
	}{
		"a record":                  {answer("NOERROR", "", a), 1, false, false, true},
		"no such name":              {answer("NXDOMAIN", ""), 0, false, true, true},
		"no such record":            {answer("NOERROR", ""), 0, false, true, true},
		"SERVFAIL":                  {answer("SERVFAIL", ""), 0, false, false, false},
		"silence":                   {answer("", evidence.Timeout), 0, false, false, false},
		"too long, and some kept":   {answer("NOERROR", evidence.TooLong, a), 1, true, false, false},
		"too long, and none kept":   {answer("NOERROR", evidence.TooLong), 0, false, false, false},
		"cut off behind one record": {answer("NOERROR", evidence.Reset, a), 0, false, false, false},
	} {
		r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{test.x}}}
		if w := r.WordOfResolver("www.example.com", "A"); len(w.Records) != test.records || w.More != test.more || w.Absent != test.absent || w.Known() != test.known {
			t.Errorf("%s: %d records, more %v, absent %v, known %v (%s)", name, len(w.Records), w.More, w.Absent, w.Known(), w.Why.Detail)
		}
	}
}

// A question to a name server of the zone that the end of the run, or of the time for DNS, cut short leaves open what it would have said. Who
// was silent is another matter, and so are other askers, other types and later looks.
func TestWhatWasCutShort(t *testing.T) {
	ask := func(role evidence.Role, rrtype string, round int, failure evidence.FailureKind) evidence.Exchange {
		x := evidence.Exchange{Role: role, Server: "192.0.2.53:53", Name: "www.example.com", Type: rrtype, Round: round}
		if x.RCode = "NOERROR"; failure != "" {
			x.RCode, x.Failure = "", &evidence.Failure{Kind: failure}
		}
		return x
	}
	const there, here = evidence.Authoritative, evidence.Resolver
	for name, test := range map[string]struct {
		x    evidence.Exchange
		want facts.Code // of A records
		any  facts.Code // of all types
	}{
		"answered":                {ask(there, "A", 0, ""), "", ""},
		"the run ended":           {ask(there, "A", 0, evidence.Interrupted), facts.Interrupted, facts.Interrupted},
		"the time was over":       {ask(there, "A", 0, evidence.Limit), facts.Untested, facts.Untested},
		"silence":                 {ask(there, "A", 0, evidence.Timeout), "", ""},
		"another type":            {ask(there, "MX", 0, evidence.Interrupted), "", facts.Interrupted},
		"a later look":            {ask(there, "A", 1, evidence.Interrupted), "", ""},
		"the resolver, cut short": {ask(here, "A", 0, evidence.Interrupted), "", ""},
	} {
		r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{ask(there, "A", 0, ""), test.x}}}
		if got := r.CutShort("www.example.com", "A", "AAAA").Code; got != test.want {
			t.Errorf("%s: of addresses %q, want %q", name, got, test.want)
		}
		if got := r.CutShort("www.example.com").Code; got != test.any {
			t.Errorf("%s: of all %q, want %q", name, got, test.any)
		}
	}
}

// A host needs addresses of one family only, so that the lack of the other leaves nothing open; that a look-up failed does.
func TestWhichAddressesTheResolverLeavesOpen(t *testing.T) {
	said := func(rrtype, how string) evidence.Exchange {
		x := evidence.Exchange{Role: evidence.Resolver, Server: "192.0.2.1:53", Name: "www.example.com", Type: rrtype, RCode: "NOERROR", RA: true}
		switch {
		case how == "fails":
			x.RCode = "SERVFAIL"
		case how != "none":
			x.Answer = []string{"www.example.com. 300 IN " + rrtype + " " + how}
		}
		return x
	}
	const four, six = "203.0.113.25", "2001:db8::25"
	for _, test := range []struct{ a, aaaa, want string }{
		{four, six, ""}, {four, "none", ""}, {"none", six, ""}, {"none", "none", "A AAAA"}, {"fails", "fails", "A AAAA"},
		{"fails", six, "A"}, {four, "fails", "AAAA"}, {"none", "fails", "A AAAA"}, {"fails", "none", "A AAAA"},
	} {
		r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{said("A", test.a), said("AAAA", test.aaaa)}}}
		if got := strings.Join(r.unresolved("www.example.com"), " "); got != test.want {
			t.Errorf("A %s, AAAA %s: %q, want %q", test.a, test.aaaa, got, test.want)
		}
	}
}
