package rules

import (
	"fmt"
	"strings"

	"mxverdict/parser/report"
)

// A report contradicts itself where one result of one reporter has a bad row and an OK row of the same rule about the same thing.
// Such a row was never true. What was pasted of two results, one of before and one of after a repair, is no contradiction; the parser
// tells results apart, and what it cannot tell apart is taken for two.

// pairs holds the numbers of a bad row and of the OK row that contradicts it.
type pairs map[int]int

// contradictions finds such pairs. A result in which other rows come twice as well may be two that were joined, so it has none; nor
// has one whose rows are of two reporters, for it is no result of one.
func contradictions(r report.Report) pairs {
	results := map[int]map[string][]report.Finding{} // by run and by what the rows are about
	reporters, mixed := map[int]string{}, map[int]bool{}
	for _, f := range r.Findings {
		// Rows that the parser could not put into a result prove nothing against each other.
		if f.Run <= 0 || f.Rule == "" {
			continue
		}
		if by, met := reporters[f.Run]; met && by != reporterOf(r, f) {
			mixed[f.Run] = true
		}
		reporters[f.Run] = reporterOf(r, f)
		if results[f.Run] == nil {
			results[f.Run] = map[string][]report.Finding{}
		}
		about := aboutOf(f)
		results[f.Run][about] = append(results[f.Run][about], f)
	}
	found := pairs{}
	for run, rows := range results {
		if mixed[run] {
			continue
		}
		var twice []report.Finding
		for _, same := range rows {
			if len(same) > 1 {
				twice = append(twice, same...)
			}
		}
		// Exactly one pair: more of them look like two results that were pasted without a seam.
		if len(twice) != 2 || !sameNumbers(twice[0], twice[1]) {
			continue
		}
		// Two bad rows, or two good ones, say the same twice and contradict nothing.
		switch a, b := twice[0], twice[1]; {
		case a.Status.Bad() && b.Status == report.OK:
			found[a.N] = b.N
		case b.Status.Bad() && a.Status == report.OK:
			found[b.N] = a.N
		}
	}
	return found
}

// contradict returns the OK rows that contradict the rows of one claim, if each of these has one; else none.
// A claim is contradicted only as a whole, since its verdict speaks of all of its rows.
func (o pairs) contradict(findings []report.Finding) []int {
	var rows []int
	for _, f := range findings {
		if o[f.N] == 0 {
			return nil
		}
		rows = append(rows, o[f.N])
	}
	return rows
}

// aboutOf is the same for two rows about the same: rule, subject, and what they name, such as a name server or a block list.
func aboutOf(f report.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%q %q", f.Rule, f.Subject)
	for _, name := range sortedKeys(f.Values) {
		if v := f.Values[name]; v.Number == nil {
			fmt.Fprintf(&b, " %q %q", name, v.Text)
		}
	}
	return b.String()
}

// sameNumbers tells whether no number is another one in two rows. It may stand in one of them only, as a measured value does.
func sameNumbers(f, g report.Finding) bool {
	for name, v := range f.Values {
		if w := g.Values[name].Number; w != nil && v.Number != nil && *v.Number != *w {
			return false
		}
	}
	return true
}
