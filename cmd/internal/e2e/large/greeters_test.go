//go:build large && linux

package large

import (
	"bufio"
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"
)

// greeters is a listening process: at every loopback address a mail server that greets after a while, which is its argument, and a name
// server that knows no name.
//
// One socket listens for all of them, since ten thousand of them would be as many descriptors as a process may have.
func greeters(args []string) error {
	delay, err := time.ParseDuration(args[0])
	if err != nil {
		return err
	}
	var sessions, now, atOnce, questions atomic.Int64
	mail, err := onLoopback().Listen(context.Background(), "tcp4", "0.0.0.0:0")
	if err != nil {
		return err
	}
	go func() {
		for {
			conn, err := mail.Accept()
			if err != nil {
				return
			}
			sessions.Add(1)
			atOnce.Store(max(atOnce.Load(), now.Add(1)))
			go func() {
				defer now.Add(-1)
				defer conn.Close()
				time.Sleep(delay)
				talk(conn)
			}()
		}
	}()
	names, err := net.ListenPacket("udp4", "127.0.0.53:0")
	if err != nil {
		return err
	}
	go dns.ActivateAndServe(nil, names, dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		questions.Add(1)
		w.WriteMsg(new(dns.Msg).SetRcode(q, dns.RcodeNameError))
	}))
	at := names.LocalAddr().(*net.UDPAddr)
	return serve(ready{mail.Addr().(*net.TCPAddr).Port, at.Port, at.String(), "127.0.0.53"}, func() counts {
		return counts{int(sessions.Load()), int(atOnce.Load()), int(questions.Load())}
	})
}

// onLoopback listens on the loopback device only, whatever address is named.
func onLoopback() *net.ListenConfig {
	return &net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var bound error
		failed := c.Control(func(fd uintptr) { bound = unix.BindToDevice(int(fd), "lo") })
		return errors.Join(failed, bound)
	}}
}

// talk is a short dialogue (RFC 5321) of a server that offers no encryption.
func talk(conn net.Conn) {
	say := func(line string) bool { _, err := conn.Write([]byte(line + "\r\n")); return err == nil }
	if !say("220 mail.example.com ESMTP") {
		return
	}
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		switch verb, _, _ := strings.Cut(strings.ToUpper(lines.Text()), " "); verb {
		case "QUIT":
			say("221 2.0.0 Bye")
			return
		case "EHLO":
			say("250 mail.example.com")
		case "STARTTLS":
			say("502 5.5.1 No such command")
		default:
			say("250 2.0.0 OK")
		}
	}
}
