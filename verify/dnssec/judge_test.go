package dnssec

import (
	"crypto"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/internal/signer"
)

// outcome writes what a test compares.
func outcome(r Result) string {
	switch r.Status {
	case Secure:
		return "secure"
	case Insecure:
		return "insecure"
	case Bogus:
		return "bogus " + string(r.Fault)
	}
	return "unknown " + string(r.Reason)
}

// What each situation is worth. The situations and their outcomes were written before the code.
func TestJudge(t *testing.T) {
	ends := func(z string, from, until time.Duration, types ...uint16) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) {
			if len(types) == 0 {
				w.zones[z].from, w.zones[z].until = now.Add(from), now.Add(until)
			}
			for _, code := range types {
				w.zones[z].times[code] = [2]time.Time{now.Add(from), now.Add(until)}
			}
		}
	}
	key := func(z, signs string, publishes ...string) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) {
			p := w.zones[z]
			p.key, p.published = signer.NewKey(z, signs), nil
			for _, label := range publishes {
				p.published = append(p.published, signer.NewKey(z, label).DNSKEY)
			}
		}
	}
	changed := func(name, rrtype string, change func(*Answer)) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) { w.change[Question{name, rrtype}] = change }
	}
	ds := func(z string, alter func(*dns.DS)) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) {
			d := signer.NewKey(z, "key").DS()
			alter(d)
			w.zones[z].ds = []dns.RR{d}
		}
	}
	drop := func(codes ...uint16) func(*Answer) {
		return func(a *Answer) {
			kept := slices.DeleteFunc(slices.Clone(a.Records[a.Answer:]), func(rr dns.RR) bool { return slices.Contains(codes, rr.Header().Rrtype) })
			a.Records = append(slices.Clone(a.Records[:a.Answer]), kept...)
		}
	}
	nsec3 := func(z string, optOut bool, iterations uint16) func(*testing.T, *world) {
		return func(_ *testing.T, w *world) {
			w.zones[z].nsec3, w.zones[z].optOut, w.zones[z].iterations = true, optOut, iterations
		}
	}
	and := func(all ...func(*testing.T, *world)) func(*testing.T, *world) {
		return func(t *testing.T, w *world) {
			for _, do := range all {
				do(t, w)
			}
		}
	}
	tests := []struct {
		name     string
		question string
		world    func(*testing.T, *world)
		want     string
	}{
		// As it should be.
		{"records", "example.com MX", nil, "secure"},
		{"letter case", "Example.COM MX", nil, "secure"},
		{"names in another letter case", "example.com MX", changed("example.com", "MX", func(a *Answer) { a.Records[0].Header().Name = "Example.com." }), "secure"},
		{"texts", "example.com TXT", nil, "secure"},
		{"an alias in the zone", "www.example.com A", nil, "secure"},
		{"an alias into another signed zone", "shop.example.com A", nil, "secure"},
		{"an alias made by a DNAME record", "www.old.example.com A", nil, "secure"},
		{"a wildcard", "x.wild.example.com A", nil, "secure"},
		{"a wildcard, two labels down", "y.x.wild.example.com A", nil, "secure"},
		{"the wildcard itself", "*.wild.example.com A", nil, "secure"},
		{"no records of the type", "example.com AAAA", nil, "secure"},
		{"no such name", "none.example.com MX", nil, "secure"},
		{"a name between names", "b.example.com MX", nil, "secure"},
		{"no records of the type at a wildcard", "x.wild.example.com MX", nil, "secure"},
		{"no such name below the top", "none.com MX", nil, "secure"},
		{"by referrals", "example.com MX", func(_ *testing.T, w *world) { w.refer = true }, "secure"},
		{"a zone that is not signed", "plain.com MX", nil, "insecure"},
		{"the same by referrals", "plain.com MX", func(_ *testing.T, w *world) { w.refer = true }, "insecure"},
		// Servers of both zones give no referral from the one to the other.
		{"a zone that is not signed, at the servers of the one above", "plain.com MX", func(_ *testing.T, w *world) { w.unasked[Question{"plain.com", "DS"}] = true }, "unknown missing"},
		{"no signatures, and nobody asked whether a zone begins", "mail.example.com A", func(_ *testing.T, w *world) {
			w.change[Question{"mail.example.com", "A"}], w.unasked[Question{"mail.example.com", "DS"}] = drop(dns.TypeRRSIG), true
		}, "unknown missing"},
		{"no signatures, and no zone begins", "mail.example.com A", changed("mail.example.com", "A", drop(dns.TypeRRSIG)), "bogus unsigned"},
		{"an alias into a zone that is not signed", "shop.example.com A", func(_ *testing.T, w *world) { w.zones["example.net."].unsigned, w.zones["example.net."].ds = true, nil }, "insecure"},
		{"DNSKEY", "example.com DNSKEY", nil, "secure"},
		{"a second key beside", "example.com MX", key("example.com.", "key", "other", "key"), "secure"},
		{"a second DS record beside, of a key that is to come", "example.com MX", func(_ *testing.T, w *world) {
			w.zones["example.com."].ds = append(w.zones["example.com."].ds, signer.NewKey("example.com.", "next").DS())
		}, "secure"},
		{"many DS records, signed afresh by each server", "example.com MX", func(_ *testing.T, w *world) {
			for i := range 16 {
				w.zones["example.com."].ds = append(w.zones["example.com."].ds, signer.NewKey("example.com.", fmt.Sprint(i)).DS())
			}
			w.twice[Question{"example.com", "DS"}] = func(a *Answer) {
				a.Records[len(a.Records)-1] = signer.NewKey("com.", "key").Sign(a.Records[:17], now.Add(-time.Minute), now.Add(day1))
			}
		}, "secure"},
		{"one of two signatures fits", "example.com MX", changed("example.com", "MX", func(a *Answer) {
			bad := dns.Copy(a.Records[2]).(*dns.RRSIG)
			bad.Signature = base64.StdEncoding.EncodeToString(make([]byte, 64))
			a.Records = append(a.Records, bad)
		}), "secure"},
		{"a revoked key beside", "example.com MX", func(_ *testing.T, w *world) {
			k := dns.Copy(signer.NewKey("example.com.", "key").DNSKEY).(*dns.DNSKEY)
			k.Flags |= dns.REVOKE
			w.zones["example.com."].published = append(w.zones["example.com."].published, k)
		}, "secure"},

		// Times.
		{"expired", "example.com MX", ends("example.com.", -30*day1, -2*day1), "bogus expired"},
		{"expired, only the records", "example.com MX", ends("example.com.", -30*day1, -2*day1, dns.TypeMX), "bogus expired"},
		{"expired, only other records", "example.com MX", ends("example.com.", -30*day1, -2*day1, dns.TypeTXT), "secure"},
		{"expired, only the keys", "example.com MX", ends("example.com.", -30*day1, -2*day1, dns.TypeDNSKEY), "bogus expired"},
		{"expired, an alias's target", "shop.example.com A", ends("example.net.", -30*day1, -2*day1), "bogus expired"},
		{"expired, only the denials", "none.example.com MX", ends("example.com.", -30*day1, -2*day1, dns.TypeNSEC), "bogus expired"},
		{"expired since hours", "example.com MX", ends("example.com.", -30*day1, -3*time.Hour), "bogus expired"},
		{"expired since minutes", "example.com MX", ends("example.com.", -30*day1, -20*time.Minute), "unknown clock"},
		{"not yet valid", "example.com MX", ends("example.com.", 3*day1, 30*day1), "bogus not_yet_valid"},
		{"not yet valid by hours, as with a clock that is behind", "example.com MX", ends("example.com.", 3*time.Hour, 30*day1), "unknown clock"},
		{"the DS records have expired", "example.com MX", ends("com.", -30*day1, -2*day1, dns.TypeDS), "bogus expired"},
		{"the top level has expired", "example.com MX", ends("com.", -30*day1, -2*day1), "bogus expired"},
		{"the root has expired", "example.com MX", ends(".", -30*day1, -2*day1), "unknown clock"},
		{"the root is not yet valid", "example.com MX", ends(".", 3*day1, 30*day1), "unknown clock"},
		{"the clock is days ahead", "example.com MX", and(ends("example.com.", -30*day1, -2*day1), ends(".", -5*day1, 9*day1)), "unknown clock"},
		{"the clock is days behind", "example.com MX", and(ends("example.com.", 2*day1, 9*day1), ends(".", 2*day1, 9*day1, dns.TypeSOA)), "unknown clock"},
		{"nobody asked the root for its clock", "example.com MX", and(ends("example.com.", -30*day1, -2*day1),
			func(_ *testing.T, w *world) { w.unasked[Question{".", "SOA"}] = true }), "unknown missing"},
		{"the root does not tell", "example.com MX", and(ends("example.com.", -30*day1, -2*day1),
			func(_ *testing.T, w *world) { w.silent[Question{".", "SOA"}] = true }), "unknown clock"},
		{"times beyond the circle of 32 bits", "example.com MX", ends("example.com.", -30*day1, 20000*day1), "secure"},

		// Keys.
		{"signed with another key, which is published", "example.com MX", key("example.com.", "other", "key", "other"), "bogus wrong_key"},
		{"signed with a key that is not published", "example.com MX", key("example.com.", "other", "key"), "bogus wrong_key"},
		{"a key to which nothing points", "example.com MX", key("example.com.", "other", "other"), "bogus no_key"},
		{"DS without DNSKEY", "example.com MX", func(_ *testing.T, w *world) { w.zones["example.com."].published = nil }, "bogus no_key"},
		{"a zone that is no longer signed behind DS", "example.com MX", func(_ *testing.T, w *world) {
			w.zones["example.com."].published, w.zones["example.com."].unsigned = nil, true
		}, "bogus no_key"},
		{"a digest that does not fit", "example.com MX", ds("example.com.", func(d *dns.DS) { d.Digest = strings.Repeat("ab", 32) }), "bogus no_key"},
		{"the key is revoked", "example.com MX", func(_ *testing.T, w *world) {
			k := dns.Copy(signer.NewKey("example.com.", "key").DNSKEY).(*dns.DNSKEY)
			k.Flags |= dns.REVOKE
			w.zones["example.com."].published = []dns.RR{k}
		}, "bogus no_key"},
		{"only the records are signed with another key", "example.com MX", changed("example.com", "MX", func(a *Answer) {
			a.Records = append(slices.Clone(a.Records[:2]), signer.NewKey("example.com.", "other").Sign(a.Records[:2], now.Add(-time.Hour), now.Add(day1)))
		}), "bogus wrong_key"},
		{"the records were changed after they were signed", "example.com MX", changed("example.com", "MX", func(a *Answer) { a.Records[0].(*dns.MX).Preference = 99 }), "bogus wrong_key"},
		{"one record was added", "example.com MX", changed("example.com", "MX", func(a *Answer) {
			more := dns.Copy(a.Records[0]).(*dns.MX)
			more.Mx = "evil.example.org."
			a.Records, a.Answer = append([]dns.RR{more}, a.Records...), 3
		}), "bogus wrong_key"},
		{"signed by another zone", "example.com MX", changed("example.com", "MX", func(a *Answer) {
			a.Records = append(slices.Clone(a.Records[:2]), signer.NewKey("com.", "key").Sign(a.Records[:2], now.Add(-time.Hour), now.Add(day1)))
		}), "bogus unsigned"},

		// Signatures that are not there.
		{"no signature", "example.com MX", changed("example.com", "MX", strip), "bogus unsigned"},
		{"no signature of the keys", "example.com MX", changed("example.com", "DNSKEY", strip), "bogus unsigned"},
		{"asked without DO", "example.com MX", changed("example.com", "MX", func(a *Answer) { strip(a); a.Asked = false }), "unknown unanswered"},
		{"the keys were asked for without DO", "example.com MX", changed("example.com", "DNSKEY", func(a *Answer) { strip(a); a.Asked = false }), "unknown unanswered"},
		{"keys and signatures are gone without DO", "example.com MX", changed("example.com", "DNSKEY", func(a *Answer) { a.Records, a.Answer, a.Asked = nil, 0, false }), "unknown unanswered"},
		{"a middlebox takes signatures out everywhere", "example.com MX", func(_ *testing.T, w *world) {
			for _, q := range []Question{{".", "DNSKEY"}, {"com", "DS"}, {"com", "DNSKEY"}, {"example.com", "DS"}, {"example.com", "DNSKEY"}, {"example.com", "MX"}} {
				w.change[q] = strip
			}
		}, "unknown anchor"},
		{"one server has no signature", "example.com MX", func(_ *testing.T, w *world) { w.twice[Question{"example.com", "MX"}] = strip }, "unknown disagreement"},
		{"one server has old keys", "example.com MX", func(_ *testing.T, w *world) {
			w.twice[Question{"example.com", "DNSKEY"}] = func(a *Answer) { a.Records, a.Answer = nil, 0 }
		}, "secure"},
		{"both servers have no signature", "example.com MX", func(_ *testing.T, w *world) {
			w.change[Question{"example.com", "MX"}], w.twice[Question{"example.com", "MX"}] = strip, strip
		}, "bogus unsigned"},

		// What was not asked, or not answered.
		{"the keys were not asked for", "example.com MX", func(_ *testing.T, w *world) { w.unasked[Question{"example.com", "DNSKEY"}] = true }, "unknown missing"},
		{"the keys did not come", "example.com MX", func(_ *testing.T, w *world) { w.silent[Question{"example.com", "DNSKEY"}] = true }, "unknown unanswered"},
		{"the records did not come", "example.com MX", func(_ *testing.T, w *world) { w.silent[Question{"example.com", "MX"}] = true }, "unknown unanswered"},
		{"the keys of the root did not come", "example.com MX", func(_ *testing.T, w *world) { w.silent[Question{".", "DNSKEY"}] = true }, "unknown unanswered"},
		{"the keys of the top level did not come", "example.com MX", func(_ *testing.T, w *world) { w.silent[Question{"com", "DNSKEY"}] = true }, "unknown unanswered"},
		{"the DS records did not come", "example.com MX", func(_ *testing.T, w *world) { w.silent[Question{"example.com", "DS"}] = true }, "unknown unanswered"},
		{"the delegation was not recorded", "example.com MX", func(_ *testing.T, w *world) { w.unasked[Question{"example.com", "DS"}] = true }, "unknown missing"},
		{"a referral without a word on DS records", "example.com MX", func(_ *testing.T, w *world) {
			w.refer = true
			w.change[Question{"example.com", "referral"}] = func(a *Answer) { a.Records = nil }
		}, "unknown missing"},

		// The root.
		{"another root", "example.com MX", key(".", "other", "other"), "unknown anchor"},
		{"a root that is not signed, as in a lab", "example.com MX", func(_ *testing.T, w *world) { w.zones["."].unsigned, w.zones["."].published = true, nil }, "unknown anchor"},

		// Algorithms and digests.
		{"an algorithm that nobody knows", "example.com MX", ds("example.com.", func(d *dns.DS) { d.Algorithm = 200 }), "insecure"},
		{"an algorithm that is gone", "example.com MX", ds("example.com.", func(d *dns.DS) { d.Algorithm = dns.DSA }), "insecure"},
		{"Ed448, which the library does not check", "example.com MX", ds("example.com.", func(d *dns.DS) { d.Algorithm = dns.ED448 }), "unknown unchecked"},
		{"RSASHA1, on which resolvers differ", "example.com MX", ds("example.com.", func(d *dns.DS) { d.Algorithm = dns.RSASHA1 }), "unknown unchecked"},
		{"a digest by SHA-1 alone", "example.com MX", func(_ *testing.T, w *world) {
			w.zones["example.com."].ds = []dns.RR{signer.NewKey("example.com.", "key").ToDS(dns.SHA1)}
		}, "unknown unchecked"},
		{"a digest that nobody knows", "example.com MX", ds("example.com.", func(d *dns.DS) { d.DigestType = 99 }), "insecure"},
		{"a digest by SHA-384", "example.com MX", func(_ *testing.T, w *world) {
			w.zones["example.com."].ds = []dns.RR{signer.NewKey("example.com.", "key").ToDS(dns.SHA384)}
		}, "secure"},
		{"one DS record that nobody knows beside a good one", "example.com MX", func(_ *testing.T, w *world) {
			other := signer.NewKey("example.com.", "key").DS()
			other.Algorithm = 200
			w.zones["example.com."].ds = append(w.zones["example.com."].ds, other)
		}, "secure"},
		{"records signed with an algorithm that is not checked", "example.com MX", changed("example.com", "MX", func(a *Answer) {
			sig := dns.Copy(a.Records[2]).(*dns.RRSIG)
			sig.Algorithm = dns.ED448
			a.Records[2] = sig
		}), "unknown unchecked"},
		{"an RSA key too short for the library", "example.com MX", shortRSA, "unknown unchecked"},

		// Denials.
		{"no denial at all", "none.example.com MX", changed("none.example.com", "MX", strip), "bogus denial"},
		{"no denial, asked without DO", "none.example.com MX", changed("none.example.com", "MX", func(a *Answer) { strip(a); a.Asked = false }), "unknown unanswered"},
		{"a denial of other names", "none.example.com MX", changed("none.example.com", "MX", func(a *Answer) {
			a.Records = slices.DeleteFunc(a.Records, func(rr dns.RR) bool {
				n, ok := rr.(*dns.NSEC)
				return ok && between(bare(n.Hdr.Name), "none.example.com", bare(n.NextDomain))
			})
		}), "bogus denial"},
		{"a denial of a type that is there", "example.com MX", changed("example.com", "MX", func(a *Answer) {
			*a = Answer{At: now, Asked: true, SOA: "example.com", Records: a.Records[2:]}
		}), "bogus denial"},
		{"a wildcard without a denial of the name", "x.wild.example.com A", changed("x.wild.example.com", "A", drop(dns.TypeNSEC)), "bogus denial"},
		{"NSEC3: no records of the type", "example.com AAAA", nsec3("example.com.", false, 0), "secure"},
		{"NSEC3: no such name", "none.example.com MX", nsec3("example.com.", false, 5), "secure"},
		{"NSEC3: no such name, deep down", "a.b.c.none.example.com MX", nsec3("example.com.", false, 0), "secure"},
		{"NSEC3: a name between names", "b.example.com MX", nsec3("example.com.", false, 0), "secure"},
		{"NSEC3: a wildcard", "x.wild.example.com A", nsec3("example.com.", false, 0), "secure"},
		{"NSEC3: no records of the type at a wildcard", "x.wild.example.com MX", nsec3("example.com.", false, 0), "secure"},
		{"NSEC3: a wildcard without a denial of the name", "x.wild.example.com A", and(nsec3("example.com.", false, 0), changed("x.wild.example.com", "A", drop(dns.TypeNSEC3))), "bogus denial"},
		{"NSEC3: no denial", "none.example.com MX", and(nsec3("example.com.", false, 0), changed("none.example.com", "MX", strip)), "bogus denial"},
		{"NSEC3: expired denials", "none.example.com MX", and(nsec3("example.com.", false, 0), ends("example.com.", -30*day1, -2*day1, dns.TypeNSEC3)), "bogus expired"},
		{"expired denials, and a clock that is days ahead", "none.example.com MX", and(ends("example.com.", -30*day1, -2*day1, dns.TypeNSEC), ends(".", -5*day1, 9*day1)), "unknown clock"},
		{"a wildcard with an expired denial of the name", "x.wild.example.com A", ends("example.com.", -30*day1, -2*day1, dns.TypeNSEC), "bogus expired"},
		{"the proof of a delegation has expired", "plain.com MX", ends("com.", -30*day1, -2*day1, dns.TypeNSEC), "bogus expired"},
		{"NSEC3: too many iterations", "none.example.com MX", nsec3("example.com.", false, 500), "unknown unchecked"},
		{"NSEC3: a zone that is not signed, opted out", "plain.com MX", nsec3("com.", true, 0), "insecure"},
		{"NSEC3: a zone that is not signed, not opted out", "plain.com MX", nsec3("com.", false, 0), "insecure"},
		{"NSEC3: a signed zone beside an opt-out", "example.com MX", nsec3("com.", true, 0), "secure"},
		{"NSEC3: the proof of a delegation is missing", "plain.com MX", and(nsec3("com.", true, 0), changed("plain.com", "DS", strip)), "bogus denial"},
		{"NSEC: the proof of a delegation is missing", "plain.com MX", changed("plain.com", "DS", strip), "bogus denial"},
		{"DS records were taken out, and the denial tells of them", "example.com MX", changed("example.com", "DS", func(a *Answer) {
			w := good(t)
			*a = Answer{At: now, Asked: true, SOA: "com", Records: w.denials(w.zones["com."])}
		}), "bogus denial"},
		{"the child's own denial of DS records", "example.com MX", func(_ *testing.T, w *world) {
			w.twice[Question{"example.com", "DS"}] = func(a *Answer) {
				*a = Answer{At: now, Asked: true, SOA: "example.com", Records: w.denials(w.zones["example.com."])}
			}
		}, "secure"},

		// Zones below, of which the servers of the one above say nothing when they have both.
		{"a zone below on the same servers, which is not signed", "mail.sub.example.com A", below(t, false), "insecure"},
		{"the same, at its top", "sub.example.com MX", below(t, false), "insecure"},
		{"the same, no such name", "none.sub.example.com MX", below(t, false), "insecure"},
		{"the same, and signatures stand above it", "example.com MX", below(t, false), "secure"},
		{"a zone below on the same servers, which is signed", "mail.sub.example.com A", below(t, true), "secure"},
		{"the same, an alias made by its DNAME record", "www.old.sub.example.com A", below(t, true), "secure"},
		{"the same, and nobody asked", "mail.sub.example.com A", and(below(t, false), func(_ *testing.T, w *world) { w.unasked[Question{"sub.example.com", "DS"}] = true }), "unknown missing"},
		{"the same, and no answer came", "sub.example.com MX", and(below(t, false), func(_ *testing.T, w *world) { w.silent[Question{"sub.example.com", "DS"}] = true }), "unknown unanswered"},
		{"the zone below answers for the one above", "sub.example.com MX", and(below(t, false), changed("sub.example.com", "DS", func(a *Answer) {
			*a = Answer{At: now, Asked: true, SOA: "sub.example.com"}
		})), "unknown unanswered"},
		{"DS records in a zone that is not signed, on the servers of one that is", "c.sub.example.com MX", and(below(t, false), func(t *testing.T, w *world) {
			w.add("c.sub.example.com.", rrs(t, "c.sub.example.com. 300 IN MX 10 mail.c.sub.example.com.")...)
		}), "insecure"},
		{"the same without DS records", "c.sub.example.com MX", and(below(t, false), func(t *testing.T, w *world) {
			w.add("c.sub.example.com.", rrs(t, "c.sub.example.com. 300 IN MX 10 mail.c.sub.example.com.")...).ds = nil
		}), "insecure"},
		{"no signature, and no zone begins on the way", "a.b.example.com A", changed("a.b.example.com", "A", strip), "bogus unsigned"},
		{"the same at an alias", "www.example.com A", changed("www.example.com", "A", strip), "bogus unsigned"},
		{"the same at a wildcard", "x.wild.example.com A", changed("x.wild.example.com", "A", strip), "bogus unsigned"},
		{"NSEC3: the same at a wildcard", "x.wild.example.com A", and(nsec3("example.com.", false, 0), changed("x.wild.example.com", "A", strip)), "bogus unsigned"},
		{"records of a wildcard, whose DS records were asked for", "x.wild.example.com A", func(_ *testing.T, w *world) { w.asked[Question{"x.wild.example.com", "DS"}] = true }, "secure"},
		{"an alias, whose DS records were asked for", "www.example.com A", func(_ *testing.T, w *world) { w.asked[Question{"www.example.com", "DS"}] = true }, "secure"},
		{"more names on the way than are asked about", "a.b.c.d.e.f.g.h.i.j.example.com A", changed("a.b.c.d.e.f.g.h.i.j.example.com", "A", func(a *Answer) {
			*a = Answer{At: now, Asked: true, Records: rrs(t, "a.b.c.d.e.f.g.h.i.j.example.com. 300 IN A 192.0.2.1"), Answer: 1}
		}), "unknown bound"},
		{"signed with a key whose DS record is by SHA-1, beside another by SHA-256", "example.com MX", func(_ *testing.T, w *world) {
			z, other := w.zones["example.com."], signer.NewKey("example.com.", "other")
			z.ds, z.published, z.key = append(z.ds, other.ToDS(dns.SHA1)), append(z.published, other.DNSKEY), other
		}, "unknown unchecked"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := good(t)
			if test.world != nil {
				test.world(t, w)
			}
			name, rrtype, _ := strings.Cut(test.question, " ")
			r := w.judge(name, rrtype)
			if got := outcome(r); got != test.want {
				t.Errorf("%s: %s (%s %s, missing %v), want %s", test.question, got, r.Zone, r.Detail, r.Missing, test.want)
			}
			if r.Status == Unknown && (r.Reason == "" || r.Detail == "") || r.Status == Bogus && (r.Detail == "" || r.Zone == "") {
				t.Errorf("it does not say why: %+v", r)
			}
			if (r.Reason == Missing) != (len(r.Missing) > 0) {
				t.Errorf("what is missing: %+v", r)
			}
		})
	}
}

