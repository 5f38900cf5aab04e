package dnsprobe

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// Bounds of a walk. A delegation may name servers whose names lead to more delegations, and so on: without bounds a zone
// made for it turns one question into thousands (NXNSAttack, 2020).
const (
	// maxQuestions is how many questions one walk may ask, its walks for the names of servers included. An answer that
	// is known already costs nothing. A server that stays silent sees each question up to Tries times.
	maxQuestions = 60

	// maxNested is how many walks may be nested: the zone, the zone of its servers' names, and so on.
	maxNested = 6

	// maxBad is how many servers of one zone are tried for one question. The rest of a large set is not likely to be
	// better.
	maxBad = 8

	// maxHidden is how many labels a referral may go down at once and yet be searched for zones in between, such as
	// co.uk on the servers of uk. Names of IPv6 addresses go down further, through labels without zones.
	maxHidden = 4

	// enough is how many servers of each zone are asked where there are as many.
	enough = 2
)

// known is what walks have learned, for the walks that follow.
type known struct {
	root  *cut
	cuts  map[string]*cut
	mute  map[string]bool          // addresses that never answered: asked last
	steps map[string]chan struct{} // by zone and next label: a token for who asks
}

// cut is a zone with its delegation. What is below the line is guarded by the probe's mutex.
type cut struct {
	zone   string
	parent *cut // nil for the root
	asked  []evidence.Server
	names  []string // of the servers; none for the root
	glue   []evidence.Server
	xs     []evidence.Exchange // how it was learned

	found   []evidence.Server // with the addresses of names without glue, once they are looked up
	foundXs []evidence.Exchange
	silent  *evidence.Failure // none of its servers sent anything
}

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
	last, _, trouble, xs := w.descend(ctx, name, "NS", false, nil)
	if rootless(last, trouble) {
		d, more := p.byResolver(ctx, name)
		return d, append(xs, more...)
	}
	_, more := w.servers(ctx, last, true, nil)
	xs = append(xs, more...)
	d := evidence.Delegation{By: evidence.ByWalk, Trouble: trouble, Path: []evidence.Cut{}}
	for c := last; c != nil; c = c.parent {
		d.Path = append(d.Path, p.describe(c))
	}
	slices.Reverse(d.Path)
	return d, distinct(xs)
}

// rootless tells whether a walk ended at the root without a word of it.
func rootless(last *cut, trouble *evidence.Failure) bool {
	if trouble == nil || last.parent != nil {
		return false
	}
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
		c.Names = slices.Compact(c.Names)
		d.Path = append(d.Path, c)
	}
	return d, xs
}

func (p *Probe) describe(c *cut) evidence.Cut {
	p.mu.Lock()
	defer p.mu.Unlock()
	servers := c.glue
	if c.found != nil {
		servers = c.found
	}
	return evidence.Cut{
		Zone:    c.zone,
		Asked:   slices.Concat([]evidence.Server{}, c.asked),
		Names:   slices.Concat([]string{}, c.names),
		Servers: slices.Concat([]evidence.Server{}, servers),
	}
}

