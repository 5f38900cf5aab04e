package speech

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mxverdict/parser/internal/scan"
)

// Code: programs, patterns of filters, texts for translators. A reporter's sentence is a literal there, and nobody says that a server has
// the fault. Programs also print results, as they come; so a literal counts as one only by what stands directly beside it.

// IsLiteral tells whether a sentence is a literal of a program: what stands beside its quotation mark compares it, hands it to a function,
// or names it as a pattern.
func IsLiteral(before, behind string) bool {
	open := strings.TrimRight(unopenedRow(before), " \t")
	front := strings.TrimRight(open, "\"'`%/^")
	quoted := len(front) < len(open)
	if n := len(front); quoted && n > 1 && strings.IndexByte("rbfuRBL", front[n-1]) >= 0 && !isNameByte(front[n-2]) {
		front = front[:n-1] // the kind of a literal: r"…"
	}
	touches := front
	front = strings.TrimRight(front, " ")
	switch {
	case isPatternKey(front, quoted), isAnchored(before, behind), quoted && isMember(before, behind):
		return true
	case quoted:
		return isField(touches) || isOperator(front) || isDottedKey(front) || isCall(front, behind) ||
			isKeyword(front, strings.HasSuffix(open, "%")) || isArm(behind) || isQuery(front, behind)
	}
	return isProperty(front) && len(front) == len(open) && !strings.Contains(before, " ")
}

// isAnchored tells whether a sentence is a pattern that must match from end to end.
func isAnchored(before, behind string) bool {
	return strings.HasSuffix(before, "^") && strings.HasPrefix(strings.TrimLeft(behind, ".\\"), "$")
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

// isMember tells whether a literal stands in a list of literals as programs write them, in braces: {"…", "…"}. Data that is printed so has keys.
func isMember(before, behind string) bool {
	before, behind = scan.TrimLeft(before), strings.TrimRight(behind, " ,;")
	if !strings.HasPrefix(before, "{") || !strings.HasSuffix(behind, "}") || strings.ContainsAny(before[1:], "{}") {
		return false
	}
	opened := strings.TrimLeft(before[1:], " ")
	if opened == "" || strings.IndexByte("\"'`", opened[0]) < 0 || strings.Contains(opened, ":") && isKeyed(opened) {
		return false
	}
	rest := behind[strings.IndexAny(behind, "\"'`")+1:]
	next := strings.TrimLeft(rest, " ")
	return strings.ContainsAny(behind, "\"'`") && next != "" && (next[0] == ',' || next[0] == '}')
}

// isKeyed tells whether the first literal of a text is the key of what follows.
func isKeyed(opened string) bool {
	end := strings.IndexByte(opened[1:], opened[0])
	return end >= 0 && strings.HasPrefix(strings.TrimLeft(opened[end+2:], " "), ":")
}

// isField knows the fields by which people search their mail: subject:"…".
func isField(front string) bool {
	name, ok := strings.CutSuffix(front, ":")
	return ok && searchFields[strings.ToLower(name[strings.LastIndexAny(name, " (-")+1:])]
}

var searchFields = WordSet("subject body text title content msg q in intitle intext betreff")

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
var keywords = WordSet("msgid msgstr msgctxt assert elif grep egrep fgrep zgrep ilike regexp rlike -e -q -qi -iq -i -c -f -ci -ic -l -v -w -x -o " +
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
var patternKeys = WordSet("pattern patterns regex regexp regexes re match matches matcher expr expression grep filter ignore ignored contains needle search query " +
	"expect expected want msgid msgstr defaultmessage translation keyword keywords exclude include")

// surePatterns are those of them that are no words of every day.
var surePatterns = WordSet("pattern patterns regex regexp regexes match matches matcher expr needle msgid msgstr defaultmessage")

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
	if at := strings.LastIndexByte(name, ' '); quoted && strings.Contains(name[:at+1], ": ") && surePatterns[strings.ToLower(name[at+1:])] {
		return true // the key of the line below another one
	}
	return patternKeys[strings.ToLower(name)]
}

// quietKeys begin the keys above what a program passes over: "mute:", "ignored_messages:".
var quietKeys = []string{"ignore", "exclude", "mute", "silence", "suppress", "skip", "allowlist", "allow_list", "allow-list", "denylist", "deny_list", "deny-list"}

// isPatternList knows the key above a list of such patterns: "ignore:". It is written as programs write keys.
func isPatternList(t string) bool {
	name, ok := strings.CutSuffix(strings.TrimRight(t, " ["), ":")
	name = strings.Trim(name, " \"'")
	if !ok || name == "" || name[0] < 'a' || name[0] > 'z' || strings.IndexFunc(name, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) && c != '-' }) >= 0 {
		return false
	}
	for _, verb := range quietKeys {
		if strings.HasPrefix(name, verb) {
			return true
		}
	}
	return patternKeys[name]
}

// isProperty knows the key of a text as programs keep them: "errors.host.missing=".
func isProperty(front string) bool {
	key, ok := strings.CutSuffix(front, "=")
	if !ok || strings.Count(key, ".") == 0 || strings.HasPrefix(key, ".") || strings.HasSuffix(key, ".") {
		return false
	}
	return strings.IndexFunc(key, func(c rune) bool { return c >= utf8.RuneSelf || !isNameByte(byte(c)) && c != '-' }) < 0 && !scan.Exists(key)
}

