package dnsanswer

import (
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// maxAliases bounds a chain of CNAME records. RFC 1034 section 3.6.2 advises against any second link.
const maxAliases = 16

// Records returns the records of a type in the answer of an exchange, at the end of the chain of CNAME records that
// starts at the question name (RFC 1034 section 3.6.2). Text that is not a record is passed over.
func (r *Reader) Records(x evidence.Exchange, rrtype string) []dns.RR {
	found, _, _ := r.follow(x, rrtype)
	return found
}

// follow returns the records of a type and the name at which the chain of aliases ended; whole is false if it did not
// end.
func (r *Reader) follow(x evidence.Exchange, rrtype string) (found []dns.RR, end string, whole bool) {
	code, ok := dns.StringToType[strings.ToUpper(rrtype)]
	rrs := r.Parse(x.Answer)
	end = Bare(x.Name)
	for range maxAliases + 1 {
		alias := ""
		for _, rr := range rrs {
			if Bare(rr.Header().Name) != end {
				continue
			}
			if ok && rr.Header().Rrtype == code {
				found = append(found, rr)
			}
			// Two CNAME records at one name are against RFC 2181 section 10.1; resolvers then take one of them.
			if cname, is := rr.(*dns.CNAME); is && alias == "" {
				alias = Bare(cname.Target)
			}
		}
		// Records beside an alias (RFC 1034 section 3.6.2 forbids them) are taken: that is what was asked for.
		if len(found) > 0 || alias == "" {
			return found, end, true
		}
		end = alias
	}
	return nil, end, false
}

// Record reads one whole record in presentation format, of whichever class, or returns nil. The way over the wire format shows what the
// text left out.
func Record(s string) dns.RR {
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
	// Written out again it has to be a record still: what the library fills in by itself was not in the answer.
	if whole := flat(rr); whole != s && read(whole) == nil {
		return nil
	}
	return rr
}

// read reads one record. dns.NewRR would not do: it obeys $INCLUDE, and the text may come from a stranger's bundle.
func read(s string) dns.RR {
	zone := dns.NewZoneParser(strings.NewReader(s+"\n"), ".", "")
	// Without a default the library takes a text that lacks a TTL for an error. What we write has one always.
	zone.SetDefaultTTL(0)
	rr, ok := zone.Next()
	if !ok || zone.Err() != nil {
		return nil
	}
	return rr
}

// Text writes one record in presentation format, on one line of printable ASCII that reads back as a whole record. The
// library accepts records whose data end early or are missing, as dynamic updates need; in an answer they are damage.
func Text(rr dns.RR) (string, bool) {
	s := flat(rr)
	strange := strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' })
	return s, !strange && Record(s) != nil
}

// flat writes a record with blanks instead of tabs. A tab in its data is escaped, and stays so.
func flat(rr dns.RR) string { return strings.ReplaceAll(rr.String(), "\t", " ") }

// IsSOA tells whether a record begins a zone.
func IsSOA(rr dns.RR) bool { return rr.Header().Rrtype == dns.TypeSOA }
