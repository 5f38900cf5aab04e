package app

import (
	"errors"
	"fmt"
	"iter"
	"strings"

	"mxverdict/parser"
	"mxverdict/parser/report"
)

// read parses every file, or standard input where none is named, each when the one before was taken. What could not be read is told on
// stderr; the others go on.
func (p *program) read(files []string, vocabulary report.Vocabulary) iter.Seq[report.Report] {
	if len(files) == 0 {
		files = []string{"-"}
	}
	return func(yield func(report.Report) bool) {
		for _, file := range files {
			r, err := p.readOne(file, vocabulary)
			if p.env.Context.Err() != nil {
				p.fail(errInterrupted)
				return
			}
			if err != nil {
				p.complain(file, err)
			}
			if errors.Is(err, parser.ErrNoFindings) {
				for _, notice := range r.Notices {
					p.say("Note: " + notice)
				}
				r.Source = file
			} else if err != nil {
				continue
			}
			if !yield(r) {
				return
			}
		}
	}
}

// complain tells what is wrong with one input and goes on.
func (p *program) complain(file string, err error) {
	if file == "-" {
		file = "standard input"
	}
	p.say(fmt.Sprintf("mxverdict: %s: %s", file, strings.TrimPrefix(err.Error(), "parser: ")))
	p.say(inputHints(err)...)
	p.worsen(exitUsage)
}

func inputHints(err error) []string {
	switch {
	case errors.Is(err, parser.ErrNoFindings):
		return []string{"Looked for the result sentences and test names of the reporters that `mxverdict rules list` names, such as a pasted",
			"SMTP test or Domain Health table. Copy the rendered result, with its rows, and paste it again."}
	case errors.Is(err, parser.ErrEmpty):
		return []string{"Paste a report, or name its file: mxverdict verify FILE"}
	case errors.Is(err, parser.ErrBinary):
		return []string{"A report is text. Of a screenshot or PDF, paste the text."}
	}
	return nil
}

func (p *program) readOne(file string, vocabulary report.Vocabulary) (report.Report, error) {
	if _, ok := p.env.Terminal(p.stdin); ok && file == "-" {
		p.say("Paste the report, then press " + endOfInput + ".")
	}
	in, err := p.source(file)
	if err != nil {
		return report.Report{}, err
	}
	defer in.Close()
	return parser.Parse(in, file, vocabulary)
}
