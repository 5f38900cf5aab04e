package smtpprobe

import (
	"context"
	"crypto/tls"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/memnet"
)

func TestWholeDialogue(t *testing.T) {
	session := talk(t, plain, func(p *peer) {
		p.quiet(280 * time.Second)
		p.say("220 mail.example.com ESMTP")
		p.answer("EHLO "+helo, "250-mail.example.com", "250 STARTTLS")
		p.answer("MAIL FROM:<>", "250 ok")
		p.answer("RCPT TO:<postmaster@example.com>", "550 no")
		p.answer("QUIT", "221 bye")
	})
	wantTrace(t, session, "connect 0s-0s", "greeting 0s-4m40s 220", "ehlo 4m40s-4m40s 250", "mail 4m40s-4m40s 250",
		"rcpt 4m40s-4m40s 550", "quit 4m40s-4m40s 221")
	var sent []string
	for _, event := range session.Events {
		sent = append(sent, event.Sent)
	}
	want := []string{"", "", "EHLO probe.example.net", "MAIL FROM:<>", "RCPT TO:<postmaster@example.com>", "QUIT"}
	if !slices.Equal(sent, want) {
		t.Errorf("sent %q, want %q", sent, want)
	}
	if session.Host != "mail.example.com" || session.Address != "203.0.113.25" || session.Port != 25 || session.Control {
		t.Errorf("wrong label: %+v", session)
	}
	if text := session.Event(evidence.StepGreeting).Reply.Lines[0].Text; text != "220 mail.example.com ESMTP" {
		t.Errorf("greeting is %q", text)
	}
}

func TestGreetingWaits(t *testing.T) {
	tests := []struct {
		name   string
		probe  Probe
		script func(*peer)
		want   string
	}{
		{"never", Probe{}, func(p *peer) {}, "greeting 0s-5m0s timeout"},
		{"after 310 s", Probe{}, func(p *peer) { p.quiet(310 * time.Second); p.say("220 late") }, "greeting 0s-5m0s timeout"},
		{"impatient", Probe{Patience: 15 * time.Second}, func(p *peer) { p.quiet(16 * time.Second) },
			"greeting 0s-15s timeout"},
		{"teaser and silence", Probe{}, func(p *peer) { p.say("220-wait"); p.quiet(time.Hour) },
			"greeting 0s-5m0s (220) timeout"},
		{"endless drip", Probe{}, func(p *peer) { p.drip(strings.Repeat("220 x", 1000), time.Second) },
			"greeting 0s-5m0s (220) timeout"},
		{"endless drip of lines", Probe{}, func(p *peer) {
			for range 100 {
				time.Sleep(29 * time.Second)
				p.say("220-patience")
			}
		}, "greeting 0s-5m0s (220) timeout"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.probe.Helo = helo
			session := talkAs(t, test.probe, full, test.script)
			wantTrace(t, session, "connect 0s-0s", test.want)
		})
	}
}

// A teaser is what tempts early talkers; the peer fails the test if a byte comes before the last line.
func TestTeaserGreeting(t *testing.T) {
	session := talk(t, Ask{Address: address}, func(p *peer) {
		p.quiet(time.Second)
		p.say("220-mail.example.com")
		p.quiet(6 * time.Second)
		p.send("220-please wait\r\n220 mail.exam")
		p.quiet(4 * time.Second)
		p.say("ple.com ESMTP")
		p.answer("EHLO", "250 mail.example.com")
		p.answer("QUIT", "221 bye")
	})
	wantTrace(t, session, "connect 0s-0s", "greeting 0s-11s 220", "ehlo 11s-11s 250", "quit 11s-11s 221")
	reply := session.Event(evidence.StepGreeting).Reply
	if reply.FirstByte.D() != time.Second || reply.LastByte.D() != 11*time.Second {
		t.Errorf("first byte at %v, last at %v", reply.FirstByte.D(), reply.LastByte.D())
	}
	for i, want := range []time.Duration{time.Second, 7 * time.Second, 11 * time.Second} {
		if got := reply.Lines[i].At.D(); got != want {
			t.Errorf("line %d ended at %v, want %v", i, got, want)
		}
	}
}

