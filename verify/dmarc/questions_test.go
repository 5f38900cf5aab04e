package dmarc

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// What is asked follows from what is known: nothing above a record of the name's own, nobody for a consent that is not needed.
func TestQuestions(t *testing.T) {
	const all = facts.FromDMARC | facts.FromDMARCReports
	const own = "TXT _dmarc.example.com, zone TXT _dmarc.example.com, walk  _dmarc.example.com"
	record := func(text string) map[string]string {
		return map[string]string{"zone TXT _dmarc.example.com": `"` + text + `"`, "TXT _dmarc.example.com": `"` + text + `"`}
	}
	with := func(said map[string]string, more ...string) map[string]string {
		for i := 0; i < len(more); i += 2 {
			said[more[i]] = more[i+1]
		}
		return said
	}
	for name, test := range map[string]struct {
		want  facts.Source
		said  map[string]string
		steps []string
	}{
		"another probe is wanted":     {facts.FromMX, nil, nil},
		"use for mail only":           {facts.FromMailUse, nil, []string{"zone MX example.com, zone TXT example.com, " + own, "TXT _dmarc.com, zone TXT _dmarc.com"}},
		"a record":                    {all, record("v=DMARC1; p=none"), []string{own}},
		"reports to itself":           {all, record("v=DMARC1; p=none; rua=mailto:d@example.com"), []string{own}},
		"reports elsewhere":           {all, with(record("v=DMARC1; p=none; rua=mailto:d@example.net"), "zone TXT example.com._report._dmarc.example.net", `"v=DMARC1"`), []string{own, "TXT example.com._report._dmarc.example.net, zone TXT example.com._report._dmarc.example.net"}},
		"reports elsewhere, unwanted": {facts.FromDMARC, record("v=DMARC1; p=none; rua=mailto:d@example.net"), []string{own}},
		"no consent beside":           {all, record("v=DMARC1; p=none; rua=mailto:d@other.com"), []string{own, "TXT example.com._report._dmarc.other.com, zone TXT example.com._report._dmarc.other.com", "TXT _dmarc.com, zone TXT _dmarc.com"}},
		"one receiver after another": {all, with(record("v=DMARC1; p=none; rua=mailto:d@"+strings.Repeat("a.", 115)+"example.org,mailto:d@example.net,mailto:d@example.org"), "zone TXT example.com._report._dmarc.example.net", `"v=DMARC1"`,
			"zone TXT example.com._report._dmarc.example.org", `"v=DMARC1"`),
			[]string{own, "TXT example.com._report._dmarc.example.net, zone TXT example.com._report._dmarc.example.net, TXT example.com._report._dmarc.example.org, zone TXT example.com._report._dmarc.example.org"}},
		"consent, nothing above is asked": {all, with(record("v=DMARC1; p=none; rua=mailto:d@other.com"), "zone TXT example.com._report._dmarc.other.com", `"v=DMARC1"`),
			[]string{own, "TXT example.com._report._dmarc.other.com, zone TXT example.com._report._dmarc.other.com"}},
		"no record":                    {all, nil, []string{own, "TXT _dmarc.com, zone TXT _dmarc.com"}},
		"a record in two strings":      {all, record(`v=DMARC1; p=none" "`), []string{own}},
		"a record that only was meant": {all, record("v=dmarc1; p=none"), []string{own, "TXT _dmarc.com, zone TXT _dmarc.com"}},
	} {
		b := &scene.ZoneWith().Bundle
		if got := scene.Inquire(t, b, reading.Wish{Source: test.want}, test.said, Questions); !slices.Equal(got, test.steps) {
			t.Errorf("%s: %q, want %q", name, got, test.steps)
		}
	}
}

// Without a zone, or about an address, nobody is asked.
func TestNothingToAsk(t *testing.T) {
	for name, target := range map[string]evidence.Target{
		"an address":    {Name: "203.0.113.25", Kind: "address", Delegation: &evidence.Delegation{}},
		"no delegation": {Name: "example.com", Kind: "domain"},
	} {
		b := &evidence.Bundle{Targets: []evidence.Target{target}}
		if got := scene.Inquire(t, b, reading.Wish{Source: facts.FromDMARC}, nil, Questions); len(got) > 0 {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// A record that names thousands of receivers costs a few questions.
func TestFewReceiversAreAsked(t *testing.T) {
	var rua []string
	for _, c := range "abcdefghijklmnopqrstuvwxyz" {
		rua = append(rua, "mailto:d@"+strings.Repeat(string(c), 3)+".example")
	}
	text := `"v=DMARC1; p=none; rua=` + strings.Join(rua, `," "`) + `"`
	said := map[string]string{"zone TXT _dmarc.example.com": text, "TXT _dmarc.example.com": text}
	steps := scene.Inquire(t, &scene.ZoneWith().Bundle, reading.Wish{Source: facts.FromDMARC | facts.FromDMARCReports}, said, Questions)
	if n := strings.Count(strings.Join(steps, " "), "zone TXT example.com._report"); n != maxReceivers {
		t.Errorf("%d receivers were asked: %q", n, steps)
	}
}
