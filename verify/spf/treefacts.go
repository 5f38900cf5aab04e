package spf

// This file derives what the record of a name and all that it includes add up to.

import (
	"cmp"
	"fmt"
	"slices"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/spf/record"
)

// treeFacts and nameFacts are all facts about a tree that are unknown where the record at its root is.
var (
	treeFacts = []facts.Name{facts.SPFTreeKnown, facts.SPFLookups, facts.SPFLookupsWritten, facts.SPFHeaviest, facts.SPFLoop,
		facts.SPFLoopPath, facts.SPFRepeats, facts.SPFRepeated, facts.SPFIncludesNothing, facts.SPFEmptyIncludes, facts.SPFIncludesBroken,
		facts.SPFBrokenIncludes, facts.SPFIncludesPTR, facts.SPFIncludedPTR, facts.SPFRedirectNowhere, facts.SPFFinal, facts.SPFEverybody, facts.SPFEverybodyBy}
	nameFacts = []facts.Name{facts.SPFNamesKnown, facts.SPFVoid, facts.SPFVoid6, facts.SPFVoidNames, facts.SPFVoidMost, facts.SPFVoidBySender, facts.SPFRefersNowhere,
		facts.SPFNowhereTerms, facts.SPFMXKnown, facts.SPFMXMost, facts.SPFMXMostTerm, facts.SPFExplainNowhere}
)

// included derives the facts of the tree whose root is the record of a target's name.
func (d *derivation) included(t *evidence.Target, own known, root *record.Record) known {
	if own == nil {
		return nil
	}
	found := known{}
	if root == nil {
		why := facts.Because(own[facts.SPFRecord].Why)
		found.same(treeFacts, why)
		found.same(nameFacts, why)
		return found
	}
	tree := grow(d.Reading, dnsanswer.HostName(t.Name), *root)
	count := tree.count()
	d.PutSPFTree(t.Name, count.drawn(tree))
	tree.countFacts(count, found)
	tree.recordFacts(found)
	tree.endFacts(found)
	tree.nameFacts(found)
	for name, k := range found {
		found[name] = k.Seen(own[facts.SPFRecord].At, own[facts.SPFRecord].Evidence)
	}
	return found
}

// countFacts derives what a tree adds up to.
func (t *tree) countFacts(c *counts, found known) {
	open := t.openRecord()
	sum := c.of[t.root]
	lookups, written := number(sum.reached), number(sum.written)
	// A circle never ends; it is counted once round.
	lookups.AtLeast = open.Code != "" || len(c.circle) > 0
	written.AtLeast = lookups.AtLeast
	found[facts.SPFTreeKnown] = facts.Yes().Unless(open)
	found[facts.SPFLookups], found[facts.SPFLookupsWritten] = lookups, written
	found[facts.SPFHeaviest] = facts.Because(facts.Unknown{Code: facts.NotFound, Detail: "the record includes no other"})
	if text := c.heaviest(t); text != "" {
		found[facts.SPFHeaviest] = facts.Is(facts.TextValue(text))
	}
	found.shown(facts.SPFLoop, facts.SPFLoopPath, c.circle, open)
}

// shown puts down whether there are examples of something, and which: an example is there, whatever else is open.
func (k known) shown(some, which facts.Name, examples []string, open facts.Unknown) {
	k.listed(some, which, examples)
	if len(examples) == 0 {
		k[some], k[which] = k[some].Unless(open), k[which].Unless(open)
	}
}

// recordFacts derives what is wrong with the records that are included.
func (t *tree) recordFacts(found known) {
	var empty, broken, ptr, repeated []string
	seen := map[string]bool{}
	for _, n := range t.records {
		if n != t.root && n.state == several {
			broken = append(broken, n.name+": several SPF records")
		}
		if n != t.root {
			for _, fault := range faults(n.record) {
				broken = append(broken, n.name+": "+fault)
			}
			for _, term := range n.record.Terms {
				if usesPTR(term) {
					ptr = append(ptr, in(term, n))
				}
			}
		}
		for _, b := range n.branches {
			if b.to == nil {
				continue
			}
			if b.to.state == absent && !b.perSender {
				empty = append(empty, in(b.term, n))
			}
			if b.term.Name == "include" && seen[b.name] && !slices.Contains(repeated, b.name) {
				repeated = append(repeated, b.name)
			}
			seen[b.name] = seen[b.name] || b.term.Name == "include"
		}
	}
	open := t.openRecord()
	// An error in the grammar hides nothing from who reads on.
	unread := t.unread()
	found.shown(facts.SPFIncludesNothing, facts.SPFEmptyIncludes, empty, unread)
	found.shown(facts.SPFIncludesBroken, facts.SPFBrokenIncludes, broken, unread)
	found.shown(facts.SPFIncludesPTR, facts.SPFIncludedPTR, ptr, unread)
	found.shown(facts.SPFRepeats, facts.SPFRepeated, repeated, open)
}

