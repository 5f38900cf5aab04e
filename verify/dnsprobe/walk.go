package dnsprobe

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"

	"mxverdict/verify/evidence"
)

// Bounds of a walk. A delegation may name servers whose names lead to more delegations, and so on: without bounds a zone
// made for it turns one question into thousands (NXNSAttack, 2020).
const (
	// maxQuestions is how many questions one walk may ask, its walks for the names of servers included. An answer that
	// is known already costs nothing. A server that stays silent sees each question up to Tries times.
	maxQuestions = 60

	// maxLookups is how many names of servers are looked up in the middle of other such look-ups.
	maxLookups = 200

	// maxNested is how many walks may be nested: the zone, the zone of its servers' names, and so on.
	maxNested = 6

	// maxBad is how many servers of one zone are tried for one question. The rest of a large set is not likely to be
	// better.
	maxBad = 8

	// maxHidden is how many labels a referral may go down at once and yet be searched for zones in between, such as
	// co.uk on the servers of uk. Names of IPv6 addresses go down further, through labels without zones.
	maxHidden = 4

	// enough is how many servers of each zone are asked where there are as many. The second one shows where they contradict each
	// other, and stands in where the first is silent.
	enough = 2
)

// Walk finds the zone that holds a name, and how it is delegated, from the root down. It asks at least two servers of
// each zone on the way for the whole name, with RD=0. Servers that are silent, refuse, or refer to a zone that is not
// below theirs are passed over. An alias lies in the zone of its own name, whatever it leads to.
//
// Where no root server gives a usable answer, as in a network that closes port 53 or answers for everybody there, the
// resolver is asked instead, and the delegation says so. All exchanges come back, those of earlier walks over the same
// zones included; what comes back is shared and must not be changed.
func (p *Probe) Walk(ctx context.Context, name string) (evidence.Delegation, []evidence.Exchange) {
	name, ok := canonical(name)
	if !ok {
		return evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{}, Trouble: &evidence.Failure{
			Kind: evidence.Malformed, Detail: "not a domain name that can be asked for"}}, nil
	}
	w := p.walker()
	last, _, trouble, way := w.descend(ctx, name, "NS", false, nil)
	// Nothing was learned from above, so that the resolver's word is better than none; the delegation says whose it is.
	if rootless(last, trouble) {
		d, more := p.byResolver(ctx, name)
		return d, append(p.exchanges(way), more...)
	}
	servers := w.servers(ctx, last, true, nil)
	d := evidence.Delegation{By: evidence.ByWalk, Trouble: trouble, Path: []evidence.Cut{}}
	for c := last; c != nil; c = c.parent {
		d.Path = append(d.Path, p.describe(c))
	}
	slices.Reverse(d.Path)
	return d, p.exchanges(way, servers.way)
}

// rootless tells whether a walk ended at the root without a word of it.
func rootless(last *cut, trouble *evidence.Failure) bool {
	if trouble == nil || last.parent != nil {
		return false
	}
	// Who denies the name has spoken, and our own end says nothing of the root.
	ours := []evidence.FailureKind{evidence.NXDomain, evidence.Interrupted, evidence.Limit}
	return !slices.Contains(ours, trouble.Kind)
}

// byResolver is the delegation as far as the resolver knows it.
func (p *Probe) byResolver(ctx context.Context, name string) (evidence.Delegation, []evidence.Exchange) {
	zone, xs := p.Zone(ctx, name)
	d := evidence.Delegation{By: evidence.ByResolver, Trouble: zone.Trouble, Path: []evidence.Cut{}}
	if zone.Name != "" {
		c := evidence.Cut{Zone: zone.Name, Asked: []evidence.Server{}, Names: []string{}, Servers: slices.Concat([]evidence.Server{}, zone.Servers)}
		for _, s := range zone.Servers {
			c.Names = append(c.Names, s.Name)
		}
		// Servers are sorted by name, so that equal names stand side by side.
		c.Names = slices.Compact(c.Names)
		d.Path = append(d.Path, c)
	}
	return d, xs
}

