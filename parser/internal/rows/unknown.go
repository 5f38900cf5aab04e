package rows

import (
	"maps"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// unknown reads a line of which nothing is known: the result of a row that began above, a detail, a line among rows, or prose.
func (r *reader) unknown(l Line) {
	if r.detail(l.Text) {
		return
	}
	if value := unlabelled(l.Text); value != "" && r.detail(value) {
		return
	}
	p := &r.pending
	switch {
	case p.icon && !p.whole && wordy(l.Text) && (p.name+p.cell != "" || r.block().columns == 1),
		p.name != "" && !p.whole && (p.status != "" || r.block().table) && resultLike(l.Text):
		d := draft{said: l.Text, to: len(l.Text)}
		r.takePending(&d)
		if d.name+d.strange == "" && d.status == "" {
			r.quiet() // what waited was ended
			return
		}
		f := report.Finding{Line: l.N, Text: l.Text, Test: d.name + d.strange}
		r.emitNamed(&f, &d, certain)
	case p.icon && !p.whole && wordy(l.Text):
		p.cell, p.line = foldSpace(l.Text), l.N
	case p.icon && !scan.HasLetter(l.Text):
	case r.frame.on && r.likeName(l.Text):
		r.emit(&report.Finding{Line: l.N, Text: l.Text, Status: report.Unknown}, "", certain)
	case r.belowRow(l) && (r.rows[len(r.rows)-1].bare || r.shaped(l)):
		r.flush()
		called, _, _ := r.v.TestName(l.Text)
		r.emitNamed(&report.Finding{Line: l.N, Text: l.Text, Test: called}, &draft{}, between)
		if !r.full {
			r.rows[len(r.rows)-1].bare, r.rows[len(r.rows)-1].shaped = true, r.shaped(l)
		}
		r.last = none
	default:
		r.quiet()
	}
}

// unlabelled is the value of a line of a property list, "Info : {…}", or "".
func unlabelled(text string) string {
	label, value, ok := strings.Cut(text, ":")
	if !ok || len(label) > scan.MaxMark || scan.HasMoreWords(label, 1) {
		return ""
	}
	return strings.Trim(value, " \t{}")
}

// belowRow tells whether a line may be a row because it stands directly below one. Where rows show a mark or a name, a line without is a
// remark, unless it has the shape of a row.
func (r *reader) belowRow(l Line) bool {
	const mostWords = 14
	n := len(r.rows)
	return n > 0 && r.blanks == 0 && r.rows[n-1].line == r.count-1 && r.rows[n-1].quoted == r.quoted && r.rows[n-1].depth == r.depth && resultLike(l.Text) &&
		!speech.Spoken(l.Text) && hasCapital(l.Text) && strings.Contains(l.Text, " ") && !scan.HasMoreWords(l.Text, mostWords)
}

// shaped tells whether a line has the shape of a row whatever it says. Where a table has its cells on lines of their own a name waits for its
// result, unless another name follows. Whoever answers between the rows of quoted mail does so at another depth; where no marks tell the depth,
// any line may be his.
func (r *reader) shaped(l Line) bool {
	if l.Item {
		return true
	}
	if r.block().columns > 0 && !r.aboveName() {
		return false
	}
	_, _, named := r.v.TestName(l.Text)
	return named || r.likeName(l.Text) || (!r.quoted || r.depth > 0) && statement(l.Text)
}

// aboveName tells whether nothing but the name of a test stands on the line below.
func (r *reader) aboveName() bool {
	next, ok := r.lines.Peek(0)
	if !ok {
		return false
	}
	_, length, named := r.v.TestName(next.Text)
	return named && length == len(next.Text)
}

// statement tells whether a line is one plain sentence or phrase, as results are: remarks of people have commas, exclamation marks, names or few
// words, and the feet of pages end in a number.
func statement(text string) bool {
	const least = 3 // words
	text = strings.TrimSuffix(text, ".")
	last := text[max(0, len(text)-1):]
	return scan.HasMoreWords(text, least-1) && !strings.ContainsAny(text, ",;!?@…") && !hasDotOrColon(text) && !scan.IsDigits(last)
}

// wordy tells the name or result of a check from the other cells that stand behind an icon: times, numbers, host names.
func wordy(s string) bool {
	if !scan.HasLetter(s) || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return strings.ContainsAny(s, " \t") || !strings.ContainsAny(s, ".:") && s != strings.ToUpper(s)
}

// resultLike tells prose from a result: results are short and are no questions or titles.
func resultLike(s string) bool {
	return len(s) <= 200 && scan.HasLetter(s) && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, ":")
}

