package document

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"mxverdict/verify/facts"
)

// Bounds of the tree of a delegation: its lines, the names in one line, and how far it is indented.
const (
	// The number is our own: the way to an ordinary zone takes some ten lines, and one that somebody blew up must not fill a page.
	maxTreeLines  = 40
	maxTreeNames  = 8
	maxTreeIndent = 4
)

// drawnTree is a delegation that stands in the document already.
// Ten verdicts about one zone would else draw the same tree ten times.
type drawnTree struct {
	verdict    int
	delegation *facts.Delegation
}

// delegation draws the way from the root to a zone as a tree, with what each server said. Verdicts about one zone share it.
func (b *builder) delegation(d *facts.Delegation, verdict int) {
	if d == nil || len(d.Zones) == 0 {
		return
	}
	for _, drawn := range b.trees {
		// By what it says, and not by where it is kept: each verdict has a copy of its own.
		if reflect.DeepEqual(drawn.delegation, d) {
			b.item("Delegation", ours("as drawn in verdict %d", drawn.verdict))
			return
		}
	}
	b.trees = append(b.trees, drawnTree{verdict, d})
	tree := &Tree{Title: "Delegation"}
	b.add(tree)
	// A resolver hides who said what on the way, so that the reader has to know why the tree is short.
	if d.By != "walk" {
		tree.branch(0, false, "", ours("found through the resolver, because no root server could be asked"))
	}
	lines := 0
	full := func(depth int) bool {
		if lines++; lines > maxTreeLines {
			tree.branch(depth, true, "", ours("%s", treeGoesOn))
		}
		return lines > maxTreeLines
	}
	for depth, zone := range d.Zones {
		if full(depth) {
			return
		}
		tree.branch(depth, true, "zone ", foreign(zoneTitle(zone.Zone)))
		next := ""
		if depth+1 < len(d.Zones) {
			next = d.Zones[depth+1].Zone
		}
		for i, server := range zone.Servers {
			if full(depth + 1) {
				return
			}
			tree.branch(depth+1, next == "" && i == len(zone.Servers)-1, "at ", foreign(serverLine(server, next)))
		}
	}
}

// treeGoesOn ends a tree that is too large to be drawn.
const treeGoesOn = "and more, which --format json lists"

// branch adds a line.
func (t *Tree) branch(depth int, last bool, word string, text Text) {
	t.Branches = append(t.Branches, Branch{min(depth, maxTreeIndent), last, word, text})
}

// zoneTitle spells the root out: a lone dot is taken for dirt.
func zoneTitle(zone string) string {
	if zone == "." {
		return ". (the root)"
	}
	return zone
}

// serverLine says what a server said of the next zone, or of its own if there is none.
func serverLine(s facts.DelegationServer, next string) string {
	text := strings.TrimSpace(s.Name + " [" + s.Address + "]")
	if s.RTT > 0 {
		text += ", " + facts.FormatDuration(time.Duration(s.RTT*float64(time.Second)))
	}
	switch s.Says {
	case facts.SaysRefers:
		text += ": " + next + " is at " + some(s.Names)
		if len(s.Glue) > 0 {
			text += "; glue " + some(s.Glue)
		} else {
			text += "; no glue"
		}
	case facts.SaysServes:
		text += ": serves " + firstOf(next, "the zone")
		if len(s.Names) > 0 {
			text += ", which names " + some(s.Names)
		}
	case facts.SaysSilent:
		text += ": does not answer"
	case facts.SaysLame:
		text += ": does not serve the zone, " + s.Detail
	// The reason why nothing is known names the server again, which stands in front already.
	default:
		text += ": " + firstOf(strings.TrimPrefix(s.Detail, s.Name+" ["+s.Address+"] "), "nothing is known")
	}
	return text
}

// some lists as many texts as fit on a line that can be read.
func some(texts []string) string {
	if more := len(texts) - maxTreeNames; more > 0 {
		return strings.Join(texts[:maxTreeNames], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(texts, ", ")
}
