//go:build large && linux

package large

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// built is the folder of the built command, which is removed at the end; "" for none.
var built string

// command builds the command as it is shipped, once.
var command = sync.OnceValues(func() (program string, err error) {
	if built, err = os.MkdirTemp("", "mxverdict-large-"); err != nil {
		return "", err
	}
	program = filepath.Join(built, "mxverdict")
	out, err := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-trimpath", "-ldflags=-s -w", "-o", program, "mxverdict/cmd/mxverdict").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return program, nil
})

// usage is what a process used.
type usage struct {
	wall, cpu time.Duration
	peak      int64 // resident memory at most, in bytes
	threads   int   // at most
	samples   []sample
}

// sample is the resident memory of a process at a time after its start.
type sample struct {
	after time.Duration
	bytes int64
}

// before is the most that a process held before a time after its start.
func (u usage) before(d time.Duration) (most int64) {
	for _, s := range u.samples {
		if s.after < d {
			most = max(most, s.bytes)
		}
	}
	return most
}

// sampling is how often a process is looked at. Its peak is the system's own word, and misses nothing.
const sampling = 50 * time.Millisecond

// measure runs a process to its end.
func measure(b testing.TB, c *exec.Cmd) (u usage) {
	b.Helper()
	var said bytes.Buffer
	c.Stderr = &said
	began := time.Now()
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	over, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for ticker := time.NewTicker(sampling); ; {
			select {
			case <-ticker.C:
				bytes, threads := look(c.Process.Pid)
				u.samples = append(u.samples, sample{time.Since(began), bytes})
				u.threads = max(u.threads, threads)
			case <-over:
				ticker.Stop()
				return
			}
		}
	}()
	err := c.Wait()
	u.wall = time.Since(began)
	close(over)
	<-done
	if err != nil {
		b.Fatalf("%v: %v: %.2000s", c.Args[0], err, &said)
	}
	used := c.ProcessState.SysUsage().(*syscall.Rusage)
	u.cpu, u.peak = c.ProcessState.UserTime()+c.ProcessState.SystemTime(), int64(used.Maxrss)<<10
	return u
}

// look tells the resident memory and the threads of a process.
func look(pid int) (bytes int64, threads int) {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)) // it may have ended
	for line := range strings.Lines(string(text)) {
		switch fields := strings.Fields(line); fields[0] {
		case "VmRSS:":
			kib, _ := strconv.ParseInt(fields[1], 10, 64)
			bytes = kib << 10
		case "Threads:":
			threads, _ = strconv.Atoi(fields[1])
		}
	}
	return bytes, threads
}

// batch is the command over a folder or a mailbox of reports, with a listening process for the network. Where it confirms something, that
// is no failure of it.
func batch(b testing.TB, at ready, reports, out string, more ...string) *exec.Cmd {
	b.Helper()
	program, err := command()
	if err != nil {
		b.Fatal(err)
	}
	return exec.Command(program, append([]string{"batch", reports, "--out", out, "--quiet", "--fail-on", "error", "--control", "none", "--allow-private", "--helo", "tester.example.net",
		"--smtp-port", strconv.Itoa(at.SMTPPort), "--dns-port", strconv.Itoa(at.DNSPort), "--resolver", at.Resolver, "--root-hints", at.Root}, more...)...)
}

// write writes the report of a number into a folder of a thousand.
func write(b testing.TB, dir string, n int, text string) {
	b.Helper()
	dir = filepath.Join(dir, fmt.Sprintf("%04d", n/1000))
	if n%1000 == 0 {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%07d.txt", n)), []byte(text), 0o644); err != nil {
		b.Fatal(err)
	}
}

// verdicts counts the verdicts of a run by what they are and why, such as "inconclusive refused", and its errors as "error".
func verdicts(b testing.TB, out string) map[string]int {
	b.Helper()
	f, err := os.Open(filepath.Join(out, "results.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	found := map[string]int{}
	in := bufio.NewReaderSize(f, 1<<20)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return found
		}
		var r struct {
			Error  string
			Result struct {
				Verdicts []struct{ Verdict, Reason string }
			}
		}
		if err := json.Unmarshal(line, &r); err != nil {
			b.Fatalf("%.200q: %v", line, err)
		}
		if r.Error != "" {
			found["error"]++
		}
		for _, v := range r.Result.Verdicts {
			found[strings.TrimSpace(v.Verdict+" "+v.Reason)]++
		}
	}
}

// sizeOf is the size of a file of a run, in bytes.
func sizeOf(b testing.TB, out, name string) int64 {
	b.Helper()
	info, err := os.Stat(filepath.Join(out, name))
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
