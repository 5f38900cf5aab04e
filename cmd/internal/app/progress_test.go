package app_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// A reader sees at once that name servers are asked, and within the first seconds of a wait for whom, be it the resolver, a
// name server or the second look.
func TestProgressOfLookups(t *testing.T) {
	const lag = "soa: {serial: 7}"
	tests := map[string]struct{ address, habit, want string }{
		"the resolver":   {"203.0.113.1", "behaves: [silent]", "waiting for the resolver, about example.com"},
		"a name server":  {"198.51.100.53", "behaves: [silent]", " s of at most 60 s: waiting for the name servers of the zone of example.com"},
		"a second look":  {"198.51.100.53", lag, " s of at most 30 s: waiting for a second look at the name servers of example.com"},
		"nobody in vain": {"198.51.100.53", "behaves: [truncate]", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s, err := lab.Load("lab", []byte(lookedUp+"name_servers: [{address: "+test.address+", "+test.habit+"}]\n"))
			if err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				internet, err := s.InMemory()
				if err != nil {
					t.Fatal(err)
				}
				var stdout bytes.Buffer
				stderr := &clocked{start: time.Now()}
				app.Run([]string{"mxverdict", "--target", "example.com", "--control", "none", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net"},
					strings.NewReader("Serial numbers do not match\n"), &stdout, stderr, app.Env{Context: t.Context(), Dialer: internet})
				internet.Close()
				synctest.Wait()
				if at, ok := stderr.when("Asking the name servers"); !ok || at > time.Second {
					t.Errorf("what is asked was said at %v (%v)", at, ok)
				}
				if _, ok := stderr.when("mail servers"); ok {
					t.Errorf("no mail server is asked, but: %q", stderr.lines)
				}
				if at, ok := stderr.when(test.want); test.want != "" && (!ok || at > 12*time.Second) {
					t.Errorf("%q came at %v (%v): %q", test.want, at, ok, stderr.lines)
				}
				if _, ok := stderr.when("waiting"); test.want == "" && ok {
					t.Errorf("a wait is shown where nobody waits: %q", stderr.lines)
				}
			})
		})
	}
}

const lookedUp = `
schema: mxverdict/scenario/1
resolver: 203.0.113.1
zones:
  - name: example.com
    servers: [ns1.example.com, ns2.example.com]
    records: |
      example.com.     300 IN MX 10 mail.example.com.
      mail.example.com. 300 IN A 203.0.113.25
      ns1.example.com. 300 IN A 192.0.2.53
      ns2.example.com. 300 IN A 198.51.100.53
`
