package app

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"

	"mxverdict/cmd/internal/batch"
	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// summaries writes the summary in the formats that people read, and as a table.
func (b *batchRun) summaries(dir string, s batch.Summary) error {
	find := b.places(dir)
	var errs []error
	for _, name := range []string{"text", "markdown", "html"} {
		format, _ := render.Named(name)
		var text bytes.Buffer
		errs = append(errs, format.Document(&text, document.OfSummary(s, find), render.Options{Page: true}), b.store.WriteSafely("summary"+format.Ending, text.Bytes()))
	}
	return errors.Join(append(errs, b.store.WriteSafely("summary.csv", s.CSV()))...)
}

// places tells where the report from a source and the verdict on it can be read, from the folder of the run: what does not lie there, or no
// more, leads nowhere.
func (b *batchRun) places(dir string) func(source string) document.Places {
	from, err := filepath.Abs(dir)
	return func(source string) document.Places {
		var p document.Places
		for _, format := range b.each {
			if name := verdictFile(source, format); p.Verdict == "" && b.store.Holds(name) {
				p.Verdict = name
			}
		}
		if file := sourceFile(source); file != "" && err == nil {
			if to, err := filepath.Abs(file); err == nil {
				to, _ = filepath.Rel(from, to) // "" on another drive of Windows
				p.Source = filepath.ToSlash(to)
			}
		}
		return p
	}
}

// sourceFile is the file from which a source was read, of a message that of its mailbox; "" where none is there.
func sourceFile(source string) string {
	for _, file := range []string{source, batch.MailboxOf(source)} {
		if info, err := os.Stat(file); err == nil && info.Mode().IsRegular() {
			return file
		}
	}
	return ""
}
