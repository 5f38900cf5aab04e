package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean prepares a line: quotation marks of mail (">", any depth) and the decoration of lists and tables are taken off,
// control characters and invisible ones vanish, every kind of blank becomes a blank. Tabs stay: they part cells.
func clean(line string) (cleaned string, quoted bool) {
	line = strings.TrimSpace(tidy(line))
	for strings.HasPrefix(line, ">") {
		line, quoted = strings.TrimSpace(line[1:]), true
	}
	if strings.IndexByte(line, '|') >= 0 {
		line = strings.TrimSpace(strings.ReplaceAll(line, "|", "\t"))
	}
	if strings.IndexByte(line, '[') >= 0 {
		line = strings.TrimSpace(tableTags.Replace(line))
	}
	if strings.Contains(line, "**") || strings.IndexByte(line, '`') >= 0 {
		line = strings.TrimSpace(emphasis.Replace(line))
	}
	return undecorate(line), quoted
}

var (
	// tableTags are the tags by which bulletin boards write tables.
	tableTags = strings.NewReplacer("[TR]", "", "[/TR]", "", "[TD]", "\t", "[/TD]", "", "[tr]", "", "[/tr]", "",
		"[td]", "\t", "[/td]", "")
	// emphasis is what Markdown adds to words.
	emphasis = strings.NewReplacer("**", "", "`", "")
)

// tidy returns the line itself where it holds plain ASCII and tabs only, which is the common case.
func tidy(line string) string {
	plain := true
	for i := 0; i < len(line); i++ {
		if c := line[i]; c >= utf8.RuneSelf || c < ' ' && c != '\t' || c == 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return line
	}
	var b strings.Builder
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
		case unicode.IsSpace(r):
			b.WriteByte(' ')
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			// a soft hyphen, a zero-width blank or a change of direction would part a word that looks whole
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
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

// undecorate takes bullets and numbers of a list off.
func undecorate(line string) string {
	for line != "" {
		r, size := utf8.DecodeRuneInString(line)
		bullet := !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(`"'“”‘’«»„([<.@/\`, r)
		if !bullet {
			break
		}
		line = strings.TrimLeft(line[size:], " \t")
	}
	digits := 0
	for digits < len(line) && digits < 3 && line[digits] >= '0' && line[digits] <= '9' {
		digits++
	}
	if digits > 0 && digits+1 < len(line) && (line[digits] == '.' || line[digits] == ')') && line[digits+1] == ' ' {
		return strings.TrimLeft(line[digits+1:], " ")
	}
	return line
}

// foldSpace writes runs of white space as one blank and cuts what is longer than a row can be.
func foldSpace(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "  ") || strings.IndexByte(s, '\t') >= 0 {
		s = strings.Join(strings.Fields(s), " ")
	}
	if len(s) <= maxText {
		return strings.Clone(s)
	}
	cut := maxText
	for !utf8.RuneStart(s[cut]) {
		cut--
	}
	return strings.Clone(s[:cut]) + "…"
}

// cells parts a line at tabs and at runs of blanks.
func cells(line string) []string {
	var out []string
	for part := range strings.SplitSeq(strings.ReplaceAll(line, "  ", "\t"), "\t") {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

// resultLike tells prose from a result: results are short and are no questions or titles.
func resultLike(s string) bool {
	return len(s) <= 200 && hasLetter(s) && !strings.HasSuffix(s, "?") && !strings.HasSuffix(s, ":")
}

func hasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }
