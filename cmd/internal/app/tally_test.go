package app

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
)

// A batch tells how much is done and under way, what it found, when it is about to end, and its longest waits: by lines that are written over
// at a terminal, by one line now and then elsewhere.
func TestTally(t *testing.T) {
	for _, test := range []struct {
		name  string
		width int
		every time.Duration
		waits int
	}{{"terminal", 100, time.Second, 3}, {"file", 0, 30 * time.Second, 1}} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := &program{stderr: &console{w: &out}, env: Env{Terminal: func(any) (int, bool) { return test.width, test.width > 0 }}}
				tally := p.tally(false)
				defer tally.end()
				for range 30 {
					tally.begin()
				}
				tally.skip()
				tally.failed()
				for range 9 {
					tally.judged(result.Result{Judgement: rules.Judgement{Summary: rules.Summary{Confirmed: 1, FalsePositive: 2}}})
				}
				tally.inQueue(1)
				tally.inQueue(1)
				tally.inQueue(-1)
				for i, name := range []string{"a", "b", "c", "d"} {
					tally.waiting(verify.Waiting{Subject: name + ".example.com", Step: evidence.StepGreeting, Since: time.Now(), Limit: time.Duration(i) * time.Minute})
				}
				time.Sleep(test.every + time.Millisecond)
				synctest.Wait()
				first := out.String()
				if strings.Contains(first, "done in") || !strings.Contains(first, "9 judged") {
					t.Errorf("before the inputs are counted: %q", first)
				}
				tally.expect(111)
				time.Sleep(2 * test.every)
				synctest.Wait()
				last := out.String()[len(first):]
				for _, want := range []string{"11 of 111 reports done (9 %)", "1 without a result", "9 confirmed", "18 false positives", "21 under way, of which 1 wait", "done in about", "greeting of d.example.com"} {
					if !strings.Contains(last, want) {
						t.Errorf("no %q in %q", want, last)
					}
				}
				if shows := strings.Contains(last, "greeting of b.example.com"); shows != (test.waits == 3) || strings.Contains(last, "greeting of a.example.com") {
					t.Errorf("other waits than the longest: %q", last)
				}
				if lines := strings.Count(first, "\n"); test.width == 0 && lines != 1 {
					t.Errorf("%d lines in half a minute: %q", lines, first)
				}
			})
		})
	}
}

// The estimate counts what this run did and what is left to do, not what was done before it.
func TestTimeLeft(t *testing.T) {
	for _, test := range []struct {
		inputs, done, broken, passed int
		want                         time.Duration
		known                        bool
	}{
		{110, 9, 1, 0, 1000 * time.Second, true},
		{110, 9, 1, 50, 500 * time.Second, true},
		{110, 0, 0, 50, 0, false}, {0, 9, 1, 0, 0, false}, {5, 9, 1, 0, 0, false},
	} {
		tally := &tally{inputs: test.inputs, done: test.done, broken: test.broken, passed: test.passed}
		if left, known := tally.left(100 * time.Second); left != test.want || known != test.known {
			t.Errorf("%+v: %v, known %v", test, left, known)
		}
	}
	for d, want := range map[time.Duration]string{40*time.Second + 1: "40 s", 20*time.Minute + 40*time.Second: "21 min", 26*time.Hour + 5*time.Minute + time.Second: "26 h 5 min"} {
		if got := roughly(d); got != want {
			t.Errorf("%v is said as %q", d, got)
		}
	}
}

// Lines of progress are written over, and leave nothing behind.
func TestConsoleShowsLines(t *testing.T) {
	var out bytes.Buffer
	c := &console{w: &out}
	c.show([]string{"a", "b", "c"})
	c.show([]string{"d"})
	c.show([]string{"e", "f"})
	c.Write([]byte("said\n"))
	if got, want := out.String(), "a\nb\nc"+"\r\x1b[2A\x1b[J"+"d"+"\r\x1b[K"+"e\nf"+"\r\x1b[1A\x1b[J"+"said\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
