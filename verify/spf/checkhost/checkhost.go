// Package checkhost evaluates the SPF records of a domain for a sender, as a receiver does (RFC 7208 section 4), over what name servers and
// resolver are known to have said. It asks nothing, derives no fact and judges nothing; of a question that nobody asked it says which it is,
// so that it can be asked.
package checkhost

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/record"
)

// Result is how an evaluation ends (RFC 7208 section 2.6).
type Result string

// The results.
const (
	None      Result = "none"
	Neutral   Result = "neutral"
	Pass      Result = "pass"
	Fail      Result = "fail"
	SoftFail  Result = "softfail"
	TempError Result = "temperror"
	PermError Result = "permerror"
)

// Said is what came of an evaluation.
type Said struct {
	Result  Result
	At      time.Time         // of the last answer
	Missing string            // a question that was not asked in the run, or ""
	Trouble *evidence.Failure // of the last question without an answer
	Err     error             // why a record is in error, for people
}

// Check evaluates the records of a sender's domain for an address. A sender without a domain is the postmaster of the name in its greeting
// (section 2.4). Macros may use both (section 7).
func (s *Source) Check(ctx context.Context, address netip.Addr, helo, sender string) Said {
	// A new one for each evaluation: what kept one domain from an answer is no trouble of the next.
	e := &evaluation{Source: s, ctx: ctx, from: senderOf(address, helo, sender)}
	result, err := e.domain(e.from.Domain)
	said := Said{Result: result, At: e.at, Missing: e.missing, Trouble: e.trouble, Err: err}
	var fault permanent
	switch {
	case errors.As(err, &fault):
		said.Result = PermError
	case err != nil:
		said.Result = TempError
	}
	return said
}

// senderOf is whom the record is evaluated for.
func senderOf(address netip.Addr, helo, sender string) record.Sender {
	local, domain := "", sender
	if at := strings.LastIndexByte(sender, '@'); at >= 0 {
		local, domain = sender[:at], sender[at+1:]
	}
	if domain == "" {
		domain = helo
	}
	if local == "" {
		local = "postmaster" // section 4.3
	}
	return record.Sender{Local: local, Domain: strings.TrimSuffix(domain, "."), Helo: helo, IP: address.Unmap().WithZone("")}
}

// Open is what kept an evaluation from a result, or the zero value. A look-up that failed is a temporary error (RFC 7208 section 2.6.6):
// other receivers, at another hour, may see the record.
func (s Said) Open(domain string) facts.Unknown {
	switch {
	// What was never asked comes before what failed: the next round will ask it.
	case s.Missing != "":
		return facts.Unknown{Code: facts.Untested, Detail: "the question for " + s.Missing + " was not asked"}
	case s.Trouble != nil:
		return reading.Unanswered(s.Trouble, "the SPF look-ups of "+domain)
	}
	return facts.Unknown{}
}

// Recorded looks up what the evidence holds: the resolver's word, and that of the name servers where the resolver failed or knows of
// nothing.
func Recorded(r *reading.Reading) Lookup {
	return func(_ context.Context, name, rrtype string) []evidence.Exchange {
		xs, _ := r.Exchanges(evidence.Resolver, "", dnsanswer.HostName(name), rrtype)
		if r.Trouble(xs) == nil || !r.AnsweredDirectly() {
			return xs
		}
		for _, link := range r.Chain(name, rrtype) {
			more, _ := r.Exchanges(evidence.Authoritative, "", link, rrtype)
			xs = append(xs, more...)
		}
		return xs
	}
}
