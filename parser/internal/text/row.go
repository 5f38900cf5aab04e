package text

import (
	"cmp"
	"strings"

	"mxverdict/parser/report"
)

// result is a row taken apart: what stands in front of the result, and where the result begins.
type result struct {
	line
	begin int // of the result

	status report.Status // of a mark in front
	strong bool          // that mark is an icon, a cell or has a dash: more than "Warning: " in prose
	cell   bool          // it is a cell, which may belong to any table
	loose  bool          // that mark is a symbol, or lost its dash: it marks what is known and nothing else

	name  string // of the test
	apart bool   // a tab, a dash or a run of blanks parts name and result
	colon bool
	sure  bool // name and mark do not merely stand side by side

	subject, category string // of a row of a summary table
}

func (x *result) rest() string { return x.text[x.begin:] }

// from is where the sentences of the row are looked for. What nothing but a plain mark precedes is looked at whole:
// the vocabulary knows that a mark makes a row of a sentence.
func (x *result) from() int {
	if x.name == "" && x.subject == "" && !x.loose {
		return 0
	}
	return x.begin
}

// row reads a line that is neither empty nor a mark of the layout.
func (r *reader) row(l line) {
	l = r.summaryCells(l)
	x := r.lead(l)
	if x.rest() == "" {
		r.incomplete(x)
		return
	}
	matches := r.find(&x)
	covered := x.begin
	if len(matches) > 0 {
		covered = matches[len(matches)-1].End
	}
	if hasWord(x.text[covered:]) {
		if joined, ok := r.unwrap(l, x.from(), matches, r.context(x)); ok {
			r.row(joined)
			return
		}
	}
	switch {
	case len(matches) == 0:
		r.unknown(x)
	case !r.several(x, matches):
		r.known(x, matches)
	}
}

// lead reads what stands in front of a result: marks, the category and host of a summary table, a test's name, in any
// order.
func (r *reader) lead(l line) result {
	x := result{line: l, begin: r.rowNumber(l.text)}
	const most = 5 // a mark on each side of a host and a name
	for range most {
		begin := x.begin
		r.takeMark(&x)
		r.takeName(&x)
		r.takeHost(&x)
		if x.begin == begin {
			break
		}
	}
	return x
}

// rowNumber returns the length of a cell with the row's number, which means nothing, in front of a mark or a name.
func (r *reader) rowNumber(s string) int {
	if s == "" || isLetter(s[0]) {
		return 0
	}
	end, next := cellEnd(s[:min(len(s), len("999  ")+1)])
	if next == end || !isDigits(s[:end]) {
		return 0
	}
	if _, strong, _ := r.mark(s[next:]); strong {
		return next
	}
	if _, _, ok := r.v.TestName(s[next:]); ok {
		return next
	}
	return 0
}

// takeMark reads a mark. Behind a name another one may follow: that of the sentence itself.
func (r *reader) takeMark(x *result) {
	if x.status != "" && x.name == "" && x.subject == "" {
		return
	}
	rest := x.rest()
	status, strong, length := r.wordMark(rest)
	cell := status == ""
	if cell {
		status, strong, length = r.cellMark(rest)
	}
	loose := false
	if status == "" {
		status, length = r.looseMark(rest)
		loose = status != ""
	}
	if status == "" {
		return
	}
	_, _, isSymbol := symbol(rest)
	oneWord := !strings.Contains(x.name, " ") // such a name may be anybody's
	x.sure = x.sure || x.apart || x.colon && !oneWord || isSymbol || x.name == "" && strong
	x.status, x.strong, x.cell, x.loose = status, strong, cell, loose
	x.begin += length
}

// mark reads the status word, the icon's text or the status cell at the start of s, and how far it goes.
func (r *reader) mark(s string) (status report.Status, strong bool, length int) {
	if status, strong, length = r.wordMark(s); status != "" {
		return status, strong, length
	}
	return r.cellMark(s)
}

// wordMark reads a status word that a dash or colon sets off, or an icon's text.
func (r *reader) wordMark(s string) (status report.Status, strong bool, length int) {
	status, length, ok := r.v.StatusWord(s)
	if !ok {
		return "", false, 0
	}
	strong = strings.IndexByte(s[:length], ':') < 0 && (length < len(s) || r.isIcon(s))
	return status, strong, length
}

