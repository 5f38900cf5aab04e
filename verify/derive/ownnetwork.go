package derive

import (
	"strings"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// ownNetwork takes silence for this network's where nobody, or nobody but the resolver, answered it: nothing follows about servers,
// and another resolver, or another hour, would not help.
func (d *derivation) ownNetwork() {
	said := map[evidence.WayOut]string{
		evidence.Closed:       "no name server at all answered from here",
		evidence.ResolverOnly: "no name server but the resolver answered from here",
	}[d.bundle.Vantage.DNSOut]
	if said == "" {
		return
	}
	d.set.Reword(func(name facts.Name, why facts.Unknown) facts.Unknown {
		if why.Code != facts.ServFail || name != "" && !strings.HasPrefix(string(name), "dns.") && !strings.HasPrefix(string(name), "mx.") {
			return why
		}
		return facts.Unknown{Code: facts.NetworkClosed, Detail: said + ", so it may be this network that lets nothing through"}
	})
}
