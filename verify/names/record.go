package names

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/reading"
)

// maxMailHosts bounds the hosts of MX records that are looked up; nobody needs more, and each may lead to another zone.
const MaxMailHosts = 10

// RecordTypes are asked for where a report misses a record, or speaks of an alias beside others.
var RecordTypes = []string{"A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"}

// recordFacts derives which usual records the name has, and what stands beside an alias.
func (d *derivation) recordFacts(t *evidence.Target) {
	name := dnsanswer.HostName(t.Name)
	if !d.Asked(name, "CNAME") || !d.Asked(name, "SRV") {
		return
	}
	put := d.about(t, d.FirstAbout(name, "CNAME"))
	put.put(facts.DNSRecordsAsked, facts.ListValue(RecordTypes))
	d.absent(put, t, name)
	d.alias(put, t, name)
}

// absent derives the types of record that a name has or lacks. One server's word is enough for what is there; that there is
// nothing has to be said by all, because one may lag behind.
func (d *derivation) absent(put about, t *evidence.Target, name string) {
	servers := d.ReachableServers(t)
	var missing, found, disputed []string
	var open facts.Unknown
	exists := false
	for _, rrtype := range RecordTypes {
		yes, no, trouble := d.haveAndLack(name, rrtype, servers)
		if yes+no == 0 {
			put.unknown(reading.Unanswered(trouble, "the question for the "+rrtype+" records of "+name),
				facts.DNSRecordsAbsent, facts.DNSRecordsFound, facts.DNSRecordsDisputed, facts.DNSNameExists)
			return
		}
		if yes == 0 {
			missing = append(missing, rrtype)
			if open.Code == "" {
				open = d.untold(t, name, rrtype)
			}
		} else {
			found = append(found, rrtype)
		}
		if yes > 0 && no > 0 {
			disputed = append(disputed, rrtype)
		}
		exists = exists || trouble == nil || trouble.Kind != evidence.NXDomain
	}
	if open.Code == "" {
		put.put(facts.DNSRecordsAbsent, facts.ListValue(missing))
	} else {
		put.unknown(open, facts.DNSRecordsAbsent)
	}
	put.put(facts.DNSRecordsFound, facts.ListValue(found))
	put.put(facts.DNSRecordsDisputed, facts.ListValue(disputed))
	put.put(facts.DNSNameExists, facts.BoolValue(exists))
}

// untold is why a name server may have a record of which others know nothing: it gave no usable answer at any of its addresses. One
// that refuses does not have the zone, and one at a private address gives records to nobody. A large set of servers is not asked
// whole.
func (d *derivation) untold(t *evidence.Target, name, rrtype string) facts.Unknown {
	servers := d.ReachableServers(t)
	if len(servers) == 0 {
		return d.undenied(t, name)
	}
	told, silent := map[string]bool{}, map[string]facts.Unknown{}
	var names []string
	for _, s := range servers {
		exchanges := reading.ExchangesOf(d.SaidAbout(name), s, name, rrtype)
		asked := slices.ContainsFunc(exchanges, func(x evidence.Exchange) bool {
			return x.Role == evidence.Authoritative && x.Name == name && x.Type == rrtype
		})
		_, f := dnsanswer.Resolved(exchanges, name, rrtype)
		switch what := "the question for the " + rrtype + " records of " + name + " at " + s.Name + " [" + s.Address + "]"; {
		case asked && (f == nil || dnsanswer.Absent(f)), d.givesNothing(s):
			told[s.Name] = true
		case asked:
			silent[s.Name] = reading.Unanswered(f, what)
		case !slices.ContainsFunc(d.AskedAt(s.Address), func(i int) bool { return d.Bundle.Exchanges[i].RCode != "" }):
			silent[s.Name] = facts.Unknown{Code: facts.ServFail, Detail: s.Name + " [" + s.Address + "] answers nothing"}
		}
		names = append(names, s.Name)
	}
	for _, name := range names {
		if why, is := silent[name]; is && !told[name] {
			return why
		}
	}
	return facts.Unknown{}
}

// givesNothing tells whether a server refused all questions, or cannot be reached by anybody.
func (d *derivation) givesNothing(s evidence.Server) bool {
	if addr, err := netip.ParseAddr(s.Address); err == nil && netrange.Private(addr) {
		return true
	}
	refused := false
	for _, i := range d.AskedAt(s.Address) {
		x := &d.Bundle.Exchanges[i]
		if x.Role == evidence.Authoritative && dnsanswer.AddressOf(x.Server) == s.Address && x.RCode != "" {
			if refused = slices.Contains([]string{"REFUSED", "NOTAUTH"}, x.RCode); !refused {
				return false
			}
		}
	}
	return refused
}

