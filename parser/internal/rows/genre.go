package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
)

// Genres: kinds of text that hold sentences of reporters and report of no server. Each has marks of its own, and one alone proves
// nothing; rows that name what they are about count in all of them.

// genre is what has been seen of the marks of each kind.
type genre struct {
	lines    int // that are not empty
	code     int // of a program
	likeCode int // of one if others are
	clauses  int // of a contract
	terms    int // words of contracts
	exam     int
	labels   int  // of meanings, causes, remedies
	gaps     int  // lines with a gap to fill in
	choice   int  // the last line of a list of which somebody asks which one it is
	release  bool // a title names changes, or the number of a version
	cues     int  // of the subtitles of a film
	opened   bool // the first line is one of a program
	closed   bool // and the last one
	changes  bool // a section of changes, or an item that ends in the number of a request
	commit   bool // the description of one change
	manual   bool // a title says that something is explained
	results  bool // a search engine counts or lists them
	asked    bool // somebody asks about something

	read  int         // how many lines have been handed to it
	later []notedLine // that were not looked at yet
}

// notedLine is a line that may have to be looked at.
type notedLine struct {
	text    string
	heading bool
}

// top is in how many lines at the beginning stands what a search engine says of its results.
const top = 3

// note takes a line. Only few documents are asked for their genre, so most lines are kept for then; those at the beginning, and those that lead
// to a list, are looked at as they come.
func (g *genre) note(l Line) {
	const most = 20_000 // lines that are kept
	g.read++
	t := l.Text
	switch {
	case g.read <= top:
		g.line(t, l.Heading)
	case len(g.later) < most:
		g.later = append(g.later, notedLine{t, l.Heading})
	}
	if strings.IndexByte("?:", t[len(t)-1]) >= 0 && len(t) <= longestMarked && ofGenres().in(t)[choiceMark] {
		g.choice = g.read
	}
}

// finish looks at the lines that were kept.
func (g *genre) finish() {
	for _, l := range g.later {
		g.line(l.text, l.heading)
	}
	g.later = nil
}

// longestMarked is how many bytes of a line are looked at.
const longestMarked = 400

// line looks at a line for marks.
func (g *genre) line(text string, heading bool) {
	t := text[:min(len(text), longestMarked)]
	g.lines++
	g.closed = isCodeLine(text)
	g.opened = g.opened || g.closed && g.lines == 1
	switch {
	case g.closed:
		g.code++
	case isCue(t):
		g.cues++
	case isCodeAmong(text):
		g.likeCode++
	}
	if isLabel(t) {
		g.labels++
	}
	if isTemplate(t) {
		g.gaps++
	}
	if isClause(t) {
		g.clauses++
	}
	first := g.lines == 1
	g.commit = g.commit || first && (isCommit(t) || isChange(t)) || strings.HasPrefix(t, "@@ -") // a part of a patch
	g.release = g.release || first && strings.Contains(t, "; urgency=")
	g.changes = g.changes || endsInNumber(t) || strings.Contains(t, "(closes: ")
	asks := strings.IndexByte(t, '?') >= 0 || strings.Contains(t, "？")
	g.asked = g.asked || asks
	if asks || g.mayHold(t, heading) {
		g.words(t, (heading || first) && !strings.HasSuffix(t, "?") && !scan.HasMoreWords(t, maxWords))
	}
}

// mayHold is the cheap question whether a line can hold words of a kind: titles stand first or are marked, exams ask and give points, and
// the words of contracts and of changes count beside other marks only.
func (g *genre) mayHold(t string, heading bool) bool {
	const short = 80 // bytes of a line that gives points
	return heading || g.lines <= top || g.clauses > 0 || strings.HasSuffix(t, ":") ||
		len(t) <= short && strings.IndexByte(t, '(') >= 0 || g.release && !scan.HasMoreWords(t, 2)
}

// words looks for the words of each kind.
func (g *genre) words(t string, title bool) {
	has := ofGenres().in(t)
	if has[contractMark] {
		g.terms++
	}
	if has[examMark] {
		g.exam++
	}
	g.results = g.results || has[searchMark]
	g.manual = g.manual || title && has[manualMark] && !has[wishMark]
	g.release = g.release || title && (has[changelogMark] || hasVersion(t) && !strings.Contains(t, ":"))
	g.changes = g.changes || has[sectionMark] && !scan.HasMoreWords(t, 2)
}

// inChoice tells whether the line that is being read is one of such a list.
func (g *genre) inChoice() bool {
	if g.choice == 0 || g.choice < g.read-1 {
		return false
	}
	g.choice = g.read
	return true
}

