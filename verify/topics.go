package verify

import (
	"mxverdict/verify/dane"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mtasts"
	"mxverdict/verify/names"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
	"mxverdict/verify/spf"
	"mxverdict/verify/zone"
)

// topics lists all topics. Each derives its facts from a reading alone: topics read neither each other's facts nor a probe.
var topics = []func(*reading.Reading, *evidence.Target, reading.Writer){smtp.Derive, zone.Derive, names.Derive, spf.Derive, mtasts.Derive, dane.Derive}

// Facts turns evidence into facts. It is pure: the same bundle gives the same facts, now and in ten years. What the bundle does
// not show is unknown, with the reason; a timeout, a refusal or a missing answer never becomes a no.
func Facts(b *evidence.Bundle) *facts.Set {
	r, set := &reading.Reading{Bundle: b}, &facts.Set{}
	w := r.Writer(set)
	for i := range b.Targets {
		t := &b.Targets[i]
		where := r.Places(t)
		for _, p := range where.Places {
			set.AddView(t.Name, p.Subject)
		}
		if len(where.Places) == 0 {
			w.NoViews(t.Name, facts.Session, where.Why)
		}
		for _, topic := range topics {
			topic(r, t, w)
		}
	}
	return set
}
