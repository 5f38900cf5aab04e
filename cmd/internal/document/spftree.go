package document

import (
	"slices"

	"mxverdict/verify/facts"
)

// spfTree draws an SPF record with all that it includes, each with the look-ups that it takes with what is below it. Verdicts about one record
// share it.
func (b *builder) spfTree(t facts.SPFTree, verdict int) {
	if len(t) == 0 {
		return
	}
	for _, drawn := range b.spfTrees {
		if slices.Equal(drawn.tree, t) {
			b.item("SPF tree", ours("as drawn in verdict %d", drawn.verdict))
			return
		}
	}
	b.spfTrees = append(b.spfTrees, drawnSPF{verdict, t})
	tree := &Tree{Title: "SPF tree"}
	b.add(tree)
	for i, branch := range t {
		if i == maxTreeLines {
			tree.branch(branch.Depth, true, "", ours("%s", treeGoesOn))
			return
		}
		tree.branch(branch.Depth, lastBranch(t, i), "", foreign(spfLine(branch)))
	}
}

// drawnSPF is a tree that stands in the document already.
type drawnSPF struct {
	verdict int
	tree    facts.SPFTree
}

// lastBranch tells whether no other branch of the same record follows.
func lastBranch(t facts.SPFTree, i int) bool {
	for _, b := range t[i+1:] {
		if b.Depth <= t[i].Depth {
			return b.Depth < t[i].Depth
		}
	}
	return true
}

// spfLine says what is known of a record.
func spfLine(b facts.SPFBranch) string {
	lookups := count(b.Lookups, "look-up", "look-ups")
	says := map[facts.SPFState]string{
		facts.SPFSound:   lookups,
		facts.SPFFaulty:  lookups + ", and a term that breaks the grammar",
		facts.SPFAgain:   lookups + ", as above",
		facts.SPFAround:  "leads back to where it came from, without end",
		facts.SPFNone:    "no SPF record",
		facts.SPFSeveral: "several SPF records",
		facts.SPFOpen:    "not known",
		facts.SPFCut:     "the tree is larger, and not drawn from here on",
	}[b.Says]
	if b.Says == facts.SPFCut {
		return says
	}
	return firstOf(b.Term, b.Name) + ": " + says
}
