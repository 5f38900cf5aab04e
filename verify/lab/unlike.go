package lab

import (
	"fmt"
	"slices"

	"github.com/miekg/dns"
	"gopkg.in/yaml.v3"
)

// unlike is how a name server answers some questions only.
type unlike struct {
	name   string // canonical; "" for all names
	rrtype uint16 // 0 for all types
	answer string // a code, "NODATA", or "silence"
}

// unlikeCodes are the answers that stand in place of the right one.
var unlikeCodes = map[string]int{"SERVFAIL": dns.RcodeServerFailure, "REFUSED": dns.RcodeRefused, "NOTIMP": dns.RcodeNotImplemented,
	"FORMERR": dns.RcodeFormatError, "NXDOMAIN": dns.RcodeNameError, "NODATA": dns.RcodeSuccess, silence: -1}

const silence = "silence"

// unlike reads one entry to the end of the list; the first that fits a question counts.
func (r reader) unlike(n *yaml.Node, m *manner) error {
	var u unlike
	var rrtype string
	words := []string{"SERVFAIL", "REFUSED", "NOTIMP", "FORMERR", "NXDOMAIN", "NODATA", silence}
	if err := r.mapping(n, map[string]field{"name": r.domain(&u.name), "type": r.text(&rrtype), "answer": r.word(&u.answer, words...)}); err != nil {
		return err
	}
	code, known := dns.StringToType[rrtype]
	switch {
	case rrtype != "" && !known:
		return r.fail(n, "%q is no type of record", rrtype)
	case u.answer == "":
		return r.fail(n, "this has no answer")
	}
	u.rrtype = code
	m.unlike = append(m.unlike, u)
	return nil
}

// instead returns what a question gets in place of the right answer, "" for nothing.
func (v *view) instead(query *dns.Msg) string {
	if len(query.Question) != 1 {
		return ""
	}
	q := query.Question[0]
	for _, u := range v.unlike {
		if (u.name == "" || u.name == dns.CanonicalName(q.Name)) && (u.rrtype == 0 || u.rrtype == q.Qtype) {
			return u.answer
		}
	}
	return ""
}

// count tells how often a question has been asked.
func (s *nameServer) count(query *dns.Msg) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == nil {
		s.asked = map[dns.Question]uint64{}
	}
	var q dns.Question
	if len(query.Question) == 1 {
		q = query.Question[0]
	}
	s.asked[q]++
	return s.asked[q]
}

// vary makes an answer one that no other question gets: TXT records tell their number, and of several addresses
// or MX records one is given, by turns.
func (v *view) vary(reply *dns.Msg, n uint64) {
	if v.fresh {
		for i, rr := range reply.Answer {
			if txt, ok := rr.(*dns.TXT); ok {
				made := dns.Copy(txt).(*dns.TXT)
				made.Txt = append(made.Txt, fmt.Sprintf(" question %d", n))
				reply.Answer[i] = made
			}
		}
	}
	records := slices.DeleteFunc(slices.Clone(reply.Answer), func(rr dns.RR) bool { return !byTurns(rr) })
	if v.rotates && len(records) > 1 {
		reply.Answer = slices.DeleteFunc(slices.Clone(reply.Answer), byTurns)
		reply.Answer = append(reply.Answer, records[n%uint64(len(records))])
	}
}

// byTurns tells which records services give by turns: addresses and mail hosts.
func byTurns(rr dns.RR) bool {
	return slices.Contains([]uint16{dns.TypeA, dns.TypeAAAA, dns.TypeMX}, rr.Header().Rrtype)
}

// soaAbove is the SOA record of the zone in which a server finds a name, or nil.
func (v *view) soaAbove(name string) *dns.SOA {
	zones := v.zones
	if v.resolver {
		zones = v.known
	}
	if z := longest(zones, dns.CanonicalName(name)); z != nil {
		return v.soa(z)
	}
	return nil
}
