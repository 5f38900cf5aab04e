package check

import (
	"fmt"
	"slices"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// notice is one kind of thing to know about a run beside its verdicts.
// A new kind is a row of the table below and nothing else.
type notice struct {
	when   func(*result.Result) bool
	reader func(*result.Result, *rules.Catalogue) []string // told to the reader of the result
	aside  func(*result.Result) string                     // told once to the one who runs the program
	// instead says that the notice takes the place of those of its kind further down the table: they are about the same trouble.
	instead bool
	// hinders says that this network kept something from the test.
	hinders bool
}

// notices are all kinds of notices, in the order in which they are told.
// What stands further up explains more of what went wrong.
var notices = []notice{
	{when: noDNS, aside: noDNSAside, hinders: true},
	{when: expired, reader: always("The run's own limit of time ended it before it was done; give it more with --deadline.")},
	{when: intercepted, reader: always(interceptedNotice), aside: once(interceptedAside), instead: true, hinders: true},
	{when: closed, reader: closedNotices, aside: once(closedAside), instead: true, hinders: true},
	{when: unproven, reader: always(unprovenNotice), aside: once(unprovenNotice), instead: true, hinders: true},
	{when: resolverOnly, reader: always(resolverOnlyNotice), aside: once(resolverOnlyNotice), hinders: true},
	{when: lapsed, reader: lapsedNotices, aside: lapsedAside},
}

// note puts into a result what is to be said about the run.
// Each is decided by the result of this report alone, so that what its reader is told does not depend on other reports.
func note(r *result.Result, catalogue *rules.Catalogue) {
	r.Notices = []string{}
	replaced := false
	for _, n := range notices {
		if !n.when(r) {
			continue
		}
		r.Hindered = r.Hindered || n.hinders
		if n.instead && replaced {
			continue
		}
		replaced = replaced || n.instead
		if n.reader != nil {
			r.Notices = append(r.Notices, n.reader(r, catalogue)...)
		}
		if n.aside != nil {
			r.Asides = append(r.Asides, n.aside(r))
		}
	}
}

// always is a notice that says the same to each reader.
func always(says string) func(*result.Result, *rules.Catalogue) []string {
	return func(*result.Result, *rules.Catalogue) []string { return []string{says} }
}

// once is an aside that is the same for all reports; the command says it once however many of them have it.
func once(says string) func(*result.Result) string {
	return func(*result.Result) string { return says }
}

// expired tells whether the time of this report was over before its test was.
func expired(r *result.Result) bool { return r.Evidence.Expired }

// noDNS tells whether no name server answered at all, not even the resolver.
func noDNS(r *result.Result) bool { return r.Evidence.Vantage.DNSOut == evidence.Closed }

// noDNSAside is for the one who runs the program alone: only at this machine can that be mended.
func noDNSAside(r *result.Result) string {
	return "No name server answered: this network lets no DNS out, or " + r.Evidence.Vantage.Resolver + " is no resolver; name another with --resolver."
}

// intercepted tells whether something answers SMTP connections for addresses at which no server can stand.
func intercepted(r *result.Result) bool { return r.Evidence.Vantage.Intercepted }

const (
	interceptedNotice = "Something on the way from this machine, such as a proxy of the network or a virus scanner, answers SMTP connections " +
		"even for an address at which no server can stand. Nothing about the server follows from what was seen; test from another machine, " +
		"by piping the report into: ssh HOST mxverdict"
	interceptedAside = "Something on the way from this machine answers SMTP connections for every address. To test from a machine without that: " +
		"ssh HOST mxverdict < report"
)

// closed tells whether this network kept a report's SMTP test from its servers.
func closed(r *result.Result) bool { return keptBy(&r.Evidence, evidence.Closed) }

const closedAside = "This network lets no SMTP out. To test from one that does: ssh HOST mxverdict < report\n" +
	"or through it: ssh -D 1080 HOST, and here: mxverdict --proxy socks5://127.0.0.1:1080 < report"

// closedNotices say what is left when this network lets no SMTP out: what the report itself shows, and how to test elsewhere.
func closedNotices(r *result.Result, catalogue *rules.Catalogue) []string {
	says := []string{"This network does not let SMTP connections out: neither the servers that were tried in vain nor the controls could be reached. " +
		"Nothing about the server follows from that."}
	for _, s := range catalogue.SuggestCauses(r.Report) {
		says = append(says, "What the report itself shows: "+s.Says+".")
	}
	return append(says, "Test from a machine whose network is open, by piping the report into: ssh HOST mxverdict",
		"Or through such a machine: run ssh -D 1080 HOST, and here add --proxy socks5://127.0.0.1:1080")
}

// unproven tells whether a report has rows that could not be tested because nothing tells this network from the servers that were
// not reached.
func unproven(r *result.Result) bool {
	return r.Judgement.Summary.Inconclusive > 0 && !r.Evidence.Expired && keptBy(&r.Evidence, "")
}

const unprovenNotice = "A server was not reached, and no control showed that this network lets SMTP out at all: the fault may be on this side. " +
	"Name a domain whose mail host surely answers with --control DOMAIN, or test from another machine: ssh HOST mxverdict < report"

// resolverOnly tells whether a report has rows that could not be tested because this network lets DNS questions out to the resolver
// only.
func resolverOnly(r *result.Result) bool {
	return r.Evidence.Vantage.DNSOut == evidence.ResolverOnly && slices.ContainsFunc(r.Judgement.Verdicts, func(v rules.Verdict) bool {
		return v.Verdict == rules.Inconclusive && v.Reason == string(facts.NetworkClosed)
	})
}

const resolverOnlyNotice = "This network lets DNS questions out to its resolver only: no other name server answered, not even those of the root. " +
	"What a zone's own servers say could not be tested. Test from a machine that reaches port 53 everywhere, by piping the report into: " +
	"ssh HOST mxverdict"

// lapsed tells whether the organisation whose policy is in force accepted a finding, and does so no more.
func lapsed(r *result.Result) bool { return len(lapses(r)) > 0 }

// lapses are such acceptances, each once.
func lapses(r *result.Result) []*rules.Acceptance {
	var over []*rules.Acceptance
	for _, v := range r.Judgement.Verdicts {
		if v.Lapsed != nil && !slices.Contains(over, v.Lapsed) {
			over = append(over, v.Lapsed)
		}
	}
	return over
}

func lapsedNotices(r *result.Result, catalogue *rules.Catalogue) (says []string) {
	for _, a := range lapses(r) {
		says = append(says, fmt.Sprintf("%s accepted %s at %s until %s (%s: %s). That is over, and the finding counts again.",
			catalogue.Policy().Organisation, a.Rule, a.Subject, a.Until, a.By, a.Reason))
	}
	return says
}

// lapsedAside is for who keeps the policy.
func lapsedAside(r *result.Result) string {
	a := lapses(r)[0]
	says := fmt.Sprintf("The policy accepted %s at %s until %s", a.Rule, a.Subject, a.Until)
	if more := len(lapses(r)) - 1; more > 0 {
		says += fmt.Sprintf(", and %d more that are over", more)
	}
	return says + ". Such findings count again; repair them, or accept them until another day (accepted: in the file of --policy)."
}
