package lab

import (
	"maps"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
	"gopkg.in/yaml.v3"
)

// habits are what a name server address does with every question.
type habits struct {
	silent, noUDP, noTCP, silentTCP, dropsEDNS bool
	servfail, refused, lame, upward            bool
	truncate, noEDNS, notAuthoritative         bool
	recursive, recursionAvailable, transfer    bool
	fresh, rotates                             bool
	wrongID, wrongQuestion, omitsGlue          bool
	denies                                     string        // how it denies every name, or ""
	edns                                       string        // RCODE of all answers to questions with EDNS, or ""
	drops                                      uint32        // every n-th datagram is lost; 0 for none
	slow                                       time.Duration // before the answer
	drip                                       time.Duration // between two bytes over TCP
}

// manner says how one name server address behaves, from some time on, where it does not simply answer.
type manner struct {
	habits
	after  time.Duration // since the network began
	soa    []func(*dns.SOA)
	zones  []*zone  // contents that this server has for itself
	spoofs []dns.RR // go with every answer
	unlike []unlike // questions that get another answer than the right one
	// Of a server that resolves:
	lies    *zone      // records in place of the truth, or nil
	invents netip.Addr // the address of names that do not exist, if valid
}

// mannered is a manner with the address that has it, as the file writes it.
type mannered struct {
	line    int
	address netip.Addr
	manner  manner
}

// records returns all records that are not the truth.
func (m *manner) records() []dns.RR {
	all := slices.Clone(m.spoofs)
	zones := m.zones
	if m.lies != nil {
		zones = append(slices.Clone(zones), m.lies)
	}
	for _, z := range zones {
		for _, records := range z.owners {
			all = append(all, records...)
		}
	}
	return all
}

// nameServer is one address that is asked DNS questions.
type nameServer struct {
	address   netip.Addr
	resolver  bool    // of the scenario
	zones     []*zone // authoritative for these, apart from what its manners say
	views     []*view // by time, ascending; the first begins with the network
	datagrams atomic.Uint64
	mu        sync.Mutex
	asked     map[dns.Question]uint64 // how often, guarded by mu
}

// view is what a name server is and holds from some time on.
type view struct {
	manner
	resolver bool
	zones    []*zone // of the resolver, all that it knows
	known    []*zone // every zone of the scenario, for whom resolves; the zones above hold its own contents
	root     *zone
}

// now returns the view of a time since the network began.
func (s *nameServer) now(since time.Duration) *view {
	last := s.views[0]
	for _, v := range s.views {
		if v.after <= since {
			last = v
		}
	}
	return last
}

// always tells whether something holds at all times.
func (s *nameServer) always(holds func(*view) bool) bool {
	return !slices.ContainsFunc(s.views, func(v *view) bool { return !holds(v) })
}

// nameServers returns the resolver, which does not tell of a root that was made, each address of a server of a zone, and
// the addresses whose manners are described.
func (s *Scenario) nameServers() []*nameServer {
	servers := []*nameServer{{address: s.resolver, resolver: true, zones: s.zones}}
	at := func(address netip.Addr) *nameServer {
		i := slices.IndexFunc(servers, func(n *nameServer) bool { return n.address == address })
		if i >= 0 {
			return servers[i]
		}
		servers = append(servers, &nameServer{address: address})
		return servers[len(servers)-1]
	}
	for _, z := range s.allZones() {
		for _, name := range z.servers {
			for _, address := range s.addressesOf(name) {
				if server := at(address); !slices.Contains(server.zones, z) {
					server.zones = append(server.zones, z)
				}
			}
		}
	}
	manners := map[*nameServer][]manner{}
	for _, entry := range s.manners {
		server := at(entry.address)
		manners[server] = append(manners[server], entry.manner)
	}
	for _, server := range servers {
		if list := manners[server]; len(list) == 0 || list[0].after > 0 {
			server.views = append(server.views, s.view(server, manner{}))
		}
		for _, m := range manners[server] {
			server.views = append(server.views, s.view(server, m))
		}
	}
	return servers
}

// view puts together what a server has from a time on. A lame one has its zones taken away, and nothing else.
func (s *Scenario) view(server *nameServer, m manner) *view {
	v := &view{manner: m, resolver: server.resolver, root: s.root, known: with(s.allZones(), m.zones)}
	if server.resolver {
		v.known = with(s.zones, m.zones)
	}
	if !m.lame && !m.upward {
		v.zones = with(server.zones, m.zones)
	}
	return v
}

