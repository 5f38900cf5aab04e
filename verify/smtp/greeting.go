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

// greeted is something that the greeting shows; it is not asked for where none with 220 came. The session is the one that waited
// longest, because that is the way a newcomer such as the reporter is greeted.
func (v visited) greeted(found func(*evidence.Reply) facts.Known) facts.Known {
	if !transcript.Greeted(*v.slowest.Session) {
		return facts.Because(v.NotReached(v.slowest))
	}
	e := v.slowest.Event(evidence.StepGreeting)
	return v.slowest.Seen(e, found(e.Reply))
}

// greetingCode is known of a refusal too: it is what the code says. A 554 or 421 here is the whole answer of the server, and its
// reader has to see it: the other facts of the greeting only say "refused".
func (v visited) greetingCode() facts.Known {
	e := v.slowest.Event(evidence.StepGreeting)
	if e == nil || e.Failure != nil || e.Reply == nil {
		return facts.Because(v.NotReached(v.slowest))
	}
	return v.slowest.Seen(e, facts.Is(facts.IntValue(int64(e.Reply.Code))))
}

// greetingText is what the reporter would have seen, had it waited. All lines count: a greeting may begin with a teaser line, as
// postscreen's does, and the name stand in a later one.
func (v visited) greetingText() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known { return facts.Is(facts.TextValue(reading.Joined(r))) })
}

// greetingHasPTR tells whether a name of the address stands in the greeting. No standard asks for it; reporters do. Whether they
// ask by whole names or by parts of a text differs between them; whole names are the stricter reading.
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

// greetingName is that first word, whatever it is. The fact has no form: what is no host name is shown as it came, and
// greetingNameValid judges it.
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
	// The mask is a fault of the device and no choice of the server, which is why it is told apart from any other invalid name.
	return v.greeted(func(r *evidence.Reply) facts.Known { return facts.Truth(transcript.Masked(transcript.GreetedName(r))) })
}

// greetingTypes are the records of which one makes a name resolvable by the measure of RFC 5321 section 2.3.5.
var greetingTypes = []string{"A", "AAAA", "MX"}

// greetingNameResolves tells whether that name leads anywhere. The name servers were asked only where the resolver did not lead anywhere
// public. A name that is known only inside the operator's network is none that RFC 5321 section 2.3.5 allows in SMTP.
func (v visited) greetingNameResolves() facts.Known {
	return v.greeted(func(r *evidence.Reply) facts.Known {
		name := transcript.GreetedName(r)
		switch {
		// It needs no look-up: it says itself where it leads (RFC 5321 section 4.1.3).
		case addressLiteral(name):
			return facts.Yes()
		case !dnsanswer.ValidHostname(name):
			return facts.Because(facts.Unknown{Code: facts.Untested,
				Detail: "what stands first in the greeting is no full host name, so it was not looked up"})
		}
		return reading.LeadsAnywhere(greetingTypes, func(rrtype string) reading.Word { return v.Word(name, rrtype) })
	})
}
