package render

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"mxverdict/cmd/internal/document"
)

// What all writers of markup have in common: what stands verbatim, what can be copied, which links are followed, and which pieces of text
// belong together.

// safeLink are the addresses that a reader is led to. Rules may be somebody else's, so that only plain ones count: encrypted, no user
// name, and no character that ends a link in any markup.
var safeLink = regexp.MustCompile(`^https://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9._/?#,=%+-]*)?$`)

// linkOf is where a citation or the name of a file leads, or "". A citation that is an address leads there.
func linkOf(part document.Inline) string {
	if part.Kind == document.File {
		return relative(part.Link)
	}
	link := cmp.Or(part.Link, part.Text)
	if part.Kind != document.Citation || !safeLink.MatchString(link) {
		return ""
	}
	return link
}

// relative is a path as a reference that leads on from where the document lies (RFC 3986 section 4.2), or "" for one that would not. All
// that could mean anything in an address or in markup is encoded (section 2.1), a colon too, so that no path begins with a scheme.
func relative(path string) string {
	if strings.HasPrefix(path, "/") {
		return ""
	}
	var b strings.Builder
	for i := range len(path) {
		if c := path[i]; c == '/' || unreserved.MatchString(path[i:i+1]) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// unreserved are the characters that mean nothing but themselves (RFC 3986 section 2.3). An underscore or a tilde means something in Markdown.
var unreserved = regexp.MustCompile(`^[A-Za-z0-9.-]$`)

// runs puts pieces of running text together. Text of ours is escaped like all other, so that nothing becomes markup by standing beside it.
func runs(t document.Text) document.Text {
	var out document.Text
	for _, part := range t {
		running := linkOf(part) == "" && part.Kind != document.Code
		if last := len(out) - 1; running && last >= 0 && out[last].Kind == document.Foreign {
			out[last].Text += part.Text
			continue
		}
		if running {
			part = document.Inline{Kind: document.Foreign, Text: part.Text}
		}
		out = append(out, part)
	}
	return out
}

// titled is the title of a section.
func titled(s document.Section) string {
	if s.Of > 0 {
		return fmt.Sprintf("Verdict %d of %d: %s", s.Number, s.Of, s.Title)
	}
	return s.Title
}

// parted parts what goes to the customer from what does not. A document that is not for anybody in particular, such as a rule, is not parted.
func parted(d document.Document) (sent, rest []document.Section) {
	for _, s := range d.Sections {
		if s.For == document.Customer {
			sent = append(sent, s)
		} else {
			rest = append(rest, s)
		}
	}
	return sent, rest
}

// deskOnly parts the two for who reads them.
const deskOnly = "For your own desk: from here on it is not for the customer."

// said are the marks of a transcript where brackets survive: those of RFC 5321 appendix D.
var said = map[document.Speaker]string{document.We: "C: ", document.Server: "S: ", document.Remark: "-- "}

// legend explains them.
const legend = "Seconds since the connection began; C: is what we sent, S: what the server answered."

// isDialogue tells a dialogue from a log of questions.
func isDialogue(t *document.Transcript) bool {
	return len(t.Lines) > 0 && t.Lines[0].Who != document.Nobody
}

// transcribed are the lines of a transcript where white space counts.
func transcribed(t *document.Transcript) []string {
	lines := make([]string, len(t.Lines))
	for i, line := range t.Lines {
		lines[i] = Message(line.Lead + "  " + said[line.Who] + line.Text.String())
	}
	return lines
}

// drawn are the lines of a tree where white space counts.
func drawn(t *document.Tree) []string {
	lines := make([]string, len(t.Branches))
	for i, b := range t.Branches {
		lines[i] = Message(branch(b) + b.Text.String())
	}
	return lines
}

// branch is what is drawn before the words of a branch; each depth takes three columns.
func branch(b document.Branch) string {
	switch {
	case b.Depth == 0:
		return ""
	case b.Last:
		return strings.Repeat("   ", b.Depth-1) + "`- "
	}
	return strings.Repeat("   ", b.Depth-1) + "|- "
}

// copied are the commands that a reader gets as they are meant when he copies them, and how many others there are. A command that was
// changed on the way to him, were it by one sign, is a command that nobody meant.
func copied(commands []string, survives func(string) bool) (whole []string, left int) {
	for _, command := range commands {
		command = strings.TrimSpace(command)
		if command != "" && Message(command) == command && survives(command) {
			whole = append(whole, command)
		} else {
			left++
		}
	}
	return whole, left
}

// notCopied says how many commands are not shown.
func notCopied(n int) string {
	if n == 1 {
		return "One command is not shown, because it would not survive here unchanged; --format json has it."
	}
	return fmt.Sprintf("%d commands are not shown, because they would not survive here unchanged; --format json has them.", n)
}
