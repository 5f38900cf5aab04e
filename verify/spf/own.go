package spf

// This file tells of the SPF record of a name itself, by the word of all its name servers.

import (
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/record"
)

// ownFacts are all facts about the record of a name that are unknown where no server told of it; oneFacts those that take one record.
var (
	ownFacts = append([]facts.Name{facts.SPFMissing, facts.SPFCount, facts.SPFDiffer}, oneFacts...)
	oneFacts = []facts.Name{facts.SPFRecord, facts.SPFBroken, facts.SPFFaults, facts.SPFMistaken, facts.SPFMistakenTerms, facts.SPFAfterAll,
		facts.SPFAfterAllTerms, facts.SPFCutOff, facts.SPFPTR, facts.SPFPTRTerms, facts.SPFEnds, facts.SPFRedirectIgnored, facts.SPFStrings,
		facts.SPFLongestString, facts.SPFLength, facts.SPFSplitBadly, facts.SPFSeams}
)

// own derives the facts about the SPF record of a target's name, nil where nobody was asked; and the record, where it is known that there
// is one, and which.
func (d *derivation) own(t *evidence.Target) (found known, root *record.Record) {
	name := dnsanswer.HostName(t.Name)
	place := d.FirstAsked(name, "TXT")
	if place < 0 {
		return nil, nil
	}
	told, why := d.told(t)
	found = known{facts.SPFMail: d.mail(t), facts.SPFHidden: d.Hidden(name, "TXT"), facts.SPFHiddenBy: d.HiddenBy(name, "TXT")}
	d.sizes(t, found)
	if why.Code != "" {
		found.same(ownFacts, facts.Because(why))
	} else {
		d.records(t, told, found)
	}
	for name, k := range found {
		found[name] = k.Seen(d.SeenIn(place))
	}
	if found[facts.SPFRecord].Known() {
		r, _ := record.Parse(told[0].records[0].joined())
		root = &r
	}
	return found, root
}

// same says the same of several facts.
func (k known) same(names []facts.Name, what facts.Known) {
	for _, name := range names {
		k[name] = what
	}
}

// told are the usable answers about the TXT records of a target's name, or why there are none that may be gone by.
func (d *derivation) told(t *evidence.Target) ([]given, facts.Unknown) {
	name := dnsanswer.HostName(t.Name)
	all := givenBy(d.Reading, name, d.ReachableServers(t))
	told := slices.DeleteFunc(slices.Clone(all), func(a given) bool { return !a.usable() })
	exists := func(a given) bool { return !reading.Nowhere(a.trouble) }
	switch {
	case len(told) == 0 && t.ZoneError != nil:
		return nil, d.WhyNoZone(t)
	case len(told) == 0:
		return nil, reading.Unanswered(all[0].trouble, "the question for the TXT records of "+t.Name)
	// Something on the way that answers for the name servers would be taken for all of them.
	case !d.Direct(t):
		return nil, reading.NotDirect("the name servers of " + t.Zone)
	// A name that is not there lacks everything, and to speak of SPF would name the wrong fault (RFC 8020 section 2).
	case !slices.ContainsFunc(told, exists):
		return nil, facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"}
	}
	return told, facts.Unknown{}
}

// records derives what the servers' records are. A sender's record is that of one server, never a union: where they differ, nobody knows
// which one counts, and only what holds for each of them is said.
func (d *derivation) records(t *evidence.Target, told []given, found known) {
	differ := facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different SPF records"}
	cut := d.CutShort(dnsanswer.HostName(t.Name), "TXT")
	for i, a := range told {
		for name, k := range setFacts(t.Name, a) {
			before := found[name]
			switch {
			case i == 0:
			case k.Value.Equal(before.Value) && k.Why == before.Why:
				k.AtLeast = k.AtLeast || before.AtLeast
			case k.Known() && before.Known() || a.set() != told[0].set():
				k = facts.Because(differ)
			case k.Known():
				k = before // one server gave more than was read
			}
			found[name] = k
		}
	}
	found[facts.SPFDiffer] = facts.Truth(slices.ContainsFunc(told, func(a given) bool { return a.set() != told[0].set() }))
	for _, name := range ownFacts { // who could not be asked in time may give another record
		found[name] = found[name].Unless(cut)
	}
	// That there is none has to be said by all who may know.
	if found[facts.SPFMissing].IsYes() {
		found[facts.SPFMissing] = found[facts.SPFMissing].Unless(d.Untold(d.ReachableServers(t), dnsanswer.HostName(t.Name), "TXT"))
	}
}

