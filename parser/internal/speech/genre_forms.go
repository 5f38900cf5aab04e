package speech

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Forms: texts that are no report, told by marks that are no words: patches, comments of programs, contents of tables, diagrams,
// subtitles, statistics.

// forms is what has been seen of such marks.
type forms struct {
	comment string // what ends the comment of a program in which the line stands; "" if it stands in none
	paths   int    // of files below the two trees that a patch compares
	patch   bool
	diagram bool // its language is named
	edges   int  // of a diagram
	times   int  // lines that say when a subtitle is shown
	counts  int  // rows beside which a number stands that numbers none
	number  int  // the last of those in front
	prices  int  // lines that end in an amount of money
	parts   int  // titles of the parts of a manual page
	sure    int  // of them, those that no form has
	page    bool // the first line of a manual page: its name stands at both ends
}

// line looks at a line for them, and tells whether it is like code.
func (f *forms) line(t string) (likeCode bool) {
	switch {
	case isPatchPath(t):
		f.paths++
	case strings.HasPrefix(t, "diff --git "):
		f.patch = true
	case strings.HasPrefix(t, "@@ -"):
		f.patch = f.patch || f.paths > 1
	case isTiming(t):
		f.times++
	case isDiagram(t):
		f.diagram = true
	case f.diagram && (strings.Contains(t, "->") || strings.Contains(t, "--")) || isBranch(t):
		f.edges++
	case surePageParts[t]:
		f.parts, f.sure = f.parts+1, f.sure+1
	case pageParts[t]:
		f.parts++
	case isPageHead(t):
		f.page = true
	case isPriced(t):
		f.prices++
	}
	return f.inComment(t)
}

// goesOn tells whether what was seen before decides what a line is that has no form of its own.
func (f *forms) goesOn() bool { return f.comment != "" || f.diagram }

// isFormless tells whether a line is none of them where nothing goes on.
func isFormless(t string) bool {
	var f forms
	return !f.line(t) && f == forms{} && !strings.HasPrefix(t, "@@ -")
}

// Speaks tells whether they are enough to say what the document is.
func (f *forms) speaks() bool {
	const few = 2
	return f.patch || f.times >= few || f.diagram && f.edges > 0 || f.isManualPage()
}

// isPatchPath knows the name of a file as version control compares it: "a/docs/dns.md". The marks of a list in front are gone.
func isPatchPath(t string) bool {
	t = strings.TrimLeft(t, "-+ ")
	return (strings.HasPrefix(t, "a/") || strings.HasPrefix(t, "b/")) && len(t) > 2 && !strings.Contains(t, " ")
}

// isTiming knows the line of a subtitle that says from when to when it is shown: "00:01:02,300 --> 00:01:04,000".
func isTiming(t string) bool {
	from, to, ok := strings.Cut(t, " --> ")
	to, _ = scan.Word(to)
	return ok && isTimestamp(from) && isTimestamp(to)
}

func isTimestamp(t string) bool {
	return strings.Count(t, ":") >= 1 && strings.ContainsAny(t, ".,") && strings.Trim(t, "0123456789:.,") == ""
}

// isDiagram knows the line with which a diagram begins in the languages for them.
func isDiagram(t string) bool {
	word, rest := scan.Word(t)
	switch word {
	case "@startuml", "sequenceDiagram", "stateDiagram", "stateDiagram-v2":
		return true
	case "flowchart", "graph":
		return len(rest) == 2 && strings.Trim(rest, "TBDLR") == ""
	case "digraph", "graph{", "digraph{", "strict":
		return strings.HasSuffix(t, "{")
	}
	return false
}

// isBranch knows a choice in a diagram of activities: "if (which?) then (yes)".
func isBranch(t string) bool {
	return (strings.HasPrefix(t, "if (") || strings.HasPrefix(t, "elseif (")) && strings.Contains(t, ") then (")
}

// Row looks at what stands on the line of a sentence for the numbers of a statistic, and tells whether one is a part of a hundred. Those
// that number rows grow.
func (f *forms) Row(before, behind string) (share bool) {
	const longest = 40 // bytes in front of a sentence or behind it
	before, behind = strings.TrimRight(before, " \t:\"'“„«"), strings.TrimRight(behind, " )]\t.")
	if len(before) > longest || len(behind) > longest {
		return false
	}
	n, rest := leadingNumber(before)
	if share, ok := strings.CutSuffix(behind, "%"); n != "" && strings.HasPrefix(strings.TrimLeft(rest, " "), "%") || ok && endsInDigit(strings.TrimRight(share, " \u00a0")) {
		return true
	}
	if of, err := strconv.Atoi(n); err == nil && strings.Trim(rest, " x×\t") == "" && (f.counts == 0 || of <= f.number) {
		f.counts, f.number = f.counts+1, of
	} else if count := strings.Trim(behind, " \t:(x×-–\"'”“»"); count != "" && scan.IsDigits(count) && before == "" {
		f.counts++
	}
	return false
}

// leadingNumber cuts the number off with which a text begins.
func leadingNumber(t string) (number, rest string) {
	t = strings.TrimLeft(t, "( ~")
	rest = strings.TrimLeft(t, "0123456789.,")
	if number = t[:len(t)-len(rest)]; !endsInDigit(number) {
		return "", t
	}
	return number, rest
}

func endsInDigit(t string) bool { return t != "" && t[len(t)-1] >= '0' && t[len(t)-1] <= '9' }

// isFilled tells whether a text has a gap as programs fill them: "{{customer.name}}", "${agent}", "%client%". What stands in front of the
// first may be gone with the marks of a list; settings name one another so.
func isFilled(t string) bool {
	if !strings.ContainsAny(t, "}%") {
		return false
	}
	if gap, _, ok := strings.Cut(t, "}}"); ok && isVariable(gap[strings.LastIndexByte(gap, '{')+1:]) {
		return true
	}
	for _, marks := range [][2]string{{"${", "}"}, {"<%=", "%>"}, {"%", "%"}} {
		before, rest, ok := strings.Cut(t, marks[0])
		if gap, _, closed := strings.Cut(rest, marks[1]); ok && closed && !strings.ContainsAny(before, "=:/") && isVariable(gap) {
			return true
		}
	}
	return false
}

// isVariable knows the names that programs give.
func isVariable(name string) bool {
	const shortest, longest = 3, 30
	name = strings.TrimPrefix(strings.TrimSpace(name), "$")
	return len(name) >= shortest && len(name) <= longest && scan.IsLetter(name[0]) && strings.IndexFunc(name, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) && c != '-' }) < 0
}

// bareSlash is left of the marks around a comment when the stars, which mark lists too, are gone.
const bareSlash = "/"

// inComment tells whether a line belongs to a comment of a program, and notes where that ends.
func (f *forms) inComment(t string) bool {
	if f.comment != "" {
		if t == f.comment || f.comment != bareSlash && strings.Contains(t, f.comment) {
			f.comment = ""
		}
		return true
	}
	if t == bareSlash {
		f.comment = bareSlash
		return true
	}
	for _, marks := range [][2]string{{`"""`, `"""`}, {"'''", "'''"}, {"/*", "*/"}} {
		if inside, ok := strings.CutPrefix(t, marks[0]); ok {
			if !strings.Contains(inside, marks[1]) {
				f.comment = marks[1]
			}
			return true
		}
	}
	return strings.HasPrefix(t, "//")
}
