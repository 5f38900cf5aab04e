package smtp

// This file says what to look up of what sessions showed: names that strangers chose. Each costs its servers a few questions, and none is
// asked for unless a finding is about greetings.

import (
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// Questions lists the look-ups that the sessions with the hosts of a target call for: of the names in their greetings.
func Questions(r *reading.Reading, t *evidence.Target, wish reading.Wish) (questions []reading.Question) {
	if !wish.Has(facts.FromGreetingName) {
		return nil
	}
	for _, name := range greetedNames(r, t) {
		questions = append(questions, greetingQuestions(r, name)...)
	}
	return questions
}

// greetedNames are the names that the hosts of a target gave themselves, each once, of those that can be looked up.
func greetedNames(r *reading.Reading, t *evidence.Target) (names []string) {
	reading.AtAnyAddress(t, func(host facts.Subject) bool {
		for _, s := range r.Sessions(host) {
			if !transcript.Greeted(*s.Session) {
				continue
			}
			if name := transcript.GreetedName(s.Event(evidence.StepGreeting).Reply); dnsanswer.ValidHostname(name) {
				names = append(names, name)
			}
		}
		return false
	})
	// Hosts of one operator often greet with one name; and the order must not depend on which session came first.
	slices.Sort(names)
	return slices.Compact(names)
}

// greetingQuestions look one such name up. Where the resolver does not lead to a public address, the name servers are asked, until they
// give some record: the resolver may fail, or know a name that nobody else does, as many do of localhost.
func greetingQuestions(r *reading.Reading, name string) []reading.Question {
	questions := reading.ToResolver(name, greetingTypes...)
	if !r.Done(questions...) || publicByResolver(r, name) { // a name that leads somewhere leaves nothing to find out
		return questions
	}
	// One type after the other, because the first record that the name servers give settles it.
	for _, rrtype := range greetingTypes {
		look := r.ToBoth(name, rrtype)
		questions = append(questions, look...)
		if !r.Done(look...) || len(dnsanswer.Leading(r.OfServers(name, rrtype).Records)) > 0 {
			return questions
		}
	}
	return questions
}

// publicByResolver tells whether the resolver leads from a name to mail hosts, or to an address that is public.
func publicByResolver(r *reading.Reading, name string) bool {
	return slices.ContainsFunc(greetingTypes, func(rrtype string) bool {
		records := dnsanswer.Leading(r.WordOfResolver(name, rrtype).Records)
		addresses := dnsanswer.AddressesIn(records)
		// Records beside addresses are MX records, of which one is enough (RFC 5321 section 2.3.5).
		return len(records) > len(addresses) || slices.ContainsFunc(addresses, func(a netip.Addr) bool { return !netrange.Private(a) })
	})
}
