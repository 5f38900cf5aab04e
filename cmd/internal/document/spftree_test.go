package document

import (
	"strings"
	"testing"

	"mxverdict/rules"
	"mxverdict/verify/facts"
)

func sampleSPFTree() facts.SPFTree {
	return facts.SPFTree{{Name: "example.com", Lookups: 12, Says: facts.SPFSound}, {Depth: 1, Term: "include:a.example", Name: "a.example", Lookups: 4, Says: facts.SPFFaulty},
		{Depth: 2, Term: "include:b.example", Name: "b.example", Lookups: 1, Says: facts.SPFSound}, {Depth: 2, Term: "redirect=a.example", Name: "a.example", Says: facts.SPFAround},
		{Depth: 1, Term: "include:b.example", Name: "b.example", Lookups: 1, Says: facts.SPFAgain}, {Depth: 1, Term: "include:c.example", Name: "c.example", Says: facts.SPFNone}}
}

func TestSPFTree(t *testing.T) {
	p := newPage(Terminal{Width: 100})
	p.spfTree(sampleSPFTree(), 1)
	want := "   SPF tree\n" +
		"      example.com: 12 look-ups\n" +
		"      |- include:a.example: 4 look-ups, and a term that breaks the grammar\n" +
		"      |  |- include:b.example: 1 look-up\n" +
		"      |  `- redirect=a.example: leads back to where it came from, without end\n" +
		"      |- include:b.example: 1 look-up, as above\n" +
		"      `- include:c.example: no SPF record\n"
	if got := p.out.String(); strings.ReplaceAll(got, "      |  ", "         ") != strings.ReplaceAll(want, "      |  ", "         ") {
		t.Errorf("drawn:\n%s\nwant:\n%s", got, want)
	}
}

// One record is drawn once, a large one in part, and hostile terms do nothing.
func TestSPFTreeIsBounded(t *testing.T) {
	hostile := facts.SPFTree{{Name: "example.com", Lookups: 100, Says: facts.SPFSound}}
	for range 100 {
		hostile = append(hostile, facts.SPFBranch{Depth: 9, Term: "include:evil\x1b[2J\u202e<script>\n- item{code}", Says: facts.SPFOpen})
	}
	r := founding()
	r.Judgement.Verdicts = []rules.Verdict{{Verdict: rules.Confirmed, SPFTree: sampleSPFTree()}, {Verdict: rules.Confirmed, SPFTree: sampleSPFTree()}, {Verdict: rules.Confirmed, SPFTree: hostile}}
	for _, got := range []string{text(t, r, Terminal{}), ticket(t, r)} {
		if strings.Count(got, "no SPF record") != 1 || strings.Count(got, "as drawn in verdict 1") != 1 {
			t.Error(got)
		}
		if strings.ContainsAny(got, "\x1b\u202e") || strings.Count(got, "evil") > maxTreeLines {
			t.Errorf("not bounded, or not clean: %s", got)
		}
	}
}
