package app_test

import (
	"strings"
	"testing"
)

// Many offices let DNS questions out to their resolver only. That is no fault of the name servers, and neither another resolver nor
// another hour would help.
func TestNetworkThatReachesItsResolverOnly(t *testing.T) {
	const root, first, second, resolver = "192.0.2.254", "192.0.2.53", "198.51.100.53", "203.0.113.1"
	muted := func(addresses ...string) string {
		text := lookedUp + "smtp: [{address: 203.0.113.25, name: mail.example.com}]\nname_servers:\n"
		for _, a := range addresses {
			text += "  - {address: " + a + ", behaves: [silent]}\n"
		}
		return text
	}
	const zoneRows = "SOA Expire Value out of recommended range\nSerial numbers do not match\nBad Glue Detected\nNo valid MX records found\n"
	tests := map[string]struct {
		scenario, report, reason string
		code                     int
		notice                   bool
	}{
		"resolver only":          {muted(root, first, second), zoneRows, "network_closed", 4, true},
		"nobody":                 {muted(root, first, second, resolver), zoneRows, "network_closed", 4, false},
		"nobody of the zone":     {muted(first, second), "SOA Expire Value out of recommended range\n", "servfail", 0, false},
		"rows of SMTP only":      {muted(root, first, second), "Does not support TLS.\n", "", 1, false},
		"everybody but the root": {muted(root), "SOA Expire Value out of recommended range\n", "", 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, test.scenario, test.report, "--target", "example.com")
			for _, v := range a.Verdicts {
				if got := v.Verdict == "inconclusive"; got != (test.reason != "") || got && v.Reason != test.reason {
					t.Errorf("%s is %s (%s), want reason %q: %s", v.Rule, v.Verdict, v.Reason, test.reason, v.Says)
				}
			}
			if o.code != test.code || len(a.Verdicts) == 0 {
				t.Errorf("exit code %d, want %d; %d verdicts", o.code, test.code, len(a.Verdicts))
			}
			const said = "to its resolver only"
			if strings.Contains(o.stderr, said) != test.notice || strings.Contains(strings.Join(a.Notices, " "), said) != test.notice {
				t.Errorf("notices %q, stderr %q", a.Notices, o.stderr)
			}
		})
	}
}
