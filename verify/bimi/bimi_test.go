package bimi

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// world is what the servers of example.com say of texts: by name, separated by " | ".
func world(name string, texts map[string]string, fetches ...evidence.Fetch) *scene.Zone {
	z := scene.ZoneWith(scene.OwnA)
	z.Targets[0].Name, z.Fetches = name, fetches
	for _, place := range []string{mailpolicy.BIMIName(name), mailpolicy.BIMIName("example.com")} {
		var data []string
		for one := range strings.SplitSeq(texts[place], " | ") {
			if one != "" {
				data = append(data, `"`+one+`"`)
			}
		}
		z.Says(scene.OwnA, place, "TXT", data)
	}
	return z
}

func about(z *scene.Zone) facts.Subject {
	return facts.Subject{Kind: facts.Target, Name: z.Targets[0].Name}
}

// What the facts say of the records at a name and at its organisation.
func TestFactsOfRecord(t *testing.T) {
	const own, org, good = "default._bimi.news.example.com", "default._bimi.example.com", "v=BIMI1; l=https://example.com/logo.svg"
	for _, test := range []struct {
		own, org                           string
		found, broken, declined, inherited string
	}{
		{"", "", "no", "no", "no", "unknown: not_found"},
		{good, "", "yes", "no", "no", "no"},
		{"", good, "yes", "no", "no", "yes"},
		{"v=BIMI1; l=; a=", good, "yes", "no", "yes", "no"},
		{"v=BIMI1; l=ftp://x", good, "no", "yes", "no", "no"}, // what stands at the name ends the search
		{good + " | " + good, good, "no", "yes", "no", "unknown: not_found"},
		{"v=bimi1; l=" + " | hello", good, "yes", "no", "no", "yes"}, // what is no record does not
		{"v=bimi1; l=", "", "no", "yes", "no", "unknown: not_found"},
		{"", "v=bimi1; l=", "no", "yes", "no", "unknown: not_found"},
		{"hello", "", "no", "no", "no", "unknown: not_found"},
		{good + "; avp=x", "", "unknown: ambiguous", "unknown: ambiguous", "no", "no"},
	} {
		z := world("news.example.com", map[string]string{own: test.own, org: test.org})
		set := scene.Facts(&z.Bundle, Derive)
		for fact, want := range map[facts.Name]string{facts.BIMIFound: test.found, facts.BIMIBroken: test.broken, facts.BIMIDeclined: test.declined, facts.BIMIInherited: test.inherited} {
			scene.WantAbout(t, test.own+" / "+test.org, set, about(z), fact, want)
		}
	}
}