// cellMark reads a status word that fills a cell.
func (r *reader) cellMark(s string) (status report.Status, strong bool, length int) {
	if s == "" || !isHostByte(s[0]) {
		return "", false, 0
	}
	if end, next := cellEnd(s[:min(len(s), maxMark)]); next > end && next < len(s) {
		if status, length, ok := r.v.StatusWord(s[:end]); ok && length == end {
			return status, true, len(s) - len(trimLeft(s[end:]))
		}
	}
	return "", false, 0
}

// maxMark is longer than any status word.
const maxMark = 32

// looseMark reads a status symbol, or a status word that lost its dash. Both are common in prose too, so the word
// must have a known sentence or the whole name of a test behind it.
func (r *reader) looseMark(s string) (report.Status, int) {
	if status, length, ok := symbol(s); ok {
		return status, len(s) - len(strings.TrimLeftFunc(s[length:], isSpaceOrDash))
	}
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return "", 0
	}
	word, rest := nextWord(s)
	if rest == "" || len(word) > maxMark {
		return "", 0
	}
	status, length, ok := r.v.StatusWord(word)
	if !ok || length < len(word) {
		return "", 0
	}
	context := report.Context{Category: r.block().command}
	if name, length, ok := r.v.TestName(rest); ok {
		behind := trimLeft(rest[length:])
		if context.Test = name; !hasLetter(behind) {
			return status, len(s) - len(rest)
		}
		if matches := r.v.Find(behind, context); len(matches) > 0 && matches[0].Start == 0 {
			return status, len(s) - len(rest)
		}
	}
	if matches := r.v.Find(rest, context); len(matches) > 0 && matches[0].Start == 0 && rest[0] <= 'Z' {
		return status, len(s) - len(rest)
	}
	return "", 0
}

// isIcon tells an icon's text from a status word: only the icon may have words behind it without a dash or colon.
// The same few texts are asked about on line after line, so the answers are kept.
func (r *reader) isIcon(s string) bool {
	const most = 64 // texts whose answer is kept; there are fewer status words
	is, known := r.icons[s]
	if known {
		return is
	}
	_, length, ok := r.v.StatusWord(s + " x")
	is = ok && length == len(s)+1
	if len(r.icons) < most {
		r.icons[s] = is
	}
	return is
}

// takeHost reads the first cells of a row of a summary table, a category and a host, or a host alone that is set off
// by a tab, a colon or a dash. Blanks alone part them only where a known sentence follows.
func (r *reader) takeHost(x *result) {
	if x.subject != "" {
		return
	}
	first, behind := nextWord(x.rest())
	if behind == "" {
		return
	}
	second, rest := nextWord(behind)
	if rest != "" && hasDotOrColon(second) && r.isCategory(first) {
		category := strings.ToLower(first)
		r.host(x, category, second, rest, category == first && r.summaryRow(x.rest()))
		return
	}
	if !hasDotOrColon(first) || !isTokenByte(first[0]) && first[0] != '[' {
		return
	}
	bare := strings.TrimSuffix(first, ":")
	blank := x.rest()[len(first):]
	rest = strings.TrimLeftFunc(behind, isSpaceOrDash)
	if len(bare) < len(first) || len(rest) < len(behind) || strings.HasPrefix(blank, "\t") ||
		strings.HasPrefix(blank, "  ") {
		r.host(x, "", bare, rest, false)
	}
}

// summaryCells joins a row of a summary table whose cells stand on lines of their own: a category, a host, a result.
func (r *reader) summaryCells(l line) line {
	if c := l.text[0]; c < 'a' || c > 'z' || len(l.text) > maxMark || !r.isCategory(l.text) {
		return l
	}
	host, _ := r.peek(0)
	result, _ := r.peek(1)
	if result.text == "" || strings.IndexByte(host.text, '.') < 0 || targetName(host.text) == "" {
		return l
	}
	for range 2 {
		next, _ := r.next()
		l.text += "\t"
		l.seams = append(l.seams, seam{len(l.text), next.n})
		l.text += next.text
	}
	return l
}

