package reading

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Only what the DNS denies is not found. A look-up that failed leaves open where a name leads.
func TestWhyANameLeadsNowhere(t *testing.T) {
	for kind, want := range map[evidence.FailureKind]facts.Code{
		evidence.NXDomain: facts.NotFound, evidence.NoData: facts.NotFound, evidence.ServFail: facts.ServFail, evidence.Timeout: facts.ServFail,
		evidence.Refused: facts.ServFail, evidence.Interrupted: facts.Interrupted, evidence.Limit: facts.Untested,
	} {
		trouble := &evidence.Failure{Kind: kind}
		if got := whyNoAddress(evidence.Host{Name: "mail.example.com", Trouble: trouble}).Code; got != want {
			t.Errorf("a host, %s: %s, want %s", kind, got, want)
		}
		for _, target := range []string{"domain", "host"} {
			if got := (&Reading{Bundle: &evidence.Bundle{}}).whyNoHosts(&evidence.Target{Name: "example.com", Kind: target, Trouble: trouble}).Code; got != want {
				t.Errorf("a %s, %s: %s, want %s", target, kind, got, want)
			}
		}
	}
	for target, want := range map[string]facts.Code{"domain": facts.NotFound, "host": facts.Untested, "address": facts.Untested} {
		if got := (&Reading{Bundle: &evidence.Bundle{}}).whyNoHosts(&evidence.Target{Name: "example.com", Kind: target}).Code; got != want {
			t.Errorf("a %s without trouble: %s, want %s", target, got, want)
		}
	}
}
