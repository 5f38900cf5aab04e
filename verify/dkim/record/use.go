package record

// This file reads for what a key may be used: the tags h, s, t and g.

import (
	"slices"
	"strings"
)

// readUse reads them. Entries of a list that a verifier does not know it passes over, so that a list without a known one leaves nothing.
func (k *Key) readUse() {
	// RFC 8301 section 3.1: signatures with SHA-1 must not be accepted, which leaves nothing of a key for them alone.
	k.limited("h", []string{"sha256"}, "signatures with sha256 are the only ones that verifiers may accept (RFC 8301), and they are not listed here")
	if t := k.tag("s"); t != nil && slices.Contains(entries(t.Value), "tlsrpt") && !slices.ContainsFunc(entries(t.Value), isMail) {
		// RFC 8460 section 3: a key for the signatures of reports about TLS, as the domain wants it.
		k.OtherService = true
	} else {
		k.limited("s", []string{"*", "email"}, "the key is not for mail, for which email or * stands here")
	}
	if t := k.tag("t"); t != nil {
		flags := entries(t.Value)
		k.Testing, k.Strict = slices.Contains(flags, "y"), slices.Contains(flags, "s")
		if slices.ContainsFunc(flags, func(f string) bool { return f == "" || !tagName(f) || strings.ToLower(f) != f }) {
			k.tell(*t, "flags are the small letters y and s with a colon between them; verifiers pass over others", Harmless)
		}
	}
	// RFC 4871 had it, RFC 6376 appendix C.1 dropped it.
	if t := k.tag("g"); t != nil && t.Value != "*" {
		k.tell(*t, "very old verifiers take the key for this local part only; newer ones pass over the tag", Harmless)
	}
}

// isMail tells whether an entry of the tag s stands for mail.
func isMail(service string) bool { return service == "*" || service == "email" }

// limited reads a list that limits the use of a key. Without the tag nothing is limited.
func (k *Key) limited(name string, needed []string, says string) {
	t := k.tag(name)
	if t == nil {
		return
	}
	list := entries(t.Value)
	allows := func(e string) bool { return slices.Contains(needed, e) }
	switch {
	case slices.ContainsFunc(list, allows):
	case t.Value == "":
		k.tell(*t, "a list without an entry", Loose)
	case slices.ContainsFunc(list, func(e string) bool { return allows(strings.ToLower(e)) }):
		k.tell(*t, "this is written in small letters", Loose)
	default:
		k.tell(*t, says, Unusable)
	}
}

// entries are the parts of a list between colons.
func entries(list string) (parts []string) {
	for e := range strings.SplitSeq(list, ":") {
		parts = append(parts, strings.Trim(e, blanks))
	}
	return parts
}
