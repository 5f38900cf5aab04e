package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules"
)

// replyLines is the greatest length of the part that goes to the customer: longer ones are not read.
const replyLines = 10

// Ticket writes a result as plain text that survives a help desk: at most 76 columns, no tables, no angle brackets,
// nothing that is markup for any of them. It begins with a reply that can be sent to the customer as it stands; below
// a line of dots follows the evidence.
// What it shows in brackets stood in angle brackets or braces; a legend says so where it matters, in the transcripts.
func Ticket(w io.Writer, r Result) error {
	p := &page{width: ticketWidth, ticket: true}
	p.answer(r)
	p.line("")
	p.line(strings.Repeat(".", ticketWidth))
	p.body(r)
	return p.writeTo(w)
}

// answer writes the reply to the customer as one paragraph of whole sentences: the most important that fit are taken, as long
// as there is room in their longer form, and stand in the order of reading.
func (p *page) answer(r Result) {
	sentences := answerSentences(r)
	taken := make([]string, len(sentences))
	paragraph := func() []string {
		texts := slices.DeleteFunc(slices.Clone(taken), func(s string) bool { return s == "" })
		return p.wrap(p.guard(p.clean(strings.Join(texts, " "))), 0, 0)
	}
	each := func(try func(i int, s sentence)) {
		for weight := range lightest + 1 {
			for i, s := range sentences {
				if s.weight == weight {
					try(i, s)
				}
			}
		}
	}
	put := func(i int, text string) (fits bool) {
		before := taken[i]
		taken[i] = fold(text)
		if fits = len(paragraph()) <= replyLines || sentences[i].weight == 0; !fits {
			taken[i] = before
		}
		return fits
	}
	// First every sentence in its short form, so that a long one never keeps another one out.
	each(func(i int, s sentence) { put(i, s.text) })
	each(func(i int, s sentence) {
		for _, text := range s.longer {
			if put(i, text) {
				return
			}
		}
	})
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
	longer []string // says more; the longest first
}

// lightest is the weight of what is left out first.
const lightest = 3

// answerSentences are what a customer should know, in the order of reading.
func answerSentences(r Result) []sentence {
	var said []sentence
	if r.Interrupted {
		said = append(said, sentence{0, "This test was interrupted; the answer is not complete.", nil})
	}
	checked := "Your report"
	if about := subjectOf(r); about != "" {
		checked += " about " + about
	}
	if !r.StartedAt.IsZero() {
		checked += " was tested again at " + stamp(r.StartedAt)
	}
	// That nothing is open goes without saying.
	checked += ": " + strings.TrimSuffix(result(r), ", 0 inconclusive") + "."
	said = append(said, sentence{0, checked, nil}, rowsSentence(r), named(0, "Urgent, and could not be decided:", r, urgentAndOpen), repairs(r))
	var explained []int
	for _, c := range r.Judgement.Causes {
		said = append(said, sentence{1, firstOf(c.Plain, c.Says), nil})
		explained = append(explained, c.Findings...)
	}
	open := func(v rules.Verdict) bool {
		return !slices.ContainsFunc(v.Findings, func(f report.Finding) bool { return slices.Contains(explained, f.N) })
	}
	outcome := func(o rules.Outcome) func(rules.Verdict) bool {
		return func(v rules.Verdict) bool { return labelOf(v.Verdict).outcome == o }
	}
	// What a cause explains is said by the cause; only the rest is listed.
	wrong := func(changed bool) func(rules.Verdict) bool {
		return func(v rules.Verdict) bool {
			return labelOf(v.Verdict).outcome == rules.FalsePositive && open(v) && changed == (v.Reason == rules.Changed)
		}
	}
	worth := func(repair bool) func(rules.Verdict) bool {
		return func(v rules.Verdict) bool { return outcome(rules.PolicyDisagreement)(v) && v.Repair == repair }
	}
	return append(said,
		named(2, "The report is wrong about:", r, wrong(false)),
		named(2, "Not true when tested again:", r, wrong(true)), // it may have been when the report was made
		named(2, "Could not be decided:", r, func(v rules.Verdict) bool {
			return labelOf(v.Verdict).outcome == rules.Inconclusive && !urgentAndOpen(v)
		}),
		named(2, "No fault as the report has it, but something beside it is worth a repair:", r, worth(true)),
		named(3, "A matter of taste, nothing has to be changed:", r, worth(false)))
}

// rowsSentence accounts for the rows: a customer counts them.
func rowsSentence(r Result) sentence {
	said := rowsJudged(r)
	if said == "" {
		return sentence{}
	}
	return sentence{0, "It has " + said + ".", nil}
}

// urgentAndOpen tells whether nobody should wait for the answer to a verdict that is not decided. One that is confirmed is urgent to
// repair, and is said so.
func urgentAndOpen(v rules.Verdict) bool {
	return v.Urgent && labelOf(v.Verdict).outcome == rules.Inconclusive
}

// repairs says what is broken, and what to do about each thing where that is known.
// Only what is confirmed is called broken here, whatever the report said of the rest.
func repairs(r Result) sentence {
	confirmed := func(v rules.Verdict) bool { return labelOf(v.Verdict).outcome == rules.Confirmed }
	var fixes []string
	for _, v := range r.Judgement.Verdicts {
		fix := firstOf(v.About, v.Rule) + ": " + fold(v.Fix)
		if confirmed(v) && v.Fix != "" && !slices.Contains(fixes, fix) {
			fixes = append(fixes, fix)
		}
	}
	s := named(1, "To repair:", r, confirmed)
	// Advice about some of the faults only would read as if the others needed none.
	if len(titles(r, confirmed)) != len(fixes) || len(fixes) == 0 {
		return s
	}
	if len(fixes) > 1 {
		for i := range fixes {
			fixes[i] = fmt.Sprintf("(%d) %s", i+1, fixes[i])
		}
	}
	s.longer = append([]string{"To repair: " + strings.Join(fixes, " ")}, s.longer...)
	return s
}

// most is how many titles one sentence of the reply lists, if there is room for no more.
const most = 4

// named lists the titles of the verdicts that are meant, or the first of them.
// A list that is cut says by how much, so that nobody takes four for all.
func named(weight int, lead string, r Result, meant func(rules.Verdict) bool) sentence {
	all := titles(r, meant)
	s := sentence{weight, lead + " " + strings.Join(all, ", ") + ".", nil}
	if more := len(all) - most; more > 0 {
		s.longer = []string{s.text}
		s.text = lead + " " + strings.Join(all[:most], ", ") + fmt.Sprintf(", and %d more.", more)
	}
	if len(all) == 0 {
		s.text = ""
	}
	return s
}

// titles are those of the verdicts that are meant, each once.
func titles(r Result, meant func(rules.Verdict) bool) []string {
	var all []string
	for _, v := range inOrder(r.Judgement.Verdicts) {
		if title := firstOf(v.About, v.Rule); title != "" && meant(v) && !slices.Contains(all, title) {
			all = append(all, title)
		}
	}
	return all
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
