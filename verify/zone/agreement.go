package zone

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
	"mxverdict/verify/reading"
)

// version is the copy of a zone at one name server address.
type Version struct {
	Server evidence.Server
	Soa    *dns.SOA
	At     time.Time
	n      int // number of the exchange in the evidence
}

func (v Version) String() string {
	return fmt.Sprintf("%s [%s]: %d", v.Server.Name, v.Server.Address, v.Soa.Serial)
}

// Look is what the servers of a zone answered in one round.
type Look struct {
	Versions []Version
	Unheard  facts.Unknown // why a name server was not heard at any of its addresses; zero if each was
}

// look gathers the SOA records of a round. A server that answers at one of its addresses is heard: that the tester may
// have no route to another one says nothing about the zone.
func (d *derivation) Look(t *evidence.Target, round int) Look {
	var l Look
	heard, unheard := map[string]bool{}, map[string]facts.Unknown{}
	for _, server := range t.Servers {
		exchanges, n := d.Round(evidence.Authoritative, server.Address, t.Zone, "SOA", round)
		label := server.Name + " [" + server.Address + "]"
		records, why := d.AuthoritativeSOA(exchanges, t.Zone, label)
		switch {
		case len(records) == 1:
			heard[server.Name] = true
			l.Versions = append(l.Versions, Version{server, records[0], dnsanswer.Last(exchanges).At, n})
		case len(records) > 1:
			unheard[server.Name] = facts.Unknown{Code: facts.Disagreement, Detail: label + " gave several SOA records"}
		default:
			unheard[server.Name] = why
		}
	}
	for _, server := range t.Servers {
		if why, silent := unheard[server.Name]; silent && !heard[server.Name] && l.Unheard.Code == "" {
			l.Unheard = why
		}
	}
	return l
}

// Differ tells whether two of the versions have different serials.
func (l Look) Differ() bool {
	return slices.ContainsFunc(l.Versions, func(v Version) bool { return v.Soa.Serial != l.Versions[0].Soa.Serial })
}

func (l Look) of(server evidence.Server) (Version, bool) {
	i := slices.IndexFunc(l.Versions, func(v Version) bool { return v.Server.Address == server.Address })
	if i < 0 {
		return Version{}, false
	}
	return l.Versions[i], true
}

// Servers lists those that answered.
func (l Look) Servers() (servers []evidence.Server) {
	for _, v := range l.Versions {
		servers = append(servers, v.Server)
	}
	return servers
}

// OlderThan lists the servers whose version has become older than it was at an earlier look.
func (l Look) OlderThan(before Look) (servers []evidence.Server) {
	for _, v := range before.Versions {
		if again, ok := l.of(v.Server); ok && older(again, v) {
			servers = append(servers, v.Server)
		}
	}
	return servers
}

func (l Look) texts() []string {
	texts := []string{}
	for _, v := range l.Versions {
		texts = append(texts, v.String())
	}
	return texts
}

// providers counts the DNS providers behind the versions that count serials by themselves. Each names a primary of its
// own; where all servers name the same one, they are copies of it, whoever runs them.
func (l Look) Providers() int {
	operators, primaries := map[string]bool{}, map[string]bool{}
	for _, v := range l.Versions {
		operators[ProviderOf(v.Server.Name)] = true
		primaries[dnsanswer.HostName(v.Soa.Ns)] = true
	}
	if len(primaries) < 2 {
		return min(1, len(operators))
	}
	return len(operators)
}

