package verify

import (
	"testing"

	"mxverdict/verify/evidence"
)

// Who let questions out: a server that was reached, even if only an error came of it, speaks for the network; one mute server may be
// down, two are not by chance.
func TestWhichNameServersThisNetworkLetsAsk(t *testing.T) {
	x := func(role evidence.Role, server, rcode string, failure evidence.FailureKind) evidence.Exchange {
		x := evidence.Exchange{Role: role, Server: server, RCode: rcode}
		if failure != "" {
			x.Failure = &evidence.Failure{Kind: failure}
		}
		return x
	}
	resolver := x(evidence.Resolver, "192.0.2.1:53", "NOERROR", "")
	one, two := "198.51.100.1:53", "203.0.113.1:53"
	own := func(server string, failure evidence.FailureKind) evidence.Exchange {
		return x(evidence.Authoritative, server, "", failure)
	}
	for name, test := range map[string]struct {
		xs   []evidence.Exchange
		want evidence.WayOut
	}{
		"nobody was asked":                          {nil, ""},
		"the resolver alone was asked":              {[]evidence.Exchange{resolver}, evidence.Open},
		"one is mute":                               {[]evidence.Exchange{resolver, own(one, evidence.Timeout)}, evidence.Open},
		"one is mute twice":                         {[]evidence.Exchange{resolver, own(one, evidence.Timeout), own(one, evidence.Timeout)}, evidence.Open},
		"two are mute":                              {[]evidence.Exchange{resolver, own(one, evidence.Timeout), own(two, evidence.Timeout)}, evidence.ResolverOnly},
		"two are mute, and the resolver":            {[]evidence.Exchange{x(evidence.Resolver, "192.0.2.1:53", "", evidence.Timeout), own(one, evidence.Timeout), own(two, evidence.Timeout)}, evidence.Closed},
		"two are mute, one answers an error":        {[]evidence.Exchange{resolver, own(one, evidence.Timeout), own(two, evidence.Timeout), x(evidence.Authoritative, "192.0.2.9:53", "REFUSED", "")}, evidence.Open},
		"two were reached, and said nothing of use": {[]evidence.Exchange{resolver, own(one, evidence.Malformed), own(two, evidence.Malformed)}, evidence.Open},
		"nothing was sent to two":                   {[]evidence.Exchange{resolver, own(one, evidence.Interrupted), own(two, evidence.Limit)}, evidence.Open},
		"two other resolvers are mute":              {[]evidence.Exchange{resolver, x(evidence.Resolver, one, "", evidence.Timeout), x(evidence.Resolver, two, "", evidence.Timeout)}, evidence.Open},
	} {
		if got := dnsOut(test.xs); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
