package lab

import (
	"net"
	"net/netip"
	"time"

	"github.com/miekg/dns"
)

// Bounds of the name servers.
const (
	maxChain      = 16               // CNAME records followed for one question
	maxTCPQueries = 100              // on one connection
	dnsIdle       = 30 * time.Second // wait for the next question on one connection
	ednsSize      = 1232             // largest datagram offered in our OPT record
	plainSize     = 512              // largest datagram without EDNS (RFC 1035 section 4.2.1)
)

// manner says how one name server address behaves where it does not simply answer.
type manner struct {
	silent, servfail, refused, truncate, noTCP, noEDNS, notAuthoritative bool
	slow                                                                 time.Duration
	soa                                                                  []func(*dns.SOA)
}

// nameServer is one address that is asked DNS questions.
type nameServer struct {
	address   netip.Addr
	recursive bool    // the resolver of the scenario
	zones     []*zone // authoritative for these; of the resolver all zones
	manner    manner
}

// Query is a question that reached a name server.
type Query struct {
	Server    string // address as the scenario writes it
	Name      string // lower case, without the final dot
	Type      string
	Transport string // "udp" or "tcp"
	RD        bool
}

// answer turns a question in wire format into an answer, or nil where none is given.
func (n *Internet) answer(s *nameServer, wire []byte, transport string) []byte {
	var query dns.Msg
	// What cannot be decoded, and answers, are dropped: a server that replies to them could be made to talk to itself.
	if err := query.Unpack(wire); err != nil || query.Response {
		return nil
	}
	n.noteQuery(s, &query, transport)
	if s.manner.silent || !n.pause(s.manner.slow) {
		return nil
	}
	reply := s.reply(&query, transport)
	limit := dns.MaxMsgSize
	if transport == "udp" {
		limit = plainSize
		if opt := query.IsEdns0(); opt != nil && reply.IsEdns0() != nil {
			limit = max(plainSize, int(opt.UDPSize()))
		}
	}
	reply.Truncate(limit)
	reply.Compress = true
	packed, err := reply.Pack()
	if err != nil {
		return nil
	}
	return packed
}

func (s *nameServer) reply(query *dns.Msg, transport string) *dns.Msg {
	reply := new(dns.Msg).SetReply(query)
	reply.RecursionAvailable = s.recursive
	opt := query.IsEdns0()
	switch {
	case opt != nil && s.manner.noEDNS: // a server from before EDNS knows no OPT record (RFC 6891 section 7)
		reply.Rcode = dns.RcodeFormatError
		return reply
	case len(query.Question) != 1:
		reply.Rcode = dns.RcodeFormatError
		return reply
	case query.Opcode != dns.OpcodeQuery:
		reply.Rcode = dns.RcodeNotImplemented
		return reply
	}
	if opt != nil {
		reply.SetEdns0(ednsSize, opt.Do())
	}
	q := query.Question[0]
	zoneTransfer := q.Qtype == dns.TypeAXFR || q.Qtype == dns.TypeIXFR
	switch {
	case s.manner.servfail:
		reply.Rcode = dns.RcodeServerFailure
	case s.manner.refused, q.Qclass != dns.ClassINET, zoneTransfer:
		reply.Rcode = dns.RcodeRefused
	case s.manner.truncate && transport == "udp":
		reply.Truncated = true
	case s.recursive && !query.RecursionDesired: // nobody looks into the cache of a resolver
		reply.Rcode = dns.RcodeRefused
	case s.recursive:
		s.resolve(reply, q)
	default:
		s.authoritative(reply, q)
		reply.Authoritative = reply.Authoritative && !s.manner.notAuthoritative
	}
	return reply
}

// authoritative answers from the zones of this server (RFC 1034 section 4.3.2). RD is ignored.
func (s *nameServer) authoritative(reply *dns.Msg, q dns.Question) {
	name := dns.CanonicalName(q.Name)
	z := longest(s.zones, name)
	if z == nil {
		reply.Rcode = dns.RcodeRefused
		return
	}
	soa := s.soa(z)
	reply.Authoritative = true
	seen := map[string]bool{}
	for !seen[name] && len(seen) < maxChain {
		seen[name] = true
		f := z.find(name, q.Qtype, soa)
		reply.Answer = append(reply.Answer, f.answer...)
		switch {
		case f.referral != nil:
			reply.Ns, reply.Extra = f.referral, append(f.glue, reply.Extra...)
			reply.Authoritative = len(reply.Answer) > 0 // AA speaks of the first owner in the answer
			return
		case f.alias != "" && dns.IsSubDomain(z.name, f.alias):
			name = f.alias
			continue
		case len(f.answer) > 0:
			return
		case !f.exists: // also where an alias led here (RFC 6604 section 3)
			reply.Rcode = dns.RcodeNameError
		}
		reply.Ns = negative(soa)
		return
	}
}

// resolve answers as a recursive resolver that has found everything out already.
func (s *nameServer) resolve(reply *dns.Msg, q dns.Question) {
	name := dns.CanonicalName(q.Name)
	for range maxChain {
		z := longest(s.zones, name)
		if z == nil {
			reply.Rcode = dns.RcodeNameError
			return
		}
		f := z.find(name, q.Qtype, s.soa(z))
		reply.Answer = append(reply.Answer, f.answer...)
		switch {
		case f.referral != nil: // to servers that do not exist here
			reply.Rcode = dns.RcodeServerFailure
			return
		case f.alias != "":
			name = f.alias
			continue
		case len(f.answer) > 0:
			return
		case !f.exists:
			reply.Rcode = dns.RcodeNameError
		}
		reply.Ns = negative(s.soa(z))
		return
	}
	reply.Answer, reply.Rcode = nil, dns.RcodeServerFailure // a loop of aliases
}

// soa is the SOA record of a zone as this server has it.
func (s *nameServer) soa(z *zone) *dns.SOA {
	made := *z.soa
	for _, change := range s.manner.soa {
		change(&made)
	}
	return &made
}

// serveDNS answers the questions of one TCP connection.
func (n *Internet) serveDNS(s *nameServer, conn net.Conn) {
	framed := &dns.Conn{Conn: conn}
	for range maxTCPQueries {
		if conn.SetDeadline(time.Now().Add(dnsIdle+s.manner.slow)) != nil {
			return
		}
		wire, err := framed.ReadMsgHeader(nil)
		if err != nil {
			return
		}
		answer := n.answer(s, wire, "tcp")
		if answer == nil { // silence lasts until the client or Close ends it
			continue
		}
		if _, err := framed.Write(answer); err != nil {
			return
		}
	}
}
