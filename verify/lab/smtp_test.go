package lab

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

const mail = "203.0.113.25"

// smtp is a scenario with one SMTP host; keys stand below its address and name.
func smtp(t *testing.T, keys string) *Scenario {
	t.Helper()
	return load(t, "smtp:\n  - address: 203.0.113.25\n    name: mail.example.com\n    "+
		strings.ReplaceAll(strings.TrimSpace(keys), "\n", "\n    ")+"\n")
}

func TestAnOrdinaryConversation(t *testing.T) {
	s := smtp(t, "software: ESMTP Example\nkeywords: [SIZE 52428800, 8BITMIME]\nstarttls: true")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.expect(c.reply(), "220 mail.example.com ESMTP Example")
		c.expect(c.ask("MAIL FROM:<>"), "503 5.5.1 Send EHLO first")
		c.expect(c.ask("EHLO probe.example.net"), "250-mail.example.com|250-SIZE 52428800|250-8BITMIME|250 STARTTLS")
		c.expect(c.ask("RCPT TO:<postmaster@example.com>"), "503 5.5.1 Send MAIL first")
		c.expect(c.ask("mail from:<>"), "250 2.1.0 Ok")
		c.expect(c.ask("RCPT TO:<postmaster@example.com>"), "250 2.1.5 Ok")
		c.expect(c.ask("DATA"), "503 5.5.1 No message is taken here")
		c.expect(c.ask("NOOP"), "250 2.0.0 Ok")
		c.expect(c.ask("RSET"), "250 2.0.0 Ok")
		c.expect(c.ask("RCPT TO:<postmaster@example.com>"), "503 5.5.1 Send MAIL first")
		c.expect(c.ask("VRFY postmaster")[:3], "252")
		c.expect(c.ask("EXPN list")[:3], "502")
		c.expect(c.ask("HELO probe.example.net"), "250 mail.example.com")
		c.expect(c.ask("QUIT"), "221 2.0.0 Bye")
		c.expect(c.reply(), "<EOF>")
		want := "MAIL FROM:<>|EHLO probe.example.net|RCPT TO:<postmaster@example.com>|mail from:<>|" +
			"RCPT TO:<postmaster@example.com>|DATA|NOOP|RSET|RCPT TO:<postmaster@example.com>|VRFY postmaster|" +
			"EXPN list|HELO probe.example.net|QUIT"
		if got := strings.Join(n.Commands(mail), "|"); got != want {
			t.Errorf("commands\n got %s\nwant %s", got, want)
		}
		if n.Connections(mail) != 1 || len(n.EarlyTalkers()) != 0 {
			t.Errorf("%d connections, early talkers %v", n.Connections(mail), n.EarlyTalkers())
		}
	})
}

func TestTheGreetingComesAfterItsDelay(t *testing.T) {
	s := smtp(t, "greeting: {delay: 16s}\ndrops_early_talkers: true")
	s.latency = 20 * time.Millisecond
	inBubble(t, s, func(t *testing.T, n *Internet) {
		start := time.Now()
		c := dialSMTP(t, n, mail)
		c.expect(c.reply(), "220 mail.example.com")
		// The connection takes a round trip, the greeting its delay and the way back.
		if took := time.Since(start); took != 16060*time.Millisecond {
			t.Errorf("took %v", took)
		}
	})
}

func TestStepsTakeTheirTime(t *testing.T) {
	s := smtp(t, `
ehlo: {delay: 1s}
starttls: {delay: 2s, reply: 454 4.7.0 TLS not available}
mail: {delay: 3s, reply: 250 2.1.0 Sender noted}
rcpt: {delay: 4s, reply: 550 5.7.1 No relay}
quit: {delay: 5s}`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.reply()
		for i, step := range []struct{ command, reply string }{
			{"EHLO probe.example.net", "250-mail.example.com|250 STARTTLS"},
			{"STARTTLS", "454 4.7.0 TLS not available"},
			{"MAIL FROM:<>", "250 2.1.0 Sender noted"},
			{"RCPT TO:<a@example.com>", "550 5.7.1 No relay"},
			{"QUIT", "221 2.0.0 Bye"},
		} {
			start := time.Now()
			c.expect(c.ask(step.command), step.reply)
			if took, want := time.Since(start), time.Duration(i+1)*time.Second; took != want {
				t.Errorf("%s took %v, want %v", step.command, took, want)
			}
		}
	})
}

