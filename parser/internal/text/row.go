package text

import (
	"cmp"
	"strings"
	"unicode"

	"mxverdict/parser/report"
)

// result is a line taken apart: what stands in front of the result, and where the result begins.
type result struct {
	line  string
	begin int // of the result

	status report.Status // of a mark in front
	strong bool          // that mark is an icon, a cell or has a dash: more than "Warning: " in prose

	name  string // of the test
	apart bool   // a tab or a run of blanks parts name and result
	colon bool

	subject, category string // of a row of a summary table
}

func (x *result) rest() string { return x.line[x.begin:] }

// row reads a line that is neither empty nor a mark of the layout.
func (r *reader) row(t string) {
	x := result{line: t}
	x.status, x.strong, x.begin = r.mark(t)
	if x.rest() == "" {
		r.expect(x)
		return
	}
	r.summary(&x)
	r.testName(&x)
	if x.name != "" && x.rest() == "" {
		r.expectResult(x)
		return
	}
	matches := r.find(&x)
	if len(matches) == 0 {
		r.unknown(x)
		return
	}
	r.known(x, matches)
}

// mark reads the status word, the icon's text or the status cell at the start of s, and how far it goes.
func (r *reader) mark(s string) (status report.Status, strong bool, length int) {
	if status, length, ok := r.v.StatusWord(s); ok {
		strong := !strings.Contains(s[:length], ":") && (length < len(s) || r.isIcon(s))
		return status, strong, length
	}
	if tab := strings.IndexByte(s, '\t'); tab > 0 {
		if status, length, ok := r.v.StatusWord(s[:tab]); ok && length == tab {
			return status, true, len(s) - len(strings.TrimLeft(s[tab:], "\t "))
		}
	}
	return "", false, 0
}

// isIcon tells an icon's text from a status word: only the icon may have words behind it without a dash or colon.
func (r *reader) isIcon(s string) bool {
	_, length, ok := r.v.StatusWord(s + " x")
	return ok && length == len(s)+1
}

// expect keeps a status that stands alone on its line, before the cells of its row.
func (r *reader) expect(x result) {
	r.flush()
	r.last = none
	if x.strong {
		r.block().table = true
	}
	if r.block().table { // elsewhere "OK" is what somebody answered
		r.pending = pending{status: x.status, icon: x.strong}
	}
}

// expectResult keeps a test's name that stands alone on its line.
func (r *reader) expectResult(x result) {
	p := pending{status: x.status, icon: x.strong}
	if x.status == "" && r.pending.name == "" && r.pending.cell == "" {
		p = r.pending
	} else {
		r.flush()
	}
	p.name, p.line = x.name, r.n
	r.pending = p
	r.last = none
}

// summary reads the first cells of a row of a summary table: a category and a host. Blanks alone part them only where a
// known sentence follows.
func (r *reader) summary(x *result) {
	first, behind := nextWord(x.rest())
	second, rest := nextWord(behind)
	if rest == "" || !strings.ContainsAny(second, ".:") || !r.v.Category(first) {
		return
	}
	host := normalName(second)
	if host == "" {
		return
	}
	category := strings.ToLower(first)
	begin := len(x.line) - len(rest)
	inCells := len(cells(x.rest())) > 2
	if !inCells {
		matches := r.v.Find(rest, report.Context{Category: category})
		if len(matches) == 0 || !r.direct(rest[:matches[0].Start]) {
			return
		}
	}
	x.subject, x.category, x.begin = host, category, begin
	r.aim(category, host)
}

func nextWord(s string) (word, rest string) {
	end := 0
	for end < len(s) && s[end] != ' ' && s[end] != '\t' {
		end++
	}
	return s[:end], strings.TrimLeft(s[end:], " \t")
}

// testName reads the name of a test in front of the result.
func (r *reader) testName(x *result) {
	name, length, ok := r.v.TestName(x.rest())
	if !ok {
		return
	}
	covered, behind := x.rest()[:length], x.rest()[length:]
	rest := strings.TrimLeftFunc(behind, func(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) })
	between := behind[:len(behind)-len(rest)]
	x.name, x.colon = name, strings.HasSuffix(covered, ":")
	x.apart = strings.Contains(between, "\t") || strings.Contains(between, "  ")
	x.begin = len(x.line) - len(rest)
}

