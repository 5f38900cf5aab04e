package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"mxverdict/parser/report"
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

// answer writes the reply to the customer as one paragraph of whole sentences: the most important that fit are taken, and
// stand in the order of reading.
func (p *page) answer(r Result) {
	sentences := answerSentences(r)
	taken := make([]bool, len(sentences))
	paragraph := func() []string {
		var texts []string
		for i, s := range sentences {
			if taken[i] {
				texts = append(texts, fold(s.text))
			}
		}
		return p.wrap(p.guard(p.clean(strings.Join(texts, " "))), 0, 0)
	}
	for weight := range lightest + 1 {
		for i, s := range sentences {
			if s.weight != weight || s.text == "" {
				continue
			}
			taken[i] = true
			if len(paragraph()) > replyLines && weight > 0 {
				taken[i] = false
			}
		}
	}
	lines := paragraph()
	if len(lines) > replyLines { // a target or a summary of absurd length
		lines = append(lines[:replyLines-1], lines[replyLines-1][:min(len(lines[replyLines-1]), ticketWidth-4)]+" ...")
	}
	for _, line := range lines {
		p.line(line)
	}
}

// sentence is a part of the reply; what weighs 0 is never left out, what weighs most goes first.
type sentence struct {
	weight int
	text   string
}

const lightest = 3

// answerSentences are what a customer should know, in the order of reading.
func answerSentences(r Result) []sentence {
	var said []sentence
	if r.Interrupted {
		said = append(said, sentence{0, "This test was interrupted; the answer is not complete."})
	}
	checked := "Your report"
	if about := subjectOf(r); about != "" {
		checked += " about " + about
	}
	if !r.StartedAt.IsZero() {
		checked += " was tested again at " + stamp(r.StartedAt)
	}
	checked += ": " + strings.TrimSuffix(result(r), ", 0 inconclusive") + "."
	said = append(said, sentence{0, checked}, sentence{1, named("To repair:", r, rules.Confirmed, nil)})
	var explained []int
	for _, c := range r.Judgement.Causes {
		said = append(said, sentence{1, firstOf(c.Reply, c.Says)})
		explained = append(explained, c.Findings...)
	}
	return append(said,
		sentence{2, named("The report is wrong about:", r, rules.FalsePositive, explained)},
		sentence{2, named("Could not be tested:", r, rules.Inconclusive, nil)},
		sentence{3, named("A matter of taste, nothing has to be changed:", r, rules.PolicyDisagreement, nil)})
}

// most is how many titles one sentence of the reply lists.
const most = 4

// named lists the titles of the verdicts with an outcome, without those whose rows are explained already.
func named(lead string, r Result, o rules.Outcome, explained []int) string {
	var titles []string
	for _, v := range inOrder(r.Judgement.Verdicts) {
		covered := slices.ContainsFunc(v.Findings, func(f report.Finding) bool { return slices.Contains(explained, f.N) })
		title := firstOf(v.About, v.Rule)
		if title != "" && labelOf(v.Verdict).outcome == o && !covered && !slices.Contains(titles, title) {
			titles = append(titles, title)
		}
	}
	if len(titles) == 0 {
		return ""
	}
	if more := len(titles) - most; more > 0 {
		titles = append(titles[:most], fmt.Sprintf("and %d more", more))
	}
	return lead + " " + strings.Join(titles, ", ") + "."
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