func TestARefusedSenderHasNoRecipients(t *testing.T) {
	inBubble(t, smtp(t, "mail: {reply: 451 4.7.1 Greylisted}"), func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.reply()
		c.ask("EHLO probe.example.net")
		c.expect(c.ask("MAIL FROM:<>"), "451 4.7.1 Greylisted")
		c.expect(c.ask("RCPT TO:<a@example.com>"), "503 5.5.1 Send MAIL first")
	})
}

func TestRepliesInPieces(t *testing.T) {
	tests := []struct {
		name     string
		greeting string
		times    []time.Duration // when each line has come
	}{
		{"a teaser line",
			"pause: 6s, reply: \"220-mail.example.com\\n220 ready\"", []time.Duration{0, 6 * time.Second}},
		{"byte by byte", "drip: 1s, reply: 220 ab", []time.Duration{7 * time.Second}}, // "220 ab\r\n" has seven gaps
		{"all at once", "delay: 3s, reply: \"220-a\\n220 b\"", []time.Duration{3 * time.Second, 3 * time.Second}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, smtp(t, "greeting: {"+test.greeting+"}"), func(t *testing.T, n *Internet) {
				start := time.Now()
				c := dialSMTP(t, n, mail)
				for _, want := range test.times {
					if _, err := c.in.ReadString('\n'); err != nil || time.Since(start) != want {
						t.Errorf("line after %v, %v; want %v", time.Since(start), err, want)
					}
				}
			})
		})
	}
}

func TestEarlyTalkers(t *testing.T) {
	const early = "EHLO early.example.net\r\n" // 24 bytes
	tests := []struct {
		name, keys string
		after      time.Duration // when the client talks
		reply      string
		noted      bool
	}{
		{"dropped", "greeting: {delay: 10s}\ndrops_early_talkers: true", 2 * time.Second,
			"554 5.5.1 mail.example.com you spoke before the greeting", true},
		{"dropped between two lines",
			"greeting: {pause: 6s, reply: \"220-a\\n220 b\"}\ndrops_early_talkers: true", time.Second,
			"220-a|554 5.5.1 mail.example.com you spoke before the greeting", true},
		{"borne", "greeting: {delay: 10s}", 2 * time.Second, "220 mail.example.com", true},
		{"in time",
			"greeting: {delay: 10s}\ndrops_early_talkers: true", 11 * time.Second, "220 mail.example.com", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, smtp(t, test.keys), func(t *testing.T, n *Internet) {
				c := dialSMTP(t, n, mail)
				time.Sleep(test.after)
				c.send(early)
				c.expect(c.reply(), test.reply)
				second := c.reply()
				if dropped := second == "<EOF>"; dropped != strings.Contains(test.reply, "554") {
					t.Errorf("after the first reply came %q", second)
				}
				got := strings.Join(n.EarlyTalkers(), "|")
				if want := "203.0.113.25: sent 24 bytes before the greeting"; test.noted && got != want ||
					!test.noted && got != "" {
					t.Errorf("early talkers: %q", got)
				}
			})
		})
	}
}

