package e2e

import (
	"fmt"
	"strings"
	"testing"
)

// host rewrites how the mail host of the founding story behaves.
func host(t *testing.T, lines ...string) string {
	t.Helper()
	text := scenarioFile(t, delayed)
	head, rest, ok := strings.Cut(text, "    greeting: {delay: 16s}\n    drops_early_talkers: true\n")
	if !ok {
		t.Fatal("the scenario has changed; this test rewrites it")
	}
	_, rest, _ = strings.Cut(rest, "    starttls: true\n")
	head = strings.Replace(head, "expect:", "", 1)
	return head + "    " + strings.Join(lines, "\n    ") + "\n" + rest
}

// two is the founding story with a second address of the mail host; each behaves as its lines say.
func two(t *testing.T, first, second string) string {
	t.Helper()
	text := host(t, strings.Split(first, "\n")...)
	text = strings.Replace(text, "      ns1.example.com.   300", "      mail.example.com.  300 IN A 203.0.113.80\n      ns1.example.com.   300", 1)
	text = strings.Replace(text, "      25.113.0.203.in-addr.arpa.", "      80.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n      25.113.0.203.in-addr.arpa.", 1)
	return strings.Replace(text, "smtp:\n", "smtp:\n  - address: 203.0.113.80\n    name: mail.example.com\n    "+
		strings.ReplaceAll(second, "\n", "\n    ")+"\n", 1)
}

// encrypted is the founding story without the delay, with further records of example.com, a policy host with the given
// keys, and a mail host whose STARTTLS is as given.
func encrypted(t *testing.T, starttls, records, policyHost string) string {
	t.Helper()
	text := host(t, "starttls: "+starttls)
	for line := range strings.Lines(records) {
		text = strings.Replace(text, "      ns1.example.com.   300", "      "+strings.TrimSpace(line)+"\n      ns1.example.com.   300", 1)
	}
	if policyHost != "" {
		text = strings.Replace(text, "\nsmtp:\n", "\nhttps:\n  - {address: 203.0.113.26, name: mta-sts.example.com, "+policyHost+"}\n\nsmtp:\n", 1)
	}
	return text
}

const smtpReport = `Failed To Connect
Warning - Reverse DNS does not match SMTP Banner
Warning - Does not support TLS.
12.5 seconds - Not good! on Connection time
15.678 seconds - Not good! on Transaction Time
`

const fiveLines = `SOA Serial Number Format is Invalid
SOA Expire Value out of recommended range
Warning - Reverse DNS does not match SMTP Banner
Warning - Does not support TLS.
15,678 seconds - Not good! on Transaction time
`

// closedNetwork is the founding story behind a firewall: neither the host nor the control can be reached.
func closedNetwork(t *testing.T, control string) string {
	text := strings.Replace(scenarioFile(t, delayed), "    greeting: {delay: 16s}\n", "    connect: silent\n", 1)
	text = strings.Replace(text, "name_servers:", "", 1)
	return strings.Replace(text, "zones:\n", `zones:
  - name: control.example.net
    servers: [ns1.example.com]
    records: |
      control.example.net.    300 IN MX 10 mx.control.example.net.
      mx.control.example.net. 300 IN A 203.0.113.99
`, 1) + `
` + control
}

func withControl(t *testing.T, connect string) string {
	return strings.Replace(closedNetwork(t, ""), "smtp:\n", "smtp:\n  - address: 203.0.113.99\n    name: mx.control.example.net\n    connect: "+connect+"\n", 1)
}

// withControlHost adds the domain control.test with one mail host to a scenario.
func withControlHost(text, manner string) string {
	zones, hosts, _ := strings.Cut(text, "smtp:\n")
	return zones + "  - name: control.test\n    servers: [ns1.example.com]\n    records: |\n      control.test. IN MX 10 mx.control.test.\n      mx.control.test. IN A 203.0.113.99\nsmtp:\n" +
		"  - {address: 203.0.113.99, name: mx.control.test, " + manner + "}\n" + hosts
}

// mailHosts is a domain whose records and SMTP hosts are given, a line each.
func mailHosts(records, smtp []string) string {
	return "schema: mxverdict/scenario/1\nabout: Several mail hosts\ntarget: example.com\nlatency: 20ms\nresolver: 192.0.2.1\nzones:\n" +
		"  - name: example.com\n    servers: [ns1.example.com]\n    records: |\n      ns1.example.com. IN A 192.0.2.53\n      " +
		strings.Join(records, "\n      ") + "\nsmtp:\n  - " + strings.Join(smtp, "\n  - ") + "\n"
}

