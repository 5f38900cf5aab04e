package app

import (
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// plainWidth is the width of whatever does not say how wide it is.
const plainWidth = 80

// whole finds what is copied as one, and therefore stays on one line: what stands between backticks, a flag with the word behind it, a
// word.
var whole = lazily("`[^`]*`[^ ]*|--[a-z][a-z-]* [^ ]+|[^ ]+")

// lazily compiles an expression when it is needed first, and not at each start of the program.
func lazily(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// fold breaks a line of prose so that no line is longer than a width, unless one piece is. A line that begins with a space is a command,
// and stays as it is.
func fold(line string, width int) []string {
	if strings.HasPrefix(line, " ") {
		return []string{line}
	}
	var lines []string
	for _, piece := range pieces(line) {
		if n := len(lines); n > 0 && utf8.RuneCountInString(lines[n-1])+1+utf8.RuneCountInString(piece) <= width {
			lines[n-1] += " " + piece
		} else {
			lines = append(lines, piece)
		}
	}
	return lines
}

// pieces parts a line where it may be broken. A command that stands at its end, behind a colon, is one piece.
func pieces(line string) []string {
	before, command := line, ""
	if at := strings.LastIndex(line, ": mxverdict "); at >= 0 {
		before, command = line[:at+1], line[at+2:]
	}
	found := whole().FindAllString(before, -1)
	if command != "" {
		found = append(found, command)
	}
	return found
}
