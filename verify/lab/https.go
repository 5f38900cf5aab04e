package lab

import (
	"bufio"
	"cmp"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Bounds of one web connection.
const (
	maxWebTime   = 5 * time.Minute
	maxWebHeader = 64 << 10
	maxBlock     = 16 << 10 // written at once
)

// webHost is a web host at one address, over TLS or in plain text. It knows the pages that the scenario gives it and answers one request
// for each connection.
type webHost struct {
	address     netip.Addr
	plain       bool // HTTP on port 80, else HTTPS on port 443
	name        string
	connect     string // accept; silent, in memory only
	handshake   string // of webHandshakes
	certificate string
	delay       time.Duration // before the answer
	page                      // what all pages have that do not say otherwise
	pages       map[string]page
}

// page is an answer (RFC 9112).
type page struct {
	status      uint32 // 0 for 200, or 404 where there is no such page
	location    string
	contentType string
	text        string
	size        uint32        // bytes of the body, made of the text over and over; 0 for the text itself
	drip        time.Duration // between two bytes of the body
	ends        string        // whole; cut, in the middle of the body; never
	raw         string        // instead of an answer in HTTP
}

// keys lists those of a page.
func (r reader) pageKeys(p *page) map[string]field {
	return map[string]field{
		"status":       r.number(&p.status),
		"location":     r.plain(&p.location),
		"content_type": r.plain(&p.contentType),
		"size":         r.number(&p.size),
		"drip":         r.duration(&p.drip),
		"ends":         r.word(&p.ends, "whole", "cut", "never"),
		"raw":          r.text(&p.raw),
	}
}

// webHost reads one host. Unlike a mail host it has a good certificate unless the scenario says otherwise, because clients check it
// there (RFC 8461 section 3.3).
func (r reader) webHost(n *yaml.Node, s *Scenario, plain bool) error {
	h := &webHost{plain: plain, connect: "accept", handshake: properHandshake, certificate: trusted, page: page{contentType: "text/plain"}, pages: map[string]page{}}
	keys := r.pageKeys(&h.page)
	keys["address"], keys["name"] = r.address(&h.address), r.plain(&h.name)
	keys["connect"], keys["delay"], keys["files"] = r.word(&h.connect, "accept", "silent"), r.duration(&h.delay), r.files(h.pages)
	if !plain {
		keys["certificate"], keys["handshake"] = r.word(&h.certificate, certificateKinds...), r.word(&h.handshake, webHandshakes...)
	}
	switch err := r.mapping(n, keys); {
	case err != nil:
		return err
	case !h.address.IsValid() || h.name == "":
		return r.fail(n, "this web host has no address or no name")
	case slices.ContainsFunc(s.web, func(o *webHost) bool { return o.address == h.address && o.plain == plain }):
		return r.fail(n, "a web host at %v stands here a second time", h.address)
	}
	s.web = append(s.web, h)
	return r.finalStatus(n, h.page)
}

// finalStatus refuses a status that is none (RFC 9110 section 15).
func (r reader) finalStatus(n *yaml.Node, p page) error {
	if p.status != 0 && (p.status < 200 || p.status > 599) {
		return r.fail(n, "status %d is no final status of HTTP", p.status)
	}
	return nil
}

// files reads a mapping from paths to texts, or to pages with the key text.
func (r reader) files(into map[string]page) field {
	return func(n *yaml.Node) error {
		if n.Kind != yaml.MappingNode {
			return r.fail(n, "files is a mapping from paths to texts")
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			path, value, p := n.Content[i].Value, n.Content[i+1], page{}
			if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \r\n") {
				return r.fail(n, "%q is no path", path)
			}
			read := r.text(&p.text)
			if value.Kind == yaml.MappingNode {
				keys := r.pageKeys(&p)
				keys["text"] = r.text(&p.text)
				read = func(n *yaml.Node) error { return cmp.Or(r.mapping(n, keys), r.finalStatus(n, p)) }
			}
			if err := read(value); err != nil {
				return err
			}
			into[path] = p
		}
		return nil
	}
}

// webHandshakes are what a client may meet in place of a handshake.
var webHandshakes = []string{properHandshake, "close", "silent", "garbage", "alert"}