func TestStutteringReply(t *testing.T) {
	session := talk(t, Ask{Address: address}, func(p *peer) {
		p.drip("220-a\r\n220 b\r\n", time.Second)
		p.answer("EHLO", "250 a")
		p.answer("QUIT", "221 bye")
	})
	reply := session.Event(evidence.StepGreeting).Reply
	if reply == nil || !reply.Complete {
		t.Fatalf("the greeting was lost: %q", trace(session))
	}
	got := []time.Duration{reply.FirstByte.D(), reply.Lines[0].At.D(), reply.Lines[1].At.D(), reply.LastByte.D()}
	want := []time.Duration{time.Second, 7 * time.Second, 14 * time.Second, 14 * time.Second}
	if !slices.Equal(got, want) {
		t.Errorf("times are %v, want %v", got, want)
	}
}

func TestNetworkDelayIsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &memnet.Network{Delay: 50 * time.Millisecond}
		serve(t, network, func(p *peer) {
			p.say("220 a")
			p.answer("EHLO", "250 a")
			p.answer("QUIT", "221 bye")
		})
		session := Probe{Dialer: network, Helo: helo}.Run(t.Context(), Ask{Address: address})
		check(t, session)
		wantTrace(t, session, "connect 0s-100ms", "greeting 100ms-150ms 220", "ehlo 150ms-250ms 250", "quit 250ms-350ms 221")
	})
}

func TestSlowCommandsAreTimed(t *testing.T) {
	session := talk(t, plain, func(p *peer) {
		p.say("220 a")
		p.expect("EHLO")
		p.quiet(2 * time.Second)
		p.say("250 a")
		p.expect("MAIL")
		p.quiet(3 * time.Second)
		p.say("250 a")
		p.expect("RCPT")
		p.quiet(97500 * time.Millisecond)
		p.say("450 4.2.0 later")
		p.expect("QUIT")
		p.quiet(time.Minute)
	})
	wantTrace(t, session, "connect 0s-0s", "greeting 0s-0s 220", "ehlo 0s-2s 250", "mail 2s-5s 250",
		"rcpt 5s-1m42.5s 450", "quit 1m42.5s-1m47.5s timeout")
}

func TestSessionLimit(t *testing.T) {
	session := talk(t, plain, func(p *peer) {
		p.quiet(290 * time.Second)
		p.say("220 a")
		p.expect("EHLO")
		p.quiet(290 * time.Second)
		p.say("250 a")
		p.expect("MAIL")
		p.quiet(time.Hour)
	})
	wantTrace(t, session, "connect 0s-0s", "greeting 0s-4m50s 220", "ehlo 4m50s-9m40s 250", "mail 9m40s-9m59.9s timeout") // and two quiet moments
}

func TestNothingIsAskedOfAServerThatRefuses(t *testing.T) {
	tests := []struct {
		name   string
		script func(*peer)
		want   []string
	}{
		{"554 greeting", func(p *peer) { p.say("554 no"); p.answer("QUIT", "221 bye") },
			[]string{"greeting 554", "quit 221"}},
		{"450 greeting", func(p *peer) { p.say("450 no"); p.answer("QUIT", "221 bye") },
			[]string{"greeting 450", "quit 221"}},
		{"550 to EHLO", func(p *peer) { p.say("220 a"); p.answer("EHLO", "550 no"); p.answer("QUIT", "221 bye") },
			[]string{"greeting 220", "ehlo 550", "quit 221"}},
		{"451 to EHLO", func(p *peer) { p.say("220 a"); p.answer("EHLO", "451 no"); p.answer("QUIT", "221 bye") },
			[]string{"greeting 220", "ehlo 451", "quit 221"}},
		{"550 to MAIL", func(p *peer) {
			p.say("220 a")
			p.answer("EHLO", "250 a")
			p.answer("STARTTLS", "502 no")
			p.answer("MAIL", "550 no")
			p.answer("QUIT", "221 bye")
		}, []string{"greeting 220", "ehlo 250", "starttls 502", "mail 550", "quit 221"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			wantTrace(t, talk(t, full, test.script), timeless(test.want)...)
		})
	}
}

// timeless completes a trace of steps that take no time.
func timeless(steps []string) []string {
	out := []string{"connect 0s-0s"}
	for _, step := range steps {
		name, rest, _ := strings.Cut(step, " ")
		out = append(out, strings.TrimSpace(name+" 0s-0s "+rest))
	}
	return out
}

func TestGreetingOnly(t *testing.T) {
	ask := full
	ask.GreetingOnly = true
	session := talk(t, ask, func(p *peer) { p.say("220 a"); p.answer("QUIT", "221 bye") })
	wantTrace(t, session, timeless([]string{"greeting 220", "quit 221"})...)
	if !session.Control {
		t.Error("the session of a control is not marked as one")
	}
}

