package render

import (
	"cmp"

	"mxverdict/verify/blocklist"
)

// lists writes what each block list is: who reads a verdict about one has to see on whose word it rests, and of when that is.
func (s *sheet) lists() {
	for _, l := range blocklist.Lists() {
		s.line("list %s: %s; blames %s; used by %s%s", l.Name, cmp.Or(l.About, "nobody is known to say what it is about"), l.Scope, l.Use, aside(l.UsedBy))
		s.field("  asked at", cmp.Or(l.Zone, l.AskedWithKey(), "not asked: its place is not known, or it is closed"))
		s.field("  key", l.AsksFor())
		s.field("  terms", l.Terms)
		s.field("  closed", l.Closed)
		s.field("  page", l.Page)
		s.field("  removal", l.Removal)
		for _, c := range l.Codes {
			s.field("  code", c.Code.String()+" "+cmp.Or(c.Scope, l.Scope)+": "+c.Means)
		}
		s.field("  source", l.Source+", seen "+l.Seen)
	}
}

// aside puts a text into brackets.
func aside(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}
