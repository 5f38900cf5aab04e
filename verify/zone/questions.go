package zone

// This file says what to ask about a zone. All servers that spoke are asked alike; those that were silent at first are not waited for
// again. Further questions are put only where the first answers leave in doubt whose fault something is: a sound zone costs few.

import (
	"net/netip"
	"slices"
	"time"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

const (
	// insistPause is the time between two tries of a question that a server did not answer as it should: what limits rates, or
	// restarts, may answer the next one.
	insistPause = 3 * time.Second
	// streamTries is how often a server that refuses or breaks connections is asked over TCP.
	streamTries = 3
	// maxStreamControls is how many servers of each address family have to show whether TCP gets out of this network at all. One
	// may be down, and a second one filter TCP; three silent ones point at this network.
	maxStreamControls = 3
	// transferPause is the time until a transfer is asked for again that was closed without a word.
	transferPause = 2 * time.Second
)

// Questions lists what is worth asking about the zone of a target, after what is known. What was asked may stand in it again; where
// nothing new does, all is asked.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	if !want.Has(facts.FromSOA) || barred(t) {
		return nil
	}
	// The walk comes first, even if a resolver told of the zone: it may know the zone's own word only.
	list := []reading.Question{{Kind: reading.Walk, Name: dnsanswer.HostName(t.Name)}}
	d, walked := r.WalkedTo(dnsanswer.HostName(t.Name))
	cut, judged := judgedCut(d)
	if !walked || !judged || d.Trouble != nil && d.Trouble.Kind == evidence.NXDomain {
		return list
	}
	_, asked := search{r, cut}.servers()
	if list = append(list, asked...); !r.Done(asked...) {
		return list
	}
	// A copy learns what the target itself may not have been told yet: to ask writes nothing down.
	shown := *t
	Learn(r, &shown)
	a := asking{r, &shown, want}
	list = append(list, slices.Concat(a.authority(), a.stream(), a.glue(), a.recursion(), a.transfer())...)
	// The controls come last, since what was asked before may have shown already that TCP gets out.
	return slices.Concat(list, a.agreement(), a.controls(list))
}

// asking is what is asked once the servers of a zone are known and were asked for its SOA record.
type asking struct {
	*reading.Reading
	t    *evidence.Target
	want reading.Wish
}

// authority asks the servers once more that answered without authority, twice and the last time over TCP: limits of rates act on
// datagrams. Those that stayed silent were asked by all tries, over UDP and TCP. One that lacks the SOA record may have other records, as
// load balancers do.
func (a asking) authority() (list []reading.Question) {
	if !a.want.Has(facts.FromServers) {
		return nil
	}
	for _, s := range a.Speaking(a.t) {
		if a.Serves(a.t, s) {
			continue
		}
		again := reading.Question{Kind: reading.At, Server: s, Name: a.t.Zone, Type: "SOA", Round: dnsanswer.RoundAnew, Pause: insistPause}
		if list = append(list, again); a.Done(again) {
			list = append(list, a.overStream(s, 0, insistPause))
		}
		// Any record of the apex with authority shows that the server has the zone, and lacks that record only.
		if lacksSOA(a.Reading, a.t, s) {
			for _, rrtype := range addressTypes {
				list = append(list, reading.Question{Kind: reading.At, Server: s, Name: a.t.Zone, Type: rrtype, Pause: insistPause})
			}
		}
	}
	return list
}

// overStream asks a server for the SOA record over TCP. Further tries count up from the first.
func (a asking) overStream(s evidence.Server, try int, pause time.Duration) reading.Question {
	return reading.Question{Kind: reading.Stream, Server: s, Name: a.t.Zone, Type: "SOA", Round: dnsanswer.RoundStream + try, Pause: pause}
}

// stream asks over TCP, and again after a while where the connection is refused or breaks. Silence was waited for by all tries of the
// question already.
func (a asking) stream() (list []reading.Question) {
	if !a.want.Has(facts.FromTCP) {
		return nil
	}
	for _, s := range a.Speaking(a.t) {
		for try := range streamTries {
			// The first try comes at once: nothing has failed before it.
			pause := insistPause
			if try == 0 {
				pause = 0
			}
			q := a.overStream(s, try, pause)
			if list = append(list, q); !a.Done(q) || !a.broke(s, q.Round) {
				break
			}
		}
	}
	return list
}

// broke tells whether a connection with a server was refused, or broke off.
func (a asking) broke(s evidence.Server, round int) bool {
	xs, _ := a.Round(evidence.Authoritative, s.Address, a.t.Zone, "SOA", round)
	f := dnsanswer.Last(xs).Failure
	return f != nil && f.Kind != evidence.Timeout && dnsanswer.Silent(f.Kind)
}

// glue asks every server of a zone for the addresses of its name servers inside the zone, to compare them with the
// glue. One server alone may hold an old copy, as that at an old address does. The same holds for name servers in other
// zones, where their glue is not what one server of these zones says. A server of the parent whose datagram lacks glue is
// asked over TCP.
func (a asking) glue() (list []reading.Question) {
	if !a.want.Has(facts.FromGlue) {
		return nil
	}
	// Names outside of the zone are no business of its servers, and what these said of them would not count.
	for _, name := range reading.InDomain(a.DelegatedTo(a.t), a.t.Zone) {
		list = append(list, reading.ToServers(a.Speaking(a.t), 0, name, addressTypes...)...)
	}
	for _, s := range curtailed(a.Reading, a.t) {
		list = append(list, reading.Question{Kind: reading.Stream, Server: s, Name: a.t.Zone, Type: "NS"})
	}
	for _, name := range strangeSiblings(a.Reading, a.t) {
		list = append(list, a.ToWitnesses(name, addressTypes...)...)
	}
	return list
}

