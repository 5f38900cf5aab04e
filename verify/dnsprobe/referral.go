package dnsprobe

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// word is what a server of a zone says when it is asked about a name in it.
type word int

const (
	useless word = iota // nothing that the server is entitled to say: silence, refusal, a referral upwards, no authority
	below               // a zone further down holds the name
	holds               // the zone asked, or one below it, holds the name: records, or that the type is not there
	above               // the name is no apex, but the answer does not say in which zone it lies: an alias, or no SOA record
	denied              // the name does not exist
)

// reply is a server's answer on the way down.
type reply struct {
	server evidence.Server
	xs     []evidence.Exchange // the question with all its tries; the last one counts
	word   word
	zone   string   // the zone that is named: the one delegated, or the one that holds or would hold the name
	names  []string // servers of that zone, if it is delegated
	hosts  bool     // the server said so with authority: it serves that zone itself, and a zone between may be hidden
}

func (r reply) last() evidence.Exchange { return r.xs[len(r.xs)-1] }

// hear reads the reply of a server of a zone to a question for a name in that zone. Nothing counts that lies outside the
// zone (bailiwick): a server is believed about its own zone and what is below it.
//
// With final set, the question is for data, and whatever is said with authority about the name itself is the end;
// without it, the question is for NS records, to find the zone that holds the name.
func hear(zone string, r reply, name string, final bool) reply {
	x := r.last()
	if x.Failure != nil || x.TC || x.RCode != "NOERROR" && x.RCode != "NXDOMAIN" {
		return r
	}
	exists := x.RCode == "NOERROR"
	records, alias := dnsanswer.OwnedBy(x, name, x.Type)
	if owner, names := referred(x); exists && len(records) == 0 && alias == "" && isBelow(owner, zone) && dnsanswer.Within(name, owner) {
		// Some servers set AA in referrals; the answer section is what tells.
		r.word, r.zone, r.names = below, owner, names
		return r
	}
	// A referral upwards is the mark of a server that has lost the zone.
	if !x.AA || owner(x) != "" {
		return r
	}
	// An answer with authority is one of a server that has the zone itself, so that it may have skipped delegations above it.
	r.hosts = true
	r.zone = dnsanswer.Holder(x, name)
	strange := r.zone == "" && slices.ContainsFunc(dnsanswer.Parse(x.Authority), dnsanswer.IsSOA) || r.zone != "" && !dnsanswer.Within(r.zone, zone)
	switch {
	case final && (alias != "" || len(records) > 0):
		r.word, r.zone = holds, zone
	// NS records at the apex are those of the zone itself, and no delegation.
	case len(records) > 0 && name == zone:
		r.word, r.zone = holds, zone
	case len(records) > 0:
		r.word, r.zone, r.names = below, name, serverNames(records)
	// A CNAME record stands at no apex (RFC 1034 section 3.6.2), so that the zone begins above.
	case alias != "":
		r.word, r.zone = above, ""
	case strange:
		// A negative answer for a zone that is none of the server's business.
		r.zone = ""
	case !exists:
		r.word = denied
	case r.zone == "" && !final:
		r.word = above
	default:
		r.word = holds
	}
	return r
}

// owner returns the zone of a referral that hear did not take: upwards, to itself, or to a zone that is not the name's.
func owner(x evidence.Exchange) string {
	if len(x.Answer) > 0 || x.RCode != "NOERROR" {
		return ""
	}
	zone, _ := referred(x)
	return zone
}

// referred returns the zone to which a message refers and the names of its servers; "" if it is no referral (RFC 2308
// section 2.2).
func referred(x evidence.Exchange) (zone string, names []string) {
	var records []dns.RR
	for _, rr := range dnsanswer.Parse(x.Authority) {
		owner := dnsanswer.Bare(rr.Header().Name)
		switch {
		case dnsanswer.IsSOA(rr):
			return "", nil
		case rr.Header().Rrtype != dns.TypeNS:
		// NS records of two owners are no referral that anybody could follow: the first one counts.
		case zone == "" || zone == owner:
			zone, records = owner, append(records, rr)
		}
	}
	return zone, serverNames(records)
}

// serverNames returns the names in NS records, each once, as far as a question can be asked for them.
func serverNames(records []dns.RR) []string {
	var names []string
	for _, rr := range records {
		if ns, ok := rr.(*dns.NS); ok {
			// The root as a name server says that there is none.
			if name, ok := canonical(ns.Ns); ok && name != "." {
				names = append(names, name)
			}
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), maxNames)]
}

// glue returns the addresses of name servers in an additional section, as far as they lie in the zone whose server says
// them. It may be that of a name in the delegated zone or of a sibling (RFC 9471).
func glue(x evidence.Exchange, zone string, names []string) []evidence.Server {
	var servers []evidence.Server
	for _, rr := range dnsanswer.Parse(x.Additional) {
		name := dnsanswer.Bare(rr.Header().Name)
		addr, ok := dnsanswer.Address(rr)
		// Anything else in that section is an offer of a stranger, by which caches were poisoned (RFC 5452 section 6).
		if ok && slices.Contains(names, name) && dnsanswer.Within(name, zone) {
			servers = append(servers, evidence.Server{Name: name, Address: addr.String()})
		}
	}
	return servers
}

// isBelow tells whether a name is below a zone's apex.
func isBelow(name, zone string) bool {
	return name != "" && name != zone && dnsanswer.Within(name, zone)
}

// between lists the names below a zone down to a name, the highest first.
func between(zone, name string) []string {
	var list []string
	for ; isBelow(name, zone); name = parent(name) {
		list = append(list, name)
	}
	slices.Reverse(list)
	return list
}
