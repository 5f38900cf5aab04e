// Package lab is a simulated internet, made from a scenario: zones, their name servers, a resolver, and SMTP hosts
// with the habits that fool testers. It serves the demonstration and the tests, on a network in memory (in real time,
// or under the clock of testing/synctest) and on loopback sockets. The servers follow RFC 1034, 1035, 2308, 3207, 5321
// and 6891 as far as a client can see, and break them only where the scenario says so.
//
// It takes no mail, forwards nothing, and is never reached from outside this machine.
//
// A scenario is one YAML document. Only schema and resolver are needed; a name that means nothing is an error.
//
//	schema: mxverdict/scenario/1
//	about: A mail host that delays its greeting
//	target: example.com        # what the report is about, for reports that do not say it
//	latency: 20ms              # one way
//	no_ipv6: true              # the tester has no route to IPv6 addresses; in memory only
//	no_ipv4: true              # the same of IPv4
//	intercepts: true           # a proxy on the way answers for every address on port 25; in memory only
//	resolver: 192.0.2.1        # knows all zones below, and that other names do not exist
//	zones:
//	  - name: example.com
//	    servers: [ns1.example.com]      # NS records at the apex; their addresses: see below
//	    delegated: true                 # by the zone above; false: that one knows nothing of it
//	    signed: false                   # true: the resolver sets AD for its data; nothing is signed by that
//	    dnssec: good                    # really signed, as are the zones above then; or: see below
//	    soa: {mname: ns1.example.com, rname: hostmaster.example.com, serial: 1, refresh: 10000s, retry: 2400s,
//	          expire: 604800s, minimum: 1800s}     # what is left out has usual values
//	    soas: 1                         # SOA records in an answer; the further ones count the serial up; with 0 negative
//	                                    # answers have none either
//	    records: |                      # a master file; NS records below the apex delegate; CNAME beside data is allowed
//	      mail 300 IN A 203.0.113.25
//	name_servers:              # addresses that do not simply answer, and such as serve no zone (they refuse)
//	  - address: 192.0.2.53
//	    behaves: [truncate, slow: 3s]   # see below
//	    soa: {serial: 7}                # how SOA records differ on this server
//	    zones:                          # contents that only this server has, be they known elsewhere or not
//	      - {name: example.com, servers: [ns9.example.com], soa: {…}, soas: 2, records: …}
//	    unlike:                         # questions that get something else than the right answer, first fit; name and type may
//	      - {name: example.com, type: MX, answer: NXDOMAIN}     # be left out; or SERVFAIL REFUSED NOTIMP FORMERR NODATA silence
//	    spoofs: |                       # records that go with every answer, NS in the authority section, others in
//	      www.example.net. A 203.0.113.66          # the additional section
//	  - {address: 192.0.2.53, after: 20s, soa: {serial: 8}} # from then on; what it does not name stays as before
//	  - address: 192.0.2.1              # the resolver: zones here are what it has not noticed to have changed
//	    lies: mail.example.com. A 203.0.113.66     # in place of the truth, by name and type; a CNAME for every type
//	    invents: 203.0.113.99           # the address of all names that do not exist
//	smtp:
//	  - address: 203.0.113.25
//	    connect: accept                 # refused; silent, in memory only
//	    refuses_for: 45s                # since the first try, as firewalls do with newcomers; in memory only
//	    name: mail.example.com          # in the greeting, in the reply to EHLO and in the certificate
//	    software: ESMTP Example         # the rest of the greeting
//	    drops_early_talkers: true       # 554 for a client that sends before the end of the greeting
//	    keywords: [SIZE 52428800, 8BITMIME]
//	    greeting: {delay: 16s, reply: …, pause: 1s, drip: 100ms, then: close}
//	    starttls: {listed: true, handshake: ok, min_version: "1.0", max_version: "1.0", certificate: self-signed}
//	    domains: [example.com]          # whose mail it takes, beside that of its own name
//	    relays: everywhere              # nothing (of strangers to strangers), valid (not to names under .invalid)
//	    greylists: 300s                 # the first attempt of a sender and recipient is deferred, for that long
//	    requires_tls: mail              # or rcpt, everything: that command, or all, get 530 before STARTTLS
//	    limits: {senders: 3, reply: 451 4.7.1 Too much}    # and recipients: how many a conversation may name; the rest gets the reply
//	    rcpt_to:                        # what RCPT gets, first fit; * stands for anything
//	      - {matches: "*@example.net", from: "", reply: 550 5.1.1 No such user}    # from: of that sender only
//	    mail_from: [{matches: "*@example.net", reply: 550 5.1.8 Sender refused}]
//	    vrfy: [{matches: postmaster*, reply: 250 2.1.5 Postmaster}]                 # else 252
//	    expn: [{matches: staff, reply: 250 2.1.5 Jo <jo@example.com>}]              # else 502
//	    sequence:                       # other habits by the number of the connection
//	      - {from_connection: 3, greeting: {reply: 421 4.7.0 Too many connections}}
//	https:                     # hosts on port 443; each has one certificate and a few pages
//	  - address: 203.0.113.26
//	    name: mta-sts.example.com       # in the certificate
//	    connect: accept                 # silent, in memory only
//	    handshake: ok                   # close, silent, garbage, alert
//	    certificate: trusted            # as under starttls
//	    delay: 1s                       # before the answer
//	    status: 200                     # instead of 200, and of 404 for a page that is not here
//	    location: https://…             # of a redirect
//	    content_type: text/plain
//	    size: 1073741824                # bytes of the body, made of the text over and over
//	    drip: 1s                        # between two bytes of the body
//	    ends: whole                     # cut, in the middle of the body; never, with the connection left open
//	    raw: …                          # instead of an answer in HTTP
//	    files:                          # a text, or a page with keys of its own: those from status on, and text
//	      /.well-known/mta-sts.txt: …
//	      /old: {status: 301, location: /new}
//	http: []                   # hosts on port 80, with the same keys but those of TLS
//	report: …                  # what a customer was told about this scenario
//	expect: {must: [{rule: …, verdict: …, reason: …}], must_not: [{verdict: …}], causes: […]}
//
// A name server behaves in these ways. It answers nothing: silent, no_udp, silent_tcp, drops_edns (questions with EDNS),
// drops: 2 (every second datagram). It answers late: slow: 3s, drip: 1s (over TCP, between two bytes). It refuses: no_tcp
// (the connection), refused, servfail, and questions with EDNS only: no_edns (FORMERR), edns: servfail (or badvers, notimp,
// refused). It does not know its zones: lame (REFUSED), upward (a referral to the root), not_authoritative (AA is not
// set). It denies every name with authority, its own zone's too: denies: nxdomain (or nodata; with an SOA record: nxdomain-soa,
// nodata-soa). It says less: truncate (over UDP), omits_glue (over UDP, and does not say so). It says more: recursive (resolves
// every name of the scenario for everybody who sets RD), recursion_available (only sets RA), transfer (AXFR over TCP).
// It varies: fresh (TXT records made afresh for every question), rotates (one of several addresses or MX records, by turns).
// It says what nobody should believe: wrong_id, wrong_question. A content of a server's own takes what it leaves out
// from the zone of that name.
//
// With dnssec a zone is signed, and the zones above it well: good, expired, not-yet-valid, wrong-key (signed with a key that is not
// published), no-key (the zone above points to a key that is gone), unsigned (likewise, and nothing is signed), no-denial (denials lack their
// proof), stripped (what is signed comes without signatures), unknown (the zone above names an algorithm that nobody knows). A content of a
// server's own may be signed otherwise. The keys follow from the names of the zones; TrustAnchors has that of the root. The resolver does
// not validate.
//
// A zone is served at the addresses that the zone of the server's name gives it, or else the glue of any zone: nobody is
// at the address of wrong glue, unless name_servers says who.
//
// Every scenario has a root: unless a zone "." with servers is written, there is one at 192.0.2.254 (at the next lower
// free address, where an address record or a host has that one), which the resolver does not tell of. Each zone with
// servers is delegated by the nearest zone above it, with the glue that belongs there, unless that zone has NS records
// at the name or above it: so a delegation that is wrong, or lacks its glue, is written into the records of the parent.
//
// The steps greeting, ehlo, mail, rcpt, rset and quit have the same keys: delay before the first byte; reply, its lines as
// on the wire, or none; pause between its lines; drip, the time between two bytes; again, lines that nobody asked for,
// apart (a time) behind the reply; then, what follows: close, reset or silent; a host that is friendly up to a step and
// then turns the client away has a reply at that step. Recipients and senders get what rcpt_to, relays, greylists and
// the like say, unless mail or rcpt has a reply of its own. starttls is true, false (not listed and 502) or such a step
// with listed; handshake: ok, garbage, close, silent, alert, ssl3, finite-field or another-version (of which the tester's
// library speaks none), then-closes (finished, and then the host hangs up) or client-certificate (it demands one); words,
// plain text that answers the hello; smuggles, plain text that is sent in one piece with the 220; certificate:
// self-signed, or signed by an authority of the network (TrustedRoots) through an intermediate: trusted,
// trusted-no-intermediate (which is not sent), expired, not-yet-valid, wrong-name. The key of a host depends on its name
// only, so that a zone can hold a TLSA record of it (KeyDigest).
package lab

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify/internal/memnet"
)

