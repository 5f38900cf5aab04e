package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// Marks: the status words, icons and symbols that stand in front of a row or in a cell of it.

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
	_, _, isSymbol := scan.Symbol(rest)
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
	if end, next := scan.CellEnd(s[:min(len(s), scan.MaxMark)]); next > end && next < len(s) {
		if status, length, ok := r.v.StatusWord(s[:end]); ok && length == end {
			return status, true, len(s) - len(scan.TrimLeft(s[end:]))
		}
	}
	return "", false, 0
}

// looseMark reads a status symbol, or a status word that lost its dash. Both are common in prose too, so the word
// must have a known sentence or the whole name of a test behind it.
func (r *reader) looseMark(s string) (report.Status, int) {
	if status, length, ok := scan.Symbol(s); ok {
		return status, len(s) - len(strings.TrimLeftFunc(s[length:], scan.IsSpaceOrDash))
	}
	if s == "" || s[0] < 'A' || s[0] > 'Z' {
		return "", 0
	}
	word, rest := scan.Word(s)
	if rest == "" || len(word) > scan.MaxMark {
		return "", 0
	}
	status, length, ok := r.v.StatusWord(word)
	if !ok || length < len(word) {
		return "", 0
	}
	context := report.Context{Category: r.block().command}
	if name, length, ok := r.v.TestName(rest); ok {
		behind := scan.TrimLeft(rest[length:])
		if context.Test = name; !scan.HasLetter(behind) {
			return status, len(s) - len(rest)
		}
		if matches := Find(r.v, behind, context); len(matches) > 0 && matches[0].Start == 0 {
			return status, len(s) - len(rest)
		}
	}
	if matches := Find(r.v, rest, context); len(matches) > 0 && matches[0].Start == 0 && rest[0] <= 'Z' {
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
