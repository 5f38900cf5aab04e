package zone

import (
	"fmt"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// server is what one address of a name server shows of itself. That it does not answer, or not with authority, is a heavy charge, so
// that it takes several tries, pauses between them, and both transports.
type server struct {
	evidence.Server
	label     string              // "ns1.example.com [192.0.2.53]"
	exchanges []evidence.Exchange // about the zone and what is in it
	last      int                 // number of the last of them in the evidence

	serves        bool        // it gave the SOA record with authority at any of several tries
	answers       facts.Known // whatever it says
	authoritative facts.Known // it answers for the zone with authority
}

// labelOf names a server at one address for people, and as a subject.
func labelOf(s evidence.Server) string { return s.Name + " [" + s.Address + "]" }

// judge reads a server once, however many facts rest on it. Name and address are the key: two names at one address are two entries
// in a delegation.
func (v *view) judge(at evidence.Server) *server {
	if s := v.servers[at]; s != nil {
		return s
	}
	s := &server{Server: at, label: labelOf(at)}
	v.servers[at] = s
	s.exchanges, s.last = v.ExchangesWith(v.t, at)
	s.serves = v.Serves(v.t, at)
	s.answers = v.answers(s)
	s.authoritative = v.authoritative(s)
	return s
}

// judged are the servers of the zone, each address of each name once.
func (v *view) judged() (all []*server) {
	seen := map[*server]bool{}
	for _, at := range v.t.Servers {
		if s := v.judge(at); !seen[s] {
			seen[s] = true
			all = append(all, s)
		}
	}
	return all
}

// dead tells whether it is known that a server does not answer. What is not known is neither this nor lame.
func (s *server) dead() bool { return s.answers.IsNo() }

// lame tells whether it is known that a server does not serve the zone.
func (s *server) lame() bool { return s.authoritative.IsNo() }

// spoke tells whether a server said anything about the zone, whatever it was.
func (s *server) spoke() bool {
	// The response code is the sign: it is empty where no message came.
	return slices.ContainsFunc(s.exchanges, func(x evidence.Exchange) bool { return x.RCode != "" })
}

// answers is no only for a server that kept silent over UDP and TCP, at three tries at least, while others of the same
// address family answered over TCP: else it may be this network that lets nothing through.
func (v *view) answers(s *server) facts.Known {
	if s.spoke() {
		switch {
		case !v.Direct(v.t):
			return facts.Because(reading.NotDirect(s.label))
		case deafToDatagrams(s.exchanges): // resolvers ask over UDP first (RFC 7766 section 5)
			return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: s.label + " answers over TCP, but not over UDP, by which resolvers ask first"})
		}
		return facts.Yes()
	}
	silent := map[string]int{} // tries by transport
	for _, x := range s.exchanges {
		switch {
		case x.Failure == nil:
		case dnsanswer.Silent(x.Failure.Kind):
			silent[x.Transport]++
		// A failure of our own (no route, the end of the run) charges nobody.
		default:
			return facts.Because(reading.Unanswered(x.Failure, s.label))
		}
	}
	switch {
	// Datagrams get lost and connections are refused by accident; both, three times, are no accident.
	case silent["tcp"] == 0 || silent["udp"] == 0 || silent["tcp"]+silent["udp"] < 3:
		return facts.Because(v.tooFewTries(s.label))
	// Without that word of somebody else, a firewall on this side would make every server of the world a dead one.
	case !v.HeardOverTCP(s.Address):
		return facts.Because(reading.UnheardOverTCP(s.label))
	}
	return facts.No()
}

// deafToDatagrams tells whether a server was silent to all that was asked over UDP. One that is lost may be an accident.
func deafToDatagrams(xs []evidence.Exchange) bool {
	lost := 0
	for _, x := range xs {
		switch {
		case x.Transport == "udp" && x.RCode != "":
			return false
		case x.Transport == "udp" && x.Failure != nil && dnsanswer.Silent(x.Failure.Kind):
			lost++
		}
	}
	return lost > 1
}

