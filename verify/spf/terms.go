package spf

// This file tells what one SPF record says of itself. It looks nothing up.

import (
	"fmt"
	"slices"
	"strings"

	"mxverdict/verify/facts"
	"mxverdict/verify/spf/record"
)

// known is what is known of one subject. A fact that is missing in it is not put down: nobody had asked for it.
type known map[facts.Name]facts.Known

// listed puts down whether there are examples of something, and which.
func (k known) listed(some, which facts.Name, examples []string) {
	k[some], k[which] = facts.Truth(len(examples) > 0), list(examples)
}

// list is a list for people. A stranger may write as many terms as he likes, so that a long one ends early and says so.
func list(texts []string) facts.Known {
	const most = 10
	if more := len(texts) - most; more > 0 {
		texts = append(slices.Clone(texts[:most]), fmt.Sprintf("and %d more", more))
	}
	return facts.Is(facts.ListValue(texts))
}

// number is a known count.
func number(n int) facts.Known { return facts.Is(facts.IntValue(int64(n))) }

// termFacts are the facts about the one record of a name.
func termFacts(text spfText) known {
	r, _ := record.Parse(text.joined())
	behind := behindAll(r)
	found := known{
		facts.SPFRecord:          facts.Is(facts.TextValue(shortened(text.joined(), maxShown))),
		facts.SPFLength:          number(len(text.joined())),
		facts.SPFStrings:         number(len(text)),
		facts.SPFLongestString:   number(longest(text)),
		facts.SPFEnds:            facts.Is(facts.TextValue(ending(r))),
		facts.SPFCutOff:          facts.Truth(slices.ContainsFunc(behind, cutOff)),
		facts.SPFRedirectIgnored: facts.Truth(r.All() >= 0 && r.Modifier("redirect") != nil),
	}
	found.listed(facts.SPFBroken, facts.SPFFaults, faults(r))
	found.listed(facts.SPFMistaken, facts.SPFMistakenTerms, texts(r.Terms, mistaken))
	found.listed(facts.SPFAfterAll, facts.SPFAfterAllTerms, texts(behind, func(record.Term) bool { return true }))
	found.listed(facts.SPFPTR, facts.SPFPTRTerms, texts(r.Terms, usesPTR))
	found.listed(facts.SPFSplitBadly, facts.SPFSeams, seams(text, r))
	return found
}

func longest(text spfText) (most int) {
	for _, s := range text {
		most = max(most, len(s))
	}
	return most
}

// texts are those of some terms.
func texts(terms []record.Term, counts func(record.Term) bool) (list []string) {
	for _, t := range terms {
		if counts(t) {
			list = append(list, short(t.Text))
		}
	}
	return list
}

// ending is how a record ends: the mechanism all goes before a redirect, wherever both stand (RFC 7208 section 6.1).
func ending(r record.Record) string {
	if all := r.All(); all >= 0 {
		return string(r.Terms[all].Qualifier) + "all"
	}
	if r.Modifier("redirect") != nil {
		return "redirect"
	}
	return "none"
}

// faults are what breaks the grammar, for people.
func faults(r record.Record) (list []string) {
	for _, t := range r.Faulty() {
		list = append(list, fmt.Sprintf("column %d, %q: %s", t.Column, short(t.Text), t.Fault))
	}
	return list
}

// mistaken tells whether receivers ignore a term as a modifier that they do not know (RFC 7208 section 6), although it reads like a
// mechanism and was meant to be one. Other modifiers have their meaning elsewhere (RFC 6652).
func mistaken(t record.Term) bool {
	return t.Modifier && t.Fault == "" && slices.Contains([]string{"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"}, t.Name)
}

// behindAll are the terms behind the mechanism all.
func behindAll(r record.Record) []record.Term {
	if all := r.All(); all >= 0 {
		return r.Terms[all+1:]
	}
	return nil
}

// cutOff tells whether nobody looks at a term because it stands behind all (RFC 7208 sections 5.1 and 6.1). A second all says nothing that
// could be missed, and other modifiers count wherever they stand.
func cutOff(t record.Term) bool {
	return !t.Modifier && t.Name != "all" || t.Modifier && t.Name == "redirect"
}

// usesPTR tells whether a term takes the reverse names of the sender (RFC 7208 sections 5.5 and 7.3).
func usesPTR(t record.Term) bool {
	return !t.Modifier && t.Name == "ptr" && t.Fault == "" || t.Target.UsesPTR()
}

// seams are the terms that came of strings between which a blank is missing: what stands on either side of a seam is a term by itself, and
// the second begins like one. A name may be parted anywhere, and must not be taken for two.
func seams(text spfText, r record.Record) (list []string) {
	for _, t := range r.Terms {
		pieces := parted(t, text)
		for i := range len(pieces) - 1 {
			if sound(pieces[i]) && beginsTerm(pieces[i+1]) && sound(pieces[i+1]) {
				list = append(list, short(t.Text))
				break
			}
		}
	}
	return list
}

// parted are the pieces of a term that came in strings of their own.
func parted(t record.Term, text spfText) (pieces []string) {
	from, end := t.Column-1, t.Column-1+len(t.Text)
	at := 0
	for _, s := range text {
		start := max(at, from)
		if at += len(s); start < min(at, end) {
			pieces = append(pieces, t.Text[start-from:min(at, end)-from])
		}
	}
	return pieces
}

// sound tells whether a text is a term, by itself, that is within the grammar and means something.
func sound(text string) bool {
	r, _ := record.Parse("v=spf1 " + text)
	return len(r.Terms) == 1 && r.Terms[0].Fault == "" && !mistaken(r.Terms[0])
}

// beginsTerm tells whether a text begins so that it can hardly be the rest of a name.
func beginsTerm(text string) bool {
	text = strings.ToLower(text)
	if text = strings.TrimLeft(text, "+-~?"); text == "all" {
		return true
	}
	return slices.ContainsFunc([]string{"include:", "ip4:", "ip6:", "a:", "mx:", "exists:", "ptr:", "redirect=", "exp="},
		func(start string) bool { return strings.HasPrefix(text, start) })
}

// maxShown is how much of a record is shown. Most are shorter.
const maxShown = 450

// short cuts a term that is shown.
func short(s string) string { return shortened(s, 80) }

// shortened cuts a text, which a stranger may make as long as he likes.
func shortened(s string, most int) string {
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
