package speech

import (
	"slices"
	"strings"

	"mxverdict/parser/internal/scan"
)

// Genres: kinds of text that hold sentences of reporters and report of no server. Each has marks of its own, and one alone proves
// nothing; rows that name what they are about count in all of them.

// Genre is what has been seen of the marks of each kind.
type Genre struct {
	Lines    int // that are not empty
	code     int // of a program
	likeCode int // of one if others are
	clauses  int // of a contract
	terms    int // words of contracts
	exam     int
	lessons  int  // titles of lessons
	Labels   int  // of meanings, causes, remedies
	queries  int  // questions of a list of questions and answers
	answers  int  // of that list
	gaps     int  // lines with a gap to fill in
	fill     int  // lines with a gap as programs fill them
	template bool // a title names a text to fill in
	counted  bool // a title names what is counted
	style    bool // a title names rules for writers
	tasks    int  // items that ask
	choice   int  // the last line of a list of which somebody asks which one it is
	release  bool // a title names changes, or the number of a version
	changes  bool // a section of changes, or an item that ends in the number of a request
	commit   bool // the description of one change
	Manual   bool // a title says that something is explained
	Results  bool // a search engine counts or lists them
	Asked    bool // somebody asks about something
	forms

	early []Line // those that were looked at before the end
	read  int    // how many lines have been handed to it
	later []Line // of them, those that were not looked at yet
}

// Line is a line of a document, and how it is marked.
type Line struct {
	Text    string
	Heading bool   // as a heading
	Item    bool   // as an item of a list
	Marks   *Marks // of its text; lines that say the same may have the same
}

// top is in how many lines at the beginning stands what a search engine says of its results.
const top = 3

// Note takes a line. Only few documents are asked for their genre, so lines are kept for then; those that may lead to a list of which
// somebody asks which one it is, or to one of patterns, are looked at as they come.
func (g *Genre) Note(l Line) {
	const most = 20_000 // lines that are kept
	g.read++
	if l.Marks == nil {
		l.Marks = new(Marks)
	}
	if l.Marks.leads(l.Text) {
		g.choice = g.read
	}
	if len(g.later) < most {
		g.later = append(g.later, l)
	}
}

// IsSearch tells whether the lines at the beginning, as far as they have been read, are those of a search engine.
func (g *Genre) IsSearch() bool {
	for g.Lines < top && len(g.later) > 0 {
		g.line(g.later[0])
		g.early, g.later = append(g.early, g.later[0]), g.later[1:]
	}
	return g.Results
}

// IsPersonal tells whether somebody speaks of himself in the lines that were kept, or asks for something. It is asked before they are looked at.
func (g *Genre) IsPersonal() bool {
	return slices.ContainsFunc(g.early, func(l Line) bool { return IsPersonal(l.Text) }) ||
		slices.ContainsFunc(g.later, func(l Line) bool { return IsPersonal(l.Text[:min(len(l.Text), scan.MaxSentence)]) })
}

// Finish looks at the lines that were kept.
func (g *Genre) Finish() {
	for _, l := range g.later {
		g.line(l)
	}
	g.later = nil
}

// longestMarked is how many bytes of a line are looked at.
const longestMarked = 400

// longestTitle is how many words a title has.
const longestTitle = 10

// line counts the marks of a line.
func (g *Genre) line(l Line) {
	t, m := l.Text[:min(len(l.Text), longestMarked)], l.Marks
	m.look(l.Text)
	g.Lines++
	like := (!m.formless || g.forms.goesOn()) && g.forms.line(t)
	count := func(n *int, has bool) {
		if has {
			*n++
		}
	}
	count(&g.code, m.code)
	count(&g.likeCode, !m.code && (like || m.likeCode))
	count(&g.fill, m.filled)
	count(&g.gaps, m.gap)
	count(&g.clauses, m.clause)
	count(&g.queries, m.question)
	count(&g.answers, m.answer)
	count(&g.Labels, m.label)
	count(&g.tasks, l.Item && m.asksAtEnd)
	first := g.Lines == 1
	g.commit = g.commit || first && (isCommit(t) || isChange(t))
	g.changes = g.changes || m.numbered || l.Item && isChangeItem(t)
	g.Asked = g.Asked || m.asks
	if m.asks || g.mayHold(t, l.Heading) {
		g.words(t, m.words(t), (l.Heading || first) && !strings.HasSuffix(t, "?") && !scan.HasMoreWords(t, longestTitle))
	}
}

// mayHold is the cheap question whether a line can hold words of a kind: titles stand first or are marked, exams ask and give points, and
// the words of contracts, changes and lessons count beside other marks only.
func (g *Genre) mayHold(t string, heading bool) bool {
	const short = 80 // bytes of a line that gives points
	return heading || g.Lines <= top || g.clauses > 0 || strings.HasSuffix(t, ":") ||
		len(t) <= short && strings.IndexByte(t, '(') >= 0 || (g.release || g.lessons > 0) && !scan.HasMoreWords(t, 2)
}

