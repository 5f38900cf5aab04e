package spf

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// itself is the name whose record is looked at.
var itself = facts.Subject{Kind: facts.Target, Name: scene.Domain}

// quoted writes texts as data of TXT records.
func quoted(texts ...string) (records []string) {
	for _, text := range texts {
		records = append(records, `"`+text+`"`)
	}
	return records
}

func tooLong(x *evidence.Exchange) {
	x.Failure = &evidence.Failure{Kind: evidence.TooLong}
}

func servfail(x *evidence.Exchange) { x.RCode, x.AA, x.Authority = "SERVFAIL", false, nil }

// What two servers say of a record together.
func TestOwnRecord(t *testing.T) {
	const soft, hard = "v=spf1 mx ~all", "v=spf1 mx -all"
	for name, test := range map[string]struct {
		first, second []string
		second2       func(*evidence.Exchange) // what is special at the second server; nil for nothing
		want          map[facts.Name]string
	}{
		"both have it":             {quoted(soft), quoted(soft), nil, map[facts.Name]string{facts.SPFMissing: "no", facts.SPFCount: "1", facts.SPFRecord: soft, facts.SPFDiffer: "no", facts.SPFEnds: "~all"}},
		"beside other texts":       {quoted("a", soft, "v=spf10"), quoted(soft, "b"), nil, map[facts.Name]string{facts.SPFCount: "1", facts.SPFDiffer: "no"}},
		"parted elsewhere":         {[]string{`"v=spf1 mx" " ~all"`}, quoted(soft), nil, map[facts.Name]string{facts.SPFRecord: soft, facts.SPFDiffer: "no", facts.SPFStrings: "unknown: disagreement"}},
		"both have none":           {quoted("a"), nil, nil, map[facts.Name]string{facts.SPFMissing: "yes", facts.SPFCount: "0", facts.SPFRecord: "unknown: not_found", facts.SPFEnds: "unknown: not_found"}},
		"one has none":             {quoted(soft), quoted("a"), nil, map[facts.Name]string{facts.SPFMissing: "unknown: disagreement", facts.SPFCount: "unknown: disagreement", facts.SPFEnds: "unknown: disagreement", facts.SPFDiffer: "yes"}},
		"they differ":              {quoted(soft), quoted(hard), nil, map[facts.Name]string{facts.SPFMissing: "no", facts.SPFCount: "1", facts.SPFEnds: "unknown: disagreement", facts.SPFBroken: "no", facts.SPFDiffer: "yes"}},
		"two records":              {quoted(soft, hard), quoted(hard, soft), nil, map[facts.Name]string{facts.SPFCount: "2", facts.SPFMissing: "no", facts.SPFEnds: "unknown: ambiguous", facts.SPFDiffer: "no"}},
		"one silent":               {quoted(soft), nil, scene.Silent, map[facts.Name]string{facts.SPFMissing: "no", facts.SPFEnds: "~all", facts.SPFDiffer: "no"}},
		"one silent, other none":   {quoted("a"), nil, scene.Silent, map[facts.Name]string{facts.SPFMissing: "unknown: servfail", facts.SPFCount: "0"}},
		"one fails, other none":    {quoted("a"), nil, servfail, map[facts.Name]string{facts.SPFMissing: "unknown: servfail"}},
		"too many texts":           {quoted(soft), quoted(soft), tooLong, map[facts.Name]string{facts.SPFMissing: "no", facts.SPFCount: "at least 1", facts.SPFEnds: "unknown: servfail"}},
		"mistaken":                 {quoted("v=spf1 ip4=192.0.2.1 ra=x -all"), quoted("v=spf1 ip4=192.0.2.1 ra=x -all"), nil, map[facts.Name]string{facts.SPFMistaken: "yes", facts.SPFMistakenTerms: "ip4=192.0.2.1", facts.SPFBroken: "no"}},
		"behind all":               {quoted("v=spf1 -all a exp=x.y"), quoted("v=spf1 -all a exp=x.y"), nil, map[facts.Name]string{facts.SPFAfterAll: "yes", facts.SPFAfterAllTerms: "a, exp=x.y", facts.SPFCutOff: "yes"}},
		"a modifier behind all":    {quoted("v=spf1 -all exp=x.y"), quoted("v=spf1 -all exp=x.y"), nil, map[facts.Name]string{facts.SPFAfterAll: "yes", facts.SPFCutOff: "no"}},
		"a redirect before all":    {quoted("v=spf1 redirect=x.y -all"), quoted("v=spf1 redirect=x.y -all"), nil, map[facts.Name]string{facts.SPFAfterAll: "no", facts.SPFRedirectIgnored: "yes", facts.SPFEnds: "-all"}},
		"a redirect":               {quoted("v=spf1 redirect=x.y"), quoted("v=spf1 redirect=x.y"), nil, map[facts.Name]string{facts.SPFRedirectIgnored: "no", facts.SPFEnds: "redirect"}},
		"octets that are no ASCII": {quoted(`v=spf1 \226\128\147all`), quoted(`v=spf1 \226\128\147all`), nil, map[facts.Name]string{facts.SPFBroken: "yes", facts.SPFLength: "13", facts.SPFEnds: "none"}},
	} {
		z := scene.GoodZone().Says(scene.OwnA, scene.Domain, "TXT", test.first)
		if test.second2 == nil {
			test.second2 = func(*evidence.Exchange) {}
		}
		z.Says(scene.OwnB, scene.Domain, "TXT", test.second, test.second2).Says(scene.OwnA, scene.Domain, "MX", []string{"10 mail.example.com."})
		set := factsOf(&z.Bundle)
		for fact, want := range test.want {
			scene.WantAbout(t, name, set, itself, fact, want)
		}
		scene.WantAbout(t, name, set, itself, facts.SPFMail, "yes")
	}
}

