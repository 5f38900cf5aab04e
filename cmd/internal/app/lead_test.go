package app_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/lab"
)

// leadCase is a scenario in which the resolver may lead to other hosts than the name servers of the zone, and how three claims about
// hosts end. The mail host mail.example.com [203.0.113.25] greets and offers encryption; [203.0.113.80] refuses connections.
type leadCase struct {
	name, records, servers  string
	hidden, unresolved, tls string   // smtp/connect, smtp/hostname-unresolved, smtp/tls-missing
	says                    []string // in the verdict on encryption, or in its notes
	args                    []string
}

const (
	aloneNote  = "alone led to what was tested"
	byZoneNote = "name servers of the zone were asked"
)

// The resolver leads, the zone decides: what is seen where the world is not led says nothing, and that the resolver fails is no
// reason to call a domain dead (RFC 5321 section 5.1).
func TestResolverAgainstZone(t *testing.T) {
	const (
		changed, split, open = "false_positive changed", "inconclusive disagreement", "inconclusive servfail"
		here                 = "203.0.113.1"
		alive                = good
	)
	web := alive + "\nexample.com. 300 IN A 203.0.113.80"
	resolver := func(keys string) string { return at(here, keys) }
	unlike := func(answers ...string) string { return resolver("unlike: [{" + strings.Join(answers, "}, {") + "}]") }
	const dead = "  - {address: 192.0.2.53, behaves: [silent]}\n  - {address: 198.51.100.53, behaves: [silent]}\n"
	both := []string{"203.0.113.80", "203.0.113.25"}
	cases := []leadCase{
		{name: "agreed", records: alive, hidden: changed, unresolved: changed, tls: changed},
		{name: "agreed on nothing", records: "www.example.com. 300 IN A 203.0.113.25", hidden: "inconclusive not_found", unresolved: "confirmed high", tls: "inconclusive not_found"},
		// The resolver fails, or knows of nothing.
		{name: "SERVFAIL for everything", records: alive, servers: resolver("behaves: [servfail]"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "REFUSED for everything", records: alive, servers: resolver("behaves: [refused]"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "silence for everything", records: alive, servers: resolver("behaves: [silent]"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "NXDOMAIN for everything", records: alive, servers: unlike("answer: NXDOMAIN"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "NXDOMAIN for MX", records: alive, servers: unlike("type: MX, answer: NXDOMAIN"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "SERVFAIL for MX", records: web, servers: unlike("type: MX, answer: SERVFAIL"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "silence for MX", records: alive, servers: unlike("type: MX, answer: silence"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "NODATA for MX", records: alive, servers: unlike("type: MX, answer: NODATA"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "NXDOMAIN for the host", records: alive, servers: unlike("name: mail.example.com, answer: NXDOMAIN"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "SERVFAIL for the host", records: alive, servers: unlike("name: mail.example.com, answer: SERVFAIL"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "SERVFAIL for the host's IPv6 address", records: alive + "\nmail.example.com. 300 IN AAAA 2001:db8::25", servers: unlike("type: AAAA, answer: SERVFAIL"), hidden: "inconclusive connect_failed", unresolved: changed, tls: changed},
		{name: "SERVFAIL for a host without MX", records: "example.com. 300 IN A 203.0.113.25", servers: resolver("behaves: [servfail]"), hidden: changed, unresolved: changed, tls: changed, says: []string{byZoneNote}},
		{name: "SERVFAIL, and the zone has nothing", records: "www.example.com. 300 IN A 203.0.113.25", servers: resolver("behaves: [servfail]"), hidden: open, unresolved: "confirmed high", tls: open},
		{name: "NXDOMAIN for MX, and the zone fails at it", records: alive,
			servers: unlike("type: MX, answer: NXDOMAIN") + "  - {address: 192.0.2.53, unlike: [{type: MX, answer: SERVFAIL}]}\n  - {address: 198.51.100.53, unlike: [{type: MX, answer: SERVFAIL}]}\n",
			hidden:  open, unresolved: open, tls: open},
		{name: "SERVFAIL of everybody", records: alive, servers: bothFail + "  - {address: " + here + ", behaves: [servfail]}\n", hidden: open, unresolved: open, tls: open},
		// It leads elsewhere.
		{name: "NODATA for MX, and an address", records: web, servers: unlike("type: MX, answer: NODATA"), hidden: split, unresolved: split, tls: split, says: []string{"none", "mail.example.com"}},
		{name: "other MX", records: alive, servers: resolver("lies: \"example.com. MX 10 old.example.com.\\nold.example.com. A 203.0.113.80\""), hidden: split, unresolved: split, tls: split,
			says: []string{"old.example.com", "mail.example.com"}},
		{name: "one MX of two", records: alive + "\nexample.com. 300 IN MX 20 web.example.com.\nweb.example.com. 300 IN A 203.0.113.80", servers: resolver("lies: example.com. MX 10 mail.example.com."),
			hidden: split, unresolved: split, tls: split},
		{name: "null MX", records: alive, servers: resolver("lies: example.com. MX 0 ."), hidden: split, unresolved: split, tls: split, says: []string{"mail.example.com"}},
		{name: "other address", records: alive, servers: resolver("lies: mail.example.com. A 203.0.113.80"), hidden: split, unresolved: changed, tls: split, says: both},
		{name: "an address where there is none", records: "example.com. 300 IN MX 10 mail.example.com.", servers: resolver("lies: mail.example.com. A 203.0.113.80"),
			hidden: split, unresolved: "confirmed high", tls: split, says: []string{"none", "203.0.113.80"}},
		{name: "other address of one family", records: alive, servers: resolver("lies: mail.example.com. AAAA 2001:db8::80"), hidden: changed, unresolved: changed, tls: changed, says: []string{"2001:db8::80"}},
		{name: "a domain that is gone", records: "www.example.com. 300 IN A 203.0.113.25", servers: resolver("lies: \"example.com. MX 10 mail.example.net.\""), hidden: split, unresolved: split, tls: split,
			says: []string{"none", "mail.example.net"}},
		{name: "the row's own host, other address", records: alive, servers: resolver("lies: mail.example.com. A 203.0.113.80"), args: []string{"--target", "mail.example.com"},
			hidden: split, unresolved: changed, tls: split, says: both},
		// What varies is no difference, and the zone's servers need not be of one mind.
		{name: "addresses by turns", records: alive + "\nmail.example.com. 300 IN A 203.0.113.80\nmail.example.com. 300 IN A 203.0.113.81",
			servers: resolver("lies: mail.example.com. A 203.0.113.25") + "  - {address: 192.0.2.53, behaves: [rotates]}\n  - {address: 198.51.100.53, behaves: [rotates]}\n",
			hidden:  changed, unresolved: changed, tls: changed},
		{name: "addresses by place", records: alive, servers: resolver("lies: mail.example.com. A 203.0.113.25") +
			`  - {address: 192.0.2.53, zones: [{name: example.com, records: "example.com. MX 10 mail.example.com.\nmail.example.com. A 203.0.113.80"}]}` + "\n",
			hidden: changed, unresolved: changed, tls: changed},
		{name: "MX by turns", records: alive + "\nexample.com. 300 IN MX 20 web.example.com.\nweb.example.com. 300 IN A 203.0.113.80",
			servers: resolver("lies: example.com. MX 10 mail.example.com.") + "  - {address: 192.0.2.53, behaves: [rotates]}\n  - {address: 198.51.100.53, behaves: [rotates]}\n",
			hidden:  changed, unresolved: changed, tls: changed},
		{name: "one server lags", records: alive, servers: at(firstServer, `zones: [{name: example.com, records: "example.com. MX 10 old.example.com.\nold.example.com. A 203.0.113.80"}]`),
			hidden: changed, unresolved: split, tls: changed},
		{name: "an alias", records: "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN CNAME mx.example.net.", servers: "", hidden: changed, unresolved: changed, tls: changed},
		{name: "capitals", records: "EXAMPLE.com. 300 IN MX 10 MAIL.Example.COM.\nmail.example.com. 300 IN A 203.0.113.25", hidden: changed, unresolved: changed, tls: changed},
		// Nobody but the resolver can be asked.
		{name: "the zone's servers are silent", records: alive, servers: "name_servers:\n" + dead, hidden: changed, unresolved: changed, tls: changed, says: []string{aloneNote}},
		{name: "the zone's servers fail", records: alive, servers: bothFail, hidden: changed, unresolved: open, tls: changed, says: []string{aloneNote}},
		{name: "port 53 is closed", records: alive, servers: "name_servers:\n  - {address: 192.0.2.254, behaves: [silent]}\n  - {address: 192.0.2.2, behaves: [silent]}\n" + dead, hidden: changed, unresolved: changed, tls: changed,
			says: []string{aloneNote}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			scenario := domain(c.records, "", "  - {address: 203.0.113.80, connect: refused}\n  - {address: 203.0.113.81, connect: refused}\n"+c.servers)
			scenario = strings.ReplaceAll(scenario, "name: mail.example.com}", "name: mail.example.com, starttls: true}")
			if c.name == "an alias" {
				scenario = strings.ReplaceAll(scenario, "ns.example.net. 300 IN A", "mx.example.net. 300 IN A 203.0.113.25\n      ns.example.net. 300 IN A")
			}
			a, o := judged(t, scenario, claim("smtp/connect", "smtp/hostname-unresolved", "smtp/tls-missing"), append([]string{"--control", "example.net"}, c.args...)...)
			for rule, want := range map[string]string{"smtp/connect": c.hidden, "smtp/hostname-unresolved": c.unresolved, "smtp/tls-missing": c.tls} {
				if v := a.verdict(rule); ending(v) != want {
					t.Errorf("%s is %s, want %s: %s %v", rule, ending(v), want, v.Says, v.Notes)
				}
			}
			v := a.verdict("smtp/tls-missing")
			said := v.Says + " " + strings.Join(v.Notes, " ")
			for _, words := range c.says {
				if !strings.Contains(said, words) {
					t.Errorf("it does not say %q: %s", words, said)
				}
			}
			for _, words := range []string{aloneNote, byZoneNote} {
				if strings.Contains(said, words) && !slices.Contains(c.says, words) {
					t.Errorf("it says %q: %s", words, said)
				}
			}
			wantManners(t, o)
		})
	}
}

// Nobody is asked where hosts are for rules that are not about them, and a zone that agrees with the resolver is asked only once.
func TestQuestionsAboutWhereHostsAre(t *testing.T) {
	asked := func(o outcome, rrtype string) (n int) {
		for _, q := range o.queries {
			ofZone := func(q lab.Query) bool { return q.Server == firstServer || q.Server == secondServer }
			if q.Type == rrtype && ofZone(q) {
				n++
			}
		}
		return n
	}
	_, o := judged(t, domain(good, "", ""), claim("dns/soa-expire", "dns/ns-too-few"))
	if n := asked(o, "MX") + asked(o, "A"); n > 2 { // the addresses of the servers themselves
		t.Errorf("%d questions for MX records and addresses: %v", n, o.queries)
	}
	_, o = judged(t, domain(good, "", ""), claim("smtp/tls-missing"))
	if mx, a := asked(o, "MX"), asked(o, "A"); mx != 1 || a != 1 {
		t.Errorf("%d questions for MX records, %d for addresses: %v", mx, a, o.queries)
	}
	_, o = judged(t, domain(good, "", bothDead+"  - {address: 203.0.113.1, behaves: [slow: 4900ms]}\n"), claim("smtp/tls-missing"))
	if o.took > time.Minute {
		t.Errorf("it took %v", o.took)
	}
}
