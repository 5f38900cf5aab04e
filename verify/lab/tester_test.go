package lab

import (
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"
)

// What stands between the tester and every server: a proxy that answers for all, or no way to one family.
func TestTestersNetwork(t *testing.T) {
	const hosts = "schema: mxverdict/scenario/1\nresolver: 192.0.2.1\nsmtp:\n  - {address: 203.0.113.25, name: mail.example.com}\n" +
		"  - {address: \"2001:db8::25\", name: mail.example.com}\n  - {address: 203.0.113.26, connect: silent}\n"
	greeting := func(text, address string) (string, error) {
		s, err := Load("scenario", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer internet.Close()
		conn, err := internet.DialContext(t.Context(), "tcp", netip.AddrPortFrom(netip.MustParseAddr(address), 25).String())
		if err != nil {
			return "", err
		}
		defer conn.Close()
		return firstLine(t, conn), nil
	}
	for _, address := range []string{"203.0.113.25", "203.0.113.26", "2001:db8::25", "192.0.2.1"} {
		line, err := greeting("intercepts: true\n"+hosts, address)
		if err != nil || !strings.HasPrefix(line, "220 gateway.example.net") {
			t.Errorf("%s: %q, %v", address, line, err)
		}
	}
	if _, err := greeting("no_ipv6: true\n"+hosts, "2001:db8::25"); !errors.Is(err, syscall.ENETUNREACH) {
		t.Errorf("without IPv6: %v", err)
	}
	if line, err := greeting("no_ipv6: true\n"+hosts, "203.0.113.25"); err != nil || !strings.HasPrefix(line, "220 mail.example.com") {
		t.Errorf("IPv4 without IPv6: %q, %v", line, err)
	}
	s, err := Load("scenario", []byte("intercepts: true\n"+hosts))
	if err != nil {
		t.Fatal(err)
	}
	if internet, err := s.OnLoopback(); err == nil {
		internet.Close()
		t.Error("loopback claims to show a proxy")
	}
}

func firstLine(t *testing.T, conn net.Conn) string {
	t.Helper()
	b := make([]byte, 512)
	n, err := conn.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return string(b[:n])
}
