package smtp

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

// Where something answers for everybody, nothing that sessions showed is left.
func TestInterceptedBundle(t *testing.T) {
	b := scene.TwoHosts(scene.GreetsAt(scene.First, 220), scene.Unconnected(scene.Second, evidence.Refused, 0), scene.Unconnected(scene.Second, evidence.Refused, time.Minute), scene.Control(scene.GreetsAt(scene.Elsewhere, 220)))
	b.Vantage.Intercepted = true
	for _, at := range []facts.Subject{scene.FirstView, facts.SessionAt("mx2.example.com", scene.Second)} {
		for _, def := range facts.Definitions() {
			if f, _ := factsOf(b).Get(def.Name, at); def.Scope == facts.Session && reading.OverSMTP(def.Name) && def.Name != facts.SMTPNolisting && (f.Known() || f.Why.Code != facts.Intercepted) {
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

// A decoy that something answered is never hidden behind what the sessions showed.
func TestInterceptedDecoy(t *testing.T) {
	b := scene.Led("domain", nil, scene.OneHost("203.0.113.25"))
	b.Vantage.Intercepted = true
	set := factsOf(b)
	for _, name := range []facts.Name{facts.SMTPGreetingReceived, facts.SMTPConnectOK, facts.SMTPGreetingText} {
		if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Known() || f.Why.Code != facts.Intercepted {
			t.Errorf("%s is %+v", name, f)
		}
	}
	if f, _ := set.Get(facts.SMTPHostsGreeting, facts.Subject{Kind: facts.Target, Name: "example.com"}); f.Known() || f.Why.Code != facts.Intercepted {
		t.Errorf("greeting addresses: %+v", f)
	}
	b = scene.Led("domain", nil, scene.OneHost("203.0.113.25"))
	b.Vantage.Invents = true
	if why := factsOf(b).WhyNoViews("example.com", facts.Session); why.Code != facts.Disagreement {
		t.Errorf("a resolver that invents: %+v", why)
	}
}

// What a control shows that a device leaves counts against a server only while no session came through without: then there is no such
// device, and the server itself lacks what it lacks. That a neighbour's words came through shows nothing of what lies beyond.
func TestRewritingThatSomeSessionDisproves(t *testing.T) {
	const control, another = "203.0.113.201", "203.0.113.202"
	plain := func() *scene.Talk {
		return scene.Greets(scene.Quick).Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com").Says(evidence.StepSTARTTLS, scene.Quick, "502 no")
	}
	broken := func() *scene.Talk {
		return scene.Offered().Says(evidence.StepSTARTTLS, scene.Quick, "220 go ahead").Fails(evidence.StepHandshake, evidence.Reset, scene.Quick)
	}
	for _, test := range []struct {
		name           string
		shows          func() *scene.Talk
		passes         *scene.Talk
		fact           facts.Name
		believed, kept string
	}{
		{"STARTTLS kept out", plain, scene.Offered(), facts.SMTPSTARTTLSMissing, "yes", "unknown: intercepted"},
		{"a handshake broken", broken, scene.Secured(scene.Trusted), facts.SMTPSTARTTLSMissing, "unknown: connect_failed", "unknown: intercepted"},
	} {
		for situation, disproof := range map[string]struct {
			change func(*evidence.Session)
			want   string
		}{
			"one control alone":             {nil, test.kept},
			"another control came through":  {func(s *evidence.Session) { s.Control = true }, test.believed},
			"another server came through":   {func(*evidence.Session) {}, test.believed},
			"a neighbour only came through": {func(s *evidence.Session) { s.SameNetwork = true }, test.kept},
		} {
			b := scene.Of(test.shows())
			scene.Meet(b, "mail.example.net", control, test.shows())
			b.Sessions[len(b.Sessions)-1].Control = true
			if disproof.change != nil {
				scene.Meet(b, "mail.example.org", another, test.passes)
				disproof.change(&b.Sessions[len(b.Sessions)-1])
			}
			scene.WantAbout(t, test.name+", "+situation, factsOf(b), scene.View, test.fact, disproof.want)
		}
	}
}
