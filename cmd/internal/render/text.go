package render

import (
	"fmt"
	"io"

	"mxverdict/cmd/internal/document"
)

// The widths of a terminal. Below minWidth indents would leave no room for words.
const (
	defaultWidth = 80
	minWidth     = 40
)

// styles are how the marks of a document look on a terminal.
var styles = map[document.Mark]style{document.Strong: bold, document.Bad: red, document.Open: yellow, document.Good: green, document.Neutral: cyan}

// writeText writes a document for people at a terminal.
// Its only errors are those of w: there is no document that cannot be written.
func writeText(w io.Writer, d document.Document, o Options) error {
	p := &page{layout: terminal{}, width: widthOf(o), color: o.Color}
	for _, s := range d.Sections {
		p.write(s)
	}
	return p.writeTo(w)
}

// widthOf is how wide a page is. What the terminal says of its width may be nonsense; a page is never narrower than words are.
func widthOf(o Options) int {
	if o.Width <= 0 {
		return defaultWidth
	}
	return max(o.Width, minWidth)
}

// terminal is the layout of a terminal: labels in a column, words and commands in one piece.
type terminal struct{}

func (terminal) clean(text string) string        { return Clean(text) }
func (terminal) obeys(string) bool               { return false }
func (terminal) breaksWords() bool               { return false }
func (terminal) cited(c document.Inline) string  { return c.Text }
func (terminal) code(p *page, command string)    { p.line("      " + command) }
func (terminal) survives(string) bool            { return true }
func (terminal) branch(b document.Branch) string { return "      " + branch(b) }
func (terminal) heading(p *page, title string)   { p.line("   " + p.paint(bold, title)) }
func (terminal) legend() string                  { return "" }
func (terminal) transcript(*page)                {}
func (terminal) speakers() map[document.Speaker]string {
	return map[document.Speaker]string{document.We: ">>", document.Server: "<<", document.Remark: "--"}
}

func (terminal) section(p *page, s document.Section, text string) {
	title := s.Title
	if s.Of > 0 {
		title = fmt.Sprintf("%d. %s", s.Number, s.Title)
	}
	p.flow(styles[s.Mark], title+"  ", 2, text)
}

// column is where the text of an item begins.
const column = 17

func (terminal) item(p *page, label, text string) {
	if text != "" {
		p.flow(bold, fmt.Sprintf("   %-*s ", column-4, label), column, text)
	}
}

// list puts the label beside the first.
func (t terminal) list(p *page, label string, texts []string) {
	for _, text := range texts {
		t.item(p, label, text)
		label = ""
	}
}
