package zone

import (
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// The servers in these tests: one of the zone above, two of the zone with glue, one that only the zone names, and one that is found by
// its name only.
var (
	ofCom = evidence.Server{Name: "a.gtld.example", Address: "192.0.2.11"}
	ns1   = evidence.Server{Name: "ns1.example.com", Address: "192.0.2.1"}
	ns2   = evidence.Server{Name: "ns2.example.com", Address: "192.0.2.2"}
	ns3   = evidence.Server{Name: "ns3.example.net", Address: "192.0.2.3"}
)

// asText writes a question for a table: "192.0.2.1 SOA example.com", with what is special of it behind.
func asText(q reading.Question) string {
	words := map[reading.Kind]string{reading.Walk: "walk", reading.Addresses: "addresses", reading.Authoritative: "zone", reading.Stream: q.Server.Address + " tcp",
		reading.At: q.Server.Address, reading.Foreign: q.Server.Address + " foreign", reading.Transfer: q.Server.Address + " transfer"}
	text := strings.Join(strings.Fields(words[q.Kind]+" "+q.Type+" "+q.Name), " ")
	if q.Round > 0 {
		text += fmt.Sprintf(" #%d", q.Round)
	}
	if q.Pause > 0 {
		text += " after " + q.Pause.String()
	}
	return text
}

// world answers questions in the place of a run.
type world struct {
	walks   map[string]evidence.Delegation
	located []evidence.Server
	absent  []string                                       // names of which the first server that is asked says that they have no address
	refers  []string                                       // the names in the referral to example.com
	says    func(q reading.Question, x *evidence.Exchange) // changes an answer with authority that has no records
}

// delegated is example.com below com, with some servers that have glue.
func delegated(names []string, servers ...evidence.Server) evidence.Delegation {
	return evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: ".", Servers: []evidence.Server{{Name: "a.root.example", Address: "192.0.2.99"}}},
		{Zone: "com", Servers: []evidence.Server{ofCom}}, {Zone: "example.com", Names: names, Servers: servers, Asked: []evidence.Server{ofCom}}}}
}

// both is the usual world: both servers have the zone, in one version, over UDP and TCP.
func both() *world {
	return &world{walks: map[string]evidence.Delegation{"example.com": delegated([]string{"ns1.example.com", "ns2.example.com"}, ns1, ns2)},
		located: []evidence.Server{ns1, ns2}}
}

// but changes the answers to some questions, by text.
func (w *world) but(change map[string]func(*evidence.Exchange)) *world {
	before := w.says
	w.says = func(q reading.Question, x *evidence.Exchange) {
		if before != nil {
			before(q, x)
		}
		if c := change[asText(q)]; c != nil {
			c(x)
		}
	}
	return w
}

func serial(n int) func(*evidence.Exchange) {
	return func(x *evidence.Exchange) {
		x.Answer = []string{fmt.Sprintf("example.com. 300 IN SOA ns1.example.com. a.example.com. %d 7200 900 1209600 300", n)}
	}
}

func has(records ...string) func(*evidence.Exchange) {
	return func(x *evidence.Exchange) { x.Answer, x.Authority = records, nil }
}

func fails(kind evidence.FailureKind) func(*evidence.Exchange) {
	return func(x *evidence.Exchange) {
		x.RCode, x.AA, x.Answer, x.Authority, x.Failure = "", false, nil, nil, &evidence.Failure{Kind: kind}
	}
}

func refuses(x *evidence.Exchange) { x.RCode, x.AA, x.Answer, x.Authority = "REFUSED", false, nil, nil }

// answer is what comes of a question for one server.
func (w *world) answer(q reading.Question) evidence.Exchange {
	x := evidence.Exchange{Role: evidence.Authoritative, ServerName: q.Server.Name, Server: net.JoinHostPort(q.Server.Address, "53"), Name: q.Name, Type: q.Type,
		Round: q.Round, Transport: "udp", RCode: "NOERROR", AA: true}
	switch {
	case q.Kind == reading.Transfer:
		x.Type, x.Round, x.Transport, x.RCode, x.AA = "AXFR", 0, "tcp", "REFUSED", false
	case q.Kind == reading.Stream:
		x.Transport = "tcp"
	case q.Kind == reading.Foreign:
		x.Role, x.RCode = evidence.Foreign, "REFUSED"
	}
	if q.Type == "SOA" {
		serial(1)(&x)
	}
	if q.Type == "NS" {
		x.Answer = []string{"example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN NS ns2.example.com."}
	}
	if w.says != nil {
		w.says(q, &x)
	}
	return x
}

