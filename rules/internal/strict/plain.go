package strict

import (
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/yaml.v3"
)

// The files that are read at each start of the program are long and plain: keys, lists, words, texts in double quotation marks. To read them with
// yaml.v3 would take most of that start. What can mean one thing only in YAML 1.2 is therefore read here, into the same nodes; a file with
// anything else in it, be it a mistake, is left to yaml.v3 as a whole.

// plainReader goes through such a file. Its methods return nil at whatever is not plain.
type plainReader struct {
	text      string
	at        int // in the text
	line      int // counted from 1
	lineStart int
	column    int // of what stands first on the line that is being read; -1 behind the last one
	nodes     []yaml.Node
	children  []*yaml.Node // of the nodes that are not complete yet
}

// readPlain reads the mapping that is the file; nil if the file is not plain.
// Other than those of yaml.v3 its nodes know neither columns nor comments, and a word has no tag before it is asked for its type.
func readPlain(text string) *yaml.Node {
	if !isPlainText(text) {
		return nil
	}
	x := plainReader{text: text, line: 1}
	x.content()
	node := x.mapping(x.column)
	if x.column >= 0 {
		return nil
	}
	return node
}

// isPlainText tells whether a text holds only characters that YAML takes as they are (section 5.1), and line ends of one kind.
func isPlainText(text string) bool {
	for _, c := range text {
		switch {
		case c < ' ' && c != '\n', c >= 0x7f && c < 0xa0, c == '\u2028', c == '\u2029', c == '\ufeff', c >= utf8.RuneError && c < 0x10000:
			return false
		}
	}
	return true
}

// content goes to the next line that is neither empty nor a comment.
func (x *plainReader) content() {
	for {
		x.lineStart = x.at
		x.skipBlanks()
		switch {
		case x.at == len(x.text):
			x.column = -1
			return
		case x.text[x.at] != '\n' && x.text[x.at] != '#':
			x.column = x.at - x.lineStart
			return
		}
		x.skipLine()
	}
}

// skipLine goes to the beginning of the next line.
func (x *plainReader) skipLine() {
	end := strings.IndexByte(x.text[x.at:], '\n')
	if end < 0 {
		x.at = len(x.text)
		return
	}
	x.at, x.line = x.at+end+1, x.line+1
}

// endLine goes on to the next content if nothing but a comment stands on the rest of the line.
func (x *plainReader) endLine() bool {
	x.skipBlanks()
	if x.at < len(x.text) && x.text[x.at] != '\n' && (x.text[x.at] != '#' || x.text[x.at-1] != ' ') {
		return false
	}
	x.skipLine()
	x.content()
	return true
}

// mapping reads the keys that stand in a column.
func (x *plainReader) mapping(column int) *yaml.Node {
	node, first := x.node(yaml.MappingNode, "!!map"), len(x.children)
	for x.column == column {
		key := x.key()
		if key == nil {
			return nil
		}
		value := x.valueOf(column)
		if value == nil || x.column > column {
			return nil
		}
		x.children = append(x.children, key, value)
	}
	return x.complete(node, first)
}

// valueOf reads what stands behind a key, or on the lines below it.
func (x *plainReader) valueOf(column int) *yaml.Node {
	x.skipBlanks()
	if x.at == len(x.text) || x.text[x.at] != '\n' && x.text[x.at] != '#' {
		return x.inLine(column)
	}
	switch {
	case !x.endLine() || x.column <= column:
		return nil
	case strings.HasPrefix(x.text[x.at:], "- "):
		return x.sequence(x.column)
	}
	return x.mapping(x.column)
}

// sequence reads the items that stand in a column.
func (x *plainReader) sequence(column int) *yaml.Node {
	node, first := x.node(yaml.SequenceNode, "!!seq"), len(x.children)
	for x.column == column && x.take("- ") {
		x.skipBlanks()
		var item *yaml.Node
		if x.hasKey() {
			x.column = x.at - x.lineStart
			item = x.mapping(x.column)
		} else {
			item = x.inLine(column)
		}
		if item == nil || x.column > column {
			return nil
		}
		x.children = append(x.children, item)
	}
	if x.column == column {
		return nil
	}
	return x.complete(node, first)
}

