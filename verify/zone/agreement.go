package zone

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"mxverdict/verify/facts"
)

// agreement derives what the servers of a zone say together: at the first look (round 0), after the time to settle (1), and, of a server
// whose serial has become smaller, again (2 to 4). Serials differ for a while after each change, until the secondaries have copied it
// (RFC 1034 section 4.3.5, RFC 1996), so that a difference at one look is no fault.
func (d *derivation) agreement() {
	here := d.about(facts.Zone, "")
	here.put(facts.Is(facts.ListValue(d.serverNames())), facts.DNSZoneServers)
	first, second := d.look(0), d.look(1)
	beside := here.besides(first)
	if len(first.versions) > 0 {
		beside.put(facts.Is(facts.ListValue(first.texts())), facts.DNSSOASerials)
		beside.put(facts.Is(facts.IntValue(int64(first.providers()))), facts.DNSSOAProviders)
	}
	beside.put(first.serialsDiffer(), facts.DNSSOASerialsDiffer)
	// Both looks count: what differed at first may be copied by now, and was a difference that people met.
	differ, types := dataDiffer(d.Reading, d.t, first, second)
	beside.put(differ, facts.DNSSOADataDiffer)
	beside.put(types, facts.DNSSOADifferingTypes)
	d.later(here, first, second)
}

// later derives what the second look shows of servers that differed at the first. What there was no second look for is unknown, and says
// why.
func (d *derivation) later(here about, first, second look) {
	none := facts.Because(d.noSecondLook(first))
	again, same, back, lag := none, none, none, lagTooLong(first, second)
	here = here.besides(first)
	if len(second.versions) > 0 {
		here = here.besides(second)
		again, same = facts.Is(facts.ListValue(second.texts())), settled(first, second)
		back = backwards(first, second, d.look(2), d.look(3), d.look(4))
	}
	if !lag.Known() && lag.Why.Code == "" {
		lag = none
	}
	here.put(again, facts.DNSSOASerialsAgain)
	here.put(same, facts.DNSSOASettled)
	here.put(back, facts.DNSSOASerialBackwards)
	here.put(lag, facts.DNSSOALagTooLong)
}

func (d *derivation) look(round int) look { return lookAt(d.Reading, d.t, round) }

// besides is the same subject, seen in a look.
func (a about) besides(l look) about {
	if len(l.versions) == 0 {
		return a
	}
	return a.seen(l.versions[0].At, fmt.Sprintf("DNS exchange %d and those beside it", l.versions[0].n))
}

// serverNames lists the names of the servers that were asked, each once, in the order of the evidence.
func (v *view) serverNames() (names []string) {
	seen := map[string]bool{}
	for _, s := range v.t.Servers {
		if !seen[s.Name] {
			seen[s.Name] = true
			names = append(names, s.Name)
		}
	}
	return names
}

// noSecondLook is why there was none.
func (d *derivation) noSecondLook(first look) facts.Unknown {
	switch ended := d.Bundle.Interrupted || d.Bundle.Expired; {
	// Nobody gave a serial at the first look, so that there was nothing to compare a second one with.
	case len(first.versions) == 0:
		return first.unheard
	// The usual case: a zone whose servers agree is not asked twice.
	case !first.differ():
		return facts.Unknown{Code: facts.Untested, Detail: "the serials agreed at the first look, so there was no second"}
	case ended:
		return facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before the second look"}
	}
	return facts.Unknown{Code: facts.Untested, Detail: "there was no second look"}
}

// serialsDiffer is known to be no only where each name server was heard.
func (l look) serialsDiffer() facts.Known {
	open := l.unheard
	if len(l.versions) == 0 {
		open = cmp.Or(open, facts.Unknown{Code: facts.Untested, Detail: "no name server was asked"})
	}
	return facts.Shown(l.differ(), open)
}

// settled tells whether all servers that differed agree at the second look. A server that answered first and is silent now may still lag.
func settled(first, second look) facts.Known {
	// One difference that is left is enough to say that they have not settled.
	if second.differ() {
		return facts.No()
	}
	again := second.byAddress()
	for _, v := range first.versions {
		if _, ok := again[v.Server.Address]; !ok {
			return facts.Because(facts.Unknown{Code: facts.ServFail, Detail: labelOf(v.Server) + " did not answer at the second look"})
		}
	}
	return facts.Yes()
}

// backwards tells whether a serial has become smaller, and stays so each time when asked again: several machines behind one
// address may answer by turns while a change goes round. By RFC 1982 section 3.2 a secondary takes a smaller one for old, and never
// copies the zone again.
func backwards(first, second look, further ...look) facts.Known {
	before := first.byAddress()
	fell := second.olderThan(first)
	if len(fell) == 0 {
		return facts.No()
	}
	// One server that has fallen is enough.
	server := fell[0]
	other := func(l look) bool {
		again, ok := l.byAddress()[server.Address]
		return !ok || !older(again, before[server.Address])
	}
	// A look that is missing counts as a contradiction: the charge rests on every one of them.
	if slices.ContainsFunc(further, other) {
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: labelOf(server) + " answers with changing serials"})
	}
	return facts.Yes()
}

// lagTooLong tells whether a server has missed a version for longer than refresh plus retry: by then a secondary must have
// asked for news twice (RFC 1034 section 4.3.5). Nothing is said where the serials agreed, or nobody looked again.
func lagTooLong(first, second look) facts.Known {
	switch {
	case len(first.versions) == 0 || !first.differ():
		return facts.Known{}
	// Two providers count by themselves: neither waits for the other.
	case first.providers() > 1:
		return facts.No()
	case len(second.versions) == 0:
		return facts.Known{}
	case !second.differ():
		return facts.No()
	}
	// The newest version at the first look was there by then at the latest, so that the wait since is a lower bound of the lag. By
	// the serials, and not by which server is called the primary: nobody outside knows who copies from whom.
	newest := first.versions[0]
	for _, v := range first.versions {
		if older(newest, v) {
			newest = v
		}
	}
	for _, v := range second.versions {
		// Serials without an order (RFC 1982 section 3.2) show no lag.
		if !older(v, newest) {
			continue
		}
		waited := v.At.Sub(newest.At)
		// By the fields of the copy that lags: those are what its secondary goes by.
		limit := time.Duration(v.soa.Refresh)*time.Second + time.Duration(v.soa.Retry)*time.Second
		if waited > limit {
			return facts.Yes()
		}
		return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: fmt.Sprintf(
			"the serials still differ after %s; a lag is a fault only if it lasts longer than refresh plus retry, here %s",
			facts.FormatDuration(waited), facts.FormatDuration(limit))})
	}
	return facts.Because(facts.Unknown{Code: facts.Disagreement, Detail: "the serials differ at both looks, but no server is known to lag behind"})
}
