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
	labels   int // of meanings, causes, remedies
	changes  int // marks of a list of changes
	commit   int // of the description of one change
	exam     int
	contract int
	manual   int
	template int
	choice   int  // the last line of a list of which somebody asks which one it is
	results  bool // a search engine counts them
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
	if label := strings.TrimSpace(t[:max(0, strings.IndexByte(t, ':'))]); len(label) < scan.MaxMark && label != "" && isMeaning(label) {
		g.labels++
	}
	if isTemplate(t) {
		g.template++
	}
	first := g.lines == 1
	g.asked = g.asked || strings.ContainsAny(t, "?？")
	has := ofGenres().in(t)
	title := (l.Heading || first) && !strings.HasSuffix(t, "?")
	if isClause(t) {
		g.contract++
	}
	if has[choiceMark] && strings.ContainsAny(t[len(t)-1:], "?:") {
		g.choice = g.lines
	}
	switch {
	case first && (isCommit(t) || isChange(t)):
		g.commit++
	case has[contractMark]:
		g.contract++
	case has[examMark]:
		g.exam++
	case title && has[manualMark]:
		g.manual++
	case has[searchMark]:
		g.results = true
	case title && (has[changelogMark] || hasVersion(t)), has[sectionMark] && !scan.HasMoreWords(t, 2), endsInNumber(t):
		g.changes++
	}
}

// inChoice tells whether the line that is being read is one of such a list.
func (g *genre) inChoice() bool {
	if g.choice == 0 || g.choice < g.lines-1 {
		return false
	}
	g.choice = g.lines
	return true
}

// speaks tells whether the document as a whole is about sentences.
func (g *genre) speaks() bool {
	const most = 2 // marks that tell a genre
	switch {
	case g.code+g.likeCode > 1 && g.code > 0 && 2*(g.code+g.likeCode) >= g.lines, g.changes >= most, g.exam >= most, g.manual > 0, g.commit > 0:
		return true
	case g.contract >= most, g.labels >= most:
		return !g.asked
	}
	return g.template > 0
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
	return kindsOfChange[kind] && (!scoped || strings.HasSuffix(scope, ")"))
}

var kindsOfChange = wordSet("feat fix chore docs refactor perf test tests style build ci revert")

// isClause knows the beginning of a clause of a contract: "§ 7".
func isClause(t string) bool {
	rest, ok := strings.CutPrefix(t, "§")
	rest = strings.TrimLeft(rest, " \u00a0")
	return ok && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// isTemplate knows a text with gaps to fill in: "{NAME}", "[[customer]]", "%%ticket%%".
func isTemplate(t string) bool {
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
	const longest = 24
	name = strings.TrimSpace(name)
	return name != "" && len(name) <= longest && scan.HasLetter(name) && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜÉ_ .") == "" && name != "}"
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
	t = strings.TrimRight(t, ". ")
	at := strings.LastIndex(t, "(#")
	return at > 0 && strings.HasSuffix(t, ")") && scan.IsDigits(t[at+2:len(t)-1])
}
