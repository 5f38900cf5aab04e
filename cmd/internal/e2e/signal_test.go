//go:build linux

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// heard collects what a process says, and can be read meanwhile.
type heard struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (h *heard) Write(b []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.text.Write(b)
}

func (h *heard) String() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return strings.Join(strings.Fields(h.text.String()), " ")
}

// soon waits until something holds, and fails the test where it does not within some seconds.
func soon(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for began := time.Now(); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatalf("after 20 s still not: %s", what)
		}
	}
}

// neverGreets is a server on loopback that takes connections and says nothing.
func neverGreets(t *testing.T) (port int, connected <-chan bool) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	first := make(chan bool)
	go func() {
		for n := 0; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			if n == 0 {
				close(first)
			}
			go func() { defer c.Close(); io.Copy(io.Discard, c) }()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port, first
}

// The first signal lets the batch end by itself, the second one ends it at once, whatever it waits for; what was recorded is whole, and the
// next run goes on from there.
func TestBatchEndsAtTheSecondSignal(t *testing.T) {
	parallel(t)
	dir := okReports(t, 20)
	waits := filepath.Join(t.TempDir(), "waits.txt")
	writeReport(t, waits, "smtp:127.0.0.1\nFailed To Connect\n")
	port, connected := neverGreets(t)
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		out := filepath.Join(t.TempDir(), "out")
		var said heard
		c := exec.Command("mxverdict", "batch", waits, dir, "--out", out, "--resolver", "127.0.0.1:1", "--allow-private", "--control", "none", "--smtp-port", fmt.Sprint(port))
		c.Stderr = &said
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		soon(t, "a test is under way", func() bool {
			select {
			case <-connected:
				return true
			default:
				return false
			}
		})
		soon(t, "the other reports are recorded", func() bool {
			text, _ := os.ReadFile(filepath.Join(out, "results.jsonl"))
			return bytes.Count(text, []byte("\n")) == 20
		})
		c.Process.Signal(signal)
		soon(t, "it says what it does", func() bool { return strings.Contains(said.String(), "second signal") })
		select {
		case err := <-ended:
			t.Errorf("%v: the first one ended it: %v: %s", signal, err, &said)
		case <-time.After(200 * time.Millisecond):
		}
		began := time.Now()
		c.Process.Signal(signal)
		<-ended
		if status := c.ProcessState.Sys().(syscall.WaitStatus); status.Signal() != signal || time.Since(began) > 2*time.Second {
			t.Errorf("%v: it ended with %v after %v: %s", signal, c.ProcessState, time.Since(began), &said)
		}
		if got := records(t, out); len(got) != 20 {
			t.Errorf("%v: %d records", signal, len(got))
		}
		if told := finished(t, dir, out, 0); !strings.Contains(told, "20 were done before") || len(records(t, out)) != 20 {
			t.Errorf("%v: the next run says %s", signal, told)
		}
	}
}

// Who kills a run over several reports has a whole line of each that was judged until then, though the first of them is still waited for.
func TestKilledVerifyLeavesWholeLines(t *testing.T) {
	parallel(t)
	dir := okReports(t, 20)
	files, err := filepath.Glob(filepath.Join(dir, "*", "*.txt"))
	if err != nil || len(files) != 20 {
		t.Fatal(files, err)
	}
	waits := filepath.Join(t.TempDir(), "waits.txt")
	writeReport(t, waits, "smtp:127.0.0.1\nFailed To Connect\n")
	port, _ := neverGreets(t)
	results, err := os.Create(filepath.Join(t.TempDir(), "results"))
	if err != nil {
		t.Fatal(err)
	}
	defer results.Close()
	c := exec.Command("mxverdict", append([]string{"verify", "--format", "jsonl", "--resolver", "127.0.0.1:1", "--allow-private", "--control", "none", "--smtp-port", fmt.Sprint(port), waits}, files...)...)
	c.Stdout = results
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	lines := func() [][]byte {
		text, _ := os.ReadFile(results.Name())
		return bytes.SplitAfter(text, []byte("\n"))
	}
	soon(t, "the other reports are judged", func() bool { return len(lines()) == 21 })
	c.Process.Kill()
	c.Wait()
	for i, line := range lines() {
		if i < 20 && !json.Valid(line) || i == 20 && len(line) > 0 {
			t.Errorf("line %d is %.200q", i, line)
		}
	}
}
