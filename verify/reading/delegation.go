package reading

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Glued tells whether some referral has glue for a name of a server.
func (r *Reading) Glued(t *evidence.Target, name string) bool {
	return slices.ContainsFunc(r.Parents(t), func(p Delegated) bool {
		return slices.ContainsFunc(p.Glue, func(rr dns.RR) bool { return ServerName(rr.Header().Name) == name })
	})
}

// ServerName writes a name of a name server so that equal names are equal texts: lower case, no final dot, and no escape
// that is not needed (RFC 1035 section 5.1, RFC 4343).
func ServerName(name string) string {
	wire := make([]byte, 256)
	end, err := dns.PackDomainName(dns.Fqdn(name), wire, 0, nil, false)
	if err != nil {
		return dnsanswer.HostName(name)
	}
	for i, c := range wire[:end] { // no length of a label is a letter
		if 'A' <= c && c <= 'Z' {
			wire[i] = c + 'a' - 'A'
		}
	}
	plain, _, err := dns.UnpackDomainName(wire[:end], 0)
	if err != nil || plain == "." {
		return "."
	}
	return plain[:len(plain)-1]
}

// names lists the servers in NS records of a zone, each once, and the smallest TTL of these records.
func NamesIn(records []dns.RR, zone string) (names []string, ttl uint32) {
	for _, rr := range records {
		ns, ok := rr.(*dns.NS)
		if !ok || ServerName(ns.Hdr.Name) != ServerName(zone) {
			continue
		}
		if len(names) == 0 || ns.Hdr.Ttl < ttl {
			ttl = ns.Hdr.Ttl
		}
		names = append(names, ServerName(ns.Ns))
	}
	slices.Sort(names)
	return slices.Compact(names), ttl
}

// ReferredTo returns the zone to which a message refers and the NS records of the referral; "" if it is none.
func ReferredTo(x evidence.Exchange) (owner string, records []dns.RR) {
	if x.RCode != "NOERROR" || x.Failure != nil || x.TC || len(x.Answer) > 0 {
		return "", nil
	}
	for _, rr := range dnsanswer.Parse(x.Authority) {
		switch rr.Header().Rrtype {
		case dns.TypeSOA:
			return "", nil
		case dns.TypeNS:
			owner, records = ServerName(rr.Header().Name), append(records, rr)
		}
	}
	return owner, records
}

// Delegated is what one server of the parent zone says of a zone's delegation.
type Delegated struct {
	Server evidence.Server
	Names  []string
	Ttl    uint32
	Glue   []dns.RR // of a referral
	Hosts  bool     // it serves the zone itself, and answered with the zone's own records
	X      evidence.Exchange
	N      int // number of the exchange in the evidence
}

// Walked tells whether the delegation of a target was learned from the servers of the zones above.
func (r *Reading) Walked(t *evidence.Target) bool {
	return t.Delegation != nil && t.Delegation.By == evidence.ByWalk
}

// cut is the delegation of a target's zone.
func CutOf(t *evidence.Target) (evidence.Cut, bool) {
	if t.Delegation == nil || len(t.Delegation.Path) == 0 {
		return evidence.Cut{}, false
	}
	cut := t.Delegation.Path[len(t.Delegation.Path)-1]
	return cut, t.Zone != "" && cut.Zone == t.Zone
}

// Parents gathers what the servers of the parent zone say of a delegation. Where one of them refers, the answers of those
// that serve the zone itself do not count: they tell the zone's own list.
func (r *Reading) Parents(t *evidence.Target) []Delegated {
	cut, ok := CutOf(t)
	if !ok || !r.Walked(t) || t.Zone == "." {
		return nil
	}
	var said []Delegated
	for _, server := range cut.Asked {
		if p, ok := r.Parent(server, t.Zone); ok {
			said = append(said, p)
		}
	}
	refers := func(p Delegated) bool { return !p.Hosts }
	if slices.ContainsFunc(said, refers) {
		said = slices.DeleteFunc(said, func(p Delegated) bool { return p.Hosts })
	}
	return said
}

