package derive

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// version is the copy of a zone at one name server address.
type version struct {
	server evidence.Server
	soa    *dns.SOA
	at     time.Time
	n      int // number of the exchange in the evidence
}

func (v version) String() string {
	return fmt.Sprintf("%s [%s]: %d", v.server.Name, v.server.Address, v.soa.Serial)
}

// Reading is what the servers of a zone answered in one round.
type Reading struct {
	versions []version
	unheard  facts.Unknown // why a name server was not heard at any of its addresses; zero if each was
}

// look gathers the SOA records of a round. A server that answers at one of its addresses is heard: that the tester may
// have no route to another one says nothing about the zone.
func (d *derivation) look(t *evidence.Target, round int) Reading {
	var l Reading
	heard, unheard := map[string]bool{}, map[string]facts.Unknown{}
	for _, server := range t.Servers {
		exchanges, n := d.round(evidence.Authoritative, server.Address, t.Zone, "SOA", round)
		label := server.Name + " [" + server.Address + "]"
		records, why := d.authoritativeSOA(exchanges, t.Zone, label)
		switch {
		case len(records) == 1:
			heard[server.Name] = true
			l.versions = append(l.versions, version{server, records[0], dnsanswer.Last(exchanges).At, n})
		case len(records) > 1:
			unheard[server.Name] = facts.Unknown{Code: facts.Disagreement, Detail: label + " gave several SOA records"}
		default:
			unheard[server.Name] = why
		}
	}
	for _, server := range t.Servers {
		if why, silent := unheard[server.Name]; silent && !heard[server.Name] && l.unheard.Code == "" {
			l.unheard = why
		}
	}
	return l
}

// Differ tells whether two of the versions have different serials.
func (l Reading) Differ() bool {
	return slices.ContainsFunc(l.versions, func(v version) bool { return v.soa.Serial != l.versions[0].soa.Serial })
}

func (l Reading) of(server evidence.Server) (version, bool) {
	i := slices.IndexFunc(l.versions, func(v version) bool { return v.server.Address == server.Address })
	if i < 0 {
		return version{}, false
	}
	return l.versions[i], true
}

// Servers lists those that answered.
func (l Reading) Servers() (servers []evidence.Server) {
	for _, v := range l.versions {
		servers = append(servers, v.server)
	}
	return servers
}

// OlderThan lists the servers whose version has become older than it was at an earlier look.
func (l Reading) OlderThan(before Reading) (servers []evidence.Server) {
	for _, v := range before.versions {
		if again, ok := l.of(v.server); ok && older(again, v) {
			servers = append(servers, v.server)
		}
	}
	return servers
}

func (l Reading) texts() []string {
	texts := []string{}
	for _, v := range l.versions {
		texts = append(texts, v.String())
	}
	return texts
}

// providers counts the DNS providers behind the versions that count serials by themselves. Each names a primary of its
// own; where all servers name the same one, they are copies of it, whoever runs them.
func (l Reading) providers() int {
	operators, primaries := map[string]bool{}, map[string]bool{}
	for _, v := range l.versions {
		operators[providerOf(v.server.Name)] = true
		primaries[dnsanswer.HostName(v.soa.Ns)] = true
	}
	if len(primaries) < 2 {
		return min(1, len(operators))
	}
	return len(operators)
}

// providerOf names who runs a name server: the label below the public suffix, without numbers at its end. Large providers
// spread one zone over several suffixes and numbered domains.
func providerOf(name string) string {
	domain, err := publicsuffix.EffectiveTLDPlusOne(name)
	if err != nil {
		return name
	}
	label, _, _ := strings.Cut(domain, ".")
	if trimmed := strings.TrimRight(label, "0123456789-"); trimmed != "" {
		return trimmed
	}
	return domain
}

