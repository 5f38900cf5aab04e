package dnsanswer

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
)

func TestAt(t *testing.T) {
	for _, test := range []struct {
		server, address string
		want            bool
	}{
		{"192.0.2.1:53", "192.0.2.1", true}, {"192.0.2.1", "192.0.2.1", true}, {"[2001:db8::1]:53", "2001:db8::1", true}, {"2001:db8::1", "2001:db8::1", true},
		{"192.0.2.11:53", "192.0.2.1", false}, {"192.0.2.1:53", "192.0.2.11", false}, {"[2001:db8::1:5]:53", "2001:db8::1", false},
		{"[2001:db8::1]:53", "2001:db8::1:53", false}, {"", "192.0.2.1", false}, {"192.0.2.1:53", "", false},
	} {
		if got := At(&evidence.Exchange{Server: test.server}, test.address); got != test.want {
			t.Errorf("%q at %q: %v", test.server, test.address, got)
		}
	}
}

// Names are octets (RFC 2181 section 11); what the presentation format adds is no part of them.
func TestPlainNames(t *testing.T) {
	for name, want := range map[string]string{
		"mail.example.com": "mail.example.com", `o\'brien.example.com`: "o'brien.example.com", `a\ b`: "a b", `m\195\188ller`: "müller", `a\\b`: `a\b`,
		`a\.b`: "a.b", `a\0`: "a0", `a\12`: "a12", `a\999`: "a999", `a\`: `a\`, "": "",
	} {
		if got := Plain(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
	for name, want := range map[string]bool{"": false, `a\.b.example.com`: false, `a\\.example.com`: false, `o\'brien.example.com`: true, "example.com": true} {
		if got := Askable(name); got != want {
			t.Errorf("%q askable: %v", name, got)
		}
	}
}

func TestHostNames(t *testing.T) {
	valid := []string{"mail.example.com", "example.com", "MAIL.EXAMPLE.COM", "xn--bcher-kva.example", "1and1.example", "a-b.example", "3.example.com"}
	invalid := []string{"", "localhost", "mail_1.example.com", "-mail.example.com", "mail-.example.com", "mail..example.com", "mail.example.com.",
		"192.0.2.1", "mail.example.25", "bücher.example", "mail .example.com", strings.Repeat("a", 64) + ".example",
		strings.Repeat("a.", 126) + "example"}
	for _, name := range valid {
		if !ValidHostname(name) {
			t.Errorf("%q is called no host name", name)
		}
	}
	for _, name := range invalid {
		if ValidHostname(name) {
			t.Errorf("%q is called a host name", name)
		}
	}
}
