//go:build realservers

package realservers

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"
)

// view is one authoritative server: BIND tells the servers apart by the address that is asked.
type view struct {
	name      string
	at        []string
	recursive bool // resolves for everybody
	transfers bool // hands its zones to everybody
}

var views = []view{
	{name: "root", at: rootAddresses()},
	{name: "tld", at: []string{"192.0.2.53", "198.51.100.53", "2001:db8::53"}},
	{name: "a", at: []string{"192.0.2.11", "2001:db8::11"}},
	{name: "b", at: []string{"198.51.100.12", "2001:db8::12"}},
	{name: "open", at: []string{"203.0.113.7"}, recursive: true}, // not beside the resolver, which it might serve by right
	{name: "transfer", at: []string{"192.0.2.14"}, transfers: true},
	{name: "lame", at: []string{"198.51.100.15"}},
	{name: "other", at: []string{"198.51.100.16"}},
}

// oddServers are name servers that BIND does not play.
var oddServers = map[string]string{"udp only": "198.51.100.17", "silent": "192.0.2.18", "silent too": "198.51.100.18"}

func (v view) addresses() []netip.Addr {
	var list []netip.Addr
	for _, a := range v.at {
		list = append(list, netip.MustParseAddr(a))
	}
	return list
}

func (v view) options() string {
	options := "recursion no; allow-transfer { none; };"
	if v.recursive {
		options = "recursion yes; allow-recursion { any; }; allow-query-cache { any; }; allow-transfer { none; };"
	}
	if v.transfers {
		options = "recursion no; allow-transfer { any; };"
	}
	return options
}

func viewOf(name string) view {
	return views[slices.IndexFunc(views, func(v view) bool { return v.name == name })]
}

// roots are the addresses of the thirteen root servers, as IANA's hints file of 2023-11 has them.
var roots = [][2]string{
	{"198.41.0.4", "2001:503:ba3e::2:30"}, {"170.247.170.2", "2801:1b8:10::b"}, {"192.33.4.12", "2001:500:2::c"},
	{"199.7.91.13", "2001:500:2d::d"}, {"192.203.230.10", "2001:500:a8::e"}, {"192.5.5.241", "2001:500:2f::f"},
	{"192.112.36.4", "2001:500:12::d0d"}, {"198.97.190.53", "2001:500:1::53"}, {"192.36.148.17", "2001:7fe::53"},
	{"192.58.128.30", "2001:503:c27::2:30"}, {"193.0.14.129", "2001:7fd::1"}, {"199.7.83.42", "2001:500:9f::42"},
	{"202.12.27.33", "2001:dc3::35"},
}

func rootAddresses() []string {
	var list []string
	for _, r := range roots {
		list = append(list, r[0], r[1])
	}
	return list
}

// hints is the named.root file of the resolvers.
func hints() string {
	var b strings.Builder
	for _, s := range rootServers() {
		b.WriteString(". 3600000 NS " + s.name + ".\n" + s.records())
	}
	return b.String()
}

func rootServers() []server {
	var list []server
	for i, r := range roots {
		list = append(list, server{string(rune('a'+i)) + ".root-servers.net", r[:]})
	}
	return list
}

// server is a name server as an NS record and its glue give it.
type server struct {
	name string
	at   []string
}

func (s server) records() string {
	var b strings.Builder
	for _, a := range s.at {
		rrtype := "A"
		if strings.Contains(a, ":") {
			rrtype = "AAAA"
		}
		fmt.Fprintf(&b, "%s. %s %s\n", s.name, rrtype, a)
	}
	return b.String()
}

// zone is a zone of this internet. Its delegation follows from the zone that encloses it.
type zone struct {
	name     string
	servers  []server            // as the zone itself has them
	parent   []server            // as the parent has them; nil: the same
	held     []string            // the views that hold it; nil: "a" and "b"
	soa      soa                 // zero fields: as most zones have it
	serials  map[string]uint32   // of the views that have another one
	records  string              // in every view
	only     map[string]string   // records of one view
	elsewise map[string][]server // name servers as one view has them
	signed   string              // how; "" for not at all
}

type soa struct{ serial, refresh, retry, expire, minimum uint32 }

func (z zone) views() []string {
	if z.held != nil {
		return z.held
	}
	return []string{"a", "b"}
}