// inquire puts what is wanted until nothing new is, and returns what was asked at each step, one after the other.
func (w *world) inquire(t *testing.T, want reading.Wish) (steps [][]string) {
	t.Helper()
	_, steps = w.ask(t, want)
	return steps
}

// run returns what is known then.
func (w *world) run(t *testing.T, want reading.Wish) *reading.Reading {
	t.Helper()
	r, _ := w.ask(t, want)
	return r
}

func (w *world) ask(t *testing.T, want reading.Wish) (r *reading.Reading, steps [][]string) {
	t.Helper()
	r = &reading.Reading{Bundle: &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain"}}}}
	for range 30 {
		var fresh []reading.Question
		for _, q := range Questions(r, &r.Bundle.Targets[0], want) {
			if !r.Done(q) && !slices.Contains(fresh, q) {
				fresh = append(fresh, q)
			}
		}
		if len(fresh) == 0 {
			return r, steps
		}
		var step []string
		for _, q := range fresh {
			step = append(step, asText(q))
			switch q.Kind {
			case reading.Walk:
				r.Found(q.Name, w.walks[q.Name])
				x := evidence.Exchange{Role: evidence.Authoritative, Server: ofCom.Address + ":53", Name: "example.com", Type: "NS", Transport: "udp", RCode: "NOERROR"}
				for _, name := range w.refers {
					x.Authority = append(x.Authority, "example.com. 300 IN NS "+name+".")
				}
				r.Add(x)
			case reading.Addresses:
				for _, s := range w.located {
					r.Add(w.answer(reading.Question{Kind: reading.At, Server: ofCom, Name: s.Name, Type: "A"}))
				}
				for _, name := range w.absent {
					for _, rrtype := range addressTypes {
						r.Add(evidence.Exchange{Role: evidence.Authoritative, Server: ofCom.Address + ":53", Name: name, Type: rrtype, RCode: "NOERROR", AA: true})
					}
				}
				r.Locate(q, w.located)
			default:
				r.Add(w.answer(q))
			}
			r.Answer(q)
		}
		steps = append(steps, step)
	}
	t.Fatal("it never ends")
	return nil, nil
}

const soa = facts.FromSOA

// What is asked of a zone, step by step: each begins when the one before is answered.
func TestQuestions(t *testing.T) {
	for name, test := range map[string]struct {
		world *world
		want  reading.Wish
		steps []string // all questions of a step in one line, separated by commas, "*" for those that are the same for every zone
	}{
		"the usual":               {both(), reading.Wish{Source: soa}, []string{"*", "*", "*"}},
		"another probe is wanted": {both(), reading.Wish{Source: facts.FromMX}, nil},
		"a server answers without authority": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": refuses, "192.0.2.2 NS example.com": refuses, "192.0.2.2 SOA example.com #10 after 3s": refuses}),
			reading.Wish{Source: soa | facts.FromServers}, []string{"*", "*", "*",
				"192.0.2.2 SOA example.com #10 after 3s, 192.0.2.2 A example.com after 3s, 192.0.2.2 AAAA example.com after 3s",
				"192.0.2.2 tcp SOA example.com #20 after 3s"}},
		"it answers at the second try": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": refuses}),
			reading.Wish{Source: soa | facts.FromServers}, []string{"*", "*", "*",
				"192.0.2.2 SOA example.com #10 after 3s, 192.0.2.2 A example.com after 3s, 192.0.2.2 AAAA example.com after 3s"}},
		"it has another zone there": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": func(x *evidence.Exchange) {
				x.Answer, x.Authority = nil, []string{"com. 300 IN SOA a. b. 1 2 3 4 5"}
			}}),
			reading.Wish{Source: soa | facts.FromServers}, []string{"*", "*", "*", "192.0.2.2 SOA example.com #10 after 3s"}},
		"nobody wants to know more of it": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": refuses}), reading.Wish{Source: soa}, []string{"*", "*", "*"}},
		"a server is silent, and nobody was heard over TCP": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": fails(evidence.Timeout), "192.0.2.2 NS example.com": fails(evidence.Timeout)}),
			reading.Wish{Source: soa | facts.FromServers}, []string{"*", "*", "*",
				"192.0.2.99 tcp SOA example.com #20, 192.0.2.11 tcp SOA example.com #20, 192.0.2.1 tcp SOA example.com #20"}},
		"a server is silent, and another was heard over TCP": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": fails(evidence.Timeout), "192.0.2.2 NS example.com": fails(evidence.Timeout),
				"192.0.2.1 NS example.com": func(x *evidence.Exchange) { x.Transport = "tcp" }}),
			reading.Wish{Source: soa | facts.FromServers}, []string{"*", "*", "*"}},
		"this machine has no route to a server": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": fails(evidence.NoRoute), "192.0.2.2 NS example.com": fails(evidence.NoRoute)}),
			reading.Wish{Source: soa | facts.FromServers}, []string{"*", "*", "*"}},
		"over TCP": {both(), reading.Wish{Source: soa | facts.FromTCP}, []string{"*", "*", "*", "192.0.2.1 tcp SOA example.com #20, 192.0.2.2 tcp SOA example.com #20"}},
		"connections are refused": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 tcp SOA example.com #20": fails(evidence.Refused), "192.0.2.2 tcp SOA example.com #21 after 3s": fails(evidence.Refused)}),
			reading.Wish{Source: soa | facts.FromTCP}, []string{"*", "*", "*", "192.0.2.1 tcp SOA example.com #20, 192.0.2.2 tcp SOA example.com #20",
				"192.0.2.2 tcp SOA example.com #21 after 3s", "192.0.2.2 tcp SOA example.com #22 after 3s"}},
		"silence over TCP was waited for": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.2 tcp SOA example.com #20": fails(evidence.Timeout)}),
			reading.Wish{Source: soa | facts.FromTCP}, []string{"*", "*", "*", "192.0.2.1 tcp SOA example.com #20, 192.0.2.2 tcp SOA example.com #20"}},
		"strangers": {both(), reading.Wish{Source: soa | facts.FromRecursion}, []string{"*", "*", "*", "192.0.2.1 foreign A com, 192.0.2.2 foreign A com"}},
		"a transfer that is closed": {
			both().but(map[string]func(*evidence.Exchange){"192.0.2.1 transfer example.com": fails(evidence.EOF)}),
			reading.Wish{Source: soa | facts.FromTransfer}, []string{"*", "*", "*", "192.0.2.1 transfer example.com, 192.0.2.2 transfer example.com",
				"192.0.2.1 transfer example.com #1 after 2s"}},
	} {
		usual := []string{"walk example.com", "192.0.2.1 SOA example.com, 192.0.2.2 SOA example.com, 192.0.2.1 NS example.com, 192.0.2.2 NS example.com",
			"addresses ns1.example.com ns2.example.com"}
		var got []string
		for _, step := range test.world.inquire(t, test.want) {
			got = append(got, strings.Join(step, ", "))
		}
		want := slices.Clone(test.steps)
		for i := range want {
			if want[i] == "*" {
				want[i] = usual[i]
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, "\n     "), strings.Join(want, "\n     "))
		}
	}
}

