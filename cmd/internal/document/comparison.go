package document

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mxverdict/cmd/internal/batch"
	"mxverdict/rules"
)

// maxDiffering is how many of each kind a comparison names for people; programs get all.
const maxDiffering = 50

// changed is how a change between two runs is said.
type changed struct {
	change  batch.Change
	mark    Mark
	title   string
	counted string // behind a number
	means   string
}

// changesFirst stand before the tables of hosts and rules, changesThen behind them.
var (
	changesFirst = []changed{
		{batch.Came, Bad, "CAME", "came", "confirmed now, and not before"},
		{batch.Lapsed, Bad, "ACCEPTED NO MORE", "accepted no more", "confirmed both times; somebody had accepted it until now"},
		{batch.Undecided, Open, "UNDECIDED NOW", "undecided now", "decided before, and not decided now: that is no repair"},
	}
	changesThen = []changed{
		{batch.Vanished, Open, "NOT JUDGED NOW", "not judged now", "their reports are there, and say no such thing: that is no repair"},
		{batch.Appeared, Neutral, "JUDGED ANEW", "judged anew", "not judged before; faults that another report told before are among them"},
		{batch.OtherReason, Neutral, "OTHER REASONS", "for another reason", "the same label, by another rule, for another reason or with another weight"},
		{batch.Accepted, Neutral, "ACCEPTED NOW", "accepted now", "confirmed, and somebody accepts it"},
		{batch.Decided, Good, "DECIDED NOW", "decided now", "not decided before, and no fault now"},
		{batch.Judged, Neutral, "JUDGED OTHERWISE", "judged otherwise", "no fault before and now, of another kind"},
		{batch.Repaired, Good, "REPAIRED", "repaired", "confirmed before, and no fault now"},
	}
	lostResults = changed{batch.ResultLost, Open, "WITHOUT A RESULT NOW", "without a result now", "judged before, and not now"}
	reportsThen = []changed{
		{batch.ErrorOther, Open, "WITHOUT A RESULT STILL", "without a result still", "for another reason than before"},
		{batch.ReportGone, Neutral, "GONE REPORTS", "gone", "in the old run only; what was confirmed in them is not known to be repaired"},
		{batch.ReportNew, Neutral, "NEW REPORTS", "new", "in the new run only"},
		{batch.ContentDiff, Neutral, "CHANGED REPORTS", "changed", "another content, or said to be about something else; rows do not correspond by number, so that verdicts are matched by rule and subject"},
		{batch.ResultNow, Good, "WITH A RESULT NOW", "with a result now", "not judged before"},
	}
)

// OfComparison is how two runs differ, worst first. An error is one of reading them.
func OfComparison(c *batch.Comparison) (Document, error) {
	b := &comparing{builder{}, c}
	b.answer()
	err := cmp.Or(each(changesFirst, b.verdicts), b.reports(lostResults))
	if err != nil {
		return Document{}, err
	}
	b.turns("BY HOST", c.Hosts)
	b.turns("BY RULE", c.Rules)
	err = cmp.Or(each(changesThen, b.verdicts), each(reportsThen, b.reports))
	return Document{b.sections}, err
}

// each lists one change after the other.
func each(changes []changed, list func(changed) error) error {
	for _, w := range changes {
		if err := list(w); err != nil {
			return err
		}
	}
	return nil
}

// comparing puts the document of a comparison together.
type comparing struct {
	builder
	c *batch.Comparison
}

// answer says all in a sentence, and what it rests on.
func (b *comparing) answer() {
	c := b.c
	mark := Good
	switch n := func(change batch.Change) int { return c.Count(change).N }; {
	case n(batch.Came)+n(batch.Lapsed) > 0:
		mark = Bad
	case n(batch.Undecided)+n(batch.ResultLost)+n(batch.Vanished) > 0:
		mark = Open
	}
	b.section(Section{Mark: mark, Title: "COMPARED", Lead: ours("%s", answerOf(c))})
	b.item("Before", runText(c.Old))
	b.item("Now", runText(c.New))
	b.item("Reports", ours("%d in both, %d only before, %d only now, %d without a result both times for the same reason",
		c.Both, c.Count(batch.ReportGone).N, c.Count(batch.ReportNew).N, c.NoResult))
	b.item("Rules", rulesText(c))
	var notes []Text
	for _, run := range []batch.Run{c.Old, c.New} {
		if run.LeftOut > 0 {
			notes = append(notes, joined(ours("The last %d bytes of ", run.LeftOut), foreign(run.Folder), ours(" are no whole record, and are left out.")))
		}
		if run.Unfinished || run.LeftOut > 0 {
			notes = append(notes, joined(ours("The run in "), foreign(run.Folder), ours(" is not at its end: it is at work, or was killed. "+
				"What it has not judged looks as if it were not there; the same batch command finishes it.")))
		}
	}
	if c.Both == 0 {
		notes = append(notes, ours("No report is in both runs. They are compared by the names under which batch was given them: call it both times from the same folder, with the same paths."))
	}
	if c.Cut {
		notes = append(notes, ours("There are more names of hosts or rules than are counted one by one."))
	}
	b.item("Note", notes...)
}

