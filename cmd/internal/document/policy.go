package document

import (
	"cmp"
	"fmt"
	"strings"

	"mxverdict/rules"
)

// OfPolicy is a policy for people, or, where none is in force, what one can say.
func OfPolicy(policy *rules.Policy) Document {
	b := &builder{}
	if policy == nil {
		b.section(Section{Mark: Strong, Title: "POLICY", Lead: ours("None is in force; one is named with --policy FILE. What it can say:")})
		b.keys(rules.PolicyKeys)
		b.classes()
		return Document{b.sections}
	}
	b.section(Section{Mark: Strong, Title: "POLICY", Lead: foreign(policy.Organisation)})
	b.item("File", foreign(policy.File))
	b.item("Language", foreign(policy.Language))
	b.item("Salutation", foreigns(strings.Split(policy.Reply.Salutation, "\n"))...)
	b.item("Signature", foreigns(strings.Split(policy.Reply.Signature, "\n"))...)
	for _, l := range policy.Reply.Links {
		b.item("Link", joined(foreign(l.Title+": "), Text{{Kind: Citation, Text: l.Address, Link: l.Address}}, ours(", in "), foreign(cmp.Or(strings.Join(l.Rules, ", "), "every reply"))))
	}
	for _, r := range policy.Amended() {
		b.section(Section{Mark: Strong, Title: "OF RULE", Lead: foreign(r.ID + ", " + r.About)})
		b.requirements(r, policy)
		b.parameters(r, policy)
		b.item("Own words", foreign(strings.Join(r.OwnWords(), ", ")))
	}
	for _, a := range policy.Accepted {
		b.section(Section{Mark: Strong, Title: "ACCEPTED", Lead: foreign(a.Rule + " at " + a.Subject)})
		b.item("Until", foreign(a.Until))
		b.item("By", foreign(a.By))
		b.item("Reason", prose(a.Reason))
	}
	return Document{b.sections}
}

// OfKeys is what each key of a rule and of a policy means.
func OfKeys() Document {
	b := &builder{}
	b.section(Section{Mark: Strong, Title: "RULE", Lead: ours("the keys of a rule in catalogue/*.yaml")})
	b.keys(rules.RuleKeys)
	b.classes()
	b.section(Section{Mark: Strong, Title: "POLICY", Lead: ours("the keys of the file of --policy")})
	b.keys(rules.PolicyKeys)
	return Document{b.sections}
}

func (b *builder) keys(keys []rules.Key) {
	var points []Text
	for _, k := range keys {
		points = append(points, joined(Text{{Kind: Code, Text: k.Name}}, ours(": %s.", k.Means)))
	}
	b.add(&List{points})
}

// classes say how much whose word weighs.
func (b *builder) classes() {
	b.section(Section{Mark: Strong, Title: "CLASS", Lead: ours("whose word a requirement is, and how much it weighs")})
	var points []Text
	for _, c := range rules.Classes {
		points = append(points, ours("%s: %s.", c.Name, c.Means))
	}
	b.add(&List{points})
}

// requirements are what is required by whom, under the names by which a policy speaks of it.
func (b *builder) requirements(r *rules.Rule, policy *rules.Policy) {
	for _, q := range r.Requirements {
		whose := fmt.Sprintf("class %s: %s%s", q.Class, q.Means(), severity(q.Severity))
		switch {
		case q.House:
			b.requirement("Demanded", q, joined(ours("by "), foreign(policy.Organisation), ours(" itself, severity %s; to others class %s: %s", q.Severity, q.Class, q.Means())))
		case q.Class != "A" && q.BrokenWhen == nil: // the organisation does not make it; told below
		default:
			b.requirement("Requirement", q, ours("%s", whose))
		}
	}
	for _, q := range r.Waived() {
		b.requirement("Not demanded", q, joined(ours("by "), foreign(policy.Organisation), ours("; class %s: %s. Its reason: ", q.Class, q.Means()), prose(q.Because)))
	}
}

// requirement is one of them, with its name and, where that is another text, its reference.
func (b *builder) requirement(label string, q rules.Requirement, whose Text) {
	name := Text{{Kind: Code, Text: q.Name()}}
	if q.ID != "" && q.Reference != "" {
		name = joined(name, ours(", "), foreign(reference(q.Reference)))
	}
	b.item(label, joined(prose(q.Says), ours(" ("), whose, ours("; "), name, ours(")")))
}

// parameters are the limits of a rule, and whose they are.
func (b *builder) parameters(r *rules.Rule, policy *rules.Policy) {
	for _, name := range sorted(r.Parameters) {
		d := r.Parameters[name]
		says := fmt.Sprintf("{%s}: stated by the report", name)
		if limit, own := r.Limit(name); own {
			says = fmt.Sprintf("{%s}: %s by the policy of %s, and else %s, unless the report or the reporter says otherwise (%s)", name, limit, policy.Organisation, d.Default, d.Source)
		} else if d.Source != "" {
			says = fmt.Sprintf("{%s}: %s, unless the report or the reporter says otherwise (%s)", name, d.Default, d.Source)
		}
		b.item("Parameter", prose(says))
	}
}

// ofHouse is what the policy in force makes of a rule, if one is.
func (b *builder) ofHouse(r *rules.Rule, policy *rules.Policy) {
	if policy == nil {
		return
	}
	if own := r.OwnWords(); len(own) > 0 {
		b.item("House style", joined(foreign(policy.Organisation), ours(" has words of its own for "), foreign(strings.Join(own, ", "))))
	}
	for _, a := range policy.Accepted {
		if a.Rule == r.ID {
			b.item("Accepted", prose(fmt.Sprintf("at %s until %s (%s: %s)", a.Subject, a.Until, a.By, a.Reason)))
		}
	}
}
