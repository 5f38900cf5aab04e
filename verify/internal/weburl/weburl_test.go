package weburl

import (
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, port := range map[string]uint16{
		"https://mta-sts.example.com/.well-known/mta-sts.txt": 443, "http://example.com": 80, "http://EXAMPLE.com:8080/a?b#c": 8080,
		"https://203.0.113.25:8443/": 8443, "https://[2001:db8::1]/": 443, "https://a_b.example.com/": 443, "https://example.com./": 443,
	} {
		if u, err := Parse(text); err != nil || Port(u) != port {
			t.Errorf("%q: %v, %v", text, u, err)
		}
	}
	for _, text := range []string{"", "/x", "example.com", "ftp://example.com/", "file:///etc/passwd", "javascript:alert(1)", "https://", "https:///x",
		"https://a@example.com/", "https://a:b@example.com/", "http://example.com:22/", "http://example.com:99999/", "http://example.com:-1/",
		"https://exa mple.com/", "https://ex\x00ample.com/", "https://b\u00fccher.example/", "https://-a.example.com/", "https://a..b/", "https://.a/",
		"https://" + strings.Repeat("a.", 130) + "b/", "https://example.com/" + strings.Repeat("a", maxLength), "https://example.com/" + strings.Repeat("\xa3", maxLength/3),
		"https://%41.example.com\n/"} {
		if u, err := Parse(text); err == nil {
			t.Errorf("%q: %v, want an error", text, u)
		}
	}
}

func TestResolve(t *testing.T) {
	from, err := Parse("https://example.com/a/b?c")
	if err != nil {
		t.Fatal(err)
	}
	for location, want := range map[string]string{
		"/x": "https://example.com/x", "x": "https://example.com/a/x", "?d": "https://example.com/a/b?d", "//example.net/y": "https://example.net/y",
		"http://example.net/": "http://example.net/", "x#y": "https://example.com/a/x", "": "https://example.com/a/b?c",
		"ftp://example.net/": "", "//a@example.net/": "", "https://example.net:25/": "", "\x01": "", strings.Repeat("a", maxLength+1): "",
	} {
		to, err := Resolve(from, location)
		if err == nil && to.String() != want || err != nil && want != "" {
			t.Errorf("%.50q: %v, %v, want %q", location, to, err, want)
		}
	}
}

// Whatever a stranger writes, what is visited is a host at a port of the web.
func FuzzParse(f *testing.F) {
	f.Add("https://example.com:8443/a", "//example.net/")
	f.Fuzz(func(t *testing.T, text, location string) {
		u, err := Parse(text)
		if err != nil {
			return
		}
		if again, err := Parse(u.String()); err != nil || again.String() != u.String() || Host(u) == "" || u.User != nil {
			t.Errorf("%q: %v, %v", text, again, err)
		}
		if to, err := Resolve(u, location); err == nil && (Host(to) == "" || Port(to) < 80) {
			t.Errorf("%q: %v", location, to)
		}
	})
}
