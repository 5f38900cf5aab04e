package discovery

import (
	"testing"

	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// Whose domain a name belongs to, by the records on its way (RFC 9989 section 4.10.2).
func TestOrganisation(t *testing.T) {
	const none, suffix, own = "v=DMARC1; p=none", "v=DMARC1; p=none; psd=y", "v=DMARC1; p=none; psd=n"
	for name, test := range map[string]struct {
		of    string
		texts map[string]string
		want  string
	}{
		"no record at all":                         {"a.b.example.com", nil, "a.b.example.com"},
		"one at the top":                           {"a.b.example.com", map[string]string{"example.com": none}, "example.com"},
		"the shortest of several":                  {"a.b.example.com", map[string]string{"a.b.example.com": none, "b.example.com": none, "example.com": none}, "example.com"},
		"an organisation within another":           {"a.b.example.com", map[string]string{"b.example.com": own, "example.com": none}, "b.example.com"},
		"below a public suffix":                    {"a.b.example.com", map[string]string{"b.example.com": none, "com": suffix}, "example.com"},
		"right below a public suffix":              {"example.com", map[string]string{"com": suffix}, "example.com"},
		"a public suffix that sends itself":        {"example.com", map[string]string{"example.com": suffix}, "example.com"},
		"one that says nothing of public suffixes": {"example.com", map[string]string{"com": none}, "com"},
		"several records count as none":            {"a.example.com", map[string]string{"example.com": none + " | " + own, "a.example.com": none}, "a.example.com"},
		"nobody tells":                             {"a.example.com", map[string]string{"a.example.com": none, "example.com": "?"}, "servfail"},
		"nobody tells behind the end":              {"a.example.com", map[string]string{"a.example.com": own, "example.com": "?"}, "a.example.com"},
	} {
		z := scene.ZoneWith(scene.OwnA)
		for _, domain := range mailpolicy.DMARCWalk(test.of) {
			text := test.texts[domain]
			if text == "?" {
				z.Says(scene.OwnA, mailpolicy.DMARCName(domain), "TXT", nil, scene.Silent)
				continue
			}
			var data []string
			if text == none+" | "+own {
				data = []string{`"` + none + `"`, `"` + own + `"`}
			} else if text != "" {
				data = []string{`"` + text + `"`}
			}
			z.Says(scene.OwnA, mailpolicy.DMARCName(domain), "TXT", data)
		}
		got, why := Finder{&reading.Reading{Bundle: &z.Bundle}}.Organisation(test.of)
		if why != (facts.Unknown{}) {
			got = string(why.Code)
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