// find asks for the sentences of a line, with the status in front of them. What looks like a test's name may be the
// beginning of a sentence.
func (r *reader) find(x *result) []report.Match {
	context := report.Context{Test: cmp.Or(x.name, r.pending.name), Category: cmp.Or(x.category, r.block().command)}
	from := x.begin
	if x.name == "" && x.subject == "" {
		from = 0
	}
	matches := r.v.Find(x.line[from:], context)
	if len(matches) == 0 && x.name != "" {
		context.Test, from = "", 0
		if matches = r.v.Find(x.line, context); len(matches) > 0 {
			x.name = ""
		}
	}
	for i := range matches {
		matches[i].Start += from
		matches[i].End += from
	}
	if len(matches) > 0 && matches[0].Start < x.begin {
		x.begin, x.status = 0, "" // what looked like a mark or a name belongs to the sentence, or stands before it
	}
	return matches
}

// known makes a finding of each sentence that the vocabulary found in a line.
func (r *reader) known(x result, matches []report.Match) {
	if r.explains(x, matches) {
		return
	}
	behind, before := x.begin, 0 // the mark in front belongs to what stands before the first sentence
	for i, m := range matches {
		between := x.line[behind:m.Start]
		status, start := r.statusBefore(between)
		start += behind
		f := report.Finding{Line: r.n, Rule: m.Rule, Status: m.Status, Test: m.Test, Subject: x.subject,
			Values: m.Values, Wording: m.Wording}
		if i == 0 && !hasWord(x.line[behind:start]) {
			start = r.complete(&f, x, start)
		} else {
			r.leftover(x.line[before:start], false)
		}
		if status != "" {
			f.Status = status
		}
		f.Text = x.line[start:m.End]
		if x.subject != "" && len(matches) == 1 {
			f.Text = x.line
		}
		r.emit(f, m.Reporter, x.category)
		behind, before = m.End, m.End
	}
	r.pending = pending{}
	r.leftover(x.line[behind:], true)
}

// complete adds to the first finding of a line what stands in front of it, on the line or on the lines above.
func (r *reader) complete(f *report.Finding, x result, start int) int {
	switch {
	case x.name != "":
		f.Test, start = x.name, 0
	case r.pending.name != "":
		f.Test = r.pending.name
	}
	switch {
	case x.status != "":
		f.Status, start = x.status, 0
	case r.pending.status != "":
		f.Status = r.pending.status
	}
	return start
}

// explains reads a sentence that repeats, as an explanation, what the row above says: it adds values, and is no second
// row.
func (r *reader) explains(x result, matches []report.Match) bool {
	if r.last == none || len(matches) != 1 || r.rows[r.last].Rule != matches[0].Rule || r.pending != (pending{}) {
		return false
	}
	values, ok := r.v.Detail(x.line)
	if ok {
		r.addDetail(values)
	}
	return ok
}

// direct tells whether nothing but a status stands in front of a sentence.
func (r *reader) direct(before string) bool {
	_, start := r.statusBefore(before)
	return !hasWord(before[:start])
}

// statusBefore returns the status word with which a text ends, and where it begins; without one, the end of the text.
func (r *reader) statusBefore(text string) (report.Status, int) {
	if text == "" {
		return "", 0
	}
	const reach = 32 // longer than any status word
	for i := max(0, len(text)-reach); i < len(text); i++ {
		if !isHostByte(text[i]) || (i > 0 && isTokenByte(text[i-1])) {
			continue
		}
		status, length, ok := r.v.StatusWord(text[i:])
		if ok && length == len(text)-i && r.isSeparate(text[i:]) {
			return status, i
		}
	}
	return "", len(text)
}

// isSeparate tells a mark from a word that merely stands before a sentence ("is it OK SOA …").
func (r *reader) isSeparate(mark string) bool {
	separates := func(c rune) bool { return c == ':' || c == '\t' || unicode.Is(unicode.Pd, c) }
	return strings.IndexFunc(mark, separates) >= 0 || r.isIcon(strings.TrimSpace(mark))
}

// leftover looks at what stands before, between or behind the known sentences of a line: a marked row that nobody
// knows, or a detail of the row before it.
func (r *reader) leftover(s string, atEnd bool) {
	s = strings.TrimSpace(s)
	if s == "" {
		return
	}
	status, strong, length := r.mark(s)
	if strong && hasLetter(s[length:]) && (atEnd || strings.ContainsAny(s[len(s)-1:], ".!")) {
		r.emit(report.Finding{Line: r.n, Status: status, Text: s}, "", "")
		return
	}
	if r.last != none {
		if values, ok := r.v.Detail(s); ok {
			r.addDetail(values)
		}
	}
}

