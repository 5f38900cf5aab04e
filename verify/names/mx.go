package names

// This file tells what the MX records of a name say. A domain without any takes mail at its own address (RFC 5321 section 5.1), one with a
// null MX takes none (RFC 7505), and neither is a fault as such.

import (
	"fmt"
	"slices"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// mxFacts are all facts about MX records that are unknown where no server told of them.
var mxFacts = []facts.Name{facts.MXMissing, facts.MXNull, facts.MXNullBesideOthers, facts.MXNullPreference, facts.MXHosts, facts.MXCount,
	facts.MXMailWanted, facts.MXHasAlias, facts.MXAliases, facts.MXHasLiteral, facts.MXLiterals, facts.MXLiteralsResolve,
	facts.MXHasUnresolvable, facts.MXUnresolvable, facts.MXHasPrivate, facts.MXPrivate, facts.MXPrivateHere, facts.MXReachable,
	facts.MXSameName, facts.MXSameAddress, facts.MXEqualPreference, facts.MXDiffer, facts.MXDifferBySerial, facts.MXSets, facts.MXHidden,
	facts.MXHiddenBy, facts.MXHasHidden, facts.MXHiddenHosts, facts.MXVisible}

// mail derives the facts about MX records. The union of what all servers give decides what there is; what one server gives decides what
// stands twice in it.
func (d *derivation) mail(t *evidence.Target) known {
	name := dnsanswer.HostName(t.Name)
	// No finding was about MX records; to say "unknown" of all of them would look like a failed test.
	if !d.Asked(name, "MX") {
		return nil
	}
	answers := mxAnswers(d.Reading, name, d.ReachableServers(t))
	told := slices.DeleteFunc(slices.Clone(answers), func(a mxAnswer) bool { return !a.usable() })
	// Where mail goes without MX records is told in any case: the rule decides whether it matters.
	without := d.seenIn(answers[0].place, d.implicit(t))
	if why := d.whyNoMX(t, answers, told); why.Code != "" {
		return together(without, same(mxFacts, facts.Because(why)))
	}
	records := mxUnion(told)
	return together(without, d.seenIn(told[0].place, together(
		known{facts.MXMissing: d.missing(t, told, records), facts.MXMailWanted: d.mailWanted(t, records)},
		d.hiddenMX(name, len(records) > 0),
		nullFacts(told, records),
		d.countFacts(t, told, records),
		d.hostFacts(t, mxHosts(records), notRead(told)),
		d.differFacts(t, answers),
	)))
}

// whyNoMX is why nothing is known of the MX records, or the zero value.
func (d *derivation) whyNoMX(t *evidence.Target, answers, told []mxAnswer) facts.Unknown {
	somewhere := func(a mxAnswer) bool { return !reading.Nowhere(a.trouble) }
	// Whoever has no zone has no MX records either, but that is another fault, and rules about MX records would name the wrong one. So
	// would they where the name does not exist (RFC 8020 section 2).
	switch {
	// The first reason is that of the zone: without it there was nobody to ask.
	case len(told) == 0 && t.ZoneError != nil:
		return d.WhyNoZone(t)
	case len(told) == 0:
		return reading.Unanswered(answers[0].trouble, "the question for the MX records of "+t.Name)
	// Something on the way that answers for the name servers would be taken for all of them.
	case !d.Direct(t):
		return reading.NotDirect("the name servers of " + t.Zone)
	case !slices.ContainsFunc(told, somewhere):
		return facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}
	}
	return facts.Unknown{}
}

// missing tells whether the name has no MX record. All servers have to say so, because one may lag behind.
func (d *derivation) missing(t *evidence.Target, told []mxAnswer, records []*dns.MX) facts.Known {
	name := dnsanswer.HostName(t.Name)
	empty := slices.ContainsFunc(told, func(a mxAnswer) bool { return len(a.records) == 0 })
	// Who was cut short by our own end might have given some, or none: neither answer is known then.
	k := facts.Truth(empty).Unless(d.CutShort(name, "MX"))
	switch {
	case !empty || !k.Known():
		return k
	// Which of them is behind cannot be seen from outside.
	case len(records) > 0:
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "some name servers give MX records, others say that there are none"})
	}
	return k.Unless(d.untold(t, name, "MX"))
}

// nullFacts derives what a null MX says (RFC 7505): that the name takes no mail. It has to stand alone, with the preference 0.
func nullFacts(told []mxAnswer, records []*dns.MX) known {
	more, null := notRead(told), slices.ContainsFunc(records, dnsanswer.NullMX)
	preference := facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no null MX"})
	if null {
		preference = facts.Is(facts.IntValue(nullPreference(records)))
	}
	return known{
		facts.MXNull:             facts.Shown(null, more),
		facts.MXNullBesideOthers: facts.Shown(slices.ContainsFunc(told, nullBesideOthers), more),
		facts.MXNullPreference:   preference,
	}
}

