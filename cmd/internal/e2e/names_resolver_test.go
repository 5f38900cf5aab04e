package e2e

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/rules"
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
	parallel(t)
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
		{name: "SERVFAIL for the host", records: alive, servers: unlike("name: mail.example.com, answer: SERVFAIL"), hidden: changed, unresolved: open, tls: changed, says: []string{byZoneNote}},
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
	parallel(t)
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

// A resolver that answers for every name leads to no host.
func TestResolverThatInvents(t *testing.T) {
	parallel(t)
	text := strings.Replace(scenarioFile(t, delayed), "zones:\n", `zones:
  - name: invalid
    servers: [ns1.example.com]
    records: |
      *.invalid. 300 IN A 203.0.113.25
`, 1)
	a, _ := judged(t, text, fiveLines)
	for _, v := range a.Verdicts {
		want := "inconclusive" // it may lead elsewhere
		if strings.HasPrefix(v.Rule, "dns/") {
			want = withoutResolver(v.Rule)
		}
		if v.Verdict != want || want == "inconclusive" && v.Reason != "disagreement" {
			t.Errorf("%s is %s (%s), want %s", v.Rule, v.Verdict, v.Reason, want)
		}
	}
}

// Where signatures are broken, resolvers that check them answer SERVFAIL to what every name server answers.
func TestResolverThatFailsIsNamed(t *testing.T) {
	parallel(t)
	for _, rule := range []string{"mx/missing", "mx/inconsistent", "dns/cname-conflict"} {
		runRecordCases(t, []recordCase{
			{name: "fails", rule: rule, scenario: domain(good, "", at("203.0.113.1", "behaves: [servfail]")), verdict: "false_positive", note: "DNSSEC"},
		})
		a, _ := judged(t, domain(good, "", ""), claim(rule))
		if notes := strings.Join(a.verdict(rule).Notes, " "); strings.Contains(notes, "DNSSEC") {
			t.Errorf("a resolver that answers is blamed: %s", notes)
		}
	}
}

func TestHostNameThatDoesNotResolve(t *testing.T) {
	parallel(t)
	fails := "name_servers:\n  - {address: 192.0.2.53, behaves: [servfail]}\n  - {address: 198.51.100.53, behaves: [servfail]}\n"
	tests := []struct {
		name string
		mailHost
		args []string
		want string
	}{
		{name: "it does", want: "false_positive changed"},
		{name: "the host does", args: []string{"--target", "mail.example.com"}, want: "false_positive changed"},
		{name: "by IPv6 only", mailHost: mailHost{forward: "mail.example.com. AAAA 2001:db8::25"}, want: "false_positive changed"},
		{name: "as an alias", mailHost: mailHost{forward: "mail.example.com. CNAME www.example.com.\nwww.example.com. A 203.0.113.25"}, want: "false_positive changed"},
		{name: "the only mail host does not", mailHost: mailHost{forward: "www.example.com. A 203.0.113.25"}, want: "confirmed high"},
		{name: "it has other records only", mailHost: mailHost{forward: "mail.example.com. TXT mail"}, want: "confirmed high"},
		{name: "an alias into nowhere", mailHost: mailHost{forward: "mail.example.com. CNAME gone.example.com."}, want: "confirmed high"},
		{name: "one of two", mailHost: mailHost{mx: "example.com. MX 10 mail.example.com.\nexample.com. MX 20 gone.example.com."}, want: "confirmed low"},
		{name: "the name of the report", args: []string{"--target", "nowhere.example.com"}, want: "confirmed high"},
		{name: "the name of the report, which has other records", mailHost: mailHost{forward: "mail.example.com. A 203.0.113.25\nother.example.com. TXT other"},
			args: []string{"--target", "other.example.com"}, want: "confirmed high"},
		{name: "the resolver denies it", mailHost: mailHost{servers: "name_servers:\n  - {address: 192.0.2.1, zones: [{name: example.com, servers: [ns1.example.com], records: example.com. MX 10 mail.example.com.}]}\n"}, want: "false_positive changed"},
		{name: "the resolver remembers it", mailHost: mailHost{forward: "www.example.com. A 203.0.113.25", servers: "name_servers:\n  - {address: 192.0.2.1, lies: mail.example.com. A 203.0.113.25}\n"}, want: "confirmed high"},
		{name: "the name servers fail", mailHost: mailHost{servers: fails}, want: "inconclusive servfail"},
		{name: "the name servers of a missing one fail", mailHost: mailHost{forward: "www.example.com. A 203.0.113.25", servers: fails}, want: "inconclusive servfail"},
		{name: "the domain takes no mail", mailHost: mailHost{mx: "example.com. MX 0 ."}, want: "inconclusive not_found"},
		{name: "an address has no name", args: []string{"--address", "203.0.113.25"}, want: "inconclusive no_target"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, _ := judged(t, test.scenario(), claim("smtp/hostname-unresolved"), test.args...)
			if v := a.verdict("smtp/hostname-unresolved"); ending(v) != test.want {
				t.Errorf("%s, want %s: %s", ending(v), test.want, v.Says)
			}
		})
	}
	a, _ := judged(t, mailHost{}.scenario(), claim("smtp/hostname-unresolved", "smtp/connect", "smtp/tls-missing", "smtp/ptr-missing", "smtp/banner-invalid"),
		"--target", "nowhere.example.com")
	for _, rule := range []string{"smtp/connect", "smtp/tls-missing", "smtp/ptr-missing", "smtp/banner-invalid"} {
		if v := a.verdict(rule); ending(v) != "inconclusive not_found" {
			t.Errorf("of a name that does not exist, %s is %s: %s", rule, ending(v), v.Says)
		}
	}
}

