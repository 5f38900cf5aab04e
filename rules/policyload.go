package rules

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// policySchema is named by every policy.
const policySchema = "mxverdict/policy/1"

// The YAML shape of a policy. Whatever needs the line of its key stays a node.
type policyFile struct {
	Schema       string      `yaml:"schema"`
	Organisation string      `yaml:"organisation"`
	Language     string      `yaml:"language"`
	Reply        replySpec   `yaml:"reply"`
	Rules        yaml.Node   `yaml:"rules"`
	Accepted     []yaml.Node `yaml:"accepted"`
}

type replySpec struct {
	Salutation string      `yaml:"salutation"`
	Signature  string      `yaml:"signature"`
	Links      []yaml.Node `yaml:"links"`
}

type linkSpec struct {
	Title   string   `yaml:"title"`
	Address string   `yaml:"address"`
	Rules   []string `yaml:"rules"`
}

// amendment is what a policy says of one rule.
type amendment struct {
	Say          map[string]string `yaml:"say"`
	Plain        map[string]string `yaml:"plain"`
	DoNot        string            `yaml:"do_not"`
	Fix          string            `yaml:"fix"`
	Optional     string            `yaml:"optional"`
	Parameters   yaml.Node         `yaml:"parameters"`
	Requirements yaml.Node         `yaml:"requirements"`
}

// Bounds of a policy: a name that stands in sentences, and texts that people read in a mail.
const (
	maxOrganisation = 80
	maxReplyText    = 2000
	maxLinks        = 200
)

// policyLoader reads one policy for one catalogue.
type policyLoader struct {
	*Catalogue
	file string
	m    strict.Mistakes
}

// loadPolicy reads a policy with everything that is wrong in it.
func (c *Catalogue) loadPolicy(file string, data []byte) (*Policy, error) {
	l := &policyLoader{Catalogue: c, file: file}
	if err := checkSize(file, data); err != nil {
		return nil, err
	}
	var spec policyFile
	shaped := !l.m.Add(strict.Decode(file, data, &spec))
	if spec.Schema != policySchema && (shaped || spec.Schema != "") {
		return nil, &strict.Error{File: file, Line: 1, Says: "schema must be " + policySchema}
	}
	p := &Policy{Organisation: strings.TrimSpace(spec.Organisation), Language: spec.Language, File: file, rules: map[string]*Rule{},
		words: map[string]map[string]string{}, accepted: map[string]map[string]*Acceptance{}}
	if shaped {
		l.checkWhole(p)
	}
	l.loadReply(p, spec.Reply)
	l.eachKey(&spec.Rules, "rules", func(key, value *yaml.Node) {
		if r := l.rule(key); r != nil {
			l.amend(p, r, key, value)
		}
	})
	for i := range spec.Accepted {
		l.loadAcceptance(p, &spec.Accepted[i])
	}
	return p, l.m.Err()
}

// bad notes a mistake at a place.
func (l *policyLoader) bad(at *yaml.Node, format string, args ...any) {
	l.m.Add(strict.Errorf(l.file, at, format, args...))
}

// checkWhole demands what every policy has.
func (l *policyLoader) checkWhole(p *Policy) {
	switch {
	case p.Organisation == "":
		l.bad(nil, "organisation is needed: verdicts that rest on the policy name whose it is")
	case len(p.Organisation) > maxOrganisation || strings.ContainsAny(p.Organisation, "\r\n"):
		l.bad(nil, "organisation is a name of one line, of at most %d characters", maxOrganisation)
	}
	if p.Language == "" {
		p.Language = English
	}
	if known := l.Languages(); l.languageOf(p.Language) == nil {
		l.bad(nil, "there is no language %q%s; it is that of plain, one of %s", p.Language, strict.Suggest(p.Language, known), strings.Join(known, ", "))
	}
}

// loadReply reads what stands around the answer to a customer.
func (l *policyLoader) loadReply(p *Policy, spec replySpec) {
	p.Reply = Reply{Salutation: strings.TrimSpace(spec.Salutation), Signature: strings.TrimSpace(spec.Signature)}
	for _, text := range []string{spec.Salutation, spec.Signature} {
		if len(text) > maxReplyText {
			l.bad(nil, "salutation and signature have at most %d characters each", maxReplyText)
		}
	}
	if len(spec.Links) > maxLinks {
		l.bad(&spec.Links[maxLinks], "more than %d links", maxLinks)
	}
	for i := range spec.Links {
		l.loadLink(p, &spec.Links[i])
	}
}

