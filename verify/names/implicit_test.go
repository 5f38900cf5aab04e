package names

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Mail without MX records goes to the address of the name itself (RFC 5321 section 5.1). That nobody greets there is known only from
// sessions with all the addresses that the name servers give.
func TestWhetherTheNameItselfGreets(t *testing.T) {
	const address, another = "203.0.113.25", "203.0.113.26"
	refused := func(b *evidence.Bundle) { // twice, a while apart
		b.Sessions = []evidence.Session{scene.Unconnected(address, evidence.Refused, 0), scene.Unconnected(address, evidence.Refused, time.Hour)}
		for i := range b.Sessions {
			b.Sessions[i].Host = "example.com"
		}
	}
	for name, test := range map[string]struct {
		gives  []string // by the name servers
		change func(*evidence.Bundle)
		want   string
	}{
		"greets":               {[]string{address}, func(*evidence.Bundle) {}, "yes"},
		"refuses":              {[]string{address}, refused, "no"},
		"refuses once":         {[]string{address}, func(b *evidence.Bundle) { refused(b); b.Sessions = b.Sessions[:1] }, "connect_failed"},
		"no session":           {[]string{address}, func(b *evidence.Bundle) { b.Sessions = nil }, "untested"},
		"led elsewhere":        {[]string{another}, refused, "disagreement"},
		"led to a part":        {[]string{address, another}, refused, "disagreement"},
		"nothing stands there": {nil, func(b *evidence.Bundle) { b.Targets[0].Hosts = nil }, "no"},
	} {
		b := scene.Led("host", nil, []evidence.Host{{Name: "example.com", Preference: -1, Addresses: []string{address}}},
			scene.SaidBy(scene.There, "NOERROR", "MX", "example.com"), scene.SaidBy(scene.There, "NOERROR", "A", "example.com", test.gives...),
			scene.SaidBy(scene.There, "NOERROR", "AAAA", "example.com"))
		test.change(b)
		f, _ := factsOf(b).Get(facts.MXImplicitGreets, facts.Subject{Kind: facts.Target, Name: "example.com"})
		if got := bounded(f); got != test.want {
			t.Errorf("%s: %s (%s), want %s", name, got, f.Why.Detail, test.want)
		}
	}
}

// Where the zone was not found, its trouble is why nothing is known of the MX records; where it was, what became of the question for them.
func TestWhyNothingIsKnownOfMXRecords(t *testing.T) {
	for name, test := range map[string]struct {
		zone, question evidence.FailureKind
		want           facts.Code
	}{
		"no such zone": {evidence.NXDomain, evidence.Timeout, facts.NotFound},
		"silence":      {"", evidence.Timeout, facts.ServFail},
	} {
		x := scene.Said(scene.There, "example.com", "MX", "")
		x.AA, x.Failure = false, &evidence.Failure{Kind: test.question}
		b := scene.Led("domain", nil, nil, x)
		if test.zone != "" {
			b.Targets[0].ZoneError = &evidence.Failure{Kind: test.zone}
		}
		for _, fact := range []facts.Name{facts.MXMissing, facts.MXNull, facts.MXReachable} {
			f, _ := factsOf(b).Get(fact, facts.Subject{Kind: facts.Target, Name: "example.com"})
			if f.Known() || f.Why.Code != test.want {
				t.Errorf("%s, %s: %s (%s), want %s", fact, name, bounded(f), f.Why.Detail, test.want)
			}
		}
	}
}
