// Package bimi derives which BIMI record counts for a name, what is wrong in it, and whether the logo and the mark certificate that it names
// are of use (draft-brand-indicators-for-message-identification-10, no standard yet). It says what to ask for that.
//
// Only the selector "default" is looked at: others are named by messages alone (section 4.4). The package does not tell which authorities a
// mailbox provider trusts for marks, and takes no failure of this moment for the lack of a file. It asks nothing and judges nothing.
package bimi

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct{ *reading.Reading }

// known is what is known of a target. A fact that is missing in it is not put down: nobody had asked for it.
type known = map[facts.Name]facts.Known

// Derive derives what those who show logos find for a target.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d, name := &derivation{r}, dnsanswer.HostName(t.Name)
	// No finding was about BIMI; to say "unknown" of all of it would look like a failed test.
	if !r.BeyondResolver(t) || !r.Asked(mailpolicy.BIMIName(name), "TXT") {
		return
	}
	w.PutAll(facts.Subject{Kind: facts.Target, Name: t.Name}, d.all(t, name))
}

// all derives all facts about a name.
func (d *derivation) all(t *evidence.Target, name string) known {
	var why facts.Unknown
	switch {
	// What does not exist has no record either, but that is another fault.
	case t.ZoneError != nil:
		why = d.WhyNoZone(t)
	// Something on the way that answers for the name servers would be taken for all of them.
	case !d.Direct(t):
		why = reading.NotDirect("the name servers of " + t.Zone)
	}
	all := known{}
	if why.Code != "" {
		same(all, facts.Because(why), placeFacts, syntaxFacts, logoFacts, markFacts)
		return all
	}
	f := d.find(name)
	f.place(all)
	f.syntax(all)
	d.logo(f, all)
	d.mark(f, name, all)
	return all
}

// same says the same of several facts.
func same(all known, what facts.Known, names ...[]facts.Name) {
	for _, list := range names {
		for _, name := range list {
			all[name] = what
		}
	}
}
