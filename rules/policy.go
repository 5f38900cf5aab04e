package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"mxverdict/verify/facts"
)

// Policy is the house style of one organisation: an overlay over the catalogue, and never an edit of it. It words what customers and
// postmasters read, sets limits where reporters name none, says which requirements this organisation makes or drops, and which findings it
// knows and lives with. What a standard demands it cannot change: a verdict that rests on a policy says so, and whose it is.
type Policy struct {
	Organisation string
	Language     string // of its words for customers, as in RFC 5646
	Reply        Reply
	Accepted     []Acceptance
	File         string

	rules    map[string]*Rule                  // of the catalogue, as the policy has them
	words    map[string]map[string]string      // for customers: by rule, then as in a file of a language
	accepted map[string]map[string]*Acceptance // by rule, then by subject
}

// Reply is what the organisation puts around the answer to a customer. Its texts may have several lines.
type Reply struct {
	Salutation string
	Signature  string
	Links      []Link
}

// Link is a page to which the reply points.
type Link struct {
	Title   string
	Address string   // https
	Rules   []string // only in a reply that speaks of one of these; none: in every reply
}

// Amended are the rules that the policy is about, as it has them, sorted by ID.
func (p *Policy) Amended() []*Rule {
	var amended []*Rule
	for _, id := range sortedKeys(p.rules) {
		amended = append(amended, p.rules[id])
	}
	return amended
}

// About are the links for a reply that speaks of some rules, in the order of the policy. A nil policy has none.
func (p *Policy) About(rules ...string) []Link {
	var links []Link
	if p == nil {
		return nil
	}
	for _, l := range p.Reply.Links {
		if len(l.Rules) == 0 || slices.ContainsFunc(l.Rules, func(id string) bool { return slices.Contains(rules, id) }) {
			links = append(links, l)
		}
	}
	return links
}

// houseStyle is what the policy of an organisation changes of a rule.
type houseStyle struct {
	limits map[string]facts.Value // by parameter
	waived []Requirement          // what the organisation does not demand, with why
	words  []string               // the keys for which it has words of its own
}

// Limit is the organisation's limit for a parameter of the rule, where it has one.
func (r *Rule) Limit(parameter string) (limit facts.Value, ok bool) {
	if r.house == nil {
		return limit, false
	}
	limit, ok = r.house.limits[parameter]
	return limit, ok
}

// Waived are the requirements of the rule that the organisation does not make.
func (r *Rule) Waived() []Requirement {
	if r.house == nil {
		return nil
	}
	return r.house.waived
}

// OwnWords are the keys for which the organisation has words of its own.
func (r *Rule) OwnWords() []string {
	if r.house == nil {
		return nil
	}
	return r.house.words
}

// Policy is the policy in force, or nil.
func (c *Catalogue) Policy() *Policy { return c.policy }

// Under is the catalogue under the policy of an organisation. The catalogue itself stays as it is. The first mistake of the file is the
// error; who mends it calls Lint.
func (c *Catalogue) Under(file string, data []byte) (*Catalogue, error) {
	p, err := c.loadPolicy(file, data)
	if err != nil {
		return nil, first(err)
	}
	return c.under(p, data), nil
}

// under puts a policy over a copy of the catalogue.
func (c *Catalogue) under(p *Policy, data []byte) *Catalogue {
	other := *c
	other.policy = p
	other.rules, other.ruleByID = slices.Clone(c.rules), map[string]*Rule{}
	for i, r := range other.rules {
		if own := p.rules[r.ID]; own != nil {
			other.rules[i] = own
		}
		other.ruleByID[r.ID] = other.rules[i]
	}
	// What link works out rule by rule is worked out again: demands of the organisation ask for facts of their own.
	other.explainers, other.wanted = map[*Rule][]*Cause{}, map[*Rule][]facts.Name{}
	for i, r := range other.rules {
		if causes := c.explainers[c.rules[i]]; causes != nil {
			other.explainers[r] = causes
		}
		other.wanted[r] = other.wantedBy(r)
	}
	other.languages = slices.Clone(c.languages)
	for i, l := range other.languages {
		if l.Code == p.Language {
			other.languages[i] = l.with(p.words)
		}
		if c.language == l {
			other.language = other.languages[i]
		}
	}
	// Evidence tells by the digest whether it was judged in the same way.
	digest := sha256.New()
	fmt.Fprintf(digest, "%s %d\n", c.digest, len(data))
	digest.Write(data)
	other.digest = hex.EncodeToString(digest.Sum(nil))[:16]
	return &other
}

// Name is how a policy calls the requirement: its id, else its reference, which most requirements of a rule have for themselves.
func (q Requirement) Name() string {
	if q.ID != "" {
		return q.ID
	}
	return q.Reference
}

// Class is how much whose word weighs.
type Class struct {
	Name  string // as it stands in the YAML
	Means string
}

// Classes are all classes of requirements, the strongest first.
var Classes = []Class{
	{"M", "a standard demands it (MUST, or its grammar)"},
	{"S", "a standard asks for it, and knows exceptions (SHOULD)"},
	{"O", "a large operator, or software in wide use, refuses or loses mail without it"},
	{"logic", "it follows from what the standards say; without it something cannot work"},
	{"A", "advice; nobody demands it, and alone it never confirms a finding"},
}

// Means says how much whose word weighs.
func (q Requirement) Means() string { return classMeans(q.Class) }

// classMeans says a class in words, or "" for one that there is not.
func classMeans(name string) string {
	if i := slices.IndexFunc(Classes, func(c Class) bool { return c.Name == name }); i >= 0 {
		return Classes[i].Means
	}
	return ""
}
