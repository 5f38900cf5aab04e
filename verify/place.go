package verify

import (
	"context"
	"sync"
	"time"

	"mxverdict/verify/internal/pace"
)

// leaveAfter is how long a report waits for its turn before it leaves its place. Turns at servers that answer come sooner, and thousands of
// reports whose look-ups are half done would take memory for nothing.
const leaveAfter = time.Second

// place is that of a report among those whose look-ups are on their way. Who takes long moves to the places for such, and who waits long for
// his turn at a name server has none, so that neither keeps others from servers that answer.
type place struct {
	prober *Prober

	mu    sync.Mutex
	among *pace.Gate[struct{}] // whom it has its place among
	out   func()               // leaves the place; nil for none
	timer *time.Timer
	waits bool            // for its turn
	away  *time.Timer     // until it leaves because of that
	stay  context.Context // is over when the report needs no place any more
	leave context.CancelFunc
}

// still is for waits in which no clock has to be stopped.
func still() (over func()) { return func() {} }

// enter waits for a place; false if the run ends first, which then has none and needs none.
func (p *Prober) enter(ctx context.Context) (l *place, ok bool) {
	l = &place{prober: p}
	l.stay, l.leave = context.WithCancel(ctx)
	out, err := p.quick.Enter(ctx, struct{}{}, still)
	if err != nil {
		l.leave()
		return l, false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.among, l.out, l.timer = p.quick, out, time.AfterFunc(quickTime, l.takeTime)
	return l, true
}

// takeTime moves to the places of those that take long, as soon as there is one.
func (l *place) takeTime() {
	among, err := l.prober.patient.Enter(l.stay, struct{}{}, still)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stay.Err() != nil || l.out == nil {
		among()
		return
	}
	l.out()
	l.among, l.out = l.prober.patient, among
}

// wait is told 1 when the report waits for its turn somewhere, and -1 when it goes on. Then it takes a place whether there is one or not: it has
// its turn now, and others wait for it.
func (l *place) wait(change int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch l.waits = change > 0; {
	case l.stay.Err() != nil:
	case l.waits:
		l.away = time.AfterFunc(leaveAfter, l.goAway)
	default:
		l.away.Stop()
		if l.out == nil {
			l.out = l.among.Force(struct{}{})
		}
	}
}

// goAway leaves the place of a report that still waits.
func (l *place) goAway() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.waits && l.out != nil {
		l.out()
		l.out = nil
	}
}

// end leaves the place for good.
func (l *place) end() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.leave()
	if l.timer != nil {
		l.timer.Stop()
	}
	if l.out != nil {
		l.out()
		l.out = nil
	}
}
