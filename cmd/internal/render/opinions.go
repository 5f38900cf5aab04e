package render

import (
	"fmt"
	"io"

	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// opinionLines says who recommends what, a line each: the provider whose value it is first, as the table has it.
// Each line has its source and date, since it speaks of somebody who is not asked.
func opinionLines(opinions []rules.Opinion) []string {
	var lines []string
	for _, o := range bounded(opinions) {
		line := o.Who
		if o.Kind == rules.OpinionProvider {
			line += " " + o.Says
		} else if o.Says != "" {
			line += ": " + o.Says
		}
		line += agreement(o)
		if o.Rejected {
			line += ", and the reporter would reject what it recommends"
		}
		lines = append(lines, fold(fmt.Sprintf("%s (%s, seen %s)", line, reference(o.Source), o.Seen)))
	}
	if len(opinions) > maxListed {
		lines = append(lines, andMore(len(opinions)))
	}
	return lines
}

// agreement says whether the value is what somebody recommends, or gives. Nothing is said where it is not known: "may fit" helps
// nobody.
func agreement(o rules.Opinion) string {
	switch {
	case o.Agrees == rules.True && o.Kind == rules.OpinionProvider:
		return "; that is what this zone has"
	case o.Agrees == rules.False && o.Kind == rules.OpinionProvider:
		return "; this zone has another value"
	case o.Agrees == rules.True:
		return "; this value fits"
	case o.Agrees == rules.False:
		return "; this value does not fit"
	}
	return ""
}

// Opinions writes the table of who says what.
func Opinions(w io.Writer, t *rules.Opinions) error {
	p := &sheet{w: w}
	for _, f := range t.Fields {
		p.line("%s  (%s)", f.Name, f.Rule)
		p.opinions(t, f.Name)
	}
	return p.err
}

// opinions writes who says what about one field, a line each.
func (s *sheet) opinions(t *rules.Opinions, field string) {
	for _, a := range t.Authorities {
		if stance, ok := a.Stances[field]; ok {
			s.line("  %-22s %s  class %s, %s, seen %s", a.Name, firstOf(joined(stance.Span(), stance.Says), "as its styles say"), a.Class, reference(a.Source), a.Seen)
		}
	}
	for _, provider := range t.Providers {
		if v, ok := provider.Values[field]; ok && v.Kind() != facts.None {
			s.line("  %-22s %s  default, %s, seen %s", provider.Name, v, provider.Source, provider.Seen)
		}
	}
}

// joined puts bounds and words together where there are both.
func joined(span, words string) string {
	if span == "" || words == "" {
		return span + words
	}
	return span + ": " + words
}
