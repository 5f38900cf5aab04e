package dnssec

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// text is evidence of which every answer holds the same records, whoever is asked about whatever.
type text struct {
	records []dns.RR
	first   int
	rcode   int
	soa     string
}

func (e text) answer() []Answer {
	return []Answer{{At: now, Asked: true, Records: e.records, Answer: e.first, RCode: e.rcode, SOA: e.soa}}
}
func (e text) Said(string, string) ([]Answer, bool) { return e.answer(), true }
func (e text) Referrals(string) []Answer            { return e.answer() }

// Whatever servers say, a validation ends within its bounds, and nothing is secure that the world's own keys did not sign.
func FuzzJudge(f *testing.F) {
	var t testing.T
	w := good(&t)
	var lines []string
	for _, q := range [][2]string{{".", "DNSKEY"}, {"com", "DS"}, {"com", "DNSKEY"}, {"example.com", "DS"}, {"example.com", "DNSKEY"}, {"example.com", "MX"}, {"none.example.com", "MX"}} {
		for _, rr := range w.say(q[0], q[1]).Records {
			lines = append(lines, rr.String())
		}
	}
	f.Add(strings.Join(lines, "\n"), "example.com", 3, 0, "")
	f.Add(strings.Join(lines, "\n"), "none.example.com", 0, 3, "example.com")
	f.Add(strings.Join(lines[:4], "\n"), ".", 1, 0, ".")
	f.Add("*.example.com. 300 IN CNAME *.example.com.\nexample.com. 1 IN DNAME com.", "x.example.com", 2, 0, "")
	f.Add(". 1 IN NSEC3 1 1 50 - 2vptu5timamqttgl4luu9kg21e0aor3s NS\n"+`\001\..example.com. 1 IN NSEC \255.example.com. NS`, `\..example.com`, 0, 3, "example.com")
	f.Fuzz(func(t *testing.T, zone, name string, first, rcode int, soa string) {
		var records []dns.RR
		for line := range strings.Lines(zone) {
			if rr, err := dns.NewRR(line); err == nil && rr != nil && len(records) < 200 && !strings.HasPrefix(line, "$") {
				records = append(records, rr)
			}
		}
		if _, ok := dns.IsDomainName(name); !ok || name == "" {
			return
		}
		e := text{records, min(max(first, 0), len(records)), rcode & 15, soa}
		v := New(e, w.anchors())
		work := &validation{v, maxChecks, maxHashes, maxLinks}
		r := work.timely(work.question(bare(name), "MX"))
		if work.checks < -1 || work.hashes < 0 || work.links < 0 {
			t.Errorf("the bounds were passed: %d %d %d", work.checks, work.hashes, work.links)
		}
		if r.Status == Unknown && r.Reason == "" {
			t.Errorf("nothing is known for no reason: %+v", r)
		}
	})
}
