package lab

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"
)

// TestMistakes appends a text to a sound beginning of four lines; every mistake is in a line that the error must name.
func TestMistakes(t *testing.T) {
	const sound = "schema: mxverdict/scenario/1\nabout: x\nresolver: 192.0.2.1\nlatency: 1ms\n"
	tests := []struct {
		name, text string
		line       int
		says       string
	}{
		{"key", "\nnameservers: []", 6, `did you mean "name_servers"`},
		{"key without any likeness", "qqqqqqqqqq: 1", 5, `unknown key "qqqqqqqqqq"`},
		{"key twice", "about: y", 5, "second time"},
		{"key of a zone", "zones:\n  - nane: example.com", 6, `did you mean "name"`},
		{"key of the SOA", "zones:\n  - name: example.com\n    soa: {seril: 1}", 7, `did you mean "serial"`},
		{"key of a step", "smtp:\n  - address: 203.0.113.25\n    greeting: {dealy: 1s}", 7, `did you mean "delay"`},
		{"key of starttls",
			"smtp:\n  - address: 203.0.113.25\n    starttls: {lsited: true}", 7, `did you mean "listed"`},
		{"step", "smtp:\n  - address: 203.0.113.25\n    greetng: {delay: 1s}", 7, `did you mean "greeting"`},
		{"key of a sequence", "smtp:\n  - {address: 203.0.113.25, name: a}\n  - address: 203.0.113.26\n    name: b\n" +
			"    sequence:\n      - {from_conection: 2}", 10, `did you mean "from_connection"`},
		{"behaviour", "name_servers:\n  - address: 192.0.2.53\n    behaves: [slient]", 7, `did you mean "silent"`},
		{"behaviour with a value", "name_servers:\n  - address: 192.0.2.53\n    behaves: [slwo: 3s]", 7, `mean "slow"`},
		{"key of an expectation", "expect:\n  must: [{rul: a/b}]", 6, `did you mean "rule"`},
		{"word", "smtp:\n  - address: 203.0.113.25\n    connect: refusd", 7, `did you mean "refused"`},
		{"handshake",
			"smtp:\n  - address: 203.0.113.25\n    starttls: {handshake: garbge}", 7, `did you mean "garbage"`},
		{"record type",
			"zones:\n  - name: example.com\n    records: |\n      mail IN A 203.0.113.25\n\n      @ IN XM 10 mail",
			10, "XM"},
		{"record data", "zones:\n  - name: example.com\n    records: |\n      mail IN A 203.0.113", 8, "203.0.113"},
		{"record on the line of its key", "zones:\n  - name: example.com\n    records: mail IN A x", 7, "bad A"},
		{"record outside",
			"zones:\n  - name: example.com\n    records: |\n      a IN A 192.0.2.9\n" +
				"      b.example.net. IN A 192.0.2.9\n" +
				"      c IN A 192.0.2.9", 9, "outside"},
		{"record of several lines outside",
			"zones:\n  - name: example.com\n    records: |\n      a.example.net. IN TXT ( \"b\"\n" +
				"        \"c\" )\n", 9, "outside"},
		{"SOA among the records",
			"zones:\n  - name: example.com\n    records: |\n      @ IN SOA a. b. 1 2 3 4 5", 8, "soa"},
		{"record at the end without line end", "zones:\n  - name: example.com\n    records: |-\n      a IN A 192.0.2.9\n" +
			"      b.example.net. IN A 192.0.2.9", 9, "outside"},
		{"class", "zones:\n  - name: example.com\n    records: |\n      a CH TXT \"x\"", 8, "class"},
		{"include", "zones:\n  - name: example.com\n    records: |\n      $INCLUDE /etc/passwd", 8, "INCLUDE"},
		{"zone twice", "zones:\n  - name: example.com\n  - name: EXAMPLE.com.", 7, "second time"},
		{"zone without name", "zones:\n  - servers: [ns.example.com]", 6, "no name"},
		{"domain name", "zones:\n  - name: a..b", 6, "domain name"},
		{"time without unit", "smtp:\n  - address: 203.0.113.25\n    greeting: {delay: 16}", 7, "unit"},
		{"negative time", "smtp:\n  - address: 203.0.113.25\n    greeting: {delay: -1s}", 7, "unit"},
		{"endless time", "smtp:\n  - address: 203.0.113.25\n    greeting: {delay: 61m}", 7, "1h"},
		{"SOA time without unit", "zones:\n  - name: example.com\n    soa: {expire: 604800}", 7, "unit"},
		{"SOA time of 33 bits", "zones:\n  - name: example.com\n    soa: {expire: 4294967296s}", 7, "whole seconds"},
		{"serial", "zones:\n  - name: example.com\n    soa: {serial: -1}", 7, "32 bits"},
		{"flag", "smtp:\n  - address: 203.0.113.25\n    drops_early_talkers: yes", 7, "true or false"},
		{"address", "smtp:\n  - address: 203.0.113.256", 6, "IP address"},
		{"address twice",
			"smtp:\n  - {address: 203.0.113.25, name: a}\n  - {address: 203.0.113.25, name: b}", 7, "second"},
		{"no address", "smtp:\n  - name: mail.example.com", 6, "no address"},
		{"no name", "smtp:\n  - address: 203.0.113.25", 6, "no name"},
		{"reply without code", "smtp:\n  - address: 203.0.113.25\n    greeting: {reply: ready}", 7, "a reply"},
		{"reply that ends too early",
			"smtp:\n  - address: 203.0.113.25\n    ehlo:\n      reply: |\n        250 a\n        250 b",
			8, "a reply"},
		{"STARTTLS by hand",
			"smtp:\n  - address: 203.0.113.25\n    keywords:\n      - SIZE\n      - starttls", 9, "starttls"},
		{"TLS version", "smtp:\n  - address: 203.0.113.25\n    starttls: {max_version: 1.4}", 7, "TLS version"},
		{"sequence that does not grow", "smtp:\n  - address: 203.0.113.25\n    name: a\n    sequence:\n" +
			"      - {from_connection: 3}\n      - {from_connection: 3}", 10, "grow"},
		{"name server that nobody finds", "name_servers:\n  - address: 192.0.2.99", 6, "192.0.2.99"},
		{"name server twice", "name_servers:\n  - address: 192.0.2.1\n  - address: 192.0.2.1", 7, "second time"},
		{"name server a second time without growth",
			"name_servers:\n  - {address: 192.0.2.1, after: 2s}\n  - {address: 192.0.2.1, after: 1s}", 7, "after must grow"},
		{"name server without address", "name_servers:\n  - behaves: [lame]", 6, "no address"},
		{"key of a name server", "name_servers:\n  - {address: 192.0.2.1, spoof: x}", 6, `did you mean "spoofs"`},
		{"record of a name server's zone",
			"name_servers:\n  - address: 192.0.2.1\n    zones:\n      - name: a\n        records: b.c. A 192.0.2.9", 9,
			"outside"},
		{"key that only a whole zone has",
			"name_servers:\n  - address: 192.0.2.1\n    zones:\n      - {name: a, signed: true}", 8, `"signed"`},
		{"a way to sign that is none", "zones:\n  - name: a\n    dnssec: badly", 7, "badly"},
		{"a lie that is none", "name_servers:\n  - address: 192.0.2.1\n    lies: a XM b", 7, "XM"},
		{"resolver with a zone",
			"zones:\n  - name: example.com\n    servers: [ns.example.com]\n    records: ns A 192.0.2.1", 6,
			"resolver"},
		{"list instead of keys", "zones:\n  - [a]", 6, "keys"},
		{"keys instead of a list", "zones:\n  name: a", 6, "a list"},
		{"nothing instead of a value", "smtp:\n  - address:", 6, "a value"},
		{"alias", "zones:\n  - &z {name: example.com}\n  - *z", 7, "keys"},
		{"not YAML", "zones: [\n", 5, ""},
		{"second document", "---\nabout: b", 5, "second document"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load("dir/bad.yaml", []byte(sound+test.text))
			if err == nil {
				t.Fatal("no error")
			}
			place := regexp.MustCompile(`^dir/bad\.yaml:(\d+): `).FindStringSubmatch(err.Error())
			if place == nil || !strings.Contains(err.Error(), test.says) {
				t.Fatalf("error %q, want file, line and %q", err, test.says)
			}
			if want := "dir/bad.yaml:" + itoa(test.line) + ": "; place[0] != want {
				t.Errorf("error %q, want it at line %d", err, test.line)
			}
		})
	}
}

