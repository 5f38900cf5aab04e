package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The widths of pages. Below minWidth indents would leave no room for words.
const (
	// Quoted in a mail ("> "), lines of 76 still fit the 78 characters that RFC 5322 section 2.1.1 recommends.
	ticketWidth  = 76
	defaultWidth = 80
	minWidth     = 40
)

// style is an SGR parameter of ECMA-48; "" is plain. No meaning is in the colour alone. Bold colours are light ones on many terminals, and
// not to be read on a white ground.
type style string

const (
	bold   style = "1"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// page collects lines of text. Foreign text gets onto it only through flow and code, which clean it.
type page struct {
	out       bytes.Buffer
	width     int
	color     bool
	ticket    bool // plain text for a ticket: ASCII marks, hard breaks, no labels in columns
	explained bool // the marks of transcripts
}

// newPage makes a page for a terminal. What the terminal says of its width may be nonsense; a page is never narrower than words are.
func newPage(o Options) *page {
	width := o.Width
	if width <= 0 {
		width = defaultWidth
	}
	return &page{width: max(width, minWidth), color: o.Color}
}

// clean makes text harmless where this page is read: a help desk obeys more than a terminal does.
func (p *page) clean(s string) string {
	if p.ticket {
		return plain(s)
	}
	return Clean(s)
}

// paint colours words of ours; blanks around them stay outside.
func (p *page) paint(s style, text string) string {
	words := strings.TrimSpace(text)
	if !p.color || s == "" || words == "" {
		return text
	}
	return strings.Replace(text, words, "\x1b["+string(s)+"m"+words+"\x1b[0m", 1)
}

// flow writes text behind a lead of our own words; further lines begin at column hang.
// The lead is ours and is not cleaned.
func (p *page) flow(s style, lead string, hang int, text string) {
	text = p.clean(text)
	// Behind words of ours nothing foreign stands at the beginning of the line. Behind the dash of a list it does: "- # x" is a heading.
	if strings.Trim(lead, " -") == "" {
		text = p.guard(text)
	}
	lines := p.wrap(text, len(lead), hang)
	p.line(p.paint(s, lead) + lines[0])
	for _, line := range lines[1:] {
		p.line(strings.Repeat(" ", hang) + line)
	}
}

// line writes a line that is clean already. Blanks at its end are hard breaks to Markdown and go.
func (p *page) line(s string) { p.out.WriteString(strings.TrimRight(s, " ") + "\n") }

// gap writes an empty line, except at the beginning and after another one.
func (p *page) gap() {
	if b := p.out.Bytes(); len(b) > 0 && !bytes.HasSuffix(b, []byte("\n\n")) {
		p.out.WriteByte('\n')
	}
}

// wrap cuts text at blanks into lines that fit between column first (hang for all but the first line) and the width. A
// word that does not fit is broken in a ticket and stands out on a terminal, where it can be copied whole.
// Characters count as columns. Wide ones of East Asian scripts make a line longer than the width; that costs beauty, not safety.
func (p *page) wrap(text string, first, hang int) []string {
	var lines []string
	rest := []rune(text)
	room := p.width - first
	for len(rest) > room {
		cut := lastBlank(rest, room)
		switch {
		case cut > 0:
			lines, rest = append(lines, string(rest[:cut])), rest[cut+1:]
		case p.ticket:
			if cut = room; rest[cut] == '@' {
				cut-- // at the beginning of a line the domain of a mail address would be a mention
			}
			lines, rest = append(lines, string(rest[:cut])), rest[cut:]
		default:
			if cut = room + slices.Index(rest[room:], ' '); cut < room {
				return append(lines, string(rest))
			}
			lines, rest = append(lines, string(rest[:cut])), rest[cut+1:]
		}
		for len(rest) > 0 && rest[0] == ' ' {
			rest = rest[1:]
		}
		// Each line begins anew for whoever reads it, so that each is guarded.
		if cut = min(len(rest), markLength); p.guard(string(rest[:cut])) != string(rest[:cut]) {
			rest = append([]rune(continued), rest...)
		}
		room = p.width - hang
	}
	return append(lines, string(rest))
}

// lastBlank returns the last place up to room where a line may end: behind a word and, if there is a choice, not
// between a number and its unit. Without one it returns -1.
func lastBlank(r []rune, room int) int {
	found := -1
	for i := min(room, len(r)-1); i > 0; i-- {
		if r[i] != ' ' || r[i-1] == ' ' {
			continue
		}
		if !unit(r[i+1:]) {
			return i
		}
		found = max(found, i)
	}
	return found
}

// unit tells whether text begins with the unit of our times.
func unit(r []rune) bool {
	return len(r) > 0 && r[0] == 's' && (len(r) == 1 || !unicode.IsLetter(r[1]))
}

// What help desks and CI logs obey at the beginning of a line, whatever its indent: headings, lists, rules, tables,
// quotations, block and slash commands. No such mark is longer than markLength.
var (
	ticketMark = regexp.MustCompile("^ *([-#/:=*+|~_^`!@]|(h[1-6]|bq)\\.)")
	logMark    = regexp.MustCompile(`^ *::[A-Za-z]`)
)

const (
	markLength = 3
	continued  = "..."
)

// guard keeps foreign text that could be obeyed away from the beginning of a line.
// The dots are words of ours, so that the text behind them stays as it came.
func (p *page) guard(text string) string {
	if logMark.MatchString(text) || p.ticket && ticketMark.MatchString(text) {
		return continued + text
	}
	return text
}

// section begins a part of the page.
func (p *page) section(s style, title, text string) {
	p.gap()
	if p.ticket {
		p.flow("", title+": ", 4, text)
		return
	}
	p.flow(s, title+"  ", 2, text)
}

// column is where the text of an item begins on a terminal.
const column = 17

// item writes one labelled line or paragraph of a section, exactly as it came.
func (p *page) item(label, text string) {
	switch {
	case text == "":
	case p.ticket && label == "":
		p.flow("", "    ", 4, text)
	case p.ticket:
		p.flow("", label+": ", 4, text)
	default:
		p.flow(bold, fmt.Sprintf("   %-*s ", column-4, label), column, text)
	}
}

// list writes items under one label.
// On a terminal the label stands beside the first; a ticket, whose columns nobody can trust, has it on a line of its own.
func (p *page) list(label string, texts []string) {
	if p.ticket && len(texts) > 1 && label != "" {
		p.line(label + ":")
		p.entries(texts)
		return
	}
	for _, text := range texts {
		p.item(label, text)
		label = ""
	}
}

// entries writes texts without labels, each on a line of its own.
func (p *page) entries(texts []string) {
	for _, text := range texts {
		p.flow("", "    ", 6, text)
	}
}

// code writes a command that the reader can copy: in one piece on a terminal, in a ticket broken where a shell allows it.
func (p *page) code(command string) {
	if !p.ticket {
		p.line("      " + command)
		return
	}
	for _, line := range shellLines(command, commandWidth) {
		p.line("    " + line)
	}
}

// commandWidth is the room that a ticket has for a command.
const commandWidth = ticketWidth - len("    ")

// survives tells whether a command comes out of a ticket as it was put in: a help desk changes none of its signs, and no line is broken but
// where a shell allows it.
func (p *page) survives(command string) bool {
	if !p.ticket {
		return true
	}
	// The sign in "dig @192.0.2.53" is no mention: no account has an address for its name.
	if atAddress.ReplaceAllString(p.guard(plain(command)), "@$1") != command {
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

// writeTo writes the page in one piece.
func (p *page) writeTo(w io.Writer) error { return write(w, p.out.Bytes()) }

// write is the only way out of this package.
func write(w io.Writer, b []byte) error {
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("render: %w", err)
	}
	return nil
}
