package reading

import (
	"fmt"
	"net/netip"
	"strings"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// index finds what a bundle holds of a question, a server or a host without a look at all of it: else each fact of each server would
// look at each exchange, and a record that somebody made up would keep us busy for minutes. It gives places in the bundle, in order,
// and grows with it: a run under way adds to its bundle hundreds of times.
type index struct {
	exchanges int                  // of the bundle that are in the index
	names     map[string][]int     // of exchanges, by question name as dnsanswer.Bare writes it
	questions map[namedType][]int  // the same by question
	servers   map[string][]int     // of exchanges, by serverKey
	referrals map[int]referral     // by place, as they were asked for
	within    map[zoneServer][]int // of exchanges with a name server, by each zone that may hold the question name
	direct    bool                 // see AnsweredDirectly
	resolves  bool                 // the resolver gave some usable answer

	referralsBy map[string][]int // places by zone, as referralsTo has them
	referred    int              // of the bundle that it has looked at
	authority   bool             // some server gave records with authority
	overTCP     map[Family]bool  // some server of the family answered over TCP
	sessions    int              // of the bundle that are known to it
	fetches     map[string][]int // by URL
	fetched     int              // of the bundle that are in the index
	stale       bool             // what was concluded is to go
	concluded
}

// namedType is what is asked for: a name, as dnsanswer.Bare writes it, and a type of record in upper case.
type namedType struct{ name, rrtype string }

// concluded is what was concluded from all that the index holds. It goes when something is added. Conclusions may rest on what is
// missing, so that one more record can undo any of them.
type concluded struct {
	told   map[string]map[string][]int // by toldOf: of a server, by zone
	zoning zoning

	whereabouts map[*evidence.Target]Whereabouts // nil before
	places      map[facts.Subject]*Place
	doubts      map[facts.Subject]doubts
	hearing     *hearing // nil before
	signatures  signatures
}

func nothingConcluded() concluded {
	return concluded{told: map[string]map[string][]int{}, doubts: map[facts.Subject]doubts{}}
}

// referral is what ReferredTo reads in an exchange.
type referral struct {
	owner   string
	records []dns.RR
}

// indexed returns the index of the bundle, with all that was added to it. What was concluded before the addition is gone then, and is not
// to be kept beyond the next call.
func (r *Reading) indexed() *index {
	x := &r.index
	switch {
	case x.names == nil:
		*x = index{names: map[string][]int{}, questions: map[namedType][]int{}, servers: map[string][]int{},
			referrals: map[int]referral{}, within: map[zoneServer][]int{}, overTCP: map[Family]bool{}, referralsBy: map[string][]int{},
			fetches: map[string][]int{}, concluded: nothingConcluded()}
	// New exchanges are added to the index, which stays; what was concluded is dropped whole, for nobody keeps book of what rests
	// on what.
	case x.stale || x.exchanges < len(r.Bundle.Exchanges) || x.sessions < len(r.Bundle.Sessions):
		x.stale, x.concluded = false, nothingConcluded()
	}
	for ; x.exchanges < len(r.Bundle.Exchanges); x.exchanges++ {
		x.exchange(x.exchanges, &r.Bundle.Exchanges[x.exchanges])
	}
	for ; x.fetched < len(r.Bundle.Fetches); x.fetched++ {
		url := r.Bundle.Fetches[x.fetched].URL
		x.fetches[url] = append(x.fetches[url], x.fetched)
	}
	x.sessions = len(r.Bundle.Sessions)
	return x
}

func (x *index) exchange(place int, e *evidence.Exchange) {
	question, server := questionOf(e.Name, e.Type), serverKey(e.Server)
	x.names[question.name] = append(x.names[question.name], place)
	x.questions[question] = append(x.questions[question], place)
	x.servers[server] = append(x.servers[server], place)
	x.resolves = x.resolves || e.Role == evidence.Resolver && (e.RCode == "NOERROR" || e.RCode == "NXDOMAIN")
	if e.Role == evidence.Authoritative {
		x.ofServer(place, server, e)
	}
}

// ofServer takes up an exchange with a name server.
func (x *index) ofServer(place int, server string, e *evidence.Exchange) {
	x.direct = x.direct || e.RCode != ""
	x.authority = x.authority || e.AA && e.Failure == nil && len(e.Answer) > 0
	if family, ok := familyOfText(dnsanswer.AddressOf(e.Server)); ok && e.Transport == "tcp" && e.RCode != "" {
		x.overTCP[family] = true
	}
	// One exchange is entered under each zone that may hold its name: a name has few labels, and a look-up of a zone's exchanges
	// then costs nothing.
	for zone := range above(e.Name) {
		x.within[zoneServer{zone, server}] = append(x.within[zoneServer{zone, server}], place)
	}
}

// zoneServer is a server, by serverKey, of a zone.
type zoneServer struct{ zone, server string }

// questionOf writes a question so that equal ones are equal, whatever their letter case (RFC 1035 section 2.3.3).
func questionOf(name, rrtype string) namedType {
	return namedType{dnsanswer.Bare(name), strings.ToUpper(rrtype)}
}

// serverKey is the same for all ways to write the address of a server, with its port or without.
func serverKey(server string) string {
	address := strings.Trim(dnsanswer.AddressOf(server), "[]")
	if addr, err := netip.ParseAddr(address); err == nil {
		return addr.String()
	}
	return address
}

// SeenIn says when an exchange was, and its number in the evidence for people. A place below 0 is none. People count from 1.
func (r *Reading) SeenIn(place int) (time.Time, string) {
	if place < 0 {
		return time.Time{}, ""
	}
	return r.Bundle.Exchanges[place].At, fmt.Sprintf("DNS exchange %d", place+1)
}

// AskedAbout are the exchanges about a name, whoever was asked. They are places in the bundle, from 0; nobody may change the list. The
// same holds for the lists below.
func (r *Reading) AskedAbout(name string) []int { return r.indexed().names[dnsanswer.Bare(name)] }

// AskedAt are the exchanges with a server, whatever it was asked.
func (r *Reading) AskedAt(address string) []int { return r.indexed().servers[serverKey(address)] }

// AskedFor are the exchanges in which somebody was asked for records of a type.
func (r *Reading) AskedFor(name, rrtype string) []int {
	return r.indexed().questions[questionOf(name, rrtype)]
}

// Asked tells whether some authoritative server was asked a question.
func (r *Reading) Asked(name, rrtype string) bool { return r.FirstAsked(name, rrtype) >= 0 }

// FirstAsked is the first exchange in which an authoritative server was asked a question, or -1. The first stands for the question
// where its time is shown.
func (r *Reading) FirstAsked(name, rrtype string) int {
	for _, i := range r.AskedFor(name, rrtype) {
		if r.Bundle.Exchanges[i].Role == evidence.Authoritative {
			return i
		}
	}
	return -1
}

// AnsweredDirectly tells whether any name server but the resolver answered from here. Where none did, port 53 may be closed, and what the
// resolver says is all there is to know.
func (r *Reading) AnsweredDirectly() bool { return r.indexed().direct }

// Exchanges returns all exchanges of a question with one party, and the number of the last one in the evidence. Role and question have to
// fit; a server is given by its address, and "" means all of that role. Without an exchange the number is 0. These are the exchanges of
// the first look, round 0, with all of its tries.
func (r *Reading) Exchanges(role evidence.Role, server, name, rrtype string) (found []evidence.Exchange, n int) {
	return r.Round(role, server, name, rrtype, 0)
}

// Round returns the exchanges of a question that was asked anew so many times. Rounds are kept apart because a later one may see a later
// version of the zone.
func (r *Reading) Round(role evidence.Role, server, name, rrtype string, round int) (found []evidence.Exchange, n int) {
	for _, i := range r.AskedFor(name, rrtype) {
		x := &r.Bundle.Exchanges[i]
		if x.Role == role && x.Round == round && (server == "" || dnsanswer.At(x, server)) {
			found, n = append(found, *x), i+1
		}
	}
	return found, n
}

// SaidBy is what authoritative servers said of the records of a name, in whichever round: of the name itself the server at an address,
// or all for "", and of the names to which aliases lead whichever server. First is its word about the name itself, which may be an alias.
func (r *Reading) SaidBy(address, name, rrtype string) (first, end dnsanswer.Said) {
	return r.saidBy(name, rrtype, func(x *evidence.Exchange) bool {
		return address == "" || dnsanswer.AddressOf(x.Server) == address
	})
}

// SaidInRound is SaidBy of one round.
func (r *Reading) SaidInRound(address, name, rrtype string, round int) (end dnsanswer.Said) {
	_, end = r.saidBy(name, rrtype, func(x *evidence.Exchange) bool {
		return x.Round == round && (address == "" || dnsanswer.AddressOf(x.Server) == address)
	})
	return end
}

// saidBy follows aliases from exchange to exchange. Which server is heard is a matter of the name itself only: the servers of an alias's
// target are others.
func (r *Reading) saidBy(name, rrtype string, counts func(*evidence.Exchange) bool) (first, end dnsanswer.Said) {
	name = dnsanswer.Bare(name)
	about := func(link string) dnsanswer.Said {
		var xs []evidence.Exchange
		for _, i := range r.AskedFor(link, rrtype) {
			if x := &r.Bundle.Exchanges[i]; link != name || counts(x) {
				xs = append(xs, *x)
			}
		}
		return r.First(xs, link, rrtype)
	}
	first = about(name)
	return first, dnsanswer.Follow(name, func(link string) dnsanswer.Said {
		if link == name {
			return first
		}
		return about(link)
	})
}

// refersTo is ReferredTo for an exchange of the bundle. The servers of a TLD tell of many zones, and each of their answers is read for
// each zone.
func (r *Reading) refersTo(place int) (owner string, records []dns.RR) {
	known, ok := r.indexed().referrals[place]
	if !ok {
		known.owner, known.records = ReferredTo(r.Bundle.Exchanges[place])
		r.indexed().referrals[place] = known
	}
	return known.owner, known.records
}

// toldOf are the exchanges in which a server refers to a zone or is asked about its name.
func (r *Reading) toldOf(zone, address string) []int {
	told := r.indexed().told[serverKey(address)]
	if told == nil {
		told = map[string][]int{}
		r.indexed().told[serverKey(address)] = told
		for _, place := range r.AskedAt(address) {
			name := ServerName(r.Bundle.Exchanges[place].Name)
			told[name] = append(told[name], place)
			if owner, _ := r.refersTo(place); owner != name {
				told[owner] = append(told[owner], place)
			}
		}
	}
	return told[zone]
}
