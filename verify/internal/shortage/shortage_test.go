package shortage

import (
	"errors"
	"fmt"
	"net"
	"os"
	"syscall"
	"testing"
)

func TestOf(t *testing.T) {
	dial := func(errno syscall.Errno) error {
		return fmt.Errorf("probe: %w", &net.OpError{Op: "dial", Net: "udp", Err: os.NewSyscallError("socket", errno)})
	}
	for _, errno := range []syscall.Errno{syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.EADDRNOTAVAIL} {
		if !Of(dial(errno)) {
			t.Errorf("%v is the server's doing", errno)
		}
	}
	for _, err := range []error{dial(syscall.ECONNREFUSED), dial(syscall.EHOSTUNREACH), dial(syscall.ETIMEDOUT), errors.New("too many open files"), nil} {
		if Of(err) {
			t.Errorf("%v is ours", err)
		}
	}
}
