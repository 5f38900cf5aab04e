package derive

import (
	"net/netip"
	"regexp"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/transcript"
)

// hostResolves tells whether a host name leads to an address. That it leads to none is known only where it has neither A nor
// AAAA records.
func (d *derivation) hostResolves(name string) facts.Fact {
	f := facts.Fact{Name: facts.DNSHostResolves}
	if name == "" {
		f.Why = facts.Unknown{Code: facts.NoTarget, Detail: "an address has no name that could be looked up"}
		return f
	}
	return leadsAnywhere(f.Name, []string{"A", "AAAA"}, func(rrtype string) word { return d.word(name, rrtype) })
}

// leadsAnywhere tells whether a name has a record of any of some types; a single look-up that gave nothing usable leaves a no open.
func leadsAnywhere(fact facts.Name, rrtypes []string, look func(rrtype string) word) facts.Fact {
	f := facts.Fact{Name: fact}
	for _, rrtype := range rrtypes {
		w := look(rrtype)
		if len(w.records) > 0 {
			return w.decided(fact, facts.BoolValue(true))
		}
		if f.Why.Code == "" {
			f = w.fact(fact)
		}
	}
	if f.Why.Code == "" {
		f.Value = facts.BoolValue(false)
	}
	return f
}

// hostsResolving counts the hosts behind a name of the report that lead to an address.
func (d *derivation) hostsResolving(t *evidence.Target) facts.Fact {
	f := facts.Fact{Name: facts.DNSHostsResolving, At: d.bundle.FinishedAt, Evidence: "all look-ups of hosts"}
	count := int64(0)
	names := mailNames(t)
	if own, _ := d.ownHost(t); t.Kind == "" && !own {
		names, f.AtLeast = nil, true // what it leads to is not known
	}
	for _, name := range names {
		if resolves := d.hostResolves(name); !resolves.Known() {
			f.AtLeast = true // it may
		} else if resolves.Value.Bool() {
			count++
		}
	}
	f.Value = facts.IntValue(count)
	return f
}

// mailNames are the names of the hosts of a target; where it leads to none, its own is the only candidate.
func mailNames(t *evidence.Target) []string {
	var names []string
	for _, h := range t.Hosts {
		names = append(names, h.Name)
	}
	if len(names) == 0 && t.Kind == "" {
		names = append(names, t.Name)
	}
	return names
}

// greetingName derives the name that the server gives in its greeting: the first word behind the code (RFC 5321 section 4.2).
func (d *derivation) greetingName(s numbered, put func(facts.Fact)) {
	names := []facts.Name{facts.SMTPGreetingName, facts.SMTPGreetingNameValid, facts.SMTPGreetingMasked, facts.SMTPGreetingNameResolves}
	if !transcript.Greeted(*s.Session) {
		for _, name := range names {
			put(facts.Fact{Name: name, Why: d.before(s)})
		}
		return
	}
	e := s.Event(evidence.StepGreeting)
	known := func(name facts.Name, value facts.Value) {
		f := s.fact(name, e)
		f.Value = value
		put(f)
	}
	name := transcript.GreetedName(e.Reply)
	known(facts.SMTPGreetingName, facts.TextValue(name))
	known(facts.SMTPGreetingNameValid, facts.BoolValue(dnsanswer.ValidHostname(name) || addressLiteral(name)))
	known(facts.SMTPGreetingMasked, facts.BoolValue(transcript.Masked(name)))
	switch {
	case addressLiteral(name):
		known(facts.SMTPGreetingNameResolves, facts.BoolValue(true))
	case !dnsanswer.ValidHostname(name):
		put(facts.Fact{Name: facts.SMTPGreetingNameResolves, Why: facts.Unknown{Code: facts.Untested,
			Detail: "what stands first in the greeting is no full host name, so it was not looked up"}})
	default:
		put(d.greetingResolves(name))
	}
}

// greetingResolves tells whether the name in a greeting leads anywhere. The name servers were asked only where the resolver did not lead
// anywhere public.
func (d *derivation) greetingResolves(name string) facts.Fact {
	return leadsAnywhere(facts.SMTPGreetingNameResolves, GreetingTypes, func(rrtype string) word { return d.word(name, rrtype) })
}

var ipv6Tag = regexp.MustCompile(`(?i)^ipv6:`)

// addressLiteral tells whether a text is an address literal (RFC 5321 section 4.1.3): [192.0.2.1] or [IPv6:2001:db8::1].
func addressLiteral(text string) bool {
	inner, ok := strings.CutPrefix(text, "[")
	if !ok || !strings.HasSuffix(inner, "]") {
		return false
	}
	inner = strings.TrimSuffix(inner, "]")
	tagged := ipv6Tag.MatchString(inner)
	addr, err := netip.ParseAddr(ipv6Tag.ReplaceAllString(inner, ""))
	return err == nil && addr.Zone() == "" && addr.Is6() == tagged
}
