package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/report"
)

const (
	// maxLine bounds what is looked at as one line; the rest of a longer one is read as if it were the next.
	maxLine = 64 << 10
	// maxRowLines is how many lines of markup may make up one row of a table.
	maxRowLines = 24
	// maxSeam is how much on each side of a line end is searched for a sentence that was cut there.
	maxSeam = 300
	// maxSeams is how many lines of the source are joined while each goes on in the next.
	maxSeams = 8
	// maxWraps is how many line ends may cut one sentence: three in the narrow column of a telephone's picture.
	maxWraps = 3
	// narrow is the length below which a line may be that of a narrow column.
	narrow = 32
)

// line is a line of the document without its decoration. Several lines of the source may make up one.
type line struct {
	n      int // its number in the source
	text   string
	quoted bool   // it stands in quoted mail
	seams  []seam // where the further lines of the source begin in it
}

type seam struct{ at, n int }

// number returns the number of the source line from which a byte of the text came.
func (l line) number(at int) int {
	n := l.n
	for _, s := range l.seams {
		if at >= s.at {
			n = s.n
		}
	}
	return n
}

// part returns a piece of the line as a line.
func (l line) part(from, to int) line {
	p := line{n: l.number(from), text: l.text[from:to], quoted: l.quoted}
	for _, s := range l.seams {
		if s.at > from && s.at < to {
			p.seams = append(p.seams, seam{s.at - from, s.n})
		}
	}
	return p
}

// joined returns the line with a further line of the source.
func (l line) joined(more line) line {
	text, soft := softEnd(l.text)
	if !soft {
		text += " "
	}
	seams := append(l.seams[:len(l.seams):len(l.seams)], seam{len(text), more.n})
	for _, s := range more.seams {
		seams = append(seams, seam{len(text) + s.at, s.n})
	}
	return line{n: l.n, text: text + more.text, quoted: l.quoted, seams: seams}
}

// source hands out the lines of a document and lets the reader look ahead.
type source struct {
	document string
	ends     string // the bytes that end its lines
	rest     string // of a line of unreasonable length
	n        int    // number of the line that was cut off last
	ahead    []line
	taken    int // how many of them were taken
}

// next takes the next line. The text of an empty one is "".
func (r *reader) next() (line, bool) {
	l, ok := r.peek(0)
	if !ok {
		return line{}, false
	}
	if r.taken++; r.taken == len(r.ahead) {
		r.ahead, r.taken = r.ahead[:0], 0
	}
	return l, true
}

// peek looks at a line that has not been taken yet.
func (r *reader) peek(k int) (line, bool) {
	for len(r.ahead)-r.taken <= k {
		if !r.fill() {
			return line{}, false
		}
	}
	return r.ahead[r.taken+k], true
}

// fill reads lines of the source until one line or more are ready; markup can hide several lines in one, or be
// nothing but decoration. It tells whether any was found.
func (r *reader) fill() bool {
	for {
		raw, ok := r.cut()
		if !ok {
			return false
		}
		text, marked := tidy(raw)
		text, quoted := unquote(text)
		l := line{n: r.n, text: text, quoted: quoted}
		if text == "" {
			r.ahead = append(r.ahead, l)
			return true
		}
		if marked {
			l = r.markedRow(l)
		}
		if r.split(l) {
			return true
		}
	}
}

// markedRow takes the markup off a line, and joins the lines over which markup spreads a row of a table.
func (r *reader) markedRow(l line) line {
	text := l.text
	l.text = r.unmark(text)
	if strings.IndexByte(text, '<') < 0 && strings.IndexByte(text, '[') < 0 {
		return l
	}
	for k := 0; k < maxRowLines && endsInRow(text) && r.document != ""; k++ {
		raw, _ := r.cut()
		text, _ = tidy(raw)
		text, _ = unquote(text)
		l = l.joined(line{n: r.n, text: strings.ReplaceAll(r.unmark(text), "\n\t", "\t")})
		if !endsRow(text) {
			text = "<tr>" // still within the row
		}
	}
	return l
}

