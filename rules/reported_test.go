package rules

import (
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// A number is called changed only where every name server that the row may mean has another one today.
func TestReportedNumbers(t *testing.T) {
	const unheard = -1
	tests := []struct {
		name     string
		reported map[string]float64 // by the name server that the row names
		now      map[string]int     // seconds, by subject
		want     string
	}{
		{"another everywhere", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 1209600}, "604800"},
		{"the same", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 604800}, ""},
		{"one still has it", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 604800}, ""},
		{"the row names another", map[string]float64{"ns1": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 604800}, "604800"},
		{"one does not answer", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": unheard}, ""},
		{"one answers at one of its addresses", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns1 [2001:db8::1]": unheard}, "604800"},
		{"two numbers today", map[string]float64{"": 604800}, map[string]int{"ns1 [192.0.2.1]": 1209600, "ns2 [192.0.2.2]": 86400}, " or "},
		{"none in the row", nil, map[string]int{"ns1 [192.0.2.1]": 1209600}, ""},
		{"longer than any time", map[string]float64{"": 1e300}, map[string]int{"ns1 [192.0.2.1]": 1209600}, "1209600"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &facts.Set{}
			for _, at := range sortedKeys(test.now) {
				server := facts.Subject{Kind: facts.Server, Name: "example.com", At: at}
				s.AddView("example.com", server)
				if test.now[at] == unheard {
					continue
				}
				s.Put(server, yes(facts.DNSSOAAnswered))
				s.Put(server, known(facts.DNSSOAExpire, facts.DurationValue(time.Duration(test.now[at])*time.Second)))
				s.Put(server, no(facts.DNSSOAExpireTooShort))
			}
			f := bad("dns/soa-expire", 1)
			f.Values = map[string]report.Value{}
			for name, n := range test.reported {
				f.Values["expire"] = report.Number(n)
				if name != "" {
					f.Values["nameserver"] = report.Text(name)
				}
			}
			notes := strings.Join(one(t, s, f).Notes, "\n")
			if said := strings.Contains(notes, "has changed since"); said != (test.want != "") || !strings.Contains(notes, test.want) {
				t.Errorf("%q, want %q", notes, test.want)
			}
		})
	}
}
