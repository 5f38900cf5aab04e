package rows

import (
	"cmp"
	"maps"
	"strings"

	"mxverdict/parser/internal/scan"
	"mxverdict/parser/internal/speech"
	"mxverdict/parser/report"
)

// row reads a line that is neither empty nor a mark of the layout.
// It calls itself with a joined line: each time there are fewer lines below, so that it ends.
func (r *reader) row(l Line) {
	l = r.summaryCells(l)
	if mended, ok := r.torn(l); ok {
		l = mended
	}
	context := r.context("")
	r.within = context
	pieces := r.pieces(l.Text, context)
	if joined, ok := r.wrapped(l, pieces, context); ok {
		r.row(joined)
		return
	}
	if matrix(pieces) {
		r.quiet()
		return
	}
	drafts := r.drafts(l.Text, pieces)
	if len(drafts) == 0 {
		r.unknown(l)
		return
	}
	if len(drafts) == 1 && r.waits(l, &drafts[0], pieces) {
		return
	}
	r.takePending(&drafts[0])
	behind := 0
	for i := range drafts {
		d := &drafts[i]
		if i > 0 {
			r.explained(l.Text[behind:d.from])
		}
		r.settle(l, d, len(drafts) == 1)
		if d.match != nil {
			behind = d.match.End
		} else {
			behind = d.to
		}
		behind = max(behind, d.to)
	}
	r.explained(l.Text[behind:])
}

// loggedRow reads a line that a program wrote into a log. What servers log is no row; a program that watches a server logs the reporter's
// rows behind what it looked up.
func (r *reader) loggedRow(l Line) bool {
	says, ok := logged(l.Text)
	if !ok {
		return false
	}
	word, _ := scan.Word(says)
	if _, _, ok := r.lookUp(word); ok {
		r.row(l.Part(len(l.Text)-len(says), len(l.Text)))
	}
	return true
}

// matrix tells whether several marks of a kind stand on a line without a test: a comparison of things, in which no row is a result. An
// icon and a status word may show one status.
func matrix(pieces []piece) bool {
	icons, words := 0, 0
	for i := range pieces {
		p := &pieces[i]
		switch {
		case p.kind == mark && p.icon:
			icons++
		case p.kind == mark:
			words++
		case p.kind == name, p.kind == sentence, p.kind == host:
			return false
		}
	}
	return icons > 1 || words > 1
}

// context is what is known about the sentences of a row.
func (r *reader) context(test string) report.Context {
	return report.Context{Test: cmp.Or(test, r.pending.name), Category: cmp.Or(r.pending.category, r.block().command)}
}

// wrapped joins a line that ends in words to the ones below it, if a sentence goes on there.
func (r *reader) wrapped(l Line, pieces []piece, context report.Context) (Line, bool) {
	from := 0
	for i := range pieces {
		if p := &pieces[i]; p.kind == sentence {
			from = p.to
		}
	}
	if !scan.HasWord(l.Text[from:]) {
		return l, false
	}
	from = 0
	for i := range pieces {
		p := &pieces[i]
		if p.kind != mark && p.kind != name && p.kind != host && p.kind != category {
			break
		}
		from = p.to
	}
	return r.unwrap(l, from, pieces, context)
}

// settle makes a finding of a row that has been put together, if it is one.
func (r *reader) settle(l Line, d *draft, only bool) {
	if d.match != nil {
		r.said(l, d, only)
		return
	}
	if d.lookUp && d.name == "" && d.status == "" {
		r.begin(d.category, d.host)
		r.aimFrom(inCommand, r.kindOf(d.category), d.host)
		return
	}
	table := r.block().table
	f := report.Finding{Line: l.Number(d.from), Text: l.Text[d.from:d.to], Test: cmp.Or(d.name, d.strange)}
	if d.host != "" && (d.hosted >= apart || d.category != "") && !r.v.OwnName(d.host) {
		f.Subject = d.host
	}
	need := certain
	switch {
	case d.said == "" && d.name != "" && d.status != "":
		switch {
		case d.marked < apart && !table || d.talk && !d.icon:
			need = neighbour
		case d.marked < ownCell:
			need = needOf(d.name)
		}
		r.emitNamed(&f, d, need)
		return
	case d.said == "" && d.name != "":
		r.bareName(l, d, r.frame)
		return
	case d.said == "" && d.strange != "" && d.status != "" && d.marked == ownCell && strings.Contains(d.strange, " "):
		need = neighbour
	case d.said == "":
		r.quiet()
		return
	case !scan.HasLetter(d.said):
		r.quiet()
		return
	case d.strange != "" && d.status != "" && d.marked >= apart && !d.colon:
		if !table && !r.likeName(d.strange) {
			need = inReport
		}
	case d.status != "" && d.name == "":
		switch {
		case d.talk && !d.icon, speech.Spoken(l.Text[d.from:min(len(l.Text), d.from+scan.MaxSentence)]) && !table, d.marked != apart && !hasCapital(d.said) && !table, isCount(l.Text[d.from:d.to], d.said):
			r.quiet()
			return
		case d.colon, d.marked < apart, d.inLine:
			need = neighbour
		case d.marked != apart && !table && (!d.icon || d.symbol):
			need = inReport
		}
	case d.name != "" && d.status != "":
		if d.marked < apart && d.named < apart {
			need = neighbour
		}
	case d.name != "" && d.named >= apart && resultLike(d.said):
		need = needOf(d.name)
		if !table {
			need = neighbour
		}
	case f.Subject != "" && d.category != "" && r.summaryRow(l.Text[d.from:]):
	case f.Subject != "" && d.category != "" && wordy(d.said): // else a record of that type
		need = neighbour
	case d.name != "" && d.from == 0 && r.belowRow(l):
		need = between
	default:
		r.quiet()
		return
	}
	r.emitNamed(&f, d, need)
	if !r.full {
		r.rows[len(r.rows)-1].shaped = need == between
	}
}

