package rows

import "mxverdict/parser/report"

// Frames: words that say what the names of tests below them, or beside them, are: faults, or what was found to be right.

// frame is what such words say. A name alone asserts nothing; in a frame of faults it stands for its usual warning.
type frame struct {
	on     bool
	status report.Status // OK where the words say that all is well; "" where they say that faults follow
}

// framed reads a line that says what the rows below it are.
func (r *reader) framed(text string) bool {
	status, ok := r.frameOf(text)
	if !ok {
		return false
	}
	r.flush()
	r.last = none
	if from, to, ok := r.lookUpIn(text, 0, len(text)); ok {
		category, host, _ := r.lookUp(text[from:to])
		r.begin(category, host)
		r.aimFrom(inCommand, r.kindOf(category), host)
	}
	r.frame = frame{true, status}
	return true
}

// frameOf asks the reporter's own words before those of everybody.
func (r *reader) frameOf(text string) (report.Status, bool) {
	if r.v.Frame(text) {
		return "", true
	}
	return frameWords(text)
}

// statusIn is the status of a bare name whose usual one is given.
func (f frame) statusIn(usual report.Status) report.Status {
	if f.status == report.OK {
		return report.OK
	}
	return usual
}
