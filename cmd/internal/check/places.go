package check

import "sync"

// places are those of reports that are under way. A report may leave its place for a while and come back whether there is one or not; then the
// next ones wait for longer.
type places struct {
	mu    sync.Mutex
	room  *sync.Cond // there may be some, or nobody wants any more
	taken int
	most  int
	over  bool
}

func newPlaces(most int) *places {
	p := &places{most: most}
	p.room = sync.NewCond(&p.mu)
	return p
}

// take waits for a place; false when nobody wants one any more.
func (p *places) take() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for p.taken >= p.most && !p.over {
		p.room.Wait()
	}
	p.taken++
	return !p.over
}

// change counts places that are taken, or left, without a wait.
func (p *places) change(by int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taken += by
	p.room.Signal()
}

// end lets nobody wait any more.
func (p *places) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	p.room.Broadcast()
}
