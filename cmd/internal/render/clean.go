package render

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Clean makes foreign text safe to print: one line, every character visible. Whatever a terminal, an editor or a log
// reader would obey instead of showing is written as an escape: control characters, bidirectional overrides (they make
// text read differently from its bytes, as in CVE-2021-42574), characters without width, line separators and bytes that
// are not UTF-8. Other blanks become plain ones. Cleaning twice changes nothing more.
func Clean(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		// A byte that is no UTF-8 is shown as it is: two of them must not look alike.
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '#' && startsCommand(s[:i], s[i+1:]):
			b.WriteString(`\x23`)
		case unicode.Is(unicode.Zs, r):
			b.WriteByte(' ')
		case hidden(r):
			b.WriteString(escape(r))
		default:
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// maxMessage bounds a message: a file name or a word of a rule file may be endless.
const maxMessage = 8 << 10

// Message is Clean for a line of its own, as on standard error. What begins with foreign text cannot begin with a command of a CI log.
func Message(s string) string {
	s = Clean(s)
	if logMark.MatchString(s) {
		s = continued + s
	}
	if r := []rune(s); len(r) > maxMessage {
		return string(r[:maxMessage-1]) + "…"
	}
	return s
}

// startsCommand tells whether a number sign completes a mark that CI runners obey anywhere in a line of their log
// ("##[error]", "##vso[", "##teamcity["). The commands that begin with "::" count only at the beginning of a line; wrap
// keeps foreign text away from there.
func startsCommand(before, after string) bool {
	next, _ := utf8.DecodeRuneInString(after)
	return strings.HasSuffix(before, "#") && (next == '[' || unicode.IsLetter(next))
}

// hidden tells whether a character is not seen where it stands. unicode.IsGraphic leaves out the classes Cc, Cf, Co,
// Zl and Zp, and what is not assigned; the rest is graphic by class and yet without a picture.
func hidden(r rune) bool {
	const brailleBlank = '\u2800'
	if r < utf8.RuneSelf {
		return r < ' ' || r == 0x7f
	}
	return !unicode.IsGraphic(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// escape writes a character as programmers do. A reader of a ticket must see that something stood there, and what.
func escape(r rune) string {
	switch {
	case r == '\t':
		return `\t`
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r < 0x10000:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}

// Line is Clean, cut to width characters; the last one is "…" where something was cut off.
// It counts characters and not columns: what is wider than one column makes a line longer, never unsafe.
func Line(s string, width int) string {
	r := []rune(Clean(s))
	switch {
	case width <= 0:
		return ""
	case len(r) > width:
		return string(r[:width-1]) + "…"
	}
	return string(r)
}

// Two passes make cleaned text harmless in a help desk. brackets takes away what HTML and Jira macros are made of (one
// help desk drops everything after a lone "<") and the signs that databases turn into them; it also writes typographic
// signs in ASCII. openers then breaks up what begins a link, a picture or a mention in Markdown or Jira markup, our own
// words for signs among it.
var (
	brackets = strings.NewReplacer("<", "[", ">", "]", "{", "(", "}", ")",
		"‹", "[", "›", "]", "＜", "[", "＞", "]", "﹤", "[", "﹥", "]", "｛", "(", "｝", ")",
		"‘", "'", "’", "'", "‚", "'", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`,
		"‐", "-", "‑", "-", "‒", "-", "–", "-", "—", "-", "−", "-", "…", "...", "•", "-")
	openers = strings.NewReplacer("](", "] (", "![~", "! [ ~", "![", "! [", "!http", "! http", "[~", "[ ~", "```", "'''")
)

// plain makes foreign text fit for a ticket.
func plain(s string) string {
	s = Clean(brackets.Replace(s))
	var b strings.Builder
	before := ' '
	for _, r := range s {
		switch {
		case r == '@' && !unicode.IsLetter(before) && !unicode.IsDigit(before):
			b.WriteString("(at)") // a mention; in a mail address a letter or digit stands before the sign
		case r > 0xffff:
			b.WriteString(escape(r)) // old databases end the ticket here: MySQL's utf8 holds three bytes a character
		default:
			b.WriteRune(r)
		}
		before = r
	}
	return openers.Replace(b.String())
}