// in is a term, and in whose record it stands.
func in(term record.Term, n *node) string { return short(term.Text) + " in the record of " + n.name }

// unread is why a record of the tree was not read, or the zero value. Unlike openRecord it takes no offence at errors.
func (t *tree) unread() facts.Unknown {
	for _, n := range t.records {
		if n.state == unknown {
			return n.why
		}
		for _, b := range n.branches {
			if b.to != nil && b.to.state == unknown {
				return b.to.why
			}
			if b.to != nil && b.perSender && b.to.state != found {
				return facts.Unknown{Code: facts.Ambiguous, Detail: in(b.term, n) + " is another name for each sender"}
			}
		}
	}
	return facts.Unknown{}
}

// endFacts derives how a record ends, and whether it lets everybody through.
func (t *tree) endFacts(found known) {
	nowhere, final := t.end()
	found[facts.SPFRedirectNowhere], found[facts.SPFFinal] = nowhere, final
	passes, by := (&everybody{t, map[*node]bool{}}).passes(t.root)
	found[facts.SPFEverybody] = passes
	found[facts.SPFEverybodyBy] = facts.Is(facts.ListValue(by)).Unless(passes.Why)
}

// end follows the redirects of a record to their end (RFC 7208 section 6.1). One that leads to no record, to several, or to one in error is
// an error.
func (t *tree) end() (nowhere, final facts.Known) {
	n, seen := t.root, map[*node]bool{}
	for {
		seen[n] = true
		ends := ending(n.record)
		if ends != "redirect" {
			return facts.No(), facts.Is(facts.TextValue(ends))
		}
		i := slices.IndexFunc(n.branches, func(b branch) bool { return b.term.Name == "redirect" })
		if i < 0 { // the redirect itself breaks the grammar
			return facts.No(), facts.Because(n.open())
		}
		next := n.branches[i].to
		wrong := next.state == absent && !n.branches[i].perSender || next.state == several || next.state == found && next.broken()
		switch {
		case wrong || seen[next]:
			return facts.Yes(), facts.Because(facts.Unknown{Code: facts.NotFound, Detail: in(n.branches[i].term, n) + " leads to no SPF record that could be used"})
		case next.state != found:
			why := t.unread()
			return facts.Because(why), facts.Because(why)
		}
		n = next
	}
}

// nameFacts derives what the terms of all records find.
func (t *tree) nameFacts(found known) {
	var void, nowhere []string
	void6 := 0
	open, perSender, mostHosts, mostTerm := t.openRecord(), 0, number(0), "none"
	openMX := open
	for _, n := range t.records {
		for _, b := range n.branches {
			if !b.reached {
				continue
			}
			if b.perSender && b.to == nil {
				// The reverse names of ptr are the sender's by themselves.
				if b.term.Name != "ptr" {
					perSender++
				}
				continue
			}
			if b.to != nil && b.to.state == absent && b.to.void && !b.perSender {
				void = append(void, in(b.term, n))
				void6++
			}
			l := t.find(b)
			open = cmp.Or(open, l.why)
			if b.term.Name == "mx" {
				openMX = cmp.Or(openMX, l.why)
			}
			if l.void {
				void = append(void, in(b.term, n))
			}
			if l.void6 {
				void6++
			}
			if l.nowhere {
				nowhere = append(nowhere, in(b.term, n))
			}
			if l.hosts.Known() && l.hosts.Value.Int() > mostHosts.Value.Int() {
				mostHosts, mostTerm = l.hosts, in(b.term, n)
			}
		}
	}
	found[facts.SPFNamesKnown] = facts.Yes().Unless(open)
	for name, n := range map[facts.Name]int{facts.SPFVoid: len(void), facts.SPFVoid6: void6, facts.SPFVoidMost: max(len(void), void6) + perSender} {
		count := number(n)
		count.AtLeast = open.Code != ""
		found[name] = count
	}
	found[facts.SPFVoidNames] = list(void)
	found.shown(facts.SPFRefersNowhere, facts.SPFNowhereTerms, nowhere, open)
	found[facts.SPFVoidBySender] = facts.No().Unless(onlyIf(perSender > 0, facts.Unknown{Code: facts.Ambiguous,
		Detail: fmt.Sprintf("%d terms ask for a name that each sender has for himself and most have not; some receivers count them as void look-ups, others do not", perSender)}))
	mostHosts.AtLeast = mostHosts.AtLeast || openMX.Code != ""
	found[facts.SPFMXKnown] = facts.Yes().Unless(openMX)
	found[facts.SPFMXMost], found[facts.SPFMXMostTerm] = mostHosts, facts.Is(facts.TextValue(mostTerm))
	found[facts.SPFExplainNowhere] = t.explainsNowhere()
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
