package app_test

import (
	"strings"
	"testing"
)

// Rows that no rule tests yet stand behind the answers to all others, in a list of their own; the numbers of the verdicts begin
// with what was tested.
func TestUntestedRowsStandLast(t *testing.T) {
	report := claim("spf/missing", "dmarc/missing", "blocklist/listed", "web/llms", "dns/soa-expire", "dns/ns-too-few")
	for _, format := range []string{"text", "ticket"} {
		o := inLab(t, soaZone("expire: 604800s"), report, "--format", format)
		list := strings.Index(o.stdout, "NOT RE-TESTED YET")
		for _, tested := range []string{"dns/soa-expire", "dns/ns-too-few"} {
			if at := strings.LastIndex(o.stdout[:max(list, 0)], tested); at < 0 {
				t.Errorf("%s: %s is not before the list:\n%s", format, tested, o.stdout)
			}
		}
		for _, untested := range []string{"spf/missing", "dmarc/missing", "blocklist/listed", "web/llms"} {
			if at := strings.LastIndex(o.stdout, "Rule"); at < list || strings.Count(o.stdout[max(list, 0):], untested) == 0 {
				t.Errorf("%s: %s is not in the list", format, untested)
			}
		}
	}
	a, _ := judged(t, soaZone("expire: 604800s"), report)
	if len(a.Verdicts) != 6 || a.Verdicts[0].Rule != "spf/missing" {
		t.Errorf("the order of JSON is not that of the report: %+v", a.Verdicts)
	}
}
