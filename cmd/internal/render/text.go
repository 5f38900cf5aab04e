package render

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Terminal is what the reader's terminal can do.
type Terminal struct {
	Width int  // columns; 0 means 80
	Color bool // without it no escape sequence is written at all
}

// Text writes a result for people at a terminal: first what a support agent needs, then what a postmaster wants to
// check.
// Its only errors are those of w: there is no result that cannot be written.
func Text(w io.Writer, r Result, t Terminal) error {
	p := newPage(t)
	p.aboutLine(r.Report)
	p.body(r)
	p.inShort(r)
	return p.writeTo(w)
}

// inShort repeats the answer at the end, where a terminal stands when all has scrolled by.
func (p *page) inShort(r Result) {
	// Nothing has scrolled by then.
	if len(r.Evidence.Sessions)+len(r.Evidence.Exchanges) == 0 {
		return
	}
	p.outcome("IN SHORT", r)
	for _, c := range r.Judgement.Causes {
		p.flow("", "   ", 3, fold(firstOf(c.Plain, c.Says)))
	}
}

// body writes everything that there is to say, in the order in which it is needed.
// Ticket and terminal share it: what one reader is told, the other is told too.
func (p *page) body(r Result) {
	p.interrupted(r)
	p.header(r)
	p.outcome("RESULT", r)
	p.notices(r) // a closed network, or a report cut short, explains what follows
	p.causes(r)
	p.verdicts(r)
	p.times(r.Judgement.Verdicts)
	p.unrecognised(r.Judgement.Unrecognised)
	p.lookups(r.Evidence)
	p.sessions(r.Evidence)
	p.exchanges(r.Evidence)
	p.fetches(r.Evidence)
}

// outcome gives the answer on the whole, and what became of each row.
func (p *page) outcome(title string, r Result) {
	p.section(bold, title, result(r))
	if rows := rowsJudged(r); rows != "" {
		p.flow("", "   ", 6, rows)
	}
	p.overview(r.Judgement.Verdicts)
}

// overview gives the answer to each row in a line, before any detail.
func (p *page) overview(verdicts []rules.Verdict) {
	for _, v := range bounded(inOrder(verdicts)) {
		l := labelOf(v.Verdict)
		p.flow(l.style, "   "+called(v)+": ", 6, firstOf(v.About, v.Rule))
	}
}

// maxListed bounds lists that a report could make endless; JSON has them whole.
const maxListed = 50

// bounded is the part of a list that a page shows.
func bounded[T any](list []T) []T { return list[:min(len(list), maxListed)] }

// andMore says how much a bounded list leaves out.
func andMore(n int) string {
	return fmt.Sprintf("and %d more, which --format json lists", n-maxListed)
}

// interrupted stands before all else, since everything below is to be read by it.
func (p *page) interrupted(r Result) {
	if r.Interrupted {
		p.section(yellow, "INTERRUPTED", "The run was ended before it was done. What was known by then follows; "+
			"what is missing is inconclusive, not judged.")
	}
}

// header says what was tested, when and from where: a verdict without these cannot be argued about.
func (p *page) header(r Result) {
	p.section(bold, "REPORT", origin(r.Report))
	if name := target(r.Report); name == "" && len(r.Report.Candidates) > 0 {
		p.item("Target", "not named; names met in the text: "+strings.Join(r.Report.Candidates, ", "))
	} else {
		p.item("Target", p.targetOf(r.Report))
	}
	if r.Report.TestedAt != nil {
		p.item("Report made", stamp(*r.Report.TestedAt))
	}
	p.item("Re-tested", tested(r))
	p.item("From here", vantage(r))
	p.item("Tool", r.Evidence.Tool)
}