// isCount tells whether a row says how many rows there are, as the icons above a table do: "0 Errors".
func isCount(row, said string) bool {
	if at := len(row) - len(said); at > 0 && strings.HasSuffix(row, said) {
		before := strings.Fields(row[:at])
		said = before[len(before)-1] + " " + said
	}
	words := strings.Fields(said)
	n := len(words)
	return n >= 2 && n <= 3 && scan.IsDigits(words[n-2])
}

// needOf is what the name of a test with a mark needs: one word may be a word of every day.
func needOf(called string) need {
	if strings.Contains(called, " ") {
		return certain
	}
	return inReport
}

// quiet passes over a line that is no row: what stands below it explains nothing above.
func (r *reader) quiet() {
	r.flush()
	r.last = none
	r.frame = frame{}
}

// emitNamed makes a finding of a row whose sentence nobody knows. The test's name, where there is one, says which rule it has.
func (r *reader) emitNamed(f *report.Finding, d *draft, need need) {
	m, _ := r.v.Named(f.Test)
	// The name of a test alone does not tell whether its result was good or bad.
	f.Rule, f.Status, f.Values, f.Reporter = m.Rule, cmp.Or(d.status, report.Unknown), m.Values, m.Reporter
	if f.Subject != "" && need == certain {
		r.aim(r.kindOf(cmp.Or(d.category, area(m.Rule))), f.Subject)
	}
	r.emit(f, d.category, need)
	if of := &r.rows[len(r.rows)-1]; !r.full {
		of.marked, of.nameOnly = d.status != "", d.said == "" && d.name != ""
	}
}

// known makes a finding of a sentence.
func (r *reader) said(l Line, d *draft, only bool) {
	m := r.ofNamedTest(r.chosen(l.Text, d), d)
	if d.name != "" && d.status != "" && m.Place == report.Named {
		// Its words are a result of other tests only; of the named one they are words like any.
		d.match, d.said = nil, l.Text[m.Start:m.End]
		r.settle(l, d, only)
		return
	}
	if only && r.explains(l.Text, m, d) {
		return
	}
	if r.about(m) {
		return
	}
	row := d.name != "" || d.host != "" || d.status != ""
	// In a row a sentence is what the reporter says; only in prose can somebody deny it.
	if !row && r.inProse(l.Text, m.Start, m.End) || d.inLine && speech.Denied(l.Text[:d.from], l.Text[m.End:]) {
		return
	}
	if r.isMention(l.Text, d, &m) {
		r.quiet()
		return
	}
	f := report.Finding{Line: l.Number(m.Start), Rule: m.Rule, Status: cmp.Or(d.status, m.Status), Test: m.Test,
		Values: m.Values, Wording: m.Wording, Reporter: m.Reporter, Text: l.Text[d.from:d.to]}
	address := r.place(&f, d)
	if f.Subject == "" {
		r.placeAt(&f, l.Text[m.Start:m.End])
	}
	if f.Subject != "" && only {
		f.Text = l.Text
	}
	need := certain
	if m.Place == report.Named {
		need = ofReporter
	}
	if only && d.name == "" {
		r.dropRemarked(&f)
	}
	r.talking = !row
	r.emit(&f, d.category, need)
	r.talking = false
	if r.last != none {
		x := &r.rows[r.last]
		x.queried, _ = speech.IsQuestion(first(l.Text))
		x.share = r.genre.Row(l.Text[:m.Start], l.Text[m.End:])
		x.within = scan.HasWord(l.Text[:d.from]) || scan.HasWord(l.Text[max(d.to, m.End):])
		x.general, x.title = r.general, d.name == "" && !d.icon && r.isTitle(l.Text[:m.Start], l.Text[m.End:])
		x.marked, x.cells, x.bare = d.status != "", d.cells, !row && only && m.Start == 0
	}
	if !row {
		r.results++
	}
	r.narrow(address)
}

