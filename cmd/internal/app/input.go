package app

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules"
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
					p.hint("Note: " + notice)
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
	p.hint(inputHints(file, err)...)
	p.worsen(exitUsage)
}

func inputHints(file string, err error) []string {
	switch {
	case errors.Is(err, fs.ErrNotExist) && isSubject(file):
		return []string{"mxverdict tests what a report says, not a domain or host by itself. Give it the report, and the name with -t:",
			"  mxverdict -t " + quoted(file) + " report.txt"}
	case errors.Is(err, parser.ErrNoFindings):
		return []string{"Looked for the result sentences and test names of the reporters that `mxverdict rules list` names, such as a pasted " +
			"SMTP test or Domain Health table. Copy the rendered result, with its rows, and paste it again."}
	case errors.Is(err, parser.ErrEmpty):
		return []string{"Paste a report, or name its file: mxverdict verify FILE"}
	case errors.Is(err, parser.ErrBinary):
		return []string{"A report is text. Of a screenshot or PDF, paste the text."}
	}
	return nil
}

// isSubject tells whether an argument that is no file was meant as what a report is about: a domain, host or address, as people type one,
// that does not look like the name of a file.
func isSubject(argument string) bool {
	_, err := targetName(argument)
	return err == nil && !slices.Contains(fileEndings, strings.ToLower(filepath.Ext(argument)))
}

// fileEndings are those of files that people give to this program. Some are top-level domains too, under which few mail servers stand.
var fileEndings = []string{".txt", ".text", ".log", ".md", ".html", ".htm", ".mht", ".eml", ".msg", ".mbox", ".json", ".jsonl", ".csv", ".xml", ".yaml", ".yml",
	".pdf", ".doc", ".docx", ".odt", ".rtf", ".png", ".jpg", ".jpeg", ".zip", ".gz"}

// misspelt is the command that a first argument was probably meant to be, or "". A file of that name goes first.
func misspelt(argument string) string {
	if strings.ContainsAny(argument, `./\`) {
		return ""
	}
	if _, err := os.Lstat(argument); !errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	return rules.Nearest(argument, names((&program{}).commands().Commands))
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
