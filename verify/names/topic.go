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

// Over reads.
func Over(r *reading.Reading, w reading.Writer) *derivation { return &derivation{r, w} }

// Derive derives what the names of a target and of its mail hosts lead to. What several targets share is derived with the first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	if r.Invented(t).Code == "" {
		d.Put(facts.Subject{Kind: facts.Target, Name: t.Name}, d.hostsResolving(t))
		for _, p := range r.Places(t).Places {
			if p.First(t) {
				d.place(p)
			}
		}
	}
	if r.BeyondResolver(t) {
		d.names(t)
	} else {
		d.NoViews(t.Name, facts.Target, r.Invented(t))
	}
}

// place derives who led to a host at an address, whether its name resolves, and what the names of the address are.
func (d *derivation) place(p *reading.Place) {
	d.Put(p.Subject, d.HostResolves(p.Name))
	d.Put(p.Subject, d.ledBy(p.Lead))
	if p.Nowhere.Code == "" {
		d.reverse(p.Subject)
		return
	}
	for _, name := range reverseFacts {
		d.Put(p.Subject, facts.Fact{Name: name, Why: p.Nowhere})
	}
}

// ledBy tells who led to a host at an address.
func (d *derivation) ledBy(l reading.Lead) facts.Fact {
	f := facts.Fact{Name: facts.DNSHostLedBy, At: d.Bundle.FinishedAt, Evidence: "all look-ups of hosts"}
	switch {
	case l.Astray.Code != "":
		f.Why = l.Astray
	case l.By == "":
		f.Why = d.Unasked("what resolver and name servers lead to")
	default:
		f.Value = facts.TextValue(l.By)
	}
	return f
}
