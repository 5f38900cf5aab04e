package render

import (
	"bytes"
	"html"
	"io"
	"regexp"
	"strings"

	"mxverdict/cmd/internal/document"
)

// markdown writes a document in the dialect of GitHub (GFM 0.29), which GitLab and most desks that know Markdown share.
type markdown struct {
	out       bytes.Buffer
	explained bool // the marks of transcripts
}

// writeMarkdown writes the reply as plain Markdown, and below a line that parts them the rest, the evidence folded up. A paragraph is a line,
// because GitHub takes a line break in a comment for one.
func writeMarkdown(w io.Writer, d document.Document, _ Options) error {
	m := &markdown{}
	sent, rest := parted(d)
	for _, s := range sent {
		m.blocks(s.Blocks)
	}
	if len(sent) > 0 && len(rest) > 0 {
		m.part("---")
		m.part("**" + markdownText(deskOnly) + "**")
	}
	for _, s := range rest {
		m.section(s)
	}
	return write(w, m.out.Bytes())
}

// part writes lines that belong together, behind an empty one.
func (m *markdown) part(lines ...string) {
	if m.out.Len() > 0 {
		m.out.WriteByte('\n')
	}
	m.out.WriteString(strings.Join(lines, "\n") + "\n")
}

// section writes a section. What is deeper than the answer is folded up: the summary is a block of HTML, which ends at the first empty line.
func (m *markdown) section(s document.Section) {
	switch {
	case s.Level > document.Answer:
		m.part("<details><summary>" + summary(s) + "</summary>")
		m.blocks(s.Blocks)
		m.part("</details>")
		return
	case s.Title != "":
		m.part("### " + markdownText(titled(s)))
	}
	if lead := markdownLine(s.Lead); lead != "" {
		m.part(lead)
	}
	m.blocks(s.Blocks)
}

// summary is the title of a folded section. Words that would be obeyed in HTML too stand in an element in which nothing is.
func summary(s document.Section) string {
	words := strings.Fields(Clean(s.Lead.String()))
	for i, word := range words {
		if words[i] = html.EscapeString(word); alive(word) {
			words[i] = "<code>" + words[i] + "</code>"
		}
	}
	return strings.TrimSpace("<b>" + html.EscapeString(Clean(titled(s))) + "</b> " + strings.Join(words, " "))
}

// blocks writes the blocks of a section. Items and notes that follow each other are one list.
func (m *markdown) blocks(blocks []document.Block) {
	var items []string
	flush := func() {
		if len(items) > 0 {
			m.part(items...)
			items = nil
		}
	}
	for _, block := range blocks {
		if item, ok := block.(*document.Item); ok {
			items = append(items, markdownItem(item)...)
			continue
		}
		flush()
		m.block(block)
	}
	flush()
}

// markdownItem is a labelled text, or a label with a list below it.
func markdownItem(item *document.Item) []string {
	label := "**" + markdownText(item.Label) + ":** "
	if item.Label == "" {
		label = ""
	}
	if len(item.Texts) == 1 {
		return []string{"- " + label + markdownLine(item.Texts[0])}
	}
	var lines []string
	indent := ""
	if label != "" {
		lines, indent = append(lines, "- "+strings.TrimSpace(label)), "  "
	}
	for _, text := range item.Texts {
		lines = append(lines, indent+"- "+markdownLine(text))
	}
	return lines
}

// block writes a block that is no item.
func (m *markdown) block(block document.Block) {
	switch block := block.(type) {
	case *document.Paragraph:
		m.part(markdownLine(block.Text))
	case *document.List:
		lines := make([]string, len(block.Points))
		for i, point := range block.Points {
			lines[i] = "- " + markdownLine(point)
		}
		m.part(lines...)
	case *document.Lines:
		m.table(block)
	case *document.Tree:
		m.heading(block.Title)
		m.verbatim("", drawn(block))
	case *document.Commands:
		m.commands(block)
	case *document.Transcript:
		if isDialogue(block) && !m.explained {
			m.explained = true
			m.part(markdownText(legend))
		}
		m.verbatim("", transcribed(block))
	}
}

// heading stands above a part of a section.
func (m *markdown) heading(title string) { m.part("**" + markdownText(title) + "**") }

// table writes lines with labels.
func (m *markdown) table(l *document.Lines) {
	rows := []string{"| Verdict | About |", "| --- | --- |"}
	for _, line := range l.Lines {
		rows = append(rows, "| "+markdownText(line.Label)+" | "+markdownLine(line.Text)+" |")
	}
	m.part(rows...)
}

