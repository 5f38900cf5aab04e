package document

import (
	"fmt"
	"strings"

	"mxverdict/cmd/internal/batch"
)

// maxCounted is how many of each kind the summary names; the table has them all.
const maxCounted = 100

// Places are where a report of a batch can be read: paths from the folder of the summary, with slashes, or "".
type Places struct{ Source, Verdict string }

// summary is the summary of a batch that is being put together.
type summary struct {
	builder
	find func(source string) Places
}

// OfSummary is what a batch found, worst first. It finds out where reports can be read only of those that it names.
func OfSummary(s batch.Summary, find func(source string) Places) Document {
	b := &summary{find: find}
	b.section(Section{Mark: Strong, Title: "SUMMARY", Lead: ours("%s judged, %d without a result", count(s.Reports, "report", "reports"), s.Errors)})
	var lines []Line
	for _, l := range labels {
		lines = append(lines, Line{l.mark, l.many, ours("%d", s.Labels[string(l.outcome)])})
	}
	b.add(&Lines{lines})
	if s.Accepted > 0 {
		b.item("Accepted", ours("%d of what is confirmed", s.Accepted))
	}
	if s.UrgentOpen > 0 {
		b.item("Urgent", ours("%d could not be decided, and should not wait", s.UrgentOpen))
	}
	if s.Unread > 0 {
		b.item("Note", ours("no row of %s is understood", count(s.Unread, "report", "reports")))
	}
	if s.Cut {
		b.item("Note", ours("there were more names than are counted one by one"))
	}
	b.worst(s.Worst)
	b.counted("BY RULE", s.Rules)
	b.counted("BY CAUSE", s.Causes)
	b.counted("BY REPORTER", s.Reporters)
	b.counted("BY HOST", s.Hosts)
	b.counted("NOT UNDERSTOOD", s.NotUnderstood)
	b.counted("WITHOUT A RESULT", s.Failures)
	return Document{b.sections}
}

// worst lists the reports that should be looked at first.
func (b *summary) worst(reports []batch.Count) {
	if len(reports) == 0 {
		return
	}
	b.section(Section{Mark: Strong, Title: "WORST REPORTS"})
	var lines []Line
	for _, r := range reports {
		found := sums(r)
		if r.Urgent > 0 {
			found += fmt.Sprintf(", %d of them urgent", r.Urgent)
		}
		lines = append(lines, Line{markOf(r), found, b.report(r.Name)})
	}
	b.add(&Lines{lines})
}

// counted lists what was counted of one kind.
func (b *summary) counted(title string, counts []batch.Count) {
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
		lines = append(lines, Line{markOf(c), sums(c), joined(text, ours(", such as in "), b.report(c.Example))})
	}
	if more := len(counts) - maxCounted; more > 0 {
		lines = append(lines, Line{Text: ours("and %d more, which summary.csv lists", more)})
	}
	b.add(&Lines{lines})
}

// report names a report, and leads to it and to the verdict on it where these are files.
func (b *summary) report(source string) Text {
	places := b.find(source)
	text := Text{{Kind: File, Text: source, Link: places.Source}}
	if places.Verdict == "" {
		return text
	}
	return joined(text, ours(" (verdict: "), Text{{Kind: File, Text: places.Verdict, Link: places.Verdict}}, ours(")"))
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
		return count(c.N, "time", "times")
	}
	return strings.Join(said, ", ")
}
