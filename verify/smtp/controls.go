package smtp

import (
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// Controls are hosts that greet everybody and offer STARTTLS to everybody: what they are seen to do from here shows what this network lets
// through. They are asked only for the sake of targets that are in doubt, given below by their places in the bundle, one after the
// other until no doubt is left. A server is no control for its own sake.

// Silent lists the targets one of whose servers did not answer over an address family, and for which no control greeted yet from outside of
// this network. An RST proves nothing, because firewalls reject, nor does a connection that stays silent, because proxies accept for
// everybody; nor that other servers answered, because a closed network may let some through. So a doubt ends only with a greeting
// from outside, for the family in doubt: IPv4 that works says nothing of IPv6.
func Silent(r *reading.Reading, family reading.Family) []int {
	return doubtful(r,
		func(h reading.Heard, address string) bool { return h.Unanswered && family.Has(address) },
		func(s reading.Session) bool { return family.Has(s.Address) && transcript.Greeted(*s.Session) })
}

// Rewritten lists the targets with a server that shows what a device may have left that works in one of reading.Rewritings, given by its
// place, and neither a server nor yet a control that came through without.
func Rewritten(r *reading.Reading, way int) []int {
	changed := doubtful(r,
		func(h reading.Heard, _ string) bool { return h.Rewritten[way] },
		func(s reading.Session) bool { return reading.Rewritings[way].Passes(s.Session) })
	return slices.DeleteFunc(changed, func(t int) bool {
		return reading.AtAnyAddress(&r.Bundle.Targets[t], func(s facts.Subject) bool { return r.HeardAt(s.At).Passed[way] })
	})
}

// doubtful lists the targets with a server of which such was heard, but for those that a control settles.
func doubtful(r *reading.Reading, such func(h reading.Heard, address string) bool, settles func(reading.Session) bool) (targets []int) {
	var settling []string // addresses of controls; one in our own network stands on this side of its firewall
	for _, s := range r.Controls() {
		if !reading.Neighbour(*s.Session) && settles(s) {
			settling = append(settling, s.Address)
		}
	}
	for i := range r.Bundle.Targets {
		if !reading.AtAnyAddress(&r.Bundle.Targets[i], func(s facts.Subject) bool { return such(r.HeardAt(s.At), s.At) }) {
			continue
		}
		// A control that a target leads to would vouch for itself. The next domain in the list of controls serves that target.
		if !slices.ContainsFunc(settling, func(address string) bool { return !r.LeadsTo(i, address) }) {
			targets = append(targets, i)
		}
	}
	return targets
}

// Control is what to ask of a host that is a control. It is as little as settles the doubt: a control has done nothing to be tested.
type Control struct {
	GreetingOnly bool
	TLS          bool // try a handshake
}

// ControlFor tells whether a host at an address is to be asked because servers did not answer over its address family, and was not asked
// yet.
func ControlFor(r *reading.Reading, address netip.Addr) (Control, bool) {
	// Once is enough: a control that did not greet leaves the doubt, and pressing it would make us a nuisance to a third party.
	asked := slices.ContainsFunc(r.Controls(), func(s reading.Session) bool { return s.Address == address.String() })
	// A greeting is all that shows that the port is open. QUIT follows it, so that the control sees no early hang-up.
	return Control{GreetingOnly: true}, !asked && others(r, Silent(r, reading.FamilyOf(address)), address)
}

// RewritingControl tells whether a host at an address is to be asked because servers show what a device may have left, and for what.
func RewritingControl(r *reading.Reading, address netip.Addr) (c Control, ask bool) {
	// All that is in doubt is asked in the one session.
	for way := range reading.Rewritings {
		if others(r, Rewritten(r, way), address) {
			ask, c.TLS = true, c.TLS || reading.Rewritings[way].TLS
		}
	}
	return c, ask
}

// others tells whether some of the targets are not led to an address themselves.
func others(r *reading.Reading, targets []int, address netip.Addr) bool {
	return slices.ContainsFunc(targets, func(t int) bool { return !r.LeadsTo(t, address.String()) })
}

// ControlHost picks the best MX host of a control domain that has an address of a family, and that address; or lists what to ask the
// resolver before that is known. Without either there is none. Preference decides and then the address, so that all reports ask the same
// host.
func ControlHost(r *reading.Reading, domain string, family reading.Family) (host string, address netip.Addr, ask []reading.Question) {
	// The resolver is good enough: which of the control's hosts answers makes no difference, and a walk from the root would cost
	// more than the control itself.
	if mx := reading.ToResolver(domain, "MX"); !r.Done(mx...) {
		return "", netip.Addr{}, mx
	}
	xs, _ := r.Exchanges(evidence.Resolver, "", domain, "MX")
	rrtype := map[reading.Family]string{reading.IPv4: "A", reading.IPv6: "AAAA"}[family]
	for _, h := range dnsanswer.MXHosts(xs) {
		// One host after the other, so that no more is looked up than the host that is taken.
		if look := reading.ToResolver(h.Name, rrtype); !r.Done(look...) {
			return "", netip.Addr{}, look
		}
		found := dnsanswer.AddressTexts(r.WordOfResolver(h.Name, rrtype).Records)
		slices.Sort(found) // each time the same one, whatever their order
		for _, a := range found {
			if address, err := netip.ParseAddr(a); err == nil && reading.FamilyOf(address) == family {
				return h.Name, address, nil
			}
		}
	}
	return "", netip.Addr{}, nil
}
