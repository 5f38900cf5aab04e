package smtp_test

import (
	"net/netip"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtp"
	"mxverdict/verify/transcript"
)

// Who turns us away for the moment, breaks off or seems to lack what it offers is asked a second time, and who is to be timed more often
// until that is done. Distances count from the beginning of the session before, and greylisting from its end.
func TestWhatFollowsASession(t *testing.T) {
	const none = time.Duration(-1)
	quit := step(evidence.StepQUIT, "221 bye")
	whole := with("mx1.example.net", "7", connected, greeting, offers, quit)
	busy := with("mx1.example.net", "7", connected, step(evidence.StepGreeting, "421 busy"))
	silent := with("mx1.example.net", "7", connected, step(evidence.StepGreeting, string(evidence.Timeout)))
	broken := with("mx1.example.net", "7", connected, greeting, offers, step(evidence.StepSTARTTLS, "220 go"), step(evidence.StepHandshake, string(evidence.TLSFailed)))
	deferred := with("mx1.example.net", "7", connected, greeting, offersNot, about(transcript.AboutRelayFirst, step(evidence.StepRCPT, "450 4.7.1 greylisted, try again later")), quit)
	refused := with("mx1.example.net", "7", step(evidence.StepConnect, string(evidence.Refused)))
	visit := smtp.Visit{Host: "mx1.example.net", Address: netip.MustParseAddr("203.0.113.7"), Source: facts.FromSession | facts.FromTLS | facts.FromRelay}
	for name, test := range map[string]struct {
		manner    smtp.Manner
		held      []evidence.Session
		after     time.Duration // of the beginning of the last session
		bareHello bool
		relay     bool // the labelled part is asked again
	}{
		"nothing yet":                          {held: nil, after: 0, relay: true},
		"a whole session":                      {held: []evidence.Session{whole}, after: none},
		"busy":                                 {held: []evidence.Session{busy}, after: smtp.Pace, relay: true},
		"busy twice":                           {held: []evidence.Session{busy, busy}, after: none},
		"busy with us":                         {held: []evidence.Session{with("mx1.example.net", "7", connected, greeting, step(evidence.StepEHLO, "451 try later"))}, after: smtp.Pace, relay: true},
		"a question put off":                   {held: []evidence.Session{with("mx1.example.net", "7", connected, greeting, offers, about(transcript.AboutVRFYKnown, step(evidence.StepVRFY, "450 not now")), quit)}, after: none},
		"a question, and busy":                 {held: []evidence.Session{with("mx1.example.net", "7", connected, greeting, offers, about(transcript.AboutVRFYKnown, step(evidence.StepVRFY, "421 busy")))}, after: smtp.Pace, relay: true},
		"replies out of step":                  {held: []evidence.Session{with("mx1.example.net", "7", connected, greeting, step(evidence.StepEHLO, string(evidence.OutOfStep)))}, after: smtp.Pace, relay: true},
		"silent for as long as we wait":        {held: []evidence.Session{silent}, after: none},
		"a handshake that may be ours":         {held: []evidence.Session{broken}, after: smtp.Pace, bareHello: true, relay: true},
		"no connection":                        {held: []evidence.Session{refused}, after: none}, // see Retry
		"greylisting, not waited for":          {held: []evidence.Session{deferred}, after: none},
		"greylisting":                          {manner: smtp.Manner{GreylistWait: 6 * time.Minute}, held: []evidence.Session{deferred}, after: 6*time.Minute + time.Second, relay: true},
		"greylisting, shorter than the pace":   {manner: smtp.Manner{GreylistWait: time.Second}, held: []evidence.Session{deferred}, after: smtp.Pace, relay: true},
		"greylisting that does not end":        {manner: smtp.Manner{GreylistWait: 6 * time.Minute}, held: []evidence.Session{deferred, deferred}, after: none},
		"samples":                              {manner: smtp.Manner{Samples: 3}, held: []evidence.Session{whole}, after: smtp.Pace},
		"samples, far apart":                   {manner: smtp.Manner{Samples: 3, Every: time.Hour}, held: []evidence.Session{whole, whole}, after: time.Hour},
		"samples enough":                       {manner: smtp.Manner{Samples: 3}, held: []evidence.Session{whole, whole, whole}, after: none},
		"no samples of who does not greet":     {manner: smtp.Manner{Samples: 3}, held: []evidence.Session{silent}, after: none},
		"samples after a handshake that broke": {manner: smtp.Manner{Samples: 3}, held: []evidence.Session{broken, broken}, after: smtp.Pace},
	} {
		next, ok := test.manner.Again(visit, test.held)
		switch {
		case ok != (test.after != none):
			t.Errorf("%s: a further session: %v", name, ok)
		case !ok:
		case len(test.held) == 0 && !next.NotBefore.IsZero(), len(test.held) > 0 && next.NotBefore.Sub(began) != test.after:
			t.Errorf("%s: not before %v, want %v after the one before", name, next.NotBefore.Sub(began), test.after)
		case next.BareHello != test.bareHello, next.Has(facts.FromRelay) != test.relay:
			t.Errorf("%s: bare hello %v, labelled part %v", name, next.BareHello, next.Has(facts.FromRelay))
		}
	}
}

