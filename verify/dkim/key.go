package dkim

// This file tells what verifiers make of the records at the name of a key. Where there are several, they take whichever (RFC 6376 section
// 3.6.2.2): what all of them say is known, and what differs is not.

import (
	"maps"

	"mxverdict/verify/dkim/record"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
)

// The facts that hang on the record, and all of them.
var (
	recordFacts = []facts.Name{facts.DKIMFound, facts.DKIMHidden, facts.DKIMHiddenBy, facts.DKIMRecord, facts.DKIMSeveral, facts.DKIMRecords, facts.DKIMFaulty, facts.DKIMFaults, facts.DKIMLoose,
		facts.DKIMUnusable, facts.DKIMKeyUsable, facts.DKIMKeyRevoked, facts.DKIMKeyElsewise, facts.DKIMKeyType, facts.DKIMKeyBits, facts.DKIMTesting,
		facts.DKIMStrict}
	allFacts = append([]facts.Name{facts.DKIMSelector, facts.DKIMOthers, facts.DKIMAlias, facts.DKIMMailUsed, facts.DKIMMailDenied}, recordFacts...)
)

// records tells which records there are.
func (l look) records() known {
	var list []string
	for _, k := range l.keys[:min(len(l.keys), maxTexts)] {
		list = append(list, dnsanswer.Shown(k.String()))
	}
	return l.dated(known{
		facts.DKIMRecord:  facts.Is(facts.TextValue(list[0])),
		facts.DKIMRecords: facts.Is(facts.ListValue(list)),
		facts.DKIMSeveral: facts.Truth(len(l.All) > 1),
	})
}

// syntax tells what is wrong in them.
func (l look) syntax() known {
	var list []string
	loose := false
	for _, k := range l.keys[:min(len(l.keys), maxTexts)] {
		loose = loose || k.Worst() >= record.Loose
		for _, fault := range k.Faults {
			list = append(list, fault.String())
		}
	}
	return l.dated(known{
		facts.DKIMFaulty: facts.Truth(len(list) > 0),
		facts.DKIMFaults: facts.Is(facts.ListValue(list)),
		facts.DKIMLoose:  facts.Truth(loose),
		facts.DKIMUnusable: l.together(func(k record.Key) facts.Known {
			return facts.Truth(k.Worst() == record.Unusable).Unless(disputed(k))
		}),
	})
}

// use tells what the key is good for.
func (l look) use() known {
	truth := func(of func(record.Key) bool) facts.Known {
		return l.together(func(k record.Key) facts.Known { return facts.Truth(of(k)).Unless(disputed(k)) })
	}
	return l.dated(known{
		facts.DKIMKeyUsable:   truth(record.Key.Usable),
		facts.DKIMKeyRevoked:  truth(func(k record.Key) bool { return k.Revoked }),
		facts.DKIMKeyElsewise: truth(func(k record.Key) bool { return k.OtherService }),
		facts.DKIMTesting:     truth(func(k record.Key) bool { return k.Testing }),
		facts.DKIMStrict:      truth(func(k record.Key) bool { return k.Strict }),
		facts.DKIMKeyType:     l.together(keyType),
		facts.DKIMKeyBits:     l.together(keyBits),
	})
}

// disputed is why it is not known what verifiers read in a record, or the zero value.
func disputed(k record.Key) facts.Unknown {
	if k.Worst() != record.Disputed {
		return facts.Unknown{}
	}
	return facts.Unknown{Code: facts.Ambiguous, Detail: "a tag stands twice in the record, and verifiers take either"}
}

// keyType is the type of a key.
func keyType(k record.Key) facts.Known {
	if k.Type == "" {
		return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the key is of no type that is known"})
	}
	return facts.Is(facts.TextValue(string(k.Type))).Unless(disputed(k))
}

// keyBits is the size of a key.
func keyBits(k record.Key) facts.Known {
	if k.Bits == 0 {
		return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no RSA key that could be read"})
	}
	return facts.Is(facts.IntValue(int64(k.Bits))).Unless(disputed(k))
}

// together is what all records say of something.
func (l look) together(of func(record.Key) facts.Known) (all facts.Known) {
	for _, k := range l.keys {
		all = facts.Agreed(all, of(k), facts.Unknown{Code: facts.Ambiguous, Detail: "several records stand there, which differ, and verifiers take either"})
	}
	return all
}

// dated dates facts by a look.
func (l look) dated(all known) known {
	for name, k := range all {
		all[name] = l.Known(k)
	}
	return all
}

// same says the same of several facts.
func same(names []facts.Name, k facts.Known) known {
	all := known{}
	for _, name := range names {
		all[name] = k
	}
	return all
}

// add adds what is known besides.
func (all known) add(more known) { maps.Copy(all, more) }
