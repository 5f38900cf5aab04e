// Package reading reads evidence, for all topics and for a run under way: who said what to whom, how far aliases lead, who led to a
// host, on whose word something rests. A bundle is indexed once and each of its records is read once (RFC 1035 section 5.1), so that a
// question to the evidence costs what its answer holds and not what the bundle holds.
//
// It is the only reader of evidence, and decides for each observation whether it is believed: what a device on the tester's side may
// have changed, what a lying resolver said and what servers contradict is unknown, with the reason, before any fact rests on it.
// It derives no fact of a topic, asks nothing and judges nothing. It trusts no record: a bundle may come from a stranger, so that whatever
// is read in it may be missing, contradictory, or there a million times.
package reading

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// Reading is a bundle as it is read. It serves one goroutine at a time. Its bundle is only added to: what stands in it never changes,
// but for its targets, of which Forget tells.
type Reading struct {
	Bundle *evidence.Bundle

	dnsanswer.Reader // of the records, each once

	index index                          // use indexed
	asked map[Question]bool              // of a run under way
	walks map[string]evidence.Delegation // by the name for which they were made

	located map[Question][]evidence.Server // by the question for them
}

// Add adds exchanges to the bundle of a run under way. What was found before stays, what was concluded is concluded anew.
func (r *Reading) Add(xs ...evidence.Exchange) {
	r.Bundle.Exchanges = append(r.Bundle.Exchanges, xs...)
}

// AddSession adds a session, as Add does.
func (r *Reading) AddSession(s evidence.Session) {
	r.Bundle.Sessions = append(r.Bundle.Sessions, s)
}

// Forget drops what was concluded, as is due where a target of the bundle was changed. A change that it is not told of is not seen: what
// is concluded is kept by the address of a target, and not by what stands in it.
func (r *Reading) Forget() { r.index.stale = true }
