package speech

import (
	"strings"
	"unicode/utf8"

	"mxverdict/parser/report"
)

// Frames in the words of every day (frame_words.go).

// framed is what is read of a line, clause by clause.
type framed struct {
	faults, good int  // how many words say so
	says         bool // a tool says something, up to the end
	found        bool
	strangers    int  // words that no frame needs
	behind       int  // of them, behind the last word for faults
	counted      bool // a number or "following" stands in front
	blocked      bool // the clause says that no list follows
	open         bool // a mark ends the line that parts it from what follows
}

// How long a frame may be, in bytes.
const (
	longestFrame  = 160
	longestClosed = 80 // without a colon
)

// Frame tells whether a line introduces faults or good results.
func Frame(line string) (report.Status, bool) {
	is := framed{open: opens(line)}
	if len(line) > longestFrame || len(line) > longestClosed && !is.open || strings.HasSuffix(line, "?") ||
		!frameKeys().in(line) || isCode(line) {
		return "", false
	}
	f := ofFrames()
	var room [96]token
	text := f.tokens(room[:0], f.withoutSource(line), false)
	for at := 0; at < len(text); {
		at = f.read(&is, text, at)
	}
	return is.status()
}

// withoutSource takes off what stands in brackets at the end of a line if it only names something: "Failed checks (MXToolbox)".
func (f *framing) withoutSource(line string) string {
	const most = 5 // words
	t := strings.TrimRight(line, " :：*_`")
	inside, closed := strings.CutSuffix(strings.TrimSuffix(t, "）"), ")")
	closed = closed || strings.HasSuffix(t, "）")
	at := strings.LastIndexAny(inside, "(（")
	if at < 1 || !closed {
		return line
	}
	var room [16]token
	_, size := utf8.DecodeRuneInString(inside[at:])
	words := f.tokens(room[:0], inside[at+size:], false)
	if len(words) > most+1 {
		return line
	}
	named := false
	for i := 1; i < len(words); i++ {
		_, means := f.match(&f.lexicon, words, i, 0)
		if means != 0 && means != fits && means != naming || words[i] == zero || words[i] == end {
			return line
		}
		named = named || words[i] == other
	}
	if !named {
		return line // how many there are
	}
	return t[:at] + line[len(t):]
}

// isCode tells whether a line is of JSON or of a program, whose keys are no words of people.
func isCode(line string) bool { return strings.ContainsAny(line, "{}") || strings.Contains(line, `":`) }

// opens tells whether a line ends with a mark that parts it from what follows.
func opens(line string) bool {
	last, _ := utf8.DecodeLastRuneInString(strings.TrimRight(line, " *_`"))
	return strings.ContainsRune(":：-–—=>→", last)
}

// status decides about a line. Without a colon it must say little else.
func (is *framed) status() (report.Status, bool) {
	const most = 12 // words of a line that leads to a list
	switch {
	case is.blocked, is.faults > 0 && is.good > 0, is.strangers > most:
		return "", false
	case is.good > 0 && is.strangers == 0:
		return report.OK, true
	case is.good > 0:
		return "", false
	case is.faults > 0:
		return "", is.strangers == 0 || is.open && (is.behind == 0 || is.found && is.strangers <= most/2) || (is.found || is.counted) && is.strangers <= 1
	}
	return "", is.says && is.open && is.strangers <= 3
}

// read reads the phrase at a token and returns where it ends.
func (f *framing) read(is *framed, text []token, at int) int {
	to, means := f.match(&f.lexicon, text, at, 0)
	t := text[at]
	if to <= at {
		to = at + 1
	}
	switch means {
	case faults, fault:
		if zeroAt(text, at-1) || zeroAt(text, to) {
			break
		}
		if means == faults || is.counted || is.found || to < len(text) && countAt(text, to) {
			is.faults, is.behind = is.faults+1, 0
		} else {
			is.stranger()
		}
	case following:
		is.counted = true
	case good:
		is.good++
	case says:
		is.says = true
	case found:
		is.found = true
	case naming:
		to = namedAt(text, to)
	case unframed:
		is.blocked = true
	case fits:
	default:
		switch t {
		case end, comma:
			is.blocked, is.says, is.counted = false, false, false
		case number:
			is.counted = true
		case zero, begin, parts:
		default:
			is.stranger()
		}
	}
	return to
}

func (is *framed) stranger() {
	is.strangers, is.behind, is.counted = is.strangers+1, is.behind+1, false
}

// namedAt passes over the few words of a name.
func namedAt(text []token, at int) int {
	for n := 0; n < 2 && at < len(text) && (text[at] == other || text[at] == number); n++ {
		at++
	}
	return at
}

// zeroAt tells whether "0" stands at a token, or behind a mark that stands there.
func zeroAt(text []token, at int) bool {
	return at >= 0 && at < len(text) && (text[at] == zero || text[at] == parts && at+1 < len(text) && text[at+1] == zero)
}

// countAt tells the same of any other number.
func countAt(text []token, at int) bool {
	return text[at] == number || text[at] == parts && at+1 < len(text) && text[at+1] == number
}

// FrameIn tells whether somebody says in a clause of a text that there are faults.
func FrameIn(text string) bool {
	if len(text) > 4*longestFrame {
		return false
	}
	f := ofFrames()
	var room [96]token
	words := f.tokens(room[:0], text, false)
	var is framed
	for at := 0; at < len(words); {
		if (words[at] == end || words[at] == comma) && is.tells() {
			return true
		}
		if words[at] == end || words[at] == comma {
			is = framed{}
		}
		at = f.read(&is, words, at)
	}
	return is.tells()
}

// tells tells whether a clause speaks of faults that are there.
func (is *framed) tells() bool {
	return !is.blocked && is.good == 0 && (is.faults > 0 || is.says)
}
