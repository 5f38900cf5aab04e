package e2e

import (
	"strings"
	"testing"
)

func TestReverseDNS(t *testing.T) {
	parallel(t)
	rules := []string{"smtp/ptr-missing", "smtp/ptr-mismatch", "smtp/ptr-not-hostname"}
	const (
		changed = "false_positive changed"
		high    = "confirmed high"
		policy  = "policy_disagreement"
	)
	receiver := "v=spf1 ip4:198.51.100.9 -all"
	own := "25.113.0.203.in-addr.arpa. PTR mail.example.com."
	behaves := func(words string) string { return strings.Replace(reverseZoneServer, "%s", words, 1) }
	same := func(s string) [3]string { return [3]string{s, s, s} }
	tests := []struct {
		name string
		mailHost
		args []string
		want [3]string // of the three rules
		says string    // by the first of them
	}{
		{name: "all in order", mailHost: mailHost{spf: sender, ptr: own}, want: same(changed)},
		{name: "letter case does not matter", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR MAIL.Example.COM."}, want: same(changed)},
		{name: "missing at a sender", mailHost: mailHost{spf: sender}, want: same(high), says: "The address sends mail"},
		{name: "missing, other names exist there", mailHost: mailHost{spf: sender, ptr: "26.113.0.203.in-addr.arpa. PTR mail.example.com."}, want: same(high)},
		{name: "missing, the name exists with other data", mailHost: mailHost{spf: sender, ptr: `25.113.0.203.in-addr.arpa. TXT "nothing here"`}, want: same(high)},
		{name: "missing at a receiver", mailHost: mailHost{spf: receiver}, want: same(policy), says: "only receives"},
		{name: "missing, soft failure of SPF", mailHost: mailHost{spf: "v=spf1 ~all"}, want: same(policy)},
		{name: "missing without SPF", mailHost: mailHost{}, want: same(high), says: "assumed"},
		{name: "a sender by an include", mailHost: mailHost{spf: "v=spf1 include:_spf.example.net -all",
			zones: "  - name: example.net\n    servers: [ns1.example.com]\n    records: |\n      _spf.example.net. TXT \"v=spf1 ip4:203.0.113.0/24 -all\"\n"}, want: same(high), says: "The address sends mail"},
		{name: "a receiver, by an include", mailHost: mailHost{spf: "v=spf1 include:_spf.example.net -all",
			zones: "  - name: example.net\n    servers: [ns1.example.com]\n    records: |\n      _spf.example.net. TXT \"v=spf1 ip4:198.51.100.0/24 -all\"\n"}, want: same(policy)},
		{name: "a receiver that the user calls a sender", mailHost: mailHost{spf: receiver}, args: []string{"--outbound", "yes"}, want: same(high), says: "The address sends mail"},
		{name: "a sender that the user calls a receiver", mailHost: mailHost{spf: sender}, args: []string{"--outbound", "no"}, want: same(policy)},
		{name: "no SPF, but the user knows", mailHost: mailHost{}, args: []string{"--outbound", "no"}, want: same(policy)},
		{name: "SPF that cannot be looked up", mailHost: mailHost{spf: "v=spf1 include:broken.example.com -all",
			forward: "mail.example.com. A 203.0.113.25\nbroken.example.com. NS ns.nowhere.example."}, want: same("inconclusive servfail")},
		{name: "SPF in error", mailHost: mailHost{spf: "v=spf1 nonsense -all"}, want: same("inconclusive untested")},
		{name: "two SPF records", mailHost: mailHost{spf: sender, forward: "mail.example.com. A 203.0.113.25\nexample.com. TXT \"v=spf1 -all\""}, want: same("inconclusive untested")},
		{name: "RFC 2317", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. CNAME 25.0-63.113.0.203.in-addr.arpa.",
			zones: "  - name: 0-63.113.0.203.in-addr.arpa\n    servers: [ns1.example.com]\n    records: |\n      25.0-63.113.0.203.in-addr.arpa. PTR mail.example.com.\n"}, want: same(changed)},
		{name: "RFC 2317 into a zone of the customer's own", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. CNAME 25.reverse.example.com.",
			forward: "mail.example.com. A 203.0.113.25\n25.reverse.example.com. PTR mail.example.com."}, want: same(changed)},
		{name: "RFC 2317, nothing at the end", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. CNAME 25.0-63.113.0.203.in-addr.arpa.",
			zones: "  - name: 0-63.113.0.203.in-addr.arpa\n    servers: [ns1.example.com]\n"}, want: same(high)},
		{name: "RFC 2317, the servers at the end are out of order", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. CNAME 25.0-63.113.0.203.in-addr.arpa.",
			zones:   "  - name: 0-63.113.0.203.in-addr.arpa\n    servers: [ns.other.example]\n  - name: other.example\n    servers: [ns1.example.com]\n    records: |\n      ns.other.example. A 192.0.2.78\n",
			servers: "name_servers:\n  - {address: 192.0.2.78, behaves: [servfail]}\n"}, want: same("inconclusive servfail")},
		{name: "several, of which one leads back", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR a.example.com.\n25.113.0.203.in-addr.arpa. PTR mail.example.com.\n25.113.0.203.in-addr.arpa. PTR z_z.example.com."}, want: same(changed)},
		{name: "several, of which none leads back", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR a.example.com.\n25.113.0.203.in-addr.arpa. PTR b.example.com."}, want: [3]string{changed, high, high}},
		{name: "more than ten, of which the first ten do not lead back", mailHost: mailHost{spf: sender, ptr: many("25.113.0.203.in-addr.arpa. PTR %.example.com.", 12)}, want: [3]string{changed, "inconclusive untested", "inconclusive untested"}},
		{name: "the name leads elsewhere", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR web.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nweb.example.com. A 203.0.113.80"}, want: [3]string{changed, high, high}},
		{name: "the name leads elsewhere at a receiver", mailHost: mailHost{spf: receiver, ptr: "25.113.0.203.in-addr.arpa. PTR web.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nweb.example.com. A 203.0.113.80"}, want: [3]string{changed, policy, policy}},
		{name: "an alias leads back", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR out.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nout.example.com. CNAME mail.example.com."}, want: same(changed)},
		{name: "only an IPv6 address leads from the name", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR six.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nsix.example.com. AAAA 2001:db8::25"}, want: [3]string{changed, high, high}},
		{name: "the address of the name cannot be looked up", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.other.example.",
			zones:   "  - name: other.example\n    servers: [ns.other.example]\n    records: |\n      ns.other.example. A 192.0.2.78\n",
			servers: "name_servers:\n  - {address: 192.0.2.78, behaves: [servfail]}\n"}, want: [3]string{changed, "inconclusive servfail", "inconclusive servfail"}},
		{name: "one cannot be looked up, another leads back", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.other.example.\n25.113.0.203.in-addr.arpa. PTR mail.example.com.",
			zones:   "  - name: other.example\n    servers: [ns.other.example]\n    records: |\n      ns.other.example. A 192.0.2.78\n",
			servers: "name_servers:\n  - {address: 192.0.2.78, behaves: [servfail]}\n"}, want: same(changed)},
		{name: "underscore", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail_1.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nmail_1.example.com. A 203.0.113.25"}, want: [3]string{changed, changed, "confirmed medium"}},
		{name: "underscore at a receiver", mailHost: mailHost{spf: receiver, ptr: "25.113.0.203.in-addr.arpa. PTR mail_1.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nmail_1.example.com. A 203.0.113.25"}, want: [3]string{changed, changed, policy}},
		{name: "one label", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR localhost.",
			zones: "  - name: localhost\n    servers: [ns1.example.com]\n"}, want: [3]string{changed, high, high}},
		{name: "looks like a customer's line", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR host-203-0-113-25.dsl.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nhost-203-0-113-25.dsl.example.com. A 203.0.113.25"}, want: [3]string{changed, changed, policy}},
		{name: "looks like one, and leads nowhere", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR host-203-0-113-25.dsl.example.com."}, want: [3]string{changed, high, high}},
		{name: "the reverse servers fail", mailHost: mailHost{spf: sender, ptr: own, servers: behaves("servfail")}, want: same("inconclusive servfail")},
		{name: "the reverse servers fail, and the resolver has nothing", mailHost: mailHost{spf: sender, servers: behaves("servfail")}, want: same("inconclusive servfail")},
		{name: "the reverse servers refuse", mailHost: mailHost{spf: sender, servers: behaves("refused")}, want: same("inconclusive servfail")},
		{name: "the reverse servers are lame", mailHost: mailHost{spf: sender, servers: behaves("not_authoritative")}, want: same("inconclusive servfail")},
		{name: "the reverse servers are silent, and the resolver knows the name", mailHost: mailHost{spf: sender, ptr: own, servers: behaves("silent")}, want: same(changed)},
		{name: "the resolver denies the name", mailHost: mailHost{spf: sender, ptr: own,
			servers: "name_servers:\n  - {address: 192.0.2.1, zones: [{name: 113.0.203.in-addr.arpa, servers: [ns.reverse.example], records: 99.113.0.203.in-addr.arpa. PTR mail.example.com.}]}\n"}, want: same(changed)},
		{name: "the resolver remembers a name", mailHost: mailHost{spf: sender,
			servers: "name_servers:\n  - {address: 192.0.2.1, lies: \"25.113.0.203.in-addr.arpa. PTR mail.example.com.\"}\n"}, want: same(high)},
		{name: "the resolver denies the address of the name", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR out.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nout.example.com. A 203.0.113.25",
			servers: "name_servers:\n  - {address: 192.0.2.1, lies: \"out.example.com. A 203.0.113.80\"}\n"}, want: same(changed)},
		{name: "the resolver remembers an address of the name", mailHost: mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR out.example.com.",
			forward: "mail.example.com. A 203.0.113.25\nout.example.com. A 203.0.113.80",
			servers: "name_servers:\n  - {address: 192.0.2.1, lies: \"out.example.com. A 203.0.113.25\"}\n"}, want: [3]string{changed, high, high}},
		{name: "a silent reverse server, and a resolver that denies the name", mailHost: mailHost{spf: sender, ptr: own,
			servers: "name_servers:\n  - {address: 192.0.2.77, behaves: [silent]}\n  - {address: 192.0.2.1, zones: [{name: 113.0.203.in-addr.arpa, servers: [ns.reverse.example], records: 99.113.0.203.in-addr.arpa. PTR mail.example.com.}]}\n"},
			want: same("inconclusive servfail")},
		{name: "the reverse server answers over TCP only", mailHost: mailHost{spf: sender, ptr: own, servers: behaves("truncate")}, want: same(changed)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a, o := judged(t, test.scenario(), claim(rules...), test.args...)
			for i, rule := range rules {
				v := a.verdict(rule)
				if got := ending(v); got != test.want[i] {
					t.Errorf("%s is %s, want %s: %s", rule, got, test.want[i], v.Says)
				}
			}
			if v := a.verdict(rules[0]); !strings.Contains(v.Says, test.says) {
				t.Errorf("%s does not say %q: %s", rules[0], test.says, v.Says)
			}
			if noted := strings.Contains(o.stdout, "finds other reverse names"); noted != (test.name == "the resolver denies the name" || test.name == "the resolver remembers a name") {
				t.Errorf("remark about the resolver: %v", noted)
			}
			if len(o.commands) > 0 {
				t.Errorf("a question of DNS alone led to an SMTP session: %q", o.commands)
			}
		})
	}
}