// Every server is asked for the addresses of the name servers in the zone, to compare them with the glue; no other name is in need of any.
func TestQuestionsOnGlue(t *testing.T) {
	w := both()
	w.refers = []string{"ns1.example.com", "ns3.example.net"}
	steps := w.inquire(t, reading.Wish{Source: soa | facts.FromGlue})
	want := "192.0.2.1 A ns1.example.com, 192.0.2.2 A ns1.example.com, 192.0.2.1 AAAA ns1.example.com, 192.0.2.2 AAAA ns1.example.com"
	if len(steps) != 4 || strings.Join(steps[3], ", ") != want {
		t.Errorf("%q", steps)
	}
	if steps := w.inquire(t, reading.Wish{Source: soa}); len(steps) != 3 {
		t.Errorf("without need: %q", steps)
	}
}

// Glue that a datagram lacks is looked for over TCP, once; of a name that has no address none is missed.
func TestQuestionsOnGlueThatADatagramLacks(t *testing.T) {
	w := both().but(map[string]func(*evidence.Exchange){"192.0.2.1 AAAA ns1.example.com": has("ns1.example.com. 300 IN AAAA 2001:db8::1")})
	w.refers = []string{"ns1.example.com", "ns2.example.com"}
	if steps := w.inquire(t, reading.Wish{Source: soa | facts.FromGlue}); len(steps) != 5 || strings.Join(steps[4], ", ") != "192.0.2.11 tcp NS example.com" {
		t.Errorf("%q", steps)
	}
}