// cut takes the next line off the document, or the next piece of a line of unreasonable length.
func (r *reader) cut() (string, bool) {
	text := r.rest
	if text == "" {
		if r.document == "" {
			return "", false
		}
		text, r.document = nextLine(r.document, r.ends)
		r.n++
		if len(text) > maxLine {
			r.notices = append(r.notices,
				fmt.Sprintf("line %d is longer than %d KiB and was read in pieces", r.n, maxLine>>10))
		}
	}
	r.rest = ""
	if len(text) <= maxLine {
		return text, true
	}
	at := strings.LastIndexByte(text[:maxLine], ' ')
	if at < maxLine/2 {
		for at = maxLine; !utf8.RuneStart(text[at]); at-- {
		}
	}
	r.rest = text[at:]
	return text[:at], true
}

// sourceOf makes a source of a document. A carriage return alone ends a line too: old systems wrote so. Most documents
// have none, and to look for one byte is much faster than to look for either of two.
func sourceOf(document string) source {
	ends := "\n"
	if strings.IndexByte(document, '\r') >= 0 {
		ends = "\r\n"
	}
	return source{document: document, ends: ends}
}

// nextLine cuts a line off.
func nextLine(document, ends string) (line, rest string) {
	end := strings.IndexAny(document, ends)
	if end < 0 {
		return document, ""
	}
	line, rest = document[:end], document[end+1:]
	if document[end] == '\r' {
		rest = strings.TrimPrefix(rest, "\n")
	}
	return line, rest
}

// endsInRow tells whether a row of a table in markup begins on a line and does not end there.
func endsInRow(text string) bool {
	begins := lastTag(text, "<tr", "[tr]")
	return begins >= 0 && begins > lastTag(text, "</tr", "[/tr]")
}

func endsRow(text string) bool {
	return lastTag(text, "</tr", "[/tr]") >= 0 || lastTag(text, "</table", "[/table]") >= 0
}

func lastTag(text, html, board string) int {
	for i := len(text) - 1; i >= 0; i-- {
		if c := text[i]; c == '<' && hasPrefixFold(text[i:], html) || c == '[' && hasPrefixFold(text[i:], board) {
			return i
		}
	}
	return -1
}

// split parts a line where markup ends rows and takes the decoration off. It tells whether anything is left: lines
// that hold nothing but decoration, such as the rule below the head of a table, are not even empty lines.
func (r *reader) split(l line) bool {
	any := false
	for start := 0; start <= len(l.text); {
		end := len(l.text)
		if k := strings.IndexByte(l.text[start:], '\n'); k >= 0 {
			end = start + k
		}
		text := l.text[start:end]
		text = tabs(text)
		bare := undecorate(trimLeft(text))
		from := min(start+len(text)-len(bare), end)
		if bare = trimRight(bare); bare == "" {
			start = end + 1
			continue
		}
		part := l.part(from, end)
		part.text, start = bare, end+1
		if len(part.seams) == 0 {
			part.text = r.unglue(part.text)
		}
		r.ahead = append(r.ahead, part)
		any = true
	}
	return any
}

// tabs puts a tab where bars, or the semicolons or quotation marks of an export, part cells.
func tabs(text string) string {
	if strings.IndexByte(text, '|') >= 0 {
		text = strings.ReplaceAll(text, "|", "\t")
	}
	if strings.IndexByte(text, ';') >= 0 && strings.Count(text, ";") > 1 && !strings.Contains(text, "; ") {
		text = strings.ReplaceAll(text, ";", "\t")
	}
	if strings.IndexByte(text, '"') >= 0 && strings.Contains(text, `","`) {
		text = strings.Trim(strings.ReplaceAll(text, `","`, "\t"), `"`)
	}
	return text
}

// unglue parts what lost the blank between two cells, as text read off a picture does: a word in the middle of which
// a status word, a test's name or a sentence begins with its capital letter.
func (r *reader) unglue(text string) string {
	const most = 64                                              // places of a line that are looked at
	for i, tried := len(text)-1, 0; i > 0 && tried < most; i-- { // from the end: what is parted there ends words here
		c, before := text[i], text[i-1]
		if c >= 'a' && c <= 'z' || c == ' ' {
			continue // the common case
		}
		number := c >= '0' && c <= '9' && isLetter(before) && isNumber(text[i:])
		if !number && (c < 'A' || c > 'Z' || !isLetter(before) && before != '.' && before != '!') {
			continue
		}
		tried++
		joint := before < 'A' || before > 'Z' || i+1 < len(text) && text[i+1] >= 'a' && text[i+1] <= 'z'
		if r.joined(text, i, joint) {
			text = text[:i] + "\t" + text[i:]
		}
	}
	return text
}

