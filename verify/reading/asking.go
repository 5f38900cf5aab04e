package reading

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// This file lists questions that several topics ask in the same way. What is asked follows from what is known: a list may hold what was
// asked already, and is whole once all of it was.

// maxWitnesses bounds the servers of a zone that are asked whether they know of nothing either.
const maxWitnesses = 6

// ToResolver are questions for the resolver about a name.
func ToResolver(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		list = append(list, Question{Kind: Resolver, Name: dnsanswer.HostName(name), Type: rrtype})
	}
	return list
}

// ToZone are questions for the servers of a name's own zone, until one answers.
func ToZone(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		list = append(list, Question{Kind: Authoritative, Name: dnsanswer.HostName(name), Type: rrtype})
	}
	return list
}

// ToServers are questions for each of some servers; the round tells looks apart.
func ToServers(servers []evidence.Server, round int, name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		for _, s := range servers {
			list = append(list, Question{Kind: At, Server: s, Name: dnsanswer.HostName(name), Type: rrtype, Round: round})
		}
	}
	return list
}

// ToBoth are questions for the resolver and for the servers of a name's own zone. One of these is enough for what exists. That there is
// nothing takes a second witness, because a server may lag behind the others of its zone: the resolver, or else the other servers.
func (r *Reading) ToBoth(name string, rrtypes ...string) (list []Question) {
	for _, rrtype := range rrtypes {
		ask := slices.Concat(ToResolver(name, rrtype), ToZone(name, rrtype))
		list = append(list, ask...)
		if r.Done(ask...) && r.OfServers(name, rrtype).Absent && !r.WordOfResolver(name, rrtype).Absent {
			links := r.Chain(name, rrtype)
			list = append(list, r.ToWitnesses(links[len(links)-1], rrtype)...)
		}
	}
	return list
}

// ToWitnesses are questions for the servers of the zone that holds a name, each by itself: first who they are.
func (r *Reading) ToWitnesses(name string, rrtypes ...string) []Question {
	walk := Question{Kind: Walk, Name: dnsanswer.HostName(name)}
	return append([]Question{walk}, ToServers(r.Witnesses(name), 0, name, rrtypes...)...)
}

// Witnesses are the servers of the zone that holds a name, as many as are asked, once a walk found them.
func (r *Reading) Witnesses(name string) []evidence.Server {
	servers := r.Holders(dnsanswer.HostName(name))
	return servers[:min(len(servers), maxWitnesses)]
}
