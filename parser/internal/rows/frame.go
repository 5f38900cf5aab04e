package rows

import (
	"strings"

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
	if r.find(text, r.context("")); len(r.sentences.matches) > 0 {
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

// frameOf asks the reporter's own words before those of everybody. Of a table it is the title of the first column.
func (r *reader) frameOf(text string) (report.Status, bool) {
	if title, _, table := strings.Cut(text, "\t"); table && strings.Contains(title, " ") {
		text = title
	}
	const longest, most = 32, 64 // of the texts whose answers are kept: the same few marks and titles stand on line after line
	if known, asked := r.frames[text]; asked {
		return known.status, known.on
	}
	is := frame{on: r.v.Frame(text)}
	if _, length, mark := r.v.StatusWord(text); !is.on && !(mark && length == len(text) && r.isIcon(text)) {
		is.status, is.on = speech.Frame(text) // the text of an icon stands beside each row: it leads to none
	}
	if len(text) <= longest && len(r.frames) < most {
		r.frames[strings.Clone(text)] = is
	}
	return is.status, is.on
}

// statusIn is the status of a bare name whose usual one is given.
func (f frame) statusIn(usual report.Status) report.Status {
	if f.status == report.OK {
		return report.OK
	}
	return usual
}