// origin says where a report comes from and who printed its rows.
func origin(r report.Report) string {
	source := r.Source
	if source == "-" || source == "" {
		source = "standard input"
	}
	reporters := []string{r.Reporter} // that of most rows first
	for _, f := range r.Findings {
		if !slices.Contains(reporters, f.Reporter) {
			reporters = append(reporters, f.Reporter)
		}
	}
	reporters = slices.DeleteFunc(reporters, func(id string) bool { return id == "" })
	if len(reporters) == 0 {
		return source + ", of a reporter that is not known"
	}
	return source + ", of " + strings.Join(reporters, " and ")
}

// target names all that the report is about, the most particular first.
func target(r report.Report) string {
	var parts []string
	for _, name := range []string{r.Target.Host, r.Target.Domain, r.Target.Address} {
		if name != "" {
			parts = append(parts, name)
		}
	}
	return strings.Join(parts, ", ")
}

// tested says when, and how long it took; a run that was cut off has no end.
func tested(r Result) string {
	switch {
	case r.StartedAt.IsZero():
		return "nothing was tested"
	case r.FinishedAt.IsZero():
		return stamp(r.StartedAt)
	}
	return stamp(r.StartedAt) + ", in " + facts.FormatDuration(r.FinishedAt.Sub(r.StartedAt))
}

// vantage says from where we looked: a finding can be true for one tester only.
func vantage(r Result) string {
	v := r.Evidence.Vantage
	var parts []string
	if v.Helo != "" {
		parts = append(parts, "as "+v.Helo)
	}
	if v.Resolver != "" {
		parts = append(parts, "resolver "+v.Resolver)
	}
	if v.Proxy != "" {
		parts = append(parts, "through "+v.Proxy)
	}
	if v.Patience > 0 {
		parts = append(parts, "waiting up to "+facts.FormatDuration(v.Patience.D())+" for each reply")
	}
	if v.SMTPOut == evidence.Closed {
		parts = append(parts, "on a network that lets no SMTP out")
	}
	return strings.Join(parts, ", ")
}

// causes come before the verdicts that they explain: one cause is easier to believe than three coincidences.
func (p *page) causes(r Result) {
	for _, c := range r.Judgement.Causes {
		p.section(bold, "CAUSE", c.ID+" at "+c.Subject)
		p.prose("Says", c.Says)
		p.list("Explains", rows(r.Report, c.Findings))
		p.prose("Leave as is", c.DoNot)
		if len(c.NeverTested) > 0 {
			p.list("Never tested", rows(r.Report, c.NeverTested))
			p.item("", "These rows are shown as OK, but the reporter cannot have tested them.")
		}
	}
}

// verdicts writes each of them whole. Numbers are given in the order of reading, and other parts of the page refer to them.
func (p *page) verdicts(r Result) {
	verdicts, untested := splitUntested(inOrder(r.Judgement.Verdicts))
	for i, v := range verdicts {
		l := labelOf(v.Verdict)
		name := strings.ToUpper(called(v))
		if p.ticket {
			name = fmt.Sprintf("Verdict %d of %d: %s", i+1, len(verdicts), name)
		} else {
			name = fmt.Sprintf("%d. %s", i+1, name)
		}
		p.section(l.style, name, firstOf(v.About, v.Rule))
		p.verdict(v, i+1)
	}
	p.untested(untested)
}

