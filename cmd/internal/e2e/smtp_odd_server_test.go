package e2e

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// oddServer is a mail server with plain habits that does something odd at some points of its conversations. It writes down what
// it said to each command, which it knows better than any client; by that the verdicts are measured.
type oddServer struct {
	encrypts, listsSTARTTLS, relays, postmaster, wantsTLS, discloses, rightName bool

	odd map[string]oddness // by step and how often the step had come: "RCPT 2"

	certificate tls.Certificate
	mu          sync.Mutex
	count       map[string]int
	said        []oddAnswer
	sessions    int
}

// oddAnswer is what the server said to a command, by its own account.
type oddAnswer struct {
	session        int
	verb, argument string
	code           int    // of its first reply; 0 where it gave no proper one
	inside         bool   // TLS
	end            bool   // it ended the connection here
	odd            string // what was odd about it
}

// oddness is one way to answer that no client expects.
type oddness struct {
	name string
	do   func(c *oddConversation, own string) (code int, open bool)
}

// says answers with something else, and goes on.
func says(reply string) oddness {
	return oddness{reply, func(c *oddConversation, _ string) (int, bool) {
		c.write(reply + "\r\n")
		code, _ := strconv.Atoi(reply[:3])
		if strings.Contains(reply, "\n") {
			code = 0 // lines with different codes
		}
		return code, true
	}}
}

// twice gives the proper answer and then, after a while, something that nobody asked for.
func twice(apart time.Duration, again string) oddness {
	return oddness{"again after " + apart.String() + ": " + again, func(c *oddConversation, own string) (int, bool) {
		c.write(own + "\r\n")
		time.Sleep(apart)
		if again == "" {
			again = own
		}
		c.write(again + "\r\n")
		code, _ := strconv.Atoi(own[:3])
		return code, true
	}}
}

// ends writes something and ends the connection.
func ends(text string) oddness {
	return oddness{"ends after " + strconv.Quote(text), func(c *oddConversation, own string) (int, bool) {
		c.write(strings.ReplaceAll(text, "OWN", own))
		code := 0
		if strings.HasPrefix(text, "421") {
			code = 421
		} else if strings.HasPrefix(text, "OWN\r\n") {
			code, _ = strconv.Atoi(own[:3])
		}
		return code, false
	}}
}

var oddities = []oddness{
	{"silence", func(c *oddConversation, _ string) (int, bool) { c.hold(); return 0, false }},
	{"slowly", func(c *oddConversation, own string) (int, bool) {
		time.Sleep(7 * time.Second)
		c.write(own + "\r\n")
		code, _ := strconv.Atoi(own[:3])
		return code, true
	}},
	{"nothing, and goes on", func(*oddConversation, string) (int, bool) { return 0, true }},
	ends(""), ends("421 4.3.2 busy\r\n"), ends("250-half"), ends("OWN\r\n"), ends("\x00\x01\x02"), ends("HTTP/1.1 400 Bad Request\r\n"), ends(strings.Repeat("x", 20_000)),
	twice(0, ""), twice(0, "250 Ok"), twice(20*time.Millisecond, "250 Ok"), twice(20*time.Millisecond, ""), twice(300*time.Millisecond, "250 Ok"), twice(300*time.Millisecond, ""),
	twice(2*time.Second, "502 5.5.1 No"), twice(0, "220 mail.example.com"), twice(300*time.Millisecond, "554 5.7.1 Relay access denied"),
	says("220 mail.example.com"), says("221 Bye"), says("250 Ok"), says("250-Ok\r\n550 No"), says("550-No\r\n250 Ok"), says("251 Ok"), says("252 Maybe"), says("354 Go ahead"),
	says("421 4.3.2 Stays"), says("450 4.2.0 Greylisted"), says("451 4.3.0 Later"), says("454 4.7.1 Too many TLS connections from your IP"), says("500 5.5.1 What"),
	says("502 5.5.1 Not known"), says("503 5.5.1 Bad order"), says("530 5.7.0 Must issue a STARTTLS command first"), says("550 5.7.1 Your host is blocked"),
	says("554 5.7.1 Relay access denied"), says("550 5.1.1 No such user"), says("650 Odd"),
}

type oddConversation struct {
	*oddServer
	conn    net.Conn
	in      *bufio.Reader
	session int
	inside  bool
}

func (c *oddConversation) write(text string) { _, _ = c.conn.Write([]byte(text)) }

func (c *oddConversation) hold() {
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Minute))
	for {
		if _, err := c.in.ReadByte(); err != nil {
			return
		}
	}
}

// answer says what is due, or something odd, and writes it down.
func (c *oddConversation) answer(verb, argument, own string) (code int, open bool) {
	c.mu.Lock()
	c.count[verb]++
	odd, is := c.odd[verb+" "+strconv.Itoa(c.count[verb])]
	c.mu.Unlock()
	if is {
		code, open = odd.do(c, own)
	} else {
		c.write(own + "\r\n")
		code, _ = strconv.Atoi(own[:3])
		open = verb != "QUIT"
	}
	c.mu.Lock()
	c.said = append(c.said, oddAnswer{c.session, verb, argument, code, c.inside, !open && verb != "QUIT", odd.name})
	c.mu.Unlock()
	return code, open
}

