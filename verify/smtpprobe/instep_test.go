package smtpprobe

import (
	"context"
	"crypto/tls"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/memnet"
)

// A second answer is found wherever it stands and however late it comes, and nothing is asked behind it.
func TestOneReplyForEachCommand(t *testing.T) {
	ask := plain
	ask.Transactions = []Transaction{{"test", []string{"a@b.example"}, []Recipient{{"test", "x@y.example"}}}}
	turns := [][2]string{{"EHLO", "250 a"}, {"MAIL", "250 ok"}, {"RCPT", "250 ok"}, {"RSET", "250 ok"}, {"MAIL", "250 ok"}, {"RCPT", "554 5.7.1 Relay access denied"},
		{"RSET", "250 ok"}, {"QUIT", "221 bye"}}
	for at, turn := range turns {
		for name, again := range map[string]func(*peer){
			"at once": func(p *peer) { p.say(turn[1], "250 again") },
			"apart": func(p *peer) {
				p.say(turn[1])
				time.Sleep(20 * time.Millisecond)
				p.say("250 again")
			},
			"before": func(p *peer) { p.say("250 again", turn[1]) },
		} {
			if name == "apart" && turn[0] == "QUIT" {
				continue // the client may have left
			}
			t.Run(turn[0]+" "+name, func(t *testing.T) {
				session := talk(t, ask, func(p *peer) {
					p.say("220 a")
					for i, other := range turns {
						p.expect(other[0])
						if i == at {
							p.free = true
							again(p)
							return
						}
						p.say(other[1])
					}
				})
				last := session.Events[len(session.Events)-1]
				if last.Failure == nil || last.Failure.Kind != evidence.OutOfStep {
					t.Errorf("the end is %q", trace(session))
				}
				if want := 3 + at; len(session.Events) > want+1 || len(session.Events) < want {
					t.Errorf("%d events, want %d or one more: %q", len(session.Events), want, trace(session))
				}
			})
		}
	}
}

// A second answer that comes later than anybody waits shows in the replies to RSET and QUIT, and in what follows the last one.
func TestLateSecondAnswer(t *testing.T) {
	ask := plain
	ask.Recipient = ""
	ask.Transactions = []Transaction{{"test", []string{"a@b.example"}, []Recipient{{"test", "x@y.example"}}}}
	for _, refusal := range []string{"554 5.7.1 Relay access denied", "250 ok"} {
		session := talk(t, ask, func(p *peer) {
			p.free = true
			p.say("220 a")
			p.answer("EHLO", "250 a")
			answers := []string{"250 again", "250 mail", refusal, "250 rset", "221 bye"} // each is due one command earlier
			for _, command := range []string{"MAIL", "RCPT", "RSET", "QUIT"} {
				_, err := p.in.ReadString('\n')
				if err != nil {
					return
				}
				_ = command
				p.say(answers[0])
				answers = answers[1:]
			}
			time.Sleep(300 * time.Millisecond)
			p.say(answers...)
		})
		last := session.Events[len(session.Events)-1]
		if last.Failure == nil || last.Failure.Kind != evidence.OutOfStep {
			t.Errorf("%s: the end is %q", refusal, trace(session))
		}
	}
}

// What no server answers to a command is no answer to it.
func TestImplausibleReplies(t *testing.T) {
	for step, replies := range map[evidence.Step][]string{
		evidence.StepGreeting: {"250 a", "354 a", "220-a\r\n250 a", "554-a\r\n220 a"},
		evidence.StepEHLO:     {"354 a", "220 a", "221 a", "251 a", "250-a\r\n550 a", "550-a\r\n250 a", "650 a"},
		evidence.StepSTARTTLS: {"250 a", "221 a", "354 a"},
		evidence.StepEHLOTLS:  {"220 a", "354 a"},
		evidence.StepMAIL:     {"354 a", "220 a", "221 a", "251 a"},
		evidence.StepRCPT:     {"221 a", "354 a", "220 a", "252 a"},
		evidence.StepQUIT:     {"250 a", "550 a", "220 a", "354 a"},
	} {
		for _, reply := range replies {
			t.Run(string(step)+" "+reply, func(t *testing.T) {
				session := talk(t, full, func(p *peer) { upTo(p, step); p.say(reply); time.Sleep(time.Minute) })
				last := session.Events[len(session.Events)-1]
				if last.Step != step || last.Failure == nil || last.Failure.Kind != evidence.OutOfStep || last.Reply == nil {
					t.Errorf("the end is %q", trace(session))
				}
			})
		}
	}
}

