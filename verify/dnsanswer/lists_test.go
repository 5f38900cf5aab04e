package dnsanswer

import (
	"fmt"
	"strings"
	"testing"
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