// loadLink reads one link. Plain http is refused: a customer follows what his provider sends him.
func (l *policyLoader) loadLink(p *Policy, node *yaml.Node) {
	var spec linkSpec
	if l.m.Add(strict.DecodeNode(l.file, node, &spec)) {
		return
	}
	address, err := url.Parse(spec.Address)
	switch {
	case spec.Title == "":
		l.bad(node, "a link needs its title")
	case err != nil || address.Scheme != "https" || address.Host == "" || address.User != nil || strings.ContainsAny(spec.Address, " \t\r\n"):
		l.bad(node, "link %q: %q is no https address", spec.Title, spec.Address)
	}
	for _, id := range spec.Rules {
		if l.Rule(id) == nil {
			l.bad(node, "link %q: there is no rule %q%s", spec.Title, id, l.Suggest(id))
		}
	}
	p.Reply.Links = append(p.Reply.Links, Link(spec))
}

// eachKey walks through a mapping; what is written twice is a mistake, as everywhere.
func (l *policyLoader) eachKey(node *yaml.Node, what string, do func(key, value *yaml.Node)) {
	if node.Kind == 0 || node.Tag == "!!null" {
		return
	}
	if node.Kind != yaml.MappingNode || node.Anchor != "" {
		l.bad(node, "%s holds keys with values", what)
		return
	}
	seen := map[string]int{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if line, twice := seen[key.Value]; twice {
			l.bad(key, "key %q stands here a second time (first in line %d)", key.Value, line)
			continue
		}
		seen[key.Value] = key.Line
		do(key, node.Content[i+1])
	}
}

// rule finds the rule that a key names.
func (l *policyLoader) rule(key *yaml.Node) *Rule {
	r := l.Rule(key.Value)
	if r == nil {
		l.bad(key, "there is no rule %q%s", key.Value, l.Suggest(key.Value))
	}
	return r
}

// amend reads what the policy says of a rule, and puts it over a copy.
func (l *policyLoader) amend(p *Policy, shipped *Rule, key, node *yaml.Node) {
	var spec amendment
	if l.m.Add(strict.DecodeNode(l.file, node, &spec)) {
		return
	}
	r := *shipped
	r.Requirements, r.Say, r.house = slices.Clone(shipped.Requirements), maps.Clone(shipped.Say), &houseStyle{limits: map[string]facts.Value{}}
	at := func(format string, args ...any) error {
		return strict.Errorf(l.file, key, "rule %q: "+format, append([]any{r.ID}, args...)...)
	}
	words := map[string]string{}
	l.loadLimits(&r, &spec.Parameters)
	l.eachKey(&spec.Requirements, "requirements", func(key, value *yaml.Node) { l.loadDemand(&r, words, key, value) })
	// Of two that are broken and equally severe the first is told: that of others, which is worth more than one's own.
	others := slices.DeleteFunc(slices.Clone(r.Requirements), func(q Requirement) bool { return q.House })
	own := slices.DeleteFunc(slices.Clone(r.Requirements), func(q Requirement) bool { return !q.House })
	r.Requirements = append(others, own...)
	l.checkEndings(&r, spec, at)
	r.reword(spec)
	for _, text := range spec.texts() {
		l.m.Add(r.checkPlaceholders(text, at))
	}
	maps.Copy(words, spec.Plain)
	if len(words) > 0 {
		p.words[r.ID] = words
	}
	// Not settle: what the organisation demands or drops must not change where the rule is judged.
	r.facts = distinct(r.decisive(), r.shown())
	p.rules[r.ID] = &r
}

// texts are all sentences of an amendment.
func (a amendment) texts() []string {
	texts := []string{a.DoNot, a.Fix, a.Optional}
	texts = append(texts, slices.Collect(maps.Values(a.Say))...)
	return append(texts, slices.Collect(maps.Values(a.Plain))...)
}