// summaryRow tells whether a line has the shape of a row of a summary table that nobody need know: category, host and
// one cell of several words. A table of records has numbers and addresses there.
func (r *reader) summaryRow(s string) bool {
	parts := cells(s)
	if len(parts) < 3 {
		return false
	}
	last := parts[2]
	return strings.Contains(last, " ") && isLetter(last[0]) && resultLike(last)
}

// host takes a host with its category off a row if the row goes on with a known sentence or test, or is a row for
// certain.
func (r *reader) host(x *result, category, typed, rest string, certain bool) {
	name := targetName(typed)
	if name == "" || rest == "" {
		return
	}
	if !certain {
		next := result{line: line{text: rest}, subject: name, category: category}
		r.takeMark(&next)
		r.takeName(&next)
		r.takeMark(&next)
		if next.name == "" || next.rest() != "" && !next.apart && !next.colon && next.status == "" {
			matches := r.find(&next)
			if len(matches) == 0 || hasWord(next.text[next.begin:matches[0].Start]) {
				return
			}
		}
	}
	x.subject, x.category, x.begin = name, category, len(x.text)-len(rest)
}

// takeName reads the name of a test in front of the result.
func (r *reader) takeName(x *result) {
	if x.name != "" {
		return
	}
	name, length, ok := r.v.TestName(x.rest())
	if !ok {
		return
	}
	covered, behind := x.rest()[:length], x.rest()[length:]
	rest := strings.TrimLeftFunc(behind, isSpaceOrDash)
	between := behind[:len(behind)-len(rest)]
	x.name, x.colon = name, strings.HasSuffix(covered, ":")
	x.apart = strings.Contains(between, "\t") || strings.TrimLeft(between, " ") != "" || strings.Contains(between, "  ")
	x.begin = len(x.text) - len(rest)
}

// context is what is known about the sentences of a row.
func (r *reader) context(x result) report.Context {
	return report.Context{Test: cmp.Or(x.name, r.pending.name), Category: cmp.Or(x.category, r.block().command)}
}

