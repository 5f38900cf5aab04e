package scene

import "mxverdict/verify/evidence"

// Led is a bundle about example.com: its mail host was found, or was not, and greeted at each of its addresses.
func Led(kind string, trouble *evidence.Failure, hosts []evidence.Host, exchanges ...evidence.Exchange) *evidence.Bundle {
	b := &evidence.Bundle{Vantage: evidence.Vantage{Resolver: "203.0.113.1:53", SMTPOut: evidence.Open}, Exchanges: exchanges,
		Targets: []evidence.Target{{Name: "example.com", Kind: kind, Zone: "example.com", Trouble: trouble, Hosts: hosts,
			Servers:    []evidence.Server{{Name: "ns1.example.com", Address: "192.0.2.53"}},
			Delegation: &evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.com"}}}}}}
	for _, h := range hosts {
		for _, a := range h.Addresses {
			reply := &evidence.Reply{Code: 220, Complete: true, Lines: []evidence.Line{{Text: "220 mail.example.com ESMTP"}}}
			b.Sessions = append(b.Sessions, evidence.Session{Host: h.Name, Address: a, Port: 25, Attempt: 1,
				Events: []evidence.Event{{Step: evidence.StepConnect}, {Step: evidence.StepGreeting, Reply: reply}}})
		}
	}
	return b
}

// SaidBy is an answer in presentation format: resolver or zone, RCODE, type, name and the data of the records.
func SaidBy(role evidence.Role, rcode, rrtype, name string, data ...string) evidence.Exchange {
	var records []string
	for _, d := range data {
		records = append(records, name+". 300 IN "+rrtype+" "+d)
	}
	return Said(role, name, rrtype, rcode, records...)
}

// Here is the resolver, and There the name servers of the zone.
const (
	Here  = evidence.Resolver
	There = evidence.Authoritative
)

// OneHost is the mail host of Led at some addresses.
func OneHost(addresses ...string) []evidence.Host {
	return []evidence.Host{{Name: "mail.example.com", Preference: 10, Addresses: addresses}}
}

// Said is an answer of the one name server of example.com, or of the resolver, with records in presentation format.
func Said(role evidence.Role, name, rrtype, rcode string, records ...string) evidence.Exchange {
	server := "192.0.2.53:53"
	if role == evidence.Resolver {
		server = "203.0.113.1:53"
	}
	return evidence.Exchange{Role: role, Server: server, Name: name, Type: rrtype, RCode: rcode, AA: role == evidence.Authoritative, Answer: records}
}