// trail is how a zone was found.
func (p *Probe) trail(c *cut) (xs []evidence.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for ; c != nil; c = c.parent {
		xs = slices.Concat(c.xs, c.foundXs, xs)
	}
	return xs
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

// walker is one walk with its walks for the names of servers. Its bound is for all of them together.
type walker struct {
	*Probe
	left atomic.Int32
}

func (p *Probe) walker() *walker {
	w := &walker{Probe: p}
	w.left.Store(maxQuestions)
	return w
}

// put asks a question, unless too many were asked.
func (w *walker) put(ctx context.Context, server evidence.Server, name, rrtype string) []evidence.Exchange {
	q, err := w.direct(server, name, rrtype)
	if _, free := w.remembered(q.key()); err == nil && !free && w.left.Add(-1) < 0 {
		x := q.exchange(udp, true)
		x.ServerName = server.Name
		x.Failure = &evidence.Failure{Kind: evidence.Limit, Detail: fmt.Sprintf("left out: the walk has asked %d questions", maxQuestions)}
		return []evidence.Exchange{x}
	}
	return w.Ask(ctx, server, name, rrtype)
}

// descend walks down from the deepest zone that is known, asking for records of a name. It returns the last zone and the
// reply that ended the walk there, if one did. With final set, it ends only with the word of a server about the name
// itself; without it, with the zone that holds the name. Stack lists the zones whose servers are being looked up.
func (w *walker) descend(ctx context.Context, name, rrtype string, final bool, stack []string) (
	c *cut, end reply, trouble *evidence.Failure, xs []evidence.Exchange,
) {
	c = w.deepest(name)
	asked := name
	for final || c.zone != asked {
		next, said, f, more := w.step(ctx, c, asked, rrtype, final, stack)
		xs = append(xs, more...)
		switch {
		case f != nil:
			return c, reply{}, f, slices.Concat(w.trail(c), xs)
		case next != nil:
			c = next
			continue
		case said.word == above:
			asked = parent(asked)
			continue
		case said.word == denied && asked == name:
			trouble = &evidence.Failure{Kind: evidence.NXDomain, Detail: name + " does not exist", Waited: said.last().RTT}
		}
		return c, said, trouble, slices.Concat(w.trail(c), xs)
	}
	return c, reply{}, nil, slices.Concat(w.trail(c), xs)
}

// step asks the servers of a zone about a name in it. It returns the next zone on the way down, or what the zone itself
// says of the name. The exchanges behind a next zone are kept with that zone.
func (w *walker) step(ctx context.Context, c *cut, name, rrtype string, final bool, stack []string) (
	next *cut, said reply, trouble *evidence.Failure, xs []evidence.Exchange,
) {
	servers, xs := w.servers(ctx, c, false, stack)
	if len(servers) == 0 {
		return nil, reply{}, unknown(nil, "no server of the zone "+c.zone+" has a known address"), xs
	}
	release, ok := w.token(ctx, c, name)
	if !ok {
		return nil, reply{}, question{name: name, rrtype: rrtype}.interrupted(ctx).Failure, xs
	}
	defer release()
	if deeper := w.deepest(name); isBelow(deeper.zone, c.zone) {
		return deeper, reply{}, nil, xs
	}
	if f := w.silence(c, servers); f != nil {
		return nil, reply{}, f, xs
	}
	replies := w.enquire(ctx, c, servers, name, rrtype, final)
	if zone := w.nextZone(ctx, c, &replies, final); zone != "" {
		return w.keep(w.delegation(ctx, c, zone, replies)), reply{}, nil, xs
	}
	xs = slices.Concat(xs, exchangesOf(replies))
	for _, word := range []word{holds, above, denied} {
		for _, r := range replies {
			// A zone below that was named, but not found, holds nothing.
			if r.word == word && (final || !isBelow(r.zone, c.zone)) {
				return nil, r, nil, xs
			}
		}
	}
	trouble, silent := noReply(c, replies)
	if silent {
		w.mu.Lock()
		c.silent = trouble
		w.mu.Unlock()
	}
	return nil, reply{}, trouble, xs
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
		if err != nil || p.fewer[q.server] != 1 {
			return nil
		}
	}
	return &evidence.Failure{Kind: evidence.Timeout, Detail: "no server of the zone " + c.zone + " answered what was asked before"}
}

// enquire asks servers of a zone, some side by side, until enough have given a usable reply. For data one is enough.
func (w *walker) enquire(ctx context.Context, c *cut, servers []evidence.Server, name, rrtype string, final bool) (replies []reply) {
	need, usable, bad := enough, 0, 0
	if final {
		need = 1
	}
	for order := w.order(servers); len(order) > 0 && usable < need && bad < maxBad; {
		// Who found nobody at home the first time tries all the others at once, because each may take its time to fail.
		size := need - usable
		if len(replies) > 0 && usable == 0 {
			size = maxBad
		}
		size = min(size, len(order))
		batch := w.askAll(ctx, order[:size], name, rrtype)
		order = order[size:]
		for _, r := range batch {
			r = hear(c.zone, r, name, final)
			replies = append(replies, r)
			kind := evidence.FailureKind("")
			if f := r.last().Failure; f != nil {
				kind = f.Kind
			}
			switch {
			case r.word == below:
				need = enough
				usable++
			case r.word != useless:
				usable++
			case kind == evidence.Interrupted || kind == evidence.Limit:
				return replies
			case kind != evidence.NoRoute && kind != evidence.Unreachable:
				bad++
			}
		}
	}
	return replies
}

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

// nextZone returns the highest zone below c that a reply names, "" if there is none. A server that serves a zone further
// down itself answers for that, or refers to what lies below it, and says nothing of that zone's own delegation; so it is
// asked for what may lie in between.
func (w *walker) nextZone(ctx context.Context, c *cut, replies *[]reply, final bool) string {
	var highest reply
	for _, r := range *replies {
		names := r.word == below || !final && (r.word == holds || r.word == denied)
		if names && isBelow(r.zone, c.zone) && (highest.zone == "" || isBelow(highest.zone, r.zone) || highest.zone == r.zone && highest.hosts) {
			highest = r
		}
	}
	path := between(c.zone, highest.zone)
	if !highest.hosts && len(path) > maxHidden {
		return highest.zone
	}
	for _, name := range path {
		if name == highest.zone && !highest.hosts {
			return name
		}
		r := reply{server: highest.server, xs: w.put(ctx, highest.server, name, "NS")}
		r = hear(c.zone, r, name, false)
		*replies = append(*replies, r)
		if r.word == below && r.zone == name {
			return name
		}
	}
	return ""
}

