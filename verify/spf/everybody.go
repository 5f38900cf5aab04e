package spf

// This file tells whether an SPF record authorises every sender, so that it protects from none.

import (
	"mxverdict/verify/facts"
	"mxverdict/verify/spf/record"
)

// everybody looks for a way on which a record passes every sender. Each record is looked at once: had it passed everybody, the search
// would have ended there.
type everybody struct{ seen map[*node]bool }

// passes tells whether a record passes every sender, and by which terms.
func (e *everybody) passes(n *node) (passes facts.Known, by []string) {
	passes = facts.No()
	switch {
	case e.seen[n]:
		return passes, nil
	case n.state == unknown:
		return facts.Because(n.why), nil
	}
	e.seen[n] = true
	next := 0 // of the branches, which stand in the order of the terms
	for _, term := range n.record.Terms {
		var to *node
		if next < len(n.branches) && n.branches[next].term.Column == term.Column {
			to = n.branches[next].to
			next++
		}
		switch {
		case term.Fault != "":
		case !term.Modifier && term.Name == "all":
			if term.Qualifier != '+' {
				return passes, nil // what stands behind it is not looked at
			}
			return facts.Yes(), []string{n.name + ": " + term.Text}
		case term.Qualifier == '+' && coversAll(term):
			return facts.Yes(), []string{n.name + ": " + term.Text}
		// A record that is included passes whom its own terms pass, if the sign before the include says so (RFC 7208 section 5.2). A
		// redirect goes on with the other record as it is.
		case to != nil && (term.Modifier || term.Qualifier == '+'):
			below, path := e.passes(to)
			if below.IsYes() {
				return below, append([]string{n.name + ": " + short(term.Text)}, path...)
			}
			passes = facts.Any(passes, below)
		}
	}
	return passes, nil
}

// coversAll tells whether a network is all of its family.
func coversAll(t record.Term) bool { return t.Network.IsValid() && t.Network.Bits() == 0 }
