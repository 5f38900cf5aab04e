package smtp

import (
	"testing"
)

// A name stands in a greeting as a whole, or it does not stand there.
func TestNameInGreeting(t *testing.T) {
	for greeting, want := range map[string]bool{
		"x.example.com ESMTP":                   true,
		"X.Example.COM ESMTP":                   true,
		"x.example.com. ESMTP":                  true,
		"Welcome to x.example.com.":             true,
		"[x.example.com], at your service":      true,
		"<x.example.com>":                       true,
		"ESMTP (x.example.com; Postfix)":        true,
		"mx.example.com and x.example.com":      true,
		"postmaster@x.example.com":              true,
		"x.example.com/25":                      true,
		"x.example.com... go ahead":             true,
		"mx.example.com ESMTP":                  false,
		"a.x.example.com ESMTP":                 false,
		"x.example.community ESMTP":             false,
		"x.example.com.example.net ESMTP":       false,
		"x.example.com-2 ESMTP":                 false,
		"no-x.example.com ESMTP":                false,
		"_x.example.com ESMTP":                  false,
		"\u00fcx.example.com ESMTP":             false,
		"x.example.comx.example.comx":           false,
		"x example com":                         false,
		"":                                      false,
		"mail.example.net, not xx.example.com.": false,
	} {
		for _, name := range []string{"x.example.com", "X.EXAMPLE.COM."} {
			if got := standsIn(name, greeting); got != want {
				t.Errorf("%q in %q: %v", name, greeting, got)
			}
		}
	}
	if standsIn("", "mail.example.com") {
		t.Error("no name stands in a greeting")
	}
}

func TestAddressLiterals(t *testing.T) {
	valid := []string{"[192.0.2.1]", "[IPv6:2001:db8::1]", "[ipv6:::1]"}
	invalid := []string{"", "[]", "192.0.2.1", "[192.0.2]", "[2001:db8::1]", "[IPv6:192.0.2.1]", "[IPv6:fe80::1%eth0]", "[192.0.2.1", "192.0.2.1]", "[mail.example.com]"}
	for _, text := range valid {
		if !addressLiteral(text) {
			t.Errorf("%q is called no address literal", text)
		}
	}
	for _, text := range invalid {
		if addressLiteral(text) {
			t.Errorf("%q is called an address literal", text)
		}
	}
}
