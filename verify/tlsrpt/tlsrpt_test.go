package tlsrpt

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

const place = "_smtp._tls.example.com"

// world is example.com whose servers give texts at the place of its record, separated by " | ".
func world(texts string, servers ...evidence.Server) *scene.Zone {
	z := scene.ZoneWith(servers...)
	for _, s := range servers {
		says(z, s, texts)
	}
	return z
}

func says(z *scene.Zone, server evidence.Server, texts string, change ...func(*evidence.Exchange)) {
	var data []string
	for text := range strings.SplitSeq(texts, " | ") {
		if text != "" {
			data = append(data, `"`+text+`"`)
		}
	}
	z.Says(server, place, "TXT", data, change...)
}

var about = facts.Subject{Kind: facts.Target, Name: scene.Domain}

func TestFactsOfRecord(t *testing.T) {
	const good = "v=TLSRPTv1; rua=mailto:a@example.com"
	for texts, want := range map[string]map[facts.Name]string{
		good:                                {facts.TLSRPTFound: "yes", facts.TLSRPTRecord: good, facts.TLSRPTFaulty: "no", facts.TLSRPTIgnored: "no", facts.TLSRPTLostReport: "no", facts.TLSRPTReportsTo: "mailto:a@example.com", facts.TLSRPTSeveral: "no"},
		good + ",b@example.com":             {facts.TLSRPTFound: "yes", facts.TLSRPTFaulty: "yes", facts.TLSRPTIgnored: "no", facts.TLSRPTLostReport: "yes", facts.TLSRPTReportsTo: "mailto:a@example.com"},
		"v=TLSRPTv1; rua=b@example.com":     {facts.TLSRPTFound: "yes", facts.TLSRPTLostReport: "yes", facts.TLSRPTReportsTo: "none"},
		"v=TLSRPTv1;":                       {facts.TLSRPTFound: "no", facts.TLSRPTFaulty: "yes", facts.TLSRPTIgnored: "yes", facts.TLSRPTLostReport: "no"},
		good + " ":                          {facts.TLSRPTFound: "unknown: ambiguous", facts.TLSRPTIgnored: "unknown: ambiguous", facts.TLSRPTLostReport: "no"},
		good + " | hello":                   {facts.TLSRPTFound: "yes", facts.TLSRPTOthers: "hello"},
		good + " | v=TLSRPTv1;":             {facts.TLSRPTFound: "no", facts.TLSRPTSeveral: "yes", facts.TLSRPTFaulty: "unknown: ambiguous", facts.TLSRPTLostReport: "unknown: ambiguous", facts.TLSRPTReportsTo: "unknown: ambiguous"},
		"v=TLSRPT1; rua=mailto:a@example.c": {facts.TLSRPTFound: "no", facts.TLSRPTMeant: "yes", facts.TLSRPTFaulty: "yes", facts.TLSRPTIgnored: "yes", facts.TLSRPTLostReport: "unknown: not_found"},
		"hello":                             {facts.TLSRPTFound: "no", facts.TLSRPTMeant: "no", facts.TLSRPTIgnored: "no", facts.TLSRPTFaulty: "unknown: not_found", facts.TLSRPTLostReport: "unknown: not_found"},
		"":                                  {facts.TLSRPTFound: "no", facts.TLSRPTRecords: "none", facts.TLSRPTRecord: "unknown: not_found"},
	} {
		z := world(texts, scene.OwnA)
		set := scene.Facts(&z.Bundle, Derive)
		for name, value := range want {
			scene.WantAbout(t, texts, set, about, name, value)
		}
		scene.WantAlone(t, texts, &z.Bundle, Derive)
	}
}

// What two servers say of a record, and what is known by it.
func TestTwoServers(t *testing.T) {
	const a, b = "v=TLSRPTv1; rua=mailto:a@example.com", "v=TLSRPTv1; rua=mailto:b@example.com"
	for name, test := range map[string]struct {
		first, second string
		fails         func(*evidence.Exchange)
		want          string
	}{
		"both have it":                 {a, a, nil, "yes"},
		"both, in another order":       {a + " | x", "x | " + a, nil, "yes"},
		"one lacks it":                 {a, "", nil, "unknown: disagreement"},
		"they differ":                  {a, b, nil, "unknown: disagreement"},
		"neither has it":               {"", "", nil, "no"},
		"other texts differ":           {"x", "y", nil, "no"},
		"one has it, one is silent":    {a, "", scene.Silent, "yes"},
		"one lacks it, one is silent":  {"", "", scene.Silent, "unknown: servfail"},
		"one has others, one's silent": {"x", "", scene.Silent, "unknown: servfail"},
	} {
		z := world(test.first, scene.OwnA)
		z.Targets[0].Servers = append(z.Targets[0].Servers, scene.OwnB)
		if test.fails != nil {
			says(z, scene.OwnB, test.second, test.fails)
		} else {
			says(z, scene.OwnB, test.second)
		}
		scene.WantAbout(t, name, scene.Facts(&z.Bundle, Derive), about, facts.TLSRPTFound, test.want)
	}
}

// Where nobody asked, nothing is said, and nothing is asked that no fact needs.
func TestNotAsked(t *testing.T) {
	z := scene.ZoneWith(scene.OwnA)
	if f, _ := scene.Facts(&z.Bundle, Derive).Get(facts.TLSRPTFound, about); f.Known() || f.Why.Code != facts.Untested {
		t.Errorf("%+v", f)
	}
	for _, want := range []facts.Source{facts.FromMTASTSRecord, facts.FromTLSRPT} {
		steps := scene.Inquire(t, &z.Bundle, reading.Wish{Source: want}, nil, Questions)
		if asked := len(steps) > 0; asked != (want == facts.FromTLSRPT) || asked && !strings.Contains(steps[0], "TXT "+place) {
			t.Errorf("%v: %q", want, steps)
		}
	}
	z.Targets[0].Kind = "address"
	if steps := scene.Inquire(t, &z.Bundle, reading.Wish{Source: facts.FromTLSRPT}, nil, Questions); len(steps) > 0 {
		t.Errorf("%q", steps)
	}
}