// speaks tells whether the document as a whole is about sentences. Who asks something may have met with what he shows.
func (g *genre) speaks() bool {
	const most = 2 // marks that tell a genre
	switch {
	case g.commit, g.exam >= most, g.code > 0 && g.code+g.likeCode >= most && 2*(g.code+g.likeCode) >= g.lines:
		return true
	case g.opened && g.closed && g.code >= most:
		return true
	case g.asked:
		return false
	}
	return g.cues >= most || g.clauses > 0 && g.terms > 0 || g.gaps >= most || g.release && g.changes
}

// isCommit knows the first line of a change as version control prints it.
func isCommit(t string) bool {
	hash, ok := strings.CutPrefix(t, "commit ")
	return ok && len(hash) >= 7 && strings.Trim(hash, "0123456789abcdef") == ""
}

// isChange knows the subject of a change by its kind in front: "fix(reader): …".
func isChange(t string) bool {
	kind, rest, ok := strings.Cut(t, ": ")
	if !ok || rest == "" {
		return false
	}
	kind, scope, scoped := strings.Cut(strings.TrimSuffix(kind, "!"), "(")
	if scoped {
		return kindsOfChange[kind] && strings.HasSuffix(scope, ")")
	}
	return kindsOfChange[kind] && kind != "fix" && kind != "test" && kind != "build" // which people write too
}

var kindsOfChange = wordSet("feat fix chore docs refactor perf test style build ci revert")

// clauseWords are what the clauses of contracts are called.
var clauseWords = wordSet("article art art. artikel clause artículo articolo artigo artykuł статья ст. стаття článek")

// isClause knows the beginning of a clause of a contract: "§ 7", "Article 7".
func isClause(t string) bool {
	const most = 16 // bytes of such a word
	startsNumber := func(s string) bool { return s != "" && s[0] >= '0' && s[0] <= '9' }
	if rest, ok := strings.CutPrefix(t, "§"); ok {
		return startsNumber(strings.TrimLeft(rest, " \u00a0"))
	}
	if rest, ok := strings.CutPrefix(t, "第"); ok {
		return startsNumber(rest) && strings.Contains(rest[:min(len(rest), most)], "条")
	}
	word, rest := scan.Word(t)
	return startsNumber(rest) && len(word) <= most && clauseWords[strings.ToLower(word)]
}

// isTemplate knows a text with gaps to fill in: "{NAME}", "[[customer]]", "%%ticket%%".
func isTemplate(t string) bool {
	if !strings.ContainsAny(t, "{[%<") {
		return false
	}
	for _, marks := range [][2]string{{"{{", "}}"}, {"{", "}"}, {"[[", "]]"}, {"%%", "%%"}, {"<<", ">>"}} {
		_, rest, ok := strings.Cut(t, marks[0])
		if !ok {
			continue
		}
		if gap, _, ok := strings.Cut(rest, marks[1]); ok && (isGap(gap) || marks[0] == "{{" && isVariable(gap)) {
			return true
		}
	}
	return false
}

// isGap tells whether a gap is named in capitals or as programs name things, and holds nothing else.
func isGap(name string) bool {
	const shortest, longest = 3, 24
	name = strings.TrimSpace(name)
	return len(name) >= shortest && len(name) <= longest && scan.HasLetter(name) && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜÉ_ .") == ""
}

// isVariable tells whether a gap between double braces is named as a program names what it fills in.
func isVariable(name string) bool {
	const longest = 40
	name = strings.TrimSpace(name)
	return name != "" && len(name) <= longest && strings.IndexFunc(name, func(c rune) bool { return c != '.' && c != '_' && !isWordRune(c) }) < 0
}

// isCue knows the times of a subtitle.
func isCue(t string) bool {
	from, to, ok := strings.Cut(t, " --> ")
	return ok && len(from) >= len("00:00:00") && len(to) >= len("00:00:00") && isClock(from[:8]) && isClock(to[:8])
}

// hasVersion tells whether a title ends in the number of a version: "2.1.0".
func hasVersion(t string) bool {
	words := strings.Fields(t)
	const most = 6
	if len(words) == 0 || len(words) > most {
		return false
	}
	for _, word := range words {
		word = strings.Trim(word, "v[]():,")
		if strings.Count(word, ".") >= 1 && strings.Trim(word, "0123456789.") == "" && strings.Count(word, ".") <= 2 && word[0] != '.' {
			return true
		}
	}
	return false
}

// endsInNumber tells whether an item ends in the number of a request: "(#12)".
func endsInNumber(t string) bool {
	if t = scan.TrimRight(strings.TrimSuffix(t, ".")); !strings.HasSuffix(t, ")") {
		return false
	}
	at := strings.LastIndex(t, "(#")
	return at > 0 && scan.IsDigits(t[at+2:len(t)-1])
}
