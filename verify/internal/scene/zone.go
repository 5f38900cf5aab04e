package scene

import (
	"net"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// The servers of a zone example.com below com, found by a walk from the root.
var (
	ParentA = evidence.Server{Name: "a.gtld.example", Address: "192.0.2.11"}
	ParentB = evidence.Server{Name: "b.gtld.example", Address: "192.0.2.12"}
	OwnA    = evidence.Server{Name: "ns1.example.com", Address: "198.51.100.1"}
	OwnB    = evidence.Server{Name: "ns2.example.com", Address: "203.0.113.1"}
)

// ZoneSubject is that zone.
var ZoneSubject = facts.Subject{Kind: facts.Zone, Name: "example.com"}

// Zone is a bundle about that zone in the making. Each method adds what one server says and returns the zone, so that a situation
// reads as a list of who says what.
type Zone struct{ evidence.Bundle }

// ZoneWith is that zone with some servers, of which nobody said anything yet.
func ZoneWith(own ...evidence.Server) *Zone {
	z := &Zone{}
	z.Targets = []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com", Servers: own,
		Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."},
			{Zone: "com", Asked: []evidence.Server{{Name: "a.root.example", Address: "192.0.2.1"}}},
			{Zone: "example.com", Asked: []evidence.Server{ParentA, ParentB}, Servers: own}}}}}
	return z
}

// Says adds an exchange with a server that answers, with authority unless a change takes that away.
func (z *Zone) Says(server evidence.Server, name, rrtype string, records []string, change ...func(*evidence.Exchange)) *Zone {
	x := evidence.Exchange{At: SeenAt, Role: evidence.Authoritative, ServerName: server.Name, Server: net.JoinHostPort(server.Address, "53"), Transport: "udp",
		Name: name, Type: rrtype, RTT: evidence.Seconds(Quick), RCode: "NOERROR", AA: true}
	for _, r := range records {
		x.Answer = append(x.Answer, name+". 3600 IN "+rrtype+" "+r)
	}
	// A denial has the SOA record beside it (RFC 2308 section 3), else it would be a referral or damage.
	if len(records) == 0 {
		x.Authority = []string{Domain + ". 3600 IN SOA ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"}
	}
	for _, c := range change {
		c(&x)
	}
	z.Exchanges = append(z.Exchanges, x)
	return z
}

// Refers adds the referral of a server of the parent zone; glue is "NAME TYPE ADDRESS".
func (z *Zone) Refers(server evidence.Server, names []string, glue ...string) *Zone {
	return z.RefersTo(server, "example.com", names, glue...)
}

// RefersTo adds the referral to another zone.
func (z *Zone) RefersTo(server evidence.Server, zone string, names []string, glue ...string) *Zone {
	return z.Says(server, zone, "NS", nil, func(x *evidence.Exchange) {
		x.AA, x.Authority = false, nil
		for _, name := range names {
			x.Authority = append(x.Authority, zone+". 172800 IN NS "+name+".")
		}
		for _, g := range glue {
			name, rest, _ := strings.Cut(g, " ")
			x.Additional = append(x.Additional, name+". 172800 IN "+rest)
		}
	})
}

// AndOverTCP adds that the last answer came over TCP as well.
func (z *Zone) AndOverTCP() *Zone {
	x := z.Exchanges[len(z.Exchanges)-1]
	OverTCP(&x)
	z.Exchanges = append(z.Exchanges, x)
	return z
}

// Serves adds that a server gives the SOA record of the zone, over TCP as well, and its list of servers.
func (z *Zone) Serves(server evidence.Server, names ...string) *Zone {
	z.Says(server, "example.com", "SOA", []string{"ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"})
	z.Says(server, "example.com", "SOA", []string{"ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"}, OverTCP)
	var list []string
	for _, name := range names {
		list = append(list, name+".")
	}
	return z.Says(server, "example.com", "NS", list)
}

// Has adds what all servers of the zone say of the addresses of a name.
func (z *Zone) Has(name string, addresses ...string) *Zone {
	for _, server := range z.Targets[0].Servers {
		z.HasAt(server, name, addresses...)
	}
	return z
}

// HasAt adds what one server says of the addresses of a name.
func (z *Zone) HasAt(server evidence.Server, name string, addresses ...string) *Zone {
	var v4, v6 []string
	for _, a := range addresses {
		if strings.Contains(a, ":") {
			v6 = append(v6, a)
		} else {
			v4 = append(v4, a)
		}
	}
	return z.Says(server, name, "A", v4).Says(server, name, "AAAA", v6)
}

// Lame adds that a server refuses the zone, at as many tries as it takes.
func (z *Zone) Lame(server evidence.Server) *Zone {
	refuses := func(x *evidence.Exchange) { x.RCode, x.AA, x.Authority = "REFUSED", false, nil }
	return z.Says(server, "example.com", "SOA", nil, refuses).Says(server, "example.com", "SOA", nil, refuses, InRound(dnsanswer.RoundAnew)).
		Says(server, "example.com", "SOA", nil, refuses, InRound(dnsanswer.RoundStream), OverTCP).Says(server, "example.com", "NS", nil, refuses)
}

// Dead adds that a server is silent, at as many tries as it takes.
func (z *Zone) Dead(server evidence.Server) *Zone {
	return z.Says(server, "example.com", "SOA", nil, Silent).Says(server, "example.com", "SOA", nil, Silent).Says(server, "example.com", "SOA", nil, Silent, OverTCP)
}

// OverTCP makes an exchange one over TCP.
func OverTCP(x *evidence.Exchange) { x.Transport = "tcp" }

// Silent makes an exchange one without an answer.
func Silent(x *evidence.Exchange) {
	x.RCode, x.AA, x.Authority, x.Failure = "", false, nil, &evidence.Failure{Kind: evidence.Timeout}
}

// InRound makes an exchange one of a later look.
func InRound(n int) func(*evidence.Exchange) { return func(x *evidence.Exchange) { x.Round = n } }

// Both are the names of both servers.
var Both = []string{"ns1.example.com", "ns2.example.com"}

// GoodZone is a zone with two servers in which all is as it should be.
func GoodZone() *Zone { return ZoneWithLists(Both, Both, Both) }

// ZoneWithLists is a zone with a list of servers by the parent's servers and by each of its own.
func ZoneWithLists(parent, first, second []string) *Zone {
	z := ZoneWith(OwnA, OwnB).Refers(ParentA, parent).Refers(ParentB, parent).Serves(OwnA, first...).Serves(OwnB, second...)
	return z.Has("ns1.example.com", OwnA.Address).Has("ns2.example.com", OwnB.Address)
}
