package smtp

import (
	"slices"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// Nolisting is a most preferred host that refuses every connection by itself, in front of one that serves.
func TestNolisting(t *testing.T) {
	first, backup := facts.SessionAt("first.example.com", "203.0.113.1"), facts.SessionAt("backup.example.com", "203.0.113.2")
	twice := func(how evidence.FailureKind) []*scene.Talk {
		return []*scene.Talk{scene.NoConnection(how), scene.NoConnection(how)}
	}
	domain := func(hosts ...evidence.Host) evidence.Target {
		return evidence.Target{Name: scene.Domain, Kind: "domain", Hosts: hosts}
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
		atFirst, behind []*scene.Talk
		want, wantOther string
	}{
		{"refuses in front of one that greets", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "yes", "no"},
		{"in whatever order they are listed", []evidence.Target{domain(backupHost, firstHost)}, twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "yes", "no"},
		{"the backup does not greet", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Refused), twice(evidence.Refused), "no", "no"},
		{"without a backup", []evidence.Target{domain(firstHost)}, twice(evidence.Refused), nil, "no", "unknown: untested"},
		{"silent instead of refusing", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Timeout), []*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"refuses and is silent", []evidence.Target{domain(firstHost, backupHost)}, []*scene.Talk{scene.NoConnection(evidence.Refused), scene.NoConnection(evidence.Timeout)},
			[]*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"greets", []evidence.Target{domain(firstHost, backupHost)}, []*scene.Talk{scene.Greets(scene.Quick)}, []*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"refused once", []evidence.Target{domain(firstHost, backupHost)}, twice(evidence.Refused)[:1], []*scene.Talk{scene.Greets(scene.Quick)}, "unknown: connect_failed", "no"},
		{"two hosts are preferred alike", []evidence.Target{domain(firstHost, also, backupHost)}, twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"the host itself was asked for", []evidence.Target{{Name: first.Name, Kind: "host", Hosts: []evidence.Host{firstHost, backupHost}}},
			twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"it may have addresses that a failed look-up did not show", []evidence.Target{domain(halfKnown, backupHost)}, twice(evidence.Refused),
			[]*scene.Talk{scene.Greets(scene.Quick)}, "unknown: servfail", "no"},
		{"another address of it was not tested", []evidence.Target{domain(broad, backupHost)}, twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "unknown: untested", "no"},
		{"it is the only host of another domain", []evidence.Target{domain(firstHost, backupHost), elsewhere}, twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"whichever stands first", []evidence.Target{elsewhere, domain(firstHost, backupHost)}, twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "no", "no"},
		{"another domain leaves it open", []evidence.Target{domain(firstHost, backupHost), {Name: "example.net", Kind: "domain", Hosts: []evidence.Host{halfKnown, backupHost}}},
			twice(evidence.Refused), []*scene.Talk{scene.Greets(scene.Quick)}, "unknown: servfail", "no"},
	}
	for _, test := range tests {
		b := scene.Of()
		b.Targets = test.targets
		scene.Meet(b, first.Name, first.At, test.atFirst...)
		scene.Meet(b, backup.Name, backup.At, test.behind...)
		set := factsOf(b)
		scene.WantAbout(t, test.name, set, first, facts.SMTPNolisting, test.want)
		scene.WantAbout(t, test.name, set, backup, facts.SMTPNolisting, test.wantOther)
	}
	// Of two hosts that are preferred alike neither stands in front of the other, though both refuse.
	alike := scene.Of()
	alike.Targets = []evidence.Target{domain(firstHost, also, backupHost)}
	scene.Meet(alike, first.Name, first.At, twice(evidence.Refused)...)
	scene.Meet(alike, also.Name, also.Addresses[0], twice(evidence.Refused)...)
	scene.Meet(alike, backup.Name, backup.At, scene.Greets(scene.Quick))
	for _, view := range []facts.Subject{first, facts.SessionAt(also.Name, also.Addresses[0]), backup} {
		scene.WantAbout(t, "two hosts are preferred alike, both refuse", factsOf(alike), view, facts.SMTPNolisting, "no")
	}
	// The address that was not tested is no more known than the one that refused; and one that serves makes the host no decoy.
	b := scene.Of()
	b.Targets = []evidence.Target{domain(broad, backupHost)}
	scene.Meet(b, first.Name, first.At, twice(evidence.Refused)...)
	scene.Meet(b, first.Name, broad.Addresses[1], scene.Greets(scene.Quick))
	scene.Meet(b, backup.Name, backup.At, scene.Greets(scene.Quick))
	set := factsOf(b)
	scene.WantAbout(t, "another address of it greets", set, first, facts.SMTPNolisting, "no")
	scene.WantAbout(t, "another address of it greets", set, facts.SessionAt(first.Name, broad.Addresses[1]), facts.SMTPNolisting, "no")
}

