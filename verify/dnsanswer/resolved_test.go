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
