package names

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/publicsuffix"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// mxFacts are all facts about MX records that are unknown where no server told of them.
var mxFacts = []facts.Name{facts.MXMissing, facts.MXNull, facts.MXNullBesideOthers, facts.MXNullPreference, facts.MXHosts, facts.MXCount,
	facts.MXMailWanted, facts.MXHasAlias, facts.MXAliases, facts.MXHasLiteral, facts.MXLiterals, facts.MXLiteralsResolve,
	facts.MXHasUnresolvable, facts.MXUnresolvable, facts.MXHasPrivate, facts.MXPrivate, facts.MXPrivateHere, facts.MXReachable,
	facts.MXSameName, facts.MXSameAddress, facts.MXEqualPreference, facts.MXDiffer, facts.MXDifferBySerial, facts.MXSets}

// mail derives the facts about MX records.
func (d *derivation) mail(t *evidence.Target) {
	name := dnsanswer.HostName(t.Name)
	if !d.Asked(name, "MX") {
		return
	}
	answers := mxAnswers(d.Reading, name, d.ReachableServers(t))
	told := slices.DeleteFunc(slices.Clone(answers), func(a mxAnswer) bool { return !a.usable() })
	put := d.about(t, answers[0].place)
	addresses, greets := d.implicit(t)
	put(addresses, facts.MXImplicitAddresses)
	put(greets, facts.MXImplicitGreets)
	if why := d.whyNoMX(t, answers, told); why.Code != "" {
		put(facts.Because(why), mxFacts...)
		return
	}
	put = d.about(t, told[0].place)
	records := mxUnion(told)
	put(d.missing(t, told, records), facts.MXMissing)
	put(d.mailWanted(t, records), facts.MXMailWanted)
	d.nullFacts(put, told, records)
	d.countFacts(put, t, told, records)
	d.hostFacts(put, t, mxHosts(records), notRead(told))
	d.differFacts(put, t, answers)
}

// whyNoMX is why nothing is known of the MX records, or the zero value.
func (d *derivation) whyNoMX(t *evidence.Target, answers, told []mxAnswer) facts.Unknown {
	somewhere := func(a mxAnswer) bool { return !reading.Nowhere(a.trouble) }
	switch {
	case len(told) == 0 && t.ZoneError != nil:
		return d.WhyNoZone(t)
	case len(told) == 0:
		return reading.Unanswered(answers[0].trouble, "the question for the MX records of "+t.Name)
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
	k := facts.Truth(empty).Unless(d.CutShort(name, "MX"))
	switch {
	case !empty || !k.Known():
		return k
	case len(records) > 0:
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "some name servers give MX records, others say that there are none"})
	}
	return k.Unless(d.untold(t, name, "MX"))
}

// nullFacts derives what a null MX says (RFC 7505): that the name takes no mail. It has to stand alone, with the preference 0.
func (d *derivation) nullFacts(put func(facts.Known, ...facts.Name), told []mxAnswer, records []*dns.MX) {
	more := notRead(told)
	null := slices.ContainsFunc(records, isNull)
	put(facts.Shown(null, more), facts.MXNull)
	put(facts.Shown(slices.ContainsFunc(told, nullBesideOthers), more), facts.MXNullBesideOthers)
	if null {
		put(facts.Is(facts.IntValue(nullPreference(records))), facts.MXNullPreference)
	} else {
		put(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no null MX"}), facts.MXNullPreference)
	}
}

// nullPreference is the highest preference of a null MX: what is not 0 deserves a remark (RFC 7505 section 3).
func nullPreference(records []*dns.MX) (highest int64) {
	for _, mx := range records {
		if isNull(mx) {
			highest = max(highest, int64(mx.Preference))
		}
	}
	return highest
}

// nullBesideOthers tells whether one server gives a null MX that is not alone (RFC 7505 section 3).
func nullBesideOthers(a mxAnswer) bool {
	return slices.ContainsFunc(a.records, isNull) && len(named(a.records)) > 0
}

// countFacts derives how many hosts the MX records name, which, and whether something stands twice in them.
func (d *derivation) countFacts(put func(facts.Known, ...facts.Name), t *evidence.Target, told []mxAnswer, records []*dns.MX) {
	more, hosts := notRead(told), named(records)
	if names := mxHosts(records); more.Code == "" {
		put(facts.Is(facts.ListValue(names)), facts.MXHosts)
	} else {
		put(facts.Is(partOf(names)), facts.MXHosts)
	}
	sets := map[string]bool{}
	for _, a := range told {
		sets[a.text()] = true
	}
	cut := d.CutShort(dnsanswer.HostName(t.Name), "MX")
	switch {
	case cut.Code != "" && len(sets) == 1:
		put(facts.Because(cut), facts.MXSameName, facts.MXEqualPreference, facts.MXCount)
		return
	case len(sets) > 1 && more.Code == "": // the records together are nobody's set
		why := facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different MX records"}
		put(facts.Because(why), facts.MXSameName, facts.MXEqualPreference)
		put(atLeastTwo(told, why), facts.MXCount)
		return
	case more.Code != "": // the servers may each have given another part of theirs
		hosts = named(mxUnion(told[:1]))
	}
	count := facts.Is(facts.IntValue(int64(len(hosts))))
	count.AtLeast = more.Code != ""
	put(count, facts.MXCount)
	put(facts.Shown(len(mxHosts(hosts)) < len(hosts), more), facts.MXSameName)
	put(facts.Shown(preferences(hosts) < len(hosts), more), facts.MXEqualPreference)
}

// atLeastTwo is the number of hosts that each server has at least, which is worth to be known where it is more than one.
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

// preferences counts the different preferences of MX records.
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
	if len(records) > 0 {
		return facts.Truth(!slices.ContainsFunc(records, isNull))
	}
	name := dnsanswer.HostName(t.Name)
	_, said := d.SaidBy("", name, "TXT")
	if said.Failure != nil && !dnsanswer.Absent(said.Failure) {
		return facts.Because(reading.Unanswered(said.Failure, "the question for the TXT records of "+name))
	}
	policies := spfPolicies(dnsanswer.Texts(said.Records))
	if registered, _ := publicsuffix.EffectiveTLDPlusOne(name); len(policies) == 0 && name != t.Zone && name != registered {
		return facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: name + " is a name within a domain, and neither an MX nor an SPF record says whether it is to take mail"})
	}
	return facts.Truth(!slices.Equal(policies, []string{"v=spf1 -all"}))
}

// spfPolicies lists the SPF records among texts (RFC 7208 section 4.5), in lower case and with single blanks.
func spfPolicies(texts []string) (policies []string) {
	for _, text := range texts {
		if text = strings.ToLower(text); text == "v=spf1" || strings.HasPrefix(text, "v=spf1 ") {
			policies = append(policies, strings.Join(strings.Fields(text), " "))
		}
	}
	return policies
}
