package names

import (
	"testing"

	"github.com/miekg/dns"
)

func TestMXTexts(t *testing.T) {
	for record, want := range map[string]string{
		"example.com. MX 10 Mail.example.com.": "10 mail.example.com",
		"example.com. MX 0 .":                  "0 .",
		"example.com. MX 10 .":                 "10 .",
	} {
		rr, err := dns.NewRR(record)
		if err != nil {
			t.Fatal(err)
		}
		if got := mxText(rr.(*dns.MX)); got != want {
			t.Errorf("%s is written %q, want %q", record, got, want)
		}
	}
}
