package verify_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/lab"
)

// BenchmarkZones finds and asks a thousand zones under one TLD, each with two name servers, in one run: zones per second,
// and the questions to authoritative servers that a zone costs. Once they are asked for their SOA records, once for what is asked of the domains
// of senders: MX, SPF and DMARC.
func BenchmarkZones(b *testing.B) {
	b.Run("SOA", func(b *testing.B) { benchmarkZones(b, "", facts.DNSSOASerial) })
	b.Run("MX, SPF and DMARC", func(b *testing.B) {
		benchmarkZones(b, `      zone%[1]d.com. 300 IN MX 10 mail.zone%[1]d.com.
      mail.zone%[1]d.com. 300 IN A 198.51.100.%[2]d
      zone%[1]d.com. 300 IN TXT "v=spf1 mx ip4:203.0.113.%[2]d ~all"
      _dmarc.zone%[1]d.com. 300 IN TXT "v=DMARC1; p=none; rua=mailto:d@zone%[1]d.com"
`, facts.MXHosts, facts.SPFLookups, facts.DMARCPolicyApplied)
	})
}

func benchmarkZones(b *testing.B, records string, names ...facts.Name) {
	const count = 1000
	var text strings.Builder
	text.WriteString("schema: mxverdict/scenario/1\nlatency: 0s\nresolver: 192.0.2.1\nzones:\n  - name: com\n    servers: [a.tld.com, b.tld.com]\n    records: |\n" +
		// Of a private network, because strangers are not asked as fast as they can answer.
		"      a.tld.com. 300 IN A 10.2.0.11\n      b.tld.com. 300 IN A 10.2.0.12\n")
	var needs []facts.Need
	for i := range count {
		fmt.Fprintf(&text, "  - name: zone%d.com\n    servers: [ns1.zone%[1]d.com, ns2.zone%[1]d.com]\n    records: |\n"+
			"      ns1.zone%[1]d.com. 300 IN A 198.51.100.%d\n      ns2.zone%[1]d.com. 300 IN A 203.0.113.%[2]d\n"+records, i, 1+i%250)
		needs = append(needs, facts.Need{Target: fmt.Sprintf("zone%d.com", i), Facts: names})
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
			Dialer: internet, Resolver: internet.Resolver(), Roots: internet.Roots(), MaxHosts: count, SMTPPort: 25, AllowPrivate: true})
		internet.Close()
		set := verify.Facts(&bundle)
		for _, t := range bundle.Targets {
			if t.Zone != t.Name || len(t.Servers) != 2 {
				b.Fatalf("%s: zone %s, servers %v, %+v", t.Name, t.Zone, t.Servers, t.ZoneError)
			}
			if last := names[len(names)-1]; last != facts.DNSSOASerial {
				if known, _ := set.Get(last, facts.Subject{Kind: facts.Target, Name: t.Name}); !known.Known() {
					b.Fatalf("%s: %s is not known: %+v", t.Name, last, known)
				}
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

// BenchmarkChain tests one zone with all that is asked about name servers and mail hosts, in real time on a network of 40 ms
// round trips. The metric is the wall time as a multiple of the longest chain of questions of which each began when another
// had ended. Budget: 1.2. Pauses between tries count as time, not as questions.
func BenchmarkChain(b *testing.B) {
	var names []facts.Name
	for _, def := range facts.Definitions() {
		if strings.HasPrefix(string(def.Name), "dns.") || strings.HasPrefix(string(def.Name), "mx.") {
			names = append(names, def.Name)
		}
	}
	for name, manner := range map[string]string{
		"all answer":       "slow: 0s",
		"one answers late": "slow: 1s",
	} {
		b.Run(name, func(b *testing.B) {
			s, err := lab.Load("bench", []byte(`
schema: mxverdict/scenario/1
latency: 40ms
resolver: 192.0.2.1
zones:
  - {name: com, servers: [a.tld.com, b.tld.com], records: "a.tld.com. 300 IN A 192.0.2.11\nb.tld.com. 300 IN A 192.0.2.12"}
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    records: |
      ns1.example.com. 300 IN A 192.0.2.53
      ns2.example.com. 300 IN A 198.51.100.53
      example.com. 300 IN MX 10 mail.example.com.
      mail.example.com. 300 IN A 203.0.113.25
name_servers: [{address: 198.51.100.53, behaves: [`+manner+`]}]
`))
			if err != nil {
				b.Fatal(err)
			}
			var wall, chain time.Duration
			for b.Loop() {
				internet, err := s.InMemory()
				if err != nil {
					b.Fatal(err)
				}
				start := time.Now()
				bundle := verify.Run(b.Context(), verify.Make([]facts.Need{{Target: "example.com", Facts: names}}), verify.Options{
					Dialer: internet, Resolver: internet.Resolver(), Roots: internet.Roots(), MaxHosts: 20, SMTPPort: 25})
				wall += time.Since(start)
				internet.Close()
				chain += longestChain(bundle.Exchanges)
			}
			b.ReportMetric(wall.Seconds()/float64(b.N), "s/zone")
			b.ReportMetric(wall.Seconds()/chain.Seconds(), "×chain")
		})
	}
}

// BenchmarkSPF reads the SPF record of a domain with ten includes, of which each stands in a zone of its own and the last five include nothing:
// wall time as a multiple of the longest chain of questions, and questions to authoritative servers. Budget: 1.2.
func BenchmarkSPF(b *testing.B) {
	var text strings.Builder
	text.WriteString("schema: mxverdict/scenario/1\nlatency: 40ms\nresolver: 192.0.2.1\nzones:\n  - {name: com, servers: [a.tld.com, b.tld.com], records: \"a.tld.com. 300 IN A 192.0.2.11\\nb.tld.com. 300 IN A 192.0.2.12\"}\n")
	zone := func(name string, address int, record string) {
		fmt.Fprintf(&text, "  - name: %s\n    servers: [ns1.%[1]s, ns2.%[1]s]\n    records: |\n      ns1.%[1]s. 300 IN A 192.0.2.%d\n      ns2.%[1]s. 300 IN A 198.51.100.%[2]d\n"+
			"      %[1]s. 300 IN TXT \"%[3]s\"\n", name, address, record)
	}
	own := "v=spf1"
	for i := range 5 {
		own += fmt.Sprintf(" include:first%d.com", i)
		zone(fmt.Sprintf("first%d.com", i), 60+i, fmt.Sprintf("v=spf1 include:second%d.com -all", i))
		zone(fmt.Sprintf("second%d.com", i), 80+i, "v=spf1 ip4:203.0.113.7 -all")
	}
	zone("example.com", 53, own+" ~all")
	s, err := lab.Load("bench", []byte(text.String()))
	if err != nil {
		b.Fatal(err)
	}
	var wall, chain time.Duration
	questions := 0
	for b.Loop() {
		internet, err := s.InMemory()
		if err != nil {
			b.Fatal(err)
		}
		start := time.Now()
		bundle := verify.Run(b.Context(), verify.Make([]facts.Need{{Target: "example.com", Facts: []facts.Name{facts.SPFLookups}}}), verify.Options{
			Dialer: internet, Resolver: internet.Resolver(), Roots: internet.Roots(), MaxHosts: 20, SMTPPort: 25})
		wall += time.Since(start)
		internet.Close()
		if lookups, _ := verify.Facts(&bundle).Get(facts.SPFLookups, facts.Subject{Kind: facts.Target, Name: "example.com"}); lookups.Value.Int() != 10 {
			b.Fatalf("look-ups: %+v", lookups)
		}
		chain += longestChain(bundle.Exchanges)
		for _, x := range bundle.Exchanges {
			if x.Role == evidence.Authoritative {
				questions++
			}
		}
	}
	b.ReportMetric(wall.Seconds()/chain.Seconds(), "×chain")
	b.ReportMetric(float64(questions)/float64(b.N), "questions")
}

// longestChain is the greatest sum of the times that questions took of which none overlaps another.
func longestChain(xs []evidence.Exchange) time.Duration {
	took := func(x evidence.Exchange) time.Duration {
		if x.Failure != nil {
			return x.Failure.Waited.D()
		}
		return x.RTT.D()
	}
	end := func(x evidence.Exchange) time.Time { return x.At.Add(took(x)) }
	xs = slices.Clone(xs)
	slices.SortFunc(xs, func(a, b evidence.Exchange) int { return end(a).Compare(end(b)) })
	best := make([]time.Duration, len(xs)+1) // of the first questions to end
	for i, x := range xs {
		before := sort.Search(i, func(j int) bool { return end(xs[j]).After(x.At) })
		best[i+1] = max(best[i], best[before]+took(x))
	}
	return best[len(xs)]
}
