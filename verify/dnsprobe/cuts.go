package dnsprobe

import (
	"context"
	"slices"

	"mxverdict/verify/evidence"
)

// known is what walks have learned, for the walks that follow. It grows for as long as the probe lives, that is for one run: a
// delegation that changes meanwhile is not seen to change.
type known struct {
	root  *cut
	cuts  map[string]*cut
	mute  map[string]bool          // addresses that never answered: asked last
	steps map[string]chan struct{} // by zone and next label: a token for who asks
}

// cut is a zone with its delegation. What is below the line is guarded by the probe's mutex.
type cut struct {
	zone    string
	parent  *cut // nil for the root
	asked   []evidence.Server
	names   []string // of the servers; none for the root
	glue    []evidence.Server
	learned *trail

	found  *located          // with the addresses of names without glue, once they are looked up
	silent *evidence.Failure // none of its servers sent anything
}

// located are the addresses of a zone's servers, and how they were found.
type located struct {
	servers []evidence.Server
	way     *trail
}

// describe copies the lists, never nil: the cut goes on to change, and the evidence must not.
func (p *Probe) describe(c *cut) evidence.Cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	servers := c.glue
	if c.found != nil {
		servers = c.found.servers
	}
	return evidence.Cut{
		Zone:    c.zone,
		Asked:   slices.Concat([]evidence.Server{}, c.asked),
		Names:   slices.Concat([]string{}, c.names),
		Servers: slices.Concat([]evidence.Server{}, servers),
	}
}

// deepest returns the deepest known zone at or above a name.
func (p *Probe) deepest(name string) *cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.walks.root == nil {
		p.walks.root = p.root()
	}
	for ; name != "."; name = parent(name) {
		if c := p.walks.cuts[name]; c != nil {
			return c
		}
	}
	return p.walks.root
}

// keep keeps the first of two cuts that were found side by side, so that all walks go on from the same one.
func (p *Probe) keep(c *cut) *cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.walks.cuts == nil {
		p.walks.cuts = map[string]*cut{}
	}
	if p.walks.cuts[c.zone] == nil {
		p.walks.cuts[c.zone] = c
	}
	return p.walks.cuts[c.zone]
}

// token lets one walk at a time ask the servers of a zone about what is below one label, so that the next finds what the
// first has learned.
func (p *Probe) token(ctx context.Context, c *cut, name string) (release func(), ok bool) {
	step := c.zone
	if list := between(c.zone, name); len(list) > 0 {
		step = list[0]
	}
	p.mu.Lock()
	if p.walks.steps == nil {
		p.walks.steps = map[string]chan struct{}{}
	}
	if p.walks.steps[step] == nil {
		p.walks.steps[step] = make(chan struct{}, 1)
	}
	token := p.walks.steps[step]
	p.mu.Unlock()
	select {
	case token <- struct{}{}:
		return func() { <-token }, true
	case <-ctx.Done():
		return nil, false
	}
}

// silence is the failure of a zone of whose servers none sends anything, as far as is known: each kept silent to all tries of a
// question. To ask them once more would take its time, and end the same way.
func (p *Probe) silence(c *cut, servers []evidence.Server) *evidence.Failure {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.silent != nil || len(servers) == 0 {
		return c.silent
	}
	for _, s := range servers {
		q, err := p.direct(s, "", "")
		// One try left means that all tries of a question were met with silence (learn).
		if err != nil || p.fewer[q.server] != 1 {
			return nil
		}
	}
	return &evidence.Failure{Kind: evidence.Timeout, Detail: "no server of the zone " + c.zone + " answered what was asked before"}
}
