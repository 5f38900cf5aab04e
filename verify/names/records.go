package names

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// recordTypes are asked for where a report misses a record, or speaks of an alias beside others. They are asked for one by one: ANY
// is answered as the server likes (RFC 8482).
var recordTypes = []string{"A", "AAAA", "CNAME", "MX", "NS", "SOA", "SRV", "TXT"}

// records derives which usual records the name has, and what stands beside an alias. Without the questions for all types nothing is
// derived: the report did not speak of them.
func (d *derivation) records(t *evidence.Target) known {
	name := dnsanswer.HostName(t.Name)
	// No other finding asks for these two.
	if !d.Asked(name, "CNAME") || !d.Asked(name, "SRV") {
		return nil
	}
	asked := known{facts.DNSRecordsAsked: facts.Is(facts.ListValue(recordTypes))}
	return d.seenIn(d.FirstAsked(name, "CNAME"), together(asked, d.usual(t, name), d.alias(t, name)))
}

// usualFacts are the facts about the types of record that a name has or lacks.
var usualFacts = []facts.Name{facts.DNSRecordsAbsent, facts.DNSRecordsFound, facts.DNSRecordsDisputed, facts.DNSNameExists,
	facts.DNSRecordsHidden, facts.DNSRecordsHiddenBy}

// usual derives the types of record that a name has or lacks. One server's word is enough for what is there; that there is
// nothing has to be said by all, because one may lag behind.
func (d *derivation) usual(t *evidence.Target, name string) known {
	servers := d.ReachableServers(t)
	var missing, found, disputed []string
	var open facts.Unknown
	exists := false
	for _, rrtype := range recordTypes {
		// A name without any record of a type may have others, or names below it (RFC 2308 section 2.2): only NXDOMAIN denies it.
		told := d.tallyOf(name, rrtype, servers)
		if told.have+told.lack == 0 {
			return same(usualFacts, facts.Because(reading.Unanswered(told.trouble, "the question for the "+rrtype+" records of "+name)))
		}
		if told.have > 0 {
			found = append(found, rrtype)
		} else {
			missing = append(missing, rrtype)
			// One reason is enough for people, and the first is that of the first type.
			if open.Code == "" {
				open = d.untold(t, name, rrtype)
			}
		}
		if told.have > 0 && told.lack > 0 {
			disputed = append(disputed, rrtype)
		}
		// One server that knows the name is enough: NXDOMAIN denies all types at once (RFC 8020 section 2).
		exists = exists || told.known
	}
	// Who gave no usable answer may know a name that the others deny.
	nameExists := facts.Truth(exists)
	if !exists {
		nameExists = nameExists.Unless(open)
	}
	return together(d.hiddenRecords(name, found), known{
		facts.DNSRecordsAbsent:   facts.Is(facts.ListValue(missing)).Unless(open),
		facts.DNSRecordsFound:    facts.Is(facts.ListValue(found)),
		facts.DNSRecordsDisputed: facts.Is(facts.ListValue(disputed)),
		facts.DNSNameExists:      nameExists,
	})
}

// tally is what the servers of a name say of a type of record.
type tally struct {
	have, lack int
	known      bool              // some server knows the name, with such records or without
	trouble    *evidence.Failure // why not all is known, or why there are none
}

// tallyOf counts the servers that have a type of record at a name and those that say that they have none. Without servers that were asked
// by themselves, whichever answered counts.
func (d *derivation) tallyOf(name, rrtype string, servers []evidence.Server) (all tally) {
	count := func(address string) {
		_, said := d.SaidBy(address, name, rrtype)
		switch {
		// Of too many records those that were kept show that there are some.
		case said.Failure == nil, len(said.Seen) > 0 && said.Failure.Kind == evidence.TooLong:
			all.have++
			all.known = true
		case dnsanswer.Absent(said.Failure):
			all.lack++
			all.known = all.known || !reading.Nowhere(said.Failure)
		}
		// A failure that is no answer is the better reason: it is why not all is known.
		if said.Failure != nil && (all.trouble == nil || !dnsanswer.Absent(said.Failure)) {
			all.trouble = said.Failure
		}
	}
	for _, s := range servers {
		count(s.Address)
	}
	if all.have+all.lack == 0 {
		count("")
	}
	return all
}

