// Package names derives what a name leads to: its MX records (RFC 5321 section 5.1, RFC 7505) and the mail hosts behind them, the usual
// records and aliases of the name itself (RFC 1034 section 3.6.2), the reverse names of addresses (RFC 8601 section 3), and where the
// resolver says something else than the name servers. It also says which questions that takes.
//
// The name servers of a zone decide what is in it. The package takes no silence for "no such record", and no single server's word for
// a fault while others of its zone may know better. It asks nothing and judges nothing.
package names

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct {
	*reading.Reading
	reading.Writer
}

// Derive derives what the names of a target and of its mail hosts lead to. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	if r.Invented(t).Code == "" {
		d.about(t, -1)(d.hostsResolving(t), facts.DNSHostsResolving)
		for _, p := range r.Places(t).Places {
			if p.First(t) {
				d.place(p)
			}
		}
	}
	if r.BeyondResolver(t) {
		d.own(t)
	} else {
		d.NoViews(t.Name, facts.Target, r.Invented(t))
	}
}

// place derives who led to a host at an address, whether its name resolves, and what the names of the address are.
func (d *derivation) place(p *reading.Place) {
	d.Put(p.Subject, d.HostResolves(p.Name).As(facts.DNSHostResolves))
	d.Put(p.Subject, d.ledBy(p.Lead).As(facts.DNSHostLedBy))
	if p.Nowhere.Code == "" {
		d.reverse(p.Subject)
		return
	}
	for _, name := range reverseFacts {
		d.Put(p.Subject, facts.Because(p.Nowhere).As(name))
	}
}

// ledBy tells who led to a host at an address.
func (d *derivation) ledBy(l reading.Lead) facts.Known {
	switch {
	case l.Astray.Code != "":
		return facts.Because(l.Astray)
	case l.By == "":
		return facts.Because(d.Unasked("what resolver and name servers lead to"))
	}
	return facts.Is(facts.TextValue(l.By)).Seen(d.Bundle.FinishedAt, "all look-ups of hosts")
}

// own derives what the name servers say of the records of a target's own name. No word of the resolver is in it, but for the facts that
// compare it.
func (d *derivation) own(t *evidence.Target) {
	if t.Kind == "address" {
		d.NoViews(t.Name, facts.Target, d.WhyNoZone(t))
		return
	}
	d.AddView(t.Name, facts.Subject{Kind: facts.Target, Name: t.Name})
	if t.Delegation == nil {
		return // nothing was asked
	}
	d.mail(t)
	d.records(t)
	d.resolver(t)
}

// about puts down what is known of a target's own name, as it was seen in an exchange unless it says where it was; -1 is none.
func (d *derivation) about(t *evidence.Target, place int) func(k facts.Known, names ...facts.Name) {
	subject := facts.Subject{Kind: facts.Target, Name: t.Name}
	return func(k facts.Known, names ...facts.Name) {
		for _, name := range names {
			d.Put(subject, k.Seen(d.SeenIn(place)).As(name))
		}
	}
}

// hostsResolving counts the hosts behind a name of the report that lead to an address. It is a lower bound where some may.
func (d *derivation) hostsResolving(t *evidence.Target) facts.Known {
	names := mailNames(t)
	open := false
	if own, _ := d.OwnHost(t); t.Kind == "" && !own {
		names, open = nil, true // what it leads to is not known
	}
	count := int64(0)
	for _, name := range names {
		resolves := d.HostResolves(name)
		open = open || !resolves.Known()
		if resolves.IsYes() {
			count++
		}
	}
	k := facts.Is(facts.IntValue(count))
	k.AtLeast = open
	return k.Seen(d.Bundle.FinishedAt, "all look-ups of hosts")
}

// mailNames are the names of the hosts of a target; where it leads to none, its own is the only candidate.
func mailNames(t *evidence.Target) []string {
	var names []string
	for _, h := range t.Hosts {
		names = append(names, h.Name)
	}
	if len(names) == 0 && t.Kind == "" {
		names = append(names, t.Name)
	}
	return names
}
