package rules

import (
	"fmt"
	"slices"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// SuggestCauses names the causes that the report alone suggests: rows that carry the mark of their reporter's own limit.
// A suggestion is no verdict and changes none: it is said before a test that takes minutes, so that its reader knows what to expect.
func (c *Catalogue) SuggestCauses(r report.Report) []Suggestion {
	var suggestions []Suggestion
	for _, cause := range c.causes {
		if cause.Suggested == nil {
			continue
		}
		var order []string // reporters, as their first mark appears
		marked, beside := map[string][]int{}, map[string][]int{}
		for _, f := range r.Findings {
			switch reporter := reporterOf(r, f); {
			// A row that reports no fault has nothing that a cause could explain.
			case !f.Status.Bad():
			case c.marked(cause, f, reporter):
				if len(marked[reporter]) == 0 {
					order = append(order, reporter)
				}
				marked[reporter] = append(marked[reporter], f.N)
			// A row beside the mark proves nothing alone, so it counts only where its own reporter left one.
			case slices.Contains(cause.Suggested.Beside, f.Rule):
				beside[reporter] = append(beside[reporter], f.N)
			}
		}
		// One for each reporter: what one of them did not wait for says nothing of another.
		for _, reporter := range order {
			rows := slices.Concat(marked[reporter], beside[reporter])
			slices.Sort(rows)
			suggestions = append(suggestions, c.suggestion(cause, reporter, rows))
		}
	}
	return suggestions
}

// suggestion says a cause for one reporter. It knows no facts, so that only these placeholders are filled.
func (c *Catalogue) suggestion(cause *Cause, reporter string, rows []int) Suggestion {
	// It is known: without it no row is marked.
	patience, _ := c.patienceOf(reporter)
	says := strings.NewReplacer("{rows}", countRows(len(rows)), "{patience}", facts.FormatDuration(patience),
		"{reporter}", c.reporterName(reporter)).Replace(cause.Suggested.Says)
	return Suggestion{Cause: cause.ID, Says: says, Findings: rows, reporter: reporter}
}

// countRows begins the sentence that names the rows.
func countRows(n int) string {
	if n == 1 {
		return "one row carries"
	}
	// Numbers up to nine are written out, as in any letter.
	small := []string{"two", "three", "four", "five", "six", "seven", "eight", "nine"}
	if n-2 < len(small) {
		return small[n-2] + " rows carry"
	}
	return fmt.Sprintf("%d rows carry", n)
}

// marked tells whether the seconds of a row are the reporter's own limit rather than a measurement.
func (c *Catalogue) marked(cause *Cause, f report.Finding, reporterID string) bool {
	patience, ok := c.patienceOf(reporterID)
	value := f.Values["seconds"]
	if !ok || value.Number == nil || !slices.Contains(cause.Suggested.Mark, f.Rule) {
		return false
	}
	spread := c.reporter(reporterID).HangsUpWithin
	// A client that hangs up reports its own limit and the time that it took to notice; a measurement lies anywhere. Below the limit it
	// cannot have hung up at all.
	return seconds(*value.Number) >= patience && seconds(*value.Number) < patience+spread
}