// walker is one walk with its walks for the names of servers. Its bound is for all of them together.
type walker struct {
	*Probe
	left  atomic.Int32 // questions
	names atomic.Int32 // look-ups of names of servers in the middle of others
}

func (p *Probe) walker() *walker {
	w := &walker{Probe: p}
	w.left.Store(maxQuestions)
	w.names.Store(maxLookups)
	return w
}

// spent is why a walk asks no more, or nil. What costs no question counts too: answers that are known already may lead from name
// to name without end.
func (w *walker) spent() *evidence.Failure {
	if w.left.Load() > 0 && w.names.Load() > 0 {
		return nil
	}
	return &evidence.Failure{Kind: evidence.Limit, Detail: fmt.Sprintf("left out: the walk has asked %d questions", maxQuestions)}
}

// put asks a question, unless too many were asked.
func (w *walker) put(ctx context.Context, server evidence.Server, name, rrtype string) []evidence.Exchange {
	q, err := w.direct(server, name, rrtype)
	if _, free := w.remembered(q.key()); err == nil && !free && w.left.Add(-1) < 0 {
		x := q.exchange(udp, true)
		x.ServerName = server.Name
		x.Failure = w.spent()
		return []evidence.Exchange{x}
	}
	return w.Ask(ctx, server, name, rrtype)
}

// descend walks down from the deepest zone that is known, asking for records of a name. It returns the last zone and the
// reply that ended the walk there, if one did. With final set, it ends only with the word of a server about the name
// itself; without it, with the zone that holds the name. The search is that for a server's name, or nil.
func (w *walker) descend(ctx context.Context, name, rrtype string, final bool, s *search) (
	c *cut, end reply, trouble *evidence.Failure, way *trail,
) {
	c, way = w.deepest(heldAt(name, rrtype)), &trail{}
	asked := name
	for final || c.zone != asked {
		next, said, f, more := w.step(ctx, c, asked, rrtype, final, s)
		way.from = append(way.from, more)
		switch {
		case f != nil:
			way.cut = c
			return c, reply{}, f, way
		case next != nil:
			c = next
			continue
		// No cut lies at this name: its parent is asked for next, with the same servers.
		case said.word == above:
			asked = parent(asked)
			continue
		// Only of the name itself: where a name above it is denied after it was answered, the servers contradict themselves, and
		// nothing is said of the name.
		case said.word == denied && asked == name:
			trouble = &evidence.Failure{Kind: evidence.NXDomain, Detail: name + " does not exist", Waited: said.last().RTT}
		}
		way.cut = c
		return c, said, trouble, way
	}
	way.cut = c
	return c, reply{}, nil, way
}

// heldAt is the name whose zone has the records of a name: DS records stand in the zone above (RFC 4035 section 2.4).
func heldAt(name, rrtype string) string {
	if rrtype == "DS" && name != "." {
		return parent(name)
	}
	return name
}

// step asks the servers of a zone about a name in it. It returns the next zone on the way down, or what the zone itself
// says of the name. The exchanges behind a next zone are kept with that zone.
func (w *walker) step(ctx context.Context, c *cut, name, rrtype string, final bool, s *search) (
	next *cut, said reply, trouble *evidence.Failure, way *trail,
) {
	found := w.servers(ctx, c, false, s)
	servers, way := found.servers, found.way
	if len(servers) == 0 {
		return nil, reply{}, unknown(w.spent(), "no server of the zone "+c.zone+" has a known address"), way
	}
	release, ok := w.token(ctx, c, name)
	if !ok {
		return nil, reply{}, question{name: name, rrtype: rrtype}.interrupted(ctx).Failure, way
	}
	defer release()
	// While this walk waited for its turn another one may have found the way.
	if deeper := w.deepest(heldAt(name, rrtype)); isBelow(deeper.zone, c.zone) {
		return deeper, reply{}, nil, way
	}
	if f := w.silence(c, servers); f != nil {
		return nil, reply{}, f, way
	}
	replies := w.enquire(ctx, c, servers, name, rrtype, final)
	if zone := w.nextZone(ctx, c, &replies, final); zone != "" {
		return w.keep(w.delegation(ctx, c, zone, replies)), reply{}, nil, way
	}
	way = &trail{from: []*trail{way}, xs: exchangesOf(replies)}
	// A server that has the name goes before one that denies it: one that lags may deny what is new.
	for _, word := range []word{holds, above, denied} {
		for _, r := range replies {
			// A zone below that was named, but not found, holds nothing.
			if r.word == word && (final || !isBelow(r.zone, c.zone)) {
				return nil, r, nil, way
			}
		}
	}
	trouble, silent := noReply(c, replies)
	if silent {
		w.mu.Lock()
		c.silent = trouble
		w.mu.Unlock()
	}
	return nil, reply{}, trouble, way
}

