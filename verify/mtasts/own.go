package mtasts

// This file tells of the record and the policy of a name itself. A name inherits neither from a domain above it (RFC 8461 section 3.4).

import (
	"maps"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
	"mxverdict/verify/textrecord"
)

// recordKind is the MTA-STS record.
var recordKind = textrecord.Kind{Called: "MTA-STS record", Sort: mailpolicy.SortSTS,
	Found: facts.MTASTSAnnounced, Record: facts.MTASTSRecord, Meant: facts.MTASTSRecordMeant, Several: facts.MTASTSRecordSeveral,
	Records: facts.MTASTSRecords, Others: facts.MTASTSRecordOthers, Alias: facts.MTASTSRecordAlias, Faulty: facts.MTASTSRecordFaulty,
	Faults: facts.MTASTSRecordFaults, Ignored: facts.MTASTSRecordIgnored, Hidden: facts.MTASTSRecordHidden,
	HiddenBy: facts.MTASTSRecordHiddenBy}

// own derives all facts about the name of a target itself. What nobody asked for is not put down.
func (d *derivation) own(t *evidence.Target) {
	name, about := dnsanswer.HostName(t.Name), facts.Subject{Kind: facts.Target, Name: t.Name}
	if !d.Asked(mailpolicy.STSRecordName(name), "TXT") {
		return
	}
	d.PutAll(about, textrecord.At(d.Reading, t, mailpolicy.STSRecordName(name), recordKind).Facts())
	if len(d.AskedFor(mailpolicy.STSHost(name), "A")) == 0 {
		return
	}
	f := d.file(name)
	all := f.policyFacts(name)
	maps.Copy(all, d.certificate(name, f))
	maps.Copy(all, d.hosts(t, name, f))
	d.PutAll(about, all)
}

// hosts tells which hosts take mail for a name, and which of them the policy does not list.
func (d *derivation) hosts(t *evidence.Target, name string, f file) map[facts.Name]facts.Known {
	sets, why := d.mailHosts(t, name)
	if why.Code != "" {
		nothing := facts.Because(why)
		return map[facts.Name]facts.Known{facts.MTASTSHosts: nothing, facts.MTASTSUnlisted: nothing, facts.MTASTSUnlistedHosts: nothing}
	}
	all := slices.Concat(sets...)
	slices.Sort(all)
	all = slices.Compact(all)
	w := d.OfServers(name, "MX")
	listed := map[facts.Name]facts.Known{facts.MTASTSHosts: w.Shows(facts.ListValue(all))}
	if f.body == nil {
		why = f.nothing(name)
	} else {
		p := mailpolicy.ParseSTS(*f.body)
		if why = unusable(p); why.Code == "" {
			for fact, k := range unlisted(p, sets, all) {
				listed[fact] = w.Shows(k.Value).Unless(k.Why)
			}
			return listed
		}
	}
	listed[facts.MTASTSUnlisted], listed[facts.MTASTSUnlistedHosts] = f.seen(facts.Because(why)), f.seen(facts.Because(why))
	return listed
}

// unlisted are the hosts that a policy does not list. Sets of several servers count only in what they agree about: which of them is
// behind cannot be seen from outside.
func unlisted(p mailpolicy.STSPolicy, sets [][]string, all []string) map[facts.Name]facts.Known {
	missing := func(set []string) (list []string) {
		for _, host := range set {
			if !p.Covers(host) {
				list = append(list, host)
			}
		}
		return list
	}
	var differ facts.Unknown
	some := len(missing(all)) > 0
	if some && slices.ContainsFunc(sets, func(set []string) bool { return len(missing(set)) == 0 }) {
		differ = facts.Unknown{Code: facts.Disagreement, Detail: "the name servers give different MX records, of which some name a host that is not listed: " + written(missing(all))}
	}
	return map[facts.Name]facts.Known{
		facts.MTASTSUnlisted:      facts.Truth(some).Unless(differ),
		facts.MTASTSUnlistedHosts: facts.Is(facts.ListValue(missing(all))).Unless(differ),
	}
}

// mailHosts are the hosts to which senders deliver, by each name server that told of them; or why that is not known.
func (d *derivation) mailHosts(t *evidence.Target, name string) (sets [][]string, why facts.Unknown) {
	if why := textrecord.Unheard(d.Reading, t); why.Code != "" {
		return nil, why
	}
	w := d.OfServers(name, "MX")
	for _, why := range []facts.Unknown{w.Why, d.CutShort(name, "MX")} {
		if why.Code != "" {
			return nil, why
		}
	}
	for _, set := range d.MXSets(name) {
		switch {
		// Without MX records mail goes to the name itself (RFC 5321 section 5.1), and with a null MX nowhere (RFC 7505).
		case len(set) == 0:
			if why := d.Untold(d.ReachableServers(t), name, "MX"); why.Code != "" {
				return nil, why
			}
			set = []string{name}
		}
		sets = append(sets, slices.DeleteFunc(slices.Clone(set), func(host string) bool { return host == "." }))
	}
	if len(sets) == 0 {
		return nil, d.NotAsked("the MX records of " + name)
	}
	return sets, facts.Unknown{}
}

// toOwn asks what is worth asking about the name itself.
func toOwn(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	// The zone comes first: without it nobody entitled to it could be asked.
	if t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	name := dnsanswer.HostName(t.Name)
	if want.Has(facts.FromMTASTSRecord | facts.FromMTASTSPolicy | facts.FromMTASTSHosts) {
		list = append(list, r.ToTexts(mailpolicy.STSRecordName(name))...)
	}
	if want.Has(facts.FromMTASTSHosts) {
		list = append(list, slices.Concat(reading.ToResolver(name, "MX"), reading.ToZone(name, "MX"), r.ToWitnesses(name, "MX"))...)
	}
	if want.Has(facts.FromMTASTSPolicy) {
		list = append(list, toPolicy(r, name)...)
	}
	return list
}

// maxAddresses bounds the addresses of a policy host that are asked. The number is our own: each is one more connection to a stranger.
const maxAddresses = 4

// toPolicy asks for the file at each address of its host, since a sender may be led to any, and once more where a server failed or refused: it may only be starting anew. A
// redirect is not followed (RFC 8461 section 3.3).
func toPolicy(r *reading.Reading, domain string) []reading.Question {
	host := mailpolicy.STSHost(domain)
	list := r.ToBoth(host, "A", "AAAA")
	if !r.Done(list...) {
		return list
	}
	at := policyAddresses(r, domain)
	if at == nil && !denied(r, domain) {
		at = r.AddressesFound(host)
	}
	if len(at) == 0 {
		return list
	}
	for _, address := range at[:min(len(at), maxAddresses)] {
		ask := reading.FileFrom(mailpolicy.STSURL(domain), []string{address})
		list = append(list, ask)
		f, _ := r.FetchedFrom(mailpolicy.STSURL(domain), []string{address})
		if r.Done(ask) && f != nil && (broken(f) || f.Failure != nil && f.Failure.Kind == evidence.Refused) {
			list = append(list, reading.Anew(ask))
		}
	}
	return list
}
