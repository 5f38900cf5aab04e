package dnsprobe

import (
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

const signature = "example.com. 300 IN RRSIG MX 13 2 300 20300101000000 20200101000000 1 example.com. AAAA"

// Name servers are asked for signatures, and what comes of it stands beside the answer, where nobody takes it for data; the resolver is asked
// for its word alone.
func TestSignaturesAreKeptBesideTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		asked := map[bool]int{}
		answer := func(q, m *dns.Msg, _ string) []*dns.Msg {
			do := q.IsEdns0() != nil && q.IsEdns0().Do()
			asked[do]++
			m.Authoritative = true
			m.Answer = rrsOf("example.com. 300 IN MX 10 mail.example.com.", signature)
			m.Ns = rrsOf("example.com. 300 IN NS ns1.example.com.", strings.Replace(signature, "RRSIG MX", "RRSIG NS", 1), "example.com. 300 IN NSEC a.example.com. MX",
				"sub.example.com. 300 IN DS 1 13 2 "+strings.Repeat("AB", 32))
			m.Extra = rrsOf("ns1.example.com. 300 IN A 192.0.2.53", strings.Replace(signature, "example.com. 300 IN RRSIG MX", "ns1.example.com. 300 IN RRSIG A", 1))
			return []*dns.Msg{m}
		}
		w.serve(t, ns1At, true, answer)
		p := w.probe()
		x := last(p.Ask(t.Context(), ns1, "example.com", "MX"))
		if !x.DO || len(x.Answer) != 1 || len(x.Authority) != 1 || len(x.Additional) != 1 || len(x.Proof) != 5 {
			t.Errorf("%+v", x)
		}
		if asked[true] != 1 || asked[false] != 0 {
			t.Errorf("asked with and without DO: %v", asked)
		}
		// Who asks for records of these types by name gets them as the answer.
		if x := last(p.Ask(t.Context(), ns1, "example.com", "NSEC")); len(x.Authority) != 2 || len(x.Proof) != 4 {
			t.Errorf("%+v", x)
		}
	})
}

// What is too much to be kept was not asked for: nobody validates by a part of it.
func TestProofIsKeptWholeOrNotAtAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, true, func(_, m *dns.Msg, network string) []*dns.Msg {
			m.Authoritative, m.Truncated = true, network == "udp"
			if m.Answer = rrsOf("example.com. 300 IN MX 10 mail.example.com."); network == "tcp" {
				for range maxRecords + 1 {
					m.Answer = append(m.Answer, rrsOf(signature)...)
				}
			}
			return []*dns.Msg{m}
		})
		x := last(w.probe().Ask(t.Context(), ns1, "example.com", "MX"))
		if x.Failure != nil || x.DO || len(x.Proof) > 0 || len(x.Answer) != 1 {
			t.Errorf("%+v", x)
		}
	})
}

// Where the answer with signatures is too long for a datagram, and TCP fails, the answer without them is asked for.
func TestWithoutSignaturesWhereTheyDoNotFit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.serve(t, ns1At, false, func(q, m *dns.Msg, _ string) []*dns.Msg {
			m.Authoritative = true
			if m.Truncated = q.IsEdns0().Do(); !m.Truncated {
				m.Answer = rrsOf("example.com. 300 IN MX 10 mail.example.com.")
			}
			return []*dns.Msg{m}
		})
		xs := w.probe().Ask(t.Context(), ns1, "example.com", "MX")
		if got := path(xs); got != "udp+edns TC, tcp+edns refused, udp+edns NOERROR" || last(xs).DO || dnsanswer.Trouble(xs) != nil {
			t.Errorf("went %q: %+v", got, last(xs))
		}
	})
}

func last(xs []evidence.Exchange) evidence.Exchange { return xs[len(xs)-1] }

func rrsOf(lines ...string) (list []dns.RR) {
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			panic(err)
		}
		list = append(list, rr)
	}
	return list
}

// The DS records of a zone are asked of the servers above it, which know of them.
func TestDSRecordsStandAbove(t *testing.T) {
	if got := heldAt("example.com", "DS"); got != "com" {
		t.Errorf("DS records of example.com are held at %q", got)
	}
	if got := heldAt(".", "DS"); got != "." {
		t.Errorf("those of the root at %q", got)
	}
	if got := heldAt("example.com", "DNSKEY"); got != "example.com" || !slices.Contains(proving, dns.TypeDS) {
		t.Errorf("keys of example.com are held at %q", got)
	}
}

// One lost datagram does not cost the signatures of keys, without which they are of no use.
func TestKeysAreAskedForAgainWithSignatures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for rrtype, want := range map[string]string{"DNSKEY": "udp+edns timeout, udp+edns NOERROR", "MX": "udp+edns timeout, udp NOERROR"} {
			w := newWorld(t)
			var heard atomic.Bool // each datagram has a goroutine of its own
			w.serve(t, ns1At, true, func(_, m *dns.Msg, _ string) []*dns.Msg {
				if !heard.Swap(true) {
					return nil
				}
				m.Authoritative = true
				return []*dns.Msg{m}
			})
			if got := path(w.probe().Ask(t.Context(), ns1, "example.com", rrtype)); got != want {
				t.Errorf("%s went %q, want %q", rrtype, got, want)
			}
		}
	})
}
