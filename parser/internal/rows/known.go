package rows

import (
	"cmp"
	"maps"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/report"
)

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
		before := x.Text[behind:m.Start]
		first := i == 0 && !scan.HasWord(before)
		row := first && (x.name != "" || x.subject != "" || x.status != "" || r.pending != (pending{}))
		if !first {
			r.leftover(x.Line, behind, m.Start)
		}
		behind = m.End
		// In a row a sentence is what the reporter says; only in prose can somebody deny it.
		if r.about(m) || !row && r.inProse(x.Text, m) {
			continue
		}
		f := report.Finding{Line: x.Number(m.Start), Rule: m.Rule, Status: m.Status, Test: m.Test, Subject: x.subject,
			Values: m.Values, Wording: m.Wording, Reporter: m.Reporter}
		start := m.Start
		if first {
			start = r.complete(&f, x, start)
		}
		f.Text = x.Text[start:m.End]
		host, address := "", ""
		if i == 0 && r.isMail(area(m.Rule)) {
			host, address = r.ownNames(x.Text[:m.Start])
		}
		if host != "" && f.Subject == "" {
			f.Subject = host
			r.aim(report.HostName, host)
		}
		if x.subject != "" && len(matches) == 1 {
			f.Text = x.Text
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
	r.leftover(x.Line, behind, len(x.Text))
}

// takeBehind reads the cells behind a sentence in a table whose columns stand in another order.
// Of the cells in front nothing is changed: they were read by their place, these by their words alone.
func (r *reader) takeBehind(x *result, matches []report.Match) {
	behind := x.Text[matches[len(matches)-1].End:]
	if len(matches) > 1 || strings.IndexByte(behind, '\t') < 0 {
		return
	}
	for _, cell := range scan.Cells(behind) {
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
	if !scan.HasWord(before) && !scan.HasWord(behind) && !strings.ContainsAny(before, `"'“„«`) {
		return false
	}
	if !scan.HasWord(before) && r.above != "" {
		before = r.above + " " + before
	}
	if next, ok := r.lines.Peek(0); !scan.HasWord(behind) && ok {
		behind += " " + next.Text
	}
	return denied(before, behind)
}

// complete adds to the first finding of a line what stands in front of it, on the line or on the lines above.
// It returns where the text of the row begins: with the mark or name on its own line, else with the sentence. What stands nearer to the
// sentence goes before what stands on a line above.
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
	d, ok := r.v.Detail(x.Text)
	if ok {
		r.addDetail(d.Values)
	}
	return ok
}

// narrow notes the address with which the last row begins, where its sentence names none.
func (r *reader) narrow(address string) {
	if address == "" || r.last == none {
		return
	}
	f := &r.findings[r.last]
	if _, has := f.Values["address"]; !has && f.Subject != address {
		// Not in place: what the vocabulary handed out may be its own.
		f.Values = maps.Clone(f.Values)
		f.Values["address"] = report.Text(address)
	}
}
