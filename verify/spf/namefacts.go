package spf

// This file derives what the hosts are that the terms of a tree of records name.

import (
	"cmp"
	"fmt"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/facts"
)

// tally is what the look-ups of all terms together find.
type tally struct {
	void, nowhere []string      // look-ups that find nothing for an IPv4 sender, and for nobody
	void6         int           // those that find nothing for an IPv6 sender
	perSender     int           // terms whose name each sender has for himself
	most          facts.Known   // MX records of a term
	mostTerm      string        // the term with most of them
	open, openMX  facts.Unknown // why not all is known, and not all of the terms mx
}

// nameFacts derives what the terms of all records find.
func (t *tree) nameFacts(found known) {
	sum := tally{most: number(0), mostTerm: "none", open: t.openRecord()}
	sum.openMX = sum.open
	for _, n := range t.records {
		for _, b := range n.branches {
			if b.reached {
				sum.add(t, n, b)
			}
		}
	}
	found[facts.SPFNamesKnown], found[facts.SPFMXKnown] = facts.Yes().Unless(sum.open), facts.Yes().Unless(sum.openMX)
	for name, n := range map[facts.Name]int{facts.SPFVoid: len(sum.void), facts.SPFVoid6: sum.void6, facts.SPFVoidMost: max(len(sum.void), sum.void6) + sum.perSender} {
		count := number(n)
		count.AtLeast = sum.open.Code != ""
		found[name] = count
	}
	found[facts.SPFVoidNames] = list(sum.void)
	found.shown(facts.SPFRefersNowhere, facts.SPFNowhereTerms, sum.nowhere, sum.open)
	found[facts.SPFVoidBySender] = facts.No().Unless(onlyIf(sum.perSender > 0, facts.Unknown{Code: facts.Ambiguous,
		Detail: fmt.Sprintf("%d terms ask for a name that each sender has for himself and most have not; some receivers count them as void look-ups, others do not", sum.perSender)}))
	sum.most.AtLeast = sum.most.AtLeast || sum.openMX.Code != ""
	found[facts.SPFMXMost], found[facts.SPFMXMostTerm] = sum.most, facts.Is(facts.TextValue(sum.mostTerm))
	found[facts.SPFExplainNowhere] = t.explainsNowhere()
}

// add adds what a term finds.
func (sum *tally) add(t *tree, n *node, b branch) {
	switch {
	// The reverse names of ptr are the sender's by themselves.
	case b.perSender && b.to == nil && b.term.Name != "ptr":
		sum.perSender++
	case b.perSender:
	// An include of a name without any text is a look-up that finds nothing, too.
	case b.to != nil && b.to.state == none && b.to.void:
		sum.void = append(sum.void, in(b.term, n))
		sum.void6++
	case b.to == nil:
		sum.look(t.find(b), in(b.term, n), b.term.Name == "mx")
	}
}

// look adds what came of the look-up of a term.
func (sum *tally) look(f finding, term string, mx bool) {
	sum.open = cmp.Or(sum.open, f.why)
	if mx {
		sum.openMX = cmp.Or(sum.openMX, f.why)
	}
	if f.void {
		sum.void = append(sum.void, term)
	}
	if f.void6 {
		sum.void6++
	}
	if f.nowhere {
		sum.nowhere = append(sum.nowhere, term)
	}
	if f.hosts.Known() && f.hosts.Value.Int() > sum.most.Value.Int() {
		sum.most, sum.mostTerm = f.hosts, term
	}
}

// finding is what came of the look-up of a term.
type finding struct {
	void    bool        // an IPv4 sender's evaluation finds nothing
	void6   bool        // an IPv6 sender's
	nowhere bool        // there is nothing of either family
	hosts   facts.Known // of mx
	why     facts.Unknown
}

// find tells what came of the look-up of a branch; nothing where it has none.
func (t *tree) find(b branch) finding {
	if b.look == nil {
		if slices.Contains([]string{"a", "mx", "exists"}, b.term.Name) {
			return finding{why: facts.Unknown{Code: facts.Untested, Detail: "the record names more hosts than are looked up, or what is no host name: " + short(b.term.Text)}}
		}
		return finding{}
	}
	w := t.reader.Word(b.look.name, b.look.rrtype)
	void := w.Known() && w.Absent
	f := finding{void: void, void6: void, nowhere: void, why: w.Why}
	switch b.term.Name {
	case "mx":
		// Records count, and not hosts: a host that stands twice is looked up twice (RFC 7208 section 4.6.4).
		if hosts := len(dnsanswer.Leading(w.Records)); w.Known() || hosts > 0 {
			f.hosts = number(hosts)
			f.hosts.AtLeast = w.More || !w.Known()
		}
	// exists asks for IPv4 addresses whoever sends (RFC 7208 section 5.7), and a for those of the sender's family (section 5).
	case "a":
		v6 := t.reader.Word(b.look.name, "AAAA")
		f.void6 = v6.Known() && v6.Absent
		f.nowhere, f.why = void && f.void6, cmp.Or(w.Why, v6.Why)
	}
	return f
}

// explainsNowhere tells whether the explanation of a record is not there. Receivers then write one of their own (RFC 7208 section 6.2).
func (t *tree) explainsNowhere() facts.Known {
	if t.explanation == nil {
		return facts.No()
	}
	w := t.reader.Word(t.explanation.name, "TXT")
	return w.Is(facts.BoolValue(w.Absent))
}
