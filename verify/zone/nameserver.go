package zone

import (
	"fmt"
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// nameServer derives whether one address of a server answers, with authority, over TCP, and publicly.
func (d *derivation) nameServer(subject facts.Subject, t *evidence.Target, server evidence.Server) {
	xs, n := d.ExchangesWith(t, server)
	put := func(name facts.Name, value facts.Value, why facts.Unknown) {
		f := facts.Fact{Name: name, Value: value, Why: why, At: dnsanswer.Last(xs).At}
		if n > 0 {
			f.Evidence = fmt.Sprintf("DNS exchange %d and those before it", n)
		}
		d.Put(subject, f)
	}
	bool3 := func(name facts.Name, value bool, why facts.Unknown) {
		if why.Code != "" {
			put(name, facts.Value{}, why)
			return
		}
		put(name, facts.BoolValue(value), why)
	}
	judged, why := d.judged(t, server)
	bool3(facts.DNSNSJudged, judged, why)
	answers, why := d.answers(t, server)
	bool3(facts.DNSNSAnswers, answers, why)
	authoritative, why := d.authoritative(t, server)
	bool3(facts.DNSNSAuthoritative, authoritative, why)
	if soaless, undenied := d.withoutSOA(t, server); why.Code == "" && authoritative {
		bool3(facts.DNSNSWithoutSOA, soaless, undenied)
	} else {
		bool3(facts.DNSNSWithoutSOA, false, why)
	}
	if said := saidInstead(xs, t.Zone); said != "" && why.Code == "" && !d.Serves(t, server) {
		put(facts.DNSNSSaid, facts.TextValue(said), facts.Unknown{})
	} else {
		put(facts.DNSNSSaid, facts.Value{}, facts.Unknown{Code: facts.Untested, Detail: subject.At + " did not answer otherwise"})
	}
	overTCP, why := d.overTCP(t, server)
	bool3(facts.DNSNSTCP, overTCP, why)
	addr, err := netip.ParseAddr(server.Address)
	why = facts.Unknown{}
	if err != nil || !d.Walked(t) {
		why = facts.Unknown{Code: facts.NetworkClosed, Detail: "the address is known from the resolver only, which may give others to its own network"}
	}
	bool3(facts.DNSNSPublic, err == nil && !netrange.Private(addr), why)
}

// judged is not known for an address to which this machine has no route, if another address of the same server was
// reached: that is the tester's trouble, and the address is left out.
func (d *derivation) judged(t *evidence.Target, server evidence.Server) (bool, facts.Unknown) {
	if xs, _ := d.ExchangesWith(t, server); len(xs) == 0 {
		return false, d.tooFewTries(server.Name + " [" + server.Address + "]")
	}
	if !d.NoRoute(t, server) {
		return true, facts.Unknown{}
	}
	for _, other := range t.Servers {
		if other.Name == server.Name && other.Address != server.Address && d.Answered(t, other) {
			return false, facts.Unknown{Code: facts.ConnectFailed, Detail: "this machine has no route to " + server.Address}
		}
	}
	return true, facts.Unknown{}
}

// answers is no only for a server that kept silent over UDP and TCP, at three tries at least, while others of the same
// address family answered over TCP: else it may be this network that lets nothing through.
func (d *derivation) answers(t *evidence.Target, server evidence.Server) (bool, facts.Unknown) {
	label := server.Name + " [" + server.Address + "]"
	xs, _ := d.ExchangesWith(t, server)
	if d.Answered(t, server) {
		if !d.Direct(t) {
			return false, reading.NotDirect(label)
		}
		if d.deafToDatagrams(xs) {
			return false, facts.Unknown{Code: facts.Disagreement, Detail: label + " answers over TCP, but not over UDP, by which resolvers ask first"}
		}
		return true, facts.Unknown{}
	}
	transports := map[string]int{}
	for _, x := range xs {
		switch {
		case x.Failure == nil:
		case dnsanswer.Silent(x.Failure.Kind):
			transports[x.Transport]++
		default:
			return false, reading.Unanswered(x.Failure, label)
		}
	}
	switch {
	case transports["tcp"] == 0 || transports["udp"] == 0 || transports["tcp"]+transports["udp"] < 3:
		return false, d.tooFewTries(label)
	case !d.HeardOverTCP(server.Address):
		return false, reading.UnheardOverTCP(label)
	}
	return false, facts.Unknown{}
}

// deafToDatagrams tells whether a server was silent to all that was asked over UDP.
func (d *derivation) deafToDatagrams(xs []evidence.Exchange) bool {
	lost := 0
	for _, x := range xs {
		switch {
		case x.Transport == "udp" && x.RCode != "":
			return false
		case x.Transport == "udp" && x.Failure != nil && dnsanswer.Silent(x.Failure.Kind):
			lost++
		}
	}
	return lost > 1
}

func (d *derivation) tooFewTries(label string) facts.Unknown {
	if d.Bundle.Interrupted || d.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + label + " was asked often enough"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: label + " was not asked over UDP and TCP, three times in all"}
}

