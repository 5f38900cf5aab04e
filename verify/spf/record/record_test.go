package record

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// texts are records made by hand, with what the grammar of RFC 7208 section 12 makes of them: how a sound one is printed, and the column and
// the text of each term that breaks it.
var texts = []struct {
	text, printed string
	faults        []string
}{
	// The version, and the blanks between terms.
	{"v=spf1", "v=spf1", nil},
	{"v=spf1 ", "v=spf1", nil},
	{"v=spf1 -all", "v=spf1 -all", nil},
	{"V=SPF1 -ALL", "v=spf1 -all", nil},
	{"v=spf1   a   -all   ", "v=spf1 a -all", nil},
	{"v=spf1\t-all", "no record", nil},
	{"v=spf1 a\t-all", "v=spf1 a\t-all", []string{"8 a\t-all"}},
	{"v=spf10 -all", "no record", nil},
	{" v=spf1 -all", "no record", nil},
	{"v=spf2.0/pra -all", "no record", nil},
	{"spf1 -all", "no record", nil},
	{"", "no record", nil},
	{"v=spf1-all", "no record", nil},
	{"\"v=spf1 -all\"", "no record", nil},
	{"v=spf1 v=spf1 -all", "v=spf1 v=spf1 -all", nil}, // an unknown modifier of the name v
	// Qualifiers, and the mechanism all.
	{"v=spf1 +all", "v=spf1 all", nil},
	{"v=spf1 ~all", "v=spf1 ~all", nil},
	{"v=spf1 ?all", "v=spf1 ?all", nil},
	{"v=spf1 !all", "v=spf1 !all", []string{"8 !all"}},
	{"v=spf1 --all", "v=spf1 --all", []string{"8 --all"}},
	{"v=spf1 - all", "v=spf1 - all", []string{"8 -"}},
	{"v=spf1 –all", "v=spf1 –all", []string{"8 –all"}}, // a dash that a word processor made
	{"v=spf1 -all.", "v=spf1 -all.", []string{"8 -all."}},
	{"v=spf1 all:example.com", "v=spf1 all:example.com", []string{"8 all:example.com"}},
	{"v=spf1 all/8", "v=spf1 all/8", []string{"8 all/8"}},
	{"v=spf1 -al", "v=spf1 -al", []string{"8 -al"}},
	// include and exists need a domain.
	{"v=spf1 include:_spf.example.com ~all", "v=spf1 include:_spf.example.com ~all", nil},
	{"v=spf1 INCLUDE:_spf.Example.com ~all", "v=spf1 include:_spf.Example.com ~all", nil},
	{"v=spf1 include:example.com. ~all", "v=spf1 include:example.com. ~all", nil},
	{"v=spf1 include ~all", "v=spf1 include ~all", []string{"8 include"}},
	{"v=spf1 include: ~all", "v=spf1 include: ~all", []string{"8 include:"}},
	{"v=spf1 include: spf.example.com ~all", "v=spf1 include: spf.example.com ~all", []string{"8 include:", "17 spf.example.com"}},
	{"v=spf1 include:com ~all", "v=spf1 include:com ~all", []string{"8 include:com"}},
	{"v=spf1 include:example.com/24 ~all", "v=spf1 include:example.com/24 ~all", []string{"8 include:example.com/24"}},
	{"v=spf1 include:example.123 ~all", "v=spf1 include:example.123 ~all", []string{"8 include:example.123"}},
	{"v=spf1 include:192.0.2.1 ~all", "v=spf1 include:192.0.2.1 ~all", []string{"8 include:192.0.2.1"}},
	{"v=spf1 include:example.com- ~all", "v=spf1 include:example.com- ~all", []string{"8 include:example.com-"}},
	{"v=spf1 include:a.b-c ~all", "v=spf1 include:a.b-c ~all", nil},
	{"v=spf1 include:http://example.com ~all", "v=spf1 include:http://example.com ~all", nil}, // odd, and within the grammar
	{"v=spf1 include:exämple.com ~all", "v=spf1 include:exämple.com ~all", []string{"8 include:exämple.com"}},
	{"v=spf1 include=_spf.example.com ~all", "v=spf1 include=_spf.example.com ~all", nil}, // an unknown modifier, to be ignored
	{"v=spf1 exists:%{i}._spf.example.com -all", "v=spf1 exists:%{i}._spf.example.com -all", nil},
	{"v=spf1 exists -all", "v=spf1 exists -all", []string{"8 exists"}},
	{"v=spf1 exists:foo/bar.example.com -all", "v=spf1 exists:foo/bar.example.com -all", nil},
	// a and mx, with a domain and lengths of networks.
	{"v=spf1 a mx -all", "v=spf1 a mx -all", nil},
	{"v=spf1 a:example.com mx:example.net -all", "v=spf1 a:example.com mx:example.net -all", nil},
	{"v=spf1 a/24 mx//64 a:example.com/24//64 -all", "v=spf1 a/24 mx//64 a:example.com/24//64 -all", nil},
	{"v=spf1 a:example.com//48 -all", "v=spf1 a:example.com//48 -all", nil},
	{"v=spf1 a:%{d}/24 -all", "v=spf1 a:%{d}/24 -all", nil},
	{"v=spf1 a: -all", "v=spf1 a: -all", []string{"8 a:"}},
	{"v=spf1 a/33 -all", "v=spf1 a/33 -all", []string{"8 a/33"}},
	{"v=spf1 a/032 -all", "v=spf1 a/032 -all", []string{"8 a/032"}},
	{"v=spf1 a/ -all", "v=spf1 a/ -all", []string{"8 a/"}},
	{"v=spf1 a//129 -all", "v=spf1 a//129 -all", []string{"8 a//129"}},
	{"v=spf1 a/24/64 -all", "v=spf1 a/24/64 -all", []string{"8 a/24/64"}},
	{"v=spf1 a/0//0 -all", "v=spf1 a/0//0 -all", nil},
	{"v=spf1 mx.example.com -all", "v=spf1 mx.example.com -all", []string{"8 mx.example.com"}},
	{"v=spf1 a:203.0.113.25 -all", "v=spf1 a:203.0.113.25 -all", []string{"8 a:203.0.113.25"}},
	// ptr.
	{"v=spf1 ptr -all", "v=spf1 ptr -all", nil},
	{"v=spf1 ptr:example.com -all", "v=spf1 ptr:example.com -all", nil},
	{"v=spf1 ptr/24 -all", "v=spf1 ptr/24 -all", []string{"8 ptr/24"}},
	{"v=spf1 ptr: -all", "v=spf1 ptr: -all", []string{"8 ptr:"}},
	// ip4 and ip6.
	{"v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 -all", "v=spf1 ip4:192.0.2.1 ip4:192.0.2.0/24 -all", nil},
	{"v=spf1 ip4:192.0.2.1/0 -all", "v=spf1 ip4:192.0.2.1/0 -all", nil},
	{"v=spf1 ip4:1.2.3.4/33 -all", "v=spf1 ip4:1.2.3.4/33 -all", []string{"8 ip4:1.2.3.4/33"}},
	{"v=spf1 ip4:1.2.3.4/08 -all", "v=spf1 ip4:1.2.3.4/08 -all", []string{"8 ip4:1.2.3.4/08"}},
	{"v=spf1 ip4:1.2.3 -all", "v=spf1 ip4:1.2.3 -all", []string{"8 ip4:1.2.3"}},
	{"v=spf1 ip4:1.2.3.256 -all", "v=spf1 ip4:1.2.3.256 -all", []string{"8 ip4:1.2.3.256"}},
	{"v=spf1 ip4:1.2.3.04 -all", "v=spf1 ip4:1.2.3.04 -all", []string{"8 ip4:1.2.3.04"}},
	{"v=spf1 ip4:mail.example.com -all", "v=spf1 ip4:mail.example.com -all", []string{"8 ip4:mail.example.com"}},
	{"v=spf1 ip4: 192.0.2.1 -all", "v=spf1 ip4: 192.0.2.1 -all", []string{"8 ip4:", "13 192.0.2.1"}},
	{"v=spf1 ip4 -all", "v=spf1 ip4 -all", []string{"8 ip4"}},
	{"v=spf1 ip4=192.0.2.1 -all", "v=spf1 ip4=192.0.2.1 -all", nil}, // an unknown modifier
	{"v=spf1 ip4:192.0.2.1:25 -all", "v=spf1 ip4:192.0.2.1:25 -all", []string{"8 ip4:192.0.2.1:25"}},
	{"v=spf1 ip4:192.0.2.1,192.0.2.2 -all", "v=spf1 ip4:192.0.2.1,192.0.2.2 -all", []string{"8 ip4:192.0.2.1,192.0.2.2"}},
	{"v=spf1 ip6:2001:db8::/32 -all", "v=spf1 ip6:2001:db8::/32 -all", nil},
	{"v=spf1 ip6:::ffff:192.0.2.1 -all", "v=spf1 ip6:::ffff:192.0.2.1 -all", nil},
	{"v=spf1 ip6:2001:db8::/129 -all", "v=spf1 ip6:2001:db8::/129 -all", []string{"8 ip6:2001:db8::/129"}},
	{"v=spf1 ip6:192.0.2.1 -all", "v=spf1 ip6:192.0.2.1 -all", []string{"8 ip6:192.0.2.1"}},
	{"v=spf1 ip4:2001:db8::1 -all", "v=spf1 ip4:2001:db8::1 -all", []string{"8 ip4:2001:db8::1"}},
	{"v=spf1 ip6:fe80::1%eth0 -all", "v=spf1 ip6:fe80::1%eth0 -all", []string{"8 ip6:fe80::1%eth0"}},
	{"v=spf1 ipv4:192.0.2.1 -all", "v=spf1 ipv4:192.0.2.1 -all", []string{"8 ipv4:192.0.2.1"}},
	{"v=spf1 ip:192.0.2.1 -all", "v=spf1 ip:192.0.2.1 -all", []string{"8 ip:192.0.2.1"}},
	// Modifiers.
	{"v=spf1 redirect=_spf.example.com", "v=spf1 redirect=_spf.example.com", nil},
	{"v=spf1 redirect=example.com mx", "v=spf1 redirect=example.com mx", nil},
	{"v=spf1 REDIRECT=example.com", "v=spf1 redirect=example.com", nil},
	{"v=spf1 redirect:_spf.example.com", "v=spf1 redirect:_spf.example.com", []string{"8 redirect:_spf.example.com"}},
	{"v=spf1 redirect= -all", "v=spf1 redirect= -all", []string{"8 redirect="}},
	{"v=spf1 redirect -all", "v=spf1 redirect -all", []string{"8 redirect"}},
	{"v=spf1 +redirect=example.com", "v=spf1 +redirect=example.com", []string{"8 +redirect=example.com"}},
	{"v=spf1 redirect=a.example redirect=b.example", "v=spf1 redirect=a.example redirect=b.example", []string{"27 redirect=b.example"}},
	{"v=spf1 -all exp=explain.example.com", "v=spf1 -all exp=explain.example.com", nil},
	{"v=spf1 exp=a.example exp=b.example -all", "v=spf1 exp=a.example exp=b.example -all", []string{"22 exp=b.example"}},
	{"v=spf1 exp:a.example -all", "v=spf1 exp:a.example -all", []string{"8 exp:a.example"}},
	{"v=spf1 exp= -all", "v=spf1 exp= -all", []string{"8 exp="}},
	{"v=spf1 moo=cow%{d} x-y.z= -all", "v=spf1 moo=cow%{d} x-y.z= -all", nil},
	{"v=spf1 moo=cow% -all", "v=spf1 moo=cow% -all", []string{"8 moo=cow%"}},
	{"v=spf1 1moo=cow -all", "v=spf1 1moo=cow -all", []string{"8 1moo=cow"}},
	{"v=spf1 =cow -all", "v=spf1 =cow -all", []string{"8 =cow"}},
	// Macros.
	{"v=spf1 include:%{ir}.%{v}.%{d}.spf.example.net ~all", "v=spf1 include:%{ir}.%{v}.%{d}.spf.example.net ~all", nil},
	{"v=spf1 exists:%{l1r+-}.%{d2}.example.net -all", "v=spf1 exists:%{l1r+-}.%{d2}.example.net -all", nil},
	{"v=spf1 exists:%{D} -all", "v=spf1 exists:%{D} -all", nil},
	{"v=spf1 exists:a%%b%_c%-d.example.com -all", "v=spf1 exists:a%%b%_c%-d.example.com -all", nil},
	{"v=spf1 exists:%{d0}.example.com -all", "v=spf1 exists:%{d0}.example.com -all", []string{"8 exists:%{d0}.example.com"}},
	{"v=spf1 exists:%{x}.example.com -all", "v=spf1 exists:%{x}.example.com -all", []string{"8 exists:%{x}.example.com"}},
	{"v=spf1 exists:%{c}.example.com -all", "v=spf1 exists:%{c}.example.com -all", []string{"8 exists:%{c}.example.com"}},
	{"v=spf1 exists:%{i.example.com -all", "v=spf1 exists:%{i.example.com -all", []string{"8 exists:%{i.example.com"}},
	{"v=spf1 exists:%i.example.com -all", "v=spf1 exists:%i.example.com -all", []string{"8 exists:%i.example.com"}},
	{"v=spf1 exists:%{}.example.com -all", "v=spf1 exists:%{}.example.com -all", []string{"8 exists:%{}.example.com"}},
	{"v=spf1 exists:%{rd}.example.com -all", "v=spf1 exists:%{rd}.example.com -all", []string{"8 exists:%{rd}.example.com"}},
	{"v=spf1 exists:%{d}x -all", "v=spf1 exists:%{d}x -all", []string{"8 exists:%{d}x"}},
	// What stands behind all is read like the rest.
	{"v=spf1 -all ip4:192.0.2.1", "v=spf1 -all ip4:192.0.2.1", nil},
	{"v=spf1 -all nonsense", "v=spf1 -all nonsense", []string{"13 nonsense"}},
	{"v=spf1 mx; -all", "v=spf1 mx; -all", []string{"8 mx;"}},
	{"v=spf1 a, mx, -all", "v=spf1 a, mx, -all", []string{"8 a,", "11 mx,"}},
	{"v=spf1 include:a.example include:b.exampleip4:192.0.2.1 -all", "v=spf1 include:a.example include:b.exampleip4:192.0.2.1 -all", []string{"26 include:b.exampleip4:192.0.2.1"}},
}

