package verify_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"runtime/debug"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/memnet"
)

// Bounds of a run about hostile zones: the memory of the whole process, with the servers and with what the collector has not
// taken yet, and the questions that are put for one target.
const (
	maxMemory    = 256 << 20
	maxQuestions = 1500
	lethal       = 4 * maxMemory
)

// hostile is an internet in which a sane root and a sane TLD delegate zones to an adversary who holds every other address
// there is, and answers as a function says.
type hostile struct {
	memnet.Network
	answer func(q *dns.Msg, name string, at netip.Addr) *dns.Msg
	asked  atomic.Int64
	mu     sync.Mutex
	served map[netip.AddrPort]bool
	made   map[string][]byte // answers, because some take long to make
}

var (
	rootAt   = netip.MustParseAddr("192.0.2.1")
	tldAt    = netip.MustParseAddr("192.0.2.11")
	theirsAt = netip.MustParseAddr("198.51.100.1")
	ours     = netip.MustParseAddrPort("192.0.2.2:53") // the resolver, which repeats what the adversary says
)

// DialContext finds the adversary wherever one looks for him.
func (h *hostile) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return nil, err
	}
	h.mu.Lock()
	if at.Port() == 53 && !h.served[at] {
		h.served[at] = true
		h.ListenPacket(at, func(raw []byte, reply func([]byte)) {
			for _, b := range h.reply(at.Addr(), raw, "udp") {
				reply(b)
			}
		})
		h.Listen(at, func(conn net.Conn) {
			defer conn.Close()
			co := &dns.Conn{Conn: conn}
			raw, err := co.ReadMsgHeader(nil)
			if err != nil {
				return
			}
			for _, b := range h.reply(at.Addr(), raw, "tcp") {
				co.Write(b)
			}
		})
	}
	h.mu.Unlock()
	return h.Network.DialContext(ctx, network, address)
}

