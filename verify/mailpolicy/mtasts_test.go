package mailpolicy

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestSTSRecord(t *testing.T) {
	tests := []struct {
		texts []string
		id    string // "" for an error
		none  bool   // the error is that nothing is announced
	}{
		{[]string{"v=STSv1; id=20160831085700Z;"}, "20160831085700Z", false},
		{[]string{"v=STSv1;id=1"}, "1", false},
		{[]string{"v=STSv1 ; id=1 ;"}, "1", false},
		{[]string{"v=spf1 -all", "v=STSv1; id=1"}, "1", false},
		{[]string{"v=STSv1; x=y; id=1; a.b=c"}, "1", false},
		{nil, "", true},
		{[]string{"v=spf1 -all"}, "", true},
		{[]string{"v=STSv2; id=1"}, "", true},
		{[]string{"v=stsv1; id=1"}, "", true},
		{[]string{" v=STSv1; id=1"}, "", true},
		{[]string{"v=STSv1; id=1", "v=STSv1; id=1"}, "", false},
		{[]string{"v=STSv1;"}, "", false},
		{[]string{"v=STSv1; id="}, "", false},
		{[]string{"v=STSv1; id=a-b"}, "", false},
		{[]string{"v=STSv1; id=" + strings.Repeat("1", 33)}, "", false},
		{[]string{"v=STSv1; id=" + strings.Repeat("1", 32)}, strings.Repeat("1", 32), false},
		{[]string{"v=STSv1; ID=1"}, "", false},
		{[]string{"v=STSv1; id=1; junk"}, "", false},
		{[]string{"v=STSv1; id=1;; x=y"}, "", false},
	}
	for _, test := range tests {
		id, err := STSRecord(test.texts)
		if id != test.id || (err == nil) != (test.id != "") || errors.Is(err, ErrNoRecord) != test.none {
			t.Errorf("%q: %q, %v", test.texts, id, err)
		}
	}
}

func TestParseSTS(t *testing.T) {
	const good = "version: STSv1\nmode: enforce\nmx: mail.example.com\nmx: *.example.net\nmax_age: 604800\n"
	p, err := ParseSTS(strings.ReplaceAll(good, "\n", "\r\n"))
	if err != nil || p.Mode != Enforce || p.MaxAge != 604800 || !slices.Equal(p.MX, []string{"mail.example.com", "*.example.net"}) {
		t.Errorf("%+v, %v", p, err)
	}
	fine := []string{
		strings.TrimSuffix(good, "\n"),
		"mode:testing\nmax_age:0\nmx:a.b\nversion:STSv1",
		"version: STSv1\nmode: none\nmax_age: 1\n",
		good + "mode: none\nsome_extension: x y\n\n",
		strings.Replace(good, "604800", "31557600", 1),
	}
	for _, text := range fine {
		if _, err := ParseSTS(text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
	bad := []string{
		"", "<html>", "mode: enforce\nmx: a.b\nmax_age: 1\n",
		strings.Replace(good, "STSv1", "STSv2", 1),
		strings.Replace(good, "enforce", "Enforce", 1),
		strings.Replace(good, "604800", "-1", 1),
		strings.Replace(good, "604800", "99999999999", 1),
		strings.Replace(good, "mail.example.com", "mail.*.com", 1),
		strings.Replace(good, "mail.example.com", "mail.example.com.", 1),
		strings.Replace(good, "mail.example.com", "*.", 1),
		strings.Replace(good, "max_age", "maxage", 1),
		"version: STSv1\nmode: enforce\nmax_age: 1\n",
		good + "junk\n",
	}
	for _, text := range bad {
		if p, err := ParseSTS(text); err == nil {
			t.Errorf("%q: %+v, want an error", text, p)
		}
	}
}

// The grammar has room for more than the longest time. Such a file is proper all the same, and senders keep it no longer than that.
func TestParseSTSWithTooLongAnAge(t *testing.T) {
	for _, age := range []string{"31557600", "31557601", "63115200", "9999999999"} {
		p, err := ParseSTS("version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: " + age + "\n")
		if err != nil || p.Mode != Enforce || p.MaxAge != 31557600 || !p.Covers("mail.example.com") {
			t.Errorf("%s: %+v, %v", age, p, err)
		}
	}
}

func TestCovers(t *testing.T) {
	p := STSPolicy{MX: []string{"mail.example.com", "*.example.net"}}
	for host, want := range map[string]bool{
		"mail.example.com": true, "MAIL.example.com.": true, "a.example.net": true, "example.net": false, "a.b.example.net": false,
		"example.com": false, "xmail.example.com": false, "net": false, "": false,
	} {
		if got := p.Covers(host); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
}

// Whatever stands in a file, reading it ends, and what was read is within its bounds.
func FuzzParseSTS(f *testing.F) {
	f.Add("version: STSv1\nmode: enforce\nmx: *.example.net\nmax_age: 604800\n")
	f.Fuzz(func(t *testing.T, text string) {
		if p, err := ParseSTS(text); err == nil && (p.MaxAge < 0 || p.MaxAge > maxSTSAge || len(p.MX) > maxMX) {
			t.Errorf("%+v", p)
		}
	})
}
