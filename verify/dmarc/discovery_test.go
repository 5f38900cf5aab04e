package dmarc

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Which record counts for a name, by the tree walk of RFC 9989 and by the public suffix list of RFC 7489, and what it asks for.
func TestWhichRecordCounts(t *testing.T) {
	const none, reject = "v=DMARC1; p=none", "v=DMARC1; p=reject"
	for name, test := range map[string]struct {
		of           string
		texts        map[string]string
		domain       string
		policy       string
		older        string
		olderEnforce string
	}{
		"its own":                                      {"example.com", map[string]string{"_dmarc.example.com": none}, "example.com", "none", "example.com", "no"},
		"its own before those above":                   {"a.example.com", map[string]string{"_dmarc.a.example.com": none, "_dmarc.example.com": reject}, "a.example.com", "none", "a.example.com", "no"},
		"that of the domain above":                     {"a.example.com", map[string]string{"_dmarc.example.com": reject}, "example.com", "reject", "example.com", "yes"},
		"sp for names below":                           {"a.example.com", map[string]string{"_dmarc.example.com": reject + "; sp=none"}, "example.com", "none", "example.com", "no"},
		"np does not count for a name that exists":     {"a.example.com", map[string]string{"_dmarc.example.com": none + "; np=reject"}, "example.com", "none", "example.com", "no"},
		"the top of the organisation, not the nearest": {"a.b.example.com", map[string]string{"_dmarc.b.example.com": none, "_dmarc.example.com": reject}, "example.com", "reject", "example.com", "yes"},
		"between, with nothing at the top":             {"a.b.example.com", map[string]string{"_dmarc.b.example.com": reject}, "b.example.com", "reject", "unknown: not_found", "no"},
		"an organisation that says so":                 {"a.b.example.com", map[string]string{"_dmarc.b.example.com": none + "; psd=n", "_dmarc.example.com": reject}, "b.example.com", "none", "example.com", "yes"},
		"a public suffix that says so":                 {"a.example.com", map[string]string{"_dmarc.com": reject + "; psd=y"}, "com", "reject", "unknown: not_found", "no"},
		"a domain below a public suffix":               {"a.example.com", map[string]string{"_dmarc.example.com": none, "_dmarc.com": reject + "; psd=y"}, "example.com", "none", "example.com", "no"},
		"a name within a domain below a public suffix": {"a.b.example.com", map[string]string{"_dmarc.b.example.com": none, "_dmarc.com": reject + "; psd=y"}, "com", "reject", "unknown: not_found", "no"},
		"a top-level domain without a word":            {"example.com", map[string]string{"_dmarc.com": reject}, "com", "reject", "unknown: not_found", "no"},
		"a private suffix":                             {"a.github.io", map[string]string{"_dmarc.github.io": reject}, "github.io", "reject", "unknown: not_found", "no"},
		"several at the name, and one above":           {"a.example.com", map[string]string{"_dmarc.a.example.com": none + " | " + reject, "_dmarc.example.com": reject}, "example.com", "reject", "unknown: not_found", "no"},
		"several above":                                {"a.example.com", map[string]string{"_dmarc.example.com": none + " | " + reject}, "unknown: not_found", "unknown: not_found", "unknown: not_found", "no"},
		"one that is ignored":                          {"example.com", map[string]string{"_dmarc.example.com": "v=DMARC1; p=x"}, "example.com", "unknown: not_found", "example.com", "no"},
		"a text that was meant as one, and one above":  {"a.example.com", map[string]string{"_dmarc.a.example.com": "v=dmarc1; p=none", "_dmarc.example.com": reject}, "example.com", "reject", "example.com", "yes"},
		"nothing": {"example.com", nil, "unknown: not_found", "unknown: not_found", "unknown: not_found", "no"},
	} {
		z := world(test.of, test.texts, scene.OwnA)
		set := factsOf(z)
		for fact, want := range map[facts.Name]string{facts.DMARCDomain: test.domain, facts.DMARCPolicyApplied: test.policy,
			facts.DMARCOlderDomain: test.older, facts.DMARCOlderEnforced: test.olderEnforce} {
			scene.WantAbout(t, name, set, about(z), fact, want)
		}
	}
}

// A place on the way of which nobody tells leaves open which record counts; behind the one that counts it does not matter.
func TestNobodyTellsOnTheWay(t *testing.T) {
	const record = "v=DMARC1; p=reject"
	for name, test := range map[string]struct {
		texts  map[string]string
		silent string
		want   string
	}{
		"at the name itself":        {map[string]string{"_dmarc.example.com": record}, "_dmarc.a.example.com", "unknown: servfail"},
		"between":                   {map[string]string{}, "_dmarc.example.com", "unknown: servfail"},
		"above the one that counts": {map[string]string{"_dmarc.a.example.com": record}, "_dmarc.example.com", "yes"},
		"above the organisation":    {map[string]string{"_dmarc.example.com": record + "; psd=n"}, "_dmarc.com", "yes"},
		"above one that may not be": {map[string]string{"_dmarc.example.com": record}, "_dmarc.com", "unknown: servfail"},
	} {
		z := world("a.example.com", test.texts, scene.OwnA)
		for i := range z.Exchanges {
			if z.Exchanges[i].Name == test.silent {
				servfail(&z.Exchanges[i])
			}
		}
		scene.WantAbout(t, name, factsOf(z), about(z), facts.DMARCFound, test.want)
	}
}

// A record at which a resolver fails that answers other questions may be one that no receiver sees. What else it says changes nothing.
func TestTheResolverFailsAtTheRecord(t *testing.T) {
	for rcode, want := range map[string]string{"SERVFAIL": "unknown: servfail", "NXDOMAIN": "yes", "REFUSED": "yes", "NOERROR": "yes"} {
		z := world("example.com", map[string]string{"_dmarc.example.com": "v=DMARC1; p=none"}, scene.OwnA)
		z.Exchanges = append(z.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: "_dmarc.example.com", Type: "TXT", RCode: rcode, Server: "203.0.113.1:53"},
			evidence.Exchange{Role: evidence.Resolver, Name: "example.com", Type: "MX", RCode: "NOERROR", Server: "203.0.113.1:53"})
		for _, fact := range []facts.Name{facts.DMARCFound, facts.DMARCOlderFound} {
			scene.WantAbout(t, rcode, factsOf(z), about(z), fact, want)
		}
		// What the record says is known all the same.
		scene.WantAbout(t, rcode, factsOf(z), about(z), facts.DMARCEnforced, "no")
	}
}
