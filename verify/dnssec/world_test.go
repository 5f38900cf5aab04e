package dnssec

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/internal/signer"
)

// now is when all answers of the tests came.
var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

const day1 = 24 * time.Hour

// place is a zone of a test, and how it is signed.
type place struct {
	name        string // "com."
	records     []dns.RR
	key         signer.Key // that signs
	published   []dns.RR   // the DNSKEY records
	ds          []dns.RR   // in the zone above
	from, until time.Time
	unsigned    bool
	nsec3       bool
	optOut      bool
	iterations  uint16
	times       map[uint16][2]time.Time // of the signatures of single types
}

// world is the evidence of a test: everything is answered as the zones have it, but for what a test changes.
type world struct {
	zones   map[string]*place
	change  map[Question]func(*Answer)
	unasked map[Question]bool
	silent  map[Question]bool
	asked   map[Question]bool          // DS records of names that are no zone's, asked because they were missing
	twice   map[Question]func(*Answer) // a second server's answer
	hidden  map[string]bool            // zones of which nothing is known before their DS records are asked for
	refer   bool                       // referrals are recorded, and DS records were not asked for
}

func rrs(t *testing.T, lines ...string) (list []dns.RR) {
	t.Helper()
	for _, line := range lines {
		rr, err := dns.NewRR(line)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, rr)
	}
	return list
}

// add puts a signed zone into the world.
func (w *world) add(name string, records ...dns.RR) *place {
	z := &place{name: name, records: records, key: signer.NewKey(name, "key"), from: now.Add(-time.Hour), until: now.Add(20 * day1), times: map[uint16][2]time.Time{}}
	z.published, z.ds = []dns.RR{z.key.DNSKEY}, []dns.RR{z.key.DS()}
	w.zones[name] = z
	return z
}

// good is a world in which all is as it should be.
func good(t *testing.T) *world {
	w := &world{zones: map[string]*place{}, change: map[Question]func(*Answer){}, unasked: map[Question]bool{}, hidden: map[string]bool{}, silent: map[Question]bool{}, asked: map[Question]bool{}, twice: map[Question]func(*Answer){}}
	w.add(".", rrs(t, ". 300 IN NS a.root-servers.net.")...)
	w.add("com.", rrs(t, "com. 300 IN NS a.nic.com.")...)
	w.add("net.", rrs(t, "net. 300 IN NS a.nic.net.")...)
	w.add("example.com.", rrs(t, "example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN MX 10 mail.example.com.", "example.com. 300 IN MX 20 mail2.example.com.",
		`example.com. 300 IN TXT "v=spf1 mx -all"`, "mail.example.com. 300 IN A 203.0.113.25", "www.example.com. 300 IN CNAME mail.example.com.",
		"shop.example.com. 300 IN CNAME www.example.net.", "a.b.example.com. 300 IN A 203.0.113.1", "*.wild.example.com. 300 IN A 203.0.113.2",
		"old.example.com. 300 IN DNAME example.net.")...)
	w.add("example.net.", rrs(t, "example.net. 300 IN NS ns1.example.net.", "www.example.net. 300 IN A 203.0.113.80", "example.net. 300 IN MX 10 mail.example.net.")...)
	plain := w.add("plain.com.", rrs(t, "plain.com. 300 IN NS ns1.plain.com.", "plain.com. 300 IN MX 10 mail.plain.com.")...)
	plain.unsigned, plain.ds = true, nil
	return w
}

// holding is the zone that answers a question.
func (w *world) holding(name string, code uint16) *place {
	from := dns.Fqdn(name)
	if code == dns.TypeDS && from != "." {
		from = dns.Fqdn(above(name))
	}
	for ; ; from = dns.Fqdn(above(bare(from))) {
		if z := w.zones[from]; z != nil {
			return z
		}
	}
}

// content is all that a zone holds, its delegations with it.
func (w *world) content(z *place) []dns.RR {
	all := slices.Concat(z.records, z.published, []dns.RR{&dns.SOA{Hdr: dns.RR_Header{Name: z.name, Rrtype: dns.TypeSOA, Class: dns.ClassINET, Ttl: 300},
		Ns: "ns.example.org.", Mbox: "h.example.org.", Serial: 1, Refresh: 2, Retry: 3, Expire: 4, Minttl: 5}})
	for _, child := range w.zones {
		if child.name != z.name && w.holding(bare(child.name), dns.TypeDS) == z {
			all = append(all, &dns.NS{Hdr: dns.RR_Header{Name: child.name, Rrtype: dns.TypeNS, Class: dns.ClassINET, Ttl: 300}, Ns: "ns.example.org."})
			all = append(all, child.ds...)
		}
	}
	return all
}

// signed is a set with its signature.
func (z *place) signed(set []dns.RR) []dns.RR {
	if z.unsigned {
		return set
	}
	from, until := z.from, z.until
	if own, ok := z.times[set[0].Header().Rrtype]; ok {
		from, until = own[0], own[1]
	}
	return append(slices.Clone(set), z.key.Sign(set, from, until))
}