// below puts a zone below example.com on its servers: nobody refers to it, and its DS records are asked for where they are missing.
func below(t *testing.T, signed bool) func(*testing.T, *world) {
	return func(_ *testing.T, w *world) {
		z := w.add("sub.example.com.", rrs(t, "sub.example.com. 300 IN NS ns1.example.com.", "sub.example.com. 300 IN MX 10 mail.sub.example.com.",
			"mail.sub.example.com. 300 IN A 203.0.113.9", "old.sub.example.com. 300 IN DNAME example.net.")...)
		if w.hidden[z.name] = true; !signed {
			z.unsigned, z.ds, z.published = true, nil, nil
		}
	}
}

// shortRSA signs a zone with a key of 512 bits, as some old resolvers accept: the library refuses to look at it, which is no broken
// signature.
func shortRSA(t *testing.T, w *world) {
	modulus := append([]byte{0xC1}, make([]byte, 63)...)
	modulus[63] = 1
	k := &dns.DNSKEY{Hdr: signer.NewKey("example.com.", "key").Hdr, Flags: 257, Protocol: 3, Algorithm: dns.RSASHA256,
		PublicKey: base64.StdEncoding.EncodeToString(append([]byte{3, 1, 0, 1}, modulus...))}
	z := w.zones["example.com."]
	z.published, z.ds = []dns.RR{k}, []dns.RR{k.ToDS(dns.SHA256)}
	w.change[Question{"example.com", "DNSKEY"}] = func(a *Answer) {
		sig := dns.Copy(a.Records[1]).(*dns.RRSIG)
		sig.Algorithm, sig.KeyTag, sig.Signature = dns.RSASHA256, k.KeyTag(), base64.StdEncoding.EncodeToString(make([]byte, 64))
		a.Records[1] = sig
	}
}

