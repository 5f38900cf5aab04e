// Package shortage knows the errors of connections that this machine could not make because it ran short of something. They say nothing of the
// server, and nobody is to blame for them but the tester.
package shortage

import (
	"errors"
	"slices"
	"syscall"
)

// errnos are those of Unix (POSIX, connect and socket) and of Windows sockets.
var errnos = []syscall.Errno{
	syscall.EMFILE, syscall.ENFILE, // no free descriptor, of the process or of the system
	syscall.ENOBUFS, syscall.ENOMEM,
	syscall.EADDRNOTAVAIL, // no free port, or no address of that family
	syscall.EAFNOSUPPORT,
	10024, 10055, 10049, // WSAEMFILE, WSAENOBUFS, WSAEADDRNOTAVAIL
}

// Of tells whether an error is one of them.
func Of(err error) bool {
	var errno syscall.Errno
	return errors.As(err, &errno) && slices.Contains(errnos, errno)
}
