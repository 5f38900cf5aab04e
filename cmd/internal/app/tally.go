package app

import (
	"fmt"
	"sync"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/verify"
)

// tallyEvery is how often a batch says how far it is where nobody watches a terminal.
const tallyEvery = 30 * time.Second

// tally counts what a batch has done, and shows it.
type tally struct {
	*progress
	began time.Time

	mu                      sync.Mutex
	done, broken, passed    int // judged, without a result, done before
	confirmed, undecided    int
	falsePositive, disagree int
}

// tally begins to count.
func (p *program) tally(quiet bool) *tally {
	t := &tally{began: time.Now()}
	if quiet {
		return t
	}
	t.progress = p.watchLine(tallyEvery, t.line)
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

func (t *tally) skip()   { t.count(&t.passed, 1) }
func (t *tally) failed() { t.count(&t.broken, 1) }

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
	t.confirmed += s.Confirmed
	t.undecided += s.Inconclusive
	t.falsePositive += s.FalsePositive
	t.disagree += s.PolicyDisagreement
}

// line says how far the run is, and what it waits for.
func (t *tally) line() string {
	t.mu.Lock()
	said := fmt.Sprintf("%d judged (%d confirmed, %d inconclusive, %d false positives, %d policy disagreements), %d without a result, %.1f a second",
		t.done, t.confirmed, t.undecided, t.falsePositive, t.disagree, t.broken, float64(t.done)/max(time.Since(t.began).Seconds(), 1))
	t.mu.Unlock()
	if waits := t.progress.line(); waits != "" {
		said += "; " + waits
	}
	return said
}
