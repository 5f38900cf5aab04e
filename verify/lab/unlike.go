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

// vary makes an answer one that no other question gets: TXT records tell their number, and of several addresses one is given, by
// turns.
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
	addresses := slices.DeleteFunc(slices.Clone(reply.Answer), func(rr dns.RR) bool { return !isAddress(rr) })
	if v.rotates && len(addresses) > 1 {
		reply.Answer = slices.DeleteFunc(slices.Clone(reply.Answer), isAddress)
		reply.Answer = append(reply.Answer, addresses[n%uint64(len(addresses))])
	}
}

func isAddress(rr dns.RR) bool {
	return rr.Header().Rrtype == dns.TypeA || rr.Header().Rrtype == dns.TypeAAAA
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