// A refused STARTTLS tells "missing" from "hidden", listed or not, and leaves the session usable.
func TestSTARTTLSRefused(t *testing.T) {
	for _, reply := range []string{"502 unknown", "454 4.7.0 not now", "530 5.7.0 not for you", "503 no"} {
		t.Run(reply, func(t *testing.T) {
			session := talk(t, full, func(p *peer) {
				p.say("220 a")
				p.answer("EHLO", "250 a")
				p.answer("STARTTLS", reply)
				p.answer("MAIL", "250 ok")
				p.answer("RCPT", "250 ok")
				p.answer("QUIT", "221 bye")
			})
			want := []string{"greeting 220", "ehlo 250", "starttls " + reply[:3], "mail 250", "rcpt 250", "quit 221"}
			wantTrace(t, session, timeless(want)...)
			if got := session.Event(evidence.StepSTARTTLS).Reply.Lines[0].Text; got != reply {
				t.Errorf("reply is %q", got)
			}
		})
	}
}

// upTo speaks until the given step is due to be answered.
func upTo(p *peer, due evidence.Step) {
	if due == evidence.StepGreeting {
		return
	}
	p.say("220 a")
	for _, turn := range []struct {
		step    evidence.Step
		command string
	}{
		{evidence.StepEHLO, "EHLO"}, {evidence.StepSTARTTLS, "STARTTLS"}, {evidence.StepHandshake, ""},
		{evidence.StepEHLOTLS, "EHLO"}, {evidence.StepMAIL, "MAIL"}, {evidence.StepRCPT, "RCPT"}, {evidence.StepQUIT, "QUIT"},
	} {
		if turn.command != "" {
			p.expect(turn.command)
		}
		switch {
		case turn.step == due:
			p.free = due == evidence.StepHandshake // the client begins TLS without being asked again
			return
		case turn.step == evidence.StepSTARTTLS:
			p.say("220 go ahead")
		case turn.step == evidence.StepHandshake:
			p.encrypt(&tls.Config{Certificates: []tls.Certificate{ecdsaCertificate(p.t)}})
		default:
			p.say("250 a")
		}
	}
}

var steps = []evidence.Step{
	evidence.StepGreeting, evidence.StepEHLO, evidence.StepSTARTTLS, evidence.StepHandshake, evidence.StepEHLOTLS,
	evidence.StepMAIL, evidence.StepRCPT, evidence.StepQUIT,
}

// At every step the same ends must be told apart, must keep what came before, and must be the last event.
func TestEndsAtEveryStep(t *testing.T) {
	ends := []struct {
		name string
		do   func(*peer)
		want func(evidence.Step) string
	}{
		{"reset", (*peer).reset, func(evidence.Step) string { return " reset" }},
		{"end of file", (*peer).hangUp, func(evidence.Step) string { return " eof" }},
		{"end inside a line", func(p *peer) { p.send("250-STARTT"); p.hangUp() }, func(step evidence.Step) string {
			if step == evidence.StepHandshake {
				return " (250) tls"
			}
			return " (250) eof"
		}},
		{"421", func(p *peer) { p.say("421 4.3.2 closing") }, func(step evidence.Step) string {
			if step == evidence.StepHandshake {
				return " 421 tls"
			}
			return " 421"
		}},
		{"no reply line", func(p *peer) { p.say("HTTP/1.1 400 Bad Request") }, func(step evidence.Step) string {
			return " (0) malformed"
		}},
	}
	for _, end := range ends {
		for i, step := range steps {
			t.Run(end.name+" at "+string(step), func(t *testing.T) {
				session := talk(t, full, func(p *peer) {
					upTo(p, step)
					time.Sleep(time.Second)
					if step == evidence.StepHandshake {
						time.Sleep(settle) // in which the client looks whether anything follows the 220
					}
					end.do(p)
				})
				got := trace(session)
				if len(got) != i+2 {
					t.Fatalf("want %d events, got %q", i+2, got)
				}
				if want := string(step) + " 0s-1s" + end.want(step); got[i+1] != want {
					t.Errorf("got %q, want %q", got[i+1], want)
				}
			})
		}
	}
}

func TestSilenceAtEveryStep(t *testing.T) {
	for i, step := range steps {
		t.Run(string(step), func(t *testing.T) {
			session := talk(t, full, func(p *peer) { upTo(p, step); time.Sleep(time.Hour) })
			want := string(step) + " 0s-5m0s timeout"
			if step == evidence.StepQUIT {
				want = string(step) + " 0s-5s timeout"
			}
			if got := trace(session); len(got) != i+2 || got[i+1] != want {
				t.Errorf("got %q, want %q at the end", got, want)
			}
		})
	}
}

