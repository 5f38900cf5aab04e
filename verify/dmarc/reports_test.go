package dmarc

import (
	"fmt"
	"strings"
	"testing"

	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Who has to agree to get reports, and who does.
func TestConsent(t *testing.T) {
	const consent = "example.com._report._dmarc."
	var many []string
	for i := range 12 {
		many = append(many, fmt.Sprintf("mailto:d@r%d.example.net", i))
	}
	for name, test := range map[string]struct {
		rua   string
		texts map[string]string // those that were asked
		fails string
		want  string
		list  string
	}{
		"its own":                           {"mailto:d@example.com", nil, "", "no", "none"},
		"in its organisation":               {"mailto:d@reports.example.com", nil, "", "no", "none"},
		"agrees":                            {"mailto:d@example.net", map[string]string{consent + "example.net": "v=DMARC1"}, "", "no", "example.net"},
		"agrees, beside other texts":        {"mailto:d@example.net", map[string]string{consent + "example.net": "x | v=DMARC1; rua=mailto:e@example.net"}, "", "no", "example.net"},
		"agrees twice":                      {"mailto:d@example.net", map[string]string{consent + "example.net": "v=DMARC1 | v=DMARC1"}, "", "no", "example.net"},
		"does not":                          {"mailto:d@example.net", map[string]string{consent + "example.net": ""}, "", "yes", "example.net"},
		"has another text there":            {"mailto:d@example.net", map[string]string{consent + "example.net": "v=DMARC2"}, "", "yes", "example.net"},
		"one of two does not":               {"mailto:d@example.net,mailto:d@example.org", map[string]string{consent + "example.net": "v=DMARC1", consent + "example.org": ""}, "", "yes", "example.net, example.org"},
		"one does not, one does not answer": {"mailto:d@example.net,mailto:d@example.org", map[string]string{consent + "example.net": "", consent + "example.org": ""}, consent + "example.org", "yes", "example.net, example.org"},
		"one agrees, one does not answer":   {"mailto:d@example.net,mailto:d@example.org", map[string]string{consent + "example.net": "v=DMARC1", consent + "example.org": ""}, consent + "example.org", "unknown: servfail", "example.net, example.org"},
		"nobody asked":                      {"mailto:d@example.net", nil, "", "unknown: untested", "example.net"},
		"two addresses in one domain":       {"mailto:d@example.net,mailto:e@example.net", map[string]string{consent + "example.net": "v=DMARC1"}, "", "no", "example.net"},
		"a name too long for consent":       {"mailto:d@" + strings.Repeat("a.", 115) + "example.net", nil, "", "yes", strings.Repeat("a.", 115) + "example.net"},
		"more than are asked":               {strings.Join(many, ","), agreeing(consent, 12), "", "unknown: untested", "r0.example.net, r1.example.net, r2.example.net, r3.example.net, r4.example.net, r5.example.net, r6.example.net, r7.example.net, r8.example.net, r9.example.net"},
		// The tree walk may make one organisation of what the public suffix list has as two.
		"below one domain with a record":        {"mailto:d@other.com", map[string]string{consent + "other.com": "", "_dmarc.com": "v=DMARC1; p=none"}, "", "no", "other.com"},
		"below a public suffix":                 {"mailto:d@other.com", map[string]string{consent + "other.com": "", "_dmarc.com": "v=DMARC1; p=none; psd=y"}, "", "yes", "other.com"},
		"the domain above both does not answer": {"mailto:d@other.com", map[string]string{consent + "other.com": "", "_dmarc.com": ""}, "_dmarc.com", "unknown: servfail", "other.com"},
	} {
		texts := map[string]string{"_dmarc.example.com": "v=DMARC1; p=none; rua=" + test.rua}
		for name, text := range test.texts {
			texts[name] = text
		}
		z := world("example.com", texts, scene.OwnA)
		for i := range z.Exchanges {
			if z.Exchanges[i].Name == test.fails {
				servfail(&z.Exchanges[i])
			}
		}
		set := factsOf(z)
		scene.WantAbout(t, name, set, about(z), facts.DMARCExternalRefused, test.want)
		scene.WantAbout(t, name, set, about(z), facts.DMARCExternal, test.list)
	}
}

// agreeing is the consent of many.
func agreeing(consent string, n int) map[string]string {
	all := map[string]string{}
	for i := range n {
		all[fmt.Sprintf("%sr%d.example.net", consent, i)] = "v=DMARC1"
	}
	return all
}

// Failure reports need consent as well, and the name at which it is missing is told.
func TestFailureReportsNeedConsent(t *testing.T) {
	z := world("example.com", map[string]string{"_dmarc.example.com": "v=DMARC1; p=none; ruf=mailto:d@example.net", "example.com._report._dmarc.example.net": ""}, scene.OwnA)
	set := factsOf(z)
	f, _ := set.Get(facts.DMARCExternalRefusing, about(z))
	if !strings.Contains(f.Value.String(), "example.com._report._dmarc.example.net") {
		t.Errorf("%v", f.Value)
	}
	// The proof is the answer about the consent, not the record.
	record, _ := set.Get(facts.DMARCFound, about(z))
	if f.Evidence == "" || f.Evidence == record.Evidence {
		t.Errorf("shown by %q, the record by %q", f.Evidence, record.Evidence)
	}
}

// A private suffix holds names of many owners; they are one organisation only where its record does not say otherwise.
func TestCommonAbove(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{"example.com", "example.net", ""},
		{"example.com", "other.com", "com"},
		{"a.github.io", "b.github.io", "github.io io"},
		{"example.com", "a.example.com", "example.com com"},
		{"notexample.com", "example.com", "com"},
	} {
		if got := strings.Join(commonAbove(test.a, test.b), " "); got != test.want {
			t.Errorf("%s and %s: %q", test.a, test.b, got)
		}
	}
}
