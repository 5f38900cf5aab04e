package document

import (
	"fmt"
	"slices"
	"strings"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Of makes the document of a result: first the answer, then what it rests on, then the whole log.
func Of(r result.Result) Document {
	b := &builder{noted: map[string]int{}}
	b.about(r.Report)
	b.interrupted(r)
	b.outcome(r)
	b.reply(r)
	b.overview(r.Judgement.Verdicts)
	b.notices(r.Notices, r.Report.Notices) // a closed network, or a report cut short, explains what follows
	b.header(r)
	b.causes(r)
	b.verdicts(r)
	b.times(r.Judgement.Verdicts)
	b.unrecognised(r.Judgement.Unrecognised)
	b.lookups(r.Evidence)
	b.sessions(r.Evidence)
	b.exchanges(r.Evidence)
	b.fetches(r.Evidence)
	b.sources(r.Judgement.Verdicts)
	return Document{b.sections}
}

// outcome counts the labels, and says what became of each row.
func (b *builder) outcome(r result.Result) {
	b.section(Section{For: Internal, Mark: Strong, Title: "RESULT", Lead: ours("%s", outcomeOf(r))})
	if rows := rowsJudged(r); rows != "" {
		b.add(&Paragraph{ours("%s", rows)})
	}
}

// overview gives the answer to each claim in a line.
func (b *builder) overview(verdicts []rules.Verdict) {
	if len(verdicts) == 0 {
		return
	}
	b.section(Section{For: Internal, Mark: Strong, Title: "VERDICTS"})
	var lines []Line
	verdicts = inOrder(verdicts)
	for _, v := range bounded(verdicts) {
		lines = append(lines, verdictLine(v))
	}
	if len(verdicts) > maxListed {
		lines = append(lines, Line{Text: ours("%s", andMore(len(verdicts)))})
	}
	b.add(&Lines{lines})
}

// verdictLine is a verdict in a line: the label, what it is about, where, and the line of the report.
func verdictLine(v rules.Verdict) Line {
	text := foreign(firstOf(v.About, v.Rule))
	if where := places(v.Subject); where != "" {
		text = joined(text, ours(", "), foreign(where))
	}
	var at []int
	for _, f := range v.Findings {
		at = append(at, f.Lines...)
	}
	if len(at) > 0 {
		text = joined(text, ours(" (%s)", lineNumbers(at)))
	}
	return Line{labelOf(v.Verdict).mark, called(v), text}
}

// places are the names in a subject; the addresses stand with the evidence.
func places(subject string) string {
	var names []string
	for _, part := range strings.Split(subject, ", ") {
		if name := hostOf(part); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

// maxListed bounds lists that a report could make endless; JSON has them whole.
const maxListed = 50

// bounded is the part of a list that is shown.
func bounded[T any](list []T) []T { return list[:min(len(list), maxListed)] }

// andMore says how much a bounded list leaves out.
func andMore(n int) string {
	return fmt.Sprintf("and %d more, which --format json lists", n-maxListed)
}

// interrupted stands before all else, since everything below is to be read by it.
func (b *builder) interrupted(r result.Result) {
	if r.Interrupted {
		b.section(Section{For: Internal, Mark: Open, Title: "INTERRUPTED", Lead: ours("The run was ended before it was done. What was known by then follows; " +
			"what is missing is inconclusive, not judged.")})
	}
}

// header says what was tested, when and from where: a verdict without these cannot be argued about.
func (b *builder) header(r result.Result) {
	b.section(Section{Level: Evidence, For: Internal, Mark: Strong, Title: "REPORT", Lead: origin(r.Report)})
	if name := target(r.Report); name == "" && len(r.Report.Candidates) > 0 {
		b.item("Target", joined(ours("not named; names met in the text: "), foreign(strings.Join(r.Report.Candidates, ", "))))
	} else {
		b.item("Target", targetAndHow(r.Report))
	}
	if r.Report.TestedAt != nil {
		b.item("Report made", ours("%s", stamp(*r.Report.TestedAt)))
	}
	b.item("Re-tested", ours("%s", tested(r)))
	b.item("From here", vantage(r))
	b.item("Tool", foreign(r.Evidence.Tool))
}

// origin says where a report comes from and who printed its rows.
func origin(r report.Report) Text {
	source := foreign(r.Source)
	if r.Source == "-" || r.Source == "" {
		source = ours("standard input")
	}
	reporters := []string{r.Reporter} // that of most rows first
	for _, f := range r.Findings {
		if !slices.Contains(reporters, f.Reporter) {
			reporters = append(reporters, f.Reporter)
		}
	}
	reporters = slices.DeleteFunc(reporters, func(id string) bool { return id == "" })
	if len(reporters) == 0 {
		return joined(source, ours(", of a reporter that is not known"))
	}
	return joined(source, ours(", of "), foreign(strings.Join(reporters, " and ")))
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
func tested(r result.Result) string {
	switch {
	case r.StartedAt.IsZero():
		return "nothing was tested"
	case r.FinishedAt.IsZero():
		return stamp(r.StartedAt)
	}
	return stamp(r.StartedAt) + ", in " + facts.FormatDuration(r.FinishedAt.Sub(r.StartedAt))
}

// vantage says from where we looked: a finding can be true for one tester only.
func vantage(r result.Result) Text {
	v := r.Evidence.Vantage
	var parts []Text
	add := func(words, of string) {
		if of != "" {
			parts = append(parts, joined(ours("%s", words), foreign(of)))
		}
	}
	add("as ", v.Helo)
	add("resolver ", v.Resolver)
	add("through ", v.Proxy)
	if v.Patience > 0 {
		parts = append(parts, ours("waiting up to %s for each reply", facts.FormatDuration(v.Patience.D())))
	}
	if v.SMTPOut == evidence.Closed {
		parts = append(parts, ours("on a network that lets no SMTP out"))
	}
	return joinedBy(", ", parts)
}

// joinedBy joins texts with words of ours between them.
func joinedBy(between string, parts []Text) Text {
	var out Text
	for i, part := range parts {
		if i > 0 {
			out = append(out, ours("%s", between)...)
		}
		out = append(out, part...)
	}
	return out
}

// causes come before the verdicts that they explain: one cause is easier to believe than three coincidences.
func (b *builder) causes(r result.Result) {
	for _, c := range r.Judgement.Causes {
		b.section(Section{Level: Evidence, For: Internal, Mark: Strong, Title: "CAUSE", Lead: foreign(c.ID + " at " + c.Subject)})
		b.item("Says", prose(c.Says))
		b.list("Explains", rows(r.Report, c.Findings))
		b.item("Leave as is", prose(c.DoNot))
		if len(c.NeverTested) > 0 {
			b.list("Never tested", rows(r.Report, c.NeverTested))
			b.item("", ours("These rows are shown as OK, but the reporter cannot have tested them."))
		}
	}
}

// unrecognised lists every row that no wording knows. A row that was dropped without a word would pass for one that is fine.
func (b *builder) unrecognised(findings []report.Finding) {
	if len(findings) == 0 {
		return
	}
	b.section(Section{Level: Evidence, For: Internal, Mark: Strong, Title: "NOT UNDERSTOOD", Lead: ours("What these rows say is not known; nothing was judged about them.")})
	var points []Text
	for _, f := range bounded(findings) {
		points = append(points, foreign(row(f)))
	}
	if len(findings) > maxListed {
		points = append(points, ours("%s", andMore(len(findings))))
	}
	b.add(&List{points})
}

// notices are of the run first and of the report then: the first may put all that follows in doubt.
func (b *builder) notices(lists ...[]string) {
	var points []Text
	for _, notice := range slices.Concat(lists...) {
		points = append(points, prose(notice))
	}
	if len(points) > 0 {
		b.section(Section{For: Internal, Mark: Strong, Title: "NOTICES"})
		b.add(&List{points})
	}
}
