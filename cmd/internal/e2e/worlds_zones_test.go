package e2e

import (
	"fmt"
	"strings"
)

// domain is a scenario about example.com with two name servers, in networks of their own. Its records are added to those of
// the servers; rest holds further top-level keys, and more adds zones.
func domain(records, more, rest string) string {
	indent := func(s, by string) string {
		return strings.ReplaceAll(strings.TrimSpace(s), "\n", "\n"+by)
	}
	return `schema: mxverdict/scenario/1
target: example.com
resolver: 203.0.113.1
zones:
  - name: com
    servers: [a.gtld.com]
    records: |
      a.gtld.com. 300 IN A 192.0.2.2
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    records: |
      ns1.example.com. 300 IN A 192.0.2.53
      ns2.example.com. 300 IN A 198.51.100.53
      ` + indent(records, "      ") + `
  - name: example.net
    servers: [ns.example.net]
    records: |
      ns.example.net. 300 IN A 192.0.2.77
      mail.example.net. 300 IN A 203.0.113.26
      example.net. 300 IN MX 10 mail.example.net.
  ` + indent(more, "  ") + `
smtp:
  - {address: 203.0.113.25, name: mail.example.com}
  - {address: 203.0.113.26, name: mail.example.net}
` + rest
}

// at is the manner of a name server.
func at(address, manner string) string {
	return "name_servers:\n  - {address: " + address + ", " + manner + "}\n"
}

// everywhere lets all name servers of a delegated zone, those of the root and the TLD included, behave in a way.
func everywhere(manner string) string {
	var all string
	for _, address := range []string{"192.0.2.251", "192.0.2.11", "192.0.2.12", firstServer, secondServer} {
		all += behaving(address, manner)
	}
	return all
}

const (
	firstServer, secondServer = "192.0.2.53", "198.51.100.53"

	good     = "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25"
	bothDead = "name_servers:\n  - {address: 192.0.2.53, behaves: [silent]}\n  - {address: 198.51.100.53, behaves: [silent]}\n"
	bothFail = "name_servers:\n  - {address: 192.0.2.53, behaves: [servfail]}\n  - {address: 198.51.100.53, behaves: [servfail]}\n"
)

func counted(n int, format string) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format+"\n", i)
	}
	return b.String()
}

// soaZone is a scenario with one zone on two name servers. Its SOA record and what else is special are given in YAML.
func soaZone(soa string, more ...string) string {
	return `schema: mxverdict/scenario/1
target: example.com
latency: 20ms
resolver: 192.0.2.1
zones:
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    soa: {` + soa + `}
    records: |
      example.com.     300 IN MX 10 mail.example.com.
      mail.example.com. 300 IN A 203.0.113.25
      ns1.example.com. 300 IN A 192.0.2.53
      ns2.example.com. 300 IN A 198.51.100.53
` + strings.Join(more, "\n") + "\n"
}

// delegatedZone is an internet with a root, a TLD on two servers, and a zone on two servers. The TLD's two contents (the
// delegation and its glue), the zone's list of servers and its records are given, and what else there is.
type delegatedZone struct {
	parent  string // records of the TLD about the zone; "" for a delegation that is right
	second  string // the same of its second server, if that one says something else
	servers string // NS names of the zone; "" for the usual two
	records string // of the zone; "" for the addresses of the usual two
	more    string // zones and name servers
	manners string // entries of name_servers
}

const (
	rightParent = "example.com. 172800 IN NS ns1.example.com.\nexample.com. 172800 IN NS ns2.example.com.\n" + rightGlue
	rightGlue   = "ns1.example.com. 172800 IN A 192.0.2.53\nns2.example.com. 172800 IN A 198.51.100.53\n"
	rightOwn    = "ns1.example.com. 300 IN A 192.0.2.53\nns2.example.com. 300 IN A 198.51.100.53\n"
)

func (z delegatedZone) String() string {
	or := func(s, usual string) string {
		if s == "" {
			return usual
		}
		return s
	}
	lines := func(s, indent string) string {
		return indent + strings.ReplaceAll(strings.TrimSuffix(s, "\n"), "\n", "\n"+indent) + "\n"
	}
	manners := z.manners
	if z.second != "" {
		manners += "  - address: 192.0.2.12\n    zones:\n      - name: com\n        servers: [a.tld.example, b.tld.example]\n        records: |\n" +
			lines(z.second, "          ")
	}
	if manners != "" {
		manners = "name_servers:\n" + manners
	}
	return `schema: mxverdict/scenario/1
target: example.com
latency: 20ms
resolver: 192.0.2.1
zones:
  - name: .
    servers: [a.root.example]
    records: |
      a.root.example. 300 IN A 192.0.2.251
      com. 300 IN NS a.tld.example.
      com. 300 IN NS b.tld.example.
      a.tld.example. 300 IN A 192.0.2.11
      b.tld.example. 300 IN A 192.0.2.12
  - name: com
    servers: [a.tld.example, b.tld.example]
    records: |
` + lines(or(z.parent, rightParent), "      ") + `  - name: example.com
    servers: [` + or(z.servers, "ns1.example.com, ns2.example.com") + `]
    records: |
` + lines(or(z.records, rightOwn), "      ") + z.more + manners
}