// providerOf names who runs a name server: the label below the public suffix, without numbers at its end. Large providers
// spread one zone over several suffixes and numbered domains.
func ProviderOf(name string) string {
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
	d.AddView(t.Name, zone)
	first, second := d.Look(t, 0), d.Look(t, 1)
	put := func(name facts.Name, of Look, value facts.Value, why facts.Unknown) {
		f := facts.Fact{Name: name, Value: value, Why: why}
		if value.Kind() != facts.None {
			f.Why = facts.Unknown{}
		}
		if len(of.Versions) > 0 {
			v := of.Versions[0]
			f.At, f.Evidence = v.At, fmt.Sprintf("DNS exchange %d and those beside it", v.n)
		}
		d.Put(zone, f)
	}
	var names []string
	for _, s := range t.Servers {
		if !slices.Contains(names, s.Name) {
			names = append(names, s.Name)
		}
	}
	put(facts.DNSZoneServers, Look{}, facts.ListValue(names), facts.Unknown{})

	none := first.Unheard
	if len(first.Versions) > 0 {
		put(facts.DNSSOASerials, first, facts.ListValue(first.texts()), none)
		put(facts.DNSSOAProviders, first, facts.IntValue(int64(first.Providers())), none)
		none = facts.Unknown{Code: facts.Untested, Detail: "the serials agreed at the first look, so there was no second"}
		switch ended := d.Bundle.Interrupted || d.Bundle.Expired; {
		case first.Differ() && ended:
			none = facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the second look"}
		case first.Differ():
			none.Detail = "there was no second look"
		}
	}
	differ, why := d.serialsDiffer(first)
	put(facts.DNSSOASerialsDiffer, first, differ, why)
	types, differing, why := d.DataDiffer(t, first, second)
	put(facts.DNSSOADataDiffer, first, differing, why)
	put(facts.DNSSOADifferingTypes, first, types, why)

	values := map[facts.Name]facts.Value{}
	reasons := map[facts.Name]facts.Unknown{}
	if len(second.Versions) > 0 {
		values[facts.DNSSOASerialsAgain] = facts.ListValue(second.texts())
		values[facts.DNSSOASettled], reasons[facts.DNSSOASettled] = settled(first, second)
		values[facts.DNSSOASerialBackwards], reasons[facts.DNSSOASerialBackwards] = Backwards(first, second, d.Look(t, 2), d.Look(t, 3), d.Look(t, 4))
	}
	values[facts.DNSSOALagTooLong], reasons[facts.DNSSOALagTooLong] = LagTooLong(first, second)
	for _, name := range []facts.Name{facts.DNSSOASerialsAgain, facts.DNSSOASettled, facts.DNSSOASerialBackwards, facts.DNSSOALagTooLong} {
		why := reasons[name]
		if why.Code == "" {
			why = none
		}
		of := second
		if len(of.Versions) == 0 {
			of = first
		}
		put(name, of, values[name], why)
	}
}

// serialsDiffer is known to be no only where each name server was heard.
func (d *derivation) serialsDiffer(l Look) (facts.Value, facts.Unknown) {
	switch {
	case len(l.Versions) > 0 && l.Differ():
		return facts.BoolValue(true), facts.Unknown{}
	case l.Unheard.Code != "":
		return facts.Value{}, l.Unheard
	case len(l.Versions) == 0:
		return facts.Value{}, facts.Unknown{Code: facts.Untested, Detail: "no name server was asked"}
	}
	return facts.BoolValue(false), facts.Unknown{}
}

