package render

import (
	"bytes"
	"html"
	"io"
	"strings"

	"mxverdict/cmd/internal/document"
)

// The styles of a fragment. They stand with each element, for help desks drop classes and style sheets, and name no colour of text or ground:
// it must be legible on whatever it is pasted.
const (
	cellStyle  = ` style="border:1px solid #888;padding:3px 8px;text-align:left;vertical-align:top"`
	tableStyle = ` style="border-collapse:collapse"`
	preStyle   = ` style="border-left:3px solid #888;padding:4px 10px;white-space:pre-wrap;overflow-wrap:anywhere"`
)

// barColors are a bar beside the words that say the same.
var barColors = map[document.Mark]string{document.Bad: "#d32f2f", document.Open: "#c77700", document.Good: "#2e8b3d", document.Neutral: "#1f7fbf"}

// fragment writes the elements that sanitizers of help desks leave, and no other.
type fragment struct {
	out       bytes.Buffer
	explained bool // the marks of transcripts
}

// writeHTML writes a fragment that can be pasted into a help desk, or a page around it.
func writeHTML(w io.Writer, d document.Document, o Options) error {
	f := &fragment{}
	sent, rest := parted(d)
	for _, s := range sent {
		f.blocks(s.Blocks)
	}
	if len(sent) > 0 && len(rest) > 0 {
		f.line("<p" + noteStyle + "><strong>" + htmlText(deskOnly) + "</strong></p>")
	}
	for _, s := range rest {
		f.section(s)
	}
	if o.Page {
		return write(w, standalone(f.out.Bytes()))
	}
	return write(w, f.out.Bytes())
}

// noteStyle draws a line above the note for the desk.
const noteStyle = ` style="border-top:2px solid #888;padding-top:8px;margin-top:24px"`

func (f *fragment) line(s string) { f.out.WriteString(s + "\n") }

// section writes a section. What is deeper than the answer is folded up; where that is not known, its title still stands above it.
func (f *fragment) section(s document.Section) {
	switch {
	case s.Level > document.Answer:
		f.line("<details><summary>" + strings.TrimSpace(marked(s.Mark, titled(s))+" "+htmlLine(s.Lead)) + "</summary>")
		f.blocks(s.Blocks)
		f.line("</details>")
		return
	case s.Title != "":
		f.line("<h3>" + marked(s.Mark, titled(s)) + "</h3>")
	}
	if len(s.Lead) > 0 {
		f.line("<p>" + htmlLine(s.Lead) + "</p>")
	}
	f.blocks(s.Blocks)
}

// marked is a title, with a bar in the colour of its mark.
func marked(m document.Mark, title string) string {
	style := ""
	if color := barColors[m]; color != "" {
		style = ` style="border-left:5px solid ` + color + `;padding-left:7px"`
	}
	return "<strong" + style + ">" + htmlText(title) + "</strong>"
}

// label is the first cell of a row, with a bar in the colour of its mark.
func label(m document.Mark, label string) string {
	style := cellStyle
	if color := barColors[m]; color != "" {
		style = strings.TrimSuffix(style, `"`) + ";border-left:5px solid " + color + `"`
	}
	return "<th" + style + ">" + htmlText(label) + "</th>"
}

// blocks writes the blocks of a section. Items that follow each other are one table.
func (f *fragment) blocks(blocks []document.Block) {
	items := false
	for _, block := range blocks {
		item, ok := block.(*document.Item)
		switch {
		case ok && !items:
			f.line("<table" + tableStyle + ">")
		case !ok && items:
			f.line("</table>")
		}
		if items = ok; ok {
			f.row(label(document.Plain, item.Label), htmlLines(item.Texts))
		} else {
			f.block(block)
		}
	}
	if items {
		f.line("</table>")
	}
}

// row writes a row of a table.
func (f *fragment) row(head, text string) {
	f.line("<tr>" + head + "<td" + cellStyle + ">" + text + "</td></tr>")
}

// block writes a block that is no item.
func (f *fragment) block(block document.Block) {
	switch block := block.(type) {
	case *document.Paragraph:
		f.line("<p>" + htmlLine(block.Text) + "</p>")
	case *document.List:
		f.line(htmlList(block.Points))
	case *document.Lines:
		f.line("<table" + tableStyle + ">")
		for _, line := range block.Lines {
			f.row(label(line.Mark, line.Label), htmlLine(line.Text))
		}
		f.line("</table>")
	case *document.Tree:
		f.heading(block.Title)
		f.verbatim(drawn(block))
	case *document.Commands:
		f.commands(block)
	case *document.Transcript:
		if isDialogue(block) && !f.explained {
			f.explained = true
			f.line("<p>" + htmlText(legend) + "</p>")
		}
		f.verbatim(transcribed(block))
	}
}

// heading stands above a part of a section.
func (f *fragment) heading(title string) {
	f.line("<p><strong>" + htmlText(title) + "</strong></p>")
}

// commands writes commands as they are to be copied.
func (f *fragment) commands(c *document.Commands) {
	lines, left := copied(c.Lines, func(string) bool { return true })
	f.heading(c.Title)
	if len(lines) > 0 {
		f.verbatim(lines)
	}
	if left > 0 {
		f.line("<p>" + htmlText(notCopied(left)) + "</p>")
	}
}

// verbatim writes lines in which white space counts.
func (f *fragment) verbatim(lines []string) {
	f.line("<pre" + preStyle + ">" + html.EscapeString(strings.Join(lines, "\n")) + "</pre>")
}

// htmlLines are one text, or a list of several.
func htmlLines(texts []document.Text) string {
	if len(texts) == 1 {
		return htmlLine(texts[0])
	}
	return htmlList(texts)
}

// htmlList is a list.
func htmlList(texts []document.Text) string {
	var b strings.Builder
	b.WriteString("<ul>")
	for _, text := range texts {
		b.WriteString("<li>" + htmlLine(text) + "</li>")
	}
	return b.String() + "</ul>"
}

// htmlLine is text with its links.
func htmlLine(t document.Text) string {
	var b strings.Builder
	for _, part := range runs(t) {
		said := htmlText(part.Text)
		switch link := linkOf(part); {
		case link != "":
			said = `<a href="` + html.EscapeString(link) + `">` + said + "</a>"
		case part.Kind == document.Code && said != "":
			said = "<code>" + said + "</code>"
		}
		b.WriteString(said)
	}
	return b.String()
}

// htmlText is text in which nothing is markup.
func htmlText(s string) string { return html.EscapeString(Clean(s)) }
