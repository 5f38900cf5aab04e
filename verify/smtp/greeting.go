package smtp

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/transcript"
)

// A greeting other than 220 turns the tester away (RFC 5321 section 3.1): then nothing about delays or names is known, because another
// client may be greeted otherwise.

// greeted is something that the greeting shows; it is not asked for where none with 220 came.
func (v visited) greeted(found func(*evidence.Reply) facts.Known) facts.Known {
	if !transcript.Greeted(*v.slowest.Session) {
		return facts.Because(v.NotReached(v.slowest))
	}
	e := v.slowest.Event(evidence.StepGreeting)
	return v.slowest.Seen(e, found(e.Reply))
}

// greetingCode is known of a refusal too: it is what the code says.
func (v visited) greetingCode() facts.Known {
	e := v.slowest.Event(evidence.StepGreeting)
	if e == nil || e.Failure != nil || e.Reply == nil {
		return facts.Because(v.NotReached(v.slowest))
	}
	return v.slowest.Seen(e, facts.Is(facts.IntValue(int64(e.Reply.Code))))
}

// greetingText is what the reporter would have seen, had it waited.
func (v visited) greetingText() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known { return facts.Is(facts.TextValue(reading.Joined(r))) })
}

// greetingHasPTR tells whether a name of the address stands in the greeting. No standard asks for it; reporters do.
func (v visited) greetingHasPTR() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known {
		// All names of the address count: reporters take one of them, and not always the first.
		names, w := v.ReverseNamesOf(v.place.At)
		if slices.ContainsFunc(names, func(name string) bool { return standsIn(name, reading.Joined(r)) }) {
			return facts.Yes()
		}
		return facts.No().Unless(w.Why) // it may contain one that was not read
	})
}

// The name that the server gives itself in its greeting is the first word behind the code (RFC 5321 section 4.2).

// greetingName is that first word, whatever it is.
func (v visited) greetingName() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known { return facts.Is(facts.TextValue(transcript.GreetedName(r))) })
}

// greetingNameValid is a yes for an address literal too, with which a host without a name has to do (RFC 5321 section 2.3.5).
func (v visited) greetingNameValid() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known {
		name := transcript.GreetedName(r)
		return facts.Truth(dnsanswer.ValidHostname(name) || addressLiteral(name))
	})
}

// greetingMasked tells whether a firewall in front of the server hides who it is. Such a device ("220 ****") mostly takes STARTTLS out as
// well.
func (v visited) greetingMasked() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known { return facts.Truth(transcript.Masked(transcript.GreetedName(r))) })
}

// greetingTypes are the records of which one makes a name resolvable by the measure of RFC 5321 section 2.3.5.
var greetingTypes = []string{"A", "AAAA", "MX"}

// greetingNameResolves tells whether that name leads anywhere. The name servers were asked only where the resolver did not lead anywhere
// public.
func (v visited) greetingNameResolves() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known {
		name := transcript.GreetedName(r)
		switch {
		case addressLiteral(name):
			return facts.Yes()
		case !dnsanswer.ValidHostname(name):
			return facts.Because(facts.Unknown{Code: facts.Untested,
				Detail: "what stands first in the greeting is no full host name, so it was not looked up"})
		}
		return reading.LeadsAnywhere(greetingTypes, func(rrtype string) reading.Word { return v.Word(name, rrtype) })
	})
}
