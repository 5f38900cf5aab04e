package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/miekg/dns"
)

// maxDatagram is the longest question that is read.
const maxDatagram = 4096

// portTries is how often free ports are looked for, since another program may take one in between.
const portTries = 20

// network24 is the first three bytes of an IPv4 address.
type network24 [3]byte

// mapping leads from the IPv4 networks of a scenario to networks of 127.0.0.0/8. A nil mapping changes nothing.
type mapping map[network24]network24

// mapNetworks gives each network a.b.c.0/24 the network 127.c.k.0/24 with the smallest free k, in order of the
// networks: 203.0.113.25 becomes 127.113.0.25. Whole networks are mapped because reverse zones are cut at their border.
func mapNetworks(networks []network24) (mapping, error) {
	slices.SortFunc(networks, func(a, b network24) int { return slices.Compare(a[:], b[:]) })
	m, next := mapping{}, map[byte]int{0: 1} // 127.0.0.0/24 is left to the machine itself
	for _, from := range slices.Compact(networks) {
		c := from[2]
		if next[c] > 255 {
			return nil, fmt.Errorf("lab: more than 255 networks whose third byte is %d do not fit onto loopback", c)
		}
		m[from] = network24{127, c, byte(next[c])}
		next[c]++
	}
	return m, nil
}

func (m mapping) address(a netip.Addr) netip.Addr {
	return m.via(a, func(n network24) network24 { return m[n] })
}

// original leads back. It looks at all networks: they are few, and this is for logs.
func (m mapping) original(a netip.Addr) netip.Addr {
	return m.via(a, func(here network24) network24 {
		for from, to := range m {
			if to == here {
				return from
			}
		}
		return network24{}
	})
}

// via moves the first three bytes; the last one stays, so that a reader recognises the address.
func (m mapping) via(a netip.Addr, replace func(network24) network24) netip.Addr {
	if !a.Is4() {
		return a
	}
	b := a.As4()
	to := replace(network24(b[:3]))
	if to == (network24{}) {
		return a
	}
	return netip.AddrFrom4([4]byte{to[0], to[1], to[2], b[3]})
}

const reverse4 = ".in-addr.arpa."

// reverseNetwork reads the network at the end of a name under in-addr.arpa, and the labels before it.
func reverseNetwork(name string) (before []string, network network24, ok bool) {
	rest, ok := strings.CutSuffix(dns.CanonicalName(name), reverse4)
	labels := strings.Split(rest, ".")
	at := len(labels) - len(network)
	if !ok || at < 0 {
		return nil, network, false
	}
	for i := range network {
		byteValue, err := strconv.ParseUint(labels[len(labels)-1-i], 10, 8)
		if err != nil {
			return nil, network, false
		}
		network[i] = byte(byteValue)
	}
	return labels[:at], network, true
}

// name moves a reverse name to where the mapped network has its reverse zone.
func (m mapping) name(name string) string {
	before, network, ok := reverseNetwork(name)
	to, mapped := m[network]
	if !ok || !mapped {
		return name
	}
	end := fmt.Sprintf("%d.%d.%d%s", to[2], to[1], to[0], reverse4)
	return strings.Join(append(slices.Clone(before), end), ".")
}

// record translates a record; one that loopback cannot carry becomes nil.
func (m mapping) record(rr dns.RR) dns.RR {
	made := dns.Copy(rr)
	made.Header().Name = m.name(rr.Header().Name)
	switch made := made.(type) {
	case *dns.A:
		if a, ok := netip.AddrFromSlice(made.A.To4()); ok {
			made.A = net.IP(m.address(a).AsSlice())
		}
	case *dns.AAAA:
		return nil
	case *dns.CNAME: // RFC 2317 delegates parts of a reverse network by aliases
		made.Target = m.name(made.Target)
	}
	return made
}

