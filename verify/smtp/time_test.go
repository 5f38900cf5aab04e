package smtp

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/transcript"
)

// Where the time of a session went.
func TestKindOfDelay(t *testing.T) {
	tests := []struct {
		name string
		talk *scene.Talk
		want string
	}{
		{"quick all over", scene.Whole(scene.Quick, scene.Quick, scene.Quick, scene.Quick), "none"},
		{"a late greeting", scene.Whole(scene.Slow, scene.Quick, scene.Quick, scene.Quick), "greeting"},
		{"a late reply to EHLO", scene.Whole(scene.Quick, scene.Slow, scene.Quick, scene.Quick), "ehlo"},
		{"a late reply to RCPT", scene.Whole(scene.Quick, scene.Quick, scene.Quick, scene.Slow), "rcpt"},
		{"a late reply to MAIL has no name of its own", scene.Whole(scene.Quick, scene.Quick, scene.Slow, scene.Quick), "mixed"},
		{"slow all over", scene.Whole(scene.Slow, scene.Slow, scene.Slow, scene.Slow), "every_step"},
		{"two of four", scene.Whole(scene.Slow, scene.Slow, scene.Quick, scene.Quick), "mixed"},
		{"three of four", scene.Whole(scene.Quick, scene.Slow, scene.Slow, scene.Slow), "mixed"},
		{"both steps that were asked", scene.Greets(scene.Slow).Says(evidence.StepEHLO, scene.Slow, "250 mail.example.com"), "every_step"},
		{"two seconds are slow", scene.Whole(transcript.SlowStep, scene.Quick, scene.Quick, scene.Quick), "greeting"},
		{"less is not", scene.Whole(transcript.SlowStep-time.Millisecond, scene.Quick, scene.Quick, scene.Quick), "none"},
		{"a refused RCPT is timed too", scene.Greets(scene.Quick).Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com").Says(evidence.StepMAIL, scene.Quick, "250 ok").
			Says(evidence.StepRCPT, scene.Slow, "550 no such user"), "rcpt"},
		{"no greeting", scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, scene.Slow), "unknown: no_greeting"},
		{"turned away", scene.Dial().Says(evidence.StepGreeting, scene.Slow, "554 go away"), "unknown: refused"},
		{"EHLO refused", scene.Greets(scene.Slow).Says(evidence.StepEHLO, scene.Quick, "550 no"), "unknown: refused"},
		{"not asked beyond the greeting", scene.Greets(scene.Slow), "unknown: untested"},
		{"hung up at MAIL", scene.Greets(scene.Slow).Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com").Fails(evidence.StepMAIL, evidence.EOF, scene.Quick), "unknown: connect_failed"},
	}
	for _, test := range tests {
		scene.WantAbout(t, test.name, factsOf(scene.Of(test.talk)), scene.View, facts.SMTPDelayKind, test.want)
	}
}

