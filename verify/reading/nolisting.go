package reading

import (
	"cmp"
	"slices"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// Nolisting is the most preferred mail host of a domain, where it is the only one of that preference and a less preferred one greets: by the
// pattern called nolisting it is dead on purpose, since programs that send spam seldom try the next one (RFC 5321 section 5.1 has
// mail servers do so).
type Nolisting struct {
	Host *evidence.Host // nil where there is no such host, or where it is not dead
	Dead facts.Known    // all addresses of the host refuse; never a no
}

// Nolisting finds such a host among those of a target.
func (r *Reading) Nolisting(t *evidence.Target) Nolisting {
	n, known := r.hearing().nolistings[t]
	if !known {
		n = r.nolisting(t)
		r.hearing().nolistings[t] = n
	}
	return n
}

// nolisting looks at each address of the first host: one that is not known to refuse leaves it open, one that does not refuse
// denies it.
func (r *Reading) nolisting(t *evidence.Target) Nolisting {
	first := r.firstHost(t)
	if first == nil {
		return Nolisting{}
	}
	dead := facts.Yes()
	for _, a := range first.Addresses {
		switch refused, why := r.refuses(facts.SessionAt(first.Name, a)); {
		case why.Code != "":
			dead = facts.Because(why)
		case !refused: // silence is a fault, no pattern: it keeps every sender waiting
			return Nolisting{}
		}
	}
	if first.Trouble != nil && dead.Known() { // it may have an address that answers
		dead = facts.Because(Unanswered(first.Trouble, "the look-up of "+first.Name))
	}
	return Nolisting{first, dead}
}

// firstHost is the one most preferred host of a domain, if a less preferred one greets.
func (r *Reading) firstHost(t *evidence.Target) *evidence.Host {
	if t.Kind != "domain" || len(t.Hosts) == 0 {
		return nil
	}
	best := slices.MinFunc(t.Hosts, func(a, b evidence.Host) int { return cmp.Compare(a.Preference, b.Preference) }).Preference
	var first *evidence.Host
	backups := evidence.Target{}
	for i := range t.Hosts {
		switch h := &t.Hosts[i]; {
		case h.Preference != best:
			backups.Hosts = append(backups.Hosts, *h)
		// Two hosts of the best preference share the load (RFC 5321 section 5.1), and a sender that meets the dead one first is no
		// better off.
		case first != nil:
			return nil
		default:
			first = h
		}
	}
	// Without a host that greets the dead one is no pattern but the end of all mail.
	if !AtAnyAddress(&backups, func(s facts.Subject) bool { return r.Greeted(s).Known() }) {
		return nil
	}
	return first
}

// refuses tells whether an address refused every connection, demonstrably by itself; or why that is not known. A refusal (RST) costs a
// sender no time; a firewall that swallows packets costs it minutes at each message.
func (r *Reading) refuses(subject facts.Subject) (bool, facts.Unknown) {
	ok := r.Connected(subject)
	if !ok.Known() {
		return false, ok.Why
	}
	for _, s := range r.Sessions(subject) {
		if e := s.Event(evidence.StepConnect); e == nil || e.Failure == nil || e.Failure.Kind != evidence.Refused {
			return false, facts.Unknown{}
		}
	}
	return true, facts.Unknown{}
}
