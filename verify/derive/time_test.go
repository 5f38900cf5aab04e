package derive

import (
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtp"
)

const (
	quick = 20 * time.Millisecond
	slow  = 16 * time.Second
)

// Where the time of a session went.
func TestKindOfDelay(t *testing.T) {
	tests := []struct {
		name string
		talk *talk
		want string
	}{
		{"quick all over", whole(quick, quick, quick, quick), "none"},
		{"a late greeting", whole(slow, quick, quick, quick), "greeting"},
		{"a late reply to EHLO", whole(quick, slow, quick, quick), "ehlo"},
		{"a late reply to RCPT", whole(quick, quick, quick, slow), "rcpt"},
		{"a late reply to MAIL has no name of its own", whole(quick, quick, slow, quick), "mixed"},
		{"slow all over", whole(slow, slow, slow, slow), "every_step"},
		{"two of four", whole(slow, slow, quick, quick), "mixed"},
		{"three of four", whole(quick, slow, slow, slow), "mixed"},
		{"both steps that were asked", greets(slow).says(evidence.StepEHLO, slow, "250 mail.example.com"), "every_step"},
		{"two seconds are slow", whole(smtp.SlowStep, quick, quick, quick), "greeting"},
		{"less is not", whole(smtp.SlowStep-time.Millisecond, quick, quick, quick), "none"},
		{"a refused RCPT is timed too", greets(quick).says(evidence.StepEHLO, quick, "250 mail.example.com").says(evidence.StepMAIL, quick, "250 ok").
			says(evidence.StepRCPT, slow, "550 no such user"), "rcpt"},
		{"no greeting", dial().fails(evidence.StepGreeting, evidence.Timeout, slow), "unknown: no_greeting"},
		{"turned away", dial().says(evidence.StepGreeting, slow, "554 go away"), "unknown: refused"},
		{"EHLO refused", greets(slow).says(evidence.StepEHLO, quick, "550 no"), "unknown: refused"},
		{"not asked beyond the greeting", greets(slow), "unknown: untested"},
		{"hung up at MAIL", greets(slow).says(evidence.StepEHLO, quick, "250 mail.example.com").fails(evidence.StepMAIL, evidence.EOF, quick), "unknown: connect_failed"},
	}
	for _, test := range tests {
		wantAbout(t, test.name, Facts(scene(test.talk)), sceneView, facts.SMTPDelayKind, test.want)
	}
}

// Several sessions show how the wait for the greeting varies. A wait that our own limit ended is a lower bound, and so is all that
// may lie behind it.
func TestSamplesOfTheGreeting(t *testing.T) {
	silent := func(wait time.Duration) *talk { return dial().fails(evidence.StepGreeting, evidence.Timeout, wait) }
	tests := []struct {
		name                  string
		network               evidence.WayOut
		talks                 []*talk
		count, min, mid, most string
	}{
		{"one", evidence.Open, []*talk{greets(slow)}, "1", "16 s", "16 s", "16 s"},
		{"three, the middle one is the median", evidence.Open, []*talk{greets(slow), greets(3 * time.Second), greets(time.Second)}, "3", "1 s", "3 s", "16 s"},
		{"four, the lower middle one", evidence.Open, []*talk{greets(1 * time.Second), greets(4 * time.Second), greets(3 * time.Second), greets(2 * time.Second)},
			"4", "1 s", "2 s", "4 s"},
		{"five minutes apart and more, on any machine", evidence.Open, []*talk{greets(5 * time.Minute), greets(time.Second), greets(2 * time.Second)},
			"3", "1 s", "2 s", "300 s"},
		{"silent once for longer than all others", evidence.Open, []*talk{greets(time.Second), silent(5 * time.Minute), greets(2 * time.Second)},
			"3", "1 s", "2 s", "at least 300 s"},
		{"silent for less than the others took", evidence.Open, []*talk{greets(slow), silent(5 * time.Second)}, "2", "at least 5 s", "at least 5 s", "at least 16 s"},
		{"silence on a closed network is no wait of the server's", evidence.Closed, []*talk{silent(time.Minute)},
			"unknown: network_closed", "unknown: network_closed", "unknown: network_closed", "unknown: network_closed"},
		{"nor beside a greeting", evidence.Closed, []*talk{greets(slow), silent(time.Minute)}, "1", "16 s", "16 s", "16 s"},
		{"turned away is not timed", evidence.Open, []*talk{greets(slow), dial().says(evidence.StepGreeting, quick, "554 go away")}, "1", "16 s", "16 s", "16 s"},
		{"no connection is not timed", evidence.Open, []*talk{greets(slow), noConnection(evidence.Timeout)}, "1", "16 s", "16 s", "16 s"},
		{"hung up before the greeting", evidence.Open, []*talk{dial().fails(evidence.StepGreeting, evidence.EOF, slow)},
			"unknown: no_greeting", "unknown: no_greeting", "unknown: no_greeting", "unknown: no_greeting"},
	}
	for _, test := range tests {
		b := scene(test.talks...)
		b.Vantage.SMTPOut = test.network
		set := Facts(b)
		for name, want := range map[facts.Name]string{facts.SMTPSamplesCount: test.count, facts.SMTPSamplesGreetingMin: test.min,
			facts.SMTPSamplesGreetingMed: test.mid, facts.SMTPSamplesGreetingMax: test.most} {
			wantAbout(t, test.name, set, sceneView, name, want)
		}
	}
}

