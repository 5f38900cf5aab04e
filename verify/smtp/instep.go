package smtp

import (
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// labelled derives what the labelled part shows, from the sessions in which it is certain which reply answers what.
func (d *derivation) labelled(p *reading.Place, sessions []reading.Session, put func(facts.Fact)) {
	left, why := reading.InStep(sessions)
	if why.Code == "" {
		d.dialogueFacts(p, left, put)
		return
	}
	for _, name := range reading.LabelledFacts {
		put(facts.Fact{Name: name, Why: why})
	}
}