// loadLimits reads the limits of the organisation, by the kinds of the rule's parameters.
func (l *policyLoader) loadLimits(r *Rule, node *yaml.Node) {
	l.eachKey(node, "parameters", func(key, value *yaml.Node) {
		spec, ok := r.Parameters[key.Value]
		switch {
		case !ok && len(r.Parameters) == 0:
			l.bad(key, "rule %q has no parameter, so %q means nothing", r.ID, key.Value)
			return
		case !ok:
			l.bad(key, "rule %q: unknown parameter %q%s", r.ID, key.Value, strict.Suggest(key.Value, sortedKeys(r.Parameters)))
			return
		case spec.Default.Kind() == facts.None:
			l.bad(key, "rule %q: %s is what a row names, and no limit", r.ID, key.Value)
			return
		}
		limit, err := parseValue(l.file, value, spec.Kind)
		if err == nil && magnitude(limit) < 0 {
			err = strict.Errorf(l.file, value, "%s is below zero", key.Value)
		}
		if !l.m.Add(err) {
			r.house.limits[key.Value] = limit
		}
	})
	if lowest, highest := r.limit("min"), r.limit("max"); lowest.Kind() != facts.None && highest.Kind() != facts.None && magnitude(lowest) > magnitude(highest) {
		l.bad(node, "rule %q: min (%s) is above max (%s)", r.ID, lowest, highest)
	}
}

// limit is the organisation's, else that of the catalogue.
func (r *Rule) limit(name string) facts.Value {
	if own, ok := r.house.limits[name]; ok {
		return own
	}
	return r.Parameters[name].Default
}

// checkEndings refuses words for ways in which the rule never ends, and demands some for those that the policy opens.
func (l *policyLoader) checkEndings(r *Rule, spec amendment, at func(string, ...any) error) {
	endings := sortedKeys(r.Say)
	if len(r.house.waived) > 0 && !slices.Contains(endings, sayPolicy) {
		endings = append(endings, sayPolicy)
		if spec.Say[sayPolicy] == "" {
			l.m.Add(at("without the requirement it can end as a policy disagreement, for which it has no words; add say: {%s: …}", sayPolicy))
		}
	}
	check := func(what string, words map[string]string, known []string, longest int) {
		for _, key := range sortedKeys(words) {
			switch {
			case !slices.Contains(known, key):
				l.m.Add(at("%s: nothing uses %q%s", what, key, strict.Suggest(key, known)))
			case strings.TrimSpace(words[key]) == "":
				l.m.Add(at("%s: %s is empty", what, key))
			case len(words[key]) > longest:
				l.m.Add(at("%s: %s has more than %d characters", what, key, longest))
			}
		}
	}
	check("say", spec.Say, endings, maxReplyText)
	check("plain", spec.Plain, append(append(endings, plainName, plainOpen), r.ownPlain()...), maxPlain)
	for _, own := range []struct{ key, text, ending string }{{keyFix, spec.Fix, sayConfirmed}, {keyOptional, spec.Optional, sayPolicy}} {
		if own.text != "" && !slices.Contains(endings, own.ending) {
			l.m.Add(at("%s: nothing uses it, for the rule never ends in %s", own.key, own.ending))
		}
	}
	for _, text := range []string{spec.DoNot, spec.Fix, spec.Optional} {
		if len(text) > maxReplyText {
			l.m.Add(at("do_not, fix and optional have at most %d characters", maxReplyText))
		}
	}
}

// reword puts the words of the organisation in place of those of the catalogue.
func (r *Rule) reword(spec amendment) {
	for key, text := range spec.Say {
		r.Say[key] = text
	}
	r.house.words = append(r.house.words, sortedKeys(spec.Say)...)
	for _, own := range []struct {
		key, text string
		into      *string
	}{{keyDoNot, spec.DoNot, &r.DoNot}, {keyFix, spec.Fix, &r.Fix}, {keyOptional, spec.Optional, &r.Optional}} {
		if own.text != "" {
			*own.into = own.text
			r.house.words = append(r.house.words, own.key)
		}
	}
	for i := range r.Requirements {
		q := &r.Requirements[i]
		// What the catalogue says of one requirement is less than what the organisation says of all.
		if spec.Say[sayConfirmed] != "" && !slices.Contains(q.own, sayConfirmed) {
			q.Confirmed = ""
		}
		if spec.Fix != "" && !slices.Contains(q.own, keyFix) {
			q.Fix = ""
		}
		if spec.Plain[sayConfirmed] != "" && !slices.Contains(q.own, keyPlain) {
			q.Plain = ""
		}
	}
}

// with is the language with words of an organisation over those of the catalogue.
func (l *Language) with(words map[string]map[string]string) *Language {
	other := *l
	other.rules = maps.Clone(l.rules)
	if other.rules == nil {
		other.rules = map[string]map[string]string{}
	}
	for id, own := range words {
		all := maps.Clone(l.rules[id])
		if all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, own)
		other.rules[id] = all
	}
	return &other
}
