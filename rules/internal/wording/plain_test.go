package wording_test

import (
	"iter"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mxverdict/parser/report"
)

// mutations change how a sentence is written, and nothing that it says.
var mutations = map[string]func(string) string{
	"upper case":   strings.ToUpper,
	"lower case":   strings.ToLower,
	"no article":   replacing(`\b(?i:the|an?) `, ""),
	"no verb":      replacing(` (?:is|are) `, " "),
	"blanks":       replacing(` `, "  "),
	"no points":    replacing(`[.!]$`, ""),
	"slash lost":   replacing(`\b(Quarantine)/(Reject)\b`, "$1$2"),
	"slash parted": replacing(`\b(Quarantine|SSL)/(Reject|TLS)\b`, "$1 / $2"),
	"quotes":       strings.NewReplacer("'", "’", `"`, "”").Replace,
	"full-width":   strings.NewReplacer("(", "（", ")", "）", " - ", " － ", "!", "！", " : ", " ： ").Replace,
	"long dash":    replacing(` - `, " — "),
	"contracted":   replacing(`\b(do|does|did|is|are)( not|NOT)\b`, "${1}n't"),
	"typographic":  replacing(`\b(do|does|did|is|are) not\b`, "${1}n’t"),
	"in haste":     replacing(`\b(do|does|did|is|are) not\b`, "${1}nt"),
	"one word":     replacing(`(?i)\b(name) (servers?)\b`, "$1$2"),
	"two words":    replacing(`(?i)\b(host)(name)\b`, "$1 $2"),
	"hyphen":       replacing(`(?i)\b(name) (servers?)\b`, "$1-$2"),
}

func replacing(expr, with string) func(string) string {
	re := regexp.MustCompile(expr)
	return func(s string) string { return re.ReplaceAllString(s, with) }
}

// product pairs each mutation with each sentence.
func product(sentences []string) iter.Seq2[string, string] {
	return func(yield func(string, string) bool) {
		for name := range mutations {
			for _, s := range sentences {
				if !yield(name, s) {
					return
				}
			}
		}
	}
}

// Every sentence survives every change of its spelling with its rule and status, and becomes no sentence of another test.
func TestSpellingDoesNotMatter(t *testing.T) {
	v := shipped(t)
	changed := map[string]int{}
	for _, test := range shippedTests(t) {
		for _, w := range test.Wordings {
			for name, was := range product(w.sentences()) {
				mutate := mutations[name]
				text := mutate(was)
				if text == was || strings.Contains(text, "://") && name != "blanks" {
					continue // there is nothing to change, or it is an address that would change
				}
				changed[name]++
				context := report.Context{Test: test.names()[0], Category: test.category()}
				before, after := v.Find(was, context), v.Find(text, context)
				if len(before) != 1 || len(after) != 1 || after[0].Rule != w.rule(test) || after[0].Status != before[0].Status {
					t.Errorf("%s: %q is read as %+v", name, text, after)
				}
				// Without the context it is what it was without it.
				before, after = v.Find(was, report.Context{}), v.Find(text, report.Context{})
				rules := func(ms []report.Match) (rules []string) {
					for _, m := range ms {
						rules = append(rules, m.Rule+" "+string(m.Status))
					}
					return rules
				}
				if !slices.Equal(rules(before), rules(after)) {
					t.Errorf("%s: %q is read as %q, and %q as %q", name, was, rules(before), text, rules(after))
				}
			}
		}
	}
	for name := range mutations {
		if changed[name] == 0 {
			t.Errorf("%s: no sentence is changed by it", name)
		}
	}
}

// Whoever contracts words speaks for himself: such a sentence counts in a row only.
func TestOwnWords(t *testing.T) {
	v := shipped(t)
	for text, want := range map[string]report.Place{
		"Reverse DNS does not match SMTP Banner":                  report.Anywhere,
		"Reverse DNS doesn't match SMTP Banner":                   report.Row,
		"Reverse DNS doesnt match SMTP Banner":                    report.Row,
		"Reverse DNS does not match the SMTP Banner":              report.Row,
		"The SMTP banner: Reverse DNS does not match SMTP Banner": report.Anywhere,
		"Local NS list is matching Parent NS list":                255,
		"Local NS list isn't Parent NS list":                      255,
		"Reverse DNS isn't a valid hostname":                      report.Row,
		"Reverse DNS can't be a valid hostname":                   255,
	} {
		got := report.Place(255)
		if m := v.Find(text, report.Context{}); len(m) == 1 {
			got = m[0].Place
		}
		if got != want {
			t.Errorf("%q counts at %d, want %d", text, got, want)
		}
	}
}

// Of a sentence with "not" the one without is never heard.
func TestNegationIsHeard(t *testing.T) {
	v := shipped(t)
	for _, text := range []string{"Name Servers aren't dispersed", "SOA Expire Value isn't within recommended limits", "Not all name servers are responding",
		"SOA Refresh Value is not within the allowed limits", "All name servers are not responding", "DMARC Quarantine/Reject policy isn't enabled",
		"The record isn't valid", "SOA Serial Number Format isn't valid", "doesn't support TLS", "doesnt support TLS", "Reverse DNS doesn't match SMTP Banner"} {
		for _, m := range v.Find(text, report.Context{Test: "SPF Syntax Check"}) {
			if m.Status == report.OK {
				t.Errorf("%q is read as the good sentence %q", text, m.Wording)
			}
		}
	}
}
