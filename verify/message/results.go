package message

// This file reads what servers found (RFC 8601, RFC 7208 section 9.1). Whether a line is believed is another matter (trace.go).

import (
	"strings"
	"unicode/utf8"
)

// findings are what one Authentication-Results line says.
type findings struct {
	by   string // who says it (authserv-id), in lower case; "" where the line does not tell
	list []finding
}

// finding is one result.
type finding struct {
	method, value string            // in lower case
	properties    map[string]string // such as header.d, in lower case
}

// findingsOf reads the value of an Authentication-Results line, or of its ARC form, which has its instance in front.
func findingsOf(value string) (f findings) {
	for i, part := range clausesOf(value) {
		words := strings.Fields(part)
		if len(words) == 0 {
			continue
		}
		method, result, isResult := cutWord(words[0])
		switch {
		case !isResult && i == 0, !isResult && f.by == "" && len(f.list) == 0:
			f.by = strings.ToLower(strings.TrimSuffix(words[0], "."))
		// The instance of ARC (RFC 8617 section 4.1.1).
		case isResult && method == "i":
		case isResult:
			one := finding{method: method, value: result, properties: map[string]string{}}
			for _, w := range words[1:] {
				if name, v, ok := cutWord(w); ok {
					one.properties[name] = strings.Trim(v, `"`)
				}
			}
			f.list = append(f.list, one)
		}
	}
	return f
}

// cutWord parts a word such as spf=pass. A method may have its version behind it (RFC 8601 section 2.2).
func cutWord(word string) (name, value string, ok bool) {
	name, value, ok = strings.Cut(strings.ToLower(word), "=")
	name, _, _ = strings.Cut(name, "/")
	return name, strings.Trim(value, ","), ok && name != ""
}

// clausesOf parts a value at its semicolons, without what stands in comments. Blanks around "=" are taken out, so that a word is a word.
func clausesOf(value string) []string {
	var b strings.Builder
	depth, quoted := 0, false
	for _, c := range value {
		switch {
		case c == '"' && depth == 0:
			quoted = !quoted
		case quoted:
			// What is quoted is a reason in the words of people, of which none is read.
			if c != ';' && c != ' ' && c != '\t' && c != utf8.RuneError {
				b.WriteRune(c)
			}
		case c == '(':
			depth++
		case c == ')':
			depth = max(0, depth-1)
			b.WriteByte(' ')
		case depth == 0:
			b.WriteRune(c)
		}
	}
	text := strings.Join(strings.Fields(b.String()), " ")
	text = strings.ReplaceAll(strings.ReplaceAll(text, " =", "="), "= ", "=")
	return strings.Split(text, ";")
}

// spfLine is a Received-SPF line.
type spfLine struct {
	value               string // the result, in lower case
	by                  string // who says it
	client, from, greet string // as far as it names them
}

// spfLineOf reads one.
func spfLineOf(value string) (l spfLine) {
	first, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	l.value = strings.ToLower(first)
	// Its writer stands before the colon of the comment (RFC 7208 section 9.1), or behind "receiver".
	if _, comment, ok := strings.Cut(value, "("); ok {
		by, _, _ := strings.Cut(comment, ":")
		l.by = strings.ToLower(strings.TrimSpace(by))
	}
	for _, part := range clausesOf(value) {
		for _, w := range strings.Fields(part) {
			name, v, ok := cutWord(w)
			if !ok {
				continue
			}
			switch v = strings.Trim(v, `"<>`); name {
			case "client-ip":
				l.client = v
			case "envelope-from":
				l.from = v
			case "helo":
				l.greet = v
			case "receiver":
				l.by = v
			}
		}
	}
	return l
}
