package reading

// This file reads what single name servers said, and whether this network let them. Only an answer with authority (the AA bit, RFC 1035
// section 4.1.1) is a server's own word: without it a server repeats what it remembers.

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// ForeignZone is the nearest zone above that of a target that the server does not serve, as far as the walk shows; "" if there was no
// walk. It is what to ask a server about in order to see whether it works for strangers: of its own zones it has to speak.
func ForeignZone(t *evidence.Target, server evidence.Server) string {
	d := t.Delegation
	// By a resolver's word alone nobody knows whose zones a server has, and a question about one of them would be no foreign one.
	if d == nil || d.By != evidence.ByWalk || len(d.Path) == 0 || d.Path[len(d.Path)-1].Zone != t.Zone {
		return ""
	}
	// The nearest first; the root is left to servers that serve all between.
	for _, cut := range slices.Backward(d.Path[:len(d.Path)-1]) {
		if !slices.ContainsFunc(cut.Servers, func(s evidence.Server) bool { return s.Address == server.Address }) {
			return cut.Zone
		}
	}
	return ""
}

// ReachableServers are the servers of a target's zone to which this machine has a route, an entry for each address. A server that
// cannot be reached for want of a route says nothing of itself: IPv6 is missing in many networks.
func (r *Reading) ReachableServers(t *evidence.Target) (servers []evidence.Server) {
	seen := map[string]bool{}
	for _, s := range t.Servers {
		if !seen[s.Address] && !r.Routeless(s.Address) {
			seen[s.Address] = true
			servers = append(servers, s)
		}
	}
	return servers
}

// Routeless tells whether this machine has no way to an address: nothing else was ever seen of it.
func (r *Reading) Routeless(address string) bool {
	known := r.zoned().routeless
	none, ok := known[address]
	if !ok {
		none = r.isRouteless(address)
		known[address] = none
	}
	return none
}

// isRouteless takes one other outcome for a proof that there is a route.
func (r *Reading) isRouteless(address string) bool {
	var trouble, other bool
	for _, i := range r.AskedAt(address) {
		x := &r.Bundle.Exchanges[i]
		if dnsanswer.AddressOf(x.Server) == address && x.Role == evidence.Authoritative {
			none := x.Failure != nil && x.Failure.Kind == evidence.NoRoute
			trouble, other = trouble || none, other || !none
		}
	}
	return trouble && !other
}

// ExchangesWith are the exchanges with a server about a zone and what is in it. n is the number of the last one in the evidence, 0
// for none.
func (r *Reading) ExchangesWith(t *evidence.Target, server evidence.Server) (found []evidence.Exchange, n int) {
	for _, i := range r.indexed().within[zoneServer{t.Zone, serverKey(server.Address)}] {
		if x := &r.Bundle.Exchanges[i]; dnsanswer.At(x, server.Address) {
			found, n = append(found, *x), i+1
		}
	}
	return found, n
}

// Answered tells whether a server said anything about a zone, whatever it was.
func (r *Reading) Answered(t *evidence.Target, server evidence.Server) bool {
	xs, _ := r.ExchangesWith(t, server)
	return slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.RCode != "" })
}

// Tries are the questions for the SOA record of a zone that count for its servers' authority, in the order in which they were put. A try
// is a list, because one try may take several messages, over UDP and TCP. None was made in rounds that are missing.
func (r *Reading) Tries(t *evidence.Target, server evidence.Server) (rounds [][]evidence.Exchange) {
	for _, round := range []int{0, dnsanswer.RoundAnew, dnsanswer.RoundStream} {
		if xs, _ := r.Round(evidence.Authoritative, server.Address, t.Zone, "SOA", round); len(xs) > 0 {
			rounds = append(rounds, xs)
		}
	}
	return rounds
}

// Serves tells whether a server gave the SOA record of a zone with authority at any of several tries. One good answer is enough: a
// server that answers now and then is unreliable, and no stranger to the zone.
func (r *Reading) Serves(t *evidence.Target, server evidence.Server) bool {
	return slices.ContainsFunc(r.Tries(t, server), func(xs []evidence.Exchange) bool {
		records, _ := r.AuthoritativeSOA(xs, t.Zone, server.Name)
		return len(records) > 0
	})
}

