package dnsanswer

import (
	"strings"

	"github.com/miekg/dns"

	"mxverdict/verify/evidence"
)

func newRR(s string) dns.RR {
	rr, err := dns.NewRR(s)
	if err != nil || rr == nil {
		panic(s)
	}
	return rr
}

func kind(f *evidence.Failure) evidence.FailureKind {
	if f == nil {
		return ""
	}
	return f.Kind
}

// rdata lists the data of records.
func rdata(rrs []dns.RR) (list []string) {
	for _, rr := range rrs {
		list = append(list, strings.TrimPrefix(rr.String(), rr.Header().String()))
	}
	return list
}
