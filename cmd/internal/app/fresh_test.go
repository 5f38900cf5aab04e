package app_test

import (
	"strings"
	"testing"
)

// Records that are made afresh for every question, as of a clock or a counter, differ from themselves, and so say nothing about two
// copies of a zone (RFC 1034 section 4.3.5).
func TestRecordsMadeAfresh(t *testing.T) {
	records := "example.com. 300 IN TXT now\nexample.com. 300 IN A 203.0.113.80\nexample.com. 300 IN A 203.0.113.81\n" + good + "\nexample.com. 300 IN MX 20 mail2.example.com."
	first := func(keys string) string {
		return strings.TrimSuffix(at(firstServer, keys), "\n") + "\n  - {address: " + secondServer + ", soa: {serial: 3}, behaves: [fresh, rotates]}\n"
	}
	older := `soa: {serial: 3}, zones: [{name: example.com, records: "ns1.example.com. 300 IN A 192.0.2.53\nns2.example.com. 300 IN A 198.51.100.53\n` +
		`mail.example.com. 300 IN A 203.0.113.25\nexample.com. 300 IN MX 20 mail.example.com.\nexample.com. 300 IN TXT now"}]`
	turns := func(address string) string { return at(address, "behaves: [rotates]") }
	for name, test := range map[string]struct{ scenario, rule, want string }{
		"texts of all servers":          {first("behaves: [fresh]"), "dns/soa-serial-agreement", "inconclusive disagreement"},
		"texts of one server":           {first("behaves: []"), "dns/soa-serial-agreement", "inconclusive disagreement"},
		"texts, and the servers settle": {first("behaves: [fresh]") + "  - {address: " + secondServer + ", after: 20s, soa: {serial: 2000010101}}\n", "dns/soa-serial-agreement", "false_positive changed"},
		"texts, and other MX records":   {at(secondServer, "behaves: [fresh], "+older), "dns/soa-serial-agreement", "confirmed medium"},
		"a text that stays as it is":    {at(secondServer, strings.Replace(strings.Replace(older, "TXT now", "TXT then", 1), "MX 20", "MX 10", 1)), "dns/soa-serial-agreement", "confirmed medium"},
		"texts, and the same serial":    {at(firstServer, "behaves: [fresh]"), "dns/soa-serial-agreement", "false_positive changed"},
		"other MX records":              {at(secondServer, older), "mx/inconsistent", "confirmed medium"},
		"MX records by turns":           {turns(secondServer), "mx/inconsistent", "inconclusive disagreement"},
		"the same MX records":           {at(firstServer, "behaves: [fresh]"), "mx/inconsistent", "false_positive changed"},
	} {
		t.Run(name+" "+test.rule, func(t *testing.T) {
			a, _ := judged(t, domain(records, "", test.scenario), claim(test.rule))
			if v := a.verdict(test.rule); ending(v) != test.want {
				t.Errorf("%s, want %s: %s %v", ending(v), test.want, v.Says, v.Notes)
			}
		})
	}
}
