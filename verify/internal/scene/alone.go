package scene

import (
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// WantAlone complains if anything else is known of the first target of a bundle beside another target, about which a stranger said
// much and whose mail host greets, than without it.
func WantAlone(t *testing.T, situation string, b *evidence.Bundle, topics ...Topic) {
	t.Helper()
	// The other target is as loud as it can be: it greets, answers with authority, has a zone and a policy of its own, and stands
	// first.
	other := ZoneWith(evidence.Server{Name: "ns.example.org", Address: "192.0.2.201"})
	other.Targets[0].Name, other.Targets[0].Zone, other.Targets[0].PolicyDomain = "example.org", "example.org", "example.org"
	other.Targets[0].Delegation.Path[2].Zone = "example.org"
	other.Targets[0].Hosts = []evidence.Host{{Name: "mail.example.org", Addresses: []string{"192.0.2.202"}}}
	noise := other.Says(other.Targets[0].Servers[0], "example.org", "SOA", []string{"ns.example.org. h.example.org. 1 2 3 4 5"}).
		Says(other.Targets[0].Servers[0], "mail.example.org", "A", []string{"192.0.2.202"}).Exchanges
	among := *b
	// Copies, since derivations for the two bundles must not see each other's lists.
	among.Targets = append(slices.Clone(other.Targets), b.Targets...)
	among.Exchanges = append(slices.Clone(noise), b.Exchanges...)
	among.Sessions = slices.Clone(b.Sessions)
	Meet(&among, "mail.example.org", "192.0.2.202", Greets(Quick))

	target := b.Targets[0].Name
	want, got := Facts(b, topics...), Facts(&among, topics...)
	for _, kind := range []facts.SubjectKind{facts.Session, facts.Server, facts.Zone} {
		views := want.Views(target, kind)
		if !slices.Equal(views, got.Views(target, kind)) {
			t.Errorf("%s: beside another target it leads to %v, alone to %v", situation, got.Views(target, kind), views)
		}
		for _, view := range append(views, facts.Subject{Kind: facts.Target, Name: target}) {
			for _, def := range facts.Definitions() {
				f, _ := want.Get(def.Name, view)
				WantAbout(t, situation+", beside another target", got, view, def.Name, Shown(f))
			}
		}
	}
}
