package verify

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// A serial in the form of a date is judged by the most easterly clock: it is in the future only if it is so everywhere.
func TestDateSerials(t *testing.T) {
	now := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) // 23:00 at UTC+14
	evening := now.Add(2 * time.Hour)                    // 01:00 of the 24th at UTC+14
	tests := []struct {
		serial uint32
		at     time.Time
		want   bool
	}{
		{2026112301, now, true},
		{2026112399, now, true},
		{2026112401, now, false},
		{2026112401, evening, true},
		{2026112501, evening, false},
		{2312868412, now, false}, // a counter that looks like the year 2312
		{1, now, false},
		{2026022901, now, false}, // no such day
		{2024022901, now, true},
		{2026130101, now, false},
		{2026110001, now, false},
		{1700000000, now, false}, // Unix time, month 00
		{1979010101, now, false},
		{202611230, now, false},
		{4294967295, now, false},
	}
	for _, test := range tests {
		if got := isDateSerial(test.serial, test.at); got != test.want {
			t.Errorf("%d at %v: %v, want %v", test.serial, test.at, got, test.want)
		}
	}
}

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
		set := Derive(&bundles[i])
		for _, target := range bundles[i].Targets {
			for _, kind := range []facts.SubjectKind{facts.Session, facts.Server} {
				for _, view := range set.Views(target.Name, kind) {
					for _, def := range facts.Definitions() {
						f, _ := set.Get(def.Name, view)
						if f.Known() && f.Name != facts.SMTPPort && f.Name != facts.SMTPHostsGreeting {
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