// many repeats a line with letters in place of the % sign.
func many(line string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.Replace(line, "%", string(rune('a'+i)), 1) + "\n")
	}
	return b.String()
}

// The reverse name of an IPv6 address has a label for each half byte.
func TestReverseDNSOfIPv6(t *testing.T) {
	parallel(t)
	const reverse = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa."
	tests := []struct{ name, ptr, forward, missing, mismatch string }{
		{"leads back", reverse + " PTR mail6.example.com.", "AAAA 2001:db8::25", "false_positive changed", "false_positive changed"},
		{"leads to an IPv4 address only", reverse + " PTR mail6.example.com.", "A 203.0.113.25", "false_positive changed", "confirmed high"},
		{"missing", "5.0.0.0" + strings.TrimPrefix(reverse, "5.2.0.0") + " PTR mail6.example.com.", "AAAA 2001:db8::25", "confirmed high", "confirmed high"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := mailHost{spf: sender, mx: "example.com. MX 10 six.example.com.",
				forward: "six.example.com. AAAA 2001:db8::25\nmail6.example.com. " + test.forward,
				zones:   "  - name: 8.b.d.0.1.0.0.2.ip6.arpa\n    servers: [ns1.example.com]\n    records: |\n      " + test.ptr + "\n"}
			a, _ := judged(t, m.scenario(), claim("smtp/ptr-missing", "smtp/ptr-mismatch"))
			for rule, want := range map[string]string{"smtp/ptr-missing": test.missing, "smtp/ptr-mismatch": test.mismatch} {
				if v := a.verdict(rule); ending(v) != want || !strings.Contains(v.Subject, "2001:db8::25") && v.Verdict == "confirmed" {
					t.Errorf("%s of %s is %s, want %s: %s", rule, v.Subject, ending(v), want, v.Says)
				}
			}
		})
	}
}

