package webprobe

import (
	"context"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/lab"
)

const host = "mta-sts.example.com"

// asked is what became of one question to a host with some keys; further addresses refuse.
func asked(t *testing.T, keys string, ctx func() (context.Context, context.CancelFunc), addresses ...string) (tries []evidence.Fetch, requests []string) {
	t.Helper()
	s, err := lab.Load("test.yaml", []byte("schema: "+lab.Schema+"\nresolver: 192.0.2.1\nhttps: [{address: 203.0.113.26, name: "+host+", "+keys+"}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		n, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var at []netip.AddrPort
		for _, a := range addresses {
			at = append(at, netip.AddrPortFrom(netip.MustParseAddr(a), 443))
		}
		c, cancel := ctx()
		defer cancel()
		tries = Probe{Dialer: n, Roots: n.TrustedRoots()}.Get(c, "https://"+host+"/file", at)
		requests = n.Requests()
		n.Close()
	})
	return tries, requests
}

func patient() (context.Context, context.CancelFunc) {
	return context.WithCancel(context.Background())
}

func TestGet(t *testing.T) {
	const here = "203.0.113.26"
	long := strings.Repeat("x", MaxBody)
	tests := []struct {
		name, keys string
		addresses  []string
		status     int
		failure    evidence.FailureKind
		took       time.Duration
		body       string
	}{
		{"a file", `files: {/file: "a"}`, []string{here}, 200, "", 0, "a"},
		{"no such file", "files: {}", []string{here}, 404, "", 0, ""},
		{"a redirect is not followed", `status: 302, location: "https://mta-sts.example.com/other"`, []string{here}, 302, "", 0, ""},
		{"the second address", `files: {/file: "a"}`, []string{"203.0.113.27", here}, 200, "", 0, "a"},
		{"refused", "files: {}", []string{"203.0.113.27"}, 0, evidence.Refused, 0, ""},
		{"patience", `delay: 59s, files: {/file: "a"}`, []string{here}, 200, "", 59 * time.Second, "a"},
		{"its end", `delay: 5m, files: {/file: "a"}`, []string{here}, 0, evidence.Timeout, Limit, ""},
		{"expired", "certificate: expired", []string{here}, 0, evidence.BadCert, 0, ""},
		{"not yet valid", "certificate: not-yet-valid", []string{here}, 0, evidence.BadCert, 0, ""},
		{"self-signed", "certificate: self-signed", []string{here}, 0, evidence.BadCert, 0, ""},
		{"wrong name", "certificate: wrong-name", []string{here}, 0, evidence.BadCert, 0, ""},
		{"no intermediate", "certificate: trusted-no-intermediate", []string{here}, 0, evidence.BadCert, 0, ""},
		{"as long as may be", "files: {/file: " + long + "}", []string{here}, 200, "", 0, long},
		{"too long", "files: {/file: " + long + "x}", []string{here}, 200, evidence.TooLong, 0, long},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tries, requests := asked(t, test.keys, patient, test.addresses...)
			got := tries[len(tries)-1]
			if len(tries) != len(test.addresses) || got.Status != test.status || got.Body != test.body || got.Took.D() != test.took {
				t.Errorf("%d tries, %d after %v, %d bytes", len(tries), got.Status, got.Took.D(), len(got.Body))
			}
			switch {
			case (got.Failure == nil) != (test.failure == ""), got.Failure != nil && got.Failure.Kind != test.failure:
				t.Errorf("failure %+v, want %q", got.Failure, test.failure)
			case test.failure == evidence.BadCert && (len(requests) != 0 || got.TLS == nil || len(got.TLS.Certificates) == 0):
				t.Errorf("asked %q; TLS %+v", requests, got.TLS)
			case len(requests) > 1:
				t.Errorf("asked %q", requests)
			}
		})
	}
}

func TestInterrupted(t *testing.T) {
	cut := func() (context.Context, context.CancelFunc) {
		return context.WithTimeout(context.Background(), 3*time.Second)
	}
	tries, _ := asked(t, `delay: 30s, files: {/file: "a"}`, cut, "203.0.113.26", "203.0.113.27")
	if len(tries) != 1 || tries[0].Failure == nil || tries[0].Failure.Kind != evidence.Interrupted || tries[0].Took.D() != 3*time.Second {
		t.Errorf("%+v", tries)
	}
}

// Only HTTPS is spoken.
func TestOnlyHTTPS(t *testing.T) {
	for _, target := range []string{"http://example.com/", "file:///etc/passwd", "https:///x", "\x00"} {
		if tries := (Probe{}).Get(t.Context(), target, []netip.AddrPort{netip.MustParseAddrPort("203.0.113.26:443")}); tries != nil {
			t.Errorf("%q: %+v", target, tries)
		}
	}
}