// delegation makes the cut of a zone from the replies of its parent's servers. Those that said nothing of the zone are
// asked for it, so that all have their say.
func (w *walker) delegation(ctx context.Context, parent *cut, zone string, replies []reply) *cut {
	c := &cut{zone: zone, parent: parent}
	said := func(s evidence.Server) bool {
		return slices.ContainsFunc(replies, func(r reply) bool {
			return r.server == s && (r.word == useless || r.word == below && r.zone == zone)
		})
	}
	for _, r := range slices.Clone(replies) {
		if !slices.Contains(c.asked, r.server) {
			c.asked = append(c.asked, r.server)
			if !said(r.server) {
				r = reply{server: r.server, xs: w.put(ctx, r.server, zone, "NS")}
				replies = append(replies, hear(parent.zone, r, zone, false))
			}
		}
	}
	replies = append(replies, w.byStream(ctx, parent, zone, replies)...)
	for _, r := range replies {
		if r.word == below && r.zone == zone {
			c.names = append(c.names, r.names...)
		}
	}
	slices.Sort(c.names)
	c.names = slices.Compact(c.names)
	c.names = c.names[:min(len(c.names), maxNames)]
	for _, r := range replies {
		if r.word == below && r.zone == zone {
			c.glue = append(c.glue, glue(r.last(), parent.zone, c.names)...)
		}
	}
	c.xs = exchangesOf(replies)
	if i := slices.IndexFunc(replies, func(r reply) bool { return r.word == below && r.zone == zone && r.hosts }); i >= 0 {
		w.withoutGlue(ctx, c, replies[i].server)
	}
	c.glue = ordered(c.glue)
	return c
}

// byStream repeats over TCP, all side by side, the question to each server whose referral came in a datagram without glue that
// belongs there. A server must say that it does not fit (RFC 9471 section 3.1), but old ones leave it out without a word.
func (w *walker) byStream(ctx context.Context, parent *cut, zone string, replies []reply) (more []reply) {
	for _, r := range replies {
		known := glue(r.last(), parent.zone, r.names)
		lacks := slices.ContainsFunc(r.names, func(name string) bool {
			return dnsanswer.Within(name, zone) && !slices.ContainsFunc(known, func(s evidence.Server) bool { return s.Name == name })
		})
		asked := slices.ContainsFunc(more, func(o reply) bool { return o.server == r.server })
		if r.word == below && r.zone == zone && !r.hosts && r.last().Transport == udp && lacks && !asked && w.left.Add(-1) >= 0 {
			more = append(more, reply{server: r.server})
		}
	}
	var group sync.WaitGroup
	for i, r := range more {
		group.Go(func() {
			r.xs = w.AskTCP(ctx, r.server, zone, "NS", 0)
			more[i] = hear(parent.zone, r, zone, false)
		})
	}
	group.Wait()
	return more
}

// withoutGlue asks a server of the parent zone that holds the child too for the addresses that it did not add to its
// answer: unlike a referral, an answer needs none.
func (w *walker) withoutGlue(ctx context.Context, c *cut, server evidence.Server) {
	for _, name := range c.names {
		if !dnsanswer.Within(name, c.zone) || slices.ContainsFunc(c.glue, func(s evidence.Server) bool { return s.Name == name }) {
			continue
		}
		for _, rrtype := range []string{"A", "AAAA"} {
			xs := w.put(ctx, server, name, rrtype)
			c.xs = append(c.xs, xs...)
			c.glue = append(c.glue, addressesOf(xs[len(xs)-1], name)...)
		}
	}
}

// addressesOf returns the addresses that a server says a name has, with authority.
func addressesOf(x evidence.Exchange, name string) (servers []evidence.Server) {
	said, _ := dnsanswer.Outcome(x, name, x.Type)
	for _, rr := range said.Records {
		if addr, is := dnsanswer.Address(rr); is {
			servers = append(servers, evidence.Server{Name: name, Address: addr.String()})
		}
	}
	return servers
}

