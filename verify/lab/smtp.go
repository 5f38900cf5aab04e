package lab

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of one SMTP connection.
const (
	maxConversation = 15 * time.Minute
	maxCommands     = 200
	maxInput        = 64 << 10 // bytes that a client may send ahead
	maxCommandLine  = 4096     // RFC 5321 section 4.5.3.1.4 asks for 512
)

// host is an SMTP host at one address.
type host struct {
	address netip.Addr
	connect string // accept, refused or silent

	refusesFor time.Duration // since the first try of a connection

	phases []phase // by number of the connection, ascending; the first begins at 1
}

// interceptor is the proxy that answers for every address where a scenario intercepts. It is no bad mail server; it is only
// nobody's.
var interceptor = &host{address: netip.MustParseAddr("192.0.2.1"), connect: "accept",
	phases: []phase{{1, behaviour{name: "gateway.example.net", software: "ESMTP", startTLS: notOffered}}}}

// phase is how a host behaves from one of its connections on.
type phase struct {
	from uint32
	behaviour
}

// behaviour is how a host leads a conversation.
type behaviour struct {
	name, software                   string
	greeting, ehlo, mail, rcpt, quit step
	rset                             step
	startTLS                         startTLS
	dropsEarly                       bool
	keywords                         []string
	dialogue
}

// step is how a host answers at one point of the conversation. Its zero value answers properly and at once.
type step struct {
	delay time.Duration // before the first byte
	reply string        // lines as they go over the wire, joined by LF; "" for the usual reply, noReply for none
	pause time.Duration // between two lines
	drip  time.Duration // between two bytes
	again string        // lines that nobody asked for, behind the reply
	apart time.Duration // between the reply and these
	then  string        // what follows: "" (the conversation goes on), close, reset or silent
}

// noReply is a step's reply where the host says nothing.
const noReply = "none"

// startTLS is a step with a handshake behind it.
type startTLS struct {
	step
	listed      bool
	handshake   string // of handshakes
	words       string // plain text that answers the hello in place of TLS; "" for none
	certificate string // of certificateKinds
	smuggles    string // plain text behind the 220, in one write with it
	min, max    uint16 // TLS versions; 0 for the library's own
}

// notOffered is how a host without STARTTLS treats the command: as an unknown one.
var notOffered = startTLS{step: step{reply: "502 5.5.1 Command not recognised"}}

// behaves returns what the host does on its n-th connection.
func (h *host) behaves(n int) behaviour {
	b := h.phases[0].behaviour
	for _, p := range h.phases {
		if int64(p.from) <= int64(n) {
			b = p.behaviour
		}
	}
	return b
}

// conversation is one SMTP connection, led by a single goroutine: it waits by reading with a deadline, so that it sees
// an early talker, a client that leaves and the end of the network while time passes.
type conversation struct {
	behaviour
	net     *Internet
	address string   // as the scenario writes it
	raw     net.Conn // what is closed and reset
	conn    net.Conn // raw, or TLS above it
	end     time.Time
	in      []byte // read, but not yet understood
	greeted bool
	early   int  // bytes that came before the end of the greeting
	hello   bool // EHLO or HELO was given
	sender  bool // MAIL was accepted
	from    string
	secure  bool

	senderCount, recipientCount uint32 // that were asked for

	unwilling bool // the greeting was not 220
}

var errFlood = errors.New("lab: the client sends without end")

// serveSMTP leads one conversation to its end. Its time is bounded as a whole, because a client that drips could hold it for ever.
func (n *Internet) serveSMTP(h *host, conn net.Conn) {
	address := n.written(h.address).String()
	c := &conversation{behaviour: h.behaves(n.noteConnection(address)), net: n, address: address, raw: conn, conn: conn,
		end: time.Now().Add(maxConversation)}
	if conn.SetWriteDeadline(c.end) != nil || !c.greet() {
		return
	}
	for range maxCommands {
		line, err := c.line()
		if err != nil {
			return
		}
		n.noteCommand(address, line)
		if !c.obey(line) {
			return
		}
	}
}

