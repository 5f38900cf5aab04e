package spf

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// An evaluation asks as far as the answers lead it, and no further.
func TestQuestions(t *testing.T) {
	for name, test := range map[string]struct {
		want     facts.Source
		outbound string
		said     map[string]string
		steps    []string
	}{
		"another probe is wanted": {facts.FromPTR, "", nil, nil},
		"the user says":           {facts.FromSPF, evidence.OutboundYes, nil, nil},
		"it passes at once":       {facts.FromSPF, "", map[string]string{"TXT example.com": `"v=spf1 ip4:203.0.113.25 mx -all"`}, []string{"TXT example.com"}},
		"one more record after another": {facts.FromSPF, "", map[string]string{"TXT example.com": `"v=spf1 include:_spf.example.com mx -all"`, "TXT _spf.example.com": `"v=spf1 -all"`, "MX example.com": "10 mail.example.com.", "A mail.example.com": "192.0.2.9"},
			[]string{"TXT example.com", "TXT _spf.example.com", "MX example.com", "A mail.example.com"}},
		"the resolver fails": {facts.FromSPF, "", map[string]string{"TXT example.com": "FAIL", "zone TXT example.com": `"v=spf1 -all"`}, []string{"TXT example.com", "zone TXT example.com"}},
		"the resolver knows of none, and the zone does not either": {facts.FromSPF, "", nil, []string{"TXT example.com", "zone TXT example.com"}},
	} {
		b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}}}
		b.Vantage.Outbound = test.outbound
		if got := scene.Inquire(t, b, reading.Wish{Source: test.want}, test.said, Questions); !slices.Equal(got, test.steps) {
			t.Errorf("%s: %q, want %q", name, got, test.steps)
		}
	}
}
