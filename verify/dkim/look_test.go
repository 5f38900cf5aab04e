package dkim

import (
	"strings"
	"testing"

	"mxverdict/verify/dkim/record"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// What two servers say of a key, and what is known by it.
func TestTwoServers(t *testing.T) {
	const revoked = "v=DKIM1; p="
	for name, test := range map[string]struct {
		first, second string
		fails         func(*evidence.Exchange) // the second one
		found, usable string
	}{
		"both have it":                       {ed, ed, nil, "yes", "yes"},
		"both have it, written otherwise":    {ed, strings.ReplaceAll(ed, "; ", " ;"), nil, "yes", "yes"},
		"both have it, beside other texts":   {ed, "hello | " + ed, nil, "yes", "yes"},
		"neither has it":                     {"", "", nil, "no", "no"},
		"neither has it, other texts differ": {"a", "b", nil, "no", "no"},
		"one lacks it":                       {ed, "", nil, "unknown: disagreement", "unknown: disagreement"},
		"they differ":                        {ed, revoked, nil, "unknown: disagreement", "unknown: disagreement"},
		"one has it, one is silent":          {ed, "", scene.Silent, "yes", "yes"},
		"one has it, one fails":              {ed, "", servfail, "yes", "yes"},
		"one lacks it, one is silent":        {"", "", scene.Silent, "unknown: servfail", "unknown: servfail"},
		"one lacks it, one fails":            {"", "", servfail, "unknown: servfail", "unknown: servfail"},
		"one lacks it, one refuses all":      {"", "", refused, "no", "no"},
		"one lacks it, one denies the name":  {"", "", nxdomain, "no", "no"},
		"both have two":                      {ed + " | " + revoked, revoked + " | " + ed, nil, "yes", "unknown: ambiguous"},
		"both have it withdrawn":             {revoked, revoked, nil, "yes", "no"},
		"both have it damaged":               {"v=DKIM1; p=AAAA", "v=DKIM1; p=AAAA", nil, "yes", "no"},
	} {
		z := world(keyName, keyName, test.first, scene.OwnA)
		z.Targets[0].Servers = append(z.Targets[0].Servers, scene.OwnB)
		if test.fails == nil {
			says(z, scene.OwnB, keyName, test.second)
		} else {
			says(z, scene.OwnB, keyName, test.second, test.fails)
		}
		mails(z)
		set := factsOf(z)
		scene.WantAbout(t, name, set, about(z), facts.DKIMFound, test.found)
		scene.WantAbout(t, name, set, about(z), facts.DKIMKeyUsable, test.usable)
		scene.WantAbout(t, name, set, about(z), facts.DKIMSelector, "s1")
	}
}

// That the name of a key does not exist is an answer; that its domain does not is another fault, and what nobody was asked about is
// neither.
func TestNamesThatDoNotExist(t *testing.T) {
	for name, test := range map[string]struct {
		domain func(*evidence.Exchange)
		want   string
	}{"only the key": {nil, "no"}, "the domain too": {nxdomain, "unknown: not_found"}} {
		z := world(keyName, keyName, "", scene.OwnA)
		z.Targets[0].ZoneError = &evidence.Failure{Kind: evidence.NXDomain}
		nxdomain(&z.Exchanges[0])
		for _, rrtype := range mailTypes {
			if test.domain != nil {
				z.Says(scene.OwnA, "example.com", rrtype, nil, test.domain)
			} else {
				z.Says(scene.OwnA, "example.com", rrtype, nil)
			}
		}
		scene.WantAbout(t, name, factsOf(z), about(z), facts.DKIMFound, test.want)
	}
	z := world(keyName, keyName, "", scene.OwnA)
	z.Targets[0].ZoneError = &evidence.Failure{Kind: evidence.Timeout}
	scene.WantAbout(t, "the zone was not found", factsOf(z), about(z), facts.DKIMFound, "unknown: servfail")
	if set := factsOf(scene.ZoneWith(scene.OwnA)); set != nil {
		scene.WantAbout(t, "nobody asked", set, facts.Subject{Kind: facts.Target, Name: "example.com"}, facts.DKIMFound, "unknown: untested")
	}
}

// What answers in place of every name server, as in the network of a hotel, denies for none of them.
func TestDenialByTheNetwork(t *testing.T) {
	z := scene.ZoneWith(scene.OwnA)
	z.Targets[0].Delegation.By = evidence.ByResolver
	denying(z, scene.OwnA)
	scene.WantAbout(t, "a network that answers for everybody", factsOf(z), about(z), facts.DKIMFound, "unknown: network_closed")
}

// A resolver that fails at a key which the servers have, and answers other questions, may be one that finds broken signatures.
func TestHiddenKey(t *testing.T) {
	z := world(keyName, keyName, ed, scene.OwnA)
	z.Exchanges = append(z.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: keyName, Type: "TXT", RCode: "SERVFAIL", RA: true, Server: "203.0.113.1:53"},
		evidence.Exchange{Role: evidence.Resolver, Name: "example.com", Type: "MX", RCode: "NOERROR", RA: true, Server: "203.0.113.1:53"})
	for _, name := range []facts.Name{facts.DKIMFound, facts.DKIMKeyUsable} {
		scene.WantAbout(t, "SERVFAIL", factsOf(z), about(z), name, "unknown: servfail")
	}
}

