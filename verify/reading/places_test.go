package reading

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Only what the DNS denies is not found. A look-up that failed leaves open where a name leads.
func TestWhyANameLeadsNowhere(t *testing.T) {
	for kind, want := range map[evidence.FailureKind]facts.Code{
		evidence.NXDomain: facts.NotFound, evidence.NoData: facts.NotFound, evidence.ServFail: facts.ServFail, evidence.Timeout: facts.ServFail,
		evidence.Refused: facts.ServFail, evidence.Interrupted: facts.Interrupted, evidence.Limit: facts.Untested,
	} {
		trouble := &evidence.Failure{Kind: kind}
		if got := whyNoAddress(evidence.Host{Name: "mail.example.com", Trouble: trouble}).Code; got != want {
			t.Errorf("a host, %s: %s, want %s", kind, got, want)
		}
		for _, target := range []string{"domain", "host"} {
			if got := (&Reading{Bundle: &evidence.Bundle{}}).whyNoHosts(&evidence.Target{Name: "example.com", Kind: target, Trouble: trouble}).Code; got != want {
				t.Errorf("a %s, %s: %s, want %s", target, kind, got, want)
			}
		}
	}
	for target, want := range map[string]facts.Code{"domain": facts.NotFound, "host": facts.Untested, "address": facts.Untested} {
		if got := (&Reading{Bundle: &evidence.Bundle{}}).whyNoHosts(&evidence.Target{Name: "example.com", Kind: target}).Code; got != want {
			t.Errorf("a %s without trouble: %s, want %s", target, got, want)
		}
	}
}

// A host under two preferences, and an address in two records, are one place.
func TestPlaceThatIsNamedTwice(t *testing.T) {
	host := evidence.Host{Name: "mail.example.com", Addresses: []string{"203.0.113.25", "203.0.113.26", "203.0.113.25"}}
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{host, host}}}}
	if places := (&Reading{Bundle: b}).Places(&b.Targets[0]).Places; len(places) != 2 {
		t.Errorf("%d places, want one an address", len(places))
	}
}

// What was seen at an address to which only this resolver leads says nothing of the host that others reach.
func TestNothingIsBelievedOfAnAddressThatIsNotTheHosts(t *testing.T) {
	const host = "mail.example.com"
	for address, want := range map[string]facts.Code{"203.0.113.25": "", "192.0.2.80": facts.Disagreement} {
		here := saidAt("192.0.2.1", host, "A", host+". 300 IN A "+address)
		here.Role, here.AA, here.RA = evidence.Resolver, false, true
		b := &evidence.Bundle{Exchanges: []evidence.Exchange{here, saidAt("192.0.2.53", host, "A", host+". 300 IN A 203.0.113.25")},
			Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: host, Addresses: []string{address}}}}}}
		set, about := &facts.Set{}, facts.SessionAt(host, address)
		(&Reading{Bundle: b}).Writer(set).Put(about, facts.Fact{Name: facts.SMTPGreetingReceived, Value: facts.BoolValue(true)})
		if f, _ := set.Get(facts.SMTPGreetingReceived, about); f.Known() != (want == "") || f.Why.Code != want {
			t.Errorf("%s: %v (%s), want %q", address, f.Value, f.Why.Code, want)
		}
	}
}

// A set of mail hosts is the zone's if some server gave it, or, where servers take turns with theirs, if it holds nothing else.
func TestSetsThatServersGive(t *testing.T) {
	for name, test := range map[string]struct {
		set   string
		given []string
		want  bool
	}{
		"the same":                 {"a b", []string{"a b", "a b"}, true},
		"of one server":            {"c", []string{"a b", "c"}, true},
		"a part":                   {"a", []string{"a b", "a b"}, false},
		"a part of turns":          {"a c", []string{"a b", "b c"}, true},
		"nothing of turns":         {"", []string{"a b", "b c"}, false},
		"a stranger between turns": {"a x", []string{"a b", "b c"}, false},
		"a stranger":               {"x", []string{"a b", "a b"}, false},
	} {
		var given [][]string
		for _, g := range test.given {
			given = append(given, strings.Fields(g))
		}
		if got := oneOfSets(strings.Fields(test.set), given); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