// greet waits and greets. Whatever the client sends until the last byte of the greeting has left is early
// (RFC 5321 section 4.3.1: a client should wait for the greeting).
func (c *conversation) greet() bool {
	code, open := c.perform(c.greeting, "220 "+strings.TrimRight(c.name+" "+c.software, " "))
	c.greeted, c.unwilling = true, code != 220
	c.noteEarly()
	return open
}

// noteEarly notes once what came too early.
func (c *conversation) noteEarly() {
	if c.early > 0 {
		c.net.noteEarlyTalker(c.address, c.early)
		c.early = 0
	}
}

// obey answers one command and tells whether the conversation goes on.
func (c *conversation) obey(line string) bool {
	verb, argument, _ := strings.Cut(line, " ")
	verb = strings.ToUpper(verb)
	if c.unwilling && verb != "QUIT" { // RFC 5321 section 3.1
		return c.say("503 5.5.1 No mail service here")
	}
	if always := []string{"EHLO", "NOOP", "STARTTLS", "QUIT"}; c.requiresTLS == "everything" && !c.secure && !slices.Contains(always, verb) {
		return c.say(needsTLS)
	}
	switch verb {
	case "EHLO":
		code, open := c.perform(c.ehlo, c.extensions())
		c.hello, c.sender = c.hello || code == 250, false
		return open
	case "HELO":
		c.hello, c.sender = true, false
		return c.say("250 " + c.name)
	case "STARTTLS":
		return c.beginTLS()
	case "MAIL":
		if !c.hello {
			return c.say("503 5.5.1 Send EHLO first")
		}
		c.from = path(line)
		code, open := c.perform(c.mail, c.mailReply(c.from))
		c.sender = code/100 == 2
		return open
	case "RCPT":
		if !c.sender {
			return c.say("503 5.5.1 Send MAIL first")
		}
		_, open := c.perform(c.rcpt, c.rcptReply(path(line)))
		return open
	case "DATA": // noted like every command; a tester that sends it is found out
		return c.say("503 5.5.1 No message is taken here")
	case "RSET":
		c.sender = false
		_, open := c.perform(c.rset, "250 2.0.0 Ok")
		return open
	case "NOOP":
		return c.say("250 2.0.0 Ok")
	case "VRFY": // RFC 5321 section 3.5.3: neither confirms nor denies
		return c.say(find(c.mailboxes, argument, "", "252 2.1.5 Cannot verify; send mail and see"))
	case "EXPN":
		return c.say(find(c.lists, argument, "", "502 5.5.1 Command not recognised"))
	case "QUIT":
		if _, open := c.perform(c.quit, "221 2.0.0 Bye"); open {
			c.conn.Close() // with TLS this says close_notify first
		}
		return false
	}
	return c.say("502 5.5.1 Command not recognised")
}

// extensions is the usual reply to EHLO.
func (c *conversation) extensions() string {
	lines := append([]string{c.name}, c.keywords...)
	if c.startTLS.listed && !c.secure {
		lines = append(lines, "STARTTLS")
	}
	for i := range lines {
		separator := "-"
		if i == len(lines)-1 {
			separator = " "
		}
		lines[i] = "250" + separator + lines[i]
	}
	return strings.Join(lines, "\n")
}

func (c *conversation) beginTLS() bool {
	if c.secure {
		return c.say("503 5.5.1 TLS is active already")
	}
	const usual = "220 2.0.0 Ready to start TLS"
	s := c.startTLS.step
	if c.startTLS.smuggles != "" {
		s.reply = cmp.Or(s.reply, usual) + "\n" + c.startTLS.smuggles
	}
	code, open := c.perform(s, usual)
	if !open || code != 220 {
		return open
	}
	c.in = nil // RFC 3207 section 4.2: what was sent in plain text before the handshake is forgotten
	if goes, ok := handshakes[c.startTLS.handshake]; ok {
		goes(c)
		return false
	}
	if c.startTLS.words != "" {
		return c.instead([]byte(c.startTLS.words + "\r\n"))
	}
	config, err := c.startTLS.config(c.net.authority, c.name)
	if err != nil || c.raw.SetDeadline(c.end) != nil {
		return false
	}
	secured := tls.Server(c.raw, config)
	if secured.Handshake() != nil {
		return false
	}
	c.conn, c.secure, c.hello, c.sender = secured, true, false, false
	return c.startTLS.handshake != thenCloses
}