// authoritative is no only where three tries with pauses between them were all answered, the last one over TCP, and neither the
// zone's SOA record nor another one of its apex came with authority. Limits of rates act on datagrams, and pass.
func (d *derivation) authoritative(t *evidence.Target, server evidence.Server) (bool, facts.Unknown) {
	label := server.Name + " [" + server.Address + "]"
	if d.Serves(t, server) {
		return true, facts.Unknown{}
	}
	if d.hasApex(t, server) {
		if !d.Direct(t) {
			return false, reading.NotDirect(label)
		}
		return true, facts.Unknown{}
	}
	for _, xs := range d.Tries(t, server) {
		if f := dnsanswer.Last(xs).Failure; f != nil {
			return false, reading.Unanswered(f, label)
		}
	}
	if !d.triedOften(t, server) {
		return false, d.tooFewTries(label)
	}
	if !d.Direct(t) {
		return false, reading.NotDirect(label)
	}
	return false, facts.Unknown{}
}

// saidInstead says what a server answered last that did not give the SOA record of a zone.
func saidInstead(xs []evidence.Exchange, zone string) string {
	for _, x := range slices.Backward(xs) {
		if x.RCode == "" || x.Type != "SOA" || x.Name != zone {
			continue
		}
		owner, _ := reading.ReferredTo(x)
		switch {
		case x.RCode != "NOERROR" && x.RCode != "NXDOMAIN":
			return "answers " + x.RCode
		case owner != "":
			return "refers to the servers of " + rootOr(owner)
		case !x.AA:
			return "answers without authority"
		}
		if x.RCode == "NOERROR" && len(x.Authority) == 0 {
			return "answers that there is no SOA record, and gives no other record of the zone"
		}
		return "does not have the zone"
	}
	return ""
}

func rootOr(zone string) string {
	if zone == "." {
		return "the root"
	}
	return zone
}

// overTCP is no only where three connections were refused or gave nothing, while the same server answers over UDP.
func (d *derivation) overTCP(t *evidence.Target, server evidence.Server) (bool, facts.Unknown) {
	label := server.Name + " [" + server.Address + "]"
	xs, _ := d.ExchangesWith(t, server)
	failed, datagrams := 0, false
	var quick []string // questions whose connections broke at once, however often in a row: one try each
	for _, x := range xs {
		switch {
		case x.Transport == "tcp" && x.RCode != "" && !d.Direct(t):
			return false, reading.NotDirect(label)
		case x.Transport == "tcp" && x.RCode != "":
			return true, facts.Unknown{}
		case x.Transport == "tcp" && x.Failure != nil && x.Failure.Kind == evidence.Timeout:
			failed++
		case x.Transport == "tcp" && x.Failure != nil && dnsanswer.Silent(x.Failure.Kind):
			if q := fmt.Sprint(x.Round, x.Name, x.Type); !slices.Contains(quick, q) {
				quick = append(quick, q)
				failed++
			}
		case x.Transport == "tcp" && x.Failure != nil:
			return false, reading.Unanswered(x.Failure, label)
		case x.RCode != "":
			datagrams = true
		}
	}
	switch {
	case !datagrams && len(xs) > 0 && dnsanswer.Last(xs).Failure != nil:
		why := reading.Unanswered(dnsanswer.Last(xs).Failure, label)
		why.Detail = label + " did not answer over UDP either"
		return false, why
	case failed < 3:
		return false, d.tooFewTries(label)
	case !d.HeardOverTCP(server.Address):
		return false, reading.UnheardOverTCP(label)
	}
	return false, facts.Unknown{}
}

// failing tells whether a server, by all its addresses, does not serve the zone; not known where an address could not
// be judged.
func (d *derivation) failing(t *evidence.Target, name string) (fails, known bool) {
	known = true
	asked := 0
	for _, server := range t.Servers {
		if server.Name != name {
			continue
		}
		if authoritative, why := d.authoritative(t, server); authoritative && why.Code == "" {
			return false, true
		}
		if judged, _ := d.judged(t, server); !judged {
			continue
		}
		asked++
		if dead, lame := d.fails(t, server); !dead && !lame {
			known = false
		}
	}
	if asked == 0 {
		addresses := d.AddressesOf(name)
		return addresses.Absent(), addresses.Absent()
	}
	return known, known
}

// fails tells whether a server address is known to be dead, or lame.
func (d *derivation) fails(t *evidence.Target, server evidence.Server) (dead, lame bool) {
	answers, why := d.answers(t, server)
	dead = !answers && why.Code == ""
	authoritative, why := d.authoritative(t, server)
	return dead, !authoritative && why.Code == ""
}
