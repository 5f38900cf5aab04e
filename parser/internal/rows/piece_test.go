package rows

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/parser/internal/invented"
	"mxverdict/parser/report"
)

// lineReader reads single lines with sentences that no reporter says.
func lineReader() *reader {
	return &reader{v: invented.Vocabulary{}, icons: map[string]bool{}, blocks: []block{{}}, lines: &given{}, facts: new(facts)}
}

// given hands out no line.
type given struct{}

func (given) Next() (Line, bool)    { return Line{}, false }
func (given) Peek(int) (Line, bool) { return Line{}, false }
func (given) Notices() []string     { return nil }

var kindNames = [...]string{words: "words", filler: "filler", mark: "mark", name: "name", category: "category", host: "host", sentence: "sentence"}

// Whatever parts them, the pieces of a line are what the vocabulary knows and the words between.
func TestPieces(t *testing.T) {
	tests := []struct{ name, line, pieces string }{
		{"cells", "Frob State\tBad\tThe frob is wet", "name:Frob State mark:Bad sentence:The frob is wet"},
		{"runs of blanks", "Frob State   Bad   The frob is wet", "name:Frob State mark:Bad sentence:The frob is wet"},
		{"colon and dash", "Frob State: Bad - The frob is wet", "name:Frob State mark:Bad sentence:The frob is wet"},
		{"arrow", "Frob State → The frob is wet", "name:Frob State sentence:The frob is wet"},
		{"brackets", "(Frob State) [The frob is wet]", "name:Frob State sentence:The frob is wet"},
		{"quotation marks within others", "»‚Frob State‘: „The frob is wet“«", "name:Frob State sentence:The frob is wet"},
		{"Japanese marks", "「Frob State」：「The frob is wet」", "name:Frob State sentence:The frob is wet"},
		{"the sentence first", "The frob is wet (Frob State), Bad, mx.example.com",
			"sentence:The frob is wet name:Frob State mark:Bad host:mx.example.com"},
		{"a symbol", "✗ Frob State", "mark:✗ name:Frob State"},
		{"the text of an icon", "Icon Bad Frob State", "mark:Icon Bad name:Frob State"},
		{"an icon that is read aloud", "picture Icon Bad, Frob State", "words:picture mark:Icon Bad name:Frob State"},
		{"a host in front", "mx.example.com: The frob is wet", "host:mx.example.com sentence:The frob is wet"},
		{"an address with colons stays whole", "2001:db8::25 The frob is wet", "host:2001:db8::25 sentence:The frob is wet"},
		{"a look-up among words", "what dns:example.com says", "words:what host:example.com words:says"},
		{"a look-up of an address in brackets", "smtp:[2001:db8::25]", "host:2001:db8::25"},
		{"numbers and times say nothing", "12:30:01\t47\tThe frob is wet", "filler:12:30:01 filler:47 sentence:The frob is wet"},
		{"the title of a cell says nothing", "Result: The frob is wet", "filler:Result sentence:The frob is wet"},
		{"a word of every day", "it is Good that you ask", "words:it is Good that you ask"},
		{"a number with a word is no host", "604800.Looks odd", "words:604800.Looks odd"},
		{"hyphens join", "a-b.example.com\twell-known", "host:a-b.example.com words:well-known"},
		{"an apostrophe joins", "it isn't", "words:it isn't"},
		{"a crossing sign multiplies", "3 × 5", "filler:3 filler:5"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := lineReader()
			var got []string
			for _, p := range r.pieces(tt.line, report.Context{}) {
				got = append(got, kindNames[p.kind]+":"+cmp.Or(p.said, tt.line[p.from:p.to]))
			}
			if is := strings.Join(got, " "); is != tt.pieces {
				t.Errorf("pieces of %q:\n got %s\nwant %s", tt.line, is, tt.pieces)
			}
		})
	}
}

// Pieces that belong together are one row, in whatever order they stand.
func TestDrafts(t *testing.T) {
	const row = "warning Frob State mx.example.com"
	tests := []struct {
		name, line string
		rows       []string
	}{
		{"mark, name, host, sentence", "Poor - Frob State - mx.example.com - The frob is wet", []string{row + " says"}},
		{"host, name, mark, sentence", "mx.example.com\tFrob State\tPoor\tThe frob is wet", []string{row + " says"}},
		{"sentence, name, mark, host", "The frob is wet (Frob State), Poor, mx.example.com", []string{row + " says"}},
		{"the host in a tail", "The frob is wet for the server mx.example.com", []string{"- - mx.example.com says"}},
		{"a remark behind the name", "Frob State (since Monday): The frob is wet", []string{"- Frob State - says"}},
		{"a symbol behind the name", "Frob State ✗", []string{"error Frob State -"}},
		{"two rows on a line", "Frob State: Poor, Zone State: Bad", []string{"warning Frob State -", "error Zone State -"}},
		{"one host for all rows of a line", "mx.example.com   Frob State ✗   Zone State ✓", []string{"error Frob State mx.example.com",
			"ok Zone State mx.example.com"}},
		{"two sentences", "The frob is wet. The zone is cold.", []string{"- - - says", "- - - says"}},
		{"a quoted name has no result", `he says "Frob State" is red`, []string{"- Frob State -"}},
		{"a name at the end of a clause", "Frob State. What is that?", []string{"- Frob State -"}},
		{"a host of whom somebody speaks", "mx.example.com is ours and gives: The frob is wet", []string{"- - - says"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := lineReader()
			var got []string
			for _, d := range r.drafts(tt.line, r.pieces(tt.line, report.Context{})) {
				is := fmt.Sprintf("%s %s %s", cmp.Or(string(d.status), "-"), cmp.Or(d.name, "-"), cmp.Or(d.host, "-"))
				if d.match != nil {
					is += " says"
				}
				got = append(got, is)
			}
			if !slices.Equal(got, tt.rows) {
				t.Errorf("rows of %q:\n got %q\nwant %q", tt.line, got, tt.rows)
			}
		})
	}
}

// Pieces and rows stand in their line, one behind the other, whatever the line holds.
func FuzzPieces(f *testing.F) {
	for _, line := range []string{"Frob State\tBad - The frob is wet", "Icon Bad Frob State ✗ mx.example.com", "smtp:[2001:db8::25", "« Frob State » (The frob is wet",
		"Frob State .... Good", "https://example.com/?x=%3a", "\xff\tThe zone is cold\x00"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		line = strings.ToValidUTF8(strings.ReplaceAll(line, "\n", " "), "")
		r := lineReader()
		pieces := r.pieces(line, report.Context{})
		at := 0
		for _, p := range pieces {
			if p.from < at || p.to <= p.from || p.to > len(line) {
				t.Fatalf("piece %q from %d to %d behind %d in %q", kindNames[p.kind], p.from, p.to, at, line)
			}
			at = p.to
		}
		for _, d := range r.drafts(line, pieces) {
			if d.from > d.to || d.to > len(line) {
				t.Fatalf("row from %d to %d in %q", d.from, d.to, line)
			}
		}
	})
}
