package reading

// This file is the language in which topics say what is worth asking, and the memory of what became of it. A question says nothing of
// waits, retries and transports: how patiently it is put is the business of the probes.

import (
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Wish is what is wanted of a target of the evidence, and how it is to be asked for.
type Wish struct {
	facts.Source               // the probes behind the facts that are wanted
	Host         bool          // the host of that name itself is meant, even if it has MX records of its own
	Settle       time.Duration // wait before name servers that disagree are asked again; 0 for no second look
	Keys         []string      // the keys of block lists that the user gave, by the names of their variables
	Private      bool          // look up what belongs to private addresses too
	Ports        []uint16      // to connect to, as the report names them
}

// Kind says whom a question is put to, and how.
type Kind uint8

// The kinds of questions. The zero Kind is none.
const (
	Resolver      Kind = iota + 1 // the resolver, which is to find the answer out
	Authoritative                 // the servers of the name's own zone, until one answers; aliases are followed to their zones
	At                            // one name server
	Stream                        // one name server, over TCP only
	Foreign                       // one name server, as a stranger who takes it for a resolver: about a made-up name below the name (RFC 5358)
	Transfer                      // one name server, for the beginning of the whole zone (RFC 5936)
	Walk                          // from the root down, which servers have the zone that holds the name
	Addresses                     // the addresses of names of servers, separated by blanks, at the zones of these names
	Fetch                         // a file: its URL, from one of the addresses that stand in Type, separated by blanks
	Connect                       // a bare connection (weburl.TCP) to the address that stands in Type
)

// Question is one thing to ask. Equal questions are asked once. It is comparable for that reason, and holds no list.
type Question struct {
	Kind   Kind
	Server evidence.Server // of At, Stream, Foreign and Transfer
	Name   string          // as it stands in evidence
	Type   string
	Round  int           // of At, Stream, Fetch and Connect: asked anew, whatever was answered in other rounds
	Pause  time.Duration // let so much time pass before the question is put
}

// Answer records what became of a question. It is not kept in the bundle: there the exchanges stand for it. A question that was
// given up counts as answered, else it would be asked for ever.
func (r *Reading) Answer(q Question) {
	if r.asked == nil {
		r.asked = map[Question]bool{}
	}
	r.asked[q] = true
}

// Done tells whether questions were put and answered, or given up. Of no questions it is true. A replay has put none, so that it
// asks nothing.
func (r *Reading) Done(questions ...Question) bool {
	for _, q := range questions {
		if !r.asked[q] {
			return false
		}
	}
	return true
}

// Found records what a walk found out about the zone that holds a name.
func (r *Reading) Found(name string, d evidence.Delegation) {
	if r.walks == nil {
		r.walks = map[string]evidence.Delegation{}
	}
	r.walks[name] = d
}

// WalkedTo returns what a walk found out about the zone that holds a name; false if there was none.
func (r *Reading) WalkedTo(name string) (evidence.Delegation, bool) {
	d, ok := r.walks[name]
	return d, ok
}

// holders are the servers of the zone that holds a name, as a walk found them.
func (r *Reading) holders(name string) []evidence.Server {
	d := r.walks[name]
	if len(d.Path) == 0 {
		return nil
	}
	return d.Path[len(d.Path)-1].Servers
}

// Locate records which addresses a question for those of name servers found.
func (r *Reading) Locate(q Question, servers []evidence.Server) {
	if r.located == nil {
		r.located = map[Question][]evidence.Server{}
	}
	r.located[q] = servers
}

// Located returns them. What is learned of these names later does not count among them.
func (r *Reading) Located(q Question) []evidence.Server { return r.located[q] }