func TestPartialReplyIsKept(t *testing.T) {
	session := talk(t, plain, func(p *peer) {
		p.say("220 a")
		p.expect("EHLO")
		p.send("250-a\r\n250-PIPELINING\r\n250-STAR")
		p.hangUp()
	})
	reply := session.Event(evidence.StepEHLO).Reply
	var texts []string
	for _, line := range reply.Lines {
		texts = append(texts, line.Text)
	}
	want := []string{"250-a", "250-PIPELINING", "250-STAR"}
	if !slices.Equal(texts, want) || reply.Complete || reply.Code != 250 {
		t.Errorf("got %q, complete %v", texts, reply.Complete)
	}
}

func TestOversizedReplies(t *testing.T) {
	tests := []struct {
		name   string
		script func(*peer)
	}{
		{"endless lines", func(p *peer) {
			for range 100_000 {
				p.say("220-more")
			}
		}},
		{"endless long lines", func(p *peer) {
			for range 1000 {
				p.say("220-" + strings.Repeat("x", 10_000))
			}
		}},
		{"a line of 10 MiB", func(p *peer) { p.send("220 " + strings.Repeat("x", 10<<20) + "\r\n") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			session := talk(t, full, test.script)
			wantTrace(t, session, "connect 0s-0s", "greeting 0s-0s (220) too_long")
			size := 0
			for _, line := range session.Event(evidence.StepGreeting).Reply.Lines {
				size += len(line.Text) + len(line.Raw)
			}
			if size == 0 || size > MaxReplyBytes {
				t.Errorf("%d bytes of the reply were kept", size)
			}
		})
	}
}

// What came before its command is no answer to it; to believe it would shift all later replies by one.
func TestSpeakingOutOfTurn(t *testing.T) {
	tests := []struct {
		name   string
		script func(*peer)
		want   []string
	}{
		{"a reply before EHLO", func(p *peer) { p.send("220 a\r\n250 STARTTLS\r\n") },
			[]string{"greeting 220", "ehlo out_of_step"}},
		{"two greetings", func(p *peer) { p.send("220 a\r\n220 b\r\n") }, []string{"greeting 220", "ehlo out_of_step"}},
		{"421 behind the greeting", func(p *peer) { p.send("220 a\r\n421 busy\r\n") }, []string{"greeting 220", "ehlo 421"}},
		{"a reply behind the one to EHLO", func(p *peer) { p.say("220 a"); p.answer("EHLO", "250 a", "502 no") },
			[]string{"greeting 220", "ehlo 250", "starttls out_of_step"}},
		{"421 and the end behind the greeting", func(p *peer) { p.say("220 a"); p.say("421 busy"); p.hangUp() },
			[]string{"greeting 220", "ehlo 421"}},
		{"another reply and the end", func(p *peer) { p.say("220 a"); p.say("250 STARTTLS"); p.hangUp() },
			[]string{"greeting 220", "ehlo out_of_step"}},
		{"the end behind the greeting", func(p *peer) { p.say("220 a"); p.hangUp() }, []string{"greeting 220", "ehlo eof"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				network := &memnet.Network{}
				serve(t, network, test.script)
				// The client looks at the connection only after the script has come to a stop.
				session := Probe{Dialer: slowReader{network}, Helo: helo}.Run(t.Context(), full)
				check(t, session)
				wantTrace(t, session, timeless(test.want)...)
			})
		})
	}
}

// slowReader delays each write of the client until the server has done all it can do, so that the order is certain.
type slowReader struct{ Dialer }

func (d slowReader) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	return waitingConn{conn}, err
}

type waitingConn struct{ net.Conn }

func (c waitingConn) Write(b []byte) (int, error) {
	synctest.Wait()
	return c.Conn.Write(b)
}

func TestMalformedGreetings(t *testing.T) {
	greetings := []string{
		"", " 220 a", "22", "2 20 a", "220a", "220\ta", "000 a", "012 a", "SSH-2.0-x", "\x16\x03\x01\x00", "22\u0660 a",
	}
	for _, greeting := range greetings {
		t.Run(greeting, func(t *testing.T) {
			session := talk(t, full, func(p *peer) { p.say(greeting) })
			wantTrace(t, session, "connect 0s-0s", "greeting 0s-0s (0) malformed")
		})
	}
	t.Run("second line", func(t *testing.T) {
		session := talk(t, full, func(p *peer) { p.say("220-a", "no code", "220 b") })
		wantTrace(t, session, "connect 0s-0s", "greeting 0s-0s (220) malformed")
	})
}

