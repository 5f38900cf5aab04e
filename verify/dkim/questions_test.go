package dkim

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// What is asked follows from what is known: of a key that is there nothing else, and about mail only where one is missing.
func TestQuestions(t *testing.T) {
	key := func(text string) map[string]string {
		return map[string]string{"zone TXT " + keyName: `"` + text + `"`, "TXT " + keyName: `"` + text + `"`}
	}
	const own = "TXT " + keyName + ", zone TXT " + keyName + ", walk  " + keyName
	const below = "TXT _domainkey.example.com, zone TXT _domainkey.example.com, walk  _domainkey.example.com"
	const mail = "zone MX example.com, zone TXT example.com"
	for name, test := range map[string]struct {
		target string
		want   facts.Source
		said   map[string]string
		steps  []string
	}{
		"another probe is wanted":         {keyName, facts.FromMX, nil, nil},
		"a key":                           {keyName, facts.FromDKIM, key(ed), []string{own}},
		"a damaged one":                   {keyName, facts.FromDKIM, key("v=DKIM1; p=A"), []string{own}},
		"another text":                    {keyName, facts.FromDKIM, key("hello"), []string{own, mail}},
		"none":                            {keyName, facts.FromDKIM, nil, []string{own, mail}},
		"a domain":                        {"example.com", facts.FromDKIM, nil, []string{below, mail}},
		"the name below which keys stand": {"_domainkey.example.com", facts.FromDKIM, nil, []string{below, mail}},
	} {
		b := &scene.ZoneWith().Bundle
		b.Targets[0].Name = test.target
		if got := scene.Inquire(t, b, reading.Wish{Source: test.want}, test.said, Questions); !slices.Equal(got, test.steps) {
			t.Errorf("%s: %q, want %q", name, got, test.steps)
		}
	}
}

// One server that said something of the name below which keys stand is asked for usual selectors, a few, and no other.
func TestUsualSelectorsAreAskedOfOneServer(t *testing.T) {
	z := scene.ZoneWith(scene.OwnA, scene.OwnB)
	says(z, scene.OwnA, "_domainkey.example.com", "", scene.Silent)
	says(z, scene.OwnB, "_domainkey.example.com", "")
	r := &reading.Reading{Bundle: &z.Bundle}
	r.Found("_domainkey.example.com", *z.Targets[0].Delegation)
	d := &derivation{r}
	asked := d.toUsual("example.com")
	for _, q := range asked {
		if q.Server != scene.OwnB || !strings.HasSuffix(q.Name, "._domainkey.example.com") || q.Type != "TXT" {
			t.Errorf("%+v", q)
		}
	}
	if len(asked) != len(usualSelectors) || len(asked) > 20 {
		t.Errorf("%d questions", len(asked))
	}
}

// Without a zone, or about an address, nobody is asked.
func TestNothingToAsk(t *testing.T) {
	for name, target := range map[string]evidence.Target{
		"an address":    {Name: "203.0.113.25", Kind: "address", Delegation: &evidence.Delegation{}},
		"no delegation": {Name: "example.com", Kind: "domain"},
	} {
		b := &evidence.Bundle{Targets: []evidence.Target{target}}
		if got := scene.Inquire(t, b, reading.Wish{Source: facts.FromDKIM}, nil, Questions); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}
