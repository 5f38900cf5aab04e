package verify_test

import (
	"fmt"
	"strings"
	"testing"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/lab"
)

// BenchmarkZones finds and asks a thousand zones under one TLD, each with two name servers, in one run: zones per second,
// and the questions to authoritative servers that a zone costs.
func BenchmarkZones(b *testing.B) {
	const count = 1000
	var text strings.Builder
	text.WriteString("schema: mxverdict/scenario/1\nlatency: 0s\nresolver: 192.0.2.1\nzones:\n  - name: com\n    servers: [a.tld.com, b.tld.com]\n    records: |\n" +
		"      a.tld.com. 300 IN A 192.0.2.11\n      b.tld.com. 300 IN A 192.0.2.12\n")
	var needs []facts.Need
	for i := range count {
		fmt.Fprintf(&text, "  - name: zone%d.com\n    servers: [ns1.zone%[1]d.com, ns2.zone%[1]d.com]\n    records: |\n"+
			"      ns1.zone%[1]d.com. 300 IN A 198.51.100.%d\n      ns2.zone%[1]d.com. 300 IN A 203.0.113.%[2]d\n", i, 1+i%250)
		needs = append(needs, facts.Need{Target: fmt.Sprintf("zone%d.com", i), Facts: []facts.Name{facts.DNSSOASerial}})
	}
	s, err := lab.Load("bench", []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	questions, zones := 0, 0
	for b.Loop() {
		b.StopTimer()
		internet, err := s.InMemory()
		b.StartTimer()
		if err != nil {
			b.Fatal(err)
		}
		bundle := verify.Run(b.Context(), verify.Make(needs), verify.Options{
			Dialer: internet, Resolver: internet.Resolver(), Roots: internet.Roots(), MaxHosts: count, SMTPPort: 25})
		internet.Close()
		for _, t := range bundle.Targets {
			if t.Zone != t.Name || len(t.Servers) != 2 {
				b.Fatalf("%s: zone %s, servers %v, %+v", t.Name, t.Zone, t.Servers, t.ZoneError)
			}
			zones++
		}
		for _, x := range bundle.Exchanges {
			if x.Role == evidence.Authoritative {
				questions++
			}
		}
	}
	b.ReportMetric(float64(zones)/b.Elapsed().Seconds(), "zones/s")
	b.ReportMetric(float64(questions)/float64(zones), "questions/zone")
}
