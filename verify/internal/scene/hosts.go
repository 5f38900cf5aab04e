package scene

import (
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// First and Second are the addresses of the hosts of TwoHosts; Elsewhere is one of neither.
const First, Second, Elsewhere = "203.0.113.21", "203.0.113.22", "203.0.113.98"

// FirstView is the preferred host at its address.
var FirstView = facts.SessionAt("mx1.example.com", First)

// TwoHosts is one domain with two mail hosts, mx1 and mx2, after some sessions, on a network as open as these show it to be.
func TwoHosts(sessions ...evidence.Session) *evidence.Bundle {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{
		{Name: "mx1.example.com", Preference: 10, Addresses: []string{First}}, {Name: "mx2.example.com", Preference: 20, Addresses: []string{Second}}}}}}
	for i := range sessions {
		s := &sessions[i]
		s.Port = 25
		// Sessions are written with times from zero on, so that a test shows only the distance between them.
		s.StartedAt = time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC).Add(s.StartedAt.Sub(time.Time{}))
		switch s.Address {
		case First:
			s.Host = "mx1.example.com"
		case Second:
			s.Host = "mx2.example.com"
		}
	}
	b.Sessions = sessions
	// As in a run, and not as a test says: whether the network is open follows from who greeted.
	b.Vantage.SMTPOut = reading.WayOut(b.Targets, b.Sessions, reading.IPv4)
	return b
}

// Unconnected is a session that got no connection, some time after the first one.
func Unconnected(address string, kind evidence.FailureKind, after time.Duration) evidence.Session {
	return evidence.Session{Address: address, StartedAt: time.Time{}.Add(after), Events: []evidence.Event{
		{Step: evidence.StepConnect, End: evidence.Seconds(time.Second), Failure: &evidence.Failure{Kind: kind}}}}
}

// Mute is a session that was connected and heard nothing for five minutes.
func Mute(address string) evidence.Session {
	return evidence.Session{Address: address, Events: []evidence.Event{{Step: evidence.StepConnect}, {Step: evidence.StepGreeting,
		End: evidence.Seconds(5 * time.Minute), Failure: &evidence.Failure{Kind: evidence.Timeout, Waited: evidence.Seconds(5 * time.Minute)}}}}
}

// GreetsAt is a session with one line for a greeting.
func GreetsAt(address string, code int) evidence.Session {
	return evidence.Session{Address: address, Events: []evidence.Event{{Step: evidence.StepConnect, End: evidence.Seconds(time.Second)},
		{Step: evidence.StepGreeting, Start: evidence.Seconds(time.Second), End: evidence.Seconds(2 * time.Second), Reply: &evidence.Reply{Code: code, Complete: true, Lines: []evidence.Line{{Text: "220 x"}}}}}}
}

// Control makes a session one with a control.
func Control(s evidence.Session) evidence.Session { s.Control = true; return s }

// Near makes a session one within the network of this machine.
func Near(s evidence.Session) evidence.Session { s.SameNetwork = true; return s }
