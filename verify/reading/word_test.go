package reading

import (
	"testing"

	"mxverdict/verify/evidence"
)

// The resolver's word: there are records, there are none, nothing usable came, or more came than are kept. Only of the last is there more
// than what is shown.
func TestWordOfTheResolver(t *testing.T) {
	const a = "www.example.com. 300 IN A 203.0.113.25"
	answer := func(rcode string, failure evidence.FailureKind, records ...string) evidence.Exchange {
		x := evidence.Exchange{Role: evidence.Resolver, Server: "192.0.2.1:53", Name: "www.example.com", Type: "A", RCode: rcode, RA: true, Answer: records}
		if failure != "" {
			x.Failure = &evidence.Failure{Kind: failure}
		}
		return x
	}
	for name, test := range map[string]struct {
		x                   evidence.Exchange
		records             int
		more, absent, known bool
	}{
		"a record":                  {answer("NOERROR", "", a), 1, false, false, true},
		"no such name":              {answer("NXDOMAIN", ""), 0, false, true, true},
		"no such record":            {answer("NOERROR", ""), 0, false, true, true},
		"SERVFAIL":                  {answer("SERVFAIL", ""), 0, false, false, false},
		"silence":                   {answer("", evidence.Timeout), 0, false, false, false},
		"too long, and some kept":   {answer("NOERROR", evidence.TooLong, a), 1, true, false, false},
		"too long, and none kept":   {answer("NOERROR", evidence.TooLong), 0, false, false, false},
		"cut off behind one record": {answer("NOERROR", evidence.Reset, a), 0, false, false, false},
	} {
		r := &Reading{Bundle: &evidence.Bundle{Exchanges: []evidence.Exchange{test.x}}}
		if w := r.WordOfResolver("www.example.com", "A"); len(w.Records) != test.records || w.More != test.more || w.Absent != test.absent || w.Known() != test.known {
			t.Errorf("%s: %d records, more %v, absent %v, known %v (%s)", name, len(w.Records), w.More, w.Absent, w.Known(), w.Why.Detail)
		}
	}
}
