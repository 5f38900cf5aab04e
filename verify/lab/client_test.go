package lab

import (
	"bufio"
	"context"
	"net"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// load reads a scenario that is written in a test.
func load(t *testing.T, text string) *Scenario {
	t.Helper()
	s, err := Load("test.yaml", []byte("schema: "+Schema+"\nresolver: 192.0.2.1\n"+text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// inBubble runs a test against a scenario in memory, under a clock that jumps.
func inBubble(t *testing.T, s *Scenario, test func(t *testing.T, n *Internet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		n, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		defer n.Close()
		test(t, n)
	})
}

// smtpClient is as simple as a client can be.
type smtpClient struct {
	t *testing.T
	net.Conn
	in *bufio.Reader
}

func dialSMTP(t *testing.T, n *Internet, address string) *smtpClient {
	t.Helper()
	conn, err := n.DialContext(t.Context(), "tcp", net.JoinHostPort(n.Address(address), strconv.Itoa(n.SMTPPort())))
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	t.Cleanup(func() { conn.Close() })
	return &smtpClient{t, conn, bufio.NewReader(conn)}
}

// reply reads a whole reply; its lines are joined by "|". An error ends the text as "<…>".
func (c *smtpClient) reply() string {
	c.t.Helper()
	var lines []string
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			return strings.Join(append(lines, line+"<"+err.Error()+">"), "|")
		}
		lines = append(lines, strings.TrimSuffix(line, "\r\n"))
		if len(line) < 4 || line[3] != '-' {
			return strings.Join(lines, "|")
		}
	}
}

func (c *smtpClient) send(line string) {
	c.t.Helper()
	if _, err := c.Write([]byte(line)); err != nil {
		c.t.Fatalf("sending %q: %v", line, err)
	}
}

func (c *smtpClient) ask(command string) string {
	c.t.Helper()
	c.send(command + "\r\n")
	return c.reply()
}

// expect compares a reply.
func (c *smtpClient) expect(got, want string) {
	c.t.Helper()
	if got != want {
		c.t.Errorf("reply %q, want %q", got, want)
	}
}

// question is what a test asks a name server.
type question struct {
	server    string // as the scenario writes it
	name      string
	rrtype    uint16
	transport string
	rd        bool
	edns      uint16 // size; 0 for none
}

// exchange asks, for three seconds at most.
func exchange(t *testing.T, n *Internet, q question) (*dns.Msg, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
	defer cancel()
	conn, err := n.DialContext(ctx, q.transport, net.JoinHostPort(n.Address(q.server), strconv.Itoa(n.DNSPort())))
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	query := new(dns.Msg).SetQuestion(dns.Fqdn(q.name), q.rrtype)
	query.RecursionDesired = q.rd
	framed := &dns.Conn{Conn: conn, UDPSize: dns.MaxMsgSize - 1}
	if q.edns > 0 {
		query.SetEdns0(q.edns, false)
	}
	deadline, _ := ctx.Deadline()
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	if err := framed.WriteMsg(query); err != nil {
		return nil, err
	}
	reply, err := framed.ReadMsg()
	if err == nil && (reply.Id != query.Id || !reply.Response) {
		t.Errorf("the answer does not belong to the question")
	}
	return reply, err
}

func mustExchange(t *testing.T, n *Internet, q question) *dns.Msg {
	t.Helper()
	reply, err := exchange(t, n, q)
	if err != nil {
		t.Fatalf("%s %s at %s: %v", q.name, dns.Type(q.rrtype), q.server, err)
	}
	return reply
}

// summary writes an answer in a line: code, flags, and the records of each section without TTL and class.
func summary(m *dns.Msg) string {
	parts := []string{dns.RcodeToString[m.Rcode]}
	if m.Authoritative {
		parts = append(parts, "AA")
	}
	if m.RecursionAvailable {
		parts = append(parts, "RA")
	}
	if m.Truncated {
		parts = append(parts, "TC")
	}
	text := strings.Join(parts, " ")
	for i, section := range [][]dns.RR{m.Answer, m.Ns, m.Extra} {
		for _, rr := range section {
			if rr.Header().Rrtype == dns.TypeOPT {
				continue
			}
			fields := strings.Fields(rr.String())
			data := fields[4:]
			if rr.Header().Rrtype == dns.TypeSOA {
				data = data[2:3] // the serial says which one it is
			}
			text += [...]string{"; ", "; authority ", "; additional "}[i] + fields[0] + " " + fields[3] + " " +
				strings.Join(data, " ")
		}
	}
	return text
}
