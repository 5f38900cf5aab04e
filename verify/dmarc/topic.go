// Package dmarc derives which DMARC record counts for a name, what it asks for, what is wrong in it, and whether others agree to get its
// reports (RFC 9989, RFC 9990). It says what to ask for that.
//
// The name servers that hold a record decide. The package takes no silence for the lack of a record, and no single server's word where
// others contradict it. Where receivers of RFC 7489 find another record than those of RFC 9989, it tells of both. It asks nothing and
// judges nothing.
package dmarc

import (
	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct{ discovery.Finder }

func derive(r *reading.Reading) *derivation { return &derivation{discovery.Finder{Reading: r}} }

// found is the record that receivers find for a name, of which the facts tell.
type found struct{ discovery.Discovery }

func (d *derivation) walk(name string) found       { return found{d.ByWalk(name)} }
func (d *derivation) suffixList(name string) found { return found{d.BySuffixList(name)} }

// known is what is known of a target. A fact that is missing in it is not put down: nobody had asked for it.
type known = map[facts.Name]facts.Known

// Derive derives what receivers find as the DMARC record of a target.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d, name := derive(r), dnsanswer.HostName(t.Name)
	// No finding was about DMARC; to say "unknown" of all of it would look like a failed test.
	if !r.BeyondResolver(t) || !r.Asked(mailpolicy.DMARCName(name), "TXT") {
		return
	}
	itself := facts.Subject{Kind: facts.Target, Name: t.Name}
	w.PutAs(itself, d.mailUsed(t, name), facts.DMARCMailUsed)
	w.PutAll(itself, d.record(t, name))
}

// mailUsed tells whether a name takes or sends mail, by its own records.
func (d *derivation) mailUsed(t *evidence.Target, name string) facts.Known {
	if why := d.unheard(t); why.Code != "" {
		return facts.Because(why)
	}
	return d.MailUsed(name)
}

// unheard is why nothing is known of the records of a target, or the zero value.
func (d *derivation) unheard(t *evidence.Target) facts.Unknown {
	switch {
	// What does not exist has no record either, but that is another fault.
	case t.ZoneError != nil:
		return d.WhyNoZone(t)
	// Something on the way that answers for the name servers would be taken for all of them.
	case !d.Direct(t):
		return reading.NotDirect("the name servers of " + t.Zone)
	}
	return facts.Unknown{}
}