// enquire asks servers of a zone, some side by side, until enough have given a usable reply. For data one is enough.
func (w *walker) enquire(ctx context.Context, c *cut, servers []evidence.Server, name, rrtype string, final bool) (replies []reply) {
	need, usable, bad := enough, 0, 0
	if final {
		need = 1
	}
	for order := w.order(servers); len(order) > 0 && usable < need && bad < maxBad; {
		// Who found nobody at home the first time tries all the others at once, because each may take its time to fail. No more
		// than are needed: most zones cost two questions.
		size := need - usable
		if len(replies) > 0 && usable == 0 {
			size = maxBad
		}
		size = min(size, len(order))
		batch := w.askAll(ctx, order[:size], name, rrtype)
		order = order[size:]
		for _, r := range batch {
			r = w.credit(ctx, c, hear(c.zone, r, name, final), name)
			replies = append(replies, r)
			kind := evidence.FailureKind("")
			if f := r.last().Failure; f != nil {
				kind = f.Kind
			}
			switch {
			// A delegation is never taken on one server's word.
			case r.word == below:
				need = enough
				usable++
			case r.word != useless:
				usable++
			case kind == evidence.Interrupted || kind == evidence.Limit:
				return replies
			// Those cost no time, and count for nothing against the set.
			case kind != evidence.NoRoute && kind != evidence.Unreachable:
				bad++
			}
		}
	}
	return replies
}

// askAll asks servers side by side, so that their waits are one wait.
func (w *walker) askAll(ctx context.Context, servers []evidence.Server, name, rrtype string) []reply {
	replies := make([]reply, len(servers))
	var group sync.WaitGroup
	for i, server := range servers {
		group.Go(func() { replies[i] = reply{server: server, xs: w.put(ctx, server, name, rrtype)} })
	}
	group.Wait()
	return replies
}

// muted remembers an address that did not answer, so that walks ask it last.
func (p *Probe) muted(address string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.walks.mute == nil {
		p.walks.mute = map[string]bool{}
	}
	p.walks.mute[address] = true
}

// order puts IPv4 first, because a tester's IPv6 fails more often than a server's, one address of each name before a
// second, and servers that failed before last. Otherwise servers are asked in the order of their names.
func (p *Probe) order(servers []evidence.Server) []evidence.Server {
	servers = spread(servers)
	p.mu.Lock()
	defer p.mu.Unlock()
	rank := func(s evidence.Server) (n int) {
		if addr, err := netip.ParseAddr(s.Address); err != nil || addr.Is6() {
			n++
		}
		if p.walks.mute[s.Address] {
			n += 2
		}
		return n
	}
	slices.SortStableFunc(servers, func(a, b evidence.Server) int { return rank(a) - rank(b) })
	return servers
}

// noReply says why no server of a zone gave a usable reply; silent is set if none sent any message at all.
func noReply(c *cut, replies []reply) (trouble *evidence.Failure, silent bool) {
	silent = len(replies) > 0
	for _, r := range replies {
		f := r.last().Failure
		spoke := slices.ContainsFunc(r.xs, func(x evidence.Exchange) bool { return x.RCode != "" })
		ended := f != nil && (f.Kind == evidence.Interrupted || f.Kind == evidence.Limit)
		switch {
		case ended:
			return f, false
		case spoke || f == nil:
			silent = false
		case trouble == nil:
			trouble = f
		}
	}
	if !silent {
		trouble = unknown(nil, "no server of the zone "+c.zone+" gave a usable answer")
	}
	return trouble, silent
}
