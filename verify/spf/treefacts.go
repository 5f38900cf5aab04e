package spf

// This file derives what the record of a name and all that it includes add up to.

import (
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
			if b.to.state == none && !b.perSender {
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

// unread is why a record of the tree was not read, or the zero value.
func (t *tree) unread() facts.Unknown {
	for _, n := range t.records {
		if n.state == notRead {
			return n.why
		}
		for _, b := range n.branches {
			if b.to != nil && b.to.state == notRead {
				return b.to.why
			}
			if b.to != nil && b.perSender && b.to.state != one {
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
			return facts.No(), facts.Because(n.inError())
		}
		next := n.branches[i].to
		wrong := next.state == none && !n.branches[i].perSender || next.state == several || next.state == one && next.broken()
		switch {
		case wrong || seen[next]:
			return facts.Yes(), facts.Because(facts.Unknown{Code: facts.NotFound, Detail: in(n.branches[i].term, n) + " leads to no SPF record that could be used"})
		case next.state != one:
			why := t.unread()
			return facts.Because(why), facts.Because(why)
		}
		n = next
	}
}
