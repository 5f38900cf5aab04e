package reading

// maxWitnesses bounds the servers of a zone that are asked whether they know of nothing either.
const maxWitnesses = 6

// Look lists the questions that tell what a name has of a type, by the resolver and by the word of its own zone. One server of the zone is
// enough for what exists. That there is nothing takes a second witness, because a server may lag behind the others of its zone: the
// resolver, or else the other servers.
func (r *Reading) Look(name, rrtype string) []Question {
	questions := []Question{{Kind: Resolver, Name: name, Type: rrtype}, {Kind: Authoritative, Name: name, Type: rrtype}}
	if !r.Done(questions...) || !r.OfServers(name, rrtype).Absent || r.WordOfResolver(name, rrtype).Absent {
		return questions
	}
	links := r.Chain(name, rrtype)
	return append(questions, r.AskWitnesses(links[len(links)-1], rrtype)...)
}

// AskWitnesses lists the questions to the servers of the zone that holds a name, each by itself.
func (r *Reading) AskWitnesses(name string, rrtypes ...string) []Question {
	questions := []Question{{Kind: Walk, Name: name}}
	servers := r.Holders(name)
	for _, server := range servers[:min(len(servers), maxWitnesses)] {
		for _, rrtype := range rrtypes {
			questions = append(questions, Question{Kind: At, Server: server, Name: name, Type: rrtype})
		}
	}
	return questions
}
