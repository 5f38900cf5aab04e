package render

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
// They get no page of their own each: a report may have dozens, and none of them has anything to show.
func (p *page) untested(verdicts []rules.Verdict) {
	if len(verdicts) == 0 {
		return
	}
	p.section(yellow, "NOT RE-TESTED YET", count(len(verdicts), "finding", "findings")+" inconclusive: no test of this program is about them")
	for _, v := range bounded(verdicts) {
		var reported []string
		for _, f := range bounded(v.Findings) {
			reported = append(reported, row(f))
		}
		if len(v.Findings) > maxListed {
			reported = append(reported, andMore(len(v.Findings)))
		}
		p.item("Rule", v.Rule)
		p.list("Reported", reported)
		p.prose(fixOf(v), v.Fix)
	}
	if len(verdicts) > maxListed {
		p.entries([]string{andMore(len(verdicts))})
	}
}
