package render

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"mxverdict/cmd/internal/document"
)

// ticketWidth leaves room: quoted in a mail ("> "), lines of 76 still fit the 78 characters that RFC 5322 section 2.1.1 recommends.
const ticketWidth = 76

func newTicket() *page { return &page{layout: desk{}, width: ticketWidth} }

// writeTicket writes a document as plain text that survives a help desk: at most 76 columns, no tables, no angle brackets,
// nothing that is markup for any of them. What goes to the customer and what does not are parted by a line that says so.
// What it shows in brackets stood in angle brackets or braces; a legend says so where it matters, in the transcripts.
func writeTicket(w io.Writer, d document.Document, _ Options) error {
	p := newTicket()
	sent, rest := parted(d)
	p.reply(sent)
	if len(sent) > 0 && len(rest) > 0 {
		p.line("")
		p.line(strings.Repeat(".", ticketWidth))
		p.line(deskOnly)
	}
	for _, s := range rest {
		p.write(s)
	}
	return p.writeTo(w)
}

// writeReply writes what is for the customer, as plain as a ticket and without a heading: it is sent as it stands. A rule, which is for
// nobody in particular, is written whole.
func writeReply(w io.Writer, d document.Document, _ Options) error {
	p := newTicket()
	p.reply(d.Upto(document.Log, document.Customer).Sections)
	return p.writeTo(w)
}

// reply writes the sections for the customer.
func (p *page) reply(sections []document.Section) {
	for _, s := range sections {
		if s.For == document.Customer {
			s.Title = ""
		}
		p.write(s)
	}
}

// desk is the layout of a help desk, which obeys more than a terminal does and whose columns nobody can trust: no labels beside texts, hard
// breaks, no signs but those of ASCII.
type desk struct{}

func (desk) clean(text string) string      { return plain(text) }
func (desk) obeys(line string) bool        { return ticketMark.MatchString(line) }
func (desk) breaksWords() bool             { return true }
func (desk) heading(p *page, title string) { p.line(title + ":") }
func (desk) legend() string                { return " Angle brackets are shown as [ ], braces as ( )." }
func (desk) transcript(p *page)            { p.gap() } // Markdown takes indented lines for verbatim text only behind an empty line

// ticketMark is what help desks obey at the beginning of a line, whatever its indent: headings, lists, rules, tables, quotations, block and
// slash commands.
var ticketMark = regexp.MustCompile("^ *([-#/:=*+|~_^`!@]|(h[1-6]|bq)\\.)")

// cited gives the address too: a ticket's reader may not know where RFCs are kept.
func (desk) cited(c document.Inline) string {
	if c.Link == "" {
		return c.Text
	}
	return c.Text + ", " + c.Link
}

func (desk) section(p *page, s document.Section, text string) {
	title := s.Title
	if s.Of > 0 {
		title = fmt.Sprintf("Verdict %d of %d: %s", s.Number, s.Of, s.Title)
	}
	p.flow("", title+": ", 4, text)
}

func (desk) item(p *page, label, text string) {
	switch {
	case text == "":
	case label == "":
		p.flow("", "    ", 4, text)
	default:
		p.flow("", label+": ", 4, text)
	}
}

// list gives a label a line of its own.
func (d desk) list(p *page, label string, texts []string) {
	if len(texts) > 1 && label != "" {
		p.line(label + ":")
		p.entries(texts)
		return
	}
	for _, text := range texts {
		d.item(p, label, text)
		label = ""
	}
}

// branch has only indents and a word: help desks take the signs of which trees are drawn for markup.
func (desk) branch(b document.Branch) string { return "    " + strings.Repeat("  ", b.Depth) + b.Word }

// speakers are those of RFC 5321 appendix D: angle brackets do not survive there.
func (desk) speakers() map[document.Speaker]string {
	return map[document.Speaker]string{document.We: "C:", document.Server: "S:", document.Remark: "--"}
}

// code breaks a command where a shell allows it.
func (desk) code(p *page, command string) {
	for _, line := range shellLines(command, commandWidth) {
		p.line("    " + line)
	}
}

// commandWidth is the room that a ticket has for a command.
const commandWidth = ticketWidth - len("    ")

// survives tells whether a command comes out of a ticket as it was put in: a help desk changes none of its signs, and no line is broken but
// where a shell allows it.
func (d desk) survives(command string) bool {
	// The sign in "dig @192.0.2.53" is no mention: no account has an address for its name.
	if d.obeys(command) || logMark.MatchString(command) || atAddress.ReplaceAllString(plain(command), "@$1") != command {
		return false
	}
	return !slices.ContainsFunc(shellLines(command, commandWidth), func(line string) bool {
		return utf8.RuneCountInString(line) > commandWidth || ticketMark.MatchString(line)
	})
}

// atAddress is the sign of a mention before a number, as plain leaves it.
var atAddress = regexp.MustCompile(`\(at\)([0-9][0-9.]*[0-9]|[0-9a-fA-F]*:[0-9a-fA-F:.]+)\b`)

// shellLines breaks a command at blanks outside quotes and not behind a backslash, with a backslash at the end of each line but the last. No line
// begins with an option, which a help desk would take for an item of a list.
func shellLines(command string, width int) []string {
	var lines []string
	start, blank, quote, escaped := 0, 0, rune(0), false
	for i, r := range command + " " {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && quote != '\'':
			escaped = true
		case quote == 0 && (r == '\'' || r == '"'):
			quote = r
		case r == quote:
			quote = 0
		case r != ' ' || quote != 0:
		default:
			if i-start > width-len(` \`) && blank > start {
				lines = append(lines, command[start:blank]+` \`)
				start = blank + 1
			}
			if i < len(command) && !ticketMark.MatchString(command[i+1:]) {
				blank = i
			}
		}
	}
	return append(lines, command[start:])
}