// words notes the words of each kind.
func (g *Genre) words(t string, has *[marks]bool, title bool) {
	if has[contractMark] {
		g.terms++
	}
	if has[examMark] {
		g.exam++
	}
	g.Results = g.Results || has[searchMark]
	g.Manual = g.Manual || title && has[manualMark] && !has[wishMark]
	g.release = g.release || title && (has[changelogMark] || hasVersion(t) && !strings.Contains(t, ":"))
	g.changes = g.changes || has[sectionMark] && !scan.HasMoreWords(t, 2)
	g.template = g.template || title && has[templateMark]
	g.counted = g.counted || title && has[countMark]
	g.style = g.style || title && has[styleMark] && !has[wishMark] && !scan.EndsInAny(t, []string{":", "："})
	if has[lessonMark] && (title || !scan.HasMoreWords(t, 2)) {
		g.lessons++
	}
}

// InChoice tells whether the line that is being read is one of such a list.
func (g *Genre) InChoice() bool {
	if g.choice == 0 || g.choice < g.read-1 {
		return false
	}
	g.choice = g.read
	return true
}

// Speaks tells whether the document as a whole is about sentences. Who asks something may have met with what he shows.
func (g *Genre) Speaks() bool {
	const most = 2 // marks that tell a genre
	switch {
	case g.commit, g.style, g.forms.speaks(), g.isProgram(), g.exam >= most, g.lessons >= most, g.lessons > 0 && g.tasks >= most, g.fill > most,
		g.template && g.fill+g.gaps > 0:
		return true
	case g.Asked:
		return false
	}
	return g.clauses > 0 && g.terms > 0 || g.fill+g.gaps >= most || g.counted && g.counts >= most || g.release && g.changes
}

// isProgram tells whether half of the lines are those of a program.
func (g *Genre) isProgram() bool {
	const least = 2
	return g.code > 0 && g.code+g.likeCode >= least && 2*(g.code+g.likeCode) >= g.Lines
}

// Answered tells whether the document is a list of questions and their answers.
func (g *Genre) Answered() bool { return g.queries > 1 && g.answers > 1 }

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

var kindsOfChange = WordSet("feat fix chore docs refactor perf test style build ci revert")

// clauseWords are what the clauses of contracts are called.
var clauseWords = WordSet("article art art. artikel clause artículo articolo artigo artykuł статья ст. стаття článek")

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
		if longestPart(word) < len("2026") && strings.Count(word, ".") >= 1 && strings.Trim(word, "0123456789.-") == "" && strings.Count(word, ".") <= 2 && word[0] != '.' && endsInDigit(word) {
			return true
		}
	}
	return false
}

// longestPart is the length of the longest number of a version. The year makes a date of it.
func longestPart(version string) (longest int) {
	for part := range strings.FieldsFuncSeq(version, func(c rune) bool { return c == '.' || c == '-' }) {
		longest = max(longest, len(part))
	}
	return longest
}

// isChangeItem knows an item of a list of changes by its first word: "Added a check".
func isChangeItem(t string) bool {
	word, rest := scan.Word(t)
	return changeVerbs[strings.ToLower(word)] && scan.HasMoreWords(rest, 1)
}

var changeVerbs = WordSet("added adds add fixed fixes fix changed improved renamed removed corrected hinzugefügt ajouté añadido aggiunto adicionado toegevoegd dodano добавлено добавлена přidáno lagt tilføjet")

// endsInNumber tells whether an item ends in the number of a request: "(#12)", "(closes: 12)", "[ABC-12]".
func endsInNumber(t string) bool {
	if t = scan.TrimRight(strings.TrimSuffix(t, ".")); !strings.HasSuffix(t, ")") && !strings.HasSuffix(t, "]") {
		return false
	}
	at := strings.LastIndexAny(t, "([")
	if at <= 0 {
		return false
	}
	in := t[at+1 : len(t)-1]
	number := strings.TrimLeft(in, "#!")
	if len(number) < len(in) {
		return scan.IsDigits(number)
	}
	if word, rest := scan.Word(in); word == "closes:" || word == "Closes:" || word == "fixes" || word == "closes" {
		return scan.IsDigits(strings.TrimPrefix(rest, "#"))
	}
	tracker, number, ok := strings.Cut(in, "#")
	if !ok {
		tracker, number, ok = strings.Cut(in, "-")
		ok = ok && tracker == strings.ToUpper(tracker)
	}
	return ok && len(tracker) > 1 && scan.IsLetter(tracker[0]) && scan.IsDigits(number)
}
