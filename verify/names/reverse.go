package names

// This file tells what the names of an address are and whether one leads back to it ("forward-confirmed", the method iprev of RFC 8601
// section 3). Receivers look at addresses that send; whether this one does is told by package spf.

import (
	"fmt"
	"net/netip"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// reverseFacts are the facts about the names of an address.
var reverseFacts = []facts.Name{facts.DNSPTRNames, facts.DNSPTRMissing, facts.DNSPTRConfirmed, facts.DNSPTRHostnameValid, facts.DNSPTRGeneric, facts.DNSPTRResolverDiffers}

// reverse derives what the reverse look-up of an address shows, and whether its names lead back. Of too many names those that were read
// decide what they show by themselves, whatever others there are.
func (d *derivation) reverse(address string) known {
	names, w := d.ReverseNamesOf(address)
	addr, _ := netip.ParseAddr(address)
	list := w.Is(facts.ListValue(names))
	if w.More {
		list = w.Shows(partOf(names))
	}
	// One proper name is enough: receivers look for one that leads back, not for all (RFC 8601 section 3). Of names that were not read
	// one more might be proper, or one more made by hand, so that only what an example shows is known without them.
	valid := slices.ContainsFunc(names, dnsanswer.ValidHostname)
	generic := w.Is(facts.BoolValue(allGeneric(names, addr)))
	if valid && !allGeneric(names, addr) {
		generic = w.Shows(facts.BoolValue(false))
	}
	return known{
		facts.DNSPTRNames:           list,
		facts.DNSPTRMissing:         facts.Not(facts.Shown(len(names) > 0, w.Why)).Seen(w.At, w.Evidence),
		facts.DNSPTRHostnameValid:   facts.Shown(valid, w.Why).Seen(w.At, w.Evidence),
		facts.DNSPTRGeneric:         generic,
		facts.DNSPTRResolverDiffers: w.Is(facts.BoolValue(w.Differs)),
		facts.DNSPTRConfirmed:       d.confirmed(names, w, addr),
	}
}

// confirmed tells whether a name of the address leads back to it: by A records to an IPv4 address, by AAAA records to an IPv6
// address (RFC 8601 section 3). A name that gave no answer may be the one that does.
func (d *derivation) confirmed(names []string, w reading.Word, addr netip.Addr) facts.Known {
	if !w.Known() && !w.More {
		return facts.Because(w.Why)
	}
	rrtype := dnsanswer.AddressType(addr)
	back := w.Shows(facts.BoolValue(false))
	for _, name := range names[:min(len(names), reading.MaxReverseNames)] {
		switch {
		case name == "": // the root has no address
			continue
		case !dnsanswer.Askable(name):
			back = facts.Because(facts.Unknown{Code: facts.Untested, Detail: "the name " + name + " has a dot within a label, so that it was not led back"})
			continue
		}
		forward := d.Word(name, rrtype)
		switch {
		case slices.Contains(dnsanswer.AddressesIn(forward.Records), addr):
			return forward.Shows(facts.BoolValue(true))
		case !forward.Known():
			back = facts.Because(forward.Why)
		// The reason of a name without an answer stays: what a later name says to the contrary does not make it go away.
		case back.Known():
			back = forward.Shows(facts.BoolValue(false))
		}
	}
	return back.Unless(notAllLedBack(names, w.More))
}

// notAllLedBack is why one of many names of an address may lead back although none of those does that were asked for, or the zero
// value. Receivers stop at ten as well, but not all of them at the same ten.
func notAllLedBack(names []string, more bool) facts.Unknown {
	most := ""
	switch {
	case more:
		most = "at least "
	case len(names) <= reading.MaxReverseNames:
		return facts.Unknown{}
	}
	return facts.Unknown{Code: facts.Untested,
		Detail: fmt.Sprintf("the address has %s%d names, and only %d of them were led back", most, len(names), min(len(names), reading.MaxReverseNames))}
}
