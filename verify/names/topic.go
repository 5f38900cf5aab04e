// Package names derives what a name leads to: its MX records (RFC 5321 section 5.1, RFC 7505) and the mail hosts behind them, the usual
// records and aliases of the name itself (RFC 1034 section 3.6.2), the reverse names of addresses (RFC 8601 section 3), and where the
// resolver says something else than the name servers. It also says which questions that takes.
//
// The name servers of a zone decide what is in it. The package takes no silence for "no such record", and no single server's word for
// a fault while others of its zone may know better. It asks nothing and judges nothing.
package names

import (
	"maps"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct{ *reading.Reading }

// known is what is known of one subject. A fact that is missing in it is not put down: nobody had asked for it.
type known = map[facts.Name]facts.Known

// Derive derives what the names of a target and of its mail hosts lead to. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d, itself := &derivation{r}, facts.Subject{Kind: facts.Target, Name: t.Name}
	if r.Invented(t).Code == "" {
		w.PutAs(itself, d.hostsResolving(t), facts.DNSHostsResolving)
		for _, p := range r.Places(t).Places {
			if p.First(t) {
				w.PutAll(p.Subject, d.place(p))
			}
		}
	}
	switch {
	// Of a resolver that invents names nothing is believed; a walk from the root does not need it.
	case !r.BeyondResolver(t):
		w.NoViews(t.Name, facts.Target, r.Invented(t))
		return
	case t.Kind == "address":
		w.NoViews(t.Name, facts.Target, r.WhyNoZone(t))
		return
	}
	w.AddView(t.Name, itself)
	// What is told of the zone's records below takes servers that were found by a walk; without one nobody entitled was asked.
	if t.Delegation == nil {
		return // nothing was asked
	}
	// What the name servers say. No word of the resolver is in it, but where that is compared.
	w.PutAll(itself, d.mail(t))
	w.PutAll(itself, d.records(t))
	w.PutAll(itself, d.resolver(t))
}

// place derives who led to a host at an address, whether its name resolves, and what the names of the address are. Where it has no
// address the reverse look-up has no question, and says why.
func (d *derivation) place(p *reading.Place) known {
	found := same(reverseFacts, facts.Because(p.Nowhere))
	if p.Nowhere.Code == "" {
		found = d.reverse(p.At)
	}
	found[facts.DNSHostResolves] = d.HostResolves(p.Name)
	if found[facts.DNSHostResolves].Known() {
		found[facts.DNSHostHidden], found[facts.DNSHostHiddenBy] = d.hiddenHost(p.Name), d.hostHiddenBy(p.Name)
	}
	found[facts.DNSHostLedBy] = d.ledBy(p.Lead)
	return found
}

// ledBy tells who led to a host at an address. It rests on all look-ups together, none of which shows it alone.
func (d *derivation) ledBy(l reading.Lead) facts.Known {
	switch {
	case l.Astray.Code != "":
		return facts.Because(l.Astray)
	case l.By == "":
		return facts.Because(d.Unasked("what resolver and name servers lead to"))
	}
	return facts.Is(facts.TextValue(l.By)).Seen(d.Bundle.FinishedAt, "all look-ups of hosts")
}

// same says the same of several facts.
func same(names []facts.Name, k facts.Known) known {
	all := known{}
	for _, name := range names {
		all[name] = k
	}
	return all
}

// seenIn says of facts in which exchange they were seen, unless they say so themselves; -1 is none.
func (d *derivation) seenIn(place int, facts known) known {
	for name, k := range facts {
		facts[name] = k.Seen(d.SeenIn(place))
	}
	return facts
}

// together joins what is known of one subject. Where two parts know the same fact, the later one counts.
func together(parts ...known) known {
	all := known{}
	for _, part := range parts {
		maps.Copy(all, part)
	}
	return all
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
	if t.Kind == "" {
		names = append(names, t.Name)
	}
	return names
}
