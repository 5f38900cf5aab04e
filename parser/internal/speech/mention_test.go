package speech

import (
	"strings"
	"testing"
)

// What stands beside a literal tells code from data that a program prints. Braces stand for a reporter's sentence.
func TestLiterals(t *testing.T) {
	for line, want := range map[string]bool{
		`x == "{}"`: true, `if s != '{}' {`: true, `f("{}")`: true, `a.f(b, "{}");`: true, `re.compile(r"{}")`: true, `msgid "Warning - {}"`: true,
		`case "{}":`: true, `grep -q "{}" x`: true, `pattern: "{}"`: true, `regex = {}`: true, `'{}' => 3,`: true, `/{}/ { n++ }`: true,
		`a.b.missing={}`: true, `subject:"{}"`: true, `x LIKE '%{}%'`: true, `"{}" in rows`: true,
		`{"a", "{}"},`: true, `{ "{}", 3 },`: true, `{'{}'},`: true, `in: match: "{}"`: true, `delay: 2h match: "{}"`: true,
		`{"Info": "{}"},`: false, `{"Info": "x", "Name": "{}"}`: false, `so this is what we want: "{}"`: false, `("a", "{}"),`: false,
		`Note: here I expected: "{}"`: false,
		`info: "{}"`:                  false, `'Info': '{}',`: false, `[Info] => {}`: false, `Row(name='x', info='{}')`: false, `info="{}" host=x`: false,
		`it says ("{}") again`: false, `Test State ("{}")`: false, `State("{}")`: false, `in case "{}"`: false, `something like "{}"`: false,
		`Warning - {}`: false, `error = {}`: false, `mail.example.com={}`: false, `the test says "{}"`: false, `=> "{}"`: false, `- "{}"`: false,
	} {
		before, behind, _ := strings.Cut(line, "{}")
		if IsLiteral(before, behind) != want {
			t.Errorf("isLiteral(%q) = %t", line, !want)
		}
	}
}

// FuzzMention reads any text as what stands around a sentence.
func FuzzMention(f *testing.F) {
	for _, line := range append(gone[:40:40], `f(x, "{}")`, `do you see "{}"?`, `If it says "{}", call us.`, "§ 7 {}", "{NAME}, {}") {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, text string) {
		const most = 1000 // bytes; readers hand on less
		before, behind, _ := strings.Cut(text[:min(len(text), most)], "{}")
		Around(before, behind)
		IsLiteral(before, behind)
		InTranslation(before)
		if text != "" {
			var g Genre
			g.Note(Line{Text: text, Heading: true})
			g.Speaks()
		}
	})
}
