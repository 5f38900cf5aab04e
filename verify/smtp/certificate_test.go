package smtp

import (
	"crypto/ecdsa"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// What a certificate itself shows, and what is wrong with it in words.
func TestCertificates(t *testing.T) {
	authority, key := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	sign := func(ends time.Time, names ...string) *x509.Certificate {
		c, _ := scene.SignedBy(t, authority, key, names, ends)
		return c
	}
	self, _ := scene.SignedBy(t, nil, nil, []string{scene.Host}, scene.SeenAt.Add(time.Hour))
	ca := func(parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
		c, _ := scene.SignedBy(t, parent, key, nil, scene.SeenAt.Add(time.Hour))
		return c
	}
	good, old := sign(scene.SeenAt.Add(time.Hour), scene.Host), sign(scene.SeenAt.Add(-time.Minute), scene.Host)
	foreign, many := sign(scene.SeenAt.Add(time.Hour), "mail.example.net"), sign(scene.SeenAt.Add(time.Hour), "a.example.net", "b.example.net", "c.example.net", "d.example.net", "e.example.net")
	early := *scene.Secured(scene.Trusted, good)
	long := sign(scene.SeenAt.Add(time.Hour), strings.Repeat("a", 60)+"."+strings.Repeat("b", 60)+".example.net")
	tests := []struct {
		name                                 string
		talk                                 *scene.Talk
		trusted, named, inDate, self, expiry string
		problem                              string // a part of it; "" for none at all
	}{
		{"good", scene.Secured(scene.Trusted, good, authority), "yes", "yes", "yes", "no", "2026-11-23", ""},
		{"signed by itself", scene.Secured(scene.Untrusted, self), "no", "yes", "yes", "yes", "2026-11-23", "signed by itself"},
		{"without the intermediate", scene.Secured(scene.Untrusted, good), "no", "yes", "yes", "no", "2026-11-23", "sends no intermediate certificate along"},
		{"of an authority that is not public", scene.Secured(scene.Untrusted, good, ca(nil, nil)), "no", "yes", "yes", "no", "2026-11-23", "it leads to no public authority"},
		{"for another name", scene.Secured(scene.Trusted, foreign), "yes", "no", "yes", "no", "2026-11-23", "it is for mail.example.net, not for mail.example.com"},
		{"for three other names and more", scene.Secured(scene.Trusted, many), "yes", "no", "yes", "no", "2026-11-23", "for a.example.net, b.example.net, c.example.net and 2 more, not for"},
		{"for no name", scene.Secured(scene.Trusted, ca(authority, key)), "yes", "no", "yes", "yes", "2026-11-23", "for no host name at all"},
		{"for a very long name", scene.Secured(scene.Trusted, long), "yes", "no", "yes", "no", "2026-11-23", "…, not for"},
		{"expired", scene.Secured(scene.Trusted, old), "yes", "yes", "no", "no", "2026-11-23", "it expired on 2026-11-23"},
		{"expired, of an authority that could not be checked", scene.Secured(&evidence.Chain{Problem: "no roots"}, old), "unknown: untested", "yes", "no", "no", "2026-11-23", "it expired"},
		{"two faults", scene.Secured(scene.Untrusted, old), "no", "yes", "no", "no", "2026-11-23", "; it expired"},
		{"an authority that was not checked leaves it open", scene.Secured(nil, good), "unknown: untested", "yes", "yes", "no", "2026-11-23", "unknown: untested"},
	}
	for _, test := range tests {
		set := factsOf(scene.Of(test.talk))
		for name, want := range map[facts.Name]string{facts.SMTPCertificateTrusted: test.trusted, facts.SMTPCertificateNameMatches: test.named,
			facts.SMTPCertificateInDate: test.inDate, facts.SMTPCertificateSelfSigned: test.self, facts.SMTPCertificateExpires: test.expiry} {
			scene.WantAbout(t, test.name, set, scene.View, name, want)
		}
		f, _ := set.Get(facts.SMTPCertificateProblem, scene.View)
		if got := scene.Shown(f); !strings.Contains(got, test.problem) || test.problem == "" && got != "" {
			t.Errorf("%s: problem %q, want %q", test.name, got, test.problem)
		}
		if test.name == "of an authority that is not public" && f.Value.Text() != test.problem {
			t.Errorf("%s: problem %q, want nothing else than %q", test.name, f.Value, test.problem)
		}
	}
	b := scene.Of(&early)
	b.Sessions[0].StartedAt = scene.SeenAt.Add(-2 * time.Hour)
	set := factsOf(b)
	scene.WantAbout(t, "not valid yet", set, scene.View, facts.SMTPCertificateInDate, "no")
	if f, _ := set.Get(facts.SMTPCertificateProblem, scene.View); !strings.Contains(f.Value.Text(), "valid only from 2026-11-23 on") {
		t.Errorf("not valid yet: %q", f.Value)
	}
	literal := scene.Of()
	literal.Targets = []evidence.Target{{Name: scene.Address, Kind: "address", Hosts: []evidence.Host{{Addresses: []string{scene.Address}}}}}
	scene.Meet(literal, "", scene.Address, scene.Secured(scene.Trusted, good))
	scene.WantAbout(t, "an address has no name", factsOf(literal), facts.SessionAt("", scene.Address), facts.SMTPCertificateNameMatches, "unknown: no_target")
}

// Where no handshake was finished there is no certificate, and the reason is that of the handshake.
func TestNoCertificate(t *testing.T) {
	authority, key := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	good, _ := scene.SignedBy(t, authority, key, []string{scene.Host}, scene.SeenAt.Add(time.Hour))
	for name, test := range map[string]struct {
		talks []*scene.Talk
		want  string
	}{
		"no STARTTLS":                              {[]*scene.Talk{scene.Greets(scene.Quick).Says(evidence.StepEHLO, scene.Quick, "250 mail.example.com").Says(evidence.StepSTARTTLS, scene.Quick, "502 no")}, "unknown: refused"},
		"a handshake that failed":                  {[]*scene.Talk{scene.Offered().Says(evidence.StepSTARTTLS, scene.Quick, "220 go").Fails(evidence.StepHandshake, evidence.EOF, scene.Quick)}, "unknown: connect_failed"},
		"no greeting":                              {[]*scene.Talk{scene.Dial().Fails(evidence.StepGreeting, evidence.Timeout, scene.Slow)}, "unknown: no_greeting"},
		"not asked":                                {[]*scene.Talk{scene.Offered()}, "unknown: untested"},
		"a later session had one":                  {[]*scene.Talk{scene.Greets(scene.Quick), scene.Secured(scene.Trusted, good)}, "yes"},
		"an earlier session had one":               {[]*scene.Talk{scene.Secured(scene.Trusted, good), scene.Greets(scene.Quick)}, "yes"},
		"a chain that was trusted in two of three": {[]*scene.Talk{scene.Secured(scene.Trusted, good), scene.Secured(scene.Untrusted, good), scene.Secured(scene.Trusted, good)}, "unknown: disagreement"},
		"a chain that was checked once":            {[]*scene.Talk{scene.Secured(scene.Trusted, good), scene.Secured(nil, good)}, "unknown: untested"},
		"a chain that was checked the second time": {[]*scene.Talk{scene.Secured(nil, good), scene.Secured(scene.Trusted, good)}, "unknown: untested"},
		"a STARTTLS without any answer":            {[]*scene.Talk{scene.Offered().Step(evidence.Event{Step: evidence.StepSTARTTLS}, scene.Quick)}, "unknown: untested"},
		"a chain that was trusted once":            {[]*scene.Talk{scene.Secured(scene.Trusted, good), scene.Secured(scene.Untrusted, good)}, "unknown: disagreement"},
	} {
		scene.WantAbout(t, name, factsOf(scene.Of(test.talks...)), scene.View, facts.SMTPCertificateTrusted, test.want)
	}
}

// Plain text behind the 220 to STARTTLS, in whichever session, and though the handshake failed.
func TestSmuggledText(t *testing.T) {
	authority, _ := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	clean := func() *scene.Talk { return scene.Secured(scene.Trusted, authority) }
	dirty := func() *scene.Talk {
		s := clean()
		s.Handshake().TLS.Smuggled = "250 forged"
		return s
	}
	failed := func(smuggled string) *scene.Talk {
		s := scene.Offered().Says(evidence.StepSTARTTLS, scene.Quick, "220 go").Fails(evidence.StepHandshake, evidence.TLSFailed, scene.Quick)
		if smuggled != "" {
			s.Last().TLS = &evidence.TLS{Smuggled: smuggled}
		}
		return s
	}
	// A bare hello is sent in place of a handshake.
	hello := func(smuggled string) *scene.Talk {
		s := failed(smuggled)
		s.Last().Step, s.Last().Failure, s.Last().Hello = evidence.StepHello, nil, &evidence.Hello{Version: "SSL 3.0", Alert: -1}
		return s
	}
	for name, test := range map[string]struct {
		talks []*scene.Talk
		want  string
	}{
		"before a bare hello":                  {[]*scene.Talk{failed(""), hello("250 forged")}, "yes"},
		"none, but a bare hello":               {[]*scene.Talk{failed(""), hello("")}, "no"},
		"none":                                 {[]*scene.Talk{clean(), clean()}, "no"},
		"in one":                               {[]*scene.Talk{dirty()}, "yes"},
		"in the first":                         {[]*scene.Talk{dirty(), clean()}, "yes"},
		"in the second":                        {[]*scene.Talk{clean(), dirty()}, "yes"},
		"behind a session without a handshake": {[]*scene.Talk{scene.Offered(), dirty()}, "yes"},
		"before a failure":                     {[]*scene.Talk{failed("250 forged")}, "yes"},
		"none, but a failure":                  {[]*scene.Talk{failed("")}, "no"},
		"no handshake":                         {[]*scene.Talk{scene.Offered()}, "unknown: untested"},
	} {
		scene.WantAbout(t, name, factsOf(scene.Of(test.talks...)), scene.View, facts.SMTPSTARTTLSSmuggled, test.want)
	}
}

// What sessions show differently decides nothing, and what no session shows is not known.
func TestCertificatesThatDiffer(t *testing.T) {
	authority, key := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	good, _ := scene.SignedBy(t, authority, key, []string{"mail.example.com"}, scene.SeenAt.Add(time.Hour))
	bad, _ := scene.SignedBy(t, authority, key, []string{"example.net"}, scene.SeenAt.Add(time.Hour))
	bundle := evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}}}
	for i, c := range []*x509.Certificate{good, bad} {
		bundle.Sessions = append(bundle.Sessions, evidence.Session{Host: "mail.example.com", Address: "203.0.113.25", Attempt: i + 1, StartedAt: scene.SeenAt,
			Events: []evidence.Event{{Step: evidence.StepHandshake, TLS: &evidence.TLS{Version: "TLS 1.3", Certificates: [][]byte{c.Raw},
				Chain: &evidence.Chain{Result: evidence.Untrusted}}}}})
	}
	view := facts.SessionAt("mail.example.com", "203.0.113.25")
	set := factsOf(&bundle)
	if f, _ := set.Get(facts.SMTPCertificateNameMatches, view); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("two names: %+v", f)
	}
	if f, _ := set.Get(facts.SMTPCertificateTrusted, view); !f.Known() || f.Value.Bool() {
		t.Errorf("neither is trusted: %+v", f)
	}
	bundle.Sessions[0].Events[0].TLS.Certificates = [][]byte{[]byte("x")}
	bundle.Sessions[1].Events[0].TLS.Certificates = nil
	set = factsOf(&bundle)
	for _, name := range certificateFacts {
		if f, _ := set.Get(name, view); f.Known() || f.Why.Code == "" {
			t.Errorf("%s of what cannot be read: %+v", name, f)
		}
	}
}
