package dnsprobe

import (
	"cmp"
	"context"
	"slices"

	"golang.org/x/sync/errgroup"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// search is the look-up of one server's name with the look-ups that it needs in turn. They go on one after the other, and each zone
// is met once: a zone with 13 servers in a zone with 13 servers, and so on, would else lead to millions (NXNSAttack).
type search struct {
	zones []string            // whose servers are being looked up, the outermost first
	known map[string]*located // by zone, what was found in this search, even if more may be found in another
}

// within is the search for the servers of one more zone. The list of zones is copied, since several searches may go on from one.
func (s *search) within(zone string) *search {
	if s == nil {
		return &search{zones: []string{zone}, known: map[string]*located{}}
	}
	return &search{zones: append(slices.Clone(s.zones), zone), known: s.known}
}

// nested tells whether a search goes on in the middle of another one.
func (s *search) nested() bool { return s != nil && len(s.zones) > 1 }

// servers returns the addresses of a zone's servers. Names without glue are looked up by walks of their own: all of them
// if the whole set is wanted, else only where too few have glue to go on.
func (w *walker) servers(ctx context.Context, c *cut, whole bool, s *search) *located {
	glue := &located{servers: c.glue}
	missing := slices.DeleteFunc(slices.Clone(c.names), func(name string) bool {
		return slices.ContainsFunc(c.glue, func(s evidence.Server) bool { return s.Name == name })
	})
	// Two servers with glue are enough to go on with; the whole set is needed only where each server is to be judged.
	if len(missing) == 0 || !whole && len(c.names)-len(missing) >= enough {
		return glue
	}
	// What another walk of this probe found is taken over.
	w.mu.Lock()
	found := c.found
	w.mu.Unlock()
	switch {
	case found != nil:
		return found
	case s == nil:
	case s.known[c.zone] != nil:
		return s.known[c.zone]
	case slices.Contains(s.zones, c.zone) || len(s.zones) >= maxNested:
		return glue // the name of a server leads back to its own zone
	}
	found, sure := w.addresses(ctx, missing, s, c.zone)
	found.servers = ordered(slices.Concat(c.glue, found.servers))
	// What a loop or a bound hid in the middle of another look-up may be found later, by somebody who has more to spend.
	switch {
	case sure || s == nil && ctx.Err() == nil && !w.allowance(ctx).spent():
		w.mu.Lock()
		c.found = found
		w.mu.Unlock()
	case s != nil:
		s.known[c.zone] = found
	}
	return found
}

// addresses looks up the names of a zone's servers, or of no zone "", by walks of their own. It is sure if each name has an
// address or surely none. Only the outermost go on side by side.
func (w *walker) addresses(ctx context.Context, names []string, s *search, zone string) (found *located, sure bool) {
	each := make([]*located, len(names))
	open := make([]bool, len(names))
	var group errgroup.Group
	group.SetLimit(addressLookups)
	if s != nil {
		group.SetLimit(1)
	}
	for i, name := range names {
		inner := s
		if zone != "" {
			inner = s.within(zone)
		}
		group.Go(func() error {
			each[i], open[i] = w.address(ctx, name, inner)
			return nil
		})
	}
	group.Wait() // the functions return no error
	found = &located{way: &trail{}}
	for _, f := range each {
		found.servers = append(found.servers, f.servers...)
		found.way.from = append(found.way.from, f.way)
	}
	return found, !slices.Contains(open, true)
}

// Addresses looks up the addresses of name servers at the servers of their own zones, of both families; by the resolver
// where no root server gave a usable answer. All look-ups together are bounded like one walk.
func (p *Probe) Addresses(ctx context.Context, names []string) ([]evidence.Server, []evidence.Exchange) {
	names = slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		_, ok := canonical(name)
		return !ok
	})
	names = names[:min(len(names), maxNames)]
	found, _ := p.walker().addresses(ctx, names, nil, "")
	servers, xs := found.servers, p.exchanges(found.way)
	// The resolver comes last, since of a faulty name server it may know an address of better days.
	if p.silence(p.deepest("."), nil) != nil {
		var more []evidence.Exchange
		servers, _, more = p.servers(ctx, names)
		xs = append(xs, more...)
	}
	return ordered(servers), xs
}

// address looks up both families of one name. An alias has no address of its own: a server must not be one (RFC 2181
// section 10.3). Open says that there may be more than was found.
func (w *walker) address(ctx context.Context, name string, s *search) (found *located, open bool) {
	if s.nested() && (w.names.Add(-1) < 0 || w.spent() != nil) {
		return &located{}, true
	}
	_, end, trouble, way := w.descend(ctx, name, "A", true, s)
	found = &located{way: way}
	// A name that surely has no address is known; one that could not be asked about leaves the search open.
	if trouble != nil {
		return found, !dnsanswer.Absent(trouble)
	}
	// The server that answered for one family is asked for the other: it serves the zone, and no further walk is needed.
	v6 := w.put(ctx, end.server, name, "AAAA")
	found.way = &trail{from: []*trail{way}, xs: v6}
	for _, x := range []evidence.Exchange{end.last(), v6[len(v6)-1]} {
		_, ok := dnsanswer.Outcome(x, name, x.Type)
		open = open || !ok
		found.servers = append(found.servers, addressesOf(x, name)...)
	}
	return found, open
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

// ordered sorts servers by name and address, each once, and bounds the list.
func ordered(servers []evidence.Server) []evidence.Server {
	servers = slices.Clone(servers)
	slices.SortFunc(servers, func(a, b evidence.Server) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Address, b.Address))
	})
	servers = slices.Compact(servers)
	// The bound cuts after the sorting, so that it cuts the same ones each time.
	return servers[:min(len(servers), maxAddresses)]
}
