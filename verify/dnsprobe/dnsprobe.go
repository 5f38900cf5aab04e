// Package dnsprobe asks DNS questions for the verifier and records what became of each one as evidence: a resolver is
// asked with RD=1, an authoritative server directly with RD=0. It speaks the protocol of RFC 1035 over UDP and TCP (RFC
// 7766), with EDNS (RFC 6891) first and without it where a server cannot bear it.
//
// It walks from the root to the zone that holds a name, asking at least two servers of each zone on the way, because a
// delegation cannot be judged by the word of a resolver.
//
// It derives no facts and judges nothing. It refuses to ask for meta types, but for the beginning of a zone transfer where
// that is wanted by name (Transfer), has no address policy of its own (the Dialer has), and takes silence, a refusal or a
// damaged answer for what they are: never for "no such record".
package dnsprobe

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sync/singleflight"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
)

// Dialer makes the connections; *net.Dialer and the network in memory fit. For "udp" the connection must be a
// net.PacketConn, because the DNS library chooses the framing by that. A dial error may carry a method FailureKind,
// which then tells how the exchange failed.
type Dialer interface {
	DialContext(ctx context.Context, network, address string) (net.Conn, error)
}

// Probe asks DNS questions, each only once in its life: the answer is remembered and shared, whoever asks again. It is
// made for one run and safe for concurrent use.
//
// A server that stays silent costs Tries times Timeout, and Timeout for most of the questions that follow; one that answers
// only without EDNS costs Timeout once. A truncated answer or one that may be due to EDNS costs no try: the question is repeated
// at once in the other way.
type Probe struct {
	Wire     *Wire // nil for one of its own
	Dialer   Dialer
	Resolver netip.AddrPort // asked with RD=1
	Port     uint16         // of authoritative servers; 0 means 53
	Timeout  time.Duration  // of one try; 0 means 5 s
	Tries    int            // tries that may fail before a question is given up; 0 means 3
	Roots    []netip.Addr   // of the root servers, where walks begin; none means those of IANA
	// Waits is called when a question waits behind those of other reports, and what it returns when it does no more; nil for nobody.
	Waits func() (over func())

	flights singleflight.Group
	mu      sync.Mutex
	answers map[string][]evidence.Exchange // by question
	fewer   map[netip.AddrPort]int         // tries that are enough for a server that kept silent before
	plain   map[netip.AddrPort]bool        // servers that answered without EDNS what they did not answer with it
	walks   known
	common  *Allowance // of questions whose context has none
	own     *Wire      // where no other is given
	slots   map[at]chan struct{}
}

const (
	// Zonemaster's engine grants a name server the same: 5 s and two more tries (seen at its commit d453c71).
	defaultTimeout = 5 * time.Second
	defaultTries   = 3

	// maxInFlight is how many questions one server is asked at the same time, by all reports together as long as it answers soon. Response rate
	// limiting drops bursts, and a dropped answer looks like a dead server.
	maxInFlight = 2

	// maxAtResolver is how many questions of one report the resolver is asked, which is there to be asked, and waits itself for the
	// servers of others: two questions about a dead zone would hold up all the rest.
	maxAtResolver = 8
)

const (
	udp = "udp"
	tcp = "tcp"
)

// question is one thing to ask of one server. It is what answers are remembered by.
type question struct {
	role   evidence.Role
	server netip.AddrPort
	name   string // lower case, without the final dot; "." is the root
	rrtype string // mnemonic in upper case
	round  int    // 0; else the question is asked anew, whatever was answered before
	stream bool   // over TCP only
	bare   bool   // without asking for signatures; of single tries
}

// key holds all that makes a question another one: who is asked, in which role, over what, and for which time.
func (q question) key() string {
	return string(q.role) + " " + q.server.String() + " " + q.name + " " + q.rrtype + " " + strconv.Itoa(q.round) + " " + q.network()
}

