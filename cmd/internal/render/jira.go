package render

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode"

	"mxverdict/cmd/internal/document"
)

// jira writes a document in the wiki markup of Jira Server and Data Center.
type jira struct {
	out       bytes.Buffer
	explained bool // the marks of transcripts
}

// writeJira writes the reply, and below a panel that parts them the rest. The panel holds words of ours only: what stands in a macro could end
// it, whatever other macro it stands in there.
func writeJira(w io.Writer, d document.Document, _ Options) error {
	j := &jira{}
	sent, rest := parted(d)
	for _, s := range sent {
		j.blocks(s.Blocks)
	}
	if len(sent) > 0 && len(rest) > 0 {
		j.part("{panel}" + jiraText(deskOnly) + "{panel}")
	}
	for _, s := range rest {
		j.section(s)
	}
	return write(w, j.out.Bytes())
}

// part writes lines that belong together, behind an empty one.
func (j *jira) part(lines ...string) {
	if j.out.Len() > 0 {
		j.out.WriteByte('\n')
	}
	j.out.WriteString(strings.Join(lines, "\n") + "\n")
}

// section writes a section with its title.
func (j *jira) section(s document.Section) {
	lead := jiraLine(s.Lead)
	switch {
	case s.Level > document.Answer && lead != "":
		j.part("h4. " + jiraText(titled(s)) + ": " + lead)
		lead = ""
	case s.Title != "":
		j.part("h3. " + jiraText(titled(s)))
	}
	if lead != "" {
		j.part(lead)
	}
	j.blocks(s.Blocks)
}

// blocks writes the blocks of a section. Items that follow each other are one table.
func (j *jira) blocks(blocks []document.Block) {
	var rows []string
	flush := func() {
		if len(rows) > 0 {
			j.part(rows...)
			rows = nil
		}
	}
	for _, block := range blocks {
		if item, ok := block.(*document.Item); ok {
			rows = append(rows, "||"+jiraCell(jiraText(item.Label))+"|"+jiraCell(strings.Join(jiraLines(item.Texts), ` \\ `))+"|")
			continue
		}
		flush()
		j.block(block)
	}
	flush()
}

// jiraCell is the content of a cell; one without any would join its neighbours.
func jiraCell(s string) string {
	if s == "" {
		return " "
	}
	return s
}

// block writes a block that is no item.
func (j *jira) block(block document.Block) {
	switch block := block.(type) {
	case *document.Paragraph:
		j.part(jiraLine(block.Text))
	case *document.List:
		j.list(jiraLines(block.Points))
	case *document.Lines:
		rows := []string{"||Verdict||About||"}
		for _, line := range block.Lines {
			rows = append(rows, "|"+jiraCell(jiraText(line.Label))+"|"+jiraCell(jiraLine(line.Text))+"|")
		}
		j.part(rows...)
	case *document.Tree:
		j.part("*" + jiraText(block.Title) + "*")
		j.verbatim(drawn(block))
	case *document.Commands:
		j.commands(block)
	case *document.Transcript:
		if isDialogue(block) && !j.explained {
			j.explained = true
			j.part(jiraText(legend))
		}
		j.verbatim(transcribed(block))
	}
}

// list writes points.
func (j *jira) list(points []string) {
	for i, point := range points {
		points[i] = "* " + point
	}
	j.part(points...)
}

// commands writes commands as they are to be copied.
func (j *jira) commands(c *document.Commands) {
	lines, left := copied(c.Lines, func(command string) bool { return !endsVerbatim(command) })
	j.part("*" + jiraText(c.Title) + "*")
	if len(lines) > 0 {
		j.verbatim(lines)
	}
	if left > 0 {
		j.part(jiraText(notCopied(left)))
	}
}

// endsVerbatim tells whether text would end the macro in which nothing is obeyed.
func endsVerbatim(s string) bool { return strings.Contains(strings.ToLower(s), "{noformat") }

// verbatim writes lines in which nothing is obeyed. Nothing can be escaped there, so that text that would end it stands outside, as a list.
func (j *jira) verbatim(lines []string) {
	if !endsVerbatim(strings.Join(lines, "\n")) {
		j.part("{noformat}", strings.Join(lines, "\n"), "{noformat}")
		return
	}
	texts := make([]string, len(lines))
	for i, line := range lines {
		texts[i] = jiraText(strings.TrimSpace(line))
	}
	j.list(texts)
}

// jiraLines are texts for lines of their own.
func jiraLines(texts []document.Text) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		out[i] = jiraLine(text)
	}
	return out
}

// jiraLine is text for a line of its own, or behind a mark of ours.
func jiraLine(t document.Text) string {
	var b strings.Builder
	for _, part := range runs(t) {
		said := jiraText(part.Text)
		switch link := linkOf(part); {
		case part.Kind == document.File: // nothing lies beside a ticket
		case link != "" && link == part.Text:
			said = "[" + link + "]"
		case link != "":
			said = "[" + said + "|" + link + "]"
		case part.Kind == document.Code && said != "":
			said = "{{" + said + "}}"
		}
		b.WriteString(said)
	}
	return strings.TrimSpace(b.String())
}

// jiraMark are the characters that Jira takes for themselves behind a backslash. A backslash itself, and what is not among them, is written as
// an entity of HTML, which Jira leaves alone.
const jiraMark = "{}[]()*_-+^~?!|#@"

// jiraText is text in which nothing is markup.
func jiraText(s string) string {
	var b strings.Builder
	text := []rune(Clean(s))
	for i, r := range text {
		before, after := ' ', ' '
		if i > 0 {
			before = text[i-1]
		}
		if i+1 < len(text) {
			after = text[i+1]
		}
		switch {
		case r == '\\':
			b.WriteString("&#92;")
		case r == '&':
			b.WriteString("&amp;")
		case r == ':' && after != ' ' && !unicode.IsDigit(after): // addresses ("mailto:", "http:") and faces (":D")
			b.WriteString("&#58;")
		case r == '.' && jiraDot.MatchString(string(text[max(i-3, 0):i])):
			b.WriteString("&#46;")
		case r == '-' && inWord(before) && unicode.IsLetter(after): // neither struck out nor the key of an issue
			b.WriteRune(r)
		case strings.ContainsRune(jiraMark, r):
			b.WriteString(`\` + string(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// jiraDot is what makes markup of the dot behind it: headings, quotations, addresses.
var jiraDot = regexp.MustCompile(`(?i)(^|\W)(h[1-6]|bq)$|www$`)

// inWord tells whether a character is part of a word.
func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
