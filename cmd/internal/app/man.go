package app

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// man prints the manual page, in the language of man(7), which every reader of such pages knows.
func (p *program) man(*cli.Context) error {
	_, err := io.WriteString(p.stdout, manPage(p.commands()))
	return err
}

// manPage is the help of the program and of all its commands in one page, with the headings that such pages have.
func manPage(app *cli.App) string {
	settings, exits := settingsSection(), exitSection()
	settings.title, exits.title = "Files and environment", "Exit status"
	var b strings.Builder
	fmt.Fprintf(&b, ".TH MXVERDICT 1 %s %s %s\n", `"`+builtOn()+`"`, roffWord("mxverdict "+Version), roffWord("User Commands"))
	b.WriteString(".nh\n.ad l\n") // a flag or variable with a hyphen inside could not be copied
	for _, s := range []section{
		{title: "Name", lines: []string{"mxverdict - " + app.Usage}},
		{title: "Synopsis", lines: strings.Split(app.UsageText, "\n")},
		{title: "Description", prose: strings.Split(app.Description, "\n")},
		{title: "Commands"},
	} {
		s.roff(&b, ".SH")
	}
	commandPages(&b, app.Commands, "mxverdict")
	for _, s := range slices.Concat([]section{settings, exits}, examplesOf("")) {
		s.roff(&b, ".SH")
	}
	return b.String()
}

// commandPages describe commands, and those below them.
func commandPages(b *strings.Builder, commands []*cli.Command, path string) {
	for _, c := range visible(commands) {
		name := path + " " + c.Name
		about := section{title: synopsis(c, name), prose: []string{strings.ToUpper(c.Usage[:1]) + c.Usage[1:] + "."}}
		if c.Description != "" {
			about.prose = append(about.prose, strings.Split(c.Description, "\n")...)
		}
		about.roff(b, ".SS")
		for _, s := range slices.Concat(examplesOf(name), flagSections(c), formatSection(c)) {
			s.roff(b, ".PP\n.B")
		}
		commandPages(b, c.Subcommands, name)
	}
}

// roff writes a section below a heading of some kind.
func (s section) roff(b *strings.Builder, heading string) {
	title := s.title
	if heading == ".SH" {
		title = strings.ToUpper(title)
	}
	fmt.Fprintf(b, "%s %s\n", heading, roffWord(title))
	for i, line := range s.lines {
		if i > 0 {
			b.WriteString(".br\n")
		}
		fmt.Fprintln(b, roffLine(line))
	}
	for i, paragraph := range s.prose {
		if i > 0 {
			b.WriteString(".PP\n") // none behind a heading, which begins a paragraph itself
		}
		fmt.Fprintln(b, roffLine(paragraph))
	}
	for _, i := range s.items {
		fmt.Fprintf(b, ".TP\n\\fB%s\\fR\n%s\n", roffText(strings.TrimSpace(i.term)), roffLine(i.means))
	}
	for _, e := range s.examples {
		fmt.Fprintf(b, ".PP\n%s:\n.PP\n.RS 4\n.nf\n", roffLine(e.does))
		for line := range strings.SplitSeq(e.command, "\n") {
			fmt.Fprintln(b, roffLine(line))
		}
		b.WriteString(".fi\n.RE\n")
	}
}

// roffText writes a text so that it is shown as it is: a hyphen stays one that can be copied into a shell, and what is not ASCII is named
// by its number, because readers of such pages disagree about the encoding of files.
func roffText(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\\':
			b.WriteString(`\e`)
		case r == '-', r == '\'', r == '`', r == '^', r == '~':
			b.WriteString(roffSigns[r])
		case r > 0x7e:
			fmt.Fprintf(&b, `\[u%04X]`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// roffSigns are signs of ASCII that would be set as typographic ones.
var roffSigns = map[rune]string{'-': `\-`, '\'': `\(aq`, '`': `\(ga`, '^': `\(ha`, '~': `\(ti`}

// roffLine is a text as a line of its own, which begins no request.
func roffLine(s string) string {
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		return `\&` + roffText(s)
	}
	return roffText(s)
}

// roffWord is a text as an argument of a request.
func roffWord(s string) string { return `"` + strings.ReplaceAll(roffText(s), `"`, `\(dq`) + `"` }