// A label may hold any octet (RFC 2181 section 11). Whether a reverse name is fit for a host is one question, and whether it leads
// back another: nobody may say that it does not who did not ask.
func TestReverseNamesOfOddOctets(t *testing.T) {
	parallel(t)
	const changed, high, medium, open = "false_positive changed", "confirmed high", "confirmed medium", "inconclusive untested"
	back, elsewhere := "203.0.113.25", "203.0.113.80"
	deep := strings.Repeat("a.", 70) + "example.com"
	for name, test := range map[string]struct {
		ptr, address         string
		mismatch, noHostName string
	}{
		"apostrophe":               {`o\'brien.example.com.`, back, changed, medium},
		"apostrophe, elsewhere":    {`o\'brien.example.com.`, elsewhere, high, high},
		"underscore":               {`mail_1.example.com.`, back, changed, medium},
		"blank":                    {`mail\ one.example.com.`, back, changed, medium},
		"at sign":                  {`root\@mail.example.com.`, back, changed, medium},
		"brackets":                 {`\(mail\).example.com.`, back, changed, medium},
		"quotation mark":           {`\"mail\".example.com.`, back, changed, medium},
		"backslash":                {`mail\\one.example.com.`, back, changed, medium},
		"octets of another script": {`m\195\188ller.example.com.`, back, changed, medium},
		"line break":               {`mail\010one.example.com.`, back, changed, medium},
		"capitals":                 {`O\'BRIEN.example.com.`, back, changed, medium},
		"dot within a label":       {`mail\.one.example.com.`, back, open, medium},
		"many labels":              {deep + ".", back, changed, changed},
		"the root":                 {".", "", high, high},
	} {
		t.Run(name, func(t *testing.T) {
			h := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR " + test.ptr, forward: "mail.example.com. A 203.0.113.25"}
			if test.address != "" {
				h.forward += "\n" + test.ptr + " A " + test.address
			}
			a, _ := judged(t, h.scenario(), claim("smtp/ptr-missing", "smtp/ptr-mismatch", "smtp/ptr-not-hostname"))
			for rule, want := range map[string]string{"smtp/ptr-missing": changed, "smtp/ptr-mismatch": test.mismatch, "smtp/ptr-not-hostname": test.noHostName} {
				if v := a.verdict(rule); ending(v) != want {
					t.Errorf("%s is %s, want %s: %s %v", rule, ending(v), want, v.Says, v.Notes)
				}
			}
		})
	}
}

