package blocklist

import (
	"cmp"
	"fmt"
	"net/netip"
	"strings"
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

// A run that ended after the first of two servers has heard no more than half.
func TestCutBetweenServers(t *testing.T) {
	for _, c := range []struct {
		servers string // of the list, by those above it
		expired bool
		listed  string // whether the first has the entry
		want    string
	}{
		{"ns1 ns2", true, "-", "unknown: interrupted"}, {"ns1 ns2", false, "-", "unknown: servfail"}, {"NS1", true, "-", "no"}, {"ns1 ns2", true, "127.0.0.2", "yes"},
	} {
		z := scene.ZoneWith()
		z.Expired = c.expired
		z.Says(evidence.Server{Name: "a.example", Address: "192.0.2.9"}, "bl.spamcop.net", "NS", nil, func(x *evidence.Exchange) {
			x.AA, x.Authority = false, nil
			for name := range strings.FieldsSeq(c.servers) {
				x.Authority = append(x.Authority, "bl.spamcop.net. 300 IN NS "+name+".example.net.")
			}
		})
		server := evidence.Server{Name: "ns1.example.net", Address: "192.0.2.1"}
		e := entry{addr: netip.MustParseAddr("203.0.113.25"), name: "25.113.0.203"}
		for name, word := range map[string]string{"2.0.0.127": "127.0.0.2", "1.0.0.127": "-", e.name: c.listed} {
			says(z, server, name+".bl.spamcop.net", word)
		}
		d := &derivation{&reading.Reading{Bundle: &z.Bundle}}
		if got := scene.Shown(d.listing(Find("SPAMCOP"), e)[facts.BlockListed].As(facts.BlockListed)); got != c.want {
			t.Errorf("%+v: %s", c, got)
		}
	}
}

// A row that names a list says the same of it beside a row of another target that names none, whichever comes first.
func TestNamedListBesideAnyList(t *testing.T) {
	hosts := []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}
	all := evidence.Target{Name: "example.com", Kind: "domain", Hosts: hosts, Lists: []string{facts.AnyList}}
	named := evidence.Target{Name: "mail.example.com", Kind: "host", Hosts: hosts, Lists: []string{"BARRACUDA"}}
	want := ""
	for _, targets := range [][]evidence.Target{{named}, {named, all}, {all, named}} {
		z := scene.ZoneWith()
		z.Targets = targets
		r, set := &reading.Reading{Bundle: &z.Bundle}, &facts.Set{}
		for i := range z.Targets {
			Derive(r, &z.Targets[i], r.Writer(set))
		}
		got := ""
		for _, view := range set.Views("mail.example.com", facts.Listing) {
			f, _ := set.Get(facts.BlockListed, view)
			use, _ := set.Get(facts.BlockListUse, view)
			got += fmt.Sprintln(view, f.Why, use.Value)
		}
		if want = cmp.Or(want, got); got != want || got == "" {
			t.Errorf("%d targets: %q, want %q", len(targets), got, want)
		}
	}
}
