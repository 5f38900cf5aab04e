package blocklist

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// Several targets may lead to one entry. What is known of it is known from each of them, whichever comes first, and one that leads nowhere
// hides nothing.
func TestOneEntryOfSeveralTargets(t *testing.T) {
	server := evidence.Server{Name: "ns1.example.net", Address: "192.0.2.1"}
	for name, targets := range map[string][]evidence.Target{
		"one":                                  {{Name: "example.com", Kind: "domain"}},
		"a name that does not exist before it": {{Name: "gone.example.com", Trouble: &evidence.Failure{Kind: evidence.NXDomain}}, {Name: "example.com", Kind: "domain"}},
		"an address before it":                 {{Name: "203.0.113.25", Kind: "address"}, {Name: "example.com", Kind: "domain"}},
		"a host before it":                     {{Name: "mail.example.com", Kind: "host"}, {Name: "example.com", Kind: "domain"}},
		"a host behind it":                     {{Name: "example.com", Kind: "domain"}, {Name: "mail.example.com", Kind: "host"}},
	} {
		z := scene.ZoneWith()
		z.Targets = targets
		for i := range z.Targets {
			z.Targets[i].Lists = []string{"Spamhaus DBL"}
		}
		for entry, word := range map[string]string{"dbltest.com": "127.0.1.2", "invalid": "-", "example.com": "127.0.1.4", "mail.example.com": "-"} {
			says(z, server, entry+".dbl.spamhaus.org", word)
		}
		r, set := &reading.Reading{Bundle: &z.Bundle}, &facts.Set{}
		for i := range z.Targets {
			Derive(r, &z.Targets[i], r.Writer(set))
		}
		about := facts.Subject{Kind: facts.Listing, Name: "example.com", List: "Spamhaus DBL"}
		if f, _ := set.Get(facts.BlockListed, about); !f.Known() || !f.Value.Bool() {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

// A table of lists that asks for no more than there is to ask.
func TestAsked(t *testing.T) {
	for _, c := range []struct {
		names []string
		want  int
	}{
		{nil, 0}, {[]string{"SPAMCOP", "SpamCop", "NEWLIST42", "SORBS SPAM"}, 2}, {[]string{facts.AnyList}, len(living())},
	} {
		if n := Asked(c.names); n != c.want {
			t.Errorf("%q are %d lists, want %d", c.names, n, c.want)
		}
	}
}
