package rules

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"mxverdict/parser/report"
)

// jargon are words that the reader of a reply would have to look up. In brackets they only help to find the matter again.
var jargon = regexp.MustCompile(`(?i)\b(false positives?|policy disagreements?|inconclusive|SOA|EHLO|HELO|PTR|NXDOMAIN|RFC|TTL|void look-?ups?|tree walk)\b`)

// Whatever a case of a rule ends in, in whatever language, the words for the customer are whole, short, and in no jargon.
func TestPlainWordsOfEveryCase(t *testing.T) {
	shipped := load(t)
	for _, lang := range shipped.Languages() {
		c := shipped.Speaking(lang)
		for _, r := range c.rules {
			for _, k := range r.cases {
				view := caseView(k.facts, r.viewKind())
				cl := &claim{catalogue: c, rule: r, target: caseTarget, findings: k.findings, parameters: c.parametersOf(r, report.Finding{}, "")}
				for name, p := range k.with {
					cl.parameters[name] = p
				}
				cl.judge(around(view.Set))
				v := cl.verdict()
				switch text := v.Plain; {
				case text == "": // rules lint tells
				case strings.ContainsAny(text, "{}[]!"):
					t.Errorf("%s, %s in %s is not whole: %s", r.ID, k.name, lang, text)
				case jargon.MatchString(aside.ReplaceAllString(text, "")):
					t.Errorf("%s, %s in %s is jargon: %s", r.ID, k.name, lang, text)
				case strings.Contains(text, c.language.Say("unknown", nil)):
					t.Errorf("%s, %s in %s tells of what is not known: %s", r.ID, k.name, lang, text)
				case utf8.RuneCountInString(text) > 400 || utf8.RuneCountInString(FirstSentence(text)) > 220:
					t.Errorf("%s, %s in %s is too long: %s", r.ID, k.name, lang, text)
				}
			}
		}
	}
}