func (h *hostile) reply(at netip.Addr, raw []byte, network string) [][]byte {
	q := new(dns.Msg)
	if err := q.Unpack(raw); err != nil {
		return nil
	}
	h.asked.Add(1)
	name := strings.ToLower(q.Question[0].Name)
	key := fmt.Sprint(at, name, q.Question[0].Qtype, network)
	h.mu.Lock()
	known := slices.Clone(h.made[key])
	h.mu.Unlock()
	if known != nil {
		copy(known, raw[:2]) // the ID
		return [][]byte{known}
	}
	var m *dns.Msg
	switch at {
	case rootAt:
		m = refer(q, lastLabels(name, 1), []string{"a.tld.com."}, tldAt)
	case tldAt:
		zone := lastLabels(name, 2)
		if name == lastLabels(name, 1) {
			zone = "example" + zone
		}
		m = refer(q, zone, []string{"ns." + zone}, theirsAt)
	default:
		if at == ours.Addr() && q.Question[0].Qtype == dns.TypeSOA {
			m = fixed(q)
			m.Answer = []dns.RR{rr(name + " 300 IN SOA ns.example.com. h.example.com. 1 2 3 4 5")}
			break
		}
		m = h.answer(q, name, at)
	}
	m.Compress = true
	if network == "udp" && m.Len() > 1232 {
		m.Answer, m.Ns, m.Extra, m.Truncated = nil, nil, nil, true
	}
	packed, err := m.Pack()
	if err != nil {
		panic(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.made[key] = packed; len(h.made) > 300 { // the memory is for the run
		h.made = map[string][]byte{}
	}
	return [][]byte{packed}
}

func rr(line string) dns.RR {
	r, err := dns.NewRR(line)
	if err != nil {
		panic(err)
	}
	return r
}

func fixed(q *dns.Msg) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	m.Authoritative = true
	return m
}

func lastLabels(name string, n int) string {
	labels := dns.SplitDomainName(name)
	return dns.Fqdn(strings.Join(labels[max(0, len(labels)-n):], "."))
}

// refer refers to a zone at servers that share addresses, if there are any.
func refer(q *dns.Msg, zone string, servers []string, glue ...netip.Addr) *dns.Msg {
	m := new(dns.Msg).SetReply(q)
	for _, s := range servers {
		m.Ns = append(m.Ns, &dns.NS{Hdr: header(zone, dns.TypeNS), Ns: s})
		for _, a := range glue {
			m.Extra = append(m.Extra, address(s, a))
		}
	}
	return m
}

func header(name string, rrtype uint16) dns.RR_Header {
	return dns.RR_Header{Name: name, Rrtype: rrtype, Class: dns.ClassINET, Ttl: 300}
}

func address(name string, a netip.Addr) dns.RR {
	if a.Is4() {
		return &dns.A{Hdr: header(name, dns.TypeA), A: a.AsSlice()}
	}
	return &dns.AAAA{Hdr: header(name, dns.TypeAAAA), AAAA: a.AsSlice()}
}

// big is an answer with as many records of the type as go into a message of TCP, or as many as are wanted.
func big(q *dns.Msg, name string, most int) *dns.Msg {
	m := fixed(q)
	size := 0
	for i := 0; i < most && size < 62000; i++ {
		var r dns.RR
		h := header(q.Question[0].Name, q.Question[0].Qtype)
		host := fmt.Sprintf("h%d.x%d.%s", i, i, lastLabels(name, 2))
		switch q.Question[0].Qtype {
		case dns.TypeA:
			r = &dns.A{Hdr: h, A: net.IPv4(198, 51, byte(100+i>>8), byte(i)).To4()}
		case dns.TypeAAAA:
			r = &dns.AAAA{Hdr: h, AAAA: netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1)).AsSlice()}
		case dns.TypeMX:
			r = &dns.MX{Hdr: h, Preference: uint16(i), Mx: host}
		case dns.TypeNS:
			r = &dns.NS{Hdr: h, Ns: host}
		case dns.TypePTR:
			r = &dns.PTR{Hdr: h, Ptr: host}
		case dns.TypeSOA:
			r = &dns.SOA{Hdr: h, Ns: host, Mbox: "h." + name, Serial: uint32(i), Refresh: 1, Retry: 2, Expire: 3, Minttl: 4}
		case dns.TypeCNAME:
			r = &dns.CNAME{Hdr: h, Target: host}
		default:
			r = &dns.TXT{Hdr: header(q.Question[0].Name, dns.TypeTXT), Txt: []string{strings.Repeat(fmt.Sprint(i%10), 255)}}
		}
		m.Answer = append(m.Answer, r)
		size += 12 + dns.Len(r) - len(q.Question[0].Name)
	}
	return m
}

func names(n int, format string) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf(format, i))
	}
	return list
}

func theirs(n int) (list []netip.Addr) {
	for i := range n {
		list = append(list, netip.AddrFrom4([4]byte{198, 51, 100, byte(i + 1)}))
	}
	return list
}

// depth is the number of the zone in a name such as ns3.z17.example.com.
func depth(name string) (n int) {
	if i := strings.Index(name, "z"); i >= 0 {
		fmt.Sscanf(name[i:], "z%d.", &n)
	}
	return n
}

// situation is something that an adversary does with his zone.
type situation struct {
	name    string
	targets []string
	sane    bool // a zone that is large, and in order: nothing about it is left out
	answer  func(q *dns.Msg, name string, at netip.Addr) *dns.Msg
}

// glueless refers every name to the zone of its last labels, whose servers lie in as many zones of the same kind.
func glueless(width int) func(q *dns.Msg, name string, at netip.Addr) *dns.Msg {
	return func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
		zone, n := lastLabels(name, 3), depth(name)
		return refer(q, zone, names(width, fmt.Sprintf("ns.z%%d%02d.%s", n%1e6, lastLabels(name, 2))))
	}
}

// nested refers every name to its zone, whose servers all lie in one other zone.
func nested(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
	zone := lastLabels(name, 3)
	return refer(q, zone, names(13, fmt.Sprintf("ns%%d.z%d.%s", depth(name)+1, lastLabels(name, 2))))
}