// dropRemarked drops the row directly above if it is the name of the test whose result follows, with words beside it that nobody knows: they
// are a remark in another column.
func (r *reader) dropRemarked(f *report.Finding) {
	n := len(r.rows) - 1
	if n < 0 || r.last != n || r.rows[n].line != r.count-1 {
		return
	}
	if above := &r.findings[n]; above.Wording == "" && above.Status == report.Unknown && above.Rule != "" && above.Rule == f.Rule {
		r.findings, r.rows, r.last = r.findings[:n], r.rows[:n], none
	}
}

// chosen asks again for a sentence that several tests share, with what the row says about its test.
func (r *reader) chosen(text string, d *draft) report.Match {
	m := *d.match
	if d.name == "" && d.category == "" {
		return m
	}
	context := report.Context{Test: d.name, Category: cmp.Or(d.category, r.block().command)}
	if context == r.within {
		return m // it was found so
	}
	if f := r.facts; f.often && f.text == text {
		return f.chosen(choice{m.Start, m.End, r.within, context}, func() report.Match { return r.choose(text, m, context) })
	}
	return r.choose(text, m, context)
}

// choose is chosen in a context.
func (r *reader) choose(text string, m report.Match, context report.Context) report.Match {
	for _, c := range r.v.Find(text[m.Start:m.End], context) {
		if c.Start == 0 && c.End == m.End-m.Start {
			c.Start, c.End = m.Start, m.End
			return c
		}
	}
	return m
}

// ofNamedTest gives a sentence that tests of several areas share to the one that the row names, where its look-up is of that area too.
func (r *reader) ofNamedTest(m report.Match, d *draft) report.Match {
	asked := cmp.Or(d.category, r.block().command)
	if d.name == "" || m.Test == d.name || m.Rule == "" || area(m.Rule) == asked {
		return m
	}
	if named, _ := r.v.Named(d.name); area(named.Rule) == asked {
		m.Rule, m.Test = named.Rule, named.Test
	}
	return m
}

// place tells what a row is about, and returns the address to which it narrows that.
func (r *reader) place(f *report.Finding, d *draft) (address string) {
	if d.host == "" || r.v.OwnName(d.host) {
		return ""
	}
	mail := r.isMail(area(f.Rule))
	switch {
	case d.hosted >= apart || d.category != "":
		f.Subject = d.host
		r.aim(r.kindOf(cmp.Or(d.category, area(f.Rule))), d.host)
	case mail && isAddress(d.host):
		return d.host
	case mail:
		f.Subject = d.host
		r.aim(report.HostName, d.host)
	}
	if mail {
		return d.address
	}
	return ""
}

// placeAt gives a row the site whose address its sentence holds.
func (r *reader) placeAt(f *report.Finding, says string) {
	at := strings.Index(says, "://")
	if at < 0 {
		return
	}
	address, _ := scan.Word(says[strings.LastIndexAny(says[:at], " (\t")+1:])
	if site := targetName(strings.Trim(address, "().,;")); site != "" && !r.v.OwnName(site) {
		f.Subject = site
		r.aim(report.AnyName, site)
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
		r.aimFrom(inCommand, r.kindOf(category), name)
		if called := normalName(m.Values["host"].Text); called != "" && called != name {
			r.aimFrom(inCommand, report.HostName, called) // it has that address
		}
	}
	return true
}

// inProse tells whether a sentence is quoted by prose that denies it. A sentence that fills its line is a row.
func (r *reader) inProse(text string, from, to int) bool {
	before, behind := text[max(0, from-scan.MaxSentence):from], text[to:min(len(text), to+scan.MaxSentence)]
	if !scan.HasWord(before) && !scan.HasWord(behind) && !strings.ContainsAny(before, `"'“„«`) {
		return false
	}
	if !scan.HasWord(before) && r.above != "" {
		before = r.above + " " + before
	}
	if next, ok := r.lines.Peek(0); !scan.HasWord(behind) && ok {
		behind += " " + next.Text
	}
	return speech.Denied(before, behind)
}

// explains reads a sentence that repeats, as an explanation, what the row above says: it adds values, and is no
// second row.
func (r *reader) explains(text string, m report.Match, d *draft) bool {
	if r.last == none || r.findings[r.last].Rule != m.Rule || d.name != "" || d.status != "" {
		return false
	}
	detail, ok := r.detailOf(text)
	if ok {
		r.addDetail(detail)
	}
	return ok
}

// explained reads what stands behind a row on its line as a detail of it.
func (r *reader) explained(text string) {
	if text = strings.TrimSpace(text); text == "" || r.last == none {
		return
	}
	if detail, ok := r.detailOf(text); ok {
		r.addDetail(detail)
	}
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
