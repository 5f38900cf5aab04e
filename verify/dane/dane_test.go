package dane

import (
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/mailpolicy"
)

func tlsaRecord(usage, selector, matching uint8, data []byte) *dns.TLSA {
	return &dns.TLSA{Usage: usage, Selector: selector, MatchingType: matching, Certificate: hex.EncodeToString(data)}
}

func sum512(b []byte) []byte { d := sha512.Sum512(b); return d[:] }

// Every form of a TLSA record against a chain whose authority was sent along, and against one from which it was left out.
func TestTLSAForms(t *testing.T) {
	authority, key := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	stranger, _ := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	leaf, _ := scene.SignedBy(t, authority, key, []string{"mail.example.com"}, scene.SeenAt.Add(time.Hour))
	old, _ := scene.SignedBy(t, authority, key, []string{"mail.example.com"}, scene.SeenAt.Add(-time.Minute))
	domain, _ := scene.SignedBy(t, authority, key, []string{"example.com"}, scene.SeenAt.Add(time.Hour))
	foreign, _ := scene.SignedBy(t, authority, key, []string{"example.net"}, scene.SeenAt.Add(time.Hour))
	whole := []*x509.Certificate{leaf, authority}
	tests := []struct {
		name    string
		record  *dns.TLSA
		chain   []*x509.Certificate
		usable  bool
		matches bool
	}{
		{"3 1 1", tlsaRecord(3, 1, 1, scene.Sum256(leaf.RawSubjectPublicKeyInfo)), whole, true, true},
		{"3 1 2", tlsaRecord(3, 1, 2, sum512(leaf.RawSubjectPublicKeyInfo)), whole, true, true},
		{"3 1 0", tlsaRecord(3, 1, 0, leaf.RawSubjectPublicKeyInfo), whole, true, true},
		{"3 0 1", tlsaRecord(3, 0, 1, scene.Sum256(leaf.Raw)), whole, true, true},
		{"3 0 2", tlsaRecord(3, 0, 2, sum512(leaf.Raw)), whole, true, true},
		{"3 0 0", tlsaRecord(3, 0, 0, leaf.Raw), whole, true, true},
		{"3 1 1 of an expired one", tlsaRecord(3, 1, 1, scene.Sum256(old.RawSubjectPublicKeyInfo)), []*x509.Certificate{old}, true, true},
		{"3 1 1 of one for another name", tlsaRecord(3, 1, 1, scene.Sum256(foreign.RawSubjectPublicKeyInfo)), []*x509.Certificate{foreign}, true, true},
		{"3 1 1 of the authority", tlsaRecord(3, 1, 1, scene.Sum256(authority.RawSubjectPublicKeyInfo)), whole, true, false},
		{"2 1 1", tlsaRecord(2, 1, 1, scene.Sum256(authority.RawSubjectPublicKeyInfo)), whole, true, true},
		{"2 0 1", tlsaRecord(2, 0, 1, scene.Sum256(authority.Raw)), whole, true, true},
		{"2 0 1, not sent", tlsaRecord(2, 0, 1, scene.Sum256(authority.Raw)), whole[:1], true, false},
		{"2 0 0, not sent", tlsaRecord(2, 0, 0, authority.Raw), whole[:1], true, true},
		{"2 0 1 of a stranger that is sent", tlsaRecord(2, 0, 1, scene.Sum256(stranger.Raw)), []*x509.Certificate{leaf, authority, stranger}, true, false},
		{"2 0 1 of an expired one", tlsaRecord(2, 0, 1, scene.Sum256(authority.Raw)), []*x509.Certificate{old, authority}, true, false},
		{"2 0 1 for the domain", tlsaRecord(2, 0, 1, scene.Sum256(authority.Raw)), []*x509.Certificate{domain, authority}, true, true},
		{"2 0 1 for another name", tlsaRecord(2, 0, 1, scene.Sum256(authority.Raw)), []*x509.Certificate{foreign, authority}, true, false},
		{"1 1 1", tlsaRecord(1, 1, 1, scene.Sum256(leaf.RawSubjectPublicKeyInfo)), whole, false, false},
		{"0 0 1", tlsaRecord(0, 0, 1, scene.Sum256(authority.Raw)), whole, false, false},
		{"another selector", tlsaRecord(3, 2, 1, scene.Sum256(leaf.Raw)), whole, false, false},
		{"another digest", tlsaRecord(3, 1, 3, scene.Sum256(leaf.Raw)), whole, false, false},
		{"a digest of the wrong length", tlsaRecord(3, 1, 2, scene.Sum256(leaf.Raw)), whole, false, false},
		{"no certificate", tlsaRecord(3, 0, 0, []byte("x")), whole, false, false},
		{"nothing", tlsaRecord(3, 1, 1, nil), whole, false, false},
		{"no hexadecimal", &dns.TLSA{Usage: 3, Selector: 1, MatchingType: 1, Certificate: "zz"}, whole, false, false},
	}
	for _, test := range tests {
		p, usable := usablePin(test.record)
		if usable != test.usable {
			t.Errorf("%s: usable %v", test.name, usable)
			continue
		}
		if got := usable && p.accepts(test.chain, []string{"mail.example.com", "example.com"}, scene.SeenAt); got != test.matches {
			t.Errorf("%s: matches %v", test.name, got)
		}
	}
}