// isNumber tells whether the first word of a text is a number.
func isNumber(text string) bool {
	word, rest := nextWord(text[:min(len(text), maxMark)])
	return rest != "" && strings.Trim(word, "0123456789.,") == ""
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// joined tells whether something begins in the middle of a word: a mark, or where capital and small letters show a
// joint, a test's name, a detail or a sentence. Between capitals ("TLSOK - ") only the name in front shows that the
// word ends.
func (r *reader) joined(text string, at int, joint bool) bool {
	const longestStart = 128 // of a mark or name
	start := text[at:min(len(text), at+longestStart)]
	if _, length, ok := r.v.StatusWord(start); ok && length < len(start) {
		if joint {
			return true
		}
		_, length, ok := r.v.TestName(text[max(0, at-longestName):at])
		return ok && length == min(at, longestName)
	}
	if !joint {
		return false
	}
	if _, _, ok := r.v.TestName(start); ok {
		return true
	}
	if _, ok := r.v.Detail(start); ok {
		return true
	}
	matches := r.v.Find(text[at:min(len(text), at+maxSeam)], report.Context{})
	return len(matches) > 0 && matches[0].Start == 0
}

// unwrap joins a line to the ones below it if a sentence goes on there: mail programs and narrow columns cut it. from
// is where its sentences may begin, known are those that it holds by itself.
func (r *reader) unwrap(l line, from int, known []report.Match, context report.Context) (line, bool) {
	if strings.IndexByte(".!?", l.text[len(l.text)-1]) >= 0 || len(l.seams) > maxSeams {
		return l, false
	}
	cut := max(from, len(l.text)-maxSeam)
	for cut > from && l.text[cut-1] != ' ' {
		cut--
	}
	text, goesDown := l.text[cut:], false
	for k := range maxWraps {
		more, ok := r.peek(k)
		if !ok || more.text == "" || r.startsRow(more.text) {
			return l, false
		}
		goesDown = goesDown || more.text[0] >= 'a' && more.text[0] <= 'z'
		if k > 0 && (len(l.text)-from > narrow || len(more.text) > narrow || !goesDown) {
			return l, false // no narrow column; the cells of a table begin with capitals
		}
		edge := len(text)
		if body, soft := softEnd(text); soft {
			text, edge = body+more.text, len(body)-1
		} else {
			text += " " + more.text
		}
		if r.goesOn(text[:min(len(text), edge+maxSeam)], cut, edge, known, context) {
			for range k + 1 {
				next, _ := r.next()
				l = l.joined(next)
			}
			return l, true
		}
	}
	return l, false
}

// startsRow tells cheaply that a line is no continuation: it begins with a mark or a test's name, or belongs to a
// transcript.
func (r *reader) startsRow(text string) bool {
	if _, _, ok := r.v.StatusWord(text); ok {
		return true
	}
	if _, _, ok := r.v.TestName(text); ok {
		return true
	}
	kind, _, _ := r.readTranscript(text)
	return kind != noTranscript
}

// softEnd takes the soft line end of quoted-printable off (RFC 2045 section 6.7).
func softEnd(text string) (string, bool) { return strings.CutSuffix(text, "=") }

// goesOn tells whether a sentence, or the detail of the row above, reaches across the edge between two lines. One
// that the upper line holds by itself does not: its last word may be a name of any length.
func (r *reader) goesOn(text string, offset, edge int, known []report.Match, context report.Context) bool {
	for _, m := range r.v.Find(text, context) {
		alone := func(k report.Match) bool { return k.Start == m.Start+offset }
		if m.Start < edge && m.End > edge+1 && !slices.ContainsFunc(known, alone) {
			return true
		}
	}
	if next := text[edge+1]; r.last == none || next >= 'A' && next <= 'Z' {
		return false
	}
	whole, _ := r.v.Detail(text)
	upper, _ := r.v.Detail(text[:edge])
	return len(whole) > len(upper) && len(upper) > 0
}

// isSpaceOrDash tells what may stand between a test's name and its result, isSeparator what may stand behind a mark.
func isSpaceOrDash(c rune) bool { return unicode.IsSpace(c) || unicode.Is(unicode.Pd, c) }
func isSeparator(c rune) bool   { return isSpaceOrDash(c) || c == ':' }