// network is the transport of the first try.
func (q question) network() string {
	if q.stream {
		return tcp
	}
	return udp
}

// Lookup asks the resolver. It asks over UDP with EDNS, without EDNS after silence, FORMERR or NOTIMP, and over TCP
// where the answer was truncated. It returns all exchanges in order; the last one is the answer or the failure. What it
// returns is shared and must not be changed.
func (p *Probe) Lookup(ctx context.Context, name, rrtype string) []evidence.Exchange {
	return p.ask(ctx, question{role: evidence.Resolver, server: p.Resolver, name: name, rrtype: rrtype}, "")
}

// Ask asks one authoritative address. It asks like Lookup, but gives TCP the last of several tries also where UDP had
// no success at all, because RFC 7766 section 5 has every server answer there too. The same address under another
// server name is not asked again: its exchanges come back under that name.
func (p *Probe) Ask(ctx context.Context, server evidence.Server, name, rrtype string) []evidence.Exchange {
	return p.AskAnew(ctx, server, name, rrtype, 0)
}

// AskAnew asks as Ask does, but what was answered in another round does not count: it shows what has changed since.
func (p *Probe) AskAnew(ctx context.Context, server evidence.Server, name, rrtype string, round int) []evidence.Exchange {
	return p.askDirect(ctx, server, name, rrtype, round, false)
}

// askDirect notes servers that failed. A failure over TCP alone does not count: most servers are asked over UDP.
func (p *Probe) askDirect(ctx context.Context, server evidence.Server, name, rrtype string, round int, stream bool) []evidence.Exchange {
	q, err := p.direct(server, name, rrtype)
	q.round, q.stream = round, stream
	if err != nil {
		return []evidence.Exchange{q.malformed(server)}
	}
	xs := p.ask(ctx, q, server.Name)
	if f := xs[len(xs)-1].Failure; f != nil && f.Kind != evidence.Interrupted && !stream {
		p.muted(server.Address)
	}
	return xs
}

// direct is a question to an authoritative address.
func (p *Probe) direct(server evidence.Server, name, rrtype string) (question, error) {
	port := p.Port
	if port == 0 {
		port = 53
	}
	addr, err := netip.ParseAddr(server.Address)
	return question{role: evidence.Authoritative, server: netip.AddrPortFrom(addr, port), name: name, rrtype: rrtype}, err
}

// ask checks the question, which may come from a report, and names the server in what comes back.
func (p *Probe) ask(ctx context.Context, q question, serverName string) []evidence.Exchange {
	xs := []evidence.Exchange{q.exchange(q.network(), true)}
	name, okName := canonical(q.name)
	rrtype, okType := dataType(q.rrtype)
	switch {
	// A report may name anything; what is no name or no type of data is refused here and never sent.
	case !okName:
		xs[0].Failure = &evidence.Failure{Kind: evidence.Malformed, Detail: "not a domain name that can be asked for"}
	case !okType:
		xs[0].Failure = &evidence.Failure{Kind: evidence.Malformed, Detail: "not a record type that can be asked for"}
	default:
		q.name, q.rrtype = name, rrtype
		// A copy, because the name of the server differs from asker to asker.
		xs = slices.Clone(p.once(ctx, q))
	}
	for i := range xs {
		xs[i].ServerName = serverName
	}
	return xs
}

