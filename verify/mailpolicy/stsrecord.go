package mailpolicy

import "mxverdict/verify/internal/lazy"

var (
	stsMeant = lazy.Regexp(`(?i)^\W*(?:v\W{0,4})?stsv?1\b|(?:^|;)\s*v\s*=\s*stsv1\s*(?:;|$)`)
	goodID   = lazy.Regexp(`^[A-Za-z0-9]{1,32}$`)
)

var stsKind = textKind{
	version: "v=STSv1",
	meant:   func(text string) bool { return stsMeant().MatchString(text) },
	read:    readSTSFields,
	lacks:   "id= is missing: letters and digits, 32 of them at most",
}

// SortSTS sorts the texts at the place of an MTA-STS record (RFC 8461 section 3.1): the records, those that were meant as one, and all
// others. The id tells senders only whether the policy has changed, so that it is not read any further.
func SortSTS(texts []string) (records, meant []TextRecord, others []string) {
	return stsKind.sort(texts)
}

func readSTSFields(r *TextRecord, fields []textField) (ids int) {
	for _, f := range fields {
		switch {
		case f.name != "id" || f.raw == "id":
			r.known(f)
			continue
		case !goodID().MatchString(f.value):
			r.Faults.add(Fault{f.column, f.raw, "an id is of letters and digits, 32 of them at most", Ignored, 0})
		case ids > 0:
			r.twice(f)
		}
		ids++
	}
	return ids
}