// answerOf says what came and what was repaired, and of the rest what there is.
func answerOf(c *batch.Comparison) string {
	n := func(change batch.Change) int { return c.Count(change).Faults }
	alone := func(change batch.Change) string {
		if n := c.Count(change).Alone; n > 0 {
			return fmt.Sprintf(" (%d of them by other rules alone)", n)
		}
		return ""
	}
	parts := []string{numbered(n(batch.Came), "fault", "faults") + " came" + alone(batch.Came), wasWere(n(batch.Repaired)) + " repaired" + alone(batch.Repaired)}
	for _, w := range slices.Concat(changesFirst[1:], changesThen[:len(changesThen)-1]) {
		if n := n(w.change); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, w.counted))
		}
	}
	if n := n(batch.ResultLost); n > 0 {
		parts = append(parts, fmt.Sprintf("%s without a result now", count(n, "report", "reports")))
	}
	return fmt.Sprintf("%s; %s as before", strings.Join(parts, ", "), count(c.Equal, "verdict", "verdicts"))
}

func numbered(n int, one, many string) string {
	if n == 0 {
		return "no " + one
	}
	return count(n, one, many)
}

func wasWere(n int) string {
	switch n {
	case 0:
		return "none was"
	case 1:
		return "1 was"
	}
	return fmt.Sprintf("%d were", n)
}

// runText describes a run.
func runText(r batch.Run) Text {
	t := joined(foreign(r.Folder), ours(": %s judged, %d without a result", count(r.Reports, "report", "reports"), r.Errors))
	if !r.First.IsZero() {
		t = joined(t, ours(", %s to %s", stamp(r.First), stamp(r.Last)))
	}
	return t
}

// rulesText says whether the rules are the same, and what that has to do with the differences, as far as it is known.
func rulesText(c *batch.Comparison) Text {
	digests := func(r batch.Run) Text {
		var t Text
		for i, used := range r.Rules[:min(len(r.Rules), 3)] {
			if i > 0 {
				t = joined(t, ours(", "))
			}
			t = joined(t, foreign(used.Digest), ours(" for %d", used.Reports))
		}
		if more := len(r.Rules) - 3; more > 0 {
			t = joined(t, ours(" and %d more", more))
		}
		return t
	}
	if len(c.Old.Rules) == 1 && len(c.New.Rules) == 1 && c.Old.Rules[0].Digest == c.New.Rules[0].Digest {
		return ours("the same both times: what differs, differs in what was measured or reported")
	}
	if len(c.Old.Rules) == 0 || len(c.New.Rules) == 0 {
		return nil
	}
	return joined(ours("changed (before: "), digests(c.Old), ours("; now: "), digests(c.New),
		ours("). Of the verdicts that differ, %d do so by the rules alone, for the same was measured; of %d it is not known whether the rules or the servers make the difference; %d were judged by the same rules",
			c.ByRules[batch.RulesDecide], c.ByRules[batch.RulesMay], c.ByRules[batch.SameRules]))
}

// verdicts lists what has one change: each rule and subject once, however many reports tell it.
func (b *comparing) verdicts(w changed) error {
	total := b.c.Count(w.change)
	if total.N == 0 {
		return nil
	}
	faults, err := b.c.Worst(w.change, maxDiffering)
	if err != nil {
		return err
	}
	b.section(Section{Mark: w.mark, Title: w.title, Lead: ours("%d, in %s: %s", total.Faults, count(total.N, "verdict", "verdicts"), w.means)})
	var lines []Line
	for _, f := range faults {
		lines = append(lines, Line{w.mark, stateLabel(f.Now), faultText(f)})
	}
	b.add(&Lines{b.left(lines, total.Faults)})
	return nil
}

// left adds how many are left out.
func (b *comparing) left(lines []Line, total int) []Line {
	if more := total - len(lines); more > 0 {
		return append(lines, Line{Text: ours("and %d more, which --format json lists", more)})
	}
	return lines
}

