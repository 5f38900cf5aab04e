package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/lab"
)

// exhausted is a network in which this machine has no descriptor left whenever it is to connect to some address.
type exhausted struct {
	*lab.Internet
	address string
	mu      sync.Mutex
	dialed  map[string]bool
}

func (e *exhausted) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	host, _, _ := net.SplitHostPort(address)
	e.mu.Lock()
	e.dialed[host] = true
	e.mu.Unlock()
	if host == e.address {
		return nil, &net.OpError{Op: "dial", Net: network, Err: os.NewSyscallError("socket", syscall.EMFILE)}
	}
	return e.Internet.DialContext(ctx, network, address)
}

// allWell is a domain without a fault in what faultsEverywhere speaks of, and a control.
func allWell(t *testing.T) string {
	text := encrypted(t, "true", "_mta-sts.example.com. 300 IN TXT \"v=STSv1; id=1\"\nmta-sts.example.com. 300 IN A 203.0.113.26", serves(stsFile))
	text = strings.Replace(text, "zones:\n", "zones:\n  - name: control.test\n    servers: [ns1.example.com]\n    records: |\n      control.test. IN MX 10 mx.control.test.\n      mx.control.test. IN A 203.0.113.99\n", 1)
	return strings.Replace(text, "smtp:\n", "smtp:\n  - {address: 203.0.113.99, name: mx.control.test}\n", 1)
}

const faultsEverywhere = `Failed To Connect
Warning - Reverse DNS does not match SMTP Banner
Warning - Does not support TLS.
example.com	Error	DNS Lookup Timeout	ns2.example.com	The name server timed out
example.com	Error	DNS Record Published	DNS Record not found
example.com	Error	MTA-STS HTTPS Policy Fetch	The policy could not be fetched
example.com	Error	SPF Record Published	No SPF Record found
`

// What this machine could not ask, because it had no descriptor left, counts against nobody, whichever server it was.
func TestDescriptorsRunOut(t *testing.T) {
	parallel(t)
	s, err := lab.Load("scenario", []byte(allWell(t)))
	if err != nil {
		t.Fatal(err)
	}
	// without runs the command where one address is out of reach, and tells which it dialed.
	without := func(address string) (dialed map[string]bool) {
		synctest.Test(t, func(t *testing.T) {
			internet, err := s.InMemory()
			if err != nil {
				t.Fatal(err)
			}
			network := &exhausted{Internet: internet, address: address, dialed: map[string]bool{}}
			var stdout, stderr bytes.Buffer
			app.Run([]string{"mxverdict", "--target", "example.com", "--control", "control.test", "--quiet", "--format", "json", "--resolver", internet.Resolver().String(),
				"--root-hints", rootHints(internet), "--helo", "tester.example.net"}, strings.NewReader(faultsEverywhere), &stdout, &stderr,
				app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: network, TrustedRoots: internet.TrustedRoots()})
			var a answer
			if err := json.Unmarshal(stdout.Bytes(), &a); err != nil {
				t.Fatalf("no JSON: %v: %s", err, &stderr)
			}
			for _, v := range a.Verdicts {
				if v.Verdict == "confirmed" {
					t.Errorf("without %q: %s is %s: %s", address, v.Rule, v.Verdict, v.Says)
				}
			}
			dialed = network.dialed
			time.Sleep(time.Minute)
			internet.Close()
			synctest.Wait()
		})
		return dialed
	}
	dialed := without("")
	if len(dialed) < 6 {
		t.Errorf("only %v were dialed", dialed)
	}
	for address := range dialed {
		without(address)
	}
}
