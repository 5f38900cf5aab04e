package dane

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// TLSA records are asked for at every host that has a name, of the name servers too where the resolver gives none. Those that are there take
// a proof from the root on.
func TestQuestions(t *testing.T) {
	const record = "_25._tcp.mail.example.com"
	for name, test := range map[string]struct {
		want  facts.Source
		said  map[string]string
		steps []string
	}{
		"another probe is wanted": {facts.FromMTASTS, nil, nil},
		"there is one": {facts.FromTLSA, map[string]string{"TLSA " + record: "3 1 1 00"}, []string{"TLSA " + record,
			"zone TLSA " + record + ", zone A mail.example.com, zone AAAA mail.example.com", "zone DNSKEY ."}},
		"there is none":      {facts.FromTLSA, nil, []string{"TLSA " + record, "zone TLSA " + record}},
		"the resolver fails": {facts.FromTLSA, map[string]string{"TLSA " + record: "FAIL"}, []string{"TLSA " + record, "zone TLSA " + record, "walk  " + record}},
	} {
		b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com"}, {Name: ""}}}}}
		if got := scene.Inquire(t, b, reading.Wish{Source: test.want}, test.said, Questions); !slices.Equal(got, test.steps) {
			t.Errorf("%s: %q, want %q", name, got, test.steps)
		}
	}
}
