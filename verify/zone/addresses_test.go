package zone

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Only a denial, or an alias that nobody has to follow (RFC 2181 section 10.3), is a fault of a name server without an address. That it
// could not be looked up is none.
func TestWhyANameServerHasNoAddress(t *testing.T) {
	const name = "ns9.example.com"
	alias := func(x *evidence.Exchange) {
		x.Answer, x.Authority = []string{name + ". 3600 IN CNAME www.example.net."}, nil
	}
	both := func(records []string, change ...func(*evidence.Exchange)) func(*scene.Zone) {
		return func(z *scene.Zone) {
			z.Says(scene.OwnA, name, "A", records, change...).Says(scene.OwnA, name, "AAAA", nil, change...)
		}
	}
	for situation, test := range map[string]struct {
		looked      func(*scene.Zone)
		want, alias string
	}{
		"denied":    {both(nil), "unknown: not_found", "no"},
		"an alias":  {both(nil, alias), "unknown: not_found", "yes"},
		"silence":   {both(nil, scene.Silent), "unknown: servfail", "unknown: servfail"},
		"not asked": {func(*scene.Zone) {}, "unknown: untested", "unknown: untested"},
	} {
		z := scene.ZoneWith(scene.OwnA)
		list := []string{"ns1.example.com", name}
		z.Refers(scene.ParentA, list, "ns1.example.com A "+scene.OwnA.Address).Serves(scene.OwnA, list...).Has("ns1.example.com", scene.OwnA.Address)
		test.looked(z)
		server := facts.Subject{Kind: facts.Server, Name: "example.com", At: name + " [no address]"}
		set := factsOf(&z.Bundle)
		scene.WantAbout(t, situation, set, server, facts.DNSSOAAnswered, test.want)
		scene.WantAbout(t, situation, set, scene.ZoneSubject, facts.DNSNSAlias, test.alias)
	}
}

// That a server was heard shows a way to it. That there is none says something of this machine only.
func TestWayToANameServer(t *testing.T) {
	noRoute := func(x *evidence.Exchange) { scene.Silent(x); x.Failure.Kind = evidence.NoRoute }
	server := facts.Subject{Kind: facts.Server, Name: "example.com", At: scene.OwnA.Name + " [" + scene.OwnA.Address + "]"}
	for situation, test := range map[string]struct {
		scene *scene.Zone
		want  string
	}{
		"heard":     {scene.ZoneWith(scene.OwnA).Serves(scene.OwnA, scene.Both...), "yes"},
		"silent":    {scene.ZoneWith(scene.OwnA).Dead(scene.OwnA), "yes"}, // the question went out
		"no way":    {scene.ZoneWith(scene.OwnA).Says(scene.OwnA, "example.com", "SOA", nil, noRoute), "unknown: connect_failed"},
		"not asked": {scene.ZoneWith(scene.OwnA), "unknown: untested"},
	} {
		scene.WantAbout(t, situation, factsOf(&test.scene.Bundle), server, facts.DNSServerRoute, test.want)
	}
}

// A zone of which neither a delegation nor a server is known has no facts, but a reason.
func TestZoneOfWhichNothingIsKnown(t *testing.T) {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com",
		ZoneError: &evidence.Failure{Kind: evidence.Timeout}}}}
	set := factsOf(b)
	for _, kind := range []facts.SubjectKind{facts.Zone, facts.Server} {
		if why := set.WhyNoViews("example.com", kind); len(set.Views("example.com", kind)) != 0 || why.Code != facts.ServFail {
			t.Errorf("%v of kind %s (%s)", set.Views("example.com", kind), kind, why.Code)
		}
	}
}