func situations() []situation {
	one := []string{"example.com"}
	mailbox := func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg { return big(q, name, 1) }
	var twenty []string
	for i := range 20 {
		twenty = append(twenty, fmt.Sprintf("example%d.com", i))
	}
	all := func(answer func(q *dns.Msg, name string, at netip.Addr) *dns.Msg, servers, each int) func(q *dns.Msg, name string, at netip.Addr) *dns.Msg {
		return func(q *dns.Msg, name string, at netip.Addr) *dns.Msg {
			if q.Question[0].Qtype == dns.TypeNS && name == lastLabels(name, 2) {
				m := fixed(q)
				for i := range servers {
					host := fmt.Sprintf("ns%d.%s", i, name)
					m.Answer = append(m.Answer, &dns.NS{Hdr: header(name, dns.TypeNS), Ns: host})
				}
				return m
			}
			if strings.HasPrefix(name, "ns") && q.Question[0].Qtype == dns.TypeA {
				m := fixed(q)
				var n int
				fmt.Sscanf(name, "ns%d.", &n)
				for i := range each {
					m.Answer = append(m.Answer, address(name, netip.AddrFrom4([4]byte{198, 51, byte(100 + n), byte(i + 1)})))
				}
				return m
			}
			return answer(q, name, at)
		}
	}
	everything := func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg { return big(q, name, 5000) }
	return []situation{
		{"13 servers in a zone with 13 servers", one, false, nested},
		{"13 servers in a zone with 13 servers, in twenty domains", twenty, false, nested},
		{"servers without glue, 13 wide", one, false, glueless(13)},
		{"servers without glue, 13 wide, in twenty domains", twenty, false, glueless(13)},
		{"64 KiB in every answer of 26 servers", one, false, all(everything, 13, 2)},
		{"texts of 64 KiB, in twenty domains", twenty, false, all(func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
			m := big(q, name, 10)
			for i := range 230 {
				m.Extra = append(m.Extra, &dns.TXT{Hdr: header(name, dns.TypeTXT), Txt: []string{strings.Repeat(fmt.Sprint(i%10), 250)}})
			}
			return m
		}, 13, 2)},
		{"as many records as are read in every answer", one, false, all(func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg { return big(q, name, 199) }, 13, 2)},
		{"aliases without end, each in a zone of its own", one, false, func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
			if lastLabels(name, 2) == name {
				return big(q, name, 13)
			}
			m := fixed(q)
			m.Answer = []dns.RR{&dns.CNAME{Hdr: header(name, dns.TypeCNAME), Target: fmt.Sprintf("z%d.q%d.com.", depth(name)+1, depth(name)+1)}}
			return m
		}},
		{"a hundred zones below each other", one, false, func(q *dns.Msg, name string, at netip.Addr) *dns.Msg {
			n := int(at.As16()[15]) // the server of the zone of n labels more than example.com
			zone := lastLabels(name, n+2)
			switch {
			case q.Question[0].Qtype == dns.TypeMX && dns.CountLabel(name) == 2:
				m := fixed(q)
				for i := range 13 {
					m.Answer = append(m.Answer, &dns.MX{Hdr: header(name, dns.TypeMX), Mx: fmt.Sprintf("h%d.", i) + strings.Repeat("a.", 100) + name})
				}
				return m
			case dns.CountLabel(name) < n+2:
				return big(q, name, 1)
			}
			return refer(q, zone, names(2, "ns%d."+zone), netip.AddrFrom4([4]byte{198, 51, 100, byte(n + 1)}))
		}},
		{"a zone for every label", one, false, func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
			if q.Question[0].Qtype == dns.TypeMX || q.Question[0].Qtype == dns.TypeNS && name == lastLabels(name, 2) {
				return big(q, name, 200)
			}
			return refer(q, name, names(13, "ns%d."+name), theirs(13)...)
		}},
		{"thousands of addresses of one mail host", one, false, func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
			if q.Question[0].Qtype == dns.TypeMX {
				return big(q, name, 1)
			}
			return big(q, name, 5000)
		}},
		{"13 servers with 26 addresses each", one, true, all(mailbox, 13, 26)},
		{"servers that refer to each other", twenty, false, func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
			return refer(q, lastLabels(name, 2), names(13, "ns.example%d.com."))
		}},
		{"other servers at every question", one, false, func(q *dns.Msg, name string, _ netip.Addr) *dns.Msg {
			return refer(q, lastLabels(name, 3), names(13, fmt.Sprintf("ns%%d.z%d.%s", q.Id, lastLabels(name, 2))))
		}},
		{"200 mail hosts in zones without glue", one, false, func(q *dns.Msg, name string, at netip.Addr) *dns.Msg {
			if name == lastLabels(name, 2) {
				return big(q, name, 200)
			}
			return glueless(13)(q, name, at)
		}},
		{"reverse names without end", []string{"203.0.113.25", "203.0.113.26", "203.0.113.27"}, false, func(q *dns.Msg, name string, at netip.Addr) *dns.Msg {
			return big(q, name, 300)
		}},
	}
}

