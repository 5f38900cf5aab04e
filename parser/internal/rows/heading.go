package rows

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Headings: lines that name what the rows below them are about. A reporter prints the look-up, "dns:example.com"; people
// and other programs write "Report for example.com", "Domain: example.com", or the name alone on its line.

const (
	maxHeading = 120 // bytes of a line that is a heading, other than a look-up
	maxWords   = 10  // of it
)

// headings is what has been seen of the headings of a document.
type headings struct {
	awaited bool        // the line before is a label alone, whose name stands on this one
	kind    report.Kind // what that name stands for
	lone    bool        // names alone on their lines are the headings of this document
}

// about is what the rows of a block are about, each by what it tests: a form names a domain, a host and an address.
type about struct{ domain, host, address string }

// of returns the name for a row.
func (a about) of(mail bool) string {
	names := []string{a.domain, a.host, a.address}
	if mail {
		names = []string{a.host, a.address, a.domain}
	}
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// heading reads a line that names what stands below it.
func (r *reader) heading(l Line) bool {
	before := r.headings
	r.headings.awaited = false
	t, marked := l.Text, l.Heading || scan.HasPrefixFold(l.Text, "server:")
	switch {
	case r.facts.headless && !marked:
		return false
	case r.lookup(t):
		return true
	case len(t) > maxHeading, l.Aside, r.margin.closing && !l.Heading:
		return false
	case !hasDotOrColon(strings.TrimSuffix(t, ":")):
		r.awaits(t, l.Heading)
		return false
	}
	if kind, name := r.field(t); name != "" {
		r.fieldOf(kind, name)
		return true
	}
	alone, boxed := unboxed(strings.TrimSuffix(strings.TrimSpace(t), ":"))
	if name := r.named(alone); name != "" && scan.IsLetterOrDigit(rune(alone[0])) {
		switch {
		case before.awaited && (before.kind != report.AnyName || mayTakeMail(name)):
			r.headed(before.kind, name)
			return true
		case l.Heading, boxed && mayTakeMail(name), l.Item && mayTakeMail(name) && r.leadsToRow(), r.standsAlone(t):
			r.headings.lone = r.headings.lone || !l.Heading && !boxed && !l.Item
			r.headed(report.AnyName, name)
			b := r.block()
			next, _ := r.lines.Peek(0)
			b.item, b.indent = l.Item && next.Item && next.Indent > l.Indent, l.Indent
			return true
		}
		return false
	}
	if name := r.titled(t, l.Heading); name != "" {
		kind := report.HostName
		if isDomain(name) {
			kind = report.DomainName
		}
		r.headed(kind, name)
		return true
	}
	command, _ := scan.Word(t)
	if !r.isCategory(command) {
		r.facts.headless = !marked
		return false
	}
	return r.commandAndName(t)
}

// awaits notes that a line without a name announces one on the next: a label alone, or the title of a report.
func (r *reader) awaits(t string, marked bool) {
	label := strings.TrimRight(t, ": ")
	if marked || len(label) < len(t) {
		r.headings.kind, r.headings.awaited = r.labelled(label)
	}
	if r.headings.awaited || r.block().command != "" || r.pending != (pending{}) {
		return
	}
	const most = 5
	words := strings.Fields(label)
	r.headings.kind = report.AnyName
	r.headings.awaited = len(words) > 1 && len(words) <= most && slices.ContainsFunc(words, isReport)
}

// headed opens a block below a heading that is no look-up. What stands below it need not be a table.
func (r *reader) headed(kind report.Kind, name string) {
	r.begin("", name)
	r.block().table = false
	r.aimFrom(inHeading, kind, name)
}

// named reads a name that is all of a text, or its only word. A mail address or a page is none here, and neither is a
// name that a reporter or everybody has.
func (r *reader) named(word string) string {
	site := word
	if _, rest, ok := strings.Cut(word, "://"); ok {
		site = rest
	}
	_, page, _ := strings.Cut(site, "/")
	if page != "" || strings.ContainsAny(word, " \t@") || isVersion(word) {
		return ""
	}
	name := targetName(word)
	if name == "" || !isAddress(name) && !scan.Exists(name) || isBystander(name) || r.v.OwnName(name) {
		return ""
	}
	return owner(name)
}

// lookup reads "command:argument" on a line of its own, perhaps with a count or a button behind it.
func (r *reader) lookup(t string) bool {
	command, argument, rest, ok := splitHeading(t)
	if !ok || !r.isCategory(command) || len(strings.Fields(rest)) > 8 {
		return false
	}
	name := targetName(argument)
	// What goes on with a sentence is a row that begins with a name, and would be lost as a heading.
	if name == "" || (rest != "" && len(r.v.Find(rest, report.Context{})) > 0) {
		return false
	}
	r.begin(strings.ToLower(command), name)
	r.block().argument = argument
	r.aimFrom(inCommand, r.kindOf(command), name)
	return true
}

// splitHeading reads "command:argument" at the start of a line and returns the words behind it. People who retype a
// heading may leave a blank behind the colon; then nothing else may stand on the line.
func splitHeading(line string) (command, argument, rest string, ok bool) {
	colon := strings.IndexByte(line, ':')
	if colon < 1 || colon > 16 {
		return "", "", "", false
	}
	for _, c := range []byte(line[:colon]) {
		if !isHostByte(c) {
			return "", "", "", false
		}
	}
	command = line[:colon]
	argument, rest = scan.Word(line[colon+1:])
	if argument == "" {
		argument, rest = scan.Word(rest)
		return command, argument, "", rest == ""
	}
	return command, argument, rest, true
}

// commandAndName reads a category and a name with nothing else on the line. Records are listed so too: several of one type
// below each other, or one that leads from a domain to a host.
func (r *reader) commandAndName(t string) bool {
	command, rest := scan.Word(t)
	word, rest := scan.Word(rest)
	kind, ok := r.v.Category(command)
	if rest != "" || !ok {
		return false
	}
	if next, ok := r.lines.Peek(0); ok && scan.HasPrefixFold(next.Text, command+" ") || scan.HasPrefixFold(r.above, command+" ") {
		return false
	}
	name := targetName(word)
	switch {
	case name == "":
		return false
	case isAddress(name):
	case kind == report.AnyName, !scan.Exists(name), kind == report.DomainName && !isDomain(name):
		return false
	}
	r.begin(strings.ToLower(command), name)
	r.aimFrom(inCommand, kind, name)
	return true
}

// unboxed takes off the rules or brackets between which people set a heading: "== example.com ==", "[example.com]". What stands in front
// of the name may have been taken for a bullet.
func unboxed(t string) (bare string, boxed bool) {
	const rules, opens, closes = "=-–—~*#_ ", "[【「〔［", "]】」〕］"
	if bare = strings.TrimRight(t, closes); len(bare) < len(t) {
		return strings.TrimSpace(strings.TrimLeft(bare, opens)), true
	}
	bare = strings.TrimRight(t, rules)
	// One dash may part the name from what is missing.
	return strings.TrimLeft(bare, rules), len(strings.TrimSpace(t[len(bare):])) > 1
}

// endList ends a block whose heading is an item of a list, where another item of that list follows.
func (r *reader) endList(l Line) {
	if b := r.block(); b.item && l.Item && l.Indent <= b.indent {
		r.begin("", "")
		r.block().table = false
	}
}

// leadsToRow tells whether the line below is a row: it begins with a mark or the name of a test.
func (r *reader) leadsToRow() bool {
	next, ok := r.lines.Peek(0)
	if !ok || next.Text == "" {
		return false
	}
	_, _, symbol := scan.Symbol(next.Text)
	return symbol || r.startsRow(next.Text)
}

// standsAlone tells whether a name with a line of its own is a heading. It is not among the cells of a table that was
// copied one cell a line, in a list of names, or below a row, which it may explain.
func (r *reader) standsAlone(t string) bool {
	if b := r.block(); b.command != "" || r.pending != (pending{}) {
		return false
	}
	// The lists of some reporters have the names of hosts, and name servers stand below a row about them.
	if _, _, test := r.v.TestName(t); test || !mayTakeMail(strings.ToLower(t)) {
		return false
	}
	next, ok := r.lines.Peek(0)
	if ok && next.Text == "" {
		next, ok = r.lines.Peek(1)
	}
	if !ok || !strings.Contains(next.Text, " ") {
		return false // cells and names are single words
	}
	switch {
	case r.headings.lone:
		return true
	case r.last != none:
		return false
	}
	return r.above == "" || strings.HasSuffix(r.above, ":") || strings.HasSuffix(t, ":")
}

// lowered appends a text in lower case.
func lowered(to []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if c >= utf8.RuneSelf {
			return append(to[:0], strings.ToLower(text)...)
		}
		if c >= 'A' && c <= 'Z' {
			c |= 0x20
		}
		to = append(to, c)
	}
	return to
}

