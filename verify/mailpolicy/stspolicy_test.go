package mailpolicy

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// Hand-made policy files, and what RFC 8461 section 3.2 makes of them: "fine", or the worst harm and the line and column of the first
// fault.
func TestSTSPolicies(t *testing.T) {
	const good = "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n"
	with := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for _, test := range []struct{ name, text, want string }{
		{"in order", good, "fine"},
		{"CRLF", strings.ReplaceAll(good, "\n", "\r\n"), "fine"},
		{"LF and CRLF", with("\nmode", "\r\nmode"), "fine"},
		{"no last line end", strings.TrimSuffix(good, "\n"), "fine"},
		{"without blanks", strings.ReplaceAll(good, ": ", ":"), "fine"},
		{"with tabs", strings.ReplaceAll(good, ": ", ":\t "), "fine"},
		{"blanks at the ends of lines", strings.ReplaceAll(good, "\n", " \t\n"), "fine"},
		{"in another order", "max_age: 1\nmx: a.example.com\nmode: testing\nversion: STSv1\n", "fine"},
		{"testing", with("enforce", "testing"), "fine"},
		{"none", with("enforce", "none"), "fine"},
		{"none without hosts", "version: STSv1\nmode: none\nmax_age: 86400\n", "fine"},
		{"no time at all", with("604800", "0"), "fine"},
		{"the longest time", with("604800", "31557600"), "fine"},
		{"an extension", good + "x-y.z_1: any thing\n", "fine"},
		{"an extension in UTF-8", good + "note: gr\u00fc\u00dfe\n", "fine"},
		{"capital letters in a host", with("mail.example.com", "MAIL.Example.COM"), "fine"},
		{"a host of one label", with("mail.example.com", "localhost"), "fine"},
		{"a coded name", with("mail.example.com", "xn--bcher-kva.example"), "fine"},
		{"the same host twice", good + "mx: mail.example.com\n", "fine"},
		{"ten digits", with("604800", "9999999999"), "harmless 5:1"},
		{"longer than the longest time", with("604800", "31557601"), "harmless 5:1"},
		{"two years", with("604800", "63115200"), "harmless 5:1"},
		{"an empty line", with("\nmode", "\n\nmode"), "harmless 2:1"},
		{"empty lines behind", good + "\n\n", "harmless 6:1"},
		{"a mode twice", good + "mode: none\n", "harmless 6:1"},
		{"a version twice", good + "version: STSv2\n", "harmless 6:1"},
		{"an age twice, the second one wrong", good + "max_age: x\n", "harmless 6:1"},
		{"a blank before a key", with("mode", " mode"), "disputed 2:1"},
		{"a tab before an mx", with("mx: mail", "\tmx: mail"), "disputed 3:1"},
		{"nothing", "", "ignored 1:1"},
		{"an empty line alone", "\n", "ignored 2:1"},
		{"a page", "<html><body>Not found</body></html>", "ignored 1:1"},
		{"JSON", `{"version": "STSv1"}`, "ignored 1:1"},
		{"a text", "hello\n", "ignored 1:1"},
		{"a byte order mark", "\ufeff" + good, "ignored 1:1"},
		{"UTF-16", "v\x00e\x00r\x00s\x00", "ignored 1:1"},
		{"CR alone", strings.ReplaceAll(good, "\n", "\r"), "ignored 1:1"},
		{"no version", with("version: STSv1\n", ""), "ignored 5:1"},
		{"another version", with("STSv1", "STSv2"), "ignored 1:1"},
		{"a version in small letters", with("STSv1", "stsv1"), "ignored 1:1"},
		{"a key in capitals", with("version", "Version"), "ignored 6:1"},
		{"no mode", with("mode: enforce\n", ""), "ignored 5:1"},
		{"a mode in capitals", with("enforce", "Enforce"), "ignored 2:1"},
		{"a mode that is none", with("enforce", "report"), "ignored 2:1"},
		{"an empty mode", with("enforce", ""), "ignored 2:1"},
		{"quotes", with("enforce", `"enforce"`), "ignored 2:1"},
		{"no age", with("max_age: 604800\n", ""), "ignored 5:1"},
		{"a negative age", with("604800", "-1"), "ignored 5:1"},
		{"an age with a unit", with("604800", "7d"), "ignored 5:1"},
		{"an age with a point", with("604800", "604800.0"), "ignored 5:1"},
		{"eleven digits", with("604800", "00000604800"), "ignored 5:1"},
		{"no host", "version: STSv1\nmode: enforce\nmax_age: 1\n", "ignored 4:1"},
		{"no host in testing", "version: STSv1\nmode: testing\nmax_age: 1\n", "ignored 4:1"},
		{"an empty host", with("mail.example.com", ""), "ignored 3:1"},
		{"a final dot", with("mail.example.com", "mail.example.com."), "ignored 3:1"},
		{"a wildcard inside", with("mail.example.com", "mail.*.com"), "ignored 3:1"},
		{"a wildcard of a part", with("mail.example.com", "m*.example.com"), "ignored 3:1"},
		{"two wildcards", with("mail.example.com", "*.*.com"), "ignored 3:1"},
		{"a wildcard alone", with("mail.example.com", "*"), "ignored 3:1"},
		{"a dot before", with("mail.example.com", ".example.com"), "ignored 3:1"},
		{"two hosts in a line", with("mail.example.com", "mail.example.com, mx.example.com"), "ignored 3:1"},
		{"an address", with("mail.example.com", "[203.0.113.25]"), "ignored 3:1"},
		{"a preference", with("mail.example.com", "10 mail.example.com"), "ignored 3:1"},
		{"a URL", with("mail.example.com", "https://mail.example.com"), "ignored 3:1"},
		{"a name that is not coded", with("mail.example.com", "b\u00fccher.example"), "ignored 3:1"},
		{"an underscore", with("mail.example.com", "my_host.example.com"), "ignored 3:1"},
		{"a label that is too long", with("mail.example.com", strings.Repeat("a", 64)+".example.com"), "ignored 3:1"},
		{"a name that is too long", with("mail.example.com", strings.Repeat("a.", 130)+"com"), "ignored 3:1"},
		{"a line without colon", good + "junk\n", "ignored 6:1"},
		{"a blank before the colon", with("mode:", "mode :"), "ignored 2:1"},
		{"an equals sign", with("mode: ", "mode="), "ignored 2:1"},
		{"a comment", "# our policy\n" + good, "ignored 1:1"},
		{"a key of 33", good + strings.Repeat("k", 33) + ": x\n", "ignored 6:1"},
		{"an extension without value", good + "x:\n", "ignored 6:1"},
		{"control characters", good + "x: a\x07b\n", "ignored 6:1"},
	} {
		p := ParseSTS(test.text)
		got := "fine"
		if len(p.Faults) > 0 {
			got = fmt.Sprintf("%s %d:%d", p.Worst(), p.Faults[0].Line, p.Faults[0].Column)
		}
		if got != test.want {
			t.Errorf("%s: %s (%v), want %s", test.name, got, p.Faults, test.want)
		}
	}
}

