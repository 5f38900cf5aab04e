package dnsanswer

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"
)

// A host is one host, in however many records it stands and whatever stands between them: it has the place that is preferred.
func TestEachHostOnce(t *testing.T) {
	for _, test := range []struct{ records, want string }{
		{"10 a.example.com, 20 b.example.com", "10 a.example.com, 20 b.example.com"},
		{"10 a.example.com, 10 A.example.com", "10 a.example.com"},
		{"20 a.example.com, 10 a.example.com", "10 a.example.com"},
		{"30 a.example.com, 20 b.example.com, 10 a.example.com, 20 b.example.com", "10 a.example.com, 20 b.example.com"},
		{"10 a.example.com, 10 b.example.com, 20 c.example.com, 20 a.example.com", "10 a.example.com, 10 b.example.com, 20 c.example.com"},
		{"0 ., 10 a.example.com", "10 a.example.com"},
	} {
		var records, got []string
		for _, mx := range strings.Split(test.records, ", ") {
			records = append(records, "example.com. 300 IN MX "+mx)
		}
		for _, h := range HostsOf(Parse(records)) {
			got = append(got, fmt.Sprintf("%d %s", h.Preference, h.Name))
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %q, want %s", test.records, got, test.want)
		}
	}
}

// Texts are what is on the wire, in one piece: the library keeps quotation marks, backslashes and odd octets escaped.
func TestTexts(t *testing.T) {
	for data, want := range map[string]string{
		`"v=spf1 -all"`:         "v=spf1 -all",
		`"v=sp" "f1 -all"`:      "v=spf1 -all",
		`"say \"yes\""`:         `say "yes"`,
		`"back\\slash"`:         `back\slash`,
		`"p=reject\194\160"`:    "p=reject\xc2\xa0",
		`"\007\255"`:            "\x07\xff",
		`"4\\194"`:              `4\194`,
		`"a\\" "065"`:           `a\065`,
		`"" ""`:                 "",
		`"semicolons; are not"`: "semicolons; are not",
	} {
		got := Texts(Parse([]string{"example.com. 300 IN TXT " + data}))
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", data, got, want)
		}
	}
}

// Strings come as they were on the wire, whatever was escaped to write them down.
func TestStringsOfTexts(t *testing.T) {
	var every []byte
	for b := range 255 {
		every = append(every, byte(b))
	}
	for _, want := range [][]string{{"v=spf1 ", "-all"}, {`a"b\c`, `\`, ""}, {string(every)}, {"caf\xc3\xa9;", "\\065"}} {
		wire := []byte{0, 0, 16, 0, 1, 0, 0, 0, 0, 0, 0}
		for _, s := range want {
			wire = append(append(wire, byte(len(s))), s...)
		}
		wire[10] = byte(len(wire) - 11)
		wire[9] = byte((len(wire) - 11) >> 8)
		rr, _, err := dns.UnpackRR(wire, 0)
		if err != nil {
			t.Fatal(err)
		}
		text, ok := Text(rr)
		if got := Strings(Record(text).(*dns.TXT)); !ok || !slices.Equal(got, want) {
			t.Errorf("%q comes as %q", want, got)
		}
	}
}

// What is shown of a text is readable, and not too long.
func TestShown(t *testing.T) {
	for text, want := range map[string]string{
		`v=DMARC1; p=none`:       `v=DMARC1; p=none`,
		`say "hello"`:            `say "hello"`,
		"v=DMARC1;\xc2\xa0p":     `v=DMARC1;\u00a0p`,
		"a\x1b[31mb":             `a\x1b[31mb`,
		"\xff":                   `\xff`,
		strings.Repeat("x", 500): strings.Repeat("x", 400) + "...",
	} {
		if got := Shown(text); got != want {
			t.Errorf("%q: %s", text, got)
		}
	}
}