// Parent returns what one server says of a zone below its own.
func (r *Reading) Parent(server evidence.Server, zone string) (said Delegated, ok bool) {
	for _, i := range r.toldOf(ServerName(zone), server.Address) {
		x := r.Bundle.Exchanges[i]
		if x.Role != evidence.Authoritative || x.Round != 0 || dnsanswer.AddressOf(x.Server) != server.Address {
			continue
		}
		p := Delegated{Server: server, X: x, N: i + 1}
		if owner, records := r.refersTo(i); owner == ServerName(zone) {
			p.Names, p.Ttl = NamesIn(records, zone)
			p.Glue = r.Parse(x.Additional)
		} else if x.Type == "NS" && x.AA && x.Name == zone && x.Failure == nil && !x.TC && x.RCode == "NOERROR" {
			p.Names, p.Ttl = NamesIn(r.Parse(x.Answer), zone)
			p.Hosts = true
		}
		// What did not fit a datagram may have been left out of it.
		whole := p.Hosts == said.Hosts && x.Transport == "tcp" && said.X.Transport == "udp"
		if len(p.Names) > 0 && (!ok || said.Hosts && !p.Hosts || whole) {
			said, ok = p, true
		}
	}
	return said, ok
}

// DelegatedTo lists all servers that any server of the parent zone names.
func (r *Reading) DelegatedTo(t *evidence.Target) (names []string) {
	for _, p := range r.Parents(t) {
		names = append(names, p.Names...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// nameAddresses is what the servers of its own zone say of the name of a name server.
type nameAddresses struct {
	Addresses []string
	Alias     bool
	Plain     bool // some server says that it is no alias
	Why       facts.Unknown
	Disputed  bool // some server says with authority that there is no such name, and others give addresses
}

// Absent tells whether the name has no address at all, by the word of those entitled to it.
func (a nameAddresses) Absent() bool {
	return len(a.Addresses) == 0 && a.Why.Code == ""
}

// AddressesOf gathers what authoritative servers said of a name. What servers of different versions say is put
// together, and that there is no address is believed only if all say so.
func (r *Reading) AddressesOf(name string) (found nameAddresses) {
	nowhere := false // said of one family, it holds for the other
	for _, rrtype := range []string{"A", "AAAA"} {
		xs, _ := r.Exchanges(evidence.Authoritative, "", name, rrtype)
		answered := nowhere
		var trouble *evidence.Failure
		for _, x := range xs {
			one := []evidence.Exchange{x}
			if x.Failure == nil && x.AA && len(r.Records(x, "CNAME")) > 0 {
				found.Alias, answered = true, true
				continue
			}
			records, failure := r.Resolved(one, name, rrtype)
			switch {
			case failure == nil:
				answered, found.Plain = true, true
				found.Addresses = append(found.Addresses, dnsanswer.AddressTexts(records)...)
			case failure.Kind == evidence.NoData || failure.Kind == evidence.NXDomain:
				answered, found.Plain = true, true
				nowhere = nowhere || failure.Kind == evidence.NXDomain
			default:
				trouble = failure
			}
		}
		switch {
		case answered:
		case trouble != nil:
			found.Why = Unanswered(trouble, "the look-up of "+name)
		case found.Why.Code == "":
			found.Why = facts.Unknown{Code: facts.Untested, Detail: "no server of its own zone was asked for " + name}
		}
	}
	slices.Sort(found.Addresses)
	found.Addresses = slices.Compact(found.Addresses)
	if ended := r.CutShort(name, "A", "AAAA"); ended.Code != "" && found.Why.Code == "" {
		found.Why = ended
	}
	found.Disputed = nowhere && len(found.Addresses) > 0
	return found
}

// InDomain lists the names in a zone, which nobody finds without glue (RFC 9471).
func InDomain(names []string, zone string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !Within(name, zone) })
}

// IsAlias tells whether all who know a name say that it is an alias.
func (r *Reading) IsAlias(name string) bool {
	found := r.AddressesOf(name)
	return found.Alias && !found.Plain
}

// GlueOf is the glue of one name in a referral.
func (p Delegated) GlueOf(name string) []string {
	glue := []string{}
	for _, rr := range p.Glue {
		if ServerName(rr.Header().Name) == name {
			glue = append(glue, dnsanswer.AddressTexts([]dns.RR{rr})...)
		}
	}
	return glue
}

// ParentOf is the zone above that of a target, or "" if that is not known.
func ParentOf(t *evidence.Target) string {
	if t.Delegation == nil || len(t.Delegation.Path) < 2 {
		return ""
	}
	return t.Delegation.Path[len(t.Delegation.Path)-2].Zone
}
