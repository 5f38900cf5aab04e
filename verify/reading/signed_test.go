package reading

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/signer"
)

var signedAt = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// signedBundle is what name servers said of the MX records of example.com, whose signatures end at a time, from the root on.
func signedBundle(until time.Time) *evidence.Bundle {
	b := &evidence.Bundle{}
	root, own := signer.NewKey(".", "key"), signer.NewKey("example.com.", "key")
	b.Vantage.TrustAnchors = []string{text(root.DS())}
	from := signedAt.Add(-time.Hour)
	rr := func(s string) dns.RR {
		rr, err := dns.NewRR(s)
		if err != nil {
			panic(err)
		}
		return rr
	}
	add := func(name, rrtype string, aa bool, key signer.Key, ends time.Time, set ...dns.RR) *evidence.Exchange {
		x := evidence.Exchange{At: signedAt, Role: evidence.Authoritative, Server: "192.0.2.53:53", Name: name, Type: rrtype, RCode: "NOERROR", EDNS: true, DO: true, AA: aa}
		for _, rr := range set {
			x.Answer = append(x.Answer, text(rr))
		}
		x.Proof = []string{text(key.Sign(set, from, ends))}
		b.Exchanges = append(b.Exchanges, x)
		return &b.Exchanges[len(b.Exchanges)-1]
	}
	far := signedAt.Add(30 * 24 * time.Hour)
	add(".", "DNSKEY", true, root, far, root.DNSKEY)
	add(".", "SOA", true, root, far, rr(". 300 IN SOA a.example. h.example. 1 2 3 4 5"))
	// A referral has its DS records in no answer section.
	referral := add("example.com", "MX", false, root, far, own.DS())
	referral.Proof = append(referral.Proof, referral.Answer...)
	referral.Answer, referral.Authority = nil, []string{"example.com. 300 IN NS ns1.example.com."}
	add("example.com", "DNSKEY", true, own, until, own.DNSKEY)
	add("example.com", "MX", true, own, until, rr("example.com. 300 IN MX 10 mail.example.com."))
	return b
}

func text(rr dns.RR) string { return strings.ReplaceAll(rr.String(), "\t", " ") }

// byResolver adds what the resolver said of the MX records, and that it answers other questions.
func byResolver(b *evidence.Bundle, rcode string, ad bool) {
	x := evidence.Exchange{Role: evidence.Resolver, Server: "203.0.113.1:53", Name: "example.com", Type: "MX", RCode: rcode, AD: ad}
	if rcode == "NOERROR" {
		x.Answer = []string{"example.com. 300 IN MX 10 mail.example.com."}
	}
	b.Exchanges = append(b.Exchanges, x, evidence.Exchange{Role: evidence.Resolver, Server: "203.0.113.1:53", Name: "example.net", Type: "MX", RCode: "NXDOMAIN"})
}

