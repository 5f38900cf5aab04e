package zone

import (
	"time"

	"mxverdict/verify/facts"
)

// slowest derives which name server takes longest to answer over UDP, each at its fastest: one answer may be slow by chance.
func (d *derivation) slowest(here about) {
	var longest time.Duration
	slow := facts.Because(facts.Unknown{Code: facts.ServFail, Detail: "no name server of the zone answered over UDP"})
	which := slow
	// It is measured from here, with the way to the server in it: a far server may be near to others.
	for _, s := range d.judged() {
		var fastest time.Duration
		for _, x := range s.exchanges {
			// TCP takes a further way there and back for its connection, which is no fault of the server.
			if rtt := x.RTT.D(); x.Transport == "udp" && x.RCode != "" && (fastest == 0 || rtt < fastest) {
				fastest = rtt
			}
		}
		// A server that never answered over UDP has no time, and is told by other facts.
		if fastest > longest {
			longest = fastest
			slow, which = facts.Is(facts.DurationValue(longest)), facts.Is(facts.TextValue(s.label))
		}
	}
	here.put(slow, facts.DNSNSSlowest)
	here.put(which, facts.DNSNSSlowestServer)
}