// firstOf is the first of two texts that is not empty.
func firstOf(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

// verdict writes one: what was reported and claimed, why it is so or not, the proof, and only then what to do about it.
func (p *page) verdict(v rules.Verdict, number int) {
	p.item("Subject", v.Subject)
	var reported []string
	for _, f := range bounded(v.Findings) {
		reported = append(reported, row(f))
	}
	if len(v.Findings) > maxListed {
		reported = append(reported, andMore(len(v.Findings)))
	}
	p.list("Reported", reported)
	p.prose("Claim", v.Claim)
	p.item("Means", reasonOf(v))
	p.prose("Why", v.Says)
	p.list("Note", p.notes(v.Notes, number))
	p.list("Who says what", opinionLines(v.Opinions))
	p.delegation(v.Delegation, number)
	p.spfTree(v.SPFTree, number)
	p.list("Measured", append(trail(v), measured(v)...))
	if v.MeasuredAt != nil {
		p.item("Measured at", stamp(*v.MeasuredAt))
	}
	p.prose("Leave as is", v.DoNot)
	p.prose(fixOf(v), v.Fix)
	p.item("Rule", v.Rule)
	p.list("Source", p.references(v.References))
	p.commands(v.Commands)
}

// folded makes each text one line.
func folded(texts []string) []string {
	var out []string
	for _, text := range texts {
		out = append(out, fold(text))
	}
	return out
}

// references spells citations out, the sections of one RFC in one line; a ticket's reader, who may not know where RFCs are
// kept, gets each with its address.
func (p *page) references(ids []string) []string {
	var out []string
	if !p.ticket {
		ids = joinSections(ids)
	}
	for _, id := range ids {
		text := reference(id)
		if at := link(id); p.ticket && at != "" {
			text += ", " + at
		}
		out = append(out, text)
	}
	return out
}

// commands are for the reader who does not believe us.
func (p *page) commands(commands []string) {
	if len(commands) == 0 {
		return
	}
	if p.ticket {
		p.line("Check it yourself:")
	} else {
		p.line("   " + p.paint(bold, "Check it yourself"))
	}
	for _, c := range commands {
		p.code(c)
	}
}

// trail lists how the conditions were decided. What is not known, and why, is not said twice.
func trail(v rules.Verdict) []string {
	var out []string
	for _, line := range folded(v.Trail) {
		if fact, why, ok := strings.Cut(line, notKnown); ok && strings.Contains(fold(v.Says), "Missing: "+why+".") {
			line = fact + notKnown + "as said above"
		}
		out = append(out, line)
	}
	return out
}

// notKnown stands in a trail between a fact and the reason why it is not known.
const notKnown = ": not known, "

// measured lists the facts that no comparison on the trail shows already.
// A fact that is known and one that is not are both listed, for the reader of an inconclusive verdict looks for the second.
func measured(v rules.Verdict) []string {
	var out []string
	trail := strings.Join(v.Trail, "\n")
	for _, m := range v.Measured {
		if strings.Contains(trail, string(m.Fact)+":") {
			continue
		}
		text := string(m.Fact) + ": " + value(m)
		if m.Subject != v.Subject {
			text += " for " + m.Subject
		}
		if m.Evidence != "" {
			text += " (" + m.Evidence + ")"
		}
		out = append(out, text)
	}
	return out
}

// value says what was measured, or why nothing was.
func value(m rules.Measured) string {
	switch {
	case m.Value.Kind() == facts.None:
		return "not known: " + firstOf(m.Unknown, "no reason recorded")
	case m.AtLeast && m.Value.Kind() == facts.Duration:
		return m.Value.String() + " or more, where our own patience ended"
	case m.AtLeast:
		return m.Value.String() + " or more"
	case m.Value.Kind() == facts.Text:
		return `"` + m.Value.Text() + `"`
	}
	return m.Value.String()
}

// unrecognised lists every row that no wording knows. A row that was dropped without a word would pass for one that is fine.
func (p *page) unrecognised(findings []report.Finding) {
	if len(findings) == 0 {
		return
	}
	p.section(bold, "NOT UNDERSTOOD", "What these rows say is not known; nothing was judged about them.")
	var texts []string
	for _, f := range bounded(findings) {
		texts = append(texts, row(f))
	}
	if len(findings) > maxListed {
		texts = append(texts, andMore(len(findings)))
	}
	p.entries(texts)
}

// notices are of the run first and of the report then: the first may put all that follows in doubt.
func (p *page) notices(r Result) {
	notices := append(folded(r.Notices), folded(r.Report.Notices)...)
	if len(notices) == 0 {
		return
	}
	p.section(bold, "NOTICES", "")
	p.entries(notices)
}