func (s *oddServer) serve(conn net.Conn) {
	s.mu.Lock()
	s.sessions++
	c := &oddConversation{oddServer: s, conn: conn, in: bufio.NewReader(conn), session: s.sessions}
	s.mu.Unlock()
	defer conn.Close()
	name := "gateway.example.net"
	if s.rightName {
		name = "mail.example.com"
	}
	if code, open := c.answer("greeting", "", "220 "+name+" ESMTP"); !open || code >= 400 {
		return
	}
	for {
		_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Minute))
		line, err := c.in.ReadString('\n')
		if err != nil {
			return
		}
		verb, argument, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		if verb == "STARTTLS" && !c.inside {
			if !c.startTLS() {
				return
			}
			continue
		}
		if _, open := c.answer(verb, argument, c.proper(verb, argument)); !open {
			return
		}
	}
}

func (c *oddConversation) startTLS() bool {
	own := "502 5.5.1 Command not recognised"
	if c.encrypts {
		own = "220 2.0.0 Ready"
	}
	code, open := c.answer("STARTTLS", "", own)
	if !open || code != 220 {
		return open
	}
	if !c.encrypts {
		return false
	}
	secured := tls.Server(c.conn, &tls.Config{Certificates: []tls.Certificate{c.certificate}})
	if secured.Handshake() != nil {
		return false
	}
	c.conn, c.in, c.inside = secured, bufio.NewReader(secured), true
	return true
}

// proper is what a plain server with these habits says.
func (c *oddConversation) proper(verb, argument string) string {
	_, rest, _ := strings.Cut(argument, "<")
	path, _, _ := strings.Cut(rest, ">")
	switch verb {
	case "EHLO":
		if c.encrypts && c.listsSTARTTLS && !c.inside {
			return "250-mail.example.com\r\n250 STARTTLS"
		}
		return "250 mail.example.com"
	case "MAIL":
		if c.wantsTLS && !c.inside {
			return "530 5.7.0 Must issue a STARTTLS command first"
		}
	case "RCPT":
		switch {
		case oddForeign(path) && (!c.relays || strings.HasSuffix(path, ".invalid")):
			return "554 5.7.1 <" + path + ">: Relay access denied"
		case !c.postmaster && strings.HasPrefix(path, "postmaster"):
			return "550 5.1.1 <" + path + ">: User unknown"
		}
	case "VRFY":
		switch {
		case !c.discloses:
			return "252 2.1.5 Cannot verify"
		case !strings.HasPrefix(argument, "postmaster"):
			return "550 5.1.1 No such user"
		}
	case "EXPN":
		return "502 5.5.1 Command not recognised"
	case "QUIT":
		return "221 2.0.0 Bye"
	}
	return "250 2.0.0 Ok"
}

func oddForeign(path string) bool {
	return !strings.HasPrefix(path, "postmaster") && !strings.HasSuffix(path, "@example.com") || strings.ContainsAny(path, `%!"`)
}

// oddPlain tells whether the path of an argument is that of one of the two plain foreign recipients.
func oddPlain(argument string) bool {
	_, rest, _ := strings.Cut(argument, "<")
	path, _, _ := strings.Cut(rest, ">")
	return oddForeign(path) && !strings.ContainsAny(path, `%!":`) && !strings.HasSuffix(path, ".invalid") && !strings.HasPrefix(path, "@")
}

// answers counts what the server said to a kind of command.
func (s *oddServer) answers(fits func(oddAnswer) bool) (n int) {
	for _, a := range s.said {
		if fits(a) {
			n++
		}
	}
	return n
}

// sessionsWith counts the sessions in which it said such a thing.
func (s *oddServer) sessionsWith(fits func(oddAnswer) bool) int {
	seen := map[int]bool{}
	for _, a := range s.said {
		if fits(a) {
			seen[a.session] = true
		}
	}
	return len(seen)
}

