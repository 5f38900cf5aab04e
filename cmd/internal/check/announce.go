package check

import (
	"fmt"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify"
	"mxverdict/verify/facts"
)

// Announce says, before any wait, what the reports already suggest, whom a run with these options will ask, and how long that may
// take.
// Nothing is promised there that depends on the answers.
func (p Plan) Announce(o verify.Options) []string {
	says := p.suggestions()
	if p.asks(verify.Plan.NameServers) {
		says = append(says, "Asking the name servers themselves, from the root servers down. That takes seconds, and up to a minute where servers do not answer, or disagree.")
	}
	if p.asks(verify.Plan.SMTP) {
		says = append(says, p.sessions(o)...)
	}
	return says
}

// suggestions are what reports show by themselves. They are worth a line before a wait of minutes, and no verdict.
func (p Plan) suggestions() (says []string) {
	for _, r := range p.reports {
		for _, s := range p.catalogue.SuggestCauses(r) {
			says = append(says, label(r)+": "+s.Says)
		}
	}
	return says
}

// sessions says whom the SMTP test asks, strangers' controls included: no connection is made that the user was not told of.
func (p Plan) sessions(o verify.Options) []string {
	asked := "Asking the mail servers themselves."
	if !p.asks(verify.Plan.MailHosts) {
		asked = "Where a name has no MX records, its own address is asked whether it takes mail."
	}
	whole := "the whole test ends"
	if len(p.reports) > 1 {
		whole = "the test of each report, without the waits for the others, ends"
	}
	says := []string{fmt.Sprintf("%s Each SMTP reply is awaited for up to %s, %s after %s at most.", asked, Limit(o.Patience), whole, Limit(o.Deadline))}
	if len(o.Controls) > 0 && o.SMTPPort == 25 {
		says = append(says, "If a server cannot be reached, or encryption seems to be missing, the mail hosts of "+strings.Join(o.Controls, " and ")+" are tried, to tell their fault from this network's. "+
			"One connection goes to an address at which nobody stands, to see whether something answers for everybody.")
	}
	// Said before the wait and not after it, because nobody wants to learn then that it was in vain.
	if needed := time.Duration(o.Samples-1) * o.Every; needed >= o.Deadline {
		says = append(says, fmt.Sprintf("%d samples, one every %s, take %s at least and do not fit; give the run more time with --deadline.", o.Samples, Limit(o.Every), Limit(needed)))
	}
	return says
}

// label names a report in a sentence.
func label(r report.Report) string {
	if r.Source == "-" {
		return "The report"
	}
	return r.Source
}

// Limit writes a limit of time for people: "5 minutes", "90 s".
func Limit(d time.Duration) string {
	if d >= 2*time.Minute && d%time.Minute == 0 {
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return facts.FormatDuration(d)
}
