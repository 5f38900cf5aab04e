package corpus_test

import (
	"fmt"
	"html"
	"strings"
	"testing"
)

// cells are those of a row: a mark, the name of a test, a sentence with its status word. Some rows lack some of them.
type cells struct{ icon, name, status, says string }

func (c cells) result() string { return joined(" - ", c.status, c.says) }

// joined puts what is not empty together.
func joined(by string, texts ...string) string {
	var some []string
	for _, t := range texts {
		if t != "" {
			some = append(some, t)
		}
	}
	return strings.Join(some, by)
}

// rowLayouts write rows as programs and people do.
var rowLayouts = []struct {
	name, top string
	row       func(c cells) string
	bottom    string
}{
	{"tabs", "", func(c cells) string { return c.name + "\t" + c.result() }, ""},
	{"tabs below titles", "Test\tResult\n", func(c cells) string { return c.name + "\t" + c.result() }, ""},
	{"icon and tabs", "\tTest\tResult\n", func(c cells) string { return c.icon + "\t" + c.name + "\t" + c.result() }, ""},
	{"category, host and result", "Category\tHost\tResult\n", func(c cells) string { return "smtp\tmail.example.com\t" + joined(" ", c.name, c.result()) }, ""},
	{"one line", "", func(c cells) string { return joined(" ", c.name, c.result()) }, ""},
	{"runs of blanks", "", func(c cells) string { return joined("     ", c.name, c.result()) }, ""},
	{"pipes", "", func(c cells) string { return joined(" | ", c.name, c.result()) }, ""},
	{"status of its own", "Status | Test | Result\n", func(c cells) string { return c.status + " | " + c.name + " | " + c.says }, ""},
	{"sentences only", "", func(c cells) string { return firstOf(c.result(), c.name) }, ""},
	{"colon", "", func(c cells) string { return joined(": ", c.name, c.result()) }, ""},
	{"arrow", "", func(c cells) string { return joined(" → ", c.name, c.result()) }, ""},
	{"bullets", "", func(c cells) string { return "- " + joined(": ", c.name, c.result()) }, ""},
	{"round bullets", "", func(c cells) string { return "• " + joined(" ", c.name, c.result()) }, ""},
	{"numbers", "", func(c cells) string { return "1. " + joined(" - ", c.name, c.result()) }, ""},
	{"bold names", "", func(c cells) string { return joined(" ", bold(c.name), c.result()) }, ""},
	{"code", "", func(c cells) string { return "* `" + joined(" ", c.name, c.result()) + "`" }, ""},
	{"icons", "", func(c cells) string { return c.icon + " " + joined(": ", c.name, c.says) }, ""},
	{"icons of a chat", "", func(c cells) string {
		return map[string]string{"⚠": ":warning:", "✔": ":white_check_mark:", "❌": ":x:"}[c.icon] + " " + joined(": ", c.name, c.says)
	}, ""},
	{"Jira's icons", "", func(c cells) string {
		return map[string]string{"⚠": "(!)", "✔": "(/)", "❌": "(x)"}[c.icon] + " " + joined(": ", c.name, c.says)
	}, ""},
	{"status in brackets", "", func(c cells) string { return "[" + c.status + "] " + joined(": ", c.name, c.says) }, ""},
	{"Jira's table", "||Test||Result||\n", func(c cells) string { return "|" + c.name + "|" + c.result() + "|" }, ""},
	{"Markdown's table", "| Test | Result |\n|---|---|\n", func(c cells) string { return "| " + c.name + " | " + c.result() + " |" }, ""},
	{"Markdown's table with icons", "| | Test | Result |\n|---|---|---|\n",
		func(c cells) string { return "| " + c.icon + " | " + c.name + " | " + c.result() + " |" }, ""},
	{"commas", "Test,Result\n", func(c cells) string { return c.name + "," + c.result() }, ""},
	{"quoted commas", "\"Test\",\"Result\"\n", func(c cells) string { return fmt.Sprintf("%q,%q", c.name, c.result()) }, ""},
	{"semicolons", "Test;Status;Result\n", func(c cells) string { return c.name + ";" + c.status + ";" + c.says }, ""},
	{"BBCode", "[table]\n", func(c cells) string { return "[tr][td]" + c.name + "[/td][td]" + c.result() + "[/td][/tr]" }, "[/table]\n"},
	{"HTML's table", "<table>\n", func(c cells) string {
		return "<tr><td>" + html.EscapeString(c.name) + "</td><td>" + html.EscapeString(c.result()) + "</td></tr>"
	}, "</table>\n"},
	{"HTML's table with icons", "<table>\n", func(c cells) string {
		return "<tr><td><img alt=\"Status " + c.status + "\"></td><td>" + html.EscapeString(c.name) + "</td><td>" + html.EscapeString(c.says) + "</td></tr>"
	}, "</table>\n"},
	{"HTML's list", "<ul>\n", func(c cells) string {
		return "<li><b>" + html.EscapeString(c.name) + "</b> " + html.EscapeString(c.result()) + "</li>"
	}, "</ul>\n"},
	{"quoted mail", "", func(c cells) string { return "> " + joined("\t", c.name, c.result()) }, ""},
	{"cells on lines", "Test\nResult\n", func(c cells) string { return joined("\n", c.name, c.result()) }, ""},
}

