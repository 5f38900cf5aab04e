package names

// This file reads the MX records that each server gives, each by itself: it takes two words to see a difference.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// mxAnswer is what one name server says of the MX records of a name, at the end of its aliases.
type mxAnswer struct {
	server  evidence.Server
	place   int // of the first exchange with it about the name, or -1
	records []*dns.MX
	trouble *evidence.Failure // why there are none, or not all
}

// usable tells whether a server gave an answer: records, or the word that there are none.
func (a mxAnswer) usable() bool { return a.trouble == nil || dnsanswer.Absent(a.trouble) || a.more() }

// more tells whether a server has more records than were read. What was left unread is not known.
func (a mxAnswer) more() bool { return len(a.records) > 0 && a.trouble != nil }

// text writes the MX records of one server so that equal sets are equal texts.
func (a mxAnswer) text() string {
	var texts []string
	for _, mx := range mxUnion([]mxAnswer{a}) {
		texts = append(texts, mxText(mx))
	}
	return strings.Join(texts, " and ")
}

// mxAnswers reads the word of each server, or, where no server was asked by itself, of whichever answered.
func mxAnswers(r *reading.Reading, name string, servers []evidence.Server) []mxAnswer {
	// An answer then has no server's name: it stands for the zone.
	if len(servers) == 0 {
		servers = []evidence.Server{{}}
	}
	var answers []mxAnswer
	for _, s := range servers {
		_, said := r.SaidBy(s.Address, name, "MX")
		// The place is where a reader of the evidence finds the answer.
		a := mxAnswer{server: s, place: -1, records: mxIn(said), trouble: said.Failure}
		for _, i := range r.AskedFor(name, "MX") {
			x := &r.Bundle.Exchanges[i]
			if x.Role == evidence.Authoritative && (s.Address == "" || dnsanswer.At(x, s.Address)) {
				a.place = i
				break
			}
		}
		answers = append(answers, a)
	}
	return answers
}

// mxIn lists the MX records in what was said, or those that were kept of too many.
func mxIn(said dnsanswer.Said) (all []*dns.MX) {
	records := said.Records
	if said.Failure != nil {
		records = said.Seen
	}
	for _, rr := range records {
		if mx, ok := rr.(*dns.MX); ok {
			all = append(all, mx)
		}
	}
	return all
}

// notRead is why there may be MX records of which nothing is known: a server has more of them than were read; or the zero value.
func notRead(told []mxAnswer) facts.Unknown {
	for _, a := range told {
		if a.more() {
			return facts.Unknown{Code: facts.Untested, Detail: fmt.Sprintf("a name server gives more MX records than the %d that were read", len(a.records))}
		}
	}
	return facts.Unknown{}
}

// mxUnion unites the records of all servers, each once, by preference.
func mxUnion(answers []mxAnswer) []*dns.MX {
	var all []*dns.MX
	for _, a := range answers {
		all = append(all, a.records...)
	}
	// By the host's name where preferences are equal, since the order of records in an answer means nothing.
	byPreference := func(a, b *dns.MX) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(dnsanswer.HostName(a.Mx), dnsanswer.HostName(b.Mx)))
	}
	slices.SortStableFunc(all, byPreference)
	return slices.CompactFunc(all, func(a, b *dns.MX) bool { return byPreference(a, b) == 0 })
}

// mxText writes an MX record: "10 mail.example.com". A null MX names the root.
func mxText(mx *dns.MX) string {
	return fmt.Sprintf("%d %s", mx.Preference, cmp.Or(dnsanswer.HostName(mx.Mx), "."))
}

// mxHosts lists the hosts that MX records name, each once. A null MX names none.
func mxHosts(records []*dns.MX) []string {
	var names []string
	for _, mx := range records {
		if name := dnsanswer.HostName(mx.Mx); !dnsanswer.NullMX(mx) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// named leaves the null MX out.
func named(records []*dns.MX) []*dns.MX {
	return slices.DeleteFunc(slices.Clone(records), dnsanswer.NullMX)
}