// servers returns the addresses of a zone's servers. Names without glue are looked up by walks of their own: all of them
// if the whole set is wanted, else only where too few have glue to go on.
func (w *walker) servers(ctx context.Context, c *cut, whole bool, stack []string) ([]evidence.Server, []evidence.Exchange) {
	missing := slices.DeleteFunc(slices.Clone(c.names), func(name string) bool {
		return slices.ContainsFunc(c.glue, func(s evidence.Server) bool { return s.Name == name })
	})
	if len(missing) == 0 || !whole && len(c.names)-len(missing) >= enough {
		return c.glue, nil
	}
	w.mu.Lock()
	found, foundXs := c.found, c.foundXs
	w.mu.Unlock()
	if found != nil {
		return found, foundXs
	}
	if slices.Contains(stack, c.zone) || len(stack) >= maxNested {
		return c.glue, nil // the name of a server leads back to its own zone
	}
	stack = append(slices.Clone(stack), c.zone)
	found, xs, sure := w.addresses(ctx, missing, stack)
	found = ordered(slices.Concat(c.glue, found))
	// What a loop or a bound hid in the middle of another look-up may be found later.
	if ctx.Err() == nil && (sure || len(stack) == 1) {
		w.mu.Lock()
		c.found, c.foundXs = slices.Concat([]evidence.Server{}, found), xs
		w.mu.Unlock()
	}
	return found, xs
}

// addresses looks up names of servers by walks of their own. It is sure if each name has an address or surely none.
func (w *walker) addresses(ctx context.Context, names []string, stack []string) (
	servers []evidence.Server, xs []evidence.Exchange, sure bool,
) {
	found := make([][]evidence.Server, len(names))
	exchanges := make([][]evidence.Exchange, len(names))
	open := make([]bool, len(names))
	var group errgroup.Group
	group.SetLimit(addressLookups)
	for i, name := range names {
		group.Go(func() error {
			found[i], exchanges[i], open[i] = w.address(ctx, name, stack)
			return nil
		})
	}
	group.Wait() // the functions return no error
	return slices.Concat(found...), slices.Concat(exchanges...), !slices.Contains(open, true)
}

// Addresses looks up the addresses of name servers at the servers of their own zones, of both families; by the resolver
// where no root server gave a usable answer. All look-ups together are bounded like one walk.
func (p *Probe) Addresses(ctx context.Context, names []string) ([]evidence.Server, []evidence.Exchange) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := canonical(name)
		return !ok
	})
	names = names[:min(len(names), maxNames)]
	servers, xs, _ := p.walker().addresses(ctx, names, nil)
	if p.silence(p.deepest("."), nil) != nil {
		var more []evidence.Exchange
		servers, _, more = p.servers(ctx, names)
		xs = append(xs, more...)
	}
	return ordered(servers), distinct(xs)
}

// address looks up both families of one name. An alias has no address of its own: a server must not be one (RFC 2181
// section 10.3).
func (w *walker) address(ctx context.Context, name string, stack []string) (
	servers []evidence.Server, xs []evidence.Exchange, open bool,
) {
	_, end, trouble, xs := w.descend(ctx, name, "A", true, stack)
	if trouble != nil {
		return nil, xs, !dnsanswer.Absent(trouble)
	}
	v6 := w.put(ctx, end.server, name, "AAAA")
	xs = append(xs, v6...)
	for _, x := range []evidence.Exchange{end.last(), v6[len(v6)-1]} {
		_, ok := dnsanswer.Outcome(x, name, x.Type)
		open = open || !ok
		servers = append(servers, addressesOf(x, name)...)
	}
	return servers, xs, open
}

// ordered sorts servers by name and address, each once, and bounds the list.
func ordered(servers []evidence.Server) []evidence.Server {
	servers = slices.Clone(servers)
	slices.SortFunc(servers, func(a, b evidence.Server) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	servers = slices.Compact(servers)
	return servers[:min(len(servers), maxAddresses)]
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

func exchangesOf(replies []reply) (xs []evidence.Exchange) {
	for _, r := range replies {
		xs = append(xs, r.xs...)
	}
	return xs
}

// distinct leaves out exchanges that stand before: several walks may have the same beginning.
func distinct(xs []evidence.Exchange) []evidence.Exchange {
	type key struct {
		at                            time.Time
		server, name, kind, transport string
		edns                          bool
	}
	seen := map[key]bool{}
	return slices.DeleteFunc(slices.Clone(xs), func(x evidence.Exchange) bool {
		k := key{x.At, x.Server, x.Name, x.Type, x.Transport, x.EDNS}
		old := seen[k]
		seen[k] = true
		return old
	})
}
