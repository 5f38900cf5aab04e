package smtp

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

func get(t *testing.T, b *evidence.Bundle, name facts.Name, at facts.Subject) facts.Fact {
	t.Helper()
	f, _ := factsOf(b).Get(name, at)
	if !f.Known() && f.Why.Code == "" {
		t.Fatalf("nobody derives %s", name)
	}
	return f
}

// A connection that fails is the server's fault only where this network is known to be open, and at the second try.
func TestFailedConnections(t *testing.T) {
	open, shut := scene.Control(scene.GreetsAt(scene.Elsewhere, 220)), scene.Control(scene.Unconnected(scene.Elsewhere, evidence.Timeout, 0))
	for name, test := range map[string]struct {
		sessions []evidence.Session
		known    bool
		code     facts.Code
	}{
		"twice, open":           {[]evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Refused, 30*time.Second), open}, true, ""},
		"twice, unreachable":    {[]evidence.Session{scene.Unconnected(scene.First, evidence.Unreachable, 0), scene.Unconnected(scene.First, evidence.Timeout, 30*time.Second), open}, true, ""},
		"once, open":            {[]evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0), open}, false, facts.ConnectFailed},
		"twice, closed":         {[]evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Refused, 30*time.Second), shut}, false, facts.NetworkClosed},
		"twice, nobody tells":   {[]evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Refused, 30*time.Second)}, false, facts.ConnectFailed},
		"no route":              {[]evidence.Session{scene.Unconnected(scene.First, evidence.NoRoute, 0), scene.Unconnected(scene.First, evidence.NoRoute, 30*time.Second), open}, false, facts.ConnectFailed},
		"the proxy fails first": {[]evidence.Session{scene.Unconnected(scene.First, evidence.ProxyFailed, 0), scene.Unconnected(scene.First, evidence.Refused, 30*time.Second), scene.Unconnected(scene.First, evidence.Refused, time.Minute), open}, false, facts.ConnectFailed},
		"the proxy fails":       {[]evidence.Session{scene.Unconnected(scene.First, evidence.ProxyFailed, 0), scene.Unconnected(scene.First, evidence.ProxyFailed, 30*time.Second), open}, false, facts.ConnectFailed},
		"the run ends":          {[]evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Interrupted, 30*time.Second), open}, false, facts.ConnectFailed},
		"the run ends, closed":  {[]evidence.Session{scene.Unconnected(scene.First, evidence.Interrupted, 0), shut}, false, facts.Interrupted},
		"no route, closed":      {[]evidence.Session{scene.Unconnected(scene.First, evidence.NoRoute, 0), shut}, false, facts.ConnectFailed},
		"private, nobody tells": {[]evidence.Session{scene.Unconnected(scene.First, evidence.Private, 0)}, false, facts.Private},
	} {
		b := scene.TwoHosts(test.sessions...)
		for _, fact := range []facts.Name{facts.SMTPConnectOK, facts.SMTPConnectLatency, facts.SMTPGreetingReceived, facts.SMTPGreetingLatency} {
			f := get(t, b, fact, scene.FirstView)
			switch {
			case fact == facts.SMTPConnectOK && test.known && (!f.Known() || f.Value.Bool()):
				t.Errorf("%s: %+v", name, f)
			case (fact != facts.SMTPConnectOK || !test.known) && (f.Known() || test.code != "" && f.Why.Code != test.code):
				t.Errorf("%s: %s is %+v, want unknown %s", name, fact, f, test.code)
			}
		}
		if why := get(t, b, facts.SMTPGreetingReceived, scene.FirstView).Why.Detail; strings.Contains(why, "no control") != (name == "twice, nobody tells") {
			t.Errorf("%s: %s", name, why)
		}
		if f := get(t, b, facts.SMTPNetworkOpen, scene.FirstView); f.Value.Bool() != slices.ContainsFunc(test.sessions, func(s evidence.Session) bool { return s.Control && s.Events[0].Failure == nil }) {
			t.Errorf("%s: the network is open: %v", name, f.Value)
		}
	}
}

// A control is a session with somebody else, even where it is the tested server.
func TestControlIsNoSessionOfTheTarget(t *testing.T) {
	b := scene.TwoHosts(scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Refused, time.Minute), scene.Control(scene.GreetsAt(scene.First, 220)), scene.Control(scene.GreetsAt(scene.Elsewhere, 220)))
	if f := get(t, b, facts.SMTPGreetingReceived, scene.FirstView); f.Known() {
		t.Errorf("%+v", f)
	}
}

// Without a route of a family nothing is known of its servers.
func TestNoRoute(t *testing.T) {
	if f := get(t, scene.TwoHosts(scene.Unconnected(scene.First, evidence.NoRoute, 0)), facts.SMTPRouteOK, scene.FirstView); f.Known() {
		t.Errorf("%+v", f)
	}
	if f := get(t, scene.TwoHosts(scene.Unconnected(scene.First, evidence.Refused, 0)), facts.SMTPRouteOK, scene.FirstView); !f.Value.Bool() {
		t.Errorf("%+v", f)
	}
}

