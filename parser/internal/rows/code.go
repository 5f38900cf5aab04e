package rows

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Code: programs, patterns of filters, texts for translators. A reporter's sentence is a literal there, and nobody says that a server has
// the fault. Programs also print results, as they come; so a literal counts as one only by what stands directly beside it.

// isLiteral tells whether a sentence is a literal of a program: what stands beside its quotation mark compares it, hands it to a function,
// or names it as a pattern.
func isLiteral(before, behind string) bool {
	open := strings.TrimRight(unopenedRow(before), " \t")
	front := strings.TrimRight(open, "\"'`%/^")
	quoted := len(front) < len(open)
	if n := len(front); quoted && n > 1 && strings.IndexByte("rbfuRBL", front[n-1]) >= 0 && !isNameByte(front[n-2]) {
		front = front[:n-1] // the kind of a literal: r"…"
	}
	touches := front
	front = strings.TrimRight(front, " ")
	switch {
	case isPatternKey(front, quoted):
		return true
	case quoted:
		return isField(touches) || isOperator(front) || isCall(front, behind) || isKeyword(front, strings.HasSuffix(open, "%")) ||
			isArm(behind) || isAlternative(front)
	}
	return isProperty(front) && len(front) == len(open) && !strings.Contains(before, " ")
}

// unopenedRow takes the status word off with which a row begins within its quotation.
func unopenedRow(before string) string {
	marked := strings.TrimRight(before, " \t:-–")
	if len(marked) == len(before) {
		return before
	}
	word := strings.TrimRightFunc(marked, unicode.IsLetter)
	if mark, _ := utf8.DecodeLastRuneInString(word); mark == '"' || mark == '\'' || mark == '`' {
		return word
	}
	return before
}

// isAlternative tells whether a literal goes on a search for one of several: OR text="…".
func isAlternative(front string) bool {
	words := strings.Fields(front)
	if n := len(words); n > 1 && strings.HasSuffix(words[n-1], "=") {
		words = words[:n-1]
	}
	if len(words) < 2 {
		return false
	}
	word := words[len(words)-1]
	return word == "OR" || word == "AND" || word == "NOT"
}

// isField knows the fields by which people search their mail: subject:"…".
func isField(front string) bool {
	name, ok := strings.CutSuffix(front, ":")
	return ok && searchFields[strings.ToLower(name[strings.LastIndexAny(name, " (-")+1:])]
}

var searchFields = wordSet("subject body text title content msg q in intitle intext betreff")

// isOperator tells whether a text ends in an operator that compares.
func isOperator(front string) bool {
	for _, operator := range []string{"==", "!=", "=~", "!~", ":=", "<>", "+=", "|=", "\t="} {
		if strings.HasSuffix(front, operator) {
			return true
		}
	}
	return false
}

// isCall tells whether a literal is an argument of a function: the function's name touches the bracket, few words stand in front within it,
// and what follows is code too. An argument with a name is a value that a program prints.
func isCall(front, behind string) bool {
	at := strings.LastIndexByte(front, '(')
	if at < 1 || !isFunction(front[:at]) || strings.HasSuffix(front, "=") {
		return false
	}
	if last := front[len(front)-1]; last != '(' && last != ',' && last != '\t' || scan.HasMoreWords(front[at:], 3) {
		return false
	}
	behind = strings.TrimLeft(behind, "\"'`.")
	return behind != "" && strings.IndexByte(",)\t", behind[0]) >= 0 // a tab was a mark between two literals
}

// isFunction tells whether a text ends in the name of a function. One word with a capital letter may be that of a test.
func isFunction(front string) bool {
	name := front[strings.LastIndexFunc(front, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) })+1:]
	return name != "" && (name[0] >= 'a' && name[0] <= 'z' || strings.ContainsAny(name, "._"))
}

func isNameByte(c byte) bool { return c == '_' || c == '.' || scan.IsLetter(c) || c >= '0' && c <= '9' }

