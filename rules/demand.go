package rules

import (
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Keys of a rule's words beside its sayings, as policies name them.
const (
	keyDoNot    = "do_not"
	keyFix      = "fix"
	keyOptional = "optional"
	keyPlain    = "plain"
)

// demandSpec is what a policy says of one requirement of a rule.
type demandSpec struct {
	Demanded   *bool     `yaml:"demanded"`
	Because    string    `yaml:"because"`
	Says       string    `yaml:"says"`
	Severity   Severity  `yaml:"severity"`
	BrokenWhen yaml.Node `yaml:"broken_when"`
	Confirmed  string    `yaml:"confirmed"`
	Fix        string    `yaml:"fix"`
	Plain      string    `yaml:"plain"`
}

// loadDemand reads what the organisation makes of a requirement: it drops one (demanded: false), makes advice its own demand (demanded:
// true), or weighs and words one that stands. words takes what customers are told.
func (l *policyLoader) loadDemand(r *Rule, words map[string]string, key, node *yaml.Node) {
	var spec demandSpec
	i, found := l.requirement(r, key)
	if l.m.Add(strict.DecodeNode(l.file, node, &spec)) || !found {
		return
	}
	at := func(format string, args ...any) error {
		return strict.Errorf(l.file, key, "rule %q, requirement %s: "+format, append([]any{r.ID, key.Value}, args...)...)
	}
	q := &r.Requirements[i]
	if l.m.Add(spec.check(*q, at)) {
		return
	}
	for _, text := range []string{spec.Says, spec.Confirmed, spec.Fix, spec.Plain} {
		l.m.Add(r.checkPlaceholders(text, at))
	}
	if spec.Plain != "" {
		q.Plain = "requirement " + key.Value // no key of the catalogue has a space
		words[q.Plain] = spec.Plain
	}
	q.word(spec)
	switch {
	case spec.Demanded == nil:
	case *spec.Demanded:
		q.House, q.Says, q.Severity = true, spec.Says, spec.Severity
		if !l.m.Add(r.loadIf(l.file, &spec.BrokenWhen, &q.BrokenWhen)) {
			l.m.Add(r.checkSeen(q.BrokenWhen, at))
		}
		if spec.Plain == "" { // those of the rule are about the demands of others
			q.Plain = "requirement " + key.Value
		}
	default:
		waived := *q
		waived.Because = spec.Because
		r.house.waived = append(r.house.waived, waived)
		q.BrokenWhen = nil
	}
}

// requirement finds the requirement of a rule that a key names.
func (l *policyLoader) requirement(r *Rule, key *yaml.Node) (int, bool) {
	var names []string
	found, several := -1, false
	for i, q := range r.Requirements {
		names = append(names, q.Name())
		if q.Name() == key.Value {
			several, found = found >= 0, i
		}
	}
	switch {
	case len(names) == 0:
		l.bad(key, "rule %q has no requirement", r.ID)
	case several:
		l.bad(key, "rule %q has several requirements %q; whoever wrote it has to give each an id", r.ID, key.Value)
		return 0, false
	case found < 0:
		l.bad(key, "rule %q has no requirement %q%s; it has %s", r.ID, key.Value, strict.Suggest(key.Value, names), strings.Join(names, ", "))
	}
	return found, found >= 0
}

// check holds the parts of a demand together: nobody is to take a demand of the organisation for that of a standard, or the other way
// round.
func (d demandSpec) check(q Requirement, at func(string, ...any) error) error {
	own := d.Demanded != nil && *d.Demanded
	dropped := d.Demanded != nil && !*d.Demanded
	switch {
	case own && q.Class != "A":
		return at("it is demanded already (class %s: %s); to weigh it otherwise, give its severity alone", q.Class, classMeans(q.Class))
	case dropped && q.Class == "A":
		return at("it is advice, which nobody demands; there is nothing to switch off")
	case own && (d.Says == "" || d.Fix == "" || d.BrokenWhen.Kind == 0 || d.Severity == ""):
		return at("a demand of your own needs says (what you demand), broken_when, severity and fix (what to do about it)")
	case dropped && d.Because == "":
		return at("what is not demanded needs its reason: because")
	case !dropped && d.Because != "":
		return at("because belongs to demanded: false")
	case dropped && (d.Severity != "" || d.Confirmed != "" || d.Fix != "" || d.Plain != ""):
		return at("what is not demanded is never broken; severity, confirmed, fix and plain mean nothing there")
	case !own && (d.Says != "" || d.BrokenWhen.Kind != 0):
		return at("says and broken_when belong to demanded: true; what others demand stays as it is")
	case q.Class == "A" && !own:
		return at("it is advice and never broken, unless you demand it: demanded: true")
	case d.Severity != "" && !slices.Contains([]Severity{High, Medium, Low}, d.Severity):
		return at("severity %q is none of high, medium, low", d.Severity)
	case d.Demanded == nil && d.Severity == "" && d.Confirmed == "" && d.Fix == "" && d.Plain == "":
		return at("nothing is said of it; demanded: false switches it off")
	case len(d.Plain) > maxPlain || len(d.Says)+len(d.Because)+len(d.Confirmed)+len(d.Fix) > maxReplyText:
		return at("its texts are too long; plain has at most %d characters, the others together %d", maxPlain, maxReplyText)
	}
	return nil
}

// checkSeen refuses facts that are never known where the rule is judged: with them every verdict would stay open.
func (r *Rule) checkSeen(c Condition, at func(string, ...any) error) error {
	var m strict.Mistakes
	view := View{Subjects: []facts.Subject{{Kind: r.kind, At: "an address"}, {Kind: facts.Target}}}
	for _, name := range c.Facts() {
		if def, _ := facts.Define(name); !view.sees(def.Scope) {
			m.Add(at("%s is measured per %s, and the rule is judged per %s", name, def.Scope, r.kind))
		}
	}
	return m.Err()
}

// word takes the severity and the words of a demand.
func (q *Requirement) word(d demandSpec) {
	if d.Severity != "" && d.Severity != q.Severity && d.Demanded == nil {
		q.usual, q.Severity = q.Severity, d.Severity
	}
	for _, w := range []struct {
		key, text string
		into      *string
	}{{sayConfirmed, d.Confirmed, &q.Confirmed}, {keyFix, d.Fix, &q.Fix}} {
		if w.text != "" {
			*w.into = w.text
			q.own = append(q.own, w.key)
		}
	}
	if d.Plain != "" {
		q.own = append(q.own, keyPlain)
	}
}