// The tries that failed are counted, and the time between the first and the last of them.
func TestTriesAndTheirTime(t *testing.T) {
	b := scene.TwoHosts(scene.Unconnected(scene.First, evidence.Refused, 5*time.Second), scene.Unconnected(scene.First, evidence.Timeout, 35*time.Second), scene.Unconnected(scene.First, evidence.Interrupted, time.Hour),
		scene.Unconnected(scene.First, evidence.Refused, 10*time.Minute+6*time.Second), scene.Unconnected(scene.Second, evidence.Refused, 2*time.Hour), scene.Control(scene.GreetsAt(scene.Elsewhere, 220)))
	if n, d := get(t, b, facts.SMTPConnectFailures, scene.FirstView), get(t, b, facts.SMTPConnectFailedFor, scene.FirstView); n.Value.Int() != 3 || d.Value.Duration() != 10*time.Minute+time.Second {
		t.Errorf("%v failures over %v", n.Value, d.Value)
	}
	b = scene.TwoHosts(scene.Unconnected(scene.First, evidence.Refused, 0), scene.GreetsAt(scene.First, 220))
	if n, d, ok := get(t, b, facts.SMTPConnectFailures, scene.FirstView), get(t, b, facts.SMTPConnectFailedFor, scene.FirstView), get(t, b, facts.SMTPConnectOK, scene.FirstView); n.Value.Int() != 1 || d.Value.Duration() != 0 || !ok.Value.Bool() {
		t.Errorf("%v failures over %v, then %v", n.Value, d.Value, ok)
	}
}

// The slowest of several connections counts.
func TestSlowestConnection(t *testing.T) {
	quick, slow := scene.GreetsAt(scene.First, 220), scene.GreetsAt(scene.First, 220)
	slow.Events[0].End = evidence.Seconds(9 * time.Second)
	vain := scene.Unconnected(scene.First, evidence.Timeout, 0)
	vain.Events[0].End = evidence.Seconds(30 * time.Second) // no connection, so no time of one
	for _, order := range [][]evidence.Session{{quick, slow, quick}, {slow, quick}, {quick, slow, vain}} {
		if f := get(t, scene.TwoHosts(order...), facts.SMTPConnectLatency, scene.FirstView); f.Value.Duration() != 9*time.Second {
			t.Errorf("%+v", f)
		}
	}
}

// Silence for five minutes is a bound of the server's wait where somebody greeted from outside; a proxy that swallows what goes to
// port 25 is silent as well.
func TestSilenceBehindAProxyThatSwallows(t *testing.T) {
	for name, test := range map[string]struct {
		b    *evidence.Bundle
		code facts.Code // "" for a bound
	}{
		"a control greets":      {scene.TwoHosts(scene.Mute(scene.First), scene.Control(scene.GreetsAt(scene.Elsewhere, 220))), ""},
		"the other host greets": {scene.TwoHosts(scene.Mute(scene.First), scene.GreetsAt(scene.Second, 220)), ""},
		"all are mute":          {scene.TwoHosts(scene.Mute(scene.First), scene.Control(scene.Mute(scene.Elsewhere))), facts.NetworkClosed},
		"nobody else was asked": {scene.TwoHosts(scene.Mute(scene.First)), facts.ConnectFailed},
		"a neighbour greets":    {scene.TwoHosts(scene.Mute(scene.First), scene.Near(scene.GreetsAt(scene.Second, 220))), facts.ConnectFailed},
	} {
		for _, name2 := range []facts.Name{facts.SMTPGreetingLatency, facts.SMTPSamplesGreetingMin, facts.SMTPSamplesGreetingMax} {
			f := get(t, test.b, name2, scene.FirstView)
			if bound := f.Known() && f.AtLeast && f.Value.Duration() == 5*time.Minute; bound != (test.code == "") || !bound && f.Why.Code != test.code {
				t.Errorf("%s: %s is %+v, want unknown %q", name, name2, f, test.code)
			}
		}
		if f := get(t, test.b, facts.SMTPGreetingReceived, scene.FirstView); f.Known() || test.code != "" && f.Why.Code != test.code || test.code == "" && f.Why.Code != facts.NoGreeting {
			t.Errorf("%s: greeting %+v", name, f)
		}
	}
	// On other ports nobody swallows.
	b := scene.TwoHosts(scene.Mute(scene.First))
	b.Sessions[0].Port = 2525
	if f := get(t, b, facts.SMTPGreetingLatency, scene.FirstView); !f.AtLeast {
		t.Errorf("port 2525: %+v", f)
	}
	// What hangs up or begins a greeting is no network that is silent.
	hungUp, begun := scene.Mute(scene.First), scene.Mute(scene.First)
	hungUp.Events[1].Failure.Kind = evidence.EOF
	begun.Events[1].Reply = &evidence.Reply{Code: 220, Lines: []evidence.Line{{Text: "220-x"}}}
	if f := get(t, scene.TwoHosts(hungUp), facts.SMTPGreetingReceived, scene.FirstView); f.Why.Code != facts.NoGreeting {
		t.Errorf("hung up: %+v", f)
	}
	if f := get(t, scene.TwoHosts(begun), facts.SMTPGreetingLatency, scene.FirstView); !f.AtLeast {
		t.Errorf("a greeting that began: %+v", f)
	}
}
