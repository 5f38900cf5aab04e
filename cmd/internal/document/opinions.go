package document

import (
	"fmt"

	"mxverdict/rules"
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