func TestRecords(t *testing.T) {
	for _, test := range texts {
		r, ok := Parse(test.text)
		printed := "no record"
		if ok {
			printed = r.String()
		}
		if printed != test.printed {
			t.Errorf("%q is printed %q, want %q", test.text, printed, test.printed)
		}
		var faults []string
		for _, term := range r.Faulty() {
			faults = append(faults, fmt.Sprintf("%d %s", term.Column, term.Text))
			if term.Fault == "" || strings.HasSuffix(term.Fault, ".") {
				t.Errorf("%q: %q says %q", test.text, term.Text, term.Fault)
			}
		}
		if !slices.Equal(faults, test.faults) {
			t.Errorf("%q has the faults %q, want %q", test.text, faults, test.faults)
		}
	}
	if len(texts) < 100 {
		t.Errorf("only %d records", len(texts))
	}
}

// What is printed reads back as what it was printed from.
func FuzzRecords(f *testing.F) {
	for _, test := range texts {
		f.Add(test.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, ok := Parse(text)
		if !ok {
			return
		}
		printed := r.String()
		again, ok := Parse(printed)
		if !ok || again.String() != printed {
			t.Fatalf("%q is printed %q, and that %q", text, printed, again.String())
		}
		if len(again.Faulty()) != len(r.Faulty()) {
			t.Fatalf("%q: %d faults, printed %d", text, len(r.Faulty()), len(again.Faulty()))
		}
		for _, term := range r.Terms {
			term.Target.Expand("example.com", Stranger("example.com"))
			if got := text[term.Column-1:]; !strings.HasPrefix(got, term.Text) {
				t.Fatalf("%q: %q does not stand at column %d", text, term.Text, term.Column)
			}
		}
	})
}

