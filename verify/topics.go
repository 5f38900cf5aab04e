package verify

import (
	"mxverdict/verify/bimi"
	"mxverdict/verify/blocklist"
	"mxverdict/verify/dane"
	"mxverdict/verify/dkim"
	"mxverdict/verify/dmarc"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/message"
	"mxverdict/verify/mtasts"
	"mxverdict/verify/names"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
	"mxverdict/verify/spf"
	"mxverdict/verify/tlsrpt"
	"mxverdict/verify/web"
	"mxverdict/verify/zone"
)

// topic is one field of what can be known about a target. Topics read the evidence, and neither a probe nor each other's facts.
type topic struct {
	questions func(*reading.Reading, *evidence.Target, reading.Wish) []reading.Question // what is worth asking, after what is known; may repeat itself
	learn     func(*reading.Reading, *evidence.Target)                                  // writes down what belongs to a target; nil for nothing
	derive    func(*reading.Reading, *evidence.Target, reading.Writer)                  // the facts
	late      bool                                                                      // its questions are about what sessions showed
}

// topics lists all of them. What each wants to know stands in the file questions.go of its package, and its facts in package facts. A new
// topic is one more line here. None reads what another one has found.
var topics = []topic{
	{questions: smtp.Questions, derive: smtp.Derive, late: true},
	{questions: zone.Questions, derive: zone.Derive, learn: zone.Learn},
	{questions: names.Questions, derive: names.Derive},
	{questions: spf.Questions, derive: spf.Derive},
	{questions: mtasts.Questions, derive: mtasts.Derive, learn: mtasts.Learn},
	{questions: tlsrpt.Questions, derive: tlsrpt.Derive},
	{questions: dane.Questions, derive: dane.Derive},
	{questions: dmarc.Questions, derive: dmarc.Derive},
	{questions: dkim.Questions, derive: dkim.Derive},
	{questions: message.Questions, derive: message.Derive},
	{questions: bimi.Questions, derive: bimi.Derive},
	{questions: web.Questions, derive: web.Derive},
	{questions: blocklist.Questions, derive: blocklist.Derive},
}

// Facts turns evidence into facts. It is pure: the same bundle gives the same facts, now and in ten years. What the bundle does not show
// is unknown, with the reason; a timeout, a refusal or a missing answer never becomes a no. It neither connects nor reads a clock: what
// time it is stands in the bundle.
func Facts(b *evidence.Bundle) *facts.Set {
	r, set := &reading.Reading{Bundle: b}, &facts.Set{}
	w := r.Writer(set)
	for i := range b.Targets {
		t := &b.Targets[i]
		where := r.Places(t)
		for _, p := range where.Places {
			// Places are told of before topics derive: a fact of a place is seen from each target that leads there.
			set.AddView(t.Name, p.Subject)
		}
		if len(where.Places) == 0 {
			w.NoViews(t.Name, facts.Session, where.Why)
		}
		for _, topic := range topics {
			topic.derive(r, t, w)
		}
	}
	return set
}
