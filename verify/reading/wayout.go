package reading

// This file tells whether this network lets SMTP out. Many access providers close port 25, some for all and some with exceptions, and from
// inside that looks as if every mail server of the world was down.

import (
	"net/netip"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/netrange"
	"mxverdict/verify/transcript"
)

// Network is what the run shows about our own way out to an address. "" is not known.
func (r *Reading) Network(address string) evidence.WayOut {
	if addr, err := netip.ParseAddr(address); err == nil && addr.Is6() {
		return r.Bundle.Vantage.SMTPOut6
	}
	return r.Bundle.Vantage.SMTPOut
}

// Family is an address family. What one lets out says nothing of the other.
type Family bool

// The address families.
const (
	IPv4 Family = false
	IPv6 Family = true
)

// FamilyOf is the family of an address.
func FamilyOf(a netip.Addr) Family { return Family(a.Unmap().Is6()) }

// Has tells whether an address is of the family.
func (f Family) Has(address string) bool {
	addr, err := netip.ParseAddr(address)
	return err == nil && FamilyOf(addr) == f
}

// WayOut tells what sessions show about the way of this network to SMTP servers of one family, for a verdict on some targets. Only
// controls and the servers of these targets count, so that no verdict hangs on the reports beside it. A server in the tester's
// own network stands on this side of its firewall, so that it counts for nothing, whatever it does.
//
// A control that greets shows that the way is open. Controls that all stayed silent show that it is closed, unless a server of
// the targets greeted: then it is open to some and not to others, and why one address stays silent is not known. Without the word
// of a control the greeting of such a server shows that the way is open.
func WayOut(targets []evidence.Target, sessions []evidence.Session, family Family) evidence.WayOut {
	asked, silent, greeted := 0, 0, false
	own := addressesOf(targets)
	for _, s := range sessions {
		switch {
		case !family.Has(s.Address) || Neighbour(s):
		case own[s.Address]: // as a control too, it speaks for itself only
			greeted = greeted || transcript.Greeted(s)
		// One is enough, whatever the others did: port 25 is not closed for all.
		case s.Control && transcript.Greeted(s):
			return evidence.Open
		case s.Control:
			asked++
			// A control that refuses us, or breaks off, was reached.
			if transcript.Unanswered(s) {
				silent++
			}
		}
	}
	switch allSilent := asked > 0 && asked == silent; {
	case allSilent && !greeted:
		return evidence.Closed
	case greeted && !allSilent:
		return evidence.Open
	}
	return ""
}

// Neighbour tells whether a session was held with a server in the tester's own network. It is met from inside, as no stranger meets it:
// it may trust us, and our firewall does not stand between.
func Neighbour(s evidence.Session) bool {
	addr, err := netip.ParseAddr(s.Address)
	return s.SameNetwork || err != nil || netrange.Private(addr)
}

// addressesOf are the addresses of the targets' mail hosts.
func addressesOf(targets []evidence.Target) map[string]bool {
	all := map[string]bool{}
	for i := range targets {
		AtAnyAddress(&targets[i], func(s facts.Subject) bool { all[s.At] = true; return false })
	}
	return all
}

// Unreached tells whether a server that was tested over a family was not reached, or stayed silent, on a port that networks close.
// Then controls are worth asking; with another port they are not, because networks close 25 only.
func Unreached(b *evidence.Bundle, family Family) bool {
	return slices.ContainsFunc(b.Sessions, func(s evidence.Session) bool {
		return !s.Control && !s.Decoy && family.Has(s.Address) && mayBeClosed(s) && transcript.Unanswered(s)
	})
}

// mayBeClosed tells whether a session was held on the port that networks close to keep spam in. Controls are asked on no other.
func mayBeClosed(s evidence.Session) bool { return s.Port == 25 }