func firstOf(a, b string) string {
	if a == "" {
		return b
	}
	return a
}

func bold(s string) string {
	if s == "" {
		return ""
	}
	return "**" + s + "**"
}

// The rows between which others are set, and these.
var (
	before  = cells{"⚠", "SMTP TLS", "Warning", "Does not support TLS."}
	behind  = cells{"✔", "SMTP Reverse DNS Mismatch", "OK", "192.0.2.25 resolves to mail.example.com"}
	strange = []struct {
		name string
		row  cells
	}{
		{"a check that nobody knows", cells{"⚠", "SMTP Moon Phase", "Warning", "The moon is in the wrong phase"}},
		{"a result that nobody knows", cells{"❌", "SMTP Open Relay", "Error", "Server follows the moon"}},
		{"a status and no name", cells{"❌", "", "Error", "Server follows the moon"}},
		{"a result without status", cells{"⚠", "SMTP Open Relay", "", "Server follows the moon"}},
		{"a result and nothing beside it", cells{"⚠", "", "", "Server follows the moon"}},
		{"a name and nothing beside it", cells{"⚠", "SMTP Moon Phase", "", ""}},
	}
)

// moonless are what people write between rows. Nobody may take it for a row.
var moonless = []string{
	"We are going to look at the moon tomorrow.", "Do you know what the moon has to do with it?", "Thanks, Luna Moon",
	"The moon? No idea, our provider says that all is well and that we should wait until Monday.", "Sent from my moon phone",
	"Moon Ltd, 12 High Street, London", "this one worries me most, because of the moon:",
}

// TestNothingVanishes sets rows that nobody knows between rows that are known: in every layout each is a finding.
func TestNothingVanishes(t *testing.T) {
	v := loadVocabulary(t)
	rows, lost, twice := 0, 0, 0
	for _, layout := range rowLayouts {
		for _, s := range strange {
			for _, heading := range []string{"smtp:mail.example.com\n", ""} {
				document := heading + layout.top + layout.row(before) + "\n" + layout.row(s.row) + "\n" + layout.row(behind) + "\n" + layout.bottom
				rows++
				told := 0
				rep := read(t, v, document)
				for _, f := range rep.Findings {
					if strings.Contains(strings.ToLower(f.Text), "moon") {
						told++
					}
				}
				if told == 1 && len(rep.Findings) == 3 {
					continue
				}
				if told == 0 {
					lost++
				} else {
					twice++
				}
				t.Errorf("%s, %s: told %d times in %d findings of %q", layout.name, s.name, told, len(rep.Findings), document)
			}
		}
	}
	t.Logf("of %d rows %d vanish, and %d are told twice", rows, lost, twice)
}

// TestProseAmongRows sets what people say between the rows of each layout of lines.
func TestProseAmongRows(t *testing.T) {
	v := loadVocabulary(t)
	for _, layout := range rowLayouts {
		if strings.Contains(layout.name, "HTML") || layout.name == "quoted mail" {
			continue
		}
		for _, says := range moonless {
			for _, between := range []string{says + "\n", "\n" + says + "\n\n"} {
				document := layout.top + layout.row(before) + "\n" + between + layout.row(behind) + "\n" + layout.bottom
				for _, f := range read(t, v, document).Findings {
					if strings.Contains(strings.ToLower(f.Text), "moon") {
						t.Errorf("%s: a finding %q in %q", layout.name, f.Text, document)
					}
				}
			}
		}
	}
}
