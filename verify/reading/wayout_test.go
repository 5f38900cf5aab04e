package reading_test

import (
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// Who speaks for this network, and who does not.
func TestWayOut(t *testing.T) {
	decoy := scene.GreetsAt(scene.Elsewhere, 220)
	decoy.Decoy = true
	other := scene.Mute(scene.Elsewhere)
	other.Events[1].Failure.Kind = evidence.EOF
	half := scene.Mute(scene.Elsewhere)
	half.Events[1].Reply = &evidence.Reply{Code: 220, Lines: []evidence.Line{{Text: "220-x"}}}
	for name, test := range map[string]struct {
		sessions []evidence.Session
		want     evidence.WayOut
	}{
		"nobody":                              {nil, ""},
		"a control greets":                    {[]evidence.Session{scene.Control(scene.Unconnected("203.0.113.99", evidence.Refused, 0)), scene.Control(scene.GreetsAt(scene.Elsewhere, 220))}, evidence.Open},
		"a control is refused":                {[]evidence.Session{scene.Control(scene.Unconnected(scene.Elsewhere, evidence.Refused, 0))}, evidence.Closed},
		"a control is not routed":             {[]evidence.Session{scene.Control(scene.Unconnected(scene.Elsewhere, evidence.NoRoute, 0))}, ""},
		"a control is mute":                   {[]evidence.Session{scene.Control(scene.Mute(scene.Elsewhere))}, evidence.Closed},
		"a control hangs up":                  {[]evidence.Session{scene.Control(other)}, ""},
		"a control says half a greeting":      {[]evidence.Session{scene.Control(half)}, ""},
		"one of two controls turns us away":   {[]evidence.Session{scene.Control(scene.Unconnected("203.0.113.99", evidence.Refused, 0)), scene.Control(scene.GreetsAt(scene.Elsewhere, 554))}, ""},
		"a control of this network greets":    {[]evidence.Session{scene.Near(scene.Control(scene.GreetsAt(scene.Elsewhere, 220)))}, ""},
		"a control of this network is silent": {[]evidence.Session{scene.Near(scene.Control(scene.Unconnected(scene.Elsewhere, evidence.Timeout, 0)))}, ""},
		"a private control greets":            {[]evidence.Session{scene.Control(scene.GreetsAt("10.0.0.25", 220))}, ""},
		"a control of the other family":       {[]evidence.Session{scene.Control(scene.GreetsAt("2001:db8::25", 220))}, ""},
		"a control without an address":        {[]evidence.Session{scene.Control(scene.GreetsAt("", 220))}, ""},
		"the tested server greets":            {[]evidence.Session{scene.GreetsAt(scene.First, 220)}, evidence.Open},
		"the tested server turns us away":     {[]evidence.Session{scene.GreetsAt(scene.First, 554)}, ""},
		"one of its addresses turns us away":  {[]evidence.Session{scene.GreetsAt(scene.First, 220), scene.GreetsAt(scene.Second, 554)}, evidence.Open},
		"the tested server is a neighbour":    {[]evidence.Session{scene.Near(scene.GreetsAt(scene.First, 220))}, ""},
		"the tested server as a control":      {[]evidence.Session{scene.Control(scene.Unconnected(scene.First, evidence.Refused, 0))}, ""},
		"it greets, and controls are silent":  {[]evidence.Session{scene.GreetsAt(scene.First, 220), scene.Control(scene.Unconnected(scene.Elsewhere, evidence.Timeout, 0))}, ""},
		"it greets, and a control hangs up":   {[]evidence.Session{scene.GreetsAt(scene.First, 220), scene.Control(other)}, evidence.Open},
		"somebody else's server greets":       {[]evidence.Session{scene.GreetsAt("203.0.113.77", 220)}, ""},
		"a decoy greets":                      {[]evidence.Session{decoy}, ""},
	} {
		b := scene.TwoHosts(test.sessions...)
		if got := reading.WayOut(b.Targets, b.Sessions, reading.IPv4); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// Servers that were not reached, on the port that networks close.
func TestUnreached(t *testing.T) {
	other := scene.Mute(scene.First)
	for name, test := range map[string]struct {
		sessions []evidence.Session
		v4       bool
	}{
		"greets": {[]evidence.Session{scene.GreetsAt(scene.First, 220)}, false}, "mute": {[]evidence.Session{other}, true},
		"refused": {[]evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0)}, true}, "a control": {[]evidence.Session{scene.Control(scene.Mute(scene.Elsewhere))}, false},
		"no route": {[]evidence.Session{scene.Unconnected(scene.First, evidence.NoRoute, 0)}, false}, "IPv6": {[]evidence.Session{scene.Unconnected("2001:db8::25", evidence.Refused, 0)}, false},
	} {
		b := scene.TwoHosts(test.sessions...)
		if reading.Unreached(b, reading.IPv4) != test.v4 || reading.Unreached(b, reading.IPv6) != (name == "IPv6") {
			t.Errorf("%s: %v, %v", name, reading.Unreached(b, reading.IPv4), reading.Unreached(b, reading.IPv6))
		}
		b.Sessions[0].Port = 587
		if reading.Unreached(b, reading.IPv4) || reading.Unreached(b, reading.IPv6) {
			t.Errorf("%s on another port", name)
		}
	}
}

// A verdict on one target rests on its own servers and the controls, not on what another target's servers say.
func TestWayOutForOneTarget(t *testing.T) {
	b := scene.TwoHosts(scene.Unconnected(scene.First, evidence.Refused, 0), scene.GreetsAt("203.0.113.77", 220), scene.Control(scene.Unconnected(scene.Elsewhere, evidence.Refused, 0)))
	b.Targets = append(b.Targets, evidence.Target{Name: "other.test", Hosts: []evidence.Host{{Name: "mx.other.test", Addresses: []string{"203.0.113.77"}}}})
	b.Sessions[1].Host = "mx.other.test"
	decoy := scene.Unconnected("192.0.2.1", evidence.Refused, 0)
	decoy.Decoy = true
	b.Sessions = append(b.Sessions, decoy)
	if four, six := reading.WayOut(b.Targets[:1], b.Sessions, reading.IPv4), reading.WayOut(b.Targets[:1], b.Sessions, reading.IPv6); four != evidence.Closed || six != "" {
		t.Errorf("%q, %q", four, six)
	}
}
