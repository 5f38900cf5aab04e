package document

import (
	"fmt"
	"strings"

	"mxverdict/cmd/internal/batch"
)

// maxCounted is how many of each kind the summary names; the table has them all.
const maxCounted = 100

// OfSummary is what a batch found, worst first.
func OfSummary(s batch.Summary) Document {
	b := &builder{}
	b.section(Section{Mark: Strong, Title: "SUMMARY", Lead: ours("%s judged, %d without a result", count(s.Reports, "report", "reports"), s.Errors)})
	var lines []Line
	for _, l := range labels {
		lines = append(lines, Line{l.mark, l.many, ours("%d", s.Labels[string(l.outcome)])})
	}
	b.add(&Lines{lines})
	if s.UrgentOpen > 0 {
		b.item("Urgent", ours("%d could not be decided, and should not wait", s.UrgentOpen))
	}
	if s.Cut {
		b.item("Note", ours("there were more names than are counted one by one"))
	}
	b.counted("BY RULE", s.Rules)
	b.counted("BY CAUSE", s.Causes)
	b.counted("BY REPORTER", s.Reporters)
	b.counted("BY HOST", s.Hosts)
	b.counted("NOT UNDERSTOOD", s.NotUnderstood)
	b.counted("WITHOUT A RESULT", s.Failures)
	return Document{b.sections}
}

// counted lists what was counted of one kind.
func (b *builder) counted(title string, counts []batch.Count) {
	if len(counts) == 0 {
		return
	}
	b.section(Section{Mark: Strong, Title: title, Lead: ours("%d", len(counts))})
	var lines []Line
	for _, c := range counts[:min(len(counts), maxCounted)] {
		text := foreign(c.Name)
		if c.About != "" {
			text = joined(text, ours(", "), foreign(c.About))
		}
		lines = append(lines, Line{markOf(c), "", joined(text, ours(": %s, such as in ", sums(c)), foreign(c.Example))})
	}
	if more := len(counts) - maxCounted; more > 0 {
		lines = append(lines, Line{Text: ours("and %d more, which summary.csv lists", more)})
	}
	b.add(&Lines{lines})
}

// markOf is the mark of the worst label.
func markOf(c batch.Count) Mark {
	for _, l := range labels {
		if c.Labels[string(l.outcome)] > 0 {
			return l.mark
		}
	}
	return Plain
}

// sums says how often something was met, by label where it has some.
func sums(c batch.Count) string {
	var said []string
	for _, l := range labels {
		if n := c.Labels[string(l.outcome)]; n > 0 {
			said = append(said, count(n, l.one, l.many))
		}
	}
	if len(said) == 0 {
		return fmt.Sprintf("%d times", c.N)
	}
	return strings.Join(said, ", ")
}