// maxNotes bounds each list of what the servers saw.
const maxNotes = 100_000

// Scenario is what a scenario file says. It does not change; any number of networks can be made from it.
type Scenario struct {
	File   string // as given to Load
	About  string
	Target string // what the report is about, or ""
	Report string // what a customer was told, or ""
	Expect Expect

	latency  time.Duration
	resolver netip.Addr
	zones    []*zone
	root     *zone // among zones, or made for the scenario
	manners  []mannered
	hosts    []*host
	web      []*webHost

	noIPv4, noIPv6, intercepts bool // of the tester's own network
}

// Expect says what must and must not be concluded in a scenario. The lab itself concludes nothing.
type Expect struct {
	Must, MustNot []Expected
	Causes        []string
}

// Expected is a verdict, or the part of it that matters: an empty field stands for anything.
type Expected struct {
	Rule, Subject, Verdict, Reason string
}

// addressesOf returns the addresses of a name by the word of the zone that holds it, or else, if it has none, by the
// glue of any zone.
func (s *Scenario) addressesOf(name string) []netip.Addr {
	zones := s.allZones()
	// The zone's own word goes before glue: where the two differ, the server stands at the true address.
	if z := longest(zones, name); z.cut(name) == "" {
		if own := addresses(z.owners[name]); len(own) > 0 {
			return own
		}
	}
	var all []netip.Addr
	for _, z := range zones {
		for _, address := range addresses(z.owners[name]) {
			if !slices.Contains(all, address) {
				all = append(all, address)
			}
		}
	}
	return all
}

