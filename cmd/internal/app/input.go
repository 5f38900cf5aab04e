package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules"
)

// read parses every file, or standard input where none is named. What could not be read is told on stderr; the others go on.
func (p *program) read(files []string, vocabulary report.Vocabulary) []report.Report {
	if len(files) == 0 {
		files = []string{"-"}
	}
	var reports []report.Report
	for _, file := range files {
		r, err := p.readOne(file, vocabulary)
		switch {
		case p.env.Context.Err() != nil:
			p.code = exitInterrupted
			return nil
		case errors.Is(err, parser.ErrNoFindings):
			p.complain(file, err)
			for _, notice := range r.Notices {
				p.say("Note: " + notice)
			}
			r.Source = file
			reports = append(reports, r)
		case err != nil:
			p.complain(file, err)
		default:
			reports = append(reports, r)
		}
	}
	return reports
}

// complain tells what is wrong with one input and goes on.
func (p *program) complain(file string, err error) {
	if file == "-" {
		file = "standard input"
	}
	p.say(fmt.Sprintf("mxverdict: %s: %s", file, strings.TrimPrefix(err.Error(), "parser: ")))
	if hint := inputHint(err); hint != "" {
		p.say(hint)
	}
	p.code = worse(p.code, exitUsage)
}

func inputHint(err error) string {
	switch {
	case errors.Is(err, parser.ErrNoFindings):
		return "Looked for the result sentences and test names of the reporters that `mxverdict rules list` names, such as a pasted\n" +
			"SMTP test or Domain Health table. Copy the rendered result, with its rows, and paste it again."
	case errors.Is(err, parser.ErrEmpty):
		return "Paste a report, or name its file: mxverdict verify FILE"
	case errors.Is(err, parser.ErrBinary):
		return "A report is text. Of a screenshot or PDF, paste the text."
	}
	return ""
}

func (p *program) readOne(file string, vocabulary report.Vocabulary) (report.Report, error) {
	in := io.Reader(interruptible{p.env.Context, p.stdin})
	if file == "-" {
		if _, ok := p.env.Terminal(p.stdin); ok {
			p.say("Paste the report, then press Ctrl-D on a line of its own.")
		}
	} else {
		f, err := os.Open(file)
		if err != nil {
			return report.Report{}, openError(file, err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return report.Report{}, errors.New("is a folder; name the files in it")
		}
		in = f
	}
	return parser.Parse(in, file, vocabulary)
}

// interruptible is a reader that gives up when the program is to end: a read of a terminal or pipe can last for ever.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(b []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	done, own := make(chan result, 1), make([]byte, len(b))
	go func() {
		n, err := i.r.Read(own)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return copy(b, own[:r.n]), r.err
	case <-i.ctx.Done():
		return 0, context.Cause(i.ctx)
	}
}

// openError drops the path, which stands before the message already, and takes a lone word for a misspelt command.
func openError(file string, err error) error {
	var pathErr *os.PathError
	if !errors.As(err, &pathErr) {
		return err
	}
	if near := rules.Nearest(file, commandNames); errors.Is(err, fs.ErrNotExist) && near != "" && !strings.ContainsAny(file, "./") {
		return fmt.Errorf("%w; did you mean the command %s?", pathErr.Err, near)
	}
	return pathErr.Err
}

var commandNames = []string{"verify", "parse", "replay", "rules", "demo"}
