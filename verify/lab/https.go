package lab

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"
)

// Bounds of one HTTPS connection.
const (
	maxWebTime   = 5 * time.Minute
	maxWebHeader = 64 << 10
)

// webHost is an HTTPS host at one address. It knows the files that the scenario gives it and answers one request for
// each connection.
type webHost struct {
	address     netip.Addr
	name        string
	certificate string
	status      uint32 // of every answer; 0 for 200, or 404 where there is no such file
	location    string
	contentType string
	delay       time.Duration // before the answer
	files       map[string]string
}

// webHost reads one host. Unlike a mail host it has a good certificate unless the scenario says otherwise, because senders check it
// there (RFC 8461 section 3.3).
func (r reader) webHost(n *yaml.Node, s *Scenario) error {
	h := &webHost{certificate: trusted, contentType: "text/plain", files: map[string]string{}}
	err := r.mapping(n, map[string]field{
		"address":      r.address(&h.address),
		"name":         r.plain(&h.name),
		"certificate":  r.word(&h.certificate, certificateKinds...),
		"status":       r.number(&h.status),
		"location":     r.plain(&h.location),
		"content_type": r.plain(&h.contentType),
		"delay":        r.duration(&h.delay),
		"files":        r.files(h.files),
	})
	switch {
	case err != nil:
		return err
	case !h.address.IsValid() || h.name == "":
		return r.fail(n, "this HTTPS host has no address or no name")
	case h.status != 0 && (h.status < 200 || h.status > 599):
		return r.fail(n, "status %d is no final status of HTTP", h.status)
	case slices.ContainsFunc(s.web, func(o *webHost) bool { return o.address == h.address }):
		return r.fail(n, "an HTTPS host at %v stands here a second time", h.address)
	}
	s.web = append(s.web, h)
	return nil
}

// files reads a mapping from paths to contents.
func (r reader) files(into map[string]string) field {
	return func(n *yaml.Node) error {
		var contents map[string]string
		if n.Kind != yaml.MappingNode || n.Decode(&contents) != nil {
			return r.fail(n, "files is a mapping from paths to texts")
		}
		for path := range contents {
			if !strings.HasPrefix(path, "/") || strings.ContainsAny(path, " \r\n") {
				return r.fail(n, "%q is no path", path)
			}
		}
		maps.Copy(into, contents)
		return nil
	}
}

// serveHTTPS answers one request (RFC 9112) and closes.
func (n *Internet) serveHTTPS(h *webHost, conn net.Conn) {
	certificate, err := n.authority.mint(h.name, h.certificate, time.Now())
	if err != nil || conn.SetDeadline(time.Now().Add(maxWebTime)) != nil {
		return
	}
	secured := tls.Server(conn, &tls.Config{Certificates: []tls.Certificate{certificate}})
	if secured.Handshake() != nil {
		return
	}
	in := bufio.NewReader(io.LimitReader(secured, maxWebHeader))
	request, err := in.ReadString('\n')
	// The headers are read to their end and not looked at: nothing here depends on them.
	for line := request; err == nil && strings.TrimSpace(line) != ""; {
		line, err = in.ReadString('\n')
	}
	words := strings.Fields(request)
	if err != nil || len(words) != 3 {
		return
	}
	n.noteRequest(fmt.Sprintf("%s https://%s%s", words[0], secured.ConnectionState().ServerName, words[1]))
	if n.pause(h.delay) {
		// A client that has gone away is not this server's trouble.
		_, _ = io.WriteString(secured, h.answer(words[1]))
		_ = secured.CloseWrite()
	}
}

// answer gives the body of a file also under another status, as servers do with their pages of errors.
func (h *webHost) answer(path string) string {
	body, found := h.files[path]
	status := h.status
	switch {
	case status == 0 && found:
		status = 200
	case status == 0:
		status = 404
	}
	location := ""
	if h.location != "" {
		location = "Location: " + h.location + "\r\n"
	}
	return fmt.Sprintf("HTTP/1.1 %d Lab\r\nContent-Type: %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s",
		status, h.contentType, location, len(body), body)
}

// HTTPSPort is the port of all HTTPS hosts here.
func (n *Internet) HTTPSPort() int { return n.httpsPort }

// Requests returns a line for each request that an HTTPS host received, in order of arrival: "GET
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