// addresses returns the addresses in all address records, the false ones too.
func (s *Scenario) addresses() []netip.Addr {
	var all []netip.Addr
	for _, z := range s.allZones() {
		for _, records := range z.owners {
			all = append(all, addresses(records)...)
		}
	}
	for _, entry := range s.manners {
		all = append(all, addresses(entry.manner.records())...)
		if entry.manner.invents.IsValid() {
			all = append(all, entry.manner.invents)
		}
	}
	return all
}

// addresses are those of the address records among others, in one form: an IPv4 address is never written as IPv6.
func addresses(records []dns.RR) []netip.Addr {
	var all []netip.Addr
	for _, rr := range records {
		var ip net.IP
		switch rr := rr.(type) {
		case *dns.A:
			ip = rr.A
		case *dns.AAAA:
			ip = rr.AAAA
		}
		if address, ok := netip.AddrFromSlice(ip); ok {
			all = append(all, address.Unmap())
		}
	}
	return all
}

// Internet is a running network of servers. Close it.
type Internet struct {
	memory    *memnet.Network // nil on loopback
	resolver  netip.Addr      // as reached here
	roots     []netip.Addr    // the same
	began     time.Time
	dnsPort   int
	smtpPort  int
	httpPort  int
	httpsPort int
	authority *authority
	noIPv4    bool
	noIPv6    bool
	onto      mapping // from the addresses of the scenario to those here
	anchors   string

	signatures signatures

	ctx     context.Context // done after Close
	stop    context.CancelFunc
	running sync.WaitGroup

	mu          sync.Mutex // guards everything below, and that nothing starts after stop
	conns       map[net.Conn]bool
	sockets     []io.Closer
	early       []string
	commands    map[string][]string
	connections map[string]int
	queries     []Query
	requests    []string
	triplets    map[string]time.Time // when a host that greylists saw them first
	newcomers   map[netip.AddrPort]*newcomers
}

// newcomers is how a host refuses connections for a time.
type newcomers struct {
	refused time.Duration
	first   time.Time // zero before the first try
}

// refuses tells whether a host refuses a connection for a time, which begins with the first one.
func (n *Internet) refuses(at netip.AddrPort) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	c := n.newcomers[at]
	if c == nil {
		return false
	}
	if c.first.IsZero() {
		c.first = time.Now()
	}
	return time.Since(c.first) < c.refused
}

