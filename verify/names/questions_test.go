package names

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// The two servers of every zone in these tests.
var ns1, ns2 = evidence.Server{Name: "ns1.example.com", Address: "192.0.2.53"}, evidence.Server{Name: "ns2.example.com", Address: "198.51.100.53"}

// questionText writes a question for a table: "resolver A mail.example.com", "192.0.2.53 MX example.com round 40", "walk example.com".
func questionText(q reading.Question) string {
	whom := map[reading.Kind]string{reading.Resolver: "resolver", reading.Authoritative: "zone", reading.At: q.Server.Address}[q.Kind]
	if q.Kind == reading.Walk {
		return "walk " + q.Name
	}
	if q.Round > 0 {
		return fmt.Sprintf("%s %s %s round %d", whom, q.Type, q.Name, q.Round)
	}
	return whom + " " + q.Type + " " + q.Name
}

// answered is what comes of a question: the data of records, separated by " and ", "CNAME" and a name for an alias, "nothing" for
// silence; no text says that there is no such record.
func answered(role evidence.Role, server evidence.Server, q reading.Question, text string) evidence.Exchange {
	x := evidence.Exchange{Role: role, ServerName: server.Name, Server: net.JoinHostPort(server.Address, "53"), Name: q.Name, Type: q.Type, Round: q.Round,
		RCode: "NOERROR", AA: role == evidence.Authoritative}
	switch {
	case text == "nothing":
		x.RCode, x.AA, x.Failure = "", false, &evidence.Failure{Kind: evidence.Timeout}
	case text == "":
		x.Authority = []string{"example.com. 300 IN SOA ns1.example.com. a. 1 2 3 4 5"}
	case strings.HasPrefix(text, "CNAME "):
		x.Answer = []string{q.Name + ". 300 IN " + text}
	default:
		for data := range strings.SplitSeq(text, " and ") {
			x.Answer = append(x.Answer, q.Name+". 300 IN "+q.Type+" "+data)
		}
	}
	return x
}

// inquire puts what is wanted of a target until nothing new is, and returns all that was asked. Without an answer of its own, a server
// says what the zone says. Each pass is put whole, as many questions are on their way at a time.
func inquire(target evidence.Target, want reading.Wish, answers map[string]string) (asked []string) {
	b := &evidence.Bundle{Targets: []evidence.Target{target}}
	r := &reading.Reading{Bundle: b}
	for _, s := range target.Servers { // each was asked for the zone before
		r.Add(answered(evidence.Authoritative, s, reading.Question{Name: "example.com", Type: "SOA"}, answers[s.Address+" SOA example.com"]))
	}
	for fresh := true; fresh; {
		fresh = false
		for _, q := range Questions(r, &b.Targets[0], want) {
			if r.Done(q) {
				continue
			}
			fresh = true
			asked = append(asked, questionText(q))
			text, own := answers[questionText(q)]
			switch q.Kind {
			case reading.Walk:
				r.Found(q.Name, evidence.Delegation{Path: []evidence.Cut{{Zone: ".", Servers: []evidence.Server{{Address: "203.0.113.1"}}}, {Servers: []evidence.Server{ns1, ns2}}}})
			case reading.Resolver:
				r.Add(answered(evidence.Resolver, evidence.Server{Address: "203.0.113.7"}, q, text))
			case reading.Authoritative:
				r.Add(answered(evidence.Authoritative, ns1, q, text))
				if alias, is := strings.CutPrefix(text, "CNAME "); is { // followed to its own zone
					q := reading.Question{Name: strings.TrimSuffix(alias, "."), Type: q.Type}
					r.Add(answered(evidence.Authoritative, ns1, q, answers["zone "+q.Type+" "+q.Name]))
				}
			case reading.At:
				if !own {
					text = answers["zone "+q.Type+" "+q.Name]
				}
				r.Add(answered(evidence.Authoritative, q.Server, q, text))
			}
			r.Answer(q)
		}
	}
	return asked
}

// each writes the question for every type.
func each(format string, types ...string) (list []string) {
	for _, rrtype := range types {
		list = append(list, fmt.Sprintf(format, rrtype))
	}
	return list
}

func domain(hosts ...evidence.Host) evidence.Target {
	return evidence.Target{Name: "example.com", Kind: "domain", Zone: "example.com", Hosts: hosts, Servers: []evidence.Server{ns1, ns2}, Delegation: &evidence.Delegation{}}
}

func host(name string, addresses ...string) evidence.Host {
	return evidence.Host{Name: name, Addresses: addresses}
}

