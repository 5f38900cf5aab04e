package mtasts

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// A policy is looked for as senders do it (RFC 8461 section 3): no file is asked for that no record announces, and none at a host without
// an address.
func TestQuestions(t *testing.T) {
	const record, policy = `"v=STSv1; id=1"`, "https://mta-sts.example.com/.well-known/mta-sts.txt"
	host, domain := evidence.Target{Name: "mail.example.com", Kind: "host"}, evidence.Target{Name: "example.com", Kind: "domain"}
	ofHost := []string{"TXT _mta-sts.mail.example.com", "zone TXT _mta-sts.mail.example.com", "MX example.com"}
	announced := map[string]string{"TXT _mta-sts.example.com": record, "A mta-sts.example.com": "203.0.113.80", "MX example.com": "10 mail.example.com."}
	file := []string{"TXT _mta-sts.example.com", "A mta-sts.example.com, AAAA mta-sts.example.com", "fetch 203.0.113.80 " + policy}
	for name, test := range map[string]struct {
		target evidence.Target
		want   facts.Source
		said   map[string]string
		steps  []string
		learnt string
	}{
		"another probe is wanted": {domain, facts.FromTLSA, announced, nil, "example.com"},
		"an address":              {evidence.Target{Name: "203.0.113.25", Kind: "address"}, facts.FromMTASTS, nil, nil, ""},
		"no record":               {domain, facts.FromMTASTS, nil, []string{"TXT _mta-sts.example.com", "zone TXT _mta-sts.example.com"}, "example.com"},
		"a policy":                {domain, facts.FromMTASTS, announced, file, "example.com"},
		"a policy host without an address": {domain, facts.FromMTASTS, map[string]string{"TXT _mta-sts.example.com": record},
			append(slices.Clone(file[:2]), "zone A mta-sts.example.com, zone AAAA mta-sts.example.com"), "example.com"},
		"the zone knows an address that the resolver does not": {domain, facts.FromMTASTS, map[string]string{"TXT _mta-sts.example.com": record, "A mta-sts.example.com": "FAIL", "zone A mta-sts.example.com": "203.0.113.81"},
			append(slices.Clone(file[:2]), "zone A mta-sts.example.com, zone AAAA mta-sts.example.com", "fetch 203.0.113.81 "+policy), "example.com"},
		"a host to which a domain above sends its mail": {host, facts.FromMTASTS, announced, append(ofHost[:3:3], file...), "example.com"},
		"a host to which none does":                     {host, facts.FromMTASTS, map[string]string{"MX example.com": "10 other.example.com."}, ofHost, ""},
		"a host with a record of its own": {host, facts.FromMTASTS, map[string]string{"TXT _mta-sts.mail.example.com": record, "A mta-sts.mail.example.com": "203.0.113.80"},
			[]string{"TXT _mta-sts.mail.example.com", "A mta-sts.mail.example.com, AAAA mta-sts.mail.example.com",
				"fetch 203.0.113.80 https://mta-sts.mail.example.com/.well-known/mta-sts.txt"}, "mail.example.com"},
	} {
		b := &evidence.Bundle{Targets: []evidence.Target{test.target}}
		var last *reading.Reading
		got := scene.Inquire(t, b, reading.Wish{Source: test.want}, test.said, func(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
			last = r
			return Questions(r, t, want)
		})
		if !slices.Equal(got, test.steps) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, test.steps)
		}
		if Learn(last, &b.Targets[0]); b.Targets[0].PolicyDomain != test.learnt {
			t.Errorf("%s: the policy of %q counts, want %q", name, b.Targets[0].PolicyDomain, test.learnt)
		}
	}
}
