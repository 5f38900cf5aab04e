package rows

import (
	"slices"
	"strings"

	"mxverdict/parser/report"
)

// aims are what headings, host columns and transcripts name, prose left out: what the report as a whole may be about.
// Prose names servers, testers and other customers, so that what it names most is not what the report is about.
type aims struct{ domains, hosts, addresses []string }

// aim notes a name in such a place. The command or category beside it says what it stands for.
// A reporter's own name is never what a report is about.
func (r *reader) aim(kind report.Kind, name string) {
	r.seen.named(name)
	switch {
	case r.v.OwnName(name):
	case isAddress(name):
		note(&r.aims.addresses, name)
	case kind == report.HostName:
		note(&r.aims.hosts, name)
	case kind == report.DomainName:
		note(&r.aims.domains, name)
	}
}

// kindOf is what a name beside a category stands for.
func (r *reader) kindOf(category string) report.Kind {
	kind, _ := r.v.Category(category)
	return kind
}

// isCategory tells whether a reporter uses a word as a category or command.
func (r *reader) isCategory(word string) bool {
	_, ok := r.v.Category(word)
	return ok
}

// isMail tells whether what stands under a category is about the sessions of a mail server.
func (r *reader) isMail(category string) bool { return r.kindOf(category) == report.HostName }

// area is what a rule is about; reporters call their categories so.
func area(rule string) string {
	category, _, _ := strings.Cut(rule, "/")
	return category
}

// note keeps two different names at most: the second already says that there is no only one.
func note(names *[]string, name string) {
	if len(*names) < 2 && !slices.Contains(*names, name) {
		*names = append(*names, name)
	}
}

// target is what the report is about, where it names exactly one.
// Of two, none is: to test the wrong one would acquit or convict somebody else's server.
func (a aims) target() report.Target {
	only := func(names []string) string {
		if len(names) == 1 {
			return names[0]
		}
		return ""
	}
	return report.Target{Domain: only(a.domains), Host: only(a.hosts), Address: only(a.addresses)}
}
