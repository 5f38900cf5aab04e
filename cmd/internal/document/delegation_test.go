package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/cmd/internal/document/invented"
	"mxverdict/verify/facts"
)

// drawn is the tree that a function of the builder adds.
func drawn(t *testing.T, draw func(*builder)) *Tree {
	t.Helper()
	b := &builder{sections: []Section{{}}}
	draw(b)
	if len(b.sections[0].Blocks) != 1 {
		t.Fatalf("%d blocks", len(b.sections[0].Blocks))
	}
	return b.sections[0].Blocks[0].(*Tree)
}

// branches are the lines of a tree, with a sign at those behind which no other of their depth stands.
func branches(tree *Tree) (lines []string) {
	for _, b := range tree.Branches {
		sign := ""
		if b.Last {
			sign = "` "
		}
		lines = append(lines, fmt.Sprintf("%d %s%s%s", b.Depth, sign, b.Word, b.Text))
	}
	return lines
}

func TestDelegationTree(t *testing.T) {
	tree := drawn(t, func(b *builder) { b.delegation(invented.Delegation(), 1) })
	want := []string{"0 ` zone . (the root)",
		"1 at a.root.example [192.0.2.251], 40 ms: com is at a.tld.example; glue a.tld.example 192.0.2.11",
		"1 ` zone com",
		"2 at a.tld.example [192.0.2.11], 40 ms: example.com is at ns1.example.com, ns2.example.com; no glue",
		"2 at b.tld.example [192.0.2.12]: no answer within 5 s",
		"2 ` zone example.com",
		"3 at ns1.example.com [192.0.2.53], 40 ms: serves the zone, which names ns1.example.com",
		"3 at ns2.example.com [198.51.100.53], 40 ms: does not serve the zone, answers REFUSED",
		"3 ` at ns3.example.com [2001:db8::53]: does not answer"}
	if got := branches(tree); !slices.Equal(got, want) || tree.Title != "Delegation" {
		t.Errorf("%s: %s", tree.Title, strings.Join(got, "\n"))
	}
}

// Of a delegation that was found through a resolver it is said that it was: nobody could be asked on the way.
func TestDelegationThroughAResolver(t *testing.T) {
	d := invented.Delegation()
	d.By = "resolver"
	if got := branches(drawn(t, func(b *builder) { b.delegation(d, 1) }))[0]; !strings.Contains(got, "through the resolver") {
		t.Errorf("the first line is %q", got)
	}
}

// A tree is bounded in its lines, in the names of a line, and in how far it is indented; what is left out is said.
func TestDelegationTreeIsBounded(t *testing.T) {
	d := invented.Delegation()
	names := make([]string, 10)
	for i := range names {
		names[i] = "evil.example"
	}
	for i := range 100 {
		d.Zones[2].Servers = append(d.Zones[2].Servers, facts.DelegationServer{Name: "ns.example", Address: fmt.Sprint(i), Says: facts.SaysServes, Names: names})
	}
	deep := invented.Delegation()
	for range 20 {
		deep.Zones = append(deep.Zones, facts.DelegationZone{Zone: "sub.example.com"})
	}
	for name, d := range map[string]*facts.Delegation{"wide": d, "deep": deep} {
		lines := branches(drawn(t, func(b *builder) { b.delegation(d, 1) }))
		if len(lines) > maxTreeLines+1 {
			t.Errorf("%s: %d lines", name, len(lines))
		}
		for _, line := range lines {
			if strings.Count(line, "evil") > maxTreeNames || line[0] > '0'+maxTreeIndent {
				t.Errorf("%s: %q", name, line)
			}
		}
		if name == "wide" {
			holds(t, strings.Join(lines, "\n"), "--format json", "and 2 more")
		}
	}
}
