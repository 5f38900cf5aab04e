package netrange

import "net/netip"

// Near tells whether two addresses lie in one network: the same /24 or /64. What a server does for its neighbours it need not do
// for strangers, and the way to it need not lead through the firewall at which the way of strangers begins.
func Near(a, b netip.Addr) bool {
	a, b = a.Unmap().WithZone(""), b.Unmap().WithZone("")
	bits := 64
	if a.Is4() {
		bits = 24
	}
	network, err := a.Prefix(bits)
	return err == nil && network.Contains(b)
}
