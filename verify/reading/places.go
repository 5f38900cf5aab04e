package reading

// This file tells where a target leads: to its mail hosts and their addresses (RFC 5321 section 5.1). A fact about a place is the same
// from whichever target it is looked at, so that places are shared, and what is known of them is said once.

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Place is where a target leads: a mail host at one of its addresses, or a host of which no address is known.
type Place struct {
	facts.Subject                    // facts.Session
	Targets       []*evidence.Target // all that lead here, in the order of the evidence
	Lead          Lead               // who led here, from whichever of them
	Nowhere       facts.Unknown      // why the host has no address; the zero value where this is an address
}

// First tells whether a target is the first one that leads to a place: what holds for all of them is derived once, with it.
func (p *Place) First(t *evidence.Target) bool { return p.Targets[0] == t }

// Whereabouts is where a target leads.
type Whereabouts struct {
	Places []*Place
	Why    facts.Unknown // why it leads nowhere, where there are no places
	Open   bool          // there may be more places
}

// Places tells where a target of the evidence leads. Where it leads nowhere the reason is told; where it may lead to more than was found,
// a no about all of its places is not known.
func (r *Reading) Places(t *evidence.Target) Whereabouts {
	if r.indexed().whereabouts == nil {
		r.readPlaces()
	}
	return r.indexed().whereabouts[t]
}

// readPlaces reads the places of all targets together, because several may lead to one.
func (r *Reading) readPlaces() {
	all := map[*evidence.Target]Whereabouts{}
	places := map[facts.Subject]*Place{}
	for i := range r.Bundle.Targets {
		t := &r.Bundle.Targets[i]
		w := r.whereabouts(t)
		for i, p := range w.Places {
			if known := places[p.Subject]; known != nil {
				// The lead to an address is the same for all; that to the host is each target's own.
				known.Lead = known.Lead.and(p.Lead)
				w.Places[i] = known
			}
			p = w.Places[i]
			p.Targets = append(p.Targets, t)
			places[p.Subject] = p
		}
		all[t] = w
	}
	r.indexed().whereabouts = all
	r.indexed().places = places
}

// place is what is known of a subject that some target leads to, or nil.
func (r *Reading) place(about facts.Subject) *Place {
	if r.indexed().places == nil {
		r.readPlaces()
	}
	return r.indexed().places[about]
}

// whereabouts reads where one target leads, before it is known which others lead there.
func (r *Reading) whereabouts(t *evidence.Target) (w Whereabouts) {
	// The order is that of trust: a resolver that invents has said nothing, one that contradicts the zone has said nothing of the
	// target.
	if w.Why = r.Invented(t); w.Why.Code != "" {
		return w
	}
	led := r.MXLead(t)
	if w.Why = led.Astray; w.Why.Code != "" { // nobody else is led to these hosts
		return w
	}
	seen := map[facts.Subject]bool{}
	// A host may stand under two preferences, an address in two records.
	add := func(p Place) {
		if !seen[p.Subject] {
			seen[p.Subject] = true
			w.Places = append(w.Places, &p)
		}
	}
	for _, h := range t.Hosts {
		said := r.AddressesSaid(h.Name)
		for _, a := range h.Addresses {
			add(Place{Subject: facts.SessionAt(h.Name, a), Lead: led.and(said.Lead(h.Name, a, r.Bundle.Vantage.Resolver))})
		}
		if len(h.Addresses) == 0 {
			add(r.withoutAddress(h.Name, whyNoAddress(h)))
		}
		w.Open = w.Open || len(h.Addresses) == 0 || h.Trouble != nil || said.untested(h.Addresses)
	}
	switch own, why := r.OwnHost(t); {
	case len(w.Places) > 0:
	case own: // there is something to say of the name itself
		add(r.withoutAddress(t.Name, r.whyNoHosts(t)))
		w.Open = true
	case why.Code != "":
		w.Why = why
	default:
		w.Why = r.whyNoHosts(t)
	}
	return w
}

// withoutAddress keeps a host visible that could not be followed: nothing is known of it but that, and its name.
func (r *Reading) withoutAddress(host string, why facts.Unknown) Place {
	return Place{Subject: facts.SessionAt(host, "no address"), Lead: r.nowhereLead(host), Nowhere: why}
}

// Invented is why nothing of what the resolver said of a target is believed, or the zero value: it answers for names that do not exist
// (RFC 6761 section 6.4). An address is asked nothing about. Such a resolver turns every "no" into an address of its own, mostly for
// advertisements.
func (r *Reading) Invented(t *evidence.Target) facts.Unknown {
	if !r.Bundle.Vantage.Invents || t.Kind == "address" {
		return facts.Unknown{}
	}
	return facts.Unknown{Code: facts.Disagreement, Detail: "the resolver " + r.Bundle.Vantage.Resolver +
		" answers for names that do not exist, so its answers cannot be trusted; name another with --resolver"}
}

// BeyondResolver tells whether what is known of the zone of a target may be believed: a walk from the root holds no word of a resolver.
func (r *Reading) BeyondResolver(t *evidence.Target) bool {
	return r.Invented(t).Code == "" || r.Walked(t)
}

// whyNoHosts is why a target leads nowhere: it has no address, or what was asked about it gave nothing. Only NXDOMAIN and NODATA
// are answers; any other trouble is none, and the next try may succeed.
func (r *Reading) whyNoHosts(t *evidence.Target) facts.Unknown {
	switch {
	case t.Trouble != nil && (t.Trouble.Kind == evidence.NXDomain || t.Trouble.Kind == evidence.NoData):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " leads to no address: " + Because(t.Trouble)}
	case t.Trouble != nil:
		return Unanswered(t.Trouble, "the look-up of "+t.Name)
	case t.Kind == "domain":
		return facts.Unknown{Code: facts.NotFound, Detail: "the MX records of " + t.Name + " lead to no host; a null MX says that it takes no mail"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "no address of " + t.Name + " was tested"}
}

// whyNoAddress is why a host has no address. Only what the DNS denies is "not found"; a failed look-up leaves it open.
func whyNoAddress(h evidence.Host) facts.Unknown {
	if h.Trouble != nil && h.Trouble.Kind != evidence.NXDomain && h.Trouble.Kind != evidence.NoData {
		return Unanswered(h.Trouble, "the look-up of "+h.Name)
	}
	return facts.Unknown{Code: facts.NotFound, Detail: h.Name + " has no address"}
}
