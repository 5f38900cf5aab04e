package verify_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/lab"
)

// outage is a network in which connections to some servers are mute for a time.
type outage struct {
	verify.Dialer
	mute func(at netip.AddrPort, passed time.Duration) bool
	from time.Time
}

func (o outage) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	at, _ := netip.ParseAddrPort(address)
	switch {
	case !o.mute(at, time.Since(o.from)):
		return o.Dialer.DialContext(ctx, network, address)
	case at.Port() == 25:
		conn, _ := net.Pipe()
		return conn, nil
	}
	<-ctx.Done()
	return nil, ctx.Err()
}

// hourly tests reports one hour after the other in such a network.
func hourly(t *testing.T, scenario string, mute func(netip.AddrPort, time.Duration) bool, plans []verify.Plan, look func(report int, b evidence.Bundle)) {
	t.Helper()
	s, err := lab.Load("scenario", []byte("schema: mxverdict/scenario/1\nresolver: 192.0.2.1\n"+scenario))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		prober := verify.New(verify.Options{Dialer: outage{internet, mute, time.Now()}, Resolver: internet.Resolver(), Roots: internet.Roots(),
			Controls: []string{"control.test"}, SMTPPort: 25, MaxHosts: 20, Patience: 5 * time.Minute, Helo: "tester.example.net"})
		for i, plan := range plans {
			look(i, prober.Run(t.Context(), plan))
			time.Sleep(time.Hour)
		}
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
}

// That name servers answered hours ago, when another report asked the same of them, does not show that this network lets them be asked now:
// else the silence of others would be theirs.
func TestNetworkThatClosesLater(t *testing.T) {
	var b strings.Builder
	b.WriteString("zones:\n  - name: example.com\n    servers: [ns1.example.com]\n    records: |\n      ns1.example.com. 300 IN A 192.0.2.53\n      mail.example.com. 300 IN A 203.0.113.25\n")
	var plans []verify.Plan
	for i := range 2 {
		name := fmt.Sprintf("customer%d.test", i)
		fmt.Fprintf(&b, "  - name: %s\n    servers: [ns1.%[1]s]\n    records: |\n      ns1.%[1]s. 300 IN A 198.51.100.%[2]d\n      %[1]s. 300 IN MX 10 mail.example.com.\n", name, i+1)
		plans = append(plans, verify.Make([]facts.Need{{Target: name, Facts: []facts.Name{facts.SMTPGreetingLatency, facts.DNSSOASerial, facts.DNSHostLedBy}}}))
	}
	closes := func(at netip.AddrPort, passed time.Duration) bool {
		return at.Port() == 53 && at.Addr() != netip.MustParseAddr("192.0.2.1") && passed > 30*time.Minute
	}
	hourly(t, b.String()+"smtp:\n  - {address: 203.0.113.25, name: mail.example.com}\n", closes, plans, func(i int, b evidence.Bundle) {
		if want := []evidence.WayOut{evidence.Open, evidence.ResolverOnly}[i]; b.Vantage.DNSOut != want {
			t.Errorf("report %d: way out %q, want %q", i, b.Vantage.DNSOut, want)
		}
	})
}

// What was silent while this network let nothing through is not silent for all later reports, to which a control shows that it does.
func TestNetworkThatOpensLater(t *testing.T) {
	const scenario = "zones:\n  - name: control.test\n    servers: [ns1.control.test]\n    records: |\n      ns1.control.test. 300 IN A 192.0.2.53\n      control.test. 300 IN MX 10 mail.control.test.\n      mail.control.test. 300 IN A 203.0.113.25\n" +
		"smtp:\n  - {address: 203.0.113.25, name: mail.control.test}\n  - {address: 198.51.100.25, name: mail.example.com}\n"
	plan := verify.Make([]facts.Need{{Target: "198.51.100.25", Facts: []facts.Name{facts.SMTPGreetingReceived}}})
	opens := func(at netip.AddrPort, passed time.Duration) bool { return at.Port() == 25 && passed < 20*time.Minute }
	hourly(t, scenario, opens, []verify.Plan{plan, plan}, func(i int, b evidence.Bundle) {
		set := verify.Facts(&b)
		got, _ := set.Get(facts.SMTPGreetingReceived, set.Views("198.51.100.25", facts.Session)...)
		if closed, greeted := b.Vantage.SMTPOut == evidence.Closed, got.Value.Bool(); closed != (i == 0) || greeted != (i == 1) {
			t.Errorf("report %d: way out %q, greeted: %v", i, b.Vantage.SMTPOut, got)
		}
	})
}
