package reading_test

import (
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// begin are the texts that matter in this test: those that begin with an x.
func begin(texts []string) []string {
	return slices.DeleteFunc(slices.Clone(texts), func(s string) bool { return !strings.HasPrefix(s, "x") })
}

// Servers of the zone, and those of the zone to which an alias leads, have to agree on what matters; who was cut short by our own end might
// have said something else, and who is silent may know of something that the others deny.
func TestTextsAt(t *testing.T) {
	const name, end = "a.example.com", "b.example.net"
	other := evidence.Server{Name: "ns.example.net", Address: "192.0.2.77"}
	third := evidence.Server{Name: "ns2.example.net", Address: "192.0.2.78"}
	alias := func(x *evidence.Exchange) {
		x.Answer, x.Authority = []string{name + ". 300 IN CNAME " + end + "."}, nil
	}
	cut := func(x *evidence.Exchange) {
		scene.Silent(x)
		x.Failure.Kind = evidence.Interrupted
	}
	type say func(*scene.Zone)
	at := func(s evidence.Server, name, text string, change ...func(*evidence.Exchange)) say {
		return func(z *scene.Zone) {
			var data []string
			if text != "" {
				data = []string{`"` + text + `"`}
			}
			z.Says(s, name, "TXT", data, change...)
		}
	}
	for situation, test := range map[string]struct {
		said        []say
		want        string // the texts, or why not
		alias       string
		mayBeHidden bool // some server may know of more
	}{
		"both say the same":        {[]say{at(scene.OwnA, name, "x"), at(scene.OwnB, name, "x")}, "x", "", false},
		"they differ":              {[]say{at(scene.OwnA, name, "x"), at(scene.OwnB, name, "xx")}, "disagreement", "", false},
		"they differ in the rest":  {[]say{at(scene.OwnA, name, "y"), at(scene.OwnB, name, "z")}, "y", "", false},
		"one lacks it":             {[]say{at(scene.OwnA, name, "x"), at(scene.OwnB, name, "")}, "disagreement", "", false},
		"neither has it":           {[]say{at(scene.OwnA, name, ""), at(scene.OwnB, name, "")}, "", "", false},
		"one has none, one silent": {[]say{at(scene.OwnA, name, ""), at(scene.OwnB, name, "", scene.Silent)}, "", "", true},
		"one was cut short":        {[]say{at(scene.OwnA, name, "x"), at(scene.OwnB, name, "", cut)}, "interrupted", "", false},
		"an alias":                 {[]say{at(scene.OwnA, name, "", alias), at(other, end, "x")}, "x", end, false},
		"an alias, servers differ": {[]say{at(scene.OwnA, name, "", alias), at(other, end, "x"), at(third, end, "xx")}, "disagreement", end, false},
		"an alias, one cut short":  {[]say{at(scene.OwnA, name, "", alias), at(other, end, "x"), at(third, end, "", cut)}, "interrupted", end, false},
		"an alias, one is silent":  {[]say{at(scene.OwnA, name, "", alias), at(other, end, ""), at(third, end, "", scene.Silent)}, "", end, true},
		"nobody answers":           {[]say{at(scene.OwnA, name, "", scene.Silent)}, "servfail", "", true},
	} {
		z := scene.ZoneWith(scene.OwnA, scene.OwnB)
		for _, s := range test.said {
			s(z)
		}
		r := &reading.Reading{Bundle: &z.Bundle}
		texts := r.TextsAt(name, "things", begin)
		got := strings.Join(texts.All, " ")
		if texts.Why.Code != "" {
			got = string(texts.Why.Code)
		}
		if got != test.want || texts.Alias != test.alias {
			t.Errorf("%s: %q, alias %q (%s), want %q, %q", situation, got, texts.Alias, texts.Why.Detail, test.want, test.alias)
		}
		if hidden := r.UntoldTexts(texts, r.Untold).Code != ""; texts.Why.Code == "" && hidden != test.mayBeHidden {
			t.Errorf("%s: some server may know of more: %t", situation, hidden)
		}
	}
}

// The servers of an alias's target are asked once it is known that there is one.
func TestToTexts(t *testing.T) {
	const name, end = "a.example.com", "b.example.net"
	for alias, want := range map[string]bool{"": false, end: true} {
		z := scene.ZoneWith(scene.OwnA)
		r := &reading.Reading{Bundle: &z.Bundle}
		first := r.ToTexts(name)
		for _, q := range first {
			r.Answer(q)
		}
		z.Says(scene.OwnA, name, "TXT", []string{`"x"`}, func(x *evidence.Exchange) {
			if alias != "" {
				x.Answer = []string{name + ". 300 IN CNAME " + alias + "."}
			}
		})
		r = &reading.Reading{Bundle: &z.Bundle}
		for _, q := range first {
			r.Answer(q)
		}
		asked := slices.ContainsFunc(r.ToTexts(name), func(q reading.Question) bool { return q.Kind == reading.Walk && q.Name == end })
		if asked != want {
			t.Errorf("alias %q: the zone of its target is looked for: %t", alias, asked)
		}
	}
}

// A name says of mail what its records say, and nothing where they say nothing.
func TestMailUsed(t *testing.T) {
	for _, test := range []struct{ mx, txt, want string }{
		{"10 mail.example.com.", "", "yes"}, {"0 .", "", "no"}, {"", "v=spf1 -all", "no"}, {"", "v=spf1 mx -all", "yes"}, {"", "hello", "unknown: ambiguous"},
		{"0 .", "v=spf1 mx -all", "yes"}, {"", "", "unknown: ambiguous"},
	} {
		z := scene.ZoneWith(scene.OwnA)
		for rrtype, data := range map[string]string{"MX": test.mx, "TXT": `"` + test.txt + `"`} {
			if strings.Trim(data, `"`) == "" {
				z.Says(scene.OwnA, "example.com", rrtype, nil)
			} else {
				z.Says(scene.OwnA, "example.com", rrtype, []string{data})
			}
		}
		r := &reading.Reading{Bundle: &z.Bundle}
		if got := scene.Shown(r.MailUsed("example.com").As(facts.DKIMMailUsed)); got != test.want {
			t.Errorf("%q, %q: %s, want %s", test.mx, test.txt, got, test.want)
		}
	}
}