// otherNet is a zone for name servers elsewhere, with one of its own.
func otherNet(records string) string {
	return `  - name: net
    servers: [ns.registry.net]
    records: |
      ns.registry.net. 300 IN A 203.0.113.11
  - name: other.net
    servers: [dns.other.net]
    records: |
      dns.other.net. 300 IN A 203.0.113.53
      ` + strings.ReplaceAll(strings.TrimSuffix(records, "\n"), "\n", "\n      ") + "\n"
}

func behaving(address string, manners ...string) string {
	return "  - {address: " + address + ", behaves: [" + strings.Join(manners, ", ") + "]}\n"
}

const rootless = "  - {address: 192.0.2.251, behaves: [silent]}\n"

// parents have the same manners at both servers of the parent zone.
func parents(zone delegatedZone, manners ...string) delegatedZone {
	zone.manners += behaving("192.0.2.11", manners...) + behaving("192.0.2.12", manners...)
	return zone
}

// siblingZone is a zone beside example.com below the same parent.
func siblingZone(records string) string {
	return "  - name: other.com\n    servers: [dns.other.com]\n    records: |\n      " +
		strings.ReplaceAll(strings.TrimSuffix(records, "\n"), "\n", "\n      ") + "\n"
}

// soaless is what the first server has in place of the zone: no SOA record, and what is given.
func soaless(servers, records string) delegatedZone {
	return delegatedZone{manners: "  - address: 192.0.2.53\n    zones: [{name: example.com, servers: [" + servers + "], soas: 0, records: \"" + records + "\"}]\n"}
}

// failing is a first server that has the zone and answers the question for the SOA record alone with an error.
func failing(answer string, more ...string) delegatedZone {
	return delegatedZone{records: rightOwn + "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25\n",
		manners: "  - {address: 192.0.2.53, unlike: [{type: SOA, answer: " + answer + "}" + strings.Join(more, "") + "]}\n"}
}

// aliased is a zone with a second name server that is an alias below it.
func aliased(alias, parent string) delegatedZone {
	return delegatedZone{parent: "example.com. NS ns1.example.com.\nexample.com. NS ns2.example.com.\n" + ownGlue + parent, servers: "ns1.example.com, ns2.example.com",
		records: ownGlue + "ns2.example.com. CNAME " + alias + ".\n", more: otherNet("x.other.net. A 203.0.113.99")}
}

// circleOf is a zone whose server has a name in a zone whose server has a name in the first.
func circleOf(parent string) delegatedZone {
	return delegatedZone{parent: parent, servers: circleServer, records: circleOwn,
		more: strings.Replace(siblingZone("ns.other.com. A 198.51.100.54"), "dns.other.com", "ns.example.com", 1)}
}

// honestMail is a domain whose mail is in order.
func honestMail(manners string) string {
	return delegatedZone{manners: manners, records: rightOwn + "example.com. 300 IN MX 10 mail.example.com.\nmail.example.com. 300 IN A 203.0.113.25\nwww.example.com. 300 IN A 203.0.113.80\n",
		more: "  - name: 113.0.203.in-addr.arpa\n    servers: [ns1.example.com]\n    records: |\n      25.113.0.203.in-addr.arpa. 300 IN PTR mail.example.com.\n"}.String() +
		"smtp: [{address: 203.0.113.25, name: mail.example.com}]\n"
}

// emptyRoot has a root server that knows the root zone, and no top-level domain but that of its own name.
func emptyRoot() string {
	scenario := strings.Replace(honestMail(""), "  - name: com\n", "  - name: com\n    delegated: false\n", 1)
	return strings.Replace(scenario, "smtp: ", "name_servers:\n  - address: 192.0.2.251\n    zones: [{name: ., servers: [a.root.example], records: \"a.root.example. A 192.0.2.251\"}]\nsmtp: ", 1)
}

// treeOfZones is an internet with a root and a TLD of two servers each. The zone of the target has a server below it and one under
// another TLD; the TLD's zone and that of the target may be rewritten.
const treeOfZones = `schema: mxverdict/scenario/1
resolver: 192.0.2.1
target: example.com
zones:
  - name: .
    servers: [a.root, b.root]
    records: |
      a.root. 300 IN A 192.0.2.251
      b.root. 300 IN A 192.0.2.252
      com. 300 IN NS a.tld.net.
      com. 300 IN NS b.tld.net.
      net. 300 IN NS a.tld.net.
      a.tld.net. 300 IN A 192.0.2.11
      b.tld.net. 300 IN A 192.0.2.12
  - name: com
    servers: [a.tld.net, b.tld.net]
    records: |
      example.com. 300 IN NS ns1.example.com.
      example.com. 300 IN NS ns.other.net.
      ns1.example.com. 300 IN A 192.0.2.53
  - name: net
    servers: [a.tld.net]
    records: |
      a.tld.net. 300 IN A 192.0.2.11
      b.tld.net. 300 IN A 192.0.2.12
      other.net. 300 IN NS ns.other.net.
      ns.other.net. 300 IN A 198.51.100.53
  - name: other.net
    servers: [ns.other.net]
    records: |
      ns.other.net. 300 IN A 198.51.100.53
      ns.other.net. 300 IN AAAA 2001:db8::53
  - name: example.com
    servers: [ns1.example.com, ns.other.net]
    records: |
      ns1.example.com. 300 IN A 192.0.2.53
`