// zone translates a zone with all of its records. Names of servers stay, since they are no reverse names.
func (m mapping) zone(z *zone) *zone {
	soa := *z.soa
	soa.Hdr.Name = m.name(z.name)
	made := newZone(soa.Hdr.Name, &soa)
	made.servers, made.line, made.hidden = z.servers, z.line, z.hidden
	made.soas, made.signed, made.dnssec = z.soas, z.signed, z.dnssec
	for _, records := range z.owners {
		for _, rr := range records {
			// Keys and what points to them are made anew: a zone may be called otherwise now.
			if moved := m.record(rr); moved != nil && !z.made(rr) {
				made.add(moved)
			}
		}
	}
	return made
}

// manner translates what one server has for itself, its lies among it.
func (m mapping) manner(from manner) manner {
	made := from
	made.zones, made.spoofs = nil, nil
	for _, z := range from.zones {
		made.zones = append(made.zones, m.zone(z))
	}
	for _, rr := range from.spoofs {
		if moved := m.record(rr); moved != nil {
			made.spoofs = append(made.spoofs, moved)
		}
	}
	if from.lies != nil {
		made.lies = m.zone(from.lies)
	}
	made.invents = m.address(from.invents)
	return made
}

// networks collects every IPv4 network that the scenario speaks of.
func (s *Scenario) networks() []network24 {
	var all []network24
	for _, a := range s.everyAddress() {
		if a.Is4() {
			b := a.As4()
			all = append(all, network24(b[:3]))
		}
	}
	note := func(name string) {
		if _, network, ok := reverseNetwork(name); ok {
			all = append(all, network)
		}
	}
	for _, z := range s.allZones() {
		for name := range z.names {
			note(name)
		}
	}
	for _, entry := range s.manners {
		for _, rr := range entry.manner.records() {
			note(rr.Header().Name)
		}
	}
	return all
}

// everyAddress are all at which somebody listens or to which a record leads.
func (s *Scenario) everyAddress() []netip.Addr {
	all := append(s.addresses(), s.resolver)
	for _, entry := range s.manners {
		all = append(all, entry.address)
	}
	for _, h := range s.hosts {
		all = append(all, h.address)
	}
	for _, h := range s.web {
		all = append(all, h.address)
	}
	return all
}

// onLoopback translates the scenario, or says what of it loopback cannot show.
func (s *Scenario) onLoopback(m mapping) (*Scenario, error) {
	made := *s
	made.zones, made.manners, made.hosts, made.web = nil, nil, nil, nil
	made.resolver = m.address(s.resolver)
	here := func(a netip.Addr) bool { return a.Is4() }
	if err := s.onSockets(here); err != nil {
		return nil, err
	}
	if !s.resolver.Is4() {
		return nil, fmt.Errorf("lab: %s: on loopback the resolver needs an IPv4 address, not %v", s.File, s.resolver)
	}
	for _, z := range s.zones {
		_, _, whole := reverseNetwork(z.name)
		if strings.HasSuffix(z.name, reverse4) && !whole {
			return nil, fmt.Errorf("lab: %s:%d: on loopback a reverse zone covers one /24 or less", s.File, z.line)
		}
		made.zones = append(made.zones, m.zone(z))
	}
	if i := slices.Index(s.zones, s.root); i >= 0 {
		made.root = made.zones[i]
	} else {
		made.root = m.zone(s.root)
	}
	for _, entry := range s.manners {
		if entry.address.Is4() {
			entry.address, entry.manner = m.address(entry.address), m.manner(entry.manner)
			made.manners = append(made.manners, entry)
		}
	}
	for _, h := range s.hosts {
		if here(h.address) {
			made.hosts = append(made.hosts, &host{address: m.address(h.address), connect: h.connect, phases: h.phases})
		}
	}
	for _, h := range s.web {
		if !here(h.address) {
			continue
		}
		moved := *h
		moved.address = m.address(h.address)
		made.web = append(made.web, &moved)
	}
	made.signZones()
	return &made, nil
}

