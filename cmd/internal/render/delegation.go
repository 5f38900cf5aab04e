package render

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"mxverdict/verify/facts"
)

// Bounds of the tree of a delegation: its lines, the names in one line, and how far it is indented.
const (
	// The number is our own: the way to an ordinary zone takes some ten lines, and one that somebody blew up must not fill the page.
	maxTreeLines  = 40
	maxTreeNames  = 8
	maxTreeIndent = 4
)

// drawnTree is a delegation that a page shows already.
// Ten verdicts about one zone would else draw the same tree ten times.
type drawnTree struct {
	verdict    int
	delegation *facts.Delegation
}

// treeTitle stands above a tree.
func (p *page) treeTitle(title string) {
	if p.ticket {
		p.line(title + ":")
	} else {
		p.line("   " + p.paint(bold, title))
	}
}

// delegation draws the way from the root to a zone as a tree, with what each server said. Verdicts about one zone share it.
func (p *page) delegation(d *facts.Delegation, verdict int) {
	if d == nil || len(d.Zones) == 0 {
		return
	}
	for _, drawn := range p.trees {
		// By what it says, and not by where it is kept: each verdict has a copy of its own.
		if reflect.DeepEqual(drawn.delegation, d) {
			p.item("Delegation", fmt.Sprintf("as drawn in verdict %d", drawn.verdict))
			return
		}
	}
	p.trees = append(p.trees, drawnTree{verdict, d})
	p.treeTitle("Delegation")
	// A resolver hides who said what on the way, so that the reader has to know why the tree is short.
	if d.By != "walk" {
		p.branch(0, false, "", "found through the resolver, because no root server could be asked")
	}
	lines := 0
	for depth, zone := range d.Zones {
		if lines++; lines > maxTreeLines {
			p.branch(depth, true, "", "and more, which --format json lists")
			return
		}
		p.branch(depth, true, "zone ", zoneTitle(zone.Zone))
		next := ""
		if depth+1 < len(d.Zones) {
			next = d.Zones[depth+1].Zone
		}
		for i, server := range zone.Servers {
			if lines++; lines > maxTreeLines {
				p.branch(depth+1, true, "", "and more, which --format json lists")
				return
			}
			p.branch(depth+1, next == "" && i == len(zone.Servers)-1, "at ", serverLine(server, next))
		}
	}
}

// branch writes a line of the tree. Help desks take the signs of which trees are drawn for markup, so that a ticket has
// only indents and a word.
func (p *page) branch(depth int, last bool, word, text string) {
	depth = min(depth, maxTreeIndent)
	lead := "    " + strings.Repeat("  ", depth) + word
	if !p.ticket {
		lead = "      " + strings.Repeat("   ", depth)
		if depth > 0 {
			sign := "|- "
			if last {
				sign = "`- "
			}
			lead = lead[:len(lead)-len(sign)] + sign
		}
	}
	// A deep tree must leave room for words on a narrow page.
	p.flow("", lead, min(len(lead)+2, p.width/2), text)
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
