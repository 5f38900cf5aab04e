package app

import (
	"io"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// endOfInput is what ends a paste at a terminal.
const endOfInput = "Ctrl-Z and Enter"

// systemResolvers lists the DNS servers of all network adapters that are up, in the order of the system. Windows keeps them in no
// file; GetAdaptersAddresses is where its own tools read them.
func systemResolvers() ([]netip.AddrPort, error) {
	first, err := adapters()
	if err != nil {
		return nil, err
	}
	var found []netip.AddrPort
	for a := first; a != nil; a = a.Next {
		if a.OperStatus != windows.IfOperStatusUp {
			continue
		}
		for server := a.FirstDnsServerAddress; server != nil; server = server.Next {
			addr, ok := netip.AddrFromSlice(server.Address.IP())
			if !ok || siteLocal.Contains(addr) {
				continue
			}
			if addr = addr.Unmap(); addr.Is6() && addr.IsLinkLocalUnicast() {
				addr = addr.WithZone(strconv.FormatUint(uint64(a.Ipv6IfIndex), 10))
			}
			found = append(found, netip.AddrPortFrom(addr, 53))
		}
	}
	return found, nil
}

// siteLocal are addresses that are no more (RFC 3879). Adapters without a server list fec0:0:0:ffff::1 to ::3, where nobody answers.
var siteLocal = netip.MustParsePrefix("fec0::/10")

// adapters asks for the list with ever more room, because it may grow between two questions.
func adapters() (*windows.IpAdapterAddresses, error) {
	const tries = 4
	size := uint32(16 << 10)
	for try := 1; ; try++ {
		buffer := make([]byte, size)
		list := (*windows.IpAdapterAddresses)(unsafe.Pointer(&buffer[0]))
		err := windows.GetAdaptersAddresses(windows.AF_UNSPEC, windows.GAA_FLAG_SKIP_UNICAST|windows.GAA_FLAG_SKIP_ANYCAST|windows.GAA_FLAG_SKIP_MULTICAST, 0, list, &size)
		switch {
		case err == nil:
			return list, nil
		case err != syscall.ERROR_BUFFER_OVERFLOW || try == tries:
			return nil, os.NewSyscallError("GetAdaptersAddresses", err)
		}
	}
}

// controllingTerminal is the console of the process, wherever its streams lead. Reading and writing have a name each.
func controllingTerminal() (io.ReadWriteCloser, error) {
	in, err := os.OpenFile("CONIN$", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	out, err := os.OpenFile("CONOUT$", os.O_RDWR, 0)
	if err != nil {
		in.Close()
		return nil, err
	}
	return twoWays{in, out}, nil
}

// twoWays reads from one file and writes to another.
type twoWays struct{ in, out *os.File }

func (t twoWays) Read(b []byte) (int, error)  { return t.in.Read(b) }
func (t twoWays) Write(b []byte) (int, error) { return t.out.Write(b) }

func (t twoWays) Close() error {
	t.out.Close()
	return t.in.Close()
}

// obeysEscapes switches on, at a console, what terminals of other systems do by themselves, and tells whether that worked: old
// consoles print escape sequences as they are.
func obeysEscapes(f *os.File) bool {
	console := windows.Handle(f.Fd())
	var screen windows.ConsoleScreenBufferInfo
	if windows.GetConsoleScreenBufferInfo(console, &screen) != nil {
		return true // the keyboard, to which nothing is written, and where the same bit means something else
	}
	var mode uint32
	return windows.GetConsoleMode(console, &mode) == nil &&
		windows.SetConsoleMode(console, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}

// descriptors is 0: the system limits handles by memory alone.
func descriptors() int { return 0 }
