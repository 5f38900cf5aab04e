package reading

import (
	"net/netip"
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
)

// MaxReverseNames is how many names of one address are led back, as RFC 8601 section 3 and RFC 7208 section 4.6.4 advise.
const MaxReverseNames = 10

// ReverseNamesOf are the names of an address, and the word on which they are known. An address may have several names, and receivers take
// any of them.
func (r *Reading) ReverseNamesOf(address string) ([]string, Word) {
	addr, err := netip.ParseAddr(address)
	if err != nil {
		return nil, Word{Why: facts.Unknown{Code: facts.Untested, Detail: "the reverse look-up of " + address + " was not asked"}}
	}
	// Over the aliases of RFC 2317, by which providers hand parts of a /24 on.
	w := r.Word(dnsanswer.ReverseName(addr), "PTR")
	// Nobody is asked about such an address: its reverse zone exists inside its own network only (RFC 6303).
	if w.Why.Code == facts.Untested && netrange.Private(addr) {
		w.Why = facts.Unknown{Code: facts.Private, Detail: address + " is a private, local or reserved address"}
	}
	return dnsanswer.PTRNames(w.Records), w
}

// ReverseNames lists the names in PTR records that are worth a look-up. Those that no question can hold as they stand are left out.
func ReverseNames(records []dns.RR) []string {
	names := dnsanswer.PTRNames(records)
	// The limit comes first: receivers count names, whatever these are.
	names = names[:min(len(names), MaxReverseNames)]
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !dnsanswer.Askable(name) })
}
