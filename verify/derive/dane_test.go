package derive

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"math/big"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dane"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/smtp"
)

var seenAt = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// signedBy makes a certificate; a nil parent means by itself.
func signedBy(t *testing.T, parent *x509.Certificate, parentKey *ecdsa.PrivateKey, names []string, ends time.Time) (*x509.Certificate, *ecdsa.PrivateKey) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail.example.com"}, DNSNames: names,
		NotBefore: seenAt.Add(-time.Hour), NotAfter: ends}
	if names == nil {
		template.Subject.CommonName = "an authority"
		template.IsCA, template.BasicConstraintsValid = true, true
	}
	if parent == nil {
		parent, parentKey = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, parentKey)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c, key
}

func tlsaRecord(usage, selector, matching uint8, data []byte) *dns.TLSA {
	return &dns.TLSA{Usage: usage, Selector: selector, MatchingType: matching, Certificate: hex.EncodeToString(data)}
}

func sum256(b []byte) []byte { d := sha256.Sum256(b); return d[:] }
func sum512(b []byte) []byte { d := sha512.Sum512(b); return d[:] }

// Every form of a TLSA record against a chain whose authority was sent along, and against one from which it was left out.
func TestTLSAForms(t *testing.T) {
	authority, key := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	stranger, _ := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	leaf, _ := signedBy(t, authority, key, []string{"mail.example.com"}, seenAt.Add(time.Hour))
	old, _ := signedBy(t, authority, key, []string{"mail.example.com"}, seenAt.Add(-time.Minute))
	domain, _ := signedBy(t, authority, key, []string{"example.com"}, seenAt.Add(time.Hour))
	foreign, _ := signedBy(t, authority, key, []string{"example.net"}, seenAt.Add(time.Hour))
	whole := []*x509.Certificate{leaf, authority}
	tests := []struct {
		name    string
		record  *dns.TLSA
		chain   []*x509.Certificate
		usable  bool
		matches bool
	}{
		{"3 1 1", tlsaRecord(3, 1, 1, sum256(leaf.RawSubjectPublicKeyInfo)), whole, true, true},
		{"3 1 2", tlsaRecord(3, 1, 2, sum512(leaf.RawSubjectPublicKeyInfo)), whole, true, true},
		{"3 1 0", tlsaRecord(3, 1, 0, leaf.RawSubjectPublicKeyInfo), whole, true, true},
		{"3 0 1", tlsaRecord(3, 0, 1, sum256(leaf.Raw)), whole, true, true},
		{"3 0 2", tlsaRecord(3, 0, 2, sum512(leaf.Raw)), whole, true, true},
		{"3 0 0", tlsaRecord(3, 0, 0, leaf.Raw), whole, true, true},
		{"3 1 1 of an expired one", tlsaRecord(3, 1, 1, sum256(old.RawSubjectPublicKeyInfo)), []*x509.Certificate{old}, true, true},
		{"3 1 1 of one for another name", tlsaRecord(3, 1, 1, sum256(foreign.RawSubjectPublicKeyInfo)), []*x509.Certificate{foreign}, true, true},
		{"3 1 1 of the authority", tlsaRecord(3, 1, 1, sum256(authority.RawSubjectPublicKeyInfo)), whole, true, false},
		{"2 1 1", tlsaRecord(2, 1, 1, sum256(authority.RawSubjectPublicKeyInfo)), whole, true, true},
		{"2 0 1", tlsaRecord(2, 0, 1, sum256(authority.Raw)), whole, true, true},
		{"2 0 1, not sent", tlsaRecord(2, 0, 1, sum256(authority.Raw)), whole[:1], true, false},
		{"2 0 0, not sent", tlsaRecord(2, 0, 0, authority.Raw), whole[:1], true, true},
		{"2 0 1 of a stranger that is sent", tlsaRecord(2, 0, 1, sum256(stranger.Raw)), []*x509.Certificate{leaf, authority, stranger}, true, false},
		{"2 0 1 of an expired one", tlsaRecord(2, 0, 1, sum256(authority.Raw)), []*x509.Certificate{old, authority}, true, false},
		{"2 0 1 for the domain", tlsaRecord(2, 0, 1, sum256(authority.Raw)), []*x509.Certificate{domain, authority}, true, true},
		{"2 0 1 for another name", tlsaRecord(2, 0, 1, sum256(authority.Raw)), []*x509.Certificate{foreign, authority}, true, false},
		{"1 1 1", tlsaRecord(1, 1, 1, sum256(leaf.RawSubjectPublicKeyInfo)), whole, false, false},
		{"0 0 1", tlsaRecord(0, 0, 1, sum256(authority.Raw)), whole, false, false},
		{"another selector", tlsaRecord(3, 2, 1, sum256(leaf.Raw)), whole, false, false},
		{"another digest", tlsaRecord(3, 1, 3, sum256(leaf.Raw)), whole, false, false},
		{"a digest of the wrong length", tlsaRecord(3, 1, 2, sum256(leaf.Raw)), whole, false, false},
		{"no certificate", tlsaRecord(3, 0, 0, []byte("x")), whole, false, false},
		{"nothing", tlsaRecord(3, 1, 1, nil), whole, false, false},
		{"no hexadecimal", &dns.TLSA{Usage: 3, Selector: 1, MatchingType: 1, Certificate: "zz"}, whole, false, false},
	}
	for _, test := range tests {
		p, usable := dane.UsablePin(test.record)
		if usable != test.usable {
			t.Errorf("%s: usable %v", test.name, usable)
			continue
		}
		if got := usable && p.Accepts(test.chain, []string{"mail.example.com", "example.com"}, seenAt); got != test.matches {
			t.Errorf("%s: matches %v", test.name, got)
		}
	}
}

