package app_test

import (
	"strings"
	"testing"
)

// A number of the report that is another one today is told in every format; one that is the same is not mentioned.
func TestReportedNumberHasChanged(t *testing.T) {
	row := func(test, said string) string { return test + "\nns1.example.com reported " + said + "\n" }
	tests := []struct {
		rule, report string
		then         string // "" where nothing has changed
	}{
		{"dns/soa-expire", row("SOA Expire Value out of recommended range", "Expire 604800 : Expire is recommended to be between 1209600 and 2419200."), "604800 s"},
		{"dns/soa-expire", row("SOA Expire Value out of recommended range", "Expire 1209600 : Expire is recommended to be between 1209600 and 2419200."), ""},
		{"dns/soa-refresh", row("SOA Refresh Value is outside of the recommended range", "Refresh 7201"), "7201 s"},
		{"dns/soa-retry", row("SOA Retry Value is outside of the recommended range", "Retry 60"), "60"},
		{"dns/soa-minimum", row("SOA Minimum TTL Value is outside of allowed values", "Minimum TTL 172800"), "172800 s"},
		{"dns/soa-serial-format", row("SOA Serial Number Format is Invalid", "Serial 2312868412 : Serial year was 2312 which is in the future."), "2312868412"},
		{"dns/soa-serial-format", row("SOA Serial Number Format is Invalid", "Serial 8"), ""},
		{"dns/soa-expire", expireRow, ""},
	}
	scenario := soaZone("serial: 8, refresh: 7200s, retry: 3600s, expire: 1209600s, minimum: 3600s")
	for _, test := range tests {
		t.Run(test.rule+" "+test.then, func(t *testing.T) {
			const says = "it has changed since"
			a, _ := judged(t, scenario, test.report)
			notes := strings.Join(a.verdict(test.rule).Notes, "\n")
			if strings.Contains(notes, says) != (test.then != "") || !strings.Contains(notes, test.then) {
				t.Errorf("%+v, want a change since %q", a.Verdicts, test.then)
			}
			for _, format := range []string{"text", "ticket"} {
				o := inLab(t, scenario, test.report, "--format", format)
				if strings.Contains(strings.Join(strings.Fields(o.stdout), " "), says) != (test.then != "") {
					t.Errorf("as %s:\n%s", format, o.stdout)
				}
			}
		})
	}
}
