package derive

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
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
	zones     map[string]*referredZone // by referredZones; nil before
	lost      map[string]bool          // of them, by lost; nil before
}

// referral is what referredTo reads in an exchange.
type referral struct {
	owner   string
	records []dns.RR
}

func newIndex(b *evidence.Bundle) *index {
	x := &index{names: map[string][]int{}, servers: map[string][]int{}, sessions: map[[2]string][]int{},
		said: map[string][]evidence.Exchange{}, referrals: map[int]referral{}, told: map[string]map[string][]int{}}
	for i := range b.Exchanges {
		name, server := strings.ToLower(b.Exchanges[i].Name), serverKey(b.Exchanges[i].Server)
		x.names[name], x.servers[server] = append(x.names[name], i), append(x.servers[server], i)
	}
	for i := range b.Sessions {
		key := [2]string{b.Sessions[i].Host, b.Sessions[i].Address}
		x.sessions[key] = append(x.sessions[key], i)
	}
	return x
}

// serverKey is the same for all ways to write the address of a server, with its port or without.
func serverKey(server string) string {
	address := strings.Trim(dnsanswer.AddressOf(server), "[]")
	if addr, err := netip.ParseAddr(address); err == nil {
		return addr.String()
	}
	return address
}

// found returns the index of the bundle, which never changes while facts are derived from it.
func (d *derivation) found() *index {
	d.indexing.Do(func() { d.index = newIndex(d.bundle) })
	return d.index
}

// askedAbout are the exchanges about a name, whoever was asked.
func (d *derivation) askedAbout(name string) []int { return d.found().names[strings.ToLower(name)] }

// refersTo is referredTo for an exchange of the bundle. The servers of a TLD tell of many zones, and each of their answers is read for
// each zone.
func (d *derivation) refersTo(place int) (owner string, records []dns.RR) {
	r, ok := d.found().referrals[place]
	if !ok {
		r.owner, r.records = referredTo(d.bundle.Exchanges[place])
		d.found().referrals[place] = r
	}
	return r.owner, r.records
}

// toldOf are the exchanges in which a server refers to a zone or is asked about its name.
func (d *derivation) toldOf(zone, address string) []int {
	told := d.found().told[serverKey(address)]
	if told == nil {
		told = map[string][]int{}
		d.found().told[serverKey(address)] = told
		for _, place := range d.askedAt(address) {
			name := serverName(d.bundle.Exchanges[place].Name)
			told[name] = append(told[name], place)
			if owner, _ := d.refersTo(place); owner != name {
				told[owner] = append(told[owner], place)
			}
		}
	}
	return told[zone]
}

// maxAliasNames bounds the names to which aliases of one lead, by whatever servers: no chain that is followed is as long.
const maxAliasNames = 4 * dnsanswer.MaxLinks

// saidAbout are the exchanges about a name and about all names to which aliases in them lead: all that bears on what the name has.
func (d *derivation) saidAbout(name string) []evidence.Exchange {
	name = dnsanswer.Bare(name)
	if said, ok := d.found().said[name]; ok {
		return said
	}
	names := []string{name}
	var places []int
	for i := 0; i < len(names); i++ {
		for _, place := range d.askedAbout(names[i]) {
			places = append(places, place)
			for _, alias := range aliasesIn(d.bundle.Exchanges[place].Answer) {
				if len(names) < maxAliasNames && !slices.Contains(names, alias) {
					names = append(names, alias)
				}
			}
		}
	}
	slices.Sort(places)
	said := make([]evidence.Exchange, len(places))
	for i, place := range places {
		said[i] = d.bundle.Exchanges[place]
	}
	d.found().said[name] = said
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

// askedAt are the exchanges with a server, whatever it was asked.
func (d *derivation) askedAt(address string) []int { return d.found().servers[serverKey(address)] }
