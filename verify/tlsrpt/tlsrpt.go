// Package tlsrpt derives whether a name asks senders for reports about TLS, and what is wrong in the record by which it does (RFC 8460). It
// says what to ask for that.
//
// The name servers that hold the record decide. The package takes no silence for the lack of a record. It asks nothing, sends nothing to
// the addresses in a record, and judges nothing.
package tlsrpt

import (
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
	"mxverdict/verify/textrecord"
)

// maxShown bounds the addresses that are listed for people. The number is our own.
const maxShown = 10

var recordKind = textrecord.Kind{Called: "TLS-RPT record", Sort: mailpolicy.SortTLSRPT,
	Found: facts.TLSRPTFound, Record: facts.TLSRPTRecord, Meant: facts.TLSRPTMeant, Several: facts.TLSRPTSeveral, Records: facts.TLSRPTRecords,
	Others: facts.TLSRPTOthers, Alias: facts.TLSRPTAlias, Faulty: facts.TLSRPTFaulty, Faults: facts.TLSRPTFaults, Ignored: facts.TLSRPTIgnored,
	Hidden: facts.TLSRPTHidden, HiddenBy: facts.TLSRPTHiddenBy}

// Questions lists what is worth asking about the record of a target, after what is known. A name inherits none from a domain above it.
func Questions(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
	// The zone comes first: without it nobody entitled to it could be asked.
	if !want.Has(facts.FromTLSRPT) || t.Kind == "address" || t.Delegation == nil {
		return nil
	}
	return r.ToTexts(mailpolicy.TLSRPTName(dnsanswer.HostName(t.Name)))
}

// Derive derives what senders find as the TLS-RPT record of a target.
func Derive(r *reading.Reading, t *evidence.Target, w reading.Writer) {
	name := mailpolicy.TLSRPTName(dnsanswer.HostName(t.Name))
	// No finding was about TLS-RPT; to say "unknown" of all of it would look like a failed test.
	if !r.BeyondResolver(t) || !r.Asked(name, "TXT") {
		return
	}
	l := textrecord.At(r, t, name, recordKind)
	all := l.Facts()
	to, lost := all[facts.TLSRPTFaulty], all[facts.TLSRPTFaulty]
	if record, one := l.Only(); one {
		to = l.Known(facts.Is(facts.ListValue(shown(record.Receivers))))
		lost = l.Known(facts.Truth(slices.ContainsFunc(record.Faults, func(f mailpolicy.Fault) bool { return f.Harm == mailpolicy.LostReport })))
	} else if to.Known() {
		// A text that was only meant as a record asks nobody for anything.
		to = l.Known(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no TLS-RPT record at " + name}))
		lost = to
	}
	all[facts.TLSRPTReportsTo], all[facts.TLSRPTLostReport] = to, lost
	w.PutAll(facts.Subject{Kind: facts.Target, Name: t.Name}, all)
}

// shown writes the first few of some addresses.
func shown(uris []string) (list []string) {
	for _, uri := range uris[:min(len(uris), maxShown)] {
		list = append(list, dnsanswer.Shown(uri))
	}
	return list
}
