package app_test

import (
	"strings"
	"testing"
)

// bothFamilies is an internet in which every server has an address of each family; extra goes into the zone, and the parent has it too.
func bothFamilies(extra string) string {
	return `schema: mxverdict/scenario/1
target: example.com
no_ipv4: true
resolver: 2001:db8:9::1
zones:
  - name: .
    servers: [a.root.example]
    records: |
      a.root.example. A 192.0.2.251
      a.root.example. AAAA 2001:db8:9::251
  - name: com
    servers: [a.tld.com]
    records: |
      a.tld.com. A 192.0.2.11
      a.tld.com. AAAA 2001:db8:9::11
  - name: example.com
    servers: [ns1.example.com, ns2.example.com` + extra + `]
    records: |
      example.com. MX 10 mail.example.com.
      mail.example.com. AAAA 2001:db8::25
      ns1.example.com. A 192.0.2.53
      ns1.example.com. AAAA 2001:db8::53
      ns2.example.com. A 198.51.100.53
      ns2.example.com. AAAA 2001:db8:1::53
      ns3.example.com. A 203.0.113.53
`
}

// To a machine without IPv4, name servers at IPv4 addresses are what those at IPv6 addresses are to one without IPv6.
func TestTesterWithoutIPv4(t *testing.T) {
	for _, test := range []struct{ rule, extra, verdict, note string }{
		{"dns/ns-unresponsive", "", "false_positive", "no route to 192.0.2.53"},
		{"dns/ns-not-authoritative", "", "false_positive", "no route to 198.51.100.53"},
		{"dns/open-resolver", "", "false_positive", "no route"},
		{"dns/zone-transfer", "", "false_positive", "no route"},
		{"mx/inconsistent", "", "false_positive", ""},
		{"mx/missing", "", "false_positive", ""},
		{"mx/inconsistent", ", ns3.example.com", "false_positive", ""},
		{"dns/ns-unresponsive", ", ns3.example.com", "inconclusive", ""}, // it has no other address
	} {
		t.Run(strings.ReplaceAll(test.rule+test.extra, "/", " "), func(t *testing.T) {
			a, o := judged(t, bothFamilies(test.extra), claim(test.rule))
			v := a.verdict(test.rule)
			if v.Verdict != test.verdict || !strings.Contains(strings.Join(v.Notes, " "), test.note) {
				t.Errorf("%s (%s), want %s with %q: %s %q\n%s", v.Verdict, v.Reason, test.verdict, test.note, v.Says, v.Notes, o.stderr)
			}
		})
	}
}
