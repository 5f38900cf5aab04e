package smtp

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// How many addresses greet is a lower bound where one of them may serve others, or there may be more.
func TestAddressesThatGreet(t *testing.T) {
	const second = "203.0.113.26"
	dead := []*scene.Talk{scene.NoConnection(evidence.Refused), scene.NoConnection(evidence.Refused)}
	silent := func(wait time.Duration) []*scene.Talk {
		return []*scene.Talk{scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, wait)}
	}
	fine := []*scene.Talk{scene.Greets(scene.Quick)}
	tests := []struct {
		name          string
		first, second []*scene.Talk
		change        func(*evidence.Bundle)
		want          string
	}{
		{"both", fine, fine, nil, "2"},
		{"one of two, the other is dead", fine, dead, nil, "1"},
		{"one of two, the other was refused once", fine, dead[:1], nil, "at least 1"},
		{"one of two, the other turns us away", fine, []*scene.Talk{scene.Dial().Says(evidence.StepGreeting, scene.Quick, "554 go away")}, nil, "at least 1"},
		{"one of two, the other was silent for as long as anybody has to wait", fine, silent(5 * time.Minute), nil, "1"},
		{"one of two, the other was silent for less", fine, silent(5*time.Minute - time.Second), nil, "at least 1"},
		{"one of two, the other was not tested", fine, nil, nil, "at least 1"},
		{"one of two, the other is a trap", fine, []*scene.Talk{scene.Dial().Drips(evidence.StepGreeting, scene.Slow, "554 go away")}, nil, "at least 1"},
		{"none", dead, dead, nil, "0"},
		{"none, on a closed network", dead, dead, func(b *evidence.Bundle) { b.Vantage.SMTPOut = evidence.Closed }, "at least 0"},
		{"a host without address beside them", fine, fine, func(b *evidence.Bundle) {
			b.Targets[0].Hosts = append(b.Targets[0].Hosts, evidence.Host{Name: "mx2.example.com"})
		}, "at least 2"},
		{"a host with more addresses than were found", fine, fine, func(b *evidence.Bundle) { b.Targets[0].Hosts[0].Trouble = &evidence.Failure{Kind: evidence.ServFail} }, "at least 2"},
	}
	for _, test := range tests {
		b := scene.Of(test.first...)
		b.Targets[0].Hosts[0].Addresses = []string{scene.Address, second}
		scene.Meet(b, scene.Host, second, test.second...)
		if test.change != nil {
			test.change(b)
		}
		scene.WantAbout(t, test.name, factsOf(b), facts.Subject{Kind: facts.Target, Name: scene.Domain}, facts.SMTPHostsGreeting, test.want)
		scene.WantAlone(t, test.name, b, Derive)
	}
}

// The name in a greeting leads somewhere if it has an address or a mail host (RFC 5321 section 2.3.5); a null MX is the word that it has
// none (RFC 7505).
func TestGreetedNameLeadsSomewhere(t *testing.T) {
	const null, mx, address = scene.Host + ". 300 IN MX 0 .", scene.Host + ". 300 IN MX 10 mx.example.net.", scene.Host + ". 300 IN A 203.0.113.25"
	for name, test := range map[string]struct {
		records map[string][]string // by type
		want    string
	}{
		"nothing":                     {nil, "no"},
		"an address":                  {map[string][]string{"A": {address}}, "yes"},
		"a mail host":                 {map[string][]string{"MX": {mx}}, "yes"},
		"a null MX":                   {map[string][]string{"MX": {null}}, "no"},
		"a null MX beside an address": {map[string][]string{"A": {address}, "MX": {null}}, "yes"},
		"a null MX beside another":    {map[string][]string{"MX": {null, mx}}, "yes"},
	} {
		b := scene.Of(scene.Greets(scene.Quick))
		for _, rrtype := range []string{"A", "AAAA", "MX"} {
			x := evidence.Exchange{Role: evidence.Authoritative, Server: "203.0.113.53:53", AA: true, Name: scene.Host, Type: rrtype, RCode: "NOERROR", Answer: test.records[rrtype]}
			if len(x.Answer) == 0 {
				x.Authority = []string{"example.com. 60 IN SOA ns.example.com. a.example.com. 1 1 1 1 1"}
			}
			b.Exchanges = append(b.Exchanges, x)
		}
		scene.WantAbout(t, name, factsOf(b), scene.View, facts.SMTPGreetingNameResolves, test.want)
	}
}

// What the greeting shows is known of one with 220 only, but for its code: whoever is turned away learns nothing of what others are told (RFC
// 5321 section 3.1).
func TestWhatAGreetingShows(t *testing.T) {
	greets := func(lines ...string) *scene.Talk {
		return scene.Dial().Says(evidence.StepGreeting, scene.Quick, lines...)
	}
	half := greets("220-mail.example.com")
	half.Last().Reply.Complete, half.Last().Failure = false, &evidence.Failure{Kind: evidence.Reset}
	const refused, failed = "unknown: refused", "unknown: no_greeting"
	for name, test := range map[string]struct {
		talk                            *scene.Talk
		code, text, said, valid, masked string
	}{
		"a name":              {greets("220 mail.example.com ESMTP"), "220", "mail.example.com ESMTP", "mail.example.com", "yes", "no"},
		"an address literal":  {greets("220 [203.0.113.25] ESMTP"), "220", "[203.0.113.25] ESMTP", "[203.0.113.25]", "yes", "no"},
		"no name":             {greets("220 localhost ESMTP"), "220", "localhost ESMTP", "localhost", "no", "no"},
		"nothing behind 220":  {greets("220 "), "220", "", "", "no", "no"},
		"blanked out":         {greets("220 ****************"), "220", "****************", "****************", "no", "yes"},
		"turned away":         {greets("554 mail.example.com no"), "554", refused, refused, refused, refused},
		"turned away for now": {greets("421 mail.example.com busy"), "421", refused, refused, refused, refused},
		"broken off":          {half, failed, failed, failed, failed, failed},
		"nothing":             {scene.Dial().Fails(evidence.StepGreeting, evidence.EOF, scene.Quick), failed, failed, failed, failed, failed},
	} {
		set := factsOf(scene.Of(test.talk))
		for fact, want := range map[facts.Name]string{facts.SMTPGreetingCode: test.code, facts.SMTPGreetingText: test.text, facts.SMTPGreetingName: test.said,
			facts.SMTPGreetingNameValid: test.valid, facts.SMTPGreetingMasked: test.masked} {
			scene.WantAbout(t, name, set, scene.View, fact, want)
		}
	}
}