// text is the zone file for a view.
func (z zone) text(view string) string {
	value := func(n, usual uint32) uint32 {
		if n == 0 {
			return usual
		}
		return n
	}
	serial := value(z.serials[view], value(z.soa.serial, 2026010101))
	servers := z.servers
	if s, ok := z.elsewise[view]; ok {
		servers = s
	}
	var b strings.Builder
	fmt.Fprintf(&b, "$TTL 300\n%s SOA %s. hostmaster.example.com. %d %d %d %d %d\n", dns.Fqdn(z.name), servers[0].name, serial,
		value(z.soa.refresh, 86400), value(z.soa.retry, 7200), value(z.soa.expire, 3600000), value(z.soa.minimum, 3600))
	for _, s := range servers {
		fmt.Fprintf(&b, "%s NS %s.\n", dns.Fqdn(z.name), s.name)
		if z.name == "." || dns.IsSubDomain(z.name, s.name) {
			b.WriteString(s.records())
		}
	}
	b.WriteString(strings.ReplaceAll(z.records, "@", dns.Fqdn(z.name)))
	b.WriteString(strings.ReplaceAll(z.only[view], "@", dns.Fqdn(z.name)))
	for _, child := range zones() {
		if z.name == enclosing(child.name) {
			b.WriteString(child.delegation(z.name))
		}
	}
	return b.String()
}

// delegation is what the parent says of the zone.
func (z zone) delegation(parent string) string {
	servers := z.parent
	if servers == nil {
		servers = z.servers
	}
	var b strings.Builder
	for _, s := range servers {
		fmt.Fprintf(&b, "%s NS %s.\n", dns.Fqdn(z.name), s.name)
		if parent == "." || dns.IsSubDomain(parent, s.name) {
			b.WriteString(s.records())
		}
	}
	return b.String()
}

// enclosing is the name of the zone that delegates a zone.
func enclosing(name string) string {
	if name == "." {
		return ""
	}
	parent := "."
	for _, z := range zoneTable {
		if z.name != "." && z.name != name && dns.IsSubDomain(z.name, name) && len(z.name) > len(parent) {
			parent = z.name
		}
	}
	return parent
}

// Name servers that several zones share.
var (
	nsA   = server{"ns1.example.com", viewOf("a").at}
	nsB   = server{"ns2.example.com", viewOf("b").at}
	usual = []server{nsA, nsB}
	tlds  = []server{{"a.nic.test", viewOf("tld").at[:1]}, {"b.nic.test", viewOf("tld").at[1:]}}
)

// own gives a zone below "test" name servers with names in the zone itself.
func own(zone string, at ...[]string) []server {
	var list []server
	for i, a := range at {
		list = append(list, server{fmt.Sprintf("ns%d.%s", i+1, zone), a})
	}
	return list
}

// zones are all zones, with what the mail servers add to them.
func zones() []zone {
	all := slices.Clone(zoneTable)
	for i, z := range all {
		z.records += policyRecords(z.name)
		all[i].records = z.records
		if rest, below := strings.CutSuffix(z.name, ".test"); below && rest != "" && z.records == "" && z.only == nil {
			all[i].records = "@ MX 10 plain.example.com.\n"
		}
		for _, s := range services() {
			switch z.name {
			case "example.com":
				all[i].records += server{s.host(), s.at()}.records()
			case "113.0.203.in-addr.arpa", "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa":
				for _, a := range s.at() {
					if reverse, _ := dns.ReverseAddr(a); dns.IsSubDomain(dns.Fqdn(z.name), reverse) && s.reverse() != "" {
						all[i].records += reverse + " PTR " + s.reverse() + ".\n"
					}
				}
			}
		}
	}
	return all
}

