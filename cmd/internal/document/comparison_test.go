package document

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxverdict/cmd/internal/batch"
)

// runWith writes a run: lines of "source rules label", or "source rules" for one without a result; what stands behind a line break is no
// whole record.
func runWith(t *testing.T, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	var text []byte
	for _, line := range lines {
		line, torn, _ := strings.Cut(line, "\n")
		words := strings.Fields(line)
		r := batch.Record{Schema: batch.Schema, Source: words[0], ID: batch.IDOf(words[0], "", nil), Rules: words[1]}
		if len(words) < 3 {
			r.Error = "it is empty"
		} else {
			r.Result, _ = json.Marshal(map[string]any{"verdicts": []any{map[string]any{"rule": "smtp/x", "subject": words[0] + ".example.com", "verdict": words[2],
				"measured": []any{map[string]any{"fact": "some.fact", "value": 1}}}}})
		}
		written, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		text = append(append(append(text, written...), '\n'), torn...)
	}
	if lines[0] != "a killed" {
		defer os.WriteFile(filepath.Join(dir, "summary.csv"), nil, 0o644)
	}
	if err := os.WriteFile(filepath.Join(dir, "results.jsonl"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The first sentence says the answer, and what would be misread is said with it.
func TestComparisonInWords(t *testing.T) {
	for name, c := range map[string]struct {
		old, now      []string
		mark          Mark
		says, saysNot []string
	}{
		"nothing": {[]string{"a r confirmed", "b r"}, []string{"a r confirmed", "b r"}, Good,
			[]string{"no fault came, none was repaired; 1 verdict as before", "1 without a result both times", "the same both times"}, []string{"CAME", "BY HOST", "Note"}},
		"came and repaired": {[]string{"a r confirmed", "b r false_positive"}, []string{"a r false_positive", "b r confirmed"}, Bad,
			[]string{"1 fault came, 1 was repaired; 0 verdicts as before", "confirmed: b.example.com", "false positive: a.example.com", "in b"}, []string{"by other rules"}},
		"undecided is no repair": {[]string{"a r confirmed"}, []string{"a r inconclusive"}, Open,
			[]string{"none was repaired, 1 undecided now", "that is no repair", "before: confirmed"}, []string{"REPAIRED"}},
		"gone is no repair": {[]string{"a r confirmed", "b r confirmed"}, []string{"b r confirmed"}, Good,
			[]string{"none was repaired", "1 only before", "gone: a; before: 1 confirmed", "not known to be repaired"}, []string{"REPAIRED"}},
		"no result is no repair": {[]string{"a r confirmed"}, []string{"a r"}, Open,
			[]string{"none was repaired, 1 report without a result now", "a; before: 1 confirmed; now: it is empty"}, []string{"REPAIRED"}},
		"other rules": {[]string{"a r confirmed"}, []string{"a s false_positive"}, Good,
			[]string{"1 was repaired (1 of them by other rules alone)", "before: r for 1; now: s for 1", "1 do so by the rules alone"}, []string{"the same both times"}},
		"nothing in common": {[]string{"old/a r confirmed"}, []string{"new/a r false_positive"}, Good, []string{"No report is in both runs", "with the same paths"}, nil},
		"killed":            {[]string{"a r confirmed"}, []string{"a killed", "a r confirmed"}, Good, []string{"is at work, or was killed"}, []string{"bytes of"}},
		"under way":         {[]string{"a r confirmed", "b r confirmed"}, []string{"a r confirmed\n{\"sch"}, Good, []string{"The last 5 bytes of", "looks as if it were not there"}, nil},
	} {
		compared, err := batch.Compare(t.Context(), runWith(t, c.old...), runWith(t, c.now...))
		if err != nil {
			t.Fatal(err)
		}
		d, err := OfComparison(compared)
		compared.Close()
		if err != nil {
			t.Fatal(err)
		}
		page := pageOf(d)
		for _, says := range c.says {
			if !strings.Contains(page, says) {
				t.Errorf("%s: does not say %q:\n%s", name, says, page)
			}
		}
		for _, says := range c.saysNot {
			if strings.Contains(page, says) {
				t.Errorf("%s: says %q:\n%s", name, says, page)
			}
		}
		if d.Sections[0].Mark != c.mark {
			t.Errorf("%s: the mark is %d", name, d.Sections[0].Mark)
		}
	}
}

// pageOf is a document of lines and items as bare text.
func pageOf(d Document) string {
	var b strings.Builder
	for _, s := range d.Sections {
		b.WriteString(s.Title + " " + s.Lead.String() + "\n")
		for _, block := range s.Blocks {
			switch block := block.(type) {
			case *Lines:
				for _, l := range block.Lines {
					b.WriteString(l.Label + ": " + l.Text.String() + "\n")
				}
			case *Item:
				for _, text := range block.Texts {
					b.WriteString(block.Label + " " + text.String() + "\n")
				}
			}
		}
	}
	return b.String()
}