// The first host refuses on purpose only if all of its addresses refuse and all of them are known.
func TestNolistingOfWhatIsKnown(t *testing.T) {
	refusals := []evidence.Session{scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Refused, time.Minute), scene.GreetsAt(scene.Second, 220)}
	nolisting := func(b *evidence.Bundle) facts.Fact { return get(t, b, facts.SMTPNolisting, scene.FirstView) }
	if f := nolisting(scene.TwoHosts(refusals...)); !f.Known() || !f.Value.Bool() {
		t.Errorf("refused twice, the next greets: %+v", f)
	}
	b := scene.TwoHosts(refusals...)
	b.Targets[0].Hosts[0].Trouble = &evidence.Failure{Kind: evidence.ServFail}
	if f := nolisting(b); f.Known() {
		t.Errorf("after a failed look-up of its other addresses: %+v", f)
	}
	b = scene.TwoHosts(refusals...)
	b.Targets[0].Hosts[0].Addresses = append(b.Targets[0].Hosts[0].Addresses, "203.0.113.23")
	if f := nolisting(b); f.Known() {
		t.Errorf("one of its addresses was not tested: %+v", f)
	}
	b = scene.TwoHosts(scene.Unconnected(scene.First, evidence.Refused, 0), scene.Unconnected(scene.First, evidence.Timeout, time.Minute), scene.GreetsAt(scene.Second, 220))
	if f := nolisting(b); !f.Known() || f.Value.Bool() {
		t.Errorf("silent the second time: %+v", f)
	}
	b = scene.TwoHosts(refusals[:2]...)
	b.Sessions = append(b.Sessions, scene.Control(scene.GreetsAt(scene.Elsewhere, 220)))
	b.Vantage.SMTPOut = evidence.Open
	if f := nolisting(b); !f.Known() || f.Value.Bool() {
		t.Errorf("nobody else greets: %+v", f)
	}
	if f := nolisting(scene.TwoHosts(refusals[0], refusals[2])); f.Known() {
		t.Errorf("refused once: %+v", f)
	}
}

// The first host refuses and a second greets: on purpose only if all its addresses are known.
func TestNolistingDespiteAFailedLookUp(t *testing.T) {
	hosts := []evidence.Host{{Name: "trap.example.com", Preference: 10, Addresses: []string{"203.0.113.80"}}, {Name: "mail.example.com", Preference: 20, Addresses: []string{"203.0.113.25"}}}
	bundle := func() *evidence.Bundle {
		b := scene.Led("domain", nil, slices.Clone(hosts))
		refused := evidence.Event{Step: evidence.StepConnect, Failure: &evidence.Failure{Kind: evidence.Refused}}
		b.Sessions[0].Events = []evidence.Event{refused}
		second := b.Sessions[0]
		second.Attempt = 2
		b.Sessions = append(b.Sessions, second)
		return b
	}
	at := facts.SessionAt("trap.example.com", "203.0.113.80")
	b := bundle()
	if f, _ := factsOf(b).Get(facts.SMTPNolisting, at); !f.Known() || !f.Value.Bool() {
		t.Errorf("the pattern: %+v", f)
	}
	b.Targets[0].Hosts[0].Trouble = &evidence.Failure{Kind: evidence.ServFail}
	if f, _ := factsOf(b).Get(facts.SMTPNolisting, at); f.Known() {
		t.Errorf("its other addresses could not be looked up: %+v", f)
	}
	b = bundle()
	b.Sessions = b.Sessions[:2] // refused once
	if f, _ := factsOf(b).Get(facts.SMTPNolisting, at); f.Known() {
		t.Errorf("refused once: %+v", f)
	}
}
