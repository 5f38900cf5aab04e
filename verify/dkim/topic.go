// Package dkim derives what stands at the name of a DKIM key, SELECTOR._domainkey.DOMAIN, and what verifiers make of it (RFC 6376 section
// 3.6, RFC 8301, RFC 8463). It says what to ask for that.
//
// The name servers that hold the key decide. Which selectors a domain uses cannot be seen from outside: only a signature names one. Of a
// domain without a selector the package tells no more than that it has no keys at all, where its name servers deny the name below which
// all of them stand. Selectors that are usual with providers are looked at as a witness against that, and show nothing else. It asks
// nothing and judges nothing.
package dkim

import (
	"mxverdict/verify/dkim/record"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct{ *reading.Reading }

// known is what is known of a target. A fact that is missing in it is not put down: nobody had asked for it.
type known map[facts.Name]facts.Known

// key is what a target means: the key of a selector, or the keys of a domain of which no selector is known.
type key struct{ selector, domain string }

// keyOf reads the name of a target.
func keyOf(t *evidence.Target) key {
	selector, domain := record.Split(dnsanswer.HostName(t.Name))
	return key{selector, domain}
}

// place is the name that is looked at.
func (k key) place() string {
	if k.selector == "" {
		return record.Below(k.domain)
	}
	return record.Name(k.selector, k.domain)
}

// Derive derives what verifiers find at the name of a key.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d, k := &derivation{r}, keyOf(t)
	// No finding was about DKIM; to say "unknown" of all of it would look like a failed test.
	if !r.BeyondResolver(t) || !r.Asked(k.place(), "TXT") {
		return
	}
	itself := facts.Subject{Kind: facts.Target, Name: t.Name}
	if why := d.unheard(t, k); why.Code != "" {
		w.PutAs(itself, facts.Because(why), allFacts...)
		return
	}
	if k.selector == "" {
		w.PutAll(itself, d.without(k))
		return
	}
	w.PutAll(itself, d.named(k))
}

// unheard is why nothing is known of the keys of a target, or the zero value.
func (d *derivation) unheard(t *evidence.Target, k key) facts.Unknown {
	// That the name of a key does not exist is an answer, and that a domain does not is another fault.
	absent := t.ZoneError != nil && t.ZoneError.Kind == evidence.NXDomain && dnsanswer.HostName(t.Name) != k.domain
	switch {
	case t.ZoneError != nil && !absent:
		return d.WhyNoZone(t)
	// Something on the way that answers for the name servers would be taken for all of them.
	case !d.Direct(t):
		return reading.NotDirect("the name servers of " + k.domain)
	}
	return facts.Unknown{}
}

// nowhere is why nothing is missing at a domain: it does not exist. The zero value where it does.
func (d *derivation) nowhere(domain string) facts.Unknown {
	for _, rrtype := range mailTypes {
		if first, _ := d.SaidBy("", domain, rrtype); first.Failure == nil || first.Failure.Kind != evidence.NXDomain {
			return facts.Unknown{}
		}
	}
	return facts.Unknown{Code: facts.NotFound, Detail: domain + " does not exist"}
}