// find asks for the sentences of a line. What looks like a test's name may be the beginning of a sentence.
func (r *reader) find(x *result) []report.Match {
	context := r.context(*x)
	from := x.from()
	matches := r.v.Find(x.text[from:], context)
	if len(matches) == 0 && x.name != "" {
		context.Test, from = "", 0
		if matches = r.v.Find(x.text, context); len(matches) > 0 && matches[0].Start < x.begin {
			x.name = ""
		} else {
			from, matches = x.begin, nil
		}
	}
	if len(matches) == 0 && (x.subject != "" || x.name != "" && (x.apart || x.colon || x.status != "")) {
		context.Test, from = x.name, x.begin
		if matches = r.beginning(x.rest(), context); len(matches) == 0 && x.name != "" {
			matches = r.withoutDash(x.rest(), context)
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

// beginning finds the sentence with which the result of a row begins, where somebody wrote a remark behind it without
// setting it off.
func (r *reader) beginning(rest string, context report.Context) []report.Match {
	const most = 24 // words of a sentence
	if rest == "" || rest[0] >= 'a' && rest[0] <= 'z' {
		return nil
	}
	end := 0
	for range most {
		word, behind := nextWord(rest[end:])
		if behind == "" || end+len(word) > maxSeam {
			return nil
		}
		part := rest[:end+len(word)]
		matches := r.v.Find(part, context)
		if len(matches) == 1 && matches[0].Start == 0 && matches[0].End == len(part) {
			return matches
		}
		end = len(rest) - len(behind)
	}
	return nil
}

// withoutDash finds the sentence that is a whole result but for a dash that a picture's reader lost.
func (r *reader) withoutDash(rest string, context report.Context) []report.Match {
	const most = 12 // blanks of a sentence
	if len(rest) > maxSeam {
		return nil
	}
	for i, tried := 0, 0; i < len(rest) && tried < most; i++ {
		if rest[i] != ' ' {
			continue
		}
		tried++
		text := rest[:i] + " -" + rest[i:]
		matches := r.v.Find(text, context)
		if len(matches) == 1 && matches[0].Start == 0 && matches[0].End == len(text) {
			matches[0].End = len(rest)
			return matches
		}
	}
	return nil
}

// incomplete keeps what stands on a line without a result.
func (r *reader) incomplete(x result) {
	switch {
	case x.name == "" && x.subject == "":
		r.expect(x)
	case x.name != "" && x.status != "" && x.subject != "":
		r.emitUnknown(x, x.status)
	case x.name != "":
		r.expectResult(x)
	}
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

// expectResult keeps a test's name that stands on its line alone or beside a mark.
func (r *reader) expectResult(x result) {
	p := pending{status: x.status, whole: x.status != ""}
	if x.status != "" && !x.sure && !r.block().table {
		p.status = "" // "SMTP TLS Problem" is a title
	}
	if x.status == "" && r.pending.name == "" && r.pending.cell == "" {
		p = r.pending
	} else {
		r.flush()
	}
	p.name, p.line = x.name, x.n
	r.pending = p
	r.last = none
}

// several reads the rows of a line that holds more than one, and the row behind prose: behind the words in front of
// it a row begins with its own mark, host or name. It tells whether there was any.
func (r *reader) several(x result, matches []report.Match) bool {
	var starts []int
	behind := x.begin
	for _, m := range matches {
		if p := r.rowStart(x.line, behind, m.Start); p < m.Start {
			starts = append(starts, p)
		}
		behind = m.End
	}
	if len(starts) == 0 {
		return false
	}
	if starts[0] > 0 {
		r.row(x.part(0, starts[0]))
	}
	for i, start := range starts {
		end := len(x.text)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		k := firstBehind(matches, start)
		if !denied(x.text[:start], x.text[matches[k].End:]) {
			r.row(x.part(start, end))
		} else if rest := matches[k].End; hasWord(x.text[rest:end]) {
			r.row(x.part(rest, end))
		}
	}
	return true
}

func firstBehind(matches []report.Match, start int) int {
	for k, m := range matches {
		if m.Start >= start {
			return k
		}
	}
	return len(matches) - 1
}

// rowStart returns where the row begins to which the sentence at end belongs, if words stand in front of that; else
// end. from is where the sentence before it ends.
func (r *reader) rowStart(l line, from, end int) int {
	const longest = 160 // of a mark, host and name together
	start := max(from, end-longest)
	if !hasWord(l.text[start:end]) {
		return end
	}
	for p := start; p < end; p++ {
		if c := l.text[p]; !isLetter(c) && c < 0x80 && (c < '0' || c > '9') && c != '[' && c != ':' {
			continue
		}
		if p > 0 && isTokenByte(l.text[p-1]) {
			continue
		}
		x := r.lead(line{text: l.text[p:min(len(l.text), end+maxSeam)]})
		if p+x.begin == end && (p == 0 || x.name != "" || x.subject != "" || r.markCounts(l.text[:p], l.text[p:end], x)) {
			if !hasWord(l.text[from:p]) && from == 0 {
				return end // the row begins with the line
			}
			return p
		}
	}
	return end
}

// markCounts tells whether a mark in the middle of a line is one: it begins a clause, or is an icon, or has a dash.
// "Is that OK: " asks, and "it is OK - " answers.
func (r *reader) markCounts(before, mark string, x result) bool {
	before = strings.TrimRight(before, " ")
	if before == "" {
		return true
	}
	if c := before[len(before)-1]; !isTokenByte(c) || c == '.' || c == ':' {
		return true
	}
	if r.isIcon(strings.TrimRightFunc(mark, isSeparator)) {
		return true
	}
	return x.strong && x.status != report.OK
}

// known makes a finding of each sentence that the vocabulary found in a line.
func (r *reader) known(x result, matches []report.Match) {
	if r.explains(x, matches) {
		return
	}
	if p := r.pending; p.name != "" && (x.name != "" || p.whole && p.name != matches[0].Test) {
		r.flush() // another row
	}
	r.takeBehind(&x, matches)
	behind := x.begin
	for i, m := range matches {
		before := x.text[behind:m.Start]
		first := i == 0 && !hasWord(before)
		row := first && (x.name != "" || x.subject != "" || x.status != "" || r.pending != (pending{}))
		if !first {
			r.leftover(x.line, behind, m.Start)
		}
		behind = m.End
		if r.about(m) || !row && r.inProse(x.text, m) {
			continue
		}
		f := report.Finding{Line: x.number(m.Start), Rule: m.Rule, Status: m.Status, Test: m.Test, Subject: x.subject,
			Values: m.Values, Wording: m.Wording, Reporter: m.Reporter}
		start := m.Start
		if first {
			start = r.complete(&f, x, start)
		}
		f.Text = x.text[start:m.End]
		host, address := "", ""
		if i == 0 && r.isMail(area(m.Rule)) {
			host, address = r.ownNames(x.text[:m.Start])
		}
		if host != "" && f.Subject == "" {
			f.Subject = host
			r.aim(report.HostName, host)
		}
		if x.subject != "" && len(matches) == 1 {
			f.Text = x.text
		}
		if x.subject != "" && first {
			r.aim(r.kindOf(cmp.Or(x.category, area(m.Rule))), x.subject)
		}
		r.talking = !row
		r.emit(f, x.category)
		r.talking = false
		if !row {
			r.results++
		}
		r.narrow(address)
	}
	r.pending = pending{}
	r.leftover(x.line, behind, len(x.text))
}

// takeBehind reads the cells behind a sentence in a table whose columns stand in another order.
func (r *reader) takeBehind(x *result, matches []report.Match) {
	behind := x.text[matches[len(matches)-1].End:]
	if len(matches) > 1 || strings.IndexByte(behind, '\t') < 0 {
		return
	}
	for _, cell := range cells(behind) {
		if status, length, ok := r.v.StatusWord(cell); ok && length == len(cell) && x.status == "" {
			x.status = status
		}
		if name, length, ok := r.v.TestName(cell); ok && length == len(cell) && x.name == "" {
			x.name = name
		}
	}
}

// about opens a block where a line tells what the rows below it are about. Such a line is no finding.
func (r *reader) about(m report.Match) bool {
	if m.Rule != "" || m.Status != report.Info {
		return false
	}
	name := normalName(cmp.Or(m.Values["address"].Text, m.Values["host"].Text))
	category := strings.ToLower(m.Test)
	if b := r.block(); name != "" && (b.command != category || b.subject != name) {
		r.begin(category, name)
	}
	return true
}

// inProse tells whether a sentence is quoted by prose that denies it. A sentence that fills its line is a row.
func (r *reader) inProse(text string, m report.Match) bool {
	before, behind := text[:m.Start], text[m.End:]
	if !hasWord(before) && !hasWord(behind) && !strings.ContainsAny(before, `"'“„«`) {
		return false
	}
	if !hasWord(before) && r.above != "" {
		before = r.above + " " + before
	}
	if next, ok := r.peek(0); !hasWord(behind) && ok {
		behind += " " + next.text
	}
	return denied(before, behind)
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

// explains reads a sentence that repeats, as an explanation, what the row above says: it adds values, and is no
// second row.
func (r *reader) explains(x result, matches []report.Match) bool {
	if r.last == none || len(matches) != 1 || r.findings[r.last].Rule != matches[0].Rule || r.pending != (pending{}) {
		return false
	}
	values, ok := r.v.Detail(x.text)
	if ok {
		r.addDetail(values)
	}
	return ok
}

// leftover looks at what stands before, between or behind the known sentences of a line: a marked row that nobody
// knows, or a detail of the row before it.
func (r *reader) leftover(l line, from, to int) {
	s := strings.TrimSpace(l.text[from:to])
	if s == "" {
		return
	}
	status, strong, length := r.mark(s)
	if strong && hasLetter(s[length:]) && (to == len(l.text) || strings.ContainsAny(s[len(s)-1:], ".!")) {
		r.emit(report.Finding{Line: l.number(from), Status: status, Text: s}, "")
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
	said, table := x.rest(), r.block().table
	if name, mark, ok := r.strangeTest(x); ok {
		r.flush()
		r.emit(report.Finding{Line: x.n, Text: x.text, Test: name, Status: mark}, "")
		return
	}
	switch {
	case x.name != "" && x.status != "" && !hasLetter(said):
		r.expectResult(x) // a number, such as how long a block list took to answer
	case x.subject != "",
		x.strong && !x.loose && hasLetter(said) && (table || !x.cell && !spoken(said)),
		x.name != "" && x.status != "" && (!x.loose || x.apart || x.colon) && hasLetter(said),
		x.name != "" && (x.apart || x.colon) && table && resultLike(said),
		x.name == "" && r.pending.icon && wordy(said) && (r.pending.name+r.pending.cell != "" || r.block().columns == 1),
		x.name == "" && r.pending.name != "" && !r.pending.whole && (x.status != "" || table) && resultLike(said):
		r.emitUnknown(x, x.status)
	case x.name == "" && r.pending.icon && wordy(x.text):
		r.pending.cell, r.pending.line = foldSpace(x.text), x.n
	default:
		r.flush()
		r.last = none // prose stands between
	}
}

// wordy tells the name or result of a check from the other cells that stand behind an icon: times, numbers, host names.
func wordy(s string) bool {
	if !hasLetter(s) || s[0] >= '0' && s[0] <= '9' {
		return false
	}
	return strings.ContainsAny(s, " \t") || !strings.ContainsAny(s, ".:") && s != strings.ToUpper(s)
}

// strangeTest reads the row of a test that nobody knows: behind its name stands a marked result, in a cell of its
// own, or on the same line if the name begins as a reporter's test names do, with a category.
func (r *reader) strangeTest(x result) (name string, status report.Status, ok bool) {
	if x.name != "" || x.subject != "" || x.begin > 0 {
		return "", "", false
	}
	if end, next := cellEnd(x.text); next < len(x.text) && end <= longestName {
		second, _ := cellEnd(x.text[next:])
		cell := x.text[next : next+second]
		if status, strong, length := r.mark(cell); strong && hasLetter(cell[length:]) {
			return x.text[:end], status, true
		}
	}
	first, _ := nextWord(x.text)
	if !r.isCategory(first) {
		return "", "", false
	}
	for i := 0; i < min(len(x.text), longestName); i++ {
		if i > 0 && x.text[i-1] != ' ' {
			continue
		}
		if c := x.text[i]; c < 'A' || c > 'Z' {
			break // names of tests are written with capitals, prose is not
		}
		if i <= len(first)+1 {
			continue // a category alone is no name: monitoring systems begin their lines so
		}
		if status, strong, length := r.mark(x.text[i:]); strong && hasLetter(x.text[i+length:]) {
			return strings.TrimSpace(x.text[:i]), status, true
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
	values, ok := r.v.Detail(x.text)
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
	f := report.Finding{Line: x.number(x.begin), Text: x.text, Subject: x.subject,
		Test: cmp.Or(x.name, r.pending.name, r.pending.cell)}
	if x.name != "" && r.pending.name+r.pending.cell != "" {
		r.flush() // another row
	}
	m, _ := r.v.Named(f.Test)
	// The name of a test alone does not tell whether its result was good or bad.
	f.Rule, f.Status, f.Values, f.Reporter = m.Rule, cmp.Or(status, r.pending.status, report.Unknown), m.Values, m.Reporter
	r.pending = pending{}
	if x.subject != "" {
		r.aim(r.kindOf(cmp.Or(x.category, area(m.Rule))), x.subject)
	}
	r.emit(f, x.category)
}

// flush ends a row that stands one cell a line. What a mark and a name or an icon began is a row even if its result
// is missing.
func (r *reader) flush() {
	p := r.pending
	r.pending = pending{}
	switch {
	case p.name != "" && p.status != "":
		m, _ := r.v.Named(p.name)
		r.emit(report.Finding{Line: p.line, Rule: m.Rule, Status: p.status, Test: p.name, Text: p.name, Values: m.Values,
			Reporter: m.Reporter}, "")
	case p.icon && p.cell != "":
		r.emit(report.Finding{Line: p.line, Status: p.status, Text: p.cell}, "")
	}
}
