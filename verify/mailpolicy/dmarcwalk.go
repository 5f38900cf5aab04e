package mailpolicy

import "strings"

// maxWalk is how many names a receiver asks for the record that counts for a domain (RFC 9989 section 4.10).
const maxWalk = 8

// DMARCWalk lists the domains at which a receiver looks for the record that counts for a domain, in order: the domain, and those above it
// down to a single label. A name of more than eight labels is cut to seven at once, so that nobody can make receivers ask for ever.
func DMARCWalk(domain string) (domains []string) {
	for next := domain; next != ""; {
		domains = append(domains, next)
		labels := strings.Split(next, ".")
		if len(labels) > maxWalk {
			next = strings.Join(labels[len(labels)-maxWalk+1:], ".")
		} else {
			_, next, _ = strings.Cut(next, ".")
		}
	}
	return domains
}