// say answers at once.
func (c *conversation) say(reply string) bool {
	_, open := c.perform(step{}, reply)
	return open
}

// perform goes through a step. It returns the code of the reply, 0 if there was none, and whether the conversation goes
// on; after a 421 it does not (RFC 5321 section 3.8).
func (c *conversation) perform(s step, usual string) (code int, open bool) {
	reply := s.reply
	if reply == "" {
		reply = usual
	}
	if !c.wait(s.delay) {
		return 0, false
	}
	if reply != noReply {
		code, _ = strconv.Atoi(reply[:min(3, len(reply))])
		if !c.send(s, strings.Split(reply, "\n")) {
			return code, false
		}
	}
	if s.again != "" && (!c.wait(s.apart) || !c.send(step{}, strings.Split(s.again, "\n"))) {
		return code, false
	}
	switch s.then {
	case "close":
		c.conn.Close()
		return code, false
	case "reset":
		reset(c.raw)
		return code, false
	case "silent":
		c.hold()
		return code, false
	}
	return code, code != 421
}

// send writes the lines of a reply: at once where nothing slows them down, because TCP would otherwise cut them apart.
func (c *conversation) send(s step, lines []string) bool {
	if s.pause == 0 && s.drip == 0 {
		_, err := c.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n"))
		return err == nil
	}
	for i, line := range lines {
		if i > 0 && !c.wait(s.pause) {
			return false
		}
		if !c.sendLine(s.drip, []byte(line+"\r\n")) {
			return false
		}
	}
	return true
}

// sendLine writes a line, byte by byte where the host drips: each byte is a segment of its own, as a trap sends it.
func (c *conversation) sendLine(drip time.Duration, line []byte) bool {
	size := len(line)
	if drip > 0 {
		size = 1
	}
	for i := 0; i < len(line); i += size {
		if i > 0 && !c.wait(drip) {
			return false
		}
		if _, err := c.conn.Write(line[i : i+size]); err != nil {
			return false
		}
	}
	return true
}

// wait lets time pass, or returns false as soon as the conversation is over.
func (c *conversation) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	until := time.Now().Add(d)
	for {
		err := c.fill(until)
		if !c.greeted && len(c.in) > 0 {
			c.early = len(c.in)
			if c.dropsEarly {
				c.noteEarly() // before the client can have read that it was dropped, and look
				c.conn.Write([]byte("554 5.5.1 " + c.name + " you spoke before the greeting\r\n"))
				return false
			}
		}
		switch {
		case errors.Is(err, os.ErrDeadlineExceeded):
			return time.Now().Before(c.end)
		case err != nil:
			return false
		}
	}
}

// hold says nothing more until the client leaves or the conversation has lasted its time.
func (c *conversation) hold() {
	for c.fill(c.end) == nil {
		c.in = nil
	}
}

// fill reads once, until a time at the latest.
func (c *conversation) fill(until time.Time) error {
	if until.After(c.end) {
		until = c.end
	}
	if err := c.conn.SetReadDeadline(until); err != nil {
		return err
	}
	var block [4096]byte
	n, err := c.conn.Read(block[:])
	c.in = append(c.in, block[:n]...)
	if len(c.in) > maxInput {
		return errFlood
	}
	return err
}

// line reads one command without its line end. A bare LF ends a line too.
func (c *conversation) line() (string, error) {
	for {
		if line, rest, found := bytes.Cut(c.in, []byte("\n")); found && len(line) <= maxCommandLine {
			c.in = rest
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		if len(c.in) > maxCommandLine {
			c.conn.Write([]byte("500 5.5.6 Line too long\r\n"))
			return "", errFlood
		}
		if err := c.fill(c.end); err != nil {
			return "", err
		}
	}
}

// reset ends a connection with a TCP RST.
func reset(conn net.Conn) {
	switch c := conn.(type) {
	case interface{ Reset() }: // the network in memory
		c.Reset()
	case *net.TCPConn:
		// Without lingering, closing sends RST instead of FIN; if that cannot be set a FIN has to do.
		_ = c.SetLinger(0)
		c.Close()
	}
}