// Several sessions show how the wait for the greeting varies. A wait that our own limit ended is a lower bound, and so is all that
// may lie behind it.
func TestSamplesOfTheGreeting(t *testing.T) {
	silent := func(wait time.Duration) *scene.Talk {
		return scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, wait)
	}
	tests := []struct {
		name                  string
		network               evidence.WayOut
		talks                 []*scene.Talk
		count, min, mid, most string
	}{
		{"one", evidence.Open, []*scene.Talk{scene.Greets(scene.Slow)}, "1", "16 s", "16 s", "16 s"},
		{"three, the middle one is the median", evidence.Open, []*scene.Talk{scene.Greets(scene.Slow), scene.Greets(3 * time.Second), scene.Greets(time.Second)}, "3", "1 s", "3 s", "16 s"},
		{"four, the lower middle one", evidence.Open, []*scene.Talk{scene.Greets(1 * time.Second), scene.Greets(4 * time.Second), scene.Greets(3 * time.Second), scene.Greets(2 * time.Second)},
			"4", "1 s", "2 s", "4 s"},
		{"five minutes apart and more, on any machine", evidence.Open, []*scene.Talk{scene.Greets(5 * time.Minute), scene.Greets(time.Second), scene.Greets(2 * time.Second)},
			"3", "1 s", "2 s", "300 s"},
		{"silent once for longer than all others", evidence.Open, []*scene.Talk{scene.Greets(time.Second), silent(5 * time.Minute), scene.Greets(2 * time.Second)},
			"3", "1 s", "2 s", "at least 300 s"},
		{"silent for less than the others took", evidence.Open, []*scene.Talk{scene.Greets(scene.Slow), silent(5 * time.Second)}, "2", "at least 5 s", "at least 5 s", "at least 16 s"},
		{"silence on a closed network is no wait of the server's", evidence.Closed, []*scene.Talk{silent(time.Minute)},
			"unknown: network_closed", "unknown: network_closed", "unknown: network_closed", "unknown: network_closed"},
		{"nor beside a greeting", evidence.Closed, []*scene.Talk{scene.Greets(scene.Slow), silent(time.Minute)}, "1", "16 s", "16 s", "16 s"},
		{"turned away is not timed", evidence.Open, []*scene.Talk{scene.Greets(scene.Slow), scene.Dial().Says(evidence.StepGreeting, scene.Quick, "554 go away")}, "1", "16 s", "16 s", "16 s"},
		{"no connection is not timed", evidence.Open, []*scene.Talk{scene.Greets(scene.Slow), scene.NoConnection(evidence.Timeout)}, "1", "16 s", "16 s", "16 s"},
		{"hung up before the greeting", evidence.Open, []*scene.Talk{scene.Dial().Fails(evidence.StepGreeting, evidence.EOF, scene.Slow)},
			"unknown: no_greeting", "unknown: no_greeting", "unknown: no_greeting", "unknown: no_greeting"},
	}
	for _, test := range tests {
		b := scene.Of(test.talks...)
		b.Vantage.SMTPOut = test.network
		set := factsOf(b)
		for name, want := range map[facts.Name]string{facts.SMTPSamplesCount: test.count, facts.SMTPSamplesGreetingMin: test.min,
			facts.SMTPSamplesGreetingMed: test.mid, facts.SMTPSamplesGreetingMax: test.most} {
			scene.WantAbout(t, test.name, set, scene.View, name, want)
		}
	}
}

// The times of several sessions are put into order, also where they lie further apart than a machine of 32 bits counts in
// nanoseconds.
func TestSamplesOfFarApartTimes(t *testing.T) {
	b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain",
		Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}}}
	for i, late := range []time.Duration{4 * time.Second, 250 * time.Second, time.Second, 100 * time.Second, 7 * time.Second} {
		at := evidence.Seconds(late)
		b.Sessions = append(b.Sessions, evidence.Session{Host: "mail.example.com", Address: "203.0.113.25", Attempt: i + 1, StartedAt: scene.SeenAt.Add(time.Duration(i) * time.Hour),
			Events: []evidence.Event{{Step: evidence.StepConnect}, {Step: evidence.StepGreeting, End: at, Reply: &evidence.Reply{Code: 220, Complete: true,
				Lines: []evidence.Line{{Text: "220 mail.example.com", At: at}}, FirstByte: at, LastByte: at}}}})
	}
	set := factsOf(b)
	for name, want := range map[facts.Name]time.Duration{facts.SMTPSamplesGreetingMin: time.Second, facts.SMTPSamplesGreetingMed: 7 * time.Second,
		facts.SMTPSamplesGreetingMax: 250 * time.Second} {
		if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Value.Duration() != want {
			t.Errorf("%s is %v, want %v (%v)", name, f.Value, want, f.Why)
		}
	}
}