// serveWeb answers one request and closes.
func (n *Internet) serveWeb(h *webHost, conn net.Conn) {
	if conn.SetDeadline(time.Now().Add(maxWebTime)) != nil {
		return
	}
	host := h.name
	if !h.plain {
		secured := n.shakeHands(h, conn)
		if secured == nil {
			return
		}
		host = secured.ConnectionState().ServerName
		conn = secured
	}
	in := bufio.NewReader(io.LimitReader(conn, maxWebHeader))
	request, err := in.ReadString('\n')
	for line := request; err == nil && strings.TrimSpace(line) != ""; {
		line, err = in.ReadString('\n')
		// The name that a client asks for is all that matters of the headers.
		if key, value, _ := strings.Cut(line, ":"); h.plain && strings.EqualFold(key, "host") {
			host = strings.TrimSpace(value)
		}
	}
	words := strings.Fields(request)
	if err != nil || len(words) != 3 {
		return
	}
	n.noteRequest(fmt.Sprintf("%s %s://%s%s", words[0], map[bool]string{true: "http", false: "https"}[h.plain], host, words[1]))
	if n.pause(h.delay) {
		n.sendPage(conn, h.at(words[1]))
	}
}

// shakeHands makes the handshake, or what the host does in its place; nil where there is none.
func (n *Internet) shakeHands(h *webHost, conn net.Conn) *tls.Conn {
	certificate, err := n.authority.mint(h.name, h.certificate, time.Now())
	if err != nil {
		return nil
	}
	if h.handshake != properHandshake {
		// The hello is read first, so that closing does not answer it with a reset that overtakes what is said.
		_, _ = conn.Read(make([]byte, maxWebHeader))
		answer := map[string]string{"garbage": "this is not TLS\r\n", "alert": string(handshakeFailure)}[h.handshake]
		if h.handshake == "silent" {
			n.pause(maxWebTime)
		}
		_, _ = io.WriteString(conn, answer)
		return nil
	}
	secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
	if secured.Handshake() != nil {
		return nil
	}
	return secured
}

// at is the answer for a path. It has a body also under another status, as servers do with their pages of errors.
func (h *webHost) at(path string) page {
	p, found := h.pages[path]
	missing := uint32(404)
	if found {
		missing = 200
	}
	p.status = cmp.Or(p.status, h.status, missing)
	p.location, p.contentType = cmp.Or(p.location, h.location), cmp.Or(p.contentType, h.contentType)
	p.size, p.drip, p.ends, p.raw = cmp.Or(p.size, h.size), cmp.Or(p.drip, h.drip), cmp.Or(p.ends, h.ends), cmp.Or(p.raw, h.raw)
	return p
}

// sendPage writes an answer. A client that has gone away is not this server's trouble.
func (n *Internet) sendPage(conn net.Conn, p page) {
	if p.raw != "" {
		_, _ = io.WriteString(conn, p.raw)
		return
	}
	location := ""
	if p.location != "" {
		location = "Location: " + p.location + "\r\n"
	}
	size := cmp.Or(int(p.size), len(p.text))
	_, err := fmt.Fprintf(conn, "HTTP/1.1 %d Lab\r\nContent-Type: %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n", p.status, p.contentType, location, size)
	if p.ends == "cut" {
		size /= 2
	}
	// A file of a gibibyte is never in memory.
	text := cmp.Or(p.text, "x")
	block := []byte(strings.Repeat(text, 1+maxBlock/len(text)))
	for size > 0 && err == nil {
		part := block[:min(len(block), size)]
		if p.drip > 0 {
			part = part[:1]
			block = append(block[1:], part...)
		}
		if _, err = conn.Write(part); !n.pause(p.drip) {
			return
		}
		size -= len(part)
	}
	if p.ends == "never" {
		n.pause(maxWebTime)
	}
	if secured, ok := conn.(*tls.Conn); ok && p.ends != "cut" {
		_ = secured.CloseWrite()
	}
}

// webPort is the port of a web host on this network.
func (n *Internet) webPort(h *webHost) uint16 {
	if h.plain {
		return uint16(n.httpPort)
	}
	return uint16(n.httpsPort)
}

// HTTPPort is the port of all web hosts here that speak plain HTTP.
func (n *Internet) HTTPPort() int { return n.httpPort }

// HTTPSPort is the port of all HTTPS hosts here.
func (n *Internet) HTTPSPort() int { return n.httpsPort }

// Requests returns a line for each request that a web host received, in order of arrival: "GET
// https://mta-sts.example.com/.well-known/mta-sts.txt".
func (n *Internet) Requests() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.requests)
}

// noteRequest keeps what a test may ask for, up to a bound: a client in a circle must not fill the memory.
func (n *Internet) noteRequest(line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.requests) < maxNotes {
		n.requests = append(n.requests, line)
	}
}
