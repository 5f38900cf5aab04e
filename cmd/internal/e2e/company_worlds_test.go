package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"mxverdict/verify/lab"
)

// A guest is a report about a name, with the part of the internet that the name needs. Guests never share names or addresses, so that
// any number of them fits into the world of any scenario.
type guest struct {
	name, rows            string
	about                 string // what the report is about; "" for the name
	zones, servers, hosts string // entries of zones, name_servers and smtp
}

// Words that stand for names of the scenario in all of these.
const mailHostHere, targetHere = "MAILHOST", "TARGET"

// guestZone is the zone of a guest's name, with a name server of its own.
func guestZone(name, server, records string) string {
	return fmt.Sprintf("- name: %s\n  servers: [ns.%s]\n  records: |\n    ns.%s. 300 IN A %s\n    %s\n", name, name, name, server, strings.ReplaceAll(records, "\n", "\n    "))
}

var smtpRows = claim("smtp/connect", "smtp/tls-missing", "smtp/banner-mismatch", "smtp/open-relay", "smtp/postmaster", "smtp/connection-time")

// The guests are neighbours that make noise: each wants more of something than a quiet report does.
var guests = []guest{
	{name: "dead.test", rows: claim("dns/ns-unresponsive", "dns/tcp-unavailable", "dns/soa-expire", "mx/missing"),
		zones: guestZone("dead.test", "203.0.113.201", "dead.test. 300 IN MX 10 mx.dead.test."), servers: "- {address: 203.0.113.201, behaves: [silent]}\n"},
	{name: "mute.test", rows: smtpRows,
		zones: guestZone("mute.test", "203.0.113.202", "mute.test. 300 IN MX 10 mx.mute.test.\nmx.mute.test. 300 IN A 203.0.113.212"), hosts: "- {address: 203.0.113.212, connect: silent}\n"},
	{name: "greets.test", rows: smtpRows + claim("smtp/tls-certificate", "mx/unresolvable"),
		zones: guestZone("greets.test", "203.0.113.203", "greets.test. 300 IN MX 10 mx.greets.test.\nmx.greets.test. 300 IN A 203.0.113.213"),
		hosts: "- {address: 203.0.113.213, name: mx.greets.test, starttls: true, domains: [greets.test], relays: nothing}\n"},
	{name: "crowd.test", rows: claim("smtp/connect", "mx/unresolvable"),
		zones: guestZone("crowd.test", "203.0.113.204", counted(24, "crowd.test. 300 IN MX %[1]d mx%[1]d.crowd.test.")+counted(24, "mx%[1]d.crowd.test. 300 IN A 192.0.2.1%02[1]d"))},
	{name: "shares.test", rows: smtpRows,
		zones: guestZone("shares.test", "203.0.113.205", "shares.test. 300 IN MX 10 "+mailHostHere+".")},
	{name: "closed.test", rows: claim("dns/tcp-unavailable", "dns/ns-unresponsive", "dns/ns-not-authoritative", "dns/open-resolver"),
		zones: guestZone("closed.test", "203.0.113.206", "closed.test. 300 IN A 203.0.113.216"), servers: "- {address: 203.0.113.206, behaves: [no_tcp]}\n"},
	{name: "swamp.test", rows: claim("smtp/connect", "mx/unresolvable", "dns/soa-serial-agreement", "dns/ns-unresponsive"),
		zones: guestZone("swamp.test", "203.0.113.208", counted(6, "swamp.test. 300 IN MX %[1]d mx.swamp%[1]d.test.")) +
			counted(6, "- {name: swamp%[1]d.test, servers: [ns.swamp%[1]d.test], records: ns.swamp%[1]d.test. 300 IN A 203.0.113.22%[1]d}"),
		servers: counted(6, "- {address: 203.0.113.22%[1]d, behaves: [silent]}") + "- {address: 203.0.113.208, behaves: [slow: 3s]}\n"},
	{name: "same-name", about: targetHere, rows: claim("smtp/vrfy", "smtp/open-relay", "smtp/tls-certificate", "dns/tcp-unavailable", "dns/soa-serial-agreement", "mx/inconsistent")},
	{name: "mail-host", about: mailHostHere, rows: smtpRows + claim("smtp/ptr-missing", "dns/record-missing")},
}

// The control of these runs greets, and is nobody's neighbour.
var controlGuest = guest{name: "control.test", zones: guestZone("control.test", "203.0.113.207", "control.test. 300 IN MX 10 mx.control.test.\nmx.control.test. 300 IN A 203.0.113.217"),
	hosts: "- {address: 203.0.113.217, name: mx.control.test, starttls: true}\n"}

