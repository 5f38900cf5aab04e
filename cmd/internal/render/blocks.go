package render

import (
	"strings"

	"mxverdict/cmd/internal/document"
)

// write writes a section.
func (p *page) write(s document.Section) {
	p.gap()
	if s.Title != "" {
		p.section(p, s, p.text(s.Lead))
	}
	for _, block := range s.Blocks {
		p.block(block, s)
	}
}

// text is the bare text.
func (p *page) text(t document.Text) string {
	var b strings.Builder
	for _, part := range t {
		if part.Kind == document.Citation {
			b.WriteString(p.cited(part))
		} else {
			b.WriteString(part.Text)
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
		p.list(p, block.Label, p.texts(block.Texts))
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
		p.dialogue(block)
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

// tree draws a tree.
func (p *page) tree(t *document.Tree) {
	p.heading(p, t.Title)
	for _, b := range t.Branches {
		lead := p.branch(b)
		// A deep tree must leave room for words on a narrow page.
		p.flow("", lead, min(len(lead)+2, p.width/2), p.text(b.Text))
	}
}

// commands are for the reader who does not believe us.
func (p *page) commands(c *document.Commands) {
	lines, left := copied(c.Lines, p.survives)
	p.heading(p, c.Title)
	for _, line := range lines {
		p.code(p, line)
	}
	if left > 0 {
		p.flow("", "    ", 4, notCopied(left))
	}
}

// dialogue writes a dialogue or a log. The legend stands above the first dialogue only; help desks are read by people who never saw one.
func (p *page) dialogue(t *document.Transcript) {
	m := p.speakers()
	dialogue := len(t.Lines) > 0 && t.Lines[0].Who != document.Nobody
	if dialogue && !p.explained {
		p.explained = true
		p.flow("", "    ", 4, "Seconds since the connection began; "+m[document.We]+" we, "+m[document.Server]+" the server."+p.legend())
	}
	p.transcript(p)
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