// OnLoopback starts the scenario on sockets of this machine, without delay on the way. Every IPv4 address a.b.c.d
// becomes 127.c.k.d, where k is 0 unless several networks share c; address records, reverse zones and reverse names
// follow, other data (such as ip4: in SPF records) stays. IPv6 is left out. It needs a system on which all of
// 127.0.0.0/8 is local, as on Linux, and must not run inside a synctest bubble, whose clock stands still while a
// socket is waited for.
func (s *Scenario) OnLoopback() (*Internet, error) {
	m, err := mapNetworks(s.networks())
	if err != nil {
		return nil, err
	}
	here, err := s.onLoopback(m)
	if err != nil {
		return nil, err
	}
	for range portTries {
		n := newInternet(here)
		n.onto = m
		if err = n.choosePorts(); err == nil {
			err = n.listen(here)
		}
		if err == nil {
			return n, nil
		}
		n.Close()
		if !errors.Is(err, syscall.EADDRINUSE) {
			break
		}
	}
	return nil, fmt.Errorf("lab: listening on loopback: %w", err)
}

// choosePorts takes free ports for all servers.
func (n *Internet) choosePorts() (err error) {
	for _, port := range []*int{&n.dnsPort, &n.smtpPort, &n.httpPort, &n.httpsPort} {
		if *port, err = freePort(); err != nil {
			return err
		}
	}
	return nil
}

// listen opens all sockets.
func (n *Internet) listen(here *Scenario) (err error) {
	if n.authority, err = newAuthority(time.Now()); err != nil {
		return err
	}
	for _, h := range here.web {
		serve := func(conn net.Conn) { n.serveWeb(h, conn) }
		if err := n.listenTCP(netip.AddrPortFrom(h.address, n.webPort(h)), serve); err != nil {
			return err
		}
	}
	for _, server := range here.nameServers() {
		if err := n.listenDNS(server); err != nil {
			return err
		}
	}
	for _, h := range here.hosts {
		if h.connect != "accept" {
			continue // nobody listens, so that the system refuses
		}
		serve := func(conn net.Conn) { n.serveSMTP(h, conn) }
		if err := n.listenTCP(netip.AddrPortFrom(h.address, uint16(n.smtpPort)), serve); err != nil {
			return err
		}
	}
	return nil
}

// freePort finds a port that nobody uses now.
func freePort() (int, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	return l.Addr().(*net.TCPAddr).Port, l.Close()
}

func (n *Internet) listenDNS(s *nameServer) error {
	// Loopback has one address of IPv6 for all servers.
	if n.onto != nil && !s.address.Is4() {
		return nil
	}
	at := netip.AddrPortFrom(s.address, uint16(n.dnsPort))
	socket, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	n.sockets = append(n.sockets, socket)
	go n.start(nil, func() { n.receive(s, socket) })
	if s.always(func(v *view) bool { return v.noTCP }) {
		return nil
	}
	// A silent server accepts here and never answers: for a client that is silence too.
	return n.listenTCP(at, func(conn net.Conn) { n.serveDNS(s, conn) })
}

// receive answers datagrams, each in a goroutine of its own since a slow server must not keep the others waiting.
func (n *Internet) receive(s *nameServer, socket *net.UDPConn) {
	for {
		block := make([]byte, maxDatagram)
		size, from, err := socket.ReadFromUDPAddrPort(block)
		switch {
		case n.ctx.Err() != nil:
			return
		case err != nil:
			// An ICMP message may end a read; the socket goes on, and a short pause keeps an error that stays from taking all of
			// the processor.
			n.pause(10 * time.Millisecond)
			continue
		}
		go n.start(nil, func() {
			for _, answer := range n.answer(s, block[:size], "udp") {
				// An answer that cannot be sent is a datagram lost on the way.
				_, _ = socket.WriteToUDPAddrPort(answer, from)
			}
		})
	}
}

func (n *Internet) listenTCP(at netip.AddrPort, serve func(net.Conn)) error {
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return err
	}
	n.sockets = append(n.sockets, l)
	go n.start(nil, func() {
		for n.ctx.Err() == nil {
			conn, err := l.Accept()
			if err != nil {
				n.pause(10 * time.Millisecond)
				continue
			}
			go n.start(conn, func() { serve(conn) })
		}
	})
	return nil
}
