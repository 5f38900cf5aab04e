package derive

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/smtp"
)

const tested, backup, remote = "203.0.113.21", "203.0.113.22", "203.0.113.98"

var subject = facts.SessionAt("mx1.example.com", tested)

// bundleOf is one domain with two mail hosts, after some sessions.
func bundleOf(sessions ...evidence.Session) *evidence.Bundle {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{
		{Name: "mx1.example.com", Preference: 10, Addresses: []string{tested}}, {Name: "mx2.example.com", Preference: 20, Addresses: []string{backup}}}}}}
	for i := range sessions {
		s := &sessions[i]
		s.Port = 25
		s.StartedAt = time.Date(2026, 11, 30, 1, 0, 0, 0, time.UTC).Add(s.StartedAt.Sub(time.Time{}))
		switch s.Address {
		case tested:
			s.Host = "mx1.example.com"
		case backup:
			s.Host = "mx2.example.com"
		}
	}
	b.Sessions = sessions
	b.Vantage.SMTPOut = reading.WayOut(b.Targets, b.Sessions, reading.IPv4)
	return b
}

// fails is a session that got no connection, some time after the first one.
func fails(address string, kind evidence.FailureKind, after time.Duration) evidence.Session {
	return evidence.Session{Address: address, StartedAt: time.Time{}.Add(after), Events: []evidence.Event{
		{Step: evidence.StepConnect, End: evidence.Seconds(time.Second), Failure: &evidence.Failure{Kind: kind}}}}
}

// mute is a session that was connected and heard nothing for five minutes.
func mute(address string) evidence.Session {
	return evidence.Session{Address: address, Events: []evidence.Event{{Step: evidence.StepConnect}, {Step: evidence.StepGreeting,
		End: evidence.Seconds(5 * time.Minute), Failure: &evidence.Failure{Kind: evidence.Timeout, Waited: evidence.Seconds(5 * time.Minute)}}}}
}

// says is a session with one line for a greeting.
func says(address string, code int) evidence.Session {
	return evidence.Session{Address: address, Events: []evidence.Event{{Step: evidence.StepConnect, End: evidence.Seconds(time.Second)},
		{Step: evidence.StepGreeting, Start: evidence.Seconds(time.Second), End: evidence.Seconds(2 * time.Second), Reply: &evidence.Reply{Code: code, Complete: true, Lines: []evidence.Line{{Text: "220 x"}}}}}}
}

func control(s evidence.Session) evidence.Session { s.Control = true; return s }
func near(s evidence.Session) evidence.Session    { s.SameNetwork = true; return s }

func get(t *testing.T, b *evidence.Bundle, name facts.Name, at facts.Subject) facts.Fact {
	t.Helper()
	f, _ := Facts(b).Get(name, at)
	if !f.Known() && f.Why.Code == "" {
		t.Fatalf("nobody derives %s", name)
	}
	return f
}