func TestIncompleteFiles(t *testing.T) {
	for _, text := range []string{
		"", "# nothing\n", "about: x\nresolver: 192.0.2.1\n", "schema: mxverdict/scenario/1\n",
		"schema: mxverdict/scenario/2\nresolver: 192.0.2.1\n", "- a\n", strings.Repeat("#", maxFile+1),
	} {
		if _, err := Load("f.yaml", []byte(text)); err == nil || !strings.HasPrefix(err.Error(), "f.yaml:") {
			t.Errorf("%.40q: error %v", text, err)
		}
	}
}

func TestTheSOAHasUsualValues(t *testing.T) {
	s := load(t, `
zones:
  - {name: example.com, servers: [ns1.example.net]}
  - name: example.org
    soa: {mname: a.example.org, rname: b.example.org, serial: 4294967295,
          refresh: 1s, retry: 2s, expire: 3s, minimum: 4s}
  - {name: .}
`)
	usual, own := s.zones[0].soa, s.zones[1].soa
	if usual.Ns != "ns1.example.net." || usual.Mbox != "hostmaster.example.com." ||
		usual.Expire <= usual.Refresh+usual.Retry {
		t.Errorf("usual SOA: %v", usual)
	}
	if own.Ns != "a.example.org." || own.Mbox != "b.example.org." || own.Serial != 1<<32-1 || own.Refresh != 1 ||
		own.Retry != 2 || own.Expire != 3 || own.Minttl != 4 {
		t.Errorf("own SOA: %v", own)
	}
	if _, ok := dns.IsDomainName(s.zones[2].soa.Ns); !ok {
		t.Errorf("SOA of the root: %v", s.zones[2].soa)
	}
}

