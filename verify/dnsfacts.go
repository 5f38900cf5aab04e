package verify

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsprobe"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// last is the exchange that answered, or an empty one.
func last(xs []evidence.Exchange) evidence.Exchange {
	if len(xs) == 0 {
		return evidence.Exchange{}
	}
	return xs[len(xs)-1]
}

func hostName(s string) string { return strings.ToLower(strings.TrimSuffix(s, ".")) }

// mxHosts lists the hosts of MX records by preference. A null MX (RFC 7505) names no host.
func mxHosts(xs []evidence.Exchange) []evidence.Host {
	hosts := []evidence.Host{}
	for _, rr := range dnsprobe.Records(last(xs), "MX") {
		if mx, ok := rr.(*dns.MX); ok && mx.Mx != "." {
			hosts = append(hosts, evidence.Host{Name: hostName(mx.Mx), Preference: int(mx.Preference), Addresses: []string{}})
		}
	}
	slices.SortStableFunc(hosts, func(a, b evidence.Host) int {
		if a.Preference != b.Preference {
			return a.Preference - b.Preference
		}
		return strings.Compare(a.Name, b.Name)
	})
	return slices.CompactFunc(hosts, func(a, b evidence.Host) bool { return a.Name == b.Name })
}

// addressesIn lists the addresses of A or AAAA records.
func addressesIn(xs []evidence.Exchange, rrtype string) []string {
	var addresses []string
	for _, rr := range dnsprobe.Records(last(xs), rrtype) {
		var addr netip.Addr
		switch rr := rr.(type) {
		case *dns.A:
			addr, _ = netip.AddrFromSlice(rr.A.To4())
		case *dns.AAAA:
			addr, _ = netip.AddrFromSlice(rr.AAAA)
		}
		if addr.IsValid() {
			addresses = append(addresses, addr.String())
		}
	}
	return addresses
}

