package names

import (
	"fmt"
	"slices"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// Mail hosts that are looked up are few, whatever a zone lists, and those at fault are heard from more servers.
func TestMailHostsWorthALook(t *testing.T) {
	var many []string
	for i := range 3 * maxMailHosts {
		many = append(many, fmt.Sprintf("10 m%02d.example.com.", i))
	}
	z := scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "MX", many)
	if got := mailHosts(read(z), "example.com", z.Targets[0].Servers); len(got) != maxMailHosts {
		t.Errorf("%d mail hosts, want %d", len(got), maxMailHosts)
	}
	few := scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "MX", []string{"10 Mail.example.com.", "20 mail.example.com."})
	if got := mailHosts(read(few), "example.com", few.Targets[0].Servers); !slices.Equal(got, []string{"mail.example.com"}) {
		t.Errorf("mail hosts %q", got)
	}
	alias := func(x *evidence.Exchange) {
		x.Authority, x.Answer = nil, []string{x.Name + ". 300 IN CNAME web.example.com."}
	}
	aliased := scene.ZoneWith(scene.OwnA)
	aliased.Says(scene.OwnA, "mail.example.com", "A", nil, alias).Says(scene.OwnA, "mail.example.com", "AAAA", nil, alias).
		Says(scene.OwnA, "web.example.com", "A", []string{"192.0.2.80"}).Says(scene.OwnA, "web.example.com", "AAAA", nil)
	for name, test := range map[string]struct {
		scene *scene.Zone
		mail  []string
	}{
		"in order":   {scene.ZoneWith(scene.OwnA).HasAt(scene.OwnA, "mail.example.com", "192.0.2.2"), nil},
		"no address": {scene.ZoneWith(scene.OwnA).HasAt(scene.OwnA, "mail.example.com"), []string{"mail.example.com"}},
		"private":    {scene.ZoneWith(scene.OwnA).HasAt(scene.OwnA, "mail.example.com", "10.0.0.2"), []string{"mail.example.com"}},
		"not asked":  {scene.ZoneWith(scene.OwnA), nil},
		"an alias":   {aliased, []string{"mail.example.com"}},
	} {
		if got := doubtfulMailHost(read(test.scene), "mail.example.com"); !slices.Equal(got, test.mail) {
			t.Errorf("%s: names at which to hear more of the mail host: %q, want %q", name, got, test.mail)
		}
	}
}

func read(z *scene.Zone) *reading.Reading {
	return &reading.Reading{Bundle: &evidence.Bundle{Exchanges: z.Exchanges}}
}
