package spf

// This file grows the tree of records that an evaluation of an SPF record may look at (RFC 7208 sections 5.2 and 6.1), as far as the name
// servers of each told of it. It serves the questions and the facts alike: what is not known yet is what to ask next.

import (
	"slices"
	"strings"

	"mxverdict/verify/dnsanswer"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/reading"
	"mxverdict/verify/spf/record"
)

// Bounds of a tree. The numbers are our own: an evaluation ends long before (RFC 7208 section 4.6.4), and what is counted beyond tells
// which includes to drop.
const (
	maxRecords = 40 // that are looked up
	maxNames   = 40 // of a, mx and exists that are looked up
)

// tree is the record of a name with all that it leads to.
type tree struct {
	root        *node
	records     []*node // each once, however often it is included; the root first, the others by their distance from it
	lookups     []*lookupOf
	explanation *lookupOf // of the text that the record itself refers to; nil if there is none that could be looked up
	reader      *reading.Reading
	sender      record.Sender
}

// node is a name at which an SPF record is looked for.
type node struct {
	name     string
	record   record.Record
	state    state
	why      facts.Unknown // of notRead
	void     bool          // of none: there is no TXT record at all
	branches []branch
}

// state is how many SPF records there are at a node.
type state uint8

// The states. Nothing is known of the zero state.
const (
	notRead state = iota
	none
	one
	several // which is an error (RFC 7208 section 4.5)
)

// branch is a term of a record that takes a look-up.
type branch struct {
	term      record.Term
	name      string // that is looked up: macros are filled in for a stranger
	reached   bool   // an evaluation gets here for a sender whom nothing before matches
	perSender bool   // each sender has another name
	to        *node  // of include and redirect
	look      *lookupOf
}

// lookupOf is a look-up of addresses or mail hosts.
type lookupOf struct {
	name, rrtype string
	both         bool // of both families of addresses; rrtype is that of IPv4
}

// grow grows the tree of a record.
func grow(r *reading.Reading, name string, own record.Record) *tree {
	t := &tree{reader: r, sender: record.Stranger(name)}
	t.root = &node{name: name, record: own, state: one}
	t.records = []*node{t.root}
	for i := 0; i < len(t.records); i++ { // it grows while it is gone through
		if n := t.records[i]; n.state == one {
			t.branch(n)
		}
	}
	if exp := own.Modifier("exp"); exp != nil && exp.Fault == "" && !exp.Target.PerSender() {
		t.explanation = t.lookup(lookupOf{dnsanswer.HostName(exp.Target.Expand(name, t.sender)), "TXT", false})
	}
	return t
}

// branch adds what the record of a node leads to.
func (t *tree) branch(n *node) {
	all := n.record.All()
	for i, term := range n.record.Terms {
		lookup := term.Modifier && term.Name == "redirect" ||
			!term.Modifier && slices.Contains([]string{"include", "a", "mx", "ptr", "exists"}, term.Name)
		if !lookup || term.Fault != "" {
			continue
		}
		b := branch{term: term, name: n.name, reached: all < 0 || i < all && !term.Modifier, perSender: term.Target.PerSender()}
		if term.Target.Text != "" {
			b.name = dnsanswer.HostName(term.Target.Expand(n.name, t.sender))
		}
		t.lead(&b)
		n.branches = append(n.branches, b)
	}
}

// lead gives a branch what it leads to. What an evaluation never reaches is not looked at.
func (t *tree) lead(b *branch) {
	switch {
	case !b.reached:
	case b.term.Name == "include" || b.term.Name == "redirect":
		b.to = t.node(b.name)
	case b.perSender:
	case b.term.Name == "mx":
		b.look = t.lookup(lookupOf{b.name, "MX", false})
	case b.term.Name == "a", b.term.Name == "exists":
		b.look = t.lookup(lookupOf{b.name, "A", b.term.Name == "a"})
	}
}

// node is the node of a name, which is made where there is none.
func (t *tree) node(name string) *node {
	for _, n := range t.records {
		if n.name == name {
			return n
		}
	}
	n := &node{name: name}
	switch {
	case !proper(name):
		n.why = facts.Unknown{Code: facts.Ambiguous, Detail: "the record refers to " + short(name) + ", which is no name that could be looked up"}
		return n
	case len(t.records) > maxRecords:
		n.why = facts.Unknown{Code: facts.Untested, Detail: "the record refers to more others than are looked up"}
		return n
	}
	t.read(n)
	t.records = append(t.records, n)
	return n
}