// dataDiffer compares the records at the apex wherever serials differ, in both looks.
func (d *derivation) DataDiffer(t *evidence.Target, looks ...Look) (types, differ facts.Value, why facts.Unknown) {
	why = facts.Unknown{Code: facts.Untested, Detail: "the serials agree, so the records were not compared"}
	var found []string
	compared := false
	for round, l := range looks {
		if len(l.Versions) == 0 || !l.Differ() {
			continue
		}
		if !compared {
			compared, why = true, facts.Unknown{}
		}
		for _, rrtype := range ApexTypes {
			different, unknown := d.TypeDiffers(t, l, rrtype, round)
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
func (d *derivation) TypeDiffers(t *evidence.Target, l Look, rrtype string, round int) (bool, facts.Unknown) {
	sets := make([]string, len(l.Versions))
	var why facts.Unknown
	for i, v := range l.Versions {
		var unknown facts.Unknown
		sets[i], unknown = d.apexSet(v.Server, t.Zone, rrtype, round)
		if unknown.Code != "" {
			sets[i], why = unread, unknown
		}
	}
	differs, varies := false, false
	for i, a := range l.Versions {
		for j, b := range l.Versions[:i] {
			if sets[i] != sets[j] && sets[i] != unread && sets[j] != unread {
				same := a.Soa.Serial == b.Soa.Serial
				differs, varies = differs || !same, varies || same
			}
		}
	}
	if differs {
		if twice := d.notTwice(t, l, rrtype, round, sets); twice.Code != "" {
			return false, twice
		}
	}
	if computed := rrtype == "A" || rrtype == "AAAA"; differs && computed && (varies || l.Providers() > 1) {
		return false, facts.Unknown{Code: facts.Disagreement, Detail: "the servers differ in their " + rrtype +
			" records only, which servers that compute addresses by load or place do on purpose"}
	}
	return differs, why
}

// notTwice is why a difference between servers says nothing: one of them gave other records when it was asked a second time at once. What
// differs from itself is no difference between two copies of a zone.
func (d *derivation) notTwice(t *evidence.Target, l Look, rrtype string, round int, sets []string) facts.Unknown {
	for i, v := range l.Versions {
		for _, again := range dnsanswer.Twins(round) {
			xs, _ := d.Round(evidence.Authoritative, v.Server.Address, t.Zone, rrtype, again)
			if len(xs) == 0 || sets[i] == unread {
				continue
			}
			twin, why := d.apexSet(v.Server, t.Zone, rrtype, again)
			switch label := v.Server.Name + " [" + v.Server.Address + "]"; {
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
	exchanges, _ := d.Round(evidence.Authoritative, server.Address, zone, rrtype, round)
	label := server.Name + " [" + server.Address + "]"
	if len(exchanges) == 0 {
		return "", facts.Unknown{Code: facts.Untested, Detail: label + " was not asked for its " + rrtype + " records"}
	}
	switch trouble := dnsanswer.Trouble(exchanges); {
	case trouble == nil:
	case trouble.Kind == evidence.NoData:
		return "", facts.Unknown{}
	default:
		return "", reading.Unanswered(trouble, "the question for the "+rrtype+" records of "+label)
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
func settled(first, second Look) (facts.Value, facts.Unknown) {
	if second.Differ() {
		return facts.BoolValue(false), facts.Unknown{}
	}
	for _, v := range first.Versions {
		if _, ok := second.of(v.Server); !ok {
			return facts.Value{}, facts.Unknown{Code: facts.ServFail, Detail: v.Server.Name + " [" + v.Server.Address +
				"] did not answer at the second look"}
		}
	}
	return facts.BoolValue(true), facts.Unknown{}
}

// backwards tells whether a serial has become smaller, and stays so each time when asked again: several machines behind one
// address may answer by turns while a change goes round.
func Backwards(first, second Look, further ...Look) (facts.Value, facts.Unknown) {
	for _, v := range first.Versions {
		again, ok := second.of(v.Server)
		if !ok || !older(again, v) {
			continue
		}
		other := func(l Look) bool { w, ok := l.of(v.Server); return !ok || !older(w, v) }
		if !slices.ContainsFunc(further, other) {
			return facts.BoolValue(true), facts.Unknown{}
		}
		return facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: v.Server.Name + " [" + v.Server.Address +
			"] answers with changing serials"}
	}
	return facts.BoolValue(false), facts.Unknown{}
}

// older tells whether version a is known to be older than b.
func older(a, b Version) bool {
	order, defined := SerialOrder(a.Soa.Serial, b.Soa.Serial)
	return defined && order < 0
}

// lagTooLong tells whether a server has missed a version for longer than refresh plus retry: by then a secondary must have
// asked for news twice (RFC 1034 section 4.3.5).
func LagTooLong(first, second Look) (facts.Value, facts.Unknown) {
	switch {
	case len(first.Versions) == 0 || !first.Differ():
		return facts.Value{}, facts.Unknown{}
	case first.Providers() > 1:
		return facts.BoolValue(false), facts.Unknown{}
	case len(second.Versions) == 0:
		return facts.Value{}, facts.Unknown{}
	case !second.Differ():
		return facts.BoolValue(false), facts.Unknown{}
	}
	newest := first.Versions[0]
	for _, v := range first.Versions {
		if older(newest, v) {
			newest = v
		}
	}
	for _, v := range second.Versions {
		if !older(v, newest) {
			continue
		}
		waited := v.At.Sub(newest.At)
		limit := time.Duration(v.Soa.Refresh)*time.Second + time.Duration(v.Soa.Retry)*time.Second
		if waited > limit {
			return facts.BoolValue(true), facts.Unknown{}
		}
		return facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf(
			"the serials still differ after %s; a lag is a fault only if it lasts longer than refresh plus retry, here %s",
			facts.FormatDuration(waited), facts.FormatDuration(limit))}
	}
	return facts.Value{}, facts.Unknown{Code: facts.Disagreement, Detail: "the serials differ at both looks, but no server is known to lag behind"}
}

// ApexTypes are the records at the apex by which two copies of a zone are compared.
var ApexTypes = []string{"NS", "MX", "TXT", "A", "AAAA"}
