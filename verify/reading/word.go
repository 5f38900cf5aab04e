package reading

// This file weighs the word of name servers and resolver on the records of a name. Three answers are kept apart: there are records, there
// are none (NXDOMAIN, or NOERROR without any, RFC 2308 section 2), and nothing usable came. Only the first two are known.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// HostResolves tells whether a host name leads to an address. That it leads to none is known only where it has neither A nor
// AAAA records.
func (r *Reading) HostResolves(name string) facts.Known {
	if name == "" {
		return facts.Because(facts.Unknown{Code: facts.NoTarget, Detail: "an address has no name that could be looked up"})
	}
	return LeadsAnywhere([]string{"A", "AAAA"}, func(rrtype string) Word { return r.Word(name, rrtype) })
}

// LeadsAnywhere tells whether a name has a record that leads somewhere, of any of some types; a single look-up that gave nothing usable
// leaves a no open. A yes needs one record, and a no the word on all types.
func LeadsAnywhere(rrtypes []string, look func(rrtype string) Word) (leads facts.Known) {
	for _, rrtype := range rrtypes {
		w := look(rrtype)
		if len(dnsanswer.Leading(w.Records)) > 0 {
			return w.Shows(facts.BoolValue(true))
		}
		// The first reason stands, so that the same one is shown each time.
		if leads.Why.Code == "" {
			leads = w.Is(facts.BoolValue(false))
		}
	}
	return leads
}

// CutShort is why not all name servers are known to have told their word about a name, or the zero value: the end of the run, or of the
// time for DNS, cut questions to some of them short. Who was silent is another matter, and so is a look at what changed later, for which
// less time is left. Without types, all count.
func (r *Reading) CutShort(name string, rrtypes ...string) facts.Unknown {
	ended := []evidence.FailureKind{evidence.Interrupted, evidence.Limit}
	for _, i := range r.AskedAbout(name) {
		x := &r.Bundle.Exchanges[i]
		asked := x.Role == evidence.Authoritative && x.Round == 0 && (len(rrtypes) == 0 || slices.Contains(rrtypes, x.Type))
		if asked && x.Failure != nil && slices.Contains(ended, x.Failure.Kind) {
			return Unanswered(x.Failure, "the question for the "+x.Type+" records of "+name)
		}
	}
	return facts.Unknown{}
}

// Word is what is known of the records of one type at a name, aliases followed, and on whose word. Mind the zero Word: it is known,
// and holds nothing.
type Word struct {
	Records  []dns.RR
	More     bool          // there are more records than these, so that they are not all known
	Absent   bool          // somebody entitled to it said that there are none
	Why      facts.Unknown // set where it is not known whether there are any
	Differs  bool          // the resolver says something else than the authoritative servers
	At       time.Time
	Evidence string
}

// Known tells whether it is known what records there are.
func (w Word) Known() bool { return w.Why.Code == "" }

// Is is a value that rests on the whole word.
func (w Word) Is(value facts.Value) facts.Known { return w.Shows(value).Unless(w.Why) }

// Shows is a value that what was seen of the word decides, whatever else there is.
func (w Word) Shows(value facts.Value) facts.Known {
	return facts.Is(value).Seen(w.At, w.Evidence)
}

// Word weighs what the servers of the zone and the resolver said. The servers decide. The resolver serves where they gave no
// answer at all; its word that there is nothing, only where no server of any zone gave one, as where port 53 is closed.
// An answer that is no use, such as SERVFAIL, is neither a yes nor a no, whatever the resolver remembers.
func (r *Reading) Word(name, rrtype string) Word {
	servers, answered := r.wordOfServers(name, rrtype)
	resolver := r.WordOfResolver(name, rrtype)
	switch {
	case servers.Known():
		// A difference changes nothing here: a resolver may remember an old record for as long as its TTL says.
		if servers.Differs = resolver.Known() && !sameData(servers.Records, resolver.Records); servers.Differs {
			servers.Evidence += ", by the zone's own server; the resolver says something else"
		}
		return servers
	case answered || servers.Why.Code == facts.Interrupted || !resolver.Known() && !resolver.More || r.Bundle.Vantage.Invents:
		return servers
	}
	// Name servers can be reached from here, so that the zone's own could have said it themselves.
	if resolver.Absent && r.AnsweredDirectly() {
		return servers
	}
	resolver.Evidence += ", on the word of the resolver, because the zone's own servers gave no answer"
	return resolver
}

// EitherWord is what the resolver said where it has records, and else what the name servers said where they were asked: that there is
// nothing is the word of the zone. Where nobody but the resolver answers, as where port 53 is closed, its word is all there is. It is the
// word for what senders go by, who ask a resolver; Word is that for what a zone is judged by.
func (r *Reading) EitherWord(name, rrtype string) Word {
	resolver := r.WordOfResolver(name, rrtype)
	if len(resolver.Records) > 0 || !r.Asked(dnsanswer.HostName(name), rrtype) {
		return resolver
	}
	if servers, _ := r.wordOfServers(name, rrtype); servers.Known() || r.AnsweredDirectly() {
		return servers
	}
	return resolver
}

