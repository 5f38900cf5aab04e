package names

// This file compares the resolver of this network with the name servers. What it says otherwise explains what its users see, and is no
// fault of the zone; that it fails where the name servers answer may be one (broken signatures) or its own.

import (
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// comparedTypes are the types of record for which the resolver's word is compared with that of the name servers; others are not used, or
// change by nature.
var comparedTypes = []string{"A", "AAAA", "CNAME", "MX", "TXT"}

// resolver derives where the resolver says something else than every name server.
func (d *derivation) resolver(t *evidence.Target) known {
	name := dnsanswer.HostName(t.Name)
	servers := d.ReachableServers(t)
	var c comparison
	for _, rrtype := range comparedTypes {
		d.compare(&c, name, rrtype, servers)
	}
	// The addresses of mail hosts are compared too: they are what a user's own mail goes by.
	for _, host := range mailHosts(d.Reading, name, servers) {
		if host != name {
			d.compare(&c, host, "A", nil)
			d.compare(&c, host, "AAAA", nil)
		}
	}
	var why facts.Unknown
	// Nothing to compare is no agreement.
	if c.compared == 0 {
		why = facts.Unknown{Code: facts.ServFail, Detail: "the resolver gave no answer that could be compared"}
	}
	return known{
		facts.DNSResolverInvents: facts.Truth(d.Bundle.Vantage.Invents),
		facts.DNSResolverFails:   facts.Truth(len(c.failing) > 0),
		facts.DNSResolverFailing: facts.Is(facts.ListValue(c.failing)),
		facts.DNSResolverAgrees:  facts.Truth(len(c.differing) == 0).Unless(why),
		facts.DNSResolverDiffers: facts.Is(facts.ListValue(c.differing)).Unless(why),
	}
}

// comparison is what comes of comparing the resolver's answers: how many could be, and the questions at which it differs or fails.
type comparison struct {
	compared           int
	differing, failing []string
}

// compare compares the resolver's answer to one question.
func (d *derivation) compare(c *comparison, name, rrtype string, servers []evidence.Server) {
	exchanges, _ := d.Exchanges(evidence.Resolver, "", name, rrtype)
	// Both have to have been asked: without a second word there is nothing to compare.
	if len(exchanges) == 0 || !d.Asked(name, rrtype) {
		return
	}
	// A resolver that validates hides behind SERVFAIL what has broken signatures (RFC 4035 section 5.5), and many say so (RFC 8914).
	// The name servers themselves give it to anybody who does not ask for signatures.
	if x := dnsanswer.Last(exchanges); x.RCode == "SERVFAIL" && d.OfServers(name, rrtype).Known() {
		c.failing = append(c.failing, strings.Join(strings.Fields(rrtype+" "+name+" "+x.EDE), " "))
	}
	// A failure of the resolver is no other answer, and is told by itself.
	agrees := d.sameAnswer(exchanges, name, rrtype, servers)
	if agrees.Known() {
		c.compared++
	}
	if agrees.IsNo() {
		c.differing = append(c.differing, rrtype+" "+name)
	}
}

// sameAnswer tells whether the resolver's answer is that of some name server. Addresses agree where one is the same: large
// services give each asker some of theirs.
func (d *derivation) sameAnswer(exchanges []evidence.Exchange, name, rrtype string, servers []evidence.Server) (agrees facts.Known) {
	if f := d.Trouble(exchanges); f != nil && !dnsanswer.Absent(f) {
		return agrees
	}
	here := contents(d.Records(dnsanswer.Last(exchanges), rrtype))
	same := func(there []string) bool {
		if slices.Contains(addressTypes, rrtype) {
			return len(here) == 0 && len(there) == 0 || slices.ContainsFunc(here, func(s string) bool { return slices.Contains(there, s) })
		}
		return slices.Equal(here, there)
	}
	// One server that says the same is enough: the resolver asked one of them, and that one may be behind.
	check := func(address string) {
		if _, said := d.SaidBy(address, name, rrtype); said.Failure == nil || dnsanswer.Absent(said.Failure) {
			agrees = facts.Truth(agrees.IsYes() || same(contents(said.Records)))
		}
	}
	for _, s := range servers {
		check(s.Address)
	}
	// Hosts in other zones were asked of whichever server answered first.
	if !agrees.Known() {
		check("")
	}
	return agrees
}

// contents lists the data of records, without their owners and times to live. Letter case does not count (RFC 4343).
func contents(records []dns.RR) []string {
	var all []string
	for _, rr := range records {
		all = append(all, strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String())))
	}
	slices.Sort(all)
	return slices.Compact(all)
}
