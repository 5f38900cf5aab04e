package webprobe

import (
	"context"
	"net/netip"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/internal/weburl"
)

// connectTime is how long a connection may take: as long as Postfix waits for one.
const connectTime = 30 * time.Second

// Connect makes a bare connection to a port (weburl.TCP) at an address and closes it. Nothing is sent and nothing is read, so that no
// service takes it for a client.
func (p Probe) Connect(ctx context.Context, target string, address netip.Addr) evidence.Fetch {
	_, port, _ := weburl.ParseTCP(target)
	at, start := netip.AddrPortFrom(address, port), time.Now()
	f := &fetch{p, &evidence.Fetch{URL: target, Address: at.String(), At: start.UTC()}, nil, start}
	limited, cancel := context.WithTimeout(ctx, connectTime)
	defer cancel()
	conn, err := p.Dialer.DialContext(limited, "tcp", at.String())
	if err == nil {
		f.done(evidence.StepConnect)
		conn.Close()
	}
	if f.fail(err, address); f.Failure != nil && ctx.Err() != nil {
		f.Failure.Kind = evidence.Interrupted
	}
	f.Took = f.since()
	return *f.Fetch
}