// Who sees records, by what was proven of their signatures, and by what the resolver says, which is a witness and no more.
func TestHidden(t *testing.T) {
	well, ended := signedAt.Add(24*time.Hour), signedAt.Add(-72*time.Hour)
	without := func(rrtype string) func(*evidence.Bundle) {
		return func(b *evidence.Bundle) {
			for i := range b.Exchanges {
				if x := &b.Exchanges[i]; x.Type == rrtype && x.Name != "." {
					x.RCode, x.AA, x.Answer, x.Proof, x.Failure = "", false, nil, nil, &evidence.Failure{Kind: evidence.Timeout}
				}
			}
		}
	}
	bare := func(b *evidence.Bundle) { // as a program recorded it that did not ask for signatures
		for i := range b.Exchanges {
			b.Exchanges[i].DO, b.Exchanges[i].Proof = false, nil
		}
	}
	// second has another server answer for the keys without signatures, after what it said to the question with DO.
	second := func(first evidence.Exchange) func(*evidence.Bundle) {
		return func(b *evidence.Bundle) {
			for _, x := range b.Exchanges {
				if x.Name == "example.com" && x.Type == "DNSKEY" {
					first.Role, first.Name, first.Type, first.EDNS, first.DO = x.Role, x.Name, x.Type, true, true
					x.Proof, x.EDNS, x.DO = nil, false, false
					first.Server, x.Server = "198.51.100.53:53", "198.51.100.53:53"
					b.Exchanges = append(b.Exchanges, first, x)
					return
				}
			}
		}
	}
	lost := evidence.Exchange{Failure: &evidence.Failure{Kind: evidence.Timeout}}
	none := func(*evidence.Bundle) {}
	for _, test := range []struct {
		name   string
		until  time.Time
		change func(*evidence.Bundle)
		rcode  string
		ad     bool
		want   string
	}{
		{"signed", well, none, "NOERROR", false, "no"},
		{"signed, and the resolver says so", well, none, "NOERROR", true, "no"},
		{"signed, and the resolver fails", well, none, "SERVFAIL", false, "no"},
		{"ended", ended, none, "NOERROR", false, "yes"},
		{"ended, and the resolver fails", ended, none, "SERVFAIL", false, "yes"},
		{"ended, and the resolver says that all is well", ended, none, "NOERROR", true, "disagreement"},
		{"ended, and another server lost the question with DO", ended, second(lost), "NOERROR", false, "servfail"},
		{"ended, and another server knows no EDNS", ended, second(evidence.Exchange{RCode: "FORMERR"}), "NOERROR", false, "yes"},
		{"signed, and another server lost the question with DO", well, second(lost), "NOERROR", false, "no"},
		{"the keys did not come", ended, without("DNSKEY"), "NOERROR", false, "servfail"},
		{"the keys did not come, and the resolver has validated", well, without("DNSKEY"), "NOERROR", true, "no"},
		{"the keys did not come, and the resolver fails", well, without("DNSKEY"), "SERVFAIL", false, "servfail"},
		{"nobody asked for signatures", ended, bare, "NOERROR", false, "no"},
		{"nobody asked for signatures, and the resolver fails", ended, bare, "SERVFAIL", false, "servfail"},
		{"another root", ended, func(b *evidence.Bundle) { b.Vantage.TrustAnchors = nil }, "NOERROR", false, "untested"},
	} {
		b := signedBundle(test.until)
		test.change(b)
		byResolver(b, test.rcode, test.ad)
		r := &Reading{Bundle: b}
		hidden, by := r.Hidden("example.com", "MX"), r.HiddenBy("example.com", "MX")
		got := string(hidden.Why.Code)
		if hidden.Known() {
			got = map[bool]string{true: "yes", false: "no"}[hidden.IsYes()]
		}
		if got != test.want || by.Known() != (test.want == "yes") {
			t.Errorf("%s: %s (%s), want %s; by %v", test.name, got, hidden.Why.Detail, test.want, by.Value)
		}
	}
}

// What is asked for a proof follows from what is missing, and ends.
func TestToProveAsksForTheKeysOnTheWay(t *testing.T) {
	b := signedBundle(signedAt.Add(24 * time.Hour))
	kept := b.Exchanges[:0]
	for _, x := range b.Exchanges {
		if x.Type == "MX" {
			kept = append(kept, x)
		}
	}
	all := signedBundle(signedAt.Add(24 * time.Hour)).Exchanges
	b.Exchanges = kept
	r := &Reading{Bundle: b}
	var asked []string
	for range 10 {
		list := r.ToProve("example.com", "MX")
		if len(list) == 0 {
			break
		}
		for _, q := range list {
			asked = append(asked, q.Name+" "+q.Type)
			for _, x := range all {
				if x.Name == q.Name && x.Type == q.Type {
					r.Add(x)
				}
			}
		}
	}
	if got := strings.Join(asked, ", "); got != ". DNSKEY, example.com DNSKEY" {
		t.Errorf("asked for %q", got)
	}
	if hidden := r.Hidden("example.com", "MX"); !hidden.IsNo() {
		t.Errorf("%+v", hidden)
	}
	if list := (&Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{{Role: evidence.Authoritative, Name: "example.com", Type: "MX", RCode: "NOERROR", AA: true, DO: true,
		Answer: []string{"example.com. 300 IN MX 10 mail.example.com."}}}}}).ToProve("example.com", "MX"); len(list) > 0 {
		t.Errorf("a zone that is not signed costs questions: %v", list)
	}
}