func TestHowAStepEnds(t *testing.T) {
	tests := []struct {
		keys string
		want string
		err  error
	}{
		{"ehlo: {then: close}", "250 mail.example.com", io.EOF},
		{"ehlo: {reply: none, then: close}", "", io.EOF},
		{"ehlo: {reply: none, then: reset}", "", syscall.ECONNRESET},
		{"ehlo: {then: silent}", "250 mail.example.com", os.ErrDeadlineExceeded},
		{"ehlo: {reply: none}", "", os.ErrDeadlineExceeded},
		{"ehlo: {reply: 421 4.3.2 Closing}", "421 4.3.2 Closing", io.EOF},
		{"ehlo: {reply: 421 4.3.2 Stuck, then: silent}", "421 4.3.2 Stuck", os.ErrDeadlineExceeded},
	}
	for _, test := range tests {
		t.Run(test.keys, func(t *testing.T) {
			inBubble(t, smtp(t, test.keys), func(t *testing.T, n *Internet) {
				c := dialSMTP(t, n, mail)
				c.reply()
				c.SetDeadline(time.Now().Add(5 * time.Minute))
				c.send("EHLO probe.example.net\r\n")
				got, err := io.ReadAll(c.in)
				if err == nil {
					err = io.EOF
				}
				if text := strings.TrimSpace(string(got)); text != test.want || !errors.Is(err, test.err) {
					t.Errorf("got %q and %v, want %q and %v", text, err, test.want, test.err)
				}
			})
		})
	}
}

func TestAnUnwillingHost(t *testing.T) {
	inBubble(t, smtp(t, "greeting: {reply: 554 5.7.1 Not you}"), func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.expect(c.reply(), "554 5.7.1 Not you")
		c.expect(c.ask("EHLO probe.example.net")[:3], "503")
		c.expect(c.ask("QUIT")[:3], "221")
	})
}

func TestConnecting(t *testing.T) {
	tests := []struct {
		connect string
		want    error
	}{{"refused", syscall.ECONNREFUSED}, {"silent", os.ErrDeadlineExceeded}, {"accept", nil}}
	for _, test := range tests {
		t.Run(test.connect, func(t *testing.T) {
			inBubble(t, smtp(t, "connect: "+test.connect), func(t *testing.T, n *Internet) {
				ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
				defer cancel()
				conn, err := n.DialContext(ctx, "tcp", mail+":25")
				if err == nil {
					conn.Close()
				}
				if !errors.Is(err, test.want) {
					t.Errorf("dial: %v, want %v", err, test.want)
				}
			})
		})
	}
}

func TestASequenceOfConnections(t *testing.T) {
	s := smtp(t, `
software: ready
starttls: true
sequence:
  - {from_connection: 2, greeting: {delay: 9s, reply: 421 4.7.0 Too many}}
  - {from_connection: 4, starttls: false}`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		for i, want := range []string{"220 mail.example.com ready", "421 4.7.0 Too many", "421 4.7.0 Too many",
			"220 mail.example.com ready", "220 mail.example.com ready"} {
			start := time.Now()
			c := dialSMTP(t, n, mail)
			c.expect(c.reply(), want)
			if slow := time.Since(start) > 0; slow != strings.HasPrefix(want, "421") {
				t.Errorf("connection %d took %v", i+1, time.Since(start))
			}
			if i == 4 {
				c.expect(c.ask("EHLO probe.example.net"), "250 mail.example.com")
			}
			c.Close()
		}
		if n.Connections(mail) != 5 {
			t.Errorf("%d connections", n.Connections(mail))
		}
	})
}

// startTLS goes as far as the reply to STARTTLS.
func upToTLS(t *testing.T, n *Internet) *smtpClient {
	t.Helper()
	c := dialSMTP(t, n, mail)
	c.reply()
	c.ask("EHLO probe.example.net")
	c.expect(c.ask("STARTTLS"), "220 2.0.0 Ready to start TLS")
	return c
}

