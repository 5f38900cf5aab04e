package rows

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/report"
)

// emit adds a finding. Its subject and number are settled when the document has been read.
// A status that nothing shows and no wording has is unknown, and never guessed from the words.
func (r *reader) emit(f *report.Finding, category string, need need) {
	// Said and not only done: what was not read must not pass for fine.
	if len(r.rows) == MaxFindings {
		r.full = true
		r.notices = append(r.notices,
			fmt.Sprintf("more than %d rows; what stands from line %d on was not read", MaxFindings, f.Line))
		return
	}
	f.Text = foldSpace(f.Text)
	r.seen.said(f.Text)
	if f.Status == "" {
		f.Status = report.Unknown
	}
	if f.Values == nil {
		f.Values = map[string]report.Value{}
	}
	if f.Subject == "" && r.cell != "" {
		f.Subject = r.cell
		r.aim(r.kindOf(area(f.Rule)), r.cell)
	}
	mail := r.isMail(area(f.Rule)) || r.isMail(category) || f.Rule == "" && r.isMail(r.block().command)
	if mail {
		if called, ok := f.Values["address"]; ok {
			r.call(normalName(called.Text), true)
		}
	}
	r.findings = append(r.findings, *f)
	r.rows = append(r.rows, row{block: len(r.blocks) - 1, category: category, result: r.results, prose: r.talking, quoted: r.quoted, depth: r.depth, mail: mail,
		need: need, top: r.top, line: r.count, gap: r.blanks > 0})
	r.last = len(r.rows) - 1
}

// maxText is how much of a row is kept.
const maxText = 500

// foldSpace writes runs of white space as one blank and cuts what is longer than a row can be.
func foldSpace(s string) string {
	s = strings.TrimSpace(s)
	folded := strings.Contains(s, "  ") || strings.IndexByte(s, '\t') >= 0
	if folded {
		var b strings.Builder
		b.Grow(len(s))
		for word := range strings.FieldsSeq(s) {
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
		s = b.String()
	}
	// A copy, or one short row would hold the whole document in memory.
	switch {
	case len(s) <= maxText && folded:
		return s
	case len(s) <= maxText:
		return strings.Clone(s)
	}
	cut := maxText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.Clone(s[:cut]) + "…"
}
