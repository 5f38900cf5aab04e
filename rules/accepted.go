package rules

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
)

// Acceptance is a finding that an organisation knows and lives with until a day. It changes no label: what is so is so.
type Acceptance struct {
	Rule    string `json:"-"`
	Subject string `json:"-"`      // a host, a zone, an address, or all names below one: *.example.com
	Reason  string `json:"reason"` // why
	By      string `json:"by"`     // who stands for it
	Until   string `json:"until"`  // the last day, at UTC, such as 2027-03-31

	over time.Time // the first moment at which it counts no more
}

type acceptanceSpec struct {
	Rule    string `yaml:"rule"`
	Subject string `yaml:"subject"`
	Reason  string `yaml:"reason"`
	By      string `yaml:"by"`
	Until   string `yaml:"until"`
}

// maxAcceptance bounds the words of an acceptance, which stand in every verdict that it is about.
const maxAcceptance = 500

// acceptedName is a name that somebody may accept findings of: two labels at least, so that nobody accepts a whole part of the Internet.
// Labels are those of host names and of names for machines (RFC 1123 section 2.1, RFC 8552).
var acceptedName = regexp.MustCompile(`^(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// loadAcceptance reads one accepted finding. Each has an end: what is accepted for ever is forgotten.
func (l *policyLoader) loadAcceptance(p *Policy, node *yaml.Node) {
	var spec acceptanceSpec
	if l.m.Add(strict.DecodeNode(l.file, node, &spec)) {
		return
	}
	a := Acceptance{Rule: spec.Rule, Subject: canonical(spec.Subject), Reason: strings.TrimSpace(spec.Reason), By: strings.TrimSpace(spec.By), Until: spec.Until}
	day, err := time.Parse(time.DateOnly, a.Until)
	a.over = day.AddDate(0, 0, 1)
	_, notAddress := netip.ParseAddr(a.Subject)
	switch {
	case l.Rule(a.Rule) == nil:
		l.bad(node, "accepted: there is no rule %q%s", a.Rule, l.Suggest(a.Rule))
	case notAddress != nil && (!acceptedName.MatchString(a.Subject) || len(a.Subject) > maxPlace):
		l.bad(node, "accepted: subject %q is no host, domain or address, nor *.DOMAIN; write other letters than a to z as in the DNS (xn--…)", spec.Subject)
	case a.Reason == "" || a.By == "":
		l.bad(node, "accepted: needs a reason, and by: who stands for it")
	case len(a.Reason)+len(a.By) > maxAcceptance:
		l.bad(node, "accepted: reason and by have more than %d characters", maxAcceptance)
	case err != nil:
		l.bad(node, "accepted: until is the last day, such as 2027-03-31, not %q", a.Until)
	case p.accepted[a.Rule][a.Subject] != nil:
		l.bad(node, "accepted: %s at %s stands here a second time", a.Rule, a.Subject)
	default:
		if p.accepted[a.Rule] == nil {
			p.accepted[a.Rule] = map[string]*Acceptance{}
		}
		p.accepted[a.Rule][a.Subject] = &a
		p.Accepted = append(p.Accepted, a)
	}
}

// canonical is the one spelling of a name or an address.
func canonical(name string) string {
	if addr, err := netip.ParseAddr(name); err == nil {
		return addr.Unmap().WithZone("").String()
	}
	return strings.TrimSuffix(strings.ToLower(name), ".")
}

// placeNames are the names of what a verdict is about.
type placeNames struct {
	whole  []string   // each of them means all of it
	places [][]string // the names of each place; all places together mean all of it
}

// Accept marks the verdicts that the organisation whose policy is in force accepts at a moment, which is that of the test: judged again
// later, evidence gives what it gave. It comes after Judge, which knows no time. A finding that is not true needs no acceptance.
func (c *Catalogue) Accept(j *Judgement, at time.Time) {
	if c.policy == nil || at.IsZero() {
		return
	}
	for i := range j.Verdicts {
		v := &j.Verdicts[i]
		a := c.policy.acceptance(v.Rule, v.names, at)
		switch {
		case a == nil || v.Verdict == FalsePositive:
		case !at.Before(a.over):
			v.Lapsed = a
			v.Policy = append(v.Policy, c.policy.says("it accepted this until %s, and does so no more (%s)", a.Until, a.whose()))
		default:
			v.Accepted = a
			v.Policy = append(v.Policy, c.policy.says("this is known, and accepted until %s (%s)", a.Until, a.whose()))
			if v.Verdict == Confirmed {
				j.Summary.Accepted++
			}
		}
	}
}

// whose says who stands for it, and why.
func (a *Acceptance) whose() string { return a.By + ": " + strings.TrimRight(a.Reason, ". ") }

// acceptance finds what covers the whole of a verdict: one that still counts, else one that is over, else nil.
func (p *Policy) acceptance(rule string, names placeNames, at time.Time) *Acceptance {
	subjects := p.accepted[rule]
	if subjects == nil {
		return nil
	}
	covering, shared := coverings(names.whole...), []string(nil)
	for i, place := range names.places {
		here := coverings(place...)
		if i == 0 {
			shared = here
		}
		// What covers one of several hosts says nothing of the others.
		shared = slices.DeleteFunc(shared, func(s string) bool { return !slices.Contains(here, s) })
	}
	covering = append(covering, shared...)
	var over *Acceptance
	for _, subject := range covering {
		switch a := subjects[subject]; {
		case a != nil && at.Before(a.over):
			return a
		case a != nil && over == nil:
			over = a
		}
	}
	return over
}

// coverings are the subjects of acceptances that names fall under, the nearest of each first.
func coverings(names ...string) []string {
	var all []string
	for _, name := range names {
		name = canonical(name)
		_, notAddress := netip.ParseAddr(name)
		all = append(all, name)
		for notAddress != nil {
			_, parent, ok := strings.Cut(name, ".")
			if !ok {
				break
			}
			all = append(all, "*."+parent)
			name = parent
		}
	}
	return all
}
