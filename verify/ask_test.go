package verify

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/lab"
)

// An answer that several reports share stands in the evidence once: twice, it would look like two tries. Another try, over another
// transport or at another time, is none of its copies.
func TestSharedAnswerIsRecordedOnce(t *testing.T) {
	r := (&Prober{}).newRun(Plan{})
	x := evidence.Exchange{At: time.Unix(1, 0), Server: "192.0.2.53:53", Transport: "udp", Name: "example.com", Type: "MX"}
	later, stream, round, other := x, x, x, x
	later.At, stream.Transport, round.Round, other.Server = x.At.Add(time.Second), "tcp", 1, "192.0.2.54:53"
	r.add([]evidence.Exchange{x, later, stream})
	r.add([]evidence.Exchange{stream, x, round, other, x})
	if n := len(r.bundle.Exchanges); n != 5 {
		t.Errorf("%d exchanges, want 5", n)
	}
}

// A proxy carries web requests too, through the guard for private addresses; DNS goes directly.
func TestWebThroughProxy(t *testing.T) {
	s, err := lab.Load("proxy", []byte(`schema: mxverdict/scenario/1
resolver: 192.0.2.1
zones: [{name: example.com, servers: [ns.example.com], records: "ns.example.com. 300 IN A 192.0.2.53\nexample.com. 300 IN A 203.0.113.80\nexample.com. 300 IN A 10.0.0.1"}]
http: [{address: 203.0.113.80, name: example.com, files: {/: hello}}]
https: [{address: 203.0.113.80, name: example.com, files: {/: hello}}]
`))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		direct, proxy := &noted{Dialer: internet}, &noted{Dialer: internet}
		Run(t.Context(), Plan{Targets: []Task{{Name: "example.com", Source: facts.FromWeb}}}, Options{Dialer: direct, Proxy: proxy, Resolver: internet.Resolver(),
			Roots: []netip.Addr{internet.Roots()[0]}, TrustedRoots: internet.TrustedRoots(), MaxHosts: 5, Patience: time.Minute})
		for _, address := range []string{"203.0.113.80:80", "203.0.113.80:443"} {
			if !slices.Contains(proxy.addresses, address) {
				t.Errorf("the proxy was not asked for %s: %q", address, proxy.addresses)
			}
		}
		for _, address := range proxy.addresses {
			if strings.HasPrefix(address, "10.") {
				t.Errorf("the proxy was asked for the private address %s", address)
			}
		}
		for _, address := range direct.addresses {
			if !strings.HasSuffix(address, ":53") {
				t.Errorf("%s was asked directly", address)
			}
		}
		internet.Close()
		synctest.Wait()
	})
}

// noted is a dialer that notes where it was sent.
type noted struct {
	Dialer
	mu        sync.Mutex
	addresses []string
}

func (n *noted) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	n.addresses = append(n.addresses, address)
	n.mu.Unlock()
	return n.Dialer.DialContext(ctx, network, address)
}
