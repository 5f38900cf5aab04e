package derive

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

var (
	trustedChain   = &evidence.Chain{Result: evidence.Trusted}
	untrustedChain = &evidence.Chain{Result: evidence.Untrusted, Problem: "unknown authority"}
)

// secured is a session that went on inside TLS after a handshake with some certificates.
func secured(chain *evidence.Chain, certificates ...*x509.Certificate) *talk {
	s := offered().says(evidence.StepSTARTTLS, quick, "220 go ahead").step(evidence.Event{Step: evidence.StepHandshake,
		TLS: &evidence.TLS{Version: "TLS 1.3", Chain: chain}}, quick)
	for _, c := range certificates {
		s.last().TLS.Certificates = append(s.last().TLS.Certificates, c.Raw)
	}
	return s.says(evidence.StepEHLOTLS, quick, "250 mail.example.com").says(evidence.StepQUIT, quick, "221 bye")
}

// offered is a session whose reply to EHLO lists STARTTLS.
func offered() *talk {
	return greets(quick).says(evidence.StepEHLO, quick, "250-mail.example.com", "250 STARTTLS")
}

// handshakeOf is the handshake of a session.
func (s *talk) handshakeOf() *evidence.Event {
	for i := range s.events {
		if s.events[i].Step == evidence.StepHandshake {
			return &s.events[i]
		}
	}
	return nil
}

// What a certificate itself shows, and what is wrong with it in words.
func TestCertificates(t *testing.T) {
	authority, key := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	sign := func(ends time.Time, names ...string) *x509.Certificate {
		c, _ := signedBy(t, authority, key, names, ends)
		return c
	}
	self, _ := signedBy(t, nil, nil, []string{sceneHost}, seenAt.Add(time.Hour))
	ca := func(parent *x509.Certificate, key *ecdsa.PrivateKey) *x509.Certificate {
		c, _ := signedBy(t, parent, key, nil, seenAt.Add(time.Hour))
		return c
	}
	good, old := sign(seenAt.Add(time.Hour), sceneHost), sign(seenAt.Add(-time.Minute), sceneHost)
	foreign, many := sign(seenAt.Add(time.Hour), "mail.example.net"), sign(seenAt.Add(time.Hour), "a.example.net", "b.example.net", "c.example.net", "d.example.net", "e.example.net")
	early := *secured(trustedChain, good)
	long := sign(seenAt.Add(time.Hour), strings.Repeat("a", 60)+"."+strings.Repeat("b", 60)+".example.net")
	tests := []struct {
		name                                 string
		talk                                 *talk
		trusted, named, inDate, self, expiry string
		problem                              string // a part of it; "" for none at all
	}{
		{"good", secured(trustedChain, good, authority), "yes", "yes", "yes", "no", "2026-11-23", ""},
		{"signed by itself", secured(untrustedChain, self), "no", "yes", "yes", "yes", "2026-11-23", "signed by itself"},
		{"without the intermediate", secured(untrustedChain, good), "no", "yes", "yes", "no", "2026-11-23", "sends no intermediate certificate along"},
		{"of an authority that is not public", secured(untrustedChain, good, ca(nil, nil)), "no", "yes", "yes", "no", "2026-11-23", "it leads to no public authority"},
		{"for another name", secured(trustedChain, foreign), "yes", "no", "yes", "no", "2026-11-23", "it is for mail.example.net, not for mail.example.com"},
		{"for three other names and more", secured(trustedChain, many), "yes", "no", "yes", "no", "2026-11-23", "for a.example.net, b.example.net, c.example.net and 2 more, not for"},
		{"for no name", secured(trustedChain, ca(authority, key)), "yes", "no", "yes", "yes", "2026-11-23", "for no host name at all"},
		{"for a very long name", secured(trustedChain, long), "yes", "no", "yes", "no", "2026-11-23", "…, not for"},
		{"expired", secured(trustedChain, old), "yes", "yes", "no", "no", "2026-11-23", "it expired on 2026-11-23"},
		{"expired, of an authority that could not be checked", secured(&evidence.Chain{Problem: "no roots"}, old), "unknown: untested", "yes", "no", "no", "2026-11-23", "it expired"},
		{"two faults", secured(untrustedChain, old), "no", "yes", "no", "no", "2026-11-23", "; it expired"},
		{"an authority that was not checked leaves it open", secured(nil, good), "unknown: untested", "yes", "yes", "no", "2026-11-23", "unknown: untested"},
	}
	for _, test := range tests {
		set := Facts(scene(test.talk))
		for name, want := range map[facts.Name]string{facts.SMTPCertificateTrusted: test.trusted, facts.SMTPCertificateNameMatches: test.named,
			facts.SMTPCertificateInDate: test.inDate, facts.SMTPCertificateSelfSigned: test.self, facts.SMTPCertificateExpires: test.expiry} {
			wantAbout(t, test.name, set, sceneView, name, want)
		}
		f, _ := set.Get(facts.SMTPCertificateProblem, sceneView)
		if got := shown(f); !strings.Contains(got, test.problem) || test.problem == "" && got != "" {
			t.Errorf("%s: problem %q, want %q", test.name, got, test.problem)
		}
		if test.name == "of an authority that is not public" && f.Value.Text() != test.problem {
			t.Errorf("%s: problem %q, want nothing else than %q", test.name, f.Value, test.problem)
		}
	}
	b := scene(&early)
	b.Sessions[0].StartedAt = seenAt.Add(-2 * time.Hour)
	set := Facts(b)
	wantAbout(t, "not valid yet", set, sceneView, facts.SMTPCertificateInDate, "no")
	if f, _ := set.Get(facts.SMTPCertificateProblem, sceneView); !strings.Contains(f.Value.Text(), "valid only from 2026-11-23 on") {
		t.Errorf("not valid yet: %q", f.Value)
	}
	literal := scene()
	literal.Targets = []evidence.Target{{Name: sceneAddress, Kind: "address", Hosts: []evidence.Host{{Addresses: []string{sceneAddress}}}}}
	meet(literal, "", sceneAddress, secured(trustedChain, good))
	wantAbout(t, "an address has no name", Facts(literal), facts.SessionAt("", sceneAddress), facts.SMTPCertificateNameMatches, "unknown: no_target")
}

