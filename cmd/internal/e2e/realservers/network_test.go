//go:build realservers

package realservers

import (
	"net/netip"
	"os/exec"
	"testing"
	"time"

	"mxverdict/cmd/internal/e2e/namespace"
)

// The tester stands at addresses of its own. Otherwise the kernel would let every connection to an address of this machine come
// from that very address, and a server could take the tester for one of its own.
const (
	tester  = "192.0.2.200"
	tester6 = "2001:db8:ff::200"
)

// enter makes the new namespaces a small internet, with the addresses of all servers.
func enter(t *testing.T) {
	t.Helper()
	namespace.Enter(t, resolver)
	run(t, "ip", "address", "add", tester, "dev", "lo")
	run(t, "ip", "address", "add", tester6, "dev", "lo", "nodad")
	for _, a := range addresses() {
		if a.Is6() {
			run(t, "ip", "address", "add", a.String(), "dev", "lo", "nodad")
			eventually(t, "ip", "-6", "route", "delete", "local", a.String(), "dev", "lo", "table", "local") // the kernel adds it in its own time
			run(t, "ip", "-6", "route", "add", "local", a.String(), "dev", "lo", "table", "local", "src", tester6)
			continue
		}
		run(t, "ip", "address", "add", a.String(), "dev", "lo")
		run(t, "ip", "route", "change", "local", a.String(), "dev", "lo", "table", "local", "proto", "kernel", "scope", "host", "src", tester)
	}
}

// addresses are those of all servers, each once.
func addresses() []netip.Addr {
	list := []netip.Addr{netip.MustParseAddr(resolver), netip.MustParseAddr(resolver6), netip.MustParseAddr(liar), netip.MustParseAddr(closedHost), netip.MustParseAddr(webHost)}
	for _, v := range views {
		list = append(list, v.addresses()...)
	}
	for _, s := range oddServers {
		list = append(list, netip.MustParseAddr(s))
	}
	for _, s := range services() {
		list = append(list, s.addresses()...)
	}
	return list
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run runs a program to its end and returns what it printed.
func run(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
	return string(out)
}

// eventually runs a program until it succeeds.
func eventually(t *testing.T, name string, args ...string) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if exec.Command(name, args...).Run() == nil {
			return
		}
	}
	run(t, name, args...)
}