// aliasFacts are the facts about an alias and what stands beside it.
var aliasFacts = []facts.Name{facts.DNSCNAMEPresent, facts.DNSCNAMEConflict, facts.DNSCNAMEBeside, facts.DNSCNAMESeveral}

// alias derives what stands beside an alias, where nothing may (RFC 1034 section 3.6.2, RFC 2181 section 10.1). Each server is looked at
// by itself, because two versions of a zone side by side are no conflict within one of them. What a server answers about the target of
// an alias is not at the name.
func (d *derivation) alias(t *evidence.Target, name string) known {
	var beside []string
	present, several, told := false, false, false
	var trouble *evidence.Failure
	for _, s := range d.ReachableServers(t) {
		exchanges, _ := d.Exchanges(evidence.Authoritative, s.Address, name, "CNAME")
		if f := d.Trouble(exchanges); f != nil && !dnsanswer.Absent(f) {
			if len(exchanges) > 0 {
				trouble = f
			}
			continue
		}
		// A denial is an answer too: a server without an alias has told that there is none.
		told = true
		// Without authority an answer is somebody's memory, and may mix what was before with what is now.
		x := dnsanswer.Last(exchanges)
		aliases := d.Owned(x, "CNAME")
		if len(aliases) == 0 || !x.AA {
			continue
		}
		present, several = true, several || targets(aliases) > 1
		beside = append(beside, d.besideAlias(s, name)...)
	}
	if !told {
		return same(aliasFacts, facts.Because(d.whyNoAlias(t, name, trouble)))
	}
	if present && name == t.Zone && d.Walked(t) {
		// A zone has both, whatever a server that only tells of the alias says (RFC 1912 section 2.4).
		beside = append(beside, "NS", "SOA")
	}
	beside = firsts(beside)
	return known{
		facts.DNSCNAMEPresent:  facts.Truth(present),
		facts.DNSCNAMESeveral:  facts.Truth(several),
		facts.DNSCNAMEBeside:   facts.Is(facts.ListValue(beside)),
		facts.DNSCNAMEConflict: facts.Shown(several || len(beside) > 0, d.untold(t, name, "CNAME")),
	}
}

// besideAlias lists the types of record that a server gives for a name beside its alias. It takes an answer with authority that holds the
// record at the name itself.
func (d *derivation) besideAlias(s evidence.Server, name string) (types []string) {
	for _, rrtype := range recordTypes {
		exchanges, _ := d.Exchanges(evidence.Authoritative, s.Address, name, rrtype)
		x := dnsanswer.Last(exchanges)
		// NXDOMAIN with records, or a part of an answer, is no proof of a conflict.
		usable := x.AA && !x.TC && x.Failure == nil && x.RCode == "NOERROR"
		if rrtype != "CNAME" && usable && len(d.Owned(x, rrtype)) > 0 {
			types = append(types, rrtype)
		}
	}
	return types
}

// firsts keeps the first of equal texts.
func firsts(texts []string) (list []string) {
	for _, s := range texts {
		if !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// whyNoAlias is why no server told whether a name is an alias.
func (d *derivation) whyNoAlias(t *evidence.Target, name string, trouble *evidence.Failure) facts.Unknown {
	switch {
	case t.ZoneError != nil:
		return d.WhyNoZone(t)
	case trouble != nil:
		return reading.Unanswered(trouble, "the question for the alias of "+name)
	}
	return facts.Unknown{Code: facts.ServFail, Detail: "no name server told whether " + name + " is an alias"}
}

// targets counts the names to which aliases lead.
func targets(records []dns.RR) int {
	// The same alias twice is one record (RFC 2181 section 5).
	different := map[string]bool{}
	for _, rr := range records {
		if cname, ok := rr.(*dns.CNAME); ok {
			different[dnsanswer.HostName(cname.Target)] = true
		}
	}
	return len(different)
}