// lookup is the look-up of a name, or nil for one too many.
func (t *tree) lookup(wanted lookupOf) *lookupOf {
	for _, l := range t.lookups {
		if *l == wanted {
			return l
		}
	}
	if len(t.lookups) >= maxNames || !proper(wanted.name) {
		return nil
	}
	t.lookups = append(t.lookups, &wanted)
	return &wanted
}

// proper tells whether a name can be put into a question. The grammar lets through what no host name holds.
func proper(name string) bool {
	const most, label = 253, 63
	for part := range strings.SplitSeq(name, ".") {
		strange := func(r rune) bool {
			return r != '-' && r != '_' && r != '+' && r != '=' && r != '/' && (r < '0' || r > '9') && (r < 'a' || r > 'z')
		}
		if part == "" || len(part) > label || strings.ContainsFunc(part, strange) {
			return false
		}
	}
	return len(name) <= most
}

// read reads what the name servers said of the record at a node. All of them are heard: a sender is judged by whichever his receiver asks.
func (t *tree) read(n *node) {
	r, what := t.reader, "the question for the SPF record of "+n.name
	var told, silent []given
	for _, name := range ends(r, n.name) {
		for _, s := range askedFor(r, name) {
			if g := givenBy(r, name, []evidence.Server{s})[0]; g.usable() && !g.more {
				told = append(told, g)
			} else {
				silent = append(silent, g)
			}
		}
	}
	cut := r.CutShort(n.name, "TXT")
	differs := func(g given) bool { return g.set() != told[0].set() }
	switch {
	case len(told)+len(silent) == 0:
		n.why = r.Unasked(what)
	case cut.Code != "":
		n.why = cut
	case len(told) == 0:
		n.why = reading.Unanswered(silent[len(silent)-1].trouble, what)
	case slices.ContainsFunc(told, differs):
		n.why = facts.Unknown{Code: facts.Disagreement, Detail: "the name servers of " + n.name + " give different SPF records"}
	case len(told[0].records) == 1:
		n.state = one
		n.record, _ = record.Parse(told[0].records[0].joined())
	case len(told[0].records) > 1:
		n.state = several
	// One that lags may not have it yet, so that its absence takes a second witness where others were silent.
	case len(silent) > 0 && len(told) == 1 && !t.deniedHere(n.name):
		n.why = reading.Unanswered(silent[0].trouble, what)
	default:
		n.state = none
		n.void = dnsanswer.Absent(told[0].trouble)
	}
}

// ends are a name, and that to which it leads as an alias: the servers of both are heard.
func ends(r *reading.Reading, name string) []string {
	if end := r.EndOf(name, "TXT"); end != name {
		return []string{name, end}
	}
	return []string{name}
}

// deniedHere tells whether the resolver knows of no SPF record either.
func (t *tree) deniedHere(name string) bool {
	w := t.reader.WordOfResolver(name, "TXT")
	return w.Known() && len(spfTexts(w.Records)) == 0
}

// askedFor are the name servers that were asked for the TXT records of a name, each address once.
func askedFor(r *reading.Reading, name string) (servers []evidence.Server) {
	for _, i := range r.AskedFor(name, "TXT") {
		x := &r.Bundle.Exchanges[i]
		s := evidence.Server{Name: x.ServerName, Address: dnsanswer.AddressOf(x.Server)}
		known := slices.ContainsFunc(servers, func(o evidence.Server) bool { return o.Address == s.Address })
		if x.Role == evidence.Authoritative && !known && !r.Routeless(s.Address) {
			servers = append(servers, s)
		}
	}
	return servers
}

// toRecords asks for the records of a tree: all servers of each, and the resolver beside them where they know of none.
func (t *tree) toRecords() (list []reading.Question) {
	for _, n := range t.records[1:] {
		list = append(list, reading.ToZone(n.name, "TXT")...)
		for _, name := range ends(t.reader, n.name) {
			list = append(list, t.reader.ToWitnesses(name, "TXT")...)
		}
		if n.state == none || n.why.Code == facts.ServFail {
			list = append(list, reading.ToResolver(n.name, "TXT")...)
		}
	}
	return list
}

// toNames asks for the addresses and mail hosts to which the terms of a tree lead.
func (t *tree) toNames() (list []reading.Question) {
	for _, l := range t.lookups {
		list = append(list, t.reader.ToBoth(l.name, l.rrtype)...)
		if l.both {
			list = append(list, t.reader.ToBoth(l.name, "AAAA")...)
		}
	}
	return list
}
