package rows

import (
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// Frames: words that say what the names of tests below them, or beside them, are: faults, or what was found to be right.

// frame is what such words say. A name alone asserts nothing; in a frame of faults it stands for its usual warning.
type frame struct {
	on     bool
	status report.Status // OK where the words say that all is well; "" where they say that faults follow
}

// framed reads a line that says what the rows below it are.
func (r *reader) framed(text string) bool {
	if r.pending.name != "" && r.blanks == 0 && !strings.ContainsAny(text, " :") {
		return false // one word directly below a name is its result
	}
	// A sentence of the reporter is a row, whatever its words say. The row that is read next asks for the same sentences.
	if r.hasSentence(r.context("")) {
		return false
	}
	status, ok := r.frameOf(text)
	if !ok {
		return false
	}
	r.flush()
	r.last = none
	r.frame = frame{true, status}
	return true
}

// aimInFrame opens a block below a frame that tells the look-up: "problems with dns:example.com".
func (r *reader) aimInFrame(text string) {
	for _, p := range r.pieces(text, report.Context{}) {
		if p.kind == host && p.under != "" {
			r.begin(p.under, p.said)
			r.aimFrom(inCommand, r.kindOf(p.under), p.said)
			return
		}
	}
}

// frameOf tells whether the line that is being read introduces rows. The reporter's own words are asked before those of everybody. Of a table it
// is the title of the first column.
func (r *reader) frameOf(text string) (report.Status, bool) {
	f := r.facts
	if f.framed {
		return f.frame.status, f.frame.on
	}
	f.framed = true
	if title, _, table := strings.Cut(text, "\t"); table && strings.Contains(title, " ") {
		text = title
	}
	f.frame = frame{on: r.v.Frame(text)}
	if _, length, mark := r.v.StatusWord(text); !f.frame.on && !(mark && length == len(text) && r.isIcon(text)) {
		f.frame.status, f.frame.on = speech.Frame(text) // the text of an icon stands beside each row: it leads to none
	}
	return f.frame.status, f.frame.on
}

// isRemark tells whether words behind the name of a test, in a frame of faults, are what somebody says of the fault: whom he asked to mend it, and
// when, or that it is over.
func (r *reader) isRemark(text string, d *draft, p *piece) (is, over bool) {
	if !r.frame.on || r.frame.status != "" || d.name == "" || d.status != "" || d.said != "" || d.match != nil || p.left < apart || p.left == enclosed {
		return false, false
	}
	said := text[p.from:min(len(text), p.from+scan.MaxSentence)]
	if p.left == ownCell && (r.tabular || r.block().table) {
		return false, false // a result that nobody knows
	}
	return true, r.isGood(said) || speech.Denied("", said) || speech.Denied("", "- "+said)
}

// isGood tells whether a remark begins with a word for a good result: "ok again".
func (r *reader) isGood(said string) bool {
	word, _ := scan.Word(said)
	word = trimmed(word)
	if status, ok := speech.Status(word); ok {
		return status == report.OK
	}
	status, length, ok := r.v.StatusWord(word)
	return ok && length == len(word) && status == report.OK
}

// headedInFrame reads a name with a line of its own in a frame of faults, with the name of a test on the line below: the faults are those of its
// owner.
func (r *reader) headedInFrame(l Line) bool {
	if !r.frame.on || r.frame.status != "" || r.block().command != "" || strings.IndexByte(l.Text, '.') < 0 || !r.aboveTest() {
		return false
	}
	word := strings.TrimRight(l.Text, ":")
	kind := report.HostName
	name := r.named(word)
	if name == "" {
		return false
	}
	if isDomain(name) {
		kind = report.DomainName
	}
	frame := r.frame
	r.headed(kind, name)
	r.last, r.frame = none, frame
	return true
}

// aboveTest tells whether the line below begins with the name of a test.
func (r *reader) aboveTest() bool {
	next, ok := r.lines.Peek(0)
	if !ok {
		return false
	}
	_, _, test := r.v.TestName(next.Text)
	return test
}

// statusIn is the status of a bare name whose usual one is given.
func (f frame) statusIn(usual report.Status) report.Status {
	if f.status == report.OK {
		return report.OK
	}
	return usual
}