// bareName keeps the name of a test that stands there with nothing of its row. It counts if it asserts a fault by itself and is set off
// from the words around it, or if these say that faults follow.
func (r *reader) bareName(l Line, d *draft, in frame) {
	m, _ := r.v.Named(d.name)
	apartFrom := min(d.before, d.named)
	need, counts := certain, true
	switch {
	case in.on && apartFrom > joined:
	case m.Asserts && (apartFrom > inClause && !d.talk || d.named == ownCell && r.says(l.Text[:d.from])):
	case apartFrom >= enclosed && speech.FrameIn(l.Text), apartFrom > joined && speech.FrameIn(l.Text[:d.from]):
		need = ofReporter
	default:
		counts = false
	}
	if !counts || emptyResult(l.Text[d.to:]) || calledATest(l.Text[:d.from]) || !d.cells && r.inProse(l.Text, d.from, d.to) {
		r.quiet()
		return
	}
	f := report.Finding{Line: l.Number(d.from), Rule: m.Rule, Status: in.statusIn(m.Status), Test: d.name, Text: l.Text[d.from:d.to],
		Values: maps.Clone(m.Values), Reporter: m.Reporter}
	if d.host != "" && d.hosted >= apart && !r.v.OwnName(d.host) {
		f.Subject = d.host
	}
	r.emit(&f, d.category, need)
	if !r.full {
		r.rows[len(r.rows)-1].nameOnly = true
	}
}

// says tells whether words end in those with which somebody tells what the reporter says.
func (r *reader) says(before string) bool {
	words := strings.Fields(before)
	for n := 2; n <= 3 && n <= len(words); n++ {
		if r.v.Frame(strings.Join(words[len(words)-n:], " ")) {
			return true
		}
	}
	return false
}

// emptyResult tells whether a cell without a word stands behind a name: its result was lost.
func emptyResult(behind string) bool {
	return strings.TrimSpace(behind) != "" && (behind[0] == '\t' || strings.HasPrefix(behind, "  ")) && !scan.HasWord(behind)
}

// testWords stand in front of a name where somebody speaks of the test and not of its result.
var testWords = speech.WordSet("test tests check checks prüfung testen kontrolle vérification prueba comprobación controllo verifica teste verificação " +
	"controle тест тесте проверка проверки sprawdzenie kontroll testi テスト 测试 检查")

// calledATest tells whether the words in front of a name call it a test, as in »what does the test "…" look at?«.
func calledATest(before string) bool {
	other := func(c rune) bool { return c == ' ' || edgeOf(c, false) == enclosed } // a comma begins the next name
	before = strings.TrimRightFunc(before, other)
	last := before[len(strings.TrimRightFunc(before, scan.IsWordRune)):]
	return testWords[strings.ToLower(last)]
}

// summaryCells joins a row of a summary table whose cells stand on lines of their own: a category, a host, a result.
// Copying a table out of some browsers gives that. It is asked of lines in lower case only, as categories are written.
func (r *reader) summaryCells(l Line) Line {
	if c := l.Text[0]; c < 'a' || c > 'z' || len(l.Text) > scan.MaxMark || !r.isCategory(l.Text) {
		return l
	}
	host, _ := r.lines.Peek(0)
	result, _ := r.lines.Peek(1)
	if result.Text == "" || strings.IndexByte(host.Text, '.') < 0 || targetName(host.Text) == "" {
		return l
	}
	for range 2 {
		next, _ := r.lines.Next()
		l.Text += "\t"
		l.seams = append(l.seams, seam{len(l.Text), next.N})
		l.Text += next.Text
	}
	return l
}

// summaryRow tells whether a line has the shape of a row of a summary table that nobody need know: category, host and
// one cell of several words. A table of records has numbers and addresses there.
func (r *reader) summaryRow(s string) bool {
	parts := scan.Cells(s)
	if len(parts) < 3 {
		return false
	}
	last := parts[2]
	return strings.Contains(last, " ") && scan.IsLetter(last[0]) && resultLike(last)
}
