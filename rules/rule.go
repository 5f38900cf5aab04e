package rules

import (
	"regexp"
	"slices"

	"mxverdict/verify/facts"
)

// Rule says what a finding of one kind claims, what a standard really demands, and how to say both.
// A false claim is a false positive; a true one is confirmed where a requirement is broken, and else a matter of policy. The rule holds
// no label itself: it follows from these two truths, for every rule in the same way.
type Rule struct {
	ID           string
	About        string
	Subject      string // "host" or "zone": what a name of the report must lead to
	Place        string // the name that is tested where a row says which: "{selector}._domainkey.{subject}"; "" for the subject itself
	File         string
	Line         int
	Urgent       bool      // strangers do harm while it is open: who reads one thing only has to read this
	Claim        string    // what the finding asserts, with {placeholders}
	HoldsWhen    Condition // nil for an untested rule
	JudgedWhere  Condition // nil: everywhere; else only views where it is true count
	Untested     *Untested
	Requirements []Requirement
	Parameters   map[string]ParameterSpec
	Reported     *Reported // nil for a rule whose rows state no number that is compared with today's
	Shows        []string  // of showable
	Say          map[string]string
	Plain        map[string]string // the same for customers; see plain.go
	Notes        []Note
	RowNotes     []RowNote
	DoNot        string
	Fix          string // what to do about a confirmed finding
	Optional     string // what may be done, if wished, where nothing is broken
	References   []string
	Commands     []string

	house  *houseStyle // what the policy in force makes of it, or nil
	cases  []ruleCase
	faulty bool // its file has mistakes here: it can be named, but neither judged by nor tried

	kind  facts.SubjectKind // see viewKind
	facts []facts.Name      // see Facts
}

// Untested says why a claim cannot be tested (yet), and what to do instead.
// Such a rule is worth having: its rows are recognised, and their reader is told what to do by hand.
type Untested struct {
	Code   facts.Code `yaml:"code"`
	Reason string     `yaml:"reason"`
	Next   string     `yaml:"next"`
}

// Note is a remark that a verdict carries where a condition holds.
type Note struct {
	Says   string
	When   Condition
	Repair string // what to do about it, although the claim of the rule is no fault; "" for nothing
	Plain  string // the key of plain words that the customer is told too, or ""
	Always bool   // told beside an open claim too: it is what somebody else said, and reads like nobody's verdict

	at facts.SubjectKind // where its condition can be seen, if not where the rule is judged; else ""
}

// RowNote is a remark that a verdict carries, whatever it is, where a row itself holds certain words: what the reporter printed beside its
// claim may show more than the claim.
type RowNote struct {
	Matches *regexp.Regexp
	Says    string
}

// Requirement is what a standard or a large operator demands.
// Severity is ours, by the harm that a broken one does; the colour of the reporter's icon plays no part.
type Requirement struct {
	ID         string // within the rule, where its reference does not tell it from the others; see Name
	Says       string
	Class      string // M (must), S (should), O (an operator refuses), A (advice), logic
	Severity   Severity
	Reference  string
	BrokenWhen Condition // nil for class A, which is never broken
	Unless     string    // unlessAnycast, or "" for no excuse
	Confirmed  string    // in place of what the rule says of a confirmed finding, where this requirement is the one that is broken; or ""
	Fix        string    // in place of the rule's, likewise
	Plain      string    // the key of the plain words in place of those for a confirmed finding, or ""

	House   bool     // advice to others, and a demand of the organisation whose policy is in force
	Because string   // why that organisation does not demand it
	usual   Severity // where the organisation has another one
	own     []string // the keys of the words that are the organisation's
}

// ParameterSpec declares a $name of a rule.
// A default is a yardstick of ours, and the verdict says so; without one, and without a limit of the reporter, the claim is unknown.
type ParameterSpec struct {
	Kind    facts.Kind
	Default facts.Value // no value: there is none
	Source  string      // whose default that is
}

// Sayings of a rule: a sentence for each way in which it can end. An inconclusive verdict is explained by its reason.
const (
	sayConfirmed = "confirmed"
	sayPolicy    = "policy_disagreement"
	sayArtifact  = "artifact" // false positive that a proven cause explains
	sayChanged   = "changed"  // false positive otherwise
)

// sayings are all that a rule may have words for.
var sayings = []string{sayConfirmed, sayPolicy, sayArtifact, sayChanged}

// What a verdict may show beside its facts.
const (
	showWouldSee = "would_see" // what a client of each patience would have seen
	showPatience = "patience"  // who would give up, who misreports
	showOpinions = "opinions"  // who recommends what, and whose default the value is

	showDelegation = "delegation" // how the zone was found, and what each server on the way said
	showSPFTree    = "spf-tree"   // the SPF record with all that it includes, and the look-ups of each
)

// showable are all that a rule may ask to be shown.
var showable = []string{showWouldSee, showPatience, showOpinions, showDelegation, showSPFTree}

// unlessAnycast excuses a requirement where all name servers of the zone belong to a provider that is known to announce
// its addresses from many places.
const unlessAnycast = "anycast"

// subjects are the kinds that a rule may be about. What a mail domain leads to is a host or a zone; nothing is judged at a bare name.
var subjects = []string{string(facts.Host), string(facts.Zone)}

