package lab

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"io"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Each kind of certificate has the fault that it is named after, and no other.
func TestCertificateKinds(t *testing.T) {
	tests := []struct {
		kind    string
		chain   int
		problem string // of a check by the clock of the network
	}{
		{trusted, 2, ""},
		{noIntermediate, 1, "unknown authority"},
		{selfSigned, 1, "unknown authority"},
		{expired, 2, "expired or is not yet valid"},
		{notYetValid, 2, "expired or is not yet valid"},
		{wrongName, 2, "other.example.net"},
	}
	for _, test := range tests {
		t.Run(test.kind, func(t *testing.T) {
			inBubble(t, smtp(t, "starttls: {certificate: "+test.kind+"}"), func(t *testing.T, n *Internet) {
				c := dialSMTP(t, n, mail)
				c.reply()
				c.expect(c.ask("STARTTLS")[:3], "220")
				secured := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
				if err := secured.Handshake(); err != nil {
					t.Fatal(err)
				}
				chain := secured.ConnectionState().PeerCertificates
				if len(chain) != test.chain {
					t.Errorf("%d certificates, want %d", len(chain), test.chain)
				}
				between := x509.NewCertPool()
				for _, c := range chain[1:] {
					between.AddCert(c)
				}
				_, err := chain[0].Verify(x509.VerifyOptions{DNSName: "mail.example.com", Roots: n.TrustedRoots(), Intermediates: between})
				if (err == nil) != (test.problem == "") || err != nil && !strings.Contains(err.Error(), test.problem) {
					t.Errorf("%v, want %q", err, test.problem)
				}
				want, err := KeyDigest("mail.example.com")
				if got := sha256.Sum256(chain[0].RawSubjectPublicKeyInfo); err != nil || hex.EncodeToString(got[:]) != want {
					t.Errorf("the key is %x, KeyDigest says %s (%v)", got, want, err)
				}
			})
		})
	}
}

func TestSmuggledTextLeavesWithThe220(t *testing.T) {
	inBubble(t, smtp(t, "starttls: {smuggles: 250 injected}"), func(t *testing.T, n *Internet) {
		c := dialSMTP(t, n, mail)
		c.reply()
		c.send("STARTTLS\r\n")
		var block [200]byte
		size, err := c.Read(block[:])
		if err != nil || !bytes.HasSuffix(block[:size], []byte("\r\n250 injected\r\n")) {
			t.Errorf("%q, %v", block[:size], err)
		}
	})
}

const web = `
https:
  - address: 203.0.113.26
    name: mta-sts.example.com
    delay: 2s
    files: {/policy: "mode: none\n"}
  - address: 203.0.113.27
    name: mta-sts.example.com
    status: 301
    location: https://example.net/
`

func TestHTTPSHosts(t *testing.T) {
	inBubble(t, load(t, web), func(t *testing.T, n *Internet) {
		for _, test := range []struct{ address, path, status, body string }{
			{"203.0.113.26", "/policy", "HTTP/1.1 200 Lab", "mode: none\n"},
			{"203.0.113.26", "/other", "HTTP/1.1 404 Lab", ""},
			{"203.0.113.27", "/policy", "HTTP/1.1 301 Lab", ""},
		} {
			started := time.Now()
			status, body := get(t, n, test.address, test.path)
			if status != test.status || body != test.body {
				t.Errorf("%s%s: %q, %q", test.address, test.path, status, body)
			}
			if took := time.Since(started); test.address == "203.0.113.26" && took != 2*time.Second {
				t.Errorf("%s took %v", test.path, took)
			}
		}
		if got := n.Requests(); len(got) != 3 || got[0] != "GET https://mta-sts.example.com/policy" {
			t.Errorf("requests %q", got)
		}
	})
}

