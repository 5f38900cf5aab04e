package e2e

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/lab"
)

// portVerdict judges a row about a port of example.com. No wording of a reporter was seen that names a port, so that the row is made by
// hand; all else is as in a run of the command. A port of 0 is none; slow is how long connections take to other ports than that of DNS.
func portVerdict(t *testing.T, scenario, rule string, port int, slow time.Duration) (v rules.Verdict, dialled []string) {
	t.Helper()
	s, err := lab.Load("scenario", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	catalogue, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	row := report.Finding{N: 1, Line: 1, Rule: rule, Status: report.Error, Subject: "example.com", Wording: "made by hand", Values: map[string]report.Value{}}
	if port > 0 {
		row.Values["port"] = report.Number(float64(port))
	}
	r := report.Report{Findings: []report.Finding{row}, Target: report.Target{Domain: "example.com"}}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		dialer := &counting{Dialer: internet, slow: slow}
		b := verify.Run(t.Context(), verify.Make(catalogue.Needs(r)), verify.Options{Dialer: dialer, Resolver: internet.Resolver(), Roots: []netip.Addr{internet.Roots()[0]},
			MaxHosts: 5, Patience: time.Minute, Deadline: 10 * time.Minute})
		v = catalogue.Judge(r, verify.Facts(&b)).Verdicts[0]
		dialled = dialer.addresses()
		time.Sleep(time.Minute) // what is still on its way to a run that did not wait for it arrives
		internet.Close()
		synctest.Wait()
	})
	reached.note([]verdict{{Rule: v.Rule, Verdict: string(v.Verdict), Reason: v.Reason}})
	return v, dialled
}

func TestTCPPorts(t *testing.T) {
	parallel(t)
	fine := server("example.com", "", sitePage)
	silent := "  - {address: 203.0.113.80, name: example.com, connect: silent}\n"
	two := siteAddress + "example.com. 300 IN A 203.0.113.81\n"
	all := func(answer string) string {
		unlike := "unlike: [{name: example.com, type: A, answer: " + answer + "}, {name: example.com, type: AAAA, answer: " + answer + "}]"
		return "name_servers:\n  - {address: 203.0.113.1, " + unlike + "}\n  - {address: " + firstServer + ", " + unlike + "}\n  - {address: " + secondServer + ", " + unlike + "}\n"
	}
	for _, test := range []struct {
		name, rule, scenario string
		port                 int
		want                 string
	}{
		{"open", "tcp/connect", site(siteAddress, fine, "", ""), 80, "false_positive changed"},
		{"closed", "tcp/connect", site(siteAddress, fine, "", ""), 8080, "policy_disagreement"},
		{"silent", "tcp/connect", site(siteAddress, silent, "", ""), 80, "inconclusive connect_failed"},
		{"open at one of two addresses", "tcp/connect", site(two, fine, "", ""), 80, "false_positive changed"},
		{"no port named", "tcp/connect", site(siteAddress, fine, "", ""), 0, "inconclusive untested"},
		{"no port at all", "tcp/connect", site(siteAddress, fine, "", ""), 70000, "inconclusive untested"},
		{"no address", "tcp/connect", site("", "", "", ""), 80, "inconclusive not_found"},
		{"a private address", "tcp/connect", site("example.com. 300 IN A 10.1.2.3\n", "", "", ""), 80, "inconclusive private"},
		{"timeout", "tcp/connect", site(siteAddress, fine, "", all("silence")), 80, "inconclusive servfail"},
		{"SERVFAIL", "tcp/connect", site(siteAddress, fine, "", all("SERVFAIL")), 80, "inconclusive servfail"},
		{"REFUSED", "tcp/connect", site(siteAddress, fine, "", all("REFUSED")), 80, "inconclusive servfail"},
		{"servers differ", "tcp/connect", site(siteAddress, fine, "", at(secondServer, `zones: [{name: example.com, records: "example.com. 300 IN MX 10 mail.example.com."}]`)), 80, "inconclusive disagreement"},
		{"fast", "tcp/delay", site(siteAddress, fine, "", ""), 80, "false_positive changed"},
		{"slow", "tcp/delay", site(siteAddress, fine, "", ""), 80, "policy_disagreement"},
		{"closed", "tcp/delay", site(siteAddress, fine, "", ""), 8080, "inconclusive not_found"},
		{"silent", "tcp/delay", site(siteAddress, silent, "", ""), 80, "inconclusive connect_failed"},
		{"no port named", "tcp/delay", site(siteAddress, fine, "", ""), 0, "inconclusive untested"},
		{"SERVFAIL", "tcp/delay", site(siteAddress, fine, "", all("SERVFAIL")), 80, "inconclusive servfail"},
	} {
		t.Run(test.rule+" "+test.name, func(t *testing.T) {
			v, dialled := portVerdict(t, test.scenario, test.rule, test.port, map[bool]time.Duration{true: 6 * time.Second}[test.name == "slow"])
			if got := strings.TrimSpace(string(v.Verdict) + " " + v.Reason); got != test.want {
				t.Errorf("%s, want %s: %s", got, test.want, v.Says)
			}
			// Nothing but the port of the row, and name servers, is asked.
			for _, address := range dialled {
				at := netip.MustParseAddrPort(address)
				if at.Port() != 53 && int(at.Port()) != test.port {
					t.Errorf("%s was dialled for port %d", address, test.port)
				}
			}
			if test.port > 0 && test.port < 65536 && strings.HasPrefix(test.want, "policy") && !strings.Contains(v.Says+v.Claim, fmt.Sprint(test.port)) && test.rule == "tcp/connect" {
				t.Errorf("the port is not told: %s", v.Says)
			}
		})
	}
}

// counting is a dialer that notes where it was sent.
type counting struct {
	verify.Dialer
	slow time.Duration
	mu   sync.Mutex
	list []string
}

func (c *counting) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	c.mu.Lock()
	c.list = append(c.list, address)
	c.mu.Unlock()
	if !strings.HasSuffix(address, ":53") {
		time.Sleep(c.slow)
	}
	return c.Dialer.DialContext(ctx, network, address)
}

func (c *counting) addresses() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.list)
}
