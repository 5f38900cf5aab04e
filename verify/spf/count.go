package spf

// This file counts the look-ups of a tree (RFC 7208 section 4.6.4), and finds the circles in it.

import (
	"fmt"
	"slices"

	"mxverdict/verify/facts"
)

// counts is what the records of a tree add up to. They are counted once each, and a record that is included twice counts twice: hostile
// records can include each other so that the whole tree could not be gone through.
type counts struct {
	of     map[*node]total
	path   []*node
	circle []string // the names of the first circle that was found, the first one again at the end
}

// total is what a record and all below it add up to.
type total struct {
	reached int // look-ups of an evaluation that nothing matches before its end
	written int // terms that take a look-up, whether an evaluation reaches them or not
}

// maxTotal bounds what is added up: beyond it nobody wants to know.
const maxTotal = 1_000_000

func (t *tree) count() *counts {
	c := &counts{of: map[*node]total{}}
	c.add(t.root)
	return c
}

// add counts a record and all below it.
func (c *counts) add(n *node) total {
	if known, ok := c.of[n]; ok {
		return known
	}
	c.path = append(c.path, n)
	var sum total
	for _, b := range n.branches {
		sum.written++
		if b.reached {
			sum.reached++
		}
		if b.to == nil {
			continue
		}
		if at := slices.Index(c.path, b.to); at >= 0 {
			c.found(c.path[at:], b.to)
			continue
		}
		below := c.add(b.to)
		sum.written, sum.reached = min(sum.written+below.written, maxTotal), min(sum.reached+below.reached, maxTotal)
	}
	c.path = c.path[:len(c.path)-1]
	c.of[n] = sum
	return sum
}

// found takes down a circle.
func (c *counts) found(circle []*node, again *node) {
	if len(c.circle) > 0 {
		return
	}
	for _, n := range circle {
		c.circle = append(c.circle, n.name)
	}
	c.circle = append(c.circle, again.name)
}

// drawing is the tree for people. What a record includes is drawn below it once.
type drawing struct {
	*counts
	drawn  map[*node]bool
	above  []*node
	result facts.SPFTree
}

// drawn draws a tree.
func (c *counts) drawn(t *tree) facts.SPFTree {
	d := drawing{counts: c, drawn: map[*node]bool{}}
	d.draw(t.root, "")
	return d.result
}

// draw draws a record to which a term led, and all below it.
func (d *drawing) draw(n *node, term string) {
	// The number is our own. A tree of more records is broken many times over.
	const most = 60
	if len(d.result) > most {
		return
	}
	b := facts.SPFBranch{Depth: len(d.above), Term: short(term), Name: n.name, Lookups: d.of[n].reached, Says: n.says()}
	if b.Depth > 0 {
		b.Lookups++ // that of the term itself, so that the branches of a record add up
	}
	around, again := slices.Contains(d.above, n), d.drawn[n] && len(n.branches) > 0
	switch {
	case len(d.result) == most:
		b = facts.SPFBranch{Depth: b.Depth, Says: facts.SPFCut}
	case around:
		b.Says = facts.SPFAround
	case again:
		b.Says = facts.SPFAgain
	}
	d.result = append(d.result, b)
	if around || again {
		return
	}
	d.drawn[n] = true
	d.above = append(d.above, n)
	for _, b := range n.branches {
		if b.to != nil {
			d.draw(b.to, b.term.Text)
		}
	}
	d.above = d.above[:len(d.above)-1]
}

// says is what is known of a node.
func (n *node) says() facts.SPFState {
	switch {
	case n.state == one && n.broken():
		return facts.SPFFaulty
	case n.state == one:
		return facts.SPFSound
	case n.state == none:
		return facts.SPFNone
	case n.state == several:
		return facts.SPFSeveral
	}
	return facts.SPFOpen
}

// broken tells whether a term of the record breaks the grammar.
func (n *node) broken() bool { return len(n.record.Faulty()) > 0 }

// heaviest is the include of the record itself that takes most look-ups, with all below it and its own; "" where there is none.
func (c *counts) heaviest(t *tree) string {
	text, most := "", 0
	for _, b := range t.root.branches {
		if b.to == nil {
			continue
		}
		if n := 1 + c.of[b.to].reached; n > most {
			text, most = fmt.Sprintf("%s (%d)", short(b.term.Text), n), n
		}
	}
	return text
}

// openRecord is why it is not known what a tree adds up to, or the zero value: a record that was not read, or one in error, of which nobody can
// tell what its author meant.
func (t *tree) openRecord() facts.Unknown {
	if why := t.unread(); why.Code != "" {
		return why
	}
	for _, n := range t.records {
		if why := n.inError(); why.Code != "" {
			return why
		}
	}
	return facts.Unknown{}
}

// inError is what makes receivers discard a record, or the zero value.
func (n *node) inError() facts.Unknown {
	switch {
	case n.state == several:
		return facts.Unknown{Code: facts.Ambiguous, Detail: n.name + " has several SPF records, which cancel each other"}
	case n.broken():
		return facts.Unknown{Code: facts.Ambiguous, Detail: "the SPF record of " + n.name + " breaks the grammar, so that receivers discard it; repair that first"}
	}
	return facts.Unknown{}
}