// denials are all denials of a zone, signed.
func (w *world) denials(z *place) (all []dns.RR) {
	owners := map[string][]uint16{}
	for _, set := range signer.Sets(w.content(z)) {
		name := set[0].Header().Name
		owners[name] = append(owners[name], set[0].Header().Rrtype)
		if z.nsec3 { // names between have records of their own
			for up := dns.Fqdn(above(bare(name))); dns.IsSubDomain(z.name, up); up = dns.Fqdn(above(bare(up))) {
				if owners[up] = append(owners[up], []uint16{}...); up == "." {
					break
				}
			}
		}
	}
	var chain []dns.RR
	if z.nsec3 {
		for _, rr := range signer.NSEC3(z.name, owners, z.optOut, z.iterations, "ABCD") {
			chain = append(chain, rr)
		}
	} else {
		for _, rr := range signer.NSEC(owners) {
			chain = append(chain, rr)
		}
	}
	for _, rr := range chain {
		all = append(all, z.signed([]dns.RR{rr})...)
	}
	if z.unsigned {
		return nil
	}
	return all
}

// say is what the servers of a zone answer.
func (w *world) say(name, rrtype string) Answer {
	code := dns.StringToType[rrtype]
	z := w.holding(name, code)
	a := Answer{At: now, Asked: true}
	exists, fqdn := false, dns.Fqdn(name)
	var wild string
	for _, set := range signer.Sets(w.content(z)) {
		owner := set[0].Header().Name
		exists = exists || dns.IsSubDomain(fqdn, owner)
		if rest, ok := strings.CutPrefix(owner, "*."); ok && dns.IsSubDomain(rest, fqdn) && fqdn != rest {
			wild = owner
		}
	}
	var proof []dns.RR
	take := func(owner string, want uint16) bool {
		for _, set := range signer.Sets(w.content(z)) {
			if h := set[0].Header(); h.Name == owner && h.Rrtype == want {
				signed := z.signed(set)
				if owner != fqdn { // made from a wildcard or a DNAME
					signed = expand(signed, fqdn, want)
				}
				a.Records, proof = append(a.Records, signed[:len(set)]...), append(proof, signed[len(set):]...)
				return true
			}
		}
		return false
	}
	found := take(fqdn, code) || take(fqdn, dns.TypeCNAME)
	if !found && !exists && wild != "" {
		if found = take(wild, code) || take(wild, dns.TypeCNAME); found {
			proof = append(proof, w.denials(z)...)
		}
		exists = true
	}
	for up := bare(above(name)); !found && within(up, bare(z.name)); up = above(up) { // a DNAME above
		if take(dns.Fqdn(up), dns.TypeDNAME) {
			target := strings.TrimSuffix(fqdn, dns.Fqdn(up)) + a.Records[0].(*dns.DNAME).Target
			a.Records = append(a.Records, &dns.CNAME{Hdr: dns.RR_Header{Name: fqdn, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: 300}, Target: target})
			found = true
		}
		if up == "." {
			break
		}
	}
	a.Answer = len(a.Records)
	if !found {
		a.SOA = bare(z.name)
		proof = w.denials(z)
		if !exists {
			a.RCode = dns.RcodeNameError
		}
	}
	a.Records = append(a.Records, proof...)
	return a
}

// expand gives records of a wildcard the name that was asked for. A DNAME record keeps its own.
func expand(records []dns.RR, name string, code uint16) (made []dns.RR) {
	for _, rr := range records {
		rr = dns.Copy(rr)
		if code != dns.TypeDNAME {
			rr.Header().Name = name
		}
		made = append(made, rr)
	}
	return made
}

func (w *world) Said(name, rrtype string) ([]Answer, bool) {
	q := Question{name, rrtype}
	switch {
	case w.unasked[q] || w.refer && rrtype == "DS":
		return nil, false
	// Only names at which a zone begins are asked for DS records, unless a test says otherwise.
	case rrtype == "DS" && w.unknown(name) && !w.asked[q]:
		return nil, false
	case w.silent[q]:
		return nil, true
	}
	a := w.say(name, rrtype)
	if change := w.change[q]; change != nil {
		change(&a)
	}
	all := []Answer{a}
	if second := w.twice[q]; second != nil {
		b := w.say(name, rrtype)
		second(&b)
		all = append(all, b)
	}
	return all, true
}

func (w *world) Referrals(zone string) []Answer {
	if !w.refer || w.zones[dns.Fqdn(zone)] == nil || zone == "." {
		return nil
	}
	a := w.say(zone, "DS")
	a.Referral, a.Answer, a.SOA, a.RCode = true, 0, "", 0
	if change := w.change[Question{zone, "referral"}]; change != nil {
		change(&a)
	}
	return []Answer{a}
}

// unknown tells whether nobody knows of a zone at a name before it is asked for.
func (w *world) unknown(name string) bool {
	return w.zones[dns.Fqdn(name)] == nil || w.hidden[dns.Fqdn(name)]
}

// judge judges as who asks for what is missing at names between a zone and another.
func (w *world) judge(name, rrtype string) Result {
	for {
		r, news := New(w, w.anchors()).Judge(name, rrtype), false
		for _, q := range r.Missing {
			if q.Type == "DS" && w.unknown(q.Name) && !w.asked[q] {
				w.asked[q], news = true, true
			}
		}
		if !news {
			return r
		}
	}
}

// anchors are those of the world's root.
func (w *world) anchors() []dns.RR { return []dns.RR{signer.NewKey(".", "key").DS()} }

// strip takes all signatures and denials out of an answer.
func strip(a *Answer) {
	a.Records = slices.DeleteFunc(a.Records, func(rr dns.RR) bool {
		return slices.Contains([]uint16{dns.TypeRRSIG, dns.TypeNSEC, dns.TypeNSEC3}, rr.Header().Rrtype)
	})
}