// Zones whose own keys the user trusts need no chain from the root.
func TestIslandOfTrust(t *testing.T) {
	w := good(t)
	w.zones["com."].unsigned = true
	island := signer.NewKey("example.com.", "key")
	for name, test := range map[string]struct {
		anchors []dns.RR
		want    string
	}{
		"by DS":                  {[]dns.RR{island.DS()}, "secure"},
		"by DNSKEY":              {[]dns.RR{island.DNSKEY}, "secure"},
		"beside the root":        {append(w.anchors(), island.DS()), "secure"},
		"of another zone":        {[]dns.RR{signer.NewKey("example.net.", "key").DS()}, "unknown anchor"},
		"of another key":         {[]dns.RR{signer.NewKey("example.com.", "other").DS()}, "unknown anchor"},
		"the root, as it stands": {w.anchors(), "bogus unsigned"},
	} {
		if got := outcome(New(w, test.anchors).Judge("example.com", "MX")); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// A zone made to keep validators busy is given up, and is not called broken for it.
func TestHostileZonesAreBounded(t *testing.T) {
	tests := map[string]struct {
		question string
		make     func(*world)
	}{
		"many signatures": {"example.com MX", func(w *world) {
			w.change[Question{"example.com", "MX"}] = func(a *Answer) {
				sig := a.Records[2].(*dns.RRSIG)
				a.Records = a.Records[:2]
				for i := range 180 {
					bad := dns.Copy(sig).(*dns.RRSIG)
					bad.Signature = base64.StdEncoding.EncodeToString(append(make([]byte, 63), byte(i)))
					a.Records = append(a.Records, bad)
				}
			}
		}},
		"many keys": {"example.com MX", func(w *world) {
			for i := range 180 {
				w.zones["example.com."].published = append(w.zones["example.com."].published, signer.NewKey("example.com.", fmt.Sprint(i)).DNSKEY)
			}
		}},
		"many denials": {"none.example.com MX", func(w *world) {
			w.change[Question{"none.example.com", "MX"}] = func(a *Answer) {
				for i := range 180 {
					n := &dns.NSEC{Hdr: dns.RR_Header{Name: fmt.Sprintf("n%d.example.com.", i), Rrtype: dns.TypeNSEC, Class: dns.ClassINET}, NextDomain: "example.com."}
					a.Records = append([]dns.RR{n, signer.NewKey("example.com.", "key").Sign([]dns.RR{n}, now.Add(-time.Hour), now.Add(day1))}, a.Records...)
				}
			}
		}},
	}
	for name, test := range tests {
		w := good(t)
		test.make(w)
		v := New(w, w.anchors())
		asked, rrtype, _ := strings.Cut(test.question, " ")
		begun := &validation{v, maxChecks, maxHashes, maxLinks}
		r := begun.question(asked, rrtype)
		if r.Status == Bogus || r.Status == Secure {
			t.Errorf("%s: %s (%s)", name, outcome(r), r.Detail)
		}
		if used := maxChecks - begun.checks; used > maxChecks+1 || begun.hashes < -1 || name == "many signatures" && used > 4*maxSignatures {
			t.Errorf("%s: %d checks and %d hashes are left", name, begun.checks, begun.hashes)
		}
	}
}

// Signatures of the algorithms in use are checked, with keys as short as the library takes them.
func TestAlgorithms(t *testing.T) {
	set := rrs(t, "example.com. 300 IN MX 10 mail.example.com.")
	for algorithm, sizes := range map[uint8][]int{dns.RSASHA256: {1024, 2048}, dns.RSASHA512: {1024}, dns.ECDSAP256SHA256: {256}, dns.ECDSAP384SHA384: {384}, dns.ED25519: {256}} {
		for _, bits := range sizes {
			key := &dns.DNSKEY{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeDNSKEY, Class: dns.ClassINET}, Flags: 257, Protocol: 3, Algorithm: algorithm}
			private, err := key.Generate(bits)
			if err != nil {
				t.Fatal(err)
			}
			sig := &dns.RRSIG{Algorithm: algorithm, KeyTag: key.KeyTag(), SignerName: "example.com.", Inception: uint32(now.Add(-time.Hour).Unix()), Expiration: uint32(now.Add(day1).Unix())}
			if err := sig.Sign(private.(crypto.Signer), set); err != nil {
				t.Fatal(err)
			}
			v := &validation{New(good(t), nil), maxChecks, maxHashes, maxLinks}
			got := v.verify("example.com", []*dns.DNSKEY{key}, setOf(append(slices.Clone(set), sig), "example.com", dns.TypeMX), now)
			if got.Status != Secure {
				t.Errorf("%s, %d bits: %+v", dns.AlgorithmToString[algorithm], bits, got)
			}
			other := rrs(t, "example.com. 300 IN MX 11 mail.example.com.")
			if got := v.verify("example.com", []*dns.DNSKEY{key}, setOf(append(other, sig), "example.com", dns.TypeMX), now); got.fault != WrongKey {
				t.Errorf("%s, %d bits, other records: %+v", dns.AlgorithmToString[algorithm], bits, got)
			}
			// Cut short it fits nothing, and harms nothing.
			sig.Signature = sig.Signature[:8]
			if got := v.verify("example.com", []*dns.DNSKEY{key}, setOf(append(slices.Clone(set), sig), "example.com", dns.TypeMX), now); got.fault != WrongKey {
				t.Errorf("%s, %d bits, a short signature: %+v", dns.AlgorithmToString[algorithm], bits, got)
			}
		}
	}
}

// A chain of aliases ends, in a circle too.
func TestAliasesEnd(t *testing.T) {
	w := good(t)
	z := w.zones["example.com."]
	for i := range 40 {
		z.records = append(z.records, rrs(t, fmt.Sprintf("a%d.example.com. 300 IN CNAME a%d.example.com.", i, (i+1)%40))...)
	}
	if r := New(w, w.anchors()).Judge("a0.example.com", "A"); r.Status != Unknown || r.Reason != Bound {
		t.Errorf("%+v", r)
	}
}

// A clock that is right, and one that cannot be told from a wrong one, come apart by what the root says.
func TestWhoHasToRepairIt(t *testing.T) {
	w := good(t)
	w.zones["com."].times[dns.TypeDS] = [2]time.Time{now.Add(-30 * day1), now.Add(-2 * day1)}
	if r := New(w, w.anchors()).Judge("example.com", "MX"); r.Zone != "com" {
		t.Errorf("the DS records in com have expired, and blamed is %q (%s)", r.Zone, r.Detail)
	}
	w = good(t)
	w.zones["example.com."].published = nil
	if r := New(w, w.anchors()).Judge("example.com", "MX"); r.Zone != "example.com" || !strings.Contains(r.Detail, fmt.Sprint(signer.NewKey("example.com.", "key").KeyTag())) {
		t.Errorf("the zone above points to a key that is gone, and blamed is %q (%s)", r.Zone, r.Detail)
	}
}