// unknown decides whether a line without a known sentence is a row all the same.
func (r *reader) unknown(x result) {
	if r.detail(x) {
		return
	}
	status, strong, said := x.status, x.strong, x.rest()
	if x.name != "" && status == "" {
		var length int
		if status, _, length = r.mark(said); status != "" {
			strong, said = true, said[length:] // beside a test's name any status word marks a row
		}
	}
	table := r.block().table
	if name, mark, ok := r.strangeTest(x); ok {
		r.pending = pending{}
		r.emit(report.Finding{Line: r.n, Text: x.line, Test: name, Status: mark}, "", "")
		return
	}
	switch {
	case x.subject != "",
		strong && hasLetter(said),
		x.name != "" && status != "" && hasLetter(said),
		x.name != "" && (x.apart || x.colon && table) && resultLike(said),
		x.name == "" && r.pending.icon && (r.pending.name+r.pending.cell != "" || r.block().columns == 1),
		x.name == "" && r.pending.name != "" && (status != "" || table) && resultLike(said):
		r.emitUnknown(x, status)
	case x.name == "" && r.pending.icon:
		r.pending.cell, r.pending.line = foldSpace(x.line), r.n
	default:
		r.pending, r.last = pending{}, none // prose stands between
	}
}

// strangeTest reads the row of a test that nobody knows: behind its name stands a marked result, in a cell of its own, or
// on the same line if the name begins as a reporter's test names do, with a category.
func (r *reader) strangeTest(x result) (name string, status report.Status, ok bool) {
	if x.name != "" || x.subject != "" || x.begin > 0 {
		return "", "", false
	}
	parts := cells(x.line)
	if len(parts) > 1 && len(parts[0]) <= longestName {
		if status, strong, length := r.mark(parts[1]); strong && hasLetter(parts[1][length:]) {
			return parts[0], status, true
		}
	}
	first, _ := nextWord(x.line)
	if !r.v.Category(first) {
		return "", "", false
	}
	for i := 0; i < min(len(x.line), longestName); i++ {
		if i > 0 && x.line[i-1] != ' ' {
			continue
		}
		if c := x.line[i]; c < 'A' || c > 'Z' {
			break // names of tests are written with capitals, prose is not
		}
		if i == 0 {
			continue
		}
		if status, strong, length := r.mark(x.line[i:]); strong && hasLetter(x.line[i+length:]) {
			return strings.TrimSpace(x.line[:i]), status, true
		}
	}
	return "", "", false
}

// longestName is more than any test is called.
const longestName = 60

// detail adds a line that explains the row above it.
func (r *reader) detail(x result) bool {
	if r.last == none && r.pending == (pending{}) {
		return false
	}
	values, ok := r.v.Detail(x.line)
	if !ok {
		return false
	}
	r.flush()
	if r.last != none {
		r.addDetail(values)
	}
	return true
}

// emitUnknown makes a finding of a row whose sentence nobody knows. The test's name, where there is one, says which
// rule and which usual status it has. Below an icon a first cell that nobody knows is the name, and the second the
// result.
func (r *reader) emitUnknown(x result, status report.Status) {
	f := report.Finding{Line: r.n, Text: x.line, Subject: x.subject,
		Test: cmp.Or(x.name, r.pending.name, r.pending.cell)}
	m, _ := r.v.Named(f.Test)
	f.Rule, f.Status = m.Rule, cmp.Or(status, r.pending.status, m.Status)
	r.pending = pending{}
	r.emit(f, m.Reporter, x.category)
}

// flush ends a row that stands one cell a line. What an icon marked is a row even if its result is missing.
func (r *reader) flush() {
	p := r.pending
	r.pending = pending{}
	switch {
	case !p.icon:
	case p.name != "":
		m, _ := r.v.Named(p.name)
		r.emit(report.Finding{Line: p.line, Rule: m.Rule, Status: p.status, Test: p.name, Text: p.name}, m.Reporter, "")
	case p.cell != "":
		r.emit(report.Finding{Line: p.line, Status: p.status, Text: p.cell}, "", "")
	}
}

func hasWord(s string) bool {
	return strings.IndexFunc(s, func(c rune) bool { return unicode.IsLetter(c) || unicode.IsDigit(c) }) >= 0
}
