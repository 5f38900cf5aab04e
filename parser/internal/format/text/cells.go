package text

import "strings"

// Cells: what parts them in tables that arrive as text.

// tabs puts a tab where bars, or the semicolons or quotation marks of an export, part cells.
func tabs(text string) string {
	if strings.IndexByte(text, '|') >= 0 {
		if text[0] == '|' {
			text = showEmoticons(text)
		}
		text = strings.ReplaceAll(text, "|", "\t")
	}
	if strings.IndexByte(text, ';') >= 0 && strings.Count(text, ";") > 1 && !strings.Contains(text, "; ") {
		text = strings.ReplaceAll(text, ";", "\t")
	}
	if strings.IndexByte(text, '"') >= 0 && strings.Contains(text, `","`) {
		text = strings.Trim(strings.ReplaceAll(text, `","`, "\t"), `"`)
	}
	return leaders(text)
}

// leaders puts a tab where a run of points leads from a name to its result, as in printed lists.
func leaders(text string) string {
	const least = " ...."
	at := strings.Index(text, least)
	if at < 0 {
		return text
	}
	rest := strings.TrimLeft(text[at+1:], ".")
	if !strings.HasPrefix(rest, " ") {
		return text
	}
	return text[:at] + "\t" + rest[1:]
}

// emoticons are what the markup of Jira shows as symbols.
var emoticons = strings.NewReplacer("|(/)|", "|✔|", "|(x)|", "|✘|", "|(!)|", "|⚠|", "|(-)|", "|✘|", "|(i)|", "|ℹ|")

// showEmoticons writes cells of a table in Jira's markup that hold nothing but a symbol as that symbol.
func showEmoticons(row string) string {
	if strings.IndexByte(row, '(') < 0 {
		return row
	}
	return emoticons.Replace(row)
}

// leadingEmoticon writes one of them with which a line begins as the symbol that it is.
func leadingEmoticon(line string) string {
	if len(line) > 4 && line[0] == '(' && line[2] == ')' && line[3] == ' ' {
		if shown := emoticons.Replace("|" + line[:3] + "|"); shown[1] != '(' {
			return strings.Trim(shown, "|") + line[3:]
		}
	}
	return line
}