// What came of the address of a logo: what is wrong for everybody is a fault, what may pass is unknown.
func TestFactsOfFile(t *testing.T) {
	const address, drawing = "https://example.com/logo.svg", `<svg xmlns="http://www.w3.org/2000/svg" version="1.2" baseProfile="tiny-ps" viewBox="0 0 1 1"><title>E</title></svg>`
	failed := func(kind evidence.FailureKind) evidence.Fetch {
		return evidence.Fetch{URL: address, Failure: &evidence.Failure{Kind: kind}}
	}
	answer := func(status int, body string) evidence.Fetch {
		return evidence.Fetch{URL: address, Status: status, ContentType: "image/svg+xml", Body: body}
	}
	cut := answer(200, drawing[:60])
	cut.Failure = &evidence.Failure{Kind: evidence.TooLong}
	for _, test := range []struct {
		name            string
		fetches         []evidence.Fetch
		faulty, refused string
	}{
		{"in order", []evidence.Fetch{answer(200, drawing)}, "no", "no"},
		{"no SVG", []evidence.Fetch{answer(200, "hello")}, "yes", "yes"},
		{"empty", []evidence.Fetch{answer(204, "")}, "yes", "yes"},
		{"not found", []evidence.Fetch{answer(404, drawing)}, "yes", "yes"},
		{"gone", []evidence.Fetch{answer(410, "")}, "yes", "yes"},
		{"forbidden", []evidence.Fetch{answer(403, "")}, "unknown: refused", "unknown: refused"},
		{"too many", []evidence.Fetch{answer(429, "")}, "unknown: refused", "unknown: refused"},
		{"broken", []evidence.Fetch{answer(500, "")}, "unknown: refused", "unknown: refused"},
		{"not modified", []evidence.Fetch{answer(304, "")}, "unknown: refused", "unknown: refused"},
		{"a bad certificate", []evidence.Fetch{failed(evidence.BadCert)}, "yes", "yes"},
		{"timeout", []evidence.Fetch{failed(evidence.Timeout)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"refused", []evidence.Fetch{failed(evidence.Refused)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"reset", []evidence.Fetch{failed(evidence.Reset)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"unreachable", []evidence.Fetch{failed(evidence.Unreachable)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"no handshake", []evidence.Fetch{failed(evidence.TLSFailed)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"no HTTP", []evidence.Fetch{failed(evidence.Malformed)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"cut off", []evidence.Fetch{failed(evidence.EOF)}, "unknown: connect_failed", "unknown: connect_failed"},
		{"a private address", []evidence.Fetch{failed(evidence.Private)}, "unknown: private", "unknown: private"},
		{"our own end", []evidence.Fetch{failed(evidence.Interrupted)}, "unknown: interrupted", "unknown: interrupted"},
		{"too long", []evidence.Fetch{cut}, "yes", "unknown: ambiguous"},
		{"one address answers", []evidence.Fetch{failed(evidence.Timeout), answer(200, drawing)}, "no", "no"},
		{"a good address behind a bad certificate", []evidence.Fetch{failed(evidence.BadCert), answer(200, drawing)}, "no", "no"},
		{"never asked", nil, "unknown: untested", "unknown: untested"},
	} {
		z := world("example.com", map[string]string{"default._bimi.example.com": "v=BIMI1; l=" + address}, test.fetches...)
		set := scene.Facts(&z.Bundle, Derive)
		scene.WantAbout(t, test.name, set, about(z), facts.BIMILogoFaulty, test.faulty)
		scene.WantAbout(t, test.name, set, about(z), facts.BIMILogoRefused, test.refused)
	}
}

// Nothing is said where nobody asked, and beside another target nothing else.
func TestSilenceAndNeighbours(t *testing.T) {
	z := scene.ZoneWith(scene.OwnA)
	set := scene.Facts(&z.Bundle, Derive)
	scene.WantAbout(t, "nobody asked", set, about(z), facts.BIMIFound, "unknown: untested")
	scene.WantAlone(t, "a record", &world("example.com", map[string]string{"default._bimi.example.com": "v=BIMI1; l=https://example.com/logo.svg"}).Bundle, Derive)
}

// The questions follow the record: its place, that of the organisation, then the files.
func TestQuestions(t *testing.T) {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Delegation: &evidence.Delegation{By: evidence.ByWalk}}}}
	said := map[string]string{"TXT default._bimi.example.com": `"v=BIMI1; l=https://www.example.com/logo.svg"`, "zone TXT default._bimi.example.com": `"v=BIMI1; l=https://www.example.com/logo.svg"`,
		"A www.example.com": "203.0.113.80"}
	steps := scene.Inquire(t, b, reading.Wish{Source: facts.FromBIMI | facts.FromBIMIFiles}, said, Questions)
	if !slices.Contains(steps, "fetch 203.0.113.80 https://www.example.com/logo.svg") {
		t.Errorf("%q", steps)
	}
	b = &evidence.Bundle{Targets: slices.Clone(b.Targets)}
	for _, step := range scene.Inquire(t, b, reading.Wish{Source: facts.FromBIMI}, said, Questions) {
		if strings.Contains(step, "fetch") {
			t.Errorf("a file is fetched that nobody wants: %q", step)
		}
	}
}
