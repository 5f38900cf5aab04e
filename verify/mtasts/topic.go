// Package mtasts derives what senders find when they look for the MTA-STS policy of a domain (RFC 8461), and whether it lists the hosts that
// were tested: what is else a preference, such as a valid certificate, is demanded by a domain that says so itself. It derives too what is
// wrong in the record, the policy file and the web server of a name. It says what to ask for all that.
//
// It takes no failure of this moment for the lack of a policy: senders keep the one that they fetched before (max_age, section 3.2), so
// that only what would keep every sender from it counts. It asks nothing and judges nothing.
package mtasts

import (
	"mxverdict/verify/evidence"
	"mxverdict/verify/reading"
)

// derivation is one derivation of the facts of the topic.
type derivation struct {
	*reading.Reading
	reading.Writer
}

// Derive derives the MTA-STS policy of a target and whether it lists the target's hosts. What several targets share is derived with the
// first.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	d := &derivation{r, w}
	// A resolver that invents addresses would lead to a policy host that does not exist.
	if r.Invented(t).Code == "" {
		d.policy(t)
	}
	if r.BeyondResolver(t) {
		d.own(t)
	}
}
