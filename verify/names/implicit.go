package names

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// implicit derives where mail goes without MX records (RFC 5321 section 5.1), and whether a server greets there. What was visited was
// found through the resolver, so that it counts only where the name servers give the same addresses.
func (d *derivation) implicit(t *evidence.Target) known {
	// The name is read as a mail host would be, because here it is one.
	itself := readMailHost(d.Reading, dnsanswer.HostName(t.Name))
	// Where it is open which addresses there are, it is open who greets at them.
	if itself.open.Code != "" {
		return known{facts.MXImplicitAddresses: facts.Because(itself.open), facts.MXImplicitGreets: facts.Because(itself.open)}
	}
	var there []string
	for _, a := range itself.addresses {
		there = append(there, a.String())
	}
	// As those of a target are, so that the two lists can be compared.
	slices.Sort(there)
	return known{facts.MXImplicitAddresses: facts.Is(facts.ListValue(there)), facts.MXImplicitGreets: d.greetsAt(t, there)}
}

// greetsAt tells whether a server greets at the addresses of a target itself.
func (d *derivation) greetsAt(t *evidence.Target, addresses []string) facts.Known {
	// Nothing can greet where nothing stands.
	if len(addresses) == 0 {
		return facts.No()
	}
	why := facts.Unknown{Code: facts.Untested, Detail: "no SMTP session was held with the address of " + t.Name + " itself"}
	i := slices.IndexFunc(t.Hosts, func(h evidence.Host) bool { return dnsanswer.HostName(h.Name) == dnsanswer.HostName(t.Name) })
	places, greeting := d.Places(t).Places, d.Greeting(t)
	// A greeting at any of its addresses is enough for mail to arrive; that none greets is known only where none may greet others.
	switch {
	case i < 0 || len(places) == 0:
	// The sessions were held with servers to which nobody else is led.
	case !slices.Equal(t.Hosts[i].Addresses, addresses):
		why = facts.Unknown{Code: facts.Disagreement, Detail: "the resolver led to other addresses than the name servers give"}
	case greeting.Known() && greeting.Value.Int() > 0:
		return facts.Yes()
	case greeting.Known() && !greeting.AtLeast:
		return facts.No()
	default:
		for _, p := range places {
			if greeted := d.Greeted(p.Subject); !greeted.Known() {
				why = greeted.Why
			}
		}
	}
	return facts.Because(why)
}