// newInternet makes what both kinds of networks need; nothing of it listens yet.
func newInternet(s *Scenario) *Internet {
	ctx, stop := context.WithCancel(context.Background())
	n := &Internet{resolver: s.resolver, began: time.Now(), anchors: s.trustAnchors(), ctx: ctx, stop: stop, conns: map[net.Conn]bool{},
		commands: map[string][]string{}, connections: map[string]int{}, triplets: map[string]time.Time{}, newcomers: map[netip.AddrPort]*newcomers{}}
	for _, name := range s.root.servers {
		n.roots = append(n.roots, s.addressesOf(name)...)
	}
	return n
}

// InMemory starts the scenario on a network in memory, at the addresses that it names: DNS on port 53, SMTP on port 25.
// Under testing/synctest it must be called, and closed, inside the bubble.
func (s *Scenario) InMemory() (*Internet, error) {
	n := newInternet(s)
	n.memory, n.dnsPort, n.smtpPort, n.httpPort, n.httpsPort = &memnet.Network{Delay: s.latency}, 53, 25, 80, 443
	var err error
	if n.authority, err = newAuthority(time.Now()); err != nil {
		return nil, err
	}
	for _, h := range s.web {
		at := netip.AddrPortFrom(h.address, n.webPort(h))
		if h.connect == "silent" {
			n.memory.Silence(at)
			continue
		}
		n.memory.Listen(at, func(conn net.Conn) { n.start(conn, func() { n.serveWeb(h, conn) }) })
	}
	for _, server := range s.nameServers() {
		at := netip.AddrPortFrom(server.address, 53)
		n.memory.ListenPacket(at, func(query []byte, reply func([]byte)) {
			n.start(nil, func() {
				for _, answer := range n.answer(server, query, "udp") {
					reply(answer)
				}
			})
		})
		switch {
		// Silence begins with the first packet, so that no connection is made. A server that is silent for a time accepts, and says
		// nothing.
		case server.always(func(v *view) bool { return v.silent || v.silentTCP }):
			n.memory.Silence(at)
		case !server.always(func(v *view) bool { return v.noTCP }):
			n.memory.Listen(at, func(conn net.Conn) { n.start(conn, func() { n.serveDNS(server, conn) }) })
		}
	}
	n.noIPv4, n.noIPv6 = s.noIPv4, s.noIPv6
	// The proxy stands before all hosts, so that none of them is reached.
	if s.intercepts {
		n.memory.ListenEverywhere(25, func(conn net.Conn) { n.start(conn, func() { n.serveSMTP(interceptor, conn) }) })
		return n, nil
	}
	for _, h := range s.hosts {
		at := netip.AddrPortFrom(h.address, 25)
		switch h.connect {
		case "silent":
			n.memory.Silence(at)
		case "accept":
			if h.refusesFor > 0 {
				n.newcomers[at] = &newcomers{refused: h.refusesFor}
			}
			n.memory.Listen(at, func(conn net.Conn) { n.start(conn, func() { n.serveSMTP(h, conn) }) })
		}
	}
	return n, nil
}

// Serve lets the caller's own code answer the SMTP connections to an address, in memory only: for servers that are odder than a
// scenario can say.
func (n *Internet) Serve(address netip.Addr, handle func(net.Conn)) {
	n.memory.Listen(netip.AddrPortFrom(address, 25), func(conn net.Conn) { n.start(conn, func() { handle(conn) }) })
}

// start runs a server function, unless the network is closed. conn may be nil; it is closed at the end.
func (n *Internet) start(conn net.Conn, serve func()) {
	n.mu.Lock()
	// Under the lock, so that nothing starts behind the back of Close.
	closed := n.ctx.Err() != nil
	if !closed {
		n.running.Add(1)
		if conn != nil {
			n.conns[conn] = true
		}
	}
	n.mu.Unlock()
	if !closed {
		defer n.running.Done()
		serve()
	}
	if conn != nil {
		conn.Close()
		n.mu.Lock()
		delete(n.conns, conn)
		n.mu.Unlock()
	}
}

// pause lets time pass and tells whether the network still stands.
func (n *Internet) pause(d time.Duration) bool {
	if d <= 0 {
		return n.ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-n.ctx.Done():
		return false
	}
}