// What sessions show differently decides nothing, and what no session shows is not known.
func TestCertificatesThatDiffer(t *testing.T) {
	authority, key := signedBy(t, nil, nil, nil, seenAt.Add(time.Hour))
	good, _ := signedBy(t, authority, key, []string{"mail.example.com"}, seenAt.Add(time.Hour))
	bad, _ := signedBy(t, authority, key, []string{"example.net"}, seenAt.Add(time.Hour))
	bundle := evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}}}
	for i, c := range []*x509.Certificate{good, bad} {
		bundle.Sessions = append(bundle.Sessions, evidence.Session{Host: "mail.example.com", Address: "203.0.113.25", Attempt: i + 1, StartedAt: seenAt,
			Events: []evidence.Event{{Step: evidence.StepHandshake, TLS: &evidence.TLS{Version: "TLS 1.3", Certificates: [][]byte{c.Raw},
				Chain: &evidence.Chain{Result: evidence.Untrusted}}}}})
	}
	view := facts.SessionAt("mail.example.com", "203.0.113.25")
	set := Facts(&bundle)
	if f, _ := set.Get(facts.SMTPCertificateNameMatches, view); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("two names: %+v", f)
	}
	if f, _ := set.Get(facts.SMTPCertificateTrusted, view); !f.Known() || f.Value.Bool() {
		t.Errorf("neither is trusted: %+v", f)
	}
	bundle.Sessions[0].Events[0].TLS.Certificates = [][]byte{[]byte("x")}
	bundle.Sessions[1].Events[0].TLS.Certificates = nil
	set = Facts(&bundle)
	for _, name := range smtp.CertificateFacts {
		if f, _ := set.Get(name, view); f.Known() || f.Why.Code == "" {
			t.Errorf("%s of what cannot be read: %+v", name, f)
		}
	}
}

// A host that two domains of a report share, of which only one lists it.
func TestPoliciesOfASharedHost(t *testing.T) {
	host := evidence.Host{Name: "mail.example.net", Addresses: []string{"203.0.113.25"}}
	var bundle evidence.Bundle
	for _, domain := range []string{"example.com", "example.org"} {
		bundle.Targets = append(bundle.Targets, evidence.Target{Name: domain, Kind: "domain", PolicyDomain: domain, Hosts: []evidence.Host{host}})
		bundle.Exchanges = append(bundle.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: mailpolicy.STSRecordName(domain), Type: "TXT", RCode: "NOERROR",
			Answer: []string{mailpolicy.STSRecordName(domain) + `. 300 IN TXT "v=STSv1; id=1"`}})
		mx := map[string]string{"example.com": "*.example.net", "example.org": "*.example.org"}[domain]
		bundle.Fetches = append(bundle.Fetches, evidence.Fetch{URL: mailpolicy.STSURL(domain), Status: 200,
			Body: "version: STSv1\nmode: enforce\nmax_age: 1\nmx: " + mx + "\n"})
	}
	set := Facts(&bundle)
	if f, _ := set.Get(facts.MTASTSCoversHost, facts.SessionAt(host.Name, host.Addresses[0])); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("covered by one of two: %+v", f)
	}
	part := Part(bundle, []string{"example.com"})
	if len(part.Fetches) != 1 || len(part.Exchanges) != 1 {
		t.Fatalf("the part of one domain has %d fetches and %d exchanges", len(part.Fetches), len(part.Exchanges))
	}
	set = Facts(&part)
	if f, _ := set.Get(facts.MTASTSCoversHost, facts.SessionAt(host.Name, host.Addresses[0])); !f.Known() || !f.Value.Bool() {
		t.Errorf("covered by the only one: %+v", f)
	}
}

// TLSA records count only on the word of a resolver that the user named.
func TestTLSACountsOnlyWhereSomebodyVouches(t *testing.T) {
	for _, test := range []struct{ named, ad, known bool }{{true, true, true}, {true, false, false}, {false, true, false}, {false, false, false}} {
		bundle := evidence.Bundle{Vantage: evidence.Vantage{ResolverNamed: test.named},
			Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}},
			Exchanges: []evidence.Exchange{{Role: evidence.Resolver, Name: mailpolicy.TLSAName("mail.example.com"), Type: "TLSA", RCode: "NOERROR", AD: test.ad,
				Answer: []string{"_25._tcp.mail.example.com. 300 IN TLSA 3 1 1 " + hex.EncodeToString(sum256(nil))}}}}
		set := Facts(&bundle)
		for _, name := range []facts.Name{facts.DANEPublished, facts.DANEUsable} {
			if f, _ := set.Get(name, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Known() != test.known || f.Known() && !f.Value.Bool() {
				t.Errorf("%+v: %s is %+v", test, name, f)
			}
		}
		if f, _ := set.Get(facts.DANEMatches, facts.SessionAt("mail.example.com", "203.0.113.25")); f.Known() {
			t.Errorf("%+v: without a session, a match is known: %+v", test, f)
		}
	}
}