func TestSTARTTLS(t *testing.T) {
	everySuite := func() (ids []uint16) {
		for _, suite := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
			ids = append(ids, suite.ID)
		}
		return ids
	}()
	tests := []struct {
		starttls    string
		version     uint16
		certificate string // what the client finds wrong with it; "" for nothing
	}{
		{"true", tls.VersionTLS13, "unknown authority"},
		{"{listed: false}", tls.VersionTLS13, "unknown authority"},
		{"{max_version: 1.2}", tls.VersionTLS12, "unknown authority"},
		{"{min_version: 1.0, max_version: 1.0}", tls.VersionTLS10, "unknown authority"},
		{"{certificate: expired}", tls.VersionTLS13, "expired"},
		{"{certificate: wrong-name}", tls.VersionTLS13, "other.example.net"},
	}
	for _, test := range tests {
		t.Run(test.starttls, func(t *testing.T) {
			inBubble(t, smtp(t, "starttls: "+test.starttls), func(t *testing.T, n *Internet) {
				c := upToTLS(t, n)
				secured := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true, MinVersion: tls.VersionTLS10,
					CipherSuites: everySuite})
				if err := secured.Handshake(); err != nil {
					t.Fatalf("handshake: %v", err)
				}
				if got := secured.ConnectionState().Version; got != test.version {
					t.Errorf("version %s, want %s", tls.VersionName(got), tls.VersionName(test.version))
				}
				c.Conn, c.in = secured, bufio.NewReader(secured)
				c.expect(c.ask("EHLO probe.example.net"), "250 mail.example.com")
				c.expect(c.ask("STARTTLS")[:3], "503")
				c.expect(c.ask("QUIT"), "221 2.0.0 Bye")
				c.expect(c.reply(), "<EOF>")
				checkCertificate(t, n, test.certificate)
			})
		})
	}
}

// checkCertificate verifies as a client that knows no authority would, by the clock of the bubble.
func checkCertificate(t *testing.T, n *Internet, complaint string) {
	t.Helper()
	c := upToTLS(t, n)
	// The old versions are allowed, so that only the certificate can be at fault.
	err := tls.Client(c.Conn, &tls.Config{ServerName: "mail.example.com", MinVersion: tls.VersionTLS10}).Handshake()
	if err == nil || !strings.Contains(err.Error(), complaint) {
		t.Errorf("verification: %v, want %q", err, complaint)
	}
}

func TestSTARTTLSIsNotOffered(t *testing.T) {
	for _, keys := range []string{"starttls: false", "software: says nothing of it"} {
		inBubble(t, smtp(t, keys), func(t *testing.T, n *Internet) {
			c := dialSMTP(t, n, mail)
			c.reply()
			c.expect(c.ask("EHLO probe.example.net"), "250 mail.example.com")
			c.expect(c.ask("STARTTLS"), "502 5.5.1 Command not recognised")
			c.expect(c.ask("NOOP")[:3], "250")
		})
	}
}

func TestHandshakesThatFail(t *testing.T) {
	tests := []struct {
		handshake string
		is        func(error) bool
	}{
		{"garbage", func(err error) bool { return errors.As(err, new(tls.RecordHeaderError)) }},
		{"close", func(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, syscall.EPIPE) }},
		{"silent", func(err error) bool { return errors.Is(err, os.ErrDeadlineExceeded) }},
	}
	for _, test := range tests {
		t.Run(test.handshake, func(t *testing.T) {
			inBubble(t, smtp(t, "starttls: {handshake: "+test.handshake+"}"), func(t *testing.T, n *Internet) {
				c := upToTLS(t, n)
				c.SetDeadline(time.Now().Add(time.Minute))
				if err := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true}).Handshake(); !test.is(err) {
					t.Errorf("handshake: %v", err)
				}
			})
		})
	}
}

func TestPlainTextBehindSTARTTLSIsForgotten(t *testing.T) {
	inBubble(t, smtp(t, "starttls: true"), func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.reply()
		c.ask("EHLO probe.example.net")
		c.send("STARTTLS\r\nMAIL FROM:<injected@example.com>\r\n")
		c.expect(c.reply()[:3], "220")
		secured := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
		if err := secured.Handshake(); err != nil {
			t.Fatal(err)
		}
		c.Conn, c.in = secured, bufio.NewReader(secured)
		c.expect(c.ask("QUIT")[:3], "221")
		if got := strings.Join(n.Commands(mail), "|"); strings.Contains(got, "injected") {
			t.Errorf("commands: %s", got)
		}
	})
}