// agreement derives what the servers of a zone say together: at the first look (round 0), after the time to settle (1),
// and, of a server whose serial has become smaller, again (2 to 4).
func (d *derivation) agreement(t *evidence.Target) {
	zone := facts.Subject{Kind: facts.Zone, Name: t.Zone}
	d.set.AddView(t.Name, zone)
	first, second := d.look(t, 0), d.look(t, 1)
	put := func(name facts.Name, of Reading, value facts.Value, why facts.Unknown) {
		f := facts.Fact{Name: name, Value: value, Why: why}
		if value.Kind() != facts.None {
			f.Why = facts.Unknown{}
		}
		if len(of.versions) > 0 {
			v := of.versions[0]
			f.At, f.Evidence = v.at, fmt.Sprintf("DNS exchange %d and those beside it", v.n)
		}
		d.set.Put(zone, f)
	}
	var names []string
	for _, s := range t.Servers {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	put(facts.DNSZoneServers, Reading{}, facts.ListValue(names), facts.Unknown{})

	none := first.unheard
	if len(first.versions) > 0 {
		put(facts.DNSSOASerials, first, facts.ListValue(first.texts()), none)
		put(facts.DNSSOAProviders, first, facts.IntValue(int64(first.providers())), none)
		none = facts.Unknown{Code: facts.Untested, Detail: "the serials agreed at the first look, so there was no second"}
		switch ended := d.bundle.Interrupted || d.bundle.Expired; {
		case first.Differ() && ended:
			none = facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the second look"}
		case first.Differ():
			none.Detail = "there was no second look"
		}
	}
	differ, why := d.serialsDiffer(first)
	put(facts.DNSSOASerialsDiffer, first, differ, why)
	types, differing, why := d.dataDiffer(t, first, second)
	put(facts.DNSSOADataDiffer, first, differing, why)
	put(facts.DNSSOADifferingTypes, first, types, why)

	values := map[facts.Name]facts.Value{}
	reasons := map[facts.Name]facts.Unknown{}
	if len(second.versions) > 0 {
		values[facts.DNSSOASerialsAgain] = facts.ListValue(second.texts())
		values[facts.DNSSOASettled], reasons[facts.DNSSOASettled] = settled(first, second)
		values[facts.DNSSOASerialBackwards], reasons[facts.DNSSOASerialBackwards] = backwards(first, second, d.look(t, 2), d.look(t, 3), d.look(t, 4))
	}
	values[facts.DNSSOALagTooLong], reasons[facts.DNSSOALagTooLong] = lagTooLong(first, second)
	for _, name := range []facts.Name{facts.DNSSOASerialsAgain, facts.DNSSOASettled, facts.DNSSOASerialBackwards, facts.DNSSOALagTooLong} {
		why := reasons[name]
		if why.Code == "" {
			why = none
		}
		of := second
		if len(of.versions) == 0 {
			of = first
		}
		put(name, of, values[name], why)
	}
}

// serialsDiffer is known to be no only where each name server was heard.
func (d *derivation) serialsDiffer(l Reading) (facts.Value, facts.Unknown) {
	switch {
	case len(l.versions) > 0 && l.Differ():
		return facts.BoolValue(true), facts.Unknown{}
	case l.unheard.Code != "":
		return facts.Value{}, l.unheard
	case len(l.versions) == 0:
		return facts.Value{}, facts.Unknown{Code: facts.Untested, Detail: "no name server was asked"}
	}
	return facts.BoolValue(false), facts.Unknown{}
}

// dataDiffer compares the records at the apex wherever serials differ, in both looks.
func (d *derivation) dataDiffer(t *evidence.Target, looks ...Reading) (types, differ facts.Value, why facts.Unknown) {
	why = facts.Unknown{Code: facts.Untested, Detail: "the serials agree, so the records were not compared"}
	var found []string
	compared := false
	for round, l := range looks {
		if len(l.versions) == 0 || !l.Differ() {
			continue
		}
		if !compared {
			compared, why = true, facts.Unknown{}
		}
		for _, rrtype := range ApexTypes {
			different, unknown := d.typeDiffers(t, l, rrtype, round)
			if different && !slices.Contains(found, rrtype) {
				found = append(found, rrtype)
			}
			if why.Code == "" {
				why = unknown
			}
		}
	}
	if len(found) > 0 {
		return facts.ListValue(found), facts.BoolValue(true), facts.Unknown{}
	}
	if !compared || why.Code != "" {
		return facts.Value{}, facts.Value{}, why
	}
	return facts.ListValue(nil), facts.BoolValue(false), facts.Unknown{}
}

// typeDiffers compares the sets of one type between servers whose serials differ. Addresses may differ on purpose, by load
// or place: where two servers with one serial differ in them, or the servers are of several providers, a difference
// says nothing.
func (d *derivation) typeDiffers(t *evidence.Target, l Reading, rrtype string, round int) (bool, facts.Unknown) {
	sets := make([]string, len(l.versions))
	var why facts.Unknown
	for i, v := range l.versions {
		var unknown facts.Unknown
		sets[i], unknown = d.apexSet(v.server, t.Zone, rrtype, round)
		if unknown.Code != "" {
			sets[i], why = unread, unknown
		}
	}
	differs, varies := false, false
	for i, a := range l.versions {
		for j, b := range l.versions[:i] {
			if sets[i] != sets[j] && sets[i] != unread && sets[j] != unread {
				same := a.soa.Serial == b.soa.Serial
				differs, varies = differs || !same, varies || same
			}
		}
	}
	if differs {
		if twice := d.notTwice(t, l, rrtype, round, sets); twice.Code != "" {
			return false, twice
		}
	}
	if computed := rrtype == "A" || rrtype == "AAAA"; differs && computed && (varies || l.providers() > 1) {
		return false, facts.Unknown{Code: facts.Disagreement, Detail: "the servers differ in their " + rrtype +
			" records only, which servers that compute addresses by load or place do on purpose"}
	}
	return differs, why
}

// notTwice is why a difference between servers says nothing: one of them gave other records when it was asked a second time at once. What
// differs from itself is no difference between two copies of a zone.
func (d *derivation) notTwice(t *evidence.Target, l Reading, rrtype string, round int, sets []string) facts.Unknown {
	for i, v := range l.versions {
		for _, again := range dnsanswer.Twins(round) {
			xs, _ := d.round(evidence.Authoritative, v.server.Address, t.Zone, rrtype, again)
			if len(xs) == 0 || sets[i] == unread {
				continue
			}
			twin, why := d.apexSet(v.server, t.Zone, rrtype, again)
			switch label := v.server.Name + " [" + v.server.Address + "]"; {
			case why.Code != "":
				return why
			case twin != sets[i]:
				return facts.Unknown{Code: facts.Disagreement, Detail: label + " gives other " + rrtype + " records each time it is asked"}
			}
		}
	}
	return facts.Unknown{}
}

// unread stands for a set that is not known; no set reads so.
const unread = "?"

// apexSet writes the records of a type at the apex of a zone in a form in which equal sets are equal texts: names without
// letter case, records sorted, TTLs left out.
func (d *derivation) apexSet(server evidence.Server, zone, rrtype string, round int) (string, facts.Unknown) {
	exchanges, _ := d.round(evidence.Authoritative, server.Address, zone, rrtype, round)
	label := server.Name + " [" + server.Address + "]"
	if len(exchanges) == 0 {
		return "", facts.Unknown{Code: facts.Untested, Detail: label + " was not asked for its " + rrtype + " records"}
	}
	switch trouble := dnsanswer.Trouble(exchanges); {
	case trouble == nil:
	case trouble.Kind == evidence.NoData:
		return "", facts.Unknown{}
	default:
		return "", unanswered(trouble, "the question for the "+rrtype+" records of "+label)
	}
	var set []string
	for _, rr := range dnsanswer.Records(dnsanswer.Last(exchanges), rrtype) {
		switch rr := rr.(type) {
		case *dns.NS:
			set = append(set, dnsanswer.HostName(rr.Ns))
		case *dns.MX:
			set = append(set, fmt.Sprintf("%d %s", rr.Preference, dnsanswer.HostName(rr.Mx)))
		case *dns.TXT:
			set = append(set, strconv.Quote(strings.Join(rr.Txt, "")))
		case *dns.A:
			set = append(set, rr.A.String())
		case *dns.AAAA:
			set = append(set, rr.AAAA.String())
		}
	}
	slices.Sort(set)
	return strings.Join(slices.Compact(set), "\n"), facts.Unknown{}
}

// settled tells whether all servers that differed agree at the second look.
func settled(first, second Reading) (facts.Value, facts.Unknown) {
	if second.Differ() {
		return facts.BoolValue(false), facts.Unknown{}
	}
	for _, v := range first.versions {
		if _, ok := second.of(v.server); !ok {
			return facts.Value{}, facts.Unknown{Code: facts.ServFail, Detail: v.server.Name + " [" + v.server.Address +
				"] did not answer at the second look"}
		}
	}
	return facts.BoolValue(true), facts.Unknown{}
}

// backwards tells whether a serial has become smaller, and stays so each time when asked again: several machines behind one
// address may answer by turns while a change goes round.
func backwards(first, second Reading, further ...Reading) (facts.Value, facts.Unknown) {
	for _, v := range first.versions {
		again, ok := second.of(v.server)
		if !ok || !older(again, v) {
			continue
		}
		other := func(l Reading) bool { w, ok := l.of(v.server); return !ok || !older(w, v) }
		if !slices.ContainsFunc(further, other) {
			return facts.BoolValue(true), facts.Unknown{}
		}
		return facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: v.server.Name + " [" + v.server.Address +
			"] answers with changing serials"}
	}
	return facts.BoolValue(false), facts.Unknown{}
}

