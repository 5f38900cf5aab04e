// Package zone derives what the name servers of a zone say of it and of themselves: the delegation and its glue, the servers and
// what they do for strangers, the SOA record, and whether all of them have the same copy.
package zone

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

// Derive derives the facts about the zone of a target.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	if r.BeyondResolver(t) {
		d.zone(t)
	} else {
		d.NoViews(t.Name, facts.Server, r.Invented(t))
		d.NoViews(t.Name, facts.Zone, r.Invented(t))
	}
}

// Over reads without putting facts down.
func Over(r *reading.Reading) *derivation { return &derivation{r, r.Writer(&facts.Set{})} }