// Strings that run into each other are told from names that are parted.
func TestSeams(t *testing.T) {
	for strs, want := range map[string]string{
		"v=spf1 ip4:192.0.2.1|ip4:192.0.2.2 -all":         "ip4:192.0.2.1ip4:192.0.2.2",
		"v=spf1 include:a.example|include:b.example -all": "include:a.exampleinclude:b.example",
		"v=spf1 a|-all":                                      "a-all",
		"v=spf1 a|mx:b.example -all":                         "amx:b.example",
		"v=spf1 a |mx:b.example -all":                        "none",
		"v=spf1 a| mx:b.example -all":                        "none",
		"v=spf1 include:exam|ple.com -all":                   "none",
		"v=spf1 include:a.exampl|e -a|ll":                    "none",
		"v=spf1 -|all":                                       "none",
		"v=spf1 include|:a.example":                          "none",
		"v=spf1 ip4:192.0.2.1 -all":                          "none",
		"v=sp|f1 -all":                                       "none",
		"v=spf1 exists:%{i}.a.example|redirect=b.example":    "exists:%{i}.a.exampleredirect=b.example",
		"v=spf1 a|include:b.example|include:c.example|?all ": "ainclude:b.exampleinclude:c.example?all",
	} {
		text := spfText(strings.Split(strs, "|"))
		if got := termFacts(text)[facts.SPFSeams]; got.Value.String() != want {
			t.Errorf("%s: %q, want %q", strs, got.Value, want)
		}
	}
}

// Every server is asked for the record of the name, and then for what it leads to, as far as it leads.
func TestQuestionsAboutRecords(t *testing.T) {
	own := `"v=spf1 include:_spf.example.net a:x.example.org exists:%{i}.example.org -all include:never.example.org"`
	for name, test := range map[string]struct {
		want facts.Source
		asks []string
		not  []string
	}{
		"another probe":  {facts.FromPTR, nil, []string{"TXT example.com", "zone TXT example.com"}},
		"the record":     {facts.FromSPFRecord, []string{"zone TXT example.com", "zone MX example.com", "TXT example.com"}, []string{"zone TXT _spf.example.net", "zone SPF example.com"}},
		"the old type":   {facts.FromSPFType99, []string{"zone SPF example.com"}, []string{"zone TXT example.com"}},
		"the includes":   {facts.FromSPFRecord | facts.FromSPFTree, []string{"zone TXT _spf.example.net", "zone TXT deep.example.net"}, []string{"zone A x.example.org", "zone TXT never.example.org"}},
		"their hosts":    {facts.FromSPFRecord | facts.FromSPFTree | facts.FromSPFNames, []string{"zone A x.example.org", "zone AAAA x.example.org", "zone MX deep.example.net"}, []string{"zone A 192.0.2.1.example.org"}},
		"not the record": {facts.FromSPFTree, nil, []string{"zone TXT _spf.example.net"}},
	} {
		data := []string{own}
		z := scene.GoodZone()
		if test.want.Has(facts.FromSPFRecord) {
			z.Says(scene.OwnA, scene.Domain, "TXT", data).Says(scene.OwnB, scene.Domain, "TXT", data)
		}
		steps := scene.Inquire(t, &z.Bundle, reading.Wish{Source: test.want}, map[string]string{"zone TXT example.com": own, "TXT example.com": own,
			"zone TXT _spf.example.net": `"v=spf1 redirect=deep.example.net"`, "zone TXT deep.example.net": `"v=spf1 mx -all"`}, Questions)
		asked := strings.Split(strings.Join(steps, ", "), ", ")
		for _, q := range test.asks {
			if !slices.Contains(asked, q) {
				t.Errorf("%s: %q is not asked: %q", name, q, steps)
			}
		}
		for _, q := range test.not {
			if slices.Contains(asked, q) {
				t.Errorf("%s: %q is asked", name, q)
			}
		}
	}
}

