package reading

import (
	"slices"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// This file reads the names of name servers, and what the servers of their own zones say of them.

// ServerName writes a name of a name server so that equal names are equal texts: lower case, no final dot, and no escape
// that is not needed (RFC 1035 section 5.1, RFC 4343). The way over the wire format does that: there a name has one form only.
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

// NamesIn lists the servers in NS records of a zone, each once, and the smallest TTL of these records. The TTL is in seconds, and 0
// without records.
func NamesIn(records []dns.RR, zone string) (names []string, ttl uint32) {
	for _, rr := range records {
		ns, ok := rr.(*dns.NS)
		if !ok || ServerName(ns.Hdr.Name) != ServerName(zone) {
			continue
		}
		// Records of one set should have one TTL (RFC 2181 section 5.2); where they have not, resolvers go by the smallest.
		if len(names) == 0 || ns.Hdr.Ttl < ttl {
			ttl = ns.Hdr.Ttl
		}
		names = append(names, ServerName(ns.Ns))
	}
	slices.Sort(names)
	return slices.Compact(names), ttl
}

// ReferredTo returns the zone to which a message refers and the NS records of the referral; "" if it is none. A referral has no answer,
// NS records in its authority section, and no SOA record there, which would deny the name instead (RFC 2308 section 2.1 and 2.2).
func ReferredTo(x evidence.Exchange) (owner string, records []dns.RR) {
	// A truncated referral may lack servers and glue, and would show faults that are not there.
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

// AddressesOf is what authoritative servers said of the name of a name server, read once for all zones that it serves.
func (r *Reading) AddressesOf(name string) nameAddresses {
	known := r.zoned()
	found, ok := known.names[name]
	if !ok {
		found = r.addressesOf(name)
		known.names[name] = found
	}
	return found
}

// addressesOf gathers what authoritative servers said of a name. What servers of different versions say is put
// together, and that there is no address is believed only if all say so.
func (r *Reading) addressesOf(name string) (found nameAddresses) {
	nowhere := false // said of one family, it holds for the other
	for _, rrtype := range []string{"A", "AAAA"} {
		xs, _ := r.Exchanges(evidence.Authoritative, "", name, rrtype)
		// NXDOMAIN denies all types at once (RFC 8020 section 2), so that no word on the other family is missing.
		answered := nowhere
		var trouble *evidence.Failure
		for _, x := range xs {
			one := []evidence.Exchange{x}
			// Where the alias leads does not matter: as the name of a server it is wrong already.
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

// InDomain lists the names in a zone, which nobody finds without glue (RFC 9471). RFC 9499 calls such name servers in-domain.
func InDomain(names []string, zone string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !Within(name, zone) })
}

// IsAlias tells whether all who know a name say that it is an alias. An NS record must not lead to one (RFC 2181 section 10.3), so that
// its addresses are not looked at.
func (r *Reading) IsAlias(name string) bool {
	found := r.AddressesOf(name)
	return found.Alias && !found.Plain
}