// Close ends all servers and connections and waits for them. Whoever still talks to them sees the end of the stream.
func (n *Internet) Close() error {
	n.mu.Lock()
	n.stop()
	var open []io.Closer
	for conn := range n.conns {
		open = append(open, conn)
	}
	open = append(open, n.sockets...)
	n.sockets = nil
	n.mu.Unlock()
	// Without the lock: whoever serves a connection takes it when that ends.
	for _, each := range open {
		each.Close()
	}
	n.running.Wait()
	return nil
}

// DialContext connects to a server of the network: in memory to nothing else, on loopback as a plain net.Dialer.
func (n *Internet) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	if n.ctx.Err() != nil {
		return nil, &net.OpError{Op: "dial", Net: network, Err: net.ErrClosed}
	}
	if n.memory == nil {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	at, err := netip.ParseAddrPort(address)
	fails := func(why syscall.Errno) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Net: network, Addr: net.TCPAddrFromAddrPort(at), Err: os.NewSyscallError("connect", why)}
	}
	switch {
	case err != nil:
	case n.noIPv6 && at.Addr().Is6() || n.noIPv4 && at.Addr().Is4():
		return fails(syscall.ENETUNREACH)
	case strings.HasPrefix(network, "tcp") && n.refuses(at):
		return fails(syscall.ECONNREFUSED)
	}
	// A dial to a silent address must not outlive the network.
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(n.ctx, cancel)()
	return n.memory.DialContext(ctx, network, address)
}

// Resolver is where the recursive resolver of the scenario is reached here.
func (n *Internet) Resolver() netip.AddrPort {
	return netip.AddrPortFrom(n.resolver, uint16(n.dnsPort))
}

// DNSPort is the port of all name servers here.
func (n *Internet) DNSPort() int { return n.dnsPort }

// SMTPPort is the port of all SMTP hosts here.
func (n *Internet) SMTPPort() int { return n.smtpPort }

// Address returns the address here of one that the scenario names; what is not an address comes back as it is.
func (n *Internet) Address(scenarioAddress string) string {
	address, err := netip.ParseAddr(scenarioAddress)
	if err != nil {
		return scenarioAddress
	}
	return n.onto.address(address.Unmap()).String()
}

// written returns the address that the scenario names for one here.
func (n *Internet) written(here netip.Addr) netip.Addr { return n.onto.original(here) }

// The log of the servers. All addresses in it are those of the scenario.

// EarlyTalkers returns a line for each client that sent before a greeting had ended: "203.0.113.25: sent 23 bytes
// before the greeting".
func (n *Internet) EarlyTalkers() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.early)
}

// Commands returns every command line that the SMTP host at an address of the scenario received, in order of arrival.
func (n *Internet) Commands(address string) []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.commands[canonical(address)])
}

// AllCommands returns every command line that any SMTP host received, those of one host in order of arrival.
func (n *Internet) AllCommands() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []string
	for _, address := range slices.Sorted(maps.Keys(n.commands)) {
		all = append(all, n.commands[address]...)
	}
	return all
}

// Connections counts the connections that the SMTP host at an address of the scenario accepted.
func (n *Internet) Connections(address string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.connections[canonical(address)]
}

// Queries returns every question that reached a name server, in order of arrival.
func (n *Internet) Queries() []Query {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.queries)
}

func canonical(address string) string {
	if a, err := netip.ParseAddr(address); err == nil {
		return a.Unmap().String()
	}
	return address
}

// noteConnection counts, and tells which connection it is: a host may behave otherwise from one on.
func (n *Internet) noteConnection(address string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.connections[address]++
	return n.connections[address]
}

// noteCommand keeps each line as it came: that DATA never stands among them is what tests look for.
func (n *Internet) noteCommand(address, line string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.commands[address]) < maxNotes {
		n.commands[address] = append(n.commands[address], line)
	}
}

func (n *Internet) noteEarlyTalker(address string, size int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.early) < maxNotes {
		n.early = append(n.early, fmt.Sprintf("%s: sent %d bytes before the greeting", address, size))
	}
}

// noteQuery keeps a question under the address that the scenario writes, so that a test reads alike on loopback and in memory.
func (n *Internet) noteQuery(s *nameServer, query *dns.Msg, transport string) {
	noted := Query{Server: n.written(s.address).String(), Transport: transport, RD: query.RecursionDesired}
	if len(query.Question) > 0 {
		q := query.Question[0]
		noted.Name = strings.TrimSuffix(dns.CanonicalName(q.Name), ".")
		noted.Type = dns.Type(q.Qtype).String()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(n.queries) < maxNotes {
		n.queries = append(n.queries, noted)
	}
}
