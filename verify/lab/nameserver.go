package lab

import (
	"encoding/binary"
	"net"
	"slices"
	"strings"
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

// Query is a question that reached a name server.
type Query struct {
	Server    string // address as the scenario writes it
	Name      string // lower case, without the final dot
	Type      string
	Transport string // "udp" or "tcp"
	RD        bool
}

// answer turns a question in wire format into an answer, of several messages for a zone transfer, or into none.
func (n *Internet) answer(s *nameServer, wire []byte, transport string) [][]byte {
	var query dns.Msg
	// What cannot be decoded, and answers, are dropped: a server that replies to them could be made to talk to itself.
	if err := query.Unpack(wire); err != nil || query.Response {
		return nil
	}
	n.noteQuery(s, &query, transport)
	v := s.now(time.Since(n.began))
	if s.ignores(v, &query, transport) || !n.pause(v.slow) {
		return nil
	}
	var all [][]byte
	for _, reply := range v.replies(&query, transport) {
		limit := dns.MaxMsgSize
		if transport == "udp" {
			limit = plainSize
			if opt := query.IsEdns0(); opt != nil && reply.IsEdns0() != nil {
				limit = max(plainSize, int(opt.UDPSize()))
			}
		}
		n.prove(v, &query, reply)
		v.vary(reply, s.count(&query))
		v.disturb(reply)
		// Truncation comes after all changes, since it is the size on the wire that counts.
		reply.Truncate(limit)
		reply.Compress = true
		if packed, err := reply.Pack(); err == nil {
			all = append(all, packed)
		}
	}
	return all
}

// replies is the reply, or a zone transfer.
func (v *view) replies(query *dns.Msg, transport string) []*dns.Msg {
	if v.transfer && transport == "tcp" && len(query.Question) == 1 && query.Question[0].Qtype == dns.TypeAXFR {
		name := dns.CanonicalName(query.Question[0].Name)
		if z := longest(v.zones, name); z != nil && z.name == name {
			return v.transferred(query, z)
		}
	}
	return []*dns.Msg{v.reply(query, transport)}
}

// reply answers a question as the server of this time does. The cases stand in the order in which a server meets a question: its
// form, then its own habits, then its zones.
func (v *view) reply(query *dns.Msg, transport string) *dns.Msg {
	reply := new(dns.Msg).SetReply(query)
	reply.RecursionAvailable = v.resolver || v.recursive || v.recursionAvailable
	opt := query.IsEdns0()
	switch {
	case opt != nil && v.noEDNS: // a server from before EDNS knows no OPT record (RFC 6891 section 7)
		reply.Rcode = dns.RcodeFormatError
		return reply
	case opt != nil && v.edns != "":
		if reply.Rcode = ednsCodes[v.edns]; v.edns == "badvers" { // the OPT record holds the upper bits of the code
			reply.SetEdns0(ednsSize, false)
		}
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
	switch instead := v.instead(query); {
	case instead != "":
		reply.Rcode = unlikeCodes[instead]
		if soa := v.soaAbove(q.Name); soa != nil && (instead == "NXDOMAIN" || instead == "NODATA") {
			reply.Authoritative, reply.Ns = !v.resolver && !v.notAuthoritative, negative(soa)
		}
	case v.servfail:
		reply.Rcode = dns.RcodeServerFailure
	case v.refused, q.Qclass != dns.ClassINET, zoneTransfer:
		reply.Rcode = dns.RcodeRefused
	case v.truncate && transport == "udp":
		reply.Truncated = true
	case v.denies != "":
		v.deniesAll(reply, q)
	case v.resolver && !query.RecursionDesired: // nobody looks into the cache of a resolver
		reply.Rcode = dns.RcodeRefused
	case v.resolver, v.recursive && query.RecursionDesired && !v.holds(q.Name):
		authentic := v.resolve(reply, q)
		// Only those hear of it who say that they understand it (RFC 6840 section 5.8).
		reply.AuthenticatedData = authentic && (query.AuthenticatedData || opt != nil && opt.Do())
	default:
		v.authoritative(reply, q)
		if v.omitsGlue && transport == "udp" && !reply.Authoritative { // and says nothing of it (RFC 9471 section 3.1)
			reply.Extra = slices.DeleteFunc(reply.Extra, func(rr dns.RR) bool { return rr.Header().Rrtype != dns.TypeOPT })
		}
		reply.Authoritative = reply.Authoritative && !v.notAuthoritative
	}
	return reply
}

// deniesAll denies a name with authority, as what stands in place of a name server may do with every name.
func (v *view) deniesAll(reply *dns.Msg, q dns.Question) {
	code, withSOA := strings.CutSuffix(v.denies, "-soa")
	reply.Authoritative = true
	if code == "nxdomain" {
		reply.Rcode = dns.RcodeNameError
	}
	z := longest(v.zones, dns.CanonicalName(q.Name))
	if z == nil {
		z = v.root
	}
	if withSOA {
		reply.Ns = negative(v.soa(z))
	}
}

// holds tells whether no zone of the scenario is nearer to a name than those of this server.
func (v *view) holds(name string) bool {
	name = dns.CanonicalName(name)
	own, nearest := longest(v.zones, name), longest(v.known, name)
	return own != nil && own.name == nearest.name
}

// authoritative answers from the zones of this server (RFC 1034 section 4.3.2). RD is ignored.
func (v *view) authoritative(reply *dns.Msg, q dns.Question) {
	name := dns.CanonicalName(q.Name)
	z := v.zoneOf(name, q.Qtype)
	if z == nil && v.upward {
		referral := v.root.of(".", dns.TypeNS)
		reply.Ns, reply.Extra = referral, append(v.root.glue(referral), reply.Extra...)
		return
	}
	if z == nil {
		reply.Rcode = dns.RcodeRefused
		return
	}
	soa := v.soa(z)
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
		case f.tooLong:
			reply.Rcode = dns.RcodeYXDomain
			return
		case f.alias != "" && dns.IsSubDomain(z.name, f.alias):
			name = f.alias
			continue
		case len(f.answer) > 0:
			return
		case !f.exists: // also where an alias led here (RFC 6604 section 3)
			reply.Rcode = dns.RcodeNameError
		}
		// A zone without an SOA record denies without one, as broken load balancers do.
		if z.soas > 0 {
			reply.Ns = negative(soa)
		}
		return
	}
}