// controlled is a domain with mail hosts, and the domains a.test, b.test and so on as controls, each with the addresses given.
func controlled(mx []string, controls [][]string, smtp ...string) string {
	var records []string
	for i, address := range mx {
		name := fmt.Sprintf("mx%d.example.com.", i+1)
		records = append(records, fmt.Sprintf("example.com. MX %d %s", 10*(i+1), name), name+addressRecord(address))
	}
	zones, hosts, _ := strings.Cut(mailHosts(records, smtp), "smtp:\n")
	for i, addresses := range controls {
		name := string(rune('a'+i)) + ".test"
		zones += "  - name: " + name + "\n    servers: [ns1.example.com]\n    records: |\n      " + name + ". MX 10 mx." + name + ".\n"
		for _, address := range addresses {
			zones += "      mx." + name + "." + addressRecord(address) + "\n"
		}
	}
	return zones + "smtp:\n" + hosts
}

func addressRecord(address string) string {
	if strings.Contains(address, ":") {
		return " AAAA " + address
	}
	return " A " + address
}

func refused(address string) string { return "{address: \"" + address + "\", connect: refused}" }

func silent(address string) string { return "{address: \"" + address + "\", connect: silent}" }

func mute(address string) string {
	return "{address: \"" + address + "\", name: mx.example.com, greeting: {reply: none}}"
}

func greets(address string) string {
	return "{address: \"" + address + "\", name: mx.example.com, starttls: true}"
}

// bothFamilies is an internet in which every server has an address of each family; extra goes into the zone, and the parent has it too.
func bothFamilies(extra string) string {
	return `schema: mxverdict/scenario/1
target: example.com
no_ipv4: true
resolver: 2001:db8:9::1
zones:
  - name: .
    servers: [a.root.example]
    records: |
      a.root.example. A 192.0.2.251
      a.root.example. AAAA 2001:db8:9::251
  - name: com
    servers: [a.tld.com]
    records: |
      a.tld.com. A 192.0.2.11
      a.tld.com. AAAA 2001:db8:9::11
  - name: example.com
    servers: [ns1.example.com, ns2.example.com` + extra + `]
    records: |
      example.com. MX 10 mail.example.com.
      mail.example.com. AAAA 2001:db8::25
      ns1.example.com. A 192.0.2.53
      ns1.example.com. AAAA 2001:db8::53
      ns2.example.com. A 198.51.100.53
      ns2.example.com. AAAA 2001:db8:1::53
      ns3.example.com. A 203.0.113.53
`
}

// mailHost is a scenario of one mail host, mail.example.com at 203.0.113.25, in which the tests change what the DNS says of it.
type mailHost struct {
	mx      string   // MX records of example.com
	spf     string   // SPF record of example.com, or ""
	forward string   // further records of example.com
	ptr     string   // records of 113.0.203.in-addr.arpa, or instead of them zones
	zones   string   // further zones
	servers string   // manners of name servers: ns.reverse.example (192.0.2.77) serves the reverse zone alone
	smtp    []string // how the host behaves
}

const sender = "v=spf1 mx -all"

// scenario writes it in YAML.
func (m mailHost) scenario() string {
	indent := func(text string) string { return strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n      ") }
	if m.mx == "" {
		m.mx = "example.com. MX 10 mail.example.com."
	}
	if m.forward == "" {
		m.forward = "mail.example.com. A 203.0.113.25"
	}
	if m.spf != "" {
		m.forward += "\nexample.com. TXT \"" + m.spf + "\""
	}
	if m.smtp == nil {
		m.smtp = []string{"name: mail.example.com", "starttls: true"}
	}
	reverse := ""
	if m.ptr != "" {
		reverse = "\n    records: |\n      " + indent(m.ptr)
	}
	return `schema: mxverdict/scenario/1
target: example.com
latency: 20ms
resolver: 192.0.2.1
zones:
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    records: |
      ns1.example.com. A 192.0.2.53
      ns2.example.com. A 198.51.100.53
      ` + indent(m.mx) + `
      ` + indent(m.forward) + `
  - name: reverse.example
    servers: [ns1.example.com]
    records: |
      ns.reverse.example. A 192.0.2.77
  - name: 113.0.203.in-addr.arpa
    servers: [ns.reverse.example]` + reverse + "\n" + m.zones + m.servers + `
smtp:
  - address: 203.0.113.25
    ` + strings.Join(m.smtp, "\n    ") + "\n"
}

const reverseZoneServer = "name_servers:\n  - {address: 192.0.2.77, behaves: [%s]}\n"
