package derive

import (
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// heardOverTCP tells whether any name server of the same address family as an address answered over TCP in this run. Networks
// that let DNS out over UDP only are common; there a server that does not answer over TCP shows nothing of itself.
func (d *derivation) heardOverTCP(address string) bool {
	addr, err := netip.ParseAddr(address)
	return err == nil && slices.ContainsFunc(d.bundle.Exchanges, func(x evidence.Exchange) bool {
		other, err := netip.ParseAddr(dnsanswer.AddressOf(x.Server))
		return err == nil && x.Role == evidence.Authoritative && x.Transport == "tcp" && x.RCode != "" && other.Is4() == addr.Is4()
	})
}

// unheardOverTCP is why what is seen over TCP is not known where nobody was heard over it.
func unheardOverTCP(label string) facts.Unknown {
	return facts.Unknown{Code: facts.NetworkClosed, Detail: "no name server at all answered over TCP and the same protocol as " + label +
		", so it may be this network that lets no TCP out to port 53"}
}

// direct tells whether the answers in this run come from the name servers that were asked: the walk went down from the root, or
// some server gave records with authority; anybody can deny. Else something on the way, such as the resolver of a hotel, may answer in their place.
func (d *derivation) direct(t *evidence.Target) bool {
	return d.walked(t) || slices.ContainsFunc(d.bundle.Exchanges, func(x evidence.Exchange) bool {
		return x.Role == evidence.Authoritative && x.AA && x.Failure == nil && len(x.Answer) > 0
	})
}

// notDirect is why such answers tell nothing of a server.
func notDirect(label string) facts.Unknown {
	return facts.Unknown{Code: facts.NetworkClosed, Detail: "no name server at all, not even of the root, answered with authority, " +
		"so it may be this network that answers in place of " + label}
}

// cutShort is why not all name servers are known to have told their word about a name: the end of the run, or of the time for
// DNS, cut questions to some of them short. Who was silent is another matter. Without types, all count.
func (d *derivation) cutShort(name string, rrtypes ...string) *facts.Unknown {
	ended := []evidence.FailureKind{evidence.Interrupted, evidence.Limit}
	for _, i := range d.askedAbout(name) {
		x := &d.bundle.Exchanges[i]
		asked := x.Role == evidence.Authoritative && x.Name == name && (len(rrtypes) == 0 || slices.Contains(rrtypes, x.Type))
		if asked && x.Failure != nil && slices.Contains(ended, x.Failure.Kind) {
			why := unanswered(x.Failure, "the question for the "+x.Type+" records of "+name)
			return &why
		}
	}
	return nil
}
