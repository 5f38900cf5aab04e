package checkhost

// This file is the resolver of an evaluation: it reads evidence and never the network, so that the evaluation is the same in
// the run and in each replay. A question that nobody asked stops the evaluation, which then says what to ask next.

import (
	"context"
	"slices"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// Lookup asks the resolver, and the name servers where it fails or knows of nothing; or reads what they said from evidence. An
// empty list means that the question was not put, as opposed to one without an answer.
type Lookup func(ctx context.Context, name, rrtype string) []evidence.Exchange

// Source is where answers come from. The same ones serve the evaluations for many addresses, so each is read once.
type Source struct {
	reader *dnsanswer.Reader
	ask    Lookup
	read   map[[2]string]answer // by name and type
}

// From is a source that has read nothing yet.
func From(reader *dnsanswer.Reader, ask Lookup) *Source {
	return &Source{reader, ask, map[[2]string]answer{}}
}

// answer is what came of a look-up.
type answer struct {
	records []dns.RR
	trouble *evidence.Failure
	at      time.Time
}

// answer is what came of a look-up; false if there was none.
func (s *Source) answer(ctx context.Context, name, rrtype string) (a answer, ok bool) {
	if a, ok = s.read[[2]string{name, rrtype}]; ok {
		return a, true
	}
	xs := s.ask(ctx, name, rrtype)
	if len(xs) == 0 {
		return a, false
	}
	a.at = dnsanswer.Last(xs).At
	a.records, a.trouble = s.answerOf(xs, name, rrtype)
	// What was not asked is not remembered: the next round may have asked it.
	s.read[[2]string{name, rrtype}] = a
	return a, true
}

// answerOf reads a look-up: the name servers decide where they were asked, because the resolver gave nothing.
func (s *Source) answerOf(xs []evidence.Exchange, name, rrtype string) ([]dns.RR, *evidence.Failure) {
	ofZone := func(x evidence.Exchange) bool { return x.Role == evidence.Authoritative }
	resolver := slices.DeleteFunc(slices.Clone(xs), ofZone)
	if len(resolver) < len(xs) && s.reader.Trouble(resolver) != nil {
		return s.reader.Resolved(xs, dnsanswer.HostName(name), rrtype)
	}
	return s.reader.Records(dnsanswer.Last(resolver), rrtype), s.reader.Trouble(resolver)
}