// NoRoute tells whether this machine had no route to a server whenever it was asked about a zone. Routeless looks at all zones together.
func (r *Reading) NoRoute(t *evidence.Target, server evidence.Server) bool {
	xs, _ := r.ExchangesWith(t, server)
	return len(xs) > 0 && !slices.ContainsFunc(xs, func(x evidence.Exchange) bool {
		return x.Failure == nil || x.Failure.Kind != evidence.NoRoute
	})
}

// Within tells whether a name is a zone's apex or below it.
func Within(name, zone string) bool { return dnsanswer.Within(name, zone) }

// HeardOverTCP tells whether any name server of the same address family as an address answered over TCP in this run. Networks that let
// DNS out over UDP only are common; there a server that does not answer over TCP shows nothing of itself. IPv4 and IPv6 are apart because
// firewalls have rules for each.
func (r *Reading) HeardOverTCP(address string) bool {
	family, ok := familyOfText(address)
	return ok && r.indexed().overTCP[family]
}

// familyOfText is the family of an address, as evidence has it. An IPv4 address inside an IPv6 one is reached over IPv6.
func familyOfText(address string) (Family, bool) {
	addr, err := netip.ParseAddr(address)
	return Family(!addr.Is4()), err == nil
}

// UnheardOverTCP is why what is seen over TCP is not known where nobody was heard over it.
func UnheardOverTCP(label string) facts.Unknown {
	return facts.Unknown{Code: facts.NetworkClosed, Detail: "no name server at all answered over TCP and the same protocol as " + label +
		", so it may be this network that lets no TCP out to port 53"}
}

// Direct tells whether the answers in this run come from the name servers that were asked: the walk went down from the root, or
// some server gave records with authority; anybody can deny. Else something on the way, such as the resolver of a hotel, may answer in their place.
func (r *Reading) Direct(t *evidence.Target) bool { return r.Walked(t) || r.indexed().authority }

// NotDirect is why such answers tell nothing of a server.
func NotDirect(label string) facts.Unknown {
	return facts.Unknown{Code: facts.NetworkClosed, Detail: "no name server at all, not even of the root, answered with authority, " +
		"so it may be this network that answers in place of " + label}
}

// AuthoritativeSOA returns the different SOA records of the zone in an authoritative answer, or why there are none. Records
// that repeat each other are one (RFC 2181 section 5).
func (r *Reading) AuthoritativeSOA(exchanges []evidence.Exchange, zone, server string) ([]*dns.SOA, facts.Unknown) {
	switch {
	case len(exchanges) == 0 && (r.Bundle.Interrupted || r.Bundle.Expired):
		return nil, facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + server + " was asked"}
	case len(exchanges) == 0:
		return nil, facts.Unknown{Code: facts.Untested, Detail: server + " was not asked"}
	}
	if f := r.Trouble(exchanges); f != nil {
		return nil, Unanswered(f, server)
	}
	// The last exchange is the answer: those before it were lost, or too large for a datagram.
	x := dnsanswer.Last(exchanges)
	// Without it the answer may come from what a resolver remembers.
	if !x.AA {
		return nil, facts.Unknown{Code: facts.ServFail, Detail: server + " answered, but not with authority"}
	}
	var records []*dns.SOA
	seen := map[string]bool{}
	for _, rr := range r.Records(x, "SOA") {
		soa, ok := rr.(*dns.SOA)
		if !ok || !strings.EqualFold(dnsanswer.HostName(soa.Hdr.Name), dnsanswer.HostName(zone)) {
			continue
		}
		// The TTL is left out: a server that counts it down gives the same record.
		content := fmt.Sprint(dnsanswer.HostName(soa.Ns), dnsanswer.HostName(soa.Mbox), soa.Serial, soa.Refresh, soa.Retry, soa.Expire, soa.Minttl)
		if !seen[content] {
			seen[content] = true
			records = append(records, soa)
		}
	}
	if len(records) == 0 {
		return nil, facts.Unknown{Code: facts.ServFail, Detail: server + " answered without an SOA record of the zone"}
	}
	return records, facts.Unknown{}
}