// A failed connection is tried again, before it counts against the server, where this network is known to let such connections out.
func TestRetryOfConnections(t *testing.T) {
	refused := with("mx1.example.net", "7", step(evidence.StepConnect, string(evidence.Refused)))
	second := refused
	second.StartedAt = began.Add(40 * time.Second)
	third := refused
	third.StartedAt = began.Add(11 * time.Minute)
	greets := control(with("mx.example.org", "99", connected, greeting))
	neighbour := greets
	neighbour.SameNetwork = true
	targets := []evidence.Target{domain("example.com", "7", "8"), domain("example.org", "9")}
	for name, test := range map[string]struct {
		insist   bool
		sessions []evidence.Session
		after    time.Duration // of the first session; 0 for none
	}{
		"a control greets":              {sessions: []evidence.Session{refused, greets}, after: 30 * time.Second},
		"a control in our own network":  {sessions: []evidence.Session{refused, neighbour}},
		"another server of the target":  {sessions: []evidence.Session{refused, with("mx2.example.net", "8", connected, greeting)}, after: 30 * time.Second},
		"a server of another target":    {sessions: []evidence.Session{refused, with("mx1.example.net", "9", connected, greeting)}},
		"nobody greets":                 {sessions: []evidence.Session{refused}},
		"no session at all":             {sessions: []evidence.Session{greets}},
		"tried twice":                   {sessions: []evidence.Session{refused, second, greets}},
		"tried twice, insisted":         {insist: true, sessions: []evidence.Session{refused, second, greets}, after: 10*time.Minute + 2*time.Second},
		"tried three times":             {insist: true, sessions: []evidence.Session{refused, second, third, greets}},
		"a connection was made by then": {insist: true, sessions: []evidence.Session{refused, with("mx1.example.net", "7", connected), greets}},
		"another address family does greet": {sessions: []evidence.Session{refused, control(evidence.Session{Host: "mx.example.org", Address: "2001:db8::1", Port: 25, StartedAt: began,
			Events: []evidence.Event{connected, greeting}})}},
	} {
		visit := smtp.Visit{Host: "mx1.example.net", Address: netip.MustParseAddr("203.0.113.7"), Source: facts.FromSession}
		next, ok := smtp.Manner{Insist: test.insist}.Retry(read(targets, test.sessions...), visit)
		if ok != (test.after > 0) || ok && next.NotBefore.Sub(began) != test.after {
			t.Errorf("%s: %v, %v after the first session, want %v", name, ok, next.NotBefore.Sub(began), test.after)
		}
	}
}
