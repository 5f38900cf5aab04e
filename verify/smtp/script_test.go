package smtp_test

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/smtp"
	"mxverdict/verify/transcript"
)

var us = smtp.Tester{Helo: "probe.example.org", Mailbox: "nobody-1"}

// A session asks for what is wanted and for nothing else, each recipient under its label; nobody's mailbox but the postmaster's, and those
// that cannot exist.
func TestScript(t *testing.T) {
	v := smtp.Visit{Host: "mx1.example.net", Address: netip.MustParseAddr("203.0.113.7"), Domains: []string{"a.example", "b.example"}}
	foreign := []string{"first.example", "second.example"}
	for name, test := range map[string]struct {
		source facts.Source
		want   []string
	}{
		"the plain course":   {facts.FromSession | facts.FromTLS | facts.FromTransaction, nil},
		"without encryption": {facts.FromPlain, []string{transcript.AboutPlain + ": postmaster@a.example"}},
		"postmasters": {facts.FromPostmaster, []string{
			transcript.AboutPostmaster + "postmaster@a.example: postmaster@a.example", transcript.AboutPostmasterNull + "postmaster@a.example: postmaster@a.example",
			transcript.AboutPostmaster + "postmaster@b.example: postmaster@b.example", transcript.AboutPostmasterNull + "postmaster@b.example: postmaster@b.example"}},
		"mailboxes": {facts.FromVRFY, []string{
			transcript.AboutVRFYKnown + ": postmaster@a.example", transcript.AboutVRFYRandom + ": nobody-1@a.example",
			transcript.AboutEXPNKnown + ": postmaster@a.example", transcript.AboutEXPNRandom + ": nobody-1@a.example"}},
		"relaying": {facts.FromRelay, []string{
			transcript.AboutRelayControl + ": postmaster@a.example", transcript.AboutRelayFirst + ": nobody-1@first.example",
			transcript.AboutRelaySecond + ": nobody-1@second.example", transcript.AboutRelayInvalid + ": nobody-1@nobody-1.invalid",
			transcript.AboutRelayNull + ": nobody-1@first.example", transcript.AboutRelayOdd + "percent sign: nobody-1%first.example@a.example",
			transcript.AboutRelayOdd + `quoted: "nobody-1@first.example"@a.example`, transcript.AboutRelayOdd + "source route: @a.example:nobody-1@first.example",
			transcript.AboutRelayOdd + "bang path: first.example!nobody-1"}},
	} {
		v.Source = test.source
		s := v.Script(us, foreign)
		var got []string
		if s.Plain != nil {
			got = append(got, s.Plain.About+": "+s.Plain.Recipient)
		}
		for _, tr := range s.Transactions {
			got = append(got, tr.About+": "+tr.Recipient)
			if null := tr.About == transcript.AboutRelayNull || strings.HasPrefix(tr.About, transcript.AboutPostmasterNull); null != slices.Equal(tr.Senders, []string{""}) {
				t.Errorf("%s: %s from %q", name, tr.About, tr.Senders)
			}
		}
		for _, q := range s.Questions {
			got = append(got, q.About+": "+q.Argument)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	v.Source = facts.FromRelay
	if s := v.Script(us, foreign[:1]); len(s.Transactions) > 0 {
		t.Error("the relay test is held with one foreign domain, which the server may serve")
	}
	v.Host, v.Domains = "", nil
	for _, tr := range v.Script(us, foreign).Transactions {
		if strings.HasPrefix(tr.About, transcript.AboutRelayOdd) {
			t.Errorf("%s is asked for at an address that has no name: %s", tr.About, tr.Recipient)
		}
	}
	// Without a name of our own there is no mailbox of ours that a server could look for.
	if s := v.Script(smtp.Tester{Helo: "[192.0.2.1]", Mailbox: "nobody-1"}, foreign); !slices.Equal(s.Transactions[0].Senders, []string{""}) {
		t.Errorf("an address literal sends as %q", s.Transactions[0].Senders)
	}
}

// The relay test asks for domains that neither the server nor its operator serves, and that are known to take mail.
func TestForeignDomains(t *testing.T) {
	answer := func(domain string, records ...string) evidence.Exchange {
		return evidence.Exchange{Role: evidence.Resolver, Name: domain, Type: "MX", RCode: "NOERROR", Answer: records}
	}
	r := read(nil)
	r.Bundle.Exchanges = []evidence.Exchange{
		answer("big.example", "big.example. 60 IN MX 10 in.bigmail.example."), answer("other.example", "other.example. 60 IN MX 10 mx.other.example."),
		{Role: evidence.Resolver, Name: "dead.example", Type: "MX", Failure: &evidence.Failure{Kind: evidence.Timeout}},
	}
	given := []string{"big.example", "dead.example", "other.example"}
	for name, test := range map[string]struct {
		v    smtp.Visit
		want []string
	}{
		"a stranger":              {smtp.Visit{Host: "mx1.stranger.example", Domains: []string{"stranger.example"}}, []string{"big.example", "other.example"}},
		"the domain itself":       {smtp.Visit{Host: "mx1.stranger.example", Domains: []string{"big.example"}}, []string{"other.example", "example.net"}},
		"a domain below it":       {smtp.Visit{Host: "mx1.stranger.example", Domains: []string{"a.big.example"}}, []string{"other.example", "example.net"}},
		"a host of its operator":  {smtp.Visit{Host: "mx9.bigmail.example", Domains: []string{"stranger.example"}}, []string{"other.example", "example.net"}},
		"one of the reserved":     {smtp.Visit{Host: "mx1.other.example", Domains: []string{"example.net"}}, []string{"big.example", "example.org"}},
		"an address without name": {smtp.Visit{}, []string{"big.example", "other.example"}},
	} {
		if got := smtp.Foreign(r, test.v, given); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
