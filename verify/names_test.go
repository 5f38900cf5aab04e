package verify_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// One server under a hundred names, as those have it who host domains, is one server: it sees no more sessions than under one name, whether it
// greets, turns testers away or refuses connections; each report tells of its own host.
func TestServerOfManyNames(t *testing.T) {
	var b strings.Builder
	b.WriteString("zones:\n  - name: control.test\n    servers: [ns1.control.test]\n    records: |\n      ns1.control.test. 300 IN A 192.0.2.53\n      control.test. 300 IN MX 10 mail.control.test.\n      mail.control.test. 300 IN A 203.0.114.25\n")
	var needs []facts.Need
	for i := range 100 {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&b, "  - name: %s\n    servers: [ns.%[1]s]\n    records: |\n      ns.%[1]s. 300 IN A 198.51.100.53\n      %[1]s. 300 IN MX 10 mail.%[1]s.\n      mail.%[1]s. 300 IN A 203.0.113.25\n", name)
		needs = append(needs, facts.Need{Target: name, Facts: []facts.Name{facts.SMTPGreetingLatency, facts.SMTPEHLOSTARTTLS}})
	}
	b.WriteString("smtp:\n  - {address: 203.0.114.25, name: mail.control.test}\n  - {address: 203.0.113.25, ")
	for manner, most := range map[string]int{
		"name: mail.example.com": 24,
		"name: mail.example.com, greeting: {reply: 421 4.7.0 Too many connections}": 6,
		"connect: refused": 30,
	} {
		options := verify.Options{Deadline: 5 * time.Minute, Controls: []string{"control.test"}}
		among(t, b.String()+manner+"}\n", needs, options, func(c *counted, bundles []evidence.Bundle) {
			if times := c.began["203.0.113.25"]; len(times) > most {
				t.Errorf("%s: %d connections", manner, len(times))
			}
			for i, b := range bundles {
				of := fmt.Sprintf("mail.customer%d.test", i)
				n := 0
				for _, s := range b.Sessions {
					if s.Host == of {
						n++
					} else if !s.Control && !s.Decoy {
						t.Errorf("%s: report %d has a session with %s, held as %q", manner, i, s.Host, s.HeldAs)
					}
				}
				if n == 0 || b.Expired || manner == "connect: refused" && n != 2 {
					t.Errorf("%s: report %d has %d sessions with its own host, expired: %v", manner, i, n, b.Expired)
				}
			}
		})
	}
}