// Many offices let DNS questions out to their resolver only. That is no fault of the name servers, and neither another resolver nor
// another hour would help.
func TestNetworkThatReachesItsResolverOnly(t *testing.T) {
	parallel(t)
	const root, first, second, resolver = "192.0.2.254", "192.0.2.53", "198.51.100.53", "203.0.113.1"
	muted := func(addresses ...string) string {
		text := lookedUp + "smtp: [{address: 203.0.113.25, name: mail.example.com}]\nname_servers:\n"
		for _, a := range addresses {
			text += "  - {address: " + a + ", behaves: [silent]}\n"
		}
		return text
	}
	const zoneRows = "SOA Expire Value out of recommended range\nSerial numbers do not match\nBad Glue Detected\nNo valid MX records found\n"
	tests := map[string]struct {
		scenario, report, reason string
		code                     int
		notice                   bool
	}{
		"resolver only":          {muted(root, first, second), zoneRows, "network_closed", 4, true},
		"nobody":                 {muted(root, first, second, resolver), zoneRows, "network_closed", 4, false},
		"nobody of the zone":     {muted(first, second), "SOA Expire Value out of recommended range\n", "servfail", 0, false},
		"rows of SMTP only":      {muted(root, first, second), "Does not support TLS.\n", "", 1, false},
		"everybody but the root": {muted(root), "SOA Expire Value out of recommended range\n", "", 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, test.scenario, test.report, "--target", "example.com")
			for _, v := range a.Verdicts {
				if got := v.Verdict == "inconclusive"; got != (test.reason != "") || got && v.Reason != test.reason {
					t.Errorf("%s is %s (%s), want reason %q: %s", v.Rule, v.Verdict, v.Reason, test.reason, v.Says)
				}
			}
			if o.code != test.code || len(a.Verdicts) == 0 {
				t.Errorf("exit code %d, want %d; %d verdicts", o.code, test.code, len(a.Verdicts))
			}
			const said = "to its resolver only"
			if strings.Contains(o.stderr, said) != test.notice || strings.Contains(strings.Join(a.Notices, " "), said) != test.notice {
				t.Errorf("notices %q, stderr %q", a.Notices, o.stderr)
			}
		})
	}
}

