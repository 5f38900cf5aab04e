package text

import (
	"html"
	"strings"

	"mxverdict/parser/internal/rows"
	"mxverdict/parser/internal/scan"
)

// Markup that arrives as text: tables of HTML and of bulletin boards, Markdown's decoration, entities. Tags that part
// rows and cells become line ends and tabs, images the status that they show, all other known tags nothing. What is
// no known tag stays: "<user@example.com>" and "[2001:db8::25]" are words.

// maxRowLines is how many lines of markup may make up one row of a table.
const maxRowLines = 24

// maxTag bounds what is looked at as one tag; the address of an image can be long.
const maxTag = 1 << 10

// tags are those of HTML and of bulletin boards, with what stands for them.
var tags = func() map[string]string {
	m := map[string]string{"td": "\t", "th": "\t"}
	for _, block := range strings.Fields("tr br hr table thead tbody tfoot p div ul ol li h1 h2 h3 h4 h5 h6 pre code " +
		"quote blockquote list * center html body") {
		m[block] = "\n"
	}
	for _, inline := range strings.Fields("a url img b i u s em strong span font small color size tt") {
		m[inline] = ""
	}
	return m
}()

// unmark takes the markup off a line. rows.Line ends in what it returns part rows.
func (s *source) unmark(line string) string {
	line = s.unstruck(line)
	if strings.IndexByte(line, '<') >= 0 {
		line = s.untag(line, '<', '>')
	}
	if strings.IndexByte(line, '[') >= 0 {
		line = s.unlink(s.untag(line, '[', ']'))
	}
	if strings.Contains(line, "://") {
		line = s.showImages(line)
	}
	if strings.IndexByte(line, '&') >= 0 && strings.IndexByte(line, ';') >= 0 {
		line, _ = tidy(html.UnescapeString(line))
	}
	if strings.IndexByte(line, '*') >= 0 {
		line = unemphasise(line)
	}
	if strings.IndexByte(line, '`') >= 0 {
		line = strings.ReplaceAll(line, "`", "")
	}
	return line
}

// untag replaces the known tags between a kind of brackets. A paragraph within a cell parts nothing.
func (s *source) untag(line string, opens, closes byte) string {
	var b strings.Builder
	done, inCell := 0, false // b holds what the line says up to done
	for from := 0; ; {
		start := strings.IndexByte(line[from:], opens)
		if start < 0 {
			break
		}
		start += from
		from = start + 1
		length := strings.IndexByte(line[start:min(len(line), start+maxTag)], closes)
		if length < 0 {
			continue
		}
		stands, ok := s.tag(line[start+1:start+length], opens == '<')
		if !ok {
			continue
		}
		cell, row := stands == "\t", strings.Contains(strings.ToLower(line[start:start+length]), "tr")
		if inCell = (inCell || cell) && !row; inCell && !cell && stands == "\n" {
			stands = " "
		}
		b.WriteString(line[done:start])
		b.WriteString(stands)
		from = start + length + 1
		done = from
	}
	if done == 0 {
		return line
	}
	b.WriteString(line[done:])
	return b.String()
}

// tag returns what stands for a tag, and whether it is a known one. HTML parts a tag's name from its attributes by a
// blank, bulletin boards by "=".
func (s *source) tag(inside string, inHTML bool) (string, bool) {
	name, closing := strings.CutPrefix(inside, "/")
	const longest = len("blockquote")
	end := 0
	for end < len(name) && end <= longest && strings.IndexByte(" \t=/", name[end]) < 0 {
		end++
	}
	name, attributes := strings.ToLower(name[:end]), name[end:]
	stands, known := tags[name]
	switch {
	case !known, inHTML && strings.HasPrefix(attributes, "="), !inHTML && strings.HasPrefix(attributes, " "):
		return "", false
	case stands == "\t" && closing:
		return "", true
	case name == "img" && inHTML:
		return s.image(attribute(attributes, "alt"), attribute(attributes, "src")), true
	}
	return stands, true
}

// attribute reads the value of an attribute out of a tag.
func attribute(tag, name string) string {
	_, value, ok := strings.Cut(tag, " "+name+"=")
	if !ok || value == "" {
		return ""
	}
	if quote := value[0]; quote == '"' || quote == '\'' {
		value, _, _ = strings.Cut(value[1:], string(quote))
		return value
	}
	value, _, _ = strings.Cut(value, " ")
	return value
}