// A server that makes only newcomers wait is known from two greeted sessions on.
func TestDelayAtFirstContact(t *testing.T) {
	tests := []struct {
		name  string
		talks []*talk
		want  string
	}{
		{"then greeted at once", []*talk{greets(slow), greets(quick)}, "yes"},
		{"then always greeted at once", []*talk{greets(slow), greets(quick), greets(quick)}, "yes"},
		{"late each time", []*talk{greets(slow), greets(slow)}, "no"},
		{"late again", []*talk{greets(slow), greets(quick), greets(slow)}, "no"},
		{"late only later", []*talk{greets(quick), greets(slow)}, "no"},
		{"never late", []*talk{greets(quick), greets(quick)}, "no"},
		{"two seconds are late", []*talk{greets(smtp.SlowStep), greets(smtp.SlowStep - time.Millisecond)}, "yes"},
		{"one session tells nothing", []*talk{greets(slow)}, "unknown: untested"},
		{"nor do two of three", []*talk{greets(slow), greets(quick), dial().says(evidence.StepGreeting, quick, "421 later")}, "unknown: untested"},
		{"no greeting", []*talk{dial().fails(evidence.StepGreeting, evidence.Timeout, slow), dial().fails(evidence.StepGreeting, evidence.Timeout, slow)},
			"unknown: no_greeting"},
	}
	for _, test := range tests {
		wantAbout(t, test.name, Facts(scene(test.talks...)), sceneView, facts.SMTPDelayFirstContact, test.want)
	}
}

