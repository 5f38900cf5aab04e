package dkim

// This file tells what stands at the name of a key, and, where no selector is known, whether the name below which all keys stand exists.

import (
	"strings"

	"mxverdict/verify/dkim/record"
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
)

// maxTexts bounds the texts that are listed for people. The number is our own.
const maxTexts = 5

// look is what stands at a name.
type look struct {
	reading.Texts
	keys   []record.Key // in whatever state
	others []string
}

// look looks at a name.
func (d *derivation) look(name string) look {
	l := look{Texts: d.TextsAt(name, "DKIM keys", matter)}
	for _, text := range l.All {
		if k, is := record.Parse(text); is {
			l.keys = append(l.keys, k)
		} else {
			l.others = append(l.others, text)
		}
	}
	return l
}

// matter writes what is a key record, sound or not.
func matter(texts []string) (list []string) {
	for _, text := range texts {
		if k, is := record.Parse(text); is {
			list = append(list, k.String())
		}
	}
	return list
}

// named tells what stands at the name of a selector's key.
func (d *derivation) named(k key) known {
	l := d.look(k.place())
	all := known{facts.DKIMSelector: facts.Is(facts.TextValue(k.selector))}
	all.add(l.beside())
	switch {
	case l.Why.Code != "":
		all.add(same(recordFacts, l.Known(facts.Because(l.Why))))
	case len(l.keys) > 0:
		all.add(l.records())
		all.add(l.syntax())
		all.add(l.use())
		// A key that receivers may not see is neither there for them nor of use.
		hidden := d.Hidden(k.place(), "TXT")
		all[facts.DKIMHidden], all[facts.DKIMHiddenBy] = l.Known(hidden), l.Known(d.HiddenBy(k.place(), "TXT"))
		all[facts.DKIMFound] = l.Known(facts.Yes().Unless(hidden.Why))
		if all[facts.DKIMKeyUsable].IsYes() {
			all[facts.DKIMKeyUsable] = all[facts.DKIMKeyUsable].Unless(hidden.Why)
		}
	default:
		all.add(d.absent(k, l))
	}
	return all
}

// without tells what is known of the keys of a domain of which no selector is known.
func (d *derivation) without(k key) known {
	l := d.look(k.place())
	open := facts.Unknown{Code: facts.NeedsMessage, Detail: "the report names no selector, and which ones " + k.domain +
		" uses cannot be seen from outside; a message shows it (s= in its line DKIM-Signature)"}
	usual, unwitnessed := d.usual(k.domain)
	if len(usual) > 0 {
		open.Detail += "; of the usual ones these have a key: " + strings.Join(usual, ", ")
	}
	all := same([]facts.Name{facts.DKIMSelector}, facts.Because(open))
	denied, why := d.denied(k.place()), l.Why
	switch {
	case why.Code != "":
	case !denied:
		why = open
	// RFC 8020 section 2: below a name that does not exist there is nothing. Some servers deny a name of their own without records.
	case len(usual) > 0:
		why = facts.Unknown{Code: facts.Ambiguous, Detail: "the name servers deny " + k.place() + ", and yet a key stands below it: " + strings.Join(usual, ", ")}
	default:
		why = unwitnessed
	}
	if why.Code != "" {
		all.add(same(recordFacts, l.Known(facts.Because(why))))
		return all
	}
	all.add(d.absent(k, l))
	return all
}

// denied tells whether all servers that answered for a name say that it does not exist, and that so nothing stands below it.
func (d *derivation) denied(name string) (all bool) {
	for _, s := range d.AskedForTexts(name) {
		first, _ := d.SaidBy(s.Address, name, "TXT")
		switch {
		case first.Failure == nil, first.Failure.Kind == evidence.NoData:
			return false
		case first.Failure.Kind == evidence.NXDomain:
			all = true
		}
	}
	return all
}

// absent is what follows where no key was found, as long as no server may know of one that the others deny.
func (d *derivation) absent(k key, l look) known {
	why := d.UntoldTexts(l.Texts, d.Untold)
	if why.Code == "" {
		why = d.nowhere(k.domain)
	}
	if why.Code != "" {
		return same(recordFacts, l.Known(facts.Because(why)))
	}
	all := same(recordFacts, l.Known(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is no DKIM key at " + k.place()})))
	// Without a record there is no key that anybody could use, and none that was withdrawn.
	for _, name := range []facts.Name{facts.DKIMFound, facts.DKIMHidden, facts.DKIMSeveral, facts.DKIMKeyUsable, facts.DKIMKeyRevoked, facts.DKIMKeyElsewise} {
		all[name] = l.Known(facts.No())
	}
	used := d.MailUsed(k.domain)
	denied := facts.Not(used)
	// A domain that says nothing of mail has not denied it.
	if denied.Why.Code == facts.Ambiguous {
		denied = facts.No()
	}
	all[facts.DKIMMailUsed], all[facts.DKIMMailDenied] = used, l.Known(denied)
	return all
}

// beside is what stands at the name besides a key.
func (l look) beside() known {
	none := l.Known(facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is nothing of that kind"}))
	all := known{facts.DKIMAlias: none, facts.DKIMOthers: none}
	if l.Alias != "" {
		all[facts.DKIMAlias] = l.Known(facts.Is(facts.TextValue(l.Alias)))
	}
	if len(l.others) > 0 {
		var list []string
		for _, text := range l.others[:min(len(l.others), maxTexts)] {
			list = append(list, dnsanswer.Shown(text))
		}
		all[facts.DKIMOthers] = l.Known(facts.Is(facts.ListValue(list)))
	}
	return all
}