func ptrNames(x evidence.Exchange) []string {
	var names []string
	for _, rr := range dnsprobe.Records(x, "PTR") {
		if ptr, ok := rr.(*dns.PTR); ok {
			names = append(names, hostName(ptr.Ptr))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// zone derives the SOA facts of every server of a target's zone.
func (d *derivation) zone(t *evidence.Target) {
	if t.Zone == "" || len(t.Servers) == 0 {
		d.set.NoViews(t.Name, facts.Server, d.whyNoZone(t))
		return
	}
	for _, server := range t.Servers {
		subject := facts.Subject{Kind: facts.Server, Name: t.Zone, At: server.Name + " [" + server.Address + "]"}
		d.set.AddView(t.Name, subject)
		d.soa(subject, server, t.Zone)
	}
}

func (d *derivation) whyNoZone(t *evidence.Target) facts.Unknown {
	switch {
	case t.Kind == "address":
		return facts.Unknown{Code: facts.NoTarget, Detail: "an address alone leads to no zone; name the domain with --target"}
	case nowhere(t.Trouble), nowhere(t.ZoneError):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}
	case t.ZoneError != nil:
		return unanswered(t.ZoneError, "the look-up of the zone of "+t.Name)
	}
	return facts.Unknown{Code: facts.Untested, Detail: "the zone of " + t.Name + " was not looked at"}
}

func nowhere(f *evidence.Failure) bool { return f != nil && f.Kind == evidence.NXDomain }

// soa derives the facts of one server's SOA record. Only an authoritative answer counts: anything else may be a stale copy.
func (d *derivation) soa(subject facts.Subject, server evidence.Server, zone string) {
	exchanges, n := d.exchanges(evidence.Authoritative, server.Address, zone, "SOA")
	x := last(exchanges)
	ref := fmt.Sprintf("DNS exchange %d", n)
	put := func(name facts.Name, value facts.Value) {
		d.set.Put(subject, facts.Fact{Name: name, Value: value, At: x.At, Evidence: ref})
	}
	why := facts.Unknown{Code: facts.Untested, Detail: subject.At + " was not asked"}
	var soa *dns.SOA
	if len(exchanges) > 0 {
		why, soa = authoritativeSOA(exchanges, subject.At)
	} else if d.bundle.Interrupted || d.bundle.Expired {
		why = facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + subject.At + " was asked"}
	}
	if soa == nil {
		for _, def := range facts.Definitions() {
			if def.Scope == facts.Server {
				d.set.Put(subject, facts.Fact{Name: def.Name, Why: why, At: x.At, Evidence: ref})
			}
		}
		return
	}
	seconds := func(n uint32) time.Duration { return time.Duration(n) * time.Second }
	put(facts.DNSSOAAnswered, facts.BoolValue(true))
	put(facts.DNSSOASerial, facts.IntValue(int64(soa.Serial)))
	put(facts.DNSSOASerialIsDate, facts.BoolValue(isDateSerial(soa.Serial, x.At)))
	put(facts.DNSSOARefresh, facts.DurationValue(seconds(soa.Refresh)))
	put(facts.DNSSOARetry, facts.DurationValue(seconds(soa.Retry)))
	put(facts.DNSSOAExpire, facts.DurationValue(seconds(soa.Expire)))
	put(facts.DNSSOAExpireTooShort, facts.BoolValue(uint64(soa.Expire) < uint64(soa.Refresh)+uint64(soa.Retry)))
}

func authoritativeSOA(exchanges []evidence.Exchange, server string) (facts.Unknown, *dns.SOA) {
	if f := dnsprobe.Trouble(exchanges); f != nil {
		return unanswered(f, server), nil
	}
	x := last(exchanges)
	if !x.AA {
		return facts.Unknown{Code: facts.ServFail, Detail: server + " answered, but not with authority"}, nil
	}
	for _, rr := range dnsprobe.Records(x, "SOA") {
		if soa, ok := rr.(*dns.SOA); ok {
			return facts.Unknown{}, soa
		}
	}
	return facts.Unknown{Code: facts.ServFail, Detail: server + " answered without an SOA record"}, nil
}

// isDateSerial tells whether a serial reads as YYYYMMDDnn with a date that exists and has begun somewhere on earth: the
// most easterly clock zone is UTC+14. Earlier than 1980 there was no DNS to write serials for.
func isDateSerial(serial uint32, now time.Time) bool {
	digits := fmt.Sprint(serial)
	if len(digits) != 10 {
		return false
	}
	date, err := time.Parse("20060102", digits[:8])
	if err != nil || date.Year() < 1980 {
		return false
	}
	easternmost := now.UTC().Add(14 * time.Hour)
	return !date.After(easternmost)
}

// reverse derives the names found by reverse look-up of an address.
func (d *derivation) reverse(subject facts.Subject, put func(facts.Fact)) {
	defer func() { put(missingPTR(d.set, subject)) }()
	f := facts.Fact{Name: facts.DNSPTRNames, Why: facts.Unknown{Code: facts.Untested, Detail: "the reverse look-up of " + subject.At + " was not asked"}}
	addr, err := netip.ParseAddr(subject.At)
	if err != nil {
		return
	}
	exchanges, n := d.exchanges(evidence.Resolver, "", dnsprobe.ReverseName(addr), "PTR")
	if len(exchanges) == 0 {
		put(f)
		return
	}
	last := exchanges[len(exchanges)-1]
	f.At, f.Evidence = last.At, fmt.Sprintf("DNS exchange %d", n)
	switch trouble := dnsprobe.Trouble(exchanges); {
	case trouble == nil:
		f.Value = facts.ListValue(ptrNames(last))
	case trouble.Kind == evidence.NXDomain || trouble.Kind == evidence.NoData:
		f.Value = facts.ListValue(nil)
	default:
		f.Why = unanswered(trouble, "the reverse look-up of "+subject.At)
	}
	put(f)
}

func missingPTR(set *facts.Set, subject facts.Subject) facts.Fact {
	names, _ := set.Get(facts.DNSPTRNames, subject)
	f := names
	f.Name = facts.DNSPTRMissing
	if names.Known() {
		f.Value = facts.BoolValue(len(names.Value.List()) == 0)
	}
	return f
}

// exchanges returns all exchanges of a question with one party, and the number of the last one in the evidence.
func (d *derivation) exchanges(role evidence.Role, server, name, rrtype string) (found []evidence.Exchange, n int) {
	for i, x := range d.bundle.Exchanges {
		if x.Role == role && x.Type == rrtype && strings.EqualFold(x.Name, name) && (server == "" || addressOf(x.Server) == server) {
			found, n = append(found, x), i+1
		}
	}
	return found, n
}

func addressOf(server string) string {
	at, err := netip.ParseAddrPort(server)
	if err != nil {
		return server
	}
	return at.Addr().String()
}