// undenied is why a name may exist although a server of its zone denies it: the zone's other servers that were asked gave no usable
// answer. Two witnesses are enough.
func (d *derivation) undenied(t *evidence.Target, name string) (why facts.Unknown) {
	if t.Delegation == nil || len(t.Delegation.Path) == 0 {
		return why
	}
	told, silent := map[string]bool{}, map[string]facts.Unknown{}
	servers := t.Delegation.Path[len(t.Delegation.Path)-1].Servers
	for _, s := range servers {
		for _, i := range d.AskedAbout(name) {
			x := &d.Bundle.Exchanges[i]
			switch {
			case x.Role != evidence.Authoritative || x.Name != name || dnsanswer.AddressOf(x.Server) != s.Address:
			case x.Failure != nil && x.Failure.Kind != evidence.NoRoute, x.RCode != "NXDOMAIN" && x.RCode != "NOERROR" && x.RCode != "":
				silent[s.Name] = facts.Unknown{Code: facts.ServFail, Detail: s.Name + " [" + s.Address + "], where " + name + " may exist, gave no usable answer"}
			case x.AA:
				told[s.Name] = true
			}
		}
	}
	for _, s := range servers {
		if unheard, is := silent[s.Name]; is && !told[s.Name] && len(told) < 2 && why.Code == "" {
			why = unheard
		}
	}
	return why
}

// haveAndLack counts the servers that have a type of record at a name and those that say that they have none. Without
// servers that were asked by themselves, whichever answered counts.
func (d *derivation) haveAndLack(name, rrtype string, servers []evidence.Server) (yes, no int, trouble *evidence.Failure) {
	count := func(exchanges []evidence.Exchange) {
		_, f := dnsanswer.Resolved(exchanges, name, rrtype)
		switch {
		case f == nil, f.Kind == evidence.TooLong && len(dnsanswer.Seen(exchanges, name, rrtype)) > 0:
			yes++
		case dnsanswer.Absent(f):
			no++
		}
		if f != nil && (trouble == nil || !dnsanswer.Absent(f)) {
			trouble = f
		}
	}
	for _, s := range servers {
		count(reading.ExchangesOf(d.SaidAbout(name), s, name, rrtype))
	}
	if yes+no == 0 {
		count(d.SaidAbout(name))
	}
	return yes, no, trouble
}

// alias derives what stands beside an alias. Each server is looked at by itself, because two versions of a zone side by side
// are no conflict within one of them. What a server answers about the target of an alias is not at the name.
func (d *derivation) alias(put about, t *evidence.Target, name string) {
	servers := d.ReachableServers(t)
	var beside []string
	present, several, told := false, false, false
	var trouble *evidence.Failure
	for _, s := range servers {
		exchanges, _ := d.Exchanges(evidence.Authoritative, s.Address, name, "CNAME")
		x := dnsanswer.Last(exchanges)
		if f := dnsanswer.Trouble(exchanges); f != nil && !dnsanswer.Absent(f) {
			if len(exchanges) > 0 {
				trouble = f
			}
			continue
		}
		told = true
		aliases := dnsanswer.Owned(x, "CNAME")
		if len(aliases) == 0 || !x.AA {
			continue
		}
		present, several = true, several || differingTargets(aliases)
		for _, rrtype := range RecordTypes {
			exchanges, _ := d.Exchanges(evidence.Authoritative, s.Address, name, rrtype)
			x := dnsanswer.Last(exchanges)
			usable := x.AA && !x.TC && x.Failure == nil && x.RCode == "NOERROR"
			if rrtype != "CNAME" && usable && len(dnsanswer.Owned(x, rrtype)) > 0 && !slices.Contains(beside, rrtype) {
				beside = append(beside, rrtype)
			}
		}
	}
	if !told {
		why := facts.Unknown{Code: facts.ServFail, Detail: "no name server told whether " + name + " is an alias"}
		switch {
		case t.ZoneError != nil:
			why = d.WhyNoZone(t)
		case trouble != nil:
			why = reading.Unanswered(trouble, "the question for the alias of "+name)
		}
		put.unknown(why, facts.DNSCNAMEPresent, facts.DNSCNAMEConflict, facts.DNSCNAMEBeside, facts.DNSCNAMESeveral)
		return
	}
	if d := t.Delegation; present && name == t.Zone && d != nil && d.By == evidence.ByWalk {
		// A zone has both, whatever a server that only tells of the alias says (RFC 1912 section 2.4).
		for _, rrtype := range []string{"NS", "SOA"} {
			if !slices.Contains(beside, rrtype) {
				beside = append(beside, rrtype)
			}
		}
	}
	put.put(facts.DNSCNAMEPresent, facts.BoolValue(present))
	put.put(facts.DNSCNAMESeveral, facts.BoolValue(several))
	put.put(facts.DNSCNAMEBeside, facts.ListValue(beside))
	if why := d.untold(t, name, "CNAME"); why.Code != "" && !several && len(beside) == 0 {
		put.unknown(why, facts.DNSCNAMEConflict)
		return
	}
	put.put(facts.DNSCNAMEConflict, facts.BoolValue(several || len(beside) > 0))
}