// Where no handshake was finished there is no certificate, and the reason is that of the handshake.
func TestNoCertificate(t *testing.T) {
	authority, key := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	good, _ := signedBy(t, authority, key, []string{sceneHost}, seenAt.Add(time.Hour))
	for name, test := range map[string]struct {
		talks []*talk
		want  string
	}{
		"no STARTTLS":                              {[]*talk{greets(quick).says(evidence.StepEHLO, quick, "250 mail.example.com").says(evidence.StepSTARTTLS, quick, "502 no")}, "unknown: refused"},
		"a handshake that failed":                  {[]*talk{offered().says(evidence.StepSTARTTLS, quick, "220 go").fails(evidence.StepHandshake, evidence.EOF, quick)}, "unknown: connect_failed"},
		"no greeting":                              {[]*talk{dial().fails(evidence.StepGreeting, evidence.Timeout, slow)}, "unknown: no_greeting"},
		"not asked":                                {[]*talk{offered()}, "unknown: untested"},
		"a later session had one":                  {[]*talk{greets(quick), secured(trustedChain, good)}, "yes"},
		"an earlier session had one":               {[]*talk{secured(trustedChain, good), greets(quick)}, "yes"},
		"a chain that was trusted in two of three": {[]*talk{secured(trustedChain, good), secured(untrustedChain, good), secured(trustedChain, good)}, "unknown: disagreement"},
		"a chain that was checked once":            {[]*talk{secured(trustedChain, good), secured(nil, good)}, "unknown: untested"},
		"a chain that was checked the second time": {[]*talk{secured(nil, good), secured(trustedChain, good)}, "unknown: untested"},
		"a STARTTLS without any answer":            {[]*talk{offered().step(evidence.Event{Step: evidence.StepSTARTTLS}, quick)}, "unknown: untested"},
		"a chain that was trusted once":            {[]*talk{secured(trustedChain, good), secured(untrustedChain, good)}, "unknown: disagreement"},
	} {
		wantAbout(t, name, Facts(scene(test.talks...)), sceneView, facts.SMTPCertificateTrusted, test.want)
	}
}

// Plain text behind the 220 to STARTTLS, in whichever session, and though the handshake failed.
func TestSmuggledText(t *testing.T) {
	authority, _ := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	clean := func() *talk { return secured(trustedChain, authority) }
	dirty := func() *talk {
		s := clean()
		s.handshakeOf().TLS.Smuggled = "250 forged"
		return s
	}
	failed := func(smuggled string) *talk {
		s := offered().says(evidence.StepSTARTTLS, quick, "220 go").fails(evidence.StepHandshake, evidence.TLSFailed, quick)
		if smuggled != "" {
			s.last().TLS = &evidence.TLS{Smuggled: smuggled}
		}
		return s
	}
	for name, test := range map[string]struct {
		talks []*talk
		want  string
	}{
		"none":                                 {[]*talk{clean(), clean()}, "no"},
		"in one":                               {[]*talk{dirty()}, "yes"},
		"in the first":                         {[]*talk{dirty(), clean()}, "yes"},
		"in the second":                        {[]*talk{clean(), dirty()}, "yes"},
		"behind a session without a handshake": {[]*talk{offered(), dirty()}, "yes"},
		"before a failure":                     {[]*talk{failed("250 forged")}, "yes"},
		"none, but a failure":                  {[]*talk{failed("")}, "no"},
		"no handshake":                         {[]*talk{offered()}, "unknown: untested"},
	} {
		wantAbout(t, name, Facts(scene(test.talks...)), sceneView, facts.SMTPSTARTTLSSmuggled, test.want)
	}
}

