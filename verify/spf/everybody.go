package spf

// This file tells whether an SPF record authorises every sender, so that it protects from none.

import (
	"strings"

	"mxverdict/verify/facts"
	"mxverdict/verify/spf/record"
)

// everybody looks for a way on which a record passes every sender. Each record is looked at once: had it passed everybody, the search
// would have ended there.
type everybody struct {
	*tree
	seen map[*node]bool
}

// passes tells whether a record passes every sender, and by which terms.
func (e *everybody) passes(n *node) (passes facts.Known, by []string) {
	passes = facts.No()
	switch {
	case e.seen[n]:
		return passes, nil
	case n.state == notRead:
		return facts.Because(n.why), nil
	}
	e.seen[n] = true
	next := 0 // of the branches, which stand in the order of the terms
	for _, term := range n.record.Terms {
		var b branch
		if next < len(n.branches) && n.branches[next].term.Column == term.Column {
			b = n.branches[next]
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
		case b.to != nil && (term.Modifier || term.Qualifier == '+'):
			below, path := e.passes(b.to)
			if below.IsYes() {
				return below, append([]string{n.name + ": " + short(term.Text)}, path...)
			}
			passes = facts.Any(passes, below)
		// A name that is the same for every sender matches all of them if it is there (RFC 7208 section 5.7).
		case term.Name == "exists" && term.Qualifier == '+' && !b.perSender:
			there := e.exists(b)
			if there.IsYes() {
				return there, []string{n.name + ": " + short(term.Text)}
			}
			passes = facts.Any(passes, there)
		}
	}
	return passes, nil
}

// exists tells whether the name of a branch is there.
func (e *everybody) exists(b branch) facts.Known {
	f := e.find(b)
	return facts.Truth(!f.void).Unless(f.why)
}

// coversAll tells whether a network is all of its family, whichever address it begins with.
func coversAll(t record.Term) bool {
	v4, v6, _ := strings.Cut(t.Lengths, "//")
	return t.Network.IsValid() && t.Network.Bits() == 0 || v4 == "/0" || v6 == "0"
}
