package discovery

import (
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// ToAbove asks for the records above a name that has none of its own: those of the walk (RFC 9989 section 4.10), and that of its domain by
// the public suffix list, which readers of RFC 7489 use.
func (d Finder) ToAbove(name string) (list []reading.Question) {
	if l := d.Own(name); l.Why.Code != "" || len(l.Records) == 1 {
		return nil
	}
	for _, domain := range append(mailpolicy.DMARCWalk(name)[1:], mailpolicy.RegisteredDomain(name)) {
		list = append(list, d.ToBoth(mailpolicy.DMARCName(domain), "TXT")...)
	}
	return list
}