// A trap drips its replies to clients that it distrusts and offers them no encryption. What it shows is not shown to everybody.
func TestDrippingServers(t *testing.T) {
	drop := func(lines ...string) *talk { return greets(quick).drips(evidence.StepEHLO, slow, lines...) }
	pause := greets(quick).says(evidence.StepEHLO, slow, "250-mail.example.com", "250 SIZE 100")
	pause.last().Reply.Lines[0].At, pause.last().Reply.FirstByte = pause.last().Start, pause.last().Start
	dead := []*talk{noConnection(evidence.Refused), noConnection(evidence.Refused)}
	tests := []struct {
		name                    string
		talks                   []*talk
		drip, tarpit, everybody string
	}{
		{"quick replies", []*talk{greets(quick).says(evidence.StepEHLO, quick, "250 mail.example.com")}, "no", "no", "yes"},
		{"a late reply is not one that drips", []*talk{greets(slow).says(evidence.StepEHLO, slow, "250 mail.example.com")}, "no", "no", "yes"},
		{"nor is a pause between two lines", []*talk{pause}, "no", "no", "yes"},
		{"a trap", []*talk{drop("250 mail.example.com")}, "yes", "yes", "unknown: refused"},
		{"one that drips and offers encryption is no trap", []*talk{drop("250-mail.example.com", "250 STARTTLS")}, "yes", "no", "yes"},
		{"a greeting that drips, two seconds are enough", []*talk{dial().drips(evidence.StepGreeting, smtp.SlowStep, "220 mail.example.com").
			says(evidence.StepEHLO, quick, "250 mail.example.com")}, "yes", "yes", "unknown: refused"},
		{"it drips in one of two sessions", []*talk{whole(quick, quick, quick, quick), drop("250 mail.example.com")}, "yes", "yes", "unknown: refused"},
		{"and in the first of two", []*talk{drop("250 mail.example.com"), greets(quick)}, "yes", "yes", "unknown: refused"},
		{"what it offers is not known after a refused EHLO", []*talk{drop("550 no")}, "yes", "unknown: refused", "unknown: refused"},
		{"nor after a broken one", []*talk{dial().drips(evidence.StepGreeting, slow, "220 mail.example.com").fails(evidence.StepEHLO, evidence.EOF, quick)},
			"yes", "unknown: connect_failed", "unknown: refused"},
		{"a trap stays one", []*talk{drop("250 mail.example.com"), drop("550 no")}, "yes", "yes", "unknown: refused"},
		{"no greeting", []*talk{dial().fails(evidence.StepGreeting, evidence.Timeout, slow)}, "unknown: no_greeting", "unknown: no_greeting", "yes"},
		{"refused connections are everybody's", dead, "unknown: connect_failed", "unknown: connect_failed", "yes"},
		{"one refused connection is nobody's yet", dead[:1], "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
	}
	for _, test := range tests {
		set := Facts(scene(test.talks...))
		wantAbout(t, test.name, set, sceneView, facts.SMTPDrip, test.drip)
		wantAbout(t, test.name, set, sceneView, facts.SMTPTarpit, test.tarpit)
		wantAbout(t, test.name, set, sceneView, facts.SMTPDelayEverybody, test.everybody)
	}
}

// A server hangs up if it does so at the same step in two sessions and in none otherwise (RFC 5321 section 3.8 allows it only with 421).
func TestServersThatHangUp(t *testing.T) {
	ehlo := func(lines ...string) *talk { return greets(quick).says(evidence.StepEHLO, quick, lines...) }
	plain := func() *talk { return ehlo("250 mail.example.com") }
	mail := func() *talk { return plain().says(evidence.StepMAIL, quick, "250 ok") }
	fine := func() *talk { return whole(quick, quick, quick, quick) }
	at := func(s func() *talk, step evidence.Step, how evidence.FailureKind) []*talk {
		return []*talk{s().fails(step, how, quick), s().fails(step, how, quick)}
	}
	offers := func() *talk { return ehlo("250-mail.example.com", "250 STARTTLS") }
	tests := []struct {
		name   string
		talks  []*talk
		hangup string
		step   string
	}{
		{"at EHLO", at(func() *talk { return greets(quick) }, evidence.StepEHLO, evidence.EOF), "yes", "EHLO"},
		{"at MAIL, with a reset", at(plain, evidence.StepMAIL, evidence.Reset), "yes", "MAIL"},
		{"at RCPT", at(mail, evidence.StepRCPT, evidence.EOF), "yes", "RCPT"},
		{"at a STARTTLS that it offers", at(offers, evidence.StepSTARTTLS, evidence.EOF), "yes", "STARTTLS"},
		{"at a STARTTLS that it does not offer", at(plain, evidence.StepSTARTTLS, evidence.EOF), "unknown: connect_failed", "unknown: connect_failed"},
		{"inside the handshake", at(func() *talk { return offers().says(evidence.StepSTARTTLS, quick, "220 go") }, evidence.StepHandshake, evidence.EOF),
			"unknown: connect_failed", "unknown: connect_failed"},
		{"once", at(plain, evidence.StepMAIL, evidence.EOF)[:1], "unknown: connect_failed", "unknown: connect_failed"},
		{"at another step each time", []*talk{plain().fails(evidence.StepMAIL, evidence.EOF, quick), mail().fails(evidence.StepRCPT, evidence.EOF, quick)},
			"unknown: disagreement", "unknown: disagreement"},
		{"in one of two sessions", []*talk{plain().fails(evidence.StepMAIL, evidence.EOF, quick), fine()}, "unknown: disagreement", "unknown: disagreement"},
		{"in two of three", append(at(plain, evidence.StepMAIL, evidence.EOF), fine()), "unknown: disagreement", "unknown: disagreement"},
		{"never", []*talk{fine(), fine()}, "no", "unknown: untested"},
		{"a refused recipient is an ordinary end", []*talk{mail().says(evidence.StepRCPT, quick, "550 no such user").says(evidence.StepQUIT, quick, "221 bye")},
			"no", "unknown: untested"},
		{"what is asked beside may be refused", []*talk{plain().says(evidence.StepMAIL, quick, "550 no").about("relay").says(evidence.StepRCPT, quick, "550 no").about("relay").says(evidence.StepMAIL, quick, "250 ok").
			says(evidence.StepRCPT, quick, "250 ok").says(evidence.StepQUIT, quick, "221 bye")}, "no", "unknown: untested"},
		{"a hang-up that we provoked", []*talk{plain().fails(evidence.StepRCPT, evidence.EOF, quick).about("relay"), plain().fails(evidence.StepRCPT, evidence.EOF, quick).about("relay")},
			"unknown: connect_failed", "unknown: connect_failed"},
		{"no QUIT", []*talk{mail().says(evidence.StepRCPT, quick, "250 ok")}, "unknown: interrupted", "unknown: interrupted"},
		{"not asked to the end", []*talk{plain().says(evidence.StepQUIT, quick, "221 bye")}, "unknown: untested", "unknown: untested"},
		{"silence is no hang-up", at(plain, evidence.StepMAIL, evidence.Timeout), "unknown: connect_failed", "unknown: connect_failed"},
		{"421 to what is asked beside", []*talk{mail().says(evidence.StepRCPT, quick, "421 too many").about("relay").says(evidence.StepRCPT, quick, "250 ok").
			says(evidence.StepQUIT, quick, "221 bye")}, "unknown: refused", "unknown: refused"},
		{"421 says that it ends", []*talk{mail().says(evidence.StepRCPT, quick, "421 too many")}, "unknown: refused", "unknown: refused"},
		{"MAIL put off", []*talk{plain().says(evidence.StepMAIL, quick, "450 later").says(evidence.StepQUIT, quick, "221 bye")}, "unknown: refused", "unknown: refused"},
		{"no greeting", []*talk{dial().fails(evidence.StepGreeting, evidence.EOF, quick)}, "unknown: no_greeting", "unknown: no_greeting"},
	}
	for _, test := range tests {
		set := Facts(scene(test.talks...))
		wantAbout(t, test.name, set, sceneView, facts.SMTPHangup, test.hangup)
		wantAbout(t, test.name, set, sceneView, facts.SMTPHangupStep, test.step)
		f, _ := set.Get(facts.SMTPHangup, sceneView)
		if seen := map[string]string{"yes": strings.ToLower(test.step), "no": "quit"}[test.hangup]; f.Known() && (f.At.IsZero() || !strings.HasSuffix(f.Evidence, ", "+seen)) {
			t.Errorf("%s: seen at %v in %q", test.name, f.At, f.Evidence)
		}
	}
}

// Nolisting is a most preferred host that refuses every connection by itself, in front of one that serves.
func TestNolisting(t *testing.T) {
	first, backup := facts.SessionAt("first.example.com", "203.0.113.1"), facts.SessionAt("backup.example.com", "203.0.113.2")
	twice := func(how evidence.FailureKind) []*talk { return []*talk{noConnection(how), noConnection(how)} }
	domain := func(hosts ...evidence.Host) evidence.Target {
		return evidence.Target{Name: sceneDomain, Kind: "domain", Hosts: hosts}
	}
	firstHost := evidence.Host{Name: first.Name, Preference: 10, Addresses: []string{first.At}}
	backupHost := evidence.Host{Name: backup.Name, Preference: 20, Addresses: []string{backup.At}}
	elsewhere := evidence.Target{Name: "example.net", Kind: "domain", Hosts: []evidence.Host{firstHost}}
	also := evidence.Host{Name: "also.example.com", Preference: 10, Addresses: []string{"203.0.113.3"}}
	halfKnown := firstHost
	halfKnown.Trouble = &evidence.Failure{Kind: evidence.ServFail}
	broad := firstHost
	broad.Addresses = []string{first.At, "203.0.113.9"}
	tests := []struct {
		name            string
		targets         []evidence.Target
		atFirst, behind []*talk
		want, wantOther string
	}{
		{"refuses in front of one that greets", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Refused), []*talk{greets(quick)}, "yes", "no"},
		{"in whatever order they are listed", []evidence.Target{domain(backupHost, firstHost)}, twice(evidence.Refused), []*talk{greets(quick)}, "yes", "no"},
		{"the backup does not greet", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Refused), twice(evidence.Refused), "no", "no"},
		{"without a backup", []evidence.Target{domain(firstHost)}, twice(evidence.Refused), nil, "no", "unknown: untested"},
		{"silent instead of refusing", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Timeout), []*talk{greets(quick)}, "no", "no"},
		{"refuses and is silent", []evidence.Target{domain(firstHost, backupHost)}, []*talk{noConnection(evidence.Refused), noConnection(evidence.Timeout)},
			[]*talk{greets(quick)}, "no", "no"},
		{"greets", []evidence.Target{domain(firstHost, backupHost)}, []*talk{greets(quick)}, []*talk{greets(quick)}, "no", "no"},
		{"refused once", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Refused)[:1], []*talk{greets(quick)}, "unknown: connect_failed", "no"},
		{"two hosts are preferred alike", []evidence.Target{domain(firstHost, also, backupHost)}, twice(evidence.Refused), []*talk{greets(quick)}, "no", "no"},
		{"the host itself was asked for", []evidence.Target{{Name: first.Name, Kind: "host", Hosts: []evidence.Host{firstHost, backupHost}}},
			twice(evidence.Refused), []*talk{greets(quick)}, "no", "no"},
		{"it may have addresses that a failed look-up did not show", []evidence.Target{domain(halfKnown, backupHost)}, twice(evidence.Refused),
			[]*talk{greets(quick)}, "unknown: servfail", "no"},
		{"another address of it was not tested", []evidence.Target{domain(broad, backupHost)}, twice(evidence.Refused), []*talk{greets(quick)}, "unknown: untested", "no"},
		{"it is the only host of another domain", []evidence.Target{domain(firstHost, backupHost), elsewhere}, twice(evidence.Refused), []*talk{greets(quick)}, "no", "no"},
		{"whichever stands first", []evidence.Target{elsewhere, domain(firstHost, backupHost)}, twice(evidence.Refused), []*talk{greets(quick)}, "no", "no"},
		{"another domain leaves it open", []evidence.Target{domain(firstHost, backupHost), {Name: "example.net", Kind: "domain", Hosts: []evidence.Host{halfKnown, backupHost}}},
			twice(evidence.Refused), []*talk{greets(quick)}, "unknown: servfail", "no"},
	}
	for _, test := range tests {
		b := scene()
		b.Targets = test.targets
		meet(b, first.Name, first.At, test.atFirst...)
		meet(b, backup.Name, backup.At, test.behind...)
		set := Facts(b)
		wantAbout(t, test.name, set, first, facts.SMTPNolisting, test.want)
		wantAbout(t, test.name, set, backup, facts.SMTPNolisting, test.wantOther)
	}
	// Of two hosts that are preferred alike neither stands in front of the other, though both refuse.
	alike := scene()
	alike.Targets = []evidence.Target{domain(firstHost, also, backupHost)}
	meet(alike, first.Name, first.At, twice(evidence.Refused)...)
	meet(alike, also.Name, also.Addresses[0], twice(evidence.Refused)...)
	meet(alike, backup.Name, backup.At, greets(quick))
	for _, view := range []facts.Subject{first, facts.SessionAt(also.Name, also.Addresses[0]), backup} {
		wantAbout(t, "two hosts are preferred alike, both refuse", Facts(alike), view, facts.SMTPNolisting, "no")
	}
	// The address that was not tested is no more known than the one that refused; and one that serves makes the host no decoy.
	b := scene()
	b.Targets = []evidence.Target{domain(broad, backupHost)}
	meet(b, first.Name, first.At, twice(evidence.Refused)...)
	meet(b, first.Name, broad.Addresses[1], greets(quick))
	meet(b, backup.Name, backup.At, greets(quick))
	set := Facts(b)
	wantAbout(t, "another address of it greets", set, first, facts.SMTPNolisting, "no")
	wantAbout(t, "another address of it greets", set, facts.SessionAt(first.Name, broad.Addresses[1]), facts.SMTPNolisting, "no")
}