// treeOf is a zone whose record has a text, and what servers say of others: "name text" at the first server, "name text|text" at both.
func treeOf(own string, others ...string) *evidence.Bundle {
	z := scene.GoodZone().Says(scene.OwnA, scene.Domain, "TXT", quoted(own)).Says(scene.OwnB, scene.Domain, "TXT", quoted(own))
	for _, other := range others {
		name, texts, _ := strings.Cut(other, " ")
		first, second, both := strings.Cut(texts, "|")
		says := func(server evidence.Server, text string) {
			switch text {
			case "-":
				z.Says(server, name, "TXT", nil)
			case "fails":
				z.Says(server, name, "TXT", nil, servfail)
			default:
				z.Says(server, name, "TXT", quoted(text))
			}
		}
		if says(scene.OwnA, first); both {
			says(scene.OwnB, second)
		}
	}
	return &z.Bundle
}

// What is known of a tree whose records are not all known.
func TestTreeOfRecords(t *testing.T) {
	const own = "v=spf1 include:a.example.org mx -all"
	many := make([]string, 60)
	includes := "v=spf1"
	for i := range many {
		many[i] = fmt.Sprintf("i%d.example.org v=spf1 a -all", i)
		includes += fmt.Sprintf(" include:i%d.example.org", i)
	}
	for name, test := range map[string]struct {
		bundle *evidence.Bundle
		want   map[facts.Name]string
	}{
		"nobody was asked": {treeOf(own), map[facts.Name]string{facts.SPFLookups: "at least 2", facts.SPFTreeKnown: "unknown: untested", facts.SPFLoop: "unknown: untested", facts.SPFIncludesNothing: "unknown: untested"}},
		"all is known":     {treeOf(own, "a.example.org v=spf1 a ptr -all"), map[facts.Name]string{facts.SPFLookups: "4", facts.SPFTreeKnown: "yes", facts.SPFLoop: "no", facts.SPFIncludesNothing: "no", facts.SPFIncludesPTR: "yes", facts.SPFHeaviest: "include:a.example.org (3)"}},
		"both servers":     {treeOf(own, "a.example.org v=spf1 -all|v=spf1 -all"), map[facts.Name]string{facts.SPFLookups: "2", facts.SPFTreeKnown: "yes"}},
		"servers differ":   {treeOf(own, "a.example.org v=spf1 -all|v=spf1 a -all"), map[facts.Name]string{facts.SPFLookups: "at least 2", facts.SPFTreeKnown: "unknown: disagreement", facts.SPFEverybody: "unknown: disagreement"}},
		"one lacks it":     {treeOf(own, "a.example.org v=spf1 -all|-"), map[facts.Name]string{facts.SPFTreeKnown: "unknown: disagreement", facts.SPFIncludesNothing: "unknown: disagreement"}},
		"one fails":        {treeOf(own, "a.example.org v=spf1 -all|fails"), map[facts.Name]string{facts.SPFLookups: "2", facts.SPFTreeKnown: "yes"}},
		"both fail":        {treeOf(own, "a.example.org fails|fails"), map[facts.Name]string{facts.SPFTreeKnown: "unknown: servfail", facts.SPFIncludesNothing: "unknown: servfail"}},
		"both have none":   {treeOf(own, "a.example.org -|-"), map[facts.Name]string{facts.SPFLookups: "2", facts.SPFTreeKnown: "yes", facts.SPFIncludesNothing: "yes"}},
		// The one that fails may have it.
		"one has none, one fails": {treeOf(own, "a.example.org -|fails"), map[facts.Name]string{facts.SPFTreeKnown: "unknown: servfail", facts.SPFIncludesNothing: "unknown: servfail"}},
		"more than are looked up": {treeOf(includes, many...), map[facts.Name]string{facts.SPFLookups: "at least 100", facts.SPFTreeKnown: "unknown: untested", facts.SPFLoop: "unknown: untested"}},
		"itself":                  {treeOf("v=spf1 include:example.com -all"), map[facts.Name]string{facts.SPFLookups: "at least 1", facts.SPFLoop: "yes", facts.SPFTreeKnown: "yes", facts.SPFEverybody: "no"}},
		"no name":                 {treeOf(`v=spf1 include:a@b.example.org -all`), map[facts.Name]string{facts.SPFTreeKnown: "unknown: ambiguous"}},
	} {
		set := factsOf(test.bundle)
		for fact, want := range test.want {
			scene.WantAbout(t, name, set, itself, fact, want)
		}
	}
}