// Whatever strangers serve, a run stays within its memory and asks no more than a number of questions.
func TestHostileZonesExhaustNobody(t *testing.T) {
	// What nobody needs any more counts too, so the collector has to be as eager as it is in the command, whatever the environment says.
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	for _, s := range situations() {
		t.Run(s.name, func(t *testing.T) {
			begun := time.Now()
			before := heap()
			watched, over := context.WithCancel(context.Background())
			defer over()
			peak := watch(watched)
			var bundle evidence.Bundle
			var asked int64
			synctest.Test(t, func(t *testing.T) {
				t.Cleanup(func() { time.Sleep(time.Minute) })
				h := &hostile{answer: s.answer, served: map[netip.AddrPort]bool{}, made: map[string][]byte{}}
				h.Delay = time.Millisecond
				var all []facts.Name
				for _, def := range facts.Definitions() {
					all = append(all, def.Name)
				}
				var needs []facts.Need
				for _, target := range s.targets {
					needs = append(needs, facts.Need{Target: target, Facts: all})
				}
				bundle = verify.Run(t.Context(), verify.Make(needs), verify.Options{Dialer: h, Resolver: ours, Roots: []netip.Addr{rootAt}, MaxHosts: 20,
					SMTPPort: 25, Patience: time.Minute, Deadline: 12 * time.Minute, Settle: 30 * time.Second, Helo: "tester.example.org"})
				asked = h.asked.Load()
			})
			ran := time.Since(begun)
			verify.Facts(&bundle)
			text := 0
			for _, x := range bundle.Exchanges {
				if s.sane && x.Failure != nil && x.Failure.Kind == evidence.Limit {
					t.Fatalf("%s %s at %s was left out: %s", x.Name, x.Type, x.Server, x.Failure.Detail)
				}
				for _, list := range [][]string{x.Answer, x.Authority, x.Additional} {
					for _, r := range list {
						text += len(r)
					}
				}
			}
			t.Logf("%d MiB before, %d MiB at most, %d MiB of text; %d questions, %d exchanges; %v, %v to derive", before>>20, peak.Load()>>20, text>>20, asked, len(bundle.Exchanges), ran.Round(time.Millisecond), (time.Since(begun) - ran).Round(time.Millisecond))
			if got := peak.Load(); got > maxMemory {
				t.Errorf("%d MiB", got>>20)
			}
			if asked > int64(maxQuestions*len(s.targets)) {
				t.Errorf("%d questions", asked)
			}
		})
	}
}

// heap is the memory of objects, of those that nobody needs any more too.
func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// watch keeps the highest use of memory until a context ends. It ends the program before the machine has none left: a run that
// is busy without end hears of nothing else.
func watch(ctx context.Context) *atomic.Uint64 {
	peak := new(atomic.Uint64)
	go func() {
		for ; ctx.Err() == nil; time.Sleep(time.Millisecond) {
			now := heap()
			peak.Store(max(peak.Load(), now))
			if now > lethal {
				panic(fmt.Sprintf("a run uses %d MiB", now>>20))
			}
		}
	}()
	return peak
}
