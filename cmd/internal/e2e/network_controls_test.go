package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxverdict/verify/lab"
)

// A network that lets no SMTP out says nothing about the server; the DNS rows are judged all the same.
func TestClosedNetwork(t *testing.T) {
	parallel(t)
	o := run(t, withControl(t, "silent"), fiveLines, nil, "--target", "example.com", "--control", "control.example.net", "--format", "json")
	var a answer
	if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
		t.Fatalf("%v: %s", err, o.stderr)
	}
	if o.code != 4 {
		t.Errorf("exit code %d, want 4", o.code)
	}
	for _, rule := range []string{"smtp/tls-missing", "smtp/banner-mismatch", "smtp/transaction-time"} {
		if v := a.verdict(rule); v.Verdict != "inconclusive" || v.Reason != "network_closed" {
			t.Errorf("%s is %s (%s), want inconclusive (network_closed)", rule, v.Verdict, v.Reason)
		}
	}
	for _, rule := range []string{"dns/soa-serial-format", "dns/soa-expire"} {
		if v := a.verdict(rule); v.Verdict != "policy_disagreement" {
			t.Errorf("%s is %s, want policy_disagreement", rule, v.Verdict)
		}
	}
	for _, want := range []string{"ssh HOST mxverdict < report", "--proxy"} {
		if !strings.Contains(o.stderr, want) {
			t.Errorf("stderr does not say %q: %s", want, o.stderr)
		}
	}
	if !strings.Contains(strings.Join(a.Notices, " "), "15 s hang-up") {
		t.Errorf("the notices do not say what the report itself shows: %v", a.Notices)
	}
}

// A control that greets proves that the network is open: then the target's failure stands.
func TestControlThatGreets(t *testing.T) {
	parallel(t)
	o := run(t, withControl(t, "accept"), "Failed To Connect\nWarning - Does not support TLS.\n", nil,
		"--target", "example.com", "--control", "control.example.net", "--format", "json")
	var a answer
	if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
		t.Fatalf("%v: %s", err, o.stderr)
	}
	if v := a.verdict("smtp/connect"); v.Verdict != "confirmed" || o.code != 1 {
		t.Errorf("connect is %s (%s), exit code %d; want confirmed and 1", v.Verdict, v.Says, o.code)
	}
	// What hangs on the dialogue stays inconclusive, and does not blame this network, which was just shown to be open.
	if v := a.verdict("smtp/tls-missing"); v.Verdict != "inconclusive" || strings.Contains(v.Says, "firewall on this side") {
		t.Errorf("tls-missing is %s: %s", v.Verdict, v.Says)
	}
}

// Controls are strangers: they are asked only after a failed connection.
func TestNoControlWithoutNeed(t *testing.T) {
	parallel(t)
	text := strings.Replace(withControl(t, "accept"), "    connect: silent\n", "", 1)
	run(t, text, fiveLines, func(n *lab.Internet) {
		if c := n.Connections("203.0.113.99"); c != 0 {
			t.Errorf("%d connections to the control although the target answered", c)
		}
	}, "--target", "example.com", "--control", "control.example.net", "--format", "json")
	// Nor is anybody asked about them.
	s := withControls(t, controlled([]string{"203.0.113.21"}, [][]string{{"203.0.113.98"}}, "{address: 203.0.113.21, name: mx1.example.com, starttls: true}",
		"{address: 203.0.113.98, name: mx.a.test, starttls: true}"), smtpClaims, "--control", "a.test")
	for _, x := range s.evidence.Exchanges {
		if strings.HasSuffix(x.Name, "a.test") {
			t.Errorf("%s %s was asked although the target answered", x.Name, x.Type)
		}
	}
}