// commands writes commands as they are to be copied.
func (m *markdown) commands(c *document.Commands) {
	lines, left := copied(c.Lines, func(string) bool { return true })
	m.heading(c.Title)
	if len(lines) > 0 {
		m.verbatim("sh", lines)
	}
	if left > 0 {
		m.part(markdownText(notCopied(left)))
	}
}

// verbatim writes lines in which nothing is obeyed: the fence is longer than any in them (CommonMark 0.31 section 4.5).
func (m *markdown) verbatim(language string, lines []string) {
	fence := strings.Repeat("`", max(3, longestTicks(strings.Join(lines, "\n"))+1))
	m.part(fence+language, strings.Join(lines, "\n"), fence)
}

// longestTicks is the length of the longest run of backticks.
func longestTicks(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if run++; r != '`' {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}

// markdownLine is text for a line of its own, or behind a mark of ours.
func markdownLine(t document.Text) string {
	var b strings.Builder
	for _, part := range runs(t) {
		said := markdownText(part.Text)
		switch link := linkOf(part); {
		case link != "":
			// Nobody looks into the text of a link, and code in it could end its bracket: "[`]: x`]" is a definition.
			said = "[" + escaped.Replace(Clean(part.Text)) + "](" + link + ")"
		case part.Kind == document.Code:
			said = codeSpan(strings.Join(strings.Fields(Clean(part.Text)), " "))
		}
		// Two spans side by side would be one.
		if strings.HasSuffix(b.String(), "`") && strings.HasPrefix(said, "`") {
			b.WriteByte(' ')
		}
		b.WriteString(said)
	}
	return atStart(strings.TrimSpace(b.String()))
}

// markdownText is text in which nothing is markup. Words that are obeyed whatever stands before them are shown as code,
// the marks of the sentence around them not.
func markdownText(s string) string {
	words := strings.Split(Clean(s), " ")
	for i, word := range words {
		if alive(word) {
			core := strings.TrimRight(strings.TrimLeft(word, `("'`), `)"',.;:`)
			before, after, _ := strings.Cut(word, core)
			words[i] = escaped.Replace(before) + codeSpan(core) + escaped.Replace(after)
		} else {
			words[i] = escaped.Replace(word)
		}
	}
	return strings.Join(words, " ")
}

// escaped puts a backslash before what is markup inside a line (CommonMark 0.31 section 2.4).
var escaped = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`,
	"<", `\<`, ">", `\>`, "|", `\|`, "~", `\~`, "#", `\#`, "&", `\&`)

// What GitHub, GitLab and others look for in the finished text, where no backslash is left: mentions, references to issues, merge requests,
// labels, milestones and epics, formulas, addresses, emoji, wiki links. None of them looks into code.
var (
	reference = regexp.MustCompile(`[@#$]|![0-9]|[%~][\w"]|&[0-9]|\[\[|[A-Z][A-Z0-9]+-[0-9]`)
	address   = regexp.MustCompile(`(?i)://|www\.|(mailto|xmpp):|:[\w+-]*[a-z][\w+-]*:|:(100|1234|\+1|-1):|^\[TOC]$`)
	commit    = regexp.MustCompile(`(?i)\b[0-9]*[a-f][0-9a-f]*\b`)
)

// alive tells whether a word is obeyed even where it is escaped.
func alive(word string) bool {
	if reference.MatchString(word) || address.MatchString(word) {
		return true
	}
	for _, id := range commit.FindAllString(word, -1) {
		if len(id) >= 7 && len(id) <= 40 {
			return true
		}
	}
	return false
}

// codeSpan shows text as code. A bar ends a cell of a table even there, and only outside can it be escaped for good.
func codeSpan(s string) string {
	parts := strings.Split(s, "|")
	for i, part := range parts {
		if part == "" {
			continue
		}
		fence := strings.Repeat("`", longestTicks(part)+1)
		if strings.HasPrefix(part, "`") || strings.HasSuffix(part, "`") || strings.HasPrefix(part, " ") {
			part = " " + part + " "
		}
		parts[i] = fence + part + fence
	}
	return strings.Join(parts, `\|`)
}

// beginning is what is markup only where a line begins: lists, underlines of headings, definitions, and commands to a desk ("/close").
var beginning = regexp.MustCompile(`^([-+=:/]|[0-9]{1,9}[.)])`)

// atStart makes text harmless where a line begins.
func atStart(s string) string {
	if mark := beginning.FindString(s); mark != "" {
		return mark[:len(mark)-1] + `\` + s[len(mark)-1:]
	}
	return s
}
