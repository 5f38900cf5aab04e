package smtpprobe

import (
	"bufio"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/memnet"
)

const helo = "probe.example.net"

var (
	address = netip.MustParseAddrPort("203.0.113.25:25")
	full    = Ask{Host: "mail.example.com", Address: address, Recipient: "postmaster@example.com", TLS: true}
	plain   = Ask{Host: "mail.example.com", Address: address, Recipient: "postmaster@example.com"}
)

// peer is a server that follows a script. It fails the test if the client sends a command that a probe must not send,
// sends two at once, or sends anything when it should be silent.
type peer struct {
	t    *testing.T
	raw  *memnet.Conn
	conn net.Conn // raw, or TLS above it
	in   *bufio.Reader
	free bool // what the client still sends does not matter
}

// talk runs a probe against a script on a virtual clock.
func talk(t *testing.T, ask Ask, script func(*peer)) evidence.Session {
	t.Helper()
	return talkAs(t, Probe{Helo: helo}, ask, script)
}

func talkAs(t *testing.T, probe Probe, ask Ask, script func(*peer)) (session evidence.Session) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		network := &memnet.Network{}
		serve(t, network, script)
		probe.Dialer = network
		session = probe.Run(t.Context(), ask)
		check(t, session)
	})
	return session
}

// serve lets the script answer connections. The bubble waits for the end of each, where the last assertions are made.
func serve(t *testing.T, network *memnet.Network, script func(*peer)) {
	var scripts sync.WaitGroup
	t.Cleanup(func() {
		synctest.Wait()
		scripts.Wait()
	})
	network.Listen(address, func(conn net.Conn) {
		scripts.Add(1)
		defer scripts.Done()
		p := &peer{t: t, raw: conn.(*memnet.Conn), conn: conn, in: bufio.NewReader(conn)}
		defer conn.Close()
		script(p)
		p.end()
	})
}

// check asserts what holds for every session.
func check(t *testing.T, session evidence.Session) {
	t.Helper()
	var last evidence.Seconds
	for _, event := range session.Events {
		if event.Start < last || event.End < event.Start {
			t.Errorf("%s runs from %v to %v after one that ended at %v", event.Step, event.Start.D(), event.End.D(), last.D())
		}
		last = event.End
		if event.Failure == nil && event.Reply == nil && event.TLS == nil && event.Hello == nil && event.Step != evidence.StepConnect {
			t.Errorf("%s has neither a result nor a failure", event.Step)
		}
		f := event.Failure
		if f != nil && (f.Kind == "" || f.Detail == "" || f.At != event.End || f.Waited != event.End-event.Start) {
			t.Errorf("%s failed inconsistently: %+v in %+v", event.Step, *f, event)
		}
	}
}

// say sends lines.
func (p *peer) say(lines ...string) { p.send(strings.Join(lines, "\r\n") + "\r\n") }

func (p *peer) send(text string) { _, _ = io.WriteString(p.conn, text) }

// drip sends a text byte by byte, each after a pause, while anybody listens.
func (p *peer) drip(text string, pause time.Duration) {
	for i := range len(text) {
		time.Sleep(pause)
		if _, err := p.conn.Write([]byte{text[i]}); err != nil {
			return
		}
	}
}

// expect reads one command and checks its beginning.
func (p *peer) expect(command string) string {
	p.t.Helper()
	line, err := p.in.ReadString('\n')
	if err != nil {
		p.t.Errorf("the client left instead of sending %s: %v", command, err)
		runtime.Goexit()
	}
	if !strings.HasPrefix(line, command) || !strings.HasSuffix(line, "\r\n") {
		p.t.Errorf("got %q, want %s", line, command)
	}
	verb, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	if !slices.Contains([]string{"EHLO", "HELO", "STARTTLS", "MAIL", "RCPT", "RSET", "VRFY", "EXPN", "QUIT"}, verb) {
		p.t.Errorf("the client sent %q, which a probe never sends", line)
	}
	if p.in.Buffered() > 0 {
		p.t.Errorf("the client sent more before the reply to %s", command)
	}
	return strings.TrimSuffix(line, "\r\n")
}

// answer expects a command and replies to it.
func (p *peer) answer(command string, reply ...string) {
	p.t.Helper()
	p.expect(command)
	p.say(reply...)
}

// quiet waits, and fails the test if anything arrives meanwhile (the trap for early talkers).
func (p *peer) quiet(d time.Duration) {
	p.t.Helper()
	_ = p.conn.SetReadDeadline(time.Now().Add(d))
	if b, err := p.in.ReadByte(); err == nil {
		p.t.Errorf("the client talked before its turn: %q", b)
	} else if !errors.Is(err, os.ErrDeadlineExceeded) {
		runtime.Goexit() // the client has left
	}
	_ = p.conn.SetReadDeadline(time.Time{})
}

// encrypt does the server's side of a handshake.
func (p *peer) encrypt(config *tls.Config) {
	p.t.Helper()
	conn := tls.Server(p.raw, config)
	if err := conn.Handshake(); err != nil {
		p.t.Errorf("handshake at the server: %v", err)
		runtime.Goexit()
	}
	p.conn, p.in = conn, bufio.NewReader(conn)
}

func (p *peer) reset() {
	p.free = true
	p.raw.Reset()
}

func (p *peer) hangUp() {
	p.free = true
	_ = p.raw.Close()
}

// end expects that the client sends nothing more.
func (p *peer) end() {
	if p.free {
		return
	}
	if rest, _ := io.ReadAll(p.in); len(rest) > 0 {
		p.t.Errorf("after the end of the script the client sent %q", rest)
	}
}

// trace writes a session in short: the span, the code or failure of each step. The quiet moments before commands are left out.
func trace(session evidence.Session) []string {
	var out []string
	var quiet, last evidence.Seconds
	for _, event := range session.Events {
		quiet += event.Start - last
		last = event.End
		line := fmt.Sprintf("%s %v-%v", event.Step, (event.Start - quiet).D(), (event.End - quiet).D())
		if event.Reply != nil && event.Reply.Complete {
			line += fmt.Sprintf(" %d", event.Reply.Code)
		} else if event.Reply != nil {
			line += fmt.Sprintf(" (%d)", event.Reply.Code)
		}
		if event.Failure != nil {
			line += " " + string(event.Failure.Kind)
		}
		out = append(out, line)
	}
	return out
}

func wantTrace(t *testing.T, session evidence.Session, want ...string) {
	t.Helper()
	if got := trace(session); !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}
