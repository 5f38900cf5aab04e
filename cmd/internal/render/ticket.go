package render

import (
	"io"
	"strings"

	"mxverdict/rules"
)

// replyLines is the length of the part that goes to the customer: longer ones are not read.
const replyLines = 6

// Ticket writes a result as plain text that survives a help desk: at most 76 columns, no tables, no angle brackets,
// nothing that is markup for any of them. It begins with a reply that can be sent to the customer as it stands; below
// a line of dots follows the evidence.
func Ticket(w io.Writer, r Result) error {
	p := &page{width: ticketWidth, ticket: true}
	p.answer(r)
	p.line("")
	p.line(strings.Repeat(".", ticketWidth))
	p.body(r)
	return p.writeTo(w)
}

// answer writes the reply to the customer. Every sentence has at least one line; what is left goes to the first ones.
func (p *page) answer(r Result) {
	const hang = 4
	sentences := answerSentences(r)
	left := replyLines
	for i, s := range sentences {
		lines := p.wrap(p.clean(fold(s)), 0, hang)
		if room := left - (len(sentences) - i - 1); len(lines) > room {
			lines = shortened(lines[:room])
		}
		left -= len(lines)
		p.line(lines[0])
		for _, line := range lines[1:] {
			p.line(strings.Repeat(" ", hang) + line)
		}
	}
}

// shortened ends lines that had more behind them: after the last whole sentence, else with a mark.
func shortened(lines []string) []string {
	for i := len(lines) - 1; i >= 0; i-- {
		if end := strings.LastIndex(lines[i]+" ", ". "); end >= 0 {
			return append(lines[:i:i], lines[i][:end+1])
		}
	}
	const more = " ..."
	last := []rune(lines[len(lines)-1])
	const room = ticketWidth - 4 - len(more) // 4: the indent of all lines but the first
	if len(last) > room {
		cut := lastBlank(last, room)
		if cut < room/2 {
			cut = room
		}
		last = last[:cut]
	}
	return append(lines[:len(lines)-1:len(lines)-1], string(last)+more)
}

// answerSentences are what a customer must know, the most important first. Each begins with a word of ours.
func answerSentences(r Result) []string {
	var said []string
	if r.Interrupted {
		said = append(said, "This test was interrupted; the answer is not complete.")
	}
	checked := "Not tested"
	if !r.StartedAt.IsZero() {
		checked = "Tested " + stamp(r.StartedAt)
	}
	checked += ": your report"
	if about := subjectOf(r); about != "" {
		checked += " about " + about
	}
	said = append(said, checked+".", "Result: "+strings.TrimSuffix(result(r), ", 0 inconclusive")+".")

	doNot := ""
	for _, v := range inOrder(r.Judgement.Verdicts) {
		if v.Verdict == rules.Confirmed && v.Fix != "" {
			said = append(said, "To do: "+firstOf(v.About, v.Rule)+": "+v.Fix)
			break
		}
	}
	if len(r.Judgement.Causes) > 0 {
		c := r.Judgement.Causes[0]
		said = append(said, "Cause: "+c.Says)
		doNot = c.DoNot
	} else if verdicts := inOrder(r.Judgement.Verdicts); len(verdicts) > 0 {
		v := verdicts[0]
		said = append(said, "Reason: "+firstOf(v.About, v.Rule)+": "+v.Says)
		doNot = v.DoNot
	}
	if doNot != "" {
		said = append(said, "Please note: "+doNot)
	}
	return said
}

// subjectOf names what a report is about: what it says itself, else what its rows led to.
func subjectOf(r Result) string {
	if name := r.Report.Target.Name(); name != "" || len(r.Evidence.Targets) == 0 {
		return name
	}
	name := r.Evidence.Targets[0].Name
	if more := len(r.Evidence.Targets) - 1; more > 0 {
		name += " and " + count(more, "other name", "other names")
	}
	return name
}
