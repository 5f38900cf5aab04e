package verify

import "time"

// watchers tell the user of each target whose name servers are being asked. One is told of from its first question on, and for as long
// as DNS questions may take, but not while all that is left is to let name servers settle.
type watchers struct {
	*run
	end    time.Time
	since  map[int]time.Time // by target
	flying map[int]int
}

// watchers are those for the look-ups of a run, which begin now.
func (r *run) watchers() *watchers {
	return &watchers{run: r, end: time.Now().Add(r.dnsTime()), since: map[int]time.Time{}, flying: map[int]int{}}
}

// change takes up that so many questions about a target more, or less, are on their way. It is told of targets and not of questions: of
// these there are hundreds, and what is waited for is the zone.
func (w *watchers) change(target, by int) {
	before := w.flying[target]
	w.flying[target] += by
	subject := "the zone of " + w.plan.Targets[target].Name
	switch {
	case before == 0:
		// Several spells of questions are one wait for the user.
		if w.since[target].IsZero() {
			w.since[target] = time.Now()
		}
		w.watch(Waiting{subject, StepServers, w.since[target], w.end.Sub(w.since[target])})
	case w.flying[target] == 0:
		w.watch(Waiting{Subject: subject})
	}
}
