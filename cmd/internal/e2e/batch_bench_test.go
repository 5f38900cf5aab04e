package e2e

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/app"
)

// BenchmarkBatch verifies folders of reports about which nothing has to be asked: what a report costs beside its tests, in time and in memory
// that lasts. Budget: the peak of the heap grows by no more than some 60 bytes a report, for what is known of it and for the name of its file.
func BenchmarkBatch(b *testing.B) {
	for _, count := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(count), func(b *testing.B) {
			dir := b.TempDir()
			for i := range count {
				writeReport(b, filepath.Join(dir, fmt.Sprintf("%04d/%06d.txt", i/1000, i)), okReport(i))
			}
			for b.Loop() {
				out := filepath.Join(b.TempDir(), "out")
				for _, run := range []string{"first", "again"} {
					began, peak := time.Now(), peakOf(func() {
						var said bytes.Buffer
						if code := app.Run([]string{"mxverdict", "batch", dir, "--out", out, "--resolver", "127.0.0.1:1", "--quiet"}, strings.NewReader(""), &said, &said,
							app.Env{Context: b.Context(), LoadRules: sharedRules}); code != 0 {
							b.Fatalf("exit code %d: %s", code, &said)
						}
					})
					b.ReportMetric(float64(count)/time.Since(began).Seconds(), run+"-reports/s")
					b.ReportMetric(float64(peak)/(1<<20), run+"-MiB")
				}
				for _, name := range []string{"results.jsonl", "evidence.jsonl"} {
					if info, err := os.Stat(filepath.Join(out, name)); err == nil {
						b.ReportMetric(float64(info.Size())/float64(count), name+"-bytes/report")
					}
				}
			}
		})
	}
}

// peakOf is how large the heap is at most while something is done, in bytes, above what it was.
func peakOf(do func()) uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	before, peak, over, done := m.HeapInuse, m.HeapInuse, make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for ticker := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-ticker.C:
				runtime.ReadMemStats(&m)
				peak = max(peak, m.HeapInuse)
			case <-over:
				ticker.Stop()
				return
			}
		}
	}()
	do()
	close(over)
	<-done
	return peak - before
}
