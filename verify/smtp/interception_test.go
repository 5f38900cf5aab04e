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