// inLine reads a value that begins on the line: words, a text, or a list or mapping in brackets.
func (x *plainReader) inLine(column int) *yaml.Node {
	if x.take(">-\n") {
		return x.folded(column)
	}
	node := x.flow(column, "\n", 0)
	if node == nil || !x.endLine() {
		return nil
	}
	return node
}

// folded reads the text below the mark of one whose line ends are blanks. All its lines begin in one column, and none is empty.
func (x *plainReader) folded(column int) *yaml.Node {
	node := x.node(yaml.ScalarNode, "!!str")
	node.Style = yaml.FoldedStyle
	var lines []string
	indent, empty := 0, false
	for x.line++; ; x.line++ {
		x.lineStart = x.at
		x.skipBlanks()
		line, _, _ := strings.Cut(x.text[x.at:], "\n")
		begins := x.at - x.lineStart
		switch {
		case line == "" && begins > 0, line != "" && begins > column && (empty || lines != nil && begins != indent), strings.HasSuffix(line, " "):
			return nil // blanks and empty lines mean something there
		case x.at == len(x.text), line != "" && begins <= column:
			if lines == nil {
				return nil
			}
			node.Value = strings.Join(lines, " ")
			x.at = x.lineStart
			x.content()
			return node
		case line == "":
			empty = true
		default:
			indent, lines = begins, append(lines, line)
		}
		if x.at += len(line); x.at < len(x.text) {
			x.at++
		}
	}
}

// flow reads a value within brackets, up to one of some marks.
func (x *plainReader) flow(column int, ends string, depth int) *yaml.Node {
	const deepest = 8
	switch {
	case depth > deepest:
		return nil
	case x.take("["):
		return x.collection(yaml.SequenceNode, "!!seq", "]", column, depth)
	case x.take("{"):
		return x.collection(yaml.MappingNode, "!!map", "}", column, depth)
	}
	return x.scalar(column, ends)
}

// collection reads the values of a list, or the keys and values of a mapping, up to the bracket that closes it.
func (x *plainReader) collection(kind yaml.Kind, tag, closes string, column, depth int) *yaml.Node {
	node, first := x.node(kind, tag), len(x.children)
	node.Style = yaml.FlowStyle
	if x.take(closes) {
		return node
	}
	for {
		if kind == yaml.MappingNode {
			key := x.key()
			if key == nil || !x.breakLine(column) {
				return nil
			}
			x.children = append(x.children, key)
		}
		value := x.flow(column, ",[]{}\n", depth+1)
		if value == nil {
			return nil
		}
		x.children = append(x.children, value)
		x.skipBlanks()
		switch {
		case x.take(closes):
			return x.complete(node, first)
		case !x.take(","):
			return nil
		}
		if !x.breakLine(column) {
			return nil
		}
	}
}

// breakLine goes on within brackets or quotation marks, perhaps on the next line, which begins behind a column.
func (x *plainReader) breakLine(column int) bool {
	if x.skipBlanks(); !x.take("\n") {
		return true
	}
	x.line, x.lineStart = x.line+1, x.at
	x.skipBlanks()
	return x.at-x.lineStart > column && x.at < len(x.text) && x.text[x.at] != '\n'
}

// keyLength is the length of the key at which the reader stands, and of its colon; 0 if there is none.
func (x *plainReader) keyLength() int {
	const longest = 128 // yaml.v3 too knows a bound
	at := x.at
	for at < min(len(x.text), x.at+longest) && (isWordByte(x.text[at]) || at > x.at && strings.IndexByte("._/-", x.text[at]) >= 0) {
		at++
	}
	if at == x.at || at+1 >= len(x.text) || x.text[at] != ':' || x.text[at+1] != ' ' && x.text[at+1] != '\n' {
		return 0
	}
	return at + 1 - x.at
}

