package app_test

import (
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
