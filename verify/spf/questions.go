package spf

import (
	"context"
	"slices"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/checkhost"
)

// insistPause is the time until a server that did not give its answer over TCP is asked for it again.
const insistPause = 3 * time.Second

// Questions lists what is worth asking about the SPF records of a target, after what is known.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	return slices.Concat(toOutbound(r, t, want), toOwn(r, t, want))
}

// toOwn asks every server of a zone for the TXT records of a name; one may lag behind. The MX records tell whether the name has to do
// with mail.
func toOwn(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if t.Kind == "address" || t.Delegation == nil || len(t.Servers) == 0 && t.ZoneError == nil {
		return nil // the servers of the zone come first: whom to ask hangs on which of them speak
	}
	name, servers := dnsanswer.HostName(t.Name), r.Speaking(t)
	if want.Has(facts.FromSPFType99) {
		list = append(list, slices.Concat(reading.ToZone(name, "SPF"), reading.ToServers(servers, 0, name, "SPF"))...)
	}
	if !want.Has(facts.FromSPFRecord) {
		return list
	}
	ask := slices.Concat(reading.ToZone(name, "TXT", "MX"), reading.ToServers(servers, 0, name, "TXT"), reading.ToResolver(name, "TXT"))
	if list = append(list, ask...); !r.Done(ask...) {
		return list
	}
	list = append(list, r.ToProve(name, "TXT")...)
	d := derivation{Reading: r}
	for _, a := range givenBy(r, name, servers) {
		if !a.usable() && d.cut(a.server, name) {
			list = append(list, reading.Question{Kind: reading.Stream, Server: a.server, Name: name, Type: "TXT", Round: dnsanswer.RoundStream, Pause: insistPause})
		}
	}
	return append(list, toIncluded(r, t, want)...)
}

// toIncluded asks what the record of a name leads to, once that one is known: what to ask next follows from each answer.
func toIncluded(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromSPFTree | facts.FromSPFNames) {
		return nil
	}
	d := derivation{Reading: r}
	_, root := d.own(t)
	if root == nil {
		return nil
	}
	tree := grow(r, dnsanswer.HostName(t.Name), *root)
	list = tree.toRecords()
	if want.Has(facts.FromSPFNames) {
		list = append(list, tree.toNames()...)
	}
	return list
}

// toOutbound asks what the SPF records of a target say about the addresses of its hosts: each evaluation goes as far as the answers so
// far lead it, by the same way as the facts are derived. Nothing is asked where the user says whether they send.
func toOutbound(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromSPF) || r.Bundle.Vantage.Outbound != "" {
		return nil
	}
	known := checkhost.Recorded(r)
	ask := func(ctx context.Context, name, rrtype string) []evidence.Exchange {
		look := r.ToEither(name, rrtype)
		// The evaluation stops at the first answer that is missing; nobody can tell what it would have asked behind it.
		if list = append(list, look...); !r.Done(look...) {
			return nil
		}
		return known(ctx, name, rrtype)
	}
	answers := checkhost.From(&r.Reader, ask)
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
