// Package mtasts derives what senders find when they look for the MTA-STS policy of a domain (RFC 8461).
//
// Where several domains lead to one host and say different things of it, none of them counts. The policy file is fetched by a probe; the
// package opens no connection and judges nothing.
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
	if r.Invented(t).Code == "" {
		d.policy(t)
	}
}
