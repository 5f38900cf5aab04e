package dnsanswer

import (
	"testing"

	"mxverdict/verify/evidence"
)

func TestAlias(t *testing.T) {
	answer := func(rcode string, aa bool, records ...string) []evidence.Exchange {
		return []evidence.Exchange{{Role: evidence.Authoritative, Name: "www.example.com", Type: "A", RCode: rcode, AA: aa, Answer: records}}
	}
	tests := []struct {
		name  string
		xs    []evidence.Exchange
		want  string
		known bool
	}{
		{"alias", answer("NOERROR", true, "WWW.example.com. 300 IN CNAME Web.Example.NET."), "web.example.net", true},
		{"alias of nothing", answer("NXDOMAIN", true, "www.example.com. 300 IN CNAME web.example.net."), "web.example.net", true},
		{"address", answer("NOERROR", true, "www.example.com. 300 IN A 203.0.113.25"), "", true},
		{"neither", answer("NOERROR", true), "", true},
		{"somebody else's alias", answer("NOERROR", true, "web.example.com. 300 IN CNAME web.example.net."), "", true},
		{"no authority", answer("NOERROR", false, "www.example.com. 300 IN CNAME web.example.net."), "", false},
		{"failure", answer("SERVFAIL", false), "", false},
		{"nothing asked", nil, "", false},
	}
	for _, test := range tests {
		got, f := Alias(test.xs, "www.example.com", "A")
		if got != test.want || (f == nil) != test.known {
			t.Errorf("%s: %q, %+v", test.name, got, f)
		}
	}
}

// What is no usable word of a server entitled to it never becomes an answer, and never the absence of one.
func TestOutcomeThatIsNoWord(t *testing.T) {
	good := evidence.Exchange{Role: evidence.Authoritative, Name: "www.example.com", Type: "A", RCode: "NOERROR", AA: true}
	a := []string{"www.example.com. 300 IN A 203.0.113.25"}
	for name, change := range map[string]func(*evidence.Exchange){
		"no authority":          func(x *evidence.Exchange) { x.AA = false },
		"cut":                   func(x *evidence.Exchange) { x.TC = true },
		"SERVFAIL":              func(x *evidence.Exchange) { x.RCode = "SERVFAIL" },
		"NXDOMAIN with records": func(x *evidence.Exchange) { x.RCode, x.Answer = "NXDOMAIN", a },
		"a referral with AA":    func(x *evidence.Exchange) { x.Authority = []string{"www.example.com. 300 IN NS ns.example.net."} },
		"silence":               func(x *evidence.Exchange) { x.RCode, x.Failure = "", &evidence.Failure{Kind: evidence.Timeout} },
	} {
		x := good
		change(&x)
		if said, usable := Outcome(x, "www.example.com", "A"); usable || said.Failure == nil || Absent(said.Failure) {
			t.Errorf("%s: taken for a word: %+v", name, said)
		}
		if f := Trouble([]evidence.Exchange{x}); f == nil || Absent(f) {
			t.Errorf("%s: taken for a word: %+v", name, f)
		}
	}
	if said, usable := Outcome(good, "www.example.com", "A"); !usable || !Absent(said.Failure) {
		t.Errorf("no data: %+v", said)
	}
}

// Of an answer with more records than are kept, those that are kept were seen; it is no answer to who wants all.
func TestSeen(t *testing.T) {
	cut := evidence.Exchange{Role: evidence.Authoritative, Name: "example.com", Type: "MX", RCode: "NOERROR", AA: true,
		Answer: []string{"example.com. 60 IN MX 1 a.example.com.", "example.com. 60 IN MX 2 b.example.com.", "example.net. 60 IN MX 2 c.example.com."}, Failure: &evidence.Failure{Kind: evidence.TooLong}}
	with := func(change func(*evidence.Exchange)) evidence.Exchange {
		x := cut
		change(&x)
		return x
	}
	for name, test := range map[string]struct {
		xs   []evidence.Exchange
		want int
	}{
		"cut":                    {[]evidence.Exchange{cut}, 2},
		"then a server fails":    {[]evidence.Exchange{cut, with(func(x *evidence.Exchange) { x.RCode, x.Answer, x.Failure = "SERVFAIL", nil, nil })}, 2},
		"without authority":      {[]evidence.Exchange{with(func(x *evidence.Exchange) { x.AA = false })}, 0},
		"damaged":                {[]evidence.Exchange{with(func(x *evidence.Exchange) { x.Failure = &evidence.Failure{Kind: evidence.Malformed} })}, 0},
		"no such name":           {[]evidence.Exchange{with(func(x *evidence.Exchange) { x.RCode = "NXDOMAIN" })}, 0},
		"truncated":              {[]evidence.Exchange{with(func(x *evidence.Exchange) { x.TC = true })}, 0},
		"another server has all": {[]evidence.Exchange{cut, with(func(x *evidence.Exchange) { x.Failure = nil })}, 0},
	} {
		if got := Seen(test.xs, "example.com", "MX"); len(got) != test.want {
			t.Errorf("%s: %v", name, got)
		}
		records, trouble := Resolved(test.xs, "example.com", "MX")
		if whole := name == "another server has all"; (trouble == nil) != whole || (len(records) > 0) != whole {
			t.Errorf("%s: %v, %+v", name, records, trouble)
		}
	}
	if !Cut([]evidence.Exchange{cut}) || Cut([]evidence.Exchange{with(func(x *evidence.Exchange) { x.Answer = nil })}) || Cut(nil) {
		t.Error("whether an answer was cut")
	}
}
