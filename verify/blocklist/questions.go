package blocklist

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

const (
	// maxEntries is for how many addresses of one target a list is asked: the first of a farm of servers speak for it.
	maxEntries = 8
	// maxServers is how many servers of a list are tried, and enough how many answers are awaited: the second shows whether copies differ.
	maxServers = 4
	enough     = 2
)

// Questions lists what is worth asking of the block lists that a report names, after what is known: who serves a list, whether that one
// works, and only then the entries. Lists are asked themselves and not through a resolver: many refuse those that strangers share, some
// resolvers rewrite answers, and an answer that a cache remembers may be older than a removal.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) (list []reading.Question) {
	if !want.Has(facts.FromBlockLists) {
		return nil
	}
	d := &derivation{r}
	for _, w := range wantedBy(t) {
		if w.List == nil || w.Closed != "" {
			continue // a list that is closed is left in peace
		}
		if zone := w.openZone(want.Keys); zone != "" {
			entries, _ := d.entriesOf(t, w.Holds)
			unfit := func(e entry) bool { return e.why.Code != "" || !w.fits(e) || tooLong(e.name, zone) }
			entries = slices.DeleteFunc(entries, unfit)
			list = append(list, d.toList(w.List, zone, entries[:min(len(entries), maxEntries)])...)
		}
	}
	return list
}

// toList asks the servers of a list about entries.
func (d *derivation) toList(l *List, zone string, entries []entry) (list []reading.Question) {
	if len(entries) == 0 {
		return nil
	}
	// The walk is to the zone of the list and not to the entry, so that neither entry nor key are told to those above.
	walk := reading.Question{Kind: reading.Walk, Name: publicZone(zone)}
	list, answers := append(list, walk), 0
	if !d.Done(walk) {
		return list
	}
	for _, s := range d.servers(walk.Name) {
		ask := d.toServer(l, s, zone, entries)
		if list = append(list, ask...); !d.Done(ask...) {
			return list
		}
		if first := l.tests(entries[0]); d.spoke(s, first.there+"."+zone) {
			answers++
		}
		if answers == enough {
			break
		}
	}
	return list
}

// toServer asks one server: first for the test entries, and where it gives them rightly for the entries.
func (d *derivation) toServer(l *List, s evidence.Server, zone string, entries []entry) (list []reading.Question) {
	for _, e := range entries {
		t := l.tests(e)
		ask := slices.Concat(toServer(s, t.there+"."+zone, "A"), toServer(s, t.notThere+"."+zone, "A"))
		if l.mayLackIPv6(e) {
			ask = slices.Concat(ask, toServer(s, testsOfIPv4.there+"."+zone, "A"), toServer(s, testsOfIPv4.notThere+"."+zone, "A"))
		}
		list = append(list, ask...)
		if !d.Done(ask...) {
			continue
		}
		if _, why := d.hear(l, s, zone, t, e).works(t); why.Code != "" {
			continue
		}
		ask = toServer(s, e.name+"."+zone, "A")
		list = append(list, ask...)
		// With a key there is no question for the text, in which a server could say the key in any form.
		if d.Done(ask...) && d.hear(l, s, zone, t, e).inQuestion.listed && publicZone(zone) == zone {
			list = append(list, toServer(s, e.name+"."+zone, "TXT")...)
		}
	}
	return list
}

func toServer(s evidence.Server, name, rrtype string) []reading.Question {
	return reading.ToServers([]evidence.Server{s}, 0, name, rrtype)
}

// servers are the servers of a zone that are worth asking, by the word of the zones above it: IPv4 first, which more testers have, and one
// address of each name before a second.
func (d *derivation) servers(zone string) (servers []evidence.Server) {
	walked, ok := d.WalkedTo(zone)
	// A walk that ended above the zone has found servers that know nothing of the list.
	if !ok || walked.By != evidence.ByWalk || walked.Trouble != nil {
		return nil
	}
	all := d.Witnesses(zone)
	var later []evidence.Server
	for _, s := range all {
		named := func(o evidence.Server) bool { return o.Name == s.Name }
		switch {
		case d.Routeless(s.Address):
		case isIPv6(s.Address) || slices.ContainsFunc(servers, named):
			later = append(later, s)
		default:
			servers = append(servers, s)
		}
	}
	servers = append(servers, later...)
	return servers[:min(len(servers), maxServers)]
}

// spoke tells whether a server sent any message when it was asked for a name.
func (d *derivation) spoke(s evidence.Server, name string) bool {
	return slices.ContainsFunc(d.AskedFor(name, "A"), func(i int) bool {
		x := &d.Bundle.Exchanges[i]
		return x.Role == evidence.Authoritative && dnsanswer.At(x, s.Address) && x.RCode != ""
	})
}