// mayBeLabel tells whether a text in lower case ends with the last word of a label. It makes nothing: most texts in front of a colon or in
// front of a last word are no labels.
func mayBeLabel(text []byte) bool {
	return lastWords[string(text[bytes.LastIndexAny(text, " \t")+1:])]
}

// lastWords are those of the labels.
var lastWords = func() map[string]bool {
	last := map[string]bool{}
	for _, labels := range fieldLabels {
		for _, label := range labels {
			last[label[strings.LastIndexByte(label, ' ')+1:]] = true
		}
	}
	return last
}()

// titled reads the title of a report with the name in it: "Report for example.com", "example.com results:".
func (r *reader) titled(t string, marked bool) string {
	most := maxWords - 4
	if marked || strings.HasSuffix(t, ":") {
		most = maxWords
	}
	if scan.HasMoreWords(t, most) {
		return ""
	}
	if most < maxWords && !holdsReport(t) {
		return "" // the common case
	}
	words := strings.Fields(t)
	if len(words) < 2 {
		return ""
	}
	report := -1
	if most == maxWords {
		if _, ok := r.v.Mentions(t); ok {
			report = 0 // the reporter's name stands for the report
		}
	}
	for i, word := range words {
		word = strings.Trim(word, `:;,."'()`)
		if isReport(word) {
			report = i
		}
		if report < 0 || report == i || i+1 == len(words) || !among(prepositions, word) {
			continue
		}
		at := i + 1
		for at+1 < len(words) && at < i+4 && whose[strings.ToLower(words[at])] {
			at++
		}
		if name := r.named(strings.Trim(words[at], `:;,."'()<>`)); name != "" && r.isTail(words[at+1:]) {
			return name
		}
	}
	if last := strings.TrimSuffix(words[len(words)-1], ":"); report == len(words)-1 && (marked || last != words[len(words)-1]) {
		return r.named(strings.Trim(words[0], `"'()<>`))
	}
	return ""
}