// The examples of RFC 7208 section 7.4.
func TestMacrosOfTheStandard(t *testing.T) {
	from := Sender{Local: "strong-bad", Domain: "email.example.com", Helo: "mx.example.org", IP: netip.MustParseAddr("192.0.2.3")}
	for text, want := range map[string]string{
		"%{s}.x": "strong-bad@email.example.com.x", "%{o}": "email.example.com", "%{d}": "email.example.com", "%{d4}": "email.example.com",
		"%{d3}": "email.example.com", "%{d2}": "example.com", "%{d1}": "com", "%{dr}": "com.example.email", "%{d2r}": "example.email",
		"%{l}.x": "strong-bad.x", "%{l-}.x": "strong.bad.x", "%{lr}.x": "strong-bad.x", "%{lr-}.x": "bad.strong.x", "%{l1r-}.x": "strong.x",
		"%{ir}.%{v}._spf.%{d2}":             "3.2.0.192.in-addr._spf.example.com",
		"%{lr-}.lp._spf.%{d2}":              "bad.strong.lp._spf.example.com",
		"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}":   "bad.strong.lp.3.2.0.192.in-addr._spf.example.com",
		"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}":  "3.2.0.192.in-addr.strong.lp._spf.example.com",
		"%{d2}.trusted-domains.example.net": "example.com.trusted-domains.example.net",
		"%{h}.a%%b%_c%-d.example.com":       "mx.example.org.a%b c%20d.example.com",
		"%{L}.x":                            "strong-bad.x",
		"%{p}.x":                            "unknown.x",
	} {
		r, _ := Parse("v=spf1 exists:" + text)
		if got := r.Terms[0].Target.Expand("email.example.com", from); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	from.IP = netip.MustParseAddr("2001:db8::cb01")
	r, _ := Parse("v=spf1 exists:%{ir}.%{v}._spf.%{d2}")
	if got, want := r.Terms[0].Target.Expand("email.example.com", from), "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r, _ = Parse("v=spf1 exists:%{I}.x")
	from.IP = netip.MustParseAddr("192.0.2.3")
	if got := r.Terms[0].Target.Expand("d", from); got != "192.0.2.3.x" {
		t.Error(got)
	}
}

// A name of more than 253 octets is cut from the left, at a dot (RFC 7208 section 7.3).
func TestLongNamesAreCut(t *testing.T) {
	r, _ := Parse("v=spf1 exists:" + strings.Repeat("abcdefgh.", 40) + "example.com")
	got := r.Terms[0].Target.Expand("d", Stranger("d"))
	if len(got) > 253 || !strings.HasPrefix(got, "abcdefgh.") || !strings.HasSuffix(got, ".example.com") || len(got) < 240 {
		t.Errorf("%d octets: %q", len(got), got)
	}
}

// Which names hang on who sends, and cannot be looked up before mail comes.
func TestPerSender(t *testing.T) {
	for text, want := range map[string]bool{"exists:%{i}.example.com": true, "include:%{d}.example.com": false, "include:%{l}.example.com": true,
		"exists:%{h}": true, "redirect=%{o}": false, "a": false, "include:%{s}.x.y": true, "exists:%{p}.x.y": true, "a:%%.example.com": false, "exists:%{V}.x.y": true} {
		if r, _ := Parse("v=spf1 " + text); r.Terms[0].Target.PerSender() != want {
			t.Errorf("%s hangs on the sender: %v", text, !want)
		}
	}
}

// Hostile records cost what they are long, and no more.
func TestHostileRecords(t *testing.T) {
	for name, text := range map[string]string{
		"ten thousand includes":   "v=spf1" + strings.Repeat(" include:a.example.com", 10000) + " -all",
		"a macro of 4 KiB":        "v=spf1 exists:" + strings.Repeat("%{s128r.-+,/_=}", 4096/15) + ".example.com -all",
		"one term of 64 KiB":      "v=spf1 include:" + strings.Repeat("a.", 32<<10) + "example.com -all",
		"nothing but blanks":      "v=spf1" + strings.Repeat(" ", 64<<10),
		"a length without an end": "v=spf1 ip4:192.0.2.0/" + strings.Repeat("9", 64<<10),
		"open macros":             "v=spf1 exists:" + strings.Repeat("%{", 32<<10),
	} {
		r, ok := Parse(text)
		if !ok {
			t.Errorf("%s: no record", name)
		}
		for _, term := range r.Terms {
			if got := term.Target.Expand("example.com", Stranger("example.com")); len(got) > 253 {
				t.Errorf("%s: a name of %d octets", name, len(got))
			}
		}
	}
}

func BenchmarkParse(b *testing.B) {
	const text = "v=spf1 a mx ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example.com include:mail.example.net exists:%{ir}.%{v}._spf.%{d2} ~all"
	b.ReportAllocs()
	for b.Loop() {
		if r, ok := Parse(text); !ok || len(r.Faulty()) > 0 {
			b.Fatal(r)
		}
	}
}