// keywords are words of programs, shells and files of translators in front of a literal.
var keywords = wordSet("msgid msgstr msgctxt assert elif grep egrep fgrep zgrep ilike regexp rlike -e -q -qi -iq -i -c -f -ci -ic -l -v -w -x -o " +
	"-n --grep -eq -match -notmatch -like -contains :contains :matches :is println puts printf")

// isKeyword tells whether a text ends in such a word. Those that are words of every day too stand alone there, or before a pattern.
func isKeyword(front string, pattern bool) bool {
	last := strings.ToLower(front[strings.LastIndexAny(front, " \t(")+1:])
	switch {
	case len(last) == len(front) && (last == "case" || last == "echo" || last == "when"):
		return true
	case pattern && last == "like":
		return true
	}
	return keywords[last] && !isSentence(front)
}

// isSentence tells prose from a line of code by the words in front of its last one.
func isSentence(front string) bool {
	const most = 6 // words of a command in front of its pattern
	return scan.HasMoreWords(front, most)
}

// patternKeys are what a pattern, or a text for translators, is called in files of settings.
var patternKeys = wordSet("pattern patterns regex regexp regexes re match matches matcher expr expression grep filter ignore ignored contains needle search query " +
	"expect expected want msgid msgstr defaultmessage translation keyword keywords exclude include")

// isPatternKey tells whether a text ends in such a key and the mark behind it. Behind a colon it is a word of every day
// without quotation marks.
func isPatternKey(front string, quoted bool) bool {
	name := strings.TrimRight(front, " \t")
	if name == "" {
		return false
	}
	switch name[len(name)-1] {
	case '=':
	case ':':
		if !quoted {
			return false
		}
	default:
		return false
	}
	name = strings.Trim(strings.TrimRight(name, "=: \t"), "\"'")
	name = strings.TrimLeft(name, "- \t{")
	return patternKeys[strings.ToLower(name)]
}

// isProperty knows the key of a text as programs keep them: "errors.host.missing=".
func isProperty(front string) bool {
	key, ok := strings.CutSuffix(front, "=")
	if !ok || strings.Count(key, ".") == 0 || strings.HasPrefix(key, ".") || strings.HasSuffix(key, ".") {
		return false
	}
	return strings.IndexFunc(key, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) && c != '-' }) < 0 && !exists(key)
}

// isArm tells whether what stands behind a literal makes it a choice of a program: an arrow to its value, or a member of a list.
func isArm(behind string) bool {
	rest := strings.TrimLeft(behind, ".")
	if rest == "" || strings.IndexByte("\"'`%/", rest[0]) < 0 {
		return false
	}
	rest = strings.TrimLeft(rest[1:], " %\"';")
	for _, arm := range []string{"=> ", "OR ", "AND ", "in ", "not in ", "{", "?: ", "=~", "=="} {
		if strings.HasPrefix(rest, arm) {
			return true
		}
	}
	return false
}

// isCodeLine tells whether a line is one of a program or of its settings. Data that a program prints is none.
func isCodeLine(t string) bool {
	const longest = 400
	if len(t) > longest {
		return false
	}
	first, rest := scan.Word(t)
	if isLocale(t) {
		return true
	}
	switch strings.TrimRight(first, "(:;") {
	case "def", "class", "func", "function", "import", "const", "let", "var", "return", "assert", "elif", "msgid", "msgstr", "msgctxt", "package", "private",
		"public", "static", "include", "define", "export", "enum", "struct", "echo", "exit", "foreach", "unless", "print", "printf":
		return rest == "" && first != "class" || strings.ContainsAny(rest, "()=\"'{;<$") || scan.IsDigits(rest)
	case "INSERT", "SELECT", "UPDATE", "CREATE", "DELETE":
		return strings.Contains(rest, "INTO ") || strings.Contains(rest, "FROM ") || strings.Contains(rest, "SET ") || strings.Contains(rest, "TABLE ")
	case "flowchart", "graph", "digraph", "stateDiagram", "sequenceDiagram":
		return len(rest) <= 2 || strings.HasSuffix(rest, "{")
	case "Scenario", "Feature":
		return strings.HasSuffix(first, ":")
	case "fi", "esac", "else", "try", "do", "end", "endif", "done":
		return rest == "" || rest == "{"
	case "if", "for", "while", "switch", "case":
		return strings.HasSuffix(t, "{") || strings.HasSuffix(t, ":") && strings.ContainsAny(t, "\"'=(") || strings.HasSuffix(t, "then") || strings.HasSuffix(t, "do")
	}
	return endsInCode(t) || isAssignment(t)
}

