//go:build linux

package e2e

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

var kills = flag.Int("kills", 25, "at how many points of its work the batch is killed")

// okReports writes reports that need no network.
func okReports(t testing.TB, count int) string {
	reports := map[string]string{}
	for i := range count {
		reports[fmt.Sprintf("%02d/%06d.txt", i%50, i)] = okReport(i)
	}
	return folderOf(t, reports)
}

// realBatch is the command as a process.
func realBatch(t *testing.T, dir, out string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	c := exec.Command("mxverdict", "batch", dir, "--out", out, "--resolver", "127.0.0.1:1", "--each", "text")
	c.Stderr = &said
	return c, &said
}

// finished runs the command to its end.
func finished(t *testing.T, dir, out string, code int) string {
	t.Helper()
	c, said := realBatch(t, dir, out)
	if err := c.Run(); c.ProcessState == nil || c.ProcessState.ExitCode() != code {
		t.Fatalf("%v: %s", err, said)
	}
	return strings.Join(strings.Fields(said.String()), " ") // it is folded for who reads it
}

// sums are the records, without the moments, in an order that does not depend on the run; no source comes twice.
func sums(t *testing.T, out string) (list []string) {
	t.Helper()
	sources := map[string]bool{}
	for _, r := range records(t, out) {
		if sources[r.Source] {
			t.Errorf("%s has two records", r.Source)
		}
		sources[r.Source] = true
		reply, _ := r.Result["reply"].(string)
		list = append(list, fmt.Sprint(r.ID, r.Source, r.Code, r.Error, r.Again, r.Evidence != nil, r.Result["summary"], r.Result["verdicts"], len(reply)))
	}
	slices.Sort(list)
	return list
}

// verdictFiles are the names of the files about single reports.
func verdictFiles(t *testing.T, out string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(out, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() && strings.HasSuffix(path, ".text.txt") {
			names = append(names, strings.TrimPrefix(path, out))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Killed again and again, at any point of its work, the batch ends with what an undisturbed one has: complete, unique and equal. What stood
// there as a whole line before a kill stands there in the end.
func TestBatchKilled(t *testing.T) {
	dir := okReports(t, 300)
	calm, out := filepath.Join(t.TempDir(), "calm"), filepath.Join(t.TempDir(), "out")
	finished(t, dir, calm, 0)
	results := filepath.Join(out, "results.jsonl")
	whole, err := os.Stat(filepath.Join(calm, "results.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var told [][]byte
	killed, midway := 0, 0
	points := *kills
	if underRace {
		points = min(points, 5) // the detector sees nothing in another process, which is slower under it
	}
	for i := range points {
		at := whole.Size() * int64(i) / int64(points) * 9 / 10
		c, said := realBatch(t, dir, out)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		for { // until there is more than before, or it is over
			info, err := os.Stat(results)
			if err == nil && info.Size() > at || time.Since(began) > 10*time.Second {
				break
			}
			time.Sleep(50 * time.Microsecond)
		}
		time.Sleep(time.Duration(rand.Int64N(int64(4 * time.Millisecond))))
		c.Process.Signal(syscall.SIGKILL)
		if c.Wait(); c.ProcessState.ExitCode() == -1 {
			killed++
		} else if c.ProcessState.ExitCode() != 0 {
			t.Fatalf("run %d: %s", i, said)
		}
		text, err := os.ReadFile(results)
		if err != nil {
			t.Fatal(err)
		}
		if end := bytes.LastIndexByte(text, '\n') + 1; end > 0 {
			told = append(told, text[:end])
		}
		if n := bytes.Count(text, []byte("\n")); n > 0 && n < 300 {
			midway++
		}
	}
	finished(t, dir, out, 0)
	t.Logf("%d of %d were killed, %d of them midway", killed, points, midway)
	if midway < points/4 {
		t.Errorf("only %d of %d kills met the run at work", midway, points)
	}
	text, err := os.ReadFile(results)
	if err != nil {
		t.Fatal(err)
	}
	for i, before := range told {
		if !bytes.HasPrefix(text, before) {
			t.Errorf("what stood there after kill %d does so no more", i)
		}
	}
	if got, want := sums(t, out), sums(t, calm); !slices.Equal(got, want) || len(got) != 300 {
		t.Errorf("%d records, undisturbed %d", len(got), len(want))
	}
	if got, want := verdictFiles(t, out), verdictFiles(t, calm); !slices.Equal(got, want) || len(got) != 300 {
		t.Errorf("%d files, undisturbed %d", len(got), len(want))
	}
	for _, name := range []string{"summary.txt", "summary.csv"} {
		got, _ := os.ReadFile(filepath.Join(out, name))
		if want, err := os.ReadFile(filepath.Join(calm, name)); err != nil || !bytes.Equal(got, want) || len(got) == 0 {
			t.Errorf("%s: %s\nundisturbed: %s", name, got, want)
		}
	}
	leftover, _ := filepath.Glob(filepath.Join(out, ".mxverdict*"))
	if len(leftover) > 0 {
		t.Errorf("%q are left", leftover)
	}
}

// full is a small file system of its own, for those who may make one.
func full(t *testing.T, kilobytes int) string {
	t.Helper()
	dir := t.TempDir()
	switch err := mountSmall(dir, kilobytes); {
	case err != nil && os.Getenv("CI") == "true": // which runs as root
		t.Fatal("no small file system: ", err)
	case err != nil:
		t.Skip("no small file system: ", err)
	}
	t.Cleanup(func() { unmount(dir) })
	return dir
}

// On a full disk the run ends and says so; nothing that was told is lost, and with room the next one completes it.
func TestBatchOnFullDisk(t *testing.T) {
	dir, small := okReports(t, 300), full(t, 300)
	out := filepath.Join(small, "out")
	said := finished(t, dir, out, 2)
	if !strings.Contains(said, "no space left on device") || !strings.Contains(said, "cannot be written") || !strings.Contains(said, "goes on where it was") {
		t.Errorf("it says %s", said)
	}
	before := sums(t, out)
	if len(before) == 0 || len(before) >= 300 {
		t.Fatalf("%d records fit", len(before))
	}
	elsewhere := filepath.Join(t.TempDir(), "out") // with more room
	if err := os.CopyFS(elsewhere, os.DirFS(out)); err != nil {
		t.Fatal(err)
	}
	finished(t, dir, elsewhere, 0)
	after := sums(t, elsewhere)
	for _, r := range before {
		if !slices.Contains(after, r) {
			t.Errorf("lost: %.100s", r)
		}
	}
	if len(after) != 300 {
		t.Errorf("%d records", len(after))
	}
}

// A folder in which nothing can be written is a clear error before anything is tested.
func TestBatchIntoReadOnlyFolder(t *testing.T) {
	dir := okReports(t, 1)
	out := full(t, 64)
	if err := makeReadOnly(out); err != nil {
		t.Fatal(err)
	}
	if said := finished(t, dir, out, 2); !strings.Contains(said, "read-only file system") || !strings.Contains(said, "--out") {
		t.Errorf("it says %s", said)
	}
}
