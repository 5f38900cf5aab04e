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