// once makes all who ask the same question share one answer. An answer that only the asker's own end or allowance cut short is
// not kept: the next one, or another who waited for it, asks again.
func (p *Probe) once(ctx context.Context, q question) []evidence.Exchange {
	key := q.key()
	for {
		if xs, ok := p.remembered(key); ok {
			return xs
		}
		// After what is remembered: an answer that is there costs no time, even when the run has ended.
		if ctx.Err() != nil {
			return []evidence.Exchange{q.interrupted(ctx)}
		}
		if p.allowance(ctx).spent() {
			return []evidence.Exchange{q.leftOut()}
		}
		var asking atomic.Bool
		answer := p.flights.DoChan(key, func() (any, error) {
			asking.Store(true)
			// Another flight may have landed since the look at the top of the loop.
			if xs, ok := p.remembered(key); ok {
				return xs, nil
			}
			xs := p.pursue(ctx, q)
			if !interrupted(xs) {
				p.remember(key, xs)
			}
			return xs, nil
		})
		select {
		case r := <-answer:
			if xs := r.Val.([]evidence.Exchange); asking.Load() || !interrupted(xs) || ctx.Err() != nil {
				return xs
			}
		case <-ctx.Done():
			if !asking.Load() {
				return []evidence.Exchange{q.interrupted(ctx)}
			}
			// Our own flight ends at once by the same context and tells how far it came.
			return (<-answer).Val.([]evidence.Exchange)
		}
	}
}

func (p *Probe) remembered(key string) ([]evidence.Exchange, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	xs, ok := p.answers[key]
	return xs, ok
}

// remember keeps answers for good: a probe lives for one run, in which the same question has one answer.
func (p *Probe) remember(key string, xs []evidence.Exchange) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.answers == nil {
		p.answers = map[string][]evidence.Exchange{}
	}
	p.answers[key] = xs
}

// pursue asks until there is an answer or nothing is left to try. Every round but two costs a try, so it ends.
func (p *Probe) pursue(ctx context.Context, q question) []evidence.Exchange {
	var xs []evidence.Exchange
	begun := time.Now()
	network, edns, failed := q.network(), !p.plainly(q), 0
	limit := p.limit(q) // what is learnt from other questions meanwhile must not end this one before its try over TCP
	for again := true; again; {
		x := p.try(ctx, q, network, edns, len(xs), begun)
		xs = append(xs, x)
		if x.Failure != nil {
			// Truncation and a refusal of EDNS are no failures: the server answered.
			failed++
		}
		network, edns, again = next(q, xs, failed, limit)
	}
	if lostBySize(xs) {
		xs = append(xs, p.try(ctx, q, udp, true, len(xs), begun))
	}
	if lostBySignatures(xs) {
		bare := q
		bare.bare = true
		x := p.try(ctx, bare, udp, true, len(xs), begun)
		if x.TC || x.Failure != nil { // then it is still the failure over TCP that keeps the answer from whoever asks
			xs = slices.Insert(xs, len(xs)-1, x)
		} else {
			xs = append(xs, x)
		}
	}
	p.learn(q, xs)
	return xs
}

// lostBySize tells whether a question that was never put with EDNS came to nothing because its answer is too long for UDP
// without it. That EDNS was left out may be due to one lost datagram.
func lostBySize(xs []evidence.Exchange) bool {
	cut := slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.TC && !x.EDNS })
	began := slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.EDNS })
	return cut && !began && xs[len(xs)-1].Failure != nil && !interrupted(xs)
}

// lostBySignatures tells whether a question came to nothing because its answer with signatures is too long for UDP, and TCP fails. Without
// them it may fit.
func lostBySignatures(xs []evidence.Exchange) bool {
	cut := slices.ContainsFunc(xs, func(x evidence.Exchange) bool { return x.TC && x.DO })
	last := xs[len(xs)-1]
	return cut && last.Failure != nil && last.RCode == "" && !interrupted(xs)
}

// plainly tells whether a question is to begin without EDNS. The resolver's always begins with it, because only then does it
// tell of signatures, and so do those for keys, which are of no use without.
func (p *Probe) plainly(q question) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return q.role != evidence.Resolver && !q.forKeys() && p.plain[q.server]
}

// forKeys tells whether a question is for keys, whose answer is of no use without signatures.
func (q question) forKeys() bool {
	return q.role == evidence.Authoritative && (q.rrtype == "DNSKEY" || q.rrtype == "DS")
}

