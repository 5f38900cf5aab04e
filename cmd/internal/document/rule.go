package document

import (
	"cmp"
	"fmt"
	"slices"

	"mxverdict/rules"
	"mxverdict/verify/blocklist"
	"mxverdict/verify/facts"
)

// OfRule is one rule for people: what its findings claim, what is required, what decides it, how it ends, and who says what about it. Where
// a policy is in force (else it is nil), it shows what that makes of the rule.
func OfRule(r *rules.Rule, t *rules.Opinions, policy *rules.Policy) Document {
	b := &builder{}
	b.section(Section{Mark: Strong, Title: "RULE", Lead: foreign(r.ID + ", " + r.About)})
	b.item("File", foreign(fmt.Sprintf("%s:%d", r.File, r.Line)))
	b.item("Claims", prose(r.Claim))
	b.item("Tested at", prose(r.Place))
	if r.Urgent {
		b.item("Urgent", ours("stands first, and exits with 3 where it cannot be decided"))
	}
	if r.Untested != nil {
		b.item("Not re-tested", prose(r.Untested.Reason))
		b.item("Instead", prose(r.Untested.Next))
	}
	b.requirements(r, policy)
	b.parameters(r, policy)
	// Whoever doubts a verdict looks these up with "rules facts".
	var looks []Text
	for _, name := range r.Facts() {
		looks = append(looks, Text{{Kind: Code, Text: string(name)}})
	}
	b.item("Looks at", looks...)
	b.words("Says: ", r.Say)
	b.words("Plain: ", r.Plain)
	b.item("Leave as is", prose(r.DoNot))
	b.item("Fix", prose(r.Fix))
	b.item("Optional", prose(r.Optional))
	b.ofHouse(r, policy)
	b.item("Source", citations(r.References)...)
	for _, f := range t.Fields {
		if f.Rule == r.ID {
			b.item("Who says what", opinionsAbout(t, f.Name)...)
		}
	}
	if slices.Contains(r.Facts(), facts.BlockListed) {
		b.lists()
	}
	b.section(Section{Mark: Strong, Title: "KEYS", Lead: ours("What each key of a rule and of a policy means: mxverdict rules show keys")})
	return Document{b.sections}
}

// words are sentences by the way in which a rule ends.
func (b *builder) words(lead string, words map[string]string) {
	for _, key := range sorted(words) {
		b.item("", joined(ours("%s", lead), foreign(key), ours(": "), prose(words[key])))
	}
}

// OfCause is one cause for people.
func OfCause(c *rules.Cause) Document {
	b := &builder{}
	b.section(Section{Mark: Strong, Title: "CAUSE", Lead: foreign(c.ID + ", " + c.About)})
	b.item("File", foreign(fmt.Sprintf("%s:%d", c.File, c.Line)))
	b.list("Explains", c.Explains)
	b.list("Never tested", c.NeverTested)
	var proof []Text
	for _, name := range c.Facts() {
		proof = append(proof, Text{{Kind: Code, Text: string(name)}})
	}
	b.item("Proven by", proof...)
	b.item("Says", prose(c.Says))
	b.item("Plain", prose(c.Plain))
	b.item("Leave as is", prose(c.DoNot))
	return Document{b.sections}
}

// OfPatience is the table of who waits how long for a greeting.
func OfPatience(t *rules.Patience) Document {
	b := &builder{}
	for _, senders := range []bool{true, false} {
		b.section(Section{Mark: Strong, Title: map[bool]string{true: "SENDERS OF MAIL", false: "TESTERS"}[senders], Lead: ours("wait for a greeting")})
		var points []Text
		for _, c := range t.Clients {
			if c.Sender == senders {
				points = append(points, foreign(fmt.Sprintf("%s: %s (%s, seen %s)", c.Name, facts.FormatDuration(c.Waits), c.Source, c.Seen)))
			}
		}
		b.add(&List{points})
	}
	return Document{b.sections}
}

// OfOpinions is the table of who says what.
func OfOpinions(t *rules.Opinions) Document {
	b := &builder{}
	for _, f := range t.Fields {
		b.section(Section{Mark: Strong, Title: "WHO SAYS WHAT", Lead: foreign(f.Name + " (" + f.Rule + ")")})
		b.add(&List{opinionsAbout(t, f.Name)})
	}
	return Document{b.sections}
}

// opinionsAbout are what is said about one field.
func opinionsAbout(t *rules.Opinions, field string) []Text {
	var out []Text
	for _, a := range t.Authorities {
		if stance, ok := a.Stances[field]; ok {
			out = append(out, foreign(fmt.Sprintf("%s: %s (class %s, %s, seen %s)", a.Name, cmp.Or(spanned(stance.Span(), stance.Says), "as its styles say"), a.Class, reference(a.Source), a.Seen)))
		}
	}
	for _, provider := range t.Providers {
		if v, ok := provider.Values[field]; ok && v.Kind() != facts.None {
			out = append(out, foreign(fmt.Sprintf("%s gives %s (%s, seen %s)", provider.Name, v, provider.Source, provider.Seen)))
		}
	}
	return out
}

// spanned puts bounds and words together where there are both.
func spanned(span, words string) string {
	if span == "" || words == "" {
		return span + words
	}
	return span + ": " + words
}

// lists say what each block list is: who reads a verdict about one has to see on whose word it rests, and of when that is.
func (b *builder) lists() {
	for _, l := range blocklist.Lists() {
		b.section(Section{Mark: Strong, Title: "BLOCK LIST", Lead: foreign(l.Name)})
		b.item("About", foreign(cmp.Or(l.About, "nobody is known to say what it is about")))
		b.item("Blames", foreign(l.Scope))
		b.item("Used by", foreign(l.Use+parensAfter(l.UsedBy)))
		b.item("Asked at", foreign(cmp.Or(l.Zone, l.AskedWithKey(), "not asked: its place is not known, or it is closed")))
		b.item("Key", foreign(l.AsksFor()))
		b.item("Terms", foreign(l.Terms))
		b.item("Closed", foreign(l.Closed))
		b.item("Page", foreign(l.Page))
		b.item("Removal", foreign(l.Removal))
		for _, c := range l.Codes {
			b.item("Code", foreign(c.Code.String()+" "+cmp.Or(c.Scope, l.Scope)+": "+c.Means))
		}
		b.item("Source", foreign(l.Source+", seen "+l.Seen))
	}
}

// parensAfter puts a text into brackets behind another one.
func parensAfter(text string) string {
	if text == "" {
		return ""
	}
	return " (" + text + ")"
}

// severity is what a class does not say, and advice has none.
func severity(s rules.Severity) string {
	if s == "" {
		return ""
	}
	return ", severity " + string(s)
}

// sorted gives the keys of a map in one order, for two runs have to give the same bytes.
func sorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