// The reverse name that one address of a host lacks is no fault of the other one that the row names.
func TestReverseNameOfTheAddressInTheRow(t *testing.T) {
	parallel(t)
	text := mailHost{spf: sender, ptr: "25.113.0.203.in-addr.arpa. PTR mail.example.com."}.scenario()
	text = strings.Replace(text, "mail.example.com. A 203.0.113.25", "mail.example.com. A 203.0.113.25\n      mail.example.com. AAAA 2001:db8:25::45", 1)
	if !strings.Contains(text, "2001:db8:25::45") {
		t.Fatal("the scenario has changed; this test rewrites it")
	}
	for address, want := range map[string]string{"203.0.113.25": "false_positive changed", "2001:db8:25::45": "confirmed high"} {
		for _, heading := range []string{"smtp:mail.example.com\n", ""} {
			a, _ := judged(t, text, heading+address+"  Reverse DNS: No PTR record found\n", "--target", "mail.example.com")
			if v := a.verdict("smtp/ptr-missing"); ending(v) != want || v.Subject != "mail.example.com ["+address+"]" {
				t.Errorf("%s%s: %s is %s: %s", heading, address, v.Subject, ending(v), v.Says)
			}
		}
	}
}

// A host may serve several targets of one report: whoever lets it send makes it a sender.
func TestSenderForOneOfSeveralDomains(t *testing.T) {
	parallel(t)
	m := mailHost{spf: "v=spf1 -all", zones: "  - name: example.net\n    servers: [ns1.example.com]\n    records: |\n" +
		"      example.net. MX 10 mail.example.com.\n      example.net. TXT \"v=spf1 mx -all\"\n"}
	a, _ := judged(t, m.scenario(), "smtp:example.com\n"+claim("smtp/ptr-missing")+"\nsmtp:example.net\n"+claim("smtp/ptr-missing"))
	if len(a.Verdicts) != 2 {
		t.Fatalf("%d verdicts, want 2: %+v", len(a.Verdicts), a.Verdicts)
	}
	for _, v := range a.Verdicts {
		if ending(v) != "confirmed high" {
			t.Errorf("%s is %s: %s", v.Subject, ending(v), v.Says)
		}
	}
}

