package check

import (
	"fmt"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify"
	"mxverdict/verify/facts"
)

// Announce says, before any wait, what the report already suggests, whom a run with these options will ask, and how long that may
// take. Nothing is promised there that depends on the answers. Of many reports, most have the same to say: each line is worth saying once.
func (p Plan) Announce(o verify.Options, many bool) (says []string) {
	// What a report shows by itself is worth a line before a wait of minutes, and no verdict.
	for _, s := range p.catalogue.SuggestCauses(p.report) {
		says = append(says, label(p.report)+": "+s.Says)
	}
	if p.questions.NameServers() {
		says = append(says, "Asking the name servers themselves, from the root servers down. That takes seconds, and up to a minute where servers do not answer, or disagree.")
	}
	if p.questions.SMTP() {
		says = append(says, p.sessions(o, many)...)
	}
	return says
}

// sessions says whom the SMTP test asks, strangers' controls included: no connection is made that the user was not told of.
func (p Plan) sessions(o verify.Options, many bool) []string {
	asked := "Asking the mail servers themselves."
	if !p.questions.MailHosts() {
		asked = "Where a name has no MX records, its own address is asked whether it takes mail."
	}
	whole := "the whole test ends"
	if many {
		whole = "the test of each report, without the waits for the others, ends"
	}
	says := []string{asked, fmt.Sprintf("Each SMTP reply is awaited for up to %s, %s after %s at most.", Limit(o.Patience), whole, Limit(o.Deadline))}
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
