package message

// This file tells what became of the signatures of a message.

import (
	"slices"
	"strings"

	"mxverdict/verify/dmarc/discovery"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// dkimResult is what came of all signatures together.
type dkimResult struct{ pass, fails, signed, aligned, both, list, changed, key facts.Known }

func (r dkimResult) put(found known) {
	found[facts.MessageDKIMPass], found[facts.MessageDKIMSigned], found[facts.MessageDKIMAligned] = r.pass, r.signed, r.aligned
	found[facts.MessageDKIMSignatures], found[facts.MessageDKIMChanged] = r.list, r.changed
	found[facts.MessageDKIMKey], found[facts.MessageDKIMFails] = r.key, r.fails
}

// dkim joins what is known of each signature: one that verifies is enough (RFC 6376 section 4.2).
func (d *derivation) dkim(policy discovery.Discovery) dkimResult {
	if len(d.trace.signature) == 0 {
		return d.unsigned()
	}
	var pass, aligned, both []facts.Known
	var list []string
	differs := false
	for i, s := range d.trace.signature {
		if i == evidence.MaxSignatures {
			rest := facts.Because(open("the message has more signatures than are checked"))
			pass, aligned, both = append(pass, rest), append(aligned, rest), append(both, rest)
			break
		}
		one, words := d.verified(i, s)
		same := facts.No()
		if isName(s.domain) {
			same = d.aligned(s.domain, policy, func() bool { return policy.Record().StrictDKIM() })
		}
		pass, aligned, both = append(pass, one), append(aligned, same), append(both, facts.All(one, same))
		list = append(list, shown(s.String())+": "+words)
		differs = differs || d.check(i).Result == evidence.BodyDiffers
	}
	all := facts.Any(pass...)
	return dkimResult{pass: all, fails: facts.Not(facts.All(pass...)), signed: facts.Yes(), aligned: facts.Any(aligned...), both: facts.Any(both...),
		list: facts.Is(facts.ListValue(list)), changed: facts.Truth(differs && !all.IsYes()), key: keyOf(d.trace.signature[0])}
}

// unsigned is what is known of a message without a signature. A copy that lost it says nothing.
func (d *derivation) unsigned() dkimResult {
	var why facts.Unknown
	for _, f := range d.trace.findings {
		// A result that names a domain is about a signature (RFC 8601 section 2.7.1); Exchange writes "none" for the domain of none.
		if slices.ContainsFunc(f.list, func(one finding) bool {
			domain := one.properties["header.d"] + one.properties["header.i"]
			return one.method == "dkim" && one.value != "none" && domain != "" && domain != "none"
		}) {
			why = open("this copy has no signature, and the receiver saw one")
		}
	}
	// Nobody received it, or only its sender's own provider, who signs what leaves.
	if d.trace.why.Code == facts.NeedsMessage {
		why = d.trace.why
	}
	if d.message.Cut != "" {
		why = open(d.message.Cut)
	}
	no := facts.No().Unless(why)
	nothing := facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the message has no signature"})
	return dkimResult{pass: no, fails: facts.Not(no), signed: no, aligned: no, both: no, list: nothing, changed: facts.No(), key: nothing}
}

// keyOf is the place of the key of a signature.
func keyOf(s signature) facts.Known {
	if name := s.key(); name != "" {
		return facts.Is(facts.TextValue(name))
	}
	return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the signature names no key"})
}

// check is what became of the check of a signature.
func (d *derivation) check(i int) evidence.Check {
	if i < len(d.message.Checks) {
		return d.message.Checks[i]
	}
	return evidence.Check{}
}

// verified tells whether a signature verifies, and in which words that is told.
func (d *derivation) verified(i int, s signature) (facts.Known, string) {
	check := d.check(i)
	var at string
	var why facts.Unknown
	if name := s.key(); name != "" {
		var found reading.Texts
		found, why = d.texts(name, "keys", slices.Clone[[]string])
		at = found.Evidence
	}
	switch {
	case check.Result == evidence.Unverifiable:
		return d.unverifiable(s, check)
	case d.message.Cut != "":
		return facts.Because(open(d.message.Cut)), "not checked"
	// What the servers say of the key goes before what came of it: they may contradict each other.
	case why.Code != "":
		return facts.Because(d.ended(why)), "the key is not known"
	case check.Result == evidence.Verifies:
		return facts.Yes().Seen(d.Bundle.StartedAt, at), "verifies"
	case check.Result == "":
		return facts.Because(d.ended(facts.Unknown{Code: facts.Untested, Detail: "a signature was not checked"})), "not checked"
	}
	words := map[evidence.CheckResult]string{
		evidence.BodyDiffers: "the body is not the one that was signed",
		evidence.WrongSign:   "the header or the key is not the one of the signature",
		evidence.UnusableKey: "no usable key is published (" + check.Problem + ")",
	}[check.Result]
	return d.agreed(s, words).Seen(d.Bundle.StartedAt, at), words
}

// agreed is a no where the receiver found the same, and else open: a saved copy is easily changed, and so are keys.
func (d *derivation) agreed(s signature, words string) facts.Known {
	switch saw := d.receiverOn(s); saw {
	case "pass":
		return facts.Because(open("of the signature " + shown(s.String()) + ", " + words + "; the receiver saw it verify when the message arrived, so that this copy, or the key, was changed since"))
	case "fail":
		return facts.No()
	}
	return facts.Because(open("of the signature " + shown(s.String()) + ", " + words +
		"; whether that was so when the message arrived, or came of saving it or of a new key, no line of the receiver tells"))
}

// unverifiable tells of a signature that cannot be verified with any key: one that is faulty in itself is no signature (RFC 6376 section
// 6.1.1). The others may have been good when the message arrived.
func (d *derivation) unverifiable(s signature, check evidence.Check) (facts.Known, string) {
	late := !s.expires.IsZero() && strings.Contains(check.Problem, "expired")
	switch arrived := d.arrived(); {
	case s.partial && strings.Contains(check.Problem, "length"):
		return d.agreed(s, "it covers only a part of the body (l=), which was not checked"), "covers only a part of the body (l=)"
	case late && !arrived.IsZero() && !s.expires.After(arrived):
		return facts.No(), "had expired when the message arrived"
	case late:
		return d.agreed(s, "it has expired by now"), "has expired by now"
	}
	return facts.No(), "faulty: " + check.Problem
}

// receiverOn is what the receiver found of a signature: "pass", "fail" or "".
func (d *derivation) receiverOn(s signature) (saw string) {
	for _, f := range d.trace.findings {
		for _, one := range f.list {
			if one.method != "dkim" || !one.speaksOf(s) {
				continue
			}
			switch one.value {
			case "pass":
				return "pass"
			case "fail", "permerror", "neutral", "policy", "hardfail":
				saw = "fail"
			}
		}
	}
	return saw
}

// speaksOf tells whether a result is about a signature: by its domain, and by whatever else it names of it (RFC 8601 section 2.7.1, RFC 6008).
func (f finding) speaksOf(s signature) bool {
	domain := f.properties["header.d"]
	if domain == "" {
		domain = domainOf(f.properties["header.i"])
	}
	selector, start := f.properties["header.s"], f.properties["header.b"]
	return domain == s.domain && s.domain != "" && (selector == "" || selector == s.selector) &&
		(start == "" || strings.HasPrefix(strings.ToLower(s.start), start) || strings.HasPrefix(start, strings.ToLower(s.start)))
}
