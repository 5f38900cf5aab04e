package smtpprobe

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/netip"
	"testing"

	"mxverdict/verify/evidence"
)

// The kernel's own errors, which a network in memory can only imitate.
func TestLoopback(t *testing.T) {
	tests := []struct {
		name  string
		serve func(*net.TCPConn)
		step  evidence.Step
		want  evidence.FailureKind
	}{
		{"reset before the greeting", func(c *net.TCPConn) {
			c.SetLinger(0)
		}, evidence.StepGreeting, evidence.Reset},
		{"closed before the greeting", func(c *net.TCPConn) {
			c.CloseWrite()
			io.Copy(io.Discard, c)
		}, evidence.StepGreeting, evidence.EOF},
		{"reset instead of a reply", func(c *net.TCPConn) {
			io.WriteString(c, "220 a\r\n")
			bufio.NewReader(c).ReadString('\n')
			c.SetLinger(0)
		}, evidence.StepEHLO, evidence.Reset},
		{"closed inside a reply", func(c *net.TCPConn) {
			io.WriteString(c, "220 a\r\n")
			bufio.NewReader(c).ReadString('\n')
			io.WriteString(c, "250-a\r\n250")
		}, evidence.StepEHLO, evidence.EOF},
		{"refused handshake", func(c *net.TCPConn) {
			in := bufio.NewReader(c)
			io.WriteString(c, "220 a\r\n")
			in.ReadString('\n')
			io.WriteString(c, "250 a\r\n")
			in.ReadString('\n')
			io.WriteString(c, "220 go ahead\r\n")
			in.Peek(1)
			c.SetLinger(0)
		}, evidence.StepHandshake, evidence.Reset},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			listener, dialer := listen(t), &announcing{connected: make(chan struct{})}
			done := make(chan struct{})
			go func() {
				defer close(done)
				conn, err := listener.AcceptTCP()
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				<-dialer.connected
				test.serve(conn)
			}()
			session := Probe{Dialer: dialer, Helo: helo}.Run(t.Context(), Ask{Address: addressOf(listener), TLS: true})
			<-done
			check(t, session)
			last := session.Events[len(session.Events)-1]
			if last.Step != test.step || last.Failure == nil || last.Failure.Kind != test.want {
				t.Errorf("got %q, want %s at %s", trace(session), test.want, test.step)
			}
		})
	}
}

// announcing says when its connection is made: a server that resets one earlier ends connect(2) with that error.
type announcing struct {
	net.Dialer
	connected chan struct{}
}

func (d *announcing) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	defer close(d.connected)
	return d.Dialer.DialContext(ctx, network, address)
}

// A 421 that came with the greeting is older than the EHLO that it answers; check wants no wait to be negative.
func TestLoopback421BehindTheGreeting(t *testing.T) {
	listener := listen(t)
	go func() {
		if conn, err := listener.Accept(); err == nil {
			io.WriteString(conn, "220 a\r\n421 busy\r\n")
			io.Copy(io.Discard, conn)
			conn.Close()
		}
	}()
	session := Probe{Dialer: &net.Dialer{}, Helo: helo}.Run(t.Context(), Ask{Address: addressOf(listener)})
	check(t, session)
	if e := session.Event(evidence.StepEHLO); e == nil || e.Failure != nil || e.Reply.Code != 421 || e.Sent != "" {
		t.Errorf("got %q", trace(session))
	}
}

func TestLoopbackRefusedPort(t *testing.T) {
	listener := listen(t)
	address := addressOf(listener)
	listener.Close()
	session := Probe{Dialer: &net.Dialer{}, Helo: helo}.Run(t.Context(), Ask{Address: address})
	if got := session.Events[0].Failure; got == nil || got.Kind != evidence.Refused {
		t.Errorf("got %+v", got)
	}
}

func listen(t *testing.T) *net.TCPListener {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener
}

func addressOf(l net.Listener) netip.AddrPort { return l.Addr().(*net.TCPAddr).AddrPort() }
