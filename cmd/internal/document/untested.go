package document

import (
	"slices"

	"mxverdict/rules"
)

// splitUntested parts verdicts in order of reading where those of rules that test nothing yet begin.
func splitUntested(verdicts []rules.Verdict) (tested, untested []rules.Verdict) {
	i := slices.IndexFunc(verdicts, func(v rules.Verdict) bool { return v.Untested })
	if i < 0 {
		return verdicts, nil
	}
	return verdicts[:i], verdicts[i:]
}

// untested lists the verdicts of rules that test nothing yet: which rule, which rows, and what can be done by hand.
// They get no section of their own each: a report may have dozens, and none of them has anything to show.
func (b *builder) untested(verdicts []rules.Verdict) {
	if len(verdicts) == 0 {
		return
	}
	b.section(Section{Level: Evidence, For: Internal, Mark: Open, Title: "NOT RE-TESTED YET",
		Lead: ours("%s inconclusive: no test of this program is about them", count(len(verdicts), "finding", "findings"))})
	for _, v := range bounded(verdicts) {
		b.item("Rule", foreign(v.Rule))
		b.list("Reported", reportedRows(v))
		b.item(fixOf(v), prose(v.Fix))
	}
	if len(verdicts) > maxListed {
		b.add(&Paragraph{ours("%s", andMore(len(verdicts)))})
	}
}