// Servers that compute addresses give each asker others. That serials differ for a moment does not make that a fault.
func TestAddressesThatDifferForAMoment(t *testing.T) {
	parallel(t)
	const copy = `zones: [{name: example.com, records: "ns1.example.com. 300 IN A 192.0.2.53\nns2.example.com. 300 IN A 198.51.100.53\n` +
		`example.com. 300 IN A 203.0.113.81\nexample.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25"}]`
	later := at(firstServer, "soa: {serial: 3}, "+copy) + "  - {address: " + firstServer + ", after: 10s, soa: {serial: 2000010101}}\n"
	for scenario, want := range map[string]string{later: "false_positive", at(firstServer, "soa: {serial: 3}, "+copy): "confirmed"} {
		a, _ := judged(t, domain("example.com. 300 IN A 203.0.113.80\n"+good, "", scenario), claim("dns/soa-serial-agreement"))
		if v := a.verdict("dns/soa-serial-agreement"); v.Verdict != want {
			t.Errorf("%s, want %s: %s", v.Verdict, want, v.Says)
		}
	}
}

// A run whose time is over leaves verdicts about name servers and mail hosts open: the servers that were not asked may contradict
// the others. It never turns one verdict into another, but for a severity that is not known yet. And a replay says what the run said.
func TestLessTimeNeverTurnsAVerdictAboutDNS(t *testing.T) {
	parallel(t)
	catalogue, err := rules.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	var report string
	for _, rule := range catalogue.Rules() {
		if strings.HasPrefix(rule.ID, "dns/") || strings.HasPrefix(rule.ID, "mx/") {
			report += claim(rule.ID)
		}
	}
	differing := at(secondServer, "behaves: [slow: 2s], zones: [{name: example.com, records: \"x.example.com. A 203.0.113.9\"}]")
	for name, text := range map[string]string{
		"one server lags":    domain(good, "", differing),
		"one lags, null MX":  domain("example.com. MX 0 .", "", differing),
		"one lags, private":  domain("example.com. MX 10 mail.example.com.\nmail.example.com. A 10.0.0.25", "", differing),
		"one is slow":        domain(good, "", at(secondServer, "behaves: [slow: 4s, transfer, recursive]")),
		"serials differ":     soaZone("serial: 8", "name_servers:", "  - {address: 198.51.100.53, behaves: [slow: 3s], soa: {serial: 7}}"),
		"one is lame":        delegatedZone{manners: behaving(secondServer, "refused")}.String(),
		"one has old glue":   delegatedZone{parent: strings.Replace(rightParent, "192.0.2.53", "192.0.2.66", 1)}.String(),
		"no TCP gets out":    delegatedZone{manners: everywhere("no_tcp")}.String(),
		"one server is dead": delegatedZone{manners: behaving(firstServer, "silent")}.String(),
	} {
		saved := filepath.Join(t.TempDir(), "evidence.json")
		whole, _ := judged(t, text, report, "--save-evidence", saved)
		var stdout, stderr bytes.Buffer
		app.Run([]string{"mxverdict", "replay", "--format", "json", "--rules", claims, saved}, strings.NewReader(""), &stdout, &stderr, app.Env{})
		var again answer
		if err := json.Unmarshal(stdout.Bytes(), &again); err != nil {
			t.Fatalf("%s: %v: %s", name, err, stderr.String())
		}
		for _, v := range whole.Verdicts {
			if w := again.verdict(v.Rule); ending(w) != ending(v) || w.Says != v.Says || !slices.Equal(w.Notes, v.Notes) {
				t.Errorf("%s: %s is %s, and in the replay %s", name, v.Rule, ending(v), ending(w))
			}
		}
		for _, deadline := range []string{"1s", "2500ms", "4s", "7s", "12s", "18s"} {
			less, _ := judged(t, text, report, "--deadline", deadline)
			for _, v := range whole.Verdicts {
				if w := less.verdict(v.Rule); w.Verdict != "inconclusive" && w.Verdict != v.Verdict {
					t.Errorf("%s: %s is %s, and after %s %s: %s", name, v.Rule, ending(v), deadline, ending(w), w.Says)
				}
			}
		}
	}
}