// older tells whether version a is known to be older than b.
func older(a, b version) bool {
	order, defined := serialOrder(a.soa.Serial, b.soa.Serial)
	return defined && order < 0
}

// lagTooLong tells whether a server has missed a version for longer than refresh plus retry: by then a secondary must have
// asked for news twice (RFC 1034 section 4.3.5).
func lagTooLong(first, second Reading) (facts.Value, facts.Unknown) {
	switch {
	case len(first.versions) == 0 || !first.Differ():
		return facts.Value{}, facts.Unknown{}
	case first.providers() > 1:
		return facts.BoolValue(false), facts.Unknown{}
	case len(second.versions) == 0:
		return facts.Value{}, facts.Unknown{}
	case !second.Differ():
		return facts.BoolValue(false), facts.Unknown{}
	}
	newest := first.versions[0]
	for _, v := range first.versions {
		if older(newest, v) {
			newest = v
		}
	}
	for _, v := range second.versions {
		if !older(v, newest) {
			continue
		}
		waited := v.at.Sub(newest.at)
		limit := time.Duration(v.soa.Refresh)*time.Second + time.Duration(v.soa.Retry)*time.Second
		if waited > limit {
			return facts.BoolValue(true), facts.Unknown{}
		}
		return facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf(
			"the serials still differ after %s; a lag is a fault only if it lasts longer than refresh plus retry, here %s",
			facts.FormatDuration(waited), facts.FormatDuration(limit))}
	}
	return facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: "the serials differ at both looks, but no server is known to lag behind"}
}
