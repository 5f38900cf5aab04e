package reading

import (
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// hearing is what is read in all sessions of a bundle together, once for all targets. Each session is looked at once, so that a bundle of
// thousands of them takes as many looks and not their square.
type hearing struct {
	sessions  map[facts.Subject][]Session // without controls and the decoy
	controls  []Session
	at        map[string]Heard // by address
	rewritten [len(Rewritings)]rewritten
	open      map[Family]bool   // a control greeted
	leadHere  map[string][]int  // by address of a mail host: the targets, each once and in order
	greeted   []map[Family]bool // by target: some server of it greeted

	// Found out when it was asked for.
	contacts   map[facts.Subject]contact
	nolistings map[*evidence.Target]Nolisting
}

func (r *Reading) hearing() *hearing {
	if r.indexed().hearing == nil {
		r.indexed().hearing = hear(r.Bundle)
	}
	return r.indexed().hearing
}

func hear(b *evidence.Bundle) *hearing {
	h := &hearing{sessions: map[facts.Subject][]Session{}, at: map[string]Heard{}, open: map[Family]bool{}, leadHere: map[string][]int{},
		contacts: map[facts.Subject]contact{}, nolistings: map[*evidence.Target]Nolisting{}}
	// Sessions come first: what a target's servers showed is put together from them.
	for i := range b.Sessions {
		h.session(&b.Sessions[i], i+1)
	}
	for i := range b.Targets {
		h.target(&b.Targets[i], i)
	}
	for _, family := range []Family{IPv4, IPv6} {
		h.open[family] = WayOut(nil, b.Sessions, family) == evidence.Open
	}
	return h
}

// session takes up one session.
func (h *hearing) session(s *evidence.Session, n int) {
	if !s.Control && !s.Decoy { // a server that is a control as well shows what is asked of it only in a session of its own
		with := facts.SessionAt(s.Host, s.Address)
		h.sessions[with] = append(h.sessions[with], Session{s, n})
	}
	if s.Control {
		h.controls = append(h.controls, Session{s, n})
	}
	at, outside := h.at[s.Address], !Neighbour(*s)
	// A neighbour's greeting proves no way out, since it never left this network.
	at.Greeted = at.Greeted || outside && transcript.Greeted(*s)
	// The decoy is meant to stay silent.
	at.Unanswered = at.Unanswered || !s.Decoy && transcript.Unanswered(*s)
	for i, way := range Rewritings {
		shows, passes := way.Shows(s), outside && way.Passes(s)
		// Only a session that tried STARTTLS, or shows a blanked greeting, raises the doubt: where encryption was no question, a
		// control would be troubled for nothing.
		at.Rewritten[i] = at.Rewritten[i] || !s.Control && shows && (transcript.Blanked(s) || s.Event(evidence.StepSTARTTLS) != nil)
		at.Passed[i] = at.Passed[i] || passes
		h.rewritten[i].passed = h.rewritten[i].passed || passes
		if s.Control && shows {
			h.rewritten[i].controls = append(h.rewritten[i].controls, s)
		}
	}
	h.at[s.Address] = at
}

// target takes up what the sessions, all of which were read, say of one target.
func (h *hearing) target(t *evidence.Target, i int) {
	greeted := map[Family]bool{}
	AtAnyAddress(t, func(s facts.Subject) bool {
		// Targets come in order, so that the list is sorted and has no target twice: LeadsTo searches it.
		if known := h.leadHere[s.At]; len(known) == 0 || known[len(known)-1] != i {
			h.leadHere[s.At] = append(known, i)
		}
		if addr, err := netip.ParseAddr(s.At); err == nil && h.at[s.At].Greeted {
			greeted[FamilyOf(addr)] = true
		}
		return false
	})
	h.greeted = append(h.greeted, greeted)
}

// Sessions are the sessions that were held with a host at an address. Nobody may change the list.
func (r *Reading) Sessions(with facts.Subject) []Session { return r.hearing().sessions[with] }

// Controls are the sessions with controls. Nobody may change the list.
func (r *Reading) Controls() []Session { return r.hearing().controls }

// AtAnyAddress tells whether something holds at any address of a target's mail hosts. It ends at the first one of which it does. A
// host without addresses has no say in it.
func AtAnyAddress(t *evidence.Target, such func(facts.Subject) bool) bool {
	return slices.ContainsFunc(t.Hosts, func(h evidence.Host) bool {
		return slices.ContainsFunc(h.Addresses, func(a string) bool { return such(facts.SessionAt(h.Name, a)) })
	})
}

// Heard is what all sessions with an address showed together, whichever host led there. Whether it is believed is another matter.
type Heard struct {
	Greeted    bool // with 220, by a server outside of the tester's own network
	Unanswered bool // once at least, for which this network may be the reason

	// By Rewritings: what a session shows that a device may have left, and that one came through without, from outside.
	Rewritten, Passed [len(Rewritings)]bool
}

// HeardAt tells what sessions with an address showed, those with it as a control among them.
func (r *Reading) HeardAt(address string) Heard { return r.hearing().at[address] }

// OpenTo tells whether this network is known to let SMTP out to an address: a control greeted, or, over the same address family, another
// server of a target that leads there. The servers of other targets do not count: whether an address is tried again must not hang on the
// reports beside it.
func (r *Reading) OpenTo(address netip.Addr) bool {
	h, family := r.hearing(), FamilyOf(address)
	return h.open[family] || slices.ContainsFunc(h.leadHere[address.String()], func(t int) bool { return h.greeted[t][family] })
}

// LeadsTo tells whether an address is one of the mail hosts of a target, given by its place in the bundle.
func (r *Reading) LeadsTo(target int, address string) bool {
	_, leads := slices.BinarySearch(r.hearing().leadHere[address], target)
	return leads
}

// sameTarget tells whether two addresses belong to the mail hosts of one target.
func (r *Reading) sameTarget(a, b string) bool {
	return slices.ContainsFunc(r.hearing().leadHere[a], func(t int) bool { return r.LeadsTo(t, b) })
}
