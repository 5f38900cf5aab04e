package spf

import (
	"context"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// Questions lists what is worth asking to learn what the SPF records of a target say about the addresses of its hosts, after what is
// known: each evaluation goes as far as the answers so far lead it, by the same way as the facts are derived. Nothing is asked where the
// user says whether they send.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromSPF) || r.Bundle.Vantage.Outbound != "" {
		return nil
	}
	known := recorded(r)
	ask := func(ctx context.Context, name, rrtype string) []evidence.Exchange {
		look := r.ToEither(name, rrtype)
		// The evaluation stops at the first answer that is missing; nobody can tell what it would have asked behind it.
		if list = append(list, look...); !r.Done(look...) {
			return nil
		}
		return known(ctx, name, rrtype)
	}
	answers := from(&r.Reader, ask)
	for _, h := range t.Hosts {
		// Each address is evaluated for itself: macros (RFC 7208 section 7) and the mechanism a may ask other questions for each.
		for _, address := range h.Addresses {
			evaluate(context.Background(), answers, t, address)
			if !r.Done(list...) {
				return list // what leads on for one address mostly does for the others
			}
		}
	}
	return list
}