// inOneWorld adds guests to the world of a scenario.
func inOneWorld(t *testing.T, scenario string, names *strings.Replacer, all []guest) string {
	t.Helper()
	var document yaml.Node
	if err := yaml.Unmarshal([]byte(scenario), &document); err != nil {
		t.Fatal(err)
	}
	root := document.Content[0]
	add := func(key, entries string) {
		var more yaml.Node
		if err := yaml.Unmarshal([]byte(names.Replace(entries)), &more); err != nil {
			t.Fatalf("%v in\n%s", err, entries)
		}
		if len(more.Content) == 0 {
			return
		}
		for i := 0; i < len(root.Content); i += 2 {
			if root.Content[i].Value == key {
				root.Content[i+1].Content = append(root.Content[i+1].Content, more.Content[0].Content...)
				return
			}
		}
		root.Content = append(root.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: key}, more.Content[0])
	}
	for _, g := range all {
		add("zones", g.zones)
		add("name_servers", g.servers)
		add("smtp", g.hosts)
	}
	text, err := yaml.Marshal(&document)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A hosting is a scenario with a report of its own, into whose world the guests come.
type hosting struct {
	name, scenario, report string
	mailHost               string   // "" for mail.example.com
	args                   []string // the first are --target NAME
}

// hostings are all scenarios, and such as are known to be touchy about who else is there.
func hostings(t *testing.T) []hosting {
	t.Helper()
	files, err := filepath.Glob("../../../testdata/scenarios/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no scenarios", err)
	}
	mailHosts := map[string]string{"broken-host.yaml": "mail.example.org", "eight-addresses.yaml": "mx1.example.com"}
	var list []hosting
	for _, file := range append(files, delayed) {
		text := scenarioFile(t, file)
		s, err := lab.Load(file, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		base := filepath.Base(file)
		list = append(list, hosting{name: base, scenario: text, report: s.Report, mailHost: mailHosts[base], args: []string{"--target", s.Target}})
	}
	const target, control = "203.0.113.21", "203.0.113.98"
	silentServer := delegatedZone{manners: behaving("198.51.100.53", "silent")}.String()
	rewriting := controlled([]string{target}, [][]string{{control}}, "{address: "+target+", name: mx1.example.com, starttls: false}", "{address: "+control+", name: mx.a.test, starttls: false}")
	unreachable := func(manner string) string {
		return controlled([]string{target}, [][]string{{control}}, refused(target), manner)
	}
	of := []string{"--target", "example.com"}
	ofA := append(of, "--control", "a.test")
	dns := claim("dns/ns-unresponsive", "dns/tcp-unavailable", "dns/ns-not-authoritative", "dns/parent-child-mismatch", "dns/glue-mismatch")
	return append(list,
		hosting{name: "one dead name server", scenario: silentServer, report: dns, args: of},
		hosting{name: "all name servers dead", scenario: delegatedZone{manners: behaving("192.0.2.53", "silent") + behaving("198.51.100.53", "silent")}.String(), report: dns, args: of},
		hosting{name: "name servers without TCP", scenario: delegatedZone{manners: behaving("192.0.2.53", "no_tcp") + behaving("198.51.100.53", "silent_tcp")}.String(), report: dns, args: of},
		hosting{name: "name server behind TCP only", scenario: delegatedZone{manners: behaving("192.0.2.53", "no_udp")}.String(), report: dns, args: of},
		hosting{name: "a zone that lags", scenario: soaZone("serial: 8, refresh: 60s, retry: 30s", "name_servers:\n  - {address: 198.51.100.53, soa: {serial: 7}}"),
			report: formatRow + agreeRow + refreshRow + minimumRow, args: of},
		hosting{name: "refused, the control greets", scenario: unreachable(greets(control)), report: smtpRows, mailHost: "mx1.example.com", args: ofA},
		hosting{name: "refused, the control is silent", scenario: unreachable(silent(control)), report: smtpRows, mailHost: "mx1.example.com", args: ofA},
		hosting{name: "refused, no control", scenario: unreachable(greets(control)), report: smtpRows, mailHost: "mx1.example.com", args: append(of, "--control", "none")},
		hosting{name: "a network that rewrites", scenario: rewriting, report: smtpRows, mailHost: "mx1.example.com", args: ofA},
		hosting{name: "something answers for everybody", scenario: strings.Replace(scenarioFile(t, delayed), "latency: 20ms", "latency: 20ms\nintercepts: true", 1), report: smtpRows, args: of},
		hosting{name: "no postmaster", scenario: host(t, "starttls: true", "rcpt_to: [{matches: postmaster*, reply: 550 5.1.1 User unknown}]"), report: smtpRows, args: of},
		hosting{name: "greylists", scenario: host(t, "starttls: true", "domains: [example.com]", "relays: nothing", "greylists: 300s"), report: smtpRows, args: of},
		hosting{name: "turns away at first", scenario: host(t, "greeting: {reply: 421 4.7.0 later, then: close}", "starttls: true", "sequence:\n      - {from_connection: 2, greeting: {reply: 220 mail.example.com ESMTP}}"),
			report: smtpRows, args: of},
		hosting{name: "the resolver leads elsewhere", scenario: strings.Replace(mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.example.com.",
			servers: "name_servers:\n  - {address: 192.0.2.1, lies: \"mail.example.com. A 203.0.113.80\"}\n"}.scenario(), "smtp:\n", "smtp:\n  - {address: 203.0.113.80, connect: refused}\n", 1), report: smtpRows, args: of},
	)
}