// A teaser that ends in another code is no greeting: nobody was let in.
func TestTeaserThatEndsInARefusal(t *testing.T) {
	session := talk(t, full, func(p *peer) {
		p.send("220-mail.example.com ESMTP\r\n")
		time.Sleep(6 * time.Second)
		p.send("521 5.7.1 blocked\r\n")
		p.answer("QUIT", "221 bye")
	})
	wantTrace(t, session, "connect 0s-0s", "greeting 0s-6s 521", "quit 6s-6s 221")
}

// Bare line feeds, a code alone and bytes that are not UTF-8 are all still a reply.
func TestTolerated(t *testing.T) {
	session := talk(t, Ask{Address: address}, func(p *peer) {
		p.send("220-b\xe4r\n220 line feeds\n")
		p.answer("EHLO", "250")
		p.answer("QUIT", "221 \x1b[2J bye")
	})
	wantTrace(t, session, timeless([]string{"greeting 220", "ehlo 250", "quit 221"})...)
	lines := session.Event(evidence.StepGreeting).Reply.Lines
	if lines[0].Text != "220-b\uFFFDr" || string(lines[0].Raw) != "220-b\xe4r" || lines[1].Raw != nil {
		t.Errorf("lines are %+v", lines)
	}
	if got := session.Event(evidence.StepQUIT).Reply.Lines[0].Text; got != "221 \x1b[2J bye" {
		t.Errorf("control characters were changed: %q", got)
	}
}

func TestCommandInjection(t *testing.T) {
	hostile := []string{
		"a@example.com>\r\nDATA", "a\nQUIT", "a\x00b", "a b@example.com", "<a@example.com", "a@example.com> SIZE=1", "a\tb",
		"a\x7f", "ä@example.com", "\u2028", strings.Repeat("a", 255), "a\r",
	}
	for _, text := range hostile {
		t.Run(text, func(t *testing.T) {
			ask := plain
			ask.Recipient = text
			session := talk(t, ask, func(p *peer) {
				p.say("220 a")
				p.answer("EHLO "+helo, "250 a")
				p.answer("QUIT", "221 bye")
			})
			wantTrace(t, session, timeless([]string{"greeting 220", "ehlo 250", "rcpt malformed", "quit 221"})...)

			session = talkAs(t, Probe{Helo: text}, plain, func(p *peer) { p.say("220 a"); p.answer("QUIT", "221 bye") })
			wantTrace(t, session, timeless([]string{"greeting 220", "ehlo malformed", "quit 221"})...)
			if sent := session.Event(evidence.StepEHLO).Sent; sent != "" {
				t.Errorf("recorded as sent: %q", sent)
			}
		})
	}
	if isArgument("") || !isArgument("[IPv6:2001:db8::1]") || !isArgument(`"a\"b"+c@example.com`) {
		t.Error("ordinary arguments are refused or the empty one is not")
	}
}

// No command that could carry a message may stand anywhere in the package.
func TestNoDataCommand(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	sends := false
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				sends = sends || strings.Contains(literal.Value, "RCPT TO:")
				for _, verb := range []string{"DATA", "BDAT", "AUTH", "BURL", "ETRN"} {
					if strings.Contains(strings.ToUpper(literal.Value), verb) {
						t.Errorf("%s stands in %s", verb, literal.Value)
					}
				}
			}
			return true
		})
	}
	if !sends {
		t.Error("the search does not see the commands at all")
	}
}

