package mailpolicy

import (
	"strings"

	"mxverdict/verify/internal/lazy"
)

// This file reads what records of MTA-STS (RFC 8461 section 3.1) and TLS-RPT (RFC 8460 section 3) have in common: a version, then fields
// between semicolons. Their grammars are stricter than that of DMARC: a text that breaks one is no record.

// TextRecord is a record as readers read it.
type TextRecord struct {
	Text string
	Faults
	Receivers []string // of TLS-RPT: the URIs to which reports can go
}

// textKind is a kind of record made of text.
type textKind struct {
	version string                             // as it has to be written
	meant   func(text string) bool             // somebody wrote it for such a record
	read    func(*TextRecord, []textField) int // reads the fields, and counts those without which there is no record
	lacks   string                             // says that none of these is there
}

// sort sorts the texts at the place of a record: those that readers take for such records, those that were meant as one, and all others,
// such as what a wildcard gives.
func (k textKind) sort(texts []string) (records, meant []TextRecord, others []string) {
	for _, text := range texts {
		rest, begins := strings.CutPrefix(text, k.version)
		// Both standards have readers discard what does not begin with version and semicolon, where there is more than one text. Where it
		// stands alone, the grammar lets blanks stand between.
		if len(texts) == 1 {
			rest = strings.TrimLeft(rest, " \t")
		}
		switch {
		case begins && strings.HasPrefix(rest, ";"):
			records = append(records, k.record(text))
		case k.meant(text):
			first, _, _ := strings.Cut(text, ";")
			meant = append(meant, TextRecord{Text: text, Faults: Faults{{Column: 1, Token: first, Says: "a record begins with " + k.version + "; and nothing else", Harm: Ignored}}})
		default:
			others = append(others, text)
		}
	}
	return records, meant, others
}

// record reads a text that announces itself.
func (k textKind) record(text string) TextRecord {
	r := TextRecord{Text: text}
	if k.read(&r, r.fields(len(k.version))) == 0 {
		r.Faults.add(Fault{len(text) + 1, "", k.lacks, Ignored, 0})
	}
	return r
}

// textField is one field of a record.
type textField struct {
	name, value, raw string
	column           int
}

// extension is the grammar of any field (RFC 8461 section 3.1, RFC 8460 section 3).
var extension = lazy.Regexp(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,31}=[!-:<>-~]+$`)

// fields cuts a text behind its version into fields, and says what stands beside them.
func (r *TextRecord) fields(version int) (fields []textField) {
	at := version
	for i, raw := range strings.Split(r.Text[version:], ";") {
		end := at + len(raw)
		field := strings.Trim(raw, " \t")
		column := at + len(raw) - len(strings.TrimLeft(raw, " \t")) + 1
		last := end == len(r.Text)
		at = end + 1
		switch {
		case field == "" && (i == 0 || last): // what follows the version, and a semicolon at the end
		case field == "":
			r.Faults.add(Fault{end + 1, ";", "nothing stands between two semicolons", Ignored, 0})
		default:
			name, value, _ := strings.Cut(field, "=")
			fields = append(fields, textField{name, value, field, column})
			if tail := column - 1 + len(field); last && tail < end {
				r.Faults.add(Fault{tail + 1, r.Text[tail:], "blanks at the end, without a semicolon before them", Disputed, 0})
			}
		}
	}
	return fields
}

// known looks at a field that has no meaning of its own, and tells whether it is one at all.
func (r *TextRecord) known(f textField) {
	if !extension().MatchString(f.raw) {
		r.Faults.add(Fault{f.column, f.raw, "no field: a name, an equals sign and a value without blanks", Ignored, 0})
	}
}

// twice says that a field stands a second time.
func (r *TextRecord) twice(f textField) {
	r.Faults.add(Fault{f.column, f.raw, f.name + " stands a second time, and the standard does not say which one counts", Harmless, 0})
}
