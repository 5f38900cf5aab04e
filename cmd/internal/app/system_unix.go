//go:build !windows

package app

import (
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"

	"github.com/miekg/dns"
)

// endOfInput is what ends a paste at a terminal.
const endOfInput = "Ctrl-D on a line of its own"

// systemResolvers lists the DNS servers of the system's configuration (resolv.conf(5)). macOS keeps the file up to date for programs
// like this one.
func systemResolvers() ([]netip.AddrPort, error) {
	config, err := dns.ClientConfigFromFile("/etc/resolv.conf")
	if err != nil {
		return nil, err
	}
	var found []netip.AddrPort
	for _, server := range config.Servers {
		if at, err := netip.ParseAddrPort(net.JoinHostPort(server, config.Port)); err == nil {
			found = append(found, at)
		}
	}
	return found, nil
}

// controllingTerminal is the one at which the program was started, wherever its streams lead.
func controllingTerminal() (io.ReadWriteCloser, error) {
	return os.OpenFile("/dev/tty", os.O_RDWR, 0)
}

// obeysEscapes tells whether a terminal obeys escape sequences. One that calls itself dumb is known by its name.
func obeysEscapes(*os.File) bool { return true }

// descriptors is how many files and connections this process may have open; 0 where nobody knows. The runtime has raised the limit as far
// as it may be raised.
func descriptors() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil || limit.Cur > 1<<30 {
		return 0
	}
	return int(limit.Cur)
}
