package discovery

// This file tells what receivers make of the record that counts.

import (
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
)

// Counts tells whether receivers use a record (RFC 9989 section 4.10.1).
func Counts(r mailpolicy.DMARC) facts.Known {
	switch r.Worst() {
	case mailpolicy.Ignored:
		return facts.No()
	case mailpolicy.Repeated, mailpolicy.Disputed:
		return facts.Because(OpenReading(r))
	}
	return facts.Yes()
}

// OpenReading is why it is not known what receivers make of a record.
func OpenReading(r mailpolicy.DMARC) facts.Unknown {
	if r.Worst() == mailpolicy.Repeated {
		return facts.Unknown{Code: facts.Ambiguous, Detail: "a tag stands twice in the DMARC record: by the standard it is invalid, and some receivers read it all the same"}
	}
	return facts.Unknown{Code: facts.Ambiguous, Detail: "the DMARC record has neither p nor a usable rua: section 4.7 of RFC 9989 reads that as p=none, section 4.10.1 as no record"}
}

// Applied is the policy of the record for the name: that for sub-domains where it is inherited. The name exists, so that np does not count.
func (f Discovery) Applied() mailpolicy.DMARCPolicy {
	if f.Inherited() {
		return Subdomains(f.Record())
	}
	return f.Record().Policy
}

// Subdomains is the policy of a record for names below its domain that exist.
func Subdomains(r mailpolicy.DMARC) mailpolicy.DMARCPolicy {
	if r.Subdomains != "" {
		return r.Subdomains
	}
	return r.Policy
}

// Enforced tells whether receivers are asked to do anything with mail that fails.
func (f Discovery) Enforced() facts.Known {
	r := f.Record()
	strict := Strength(f.Applied()) > 0 && !r.Testing
	switch {
	// Either reading of such a record asks for nothing.
	case r.Worst() == mailpolicy.Ignored, r.Worst() == mailpolicy.Disputed:
		return facts.No()
	case r.Worst() == mailpolicy.Repeated:
		return facts.Because(OpenReading(r))
	}
	return facts.Truth(strict)
}

// Strength orders policies.
func Strength(p mailpolicy.DMARCPolicy) int {
	return map[mailpolicy.DMARCPolicy]int{mailpolicy.Quarantine: 1, mailpolicy.Reject: 2}[p]
}