func TestAConversationIsBounded(t *testing.T) {
	tests := []struct {
		name, keys string
		talk       func(c *smtpClient)
		took       time.Duration
	}{
		{"in time", "", func(*smtpClient) {}, maxConversation},
		{"in time, however long a step takes", "greeting: {delay: 1h}", func(*smtpClient) {}, maxConversation},
		{"in commands", "", func(c *smtpClient) { c.send(strings.Repeat("NOOP\r\n", maxCommands+50)) }, 0},
		{"in the length of a line", "", func(c *smtpClient) { c.send(strings.Repeat("x", maxCommandLine+2)) }, 0},
		{"in what is sent ahead", "greeting: {delay: 1h}", func(c *smtpClient) {
			c.send(strings.Repeat("x", maxInput+1))
		}, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inBubble(t, smtp(t, test.keys), func(t *testing.T, n *Internet) {
				start := time.Now()
				c := dialSMTP(t, n, mail)
				test.talk(c)
				got, err := io.ReadAll(c.in)
				if took := time.Since(start); err != nil || took != test.took {
					t.Errorf("ended after %v with %v, want %v", took, err, test.took)
				}
				if lines := strings.Count(string(got), "\n"); lines > maxCommands+1 {
					t.Errorf("%d replies", lines)
				}
			})
		})
	}
}

func TestCloseEndsEverythingAtOnce(t *testing.T) {
	s := load(t, `
zones: [{name: example.com, servers: [ns.example.com], records: ns IN A 192.0.2.53}]
name_servers: [{address: 192.0.2.53, behaves: [slow: 1h]}]
smtp:
  - {address: 203.0.113.25, name: a.example.com, greeting: {delay: 10m}}
  - {address: 203.0.113.26, name: b.example.com, ehlo: {reply: none, then: silent}}
  - {address: 203.0.113.27, name: c.example.com, starttls: {handshake: silent}}
  - {address: 203.0.113.28, connect: silent}
`)
	inBubble(t, s, func(t *testing.T, n *Internet) {
		dialSMTP(t, n, "203.0.113.25")
		dialSMTP(t, n, "203.0.113.26").send("EHLO probe.example.net\r\n")
		dialSMTP(t, n, "203.0.113.27").send("EHLO probe.example.net\r\nSTARTTLS\r\n")
		for _, transport := range []string{"udp", "tcp"} {
			go exchange(t, n, question{server: "192.0.2.53", name: "example.com", rrtype: 6, transport: transport})
		}
		dialed := make(chan error, 1)
		go func() {
			_, err := n.DialContext(context.Background(), "tcp", "203.0.113.28:25")
			dialed <- err
		}()
		time.Sleep(time.Second)
		start := time.Now()
		n.Close()
		if err := <-dialed; err == nil || time.Since(start) != 0 {
			t.Errorf("the end took %v; the dial ended with %v", time.Since(start), err)
		}
		if _, err := n.DialContext(t.Context(), "tcp", "203.0.113.25:25"); err == nil {
			t.Error("a closed network takes connections")
		}
		time.Sleep(5 * time.Second) // lets the clients give up
	})
}

// watched is a connection that looks at the log of the network whenever the server writes.
type watched struct {
	net.Conn
	look func()
}

func (w watched) Write(b []byte) (int, error) {
	w.look()
	return w.Conn.Write(b)
}

// A client that reads why it was dropped finds the note of it: it was made before.
func TestEarlyTalkersAreNotedBeforeTheyHearOfIt(t *testing.T) {
	s := smtp(t, "greeting: {delay: 10s}\ndrops_early_talkers: true")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		client, server := net.Pipe()
		defer client.Close()
		noted := 0
		go n.serveSMTP(s.hosts[0], watched{server, func() { noted = len(n.EarlyTalkers()) }})
		c := &smtpClient{t, client, bufio.NewReader(client)}
		c.send("QUIT\r\n")
		c.expect(c.reply()[:3], "554")
		if noted != 1 {
			t.Errorf("%d early talkers are noted when the client is told", noted)
		}
	})
}
