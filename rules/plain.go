package rules

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// Plain words are what a customer is told who knows no mail jargon: a rule has a name for what it is about and a sentence for every way in
// which it can end, what to do and what not to change included. Those for postmasters stand beside them, in what the rule says.
//
// English stands with the rule. Every other language is one file that names rule and key, so that who translates touches nothing else.

// Keys of plain words beside the sayings of a rule.
const (
	plainName = "name"         // a few words for what is judged, such as "encryption of your mail server"
	plainOpen = "inconclusive" // in place of the words that the reason has

	// plainNameSuffix makes the key of the name that counts where the requirement of another key is the broken one: broken signatures are what
	// is to be repaired, and not the entry that nobody believes because of them.
	plainNameSuffix = "-name"
)

// maxPlain bounds plain words, in bytes: a reply of ten sentences has to be readable.
const maxPlain = 600

// plainKeys are the words that a rule needs, for everything that it can say.
func (r *Rule) plainKeys() []string {
	keys := append([]string{plainName}, sortedKeys(r.Say)...)
	if r.Untested != nil {
		keys = append(keys, plainOpen)
	}
	for _, key := range r.ownPlain() {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
		if name := key + plainNameSuffix; r.Plain[name] != "" && !slices.Contains(keys, name) {
			keys = append(keys, name)
		}
	}
	return keys
}

// plainKnown are all words that a rule can have.
func (r *Rule) plainKnown() []string {
	known := append(r.plainKeys(), plainOpen)
	for _, key := range r.ownPlain() {
		known = append(known, key+plainNameSuffix)
	}
	return known
}

// ownPlain are the words that requirements and notes name.
func (r *Rule) ownPlain() []string {
	var keys []string
	for _, q := range r.Requirements {
		keys = append(keys, q.Plain)
	}
	for _, n := range r.Notes {
		keys = append(keys, n.Plain)
	}
	return slices.DeleteFunc(keys, func(key string) bool { return key == "" })
}

// checkPlain refuses words that nobody would ever read. Those that are missing make no file wrong: the reply then takes the words for
// postmasters, and lint tells.
func (r *Rule) checkPlain(at func(string, ...any) error) error {
	var m strict.Mistakes
	known := r.plainKnown()
	for _, key := range sortedKeys(r.Plain) {
		if !slices.Contains(known, key) {
			m.Add(at("plain: nothing uses %q%s", key, strict.Suggest(key, known)))
		}
		if len(r.Plain[key]) > maxPlain {
			m.Add(at("plain: %q has more than %d characters", key, maxPlain))
		}
	}
	return m.Err()
}

// plainlySaid is the sentence for the customer, in the language of the catalogue.
func (cl *claim) plainlySaid(decisive viewResult, names map[string]string) string {
	l := cl.catalogue.language
	text := l.ofRule(cl.rule, cl.plainKey())
	if text == "" && cl.outcome() == Inconclusive {
		text = l.ofReason(cl.catalogue.reasons, cl.missing().Code)
	}
	return l.fill(text, decisive.view, names)
}

// plainKey is the key of the words for the customer.
func (cl *claim) plainKey() string {
	switch cl.outcome() {
	case Confirmed:
		if cl.broken != nil && cl.broken.Plain != "" {
			return cl.broken.Plain
		}
		return sayConfirmed
	case PolicyDisagreement:
		return sayPolicy
	case FalsePositive:
		if cl.reason() == Artifact {
			return sayArtifact
		}
		return sayChanged
	}
	return plainOpen
}

// fill is fill with values as the language writes them.
func (l *Language) fill(text string, v View, names map[string]string) string {
	// A sentence of one language that breaks off is better than one that ends in another.
	return strings.TrimSpace(filler{l.value, func(string) string { return l.Say("unknown", nil) }}.fill(text, v, names))
}

// Plain times are those that people say: the greatest unit of which they are a whole number, or nearly one.
var plainUnits = []struct {
	name string
	in   int64 // seconds
}{{"weeks", 7 * 86400}, {"days", 86400}, {"hours", 3600}, {"minutes", 60}}

// value writes a measured value for people who do not count in seconds.
func (l *Language) value(f facts.Fact) string {
	text := f.Value.String()
	switch f.Value.Kind() {
	case facts.Duration:
		text = l.time(f.Value.Duration().Seconds())
	case facts.List:
		text = strings.Join(f.Value.List(), ", ")
	}
	if f.AtLeast {
		return l.Say("at_least", map[string]string{"value": text})
	}
	return text
}

// time writes seconds.
func (l *Language) time(seconds float64) string {
	say := func(n, unit string) string { return l.Say(unit, map[string]string{"n": n}) }
	if seconds < 0.95 {
		return l.Say("under_a_second", nil)
	}
	whole := int64(seconds + 0.5)
	for _, unit := range plainUnits {
		// Nobody says "1 week" of 7 days that somebody counts, nor "2 minutes" of 119 seconds that he measured.
		if whole >= 2*unit.in && whole%unit.in == 0 {
			return say(strconv.FormatInt(whole/unit.in, 10), unit.name)
		}
	}
	if whole >= 10 || float64(whole) == seconds {
		if whole == 1 {
			return say("1", "second")
		}
		return say(strconv.FormatInt(whole, 10), "seconds")
	}
	tenths := strconv.FormatFloat(seconds, 'f', 1, 64)
	if n, round := strings.CutSuffix(tenths, ".0"); round {
		return l.time(float64(n[0] - '0')) // nobody says "3.0 seconds"
	}
	return say(strings.Replace(tenths, ".", l.Say("decimal", nil), 1), "seconds")
}

// topic is what a claim's subject matter is called in the reply.
func (cl *claim) topic() string {
	l := cl.catalogue.language
	own := ""
	if cl.outcome() == Confirmed && cl.broken != nil && cl.broken.Plain != "" {
		own = l.ofRule(cl.rule, cl.broken.Plain+plainNameSuffix)
	}
	return cmp.Or(own, l.ofRule(cl.rule, plainName), cl.rule.About)
}