// What a failed connection shows of a server depends on what shows that this network lets SMTP out: a control, or another server of
// the same domain, that stands outside of this network and is of the same address family. The lab's clients have the addresses
// 198.51.100.1 and 2001:db8:ffff::1.
func TestWhatShowsThatTheNetworkIsOpen(t *testing.T) {
	parallel(t)
	const target, far, farther, v6, near = "203.0.113.21", "203.0.113.98", "203.0.113.99", "2001:db8::25", "198.51.100.99"
	one := func(controls ...[]string) [][]string { return controls }
	for _, test := range []struct {
		name, scenario string
		args           []string
		want           string
		code           int
	}{
		{"a control greets", controlled([]string{target}, one([]string{far}), refused(target), greets(far)), nil, "confirmed", 1},
		{"one control refuses, the other greets", controlled([]string{target}, one([]string{far}, []string{farther}), refused(target), refused(far), greets(farther)),
			[]string{"--control", "b.test"}, "confirmed", 1},
		{"a control greets late", controlled([]string{target}, one([]string{far}), refused(target), "{address: "+far+", name: mx.a.test, greeting: {delay: 25s}}"), nil, "confirmed", 1},
		{"a control greets too late", controlled([]string{target}, one([]string{far}), refused(target), "{address: "+far+", name: mx.a.test, greeting: {delay: 61s}}"), nil, "inconclusive network_closed", 4},
		{"a control turns us away", controlled([]string{target}, one([]string{far}), refused(target), "{address: "+far+", name: mx.a.test, greeting: {reply: 554 no}}"), nil, "inconclusive connect_failed", 4},
		{"no control greets", controlled([]string{target}, one([]string{far}), refused(target), refused(far)), nil, "inconclusive network_closed", 4},
		{"no control greets, the server is mute", controlled([]string{target}, one([]string{far}), mute(target), silent(far)), nil, "inconclusive network_closed", 4},
		{"all are mute, as behind a proxy that swallows", controlled([]string{target}, one([]string{far}), mute(target), mute(far)), nil, "inconclusive network_closed", 4},
		{"no control resolves, refused", controlled([]string{target}, nil, refused(target)), nil, "inconclusive connect_failed", 4},
		{"no control resolves, silent", controlled([]string{target}, nil, silent(target)), nil, "inconclusive connect_failed", 4},
		{"no control resolves, mute", controlled([]string{target}, nil, mute(target)), nil, "inconclusive connect_failed", 4},
		{"no control is wanted", controlled([]string{target}, nil, mute(target)), []string{"--control", "none"}, "inconclusive connect_failed", 4},
		{"no control resolves, another server greets", controlled([]string{target, farther}, nil, silent(target), greets(farther)), nil, "confirmed", 1},
		{"another server greets, no control does", controlled([]string{target, farther}, one([]string{far}), refused(target), greets(farther), silent(far)), nil, "inconclusive connect_failed", 4},
		{"another server in this network greets", controlled([]string{target, near}, one([]string{far}), refused(target), greets(near), silent(far)), nil, "inconclusive network_closed", 4},
		{"another server in this network greets, no control resolves", controlled([]string{target, near}, nil, refused(target), greets(near)), nil, "inconclusive connect_failed", 4},
		{"a control in this network greets", controlled([]string{target}, one([]string{near}), refused(target), greets(near)), nil, "inconclusive connect_failed", 4},
		{"a control in this network is dead, another greets", controlled([]string{target}, one([]string{near}, []string{far}), refused(target), refused(near), greets(far)),
			[]string{"--control", "b.test"}, "confirmed", 1},
		{"a control in this network greets, another outside of it too", controlled([]string{target}, one([]string{near}, []string{far}), refused(target), greets(near), greets(far)),
			[]string{"--control", "b.test"}, "confirmed", 1},
		{"the server turns us away", controlled([]string{target}, nil, "{address: "+target+", name: mx.example.com, greeting: {reply: 554 no}}"), nil, "inconclusive refused", 0},
		{"IPv4 is open, and no control has IPv6", controlled([]string{target, v6}, one([]string{far}), greets(target), refused(v6), greets(far)), nil, "inconclusive connect_failed", 0},
		{"a control in the network that we announce is dead", controlled([]string{target}, one([]string{near}), refused(target), refused(near)),
			[]string{"--helo", "[198.51.100.1]"}, "inconclusive connect_failed", 4},
		{"a control in a private network greets", controlled([]string{target}, one([]string{"10.0.0.25"}), refused(target), greets("10.0.0.25")),
			[]string{"--allow-private"}, "inconclusive connect_failed", 4},
		{"the server is its own control", controlled([]string{target}, one([]string{target}), refused(target)), nil, "inconclusive connect_failed", 4},
		{"a control of the other family greets", controlled([]string{v6}, one([]string{far}), refused(v6), greets(far)), nil, "inconclusive connect_failed", 4},
		{"a control of the other family, too", controlled([]string{target}, one([]string{"2001:db8::99"}), refused(target), greets("2001:db8::99")), nil, "inconclusive connect_failed", 4},
		{"IPv6 only, a control greets", "no_ipv4: true\n" + controlled([]string{v6}, one([]string{far, "2001:db8::99"}), refused(v6), greets("2001:db8::99"), greets(far)), nil, "confirmed", 1},
		{"IPv6 only, a control in this network greets", "no_ipv4: true\n" + controlled([]string{v6}, one([]string{"2001:db8:ffff::99"}), refused(v6), greets("2001:db8:ffff::99")),
			nil, "inconclusive connect_failed", 4},
	} {
		t.Run(test.name, func(t *testing.T) {
			args := append([]string{"--control", "a.test"}, test.args...)
			if slices.Contains(test.args, "none") {
				args = test.args
			}
			if strings.HasPrefix(test.scenario, "no_ipv4") {
				test.scenario = strings.ReplaceAll(strings.ReplaceAll(test.scenario, "192.0.2.53", "2001:db8:53::53"), "ns1.example.com. IN A ", "ns1.example.com. IN AAAA ")
				test.scenario = strings.Replace(test.scenario, "resolver: 192.0.2.1", "resolver: 2001:db8:53::1", 1)
			}
			s := withControls(t, test.scenario, "Failed To Connect\n", args...)
			v := s.verdict("smtp/connect")
			got := strings.TrimSpace(v.Verdict + " " + v.Reason)
			if got != test.want || s.code != test.code {
				t.Errorf("%s, code %d, want %s, %d: %s\n%s", got, s.code, test.want, test.code, v.Says, s.stderr)
			}
			if strings.HasSuffix(test.want, "connect_failed") && test.code == 4 {
				if said := strings.Join(s.Notices, " "); !strings.Contains(said, "--control") || !strings.Contains(s.stderr, "--control DOMAIN") {
					t.Errorf("nobody says what to do: %s\n%s", said, s.stderr)
				}
			}
		})
	}
}