func TestHTTPSOnLoopback(t *testing.T) {
	n, err := load(t, strings.Replace(web, "    delay: 2s\n", "", 1)).OnLoopback()
	if err != nil {
		t.Fatal(err)
	}
	defer n.Close()
	if status, body := get(t, n, "203.0.113.26", "/policy"); status != "HTTP/1.1 200 Lab" || body != "mode: none\n" {
		t.Errorf("%q, %q", status, body)
	}
}

// get asks for a file and returns the status line and the body.
func get(t *testing.T, n *Internet, address, path string) (status, body string) {
	t.Helper()
	raw, err := n.DialContext(t.Context(), "tcp", net.JoinHostPort(n.Address(address), strconv.Itoa(n.HTTPSPort())))
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	conn := tls.Client(raw, &tls.Config{ServerName: "mta-sts.example.com", RootCAs: n.TrustedRoots()})
	if _, err := io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: mta-sts.example.com\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(bufio.NewReader(conn))
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(all), "\r\n\r\n")
	status, _, _ = strings.Cut(head, "\r\n")
	return status, body
}

func TestMistakesInHTTPSHosts(t *testing.T) {
	for _, test := range []struct{ entry, says string }{
		{"{name: a}", "no address or no name"},
		{"{address: 203.0.113.26, name: a, status: 99}", "no final status"},
		{"{address: 203.0.113.26, name: a, files: {policy: x}}", "is no path"},
		{"{address: 203.0.113.26, name: a, files: [x]}", "mapping from paths"},
		{"{address: 203.0.113.26, name: a, certificate: gold}", "is not one of"},
		{"{address: 203.0.113.26, name: a, files: {/x: {status: 100}}}", "no final status"},
		{"{address: 203.0.113.26, name: a, files: {/x: {path: /y}}}", "unknown key"},
		{"{address: 203.0.113.26, name: a}, {address: 203.0.113.26, name: b}", "a second time"},
	} {
		_, err := Load("test.yaml", []byte("schema: "+Schema+"\nresolver: 192.0.2.1\nhttps: ["+test.entry+"]\n"))
		if err == nil || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v, want %q", test.entry, err, test.says)
		}
	}
}

// A host in plain text may stand beside one over TLS, has no certificate, and its pages differ.
func TestHTTPHosts(t *testing.T) {
	const web = `
http:
  - address: 203.0.113.26
    name: example.com
    files: {/: {status: 301, location: "https://example.com/"}, /big: {text: ab, size: 100001}, /cut: {text: abcd, ends: cut}, /raw: {raw: hello}, /drip: {text: abcdefgh, drip: 1s}}
https: [{address: 203.0.113.26, name: example.com, handshake: alert}]
`
	inBubble(t, load(t, web), func(t *testing.T, n *Internet) {
		for path, want := range map[string]string{"/": "Location: https://example.com/", "/big": "a", "/cut": "\nab", "/raw": "hello", "/drip": "\nabcdefgh", "/x": "HTTP/1.1 404"} {
			began := time.Now()
			conn, err := n.DialContext(t.Context(), "tcp", "203.0.113.26:80")
			if err != nil {
				t.Fatal(err)
			}
			io.WriteString(conn, "GET "+path+" HTTP/1.1\r\nHost: example.com\r\n\r\n")
			all, _ := io.ReadAll(conn)
			if !strings.Contains(string(all), want) || path == "/big" && len(all) < 100_001 || path == "/cut" && strings.HasSuffix(string(all), "abc") {
				t.Errorf("%s: %.200q, want %q", path, all, want)
			}
			if took := time.Since(began); (took == 8*time.Second) != (path == "/drip") {
				t.Errorf("%s took %v", path, took)
			}
		}
		if got := n.Requests(); len(got) != 6 || !strings.HasPrefix(got[0], "GET http://example.com/") {
			t.Errorf("requests %q", got)
		}
	})
	if _, err := Load("test.yaml", []byte("schema: "+Schema+"\nresolver: 192.0.2.1\nhttp: [{address: 203.0.113.26, name: a, certificate: trusted}]\n")); err == nil {
		t.Error("a certificate in plain text")
	}
}
