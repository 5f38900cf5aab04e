package names

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// mxAnswer is what one name server says of the MX records of a name, at the end of its aliases.
type mxAnswer struct {
	server  evidence.Server
	at      evidence.Exchange
	records []*dns.MX
	trouble *evidence.Failure // why there are none, or not all
}

// usable tells whether a server gave an answer: records, or the word that there are none.
func (a mxAnswer) Usable() bool { return a.trouble == nil || dnsanswer.Absent(a.trouble) || a.more() }

// more tells whether a server has more records than were read.
func (a mxAnswer) more() bool { return len(a.records) > 0 && a.trouble != nil }

// mxAnswers reads the word of each server, or, where no server was asked by itself, of whichever answered.
func MxAnswers(exchanges []evidence.Exchange, name string, servers []evidence.Server) []mxAnswer {
	var answers []mxAnswer
	for _, s := range servers {
		answers = append(answers, mxAnswerOf(reading.ExchangesOf(exchanges, s, name, "MX"), name, s))
	}
	if len(answers) == 0 {
		answers = append(answers, mxAnswerOf(exchanges, name, evidence.Server{}))
	}
	return answers
}

func mxAnswerOf(exchanges []evidence.Exchange, name string, server evidence.Server) mxAnswer {
	a := mxAnswer{server: server}
	var records []dns.RR
	if records, a.trouble = dnsanswer.Resolved(exchanges, name, "MX"); a.trouble != nil {
		records = dnsanswer.Seen(exchanges, name, "MX")
	}
	for _, rr := range records {
		if mx, ok := rr.(*dns.MX); ok {
			a.records = append(a.records, mx)
		}
	}
	for _, x := range exchanges {
		if x.Role == evidence.Authoritative && x.Name == name && x.Type == "MX" {
			a.at = x
			break
		}
	}
	return a
}

// mxNotTwice is why a difference between the MX records of servers says nothing: one of them gave others when it was asked a second
// time at once.
func mxNotTwice(exchanges []evidence.Exchange, name string, answers []mxAnswer) *facts.Unknown {
	for _, a := range answers {
		for _, round := range dnsanswer.Twins(0) {
			again := slices.DeleteFunc(reading.ExchangesOf(exchanges, a.server, name, "MX"), func(x evidence.Exchange) bool {
				return x.Name == name && x.Type == "MX" && x.Round != round
			})
			if twin := mxAnswerOf(again, name, a.server); a.Usable() && twin.Usable() && MxSetText(twin) != MxSetText(a) {
				return &facts.Unknown{Code: facts.Disagreement, Detail: a.server.Name + " [" + a.server.Address + "] gives other MX records each time it is asked"}
			}
		}
	}
	return nil
}

// mxRecords unites the records of all servers, each once, by preference.
func MxRecords(answers []mxAnswer) []*dns.MX {
	var all []*dns.MX
	for _, a := range answers {
		all = append(all, a.records...)
	}
	byPreference := func(a, b *dns.MX) int {
		return cmp.Or(cmp.Compare(a.Preference, b.Preference), cmp.Compare(dnsanswer.HostName(a.Mx), dnsanswer.HostName(b.Mx)))
	}
	slices.SortStableFunc(all, byPreference)
	return slices.CompactFunc(all, func(a, b *dns.MX) bool { return byPreference(a, b) == 0 })
}

// mxText writes an MX record: "10 mail.example.com". A null MX names the root.
func MxText(mx *dns.MX) string {
	return fmt.Sprintf("%d %s", mx.Preference, cmp.Or(dnsanswer.HostName(mx.Mx), "."))
}

// mxNames lists the hosts of MX records, each once. A null MX names none.
func MxNames(records []*dns.MX) []string {
	var names []string
	for _, mx := range records {
		if name := dnsanswer.HostName(mx.Mx); mx.Mx != "." && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
