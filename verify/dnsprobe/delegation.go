package dnsprobe

import (
	"context"
	"slices"
	"sync"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

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
		// What is heard on the way is evidence too.
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
	// After the sorting: which of too many names are left out must not hang on who answered first.
	c.names = c.names[:min(len(c.names), maxNames)]
	for _, r := range replies {
		if r.word == below && r.zone == zone {
			// Glue of all replies together: a server may leave out what does not fit.
			c.glue = append(c.glue, glue(r.last(), parent.zone, c.names)...)
		}
	}
	c.learned = &trail{xs: exchangesOf(replies)}
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
		// Each costs the walk a question, so that a zone with many servers cannot have it repeat without end.
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
			c.learned.xs = append(c.learned.xs, xs...)
			c.glue = append(c.glue, addressesOf(xs[len(xs)-1], name)...)
		}
	}
}
