package check

import (
	"fmt"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify"
	"mxverdict/verify/facts"
)

// Announce says, before any wait, how long a run with these options takes, what the report already suggests, and whom the run will ask.
// Nothing is promised there that depends on the answers. Of many reports, most have the same to say: each line is worth saying once.
func (p Plan) Announce(o verify.Options, many bool) (says []string) {
	if p.questions.NameServers() || p.questions.SMTP() {
		says = append(says, takes(o, many))
	}
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

// usual is how long a run takes whose servers answer, be it after a greeting that is late on purpose: such delays are 16 s at most as a
// rule, and all servers are asked side by side.
const usual = 20 * time.Second

// takes says how long a run takes as a rule, and at most. The rule adds what the user asked for; the most is the deadline, at which a run
// ends whatever servers do.
func takes(o verify.Options, many bool) string {
	expected := min(usual+time.Duration(max(o.Samples-1, 0))*o.Every, o.Deadline)
	if many {
		return fmt.Sprintf("The reports are tested again, side by side. Each usually takes less than %s, and %s at most, without the waits for the others.",
			Limit(expected), Limit(o.Deadline))
	}
	return fmt.Sprintf("Testing it again. This usually takes less than %s, and %s at most.", Limit(expected), Limit(o.Deadline))
}

// sessions says whom the SMTP test asks, strangers' controls included: no connection is made that the user was not told of.
func (p Plan) sessions(o verify.Options, many bool) []string {
	asked := "Asking the mail servers themselves."
	if !p.questions.MailHosts() {
		asked = "Where a name has no MX records, its own address is asked whether it takes mail."
	}
	says := []string{fmt.Sprintf("%s Each SMTP reply is awaited for up to %s, as a mail server waits.", asked, Limit(o.Patience))}
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