// A server that does not know EHLO is asked by HELO (RFC 5321 section 3.2), and one that does not want this client is not.
func TestHELO(t *testing.T) {
	for _, reply := range []string{"500 5.5.1 Command unrecognized: \"EHLO probe.example.net\"", "502 unimplemented (#5.5.1)"} {
		session := talk(t, full, func(p *peer) {
			p.say("220 a")
			p.answer("EHLO", reply)
			p.answer("HELO "+helo, "250 a")
			p.answer("STARTTLS", "502 no")
			p.answer("MAIL", "250 ok")
			p.answer("RCPT", "250 ok")
			p.answer("QUIT", "221 bye")
		})
		wantTrace(t, session, timeless([]string{"greeting 220", "ehlo " + reply[:3], "helo 250", "starttls 502", "mail 250", "rcpt 250", "quit 221"})...)
	}
	for _, reply := range []string{"550 no", "502 5.7.1 Not for you", "500 your host is blocked", "504 no", "451 later"} {
		session := talk(t, full, func(p *peer) {
			p.say("220 a")
			p.answer("EHLO", reply)
			p.answer("QUIT", "221 bye")
		})
		wantTrace(t, session, timeless([]string{"greeting 220", "ehlo " + reply[:3], "quit 221"})...)
	}
}

// The hello of our own bytes is one that a library understands, in one record that middleboxes bear.
func TestBareHello(t *testing.T) {
	for _, name := range []string{"mail.example.com", "", strings.Repeat("a", 60) + "." + strings.Repeat("b.", 90) + "example.com"} {
		ask := full
		ask.Host, ask.BareHello = name, true
		var asked *tls.ClientHelloInfo
		session := talk(t, ask, func(p *peer) {
			p.say("220 a")
			p.answer("EHLO", "250 a")
			p.answer("STARTTLS", "220 go ahead")
			p.free = true
			config := &tls.Config{MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{ecdsaCertificate(p.t)},
				GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) { asked = hello; return nil, nil }}
			_ = tls.Server(p.raw, config).Handshake()
		})
		hello := session.Event(evidence.StepHello)
		if hello == nil || hello.Failure != nil || hello.Hello.Version != "TLS 1.2" || !strings.HasPrefix(hello.Hello.Cipher, "TLS_ECDHE_ECDSA") {
			t.Fatalf("%q: %+v", name, hello)
		}
		if asked.ServerName != serverName(name) || len(asked.SupportedCurves) != len(bareGroups) || len(asked.CipherSuites) != len(bareSuites) {
			t.Errorf("the library read %+v", asked)
		}
		if size := len(clientHello(serverName(name))) - 5; size > 255 && size < 512 {
			t.Errorf("the hello for %q has %d bytes", name, size)
		}
	}
}

