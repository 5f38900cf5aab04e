package derive

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
)

// recordFacts derives which usual records the name has, and what stands beside an alias.
func (d *derivation) recordFacts(t *evidence.Target) {
	name := dnsanswer.HostName(t.Name)
	if !d.asked(name, "CNAME") || !d.asked(name, "SRV") {
		return
	}
	put := d.about(t, d.firstAbout(name, "CNAME"))
	put.put(facts.DNSRecordsAsked, facts.ListValue(RecordTypes))
	d.absent(put, t, name)
	d.alias(put, t, name)
}

func (d *derivation) firstAbout(name, rrtype string) evidence.Exchange {
	exchanges, _ := d.exchanges(evidence.Authoritative, "", name, rrtype)
	if len(exchanges) == 0 {
		return evidence.Exchange{}
	}
	return exchanges[0]
}

// absent derives the types of record that a name has or lacks. One server's word is enough for what is there; that there is
// nothing has to be said by all, because one may lag behind.
func (d *derivation) absent(put about, t *evidence.Target, name string) {
	servers := d.reachableServers(t)
	var missing, found, disputed []string
	var open facts.Unknown
	exists := false
	for _, rrtype := range RecordTypes {
		yes, no, trouble := d.haveAndLack(name, rrtype, servers)
		if yes+no == 0 {
			put.unknown(unanswered(trouble, "the question for the "+rrtype+" records of "+name),
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
	servers := d.reachableServers(t)
	if len(servers) == 0 {
		return d.undenied(t, name)
	}
	told, silent := map[string]bool{}, map[string]facts.Unknown{}
	var names []string
	for _, s := range servers {
		exchanges := exchangesOf(d.saidAbout(name), s, name, rrtype)
		asked := slices.ContainsFunc(exchanges, func(x evidence.Exchange) bool {
			return x.Role == evidence.Authoritative && x.Name == name && x.Type == rrtype
		})
		_, f := dnsanswer.Resolved(exchanges, name, rrtype)
		switch what := "the question for the " + rrtype + " records of " + name + " at " + s.Name + " [" + s.Address + "]"; {
		case asked && (f == nil || dnsanswer.Absent(f)), d.givesNothing(s):
			told[s.Name] = true
		case asked:
			silent[s.Name] = unanswered(f, what)
		case !slices.ContainsFunc(d.askedAt(s.Address), func(i int) bool { return d.bundle.Exchanges[i].RCode != "" }):
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
	for _, i := range d.askedAt(s.Address) {
		x := &d.bundle.Exchanges[i]
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
		for _, i := range d.askedAbout(name) {
			x := &d.bundle.Exchanges[i]
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
		count(exchangesOf(d.saidAbout(name), s, name, rrtype))
	}
	if yes+no == 0 {
		count(d.saidAbout(name))
	}
	return yes, no, trouble
}

// alias derives what stands beside an alias. Each server is looked at by itself, because two versions of a zone side by side
// are no conflict within one of them. What a server answers about the target of an alias is not at the name.
func (d *derivation) alias(put about, t *evidence.Target, name string) {
	servers := d.reachableServers(t)
	var beside []string
	present, several, told := false, false, false
	var trouble *evidence.Failure
	for _, s := range servers {
		exchanges, _ := d.exchanges(evidence.Authoritative, s.Address, name, "CNAME")
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
			exchanges, _ := d.exchanges(evidence.Authoritative, s.Address, name, rrtype)
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
			why = d.whyNoZone(t)
		case trouble != nil:
			why = unanswered(trouble, "the question for the alias of "+name)
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
	put.put(facts.DNSResolverInvents, facts.BoolValue(d.bundle.Vantage.Invents))
	servers := d.reachableServers(t)
	compared := 0
	var differing, failing []string
	compare := func(name, rrtype string, servers []evidence.Server) {
		exchanges, _ := d.exchanges(evidence.Resolver, "", name, rrtype)
		if len(exchanges) == 0 || !d.asked(name, rrtype) {
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
	hosts := mxNames(mxRecords(mxAnswers(d.saidAbout(name), name, servers)))
	for _, host := range hosts[:min(len(hosts), maxMailHosts)] {
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
	w, _ := d.wordOfServers(name, rrtype)
	return w.known()
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
		check(exchangesOf(d.saidAbout(name), s, name, rrtype))
	}
	if len(servers) == 0 || !known {
		check(d.saidAbout(name))
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

// strangerFacts derives what a name server does for strangers.
func (d *derivation) strangerFacts(t *evidence.Target, subject facts.Subject, server evidence.Server) {
	route := facts.Fact{Name: facts.DNSServerRoute, Value: facts.BoolValue(true)}
	switch {
	case d.routeless(server.Address):
		route.Value, route.Why = facts.Value{}, facts.Unknown{Code: facts.ConnectFailed, Detail: "this machine has no route to " + subject.At}
	case len(d.askedAt(server.Address)) == 0:
		route.Value, route.Why = facts.Value{}, d.whyUnasked(subject, "anything")
	}
	d.set.Put(subject, route)
	d.recursion(t, subject, server)
	d.transfer(t, subject, server)
}

// recursion reads the answer to the foreign question.
func (d *derivation) recursion(t *evidence.Target, subject facts.Subject, server evidence.Server) {
	var exchanges []evidence.Exchange
	n := 0
	parent := ForeignZone(t, server)
	for _, i := range d.askedAt(server.Address) {
		x := d.bundle.Exchanges[i]
		_, above, _ := strings.Cut(x.Name, ".")
		if x.Role == evidence.Foreign && dnsanswer.AddressOf(x.Server) == server.Address && parent != "" && dns.Fqdn(above) == dns.Fqdn(parent) {
			exchanges, n = append(exchanges, x), i+1
		}
	}
	foreign, offered := facts.Fact{Name: facts.DNSRecursionForeign}, facts.Fact{Name: facts.DNSRecursionOffered}
	defer func() { d.set.Put(subject, foreign); d.set.Put(subject, offered) }()
	if len(exchanges) == 0 {
		foreign.Why = d.whyUnasked(subject, "a foreign name")
		offered.Why = foreign.Why
		return
	}
	x := dnsanswer.Last(exchanges)
	ref := fmt.Sprintf("DNS exchange %d", n)
	foreign.At, offered.At, foreign.Evidence, offered.Evidence = x.At, x.At, ref, ref
	if x.RCode == "" || x.TC {
		foreign.Why = facts.Unknown{Code: facts.ServFail, Detail: subject.At + " gave no answer to a foreign question"}
		if x.Failure != nil {
			foreign.Why.Detail += ": " + because(x.Failure)
		}
		offered.Why = foreign.Why
		return
	}
	offered.Value = facts.BoolValue(x.RA)
	zone := dnsanswer.Named(x)
	near := zone != "" && dns.IsSubDomain(dns.Fqdn(parent), dns.Fqdn(zone))
	nothing := len(x.Answer) == 0 && (x.RCode == "NXDOMAIN" || x.RCode == "NOERROR") // NOERROR below a wildcard of another type
	resolved := !x.AA && x.RA && nothing && near
	switch {
	case resolved && d.insider(server.Address):
		foreign.Why = facts.Unknown{Code: facts.Untested, Detail: "the resolver of this machine stands beside " + subject.At +
			", which may resolve for its own network only; test from another one"}
	case resolved:
		foreign.Value = facts.BoolValue(true)
	case len(x.Answer) > 0 || x.RCode == "NXDOMAIN":
		// Nobody's data: the server may make something up for every name, or serve the zone above itself.
		foreign.Why = facts.Unknown{Code: facts.Disagreement, Detail: subject.At + " answers for a name that does not exist, but not as one that found it out from others"}
	case x.RCode == "NOERROR" && x.RA && len(x.Authority) == 0:
		foreign.Why = facts.Unknown{Code: facts.Disagreement, Detail: subject.At + " says nothing of a foreign name, and does not refuse to"}
	case x.RCode == "SERVFAIL":
		foreign.Why = facts.Unknown{Code: facts.ServFail, Detail: subject.At + " answered SERVFAIL to a foreign question, as a resolver in trouble does too"}
	default:
		foreign.Value = facts.BoolValue(false)
	}
}

// insider tells whether this machine may count as one of a server's own network: its resolver is that server, or stands
// in the same block of addresses, the smallest that is routed.
func (d *derivation) insider(address string) bool {
	resolver, err := netip.ParseAddr(dnsanswer.AddressOf(d.bundle.Vantage.Resolver))
	server, err2 := netip.ParseAddr(address)
	if err != nil || err2 != nil || resolver.Is4() != server.Is4() {
		return false
	}
	bits := 48
	if server.Is4() {
		bits = 24
	}
	block, err := server.Prefix(bits)
	return err == nil && block.Contains(resolver)
}

// transfer reads the beginning of a zone transfer.
func (d *derivation) transfer(t *evidence.Target, subject facts.Subject, server evidence.Server) {
	exchanges, n := d.exchanges(evidence.Authoritative, server.Address, t.Zone, "AXFR")
	open, records := facts.Fact{Name: facts.DNSTransferOpen}, facts.Fact{Name: facts.DNSTransferRecords}
	defer func() { d.set.Put(subject, open); d.set.Put(subject, records) }()
	if len(exchanges) == 0 {
		open.Why = d.whyUnasked(subject, "the zone")
		records.Why = open.Why
		return
	}
	x := dnsanswer.Last(exchanges)
	ref := fmt.Sprintf("DNS exchange %d", n)
	open.At, records.At, open.Evidence, records.Evidence = x.At, x.At, ref, ref
	records.Value = facts.IntValue(int64(x.Transferred))
	begins := len(x.Answer) > 1 && isOwnSOA(x.Answer[0], t.Zone) && x.Transferred > 1
	switch {
	case begins:
		open.Value = facts.BoolValue(true)
	case !d.direct(t):
		open.Why = notDirect(subject.At)
	case dnsanswer.ClosedUp(x) && !d.heardOverTCP(server.Address):
		open.Why = unheardOverTCP(subject.At)
	case dnsanswer.ClosedUp(x) && len(exchanges) > 1: // both times
		open.Value = facts.BoolValue(false)
	case x.Failure != nil:
		open.Why = unanswered(x.Failure, "the zone transfer from "+subject.At)
	case slices.Contains([]string{"REFUSED", "NOTAUTH", "NOTIMP", "FORMERR"}, x.RCode):
		open.Value = facts.BoolValue(false)
	default:
		open.Why = facts.Unknown{Code: facts.ServFail, Detail: "the zone transfer from " + subject.At + " ended with " + x.RCode + " and no zone"}
	}
}

func isOwnSOA(text, zone string) bool {
	fields := strings.Fields(text)
	return len(fields) > 3 && dnsanswer.HostName(fields[0]) == zone && fields[3] == "SOA"
}

// whyUnasked says why a server was not asked for something.
func (d *derivation) whyUnasked(subject facts.Subject, what string) facts.Unknown {
	if d.bundle.Interrupted || d.bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + subject.At + " was asked for " + what}
	}
	soa, _ := d.set.Get(facts.DNSSOAAnswered, subject)
	if !soa.Known() && soa.Why.Code == facts.ServFail {
		return soa.Why
	}
	return facts.Unknown{Code: facts.Untested, Detail: subject.At + " was not asked for " + what}
}
