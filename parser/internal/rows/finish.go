package rows

import (
	"slices"

	"mxverdict/parser/report"
)

// report finishes what can be told only from the whole document.
func (r *reader) report() report.Report {
	r.decide()
	r.headingBelow()
	for i := range r.rows {
		r.finish(&r.findings[i], r.rows[i])
	}
	r.numberRuns()
	r.joinRepeats()
	for i := range r.findings {
		r.findings[i].N = i + 1
	}
	target, from := r.seen.target(r.v)
	return report.Report{Reporter: report.MostNamed(r.findings), Target: target, TargetFrom: from, TestedAt: r.testedAt,
		Candidates: r.seen.candidates(r.v), Findings: slices.Clip(r.findings), Notices: append(append([]string{}, r.lines.Notices()...), r.notices...)}
}

// headingBelow gives rows without a heading the look-up that stands below them, if it is the only one and nothing follows: on a small
// screen a page ends with it.
func (r *reader) headingBelow() {
	if len(r.blocks) != 2 || r.blocks[0].subject != "" || r.blocks[1].command == "" {
		return
	}
	if n := len(r.rows); n > 0 && r.rows[n-1].block == 0 {
		r.blocks[0].subject = r.blocks[1].subject
	}
}

// finish gives a row that names no subject that of its heading, else, if it is about a mail server, the address that its block
// called. Two addresses in one block cannot be told apart, so then it has none. The address in a row about a mail server narrows the host of
// its heading to it. A greeting in the transcript is noted as "code": such a row was measured on a session, whatever it says.
func (r *reader) finish(f *report.Finding, of row) {
	b := &r.blocks[of.block]
	one := len(b.called) == 1
	own, subject := f.Values["address"].Text, b.subject
	if b.about != (about{}) {
		subject = b.about.of(of.mail)
	}
	if of.mail && isAddress(f.Subject) {
		own, f.Subject = f.Subject, ""
	}
	switch {
	case f.Subject != "":
	case of.mail && own != "" && (subject == "" || isAddress(subject)):
		f.Subject = own
	case subject != "":
		f.Subject = subject
		if of.mail && own != "" {
			f.Values["address"] = report.Text(own)
		}
	case of.mail && one:
		f.Subject = b.called[0]
	}
	if f.Subject == b.subject {
		AddArgument(f, b.command, b.argument, r.v)
	}
	if !of.mail || !b.greeted || len(b.called) > 1 {
		return
	}
	if _, has := f.Values["code"]; !has {
		f.Values["code"] = report.Number(220)
	}
}

// numberRuns tells which rows stand in one result. Prose, loose rows and quoted ones may be of any day, and where the words of two
// reporters mix nobody knows whose result it is.
func (r *reader) numberRuns() {
	type place struct{ block, result int }
	whose := map[place]string{}
	// No reporter has that name.
	const several = "\x00"
	for i, of := range r.rows {
		at, reporter := place{of.block, of.result}, r.findings[i].Reporter
		if first, ok := whose[at]; reporter != "" && ok && first != "" && first != reporter {
			whose[at] = several
		} else if first == "" {
			whose[at] = reporter
		}
	}
	numbers := map[place]int{}
	for i, of := range r.rows {
		at := place{of.block, of.result}
		loose := of.block == 0 && of.result == 0 // above the first heading and the first title
		if of.quoted || of.prose || loose || !r.blocks[of.block].table || whose[at] == several || whose[at] == "" {
			continue
		}
		if numbers[at] == 0 {
			numbers[at] = len(numbers) + 1
		}
		r.findings[i].Run = numbers[at]
	}
}
