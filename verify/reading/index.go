package reading

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// index finds what a bundle holds of a question, a server or a host without a look at all of it: else each fact of each server would
// look at each exchange, and a record that somebody made up would keep us busy for minutes. It gives places in the bundle, in order.
type index struct {
	names    map[string][]int    // of exchanges, by question name in lower case
	servers  map[string][]int    // of exchanges, by serverKey
	sessions map[[2]string][]int // by host and address

	// What was read before.
	said      map[string][]evidence.Exchange // by saidAbout
	told      map[string]map[string][]int    // by toldOf: of a server, by zone
	referrals map[int]referral
	zoning    zoning

	whereabouts map[*evidence.Target]Whereabouts // nil before
	places      map[facts.Subject]*Place
	doubts      map[facts.Subject]doubts
}

// referral is what referredTo reads in an exchange.
type referral struct {
	owner   string
	records []dns.RR
}

func newIndex(b *evidence.Bundle) *index {
	x := &index{names: map[string][]int{}, servers: map[string][]int{}, sessions: map[[2]string][]int{},
		said: map[string][]evidence.Exchange{}, referrals: map[int]referral{}, told: map[string]map[string][]int{},
		doubts: map[facts.Subject]doubts{}}
	for i := range b.Exchanges {
		name, server := strings.ToLower(b.Exchanges[i].Name), ServerKey(b.Exchanges[i].Server)
		x.names[name], x.servers[server] = append(x.names[name], i), append(x.servers[server], i)
	}
	for i := range b.Sessions {
		key := [2]string{b.Sessions[i].Host, b.Sessions[i].Address}
		x.sessions[key] = append(x.sessions[key], i)
	}
	return x
}

// ServerKey is the same for all ways to write the address of a server, with its port or without.
func ServerKey(server string) string {
	address := strings.Trim(dnsanswer.AddressOf(server), "[]")
	if addr, err := netip.ParseAddr(address); err == nil {
		return addr.String()
	}
	return address
}

// found returns the index of the bundle, which never changes while facts are derived from it.
func (r *Reading) Index() *index {
	r.indexing.Do(func() { r.index = newIndex(r.Bundle) })
	return r.index
}

// AskedAbout are the exchanges about a name, whoever was asked.
func (r *Reading) AskedAbout(name string) []int { return r.Index().names[strings.ToLower(name)] }

// refersTo is referredTo for an exchange of the bundle. The servers of a TLD tell of many zones, and each of their answers is read for
// each zone.
func (r *Reading) refersTo(place int) (owner string, records []dns.RR) {
	known, ok := r.Index().referrals[place]
	if !ok {
		known.owner, known.records = ReferredTo(r.Bundle.Exchanges[place])
		r.Index().referrals[place] = known
	}
	return known.owner, known.records
}

// toldOf are the exchanges in which a server refers to a zone or is asked about its name.
func (r *Reading) toldOf(zone, address string) []int {
	told := r.Index().told[ServerKey(address)]
	if told == nil {
		told = map[string][]int{}
		r.Index().told[ServerKey(address)] = told
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

// maxAliasNames bounds the names to which aliases of one lead, by whatever servers: no chain that is followed is as long.
const maxAliasNames = 4 * dnsanswer.MaxLinks

// SaidAbout are the exchanges about a name and about all names to which aliases in them lead: all that bears on what the name has.
func (r *Reading) SaidAbout(name string) []evidence.Exchange {
	name = dnsanswer.Bare(name)
	if said, ok := r.Index().said[name]; ok {
		return said
	}
	names := []string{name}
	var places []int
	for i := 0; i < len(names); i++ {
		for _, place := range r.AskedAbout(names[i]) {
			places = append(places, place)
			for _, alias := range aliasesIn(r.Bundle.Exchanges[place].Answer) {
				if len(names) < maxAliasNames && !slices.Contains(names, alias) {
					names = append(names, alias)
				}
			}
		}
	}
	slices.Sort(places)
	said := make([]evidence.Exchange, len(places))
	for i, place := range places {
		said[i] = r.Bundle.Exchanges[place]
	}
	r.Index().said[name] = said
	return said
}

// aliasesIn lists the names to which aliases among records lead.
func aliasesIn(records []string) []string {
	var names []string
	for _, record := range records {
		if !strings.Contains(record, " CNAME ") {
			continue
		}
		for _, rr := range dnsanswer.Parse([]string{record}) {
			if cname, ok := rr.(*dns.CNAME); ok {
				names = append(names, dnsanswer.Bare(cname.Target))
			}
		}
	}
	return names
}

// AskedAt are the exchanges with a server, whatever it was asked.
func (r *Reading) AskedAt(address string) []int { return r.Index().servers[ServerKey(address)] }

// Asked tells whether some authoritative server was asked a question.
func (r *Reading) Asked(name, rrtype string) bool {
	return slices.ContainsFunc(r.AskedAbout(name), func(i int) bool {
		x := &r.Bundle.Exchanges[i]
		return x.Role == evidence.Authoritative && x.Name == name && x.Type == rrtype
	})
}

// ExchangesOf leaves out what other servers say of a question. What is said of other names stays: aliases lead there.
func ExchangesOf(exchanges []evidence.Exchange, server evidence.Server, name, rrtype string) []evidence.Exchange {
	return slices.DeleteFunc(slices.Clone(exchanges), func(x evidence.Exchange) bool {
		return x.Name == name && x.Type == rrtype && dnsanswer.AddressOf(x.Server) != server.Address
	})
}

func (r *Reading) FirstAbout(name, rrtype string) evidence.Exchange {
	exchanges, _ := r.Exchanges(evidence.Authoritative, "", name, rrtype)
	if len(exchanges) == 0 {
		return evidence.Exchange{}
	}
	return exchanges[0]
}

// Exchanges returns all exchanges of a question with one party, and the number of the last one in the evidence.
func (r *Reading) Exchanges(role evidence.Role, server, name, rrtype string) (found []evidence.Exchange, n int) {
	return r.Round(role, server, name, rrtype, 0)
}

// Round returns the exchanges of a question that was asked anew so many times.
func (r *Reading) Round(role evidence.Role, server, name, rrtype string, round int) (found []evidence.Exchange, n int) {
	if r.Noted != nil {
		r.Noted(name)
	}
	places := r.AskedAbout(name)
	if at := r.AskedAt(server); server != "" && len(at) < len(places) { // of many zones at one provider, or of many servers of one zone
		places = at
	}
	for _, i := range places {
		x := &r.Bundle.Exchanges[i]
		if x.Role == role && x.Round == round && x.Type == rrtype && strings.EqualFold(x.Name, name) && (server == "" || dnsanswer.At(x, server)) {
			found, n = append(found, *x), i+1
		}
	}
	return found, n
}
