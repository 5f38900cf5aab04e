// Package memnet is a network in memory: buffered stream connections and datagrams between addresses, with a one-way
// delay, refused ports and silent hosts. Tests run on it under testing/synctest, where a wait of five minutes takes
// microseconds; the demonstration runs on it in real time.
//
// Unlike net.Pipe it buffers, so both ends may talk at once, and closing one end lets the other read what was sent.
package memnet

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
	"time"
)

// Network connects addresses. The zero value is an empty network without delay, in which every connection is refused.
type Network struct {
	Delay time.Duration // one way

	mu      sync.Mutex
	streams map[netip.AddrPort]func(net.Conn)
	packets map[netip.AddrPort]func(query []byte, reply func([]byte))
	silent  map[netip.AddrPort]bool
	anyHost map[uint16]func(net.Conn)
	port    uint16
}

// Listen serves stream connections to an address. handle owns the connection and runs in a goroutine of its own.
func (n *Network) Listen(at netip.AddrPort, handle func(net.Conn)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.streams == nil {
		n.streams = map[netip.AddrPort]func(net.Conn){}
	}
	n.streams[at] = handle
}

// ListenEverywhere serves stream connections to a port of every address at which nobody listens, as a proxy on the way does
// that takes each connection for itself.
func (n *Network) ListenEverywhere(port uint16, handle func(net.Conn)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.anyHost == nil {
		n.anyHost = map[uint16]func(net.Conn){}
	}
	n.anyHost[port] = handle
}

// ListenPacket serves datagrams sent to an address. handle may reply at once, later, several times or never.
func (n *Network) ListenPacket(at netip.AddrPort, handle func(query []byte, reply func([]byte))) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.packets == nil {
		n.packets = map[netip.AddrPort]func([]byte, func([]byte)){}
	}
	n.packets[at] = handle
}

// Silence makes connections to an address hang until the caller gives up, as behind a firewall that drops packets.
func (n *Network) Silence(at netip.AddrPort) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.silent == nil {
		n.silent = map[netip.AddrPort]bool{}
	}
	n.silent[at] = true
}

// DialContext connects to an address of the network ("tcp" or "udp" with any suffix). An address at which nobody
// listens refuses.
func (n *Network) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: err}
	}
	n.mu.Lock()
	stream, packet, silent := n.streams[at], n.packets[at], n.silent[at]
	if stream == nil {
		stream = n.anyHost[at.Port()]
	}
	// Each connection has a port of its own, as two with one server must have.
	n.port++
	local := netip.AddrPortFrom(client(at.Addr()), 20000+n.port)
	n.mu.Unlock()

	remote := net.TCPAddrFromAddrPort(at)
	if len(network) >= 3 && network[:3] == "udp" {
		return newPacketConn(packet, n.Delay, net.UDPAddrFromAddrPort(local), net.UDPAddrFromAddrPort(at)), nil
	}
	// The caller's own patience ends it: a network that drops packets gives no error.
	if silent {
		<-ctx.Done()
		return nil, &net.OpError{Op: "dial", Net: network, Addr: remote, Err: timeoutOr(ctx.Err())}
	}
	// There and back: a client knows of its connection when the second packet of the handshake comes.
	if err := sleep(ctx, 2*n.Delay); err != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: remote, Err: timeoutOr(err)}
	}
	if stream == nil {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: remote, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	near, far := Pipe(n.Delay, net.TCPAddrFromAddrPort(local), remote)
	go stream(far)
	return near, nil
}

// client returns the address of whoever dials an address: one of the same family.
func client(to netip.Addr) netip.Addr {
	if to.Is4() || to.Is4In6() {
		return netip.MustParseAddr("198.51.100.1")
	}
	return netip.MustParseAddr("2001:db8:ffff::1")
}

// timeoutOr turns an expired context into the error a real dialer gives.
func timeoutOr(err error) error {
	if errors.Is(err, context.DeadlineExceeded) {
		return os.ErrDeadlineExceeded
	}
	return err
}

