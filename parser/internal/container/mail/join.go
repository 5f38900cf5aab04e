package mail

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"mxverdict/parser/report"
)

// join makes one report of those of the parts, in their order. A row that an earlier part has, word for word, is a
// quotation and counts once; what one part repeats within itself is its own affair.
func join(parts []report.Report) report.Report {
	rep := report.Report{Candidates: []string{}, Findings: []report.Finding{}, Notices: []string{}}
	seen := map[string]int{} // where it stands in the report
	runs := 0
	for _, p := range parts {
		fresh := map[string]int{}
		before := runs
		for _, f := range p.Findings {
			k := key(f)
			if f.Run > 0 {
				// Results of different parts are different results, or a row of one could contradict that of another.
				f.Run += before
				runs = max(runs, f.Run)
			}
			if first, again := seen[k]; again {
				rep.Findings[first].Add(f.Lines...)
				continue
			}
			fresh[k] = len(rep.Findings)
			rep.Findings = append(rep.Findings, f)
		}
		maps.Copy(seen, fresh)
		if rep.TestedAt == nil {
			rep.TestedAt = p.TestedAt
		}
	}
	rep.Reporter = report.MostNamed(rep.Findings)
	rep.Target, rep.TargetFrom = target(parts)
	// The names of parts that hold rows go first: in the others stands talk.
	for _, holdsRows := range []bool{true, false} {
		for _, p := range parts {
			if (len(p.Findings) > 0) == holdsRows {
				rep.Candidates = appendNew(rep.Candidates, p.Candidates)
			}
		}
	}
	return rep
}

// appendNew appends the names that are not in a list yet, within its bound.
func appendNew(list, more []string) []string {
	for _, s := range more {
		if len(list) < maxNames && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// key is what two rows have in common that say the same of the same thing. Mail programs change dashes, blanks and
// quotation marks, so only letters and digits of the text count.
func key(f report.Finding) string {
	b := strconv.AppendQuote(nil, f.Rule)
	b = strconv.AppendQuote(b, f.Subject)
	for _, name := range slices.Sorted(maps.Keys(f.Values)) {
		b = strconv.AppendQuote(b, name)
		if v := f.Values[name]; v.Number != nil {
			b = strconv.AppendFloat(b, *v.Number, 'g', -1, 64)
		} else {
			b = strconv.AppendQuote(b, v.Text)
		}
	}
	return string(b) + strings.Map(func(c rune) rune {
		if unicode.IsLetter(c) || unicode.IsDigit(c) {
			return unicode.ToLower(c)
		}
		return -1
	}, f.Text)
}

// target is what the rows are about, as far as all parts that have rows agree. A part that names several subjects and
// no target is about none in particular, and then so is the message. Where no part with rows tells, the covering letter may.
func target(parts []report.Report) (report.Target, report.Origin) {
	var rows, talk []report.Report
	for _, p := range parts {
		if len(p.Findings) == 0 {
			talk = append(talk, p)
			continue
		}
		if p.Target == (report.Target{}) && hasSeveralSubjects(p) {
			return report.Target{}, ""
		}
		rows = append(rows, p)
	}
	if !slices.ContainsFunc(rows, func(p report.Report) bool { return p.Target != report.Target{} }) {
		rows = talk
	}
	return agreed(rows)
}

// agreed is what several parts are about as far as none contradicts another, and by what evidence.
func agreed(parts []report.Report) (report.Target, report.Origin) {
	only := func(field func(report.Target) string) string {
		name := ""
		for _, p := range parts {
			switch f := field(p.Target); {
			case f == "" || f == name:
			case name != "":
				return ""
			default:
				name = f
			}
		}
		return name
	}
	t := report.Target{
		Domain:  only(func(t report.Target) string { return t.Domain }),
		Host:    only(func(t report.Target) string { return t.Host }),
		Address: only(func(t report.Target) string { return t.Address }),
	}
	if t == (report.Target{}) {
		return t, ""
	}
	// That of the part that names what most rows will be tested at, else of the first.
	first := slices.IndexFunc(parts, func(p report.Report) bool { return p.Target.Name() == t.Name() })
	if first < 0 {
		first = slices.IndexFunc(parts, func(p report.Report) bool { return p.TargetFrom != "" })
	}
	if first < 0 {
		return t, ""
	}
	return t, parts[first].TargetFrom
}

// hasSeveralSubjects tells whether the rows of a report name more than one thing.
func hasSeveralSubjects(p report.Report) bool {
	first := ""
	for _, f := range p.Findings {
		switch {
		case f.Subject == "" || f.Subject == first:
		case first != "":
			return true
		default:
			first = f.Subject
		}
	}
	return false
}

// maxCompared bounds how many rows of one version are compared with those of another, each with each.
const maxCompared = 1000

// alternatives makes one report of the versions of one text (RFC 2046 section 5.1.4). The version that gives most is
// taken; another adds only rows with a rule about which that one is silent: what it says in other words it does not
// say twice, and a row that nobody knows may be the same row in another shape.
func alternatives(versions [][]report.Report) report.Report {
	reports := make([]report.Report, 0, len(versions))
	best := 0
	for i, parts := range versions {
		reports = append(reports, join(parts))
		if slices.Compare(weight(reports[i]), weight(reports[best])) > 0 {
			best = i
		}
	}
	if len(reports) == 0 {
		return report.Report{}
	}
	chosen := reports[best]
	for i, other := range reports {
		if i == best {
			continue
		}
		for _, f := range other.Findings[:min(len(other.Findings), maxCompared)] {
			same := func(g report.Finding) bool { return agree(f, g) }
			if f.Rule != "" && !slices.ContainsFunc(chosen.Findings, same) {
				chosen.Findings = append(chosen.Findings, f)
			}
		}
		if chosen.TestedAt == nil {
			chosen.TestedAt = other.TestedAt
		}
		if chosen.Target == (report.Target{}) && !hasSeveralSubjects(chosen) {
			chosen.Target, chosen.TargetFrom = other.Target, other.TargetFrom
		}
		chosen.Candidates = appendNew(chosen.Candidates, other.Candidates)
	}
	return chosen
}

// weight measures what a version gives: rows with a rule, then all rows, then what is known of them.
func weight(p report.Report) []int {
	ruled, known := 0, 0
	for _, f := range p.Findings {
		if f.Rule != "" {
			ruled++
		}
		if f.Subject != "" {
			known++
		}
		known += len(f.Values)
	}
	return []int{ruled, len(p.Findings), known}
}

// agree tells whether two versions of a row can be the same one: nothing that both tell differs.
func agree(f, g report.Finding) bool {
	if f.Rule != g.Rule || f.Subject != "" && g.Subject != "" && f.Subject != g.Subject {
		return false
	}
	for name, v := range f.Values {
		w, both := g.Values[name]
		if both && !equal(v, w) {
			return false
		}
	}
	return true
}

// equal compares numbers as numbers; a number and a text are never equal.
func equal(v, w report.Value) bool {
	if v.Number != nil && w.Number != nil {
		return *v.Number == *w.Number
	}
	return v.Number == nil && w.Number == nil && v.Text == w.Text
}