func scenario(t *testing.T, name string) *Scenario {
	t.Helper()
	file := filepath.Join("..", "..", "testdata", "scenarios", name)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Load(file, data)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestTheFoundingStory(t *testing.T) {
	s := scenario(t, "greeting-delay.yaml")
	for _, line := range []string{
		"SOA Serial Number Format is Invalid", "SOA Expire Value out of recommended range",
		"Warning - Reverse DNS does not match SMTP Banner", "Warning - Does not support TLS.",
		"15,678 seconds - Not good! on Transaction time",
	} {
		if !slices.Contains(strings.Split(s.Report, "\n"), line) {
			t.Errorf("the report lacks %q", line)
		}
	}
	if s.Target != "example.com" || !slices.Equal(s.Expect.Causes, []string{"greeting-delay"}) ||
		len(s.Expect.Must) != 5 {
		t.Errorf("target %q, expected %+v", s.Target, s.Expect)
	}
	if !slices.Contains(s.Expect.MustNot, Expected{Verdict: "confirmed"}) {
		t.Errorf("forbidden: %+v", s.Expect.MustNot)
	}
	inBubble(t, s, func(t *testing.T, n *Internet) {
		for _, server := range []string{"192.0.2.53", "198.51.100.53"} {
			reply := mustExchange(t, n, question{server, "example.com", dns.TypeSOA, "udp", false, 0})
			soa, ok := reply.Answer[0].(*dns.SOA)
			if !ok || soa.Serial != 2312868412 || soa.Refresh != 10000 || soa.Retry != 2400 || soa.Expire != 604800 {
				t.Errorf("SOA at %s: %v", server, reply.Answer)
			}
		}
		ptr := summary(mustExchange(t, n, question{server: "192.0.2.1", name: "25.113.0.203.in-addr.arpa",
			rrtype: dns.TypePTR, transport: "udp", rd: true}))
		start := time.Now()
		c := dialSMTP(t, n, mail)
		c.expect(c.reply(), "220 mail.example.com ESMTP ready")
		if took := time.Since(start); took < 16*time.Second || took > 17*time.Second {
			t.Errorf("the greeting took %v", took)
		}
		if !strings.HasSuffix(ptr, "PTR mail.example.com.") {
			t.Errorf("the greeting does not name what the address is called: %s", ptr)
		}
		if got := c.ask("EHLO probe.example.net"); !strings.Contains(got, "250 STARTTLS") {
			t.Errorf("EHLO: %s", got)
		}
	})
}

func TestTheBrokenHost(t *testing.T) {
	s := scenario(t, "broken-host.yaml")
	inBubble(t, s, func(t *testing.T, n *Internet) {
		reply := mustExchange(t, n, question{"192.0.2.54", "example.org", dns.TypeSOA, "udp", false, 0})
		if soa, ok := reply.Answer[0].(*dns.SOA); !ok || soa.Expire >= soa.Refresh+soa.Retry {
			t.Errorf("SOA: %v", reply.Answer)
		}
		ptr := summary(mustExchange(t, n, question{server: "192.0.2.1", name: "80.113.0.203.in-addr.arpa",
			rrtype: dns.TypePTR, transport: "udp", rd: true}))
		c := dialSMTP(t, n, "203.0.113.80")
		start := time.Now()
		greeting := c.reply()
		if !strings.HasSuffix(ptr, "PTR mail.example.org.") || strings.Contains(greeting, "mail.example.org") {
			t.Errorf("greeting %q, PTR %q", greeting, ptr)
		}
		for _, command := range []string{"EHLO probe.example.net", "MAIL FROM:<>", "RCPT TO:<postmaster@example.org>"} {
			step := time.Now()
			if got := c.ask(command); strings.Contains(got, "STARTTLS") || time.Since(step) < time.Second {
				t.Errorf("%s: %q after %v", command, got, time.Since(step))
			}
		}
		if took := time.Since(start); took < 5*time.Second || took > 15*time.Second {
			t.Errorf("the session took %v", took)
		}
		c.expect(c.ask("STARTTLS")[:3], "502")
	})
}