// What TLSA records make known, from their look-up to the certificates of all sessions.
func TestTLSAOfAHost(t *testing.T) {
	authority, key := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	leaf, _ := signedBy(t, authority, key, []string{sceneHost}, seenAt.Add(time.Hour))
	renewed, _ := signedBy(t, authority, key, []string{sceneHost}, seenAt.Add(time.Hour))
	domain, _ := signedBy(t, authority, key, []string{sceneDomain}, seenAt.Add(time.Hour))
	pinned := fmt.Sprintf("3 0 1 %s", hex.EncodeToString(sum256(leaf.Raw)))
	byAuthority := fmt.Sprintf("2 0 1 %s", hex.EncodeToString(sum256(authority.Raw)))
	records := func(texts ...string) func(*evidence.Exchange) {
		return func(x *evidence.Exchange) {
			for _, text := range texts {
				x.Answer = append(x.Answer, x.Name+". 300 IN TLSA "+text)
			}
		}
	}
	code := func(rcode string) func(*evidence.Exchange) { return func(x *evidence.Exchange) { x.RCode = rcode } }
	ok := secured(trustedChain, leaf, authority)
	tests := []struct {
		name                       string
		answer                     func(*evidence.Exchange)
		talks                      []*talk
		change                     func(*evidence.Bundle)
		published, usable, matches string
	}{
		{"the right one", records(pinned), []*talk{ok}, nil, "yes", "yes", "yes"},
		{"one of two is right", records("3 0 1 "+strings.Repeat("00", 32), pinned), []*talk{ok}, nil, "yes", "yes", "yes"},
		{"another certificate", records(pinned), []*talk{secured(trustedChain, renewed, authority)}, nil, "yes", "yes", "no"},
		{"another one in one of two sessions", records(pinned), []*talk{ok, secured(trustedChain, renewed, authority)}, nil, "yes", "yes", "unknown: disagreement"},
		{"the same authority in both", records(byAuthority), []*talk{ok, secured(trustedChain, renewed, authority)}, nil, "yes", "yes", "yes"},
		{"no handshake", records(pinned), []*talk{offered()}, nil, "yes", "yes", "unknown: untested"},
		{"a certificate that cannot be read", records(pinned), []*talk{secured(trustedChain, &x509.Certificate{Raw: []byte("x")})}, nil, "yes", "yes", "unknown: untested"},
		{"only such as do not count for SMTP", records("1 1 1 " + strings.Repeat("00", 32)), []*talk{ok}, nil, "yes", "no", "no"},
		{"somebody else's handshake", records(pinned), []*talk{ok}, func(b *evidence.Bundle) { b.Vantage.Intercepted = true }, "yes", "yes", "unknown: intercepted"},
		{"none", code("NXDOMAIN"), []*talk{ok}, nil, "no", "no", "no"},
		{"the look-up failed", code("SERVFAIL"), []*talk{ok}, nil, "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		{"not asked", nil, []*talk{ok}, nil, "unknown: untested", "unknown: untested", "unknown: untested"},
		{"not asked in time", nil, []*talk{ok}, func(b *evidence.Bundle) { b.Expired = true }, "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		{"not asked before the user ended it", nil, []*talk{ok}, func(b *evidence.Bundle) { b.Interrupted = true }, "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		{"a certificate for the mail domain (RFC 7672 section 3.2.2)", records(byAuthority), []*talk{secured(trustedChain, domain, authority)},
			func(b *evidence.Bundle) { b.Targets[0].PolicyDomain = sceneDomain }, "yes", "yes", "yes"},
		{"a certificate for a domain that is not the host's", records(byAuthority), []*talk{secured(trustedChain, domain, authority)}, nil, "yes", "yes", "no"},
	}
	for _, test := range tests {
		b := scene(test.talks...)
		b.Vantage.ResolverNamed = true
		if test.answer != nil {
			x := evidence.Exchange{Role: evidence.Resolver, Name: mailpolicy.TLSAName(sceneHost), Type: "TLSA", RCode: "NOERROR", AD: true}
			test.answer(&x)
			b.Exchanges = append(b.Exchanges, x)
		}
		if test.change != nil {
			test.change(b)
		}
		set := Facts(b)
		wantAbout(t, test.name, set, sceneView, facts.DANEPublished, test.published)
		wantAbout(t, test.name, set, sceneView, facts.DANEUsable, test.usable)
		wantAbout(t, test.name, set, sceneView, facts.DANEMatches, test.matches)
		wantPart(t, test.name, b)
	}
}