func TestDialFailures(t *testing.T) {
	opError := func(err error) error {
		return &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(address), Err: err}
	}
	errno := func(e syscall.Errno) error { return opError(os.NewSyscallError("connect", e)) }
	v6 := netip.MustParseAddrPort("[2001:db8::25]:25")
	tests := []struct {
		name    string
		err     error
		at      netip.AddrPort
		proxied bool
		want    evidence.FailureKind
	}{
		{"refused", errno(syscall.ECONNREFUSED), address, false, evidence.Refused},
		{"refused on Windows", errno(wsaECONNREFUSED), address, false, evidence.Refused},
		{"reset before the dialer returned", errno(syscall.ECONNRESET), address, false, evidence.Reset},
		{"host unreachable", errno(syscall.EHOSTUNREACH), address, false, evidence.Unreachable},
		{"network unreachable", errno(syscall.ENETUNREACH), address, false, evidence.Unreachable},
		{"administratively prohibited", errno(syscall.EACCES), v6, false, evidence.Unreachable},
		{"no IPv6 route", errno(syscall.ENETUNREACH), v6, false, evidence.NoRoute},
		{"no IPv6 at all", errno(syscall.EAFNOSUPPORT), v6, false, evidence.NoRoute},
		{"no own address", errno(syscall.EADDRNOTAVAIL), address, false, evidence.NoRoute},
		{"no descriptors left", errno(syscall.EMFILE), address, false, evidence.NoRoute},
		{"the system's own limit", errno(syscall.ETIMEDOUT), address, false, evidence.Timeout},
		{"the dialer's own limit", opError(os.ErrDeadlineExceeded), address, false, evidence.Timeout},
		{"proxy says refused", errno(syscall.ECONNREFUSED), address, true, evidence.ProxyFailed},
		{"proxy does not answer", opError(os.ErrDeadlineExceeded), address, true, evidence.ProxyFailed},
		{"proxy says no", errors.New("general failure"), address, true, evidence.ProxyFailed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			probe := Probe{Dialer: failingDialer{test.err}, Helo: helo, Proxied: test.proxied}
			session := probe.Run(t.Context(), Ask{Address: test.at})
			if len(session.Events) != 1 || session.Events[0].Step != evidence.StepConnect {
				t.Fatalf("got %q", trace(session))
			}
			if got := session.Events[0].Failure; got == nil || got.Kind != test.want {
				t.Errorf("got %+v, want %s", got, test.want)
			}
		})
	}
}

type failingDialer struct{ err error }

func (d failingDialer) DialContext(context.Context, string, string) (net.Conn, error) {
	return nil, d.err
}

func TestUnansweredConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &memnet.Network{}
		wantTrace(t, Probe{Dialer: network, Helo: helo}.Run(t.Context(), full), "connect 0s-0s refused")
		network.Silence(address)
		session := Probe{Dialer: network, Helo: helo}.Run(t.Context(), full)
		check(t, session)
		wantTrace(t, session, "connect 0s-30s timeout")
		// A run that ends sooner than our limit says nothing about the server.
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		wantTrace(t, Probe{Dialer: network, Helo: helo}.Run(ctx, full), "connect 0s-10s interrupted")
		wantTrace(t, Probe{Dialer: network, Helo: helo, Proxied: true}.Run(ctx, full), "connect 0s-0s interrupted")
	})
}

func TestInterruptedAtEveryStep(t *testing.T) {
	for i, step := range steps {
		for _, how := range []string{"cancelled", "deadline"} {
			t.Run(how+" at "+string(step), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					network := &memnet.Network{}
					serve(t, network, func(p *peer) { upTo(p, step); time.Sleep(time.Hour) })
					ctx, cancel := context.WithCancel(t.Context())
					if how == "deadline" {
						ctx, cancel = context.WithTimeout(t.Context(), 4*time.Second)
					} else {
						time.AfterFunc(4*time.Second, cancel)
					}
					defer cancel()
					session := Probe{Dialer: network, Helo: helo}.Run(ctx, full)
					check(t, session)
					got := trace(session)
					if last := session.Events[len(session.Events)-1]; len(got) != i+2 || last.Step != step || last.End.D() != 4*time.Second || last.Failure == nil || last.Failure.Kind != evidence.Interrupted {
						t.Errorf("got %q, want the interruption after 4 s at the end", got)
					}
				})
			})
		}
	}
}

func TestWatchAnnouncesEveryWait(t *testing.T) {
	got := map[evidence.Step]time.Duration{}
	probe := Probe{Helo: helo, Watch: func(step evidence.Step, limit time.Duration) { got[step] = limit }}
	talkAs(t, probe, plain, func(p *peer) {
		p.quiet(299 * time.Second)
		p.say("220 a")
		p.expect("EHLO")
		p.quiet(51 * time.Second)
		p.say("250 a")
		p.answer("MAIL", "550 no")
		p.answer("QUIT", "221 bye")
	})
	want := map[evidence.Step]time.Duration{
		evidence.StepConnect: 30 * time.Second, evidence.StepGreeting: 5 * time.Minute, evidence.StepEHLO: 5 * time.Minute,
		evidence.StepMAIL: 250*time.Second - 2*settle, evidence.StepQUIT: 5 * time.Second,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
