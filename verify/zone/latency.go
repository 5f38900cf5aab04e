package zone

import (
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// slowest derives which name server takes longest to answer over UDP, each at its fastest: one answer may be slow by chance.
func (d *derivation) slowest(t *evidence.Target, put put) {
	var longest time.Duration
	var name string
	for _, server := range t.Servers {
		xs, _ := d.ExchangesWith(t, server)
		var fastest time.Duration
		for _, x := range xs {
			if rtt := x.RTT.D(); x.Transport == "udp" && x.RCode != "" && (fastest == 0 || rtt < fastest) {
				fastest = rtt
			}
		}
		if fastest > longest {
			longest, name = fastest, server.Name+" ["+server.Address+"]"
		}
	}
	if name == "" {
		why := facts.Unknown{Code: facts.ServFail, Detail: "no name server of the zone answered over UDP"}
		put(facts.DNSNSSlowest, facts.Value{}, why)
		put(facts.DNSNSSlowestServer, facts.Value{}, why)
		return
	}
	put(facts.DNSNSSlowest, facts.DurationValue(longest), facts.Unknown{})
	put(facts.DNSNSSlowestServer, facts.TextValue(name), facts.Unknown{})
}
