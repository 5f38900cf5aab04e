package app

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/urfave/cli/v2"
)

// The widths of help: it is folded for any terminal, and its words stand in a column of their own if they are short enough.
const (
	helpIndent = "  "
	helpColumn = 26
)

// help prints the manual of a command, or of the program.
func (p *program) help(app *cli.App, c call) error {
	if c.command == nil {
		return writeHelp(p.stdout, manual(app))
	}
	return writeHelp(p.stdout, manualOf(c.command, c.name()))
}

// writeHelp writes the manual for a terminal.
func writeHelp(w io.Writer, sections []section) error {
	var b strings.Builder
	for i, s := range sections {
		if i > 0 {
			b.WriteString("\n")
		}
		s.help(&b, column(sections, s))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (s section) help(b *strings.Builder, column int) {
	indent := ""
	if s.title != "" {
		fmt.Fprintf(b, "%s:\n", s.title)
		indent = helpIndent
	}
	for _, line := range s.lines {
		for i, part := range fold(line, plainWidth-len(indent)) {
			fmt.Fprintln(b, indent+strings.Repeat(helpIndent, min(i, 1))+part)
		}
	}
	for i, paragraph := range s.prose {
		if i > 0 {
			b.WriteString("\n")
		}
		for _, line := range fold(paragraph, plainWidth-len(indent)) {
			fmt.Fprintln(b, indent+line)
		}
	}
	for _, item := range s.items {
		item.help(b, column)
	}
	for _, e := range s.examples {
		fmt.Fprintln(b, helpIndent+e.does+":")
		for line := range strings.SplitSeq(e.command, "\n") {
			fmt.Fprintln(b, helpIndent+helpIndent+line)
		}
	}
}

// column is where the meanings of a section begin: those of all flags of a page below each other, and those of other words by themselves.
func column(page []section, s section) int {
	longest := 0
	if len(s.items) == 0 {
		return longest
	}
	for _, other := range page {
		for _, i := range other.items {
			n := len(helpIndent) + utf8.RuneCountInString(i.term) + len(helpIndent)
			if n <= helpColumn && i.isFlag() == s.items[0].isFlag() && (i.isFlag() || other.title == s.title) {
				longest = max(longest, n)
			}
		}
	}
	return longest
}

func (i item) isFlag() bool { return strings.HasPrefix(strings.TrimSpace(i.term), "-") }

// help writes a word and, beside or below it, its meaning.
func (i item) help(b *strings.Builder, column int) {
	line := helpIndent + i.term
	if utf8.RuneCountInString(line)+len(helpIndent) > column {
		fmt.Fprintln(b, line)
		line = ""
	}
	for _, part := range fold(i.means, plainWidth-column) {
		fmt.Fprintln(b, line+strings.Repeat(" ", column-utf8.RuneCountInString(line))+part)
		line = ""
	}
}
