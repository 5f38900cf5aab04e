package rows

import (
	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
	"strings"
)

// place is where a report names what it is about. Prose is no such place: it names servers, testers and other customers too.
type place uint8

const (
	inRow        place = iota // a row names its own host
	inCommand                 // the look-up that was made: "dns:example.com"
	inLink                    // a link to that look-up
	inHeading                 // a heading, or the field of a form
	inTranscript              // the reporter connected to it
	places
)

// kinds tells what a name stands for by the words beside it.
// More than one may be right: the same name may be a domain in one row and a mail server in the next.
type kinds uint8

const (
	asAny    kinds = 1 << iota // nothing beside it tells
	asDomain                   // a domain
	asHost                     // a mail server
)

// aim notes the name that a row gives for what it is about. The category beside it says what it stands for.
func (r *reader) aim(kind report.Kind, name string) { r.aimFrom(inRow, kind, name) }

// aimFrom notes a name in one of the places. A reporter's own name is never what a report is about.
func (r *reader) aimFrom(p place, kind report.Kind, name string) {
	known := r.seen.named(name)
	if r.v.OwnName(name) {
		return
	}
	switch kind {
	case report.DomainName:
		known.as[p] |= asDomain
	case report.HostName:
		known.as[p] |= asHost
	default:
		known.as[p] |= asAny
	}
}

// follow notes what the links of a line lead to.
// A link may stand beside a row or far from it, so that it says what the report is about. Only the single link of a line that is no row
// says it of the rows below; that line is told by below.
func (r *reader) follow(links []string) (below linked) {
	for _, address := range links {
		category, typed, ok := r.v.Link(address)
		if !ok {
			continue
		}
		if name := targetName(typed); name != "" && (isAddress(name) || scan.Exists(name)) {
			r.aimFrom(inLink, r.kindOf(category), name)
			below.category, below.name, below.argument = category, name, typed
			below.count++
		}
	}
	return below
}

// linked is the look-up to which a line leads.
type linked struct {
	category, name, argument string
	count                    int
}

// openBelow opens a block below a line with one link.
func (r *reader) openBelow(to linked) {
	if to.count != 1 || r.v.OwnName(to.name) || r.block().subject == to.name {
		return
	}
	r.begin(to.category, to.name)
	b := r.block()
	b.table, b.argument = false, to.argument
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
