package derive

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Derivation from an empty or senseless bundle knows nothing, and does not panic.
func TestNothingSeenIsNothingKnown(t *testing.T) {
	bundles := []evidence.Bundle{
		{},
		{Targets: []evidence.Target{{Name: "example.com"}}},
		{Targets: []evidence.Target{{Name: "example.com", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"no address", "203.0.113.25"}}}}}},
		{Targets: []evidence.Target{{Name: "example.com", Zone: "example.com", Servers: []evidence.Server{{Name: "ns1", Address: "x"}}}}},
		{
			Targets: []evidence.Target{{Name: "a", Hosts: []evidence.Host{{Name: "h", Addresses: []string{"203.0.113.25"}}}}},
			Sessions: []evidence.Session{{Host: "h", Address: "203.0.113.25", Events: []evidence.Event{
				{Step: evidence.StepGreeting}, {Step: evidence.StepEHLO}, {Step: evidence.StepSTARTTLS}, {Step: evidence.StepHandshake},
				{Step: evidence.StepMAIL}, {Step: evidence.StepRCPT}}}},
		},
	}
	for i := range bundles {
		set := Facts(&bundles[i])
		for _, target := range bundles[i].Targets {
			for _, kind := range []facts.SubjectKind{facts.Session, facts.Server} {
				for _, view := range set.Views(target.Name, kind) {
					for _, def := range facts.Definitions() {
						f, _ := set.Get(def.Name, view)
						if f.Known() && f.Name != facts.SMTPPort && f.Name != facts.SMTPHostsGreeting && f.Name != facts.DNSZoneServers {
							t.Errorf("bundle %d: %s of %v is known: %v", i, f.Name, view, f.Value)
						}
						if !f.Known() && f.Why.Code == "" {
							t.Errorf("bundle %d: %s of %v is unknown without a reason", i, f.Name, view)
						}
					}
				}
			}
		}
	}
}

// A bundle survives being saved and loaded, times included.
func TestBundleRoundTrip(t *testing.T) {
	b := evidence.Bundle{Schema: evidence.Schema, StartedAt: time.Date(2026, 11, 23, 1, 2, 3, 456789000, time.UTC),
		Sessions: []evidence.Session{{Host: "h", Events: []evidence.Event{{Step: evidence.StepGreeting, Start: evidence.Seconds(41 * time.Millisecond),
			End: evidence.Seconds(16*time.Second + 68*time.Millisecond + 123456789*time.Nanosecond), Reply: &evidence.Reply{Code: 220,
				Lines: []evidence.Line{{Text: "220 caf\ufffd", Raw: []byte("220 caf\xe9")}}}}}}}}
	text, err := json.Marshal(b)
	if err != nil {
		t.Fatal(err)
	}
	var back evidence.Bundle
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(b, back) {
		t.Errorf("saved %+v, loaded %+v", b, back)
	}
}

// How many addresses greet is a lower bound where one of them may serve others, or there may be more.
func TestAddressesThatGreet(t *testing.T) {
	const second = "203.0.113.26"
	dead := []*talk{noConnection(evidence.Refused), noConnection(evidence.Refused)}
	silent := func(wait time.Duration) []*talk {
		return []*talk{dial().fails(evidence.StepGreeting, evidence.Timeout, wait)}
	}
	fine := []*talk{greets(quick)}
	tests := []struct {
		name          string
		first, second []*talk
		change        func(*evidence.Bundle)
		want          string
	}{
		{"both", fine, fine, nil, "2"},
		{"one of two, the other is dead", fine, dead, nil, "1"},
		{"one of two, the other was refused once", fine, dead[:1], nil, "at least 1"},
		{"one of two, the other turns us away", fine, []*talk{dial().says(evidence.StepGreeting, quick, "554 go away")}, nil, "at least 1"},
		{"one of two, the other was silent for as long as anybody has to wait", fine, silent(5 * time.Minute), nil, "1"},
		{"one of two, the other was silent for less", fine, silent(5*time.Minute - time.Second), nil, "at least 1"},
		{"one of two, the other was not tested", fine, nil, nil, "at least 1"},
		{"one of two, the other is a trap", fine, []*talk{dial().drips(evidence.StepGreeting, slow, "554 go away")}, nil, "at least 1"},
		{"none", dead, dead, nil, "0"},
		{"none, on a closed network", dead, dead, func(b *evidence.Bundle) { b.Vantage.SMTPOut = evidence.Closed }, "at least 0"},
		{"a host without address beside them", fine, fine, func(b *evidence.Bundle) {
			b.Targets[0].Hosts = append(b.Targets[0].Hosts, evidence.Host{Name: "mx2.example.com"})
		}, "at least 2"},
		{"a host with more addresses than were found", fine, fine, func(b *evidence.Bundle) { b.Targets[0].Hosts[0].Trouble = &evidence.Failure{Kind: evidence.ServFail} }, "at least 2"},
	}
	for _, test := range tests {
		b := scene(test.first...)
		b.Targets[0].Hosts[0].Addresses = []string{sceneAddress, second}
		meet(b, sceneHost, second, test.second...)
		if test.change != nil {
			test.change(b)
		}
		wantAbout(t, test.name, Facts(b), facts.Subject{Kind: facts.Target, Name: sceneDomain}, facts.SMTPHostsGreeting, test.want)
		wantPart(t, test.name, b)
	}
}

// A resolver that answers for names that do not exist leads nowhere: nothing rests on it but what the zone's own servers said.
func TestResolverThatInvents(t *testing.T) {
	z := good()
	z.Vantage = evidence.Vantage{SMTPOut: evidence.Open, Invents: true, Resolver: "192.0.2.250:53"}
	z.Targets[0].Hosts = []evidence.Host{{Name: sceneHost, Addresses: []string{sceneAddress}}}
	meet(&z.Bundle, sceneHost, sceneAddress, greets(quick))
	byResolver := good()
	byResolver.Bundle = z.Bundle
	byResolver.Targets = []evidence.Target{z.Targets[0]}
	byResolver.Targets[0].Delegation = &evidence.Delegation{By: evidence.ByResolver, Path: z.Targets[0].Delegation.Path}
	address := scene(greets(quick))
	address.Vantage.Invents = true
	address.Targets[0].Kind = "address"
	for name, test := range map[string]struct {
		bundle *evidence.Bundle
		views  map[facts.SubjectKind]bool
	}{
		"the zone was found from the root": {&z.Bundle, map[facts.SubjectKind]bool{facts.Session: false, facts.Server: true, facts.Zone: true}},
		"the zone was found by it":         {&byResolver.Bundle, map[facts.SubjectKind]bool{facts.Session: false, facts.Server: false, facts.Zone: false, facts.Target: false}},
		"an address needs no resolver":     {address, map[facts.SubjectKind]bool{facts.Session: true}},
	} {
		set := Facts(test.bundle)
		for kind, led := range test.views {
			if got := len(set.Views(test.bundle.Targets[0].Name, kind)) > 0; got != led {
				t.Errorf("%s: leads to a %s: %v, want %v", name, kind, got, led)
			}
			if why := set.WhyNoViews(test.bundle.Targets[0].Name, kind); !led && why.Code != facts.Disagreement {
				t.Errorf("%s: no %s because of %v", name, kind, why)
			}
		}
	}
}
