package render

import (
	"fmt"
	"io"
	"strings"

	"mxverdict/cmd/internal/document"
)

// styles are how the marks of a document look on a terminal.
var styles = map[document.Mark]style{document.Strong: bold, document.Bad: red, document.Open: yellow, document.Good: green, document.Neutral: cyan}

// writeText writes a document for people at a terminal.
// Its only errors are those of w: there is no document that cannot be written.
func writeText(w io.Writer, d document.Document, o Options) error {
	p := newPage(o)
	for _, s := range d.Sections {
		p.write(s)
	}
	return p.writeTo(w)
}

// write writes a section.
func (p *page) write(s document.Section) {
	switch {
	case s.Title == "":
		p.gap()
	case s.Of > 0 && p.ticket:
		p.section("", fmt.Sprintf("Verdict %d of %d: %s", s.Number, s.Of, s.Title), p.text(s.Lead))
	case s.Of > 0:
		p.section(styles[s.Mark], fmt.Sprintf("%d. %s", s.Number, s.Title), p.text(s.Lead))
	default:
		p.section(styles[s.Mark], s.Title, p.text(s.Lead))
	}
	for _, block := range s.Blocks {
		p.block(block, s)
	}
}

// text is the bare text; a ticket's reader, who may not know where RFCs are kept, gets their address too.
func (p *page) text(t document.Text) string {
	var b strings.Builder
	for _, part := range t {
		b.WriteString(part.Text)
		if p.ticket && part.Kind == document.Citation && part.Link != "" {
			b.WriteString(", " + part.Link)
		}
	}
	return b.String()
}

// texts are bare texts.
func (p *page) texts(list []document.Text) []string {
	out := make([]string, len(list))
	for i, t := range list {
		out[i] = p.text(t)
	}
	return out
}

// block writes a block of a section.
func (p *page) block(block document.Block, s document.Section) {
	switch block := block.(type) {
	case *document.Paragraph:
		p.paragraph(p.text(block.Text), s)
	case *document.Item:
		p.list(block.Label, p.texts(block.Texts))
	case *document.List:
		p.points(p.texts(block.Points), s)
	case *document.Lines:
		for _, line := range block.Lines {
			p.flow(styles[line.Mark], "   "+p.label(line.Label), 6, p.text(line.Text))
		}
	case *document.Tree:
		p.tree(block)
	case *document.Commands:
		p.commands(block)
	case *document.Transcript:
		p.transcript(block)
	}
}

// label puts the sign behind a label that parts it from its text.
func (p *page) label(label string) string {
	if label == "" {
		return ""
	}
	return label + ": "
}

// indent is where the text of a section begins: what is to be sent stands at the margin, so that it can be copied.
func indent(s document.Section) string {
	if s.For == document.Customer || s.Title == "" {
		return ""
	}
	return "   "
}

// paragraph writes running text.
func (p *page) paragraph(text string, s document.Section) {
	p.flow("", indent(s), len(indent(s)), text)
}

// points writes a list. Its dashes are ours; in a list of notices, of which each is a line, they would be in the way.
func (p *page) points(texts []string, s document.Section) {
	if s.For != document.Customer {
		p.entries(texts)
		return
	}
	for _, text := range texts {
		if strings.TrimSpace(text) == "" {
			continue // a dash alone would be obeyed
		}
		p.flow("", "- ", 2, text)
	}
}

// tree draws a tree. Help desks take the signs of which trees are drawn for markup, so that a ticket has only indents and a word.
func (p *page) tree(t *document.Tree) {
	p.heading(t.Title)
	for _, b := range t.Branches {
		lead := "      " + branch(b)
		if p.ticket {
			lead = "    " + strings.Repeat("  ", b.Depth) + b.Word
		}
		// A deep tree must leave room for words on a narrow page.
		p.flow("", lead, min(len(lead)+2, p.width/2), p.text(b.Text))
	}
}

// heading stands above a part of a section.
func (p *page) heading(title string) {
	if p.ticket {
		p.line(title + ":")
	} else {
		p.line("   " + p.paint(bold, title))
	}
}

// commands are for the reader who does not believe us.
func (p *page) commands(c *document.Commands) {
	lines, left := copied(c.Lines, p.survives)
	p.heading(c.Title)
	for _, line := range lines {
		p.code(line)
	}
	if left > 0 {
		p.flow("", "    ", 4, notCopied(left))
	}
}

// marks say who speaks in a transcript. A ticket has those of RFC 5321 appendix D: angle brackets do not survive there.
func (p *page) marks() map[document.Speaker]string {
	if p.ticket {
		return map[document.Speaker]string{document.We: "C:", document.Server: "S:", document.Remark: "--"}
	}
	return map[document.Speaker]string{document.We: ">>", document.Server: "<<", document.Remark: "--"}
}

// transcript writes a dialogue or a log. The legend stands above the first dialogue only; help desks are read by people who never saw one.
func (p *page) transcript(t *document.Transcript) {
	m := p.marks()
	dialogue := len(t.Lines) > 0 && t.Lines[0].Who != document.Nobody
	if dialogue && !p.explained {
		p.explained = true
		text := "Seconds since the connection began; " + m[document.We] + " we, " + m[document.Server] + " the server."
		if p.ticket {
			text += " Angle brackets are shown as [ ], braces as ( )."
		}
		p.flow("", "    ", 4, text)
	}
	if p.ticket {
		p.gap() // Markdown takes indented lines for verbatim text only behind an empty line
	}
	for _, said := range t.Lines {
		lead := "    " + said.Lead + "  "
		hang := 8
		if dialogue {
			lead += m[said.Who] + " "
			hang = len(lead)
		}
		p.flow("", lead, hang, p.text(said.Text))
	}
}