// NeedsMessage tells whether the claim is about a message, which is to be given beside the report.
func (r *Rule) NeedsMessage() bool {
	return r.HoldsWhen != nil && !slices.ContainsFunc(r.HoldsWhen.Facts(), func(name facts.Name) bool {
		fact, _ := facts.Define(name)
		return !fact.Source.Has(facts.FromMessage)
	})
}

// Facts returns every fact that judging by the rule may look at: first those that decide, then those that are shown.
func (r *Rule) Facts() []facts.Name { return slices.Clone(r.facts) }

// settle works out, once for all reports, what does not depend on any of them.
func (r *Rule) settle() {
	decisive := r.decisive()
	r.kind = viewKindOf(r.Subject, decisive)
	r.facts = distinct(decisive, r.shown())
	view := View{Subjects: []facts.Subject{{Kind: r.kind, At: "an address"}, {Kind: facts.Target}}}
	// A note may look at what the rule does not: a remark about the whole zone beside a claim about one server. Where that is seen is
	// found here and not asked of the author, who would get it wrong silently.
	for i := range r.Notes {
		for _, name := range r.Notes[i].When.Facts() {
			if def, _ := facts.Define(name); !view.sees(def.Scope) {
				r.Notes[i].at = wholeOf(def.Scope)
			}
		}
	}
}

// decisive are the facts on which a verdict rests. They are those of the conditions and nothing else: what a sentence, a remark or a
// table shows beside them must be free to change without any verdict changing.
func (r *Rule) decisive() []facts.Name {
	var names []facts.Name
	for _, c := range []Condition{r.JudgedWhere, r.HoldsWhen} {
		if c != nil {
			names = append(names, c.Facts()...)
		}
	}
	for _, q := range r.Requirements {
		if q.BrokenWhen != nil {
			names = append(names, q.BrokenWhen.Facts()...)
		}
		// Whose servers these are decides about the excuse, so that it is a fact on which the verdict rests.
		if q.Unless == unlessAnycast {
			names = append(names, facts.DNSZoneServers)
		}
	}
	return names
}

// shown are the facts that a verdict only tells, once it stands. They are asked for too, so that the sentences can be filled.
func (r *Rule) shown() []facts.Name {
	var names []facts.Name
	for _, n := range r.Notes {
		names = append(names, n.When.Facts()...)
	}
	names = append(names, factsNamed(r.texts())...)
	for _, show := range r.Shows {
		names = append(names, shownFacts[show]...)
	}
	if r.Reported != nil {
		names = append(names, r.Reported.Fact)
	}
	for _, q := range r.Waived() { // so that it can be told what was dropped
		names = append(names, q.BrokenWhen.Facts()...)
	}
	return names
}

// viewKind is the kind of subject at which the rule is judged.
func (r *Rule) viewKind() facts.SubjectKind { return r.kind }

// viewKindOf is the kind of subject at which facts are measured: a zone rule whose facts differ from server to server is
// judged at each server (RFC 1034 section 4.3.5: a secondary serves an older copy for a while), a host rule about block lists at each list,
// one whose facts are about the name of the report at that name. So is a host rule that asks nothing of SMTP hosts: a web server is not
// where the mail goes.
func viewKindOf(subject string, names []facts.Name) facts.SubjectKind {
	of := func(scope facts.SubjectKind) func(facts.Name) bool {
		return func(name facts.Name) bool { def, _ := facts.Define(name); return def.Scope == scope }
	}
	switch {
	case subject != string(facts.Host):
	case slices.ContainsFunc(names, of(facts.Listing)):
		return facts.Listing
	case len(names) == 0 || !allOf(names, of(facts.Target)):
		return facts.Session
	}
	kind := facts.Target
	for _, name := range names {
		// The finest kind wins: at a server the facts of its zone are seen too, at the zone not those of its servers.
		switch def, _ := facts.Define(name); def.Scope {
		case facts.Server:
			return facts.Server
		case facts.Zone:
			kind = facts.Zone
		}
	}
	return kind
}

// allOf tells whether something holds of all items of a list.
func allOf[T any](list []T, holds func(T) bool) bool {
	return !slices.ContainsFunc(list, func(item T) bool { return !holds(item) })
}

// distinct joins lists of names and keeps the first of each.
func distinct(lists ...[]facts.Name) []facts.Name {
	var out []facts.Name
	for _, name := range slices.Concat(lists...) {
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	return out
}

// Endings are the ways in which the rule can end beside inconclusive: those for which it has words.
func (r *Rule) Endings() []string { return sortedKeys(r.Say) }

// texts returns every sentence of the rule that may hold placeholders.
func (r *Rule) texts() []string {
	texts := []string{r.Claim, r.DoNot, r.Fix, r.Optional}
	for _, key := range sortedKeys(r.Say) {
		texts = append(texts, r.Say[key])
	}
	for _, q := range r.Requirements {
		texts = append(texts, q.Says, q.Confirmed, q.Fix)
	}
	for _, n := range r.Notes {
		texts = append(texts, n.Says, n.Repair)
	}
	for _, key := range sortedKeys(r.Plain) {
		texts = append(texts, r.Plain[key])
	}
	return append(texts, r.Commands...)
}
