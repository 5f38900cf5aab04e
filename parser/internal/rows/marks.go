package rows

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
)

// Marks: the words, icons and symbols that show the status of a row.

// markAt reads a symbol, the text of an icon, or a status word that fills what is left of its segment or stands in front of a name.
func (r *reader) markAt(text string, at, end int) (piece, bool) {
	if status, length, ok := scan.Symbol(text[at:end]); ok {
		return piece{kind: mark, from: at, to: at + length, status: status, icon: true, symbol: true}, true
	}
	rest := text[at:end]
	status, length, ok := r.v.StatusWord(rest)
	if ok && spokenOf(text[at+length:]) {
		return piece{}, false
	}
	if ok {
		length = len(strings.TrimRight(rest[:length], " \t"))
		p := piece{kind: mark, from: at, to: at + length, status: status, icon: r.isIcon(rest[:length])}
		// In front of a sentence a status word may have lost its dash, as in text that was read off a picture.
		lost := r.next > p.to && strings.TrimLeft(text[p.to:r.next], " ") == "" && hasCapital(text[r.next:])
		return p, p.icon || lost || markEnds(text, p.to) || r.behindName(at)
	}
	if p, ok := r.statusAt(text, at, end); ok {
		return p, true
	}
	if rest[0] < 'A' || rest[0] > 'Z' {
		return piece{}, false
	}
	word, behind := scan.Word(rest)
	if len(word) > scan.MaxMark {
		return piece{}, false
	}
	if status, length, ok = r.v.StatusWord(word); !ok || length < len(word) {
		return piece{}, false
	}
	// A mark that lost its dash marks what is known and nothing else.
	if _, named, ok := r.v.TestName(behind); ok && (named >= len(behind) || edgeBehind(text, end-len(behind)+named) > joined) {
		return piece{kind: mark, from: at, to: at + len(word), status: status}, true
	}
	return piece{}, false
}

// spokenOf tells whether a quotation mark ends what stands in front of a text, and a clause goes on behind it: somebody speaks of a word.
func spokenOf(behind string) bool {
	rest := strings.TrimLeft(behind, " \u00a0\u202f")
	c, size := utf8.DecodeRuneInString(rest)
	if !strings.ContainsRune("»”“\"’«", c) {
		return false
	}
	next, _ := utf8.DecodeRuneInString(strings.TrimLeft(rest[size:], " "))
	return strings.HasPrefix(rest[size:], " ") && unicode.IsLower(next)
}

// markEnds tells whether a status word is followed by what may follow it: a dash, a colon, a bar, or nothing. In a list of words, or
// in front of a remark in brackets, it is a word of somebody.
func markEnds(text string, at int) bool {
	rest := scan.TrimLeft(text[at:])
	c, _ := utf8.DecodeRuneInString(rest)
	return rest == "" || c != '(' && edgeBehind(text, at) >= apart
}

// behindName tells whether the name of a test is the last that stands in front of a place: whatever follows, a mark there is its result.
func (r *reader) behindName(at int) bool {
	n := len(r.parts)
	return n > 0 && r.parts[n-1].kind == name && r.parts[n-1].right >= apart && r.parts[n-1].to <= at
}

// statusAt reads a status in the words of every day, if it fills its segment and stands beside the name of a test: behind it, or in front of it
// as a mark in a list. Words that lead to a list of faults lead to the name too if only a colon stands between.
func (r *reader) statusAt(text string, at, end int) (piece, bool) {
	status, ok := speech.Status(strings.TrimRight(text[at:end], " \t"))
	if !ok || edgeBefore(text, at) < apart || edgeBehind(text, end) < apart {
		return piece{}, false
	}
	p := piece{kind: mark, from: at, to: end, status: status}
	if r.behindName(at) {
		return p, true
	}
	behind := strings.TrimLeft(text[end:], " \t|:–—-→*_")
	if between := text[end : len(text)-len(behind)]; len(between) > maxEdge || strings.Contains(between, ":") && speech.FrameIn(text[at:end]) {
		return piece{}, false
	}
	_, _, ok = r.v.TestName(behind)
	return p, ok
}

// markAtEnd reads a status word or the text of an icon that ends a segment: behind a name that nobody knows, behind the word by which a
// program that reads aloud calls a picture, or in front of a dash.
func (r *reader) markAtEnd(text string, at, end int) (piece, bool) {
	k := lastBlank(text[at:end])
	if k < 0 {
		return piece{}, false
	}
	// The text of an icon is two words: "Warning Icon".
	if two := at + lastBlank(text[at:at+k]) + 1; end-two <= scan.MaxMark && text[two] >= 'A' && text[two] <= 'Z' {
		if status, length, ok := r.v.StatusWord(text[two:end]); ok && length == end-two && r.isIcon(text[two:end]) {
			return piece{kind: mark, from: two, to: end, status: status, icon: true}, true
		}
	}
	from := at + k + 1
	if word := text[from:end]; word == "" || word[0] < 'A' || word[0] > 'Z' || len(word) > scan.MaxMark {
		return piece{}, false
	}
	status, length, ok := r.v.StatusWord(text[from:end])
	// "Is that OK: " asks, and "it is OK - " answers.
	if !ok || length < end-from || !status.Bad() || !markEnds(text, end) {
		return piece{}, false
	}
	return piece{kind: mark, from: from, to: end, status: status}, true
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
		r.icons[strings.Clone(s)] = is
	}
	return is
}
