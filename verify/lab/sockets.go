package lab

import (
	"fmt"
	"net/netip"
	"slices"
)

// OnOwnAddresses starts the scenario on sockets of this machine, at the very addresses that it names, those of IPv6 too, and at the ports
// that are usual there, without delay on the way: for programs that take no other ports. The resolver tells of the root then. All Addresses have to be the machine's own, which
// only a network namespace can have that was made for them.
func (s *Scenario) OnOwnAddresses() (*Internet, error) {
	if err := s.onSockets(netip.Addr.IsValid); err != nil {
		return nil, err
	}
	here := *s
	// Programs ask their resolver where the root is, while the tester is told.
	here.zones = s.allZones()
	n := newInternet(&here)
	n.dnsPort, n.smtpPort, n.httpPort, n.httpsPort = 53, 25, 80, 443
	if err := n.listen(&here); err != nil {
		n.Close()
		return nil, fmt.Errorf("lab: listening on addresses of the scenario: %w", err)
	}
	return n, nil
}

// Addresses are all at which somebody listens or to which a record leads, in order.
func (s *Scenario) Addresses() []netip.Addr {
	all := s.everyAddress()
	for _, server := range s.nameServers() {
		all = append(all, server.address)
	}
	slices.SortFunc(all, netip.Addr.Compare)
	return slices.Compact(all)
}

// onSockets says what of the scenario no socket of this machine can show, at the addresses that are wanted.
func (s *Scenario) onSockets(wanted func(netip.Addr) bool) error {
	if s.intercepts {
		return fmt.Errorf("lab: %s: loopback cannot show a proxy that answers for every address", s.File)
	}
	for _, h := range s.hosts {
		switch {
		case !wanted(h.address):
		case h.connect == "silent":
			return fmt.Errorf("lab: %s: loopback cannot show the silent host %v", s.File, h.address)
		case h.refusesFor > 0:
			return fmt.Errorf("lab: %s: loopback cannot show how %v refuses for a time", s.File, h.address)
		}
	}
	for _, h := range s.web {
		if wanted(h.address) && h.connect == "silent" {
			return fmt.Errorf("lab: %s: loopback cannot show the silent host %v", s.File, h.address)
		}
	}
	return nil
}
