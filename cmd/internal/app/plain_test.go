package app_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

// Servers that drop questions with EDNS cost their five seconds once each, and not with every question.
func TestTimeOfServersThatDropEDNS(t *testing.T) {
	zone := delegatedZone{manners: behaving("192.0.2.53", "drops_edns") + behaving("198.51.100.53", "drops_edns")}
	a, o := judged(t, zone.String(), claim("mx/missing", "dns/glue-mismatch", "dns/record-missing", "dns/soa-serial-agreement"))
	if v := a.verdict("dns/glue-mismatch"); v.Verdict != "false_positive" {
		t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
	}
	if o.took > 12*time.Second {
		t.Errorf("took %v", o.took)
	}
}

// Who repeats a question about a verdict asks a server that was asked, not a resolver of his own.
func TestCommandsAskTheServersThatWereAsked(t *testing.T) {
	commandsOf := func(scenario, rule string) []string {
		o := inLab(t, scenario, claim(rule), "--format", "json")
		var a struct{ Verdicts []struct{ Commands []string } }
		if err := json.Unmarshal([]byte(o.stdout), &a); err != nil || len(a.Verdicts) != 1 {
			t.Fatalf("%v: %s %s", err, o.stdout, o.stderr)
		}
		return a.Verdicts[0].Commands
	}
	both := delegatedZone{}.String()
	for _, rule := range []string{"mx/missing", "mx/cname", "mx/address", "mx/unresolvable", "mx/private-address", "mx/duplicate", "mx/single", "dns/cname-conflict", "dns/ns-too-few", "dns/ns-cname"} {
		if got := commandsOf(both, rule); len(got) != 1 || !strings.HasSuffix(got[0], " @192.0.2.53") || !strings.Contains(got[0], "+norecurse") {
			t.Errorf("%s: %q", rule, got)
		}
	}
	first := delegatedZone{manners: behaving("192.0.2.53", "refused")}.String()
	if got := commandsOf(first, "mx/missing"); !slices.Equal(got, []string{"dig +norecurse MX example.com @198.51.100.53"}) {
		t.Errorf("with a server that refuses: %q", got)
	}
	want := []string{"dig +norecurse MX example.com @192.0.2.53", "dig +norecurse MX example.com @198.51.100.53"}
	if got := commandsOf(both, "mx/inconsistent"); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