func TestQuestions(t *testing.T) {
	var (
		both      = []string{"A", "AAAA"}
		hostNames = reading.Wish{Source: facts.FromHostNames}
		ptr       = reading.Wish{Source: facts.FromPTR}
		forward   = reading.Wish{Source: facts.FromPTR | facts.FromForward}
		session   = reading.Wish{Source: facts.FromSession}
		mx        = reading.Wish{Source: facts.FromMX}
		here      = map[string]string{"resolver A mail.example.com": "203.0.113.25", "zone A mail.example.com": "203.0.113.25",
			"resolver MX example.com": "10 mail.example.com.", "zone MX example.com": "10 mail.example.com."}
		mail    = host("mail.example.com", "203.0.113.25")
		with    = func(changes ...string) map[string]string { return changed(here, changes) }
		reverse = "25.113.0.203.in-addr.arpa"
		// What is asked of every domain about its MX records and the one host in it.
		mailOf = slices.Concat(each("zone %s example.com", "MX", "TXT", "A", "AAAA"), []string{"192.0.2.53 MX example.com", "198.51.100.53 MX example.com", "resolver MX example.com"})
		hostOf = slices.Concat(each("zone %s mail.example.com", both...), each("resolver %s mail.example.com", both...), []string{"walk mail.example.com"},
			each("192.0.2.53 %s mail.example.com", both...), each("198.51.100.53 %s mail.example.com", both...))
		lead = slices.Concat(each("resolver %s example.com", "MX"), each("zone %s example.com", "MX"), each("resolver %s mail.example.com", both...), each("zone %s mail.example.com", both...))
	)
	tests := []struct {
		name    string
		target  evidence.Target
		want    reading.Wish
		answers map[string]string
		asked   []string
	}{
		{"nothing wanted", domain(mail), reading.Wish{}, here, nil},

		{"host that both know", domain(mail), hostNames, here, slices.Concat(lead[2:], lead[:2])},
		{"host that only the resolver does not know", domain(mail), hostNames, with("resolver A mail.example.com", ""), slices.Concat(lead[2:], lead[:2])},
		{"host of which only one server says that it is absent", domain(host("mail.example.com")), hostNames, with("zone A mail.example.com", "", "resolver A mail.example.com", "nothing"),
			slices.Concat(lead, []string{"walk mail.example.com", "192.0.2.53 A mail.example.com", "198.51.100.53 A mail.example.com"})},
		{"silence is no absence", domain(host("mail.example.com")), hostNames, with("zone A mail.example.com", "nothing", "resolver A mail.example.com", "nothing"), lead},
		{"absence at the end of an alias", domain(host("mail.example.com")), hostNames,
			with("zone A mail.example.com", "CNAME other.example.net.", "zone A other.example.net", "", "resolver A mail.example.com", "nothing"),
			slices.Concat(lead, []string{"walk other.example.net", "192.0.2.53 A other.example.net", "198.51.100.53 A other.example.net"})},
		{"its own name is the only host", evidence.Target{Name: "example.com"}, hostNames, here, slices.Concat(each("resolver %s example.com", both...), each("zone %s example.com", both...))},
		{"host too many", domain(evidence.Host{Name: "mail.example.com", Trouble: &evidence.Failure{Kind: evidence.Limit}}), hostNames, here, lead[:2]},
		{"target too many", evidence.Target{Name: "example.com", Trouble: &evidence.Failure{Kind: evidence.Limit}}, hostNames, here, nil},
		{"an address", evidence.Target{Name: "203.0.113.25", Kind: "address", Hosts: []evidence.Host{host("", "203.0.113.25")}}, hostNames, here, nil},

		{"reverse names", evidence.Target{Name: "203.0.113.25", Kind: "address", Hosts: []evidence.Host{host("", "203.0.113.25")}}, ptr,
			with("zone PTR "+reverse, "mail.example.com."), []string{"resolver PTR " + reverse, "zone PTR " + reverse}},
		{"reverse names led back", evidence.Target{Name: "203.0.113.25", Kind: "address", Hosts: []evidence.Host{host("", "203.0.113.25")}}, forward,
			with("zone PTR "+reverse, "mail.example.com.", "resolver PTR "+reverse, "old.example.com."),
			[]string{"resolver PTR " + reverse, "zone PTR " + reverse, "resolver A mail.example.com", "zone A mail.example.com"}},
		{"reverse names that only the resolver tells", evidence.Target{Name: "203.0.113.25", Kind: "address", Hosts: []evidence.Host{host("", "203.0.113.25")}}, forward,
			with("zone PTR "+reverse, "nothing", "resolver PTR "+reverse, "mail.example.com."),
			[]string{"resolver PTR " + reverse, "zone PTR " + reverse, "resolver A mail.example.com", "zone A mail.example.com"}},
		{"reverse names of IPv6", evidence.Target{Kind: "address", Hosts: []evidence.Host{host("", "2001:db8::25")}}, forward,
			map[string]string{"resolver PTR " + v6reverse: "mail.example.com.", "zone PTR " + v6reverse: "mail.example.com.", "zone AAAA mail.example.com": "2001:db8::25"},
			[]string{"resolver PTR " + v6reverse, "zone PTR " + v6reverse, "resolver AAAA mail.example.com", "zone AAAA mail.example.com"}},
		{"private address", evidence.Target{Kind: "address", Hosts: []evidence.Host{host("", "10.0.0.25")}}, ptr, here, nil},
		{"private address that may be looked up", evidence.Target{Kind: "address", Hosts: []evidence.Host{host("", "10.0.0.25")}},
			reading.Wish{Source: facts.FromPTR, Private: true}, here, []string{"resolver PTR 25.0.0.10.in-addr.arpa", "zone PTR 25.0.0.10.in-addr.arpa"}},

		{"all lead to the same host", domain(mail), session, here, lead},
		{"the host itself is meant", domain(mail), reading.Wish{Source: facts.FromSession, Host: true}, here, lead[2:]},
		{"the name is no host", evidence.Target{Name: "example.com"}, session, here, nil},
		{"the servers lead elsewhere", domain(mail), session, with("zone A mail.example.com", "203.0.113.80"),
			slices.Concat(lead, hostOf[4:], rounds(both, "mail.example.com", "192.0.2.53", "198.51.100.53"))},
		{"another server leads here", domain(mail), session, with("zone A mail.example.com", "203.0.113.80", "198.51.100.53 A mail.example.com", "203.0.113.25"),
			slices.Concat(lead, hostOf[4:])},
		{"a silent server is not asked again", domain(mail), session,
			with("zone A mail.example.com", "203.0.113.80", "198.51.100.53 A mail.example.com", "nothing", "198.51.100.53 AAAA mail.example.com", "nothing"),
			slices.Concat(lead, hostOf[4:], rounds(both, "mail.example.com", "192.0.2.53"))},
		{"the second look leads here", domain(mail), session, with("zone A mail.example.com", "203.0.113.80", "192.0.2.53 A mail.example.com round 40", "203.0.113.25"),
			slices.Concat(lead, hostOf[4:], rounds(both, "mail.example.com", "192.0.2.53", "198.51.100.53")[:4])},

		{"mail hosts in the zone", domain(), mx, here, slices.Concat(mailOf, hostOf)},
		{"mail host elsewhere", domain(), mx, with("zone MX example.com", "10 mail.example.net.", "zone A mail.example.net", "203.0.113.25"),
			slices.Concat(mailOf, each("zone %s mail.example.net", both...), each("resolver %s mail.example.net", both...))},
		{"mail host elsewhere is an alias", domain(), mx,
			with("zone MX example.com", "10 mail.example.net.", "zone A mail.example.net", "CNAME a.example.org.", "zone AAAA mail.example.net", "CNAME a.example.org.", "zone A a.example.org", "203.0.113.25"),
			slices.Concat(mailOf, each("zone %s mail.example.net", both...), each("resolver %s mail.example.net", both...), []string{"walk mail.example.net"},
				each("192.0.2.53 %s mail.example.net", both...), each("198.51.100.53 %s mail.example.net", both...))},
		{"mail host elsewhere has a private address", domain(), mx, with("zone MX example.com", "10 mail.example.net.", "zone A mail.example.net", "10.0.0.25"),
			slices.Concat(mailOf, each("zone %s mail.example.net", both...), each("resolver %s mail.example.net", both...), []string{"walk mail.example.net"},
				each("192.0.2.53 %s mail.example.net", both...), each("198.51.100.53 %s mail.example.net", both...))},
		{"servers give other MX records", domain(), mx, with("198.51.100.53 MX example.com", "20 mail.example.com."),
			slices.Concat(mailOf, hostOf, rounds([]string{"MX"}, "example.com", "192.0.2.53", "198.51.100.53"))},
		{"a silent server is not asked at all", domain(), mx,
			with("198.51.100.53 SOA example.com", "nothing", "198.51.100.53 A mail.example.com", "nothing", "198.51.100.53 AAAA mail.example.com", "nothing"),
			slices.Concat(mailOf[:5], mailOf[6:], hostOf)},
		{"nor one that speaks later only", domain(), mx, with("198.51.100.53 SOA example.com", "nothing"), slices.Concat(mailOf[:5], mailOf[6:], hostOf)},
		{"nothing is known of the zone", evidence.Target{Name: "example.com", Kind: "domain"}, reading.Wish{Source: facts.FromMX | facts.FromRecords}, here, nil},

		{"usual records", domain(), reading.Wish{Source: facts.FromRecords}, here, slices.Concat(each("192.0.2.53 %s example.com", recordTypes...),
			each("198.51.100.53 %s example.com", recordTypes...), each("zone %s example.com", recordTypes...), each("resolver %s example.com", recordTypes...))},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if test.want.Source == facts.FromHostNames && test.target.Kind == "domain" { // verdicts about hosts rest on where the MX records lead, too
				test.asked = slices.Concat(test.asked, lead[:2])
			}
			asked, want := inquire(test.target, test.want, test.answers), slices.Clone(test.asked)
			slices.Sort(asked)
			slices.Sort(want)
			if asked, want = slices.Compact(asked), slices.Compact(want); !slices.Equal(asked, want) {
				t.Errorf("asked\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

const v6reverse = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"

// changed is a world with other answers to some questions.
func changed(world map[string]string, pairs []string) map[string]string {
	changed := map[string]string{}
	for q, text := range world {
		changed[q] = text
	}
	for i := 0; i < len(pairs); i += 2 {
		changed[pairs[i]] = pairs[i+1]
	}
	return changed
}

// rounds are the questions that are put anew to some servers.
func rounds(types []string, name string, servers ...string) (list []string) {
	for _, round := range []int{40, 50, 60} {
		for _, rrtype := range types {
			for _, s := range servers {
				list = append(list, fmt.Sprintf("%s %s %s round %d", s, rrtype, name, round))
			}
		}
	}
	return list
}

// A set of MX records costs no more than some look-ups, and so does an address with many names.
func TestQuestionsAreBounded(t *testing.T) {
	var hosts, names []string
	for i := range 3 * maxMailHosts {
		hosts = append(hosts, fmt.Sprintf("%d mail%d.example.net.", i, i))
		names = append(names, fmt.Sprintf("mail%d.example.net.", i))
	}
	target := evidence.Target{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: []evidence.Server{ns1, ns2}, Delegation: &evidence.Delegation{},
		Hosts: []evidence.Host{host("mail.example.com", "203.0.113.25")}}
	asked := inquire(target, reading.Wish{Source: facts.FromMX}, map[string]string{"zone MX example.com": strings.Join(hosts, " and ")})
	if n := count(asked, "zone A mail"); n != maxMailHosts {
		t.Errorf("%d mail hosts looked up, want %d", n, maxMailHosts)
	}
	asked = inquire(target, reading.Wish{Source: facts.FromPTR | facts.FromForward}, map[string]string{"zone PTR 25.113.0.203.in-addr.arpa": strings.Join(names, " and ")})
	if n := count(asked, "zone A mail"); n != reading.MaxReverseNames+1 { // and the host itself
		t.Errorf("%d reverse names led back, want %d", n, reading.MaxReverseNames)
	}
}

func count(asked []string, prefix string) (n int) {
	for _, q := range asked {
		if strings.HasPrefix(q, prefix) {
			n++
		}
	}
	return n
}

// Of a name server with several addresses, one is asked for all types, of IPv4 where it has one; of a large set, some.
func TestFirstOfEach(t *testing.T) {
	servers := []evidence.Server{{Name: "a", Address: "2001:db8::1"}, {Name: "a", Address: "192.0.2.1"}, {Name: "a", Address: "192.0.2.2"}, {Name: "b", Address: "2001:db8::2"}}
	want := []evidence.Server{{Name: "a", Address: "192.0.2.1"}, {Name: "b", Address: "2001:db8::2"}}
	if got := firstOfEach(servers); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	var many []evidence.Server
	for i := range 3 * maxRecordServers {
		many = append(many, evidence.Server{Name: fmt.Sprint(i), Address: fmt.Sprintf("192.0.2.%d", i)})
	}
	if got := firstOfEach(many); len(got) != maxRecordServers {
		t.Errorf("%d servers, want %d", len(got), maxRecordServers)
	}
}