// One server alone may be wrong about the name of a name server: the others of the name's zone are heard, and what they know is asked.
func TestQuestionsOnDoubtfulNames(t *testing.T) {
	ofNet := evidence.Server{Name: "b.gtld.example", Address: "192.0.2.12"}
	with := func(change map[string]func(*evidence.Exchange)) []string {
		w := both().but(change)
		w.walks["example.com"], w.located, w.absent = delegated([]string{"ns1.example.com", "ns3.example.net"}, ns1), []evidence.Server{ns1}, []string{"ns3.example.net"}
		w.walks["ns3.example.net"] = evidence.Delegation{By: evidence.ByWalk, Path: []evidence.Cut{{Zone: "."}, {Zone: "example.net", Servers: []evidence.Server{ofNet}}}}
		w.but(map[string]func(*evidence.Exchange){"192.0.2.1 NS example.com": has("example.com. 300 IN NS ns1.example.com.", "example.com. 300 IN NS ns3.example.net.")})
		var steps []string
		for _, step := range w.inquire(t, reading.Wish{Source: soa})[3:] {
			steps = append(steps, strings.Join(step, ", "))
		}
		return steps
	}
	const walk, heard = "walk ns3.example.net", "192.0.2.12 A ns3.example.net, 192.0.2.12 AAAA ns3.example.net"
	for name, test := range map[string]struct {
		says  map[string]func(*evidence.Exchange)
		steps []string
	}{
		"they know of none either": {nil, []string{walk, heard}},
		"one knows an address": {map[string]func(*evidence.Exchange){"192.0.2.12 A ns3.example.net": has("ns3.example.net. 300 IN A 192.0.2.3")},
			[]string{walk, heard, "192.0.2.3 SOA example.com, 192.0.2.3 NS example.com"}},
	} {
		if got := with(test.says); !slices.Equal(got, test.steps) {
			t.Errorf("%s: %q, want %q", name, got, test.steps)
		}
	}
}

// Where serials differ, the records at the apex are compared; where those agree, the serials are read again after a while.
func TestQuestionsOnSerials(t *testing.T) {
	apex := func(round string) string {
		var list []string
		for _, rrtype := range apexTypes {
			list = append(list, "192.0.2.1 "+rrtype+" example.com"+round, "192.0.2.2 "+rrtype+" example.com"+round)
		}
		return strings.Join(slices.DeleteFunc(list, func(s string) bool { return round == "" && strings.Contains(s, " NS ") }), ", ")
	}
	pair := func(what string) string { return "192.0.2.1 " + what + ", 192.0.2.2 " + what }
	want := reading.Wish{Source: soa | facts.FromAgreement, Settle: 30 * time.Second}
	older := map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com": serial(0)}
	with := func(more map[string]func(*evidence.Exchange)) *world { return both().but(older).but(more) }
	text := func(said string) func(*evidence.Exchange) { return has(`example.com. 300 IN TXT "` + said + `"`) }
	for name, test := range map[string]struct {
		world *world
		want  reading.Wish
		steps []string // those after the servers are known
	}{
		"they agree":              {both(), want, nil},
		"nobody wants to know":    {with(nil), reading.Wish{Source: soa, Settle: time.Second}, nil},
		"there is no second look": {with(nil), reading.Wish{Source: soa | facts.FromAgreement}, []string{apex("")}},
		"they settle":             {with(nil), want, []string{apex(""), pair("SOA example.com #1 after 30s")}},
		"they do not settle": {with(map[string]func(*evidence.Exchange){"192.0.2.2 SOA example.com #1 after 30s": serial(0)}), want,
			[]string{apex(""), pair("SOA example.com #1 after 30s"), apex(" #1")}},
		"one went backwards": {with(map[string]func(*evidence.Exchange){"192.0.2.1 SOA example.com #1 after 30s": serial(0), "192.0.2.2 SOA example.com #1 after 30s": serial(0),
			"192.0.2.1 SOA example.com #2": serial(0), "192.0.2.1 SOA example.com #3": serial(0)}), want,
			[]string{apex(""), pair("SOA example.com #1 after 30s"), "192.0.2.1 SOA example.com #2", "192.0.2.1 SOA example.com #3", "192.0.2.1 SOA example.com #4"}},
		"records differ, and each time": {with(map[string]func(*evidence.Exchange){"192.0.2.2 TXT example.com": text("old"), "192.0.2.2 TXT example.com #40": text("old"),
			"192.0.2.2 TXT example.com #50": text("old"), "192.0.2.2 TXT example.com #60": text("old")}), want,
			[]string{apex(""), pair("TXT example.com #40"), pair("TXT example.com #50"), pair("TXT example.com #60")}},
		"records are made afresh for every question": {with(map[string]func(*evidence.Exchange){"192.0.2.2 TXT example.com": text("one"), "192.0.2.2 TXT example.com #40": text("two")}), want,
			[]string{apex(""), pair("TXT example.com #40"), pair("SOA example.com #1 after 30s")}},
	} {
		var got []string
		for _, step := range test.world.inquire(t, test.want)[3:] {
			got = append(got, strings.Join(step, ", "))
		}
		if !slices.Equal(got, test.steps) {
			t.Errorf("%s:\n got %s\nwant %s", name, strings.Join(got, "\n     "), strings.Join(test.steps, "\n     "))
		}
	}
}