// recursion asks every server for a name that is not its business and cannot exist: one fresh label below a zone above, which is known to
// exist and to be served by others. All that comes of it is one NXDOMAIN. A server that answers it resolves for the whole world, and
// lends itself to reflected attacks (RFC 5358).
func (a asking) recursion() (list []reading.Question) {
	if !a.want.Has(facts.FromRecursion) || a.t.Kind == "address" {
		return nil
	}
	for _, s := range a.Speaking(a.t) {
		// A server that holds all zones above is asked nothing: whatever it says is its own business.
		if zone := reading.ForeignZone(a.t, s); zone != "" {
			list = append(list, reading.Question{Kind: reading.Foreign, Server: s, Name: zone, Type: "A"})
		}
	}
	return list
}

// transfer asks every server for the zone. A connection that is closed is tried a second time, as servers in need close some too. Only
// the beginning is read: that a server would hand the zone out is the fact, and what is in it is nobody's business.
func (a asking) transfer() (list []reading.Question) {
	if !a.want.Has(facts.FromTransfer) || a.t.Kind == "address" {
		return nil
	}
	for _, s := range a.Speaking(a.t) {
		q := reading.Question{Kind: reading.Transfer, Server: s, Name: a.t.Zone}
		list = append(list, q)
		if xs, _ := a.Exchanges(evidence.Authoritative, s.Address, a.t.Zone, "AXFR"); a.Done(q) && dnsanswer.ClosedUp(dnsanswer.Last(xs)) {
			// Another round makes it another question, so that it is asked indeed.
			q.Round, q.Pause = 1, transferPause
			list = append(list, q)
		}
	}
	return list
}

// controls asks servers of the zones above over TCP, the root's first, and those of the zone itself that answered otherwise, where
// nobody answered over it so far: only then it counts that a server does not. They are asked once all else was.
func (a asking) controls(before []reading.Question) []reading.Question {
	quiet := func(s evidence.Server) bool { return !a.Answered(a.t, s) && !a.NoRoute(a.t, s) }
	if !a.Done(before...) || !a.want.Has(facts.FromTCP|facts.FromTransfer) && !slices.ContainsFunc(a.t.Servers, quiet) {
		return nil
	}
	families := map[reading.Family]bool{}
	for _, s := range a.t.Servers {
		if addr, err := netip.ParseAddr(s.Address); err == nil {
			families[reading.FamilyOf(addr)] = true
		}
	}
	var list []reading.Question
	// A few of each family are enough: one that answers settles it, and silence of several is this network's.
	count := map[reading.Family]int{}
	for _, s := range a.above() {
		addr, err := netip.ParseAddr(s.Address)
		family := reading.FamilyOf(addr)
		if err == nil && count[family] < maxStreamControls && families[family] && !a.HeardOverTCP(s.Address) {
			count[family]++
			list = append(list, a.overStream(s, 0, 0))
		}
	}
	return list
}

// above lists the servers of the zones above, and then those of the zone itself that spoke.
func (a asking) above() (servers []evidence.Server) {
	path := a.t.Delegation.Path
	for _, cut := range path[:len(path)-1] {
		servers = append(servers, cut.Servers...)
	}
	return append(servers, a.Speaking(a.t)...)
}

// agreement looks closer at a zone whose servers have different serials: their records at the apex are compared, and where
// those agree, the serials are read again after a while, of the servers that answered before. A server whose serial became smaller is
// asked several times more.
func (a asking) agreement() []reading.Question {
	first := lookAt(a.Reading, a.t, 0)
	if !a.want.Has(facts.FromAgreement) || !first.differ() {
		return nil
	}
	// Records before time: where these differ, nothing has to be waited for.
	list := a.apex(first, 0)
	if a.want.Settle <= 0 || !a.Done(list...) || !a.worthSettling() {
		return list
	}
	again := a.serials(first.answering(), 1, a.want.Settle)
	if list = append(list, again...); !a.Done(again...) {
		return list
	}
	second := lookAt(a.Reading, a.t, 1)
	// Behind one address may stand several machines, which answer by turns: three more answers tell a fall from a turn.
	for _, round := range []int{2, 3, 4} {
		again = a.serials(second.olderThan(first), round, 0)
		if list = append(list, again...); !a.Done(again...) {
			break
		}
	}
	if second.differ() {
		list = append(list, a.apex(second, 1)...)
	}
	return list
}

// worthSettling tells whether time can show more, or was given already. A wait that was begun is gone through: what is asked must not
// shrink while answers come.
func (a asking) worthSettling() bool {
	return len(lookAt(a.Reading, a.t, 1).versions) > 0 || worthSettling(a.Reading, a.t)
}

// serials asks servers for the SOA record in a round, all of them side by side, because what is compared must be of one time.
func (a asking) serials(servers []evidence.Server, round int, pause time.Duration) []reading.Question {
	list := reading.ToServers(servers, round, a.t.Zone, "SOA")
	for i := range list {
		list[i].Pause = pause
	}
	return list
}

// apex asks every server that answered in a round for the records at the apex, and again at once for those that differ: records that are
// made afresh for every question differ by themselves.
func (a asking) apex(l look, round int) []reading.Question {
	list := reading.ToServers(l.answering(), round, a.t.Zone, apexTypes...)
	for _, twin := range dnsanswer.Twins(round) {
		if !a.Done(list...) {
			break
		}
		list = append(list, reading.ToServers(l.answering(), twin, a.t.Zone, differing(a.Reading, a.t, round)...)...)
	}
	return list
}