// A host sends in its own name, or in that of the domain in which it stands.
func TestSPFOfAHost(t *testing.T) {
	parallel(t)
	tests := []struct{ name, host, domain, want string }{
		{"neither speaks", "", "", "confirmed high"},
		{"the domain lets it send", "", "v=spf1 a:mail.example.com -all", "confirmed high"},
		{"the domain does not", "", "v=spf1 -all", "policy_disagreement"},
		{"its own record lets it send", "v=spf1 a -all", "v=spf1 -all", "confirmed high"},
		{"its own record does not, the domain's does", "v=spf1 -all", "v=spf1 a:mail.example.com -all", "confirmed high"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			m := mailHost{spf: test.domain, forward: "mail.example.com. A 203.0.113.25"}
			if test.host != "" {
				m.forward += "\nmail.example.com. TXT \"" + test.host + "\""
			}
			a, _ := judged(t, m.scenario(), claim("smtp/ptr-missing"), "--target", "mail.example.com")
			if v := a.verdict("smtp/ptr-missing"); ending(v) != test.want {
				t.Errorf("%s, want %s: %s", ending(v), test.want, v.Says)
			}
		})
	}
	a, _ := judged(t, mailHost{spf: "v=spf1 -all"}.scenario(), claim("smtp/ptr-missing"), "--address", "203.0.113.25")
	if v := a.verdict("smtp/ptr-missing"); ending(v) != "confirmed high" || !strings.Contains(v.Says, "assumed") {
		t.Errorf("of an address alone: %s: %s", ending(v), v.Says)
	}
	if o := inLab(t, mailHost{}.scenario(), claim("smtp/ptr-missing"), "--outbound", "perhaps"); o.code != 2 {
		t.Errorf("--outbound perhaps ends with %d, want 2", o.code)
	}
}

// SPF that says neither yes nor no is as none (RFC 7208 section 8.2).
func TestNeutralSPF(t *testing.T) {
	parallel(t)
	for _, spf := range []string{"v=spf1 ?all", "v=spf1 ip4:198.51.100.9"} {
		a, _ := judged(t, mailHost{spf: spf}.scenario(), claim("smtp/ptr-missing"))
		if v := a.verdict("smtp/ptr-missing"); ending(v) != "confirmed high" || !strings.Contains(v.Says, "assumed") {
			t.Errorf("%s: %s: %s", spf, ending(v), v.Says)
		}
	}
}
