package dnsanswer

import (
	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

// Reader reads the records of exchanges, each text once, however often it stands in them and is asked about: a record costs far more to
// read than to find again, and what is derived from an answer looks at it many times. Records are shared and must not be changed.
//
// The zero Reader is ready for use, by one goroutine at a time. A nil Reader remembers nothing.
type Reader struct{ known map[string]dns.RR }

// Parse reads records as they stand in an exchange. Text that is no whole record of the class IN is passed over. Other classes are
// left out, because no mail is delivered by them and a server that gives them answers another question.
func (r *Reader) Parse(records []string) []dns.RR {
	if len(records) == 0 {
		return nil
	}
	rrs := make([]dns.RR, 0, len(records))
	for _, s := range records {
		if rr := r.record(s); rr != nil && rr.Header().Class == dns.ClassINET {
			rrs = append(rrs, rr)
		}
	}
	return rrs
}

// record is Record, remembered. What is no record is remembered too: a stranger's bundle may repeat it.
func (r *Reader) record(s string) dns.RR {
	if r == nil {
		return Record(s)
	}
	rr, known := r.known[s]
	if !known {
		if r.known == nil {
			r.known = map[string]dns.RR{}
		}
		rr = Record(s)
		r.known[s] = rr
	}
	return rr
}

// Probes look at an answer once, when it comes, and from several goroutines. The functions below serve them: each is the method of the
// same name, of a Reader that remembers nothing.

var afresh *Reader

func Parse(records []string) []dns.RR                        { return afresh.Parse(records) }
func Records(x evidence.Exchange, rrtype string) []dns.RR    { return afresh.Records(x, rrtype) }
func Holder(x evidence.Exchange, name string) string         { return afresh.Holder(x, name) }
func Named(x evidence.Exchange) string                       { return afresh.Named(x) }
func Cut(xs []evidence.Exchange) bool                        { return afresh.Cut(xs) }
func Trouble(xs []evidence.Exchange) *evidence.Failure       { return afresh.Trouble(xs) }
func MXHosts(xs []evidence.Exchange) []evidence.Host         { return afresh.MXHosts(xs) }
func First(xs []evidence.Exchange, name, rrtype string) Said { return afresh.First(xs, name, rrtype) }
func Outcome(x evidence.Exchange, name, rrtype string) (Said, bool) {
	return afresh.Outcome(x, name, rrtype)
}
func OwnedBy(x evidence.Exchange, name, rrtype string) (records []dns.RR, alias string) {
	return afresh.OwnedBy(x, name, rrtype)
}
func Resolved(xs []evidence.Exchange, name, rrtype string) ([]dns.RR, *evidence.Failure) {
	return afresh.Resolved(xs, name, rrtype)
}
func Seen(xs []evidence.Exchange, name, rrtype string) []dns.RR { return afresh.Seen(xs, name, rrtype) }
func Owned(x evidence.Exchange, rrtype string) []dns.RR         { return afresh.Owned(x, rrtype) }
func Alias(xs []evidence.Exchange, name, rrtype string) (string, *evidence.Failure) {
	return afresh.Alias(xs, name, rrtype)
}
