package app_test

import (
	"strings"
	"testing"
)

// What a verdict says of the time of a greeting fits every address and every session.
func TestSentencesAboutSeveralGreetings(t *testing.T) {
	const scenario = `schema: mxverdict/scenario/1
target: example.com
latency: 1ms
resolver: 192.0.2.1
zones:
  - name: example.com
    servers: [ns1.example.com]
    records: |
      example.com.       300 IN MX 10 mail.example.com.
      mail.example.com.  300 IN A 203.0.113.24
      mail.example.com.  300 IN A 203.0.113.25
      ns1.example.com.   300 IN A 192.0.2.53
smtp:
  - {address: 203.0.113.24, name: mail.example.com, starttls: true}
  - {address: 203.0.113.25, name: mail.example.com, starttls: true, greeting: {delay: 7s}}
`
	const claims = "15.678 seconds - Not good! on Transaction Time\nWarning - Does not support TLS.\n"
	for samples, want := range map[string]string{"2": "In two sessions", "3": "in the middle"} {
		a, _ := judged(t, scenario, claims, "--samples", samples, "--every", "30s")
		if notes := strings.Join(a.verdict("smtp/transaction-time").Notes, " "); !strings.Contains(notes, want) || strings.Contains(notes, "In two") == strings.Contains(notes, "in the middle") {
			t.Errorf("%s samples: %s", samples, notes)
		}
		if notes := strings.Join(a.verdict("smtp/tls-missing").Notes, " "); !strings.Contains(notes, "15 s") || !strings.Contains(notes, "after 7.0 s") {
			t.Errorf("the slowest greeting is not the one that is spoken of: %s", notes)
		}
	}
}