// Who speaks for this network, and who does not.
func TestWayOut(t *testing.T) {
	decoy := says(remote, 220)
	decoy.Decoy = true
	other := mute(remote)
	other.Events[1].Failure.Kind = evidence.EOF
	half := mute(remote)
	half.Events[1].Reply = &evidence.Reply{Code: 220, Lines: []evidence.Line{{Text: "220-x"}}}
	for name, test := range map[string]struct {
		sessions []evidence.Session
		want     evidence.WayOut
	}{
		"nobody":                              {nil, ""},
		"a control greets":                    {[]evidence.Session{control(fails("203.0.113.99", evidence.Refused, 0)), control(says(remote, 220))}, evidence.Open},
		"a control is refused":                {[]evidence.Session{control(fails(remote, evidence.Refused, 0))}, evidence.Closed},
		"a control is not routed":             {[]evidence.Session{control(fails(remote, evidence.NoRoute, 0))}, ""},
		"a control is mute":                   {[]evidence.Session{control(mute(remote))}, evidence.Closed},
		"a control hangs up":                  {[]evidence.Session{control(other)}, ""},
		"a control says half a greeting":      {[]evidence.Session{control(half)}, ""},
		"one of two controls turns us away":   {[]evidence.Session{control(fails("203.0.113.99", evidence.Refused, 0)), control(says(remote, 554))}, ""},
		"a control of this network greets":    {[]evidence.Session{near(control(says(remote, 220)))}, ""},
		"a control of this network is silent": {[]evidence.Session{near(control(fails(remote, evidence.Timeout, 0)))}, ""},
		"a private control greets":            {[]evidence.Session{control(says("10.0.0.25", 220))}, ""},
		"a control of the other family":       {[]evidence.Session{control(says("2001:db8::25", 220))}, ""},
		"a control without an address":        {[]evidence.Session{control(says("", 220))}, ""},
		"the tested server greets":            {[]evidence.Session{says(tested, 220)}, evidence.Open},
		"the tested server turns us away":     {[]evidence.Session{says(tested, 554)}, ""},
		"one of its addresses turns us away":  {[]evidence.Session{says(tested, 220), says(backup, 554)}, evidence.Open},
		"the tested server is a neighbour":    {[]evidence.Session{near(says(tested, 220))}, ""},
		"the tested server as a control":      {[]evidence.Session{control(fails(tested, evidence.Refused, 0))}, ""},
		"it greets, and controls are silent":  {[]evidence.Session{says(tested, 220), control(fails(remote, evidence.Timeout, 0))}, ""},
		"it greets, and a control hangs up":   {[]evidence.Session{says(tested, 220), control(other)}, evidence.Open},
		"somebody else's server greets":       {[]evidence.Session{says("203.0.113.77", 220)}, ""},
		"a decoy greets":                      {[]evidence.Session{decoy}, ""},
	} {
		b := bundleOf(test.sessions...)
		if got := reading.WayOut(b.Targets, b.Sessions, reading.IPv4); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// A part is judged by its own servers and the controls.
func TestPartTellsTheWayOutAgain(t *testing.T) {
	neighbour := evidence.Target{Name: "other.test", Hosts: []evidence.Host{{Name: "mx.other.test", Addresses: []string{"203.0.113.77"}}}}
	b := bundleOf(fails(tested, evidence.Refused, 0), says("203.0.113.77", 220), control(fails(remote, evidence.Refused, 0)))
	b.Targets = append(b.Targets, neighbour)
	b.Sessions[1].Host = "mx.other.test"
	b.Vantage.SMTPOut, b.Vantage.SMTPOut6 = evidence.Open, evidence.Open
	decoy := fails("192.0.2.1", evidence.Refused, 0)
	decoy.Decoy = true
	b.Sessions = append(b.Sessions, decoy)
	part := Part(*b, []string{"example.com"})
	if part.Vantage.SMTPOut != evidence.Closed || part.Vantage.SMTPOut6 != "" {
		t.Errorf("%q, %q", part.Vantage.SMTPOut, part.Vantage.SMTPOut6)
	}
	if !slices.ContainsFunc(part.Sessions, func(s evidence.Session) bool { return s.Decoy }) || len(part.Sessions) != 3 {
		t.Errorf("%d sessions, or no decoy", len(part.Sessions))
	}
}

// A connection that fails is the server's fault only where this network is known to be open, and at the second try.
func TestFailedConnections(t *testing.T) {
	open, shut := control(says(remote, 220)), control(fails(remote, evidence.Timeout, 0))
	for name, test := range map[string]struct {
		sessions []evidence.Session
		known    bool
		code     facts.Code
	}{
		"twice, open":           {[]evidence.Session{fails(tested, evidence.Refused, 0), fails(tested, evidence.Refused, 30*time.Second), open}, true, ""},
		"twice, unreachable":    {[]evidence.Session{fails(tested, evidence.Unreachable, 0), fails(tested, evidence.Timeout, 30*time.Second), open}, true, ""},
		"once, open":            {[]evidence.Session{fails(tested, evidence.Refused, 0), open}, false, facts.ConnectFailed},
		"twice, closed":         {[]evidence.Session{fails(tested, evidence.Refused, 0), fails(tested, evidence.Refused, 30*time.Second), shut}, false, facts.NetworkClosed},
		"twice, nobody tells":   {[]evidence.Session{fails(tested, evidence.Refused, 0), fails(tested, evidence.Refused, 30*time.Second)}, false, facts.ConnectFailed},
		"no route":              {[]evidence.Session{fails(tested, evidence.NoRoute, 0), fails(tested, evidence.NoRoute, 30*time.Second), open}, false, facts.ConnectFailed},
		"the proxy fails first": {[]evidence.Session{fails(tested, evidence.ProxyFailed, 0), fails(tested, evidence.Refused, 30*time.Second), fails(tested, evidence.Refused, time.Minute), open}, false, facts.ConnectFailed},
		"the proxy fails":       {[]evidence.Session{fails(tested, evidence.ProxyFailed, 0), fails(tested, evidence.ProxyFailed, 30*time.Second), open}, false, facts.ConnectFailed},
		"the run ends":          {[]evidence.Session{fails(tested, evidence.Refused, 0), fails(tested, evidence.Interrupted, 30*time.Second), open}, false, facts.ConnectFailed},
		"the run ends, closed":  {[]evidence.Session{fails(tested, evidence.Interrupted, 0), shut}, false, facts.Interrupted},
		"no route, closed":      {[]evidence.Session{fails(tested, evidence.NoRoute, 0), shut}, false, facts.ConnectFailed},
		"private, nobody tells": {[]evidence.Session{fails(tested, evidence.Private, 0)}, false, facts.Private},
	} {
		b := bundleOf(test.sessions...)
		for _, fact := range []facts.Name{facts.SMTPConnectOK, facts.SMTPConnectLatency, facts.SMTPGreetingReceived, facts.SMTPGreetingLatency} {
			f := get(t, b, fact, subject)
			switch {
			case fact == facts.SMTPConnectOK && test.known && (!f.Known() || f.Value.Bool()):
				t.Errorf("%s: %+v", name, f)
			case (fact != facts.SMTPConnectOK || !test.known) && (f.Known() || test.code != "" && f.Why.Code != test.code):
				t.Errorf("%s: %s is %+v, want unknown %s", name, fact, f, test.code)
			}
		}
		if why := get(t, b, facts.SMTPGreetingReceived, subject).Why.Detail; strings.Contains(why, "no control") != (name == "twice, nobody tells") {
			t.Errorf("%s: %s", name, why)
		}
		if f := get(t, b, facts.SMTPNetworkOpen, subject); f.Value.Bool() != slices.ContainsFunc(test.sessions, func(s evidence.Session) bool { return s.Control && s.Events[0].Failure == nil }) {
			t.Errorf("%s: the network is open: %v", name, f.Value)
		}
	}
}

// A control is a session with somebody else, even where it is the tested server.
func TestControlIsNoSessionOfTheTarget(t *testing.T) {
	b := bundleOf(fails(tested, evidence.Refused, 0), fails(tested, evidence.Refused, time.Minute), control(says(tested, 220)), control(says(remote, 220)))
	if f := get(t, b, facts.SMTPGreetingReceived, subject); f.Known() {
		t.Errorf("%+v", f)
	}
}

// Without a route of a family nothing is known of its servers.
func TestNoRoute(t *testing.T) {
	if f := get(t, bundleOf(fails(tested, evidence.NoRoute, 0)), facts.SMTPRouteOK, subject); f.Known() {
		t.Errorf("%+v", f)
	}
	if f := get(t, bundleOf(fails(tested, evidence.Refused, 0)), facts.SMTPRouteOK, subject); !f.Value.Bool() {
		t.Errorf("%+v", f)
	}
}

// The tries that failed are counted, and the time between the first and the last of them.
func TestTriesAndTheirTime(t *testing.T) {
	b := bundleOf(fails(tested, evidence.Refused, 5*time.Second), fails(tested, evidence.Timeout, 35*time.Second), fails(tested, evidence.Interrupted, time.Hour),
		fails(tested, evidence.Refused, 10*time.Minute+6*time.Second), fails(backup, evidence.Refused, 2*time.Hour), control(says(remote, 220)))
	if n, d := get(t, b, facts.SMTPConnectFailures, subject), get(t, b, facts.SMTPConnectFailedFor, subject); n.Value.Int() != 3 || d.Value.Duration() != 10*time.Minute+time.Second {
		t.Errorf("%v failures over %v", n.Value, d.Value)
	}
	b = bundleOf(fails(tested, evidence.Refused, 0), says(tested, 220))
	if n, d, ok := get(t, b, facts.SMTPConnectFailures, subject), get(t, b, facts.SMTPConnectFailedFor, subject), get(t, b, facts.SMTPConnectOK, subject); n.Value.Int() != 1 || d.Value.Duration() != 0 || !ok.Value.Bool() {
		t.Errorf("%v failures over %v, then %v", n.Value, d.Value, ok)
	}
}

// The slowest of several connections counts.
func TestSlowestConnection(t *testing.T) {
	quick, slow := says(tested, 220), says(tested, 220)
	slow.Events[0].End = evidence.Seconds(9 * time.Second)
	vain := fails(tested, evidence.Timeout, 0)
	vain.Events[0].End = evidence.Seconds(30 * time.Second) // no connection, so no time of one
	for _, order := range [][]evidence.Session{{quick, slow, quick}, {slow, quick}, {quick, slow, vain}} {
		if f := get(t, bundleOf(order...), facts.SMTPConnectLatency, subject); f.Value.Duration() != 9*time.Second {
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
		"a control greets":      {bundleOf(mute(tested), control(says(remote, 220))), ""},
		"the other host greets": {bundleOf(mute(tested), says(backup, 220)), ""},
		"all are mute":          {bundleOf(mute(tested), control(mute(remote))), facts.NetworkClosed},
		"nobody else was asked": {bundleOf(mute(tested)), facts.ConnectFailed},
		"a neighbour greets":    {bundleOf(mute(tested), near(says(backup, 220))), facts.ConnectFailed},
	} {
		for _, name2 := range []facts.Name{facts.SMTPGreetingLatency, facts.SMTPSamplesGreetingMin, facts.SMTPSamplesGreetingMax} {
			f := get(t, test.b, name2, subject)
			if bound := f.Known() && f.AtLeast && f.Value.Duration() == 5*time.Minute; bound != (test.code == "") || !bound && f.Why.Code != test.code {
				t.Errorf("%s: %s is %+v, want unknown %q", name, name2, f, test.code)
			}
		}
		if f := get(t, test.b, facts.SMTPGreetingReceived, subject); f.Known() || test.code != "" && f.Why.Code != test.code || test.code == "" && f.Why.Code != facts.NoGreeting {
			t.Errorf("%s: greeting %+v", name, f)
		}
	}
	// On other ports nobody swallows.
	b := bundleOf(mute(tested))
	b.Sessions[0].Port = 2525
	if f := get(t, b, facts.SMTPGreetingLatency, subject); !f.AtLeast {
		t.Errorf("port 2525: %+v", f)
	}
	// What hangs up or begins a greeting is no network that is silent.
	hungUp, begun := mute(tested), mute(tested)
	hungUp.Events[1].Failure.Kind = evidence.EOF
	begun.Events[1].Reply = &evidence.Reply{Code: 220, Lines: []evidence.Line{{Text: "220-x"}}}
	if f := get(t, bundleOf(hungUp), facts.SMTPGreetingReceived, subject); f.Why.Code != facts.NoGreeting {
		t.Errorf("hung up: %+v", f)
	}
	if f := get(t, bundleOf(begun), facts.SMTPGreetingLatency, subject); !f.AtLeast {
		t.Errorf("a greeting that began: %+v", f)
	}
}

// Where something answers for everybody, nothing that sessions showed is left.
func TestInterceptedBundle(t *testing.T) {
	b := bundleOf(says(tested, 220), fails(backup, evidence.Refused, 0), fails(backup, evidence.Refused, time.Minute), control(says(remote, 220)))
	b.Vantage.Intercepted = true
	for _, at := range []facts.Subject{subject, facts.SessionAt("mx2.example.com", backup)} {
		for _, def := range facts.Definitions() {
			if f, _ := Facts(b).Get(def.Name, at); smtp.OverSMTP(def) && !slices.Contains([]facts.Name{facts.SMTPPort, facts.SMTPNolisting, facts.DANEMatches}, def.Name) && (f.Known() || f.Why.Code != facts.Intercepted) {
				t.Errorf("%s at %v is %+v", def.Name, at, f)
			}
		}
		if f := get(t, b, facts.SMTPNolisting, at); f.Known() && f.Value.Bool() {
			t.Errorf("nolisting at %v: %+v", at, f)
		}
	}
	if f := get(t, b, facts.SMTPHostsGreeting, facts.Subject{Kind: facts.Target, Name: "example.com"}); f.Known() || f.Why.Code != facts.Intercepted {
		t.Errorf("%+v", f)
	}
}

// The first host refuses on purpose only if all of its addresses refuse and all of them are known.
func TestNolistingOfWhatIsKnown(t *testing.T) {
	refusals := []evidence.Session{fails(tested, evidence.Refused, 0), fails(tested, evidence.Refused, time.Minute), says(backup, 220)}
	nolisting := func(b *evidence.Bundle) facts.Fact { return get(t, b, facts.SMTPNolisting, subject) }
	if f := nolisting(bundleOf(refusals...)); !f.Known() || !f.Value.Bool() {
		t.Errorf("refused twice, the next greets: %+v", f)
	}
	b := bundleOf(refusals...)
	b.Targets[0].Hosts[0].Trouble = &evidence.Failure{Kind: evidence.ServFail}
	if f := nolisting(b); f.Known() {
		t.Errorf("after a failed look-up of its other addresses: %+v", f)
	}
	b = bundleOf(refusals...)
	b.Targets[0].Hosts[0].Addresses = append(b.Targets[0].Hosts[0].Addresses, "203.0.113.23")
	if f := nolisting(b); f.Known() {
		t.Errorf("one of its addresses was not tested: %+v", f)
	}
	b = bundleOf(fails(tested, evidence.Refused, 0), fails(tested, evidence.Timeout, time.Minute), says(backup, 220))
	if f := nolisting(b); !f.Known() || f.Value.Bool() {
		t.Errorf("silent the second time: %+v", f)
	}
	b = bundleOf(refusals[:2]...)
	b.Sessions = append(b.Sessions, control(says(remote, 220)))
	b.Vantage.SMTPOut = evidence.Open
	if f := nolisting(b); !f.Known() || f.Value.Bool() {
		t.Errorf("nobody else greets: %+v", f)
	}
	if f := nolisting(bundleOf(refusals[0], refusals[2])); f.Known() {
		t.Errorf("refused once: %+v", f)
	}
}

// Servers that were not reached, on the port that networks close.
func TestUnreached(t *testing.T) {
	other := mute(tested)
	for name, test := range map[string]struct {
		sessions []evidence.Session
		v4       bool
	}{
		"greets": {[]evidence.Session{says(tested, 220)}, false}, "mute": {[]evidence.Session{other}, true},
		"refused": {[]evidence.Session{fails(tested, evidence.Refused, 0)}, true}, "a control": {[]evidence.Session{control(mute(remote))}, false},
		"no route": {[]evidence.Session{fails(tested, evidence.NoRoute, 0)}, false}, "IPv6": {[]evidence.Session{fails("2001:db8::25", evidence.Refused, 0)}, false},
	} {
		b := bundleOf(test.sessions...)
		if reading.Unreached(b, reading.IPv4) != test.v4 || reading.Unreached(b, reading.IPv6) != (name == "IPv6") {
			t.Errorf("%s: %v, %v", name, reading.Unreached(b, reading.IPv4), reading.Unreached(b, reading.IPv6))
		}
		b.Sessions[0].Port = 587
		if reading.Unreached(b, reading.IPv4) || reading.Unreached(b, reading.IPv6) {
			t.Errorf("%s on another port", name)
		}
	}
}
