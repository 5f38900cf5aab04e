package dmarc

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// What two servers say of a record, and what is known by it.
func TestTwoServers(t *testing.T) {
	const place, none, reject = "_dmarc.example.com", "v=DMARC1; p=none", "v=DMARC1; p=reject"
	for name, test := range map[string]struct {
		first, second string
		fails         func(*evidence.Exchange) // the second one
		found         string
		enforced      string
	}{
		"both have it":                       {reject, reject, nil, "yes", "yes"},
		"both have it, written otherwise":    {reject, "v = DMARC1;p=reject;", nil, "yes", "yes"},
		"both have it, beside other texts":   {reject, "hello | " + reject, nil, "yes", "yes"},
		"in another order":                   {reject + " | x", "x | " + reject, nil, "yes", "yes"},
		"neither has it":                     {"", "", nil, "no", "no"},
		"neither has it, other texts differ": {"a", "b", nil, "no", "no"},
		"one lacks it":                       {reject, "", nil, "unknown: disagreement", "unknown: disagreement"},
		"one has another text in its place":  {reject, "hello", nil, "unknown: disagreement", "unknown: disagreement"},
		"they differ":                        {reject, none, nil, "unknown: disagreement", "unknown: disagreement"},
		"one has it twice":                   {reject, reject + " | " + none, nil, "unknown: disagreement", "unknown: disagreement"},
		"one has what was meant as it":       {"", "v=dmarc1; p=none", nil, "unknown: disagreement", "unknown: disagreement"},
		"one has it, one is silent":          {reject, "", scene.Silent, "yes", "yes"},
		"one has it, one fails":              {reject, "", servfail, "yes", "yes"},
		"one has it, one refuses":            {reject, "", refused, "yes", "yes"},
		"one lacks it, one is silent":        {"", "", scene.Silent, "unknown: servfail", "unknown: servfail"},
		"one lacks it, one fails":            {"", "", servfail, "unknown: servfail", "unknown: servfail"},
		"one has other texts, one is silent": {"hello", "", scene.Silent, "unknown: servfail", "unknown: servfail"},
		"one lacks it, one refuses all":      {"", "", refused, "no", "no"},
		"one lacks it, this machine has no way to the other": {"", "", func(x *evidence.Exchange) {
			scene.Silent(x)
			x.Failure.Kind = evidence.NoRoute
		}, "no", "no"},
	} {
		z := world("example.com", map[string]string{place: test.first}, scene.OwnA)
		z.Targets[0].Servers = append(z.Targets[0].Servers, scene.OwnB)
		if test.fails == nil {
			says(z, scene.OwnB, place, test.second)
		} else {
			says(z, scene.OwnB, place, test.second, test.fails)
		}
		set := factsOf(z)
		scene.WantAbout(t, name, set, about(z), facts.DMARCFound, test.found)
		scene.WantAbout(t, name, set, about(z), facts.DMARCEnforced, test.enforced)
	}
}

// The servers of the zone to which an alias leads are heard like those of the zone itself.
func TestServersOfAnAlias(t *testing.T) {
	const record = "v=DMARC1; p=none"
	elsewhere, other := evidence.Server{Name: "ns.example.net", Address: "192.0.2.77"}, evidence.Server{Name: "ns2.example.net", Address: "192.0.2.78"}
	alias := func(x *evidence.Exchange) {
		x.Answer, x.Authority = []string{"_dmarc.example.com. 300 IN CNAME record.example.net."}, nil
	}
	for name, test := range map[string]struct {
		first, second string
		fails         func(*evidence.Exchange)
		want          string
	}{
		"both have it":              {record, record, nil, "yes"},
		"one lacks it":              {record, "", nil, "unknown: disagreement"},
		"both lack it":              {"", "", nil, "no"},
		"one lacks it, one silent":  {"", "", scene.Silent, "unknown: servfail"},
		"one has it, one is silent": {record, "", scene.Silent, "yes"},
	} {
		z := world("example.com", map[string]string{"_dmarc.example.com": ""}, scene.OwnA)
		for i := range z.Exchanges {
			if z.Exchanges[i].Name == "_dmarc.example.com" {
				alias(&z.Exchanges[i])
			}
		}
		says(z, elsewhere, "record.example.net", test.first)
		if test.fails == nil {
			says(z, other, "record.example.net", test.second)
		} else {
			says(z, other, "record.example.net", test.second, test.fails)
		}
		set := factsOf(z)
		scene.WantAbout(t, name, set, about(z), facts.DMARCFound, test.want)
		if test.want == "yes" {
			scene.WantAbout(t, name, set, about(z), facts.DMARCAlias, "record.example.net")
		}
	}
}

// Where one server answers for another domain, the resolver is the second witness that there is nothing.
func TestSecondWitnessAbove(t *testing.T) {
	for resolver, want := range map[string]string{"NXDOMAIN": "no", "SERVFAIL": "unknown: servfail", "": "unknown: servfail"} {
		z := world("example.com", nil, scene.OwnA)
		says(z, scene.OwnB, "_dmarc.com", "", scene.Silent)
		if resolver != "" {
			z.Exchanges = append(z.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: "_dmarc.com", Type: "TXT", RCode: resolver, RA: true, Server: "203.0.113.1:53"})
		}
		scene.WantAbout(t, resolver, factsOf(z), about(z), facts.DMARCFound, want)
	}
}