// A server that makes only newcomers wait is known from two greeted sessions on.
func TestDelayAtFirstContact(t *testing.T) {
	tests := []struct {
		name  string
		talks []*scene.Talk
		want  string
	}{
		{"then greeted at once", []*scene.Talk{scene.Greets(scene.Slow), scene.Greets(scene.Quick)}, "yes"},
		{"then always greeted at once", []*scene.Talk{scene.Greets(scene.Slow), scene.Greets(scene.Quick), scene.Greets(scene.Quick)}, "yes"},
		{"late each time", []*scene.Talk{scene.Greets(scene.Slow), scene.Greets(scene.Slow)}, "no"},
		{"late again", []*scene.Talk{scene.Greets(scene.Slow), scene.Greets(scene.Quick), scene.Greets(scene.Slow)}, "no"},
		{"late only later", []*scene.Talk{scene.Greets(scene.Quick), scene.Greets(scene.Slow)}, "no"},
		{"never late", []*scene.Talk{scene.Greets(scene.Quick), scene.Greets(scene.Quick)}, "no"},
		{"two seconds are late", []*scene.Talk{scene.Greets(transcript.SlowStep), scene.Greets(transcript.SlowStep - time.Millisecond)}, "yes"},
		{"one session tells nothing", []*scene.Talk{scene.Greets(scene.Slow)}, "unknown: untested"},
		{"nor do two of three", []*scene.Talk{scene.Greets(scene.Slow), scene.Greets(scene.Quick), scene.Dial().Says(evidence.StepGreeting, scene.Quick, "421 later")}, "unknown: untested"},
		{"no greeting", []*scene.Talk{scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, scene.Slow), scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, scene.Slow)},
			"unknown: no_greeting"},
	}
	for _, test := range tests {
		scene.WantAbout(t, test.name, factsOf(scene.Of(test.talks...)), scene.View, facts.SMTPDelayFirstContact, test.want)
	}
}

