package app

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/rules"
	"mxverdict/verify"
)

// tallyEvery is how often a batch says how far it is where nobody watches a terminal.
const tallyEvery = 30 * time.Second

// tally counts what a batch has done, and shows it.
type tally struct {
	*progress
	began time.Time

	mu             sync.Mutex
	inputs         int            // of all paths; 0 until they are counted
	begun, done    int            // of the tests of this run
	broken, passed int            // without a result, done before
	queued         int            // tests that wait for their turn
	verdicts       map[string]int // by label
}

// tally begins to count.
func (p *program) tally(quiet bool) *tally {
	t := &tally{began: time.Now(), verdicts: map[string]int{}}
	if quiet {
		return t
	}
	t.progress = p.watchLines(tallyEvery, t.lines)
	return t
}

// waiting is told about every wait.
func (t *tally) waiting(w verify.Waiting) {
	if t.progress != nil {
		t.progress.waiting(w)
	}
}

// end takes the display away.
func (t *tally) end() {
	if t.progress != nil {
		t.progress.end()
	}
}

func (t *tally) count(n *int, by int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	*n += by
}

func (t *tally) expect(inputs int)  { t.count(&t.inputs, inputs) }
func (t *tally) begin()             { t.count(&t.begun, 1) }
func (t *tally) inQueue(change int) { t.count(&t.queued, change) }
func (t *tally) skip()              { t.count(&t.passed, 1) }
func (t *tally) failed()            { t.count(&t.broken, 1) }

func (t *tally) skipped() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.passed
}

func (t *tally) judged(r result.Result) {
	s := r.Judgement.Summary
	t.mu.Lock()
	defer t.mu.Unlock()
	t.done++
	for label, n := range map[rules.Outcome]int{rules.Confirmed: s.Confirmed, rules.Inconclusive: s.Inconclusive, rules.FalsePositive: s.FalsePositive, rules.PolicyDisagreement: s.PolicyDisagreement} {
		t.verdicts[string(label)] += n
	}
}

// verdictsOf says how many verdicts there are of each label.
func verdictsOf(labels map[string]int) string {
	return fmt.Sprintf("%d confirmed, %d inconclusive, %d false positives, %d policy disagreements", labels[string(rules.Confirmed)],
		labels[string(rules.Inconclusive)], labels[string(rules.FalsePositive)], labels[string(rules.PolicyDisagreement)])
}

// slowest is how many waits are shown.
const slowest = 3

// lines say how far the run is, what it found, and what it waits for.
func (t *tally) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	took := time.Since(t.began)
	far := []string{fmt.Sprintf("%d judged", t.done)}
	settled := t.done + t.broken + t.passed
	if t.inputs >= settled && t.inputs > 0 {
		far = []string{fmt.Sprintf("%d of %d reports done (%d %%)", settled, t.inputs, 100*settled/t.inputs)}
	}
	if t.broken > 0 {
		far = append(far, fmt.Sprintf("%d without a result", t.broken))
	}
	far = append(far, fmt.Sprintf("%.1f a second", float64(t.done+t.broken)/max(took.Seconds(), 1)))
	if left, known := t.left(took); known {
		far = append(far, "done in about "+roughly(left))
	}
	lines := []string{strings.Join(far, ", "), verdictsOf(t.verdicts)}
	if under := t.begun - t.done; under > 0 {
		line := fmt.Sprintf("%d under way", under)
		if t.queued > 0 {
			line += fmt.Sprintf(", of which %d wait for their turn", t.queued)
		}
		lines = append(lines, line)
	}
	most := slowest
	if t.width == 0 {
		most = 1
	}
	return append(lines, t.longest(most)...)
}

// left estimates what time the rest takes, by what this run took so far; not known before something was done, and where nobody counted the
// inputs. What was done before this run took it no time.
func (t *tally) left(took time.Duration) (time.Duration, bool) {
	settled := t.done + t.broken
	rest := t.inputs - t.passed - settled
	if settled == 0 || rest < 0 || t.inputs == 0 {
		return 0, false
	}
	return time.Duration(float64(took) / float64(settled) * float64(rest)), true
}

// roughly is a duration as people say it.
func roughly(d time.Duration) string {
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%d s", int(d.Round(time.Second).Seconds()))
	case d < 90*time.Minute:
		return fmt.Sprintf("%d min", int(d.Round(time.Minute).Minutes()))
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}
