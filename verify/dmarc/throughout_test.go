package dmarc

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Whether policies are enforced throughout, by the records of a name and of its organisation.
func TestThroughout(t *testing.T) {
	const own, org = "_dmarc.news.example.com", "_dmarc.example.com"
	for _, test := range []struct {
		name, own, org, want, gaps string
	}{
		{"example.com", "", "v=DMARC1; p=reject", "yes", "none"},
		{"example.com", "", "v=DMARC1; p=quarantine", "yes", "none"},
		{"example.com", "", "v=DMARC1; p=reject; sp=quarantine", "yes", "none"},
		{"example.com", "", "v=DMARC1; p=reject; pct=50", "yes", "none"}, // only quarantine needs all of it
		{"example.com", "", "v=DMARC1; p=quarantine; pct=100", "yes", "none"},
		{"example.com", "", "v=DMARC1; p=reject; np=none", "yes", "none"},
		{"example.com", "", "v=DMARC1; p=none", "no", "the policy of example.com is none"},
		{"example.com", "", "v=DMARC1; p=none; sp=none", "no", "the policy of example.com is none"},
		{"example.com", "", "v=DMARC1; rua=mailto:d@example.com", "no", "the policy of example.com is none"},
		{"example.com", "", "v=DMARC1; p=x; rua=mailto:d@example.com", "no", "the policy of example.com is none"},
		{"example.com", "", "v=DMARC1; p=reject; sp=none", "no", "the policy for names below example.com is none (sp)"},
		{"example.com", "", "v=DMARC1; p=quarantine; pct=50", "no", "the policy of example.com is for some of the mail only (pct=50)"},
		{"example.com", "", "v=DMARC1; p=x", "no", "receivers ignore the record of example.com"},
		{"example.com", "", "", "no", "no DMARC record counts for example.com"},
		{"example.com", "", "v=DMARC1; p=reject | v=DMARC1; p=reject", "no", "no DMARC record counts for example.com"},
		{"example.com", "", "v=DMARC1; p=reject; t=y", "unknown: ambiguous", "unknown: ambiguous"},
		{"example.com", "", "v=DMARC1; p=none; t=y", "no", "the policy of example.com is none"},
		{"example.com", "", "v=DMARC1; p=reject; p=none", "unknown: ambiguous", "unknown: ambiguous"},
		{"news.example.com", "", "v=DMARC1; p=reject", "yes", "none"},
		{"news.example.com", "", "v=DMARC1; p=reject; sp=none", "no", "the policy for names below example.com is none (sp)"},
		{"news.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=reject", "yes", "none"},
		{"news.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=none", "no", "the policy of example.com is none"},
		{"news.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=none; sp=reject", "no", "the policy of example.com is none"},
		{"news.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=reject; sp=none", "no", "the policy for names below example.com is none (sp)"},
		{"news.example.com", "v=DMARC1; p=none", "v=DMARC1; p=reject", "no", "the policy of news.example.com is none"},
		{"news.example.com", "v=DMARC1; p=none", "v=DMARC1; p=none", "no", "the policy of news.example.com is none, the policy of example.com is none"},
		{"news.example.com", "v=DMARC1; p=reject", "", "unknown: ambiguous", "unknown: ambiguous"},
		{"news.example.com", "v=DMARC1; p=none", "", "no", "the policy of news.example.com is none"},
		{"news.example.com", "v=DMARC1; p=reject", "v=DMARC1; p=reject; t=y", "unknown: ambiguous", "unknown: ambiguous"},
		{"news.example.com", "v=DMARC1; p=none", "v=DMARC1; p=reject; t=y", "no", "the policy of news.example.com is none"},
	} {
		texts := map[string]string{org: test.org}
		if test.own != "" {
			texts[own] = test.own
		}
		z := world(test.name, texts, scene.OwnA)
		set := factsOf(z)
		situation := test.name + ": " + test.own + " / " + test.org
		scene.WantAbout(t, situation, set, about(z), facts.DMARCThroughout, test.want)
		scene.WantAbout(t, situation, set, about(z), facts.DMARCThroughoutGaps, test.gaps)
	}
	// What is not known of the organisation leaves it open, unless the name's own record decides.
	for text, want := range map[string]string{"v=DMARC1; p=reject": "unknown: servfail", "v=DMARC1; p=none": "no"} {
		z := world("news.example.com", map[string]string{own: text, org: ""}, scene.OwnA)
		for i := range z.Exchanges {
			if x := &z.Exchanges[i]; x.Name == org && x.Role == evidence.Authoritative {
				servfail(x)
			}
		}
		scene.WantAbout(t, text, factsOf(z), about(z), facts.DMARCThroughout, want)
	}
}