// faultText is one change: where, what, what it was and is, and in which report it stands.
func faultText(f batch.Fault) Text {
	t := joined(foreign(f.Subject), ours(": "), foreign(f.Rule))
	if f.About != "" {
		t = joined(t, ours(" ("), foreign(f.About), ours(")"))
	}
	t = joined(t, stateMore(f.Now), ours("; before: %s", stateLabel(f.Before)), stateMore(f.Before))
	switch {
	case f.Before != nil && f.Now != nil && f.Before.Rule != f.Now.Rule:
		t = joined(t, ours("; before it was judged by "), foreign(f.Before.Rule))
	case f.Before != nil && f.Now != nil && f.Before.Subject != f.Now.Subject:
		t = joined(t, ours("; before it was "), foreign(f.Before.Subject))
	}
	switch f.Rules {
	case batch.RulesDecide:
		t = joined(t, ours("; by other rules alone, for the same was measured"))
	case batch.RulesMay:
		t = joined(t, ours("; by other rules, which may be why"))
	}
	if f.N > 1 {
		return joined(t, ours("; in %d reports, such as in ", f.N), foreign(f.Source))
	}
	return joined(t, ours("; in "), foreign(f.Source))
}

// stateLabel is the label of a verdict in one of the runs.
func stateLabel(s *batch.State) string {
	if s == nil {
		return "not judged"
	}
	return labelOf(rules.Outcome(s.Verdict)).one
}

// stateMore is what there is to say behind the label.
func stateMore(s *batch.State) (t Text) {
	if s == nil {
		return nil
	}
	if s.Urgent {
		t = joined(t, ours(", urgent"))
	}
	if s.Severity != "" {
		t = joined(t, ours(", severity "), foreign(s.Severity))
	}
	if words, known := reasonWords[s.Reason]; known {
		t = joined(t, ours(", %s", words))
	} else if s.Reason != "" {
		t = joined(t, ours(", reason "), foreign(s.Reason))
	}
	if s.Accepted {
		t = joined(t, ours(", accepted"))
	}
	return t
}

// turns is a table of hosts or rules, the worst first.
func (b *comparing) turns(title string, turns []batch.Turn) {
	if len(turns) == 0 {
		return
	}
	b.section(Section{Mark: Strong, Title: title, Lead: ours("%d, the worst first", len(turns))})
	var lines []Line
	for _, t := range turns[:min(len(turns), maxDiffering)] {
		var said []string
		mark := Plain
		for _, w := range slices.Concat(changesFirst, changesThen) {
			if n := t.Changes[w.change]; n > 0 {
				if said = append(said, fmt.Sprintf("%d %s", n, w.counted)); mark == Plain {
					mark = w.mark
				}
			}
		}
		text := foreign(t.Name)
		if t.About != "" {
			text = joined(text, ours(", "), foreign(t.About))
		}
		if len(said) > 1 {
			text = joined(text, ours("; %s", strings.Join(said[1:], ", ")))
		}
		lines = append(lines, Line{mark, said[0], text})
	}
	b.add(&Lines{b.left(lines, len(turns))})
}

// reports lists the reports of one change.
func (b *comparing) reports(w changed) error {
	total := b.c.Count(w.change).N
	if total == 0 {
		return nil
	}
	reports, err := b.c.WorstReports(w.change, maxDiffering)
	if err != nil {
		return err
	}
	b.section(Section{Mark: w.mark, Title: w.title, Lead: ours("%s: %s", count(total, "report", "reports"), w.means)})
	var lines []Line
	for _, d := range reports {
		lines = append(lines, Line{w.mark, w.counted, joined(foreign(d.Source), reportText(d))})
	}
	b.add(&Lines{b.left(lines, total)})
	return nil
}

// reportText says what stood in a report, or why there is no result.
func reportText(d batch.ReportDifference) Text {
	var t Text
	side := func(when, failure string, n batch.Totals) {
		switch {
		case failure != "":
			t = joined(t, ours("; %s: ", when), foreign(failure))
		case n != batch.Totals{}:
			t = joined(t, ours("; %s: %s", when, totals(n)))
		}
	}
	side("before", d.ErrorOf.Before, d.Before)
	side("now", d.ErrorOf.Now, d.Now)
	return t
}

// totals says how many verdicts a report has, by label.
func totals(n batch.Totals) string {
	var said []string
	for i, n := range []int{n.Confirmed, n.Inconclusive, n.FalsePositive, n.PolicyDisagreement} {
		if n > 0 {
			said = append(said, count(n, labels[i].one, labels[i].many))
		}
	}
	return strings.Join(said, ", ")
}
