package lab

import (
	"strings"
	"testing"

	"github.com/miekg/dns"
)

func TestAnswersInPlaceOfTheRightOnes(t *testing.T) {
	s := load(t, twoServers+`name_servers:
  - address: 192.0.2.53
    unlike: [{type: SOA, answer: SERVFAIL}, {name: www.example.com, answer: NXDOMAIN}, {name: mail.example.com, type: A, answer: NODATA}, {type: TXT, answer: NOTIMP}]
  - {address: 192.0.2.1, unlike: [{type: SOA, answer: REFUSED}]}
`)
	const none = "; authority example.com. SOA 5"
	checkAnswers(t, s, []asked{
		{"one type", ns1, "example.com", dns.TypeSOA, "SERVFAIL"},
		{"another type", ns1, "other.example.com", dns.TypeTXT, "NOTIMP"},
		{"one name", ns1, "www.example.com", dns.TypeAAAA, "NXDOMAIN AA" + none},
		{"one type of a name", ns1, "mail.example.com", dns.TypeA, "NOERROR AA" + none},
		{"the resolver", "192.0.2.1", "example.com", dns.TypeSOA, "REFUSED RA"},
	})
}

func TestAnswersThatVary(t *testing.T) {
	s := load(t, twoServers+"name_servers: [{address: 192.0.2.53, behaves: [fresh, rotates], zones: [{name: example.com, records: \"example.com. TXT now\\n"+
		"example.com. A 203.0.113.1\\nexample.com. A 203.0.113.2\"}]}]\n")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		seen := map[string]bool{}
		for range 3 {
			for _, rrtype := range []uint16{dns.TypeTXT, dns.TypeA} {
				seen[outcome(exchange(t, n, question{server: ns1, name: "example.com", rrtype: rrtype, transport: "udp"}))] = true
			}
		}
		if len(seen) != 5 || !seen["NOERROR AA; example.com. A 203.0.113.1"] || !seen["NOERROR AA; example.com. A 203.0.113.2"] {
			t.Errorf("%v", seen)
		}
	})
}

func TestMistakesInUnlikeAnswers(t *testing.T) {
	for _, text := range []string{"{type: NOPE, answer: SERVFAIL}", "{type: A}", "{type: A, answer: YES}", "{kind: A}"} {
		if _, err := Load("x", []byte(strings.TrimLeft(twoServers, "\n")+"name_servers: [{address: 192.0.2.53, unlike: ["+text+"]}]\n")); err == nil {
			t.Errorf("%s is taken", text)
		}
	}
}