// What is read of a policy.
func TestSTSPolicy(t *testing.T) {
	p := ParseSTS("version: STSv1\r\nmode: enforce\r\nmode: none\r\nmx: MAIL.example.com\r\nmx: *.example.net\r\nmax_age: 63115200\r\n")
	if p.Mode != Enforce || p.MaxAge != 63115200 || !slices.Equal(p.MX, []string{"mail.example.com", "*.example.net"}) {
		t.Errorf("%+v", p)
	}
	// Whatever fits into a file of 64 KiB is read; beyond that the hosts are bounded.
	many := "version: STSv1\nmode: enforce\nmax_age: 1\n" + strings.Repeat("mx: a.example.com\n", 3000)
	if p := ParseSTS(many); len(p.MX) != 3000 || p.Worst() != 0 {
		t.Errorf("%d hosts, %v", len(p.MX), p.Worst())
	}
	if p := ParseSTS(many + strings.Repeat("mx: a\n", maxMX)); len(p.MX) > maxMX || p.Worst() != Disputed {
		t.Errorf("%d hosts, %v", len(p.MX), p.Worst())
	}
	if p := ParseSTS(strings.Repeat("x\n", 30000)); len(p.Faults) > maxFaults {
		t.Errorf("%d faults", len(p.Faults))
	}
}

// A wildcard stands for one label, the first (RFC 8461 section 4.1).
func TestCovers(t *testing.T) {
	p := STSPolicy{MX: []string{"mail.example.com", "*.example.net"}}
	for host, want := range map[string]bool{
		"mail.example.com": true, "MAIL.example.com.": true, "a.example.net": true, "example.net": false, "a.b.example.net": false,
		"example.com": false, "xmail.example.com": false, "mail.example.com.evil.example": false, "net": false, "": false, ".example.net": false,
	} {
		if got := p.Covers(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

// Whatever stands in a file, reading it ends, what was read is within its bounds, and each fault stands where it says.
func FuzzParseSTS(f *testing.F) {
	f.Add("version: STSv1\nmode: enforce\nmx: *.example.net\nmax_age: 604800\n")
	f.Add("\r\n mode:\n\x00: x")
	f.Fuzz(func(t *testing.T, text string) {
		p := ParseSTS(text)
		lines := strings.Split(text, "\n")
		if p.MaxAge < 0 || len(p.MX) > maxMX || len(p.Faults) > maxFaults {
			t.Errorf("%+v", p)
		}
		for _, fault := range p.Faults {
			if fault.Line < 1 || fault.Line > len(lines) || !strings.HasPrefix(lines[fault.Line-1], fault.Token) {
				t.Errorf("%+v in %q", fault, text)
			}
		}
		if p.Worst() != Ignored && (p.Mode == "" || p.Mode != None && len(p.MX) == 0) {
			t.Errorf("%+v counts", p)
		}
	})
}

func BenchmarkParseSTS(b *testing.B) {
	const policy = "version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n"
	for b.Loop() {
		if ParseSTS(policy).Worst() != 0 {
			b.Fatal("it has a fault")
		}
	}
}
