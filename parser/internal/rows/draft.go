package rows

import (
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Drafts: the pieces that belong together make up one row. Names, hosts, categories and marks stand in any order, before the
// sentence or behind it; a second one of a kind begins another row.

// draft is a row that is being put together.
type draft struct {
	begun    bool
	from, to int // what of the line it covers

	status report.Status // of its mark
	marked edge          // how far the mark stands apart
	icon   bool          // the mark is an icon's text or a symbol
	symbol bool
	colon  bool // nothing but a colon sets the mark off, as in prose
	inLine bool // the mark stands behind words

	name     string // of the test
	before   edge   // how far the name stands apart from what is in front of it
	named    edge   // and from what is behind it
	quoted   bool   // it stands in quotation marks or brackets
	category string
	lookUp   bool // category and host are a look-up: "dns:example.com"

	host    string // a name, or an address where no name stands
	hosted  edge   // how far it stands apart from what it is about
	address string

	match *report.Match // its sentence

	strange string // a cell in front that nobody knows: the name of a test
	said    string // words in place of a sentence
	cells   bool   // its cells stand on lines of their own
	talk    bool   // words stand in front that no edge parts from it
}

// known tells whether anything but words has been met.
func (d *draft) known() bool {
	return d.status != "" || d.name != "" || d.host != "" || d.category != "" || d.match != nil
}

// nameAlone tells whether the row is the name of a test that ends where the words behind it begin: at its closing quotation mark or at a
// full stop. They are no result of it.
func (d *draft) nameAlone(left edge) bool {
	return d.name != "" && d.status == "" && d.said == "" && (d.quoted || left == inClause)
}

// full tells whether the row has its result.
func (d *draft) full() bool { return d.match != nil || d.said != "" }

// assembler puts the pieces of a line together.
type assembler struct {
	r      *reader
	text   string
	pieces []piece
	at     int // the piece that is being looked at
	d      draft
	out    []draft
}

// drafts puts the pieces of a line together. The slice is good until the next call.
func (r *reader) drafts(text string, pieces []piece) []draft {
	a := assembler{r: r, text: text, pieces: pieces, out: r.made[:0]}
	for i := range pieces {
		p := &pieces[i]
		a.at = i
		switch p.kind {
		case words:
			a.words(p)
		case mark:
			a.mark(p)
		case name:
			a.name(p)
		case category:
			a.category(p)
		case host:
			a.host(p)
		case sentence:
			a.sentence(p)
		}
	}
	a.end()
	a.shareHost()
	r.made = a.out
	return a.out
}

// shareHost gives the host in the first cell of a line to all rows on it.
func (a *assembler) shareHost() {
	if len(a.out) < 2 || a.pieces[0].kind != host || a.pieces[0].right != ownCell {
		return
	}
	first := a.out[0]
	for i := range a.out {
		if d := &a.out[i]; d.host == "" {
			d.host, d.hosted, d.address = first.host, first.hosted, first.address
		}
	}
}

// end closes the row.
func (a *assembler) end() {
	if a.d.known() {
		a.out = append(a.out, a.d)
	}
	a.d = draft{}
}

// cover adds a piece to the row's part of the line.
func (a *assembler) cover(p *piece) {
	if !a.d.begun {
		a.d.begun, a.d.from = true, p.from
	}
	a.d.to = p.to
}

// next is the piece behind this one; fillers count for nothing.
func (a *assembler) next() *piece {
	for i := a.at + 1; i < len(a.pieces); i++ {
		if a.pieces[i].kind != filler {
			return &a.pieces[i]
		}
	}
	return &nothing
}

// nothing is what follows the last piece of a line.
var nothing = piece{kind: filler}

func (a *assembler) words(p *piece) {
	d := &a.d
	remark, over := a.r.isRemark(a.text, d, p)
	switch {
	case d.match != nil, d.nameAlone(p.left), d.name != "" && d.status == "" && !a.sentenceFollows() && inBrackets(a.text, p.from):
		if named, ok := tail(a.text[p.from:p.to]); ok && d.host == "" {
			d.host, d.hosted = named, apart
			a.cover(p)
			return
		}
		a.end()
		a.d.talk = p.right == joined
	case !d.known():
		a.d = draft{talk: p.right == joined}
		if said := a.text[p.from:p.to]; a.at == 0 && len(said) <= scan.MaxName && (p.right == ownCell || a.r.likeName(said)) {
			a.d.strange, a.d.talk = said, false
			a.cover(p)
		}
	case d.name != "" && p.left == enclosed && (d.status != "" || p.right >= enclosed && a.sentenceFollows()):
		// a remark in brackets
	case d.said == "" && d.name == "" && p.left > joined && p.left != enclosed && p.right >= apart && len(a.text[p.from:p.to]) <= scan.MaxName && a.sentenceFollows():
		d.strange = a.text[p.from:p.to] // a name that nobody knows, between the mark and the sentence
	case d.said == "" && d.name == "" && (d.status == "" || d.icon) && a.next().kind == mark && a.r.likeName(a.text[p.from:p.to]):
		d.strange = a.text[p.from:p.to] // or in front of both
		a.cover(p)
	case remark:
		if over {
			a.d = draft{talk: true}
		}
	case d.said == "":
		if d.lookUp && d.name == "" && d.status == "" {
			a.end()
			a.d.talk = p.right == joined
			return
		}
		if d.host != "" && d.name == "" && d.status == "" && (d.hosted == joined || d.hosted == enclosed) {
			a.d = draft{talk: p.right == joined} // somebody speaks of a host
			return
		}
		d.said = a.text[p.from:p.to]
		a.cover(p)
	default:
		a.cover(p)
	}
}

// inBrackets tells whether an opening bracket stands directly in front of a place.
func inBrackets(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	return before == '(' || before == '[' || before == '（'
}

// sentenceFollows tells whether the next piece is a sentence, perhaps behind its mark.
func (a *assembler) sentenceFollows() bool {
	next := a.next()
	if next.kind == mark && a.at+2 < len(a.pieces) {
		next = &a.pieces[a.at+2]
	}
	return next.kind == sentence
}

// likeName tells whether words are like the names of a reporter's tests: a category in front, and capitals.
func (r *reader) likeName(said string) bool {
	first, rest := scan.Word(said)
	if rest == "" || !r.isCategory(first) {
		return false
	}
	for word := range strings.FieldsSeq(said) {
		if word[0] < 'A' || word[0] > 'Z' {
			return false
		}
	}
	return true
}

func (a *assembler) mark(p *piece) {
	d := &a.d
	switch next := a.next(); {
	case next.kind == words && next.left == enclosed && d.match != nil && d.status == "" && p.fills(apart):
		d.status, d.icon, d.symbol, d.marked = p.status, p.icon, p.symbol, p.left // and a remark
		a.cover(p)
		return
	case next.kind == sentence:
		a.nameInstead(next.match)
	case next.kind == words && p.right >= apart && d.match != nil:
		a.nameInstead(d.match) // a result of its own follows
	}
	next := a.next().kind
	switch {
	case d.match != nil && (d.status != "" || !marksBehind(p, next)),
		d.said != "",
		d.match == nil && d.status != "" && d.name != "" && next == name:
		a.end()
	}
	d.inLine = d.talk || !d.begun && a.at > 0
	d.status, d.icon, d.symbol = p.status, p.icon, p.symbol
	switch {
	case d.match == nil && d.name == "":
		d.marked = p.right
	case next == filler:
		d.marked = p.left // it is the last of its row
	default:
		d.marked = max(p.left, p.right)
	}
	if p.icon {
		d.marked = max(d.marked, enclosed)
	}
	d.colon = d.marked == apart && strings.HasPrefix(scan.TrimLeft(a.text[p.to:]), ":")
	a.cover(p)
}

// marksBehind tells whether a mark behind a sentence is that of the sentence, and not of what follows.
func marksBehind(p *piece, next kind) bool {
	switch {
	case next == host:
		return p.left >= inClause && p.left >= p.right // one of several cells
	case next != filler:
		return p.symbol && p.left > inClause && p.left >= p.right
	}
	return p.left > inClause
}

func (a *assembler) name(p *piece) {
	d := &a.d
	switch {
	case d.name != "", d.said != "":
		a.end()
	case d.match != nil && (a.next().kind == sentence || p.left == joined || !a.r.sameTest(p.said, d.match)):
		a.end()
	}
	d.name, d.before, d.named, d.quoted = p.said, p.left, p.right, quoted(a.text, p.from, p.to)
	a.cover(p)
}

// quoted tells whether a piece of a text stands between quotation marks or brackets.
func quoted(text string, from, to int) bool {
	front, rest := strings.TrimRight(text[:from], " "), strings.TrimLeft(text[to:], " ") // « French quotation marks »
	before, _ := utf8.DecodeLastRuneInString(front)
	behind, _ := utf8.DecodeRuneInString(rest)
	return front != "" && rest != "" && edgeOf(before, false) == enclosed && edgeOf(behind, false) == enclosed
}

// sameTest tells whether a sentence may be a result of the test of a name.
func (r *reader) sameTest(called string, m *report.Match) bool {
	if called == m.Test {
		return true
	}
	named, _ := r.v.Named(called)
	return named.Rule == m.Rule
}

func (a *assembler) category(p *piece) {
	if a.d.category != "" || a.d.full() {
		a.end()
	}
	a.d.category = p.said
	a.cover(p)
}

func (a *assembler) host(p *piece) {
	d := &a.d
	next := a.next().kind
	if p.under != "" {
		a.end() // whatever stands before, a look-up begins something
		d.category, d.lookUp = p.under, true
	}
	switch {
	case d.match != nil && d.status != "" && p.left == inClause && next == filler:
		// the last of cells that commas part
	case d.match != nil && (p.left < apart || p.right == joined && next != filler):
		return
	case d.said != "":
		return
	case d.match != nil && (d.host != "" || next == sentence || next == name || next == mark):
		a.end()
	}
	switch {
	case d.host == "":
		d.host, d.hosted = p.said, p.right
		if d.match != nil {
			d.hosted = max(p.left, apart)
		}
	case d.address == "" && isAddress(p.said):
		d.address, d.hosted = p.said, p.right
	case d.name == "" && d.status == "" && d.match == nil:
		a.end()
		d.host, d.hosted = p.said, p.right
	}
	a.cover(p)
}

// nameInstead takes what was read as a sentence for the name of a test. Some names are sentences too; with another sentence of their
// test behind them they are names.
func (a *assembler) nameInstead(next *report.Match) {
	d := &a.d
	if d.match == nil || d.name != "" {
		return
	}
	m := d.match
	if called, length, ok := a.r.v.TestName(a.text[m.Start:m.End]); ok && length == m.End-m.Start && a.r.sameTest(called, next) {
		d.name, d.named, d.match = called, ownCell, nil
	}
}

func (a *assembler) sentence(p *piece) {
	d := &a.d
	a.nameInstead(p.match)
	if d.full() {
		a.end()
	}
	m := p.match
	a.d.match = m
	if host := m.Values["host"].Text; m.Rule != "" && host != "" && d.host == "" {
		d.host, d.hosted = host, apart // the sentence itself says what it is about
	}
	a.cover(p)
}

// tails are the words between a sentence and the name that it is about.
var tails = speech.WordSet("for at of on in about the domain host server zone für bei auf pour sur para en per su voor dla")

// tail reads words such as "for the domain example.com" behind a sentence.
func tail(text string) (string, bool) {
	const most = 4 // words in front of the name
	rest := text
	for i := range most {
		var word string
		if word, rest = scan.Word(rest); tails[strings.ToLower(word)] {
			continue
		}
		if i == 0 || rest != "" || !hasDotOrColon(word) {
			return "", false
		}
		named := nameOrPort(word)
		return named, named != ""
	}
	return "", false
}

// tailBehind tells whether nothing but the name that it is about stands behind a sentence.
func tailBehind(text string) bool {
	const longest = 300
	if len(text) > longest {
		return false
	}
	_, ok := tail(scan.TrimLeft(text))
	return ok
}
