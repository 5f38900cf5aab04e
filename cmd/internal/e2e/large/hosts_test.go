//go:build large && linux

package large

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxverdict/verify/lab"
)

// BenchmarkFewHosts tests many small reports about a thousand hosts, as a provider gets them: each host is asked once, however many reports
// are about it, and the memory is that of the hosts. Budget: 300 MiB whatever the count.
func BenchmarkFewHosts(b *testing.B) {
	scenario := filepath.Join(b.TempDir(), "scenario.yaml")
	if err := os.WriteFile(scenario, []byte(thousandHosts()), 0o644); err != nil {
		b.Fatal(err)
	}
	for _, count := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			dir := b.TempDir()
			for i := range count {
				write(b, dir, i, fmt.Sprintf("smtp:mail%03d.example.com\nWarning - Reverse DNS does not match SMTP Banner\nWarning - Does not support TLS.\n%d.5 seconds - Not good! on Connection time\n",
					i%1000, 10+i%7))
			}
			for b.Loop() {
				at, end := listening(b, "internet", scenario)
				out := filepath.Join(b.TempDir(), "out")
				used := measure(b, batch(b, at, dir, out))
				reached := end()
				found := verdicts(b, out)
				if reached.Sessions != 1000 || found["false_positive changed"] != 3*count {
					b.Fatalf("%d sessions; verdicts: %v", reached.Sessions, found)
				}
				b.ReportMetric(float64(count)/used.wall.Seconds(), "reports/s")
				b.ReportMetric(float64(used.cpu.Microseconds())/float64(count), "µs-CPU/report")
				b.ReportMetric(float64(used.peak)/(1<<20), "MiB-peak")
				b.ReportMetric(float64(used.threads), "threads")
				b.ReportMetric(float64(reached.Sessions), "sessions")
				b.ReportMetric(float64(reached.Questions), "DNS-questions")
				b.ReportMetric(float64(sizeOf(b, out, "evidence.jsonl"))/float64(count), "evidence-bytes/report")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// thousandHosts is an internet of a thousand mail hosts without a fault, each in a network of its own.
func thousandHosts() string {
	var forward, backward, hosts strings.Builder
	for i := range 1000 {
		a, b := 20+i/250, i%250
		fmt.Fprintf(&forward, "      mail%03d.example.com. 300 IN A 198.%d.%d.25\n", i, a, b)
		fmt.Fprintf(&backward, "  - name: %d.%d.198.in-addr.arpa\n    servers: [ns1.example.com, ns2.example.com]\n    records: |\n      25.%d.%d.198.in-addr.arpa. 300 IN PTR mail%03d.example.com.\n", b, a, b, a, i)
		fmt.Fprintf(&hosts, "  - {address: 198.%d.%d.25, name: mail%03d.example.com, starttls: true}\n", a, b, i)
	}
	return "schema: mxverdict/scenario/1\nresolver: 192.0.2.1\nzones:\n  - name: example.com\n    servers: [ns1.example.com, ns2.example.com]\n    records: |\n" +
		"      ns1.example.com. 300 IN A 192.0.2.53\n      ns2.example.com. 300 IN A 203.0.113.53\n" + forward.String() + backward.String() + "smtp:\n" + hosts.String()
}

// internet is a listening process: the scenario that its argument names, on loopback addresses.
func internet(args []string) error {
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	s, err := lab.Load(args[0], text)
	if err != nil {
		return err
	}
	n, err := s.OnLoopback()
	if err != nil {
		return err
	}
	defer n.Close()
	roots := make([]string, 0, len(n.Roots()))
	for _, root := range n.Roots() {
		roots = append(roots, root.String())
	}
	return serve(ready{n.SMTPPort(), n.DNSPort(), n.Resolver().String(), strings.Join(roots, ",")}, func() (reached counts) {
		for _, a := range s.Addresses() {
			reached.Sessions += n.Connections(a.String())
		}
		reached.Questions = len(n.Queries())
		return reached
	})
}