// image returns the cell that stands for an image: its alternative text or the name of its file, if that tells a
// status.
func (s *source) image(alt, address string) string {
	for _, word := range []string{alt, imageName(address)} {
		if _, length, ok := s.v.StatusWord(word); ok && length == len(word) {
			return "\t" + word + "\t"
		}
	}
	return ""
}

// imageName returns the name of the file that an address leads to, if it is an image: "ok" of ".../ok.png".
func imageName(address string) string {
	address, _, _ = strings.Cut(address, "?")
	name := address[strings.LastIndexByte(address, '/')+1:]
	dot := strings.LastIndexByte(name, '.')
	if dot < 1 {
		return ""
	}
	switch strings.ToLower(name[dot+1:]) {
	case "png", "gif", "jpg", "jpeg", "svg", "webp":
		return name[:dot]
	}
	return ""
}

// showImages replaces the addresses of images, which a copied page shows in place of its icons.
func (s *source) showImages(line string) string {
	var b strings.Builder
	for {
		middle := strings.Index(line, "://")
		if middle < 0 {
			break
		}
		start := strings.LastIndexAny(line[:middle], " \t\n") + 1
		end := len(line)
		if k := strings.IndexAny(line[middle:], " \t\n"); k >= 0 {
			end = middle + k
		}
		b.WriteString(line[:start])
		if address := line[start:end]; imageName(address) != "" {
			b.WriteString(s.image("", address))
		} else {
			b.WriteString(address)
		}
		line = line[end:]
	}
	b.WriteString(line)
	return b.String()
}

// unlink replaces the links and images of Markdown, "[text](address)" and "![text](address)", by their text.
func (s *source) unlink(line string) string {
	for from := 0; ; {
		middle := strings.Index(line[from:], "](")
		if middle < 0 {
			return line
		}
		middle += from
		first := max(0, middle-maxTag)
		start := first + strings.LastIndexByte(line[first:middle], '[')
		end := strings.IndexByte(line[middle:min(len(line), middle+maxTag)], ')')
		if start < first || end < 0 {
			from = middle + 2
			continue
		}
		text, rest := line[start+1:middle], line[middle+end+1:]
		if start > 0 && line[start-1] == '!' {
			start, text = start-1, s.image(text, line[middle+2:middle+end])
		}
		line, from = line[:start]+text+rest, start+len(text)
	}
}

// unemphasise takes off the asterisks by which Markdown and plain mail mark bold words. An asterisk that touches no
// word, or one on each side, means something else.
func unemphasise(line string) string {
	inWord := func(i int) bool { return i >= 0 && i < len(line) && line[i] != '*' && line[i] > ' ' && line[i] != '.' }
	var b strings.Builder
	for i := 0; i < len(line); {
		end := i
		for end < len(line) && line[end] == '*' {
			end++
		}
		if end == i || inWord(i-1) == inWord(end) && end == i+1 {
			end = i + 1
			b.WriteByte(line[i])
		}
		i = end
	}
	return b.String()
}

// markedRow takes the markup off a line, and joins the lines over which markup spreads a row of a table.
func (s *source) markedRow(l rows.Line) rows.Line {
	text := l.Text
	l.Links = append(l.Links, linksIn(text)...)
	l.Text = s.unmark(text)
	if strings.IndexByte(text, '<') < 0 && strings.IndexByte(text, '[') < 0 {
		return l
	}
	for k := 0; k < maxRowLines && endsInRow(text) && s.document != ""; k++ {
		raw, _ := s.cut()
		text, _ = tidy(raw)
		text, _ = unquote(text)
		l = l.Joined(rows.Line{N: s.n, Text: strings.ReplaceAll(s.unmark(text), "\n\t", "\t"), Links: linksIn(text)})
		if !endsRow(text) {
			text = "<tr>" // still within the row
		}
	}
	return l
}

// endsInRow tells whether a row of a table in markup begins on a line and does not end there.
func endsInRow(text string) bool {
	begins := lastTag(text, "<tr", "[tr]")
	return begins >= 0 && begins > lastTag(text, "</tr", "[/tr]")
}

// endsRow tells whether a row, or its whole table, ends on a line.
func endsRow(text string) bool {
	return lastTag(text, "</tr", "[/tr]") >= 0 || lastTag(text, "</table", "[/table]") >= 0
}

// lastTag is where the last of either tag begins, or -1. It goes from the end, for of several rows on a line the last one counts.
func lastTag(text, html, board string) int {
	for i := len(text) - 1; i >= 0; i-- {
		if c := text[i]; c == '<' && scan.HasPrefixFold(text[i:], html) || c == '[' && scan.HasPrefixFold(text[i:], board) {
			return i
		}
	}
	return -1
}
