package derive

import (
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// zone derives the SOA facts of every server of a target's zone.
func (d *derivation) zone(t *evidence.Target) {
	if _, ok := cutOf(t); ok && !nowhere(t.ZoneError) {
		d.delegation(t)
	}
	if t.Zone == "" || len(t.Servers) == 0 {
		d.set.NoViews(t.Name, facts.Server, d.whyNoZone(t))
		d.set.NoViews(t.Name, facts.Zone, d.whyNoZone(t))
		return
	}
	for _, server := range t.Servers {
		subject := facts.Subject{Kind: facts.Server, Name: t.Zone, At: server.Name + " [" + server.Address + "]"}
		d.set.AddView(t.Name, subject)
		d.soa(subject, server, t.Zone)
		d.primary(subject, t)
		d.strangerFacts(t, subject, server)
		d.nameServer(subject, t, server)
	}
	d.serversWithoutAddress(t)
	d.agreement(t)
}

func (d *derivation) whyNoZone(t *evidence.Target) facts.Unknown {
	switch {
	case t.Kind == "address":
		return facts.Unknown{Code: facts.NoTarget, Detail: "an address alone leads to no zone; name the domain with --target"}
	case nowhere(t.Trouble), nowhere(t.ZoneError):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}
	case d.isLost(t):
		return facts.Unknown{Code: facts.NotFound, Detail: "nobody can look up the name servers of " + t.Zone + ", because zones wait for one another"}
	case t.ZoneError != nil:
		return unanswered(t.ZoneError, "the look-up of the zone of "+t.Name)
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the zone of " + t.Name + " was not looked at"}
}

// isLost tells whether nobody finds the zone of a target, as derived before.
func (d *derivation) isLost(t *evidence.Target) bool {
	f, _ := d.set.Get(facts.DNSZoneLost, facts.Subject{Kind: facts.Zone, Name: t.Zone})
	return f.Known() && f.Value.Bool()
}

func nowhere(f *evidence.Failure) bool { return f != nil && f.Kind == evidence.NXDomain }

// exchanges returns all exchanges of a question with one party, and the number of the last one in the evidence.
func (d *derivation) exchanges(role evidence.Role, server, name, rrtype string) (found []evidence.Exchange, n int) {
	return d.round(role, server, name, rrtype, 0)
}

// round returns the exchanges of a question that was asked anew so many times.
func (d *derivation) round(role evidence.Role, server, name, rrtype string, round int) (found []evidence.Exchange, n int) {
	if d.noted != nil {
		d.noted(name)
	}
	for _, i := range d.askedAbout(name) {
		x := &d.bundle.Exchanges[i]
		if x.Role == role && x.Round == round && x.Type == rrtype && strings.EqualFold(x.Name, name) && (server == "" || dnsanswer.At(x, server)) {
			found, n = append(found, *x), i+1
		}
	}
	return found, n
}
