package message

import (
	"context"
	"maps"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/checkhost"
)

// Questions lists what is worth asking about the message for the sake of a target, after what is known: the keys of its signatures, the SPF
// records for its sender, the DMARC record of its author, and where domains differ the records by which organisations are told apart.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	if !want.Has(facts.FromMessage) || r.Bundle.Message == nil || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	d := about(r)
	if why := d.foreign(t); why.Code != "" {
		return nil
	}
	list := d.ToTexts(mailpolicy.DMARCName(d.author))
	if d.Done(list...) {
		list = append(list, d.ToAbove(d.author)...)
	}
	domains := map[string]bool{}
	if sender, why := d.sender(); why.Code == "" {
		list = append(list, d.toSender(sender)...)
		domains[domainOf(sender)] = true
	}
	for _, s := range d.trace.signature[:min(len(d.trace.signature), evidence.MaxSignatures)] {
		if name := s.key(); name != "" {
			list = append(list, d.ToTexts(name)...)
			domains[s.domain] = true
		}
	}
	return append(list, d.toOrganisations(domains)...)
}

// toSender asks what SPF takes for a sender: the record of its domain of all its servers, and what that leads to as a receiver does.
func (d *derivation) toSender(sender string) (list []reading.Question) {
	if d.trace.why.Code != "" {
		return nil
	}
	domain := domainOf(sender)
	if list = d.ToTexts(domain); !d.Done(list...) {
		return list
	}
	known := checkhost.Recorded(d.Reading)
	ask := func(ctx context.Context, name, rrtype string) []evidence.Exchange {
		look := d.ToEither(name, rrtype)
		// The evaluation stops at the first answer that is missing; nobody can tell what it would have asked behind it.
		if list = append(list, look...); !d.Done(look...) {
			return nil
		}
		return known(ctx, name, rrtype)
	}
	checkhost.From(&d.Reader, ask).Check(context.Background(), d.trace.edge.address, d.helo(domain), sender)
	return list
}

// toOrganisations asks for the records by which the organisations of some domains and of the author are told, where they hang on it.
func (d *derivation) toOrganisations(domains map[string]bool) (list []reading.Question) {
	for _, domain := range slices.Sorted(maps.Keys(domains)) {
		if domain != d.author && domain != "" && top(domain) == top(d.author) {
			list = append(list, d.ToOrganisation(domain)...)
		}
	}
	if len(list) > 0 {
		list = append(list, d.ToOrganisation(d.author)...)
	}
	return list
}
