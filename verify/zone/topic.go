// Package zone derives what the name servers of a zone say of it and of themselves: the delegation and its glue, the servers and
// what they do for strangers, the SOA record, and whether all of them have the same copy. A resolver's word counts for none of it: it
// may be a copy of long ago, and it knows of a delegation only what the zone itself says (RFC 2181 section 5.4.1).
//
// A zone consists of what its parent says (RFC 1034 section 4.2.1: a referral and its glue), and of what each of its servers says with
// authority; the package compares these words and takes none of them for the others'. It knows no ideal value: which refresh is too long
// is a matter of rules. And it takes no silence for a fault before other servers have shown that this network lets questions out.
package zone

import (
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Derive derives the facts about the zone of a target. Those that several targets share are derived once, with the first of them.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	if !r.BeyondResolver(t) {
		noZone(t, w, r.Invented(t))
		return
	}
	zone := r.ZoneOf(t)
	if zone == nil || zone.Shown == nil {
		noZone(t, w, r.WhyNoZone(t))
		return
	}
	if len(zone.Shown.Servers) == 0 { // there is a delegation, and nobody to ask
		noZone(t, w, r.WhyNoZone(t))
	}
	if zone.Targets[0] == t {
		d := &derivation{view: viewOf(r, zone.Shown), Writer: w, targets: zone.Targets}
		d.lists = d.allLists()
		d.derive()
	}
}

// noZone says that a target leads to no zone or servers of which something could be told, and why. A verdict about the zone then
// gives this reason, and not that nobody looked.
func noZone(t *evidence.Target, w reading.Writer, why facts.Unknown) {
	w.NoViews(t.Name, facts.Server, why)
	w.NoViews(t.Name, facts.Zone, why)
}

// view is the zone of a target as the evidence shows it. It is read by the questions too, before anything is derived, and puts nothing
// down.
type view struct {
	*reading.Reading
	t       *evidence.Target
	servers map[evidence.Server]*server // what was judged before
}

// viewOf is the view of a target's zone. Nothing is read before it is asked for.
func viewOf(r *reading.Reading, t *evidence.Target) *view {
	return &view{r, t, map[evidence.Server]*server{}}
}

// derivation is the derivation of the facts of one zone. A zone is derived once, and is seen from all targets that lie in it.
type derivation struct {
	*view
	reading.Writer
	targets []*evidence.Target // that lead to the zone
	lists   lists
}

// derive derives all facts: first those of the delegation, which need no server that answers.
func (d *derivation) derive() {
	// Not of a name that does not exist: its delegation is that of a registry's zone.
	if _, ok := reading.CutOf(d.t); ok && !reading.Nowhere(d.t.ZoneError) {
		d.delegation()
	}
	if len(d.t.Servers) == 0 {
		return
	}
	for _, s := range d.judged() {
		here := d.about(facts.Server, s.label)
		d.soa(here, s)
		d.strangers(here, s)
		d.nameServer(here, s)
	}
	d.unlocatedServers()
	d.agreement()
}

// about is where facts about the zone, or about one of its servers, are put down, and where in the evidence they were seen.
type about struct {
	*derivation
	subject  facts.Subject
	at       time.Time
	evidence string
}

// about makes a subject visible from all targets that lead to the zone.
func (d *derivation) about(kind facts.SubjectKind, at string) about {
	subject := facts.Subject{Kind: kind, Name: d.t.Zone, At: at}
	for _, t := range d.targets {
		d.AddView(t.Name, subject)
	}
	return about{derivation: d, subject: subject}
}

// seen is the same subject, with a place in the evidence. The copy is changed, so that one fact's place does not become another's.
func (a about) seen(at time.Time, evidence string) about {
	a.at, a.evidence = at, evidence
	return a
}

// put puts a fact down, with the place where it was seen unless the fact names one itself.
func (a about) put(k facts.Known, name facts.Name) {
	a.Put(a.subject, k.Seen(a.at, a.evidence).As(name))
}
