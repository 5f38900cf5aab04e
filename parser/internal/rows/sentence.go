package rows

import (
	"cmp"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

// context is what is known about the sentences of a row.
func (r *reader) context(x result) report.Context {
	return report.Context{Test: cmp.Or(x.name, r.pending.name), Category: cmp.Or(x.category, r.block().command)}
}

// find asks for the sentences of a line. What looks like a test's name may be the beginning of a sentence.
func (r *reader) find(x *result) []report.Match {
	context := r.context(*x)
	from := x.from()
	matches := Find(r.v, x.Text[from:], context)
	// Names of tests are short and everyday ("DNS"), sentences may begin with them.
	if len(matches) == 0 && x.name != "" {
		context.Test, from = "", 0
		if matches = Find(r.v, x.Text, context); len(matches) > 0 && matches[0].Start < x.begin {
			x.name = ""
		} else {
			from, matches = x.begin, nil
		}
	}
	if len(matches) == 0 && (x.subject != "" || x.name != "" && (x.apart || x.colon || x.status != "")) {
		context.Test, from = x.name, x.begin
		matches = r.beginning(x.rest(), context)
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
// It is asked only where the layout says that this is a row; in prose the beginning of a sentence is no sentence.
func (r *reader) beginning(rest string, context report.Context) []report.Match {
	const most = 24 // words of a sentence
	if rest == "" || rest[0] >= 'a' && rest[0] <= 'z' {
		return nil
	}
	end := 0
	for range most {
		word, behind := scan.Word(rest[end:])
		if behind == "" || end+len(word) > scan.MaxSentence {
			return nil
		}
		part := rest[:end+len(word)]
		matches := Find(r.v, part, context)
		if len(matches) == 1 && matches[0].Start == 0 && matches[0].End == len(part) {
			return matches
		}
		end = len(rest) - len(behind)
	}
	return nil
}
