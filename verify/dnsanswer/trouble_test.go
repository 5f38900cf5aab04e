package dnsanswer

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
)

func TestTrouble(t *testing.T) {
	soa := "example.com. 60 IN SOA ns1.example.com. hostmaster.example.com. 1 2 3 4 5"
	ns := "example.com. 60 IN NS ns1.example.com."
	mx := "example.com. 60 IN MX 10 mail.example.com."
	alias := "example.com. 60 IN CNAME example.net."
	tests := []struct {
		name     string
		resolver evidence.FailureKind // what it is from a resolver
		server   evidence.FailureKind // what it is from an authoritative server
		x        evidence.Exchange
	}{
		{"records", "", "", evidence.Exchange{RCode: "NOERROR", AA: true, Answer: []string{mx}}},
		{"records without authority", "", "", evidence.Exchange{RCode: "NOERROR", Answer: []string{mx}}},
		{"no data", evidence.NoData, evidence.NoData,
			evidence.Exchange{RCode: "NOERROR", AA: true, Authority: []string{soa}}},
		{"no data, no SOA", evidence.NoData, evidence.NoData, evidence.Exchange{RCode: "NOERROR", AA: true}},
		{"no data without authority", evidence.NoData, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", Authority: []string{soa}}},
		{"no name", evidence.NXDomain, evidence.NXDomain, evidence.Exchange{RCode: "NXDOMAIN", AA: true}},
		{"no name without authority", evidence.NXDomain, evidence.ServFail, evidence.Exchange{RCode: "NXDOMAIN"}},
		{"referral", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", Authority: []string{ns}}},
		{"NS beside SOA is no referral", evidence.NoData, evidence.NoData,
			evidence.Exchange{RCode: "NOERROR", AA: true, Authority: []string{ns, soa}}},
		{"alias out of the zone", evidence.NoData, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", AA: true, Answer: []string{alias}}},
		{"alias out of the zone, NXDOMAIN", evidence.NXDomain, evidence.ServFail,
			evidence.Exchange{RCode: "NXDOMAIN", AA: true, Answer: []string{alias}, Authority: []string{soa}}},
		{"alias within the server's zones", evidence.NXDomain, evidence.NXDomain,
			evidence.Exchange{RCode: "NXDOMAIN", AA: true, Answer: []string{alias},
				Authority: []string{strings.Replace(soa, "example.com.", "example.net.", 1)}}},
		{"NXDOMAIN with records", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NXDOMAIN", AA: true, Answer: []string{mx}}},
		{"truncated", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NOERROR", TC: true, AA: true, Answer: []string{mx}}},
		{"truncated no name", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "NXDOMAIN", TC: true, AA: true}},
		{"SERVFAIL with records", evidence.ServFail, evidence.ServFail,
			evidence.Exchange{RCode: "SERVFAIL", AA: true, Answer: []string{mx}}},
		{"no code", evidence.ServFail, evidence.ServFail, evidence.Exchange{AA: true}},
		{"failure", evidence.Reset, evidence.Reset,
			evidence.Exchange{Failure: &evidence.Failure{Kind: evidence.Reset}}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for role, want := range map[evidence.Role]evidence.FailureKind{
				evidence.Resolver: test.resolver, evidence.Authoritative: test.server,
			} {
				x := test.x
				x.Name, x.Type, x.Role = "example.com", "MX", role
				if got := Trouble([]evidence.Exchange{x}); kind(got) != want {
					t.Errorf("%s: %+v, want %q", role, got, want)
				}
			}
		})
	}
	if Trouble(nil) == nil {
		t.Error("no exchange is no trouble")
	}
}

func TestTroubleTimes(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	xs := []evidence.Exchange{
		{At: at, Failure: &evidence.Failure{Kind: evidence.Timeout}},
		{At: at.Add(5 * time.Second), RCode: "NXDOMAIN", RTT: evidence.Seconds(time.Second)},
	}
	f := Trouble(xs)
	if f.At.D() != 6*time.Second || f.Waited.D() != time.Second {
		t.Errorf("at %v after %v, want 6s after 1s", f.At.D(), f.Waited.D())
	}
}