func (x *plainReader) hasKey() bool { return x.keyLength() > 0 }

// key reads a key with its colon.
func (x *plainReader) key() *yaml.Node {
	length := x.keyLength()
	if length == 0 {
		return nil
	}
	node := x.node(yaml.ScalarNode, "")
	node.Value = x.text[x.at : x.at+length-1]
	x.at += length
	return node
}

// scalar reads a text in quotation marks, or words up to one of some marks.
func (x *plainReader) scalar(column int, ends string) *yaml.Node {
	node := x.node(yaml.ScalarNode, "")
	switch {
	case x.take(`"`):
		node.Style = yaml.DoubleQuotedStyle
		return x.quoted(node, "\"\\\n", column)
	case x.take("'"):
		node.Style = yaml.SingleQuotedStyle
		return x.quoted(node, "'\n", column)
	}
	start := x.at
	for x.at < len(x.text) && strings.IndexByte(ends, x.text[x.at]) < 0 {
		c, next := x.text[x.at], byte('\n')
		if x.at+1 < len(x.text) {
			next = x.text[x.at+1]
		}
		if c == '#' && x.text[x.at-1] == ' ' {
			break // a comment
		}
		if c == ':' && strings.IndexByte(" ,[]{}\n", next) >= 0 || c == '?' && ends != "\n" {
			return nil // the mark of a key, to yaml.v3 at least
		}
		x.at++
	}
	node.Value = strings.TrimRight(x.text[start:x.at], " ")
	if node.Value == "" || !isWordByte(node.Value[0]) && strings.IndexByte("$/(", node.Value[0]) < 0 {
		return nil // other marks mean something at the beginning of a word
	}
	return node
}

// quoted reads a text up to its closing mark, the first of some marks. A line end in it is a blank, with the blanks around.
func (x *plainReader) quoted(node *yaml.Node, marks string, column int) *yaml.Node {
	node.Tag = "!!str"
	for {
		length := strings.IndexAny(x.text[x.at:], marks)
		if length < 0 {
			return nil
		}
		part := x.text[x.at : x.at+length]
		x.at += length + 1
		switch x.text[x.at-1] {
		case '\\':
			if !strings.HasPrefix(x.text[x.at:], `"`) && !strings.HasPrefix(x.text[x.at:], `\`) {
				return nil // other escapes are rare
			}
			node.Value += part + x.text[x.at:x.at+1]
			x.at++
			continue
		case marks[0]:
			if node.Value += part; strings.HasPrefix(x.text[x.at:], "'") {
				return nil // two of them are one within the text
			}
			return node
		}
		node.Value += strings.TrimRight(part, " ") + " "
		if x.at--; !x.breakLine(column) {
			return nil
		}
	}
}

// isWordByte knows what means nothing to YAML wherever it stands.
func isWordByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c >= utf8.RuneSelf
}

// node makes a node of the line. There are thousands in a file, so that they are allocated by the hundred.
func (x *plainReader) node(kind yaml.Kind, tag string) *yaml.Node {
	const many = 128
	if len(x.nodes) == 0 {
		x.nodes = make([]yaml.Node, many)
	}
	node := &x.nodes[0]
	x.nodes = x.nodes[1:]
	node.Kind, node.Tag, node.Line = kind, tag, x.line
	return node
}

// complete gives a node its children: those from one on.
func (x *plainReader) complete(node *yaml.Node, first int) *yaml.Node {
	node.Content = slices.Clone(x.children[first:])
	x.children = x.children[:first]
	return node
}

// take passes over what must stand next, if it does.
func (x *plainReader) take(what string) bool {
	if !strings.HasPrefix(x.text[x.at:], what) {
		return false
	}
	x.at += len(what)
	return true
}

func (x *plainReader) skipBlanks() {
	for x.at < len(x.text) && x.text[x.at] == ' ' {
		x.at++
	}
}