// Without a selector only the denial of the name below which keys stand is an answer, of all servers, and against no witness.
func TestWithoutSelector(t *testing.T) {
	place := record.Below("example.com")
	for name, test := range map[string]struct {
		make func(*scene.Zone)
		want string
	}{
		"both deny it":                    {func(z *scene.Zone) { denying(z, scene.OwnA, scene.OwnB) }, "no"},
		"one denies it, one has no texts": {func(z *scene.Zone) { denying(z, scene.OwnA); says(z, scene.OwnB, place, "") }, "unknown: needs_message"},
		"one denies it, one is silent":    {func(z *scene.Zone) { denying(z, scene.OwnA); says(z, scene.OwnB, place, "", scene.Silent) }, "unknown: servfail"},
		"one denies it, one fails":        {func(z *scene.Zone) { denying(z, scene.OwnA); says(z, scene.OwnB, place, "", servfail) }, "unknown: servfail"},
		"one denies it, one refuses all":  {func(z *scene.Zone) { denying(z, scene.OwnA); says(z, scene.OwnB, place, "", refused) }, "no"},
		"neither has texts":               {func(z *scene.Zone) { says(z, scene.OwnA, place, ""); says(z, scene.OwnB, place, "") }, "unknown: needs_message"},
		"both have texts":                 {func(z *scene.Zone) { says(z, scene.OwnA, place, "o=~"); says(z, scene.OwnB, place, "o=~") }, "unknown: needs_message"},
		"denied without authority": {func(z *scene.Zone) {
			for _, s := range []evidence.Server{scene.OwnA, scene.OwnB} {
				says(z, s, place, "", nxdomain, func(x *evidence.Exchange) { x.AA = false })
			}
		}, "unknown: servfail"},
		"denied, and a usual selector has a key": {func(z *scene.Zone) {
			says(z, scene.OwnA, "google._domainkey.example.com", ed)
			denying(z, scene.OwnA, scene.OwnB)
		}, "unknown: ambiguous"},
		"denied, and a usual selector is an alias": {func(z *scene.Zone) {
			says(z, scene.OwnA, "selector1._domainkey.example.com", "", func(x *evidence.Exchange) {
				x.Answer, x.Authority = []string{"selector1._domainkey.example.com. 300 IN CNAME key.example.net."}, nil
			})
			denying(z, scene.OwnA, scene.OwnB)
		}, "unknown: ambiguous"},
		"denied, and a usual selector has another text": {func(z *scene.Zone) {
			says(z, scene.OwnA, "google._domainkey.example.com", "v=spf1 -all")
			denying(z, scene.OwnA, scene.OwnB)
		}, "no"},
	} {
		z := scene.ZoneWith(scene.OwnA, scene.OwnB)
		mails(z)
		test.make(z)
		scene.WantAbout(t, name, factsOf(z), about(z), facts.DKIMFound, test.want)
	}
}

// What is told of usual selectors names those with a key; a wildcard, which gives all of them, names none.
func TestUsualSelectorsAreTold(t *testing.T) {
	for _, wildcard := range []bool{false, true} {
		z := scene.ZoneWith(scene.OwnA)
		says(z, scene.OwnA, record.Below("example.com"), "")
		for _, selector := range usualSelectors {
			if wildcard || selector == "google" {
				says(z, scene.OwnA, record.Name(selector, "example.com"), "v=DKIM1; p=")
			}
		}
		f, _ := factsOf(z).Get(facts.DKIMFound, about(z))
		if told := strings.Contains(f.Why.Detail, "google"); f.Why.Code != facts.NeedsMessage || told == wildcard {
			t.Errorf("wildcard %t: %+v", wildcard, f.Why)
		}
	}
}

// Whether a domain denies that it sends mail is looked at where a key is missing.
func TestMailOfADomainWithoutKey(t *testing.T) {
	for name, test := range map[string]struct{ mx, txt, used, denied string }{
		"mail":           {"10 mail.example.com.", "", "yes", "no"},
		"a null MX":      {"0 .", "", "no", "yes"},
		"bare -all":      {"", "v=spf1 -all", "no", "yes"},
		"no word":        {"", "", "unknown: ambiguous", "no"},
		"a null MX, SPF": {"0 .", "v=spf1 mx -all", "yes", "no"},
	} {
		z := world(keyName, keyName, "", scene.OwnA)
		var mx []string
		if test.mx != "" {
			mx = []string{test.mx}
		}
		z.Says(scene.OwnA, "example.com", "MX", mx)
		says(z, scene.OwnA, "example.com", test.txt)
		set := factsOf(z)
		scene.WantAbout(t, name, set, about(z), facts.DKIMMailUsed, test.used)
		scene.WantAbout(t, name, set, about(z), facts.DKIMMailDenied, test.denied)
	}
}

// A target is judged by what was said of it, whoever stands beside it.
func TestAlone(t *testing.T) {
	z := world(keyName, keyName, ed, scene.OwnA)
	scene.WantAlone(t, "a key", &z.Bundle, Derive)
	z = scene.ZoneWith(scene.OwnA)
	denying(z, scene.OwnA)
	mails(z)
	scene.WantAlone(t, "a domain", &z.Bundle, Derive)
}