// Where something answers for every address nothing that a session showed is the server's, and what was asked of the DNS stays.
func TestSomethingAnswersForEverybody(t *testing.T) {
	b := scene(whole(slow, quick, quick, quick))
	b.Vantage.Intercepted = true
	set := Facts(b)
	for _, name := range []facts.Name{facts.SMTPConnectOK, facts.SMTPGreetingReceived, facts.SMTPGreetingLatency, facts.SMTPSTARTTLSMissing, facts.SMTPDelayKind,
		facts.SMTPSamplesCount, facts.SMTPHangup, facts.SMTPNolisting, facts.SMTPRelayAccepted, facts.SMTPCertificateTrusted} {
		wantAbout(t, "intercepted", set, sceneView, name, "unknown: intercepted")
	}
	wantAbout(t, "intercepted", set, sceneView, facts.SMTPPort, "25")
	wantAbout(t, "intercepted", set, facts.Subject{Kind: facts.Target, Name: sceneDomain}, facts.SMTPHostsGreeting, "unknown: intercepted")
}

// The times of an address are those of its slowest session: what is fast only sometimes is not fast.
func TestTheSlowestSessionCounts(t *testing.T) {
	first := dialled(4*time.Second).says(evidence.StepGreeting, 3*time.Second, "220 mail.example.com").says(evidence.StepEHLO, quick, "250 mail.example.com")
	set := Facts(scene(dialled(quick), first, dialled(time.Second).says(evidence.StepGreeting, quick, "220 mail.example.com")))
	wantAbout(t, "three connections", set, sceneView, facts.SMTPConnectLatency, "4 s")
	wantAbout(t, "two greetings", set, sceneView, facts.SMTPGreetingLatency, "3 s")
	wantAbout(t, "the slowest greeting", set, sceneView, facts.SMTPDelayKind, "greeting")
}
