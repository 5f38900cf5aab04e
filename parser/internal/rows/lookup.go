package rows

import (
	"maps"
	"strconv"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Names and addresses in a line, look-ups, and the labels in front of them.

// labels tells whether words are the title of a column that stands in front of each cell: "Host: mx.example.com".
func (r *reader) labels(text string, from, to int) bool {
	const longest = 16
	if to-from > longest || to >= len(text) || !strings.HasPrefix(scan.TrimLeft(text[to:]), ":") {
		return false
	}
	label := strings.ToLower(text[from:to])
	_, of := kindOfLabel[label]
	return of || cellLabels[label] || r.v.Column(text[from:to]) != report.OtherColumn
}

// cellLabels are what people and programs, in some languages, call the cells of a row that do not name what was tested.
var cellLabels = speech.WordSet("category result test check name info status message answer kategorie ergebnis prüfung meldung antwort catégorie résultat " +
	"statut contrôle categoría categoria resultado estado prueba risultato stato controllo resultaat uitslag kategoria wynik категория результат")

// hostAt reads a name or an address, or a category with one behind it or that fills its segment.
func (r *reader) hostAt(text string, at, end int) (piece, bool) {
	word, behind := scan.Word(text[at:end])
	if hasDotOrColon(word) {
		word = withLiteral(text[at:], word)
		if command, argument, ok := r.lookUp(word); ok {
			return piece{kind: host, from: at, to: at + len(word), said: argument, under: command}, true
		}
		if named := nameOrPort(word); named != "" && (isAddress(named) || scan.Exists(named) || strings.Count(named, ".") > 1) {
			return piece{kind: host, from: at, to: at + len(word), said: named}, true
		}
		return piece{}, false
	}
	if !r.isCategory(word) {
		return piece{}, false
	}
	p := piece{kind: category, from: at, to: at + len(word), said: strings.ToLower(word)}
	if behind == "" {
		return p, edgeBehind(text, p.to) > joined || at == 0
	}
	next, _ := scan.Word(behind)
	return p, hasDotOrColon(next) && nameOrPort(next) != ""
}

// withLiteral adds to a command the address literal that its brackets part from it: "smtp:[2001:db8::25]".
func withLiteral(text, word string) string {
	if !strings.HasSuffix(word, ":") || !strings.HasPrefix(text[len(word):], "[") {
		return word
	}
	if n := strings.IndexByte(text[:min(len(text), len(word)+scan.MaxName+1)], ']'); n > 0 {
		return text[:n+1]
	}
	return word
}

// lookUp reads a look-up as reporters write it, "dns:example.com": a command in lower case and its argument without a blank between.
func (r *reader) lookUp(word string) (command, argument string, ok bool) {
	command, argument, ok = strings.Cut(word, ":")
	if !ok || argument == "" || command != strings.ToLower(command) || !r.isCategory(command) {
		return "", "", false
	}
	if r.isMail(command) {
		argument = strings.TrimPrefix(argument, "//") // elsewhere it is a link, or a page
	}
	argument = targetName(strings.TrimRight(argument, ":)"))
	return command, argument, argument != "" && !r.v.OwnName(argument)
}

// lookUpIn finds the first look-up among words.
func (r *reader) lookUpIn(text string, from, to int) (start, end int, ok bool) {
	for at := from; at < to; {
		k := strings.IndexByte(text[at:to], ':')
		if k < 0 {
			return 0, 0, false
		}
		start = at + lastBlank(text[at:at+k]) + 1
		word, _ := scan.Word(text[start:to])
		if _, _, ok := r.lookUp(word); ok {
			return start, start + len(word), true
		}
		at = start + len(word)
	}
	return 0, 0, false
}

// portValue is the one value that may stand there and is a number (1 to 65535).
const portValue = "port"

// AddArgument adds to a row what stands behind the name in the argument of its look-up, "example.com:selector", where the reporter gives it a
// meaning: labels of a name (RFC 5321 section 4.1.2), in lower case. It is exported for formats whose look-ups are fields.
func AddArgument(f *report.Finding, command, argument string, v report.Vocabulary) {
	const longest = 253 // bytes of a name
	_, behind, _ := strings.Cut(argument, ":")
	if behind == "" || len(behind) > longest || area(f.Rule) != command {
		return
	}
	for _, c := range []byte(behind) {
		if !isHostByte(c) && c != '.' {
			return
		}
	}
	value := v.Argument(command)
	if _, has := f.Values[value]; value == "" || has {
		return
	}
	f.Values = maps.Clone(f.Values) // what the vocabulary handed out may be its own
	if f.Values == nil {
		f.Values = map[string]report.Value{}
	}
	f.Values[value] = report.Text(strings.ToLower(behind))
	if n, err := strconv.ParseUint(behind, 10, 16); err == nil && value == portValue {
		f.Values[value] = report.Number(float64(n)) // a selector stays a text, even one of digits
	}
}
