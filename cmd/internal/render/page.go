package render

import (
	"bytes"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"mxverdict/cmd/internal/document"
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
	layout
	out       bytes.Buffer
	width     int
	color     bool
	explained bool // the marks of transcripts
}

// layout is where text stands on a page, and what is obeyed where the page is read: terminal or desk.
type layout interface {
	clean(text string) string     // makes foreign text harmless
	obeys(line string) bool       // whether the beginning of a line would be obeyed
	breaksWords() bool            // whether a word that does not fit into a line is broken
	cited(document.Inline) string // a citation

	section(p *page, s document.Section, text string) // begins a part of the page
	item(p *page, label, text string)                 // a labelled line or paragraph, exactly as it came
	list(p *page, label string, texts []string)       // several under one label
	heading(p *page, title string)                    // above a part of a section
	code(p *page, command string)                     // a command that the reader can copy
	survives(command string) bool                     // whether it then is what it was
	branch(document.Branch) string                    // what stands before a line of a tree
	speakers() map[document.Speaker]string            // who speaks in a transcript
	legend() string                                   // what else is to be known of transcripts
	transcript(p *page)                               // begins one
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
// word that does not fit is broken in a help desk and stands out on a terminal, where it can be copied whole.
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
		case p.breaksWords():
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

// logMark is what CI logs obey at the beginning of a line.
var logMark = regexp.MustCompile(`^ *::[A-Za-z]`)

const (
	markLength = 3 // no mark at the beginning of a line is longer, here or in a help desk
	continued  = "..."
)

// guard keeps foreign text that could be obeyed away from the beginning of a line.
// The dots are words of ours, so that the text behind them stays as it came.
func (p *page) guard(text string) string {
	if logMark.MatchString(text) || p.obeys(text) {
		return continued + text
	}
	return text
}

// entries writes texts without labels, each on a line of its own.
func (p *page) entries(texts []string) {
	for _, text := range texts {
		p.flow("", "    ", 6, text)
	}
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