func TestBareHelloAnswers(t *testing.T) {
	ssl3 := "\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00" + strings.Repeat("r", 32) + "\x00\x00\x0a\x00"
	tests := []struct {
		name   string
		answer func(*peer)
		want   string
		hello  evidence.Hello
	}{
		{"SSL 3.0", func(p *peer) { p.send(ssl3) }, "hello", evidence.Hello{Version: "SSL 3.0", Cipher: "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Alert: -1}},
		{"in two pieces", func(p *peer) { p.send(ssl3[:7]); time.Sleep(time.Second); p.send(ssl3[7:]) }, "hello 0s-1s", evidence.Hello{Version: "SSL 3.0", Cipher: "TLS_RSA_WITH_3DES_EDE_CBC_SHA", Alert: -1}},
		{"alert", func(p *peer) { p.send("\x15\x03\x01\x00\x02\x02\x28") }, "hello tls", evidence.Hello{Alert: 40}},
		{"end", (*peer).hangUp, "hello eof", evidence.Hello{Alert: -1}},
		{"end inside", func(p *peer) { p.send(ssl3[:20]); p.hangUp() }, "hello eof", evidence.Hello{Alert: -1}},
		{"reset", (*peer).reset, "hello reset", evidence.Hello{Alert: -1}},
		{"refusal", func(p *peer) { p.say("454 4.7.1 Too many TLS connections") }, "hello 454 malformed", evidence.Hello{Alert: -1}},
		{"words", func(p *peer) { p.say("go away") }, "hello (0) malformed", evidence.Hello{Alert: -1}},
		{"garbage", func(p *peer) { p.send("\x00\x01\x02\x03\x04\x05") }, "hello malformed", evidence.Hello{Alert: -1}},
		{"another handshake message", func(p *peer) { p.send("\x16\x03\x01\x00\x04\x00\x00\x00\x00") }, "hello malformed", evidence.Hello{Alert: -1}},
		{"silence", func(p *peer) { time.Sleep(time.Hour) }, "hello 0s-5m0s timeout", evidence.Hello{Alert: -1}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ask := full
			ask.BareHello = true
			session := talk(t, ask, func(p *peer) {
				p.free = true
				p.say("220 a")
				p.answer("EHLO", "250 a")
				p.answer("STARTTLS", "220 go ahead")
				_, _ = p.in.Peek(1)
				test.answer(p)
			})
			name, rest, _ := strings.Cut(test.want, " ")
			if !strings.HasPrefix(rest, "0s-") {
				rest = strings.TrimSpace("0s-0s " + rest)
			}
			got := trace(session)
			if got[len(got)-1] != name+" "+rest {
				t.Errorf("got %q, want %s %s", got, name, rest)
			}
			if h := session.Event(evidence.StepHello).Hello; *h != test.hello {
				t.Errorf("got %+v", *h)
			}
		})
	}
}

// What stood behind the 220 is recorded whatever answers the hello.
func TestSmuggledTextBeforeABareHello(t *testing.T) {
	for name, answer := range map[string]string{
		"a hello":  "\x16\x03\x00\x00\x2a\x02\x00\x00\x26\x03\x00" + strings.Repeat("r", 32) + "\x00\x00\x0a\x00",
		"an alert": "\x15\x03\x01\x00\x02\x02\x28",
		"garbage":  "\x00\x01\x02\x03\x04\x05",
	} {
		ask := full
		ask.BareHello = true
		session := talk(t, ask, func(p *peer) {
			p.free = true
			p.say("220 a")
			p.answer("EHLO", "250 a")
			p.answer("STARTTLS", "220 go ahead\r\n250 evil")
			_, _ = p.in.Peek(1)
			p.send(answer)
		})
		e := session.Event(evidence.StepHello)
		if e.TLS == nil || e.TLS.Smuggled != "250 evil\r\n" {
			t.Errorf("%s: %+v", name, e)
		}
		if e.Failure != nil && !strings.Contains(e.Failure.Detail, "250 evil") {
			t.Errorf("%s: %q does not say it", name, e.Failure.Detail)
		}
	}
}

// A client certificate that is demanded shows, with TLS 1.2 inside the handshake and with TLS 1.3 behind it.
func TestServersThatAskForACertificate(t *testing.T) {
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		for _, kind := range []tls.ClientAuthType{tls.NoClientCert, tls.RequestClientCert, tls.RequireAnyClientCert} {
			session := talk(t, full, func(p *peer) {
				p.free = true
				p.say("220 a")
				p.answer("EHLO", "250 a")
				p.answer("STARTTLS", "220 go ahead")
				conn := tls.Server(p.raw, &tls.Config{MaxVersion: version, Certificates: []tls.Certificate{ecdsaCertificate(p.t)}, ClientAuth: kind})
				if conn.Handshake() == nil {
					_, _ = conn.Write([]byte("554 5.7.1 leave\r\n"))
				}
			})
			e := session.Event(evidence.StepHandshake)
			if e.TLS == nil && kind != tls.NoClientCert || e.TLS != nil && e.TLS.AsksClient != (kind != tls.NoClientCert) {
				t.Errorf("%s, %v: %+v", tls.VersionName(version), kind, e.TLS)
			}
		}
	}
}

// Text that comes a moment behind the 220 is as little protected as text that comes with it.
func TestSmuggledReplyInAPacketOfItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		network := &memnet.Network{}
		serve(t, network, func(p *peer) {
			p.free = true
			p.say("220 a")
			p.answer("EHLO", "250 a")
			p.answer("STARTTLS", "220 go ahead")
			time.Sleep(20 * time.Millisecond)
			p.say("250 evil")
			p.encrypt(&tls.Config{Certificates: []tls.Certificate{ecdsaCertificate(p.t)}})
		})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		session := Probe{Dialer: network, Helo: helo}.Run(ctx, full)
		if e := session.Event(evidence.StepHandshake); e.TLS == nil || e.TLS.Smuggled != "250 evil\r\n" {
			t.Errorf("%+v", e)
		}
	})
}
