package dnssec

// This file asks whether the clock of this machine may be off, before it calls signatures ended or not begun. The root is a clock of its
// own: its SOA record changes, and so is signed afresh, each time that the zone is published, which is its habit twice a day. So the time
// lies between the beginning of that signature and a day later. No standard promises that: where the signature is older nothing is concluded.

import (
	"time"

	"github.com/miekg/dns"
)

const (
	// published is how old the newest signature of the root may get: half a day by its habit, some hours until all servers have it, and a
	// day in case one publication fails. Both numbers are our own.
	published = 36 * time.Hour
	// ahead is how far beyond that signature the true time may be.
	ahead = 25 * time.Hour
)

// timely takes a fault of time back where a clock may be the reason.
func (v *validation) timely(r Result) Result {
	if r.Status != Bogus || r.Fault != Expired && r.Fault != NotYetValid {
		return r
	}
	open := Result{Zone: r.Zone, Reason: Clock, About: r.About, Detail: r.Detail + "; whether the clock of this machine is right could not be seen"}
	answers, asked := v.evidence.Said(".", "SOA")
	if len(answers) == 0 {
		if !asked {
			open.Reason, open.Missing = Missing, []Question{{".", "SOA"}}
		}
		return open
	}
	for _, a := range answers {
		signed, ok := v.rootSigned(a)
		switch {
		case !ok:
			continue
		case a.At.Before(signed.Add(-skew)) || a.At.After(signed.Add(published)):
			open.Detail = "the clock of this machine may be off: the root zone was signed on " + day(signed) + ", and it is " + day(a.At) + " here"
			return open
		// A clock that is some hours behind looks like signatures that begin later.
		case r.Fault == NotYetValid && r.At.Before(signed.Add(ahead)):
			return open
		}
		return r
	}
	return open
}

// rootSigned is when the SOA record of the root was signed, whatever the time is here.
func (v *validation) rootSigned(a Answer) (at time.Time, ok bool) {
	s := setOf(a.Records, ".", dns.TypeSOA)
	if len(s.records) == 0 {
		return at, false
	}
	for _, sig := range s.signatures[:min(len(s.signatures), maxSignatures)] {
		for _, key := range v.root().keys {
			if v.checks--; v.checks < 0 {
				return at, false
			}
			if key.KeyTag() == sig.KeyTag && check(sig, key, s.records) == nil {
				return a.At.Add(-time.Duration(int32(uint32(a.At.Unix())-sig.Inception)) * time.Second), true
			}
		}
	}
	return at, false
}