// zoneTable is every zone, the sound ones first, then those with a fault each.
var zoneTable = []zone{
	{name: ".", servers: rootServers(), held: []string{"root"}, signed: signedWell},
	{name: "com", servers: tlds, held: []string{"tld"}},
	{name: "net", servers: tlds, held: []string{"tld"}},
	{name: "org", servers: tlds, held: []string{"tld"}},
	{name: "test", servers: tlds, held: []string{"tld"}, signed: signedWell},
	{name: "in-addr.arpa", servers: tlds, held: []string{"tld"}},
	{name: "ip6.arpa", servers: tlds, held: []string{"tld"}},

	// The values of the founding report: a serial that is no date, and a week until the zone expires.
	{name: "example.com", servers: usual, soa: soa{serial: 2312868412, refresh: 10800, retry: 3600, expire: 604800, minimum: 3600},
		records: "@ MX 10 plain.example.com.\n@ TXT \"v=spf1 mx -all\"\nclosed.example.com. A " + closedHost + "\nalias.example.com. CNAME ns1.example.com.\n"},
	{name: "113.0.203.in-addr.arpa", servers: usual},
	{name: "2.0.192.in-addr.arpa", servers: usual, records: "200.2.0.192.in-addr.arpa. PTR tester.example.net.\n"},
	{name: "0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", servers: usual},
	{name: "f.f.0.0.8.b.d.0.1.0.0.2.ip6.arpa", servers: usual},
	{name: "example.net", servers: usual, records: "tester.example.net. A " + tester + "\ntester.example.net. AAAA " + tester6 +
		"\n@ MX 10 plain.example.com.\n"},
	{name: "example.org", servers: usual, records: "@ MX 10 plain.example.com.\n"},
	// The default controls: mail hosts that greet whoever comes.
	{name: "gmail.com", servers: usual, records: "@ MX 10 control.example.com.\n"},
	{name: "outlook.com", servers: usual, records: "@ MX 10 control.example.com.\n"},

	{name: "good.test", servers: own("good.test", viewOf("a").at, viewOf("b").at)},
	{name: "greylists.test", servers: usual, records: "@ MX 10 greylists.example.com.\n"},
	{name: "nopostmaster.test", servers: usual, records: "@ MX 10 nopostmaster.example.com.\n"},
	{name: "wrongname.test", servers: usual, records: "@ MX 10 wrongname.example.com.\n"},
	{name: "expired.test", servers: usual, records: "@ MX 10 expired.example.com.\n"},
	{name: "noptr.test", servers: usual, records: "@ MX 10 noptr.example.com.\n"},
	{name: "strayptr.test", servers: usual, records: "@ MX 10 strayptr.example.com.\n"},
	{name: "nolisting.test", servers: usual, records: "@ MX 5 closed.example.com.\n@ MX 10 plain.example.com.\n"},
	{name: "hosted.test", servers: tlds, held: []string{"tld"}},
	{name: "timers.test", servers: usual, soa: soa{refresh: 86400, retry: 7200, expire: 3600}},
	{name: "serial.test", servers: own("serial.test", viewOf("a").at, viewOf("b").at), serials: map[string]uint32{"b": 2026010100}},
	{name: "differ.test", servers: own("differ.test", viewOf("a").at, viewOf("other").at), held: []string{"a", "other"},
		serials: map[string]uint32{"other": 2026010100},
		only:    map[string]string{"a": "@ MX 10 plain.example.com.\n", "other": "@ MX 10 control.example.com.\n"}},

	// Policies of MTA-STS.
	{name: "sts.test", servers: usual},
	{name: "stsexpired.test", servers: usual},
	{name: "stsmoved.test", servers: usual},
	{name: "stsother.test", servers: usual},

	// Name servers and delegations.
	{name: "lame.test", servers: own("lame.test", viewOf("a").at, viewOf("lame").at), held: []string{"a"}},
	{name: "mismatch.test", servers: own("mismatch.test", viewOf("a").at, viewOf("b").at), parent: own("mismatch.test", viewOf("a").at)},
	{name: "moved.test", servers: own("moved.test", viewOf("a").at, viewOf("b").at),
		parent: own("moved.test", viewOf("a").at, viewOf("b").at, viewOf("lame").at)},
	{name: "glue.test", servers: own("glue.test", viewOf("a").at[:1], viewOf("b").at[:1]),
		parent: own("glue.test", viewOf("a").at[:1], viewOf("other").at), held: []string{"a", "b", "other"}},
	{name: "deadglue.test", servers: own("deadglue.test", viewOf("a").at[:1], viewOf("b").at[:1]),
		parent: own("deadglue.test", viewOf("a").at[:1], viewOf("lame").at)},
	{name: "noglue.test", servers: own("noglue.test", viewOf("a").at, viewOf("b").at), parent: own("noglue.test", viewOf("a").at, nil)},
	{name: "v4glue.test", servers: own("v4glue.test", viewOf("a").at, viewOf("b").at),
		parent: own("v4glue.test", viewOf("a").at[:1], viewOf("b").at[:1])},
	{name: "notcp.test", servers: own("notcp.test", viewOf("b").at, []string{oddServers["udp only"]})},
	{name: "silent.test", servers: own("silent.test", viewOf("a").at, []string{oddServers["silent"]})},
	{name: "dead.test", servers: own("dead.test", []string{oddServers["silent"]}, []string{oddServers["silent too"]}), held: []string{}},
	{name: "open.test", servers: own("open.test", viewOf("a").at, viewOf("open").at), held: []string{"a", "open"}},
	{name: "transfer.test", servers: own("transfer.test", viewOf("a").at, viewOf("transfer").at), held: []string{"a", "transfer"}},
	{name: "single.test", servers: own("single.test", viewOf("a").at[:1]), held: []string{"a"}},
	{name: "twonames.test", servers: own("twonames.test", viewOf("a").at[:1], viewOf("a").at[:1]), held: []string{"a"}},
	{name: "subnet.test", servers: own("subnet.test", viewOf("a").at[:1], viewOf("transfer").at), held: []string{"a", "transfer"}},
	{name: "many.test", servers: own("many.test", viewOf("a").at, viewOf("b").at, viewOf("a").at, viewOf("b").at, viewOf("a").at,
		viewOf("b").at, viewOf("a").at, viewOf("b").at)},
	{name: "nscname.test", servers: []server{nsB, {"alias.example.com", viewOf("a").at}}},
	{name: "nsmissing.test", servers: []server{nsA, nsB, {name: "nothere.example.com"}}},
	{name: "privatens.test", servers: own("privatens.test", viewOf("a").at, []string{"10.1.2.3"}), held: []string{"a"}},
	{name: "innerns.test", servers: own("innerns.test", []string{"10.1.2.3"}, []string{"192.168.1.53"}), held: []string{}},

	// Signatures.
	{name: "signed.test", servers: usual, signed: signedWell},
	{name: "ended.test", servers: usual, signed: signedExpired},
	{name: "wrongkey.test", servers: usual, signed: signedWrongKey},
	{name: "nokey.test", servers: usual, signed: signedNoKey},

	// MX records.
	{name: "mxcname.test", servers: usual, records: "@ MX 10 mail.mxcname.test.\nmail.mxcname.test. CNAME plain.example.com.\n"},
	{name: "private.test", servers: usual, records: "@ MX 10 mail.private.test.\nmail.private.test. A 192.168.7.25\n"},
	{name: "oneprivate.test", servers: usual, records: "@ MX 10 mail.oneprivate.test.\n@ MX 20 plain.example.com.\nmail.oneprivate.test. A 192.168.7.25\n"},
	{name: "literal.test", servers: usual, records: "@ MX 10 203.0.113.10.\n"},
	{name: "twice.test", servers: usual, records: "@ MX 10 mail.twice.test.\n@ MX 10 plain.example.com.\nmail.twice.test. A 203.0.113.11\n"},
	{name: "nullmx.test", servers: usual, records: "@ MX 0 .\n"},
	{name: "nullbeside.test", servers: usual, records: "@ MX 0 .\n@ MX 10 plain.example.com.\n"},
	{name: "nomx.test", servers: usual, records: "@ TXT \"v=spf1 -all\"\n"},
	{name: "nomail.test", servers: usual, records: "@ TXT \"a domain without a mail server\"\n@ A " + closedHost + "\n"},
	{name: "implicit.test", servers: usual, records: "@ A 203.0.113.11\n"},
	{name: "mxmissing.test", servers: usual, records: "@ MX 10 nothere.mxmissing.test.\n"},

	// Block lists: one that holds the mail host of example.com, one that holds only its test entry, one that refuses, one that holds everything.
	{name: "bl.spamcop.net", servers: own("bl.spamcop.net", viewOf("a").at, viewOf("b").at), records: listEntries("bl.spamcop.net", "2.0.0.127 A 127.0.0.2",
		"11.113.0.203 A 127.0.0.2", "11.113.0.203 TXT \"Blocked, see there\"")},
	{name: "psbl.surriel.com", servers: own("psbl.surriel.com", viewOf("a").at, viewOf("b").at), records: listEntries("psbl.surriel.com", "2.0.0.127 A 127.0.0.2")},
	{name: "zen.spamhaus.org", servers: own("zen.spamhaus.org", viewOf("a").at, viewOf("b").at), records: listEntries("zen.spamhaus.org", "* A 127.255.255.254")},
	{name: "dnsbl.zapbl.net", servers: own("dnsbl.zapbl.net", viewOf("a").at, viewOf("b").at), records: listEntries("dnsbl.zapbl.net", "* A 127.0.0.2")},
	{name: "all.s5h.net", servers: own("all.s5h.net", viewOf("a").at, viewOf("b").at), held: []string{"a", "b"},
		records: listEntries("all.s5h.net", "2.0.0.127 A 127.0.0.2"), only: map[string]string{"a": listEntries("all.s5h.net", "11.113.0.203 A 127.0.0.2")}},

	{name: "onemissing.test", servers: usual, records: "@ MX 10 nothere.onemissing.test.\n@ MX 20 plain.example.com.\n"},
}
