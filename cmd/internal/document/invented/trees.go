package invented

import "mxverdict/verify/facts"

// Delegation is the way to a zone of which one server of three serves it.
func Delegation() *facts.Delegation {
	return &facts.Delegation{By: "walk", Zones: []facts.DelegationZone{
		{Zone: ".", Servers: []facts.DelegationServer{{Name: "a.root.example", Address: "192.0.2.251", Says: facts.SaysRefers, RTT: 0.04,
			Names: []string{"a.tld.example"}, Glue: []string{"a.tld.example 192.0.2.11"}}}},
		{Zone: "com", Servers: []facts.DelegationServer{{Name: "a.tld.example", Address: "192.0.2.11", Says: facts.SaysRefers, RTT: 0.04,
			Names: []string{"ns1.example.com", "ns2.example.com"}, Glue: []string{}},
			{Name: "b.tld.example", Address: "192.0.2.12", Says: facts.SaysOther, Names: []string{}, Glue: []string{}, Detail: "no answer within 5 s"}}},
		{Zone: "example.com", Servers: []facts.DelegationServer{
			{Name: "ns1.example.com", Address: "192.0.2.53", Says: facts.SaysServes, RTT: 0.04, Names: []string{"ns1.example.com"}, Glue: []string{}},
			{Name: "ns2.example.com", Address: "198.51.100.53", Says: facts.SaysLame, RTT: 0.04, Names: []string{}, Glue: []string{}, Detail: "answers REFUSED"},
			{Name: "ns3.example.com", Address: "2001:db8::53", Says: facts.SaysSilent, Names: []string{}, Glue: []string{}}}},
	}}
}

// SPFTree is a record that includes one with a fault, one twice, and one that is not there.
func SPFTree() facts.SPFTree {
	return facts.SPFTree{{Name: "example.com", Lookups: 12, Says: facts.SPFSound}, {Depth: 1, Term: "include:a.example", Name: "a.example", Lookups: 4, Says: facts.SPFFaulty},
		{Depth: 2, Term: "include:b.example", Name: "b.example", Lookups: 1, Says: facts.SPFSound}, {Depth: 2, Term: "redirect=a.example", Name: "a.example", Says: facts.SPFAround},
		{Depth: 1, Term: "include:b.example", Name: "b.example", Lookups: 1, Says: facts.SPFAgain}, {Depth: 1, Term: "include:c.example", Name: "c.example", Says: facts.SPFNone}}
}
