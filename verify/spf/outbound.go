package spf

import (
	"context"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/checkhost"
)

// evaluationTime is what an evaluation had in runs of whose bundles some may still be judged; RFC 7208 section 4.6.4 asks for at least 20 s.
// Today the time for all DNS questions of a report bounds it.
const evaluationTime = 30 * time.Second

// outboundAssumed is the value of ip.outbound where nobody says, so that it may. The others are those of evidence.
const outboundAssumed = "assumed"

// outbound tells whether an address sends mail to the Internet: by the user's word, else by SPF; and whether all was asked that
// this takes.
func (d *derivation) outbound(t *evidence.Target, address string) (sends facts.Known, asked bool) {
	// The user knows his own machines, and no record can.
	if said := d.Bundle.Vantage.Outbound; said == evidence.OutboundYes || said == evidence.OutboundNo {
		return facts.Is(facts.TextValue(said)).Seen(d.Bundle.StartedAt, "as the user says"), true
	}
	sends, asked = evaluate(context.Background(), checkhost.From(&d.Reader, checkhost.Recorded(d.Reading)), t, address)
	ended := d.Bundle.Interrupted || d.Bundle.Expired
	switch {
	// A bundle of an earlier run may hold that the look-ups were cut short by their own time, while the run itself went on.
	case sends.Why.Code == facts.Interrupted && !ended:
		sends.Why = facts.Unknown{Code: facts.ServFail, Detail: "the SPF look-ups took longer than " + facts.FormatDuration(evaluationTime)}
	case !asked && ended:
		sends.Why.Code = facts.Interrupted
	}
	return sends, asked
}

// shared tells whether an address sends, as seen from all targets that lead there. A domain that authorises
// it outweighs one that says nothing, and that one outweighs a domain that does not authorise it. What could not be found
// out is outweighed only by a yes, and what was never asked by everything.
func (d *derivation) shared(p *reading.Place) (weightiest facts.Known) {
	most := -1
	for _, t := range p.Targets {
		sends, asked := d.outbound(t, p.At)
		// The first of equal weight stands, so that the order of the targets decides which domain is named.
		if weight := weigh(sends, asked); weight > most {
			most, weightiest = weight, sends
		}
	}
	return weightiest
}

// weigh orders what several domains say of one address, the weightiest highest.
func weigh(sends facts.Known, asked bool) int {
	switch {
	case !asked:
		return 0
	// Above "assumed" and "no": somebody may authorise it after all, and that must not be hidden by a domain that says nothing.
	case !sends.Known():
		return 3
	case sends.Value.Text() == evidence.OutboundYes:
		return 4
	case sends.Value.Text() == outboundAssumed:
		return 2
	}
	return 1
}

// evaluate evaluates the SPF records of a target for an address. One that authorises the address says yes. A record that denies it says
// no: the address is not meant to send for the domain. Without any record, or with one that leaves it open, it may. asked is false where
// a question that this takes was never put. The sender is the postmaster of the domain: macros and explanations may use it (RFC 7208
// section 7), and most records do not. An error in a record, or a look-up that failed, leaves open what it would have said.
func evaluate(ctx context.Context, answers *checkhost.Source, t *evidence.Target, address string) (sends facts.Known, asked bool) {
	addr, err := netip.ParseAddr(address)
	switch {
	case err != nil:
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: address + " is no address"}), false
	case t.Kind == "":
		return facts.Because(facts.Unknown{Code: facts.Untested, Detail: "what " + t.Name + " is was not found out"}), false
	}
	domains := spfDomains(t)
	// The default errs on the side of the sender: a host that sends and is taken for one that does not would have a real fault
	// excused.
	answer, basis := outboundAssumed, "no domain is named whose SPF record could tell"
	if len(domains) > 0 {
		basis = "no SPF record of " + strings.Join(domains, " or ") + " tells"
	}
	var at time.Time
	var open facts.Unknown
	for _, domain := range domains {
		said := answers.Check(ctx, addr, domain, "postmaster@"+domain)
		at = said.At
		// A question that was not put leaves everything open, also what later domains would say: their turn has not come.
		if said.Missing != "" {
			return facts.Because(noResult(said, domain)).Seen(at, ""), false
		}
		switch {
		// One domain that authorises it is enough: then it sends, whatever the others say.
		case said.Result == checkhost.Pass:
			return facts.Is(facts.TextValue(evidence.OutboundYes)).Seen(at, "the SPF record of "+domain+" authorises it"), true
		case said.Result == checkhost.Neutral: // as if there were no record (RFC 7208 section 8.2)
		case said.Result == checkhost.Fail, said.Result == checkhost.SoftFail:
			answer, basis = evidence.OutboundNo, "the SPF record of "+domain+" does not authorise it ("+string(said.Result)+")"
		// A look-up that failed, or a record in error, leaves open what the domain says.
		case said.Result != checkhost.None && open.Code == "":
			open = noResult(said, domain)
		}
	}
	return facts.Is(facts.TextValue(answer)).Unless(open).Seen(at, basis), true
}

// noResult is why SPF says nothing of an address: a question that was not put, a look-up that failed, or a record in error.
func noResult(said checkhost.Said, domain string) facts.Unknown {
	if why := said.Open(domain); why.Code != "" {
		return why
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the SPF record of " + domain + " is in error (" + said.Err.Error() +
		"); say with --outbound yes or no whether the address sends mail"}
}

// spfDomains are the domains whose SPF record may speak of a target's addresses. A host sends in its own name or in that of
// the domain in which it stands.
func spfDomains(t *evidence.Target) []string {
	switch t.Kind {
	case "domain":
		return []string{t.Name}
	case "host":
		// The domain in which a host stands is the one that was registered: all below it belongs to one owner, who knows what sends
		// for it.
		domain, err := publicsuffix.EffectiveTLDPlusOne(t.Name)
		if err != nil || domain == t.Name {
			return []string{t.Name}
		}
		return []string{t.Name, domain}
	}
	return nil
}