// refers tells whether a server above the zone only said whom to ask. It does not count as an answer: the server is none of the
// zone.
func refers(x evidence.Exchange) bool { return x.RCode == "NOERROR" && !x.AA && len(x.Answer) == 0 }

// wordOfServers is what the servers of the zone said, and those of the zones to which aliases lead; answered tells whether
// any of the last of these zones answered at all. What an alias's own servers said is no answer about its target.
func (r *Reading) wordOfServers(name, rrtype string) (w Word, answered bool) {
	var all []evidence.Exchange
	links := r.Chain(name, rrtype)
	for _, link := range links {
		xs, n := r.Exchanges(evidence.Authoritative, "", link, rrtype)
		all = append(all, xs...)
		answered = slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.RCode != "" && !refers(x) })
		if len(xs) > 0 {
			w.At, w.Evidence = dnsanswer.Last(xs).At, fmt.Sprintf("DNS exchange %d", n)
		}
	}
	what := "the question for " + rrtype + " records of " + name
	if len(all) == 0 {
		w.Why = r.Unasked(what)
		return w, false
	}
	// The first usable answer is the word; that there is nothing, though, must not be said against another server of the zone.
	records, trouble := r.Resolved(all, name, rrtype)
	w.take(records, trouble, what)
	if trouble != nil {
		w.Records = r.Seen(all, name, rrtype)
		w.More = len(w.Records) > 0
	}
	if end := links[len(links)-1]; w.Absent && r.disputed(all, end, rrtype) {
		w.Absent = false
		w.Why = facts.Unknown{Code: facts.Disagreement, Detail: "some name servers of the zone know " + rrtype + " records of " + end + ", and others do not"}
	}
	return w, answered
}

// OfServers is wordOfServers for those who do not ask whether any server answered.
func (r *Reading) OfServers(name, rrtype string) Word {
	w, _ := r.wordOfServers(name, rrtype)
	return w
}

// WordOfResolver is what the resolver said.
func (r *Reading) WordOfResolver(name, rrtype string) Word {
	var w Word
	what := "the question for " + rrtype + " records of " + name
	xs, n := r.Exchanges(evidence.Resolver, "", name, rrtype)
	if len(xs) == 0 {
		w.Why = r.Unasked(what)
		return w
	}
	// A resolver follows aliases itself (RFC 1034 section 4.3.1), so that the last exchange is its whole answer.
	w.At, w.Evidence = dnsanswer.Last(xs).At, fmt.Sprintf("DNS exchange %d", n)
	records, trouble := r.Records(dnsanswer.Last(xs), rrtype), r.Trouble(xs)
	w.take(records, trouble, what)
	// Some of too many records: they are there, and the list is not whole.
	if trouble != nil && r.Cut(xs) {
		w.Records, w.More = records, true
	}
	return w
}

// take takes what was said of the records: some, that there are none, or nothing usable.
func (w *Word) take(records []dns.RR, trouble *evidence.Failure, what string) {
	switch {
	case trouble == nil:
		w.Records = records
	case trouble.Kind == evidence.NXDomain || trouble.Kind == evidence.NoData:
		w.Absent = true
	default:
		w.Why = Unanswered(trouble, what)
	}
}

// Unasked is why nothing is known of a question that the bundle does not hold.
func (r *Reading) Unasked(what string) facts.Unknown {
	if r.Bundle.Interrupted || r.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + what}
	}
	return facts.Unknown{Code: facts.Untested, Detail: what + " was not asked"}
}

// maxLinks bounds a chain of aliases; the probe follows fewer.
const maxLinks = 16

// Chain lists a name and the aliases that the servers' answers to a question make of it, as RFC 2317 does with reverse names. It ends
// where a name comes up again: aliases in a circle lead nowhere.
func (r *Reading) Chain(name, rrtype string) []string {
	links := []string{dnsanswer.HostName(name)}
	for len(links) <= maxLinks {
		xs, _ := r.Exchanges(evidence.Authoritative, "", links[len(links)-1], rrtype)
		next := ""
		for _, x := range xs {
			for _, rr := range r.Records(x, "CNAME") {
				if cname, ok := rr.(*dns.CNAME); ok && x.AA && dnsanswer.HostName(rr.Header().Name) == dnsanswer.HostName(x.Name) {
					next = dnsanswer.HostName(cname.Target)
				}
			}
		}
		if next == "" || slices.Contains(links, next) {
			break
		}
		links = append(links, next)
	}
	return links
}

// sameData tells whether two sets of records hold the same data, whatever their TTL, order and letter case.
func sameData(a, b []dns.RR) bool {
	data := func(rrs []dns.RR) []string {
		var list []string
		for _, rr := range rrs {
			list = append(list, strings.ToLower(strings.TrimPrefix(rr.String(), rr.Header().String())))
		}
		slices.Sort(list)
		return slices.Compact(list)
	}
	return slices.Equal(data(a), data(b))
}

// disputed tells whether some server of a zone gave records of a name of which another knows nothing. It is asked where another one says
// that there are none.
func (r *Reading) disputed(xs []evidence.Exchange, name, rrtype string) bool {
	for _, x := range xs {
		if records, trouble := r.Resolved([]evidence.Exchange{x}, name, rrtype); trouble == nil && len(records) > 0 {
			return true
		}
	}
	return false
}
