package blocklist

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// entry is something that may stand on a list, and where it is looked for. Why says why it is not, else it is the zero value.
type entry struct {
	subject facts.Subject      // without a list
	addr    netip.Addr         // the zero value for a name
	name    string             // as it stands before the zone of the list
	targets []*evidence.Target // that lead to it
	why     facts.Unknown
}

// reversed writes an address as it stands before the zone of a list: octets or nibbles, the last one first (RFC 5782 sections 2.1 and
// 2.4).
func reversed(addr netip.Addr) string {
	var b strings.Builder
	if addr.Is4() {
		a := addr.As4()
		fmt.Fprintf(&b, "%d.%d.%d.%d", a[3], a[2], a[1], a[0])
		return b.String()
	}
	a := addr.As16()
	for i := 15; i >= 0; i-- {
		fmt.Fprintf(&b, "%x.%x.", a[i]&15, a[i]>>4)
	}
	return strings.TrimSuffix(b.String(), ".")
}

// entriesOf are what of a target may stand on lists that hold addresses, or names: the addresses to which it leads, or its name and the
// domain in which that stands. Why tells where there are none.
func (d *derivation) entriesOf(t *evidence.Target, holds string) (list []entry, why facts.Unknown) {
	if holds == facts.HoldsNames {
		return d.names(t)
	}
	where := d.Places(t)
	for _, p := range where.Places {
		e := entry{subject: facts.Subject{Kind: facts.Listing, Name: p.Name, At: p.At}, targets: p.Targets, why: cmp.Or(p.Nowhere, p.Lead.Astray)}
		addr, err := netip.ParseAddr(p.At)
		switch {
		case e.why.Code != "":
		case err != nil:
			e.why = facts.Unknown{Code: facts.NotFound, Detail: p.At + " is no address"}
		case netrange.Private(addr):
			e.why = facts.Unknown{Code: facts.Private, Detail: p.At + " is private, local or reserved: what a list says of it is about nobody's machine"}
		default:
			e.addr = addr.Unmap()
			e.name = reversed(e.addr)
		}
		list = append(list, e)
	}
	if why := d.beyond(t, where); why.Code != "" {
		list = append(list, entry{subject: facts.Subject{Kind: facts.Listing, Name: t.Name, At: "other addresses"}, targets: []*evidence.Target{t}, why: why})
	}
	return list, where.Why
}

// beyond is why a target may lead to addresses besides those that are known, each of which may stand on a list; the zero value where it
// does not, or where a place without an address says so already.
func (d *derivation) beyond(t *evidence.Target, where reading.Whereabouts) facts.Unknown {
	if !where.Open || slices.ContainsFunc(where.Places, func(p *reading.Place) bool { return p.Nowhere.Code != "" }) {
		return facts.Unknown{}
	}
	for _, h := range t.Hosts {
		if h.Trouble != nil {
			return reading.Unanswered(h.Trouble, "the look-up of all addresses of "+h.Name)
		}
	}
	return facts.Unknown{Code: facts.Disagreement, Detail: "the name servers lead " + t.Name + " to more addresses than the resolver does, and no list was asked for those"}
}

// names are what of a target may stand on a list of names. Lists of names hold what was registered, and few of them hold hosts.
func (d *derivation) names(t *evidence.Target) (list []entry, why facts.Unknown) {
	if why = nameless(t); why.Code != "" {
		return nil, why
	}
	for _, name := range namesOf(t) {
		e := entry{subject: facts.Subject{Kind: facts.Listing, Name: name}, name: name}
		for i := range d.Bundle.Targets {
			if other := &d.Bundle.Targets[i]; nameless(other).Code == "" && slices.Contains(namesOf(other), name) {
				e.targets = append(e.targets, other)
			}
		}
		list = append(list, e)
	}
	return list, facts.Unknown{}
}

// nameless is why a target has no name that could stand on a list, or the zero value.
func nameless(t *evidence.Target) facts.Unknown {
	switch {
	case t.Kind == "address":
		return facts.Unknown{Code: facts.NoTarget, Detail: "the list holds names, and the row names an address only"}
	case t.Trouble != nil && t.Trouble.Kind == evidence.NXDomain:
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}
	}
	return facts.Unknown{}
}

// namesOf are a name and the domain in which it was registered.
func namesOf(t *evidence.Target) []string {
	name := dnsanswer.HostName(t.Name)
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil || domain == name {
		return []string{name}
	}
	return []string{name, domain}
}

// wanted is a list that is wanted, as the report calls it; its list is nil where it is not known.
type wanted struct {
	*List
	called string
	any    bool // the report names no list, and means each of them
}

// wantedBy are the lists that targets want looked at, each once, in the order of the reports. One that some row names is wanted by its
// name, whatever stands beside it.
func wantedBy(targets ...*evidence.Target) (all []wanted) {
	seen := map[string]int{} // its place among them, from 1
	add := func(w wanted) {
		if place := seen[w.called]; place > 0 {
			all[place-1].any = all[place-1].any && w.any
			return
		}
		all = append(all, w)
		seen[w.called] = len(all)
	}
	for _, t := range targets {
		for _, name := range t.Lists {
			if name != facts.AnyList {
				add(wanted{Find(name), name, false})
				continue
			}
			for _, l := range living() {
				add(wanted{l, l.Name, true})
			}
		}
	}
	return all
}

// fits tells whether an entry is looked for on a list: where no row names the list, no IPv6 address on one that is not known to hold any.
func (w wanted) fits(e entry) bool { return !w.any || w.IPv6 || !e.addr.Is6() }

// on is an entry on a list, as the report calls that.
func (e entry) on(called string) facts.Subject {
	s := e.subject
	s.List = called
	return s
}

// Asked is how many lists are asked for these names at most.
func Asked(names []string) (n int) {
	for _, w := range wantedBy(&evidence.Target{Lists: names}) {
		if w.List != nil && w.Closed == "" {
			n++
		}
	}
	return n
}
