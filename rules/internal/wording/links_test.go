package wording_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The shipped reporter's links, as people paste them.
func TestLinks(t *testing.T) {
	v := shipped(t)
	const tool = "https://mxtoolbox.com/SuperTool.aspx?action="
	for link, want := range map[string]string{
		tool + "mx:example.com":                                                                        "mx example.com",
		tool + "mx%3aexample.com&run=toolpage":                                                         "mx example.com",
		tool + "mx%3Aexample.com&run=toolpage#":                                                        "mx example.com",
		tool + "mx%253aexample.com":                                                                    "mx example.com",
		tool + "smtp%3amx.example.com%3a587&run=toolpage":                                              "smtp mx.example.com:587",
		tool + "smtp%3a192.0.2.25":                                                                     "smtp 192.0.2.25",
		tool + "smtp%3a%5b2001%3adb8%3a%3a25%5d%3a25":                                                  "smtp [2001:db8::25]:25",
		tool + "blacklist:2001:db8::25":                                                                "blacklist 2001:db8::25",
		tool + "http%3ahttps%3a%2f%2fexample.com%2fa":                                                  "http https://example.com/a",
		"https://mxtoolbox.com/SuperTool.aspx?run=x&action=a:e.example":                                "a e.example",
		"SuperTool.aspx?action=mx%3aexample.com":                                                       "mx example.com",
		"/SuperTool.aspx?action=mx%3aexample.com":                                                      "mx example.com",
		"mxtoolbox.com/SuperTool.aspx?action=mx%3aexample.com":                                         "mx example.com",
		"https://mxtoolbox.com/domain/example.com/":                                                    " example.com",
		"https://www.mxtoolbox.com/Domain/example.com/?source=x":                                       " example.com",
		"mxtoolbox.com/domain/192.0.2.1":                                                               " 192.0.2.1",
		"https://mxtoolbox.com/emailhealth/example.com/":                                               " example.com",
		"https://mxtoolbox.com/Pro/#/lookup/spf:example.com":                                           "spf example.com",
		"https://mxtoolbox.com/Pro/#/lookup/spf%3Aexample.com":                                         "spf example.com",
		"https://api.mxtoolbox.com/api/v1/lookup/dns/example.com":                                      "dns example.com",
		"https://mxtoolbox.com/Problem/dns/DNS-Bad-Glue-Detected?page=prob_dns&action=dns:example.com": "dns example.com",
		"https://links.example.net/?url=https%3A%2F%2Fmxtoolbox.com%2Fdomain%2Fexample.com%2F&data=1":  " example.com",
		"https://links.example.net/?url=https%3A%2F%2Fmxtoolbox.com%2FSuperTool.aspx%3Faction%3Dmx%253aexample.com%26run%3Dtoolpage&data=1": "mx example.com",
		"https://links.example.net/v1/https:/mxtoolbox.com/domain/example.com/":                                                             "-",

		// A page that explains a test or a list names no target.
		"https://mxtoolbox.com/problem/smtp/smtp-tls":                   "-",
		"https://mxtoolbox.com/problem/blacklist/s5h.net":               "-",
		"https://mxtoolbox.com/problem/domain/domain-expiration-check":  "-",
		"https://mxtoolbox.com/Problem/dns/DNS-Lookup-Timeout?page=dns": "-",
		"https://mxtoolbox.com/domain/":                                 "-",
		"https://mxtoolbox.com/domain":                                  "-",
		"https://mxtoolbox.com/domain/pricing/":                         "-",
		"https://mxtoolbox.com/":                                        "-",
		tool:                                                            "-",
		tool + "mx:":                                                    "-",
		tool + "mx%3":                                                   "-",
		tool + "mx%3aexample%zz.com":                                    "-",
		tool + "mx%253aexample%25zz.com":                                "-",
		tool + "3aexample.com":                                          "-",
		tool + "frob:example.com":                                       "-",
		tool + "mx:%C3#%A9.example":                                     "-",
		tool + "mx:a%00b.example":                                       "-",
		tool + "mx:a%20b":                                               "-",
		"https://mxtoolbox.com/SuperTool.aspx?reaction=mx:example.com":  "-",
		// The same path elsewhere is somebody else's.
		"https://example.net/domain/example.com/":               "-",
		"https://mxtoolbox.com.example.net/domain/example.com/": "-",
		"https://notmxtoolbox.com/domain/example.com/":          "-",
		"":  "-",
		"%": "-",
	} {
		got := "-"
		if category, name, ok := v.Link(link); ok {
			got = category + " " + name
		}
		if got != want {
			t.Errorf("%q: %q, want %q", link, got, want)
		}
	}
	if _, _, ok := v.Link(tool + "mx:" + strings.Repeat("a", 4000) + ".example.com"); ok {
		t.Error("an endless address is read")
	}
}

var coded = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// However a name is coded, it is that name or none.
func FuzzLinks(f *testing.F) {
	v := shipped(f)
	for _, seed := range []string{"mx:example.com", "smtp%3amx.example.com%3a25", "spf%253aexample.com", "dns:%", "a:3aexample.fr", "mx:%C3%A9.example", "mx:%C3###%A9.}xampl%", "mx:a.example%41#%", "https://mxtoolbox.com/domain/x.example/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		for _, page := range []string{"", "https://mxtoolbox.com/SuperTool.aspx?action=", "https://mxtoolbox.com/domain/", "https://example.net/?u=https%3A%2F%2Fmxtoolbox.com%2Fdomain%2F"} {
			category, name, ok := v.Link(page + typed)
			if !ok {
				continue
			}
			// What was typed says the name, decoded a few times at most: what can be decoded of it, for the name is a part only.
			var says []string
			for s, i := page+typed, 0; i < 6; i++ {
				says = append(says, s)
				s = coded.ReplaceAllStringFunc(s, func(c string) string {
					plain, err := url.PathUnescape(c)
					if err != nil {
						t.Fatal(err)
					}
					return plain
				})
			}
			told := func(s string) bool {
				return strings.Contains(s, name) && !strings.Contains(name, "%") && utf8.ValidString(name)
			}
			if name == "" || !slices.ContainsFunc(says, told) {
				t.Errorf("%q names %q", page+typed, name)
			}
			if _, known := v.Category(category); category != "" && !known {
				t.Errorf("%q has the category %q", page+typed, category)
			}
		}
	})
}