// next tells how to ask again after the last of some exchanges, if at all; limit is how many tries may fail.
func next(q question, xs []evidence.Exchange, failed, limit int) (network string, edns, again bool) {
	x, before := xs[len(xs)-1], xs[:len(xs)-1]
	switch {
	case x.Failure != nil && !x.EDNS && len(before) > 0 && spurns(q, before[len(before)-1]) && !interrupted(xs):
		// The server does answer, with EDNS only: so that answer, whatever it is, has to be the last word.
		return before[len(before)-1].Transport, true, true
	case x.Failure != nil && (final(x) || failed >= limit):
		return "", false, false
	// UDP may be what is filtered: the last try goes over TCP, which every server has to serve too (RFC 7766 section 5).
	case x.Failure != nil && q.role == evidence.Authoritative && failed == limit-1:
		return tcp, q.forKeys(), true
	case x.Failure != nil && q.forKeys() && len(before) == 0:
		return x.Transport, x.EDNS, true // a lost datagram is more likely, and without EDNS nothing is won
	case x.Failure != nil:
		// A middlebox may drop what has EDNS, so silence is met without it (RFC 6891 section 6.2.2).
		return x.Transport, false, true
	// EDNS is kept over TCP: what was asked for with it is asked for again.
	case x.TC && x.Transport == udp:
		return tcp, x.EDNS, true
	// Once: a server that gives the same answer without EDNS means it.
	case spurns(q, x):
		return x.Transport, false, !slices.ContainsFunc(before, func(b evidence.Exchange) bool { return spurns(q, b) })
	}
	return "", false, false
}

// spurns tells whether an answer may be what it is because the question had EDNS: RFC 6891 section 7 names FORMERR, NOTIMP and
// SERVFAIL, section 6.1.3 BADVERS, and there are filters that refuse what they do not know. A healthy server that has the zone
// gives none of these answers. A resolver's SERVFAIL means more often that signatures are broken, and its refusal that it does
// not serve this machine.
func spurns(q question, x evidence.Exchange) bool {
	codes := []string{"FORMERR", "NOTIMP"}
	if q.role == evidence.Authoritative {
		codes = append(codes, "SERVFAIL", "BADVERS", "REFUSED")
	}
	return x.EDNS && slices.Contains(codes, x.RCode)
}

// limit is how many tries of a question may fail. A server that was silent to all tries of an earlier one, or answered over
// TCP only, gets fewer: more would only take our time, and its. The SOA record of a zone, by which its servers are judged, is
// asked for with all tries.
func (p *Probe) limit(q question) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch n := p.fewer[q.server]; {
	case n > 0 && q.rrtype != "SOA" && q.round == 0 && !q.stream:
		return n
	case p.Tries > 0:
		return p.Tries
	}
	return defaultTries
}

// learn remembers how many tries the next questions to a server need, and whether without EDNS, by how one to it went.
func (p *Probe) learn(q question, xs []evidence.Exchange) {
	if q.stream || interrupted(xs) {
		return
	}
	silence := func(x evidence.Exchange) bool { return x.Failure != nil && x.Failure.Kind == evidence.Timeout }
	last := xs[len(xs)-1]
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.fewer == nil {
		p.fewer = map[netip.AddrPort]int{}
	}
	if p.plain == nil {
		p.plain = map[netip.AddrPort]bool{}
	}
	usable := last.RCode == "NOERROR" || last.RCode == "NXDOMAIN"
	if xs[0].EDNS && !last.EDNS && usable && last.Transport == udp {
		p.plain[q.server] = true
	} else if last.EDNS && usable {
		delete(p.plain, q.server)
	}
	switch {
	case silence(last):
		p.fewer[q.server] = 1
	case last.Transport == tcp && slices.ContainsFunc(xs, silence):
		p.fewer[q.server] = 2 // one over UDP, one over TCP
	default:
		delete(p.fewer, q.server)
	}
}

