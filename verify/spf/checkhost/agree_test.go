package checkhost_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"testing"

	"blitiri.com.ar/go/spf"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/spf/checkhost"
)

// world holds records, by name and type, as zones write their data.
type world map[string]map[string][]string

// said is what a resolver says to a question.
func (w world) said(_ context.Context, name, rrtype string) []evidence.Exchange {
	x := evidence.Exchange{Role: evidence.Resolver, Name: name, Type: rrtype, RCode: "NOERROR", Authority: []string{". 300 IN SOA a. b. 1 2 3 4 5"}}
	if w[name] == nil {
		x.RCode = "NXDOMAIN"
	}
	for _, data := range w[name][rrtype] {
		x.Answer = append(x.Answer, name+". 300 IN "+rrtype+" "+data)
	}
	return []evidence.Exchange{x}
}

// The same as the resolver of a library that others use, with which ours is compared.
func (w world) LookupTXT(_ context.Context, name string) ([]string, error) {
	var texts []string
	for _, data := range w.all(name, "TXT") {
		texts = append(texts, strings.Trim(data, `"`))
	}
	return texts, w.missing(texts, name)
}

func (w world) LookupMX(_ context.Context, name string) ([]*net.MX, error) {
	var list []*net.MX
	for _, data := range w.all(name, "MX") {
		var mx net.MX
		fmt.Sscan(data, &mx.Pref, &mx.Host)
		list = append(list, &mx)
	}
	return list, w.missing(list, name)
}

func (w world) LookupIPAddr(_ context.Context, name string) ([]net.IPAddr, error) {
	var list []net.IPAddr
	for _, data := range append(w.all(name, "A"), w.all(name, "AAAA")...) {
		list = append(list, net.IPAddr{IP: net.ParseIP(data)})
	}
	return list, w.missing(list, name)
}

func (w world) LookupAddr(_ context.Context, address string) ([]string, error) {
	names := w.all(dnsanswer.ReverseName(netip.MustParseAddr(address)), "PTR")
	return names, w.missing(names, address)
}

func (w world) all(name, rrtype string) []string {
	return append([]string{}, w[strings.ToLower(strings.TrimSuffix(name, "."))][rrtype]...)
}

func (world) missing(list any, name string) error {
	if fmt.Sprint(list) != "[]" {
		return nil
	}
	return &net.DNSError{Err: "no such record", Name: name, IsNotFound: true}
}

// Ordinary records, in whatever order and number their terms stand, come to the same as with a library that others use.
func TestOthersAgree(t *testing.T) {
	const domains, senders = 3000, 6
	pick := func(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }
	met := map[checkhost.Result]int{}
	for n := range domains {
		r := rand.New(rand.NewPCG(1, uint64(n)))
		w := world{
			"mail.example.com": {"A": {"203.0.113.25", "203.0.113.26"}, "AAAA": {"2001:db8::25"}}, "mail.example.net": {"A": {"198.51.100.7"}},
			"25.113.0.203.in-addr.arpa": {"PTR": {"mail.example.com."}}, "7.100.51.198.in-addr.arpa": {"PTR": {"mail.example.net."}},
		}
		names := []string{"example.com", "one.example.com", "two.example.com", "three.example.net"}
		for i, name := range names {
			w[name] = map[string][]string{}
			if r.IntN(8) == 0 && i > 0 {
				continue
			}
			text := "v=spf1"
			for range r.IntN(5) {
				text += " " + pick(r, "", "", "", "-", "~", "?") + pick(r, "ip4:203.0.113.0/24", "ip4:198.51.100.7", "ip6:2001:db8::/32", "a", "mx", "a:mail.example.com",
					"a:mail.example.net/24", "mx:one.example.com/25//64", "a:none.example.com", "exists:%{ir}.%{v}.lists.example.com", "exists:mail.example.net", "ptr:example.com",
					"include:"+pick(r, names[min(i+1, 3):]...))
			}
			if i < 3 && r.IntN(5) == 0 {
				text += " redirect=" + names[i+1]
			} else {
				text += pick(r, "", " -all", " ~all", " ?all")
			}
			w[name]["TXT"] = []string{`"` + text + `"`}
			if r.IntN(2) == 0 {
				w[name]["MX"] = []string{"10 mail.example.com."}
			}
			if r.IntN(2) == 0 {
				w[name]["A"] = []string{pick(r, "203.0.113.80", "198.51.100.7")}
			}
		}
		source := checkhost.From(&dnsanswer.Reader{}, w.said)
		for range senders {
			address := netip.MustParseAddr(pick(r, "203.0.113.25", "203.0.113.9", "198.51.100.7", "192.0.2.9", "2001:db8::25", "2001:db8:1::1"))
			ours := source.Check(t.Context(), address, "mail.example.com", "jo@example.com")
			theirs, err := spf.CheckHostWithSender(address.AsSlice(), "mail.example.com", "jo@example.com", spf.WithContext(t.Context()), spf.WithResolver(w))
			if string(ours.Result) != string(theirs) {
				t.Errorf("%v from %v: %s (%v), others say %s (%v)", w, address, ours.Result, ours.Err, theirs, err)
			}
			met[ours.Result]++
		}
		if t.Failed() && n > 200 {
			break
		}
	}
	t.Log(met)
	for _, result := range []checkhost.Result{checkhost.Pass, checkhost.Fail, checkhost.SoftFail, checkhost.Neutral, checkhost.PermError} {
		if met[result] < 1000 {
			t.Errorf("only %d senders come to %s", met[result], result)
		}
	}
}