// sleep is the way of a packet: it ends with its context, as a dialer gives up.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Pipe makes the two ends of a stream connection with a one-way delay.
func Pipe(delay time.Duration, local, remote net.Addr) (client, server *Conn) {
	up, down := newBuffer(delay), newBuffer(delay)
	return &Conn{in: down, out: up, local: local, remote: remote}, &Conn{in: up, out: down, local: remote, remote: local}
}

// Conn is one end of a stream connection.
type Conn struct {
	in, out       *buffer
	local, remote net.Addr
}

// Read returns what the other end wrote, once its delay has passed.
func (c *Conn) Read(b []byte) (int, error) {
	n, err := c.in.read(b)
	return n, c.wrap("read", err)
}

// Write queues bytes for the other end and never blocks.
func (c *Conn) Write(b []byte) (int, error) {
	n, err := c.out.write(b)
	return n, c.wrap("write", err)
}

// Close ends the connection: the other end reads what was sent and then io.EOF. The end itself takes no time on the
// way: under testing/synctest time stands still once a test has returned, and who waited for it would do so for ever.
func (c *Conn) Close() error {
	c.out.end(io.EOF)
	c.in.abandon()
	return nil
}

// Reset ends the connection as a TCP RST does: the other end fails at once.
func (c *Conn) Reset() {
	err := os.NewSyscallError("read", syscall.ECONNRESET)
	c.out.reset(err)
	c.in.abandon()
}

// LocalAddr returns the address of this end.
func (c *Conn) LocalAddr() net.Addr { return c.local }

// RemoteAddr returns the address of the other end.
func (c *Conn) RemoteAddr() net.Addr { return c.remote }

// SetDeadline limits reads; writes never block.
func (c *Conn) SetDeadline(t time.Time) error { return c.SetReadDeadline(t) }

// SetReadDeadline limits reads.
func (c *Conn) SetReadDeadline(t time.Time) error { c.in.setDeadline(t); return nil }

// SetWriteDeadline does nothing: writes never block.
func (c *Conn) SetWriteDeadline(time.Time) error { return nil }

// wrap gives the error the form in which the net package has it, because probes class errors by that.
func (c *Conn) wrap(op string, err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	return &net.OpError{Op: op, Net: "tcp", Source: c.local, Addr: c.remote, Err: err}
}

// buffer is one direction of a connection. Chunks become readable at their time of arrival.
type buffer struct {
	delay time.Duration

	mu       sync.Mutex
	wake     chan struct{} // closed and replaced at every change
	chunks   []chunk
	err      error // what a read returns after the last chunk
	failed   error // what a read returns at once
	closed   bool  // the reading end is gone
	deadline time.Time
}

// chunk is what one write sent. A read never joins two of them, so that a reader meets pieces as TCP may give them.
type chunk struct {
	at   time.Time
	data []byte
}

func newBuffer(delay time.Duration) *buffer { return &buffer{delay: delay, wake: make(chan struct{})} }

func (b *buffer) changed() {
	close(b.wake)
	b.wake = make(chan struct{})
}

func (b *buffer) write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case b.failed != nil:
		return 0, b.failed
	case b.err != nil:
		return 0, net.ErrClosed
	case b.closed:
		return 0, syscall.EPIPE
	case len(p) == 0: // an empty chunk would leave its reader waiting for a change that never comes
		return 0, nil
	}
	b.chunks = append(b.chunks, chunk{time.Now().Add(b.delay), append([]byte(nil), p...)})
	b.changed()
	return len(p), nil
}

func (b *buffer) end(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
		b.changed()
	}
}

func (b *buffer) reset(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failed = err
	b.changed()
}

func (b *buffer) abandon() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed, b.chunks = true, nil
	b.changed()
}

func (b *buffer) gone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.closed
}

func (b *buffer) setDeadline(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.deadline = t
	b.changed()
}

func (b *buffer) read(p []byte) (int, error) {
	for {
		n, wake, next, err := b.tryRead(p)
		if n > 0 || err != nil || len(p) == 0 {
			return n, err
		}
		wait(wake, next)
	}
}

