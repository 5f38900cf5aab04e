// Package parser reads what a customer pastes, the report of a third-party tester in whatever shape it arrives, and
// turns it into a report.Report: one finding for each row, with what it says and what it is about. Support agents and
// the rules work on that; the contract is "mxverdict/report/1".
//
// A container takes bytes apart into documents, a format brings a document into lines and cells, and in these the rows
// are found. Containers and formats stand in one table each; a new one is a folder and a row.
//
// The parser knows layouts, not sentences: it cuts a document into candidate rows and asks a report.Vocabulary what
// each of them is. It judges nothing, tests nothing and refuses to guess: a row that no wording knows keeps the rule
// "", and prose that merely mentions a test is no row.
package parser

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"mxverdict/parser/internal/container/document"
	"mxverdict/parser/internal/container/mail"
	"mxverdict/parser/internal/format/html"
	"mxverdict/parser/internal/format/json"
	"mxverdict/parser/internal/format/text"
	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

// MaxInput is how much of a document is read. A report has kilobytes; a mailbox pasted by mistake must not fill the
// memory.
const MaxInput = 16 << 20

// MaxFindings is how many rows of one document become findings.
const MaxFindings = rows.MaxFindings

// The errors of documents that hold no report. With ErrNoFindings the report is returned all the same: its candidates
// and notices help to say what is missing.
var (
	ErrEmpty      = errors.New("parser: the input is empty")
	ErrBinary     = document.ErrBinary
	ErrNoFindings = errors.New("parser: no row of a report was recognised")
)

// container is what holds documents. part reads one of them, which is valid UTF-8; what the parts give is joined to one
// report.
// Containers never look into what they hold: which format that is, is asked of each part anew.
type container struct {
	looksLike func(data string) bool
	read      func(data string, part func(document string) report.Report) (report.Report, error)
}

// containers lists them all, the most particular first. The last one takes everything.
var containers = []container{
	{mail.LooksLike, mail.Read},
	{anything, document.Read},
}

// format is a shape in which a document arrives.
// looksLike is asked before anything is read: it looks at little, and may be wrong.
type format struct {
	looksLike func(document string) bool
	read      func(document string, v report.Vocabulary) report.Report
}

// formats lists them all, the most particular first. The last one takes everything.
var formats = []format{
	{json.LooksLike, json.Read},
	{html.LooksLike, html.Read},
	{anything, text.Read},
}

// anything is what the last of a table says, so that no document is left without a reader.
func anything(string) bool { return true }

// Parse reads one document. source names it in the report: a file name, or "-" for standard input.
// The errors are those above, or that of reading r. What was cut off or damaged is no error: the report's notices say so, for half a
// report is worth more to a support agent than none.
func Parse(r io.Reader, source string, v report.Vocabulary) (report.Report, error) {
	none := report.Report{Schema: report.Schema, Source: source,
		Candidates: []string{}, Findings: []report.Finding{}, Notices: []string{}}
	data, err := io.ReadAll(io.LimitReader(r, MaxInput+1))
	if err != nil {
		return none, fmt.Errorf("parser: read %s: %w", source, err)
	}
	notices := []string{}
	if len(data) > MaxInput {
		data = data[:MaxInput]
		notices = append(notices, fmt.Sprintf("the input is longer than %d MiB; the rest was not read", MaxInput>>20))
	}
	// A mark of the byte order alone is no text.
	if data = document.Unmark(data); len(bytes.TrimSpace(data)) == 0 {
		return none, ErrEmpty
	}
	rep, err := open(string(data), v)
	if err != nil {
		return none, err
	}
	rep.Schema, rep.Source = report.Schema, source
	rep.Notices = append(notices, rep.Notices...)
	if len(rep.Findings) == 0 {
		return rep, ErrNoFindings
	}
	return rep, nil
}

// open reads data as the first of the containers that it looks like.
func open(data string, v report.Vocabulary) (report.Report, error) {
	for _, c := range containers {
		if c.looksLike(data) {
			return c.read(data, func(document string) report.Report { return read(document, v) })
		}
	}
	return report.Report{}, ErrBinary
}

// read reads a document in the first of the formats that it looks like.
func read(document string, v report.Vocabulary) report.Report {
	for _, f := range formats {
		if f.looksLike(document) {
			return f.read(document, v)
		}
	}
	return report.Report{}
}
