package rules

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// selected is a row about the key of a selector of a domain.
func selected(rule string, n int, subject, selector string) report.Finding {
	f := row(rule, n, subject, report.Error)
	if selector != "" {
		f.Values = map[string]report.Value{"selector": report.Text(selector)}
	}
	return f
}

// A row that says which of many names it means is tested at that name; one whose value could be no part of a name, at its subject.
func TestPlaces(t *testing.T) {
	r := load(t).Rule("dkim/missing")
	long := strings.Repeat(strings.Repeat("a", 63)+".", 3) + "a"
	for _, test := range []struct{ subject, selector, want, place string }{
		{"example.com", "s1", "s1._domainkey.example.com", "s1._domainkey.example.com"},
		{"example.com", "S1", "s1._domainkey.example.com", "s1._domainkey.example.com"},
		{"example.com", "s1.2026", "s1.2026._domainkey.example.com", "s1.2026._domainkey.example.com"},
		{"example.com", "s1.", "s1._domainkey.example.com", "s1._domainkey.example.com"},
		{"example.com", "a_b-c", "a_b-c._domainkey.example.com", "a_b-c._domainkey.example.com"},
		{"example.com", "", "example.com", "SELECTOR._domainkey.example.com"},
		{"s1._domainkey.example.com", "", "s1._domainkey.example.com", "s1._domainkey.example.com"},
		{"s1._domainkey.example.com", "s2", "s1._domainkey.example.com", "s1._domainkey.example.com"},
		{"my_domainkey.example.com", "s1", "s1._domainkey.my_domainkey.example.com", "s1._domainkey.my_domainkey.example.com"},
		{"", "s1", "", "SELECTOR._domainkey."},
		{"example.com", "s1 s2", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", "..", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", "-s", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", "$(reboot)", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", "{subject}", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", "*", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", "s\x1b1", "example.com", "SELECTOR._domainkey.example.com"},
		{"example.com", strings.Repeat("a", 64), "example.com", "SELECTOR._domainkey.example.com"},
		{long + ".example.com", long, long + ".example.com", "SELECTOR._domainkey." + long + ".example.com"},
	} {
		got := r.placeOf(selected("dkim/missing", 1, test.subject, test.selector))
		if place := r.placeName(got); got != test.want || place != test.place {
			t.Errorf("%q %q: %q and %q, want %q and %q", test.subject, test.selector, got, place, test.want, test.place)
		}
	}
	// Rules without a place pass over the value.
	if got := load(t).Rule("dmarc/missing").placeOf(selected("dmarc/missing", 1, "example.com", "s1")); got != "example.com" {
		t.Error(got)
	}
}

// Rows about several selectors of one domain are several claims, each with its own name to test, however many rows there are.
func TestSelectorsAreJudgedApart(t *testing.T) {
	c := load(t)
	r := report.Report{Findings: []report.Finding{selected("dkim/missing", 1, "example.com", "s1"), selected("dkim/missing", 2, "example.com", "s2"),
		selected("dkim/missing", 3, "s1._domainkey.example.com", ""), selected("dkim/missing", 4, "example.com", "")}}
	var targets []string
	for _, need := range c.Needs(r) {
		targets = append(targets, need.Target)
	}
	if want := []string{"s1._domainkey.example.com", "s2._domainkey.example.com", "example.com"}; !slices.Equal(targets, want) {
		t.Errorf("asked about %q, want %q", targets, want)
	}
	set := &facts.Set{}
	for name, found := range map[string]facts.Known{"s1._domainkey.example.com": facts.Yes(), "s2._domainkey.example.com": facts.No(),
		"example.com": facts.Because(facts.Unknown{Code: facts.NeedsMessage})} {
		itself := facts.Subject{Kind: facts.Target, Name: name}
		set.AddView(name, itself)
		set.PutAs(itself, found, facts.DKIMFound)
		set.PutAs(itself, facts.No(), facts.DKIMUnusable, facts.DKIMHidden, facts.DKIMMailDenied)
		set.PutAs(itself, facts.Is(facts.TextValue("s")), facts.DKIMSelector)
	}
	got := map[string]Outcome{}
	for _, v := range c.Judge(r, set).Verdicts {
		got[v.Subject] = v.Verdict
	}
	if len(got) != 3 || got["s1._domainkey.example.com"] != FalsePositive || got["s2._domainkey.example.com"] != Confirmed || got["example.com"] != Inconclusive {
		t.Errorf("%v", got)
	}
}

// A place that no row could fill is an error.
func TestPlaceOfAnAuthor(t *testing.T) {
	for place, good := range map[string]bool{"{selector}._domainkey.{subject}": true, "{selector}.{subject}": false, "_domainkey.{subject}": false,
		"{selector}._domainkey": false, "{a}.{b}._x.{subject}": false, "{selector}._domainkey.{subject}.": false} {
		_, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(`schema: mxverdict/rules/1
rules:
  - id: test/place
    about: A place
    subject: zone
    place: "` + place + `"
    claim: {says: It is bad.}
    untested: {reason: No., next: Look.}
`)}})
		if (err == nil) != good {
			t.Errorf("%s: %v", place, err)
		}
	}
}