// tryRead reads what has arrived, or says what to wait for: a change, or the next arrival or deadline.
func (b *buffer) tryRead(p []byte) (n int, wake chan struct{}, next time.Time, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	switch {
	case b.closed:
		return 0, nil, next, net.ErrClosed
	case b.failed != nil:
		return 0, nil, next, b.failed
	case !b.deadline.IsZero() && !now.Before(b.deadline):
		return 0, nil, next, os.ErrDeadlineExceeded
	}
	next = b.deadline
	if len(b.chunks) == 0 {
		return 0, b.wake, next, b.err
	}
	first := &b.chunks[0]
	// What is on its way is waited for, and no later chunk overtakes it.
	if first.at.After(now) {
		if next.IsZero() || first.at.Before(next) {
			next = first.at
		}
		return 0, b.wake, next, nil
	}
	n = copy(p, first.data)
	if first.data = first.data[n:]; len(first.data) == 0 {
		b.chunks = b.chunks[1:]
	}
	return n, nil, next, nil
}

// wait returns too early now and then; its caller looks again.
func wait(wake chan struct{}, until time.Time) {
	if until.IsZero() {
		<-wake
		return
	}
	left := time.Until(until)
	if left <= 0 {
		return
	}
	t := time.NewTimer(left)
	defer t.Stop()
	select {
	case <-wake:
	case <-t.C:
	}
}

// packetConn is the client end of a datagram exchange; it implements net.PacketConn because DNS libraries choose their
// framing by that.
type packetConn struct {
	*Conn
	mu     sync.Mutex
	inbox  [][]byte
	handle func([]byte, func([]byte))
	delay  time.Duration
}

func newPacketConn(handle func([]byte, func([]byte)), delay time.Duration, local, remote net.Addr) *packetConn {
	client, _ := Pipe(0, local, remote)
	return &packetConn{Conn: client, handle: handle, delay: delay}
}

// later runs f in a goroutine of its own. A timer that is due at once would do, but inside a synctest bubble the race detector
// of Go 1.26 crashes on one now and then.
func later(d time.Duration, f func()) {
	go func() {
		time.Sleep(d)
		f()
	}()
}

// Write delivers one datagram; without a listener it is lost, as on a network that drops it.
func (p *packetConn) Write(b []byte) (int, error) {
	if p.in.gone() {
		return 0, p.wrap("write", net.ErrClosed)
	}
	query := append([]byte(nil), b...)
	// The wait of the one who asked ends by its own deadline, as for a datagram that was dropped.
	if p.handle == nil {
		return len(b), nil
	}
	later(p.delay, func() {
		p.handle(query, func(answer []byte) {
			// The handler may use its buffer again.
			answer = append([]byte(nil), answer...)
			later(p.delay, func() { p.deliver(answer) })
		})
	})
	return len(b), nil
}

func (p *packetConn) deliver(b []byte) {
	p.mu.Lock()
	p.inbox = append(p.inbox, b)
	p.mu.Unlock()
	p.in.mu.Lock()
	p.in.changed()
	p.in.mu.Unlock()
}

// Read returns one datagram, cut to the size of b.
func (p *packetConn) Read(b []byte) (int, error) {
	for {
		p.mu.Lock()
		if len(p.inbox) > 0 {
			n := copy(b, p.inbox[0])
			p.inbox = p.inbox[1:]
			p.mu.Unlock()
			return n, nil
		}
		// The wake channel is taken before the inbox is let go, so that no delivery is missed.
		_, wake, next, err := p.in.tryRead(nil)
		p.mu.Unlock()
		if err != nil {
			return 0, p.wrap("read", err)
		}
		wait(wake, next)
	}
}

// ReadFrom returns one datagram and its sender.
func (p *packetConn) ReadFrom(b []byte) (int, net.Addr, error) {
	n, err := p.Read(b)
	return n, p.remote, err
}

// WriteTo sends one datagram to the peer; no other address is reachable.
func (p *packetConn) WriteTo(b []byte, to net.Addr) (int, error) {
	if to.String() != p.remote.String() {
		return 0, fmt.Errorf("memnet: %v is not the peer %v", to, p.remote)
	}
	return p.Write(b)
}
