package zone

import (
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
)

// The slowest server is that whose fastest answer over UDP took longest.
func TestSlowestServer(t *testing.T) {
	took := func(d time.Duration) func(*evidence.Exchange) {
		return func(x *evidence.Exchange) { x.RTT = evidence.Seconds(d) }
	}
	soa := []string{"ns1.example.com. hostmaster.example.com. 1 7200 900 1209600 300"}
	ask := func(z *scene.Zone, server evidence.Server, d time.Duration, change ...func(*evidence.Exchange)) *scene.Zone {
		return z.Says(server, "example.com", "SOA", soa, append(change, took(d))...)
	}
	chance := ask(ask(ask(scene.ZoneWith(scene.OwnA, scene.OwnB), scene.OwnA, 4*time.Second), scene.OwnA, 30*time.Millisecond), scene.OwnB, 50*time.Millisecond)
	other := ask(ask(scene.ZoneWith(scene.OwnA, scene.OwnB), scene.OwnA, time.Second), scene.OwnB, 50*time.Millisecond)
	tcp := ask(ask(ask(scene.ZoneWith(scene.OwnA, scene.OwnB), scene.OwnA, 3*time.Second, scene.OverTCP), scene.OwnA, 90*time.Millisecond), scene.OwnB, 50*time.Millisecond)
	fastTCP := ask(ask(ask(scene.ZoneWith(scene.OwnA, scene.OwnB), scene.OwnA, time.Millisecond, scene.OverTCP), scene.OwnA, 90*time.Millisecond), scene.OwnB, 50*time.Millisecond)
	lost := ask(ask(scene.ZoneWith(scene.OwnA, scene.OwnB), scene.OwnA, 5*time.Second, scene.Silent), scene.OwnB, 50*time.Millisecond)
	for _, test := range []zoneTest{
		{"one answer is slow by chance", chance, map[facts.Name]string{facts.DNSNSSlowest: "50 ms", facts.DNSNSSlowestServer: "ns2.example.com [203.0.113.1]"}},
		{"one is slow each time", other, map[facts.Name]string{facts.DNSNSSlowest: "1 s", facts.DNSNSSlowestServer: "ns1.example.com [198.51.100.1]"}},
		{"TCP does not count", tcp, map[facts.Name]string{facts.DNSNSSlowest: "90 ms", facts.DNSNSSlowestServer: "ns1.example.com [198.51.100.1]"}},
		{"nor where it is faster", fastTCP, map[facts.Name]string{facts.DNSNSSlowest: "90 ms"}},
		{"silence is no answer", lost, map[facts.Name]string{facts.DNSNSSlowest: "50 ms"}},
		{"nobody answered", ask(scene.ZoneWith(scene.OwnA), scene.OwnA, 5*time.Second, scene.Silent), map[facts.Name]string{facts.DNSNSSlowest: "unknown: servfail", facts.DNSNSSlowestServer: "unknown: servfail"}},
	} {
		test.run(t)
	}
}
