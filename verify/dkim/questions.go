package dkim

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// mailTypes are the types of records by which a domain says what it has to do with mail.
var mailTypes = []string{"MX", "TXT"}

// Questions lists what is worth asking about the key that a target means, after what is known. Whether the domain is used for mail is
// asked only where a key is missing.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	// The zone comes first: without it nobody entitled to it could be asked.
	if !want.Has(facts.FromDKIM) || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	d, k := &derivation{r}, keyOf(t)
	list := d.ToTexts(k.place())
	if !d.Done(list...) || len(d.look(k.place()).keys) > 0 {
		return list
	}
	if k.selector == "" {
		list = append(list, d.toUsual(k.domain)...)
	}
	return append(list, reading.ToZone(k.domain, mailTypes...)...)
}
