// Package textrecord derives what MTA-STS and TLS-RPT records have in common (RFC 8461 section 3.1, RFC 8460 section 3): whether senders
// find one, what else stands at its place, and what is wrong in it. Both are found in the same way: at one name, in no parent, the only
// one of its kind.
//
// The name servers that hold a record decide. The package takes no silence for the lack of one. It asks nothing and judges nothing.
package textrecord

import (
	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// maxTexts bounds what is listed for people. The number is our own.
const maxTexts = 5

// Kind is a kind of record with the names of its facts.
type Kind struct {
	Called string // for people: "MTA-STS record"
	Sort   func(texts []string) (records, meant []mailpolicy.TextRecord, others []string)

	Found, Record, Meant, Several, Records, Others, Alias, Faulty, Faults, Ignored, Hidden, HiddenBy facts.Name
}

// names lists the facts.
func (k Kind) names() []facts.Name {
	return []facts.Name{k.Found, k.Record, k.Meant, k.Several, k.Records, k.Others, k.Alias, k.Faulty, k.Faults, k.Ignored, k.Hidden, k.HiddenBy}
}

// Look is what stands at the place of a record.
type Look struct {
	reading.Texts
	kind           Kind
	name           string
	records, meant []mailpolicy.TextRecord
	others         []string
	hidden, by     facts.Known // whether its signatures (DNSSEC) are broken, and what is wrong with them
}

// At looks at a name for a target.
func At(r *reading.Reading, t *evidence.Target, name string, kind Kind) Look {
	l := Look{Texts: r.TextsAt(name, kind.Called+"s", kind.matter), kind: kind, name: name, hidden: r.Hidden(name, "TXT"), by: r.HiddenBy(name, "TXT")}
	if why := Unheard(r, t); why.Code != "" {
		l.Why = why
	}
	if l.Why.Code != "" {
		return l
	}
	l.records, l.meant, l.others = kind.Sort(l.All)
	// One server that gives a record is enough for what exists. Texts of another kind deny one as much as none at all do.
	if len(l.records) == 0 {
		l.Why = r.UntoldTexts(l.Texts, r.Untold)
	}
	return l
}

// Unheard is why nothing is known of the records of a target by the word of its name servers, or the zero value.
func Unheard(r *reading.Reading, t *evidence.Target) facts.Unknown {
	switch {
	// What does not exist has no record either, but that is another fault.
	case t.ZoneError != nil:
		return r.WhyNoZone(t)
	// Something on the way that answers for the name servers would be taken for all of them.
	case !r.Direct(t):
		return reading.NotDirect("the name servers of " + t.Zone)
	}
	return facts.Unknown{}
}

// matter writes what is such a record, or was meant as one.
func (k Kind) matter(texts []string) []string {
	records, meant, _ := k.Sort(texts)
	return append(written(records), written(meant)...)
}

func written(records []mailpolicy.TextRecord) (texts []string) {
	for _, r := range records {
		texts = append(texts, r.Text)
	}
	return texts
}

// Facts tells of the record.
func (l Look) Facts() map[facts.Name]facts.Known {
	all := map[facts.Name]facts.Known{}
	if l.Why.Code != "" {
		for _, name := range l.kind.names() {
			all[name] = l.Known(facts.Because(l.Why))
		}
		return all
	}
	all[l.kind.Found] = l.Counts().Unless(l.hidden.Why)
	all[l.kind.Hidden], all[l.kind.HiddenBy] = l.hidden, l.by
	// Nothing is hidden where there is nothing: who validates is told so, or is told nothing, and finds no record either way.
	if len(l.records) == 0 {
		all[l.kind.Hidden], all[l.kind.HiddenBy] = facts.No(), facts.Because(l.nothing())
	}
	all[l.kind.Several] = facts.Truth(len(l.records) > 1)
	all[l.kind.Records] = facts.Is(facts.ListValue(shown(written(l.records))))
	all[l.kind.Meant] = facts.Truth(len(l.records) == 0 && len(l.meant) > 0)
	all[l.kind.Record] = l.record()
	all[l.kind.Others] = l.unless(len(l.others) == 0, facts.ListValue(shown(l.others)))
	all[l.kind.Alias] = l.unless(l.Alias == "", facts.TextValue(l.Alias))
	l.syntax(all)
	for name, k := range all {
		all[name] = l.Known(k)
	}
	return all
}

// Counts tells whether senders use the record: exactly one, which keeps to the grammar.
func (l Look) Counts() facts.Known {
	switch {
	case l.Why.Code != "":
		return l.Known(facts.Because(l.Why))
	case len(l.records) != 1:
		return facts.No()
	}
	return facts.Not(ignored(l.records[0]))
}

// Only is the record, where there is exactly one.
func (l Look) Only() (mailpolicy.TextRecord, bool) {
	if len(l.records) != 1 {
		return mailpolicy.TextRecord{}, false
	}
	return l.records[0], true
}

// ignored tells whether senders ignore a record. Of what only strict readers mind nobody can tell from outside.
func ignored(r mailpolicy.TextRecord) facts.Known {
	switch r.Worst() {
	case mailpolicy.Ignored:
		return facts.Yes()
	case mailpolicy.Disputed:
		return facts.Because(facts.Unknown{Code: facts.Ambiguous, Detail: "by its grammar this is no record, and senders that are not strict use it: " + r.Faults[0].String()})
	}
	return facts.No()
}

// record is the text of the only record.
func (l Look) record() facts.Known {
	r, one := l.Only()
	if !one {
		return facts.Because(l.nothing())
	}
	return facts.Is(facts.TextValue(dnsanswer.Shown(r.Text)))
}

// nothing is that there is no single record of which something could be told.
func (l Look) nothing() facts.Unknown {
	if len(l.records) > 1 {
		return facts.Unknown{Code: facts.Ambiguous, Detail: "there are several texts at " + l.name + " that begin as an " + l.kind.Called + " does, of which none counts"}
	}
	return facts.Unknown{Code: facts.NotFound, Detail: "there is no " + l.kind.Called + " at " + l.name}
}

// syntax tells what is wrong in the record, or in the text that was meant as one.
func (l Look) syntax(all map[facts.Name]facts.Known) {
	r, one := l.Only()
	if !one && len(l.records) == 0 && len(l.meant) > 0 {
		r, one = l.meant[0], true
	}
	if !one {
		all[l.kind.Faulty], all[l.kind.Faults] = facts.Because(l.nothing()), facts.Because(l.nothing())
		all[l.kind.Ignored] = facts.Truth(len(l.records) > 1)
		return
	}
	var list []string
	for _, fault := range r.Faults {
		list = append(list, fault.String())
	}
	all[l.kind.Faulty], all[l.kind.Faults], all[l.kind.Ignored] = facts.Truth(len(list) > 0), facts.Is(facts.ListValue(list)), ignored(r)
}

// unless is a value, or that there is none.
func (l Look) unless(missing bool, value facts.Value) facts.Known {
	if missing {
		return facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "there is nothing of the kind at " + l.name})
	}
	return facts.Is(value)
}

// shown writes the first few of some texts.
func shown(texts []string) (list []string) {
	for _, text := range texts[:min(len(texts), maxTexts)] {
		list = append(list, dnsanswer.Shown(text))
	}
	return list
}
