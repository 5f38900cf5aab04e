package names

import (
	"cmp"
	"fmt"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// differFacts compares the MX records of the servers. Differing data are differing data; that all agree is known only where all answered.
// TTLs and order do not count: they differ by nature.
func (d *derivation) differFacts(t *evidence.Target, answers []mxAnswer) known {
	sets, serials := map[string]bool{}, map[string]bool{}
	var given []string
	var open facts.Unknown
	for _, a := range answers {
		at := a.server.Name + " [" + a.server.Address + "]"
		switch {
		case a.more():
			open = notRead([]mxAnswer{a})
			// A part of a set cannot be compared with a whole one.
			given = append(given, fmt.Sprintf("%s gives at least %d", at, len(a.records)))
		// Silence of one server keeps "all agree" from being said, and not "they differ".
		case !a.usable():
			open = cmp.Or(open, reading.Unanswered(a.trouble, "the question for the MX records at "+at))
		default:
			sets[a.text()] = true
			given = append(given, at+" gives "+cmp.Or(a.text(), "none"))
			serials[d.serial(t, a.server)] = true
		}
	}
	// A secondary that has not yet copied the zone differs for a while by its nature (RFC 1034 section 4.3.5): then the serials differ too, and time
	// settles it. With the same serial, or with none that is known, the servers were fed differently.
	differ, bySerial := facts.No().Unless(open), facts.No().Unless(open)
	if len(sets) > 1 {
		// A server that gives other records each time differs from itself, so that a difference from others says nothing.
		rotates := mxRotates(d.Reading, dnsanswer.HostName(t.Name), answers)
		differ, bySerial = facts.Yes().Unless(rotates), facts.Truth(len(serials) > 1 && !serials[""]).Unless(rotates)
	}
	return known{facts.MXSets: facts.Is(facts.ListValue(given)), facts.MXDiffer: differ, facts.MXDifferBySerial: bySerial}
}

// mxRotates is why a difference between the MX records of servers says nothing, or the zero value: one of them gave others when it was
// asked a second time at once.
func mxRotates(r *reading.Reading, name string, answers []mxAnswer) facts.Unknown {
	for _, a := range answers {
		// All repetitions are looked at: a server that turns its records round may give the same ones twice.
		for _, round := range dnsanswer.Twins(0) {
			said := r.SaidInRound(a.server.Address, name, "MX", round)
			twin := mxAnswer{records: mxIn(said), trouble: said.Failure}
			if a.usable() && twin.usable() && twin.text() != a.text() {
				return facts.Unknown{Code: facts.Disagreement, Detail: a.server.Name + " [" + a.server.Address + "] gives other MX records each time it is asked"}
			}
		}
	}
	return facts.Unknown{}
}

// serial is the version of the zone at a server, "" if it is not known. Without authority a serial may be one that the server remembers.
func (d *derivation) serial(t *evidence.Target, server evidence.Server) string {
	exchanges, _ := d.Exchanges(evidence.Authoritative, server.Address, t.Zone, "SOA")
	for _, rr := range d.Records(dnsanswer.Last(exchanges), "SOA") {
		if soa, ok := rr.(*dns.SOA); ok && dnsanswer.Last(exchanges).AA {
			return fmt.Sprint(soa.Serial)
		}
	}
	return ""
}

// mxDiffer tells whether servers give different MX records of a name. It is the cheap form of differFacts, for the question whether
// to ask once more.
func mxDiffer(r *reading.Reading, name string, servers []evidence.Server) bool {
	sets := map[string]bool{}
	for _, a := range mxAnswers(r, name, servers) {
		if a.usable() {
			sets[a.text()] = true
		}
	}
	return len(sets) > 1
}

// mailHosts lists the hosts of the MX records of a name that are worth a look-up, by the word of all servers.
func mailHosts(r *reading.Reading, name string, servers []evidence.Server) []string {
	hosts := mxHosts(mxUnion(mxAnswers(r, name, servers)))
	return hosts[:min(len(hosts), maxMailHosts)]
}