// setFacts are the facts by the records of one server.
func setFacts(name string, a given) known {
	n := len(a.records)
	count := known{facts.SPFMissing: facts.Truth(n == 0), facts.SPFCount: number(n)}
	if a.more {
		// What was left unread may hold a record, or another one.
		why := reading.Unanswered(a.trouble, "the question for the TXT records of "+name)
		count[facts.SPFMissing] = count[facts.SPFMissing].Unless(onlyIf(n == 0, why))
		count[facts.SPFCount] = facts.AtLeast(facts.IntValue(int64(n)))
		count.same(oneFacts, facts.Because(why))
		return count
	}
	switch n {
	case 0:
		count.same(oneFacts, facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no SPF record of " + name}))
	case 1:
		for fact, k := range termFacts(a.records[0]) {
			count[fact] = k
		}
	default:
		count.same(oneFacts, facts.Because(facts.Unknown{Code: facts.Ambiguous,
			Detail: fmt.Sprintf("%s has %d SPF records, which cancel each other; which one is meant cannot be told", name, n)}))
	}
	return count
}

// onlyIf is a reason that counts under a condition.
func onlyIf(counts bool, why facts.Unknown) facts.Unknown {
	if counts {
		return why
	}
	return facts.Unknown{}
}

// mail tells whether the name has to do with mail: large receivers ask an SPF record of whoever sends, and a domain that takes mail answers
// it too. That an address sends only the user can know.
func (d *derivation) mail(t *evidence.Target) facts.Known {
	if d.Bundle.Vantage.Outbound == evidence.OutboundYes {
		return facts.Yes().Seen(d.Bundle.StartedAt, "as the user says")
	}
	w := d.Word(dnsanswer.HostName(t.Name), "MX")
	if len(dnsanswer.Leading(w.Records)) > 0 {
		return w.Shows(facts.BoolValue(true))
	}
	return w.Is(facts.BoolValue(false))
}

// sizes derives how long the answer is, and whether all of it can be had.
func (d *derivation) sizes(t *evidence.Target, found known) {
	name := dnsanswer.HostName(t.Name)
	servers := d.ReachableServers(t)
	size, lost := 0, facts.No()
	var open facts.Unknown
	for _, a := range givenBy(d.Reading, name, servers) {
		switch {
		case a.usable():
			size = max(size, a.size)
		case d.cut(a.server, name):
			// TC says that the answer is longer than a datagram (RFC 1035 section 4.1.1).
			lost = facts.Any(lost, d.lost(a.server, name))
		default:
			open = reading.Unanswered(a.trouble, "the question for the TXT records of "+t.Name)
		}
	}
	found[facts.SPFAnswerLost] = lost
	if lost.IsNo() {
		found[facts.SPFAnswerLost] = lost.Unless(open)
	}
	switch {
	case size > 0:
		found[facts.SPFAnswerSize] = number(size)
	case lost.IsYes():
		found[facts.SPFAnswerSize] = facts.AtLeast(facts.IntValue(dns.MinMsgSize + 1))
	case !lost.Known():
		found[facts.SPFAnswerSize] = facts.Because(lost.Why)
	default:
		found[facts.SPFAnswerSize] = facts.Because(open)
	}
}

// cut tells whether a server cut its answer over UDP.
func (d *derivation) cut(s evidence.Server, name string) bool {
	xs, _ := d.Exchanges(evidence.Authoritative, s.Address, name, "TXT")
	return slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.TC && x.Transport != "tcp" })
}

// lost tells whether a server that cuts its answer does not give it over TCP either (RFC 7766 section 5), at two tries.
func (d *derivation) lost(s evidence.Server, name string) facts.Known {
	if !d.HeardOverTCP(s.Address) {
		return facts.Because(reading.UnheardOverTCP(strings.TrimSpace(s.Name + " [" + s.Address + "]")))
	}
	again, _ := d.Round(evidence.Authoritative, s.Address, name, "TXT", dnsanswer.RoundStream)
	if len(again) == 0 {
		return facts.Because(d.NotAsked("the answer of " + s.Name + " over TCP"))
	}
	return facts.Truth(d.Trouble(again) != nil)
}

// type99 derives whether the name has a record of the type SPF, which was given up (RFC 7208 section 3.1).
func (d *derivation) type99(t *evidence.Target) known {
	name := dnsanswer.HostName(t.Name)
	place := d.FirstAsked(name, "SPF")
	if place < 0 {
		return nil
	}
	servers := d.ReachableServers(t)
	if len(servers) == 0 {
		servers = []evidence.Server{{}}
	}
	var open facts.Unknown
	has, lacks, somewhere := false, false, false
	for _, s := range servers {
		switch _, said := d.SaidBy(s.Address, name, "SPF"); {
		case len(said.Records) > 0 || len(said.Seen) > 0:
			has, somewhere = true, true
		case dnsanswer.Absent(said.Failure):
			lacks, somewhere = true, somewhere || !reading.Nowhere(said.Failure)
		case open.Code == "":
			open = reading.Unanswered(said.Failure, "the question for the records of the type SPF of "+t.Name)
		}
	}
	exists := facts.Truth(has)
	switch {
	case !has && !lacks && t.ZoneError != nil:
		exists = exists.Unless(d.WhyNoZone(t))
	case !has && !lacks:
		exists = exists.Unless(open)
	case !d.Direct(t):
		exists = exists.Unless(reading.NotDirect("the name servers of " + t.Zone))
	case !somewhere:
		exists = exists.Unless(facts.Unknown{Code: facts.NotFound, Detail: t.Name + " does not exist"})
	case has && lacks: // which of them is behind cannot be seen from outside
		exists = exists.Unless(facts.Unknown{Code: facts.Disagreement, Detail: "some name servers give a record of the type SPF, others say that there is none"})
	case lacks:
		exists = exists.Unless(d.Untold(servers, name, "SPF"))
	}
	return known{facts.SPFType99: exists.Seen(d.SeenIn(place))}
}
