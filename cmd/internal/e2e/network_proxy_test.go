package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/evidence"
	"mxverdict/verify/lab"
)

// A SOCKS proxy carries SMTP for a desk whose own network closes port 25; DNS goes directly.
func TestProxy(t *testing.T) {
	parallel(t)
	s, err := lab.Load("lab", []byte(scenarioFile(t, broken)))
	if err != nil {
		t.Fatal(err)
	}
	internet, err := s.OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer internet.Close()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	served := make(chan string, 10)
	go serveSOCKS(listener, served)
	var stdout, stderr bytes.Buffer
	args := []string{"mxverdict", "--target", "example.org", "--proxy", "socks5://" + listener.Addr().String(), "--allow-private", "--control", "none",
		"--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net", "--patience", "200ms", "--format", "json",
		"--smtp-port", itoa(internet.SMTPPort()), "--dns-port", itoa(internet.DNSPort())}
	app.Run(args, strings.NewReader("Failed To Connect\n"), &stdout, &stderr, app.Env{})
	select {
	case address := <-served:
		if want := net.JoinHostPort(internet.Address("203.0.113.80"), itoa(internet.SMTPPort())); address != want {
			t.Errorf("the proxy was asked for %s, want %s", address, want)
		}
	default:
		t.Fatalf("the proxy was not asked: %s%s", stdout.String(), stderr.String())
	}
	if !strings.Contains(stdout.String(), `"connect"`) || !strings.Contains(stdout.String(), "no_greeting") && !strings.Contains(stdout.String(), `"timeout"`) {
		t.Errorf("no session through the proxy: %s", stdout.String())
	}

	// A proxy that is not there is this desk's trouble, not the server's.
	listener.Close()
	stdout.Reset()
	app.Run(args, strings.NewReader("Failed To Connect\n"), &stdout, &stderr, app.Env{})
	var a answer
	if err := json.Unmarshal(stdout.Bytes(), &a); err != nil {
		t.Fatal(err)
	}
	if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
		t.Errorf("a dead proxy makes connect %s", v.Verdict)
	}
}

func itoa(n int) string { b, _ := json.Marshal(n); return string(b) }

// serveSOCKS is a SOCKS5 proxy (RFC 1928) for CONNECT to IPv4 addresses without authentication.
func serveSOCKS(l net.Listener, served chan<- string) {
	for {
		client, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer client.Close()
			client.SetDeadline(time.Now().Add(10 * time.Second))
			b := make([]byte, 262)
			if _, err := io.ReadFull(client, b[:2]); err != nil {
				return
			}
			io.ReadFull(client, b[:b[1]])
			client.Write([]byte{5, 0})
			if _, err := io.ReadFull(client, b[:10]); err != nil {
				return
			}
			address := net.JoinHostPort(net.IP(b[4:8]).String(), itoa(int(b[8])<<8|int(b[9])))
			served <- address
			server, err := net.Dial("tcp", address)
			if err != nil {
				client.Write([]byte{5, 5, 0, 1, 0, 0, 0, 0, 0, 0})
				return
			}
			defer server.Close()
			client.Write([]byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0})
			go io.Copy(server, client)
			io.Copy(client, server)
		}()
	}
}

// socksDialer is a SOCKS5 proxy (RFC 1928) that says yes to every connection, and then does the same with all of them.
type socksDialer struct {
	*lab.Internet
	then func(net.Conn)
}

func (d socksDialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if address != "192.0.2.99:1080" {
		return d.Internet.DialContext(ctx, network, address)
	}
	client, proxy := net.Pipe()
	go func() {
		defer proxy.Close()
		b := make([]byte, 262)
		for _, step := range []struct {
			read  int
			reply []byte
		}{{3, []byte{5, 0}}, {10, []byte{5, 0, 0, 1, 0, 0, 0, 0, 0, 0}}} {
			if _, err := proxy.Read(b[:step.read]); err != nil {
				return
			}
			if _, err := proxy.Write(step.reply); err != nil {
				return
			}
		}
		d.then(proxy)
	}()
	return client, nil
}

// What a proxy says that says yes to everything is no word about a server.
func TestProxyThatAcceptsEverything(t *testing.T) {
	parallel(t)
	text := controlled([]string{"203.0.113.21"}, [][]string{{"203.0.113.98"}}, refused("203.0.113.21"), greets("203.0.113.98"))
	for name, then := range map[string]func(net.Conn){
		"and closes":    func(net.Conn) {},
		"and is silent": func(c net.Conn) { c.Read(make([]byte, 1)) },
		"and greets":    func(c net.Conn) { fmt.Fprint(c, "220 proxy.example.net ESMTP\r\n"); c.Read(make([]byte, 1)) },
	} {
		for _, control := range []string{"a.test", "none"} {
			t.Run(name+", control "+control, func(t *testing.T) {
				sc, err := lab.Load("scenario", []byte(text))
				if err != nil {
					t.Fatal(err)
				}
				synctest.Test(t, func(t *testing.T) {
					internet, err := sc.InMemory()
					if err != nil {
						t.Fatal(err)
					}
					var stdout, stderr strings.Builder
					app.Run([]string{"mxverdict", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net",
						"--target", "example.com", "--control", control, "--proxy", "socks5://192.0.2.99:1080", "--format", "json", "--rules", claims},
						strings.NewReader("Failed To Connect\n"), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: socksDialer{internet, then}})
					internet.Close()
					synctest.Wait()
					var a struct {
						answer
						Evidence evidence.Bundle
					}
					if err := json.Unmarshal([]byte(stdout.String()), &a); err != nil {
						t.Fatal(err, stderr.String())
					}
					if v := a.verdict("smtp/connect"); v.Verdict != "inconclusive" {
						if name == "and greets" && control == "none" && v.Verdict == "false_positive" {
							return // the guard is switched off, and nothing else can tell
						}
						t.Errorf("%s: %s", ending(v), v.Says)
					}
				})
			})
		}
	}
}
