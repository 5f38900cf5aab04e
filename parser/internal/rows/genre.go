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
	changes  bool // a section of changes, or an item that ends in the number of a request
	commit   bool // the description of one change
	manual   bool // a title says that something is explained
	results  bool // a search engine counts or lists them
	asked    bool // somebody asks about something
}

// line looks at a line for marks.
func (g *genre) line(l Line) {
	const longest = 400 // bytes of a line that are looked at
	t := l.Text[:min(len(l.Text), longest)]
	g.lines++
	switch {
	case isCodeLine(l.Text):
		g.code++
	case isCodeAmong(l.Text):
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
	g.commit = g.commit || first && (isCommit(t) || isChange(t))
	g.changes = g.changes || endsInNumber(t)
	g.asked = g.asked || strings.IndexByte(t, '?') >= 0 || strings.Contains(t, "？")
	g.words(t, (l.Heading || first) && !strings.HasSuffix(t, "?") && !scan.HasMoreWords(t, maxWords))
}

// words looks for the words of each kind.
func (g *genre) words(t string, title bool) {
	var has [marks]bool
	if genreKeys().in(t) {
		has = ofGenres().in(t)
	}
	if has[choiceMark] && strings.ContainsAny(t[len(t)-1:], "?:") {
		g.choice = g.lines
	}
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
	if g.choice == 0 || g.choice < g.lines-1 {
		return false
	}
	g.choice = g.lines
	return true
}

// speaks tells whether the document as a whole is about sentences. Who asks something may have met with what he shows.
func (g *genre) speaks() bool {
	const most = 2 // marks that tell a genre
	switch {
	case g.commit, g.exam >= most, g.code > 0 && g.code+g.likeCode >= most && 2*(g.code+g.likeCode) >= g.lines:
		return true
	case g.asked:
		return false
	}
	return g.clauses > 0 && g.terms > 0 || g.gaps >= most || g.release && g.changes
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
var clauseWords = wordSet("§ article art art. artikel clause artículo articolo artigo artykuł статья ст. стаття článek")

// isClause knows the beginning of a clause of a contract: "§ 7", "Article 7".
func isClause(t string) bool {
	word, rest := scan.Word(t)
	if after, ok := strings.CutPrefix(word, "§"); ok && after != "" {
		word, rest = "§", after
	}
	return rest != "" && rest[0] >= '0' && rest[0] <= '9' && clauseWords[strings.ToLower(word)] || strings.HasPrefix(t, "第") && strings.Contains(t[:min(len(t), 20)], "条")
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
		if gap, _, ok := strings.Cut(rest, marks[1]); ok && isGap(gap) {
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
	if t = strings.TrimRight(t, ". "); !strings.HasSuffix(t, ")") {
		return false
	}
	at := strings.LastIndex(t, "(#")
	return at > 0 && scan.IsDigits(t[at+2:len(t)-1])
}
