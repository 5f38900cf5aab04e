// Package report holds the data model of a third-party report: what the parser reads out of a pasted text, a saved page
// or a JSON answer, and what every later step works on. It follows the contract "mxverdict/report/1".
//
// It is a leaf: it imports only the standard library, knows no reporter's sentence, no rule and no network, and judges
// nothing.
package report

import (
	"encoding/json"
	"slices"
	"time"
)

// Schema names the JSON contract of Report.
const Schema = "mxverdict/report/1"

// Status is what a row of the report shows.
type Status string

// The statuses of a row. The zero value "" is not a status; a row that shows none and that no wording knows is Unknown.
const (
	Unknown Status = "unknown" // no wording knows the row and it shows no status word
	OK      Status = "ok"      // the reporter found nothing wrong
	Info    Status = "info"    // a remark without judgement
	Warning Status = "warning" // the reporter advises a change
	Error   Status = "error"   // the reporter calls it a fault
)

// Bad tells whether the row asserts something that can be re-tested and judged.
func (s Status) Bad() bool { return s == Warning || s == Error }

// Report is one document of a third-party tester, as far as it was understood.
type Report struct {
	Schema     string     `json:"schema"`
	Source     string     `json:"source"`      // file name, or "-" for standard input
	Reporter   string     `json:"reporter"`    // ID of the reporter file that recognised most rows, or ""
	Target     Target     `json:"target"`      // what the report as a whole is about
	TargetFrom Origin     `json:"target_from"` // by what evidence
	TestedAt   *time.Time `json:"tested_at"`   // when the reporter ran its test, if the report says so
	Candidates []string   `json:"candidates"`  // names and addresses met in the text that may be the target
	Findings   []Finding  `json:"findings"`
	Notices    []string   `json:"notices"` // what the reader of the report should know about the parse: cut input, repaired bytes

	// Messages are messages that came with the report, as they stand: attached to the mail that holds it, and without a row of their own.
	// They are for the test alone, and no part of the contract.
	Messages []string `json:"-"`
}

// Target is what a report as a whole is about; empty fields were not named.
type Target struct {
	Domain  string `json:"domain"`
	Host    string `json:"host"`
	Address string `json:"address"`
}

// Origin is the evidence by which the target of a report was chosen.
type Origin string

// The origins of a target, the strongest first. The zero value says that no target was chosen.
const (
	FromQuestion   Origin = "question"   // the user answered when he was asked
	FromFlag       Origin = "flag"       // the user named it on the command line
	FromRow        Origin = "row"        // rows of the report name it
	FromCommand    Origin = "command"    // the report shows the look-up that was made: "dns:example.com"
	FromLink       Origin = "link"       // a link to that look-up does
	FromHeading    Origin = "heading"    // a heading or a field of a form names it
	FromTranscript Origin = "transcript" // the reporter connected to it
	FromOnlyName   Origin = "only-name"  // no other name stands in the report
	FromFrequency  Origin = "frequency"  // the report names it far more often than any other
	FromMessage    Origin = "message"    // it is the domain of the author of the message that was given
)

// Name returns the most specific name of the target: host, else domain, else address, else "".
func (t Target) Name() string {
	switch {
	case t.Host != "":
		return t.Host
	case t.Domain != "":
		return t.Domain
	}
	return t.Address
}

// Finding is one row of a report.
type Finding struct {
	ID      string           `json:"id,omitempty"` // tells the row from those of all other reports; "" where nobody gave it one
	N       int              `json:"n"`            // counts the rows of the report from 1
	Line    int              `json:"line"`         // line in the source, from 1; the first where it stands on several
	Lines   []int            `json:"lines"`        // all lines on which it stands, in ascending order: title, summary and body may repeat it
	Run     int              `json:"run"`          // rows with the same number stand in one result of one reporter; 0 where that is not certain
	Rule    string           `json:"rule"`         // rule ID, or "" for a row that no wording knows
	Status  Status           `json:"status"`       // what the row shows, else the wording's usual severity
	Test    string           `json:"test"`         // test name as the reporter spells it, or ""
	Text    string           `json:"text"`         // the row as the report has it, white space folded
	Subject string           `json:"subject"`      // domain, host or address the row is about, or "" if it names none
	Values  map[string]Value `json:"values"`       // what was captured from the row and its detail lines
	Wording string           `json:"wording"`      // the wording that matched, as the reporter file spells it, or ""

	// Reporter is the ID of the reporter file whose wording, test name or interface recognised the row, or "" where none
	// did. Rows of several reporters may stand in one report; each is judged by the limits and the patience of its own.
	Reporter string `json:"reporter"`
}

// Understood tells whether it is known what the row says: which rule it is about, and whether it calls that good or bad.
func (f *Finding) Understood() bool { return f.Rule != "" && f.Status != Unknown }

// Add notes further lines on which the row stands.
func (f *Finding) Add(lines ...int) {
	f.Lines = append(f.Lines, lines...)
	slices.Sort(f.Lines)
	f.Lines = slices.Compact(f.Lines)
	f.Line = f.Lines[0]
}

// Move changes the numbers of the lines on which the row stands, from those of a part of a document to those of the whole.
func (f *Finding) Move(to func(line int) int) {
	lines := make([]int, 0, len(f.Lines)) // the old list may be shared
	for _, n := range f.Lines {
		lines = append(lines, to(n))
	}
	f.Lines = nil
	f.Add(lines...)
}

// MostNamed returns the reporter that recognised most of the rows, of equals the first to appear, or "".
func MostNamed(findings []Finding) string {
	type count struct {
		reporter string
		rows     int
	}
	var counts []count // a handful at most, by their first appearance
	best := count{}
	for i := range findings {
		reporter := findings[i].Reporter
		if reporter == "" {
			continue
		}
		k := slices.IndexFunc(counts, func(c count) bool { return c.reporter == reporter })
		if k < 0 {
			k, counts = len(counts), append(counts, count{reporter: reporter})
		}
		counts[k].rows++
	}
	for _, c := range counts {
		if c.rows > best.rows {
			best = c
		}
	}
	return best.reporter
}

// UnmarshalJSON reads a report. Reports that were saved before each row named its reporter told only that of most rows:
// a row with a rule was recognised by somebody, so there it is that one. Those that were saved before a row told all its lines told the
// first.
func (r *Report) UnmarshalJSON(b []byte) error {
	type plain Report
	if err := json.Unmarshal(b, (*plain)(r)); err != nil {
		return err
	}
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Rule != "" && f.Reporter == "" {
			f.Reporter = r.Reporter
		}
		if f := &r.Findings[i]; len(f.Lines) == 0 {
			f.Lines = []int{f.Line}
		}
	}
	return nil
}

// Value is something captured from a row: a number (seconds or a count) or a string. Exactly one is set; numbers win.
type Value struct {
	Number *float64
	Text   string
}

// Number makes a numeric value, in seconds or counts.
func Number(n float64) Value { return Value{Number: &n} }

// Text makes a string value.
func Text(s string) Value { return Value{Text: s} }

// MarshalJSON writes a JSON number or a JSON string.
func (v Value) MarshalJSON() ([]byte, error) {
	if v.Number != nil {
		return json.Marshal(*v.Number)
	}
	return json.Marshal(v.Text)
}

// UnmarshalJSON reads a JSON number or a JSON string.
func (v *Value) UnmarshalJSON(b []byte) error {
	*v = Value{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &v.Text)
	}
	return json.Unmarshal(b, &v.Number)
}