// resolve answers as a recursive resolver that has found everything out already, and tells whether all of the answer
// comes from signed zones.
func (v *view) resolve(reply *dns.Msg, q dns.Question) (authentic bool) {
	name := dns.CanonicalName(q.Name)
	authentic = true
	for range maxChain {
		if lie, alias := v.lie(name, q.Qtype); lie != nil {
			authentic, reply.Answer = false, append(reply.Answer, lie...)
			if alias == "" {
				return false
			}
			name = alias
			continue
		}
		z := longest(v.known, name)
		if z == nil {
			v.deny(reply, q, nil)
			return false
		}
		// One zone that is not signed is enough: AD speaks of the whole answer (RFC 4035 section 3.2.3).
		authentic = authentic && z.signed
		f := z.find(name, q.Qtype, v.soa(z))
		reply.Answer = append(reply.Answer, f.answer...)
		switch {
		case f.referral != nil: // to servers that do not exist here
			reply.Rcode = dns.RcodeServerFailure
			return false
		case f.tooLong:
			reply.Rcode = dns.RcodeYXDomain
			return authentic
		case f.alias != "":
			name = f.alias
			continue
		case len(f.answer) > 0:
			return authentic
		case !f.exists:
			v.deny(reply, dns.Question{Name: name, Qtype: q.Qtype}, negative(v.soa(z)))
			return authentic && !v.invents.IsValid()
		}
		reply.Ns = negative(v.soa(z))
		return authentic
	}
	reply.Answer, reply.Rcode = nil, dns.RcodeServerFailure // a loop of aliases
	return false
}

// soa is the SOA record of a zone as this server has it.
func (v *view) soa(z *zone) *dns.SOA {
	made := *z.soa
	for _, change := range v.manner.soa {
		change(&made)
	}
	return &made
}

// serveDNS answers the questions of one TCP connection.
func (n *Internet) serveDNS(s *nameServer, conn net.Conn) {
	for range maxTCPQueries {
		v := s.now(time.Since(n.began))
		if v.noTCP || conn.SetDeadline(time.Now().Add(dnsIdle+v.slow)) != nil {
			return
		}
		wire, err := (&dns.Conn{Conn: conn}).ReadMsgHeader(nil)
		if err != nil {
			return
		}
		// No answer is silence, which lasts until the client or Close ends it.
		for _, answer := range n.answer(s, wire, "tcp") {
			if !n.send(conn, answer, v.drip) {
				return
			}
		}
	}
}

// send writes one message with its length before it (RFC 1035 section 4.2.2), at once or byte by byte.
func (n *Internet) send(conn net.Conn, message []byte, drip time.Duration) bool {
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(message))), message...)
	size := len(framed)
	if drip > 0 {
		size = 1
	}
	for part := range slices.Chunk(framed, size) {
		if conn.SetWriteDeadline(time.Now().Add(dnsIdle)) != nil || !n.pause(drip) {
			return false
		}
		if _, err := conn.Write(part); err != nil {
			return false
		}
	}
	return true
}