// with returns the zones, of which own ones replace those of the same name.
func with(zones, own []*zone) []*zone {
	all := slices.Clone(own)
	for _, z := range zones {
		if !slices.ContainsFunc(own, func(o *zone) bool { return o.name == z.name }) {
			all = append(all, z)
		}
	}
	return all
}

// nameServer reads what is said about an address. A later entry for the same address changes what it names.
func (r reader) nameServer(n *yaml.Node, s *Scenario) error {
	entry := mannered{line: n.Line}
	if err := r.mannerAddress(n, &entry.address); err != nil {
		return err
	}
	earlier := slices.DeleteFunc(slices.Clone(s.manners), func(m mannered) bool { return m.address != entry.address })
	m := &entry.manner
	if len(earlier) > 0 {
		*m = earlier[len(earlier)-1].manner
		// Copies: a later entry changes what it names, and the earlier one goes on to hold until then.
		m.soa, m.zones, m.unlike = slices.Clone(m.soa), slices.Clone(m.zones), slices.Clone(m.unlike)
	}
	after := time.Duration(0)
	err := r.mapping(n, map[string]field{
		"address": func(*yaml.Node) error { return nil }, // read above
		"after":   r.duration(&after),
		"behaves": func(n *yaml.Node) error {
			// The list is written as a whole, so that a server can lose a habit.
			m.habits = habits{}
			return r.list(func(n *yaml.Node) error { return r.habit(n, &m.habits) })(n)
		},
		"soa":   func(n *yaml.Node) error { return r.soa(n, &m.soa) },
		"zones": r.list(func(n *yaml.Node) error { return r.ownZone(n, s, m) }),
		"unlike": func(n *yaml.Node) error {
			m.unlike = nil
			return r.list(func(n *yaml.Node) error { return r.unlike(n, m) })(n)
		},
		"spoofs":  func(n *yaml.Node) error { return r.loose(n, &m.spoofs) },
		"lies":    func(n *yaml.Node) error { return r.lies(n, m) },
		"invents": r.address(&m.invents),
	})
	switch {
	case err != nil:
		return err
	case len(earlier) > 0 && after == 0:
		return r.fail(n, "%v stands here a second time", entry.address)
	case len(earlier) > 0 && after <= earlier[len(earlier)-1].manner.after:
		return r.fail(n, "after must grow from entry to entry for the same address")
	}
	m.after = after
	s.manners = append(s.manners, entry)
	return nil
}

// mannerAddress reads the address before all else: what an entry means depends on the earlier ones for it.
func (r reader) mannerAddress(n *yaml.Node, into *netip.Addr) error {
	if n.Kind != yaml.MappingNode {
		return r.fail(n, "keys with values are expected here")
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == "address" {
			return r.address(into)(n.Content[i+1])
		}
	}
	return r.fail(n, "this name server has no address")
}

// ednsCodes are the answers of servers that do not bear EDNS.
var ednsCodes = map[string]int{"notimp": dns.RcodeNotImplemented, "servfail": dns.RcodeServerFailure, "refused": dns.RcodeRefused, "badvers": dns.RcodeBadVers}

// denials are the ways to deny every name: that it does not exist or has no such record, with or without the SOA record that
// RFC 2308 section 3 asks for.
var denials = []string{"nodata", "nodata-soa", "nxdomain", "nxdomain-soa"}

// habit reads one word, or one with its value.
func (r reader) habit(n *yaml.Node, h *habits) error {
	if n.Kind == yaml.MappingNode {
		return r.mapping(n, map[string]field{
			"slow": r.duration(&h.slow), "drip": r.duration(&h.drip), "drops": r.number(&h.drops),
			"edns": r.word(&h.edns, slices.Sorted(maps.Keys(ednsCodes))...), "denies": r.word(&h.denies, denials...)})
	}
	flags := map[string]*bool{
		"silent": &h.silent, "no_udp": &h.noUDP, "no_tcp": &h.noTCP, "silent_tcp": &h.silentTCP,
		"drops_edns": &h.dropsEDNS, "servfail": &h.servfail, "refused": &h.refused, "lame": &h.lame, "upward": &h.upward,
		"truncate": &h.truncate, "no_edns": &h.noEDNS, "not_authoritative": &h.notAuthoritative,
		"recursive": &h.recursive, "recursion_available": &h.recursionAvailable, "transfer": &h.transfer,
		"fresh": &h.fresh, "rotates": &h.rotates, "wrong_id": &h.wrongID, "wrong_question": &h.wrongQuestion, "omits_glue": &h.omitsGlue,
	}
	var word string
	if err := r.word(&word, slices.Sorted(maps.Keys(flags))...)(n); err != nil {
		return err
	}
	*flags[word] = true
	return nil
}

