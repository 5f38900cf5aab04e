package safety

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
)

// hiding moves a character where no mark of Jira is, until the text is looked at.
const hiding = 0xf0000

var (
	// The characters that a backslash makes plain, unless another one stands before it; and the entities, which stay as they are.
	jiraEscape = regexp.MustCompile(`\\([-#*_+?^~|%{}\[\]()!@])`)
	jiraEntity = regexp.MustCompile(`&(#[0-9]+|#x[0-9a-fA-F]+|[A-Za-z]+);`)

	// What is obeyed of the rest, sign by sign. A dash inside a word is none.
	jiraLive = regexp.MustCompile(`[{}\[\]*_+^~!|#]|\?\?|\\\\|(^|[^\pL\pN])-|-([^\pL]|$)|://|(?i:mailto:|www\.|file:)|[:;][()DP]|\([a-z/!+*?x-][a-z]*\)|@[A-Za-z]|(?m)^(h[1-6]|bq)\.|\b[A-Z][A-Z0-9]+-[0-9]`)
)

// hide reads a text in which markup counts: what is escaped is hidden from the search for markup.
func hide(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		escaped := jiraEscape.FindStringSubmatchIndex(s[i:])
		if escaped != nil && escaped[0] == 0 && (i == 0 || s[i-1] != '\\') {
			b.WriteRune(hiding + rune(s[i+1]))
			i += 2
			continue
		}
		if entity := jiraEntity.FindString(s[i:]); entity != "" && strings.HasPrefix(s[i:], entity) {
			b.WriteRune(hiding + decoded(entity))
			i += len(entity)
			continue
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

// decoded is the character of an entity.
func decoded(entity string) rune {
	named := map[string]rune{"&amp;": '&', "&lt;": '<', "&gt;": '>', "&quot;": '"'}
	if r, ok := named[entity]; ok {
		return r
	}
	n, err := strconv.ParseInt(strings.Trim(entity, "&#;"), 10, 32)
	if err != nil {
		return '\ufffd'
	}
	return rune(n)
}

// readJira is what Jira sees and shows: the marks that it obeys in their order, and the text, white space left out.
func readJira(source string) (live []string, text string) {
	var b strings.Builder
	for i, part := range strings.Split(source, "{noformat}") {
		if i%2 == 1 {
			b.WriteString("⟨verbatim⟩" + part + "⟨/verbatim⟩")
			continue
		}
		hidden := hide(part)
		live = append(live, jiraLive.FindAllString(hidden, -1)...)
		b.WriteString(strings.Map(func(r rune) rune {
			if r >= hiding && r < hiding+0x10000 {
				return r - hiding
			}
			return r
		}, hidden))
	}
	return live, bare(b.String())
}

func checkJira(t *testing.T, d func(string) document.Document, attack string) {
	t.Helper()
	source := in(t, "jira", d(attack), render.Options{})
	if strings.Contains(strings.ToLower(attack), "{noformat") && strings.Contains(d(word).Sections[0].Title, "SESSION") {
		checkEndOfVerbatim(t, source)
		return
	}
	want, harmless := readJira(in(t, "jira", d(word), render.Options{}))
	live, got := readJira(source)
	compare(t, harmless, got, attack)
	if strings.Join(live, " ") != strings.Join(want, " ") {
		t.Errorf("%q: Jira obeys %q, and should obey %q", attack, live, want)
	}
}

// checkEndOfVerbatim holds for what cannot stand in a macro: nothing is alive but the marks of our lists and titles.
func checkEndOfVerbatim(t *testing.T, source string) {
	t.Helper()
	live, _ := readJira(source)
	for _, mark := range live {
		if mark != "*" && mark != "h4." {
			t.Errorf("Jira obeys %q in\n%s", mark, source)
		}
	}
	if strings.Contains(strings.ToLower(hide(source)), "{noformat") {
		t.Errorf("the end of a macro stands in\n%s", source)
	}
}

// The reader that the writer is held against must see what it is to see.
func TestReaderOfJiraSeesMarkup(t *testing.T) {
	for _, name := range []string{"macro", "wiki link", "wiki image", "wiki text", "wiki heading", "wiki quotation", "wiki lists", "wiki break", "wiki rule",
		"wiki dashes", "faces", "table heads", "bare address", "mailto", "issue", "braces"} {
		if live, _ := readJira(attacks[name]); len(live) == 0 {
			t.Errorf("%q is taken for plain", attacks[name])
		}
	}
	if live, text := readJira(`\*x\* &#92; \[y\]`); len(live) != 0 || text != `*x*\[y]` {
		t.Errorf("read %q, and obeyed %q", text, live)
	}
}