// isLocale knows the key of a language in a file of translations: "en:".
func isLocale(t string) bool {
	name, ok := strings.CutSuffix(t, ":")
	return ok && languages[name[:min(len(name), 2)]] && (len(name) == 2 || len(name) == 5 && (name[2] == '-' || name[2] == '_'))
}

var languages = wordSet("en de fr es it pt nl pl ru uk cs sv da nb no fi tr ja zh ko hu el ro")

// isCodeAmong tells whether a line is one of a program if others are: a field with its literal, a step of a scenario, a key.
func isCodeAmong(t string) bool {
	const longest = 400
	if len(t) > longest {
		return false
	}
	first, rest := scan.Word(t)
	switch first {
	case "Given", "When", "Then", "And", "But":
		return true
	}
	if strings.Contains(t, " -->") || t[0] == '(' && (strings.HasSuffix(t, "),") || strings.HasSuffix(t, ");")) {
		return true // a flow chart, rows of a table that is filled
	}
	value := strings.TrimLeft(rest, "= ")
	name := strings.TrimRight(first, ":=")
	if value == "" && len(name) == len(first) || value != "" && strings.IndexByte("\"'`", value[0]) < 0 {
		return false // the common case
	}
	if name == "" || strings.IndexFunc(name, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) && c != '-' }) >= 0 {
		return false
	}
	return value == "" || strings.ContainsAny(t, ":=")
}

// endsInCode knows the ends of lines that no prose has.
func endsInCode(t string) bool {
	if t == "" || strings.IndexByte("{;),>", t[len(t)-1]) < 0 {
		return false
	}
	for _, end := range []string{"{", "};", "});", ");", "')", "\");", "',", "</string>", "</source>", "</target>", "</seg>", "</translation>"} {
		if strings.HasSuffix(t, end) && scan.HasWord(t[:len(t)-len(end)]) {
			return end != "'," && end != "')" || strings.Contains(t, "(")
		}
	}
	return false
}

// isAssignment knows "name = call(…)" and the settings of patterns.
func isAssignment(t string) bool {
	at := strings.IndexAny(t[:min(len(t), scan.MaxMark+1)], "=:")
	if at < 1 {
		return false
	}
	name := strings.TrimRight(t[:at], " :")
	if name == "" || strings.IndexFunc(name, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) && c != '$' }) >= 0 {
		return false
	}
	value := strings.TrimLeft(t[at+1:], " =")
	return patternKeys[strings.ToLower(name)] || t[at] == '=' && strings.HasSuffix(value, ")") && strings.Contains(value, "(") && !strings.Contains(value, " ") ||
		t[at] == '=' && isProperty(t[:at+1])
}

// translationTags are those of files of translations around a text.
var translationTags = []string{"<string name=", "<source", "<target", "<seg>", "<translation", "<trans-unit"}

// inTranslation tells whether a sentence stands within such tags.
func inTranslation(before string) bool {
	k := strings.LastIndexByte(before, '<')
	if k < 0 {
		return false
	}
	for _, tag := range translationTags {
		if scan.HasPrefixFold(before[k:], tag) {
			return true
		}
	}
	return false
}