func differingTargets(records []dns.RR) bool {
	targets := map[string]bool{}
	for _, rr := range records {
		if cname, ok := rr.(*dns.CNAME); ok {
			targets[dnsanswer.HostName(cname.Target)] = true
		}
	}
	return len(targets) > 1
}

// resolverFacts derives where the resolver says something else than every name server.
func (d *derivation) resolverFacts(t *evidence.Target) {
	name := dnsanswer.HostName(t.Name)
	put := d.about(t, evidence.Exchange{})
	put.put(facts.DNSResolverInvents, facts.BoolValue(d.Bundle.Vantage.Invents))
	servers := d.ReachableServers(t)
	compared := 0
	var differing, failing []string
	compare := func(name, rrtype string, servers []evidence.Server) {
		exchanges, _ := d.Exchanges(evidence.Resolver, "", name, rrtype)
		if len(exchanges) == 0 || !d.Asked(name, rrtype) {
			return
		}
		if x := dnsanswer.Last(exchanges); x.RCode == "SERVFAIL" && d.wordOfSomeServer(name, rrtype) {
			failing = append(failing, strings.Join(strings.Fields(rrtype+" "+name+" "+x.EDE), " "))
		}
		switch agree, known := d.sameAnswer(dnsanswer.Last(exchanges), exchanges, name, rrtype, servers); {
		case !known:
		case !agree:
			differing = append(differing, rrtype+" "+name)
			fallthrough
		default:
			compared++
		}
	}
	for _, rrtype := range []string{"A", "AAAA", "CNAME", "MX", "TXT"} { // others are not used, or change by nature
		compare(name, rrtype, servers)
	}
	hosts := MxNames(MxRecords(MxAnswers(d.SaidAbout(name), name, servers)))
	for _, host := range hosts[:min(len(hosts), MaxMailHosts)] {
		if host != name {
			compare(host, "A", nil)
			compare(host, "AAAA", nil)
		}
	}
	put.put(facts.DNSResolverFails, facts.BoolValue(len(failing) > 0))
	put.put(facts.DNSResolverFailing, facts.ListValue(failing))
	switch {
	case len(differing) > 0:
		put.put(facts.DNSResolverAgrees, facts.BoolValue(false))
		put.put(facts.DNSResolverDiffers, facts.ListValue(differing))
	case compared > 0:
		put.put(facts.DNSResolverAgrees, facts.BoolValue(true))
		put.put(facts.DNSResolverDiffers, facts.ListValue(nil))
	default:
		put.unknown(facts.Unknown{Code: facts.ServFail, Detail: "the resolver gave no answer that could be compared"},
			facts.DNSResolverAgrees, facts.DNSResolverDiffers)
	}
}

// wordOfSomeServer tells whether a name server gave a usable answer.
func (d *derivation) wordOfSomeServer(name, rrtype string) bool {
	w, _ := d.WordOfServers(name, rrtype)
	return w.Known()
}

// sameAnswer tells whether the resolver's answer is that of some name server. Addresses agree where one is the same: large
// services give each asker some of theirs.
func (d *derivation) sameAnswer(x evidence.Exchange, exchanges []evidence.Exchange, name, rrtype string, servers []evidence.Server) (agree, known bool) {
	if f := dnsanswer.Trouble(exchanges); f != nil && !dnsanswer.Absent(f) {
		return false, false
	}
	here := contents(dnsanswer.Records(x, rrtype))
	same := func(truth []string) bool {
		if rrtype == "A" || rrtype == "AAAA" {
			return len(here) == 0 && len(truth) == 0 || slices.ContainsFunc(here, func(s string) bool { return slices.Contains(truth, s) })
		}
		return slices.Equal(here, truth)
	}
	check := func(exchanges []evidence.Exchange) {
		records, f := dnsanswer.Resolved(exchanges, name, rrtype)
		if f == nil || dnsanswer.Absent(f) {
			known, agree = true, agree || same(contents(records))
		}
	}
	for _, s := range servers {
		check(reading.ExchangesOf(d.SaidAbout(name), s, name, rrtype))
	}
	if len(servers) == 0 || !known {
		check(d.SaidAbout(name))
	}
	return agree, known
}

// contents lists the data of records, without their owners and times to live.
func contents(records []dns.RR) []string {
	var all []string
	for _, rr := range records {
		all = append(all, strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String())))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