// One machine is one control, whatever names lead to it, and is asked once; none is asked behind one that greets, on another port,
// or where it is the silent server itself.
func TestControlIsAskedOnce(t *testing.T) {
	parallel(t)
	with := func(manner func(string) string) string {
		return controlled([]string{"203.0.113.21"}, [][]string{{"203.0.113.98"}, {"203.0.113.98"}, {"203.0.113.99"}, {"203.0.113.21"}}, refused("203.0.113.21"), manner("203.0.113.98"), greets("203.0.113.99"))
	}
	for _, test := range []struct {
		name, scenario string
		args           []string
		want           int
	}{
		{"three names", with(silent), []string{"--control", "a.test", "--control", "a.test", "--control", "b.test"}, 1},
		{"one greets", with(greets), []string{"--control", "a.test", "--control", "c.test"}, 1},
		{"the server itself", with(greets), []string{"--control", "d.test"}, 0},
		{"another port", with(greets), []string{"--control", "a.test", "--smtp-port", "2525"}, 0},
	} {
		s := withControls(t, test.scenario, "Failed To Connect\n", test.args...)
		controls := 0
		for _, session := range s.evidence.Sessions {
			if session.Control {
				controls++
			}
		}
		if controls != test.want {
			t.Errorf("%s: %d sessions with controls", test.name, controls)
		}
	}
}

// The verdict on a report is the same alone and beside others, whose servers are no controls.
func TestNeighbourIsNoControl(t *testing.T) {
	parallel(t)
	other := "  - {name: other.test, servers: [ns1.example.com], records: \"other.test. MX 10 mx.other.test.\\nmx.other.test. A 203.0.113.77\"}\nsmtp:\n"
	const target = "203.0.113.21"
	for name, test := range map[string]struct{ scenario, row, rule, want string }{
		"the controls are silent": {controlled([]string{target}, [][]string{{"203.0.113.98"}}, refused(target), silent("203.0.113.98"), greets("203.0.113.77")),
			"Failed To Connect\n", "smtp/connect", "inconclusive network_closed"},
		"no control resolves": {controlled([]string{target}, nil, refused(target), greets("203.0.113.77")),
			"Failed To Connect\n", "smtp/connect", "inconclusive connect_failed"},
		"the neighbour is the control": {controlled([]string{target}, [][]string{{"203.0.113.77"}}, refused(target), greets("203.0.113.77")),
			"Failed To Connect\n", "smtp/connect", "confirmed medium"},
		"the control lacks STARTTLS too": {controlled([]string{target}, [][]string{{"203.0.113.98"}}, "{address: "+target+", name: mx1.example.com, starttls: false}",
			"{address: 203.0.113.98, name: mx.a.test, starttls: false}", greets("203.0.113.77")), claim("smtp/tls-missing"), "smtp/tls-missing", "inconclusive intercepted"},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(test.scenario, "smtp:\n", other, 1)
			for _, list := range [][]string{{"example.com"}, {"example.com", "other.test"}, {"other.test", "example.com"}} {
				dir := t.TempDir()
				var files []string
				for _, name := range list {
					file := filepath.Join(dir, name)
					if err := os.WriteFile(file, []byte("smtp:"+name+"\n"+test.row), 0o600); err != nil {
						t.Fatal(err)
					}
					files = append(files, file)
				}
				o := inLab(t, text, "", append([]string{"--format", "jsonl", "--control", "a.test"}, files...)...)
				for line := range strings.Lines(o.stdout) {
					var a answer
					if err := json.Unmarshal([]byte(line), &a); err != nil {
						t.Fatal(err)
					}
					if v := a.verdict(test.rule); !strings.HasPrefix(v.Subject, "other.test") && !strings.HasPrefix(v.Subject, "mx.other.test") && ending(v) != test.want {
						t.Errorf("%v: %s, want %s: %s", list, ending(v), test.want, v.Says)
					}
				}
			}
		})
	}
}
