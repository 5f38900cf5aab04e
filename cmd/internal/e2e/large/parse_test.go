//go:build large && linux

package large

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// BenchmarkNothingToAsk reads mailboxes of reports in which all is well, so that nobody is asked: what a report costs by itself. Budget: memory that
// does not grow with the count, but for some 60 bytes a report (what is known of it).
func BenchmarkNothingToAsk(b *testing.B) {
	for _, count := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			box := filepath.Join(b.TempDir(), "reports.mbox")
			mailbox(b, box, count)
			for b.Loop() {
				// One folder at a time: the results of a million reports are gigabytes.
				out := filepath.Join(b.TempDir(), "out")
				for _, run := range []string{"first", "again"} {
					used := measure(b, batch(b, ready{1, 1, "127.0.0.1:1", "127.0.0.1"}, box, out))
					b.ReportMetric(float64(count)/used.wall.Seconds(), run+"-reports/s")
					b.ReportMetric(float64(used.cpu.Microseconds())/float64(count), run+"-µs-CPU/report")
					b.ReportMetric(float64(used.peak)/(1<<20), run+"-MiB-peak")
				}
				b.ReportMetric(float64(sizeOf(b, out, "results.jsonl"))/float64(count), "results-bytes/report")
				b.ReportMetric(0, "ns/op")
				if found := verdicts(b, out); len(found) > 0 {
					b.Fatalf("verdicts: %v", found)
				}
				os.RemoveAll(out)
			}
		})
	}
}

// mailbox writes a mailbox of messages, a report each.
func mailbox(b testing.TB, name string, count int) {
	b.Helper()
	f, err := os.Create(name)
	if err != nil {
		b.Fatal(err)
	}
	w := bufio.NewWriterSize(f, 1<<20)
	for i := range count {
		fmt.Fprintf(w, "From reports@example.net Mon Nov 30 00:00:00 2026\nFrom: reports@example.net\nSubject: report %d\n\nsmtp:203.0.113.%d\nSMTP TLS OK - Supports TLS.\n\n", i, i%250)
	}
	if err := w.Flush(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
}
