package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"mxverdict/parser/internal/scan"
)

// unquote takes the marks of quoted mail off a line (">") and returns how many there were.
func unquote(line string) (rest string, depth int) {
	line = strings.TrimSpace(line)
	for strings.HasPrefix(line, ">") {
		line, depth = strings.TrimSpace(line[1:]), depth+1
	}
	return line, depth
}

// What a byte asks for beside nothing: a look at the markup of its line, or that the line is tidied.
const (
	markup uint8 = 1 << iota
	untidy
)

// byteKinds tells it for every byte of a document in one look.
var byteKinds = func() (kinds [256]uint8) {
	for c := range kinds {
		if c >= utf8.RuneSelf || c < ' ' && c != '\t' || c == 0x7f {
			kinds[c] = untidy
		}
	}
	for _, c := range []byte("<[&*`|/~") {
		kinds[c] = markup
	}
	return kinds
}()

// tidy returns the line itself where it holds plain ASCII and tabs only, which is the common case. Elsewhere control
// characters and invisible ones vanish, every kind of blank becomes a blank, and the lines of a drawn table become
// bars. marked tells whether the line may hold markup.
func tidy(line string) (tidied string, marked bool) {
	asked := uint8(0)
	for i := 0; i < len(line); i++ {
		asked |= byteKinds[line[i]]
	}
	if asked&untidy == 0 {
		return line, asked&markup != 0
	}
	line = decodeAgain(line)
	var b strings.Builder
	b.Grow(len(line))
	for i := 0; i < len(line); {
		if n := escapeSequence(line[i:]); n > 0 {
			i += n
			continue
		}
		r, size := utf8.DecodeRuneInString(line[i:])
		i += size
		switch {
		case r == '\t':
			b.WriteByte('\t')
		case r == '\u2502', r == '\u2503', r == '\u2551', r == '\uff5c':
			b.WriteByte('|')
		case r == '\u3000':
			b.WriteString("  ") // as wide as two: it parts the cells of a row
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\ufe0f':
			// a soft hyphen, a zero-width blank or a change of direction would part a word that looks whole
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), true
}

// decodeAgain undoes what a program does that takes UTF-8 for Windows-1252 and encodes it once more ("â€“" for a dash). A line of which
// any character was not made so stays as it is.
func decodeAgain(line string) string {
	if !strings.Contains(line, "â€") && !strings.Contains(line, "Ã") && !strings.Contains(line, "Â") {
		return line
	}
	bytes, err := charmap.Windows1252.NewEncoder().String(line)
	if err != nil || !utf8.ValidString(bytes) {
		return line
	}
	return bytes
}

// escapeSequence returns the length of a terminal's control sequence (ECMA-48: ESC [ … final byte), or 0.
func escapeSequence(s string) int {
	if len(s) < 2 || s[0] != 0x1b || s[1] != '[' {
		return 0
	}
	for i := 2; i < len(s) && i < 32; i++ {
		if s[i] >= 0x40 && s[i] <= 0x7e {
			return i + 1
		}
	}
	return 0
}

// isHeading tells whether Markdown marks a line as a heading.
func isHeading(line string) bool {
	rest := strings.TrimLeft(line, "#")
	return len(rest) < len(line) && strings.HasPrefix(rest, " ")
}

// undecorate takes the bullets, boxes and numbers of a list off. A symbol that shows a status stays.
// Several may stand one behind the other, as in a checklist within a list.
func undecorate(line string) string {
	for line != "" && (!scan.IsLetter(line[0]) || len(line) > 1 && line[1] == ')') {
		size := bullet(line)
		if size == 0 {
			size = number(line)
		}
		if size == 0 {
			return line
		}
		line = scan.TrimLeft(line[size:])
	}
	return line
}

// bullet returns the length of the bullet, or of the box of a checklist, at the start of a line.
func bullet(line string) int {
	r, size := utf8.DecodeRuneInString(line)
	if line == "" || unicode.IsLetter(r) || unicode.IsDigit(r) {
		return 0
	}
	if word, _ := scan.Word(line); r == '_' && strings.IndexByte(word, '.') > 0 {
		return 0 // the name of a record (RFC 8552)
	}
	if len(line) > 3 && line[0] == '[' && line[2] == ']' && strings.IndexByte(" xX", line[1]) >= 0 {
		return 3
	}
	if _, _, ok := scan.Symbol(line); ok || strings.ContainsRune(`"'“”‘’«»„([<.@/\§`, r) {
		return 0
	}
	return size
}

// number returns the length of the number or letter of a list's item, "1.", "1)" or "a)".
func number(line string) int {
	if len(line) > 2 && line[0] >= 'a' && line[0] <= 'z' && line[1] == ')' && line[2] == ' ' {
		return 2
	}
	digits := 0
	for digits < len(line) && digits < 3 && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits+1 < len(line) && (line[digits] == '.' || line[digits] == ')') && line[digits+1] == ' ' {
		return digits + 1
	}
	return 0
}
