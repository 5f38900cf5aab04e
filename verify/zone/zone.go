package zone

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// zone derives the SOA facts of every server of a target's zone.
func (d *derivation) zone(t *evidence.Target) {
	if _, ok := reading.CutOf(t); ok && !reading.Nowhere(t.ZoneError) {
		d.delegation(t)
	}
	if t.Zone == "" || len(t.Servers) == 0 {
		d.NoViews(t.Name, facts.Server, d.WhyNoZone(t))
		d.NoViews(t.Name, facts.Zone, d.WhyNoZone(t))
		return
	}
	for _, server := range t.Servers {
		subject := facts.Subject{Kind: facts.Server, Name: t.Zone, At: server.Name + " [" + server.Address + "]"}
		d.AddView(t.Name, subject)
		d.soa(subject, server, t.Zone)
		d.primary(subject, t)
		d.strangerFacts(t, subject, server)
		d.nameServer(subject, t, server)
	}
	d.serversWithoutAddress(t)
	d.agreement(t)
}