// TLSA records count only on the word of a resolver that the user named.
func TestTLSACountsOnlyWhereSomebodyVouches(t *testing.T) {
	for _, test := range []struct{ named, ad, known bool }{{true, true, true}, {true, false, false}, {false, true, false}, {false, false, false}} {
		bundle := evidence.Bundle{Vantage: evidence.Vantage{ResolverNamed: test.named},
			Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mail.example.com", Addresses: []string{"203.0.113.25"}}}}},
			Exchanges: []evidence.Exchange{{Role: evidence.Resolver, Name: mailpolicy.TLSAName("mail.example.com"), Type: "TLSA", RCode: "NOERROR", AD: test.ad,
				Answer: []string{"_25._tcp.mail.example.com. 300 IN TLSA 3 1 1 " + hex.EncodeToString(scene.Sum256(nil))}}}}
		set := factsOf(&bundle)
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

// What TLSA records make known, from their look-up to the certificates of all sessions.
func TestTLSAOfAHost(t *testing.T) {
	authority, key := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	leaf, _ := scene.SignedBy(t, authority, key, []string{scene.Host}, scene.SeenAt.Add(time.Hour))
	renewed, _ := scene.SignedBy(t, authority, key, []string{scene.Host}, scene.SeenAt.Add(time.Hour))
	domain, _ := scene.SignedBy(t, authority, key, []string{scene.Domain}, scene.SeenAt.Add(time.Hour))
	pinned := fmt.Sprintf("3 0 1 %s", hex.EncodeToString(scene.Sum256(leaf.Raw)))
	byAuthority := fmt.Sprintf("2 0 1 %s", hex.EncodeToString(scene.Sum256(authority.Raw)))
	records := func(texts ...string) func(*evidence.Exchange) {
		return func(x *evidence.Exchange) {
			for _, text := range texts {
				x.Answer = append(x.Answer, x.Name+". 300 IN TLSA "+text)
			}
		}
	}
	code := func(rcode string) func(*evidence.Exchange) { return func(x *evidence.Exchange) { x.RCode = rcode } }
	ok := scene.Secured(scene.Trusted, leaf, authority)
	tests := []struct {
		name                       string
		answer                     func(*evidence.Exchange)
		talks                      []*scene.Talk
		change                     func(*evidence.Bundle)
		published, usable, matches string
	}{
		{"the right one", records(pinned), []*scene.Talk{ok}, nil, "yes", "yes", "yes"},
		{"one of two is right", records("3 0 1 "+strings.Repeat("00", 32), pinned), []*scene.Talk{ok}, nil, "yes", "yes", "yes"},
		{"another certificate", records(pinned), []*scene.Talk{scene.Secured(scene.Trusted, renewed, authority)}, nil, "yes", "yes", "no"},
		{"another one in one of two sessions", records(pinned), []*scene.Talk{ok, scene.Secured(scene.Trusted, renewed, authority)}, nil, "yes", "yes", "unknown: disagreement"},
		{"the same authority in both", records(byAuthority), []*scene.Talk{ok, scene.Secured(scene.Trusted, renewed, authority)}, nil, "yes", "yes", "yes"},
		{"no handshake", records(pinned), []*scene.Talk{scene.Offered()}, nil, "yes", "yes", "unknown: untested"},
		{"a certificate that cannot be read", records(pinned), []*scene.Talk{scene.Secured(scene.Trusted, &x509.Certificate{Raw: []byte("x")})}, nil, "yes", "yes", "unknown: untested"},
		{"only such as do not count for SMTP", records("1 1 1 " + strings.Repeat("00", 32)), []*scene.Talk{ok}, nil, "yes", "no", "no"},
		{"somebody else's handshake", records(pinned), []*scene.Talk{ok}, func(b *evidence.Bundle) { b.Vantage.Intercepted = true }, "yes", "yes", "unknown: intercepted"},
		{"none", code("NXDOMAIN"), []*scene.Talk{ok}, nil, "no", "no", "no"},
		{"the look-up failed", code("SERVFAIL"), []*scene.Talk{ok}, nil, "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		{"not asked", nil, []*scene.Talk{ok}, nil, "unknown: untested", "unknown: untested", "unknown: untested"},
		{"not asked in time", nil, []*scene.Talk{ok}, func(b *evidence.Bundle) { b.Expired = true }, "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		{"not asked before the user ended it", nil, []*scene.Talk{ok}, func(b *evidence.Bundle) { b.Interrupted = true }, "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		{"a certificate for the mail domain (RFC 7672 section 3.2.2)", records(byAuthority), []*scene.Talk{scene.Secured(scene.Trusted, domain, authority)},
			func(b *evidence.Bundle) { b.Targets[0].PolicyDomain = scene.Domain }, "yes", "yes", "yes"},
		{"a certificate for a domain that is not the host's", records(byAuthority), []*scene.Talk{scene.Secured(scene.Trusted, domain, authority)}, nil, "yes", "yes", "no"},
	}
	for _, test := range tests {
		b := scene.Of(test.talks...)
		b.Vantage.ResolverNamed = true
		if test.answer != nil {
			x := evidence.Exchange{Role: evidence.Resolver, Name: mailpolicy.TLSAName(scene.Host), Type: "TLSA", RCode: "NOERROR", AD: true}
			test.answer(&x)
			b.Exchanges = append(b.Exchanges, x)
		}
		if test.change != nil {
			test.change(b)
		}
		set := factsOf(b)
		scene.WantAbout(t, test.name, set, scene.View, facts.DANEPublished, test.published)
		scene.WantAbout(t, test.name, set, scene.View, facts.DANEUsable, test.usable)
		scene.WantAbout(t, test.name, set, scene.View, facts.DANEMatches, test.matches)
		scene.WantAlone(t, test.name, b, Derive)
	}
}