// isArm tells whether what stands behind a literal makes it a choice of a program: an arrow to its value, or a member of a list.
func isArm(behind string) bool {
	rest := strings.TrimLeft(behind, ".")
	if rest == "" || strings.IndexByte("\"'`%/", rest[0]) < 0 {
		return false
	}
	rest = strings.TrimLeft(rest[1:], " %\"';")
	for _, arm := range []string{"=> ", "in ", "not in ", "{", "?: ", "=~", "==", ": \"", ": '", ": [", ": {"} {
		if strings.HasPrefix(rest, arm) {
			return true
		}
	}
	level, ok := strings.CutPrefix(rest, ": ") // a number
	return ok && strings.Trim(level, "0123456789,} ") == ""
}

// isDottedKey knows the key of a text as files of translations keep them: "errors.host.missing":
func isDottedKey(front string) bool {
	key, ok := strings.CutSuffix(front, ":")
	if key = strings.TrimSpace(key); !ok || len(key) < 3 || strings.IndexByte("\"'", key[len(key)-1]) < 0 {
		return false
	}
	mark := key[len(key)-1:]
	key = key[:len(key)-1]
	return isProperty(key[strings.LastIndex(key, mark)+1:] + "=")
}

// isQuery tells whether a literal is what somebody looks for: an operator in capitals joins it to others, or the field of a search
// engine follows. People who write all in capitals set no fields.
func isQuery(front, behind string) bool {
	rest := strings.TrimLeft(strings.TrimLeft(behind, "."), "\"'`")
	next, _ := scan.Word(strings.TrimLeft(rest, " )"))
	if strings.HasPrefix(next, "site:") || strings.HasPrefix(next, "-site:") || strings.Contains(rest, " site:") {
		return true
	}
	field := strings.TrimRightFunc(front, func(c rune) bool { return c < utf8.RuneSelf && c != ' ' && c != '(' })
	set := len(field) < len(front) && strings.ContainsAny(front[len(front)-1:], "=:")
	open := strings.TrimRight(field, " (")
	return (set || open == "") && queryOperators[next] || set && queryOperators[open[strings.LastIndexByte(open, ' ')+1:]]
}

var queryOperators = WordSet("AND OR NOT")

// isCodeLine tells whether a line is one of a program or of its settings. Data that a program prints is none.
func isCodeLine(t string) bool {
	const longest = 400
	if len(t) > longest || strings.HasPrefix(t, "(") { // a list of values, as programs print it too
		return false
	}
	first, rest := scan.Word(t)
	if isLocale(t) || isStatement(t) || isSchemaType(first, rest) {
		return true
	}
	switch strings.TrimRight(first, "(:;") {
	case "def", "class", "func", "function", "import", "const", "let", "var", "return", "assert", "elif", "msgid", "msgstr", "msgctxt", "private",
		"public", "static", "include", "define", "export", "enum", "struct", "echo", "exit", "foreach", "unless", "print", "printf":
		return rest == "" && first != "class" || strings.ContainsAny(rest, "()=\"'{;<$") || scan.IsDigits(rest)
	case "Scenario", "Feature":
		return strings.HasSuffix(first, ":") || rest == "Outline:" || strings.HasPrefix(rest, "Outline: ")
	case "package", "namespace", "module", "using":
		return rest != "" && !strings.ContainsAny(strings.TrimSuffix(rest, ";"), " ") && rest[0] >= 'a' && rest[0] <= 'z' && len(rest) <= scan.MaxMark
	case "fi", "esac", "else", "try", "do", "end", "endif", "done":
		return rest == "" || rest == "{"
	case "if", "for", "while", "switch", "case":
		return strings.HasSuffix(t, "{") || strings.HasSuffix(t, ":") && strings.ContainsAny(t, "\"'=(") || strings.HasSuffix(t, "then") || strings.HasSuffix(t, "do")
	}
	return endsInCode(t) || isAssignment(t)
}

// isStatement knows the statements that fill the tables of a database. Who asks one shows what it gives.
func isStatement(t string) bool {
	lower := strings.ToLower(t[:min(len(t), 12)])
	switch first, rest := scan.Word(lower); first {
	case "insert", "replace":
		return strings.HasPrefix(rest, "into ") && scan.HasMoreWords(t, 2)
	case "create":
		return strings.HasPrefix(rest, "tabl") && strings.Contains(t, "(")
	case "update":
		upper := strings.ToUpper(t)
		return strings.Contains(upper, " SET ") && strings.Contains(t, "=")
	case "copy":
		return strings.HasSuffix(strings.ToLower(t), " from stdin;")
	}
	return false
}

// isSchemaType knows the type of a field in a schema.
func isSchemaType(key, value string) bool {
	return (key == "type:" || key == "\"type\":") && schemaTypes[strings.Trim(value, "\",")]
}

var schemaTypes = WordSet("string object array integer boolean number")

// isTuple knows a row of values as such statements list them.
func isTuple(t string) bool {
	if t[0] == '{' && (t[len(t)-1] == ',' || t[len(t)-1] == '}') && strings.ContainsAny(t, "\"'`") {
		opened := strings.TrimLeft(t[1:], " ")
		return opened != "" && strings.IndexByte("\"'`", opened[0]) >= 0 && !isKeyed(opened)
	}
	return t == "\\." || (strings.HasPrefix(t, "(") || strings.HasPrefix(t, "[")) && strings.ContainsAny(t, "'\"") && scan.EndsInAny(t, []string{"),", ");", "],"})
}

// isLocale knows the key of a language in a file of translations: "en:".
func isLocale(t string) bool {
	name, ok := strings.CutSuffix(t, ":")
	return ok && languages[name[:min(len(name), 2)]] && (len(name) == 2 || len(name) == 5 && (name[2] == '-' || name[2] == '_'))
}

var languages = WordSet("en de fr es it pt nl pl ru uk cs sv da nb no fi tr ja zh ko hu el ro")

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
	if isTuple(t) {
		return true
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

// InTranslation tells whether a sentence stands within such tags.
func InTranslation(before string) bool {
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