// final tells whether a failure stays as it is, however often one asks. A closed TCP port is closed; what happened to
// one datagram says nothing about the next, or about TCP.
func final(x evidence.Exchange) bool {
	switch x.Failure.Kind {
	// The next try would meet these again.
	case evidence.Interrupted, evidence.Limit, evidence.Private, evidence.NoRoute, evidence.TooLong:
		return true
	case evidence.Timeout, evidence.Reset, evidence.EOF:
		return false
	}
	return x.Transport == tcp
}

// interrupted tells whether the end of the asker's own time or allowance cut a question short: that is no answer for anybody else.
func interrupted(xs []evidence.Exchange) bool {
	last := xs[len(xs)-1]
	return last.Failure != nil && (last.Failure.Kind == evidence.Interrupted || last.Failure.Kind == evidence.Limit)
}

// exchange is the question before it is asked.
func (q question) exchange(network string, edns bool) evidence.Exchange {
	return evidence.Exchange{
		At:         time.Now(),
		Role:       q.role,
		Server:     q.server.String(),
		Transport:  network,
		Round:      q.round,
		EDNS:       edns,
		DO:         edns && q.signed(),
		Name:       clip(q.name),
		Type:       clip(q.rrtype),
		Answer:     []string{},
		Authority:  []string{},
		Additional: []string{},
	}
}

// interrupted is the question that was never put.
func (q question) interrupted(ctx context.Context) evidence.Exchange {
	x := q.exchange(q.network(), true)
	x.Failure = &evidence.Failure{Kind: cutShort(ctx), Detail: "ended before the question was asked"}
	if x.Failure.Kind == evidence.Limit {
		x.Failure.Detail = clip(context.Cause(ctx).Error())
	}
	return x
}

// leftOut is the question that nothing is left to pay for.
func (q question) leftOut() evidence.Exchange {
	x := q.exchange(q.network(), true)
	x.Failure = &evidence.Failure{Kind: errSpent.kind, Detail: errSpent.detail}
	return x
}

// canonical returns a name in lower case without its final dot, and with those escapes that every server's answer has where it
// has the name: a label may hold any octet (RFC 2181 section 11), and names are compared as text. A dot within a
// label is refused, because whatever cuts names at their dots would take it for two labels.
func canonical(name string) (string, bool) {
	if name == "." {
		return name, true
	}
	name = strings.TrimSuffix(name, ".")
	if strings.Contains(name, `\`) {
		return escaped(name)
	}
	for i := range len(name) {
		// These have a meaning in master files (RFC 1035 section 5.1), or the library escapes them.
		if c := name[i]; c <= ' ' || c > '~' || strings.IndexByte(`"'();@`, c) >= 0 {
			return "", false
		}
	}
	if _, ok := dns.IsDomainName(name); !ok || name == "" || name == "." {
		return "", false
	}
	return strings.ToLower(name), true
}

// escaped writes a name that has escapes as the library writes it when it reads it from a message.
func escaped(name string) (string, bool) {
	wire := make([]byte, 256)
	end, err := dns.PackDomainName(dns.Fqdn(name), wire, 0, nil, false)
	if err != nil {
		return "", false
	}
	text, _, err := dns.UnpackDomainName(wire[:end], 0)
	if text = strings.TrimSuffix(strings.ToLower(text), "."); err != nil || !dnsanswer.Askable(text) {
		return "", false
	}
	return text, true
}

// dataType returns the mnemonic of a record type that is data. OPT and the range 128 to 255 are not (RFC 6895 section
// 3.1): among them are AXFR and ANY, which nobody asks a stranger for.
func dataType(rrtype string) (string, bool) {
	rrtype = strings.ToUpper(rrtype)
	code, ok := dns.StringToType[rrtype]
	return rrtype, ok && code != dns.TypeNone && code != dns.TypeOPT && (code < 128 || code > 255)
}

// clip bounds a text of strangers that is only shown, not used.
func clip(s string) string { return strings.ToValidUTF8(s[:min(len(s), maxDetail)], "\uFFFD") }