// A trap drips its replies to clients that it distrusts and offers them no encryption. What it shows is not shown to everybody.
func TestDrippingServers(t *testing.T) {
	drop := func(lines ...string) *scene.Talk {
		return scene.Greets(scene.Quick).Drips(evidence.StepEHLO, scene.Slow, lines...)
	}
	pause := scene.Greets(scene.Quick).Says(evidence.StepEHLO, scene.Slow, "250-mail.example.com", "250 SIZE 100")
	pause.Last().Reply.Lines[0].At, pause.Last().Reply.FirstByte = pause.Last().Start, pause.Last().Start
	torn := drop("250-mail.example.com")
	torn.Last().Reply.Complete, torn.Last().Failure = false, &evidence.Failure{Kind: evidence.EOF}
	dead := []*scene.Talk{scene.NoConnection(evidence.Refused), scene.NoConnection(evidence.Refused)}
	tests := []struct {
		name                    string
		talks                   []*scene.Talk
		drip, tarpit, everybody string
	}{
		{"quick replies", []*scene.Talk{scene.Greets(scene.Quick).Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com")}, "no", "no", "yes"},
		{"a late reply is not one that drips", []*scene.Talk{scene.Greets(scene.Slow).Says(evidence.StepEHLO, scene.Slow, "250 mail.example.com")}, "no", "no", "yes"},
		{"nor is a pause between two lines", []*scene.Talk{pause}, "no", "no", "yes"},
		{"a trap", []*scene.Talk{drop("250 mail.example.com")}, "yes", "yes", "unknown: refused"},
		{"one that drips and offers encryption is no trap", []*scene.Talk{drop("250-mail.example.com", "250 STARTTLS")}, "yes", "no", "yes"},
		{"a greeting that drips, two seconds are enough", []*scene.Talk{scene.Dial().Drips(evidence.StepGreeting, transcript.SlowStep, "220 mail.example.com").
			Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com")}, "yes", "yes", "unknown: refused"},
		{"it drips in one of two sessions", []*scene.Talk{scene.Whole(scene.Quick, scene.Quick, scene.Quick, scene.Quick), drop("250 mail.example.com")}, "yes", "yes", "unknown: refused"},
		{"and in the first of two", []*scene.Talk{drop("250 mail.example.com"), scene.Greets(scene.Quick)}, "yes", "yes", "unknown: refused"},
		{"what it offers is not known after a refused EHLO", []*scene.Talk{drop("550 no")}, "yes", "unknown: refused", "unknown: refused"},
		{"nor where it broke off before all of it came", []*scene.Talk{torn}, "yes", "unknown: connect_failed", "unknown: refused"},
		{"nor after a broken one", []*scene.Talk{scene.Dial().Drips(evidence.StepGreeting, scene.Slow, "220 mail.example.com").Fails(evidence.StepEHLO, evidence.EOF, scene.Quick)},
			"yes", "unknown: connect_failed", "unknown: refused"},
		{"a trap stays one", []*scene.Talk{drop("250 mail.example.com"), drop("550 no")}, "yes", "yes", "unknown: refused"},
		{"no greeting", []*scene.Talk{scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, scene.Slow)}, "unknown: no_greeting", "unknown: no_greeting", "yes"},
		{"refused connections are everybody's", dead, "unknown: connect_failed", "unknown: connect_failed", "yes"},
		{"one refused connection is nobody's yet", dead[:1], "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
	}
	for _, test := range tests {
		set := factsOf(scene.Of(test.talks...))
		scene.WantAbout(t, test.name, set, scene.View, facts.SMTPDrip, test.drip)
		scene.WantAbout(t, test.name, set, scene.View, facts.SMTPTarpit, test.tarpit)
		scene.WantAbout(t, test.name, set, scene.View, facts.SMTPDelayEverybody, test.everybody)
	}
}

// A server hangs up if it does so at the same step in two sessions and in none otherwise (RFC 5321 section 3.8 allows it only with 421).
func TestServersThatHangUp(t *testing.T) {
	ehlo := func(lines ...string) *scene.Talk {
		return scene.Greets(scene.Quick).Says(evidence.StepEHLO, scene.Quick, lines...)
	}
	plain := func() *scene.Talk { return ehlo("250 mail.example.com") }
	mail := func() *scene.Talk { return plain().Says(evidence.StepMAIL, scene.Quick, "250 ok") }
	fine := func() *scene.Talk { return scene.Whole(scene.Quick, scene.Quick, scene.Quick, scene.Quick) }
	at := func(s func() *scene.Talk, step evidence.Step, how evidence.FailureKind) []*scene.Talk {
		return []*scene.Talk{s().Fails(step, how, scene.Quick), s().Fails(step, how, scene.Quick)}
	}
	offers := func() *scene.Talk { return ehlo("250-mail.example.com", "250 STARTTLS") }
	tests := []struct {
		name   string
		talks  []*scene.Talk
		hangup string
		step   string
	}{
		{"at EHLO", at(func() *scene.Talk { return scene.Greets(scene.Quick) }, evidence.StepEHLO, evidence.EOF), "yes", "EHLO"},
		{"at MAIL, with a reset", at(plain, evidence.StepMAIL, evidence.Reset), "yes", "MAIL"},
		{"at RCPT", at(mail, evidence.StepRCPT, evidence.EOF), "yes", "RCPT"},
		{"at a STARTTLS that it offers", at(offers, evidence.StepSTARTTLS, evidence.EOF), "yes", "STARTTLS"},
		{"at a STARTTLS that it does not offer", at(plain, evidence.StepSTARTTLS, evidence.EOF), "unknown: connect_failed", "unknown: connect_failed"},
		{"inside the handshake", at(func() *scene.Talk { return offers().Says(evidence.StepSTARTTLS, scene.Quick, "220 go") }, evidence.StepHandshake, evidence.EOF),
			"unknown: connect_failed", "unknown: connect_failed"},
		{"once", at(plain, evidence.StepMAIL, evidence.EOF)[:1], "unknown: connect_failed", "unknown: connect_failed"},
		{"at another step each time", []*scene.Talk{plain().Fails(evidence.StepMAIL, evidence.EOF, scene.Quick), mail().Fails(evidence.StepRCPT, evidence.EOF, scene.Quick)},
			"unknown: disagreement", "unknown: disagreement"},
		{"in one of two sessions", []*scene.Talk{plain().Fails(evidence.StepMAIL, evidence.EOF, scene.Quick), fine()}, "unknown: disagreement", "unknown: disagreement"},
		{"in two of three", append(at(plain, evidence.StepMAIL, evidence.EOF), fine()), "unknown: disagreement", "unknown: disagreement"},
		{"never", []*scene.Talk{fine(), fine()}, "no", "unknown: untested"},
		{"a refused recipient is an ordinary end", []*scene.Talk{mail().Says(evidence.StepRCPT, scene.Quick, "550 no such user").Says(evidence.StepQUIT, scene.Quick, "221 bye")},
			"no", "unknown: untested"},
		{"what is asked beside may be refused", []*scene.Talk{plain().Says(evidence.StepMAIL, scene.Quick, "550 no").About("relay").Says(evidence.StepRCPT, scene.Quick, "550 no").About("relay").Says(evidence.StepMAIL, scene.Quick, "250 ok").
			Says(evidence.StepRCPT, scene.Quick, "250 ok").Says(evidence.StepQUIT, scene.Quick, "221 bye")}, "no", "unknown: untested"},
		{"a hang-up that we provoked", []*scene.Talk{plain().Fails(evidence.StepRCPT, evidence.EOF, scene.Quick).About("relay"), plain().Fails(evidence.StepRCPT, evidence.EOF, scene.Quick).About("relay")},
			"unknown: connect_failed", "unknown: connect_failed"},
		{"no QUIT", []*scene.Talk{mail().Says(evidence.StepRCPT, scene.Quick, "250 ok")}, "unknown: interrupted", "unknown: interrupted"},
		{"not asked to the end", []*scene.Talk{plain().Says(evidence.StepQUIT, scene.Quick, "221 bye")}, "unknown: untested", "unknown: untested"},
		{"silence is no hang-up", at(plain, evidence.StepMAIL, evidence.Timeout), "unknown: connect_failed", "unknown: connect_failed"},
		{"421 to what is asked beside", []*scene.Talk{mail().Says(evidence.StepRCPT, scene.Quick, "421 too many").About("relay").Says(evidence.StepRCPT, scene.Quick, "250 ok").
			Says(evidence.StepQUIT, scene.Quick, "221 bye")}, "unknown: refused", "unknown: refused"},
		{"421 says that it ends", []*scene.Talk{mail().Says(evidence.StepRCPT, scene.Quick, "421 too many")}, "unknown: refused", "unknown: refused"},
		{"MAIL put off", []*scene.Talk{plain().Says(evidence.StepMAIL, scene.Quick, "450 later").Says(evidence.StepQUIT, scene.Quick, "221 bye")}, "unknown: refused", "unknown: refused"},
		{"no greeting", []*scene.Talk{scene.Dial().Fails(evidence.StepGreeting, evidence.EOF, scene.Quick)}, "unknown: no_greeting", "unknown: no_greeting"},
	}
	for _, test := range tests {
		set := factsOf(scene.Of(test.talks...))
		scene.WantAbout(t, test.name, set, scene.View, facts.SMTPHangup, test.hangup)
		scene.WantAbout(t, test.name, set, scene.View, facts.SMTPHangupStep, test.step)
		f, _ := set.Get(facts.SMTPHangup, scene.View)
		if seen := map[string]string{"yes": strings.ToLower(test.step), "no": "quit"}[test.hangup]; f.Known() && (f.At.IsZero() || !strings.HasSuffix(f.Evidence, ", "+seen)) {
			t.Errorf("%s: seen at %v in %q", test.name, f.At, f.Evidence)
		}
	}
}

// Where something answers for every address nothing that a session showed is the server's, and what was asked of the DNS stays.
func TestSomethingAnswersForEverybody(t *testing.T) {
	b := scene.Of(scene.Whole(scene.Slow, scene.Quick, scene.Quick, scene.Quick))
	b.Vantage.Intercepted = true
	set := factsOf(b)
	for _, name := range []facts.Name{facts.SMTPConnectOK, facts.SMTPGreetingReceived, facts.SMTPGreetingLatency, facts.SMTPSTARTTLSMissing, facts.SMTPDelayKind,
		facts.SMTPSamplesCount, facts.SMTPHangup, facts.SMTPNolisting, facts.SMTPRelayAccepted, facts.SMTPCertificateTrusted} {
		scene.WantAbout(t, "intercepted", set, scene.View, name, "unknown: intercepted")
	}
	scene.WantAbout(t, "intercepted", set, scene.View, facts.SMTPPort, "25")
	scene.WantAbout(t, "intercepted", set, facts.Subject{Kind: facts.Target, Name: scene.Domain}, facts.SMTPHostsGreeting, "unknown: intercepted")
}

// The times of an address are those of its slowest session: what is fast only sometimes is not fast.
func TestTheSlowestSessionCounts(t *testing.T) {
	first := scene.Dialled(4*time.Second).Says(evidence.StepGreeting, 3*time.Second, "220 mail.example.com").Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com")
	set := factsOf(scene.Of(scene.Dialled(scene.Quick), first, scene.Dialled(time.Second).Says(evidence.StepGreeting, scene.Quick, "220 mail.example.com")))
	scene.WantAbout(t, "three connections", set, scene.View, facts.SMTPConnectLatency, "4 s")
	scene.WantAbout(t, "two greetings", set, scene.View, facts.SMTPGreetingLatency, "3 s")
	scene.WantAbout(t, "the slowest greeting", set, scene.View, facts.SMTPDelayKind, "greeting")
}