// ownZone reads a content that a server has for itself; what it leaves out is as in the zone of that name.
func (r reader) ownZone(n *yaml.Node, s *Scenario, m *manner) error {
	t := zoneText{at: n}
	if err := r.mapping(n, r.zoneFields(&t)); err != nil {
		return err
	}
	same := func(z *zone) bool { return z.name == t.name }
	var base *zone
	if i := slices.IndexFunc(s.zones, same); i >= 0 {
		base = s.zones[i]
	}
	z, err := r.build(t, base)
	if err != nil {
		return err
	}
	m.zones = append(slices.DeleteFunc(m.zones, same), z)
	return nil
}

// loose reads records of any names.
func (r reader) loose(n *yaml.Node, into *[]dns.RR) error {
	z := newZone(".", usualSOA(".", nil))
	if err := r.records(n, z); err != nil {
		return err
	}
	*into = nil
	for _, owner := range slices.Sorted(maps.Keys(z.owners)) {
		*into = append(*into, z.owners[owner]...)
	}
	return nil
}

func (r reader) lies(n *yaml.Node, m *manner) error {
	m.lies = newZone(".", usualSOA(".", nil))
	return r.records(n, m.lies)
}

// ignores tells whether a question gets no answer at all.
func (s *nameServer) ignores(v *view, query *dns.Msg, transport string) bool {
	udp := transport == "udp"
	switch {
	case v.instead(query) == silence, v.silent, v.noUDP && udp, v.silentTCP && !udp, v.dropsEDNS && query.IsEdns0() != nil:
		return true
	}
	return udp && v.drops > 0 && s.datagrams.Add(1)%uint64(v.drops) == 0
}

// disturb makes an answer one that a careful client does not believe, or not wholly.
func (v *view) disturb(reply *dns.Msg) {
	if v.wrongID {
		reply.Id++
	}
	if v.wrongQuestion && len(reply.Question) > 0 {
		reply.Question[0].Name = "wrong.invalid."
	}
	for _, rr := range v.spoofs {
		if rr.Header().Rrtype == dns.TypeNS {
			reply.Ns = append(reply.Ns, rr)
		} else {
			// The OPT record may stand anywhere in the section (RFC 6891 section 6.1.1).
			reply.Extra = append(reply.Extra, rr)
		}
	}
}

// lie returns what this server says in place of the truth about a name, and where that leads.
func (v *view) lie(name string, rrtype uint16) (records []dns.RR, alias string) {
	if v.lies == nil {
		return nil, ""
	}
	if records = v.lies.of(name, rrtype); len(records) > 0 {
		return records, ""
	}
	if records = v.lies.of(name, dns.TypeCNAME); len(records) > 0 {
		return records[:1], dns.CanonicalName(records[0].(*dns.CNAME).Target)
	}
	return nil, ""
}

// deny answers for a name that does not exist, by inventing an address where that is the manner of the server.
func (v *view) deny(reply *dns.Msg, q dns.Question, authority []dns.RR) {
	if !v.invents.IsValid() {
		reply.Rcode, reply.Ns = dns.RcodeNameError, authority
		return
	}
	made := addressRecord(q.Name, v.invents)
	if made.Header().Rrtype == q.Qtype {
		reply.Answer = append(reply.Answer, made)
	}
}

// transferSize is how many records go into one message of a zone transfer.
const transferSize = 20

// transferred returns the whole zone in messages, the SOA record first and last (RFC 5936 section 2.2).
func (v *view) transferred(query *dns.Msg, z *zone) []*dns.Msg {
	soa := v.soa(z)
	records := []dns.RR{soa}
	for _, owner := range slices.Sorted(maps.Keys(z.owners)) {
		records = append(records, z.owners[owner]...)
	}
	var messages []*dns.Msg
	for part := range slices.Chunk(records, transferSize) {
		messages = append(messages, transferMessage(query, part))
	}
	return append(messages, transferMessage(query, []dns.RR{soa}))
}

// transferMessage is one message of several, each of which repeats the question (RFC 5936 section 2.2.1 allows to leave it out).
func transferMessage(query *dns.Msg, records []dns.RR) *dns.Msg {
	m := new(dns.Msg).SetReply(query)
	m.Authoritative, m.Answer = true, records
	return m
}
