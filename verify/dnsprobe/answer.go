package dnsprobe

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

const (
	// maxRecords bounds each section that is kept, maxText all together, in bytes of presentation format. The numbers are our own:
	// a set that exceeds them is recorded as too long, and never passes for a whole one.
	maxRecords = 200
	maxText    = 64 << 10
)

// record takes a message over into x if it answers the query. An error says why a message that does is no usable
// answer.
func record(x *evidence.Exchange, query *dns.Msg, raw []byte) (ours bool, err error) {
	m := new(dns.Msg)
	// Damage alone does not end it: header and question may be whole, and tell whose answer this is.
	damage := m.Unpack(raw)
	if !answers(m, query) {
		return false, nil
	}
	// Nothing in a truncated answer counts (RFC 2181 section 9), and some servers cut it in the middle of a record.
	cut := m.Truncated && x.Transport == udp
	if damage != nil && !cut {
		return true, failure{evidence.Malformed, "the answer is damaged: " + damage.Error()}
	}
	// Code and flags are kept also of an answer whose records are not: that the server spoke is a fact.
	x.RCode = rcodeText(m)
	x.AA, x.TC, x.RA, x.AD = m.Authoritative, m.Truncated, m.RecursionAvailable, m.AuthenticatedData
	x.EDE = extendedError(m)
	if cut {
		return true, nil
	}
	if shortSOA(raw) {
		return true, failure{evidence.Malformed, "the answer holds an SOA record whose data end early"}
	}
	space := maxText
	proof := takeProof(m)
	if x.Answer, err = texts(m.Answer, &space); err != nil {
		return true, err
	}
	if x.Authority, err = texts(m.Ns, &space); err == nil {
		x.Additional, err = texts(withoutOPT(m.Extra), &space)
	}
	// Nobody validates by a part of it: what was not kept whole was not asked for.
	if x.Proof, x.DO = proofTexts(proof, x.DO && err == nil); !x.DO {
		x.Proof = nil
	}
	if f, ok := err.(failure); ok && f.kind == evidence.TooLong && len(x.Answer) > 0 {
		err = nil // the answer is whole; what goes with it is no part of it
	}
	return true, err
}

// takeProof takes out of all sections of a message what belongs to DNSSEC and was not asked for by its type. Who asks what records a
// name has is not asking for their signatures.
func takeProof(m *dns.Msg) (proof []dns.RR) {
	asked := uint16(dns.TypeNone)
	if len(m.Question) == 1 {
		asked = m.Question[0].Qtype
	}
	part := func(section []dns.RR) (rest []dns.RR) {
		for _, rr := range section {
			switch code := rr.Header().Rrtype; {
			case code != asked && slices.Contains(proving, code):
				proof = append(proof, rr)
			default:
				rest = append(rest, rr)
			}
		}
		return rest
	}
	m.Answer, m.Ns, m.Extra = part(m.Answer), part(m.Ns), part(m.Extra)
	return proof
}

// proving are the types of record that go with others as their proof (RFC 4034, RFC 5155).
var proving = []uint16{dns.TypeRRSIG, dns.TypeNSEC, dns.TypeNSEC3, dns.TypeDS}

// proofTexts writes the proof, whole or not at all. It has room of its own, so that no record of the answer is left out for it.
func proofTexts(proof []dns.RR, wanted bool) (list []string, whole bool) {
	if !wanted {
		return nil, false
	}
	space := maxText
	list, err := texts(proof, &space)
	return list, err == nil
}

// shortSOA tells whether the data of an SOA record in a message end before its fifth number (RFC 1035 section 3.3.13).
// The library reads what is missing as zeros. Where names are compressed the length alone does not show it, so the data
// are walked again. The message has been unpacked before.
func shortSOA(raw []byte) bool {
	const header, numbers = 12, 5 * 4
	// The counts of the four sections stand at fixed places of the header (RFC 1035 section 4.1.1).
	counts := func(at int) int { return int(binary.BigEndian.Uint16(raw[at:])) }
	off := header
	for range counts(4) {
		_, end, err := dns.UnpackDomainName(raw, off)
		if err != nil {
			return false
		}
		off = end + 4 // type and class
	}
	for range counts(6) + counts(8) + counts(10) {
		rr, end, err := dns.UnpackRR(raw, off)
		if err != nil || end == off {
			return false
		}
		if dnsanswer.IsSOA(rr) {
			_, rname, err := dns.UnpackDomainName(raw, end-int(rr.Header().Rdlength))
			if err != nil {
				return true
			}
			if _, first, err := dns.UnpackDomainName(raw, rname); err != nil || first+numbers != end {
				return true
			}
		}
		off = end
	}
	return false
}

// rcodeText writes codes by their names in the registry; an unassigned one by its number, as in RFC 3597 for types.
func rcodeText(m *dns.Msg) string {
	if m.Rcode == dns.RcodeBadVers { // the library says BADSIG, the other meaning of 16, but no question here is signed
		return "BADVERS"
	}
	if text := dns.RcodeToString[m.Rcode]; text != "" {
		return text
	}
	return fmt.Sprintf("RCODE%d", m.Rcode)
}

// withoutOPT leaves out what is no record but part of the protocol (RFC 6891 section 6.1.1).
func withoutOPT(rrs []dns.RR) []dns.RR {
	return slices.DeleteFunc(slices.Clone(rrs), func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeOPT })
}

// extendedError writes the first extended error of a message (RFC 8914 section 2), "" without one.
func extendedError(m *dns.Msg) string {
	opt := m.IsEdns0()
	if opt == nil {
		return ""
	}
	for _, option := range opt.Option {
		e, ok := option.(*dns.EDNS0_EDE)
		if !ok {
			continue
		}
		s := strconv.Itoa(int(e.InfoCode))
		for _, words := range []string{dns.ExtendedErrorCodeToString[e.InfoCode], e.ExtraText} {
			if words != "" {
				s += ": " + words
			}
		}
		return clip(s)
	}
	return ""
}

// answers tells whether a message is the response to our query: same ID, same question (RFC 5452 section 9.1). Servers
// that reject a query because they do not understand it may leave the question out; nothing can be forged by that but a
// failure. Letter case is not compared: some resolvers return the name as they have it.
func answers(m, query *dns.Msg) bool {
	if !m.Response || m.Id != query.Id || m.Opcode != dns.OpcodeQuery {
		return false
	}
	if len(m.Question) == 0 {
		return m.Rcode != dns.RcodeSuccess && m.Rcode != dns.RcodeNameError
	}
	got, want := m.Question[0], query.Question[0]
	return len(m.Question) == 1 && strings.EqualFold(got.Name, want.Name) && got.Qtype == want.Qtype &&
		got.Qclass == want.Qclass
}

// texts writes records in presentation format, as far as there is space. What has no place is a failure of the
// exchange: a list that was cut must not pass for a whole one.
func texts(rrs []dns.RR, space *int) ([]string, error) {
	list := []string{}
	for _, rr := range rrs {
		text, ok := dnsanswer.Text(rr)
		if !ok {
			return list, failure{evidence.Malformed, "the answer holds a record without proper content"}
		}
		if *space -= len(text); *space < 0 || len(list) == maxRecords {
			return list, failure{evidence.TooLong, "the answer holds more records than are kept"}
		}
		list = append(list, text)
	}
	return list, nil
}
