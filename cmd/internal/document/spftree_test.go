package document

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/document/invented"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

func TestSPFTree(t *testing.T) {
	tree := drawn(t, func(b *builder) { b.spfTree(invented.SPFTree(), 1) })
	want := []string{"0 ` example.com: 12 look-ups",
		"1 include:a.example: 4 look-ups, and a term that breaks the grammar",
		"2 include:b.example: 1 look-up",
		"2 ` redirect=a.example: leads back to where it came from, without end",
		"1 include:b.example: 1 look-up, as above",
		"1 ` include:c.example: no SPF record"}
	if got := branches(tree); !slices.Equal(got, want) || tree.Title != "SPF tree" {
		t.Errorf("%s: %s", tree.Title, strings.Join(got, "\n"))
	}
}

// One record is drawn once, and a large one in part.
func TestSPFTreeIsBounded(t *testing.T) {
	large := facts.SPFTree{{Name: "example.com", Lookups: 100, Says: facts.SPFSound}}
	for range 100 {
		large = append(large, facts.SPFBranch{Depth: 9, Term: "include:evil.example", Says: facts.SPFOpen})
	}
	r := invented.Founding()
	r.Judgement.Verdicts = []rules.Verdict{{Verdict: rules.Confirmed, SPFTree: invented.SPFTree()}, {Verdict: rules.Confirmed, SPFTree: invented.SPFTree()}, {Verdict: rules.Confirmed, SPFTree: large}}
	got := whole(r)
	for part, want := range map[string]int{"no SPF record": 1, "as drawn in verdict 1": 1, "evil": maxTreeLines - 1, "and more, which --format json": 1} {
		if n := strings.Count(got, part); n != want {
			t.Errorf("%d times %q, want %d", n, part, want)
		}
	}
}
