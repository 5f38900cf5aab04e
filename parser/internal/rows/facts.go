package rows

import (
	"maps"

	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// facts are what the words of a line tell, wherever it stands. Quoted mails and tables say the same lines over and over, so that of a long document
// they are kept by the text and told once.
type facts struct {
	text  string
	marks *speech.Marks
	often bool // it was met before

	searched  bool // for the name of a reporter
	mentioned string

	asked asked // whether it is a detail

	laidOut  bool // whether it is a mark of the layout was told, and
	isFooter bool
	footer   report.Footer
	session  transcript
	logged   bool

	headless bool // it is no heading, whatever stands around it, unless it is marked as one

	scanned bool // its names were listed
	named   []typed

	framed bool // whether it introduces rows was told, and
	frame  frame

	taken   bool // apart, in a context, while a row waits or none does
	context report.Context
	waiting bool
	parts   []piece
	says    bool // sentences of a reporter

	choices map[choice]report.Match
}

// choice is a sentence of the line, found in a context, for which another one was asked for in another context.
type choice struct {
	start, end int
	in, then   report.Context
}

// texts are those of the lines of a document.
type texts struct {
	lines  int
	byText map[string]*facts
	once   facts // of a line that is not kept
}

// factsOf returns those of a line. They are good until the next call.
func (k *texts) factsOf(text string) *facts {
	const few, most = 64, 4096 // lines that repeat little, and texts that are kept
	k.lines++
	if f := k.byText[text]; f != nil {
		f.often = true
		return f
	}
	if k.lines <= few || len(k.byText) >= most {
		k.once = facts{text: text}
		return &k.once
	}
	if k.byText == nil {
		k.byText = map[string]*facts{}
	}
	f := &facts{text: text, marks: new(speech.Marks)}
	k.byText[text] = f
	return f
}

// mentions returns the reporter whom a line names, or "".
func (f *facts) mentions(text string, v report.Vocabulary) string {
	if !f.searched {
		f.searched = true
		f.mentioned, _ = v.Mentions(text)
	}
	return f.mentioned
}

// keep keeps the pieces of a line that was met before.
func (f *facts) keep(context report.Context, waiting bool, parts []piece, says bool) {
	f.taken, f.context, f.waiting, f.says = true, context, waiting, says
	f.parts = append(f.parts[:0], parts...)
	own(f.parts)
}

// own gives pieces sentences of their own, since a finding may change the values of the one from which it was made.
func own(parts []piece) {
	for i := range parts {
		if m := parts[i].match; m != nil {
			mine := *m
			mine.Values = maps.Clone(m.Values)
			parts[i].match = &mine
		}
	}
}

// names lists the names in the line.
func (f *facts) names() []typed {
	if !f.scanned {
		f.scanned, f.named = true, namesIn(nil, f.text)
	}
	return f.named
}

// chosen returns the sentence that was chosen.
func (f *facts) chosen(c choice, choose func() report.Match) report.Match {
	const most = 64 // that are kept; a line that people write has one or two
	m, known := f.choices[c]
	if !known {
		m = choose()
	}
	if !known && len(f.choices) < most {
		if f.choices == nil {
			f.choices = map[choice]report.Match{}
		}
		f.choices[c] = m
	}
	m.Values = maps.Clone(m.Values)
	return m
}

// layOut tells which mark of the layout a line is.
func (f *facts) layOut(r *reader) {
	if f.laidOut {
		return
	}
	f.laidOut = true
	f.footer, f.isFooter = r.v.Footer(f.text)
	f.session = r.readTranscript(f.text)
	_, f.logged = logged(f.text)
}
