package dnsprobe

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

const (
	// maxRecords bounds each section that is kept, maxText all together, in bytes of presentation format.
	maxRecords = 200
	maxText    = 64 << 10

	// maxAliases bounds a chain of CNAME records. RFC 1034 section 3.6.2 advises against any second link.
	maxAliases = 16
)

// record takes a message over into x if it answers the query. An error says why a message that does is no usable
// answer.
func record(x *evidence.Exchange, query *dns.Msg, raw []byte) (ours bool, err error) {
	m := new(dns.Msg)
	damage := m.Unpack(raw)
	if !answers(m, query) {
		return false, nil
	}
	// Nothing in a truncated answer counts (RFC 2181 section 9), and some servers cut it in the middle of a record.
	cut := m.Truncated && x.Transport == udp
	if damage != nil && !cut {
		return true, failure{evidence.Malformed, "the answer is damaged: " + damage.Error()}
	}
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
	if x.Answer, err = texts(m.Answer, &space); err != nil {
		return true, err
	}
	if x.Authority, err = texts(m.Ns, &space); err != nil {
		return true, err
	}
	x.Additional, err = texts(withoutOPT(m.Extra), &space)
	return true, err
}

// shortSOA tells whether the data of an SOA record in a message end before its fifth number (RFC 1035 section 3.3.13).
// The library reads what is missing as zeros. Where names are compressed the length alone does not show it, so the data
// are walked again. The message has been unpacked before.
func shortSOA(raw []byte) bool {
	const header, numbers = 12, 5 * 4
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
		if isSOA(rr) {
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

func rcodeText(m *dns.Msg) string {
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
// failure.
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
		text, ok := text(rr)
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

// text writes one record in presentation format, on one line of printable ASCII that reads back as a whole record. The
// library accepts records whose data end early or are missing, as dynamic updates need; in an answer they are damage.
func text(rr dns.RR) (string, bool) {
	s := flat(rr)
	strange := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
	return s, !strange && parse(s) != nil
}

// flat writes a record with blanks instead of tabs. A tab in its data is escaped, and stays so.
func flat(rr dns.RR) string { return strings.ReplaceAll(rr.String(), "\t", " ") }

// parse reads one whole record in presentation format, or returns nil. The way over the wire format shows what the
// text left out.
func parse(s string) dns.RR {
	rr := read(s)
	if rr == nil {
		return nil
	}
	wire := make([]byte, dns.Len(rr))
	end, err := dns.PackRR(rr, wire, 0, nil, false)
	if err != nil {
		return nil
	}
	rr, _, err = dns.UnpackRR(wire[:end], 0)
	if err != nil {
		return nil
	}
	if whole := flat(rr); whole != s && read(whole) == nil {
		return nil
	}
	return rr
}

// read reads one record. dns.NewRR would not do: it obeys $INCLUDE, and the text may come from a stranger's bundle.
func read(s string) dns.RR {
	zone := dns.NewZoneParser(strings.NewReader(s+"\n"), ".", "")
	zone.SetDefaultTTL(0)
	rr, ok := zone.Next()
	if !ok || zone.Err() != nil {
		return nil
	}
	return rr
}

// Records returns the records of a type in the answer of an exchange, at the end of the chain of CNAME records that
// starts at the question name (RFC 1034 section 3.6.2). Text that is not a record is passed over.
func Records(x evidence.Exchange, rrtype string) []dns.RR {
	found, _, _ := follow(x, rrtype)
	return found
}

// follow returns the records of a type and the name at which the chain of aliases ended; whole is false if it did not
// end.
func follow(x evidence.Exchange, rrtype string) (found []dns.RR, end string, whole bool) {
	code, ok := dns.StringToType[strings.ToUpper(rrtype)]
	rrs := parseAll(x.Answer)
	end = bare(x.Name)
	for range maxAliases + 1 {
		alias := ""
		for _, rr := range rrs {
			if bare(rr.Header().Name) != end {
				continue
			}
			if ok && rr.Header().Rrtype == code {
				found = append(found, rr)
			}
			if cname, is := rr.(*dns.CNAME); is && alias == "" {
				alias = bare(cname.Target)
			}
		}
		if len(found) > 0 || alias == "" {
			return found, end, true
		}
		end = alias
	}
	return nil, end, false
}

// parseAll reads the records of the class IN.
func parseAll(list []string) []dns.RR {
	var rrs []dns.RR
	for _, s := range list {
		if rr := parse(s); rr != nil && rr.Header().Class == dns.ClassINET {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

// Trouble tells why a list of exchanges, as Lookup and Ask return it, ends without records of the type that was asked
// for; nil if it has them. NXDomain and NoData are said only on the word of somebody entitled to it: a resolver, or a
// server with authority over the name at the end of the chain of aliases. Whatever else is no answer is ServFail, and
// silence is Timeout.
func Trouble(xs []evidence.Exchange) *evidence.Failure {
	if len(xs) == 0 {
		return &evidence.Failure{Kind: evidence.ServFail, Detail: "nothing was asked"}
	}
	last := xs[len(xs)-1]
	f := evidence.Failure{
		At:     evidence.Seconds(last.At.Sub(xs[0].At)) + last.RTT,
		Waited: last.RTT,
	}
	if last.Failure != nil {
		f = *last.Failure
		truncated := slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.TC })
		ours := []evidence.FailureKind{evidence.Interrupted, evidence.Limit, evidence.Private, evidence.TooLong}
		if truncated && !slices.Contains(ours, f.Kind) {
			f.Kind, f.Detail = evidence.ServFail, "the answer was truncated, and TCP failed: "+f.Detail
		}
		return &f
	}
	f.Kind, f.Detail = negative(last)
	if f.Kind == "" {
		return nil
	}
	return &f
}

// negative tells in which way an answer is none. The kind is "" if it is one.
func negative(x evidence.Exchange) (evidence.FailureKind, string) {
	found, end, whole := follow(x, x.Type)
	exists := x.RCode == "NOERROR"
	direct := x.Role == evidence.Authoritative
	switch {
	case x.TC:
		return evidence.ServFail, "the answer is truncated"
	case !exists && x.RCode != "NXDOMAIN":
		return evidence.ServFail, "the server answered " + x.RCode
	case exists && len(found) > 0:
		return "", ""
	case len(found) > 0:
		return evidence.ServFail, "the answer contradicts itself: NXDOMAIN with records"
	case !whole:
		return evidence.ServFail, "the chain of aliases does not end"
	case direct && !x.AA:
		return evidence.ServFail, "the server is not authoritative for the name"
	case direct && end != bare(x.Name) && holder(x, end) == "":
		// The server followed an alias to a name that is another server's business.
		return evidence.ServFail, "the name is an alias of " + end + ", which this server does not hold"
	case !exists:
		return evidence.NXDomain, end + " does not exist"
	case referral(x):
		return evidence.ServFail, "the answer is a referral"
	}
	return evidence.NoData, end + " has no " + x.Type + " record"
}

// referral tells a referral from an answer without data (RFC 2308 section 2.2).
func referral(x evidence.Exchange) bool {
	authority := parseAll(x.Authority)
	isNS := func(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeNS }
	return slices.ContainsFunc(authority, isNS) && !slices.ContainsFunc(authority, isSOA)
}

// holder returns the zone that a negative answer names as that of a name, by the SOA record in its authority section
// (RFC 2308 section 3), or "". A zone that is no ancestor of the name cannot hold it.
func holder(x evidence.Exchange, name string) string {
	for _, rr := range parseAll(x.Authority) {
		if owner := rr.Header().Name; isSOA(rr) && dns.IsSubDomain(owner, dns.Fqdn(name)) {
			return bare(owner)
		}
	}
	return ""
}

// bare writes a name as it stands in evidence: lower case, without the final dot, "." for the root.
func bare(name string) string {
	if name == "." {
		return name
	}
	return strings.TrimSuffix(strings.ToLower(name), ".")
}

// ReverseName returns the name at which the PTR records of an address stand (RFC 1035 section 3.5, RFC 3596 section
// 2.5), without the final dot; "" for the zero address.
func ReverseName(addr netip.Addr) string {
	name, err := dns.ReverseAddr(addr.WithZone("").String())
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(name, ".")
}