// tooFewTries is why a charge against a server is not known: it rests on too little.
func (v *view) tooFewTries(label string) facts.Unknown {
	if v.Bundle.Interrupted || v.Bundle.Expired {
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before " + label + " was asked often enough"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: label + " was not asked over UDP and TCP, three times in all"}
}

// authoritative is no only where three tries with pauses between them were all answered, the last one over TCP, and neither the
// zone's SOA record nor another one of its apex came with authority. Limits of rates act on datagrams, and pass.
func (v *view) authoritative(s *server) facts.Known {
	if s.serves {
		return facts.Yes()
	}
	if hasApex(v.Reading, v.t, s) {
		if !v.Direct(v.t) {
			return facts.Because(reading.NotDirect(s.label))
		}
		return facts.Yes()
	}
	// A try without answer charges nobody with lameness: it may be lost, and silence is a fact of its own.
	for _, xs := range v.Tries(v.t, s.Server) {
		if f := dnsanswer.Last(xs).Failure; f != nil {
			return facts.Because(reading.Unanswered(f, s.label))
		}
	}
	switch {
	case !triedOften(v.Reading, v.t, s.Server):
		return facts.Because(v.tooFewTries(s.label))
	case !v.Direct(v.t):
		return facts.Because(reading.NotDirect(s.label))
	}
	return facts.No()
}

// counts tells whether an address is judged: not one to which this machine has no route, if another address of the same server was
// reached. That is the tester's trouble, and the address is left out. A server all of whose addresses are out of our reach is judged all
// the same, and all of it is unknown.
func (v *view) counts(s *server) facts.Known {
	switch {
	case len(s.exchanges) == 0:
		return facts.Because(v.tooFewTries(s.label))
	case !v.NoRoute(v.t, s.Server):
		return facts.Yes()
	}
	for _, other := range v.judged() {
		if other.Name == s.Name && other.Address != s.Address && other.spoke() {
			return facts.Because(facts.Unknown{Code: facts.ConnectFailed, Detail: "this machine has no route to " + s.Address})
		}
	}
	return facts.Yes()
}

// overTCP is no only where three connections were refused or gave nothing, while the same server answers over UDP. All servers have to
// answer over TCP too (RFC 7766 section 5).
func (v *view) overTCP(s *server) facts.Known {
	failed, datagrams := 0, false
	quick := map[string]bool{} // questions whose connections broke at once, however often in a row: one try each
	for _, x := range s.exchanges {
		switch {
		case x.Transport == "tcp" && x.RCode != "" && !v.Direct(v.t):
			return facts.Because(reading.NotDirect(s.label))
		case x.Transport == "tcp" && x.RCode != "":
			return facts.Yes()
		// Each was waited for long enough to count by itself.
		case x.Transport == "tcp" && x.Failure != nil && x.Failure.Kind == evidence.Timeout:
			failed++
		case x.Transport == "tcp" && x.Failure != nil && dnsanswer.Silent(x.Failure.Kind):
			if q := fmt.Sprint(x.Round, x.Name, x.Type); !quick[q] {
				quick[q] = true
				failed++
			}
		case x.Transport == "tcp" && x.Failure != nil:
			return facts.Because(reading.Unanswered(x.Failure, s.label))
		case x.RCode != "":
			datagrams = true
		}
	}
	switch {
	// A server that is silent altogether is another fault than one without TCP.
	case !datagrams && len(s.exchanges) > 0 && dnsanswer.Last(s.exchanges).Failure != nil:
		why := reading.Unanswered(dnsanswer.Last(s.exchanges).Failure, s.label)
		why.Detail = s.label + " did not answer over UDP either"
		return facts.Because(why)
	case failed < 3:
		return facts.Because(v.tooFewTries(s.label))
	case !v.HeardOverTCP(s.Address):
		return facts.Because(reading.UnheardOverTCP(s.label))
	}
	return facts.No()
}
