package zone

// This file compares the copies of a zone by what they hold. Serials are numbers for secondaries; what people meet are the records, and a
// zone whose servers count differently and say the same harms nobody.

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// apexTypes are the records at the apex by which two copies of a zone are compared. Below the apex nothing is compared: which names
// a zone holds is not known to strangers.
var apexTypes = []string{"NS", "MX", "TXT", "A", "AAAA"}

// dataDiffer compares the records at the apex wherever serials differ, in both looks: whether some differ, and of which types. One
// difference is enough for a yes; a no takes an answer of every server for each type.
func dataDiffer(r *reading.Reading, t *evidence.Target, looks ...look) (some, types facts.Known) {
	open := facts.Unknown{Code: facts.Untested, Detail: "the serials agree, so the records were not compared"}
	var found []string
	compared := false
	for round, l := range looks {
		if len(l.versions) == 0 || !l.differ() {
			continue
		}
		// The first look that differs takes the place of "not compared".
		if !compared {
			compared, open = true, facts.Unknown{}
		}
		for _, rrtype := range apexTypes {
			differs := typeDiffers(r, t, l, rrtype, round)
			if differs.IsYes() && !slices.Contains(found, rrtype) {
				found = append(found, rrtype)
			}
			open = cmp.Or(open, differs.Why)
		}
	}
	return facts.Found(found, open)
}

// differing lists the types of record at the apex in which servers differ whose serials differ, in a round.
func differing(r *reading.Reading, t *evidence.Target, round int) (types []string) {
	l := lookAt(r, t, round)
	for _, rrtype := range apexTypes {
		if typeDiffers(r, t, l, rrtype, round).IsYes() {
			types = append(types, rrtype)
		}
	}
	return types
}

// worthSettling tells whether time can show more of servers that differ: not where records differ already, and not where several
// providers count serials by themselves. Addresses alone may differ because they are computed for each asker, and by the
// serials that agree a little later this is told from copies that stay apart. The wait (Wish.Settle) is the longest of all for DNS,
// so that it has to promise something.
func worthSettling(r *reading.Reading, t *evidence.Target) bool {
	first := lookAt(r, t, 0)
	differ, types := dataDiffer(r, t, first)
	addressesOnly := !slices.ContainsFunc(types.Value.List(), func(rrtype string) bool { return !computed(rrtype) })
	return (!differ.IsYes() || addressesOnly) && first.providers() == 1
}

// computed tells whether servers make records of a type for each asker, by load or place.
func computed(rrtype string) bool { return rrtype == "A" || rrtype == "AAAA" }

// typeDiffers compares the sets of one type between servers whose serials differ. Addresses may differ on purpose, by load
// or place: where two servers with one serial differ in them, or the servers are of several providers, a difference
// says nothing.
func typeDiffers(r *reading.Reading, t *evidence.Target, l look, rrtype string, round int) facts.Known {
	sets := make([]string, len(l.versions))
	var open facts.Unknown
	for i, v := range l.versions {
		set, why := apexSet(r, v.Server, t.Zone, rrtype, round)
		if sets[i] = set; why.Code != "" {
			sets[i], open = unread, why
		}
	}
	differs, varies := l.apart(sets)
	if differs {
		if twice := notTwice(r, t, l, rrtype, round, sets); twice.Code != "" {
			return facts.Because(twice)
		}
		// NS, MX and TXT records are never computed for each asker, so that a difference in them is one of the copies.
		if computed(rrtype) && (varies || l.providers() > 1) {
			return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "the servers differ in their " + rrtype +
				" records only, which servers that compute addresses by load or place do on purpose"})
		}
	}
	return facts.Shown(differs, open)
}

// apart tells whether two servers with different serials have different sets, and whether two with the same serial have.
func (l look) apart(sets []string) (differs, varies bool) {
	type copied struct {
		serial uint32
		set    string
	}
	serials, contents, both := map[uint32]bool{}, map[string]bool{}, map[copied]bool{}
	for i, v := range l.versions {
		if sets[i] != unread {
			serials[v.soa.Serial], contents[sets[i]], both[copied{v.soa.Serial, sets[i]}] = true, true, true
		}
	}
	// Of three servers, two of which differ, the one with another serial differs from one of these. More pairs of serial and
	// content than serials: some serial stands with two contents.
	return len(serials) > 1 && len(contents) > 1, len(both) > len(serials)
}

// notTwice is why a difference between servers says nothing: one of them gave other records when it was asked a second time at once. What
// differs from itself is no difference between two copies of a zone.
func notTwice(r *reading.Reading, t *evidence.Target, l look, rrtype string, round int, sets []string) facts.Unknown {
	for i, v := range l.versions {
		for _, again := range dnsanswer.Twins(round) {
			xs, _ := r.Round(evidence.Authoritative, v.Server.Address, t.Zone, rrtype, again)
			if len(xs) == 0 || sets[i] == unread {
				continue
			}
			switch twin, why := apexSet(r, v.Server, t.Zone, rrtype, again); {
			case why.Code != "":
				return why
			case twin != sets[i]:
				return facts.Unknown{Code: facts.Disagreement, Detail: labelOf(v.Server) + " gives other " + rrtype + " records each time it is asked"}
			}
		}
	}
	return facts.Unknown{}
}

// unread stands for a set that is not known; no set reads so.
const unread = "?"

// apexSet writes the records of a type at the apex of a zone in a form in which equal sets are equal texts: names without letter case,
// records sorted, TTLs left out. The strings of a TXT record are joined, because how a text is cut into them means nothing to those who
// read it (RFC 7208 section 3.3).
func apexSet(r *reading.Reading, server evidence.Server, zone, rrtype string, round int) (string, facts.Unknown) {
	exchanges, _ := r.Round(evidence.Authoritative, server.Address, zone, rrtype, round)
	label := labelOf(server)
	if len(exchanges) == 0 {
		return "", facts.Unknown{Code: facts.Untested, Detail: label + " was not asked for its " + rrtype + " records"}
	}
	switch trouble := r.Trouble(exchanges); {
	case trouble == nil:
	// No records of a type are a set too, and equal to another empty one.
	case trouble.Kind == evidence.NoData:
		return "", facts.Unknown{}
	default:
		return "", reading.Unanswered(trouble, "the question for the "+rrtype+" records of "+label)
	}
	var set []string
	for _, rr := range r.Records(dnsanswer.Last(exchanges), rrtype) {
		switch rr := rr.(type) {
		case *dns.NS:
			set = append(set, dnsanswer.HostName(rr.Ns))
		case *dns.MX:
			set = append(set, fmt.Sprintf("%d %s", rr.Preference, dnsanswer.HostName(rr.Mx)))
		// Letter case counts here, unlike in names.
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
