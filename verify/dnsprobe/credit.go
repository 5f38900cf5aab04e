package dnsprobe

import (
	"context"
	"slices"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// credit takes back what a server of the root, or of a zone under which the public registers names, says of a name by itself, if
// something else may stand in its place. Such a server refers to the zones below (RFC 1034 section 4.3.2); a middlebox, or a
// resolver with a root zone of its own, denies them, and all the world with them. Who denies has to show the zone's SOA
// record (RFC 2308 section 3), and to know the zone itself.
func (w *walker) credit(ctx context.Context, c *cut, r reply, name string) reply {
	if said, ok := dnsanswer.Outcome(r.last(), name, r.last().Type); r.word == useless && ok && dnsanswer.Absent(said.Failure) {
		return w.discredit(r, "it denies the name in a zone that it was not asked for")
	}
	// Only those two kinds of zones are looked at: what denies there denies all the world, and the check costs questions.
	if r.word == useless || r.word == below || name == c.zone || !registry(c.zone) {
		return r
	}
	switch negative := !w.gives(r, name); {
	case negative && r.zone == "":
		return w.discredit(r, "it denies the name without the SOA record of its zone")
	case !w.serves(ctx, c.zone, r.server):
		return w.discredit(r, "it does not know the zone "+c.zone+" itself")
	// A private root answers well-formed, with an SOA record of its own: only what it denies betrays it.
	case negative && c.parent == nil && w.delegatedFor(ctx, name):
		return w.discredit(r, "it knows nothing of a top-level domain that exists")
	}
	return r
}

// registry tells whether a zone is the root or one under which the public registers names.
func registry(zone string) bool {
	suffix, _ := publicsuffix.PublicSuffix(zone)
	return zone == "." || suffix == zone
}

// gives tells whether a reply holds records of the name, or its alias.
func (w *walker) gives(r reply, name string) bool {
	records, alias := dnsanswer.OwnedBy(r.last(), name, r.last().Type)
	return len(records) > 0 || alias != ""
}

// serves tells whether a server shows the SOA record of a zone with authority.
func (w *walker) serves(ctx context.Context, zone string, server evidence.Server) bool {
	xs := w.put(ctx, server, zone, "SOA")
	said, ok := dnsanswer.Outcome(xs[len(xs)-1], zone, "SOA")
	return ok && len(said.Records) > 0
}

// delegatedFor tells whether the top-level domain of a name is one of those that ICANN delegates, and the resolver does not deny
// it. The resolver is asked because a list in a program grows old.
func (w *walker) delegatedFor(ctx context.Context, name string) bool {
	for parent(name) != "." {
		name = parent(name)
	}
	_, icann := publicsuffix.PublicSuffix(name)
	return icann && !dnsanswer.Absent(dnsanswer.Trouble(w.Lookup(ctx, name, "NS")))
}

// discredit keeps a reply from being anybody's word, for everybody who asks the same again.
func (w *walker) discredit(r reply, why string) reply {
	last := len(r.xs) - 1
	r.xs = slices.Clone(r.xs) // others may be reading the answer
	r.xs[last].Failure = &evidence.Failure{Kind: evidence.Malformed, Detail: "something else answers in place of the name server: " + why}
	r.word, r.zone, r.names, r.hosts = useless, "", nil, false
	if q, err := w.direct(r.server, r.xs[last].Name, r.xs[last].Type); err == nil {
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.answers[q.key()] != nil {
			w.answers[q.key()] = r.xs
		}
	}
	return r
}