// contradicts tells why a verdict is wrong by the server's own account, or "".
func (s *oddServer) contradicts(v verdict) string {
	recipient := func(fits func(string) bool, code func(int) bool) func(oddAnswer) bool {
		return func(a oddAnswer) bool {
			_, rest, _ := strings.Cut(a.argument, "<")
			path, _, _ := strings.Cut(rest, ">")
			return a.verb == "RCPT" && fits(path) && code(a.code)
		}
	}
	foreign := func(path string) bool { return oddPlain("<" + path + ">") }
	postmaster := func(path string) bool { return strings.HasPrefix(path, "postmaster") }
	yes, no := func(code int) bool { return code/100 == 2 }, func(code int) bool { return code/100 == 5 }
	// Lines with different codes are no proper reply, and yet they came through TLS.
	inside := func(a oddAnswer) bool {
		return a.inside && (a.code != 0 || strings.HasPrefix(a.odd, "250-") || strings.HasPrefix(a.odd, "550-"))
	}
	confirmed := v.Verdict != "false_positive" // a matter of taste is true too
	bad := func(wrong bool, why string) string {
		if wrong {
			return why
		}
		return ""
	}
	switch v.Rule {
	case "smtp/open-relay":
		if confirmed {
			return bad(s.answers(recipient(foreign, yes)) < 2, "it never said yes to two foreign recipients")
		}
		return bad(s.answers(recipient(foreign, yes)) > 0 || s.answers(recipient(foreign, no)) < 2, "it said yes to a foreign recipient, or not no to two")
	case "smtp/postmaster":
		if confirmed {
			return bad(s.answers(recipient(postmaster, no)) < 2, "it never refused the postmaster twice")
		}
		return bad(s.answers(recipient(postmaster, yes)) == 0, "it never said yes to the postmaster")
	case "smtp/tls-missing":
		rejected := func(a oddAnswer) bool {
			return a.verb == "STARTTLS" && (a.code == 454 || a.code >= 500 && a.code <= 503) || a.odd != "" && (a.verb == "STARTTLS" || a.verb == "EHLO")
		}
		switch {
		case !confirmed:
			return bad(s.answers(inside) == 0, "it never spoke inside TLS")
		case s.encrypts && s.listsSTARTTLS:
			return bad(s.sessionsWith(rejected) < 2, "it offers encryption, and failed in less than two sessions")
		}
		return bad(s.answers(func(a oddAnswer) bool { return a.verb == "STARTTLS" }) == 0, "it was never asked")
	case "smtp/tls-required":
		plain := func(codes ...int) func(oddAnswer) bool {
			return func(a oddAnswer) bool {
				for _, code := range codes {
					if !a.inside && (a.verb == "MAIL" || a.verb == "RCPT") && a.code == code {
						return true
					}
				}
				return false
			}
		}
		if confirmed {
			return bad(s.answers(plain(530)) == 0, "it never asked for encryption")
		}
		return bad(s.answers(func(a oddAnswer) bool { return a.verb == "RCPT" && !a.inside && a.code/100 == 2 }) == 0, "it never took a recipient without encryption")
	case "smtp/banner-mismatch":
		return bad(confirmed == s.rightName, "the name in its greeting is the other")
	case "smtp/vrfy":
		vrfy := func(code int) func(oddAnswer) bool {
			return func(a oddAnswer) bool { return a.verb == "VRFY" && a.code == code }
		}
		if confirmed {
			return bad(s.answers(vrfy(550)) == 0, "it denied no mailbox")
		}
		return bad(s.discloses && s.answers(vrfy(250)) > 0 && s.answers(vrfy(550)) > 0 && s.sessions == 1, "it denied one mailbox and confirmed another")
	case "smtp/disconnected":
		end := func(a oddAnswer) bool { return a.end && a.code != 421 }
		if confirmed {
			return bad(s.sessionsWith(end) < 2, "it ended less than two sessions")
		}
		return bad(s.sessionsWith(func(a oddAnswer) bool { return a.verb == "QUIT" }) == 0, "no session came to its end")
	}
	return ""
}

// oddCertificate is made once: what it says does not matter here.
var oddCertificate = sync.OnceValue(func() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Date(2040, 1, 1, 0, 0, 0, 0, time.UTC), DNSNames: []string{"mail.example.com"}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
})

// newOddServer makes a server with habits and one to three oddities, all by the seed.
func newOddServer(seed uint64) *oddServer {
	r := mathrand.New(mathrand.NewPCG(seed, 25))
	coin := func() bool { return r.IntN(2) == 0 }
	s := &oddServer{encrypts: coin(), listsSTARTTLS: r.IntN(4) > 0, relays: coin(), postmaster: r.IntN(3) > 0, wantsTLS: r.IntN(4) == 0, discloses: coin(), rightName: coin(),
		odd: map[string]oddness{}, certificate: oddCertificate(), count: map[string]int{}}
	steps := []struct {
		verb string
		most int
	}{{"greeting", 2}, {"EHLO", 3}, {"STARTTLS", 2}, {"MAIL", 14}, {"RCPT", 14}, {"RSET", 14}, {"VRFY", 2}, {"EXPN", 2}, {"QUIT", 2}, {"HELO", 1}}
	for range 1 + r.IntN(3) {
		step, odd := steps[r.IntN(len(steps))], oddities[r.IntN(len(oddities))]
		if step.verb == "greeting" && strings.HasPrefix(odd.name, "220") {
			continue // another name in the greeting would be another truth
		}
		at := 1 + r.IntN(step.most)
		for range 1 + r.IntN(3) { // the same at the next times too, such as at both sessions
			s.odd[step.verb+" "+strconv.Itoa(at)] = odd
			at++
		}
	}
	return s
}

// describe writes what a server with a seed did, for whoever looks into a failure.
func (s *oddServer) describe() string {
	var b strings.Builder
	for at, odd := range s.odd {
		b.WriteString("\n  at " + at + ": " + odd.name)
	}
	for _, a := range s.said {
		b.WriteString("\n  " + strconv.Itoa(a.session) + " " + a.verb + " " + a.argument + " -> " + strconv.Itoa(a.code) + " " + a.odd)
	}
	return b.String()
}