// whose are the words between a preposition and the name: "for our mail server mx.example.com".
var whose = speech.WordSet("our my your his their the a new mail server mailserver host domain zone unser unseren unsere mein meinen die der den notre mon " +
	"ma le la nos nuestro nuestra mi el nosso nossa o il nostro nostra onze mijn het de serveur domaine servidor dominio domínio domein serwer domena")

// isTail tells whether words behind a name only say when, or which address it has: what goes on otherwise is a sentence,
// or a row.
func (r *reader) isTail(words []string) bool {
	if len(words) == 0 || len(words) == 1 && strings.Trim(words[0], ":.-") == "" {
		return true
	}
	first := words[0]
	return strings.ContainsAny(first[:1], "([0123456789|") || slices.Contains([]string{"on", "at", "from", "am", "vom", "le", "du", "el", "del", "il", "op", "-", "–"}, first)
}

// isReport tells whether a word is one by which reports are called.
func isReport(word string) bool {
	const longest = 16
	var room [2 * longest]byte
	return len(word) <= longest && reportWords[string(lowered(room[:0], word))]
}

// reportWords are the words of reports.
var reportWords = speech.WordSet(strings.Join(reports, " "))

// holdsReport tells whether one of the words of a text is such a word.
func holdsReport(t string) bool {
	for at := 0; at < len(t); at++ {
		start := at
		for at < len(t) && (t[at] >= utf8.RuneSelf || scan.IsWordByte[t[at]] || t[at] == '-') {
			at++
		}
		if at > start && isReport(t[start:at]) {
			return true
		}
	}
	return false
}

// reports are what a report is called in some languages, and prepositions what stands before the name.
var (
	reports = []string{"report", "reports", "result", "results", "test", "tests", "check", "checks", "scan", "lookup", "look-up",
		"health", "analysis", "diagnostic", "diagnostics", "findings", "warnings", "errors", "problems", "bericht", "ergebnis",
		"ergebnisse", "prüfung", "prüfbericht", "auswertung", "warnungen", "fehler", "rapport", "résultat", "résultats", "analyse",
		"informe", "resultado", "resultados", "análisis", "relatório", "rapporto", "risultato", "risultati", "analisi", "verslag",
		"resultaat", "resultaten", "raport", "wynik", "wyniki"}
	prepositions = []string{"for", "of", "on", "about", "für", "von", "zu", "pour", "de", "sur", "para", "sobre", "do", "da",
		"per", "di", "su", "voor", "van", "over", "dla"}
)

// begin opens a block about a name.
// Each heading begins a block of its own even for the name before: it may be another test of another day.
func (r *reader) begin(command, name string) {
	r.flush() // what is pending stands above the heading
	if len(r.rows) == 0 || r.rows[len(r.rows)-1].block < len(r.blocks)-1 {
		r.blocks = r.blocks[:len(r.blocks)-1] // nobody needs a block without rows
	}
	r.blocks = append(r.blocks, block{command: command, subject: name, table: true, rowsFrom: len(r.rows)})
}