// nullPreference is the highest preference of a null MX: what is not 0 deserves a remark (RFC 7505 section 3).
func nullPreference(records []*dns.MX) (highest int64) {
	for _, mx := range records {
		if dnsanswer.NullMX(mx) {
			highest = max(highest, int64(mx.Preference))
		}
	}
	return highest
}

// nullBesideOthers tells whether one server gives a null MX that is not alone (RFC 7505 section 3).
func nullBesideOthers(a mxAnswer) bool {
	return slices.ContainsFunc(a.records, dnsanswer.NullMX) && len(named(a.records)) > 0
}

// countFacts derives how many hosts the MX records name, which, and whether something stands twice in them. Hosts of equal preference
// share the load, because senders pick one at random (RFC 5321 section 5.1); that is a choice and no fault.
func (d *derivation) countFacts(t *evidence.Target, told []mxAnswer, records []*dns.MX) known {
	more, hosts := notRead(told), named(records)
	list := facts.Is(facts.ListValue(mxHosts(records)))
	if more.Code != "" {
		list = facts.Is(partOf(mxHosts(records)))
	}
	// A sender sees the set of one server, never the union: what stands twice in the union may stand once in each.
	sets := map[string]bool{}
	for _, a := range told {
		sets[a.text()] = true
	}
	// A server that could not be asked in time may give another set.
	cut := d.CutShort(dnsanswer.HostName(t.Name), "MX")
	switch {
	// Where sets differ already, one more that was not heard changes nothing.
	case cut.Code != "" && len(sets) == 1:
		why := facts.Because(cut)
		return known{facts.MXHosts: list, facts.MXCount: why, facts.MXSameName: why, facts.MXEqualPreference: why}
	case len(sets) > 1 && more.Code == "": // the records together are nobody's set
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different MX records"}
		return known{facts.MXHosts: list, facts.MXCount: atLeastTwo(told, why), facts.MXSameName: facts.Because(why), facts.MXEqualPreference: facts.Because(why)}
	case more.Code != "": // the servers may each have given another part of theirs
		// The first server's part alone: a union of parts could make one record look like two.
		hosts = named(mxUnion(told[:1]))
	}
	// Records that were not read may add hosts, but take none away and undo nothing that stands twice.
	count := facts.Is(facts.IntValue(int64(len(hosts))))
	count.AtLeast = more.Code != ""
	return known{
		facts.MXHosts:           list,
		facts.MXCount:           count,
		facts.MXSameName:        facts.Shown(len(mxHosts(hosts)) < len(hosts), more),
		facts.MXEqualPreference: facts.Shown(preferences(hosts) < len(hosts), more),
	}
}

// atLeastTwo is the number of hosts that each server has at least, which is worth to be known where it is more than one. A domain
// with two hosts by every server's word has more than one, whichever version is true.
func atLeastTwo(told []mxAnswer, why facts.Unknown) facts.Known {
	fewest := len(named(mxUnion(told[:1])))
	for i := range told {
		fewest = min(fewest, len(named(mxUnion(told[i:i+1]))))
	}
	if fewest > 1 {
		return facts.AtLeast(facts.IntValue(int64(fewest)))
	}
	return facts.Because(why)
}

// preferences counts the different preferences of MX records. Which numbers they are means nothing: only their order counts (RFC 5321
// section 5.1).
func preferences(records []*dns.MX) int {
	different := map[uint16]bool{}
	for _, mx := range records {
		different[mx.Preference] = true
	}
	return len(different)
}

// maxListed is how many of too many names are listed.
const maxListed = 10

// partOf is a list of names for people that were not all read: it ends early, and says so.
func partOf(names []string) facts.Value {
	if len(names) > maxListed {
		return facts.ListValue(append(slices.Clone(names[:maxListed]), fmt.Sprintf("of at least %d", len(names))))
	}
	return facts.ListValue(append(slices.Clone(names), "perhaps others"))
}

// mailWanted tells whether the name says of itself that it takes no mail: by a null MX, or as a name that sends none does
// by an SPF record that authorises nobody, where it has no MX record either. A name within a domain that says nothing, such as
// that of a web server, may be meant for mail or not.
func (d *derivation) mailWanted(t *evidence.Target, records []*dns.MX) facts.Known {
	// An MX record is a word about mail, and goes before what SPF says about sending.
	if len(records) > 0 {
		return facts.Truth(!slices.ContainsFunc(records, dnsanswer.NullMX))
	}
	name := dnsanswer.HostName(t.Name)
	_, said := d.SaidBy("", name, "TXT")
	if said.Failure != nil && !dnsanswer.Absent(said.Failure) {
		return facts.Because(reading.Unanswered(said.Failure, "the question for the TXT records of "+name))
	}
	policies := mailpolicy.SPFRecords(dnsanswer.Texts(said.Records))
	// The apex of a zone and a registered domain are those to which people write; below them most names are machines.
	if registered, _ := publicsuffix.EffectiveTLDPlusOne(name); len(policies) == 0 && name != t.Zone && name != registered {
		return facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: name + " is a name within a domain, and neither an MX nor an SPF record says whether it is to take mail"})
	}
	return facts.Truth(!mailpolicy.SendsNothing(policies))
}
