package rules

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// Every rule has a case for each of its endings, and every case ends as it says.
func TestCases(t *testing.T) {
	c := load(t)
	ran, failures := c.RunCases()
	for _, f := range failures {
		t.Error(f)
	}
	if ran < 30 {
		t.Errorf("only %d cases ran", ran)
	}
	for _, r := range c.Rules() {
		if missing := r.Uncovered(); len(missing) > 0 {
			t.Errorf("%s:%d: %s has no case that ends in %v", r.File, r.Line, r.ID, missing)
		}
	}
}

// A case that expects the wrong thing must be found out, or the cases prove nothing.
func TestCasesCanFail(t *testing.T) {
	const file = `schema: mxverdict/rules/1
rules:
  - id: test/wrong
    about: A case that is wrong
    subject: host
    claim:
      says: The server is slow.
      holds_when: {fact: smtp.greeting.latency, above: 5s}
    say: {policy_disagreement: It is slow., changed: It is fast.}
    cases:
      - {name: wrong, when: {smtp.greeting.latency: 16s}, expect: false_positive}
`
	c, err := Load(fstest.MapFS{"catalogue/test.yaml": {Data: []byte(file)}})
	if err != nil {
		t.Fatal(err)
	}
	_, failures := c.RunCases()
	if len(failures) != 1 || failures[0].File != "catalogue/test.yaml" || failures[0].Line != 11 {
		t.Errorf("failures: %v, want one at catalogue/test.yaml:11", failures)
	}
	if missing := c.Rule("test/wrong").Uncovered(); !slices.Contains(missing, "inconclusive") {
		t.Errorf("uncovered: %v, want inconclusive among them", missing)
	}
}

// A case tries the words too: none may be left that stands for what is not known, nor a bracket that nobody filled.
func TestCasesTryTheWords(t *testing.T) {
	const rule = `  - id: test/words
    about: Words
    subject: host
    claim: {says: It is slow., holds_when: {fact: smtp.greeting.code, is: 220}}
    say: {policy_disagreement: "SAYS", changed: It is fast.}
    do_not: "DONOT"
    cases:
      - {name: one, when: {smtp.greeting.code: 220}, expect: policy_disagreement}
`
	for _, test := range []struct {
		says, doNot string
		fails       bool
	}{
		{"It says {smtp.greeting.code}.", "Do not make it slow.", false},
		{"It takes {smtp.greeting.latency}.", "Do not make it slow.", true},
		{"It says 220.", "Do not set x to { in its file.", true},
		{"It says { for whatever reason.", "Do not make it slow.", true},
	} {
		c := house(t, strings.NewReplacer("SAYS", test.says, "DONOT", test.doNot).Replace(rule))
		if _, failures := c.RunCases("catalogue/house.yaml"); (len(failures) > 0) != test.fails {
			t.Errorf("%q, %q: %v", test.says, test.doNot, failures)
		}
	}
}

// What states a number needs a case in which it has changed since, and one in which it has not.
func TestUncoveredNumbers(t *testing.T) {
	const rule, unchanged, changed = `  - id: test/reported
    about: A number
    subject: zone
    claim: {says: It is long., holds_when: {fact: dns.soa.expire, above: 5s}}
    reported: {value: expire, fact: dns.soa.expire}
    say: {policy_disagreement: Long., changed: Short.}
    cases:
      - {name: none, when: {}, expect: inconclusive}
      - {name: short, when: {dns.soa.expire: 5s}, expect: false_positive, reason: changed}
      - {name: long, when: {dns.soa.expire: 9s}, expect: policy_disagreement}
`, "      - {name: still, when: {dns.soa.expire: 9s}, reported: 9s, expect: policy_disagreement}\n",
		"      - {name: other, when: {dns.soa.expire: 9s}, reported: 8s, changed: true, expect: policy_disagreement}\n"
	for cases, want := range map[string][]string{
		"":                  {"a reported number with changed: true", "a reported number with changed: false"},
		unchanged:           {"a reported number with changed: true"},
		changed:             {"a reported number with changed: false"},
		unchanged + changed: nil,
	} {
		if missing := house(t, rule+cases).Rule("test/reported").Uncovered(); !slices.Equal(missing, want) {
			t.Errorf("with %q uncovered are %q, want %q", cases, missing, want)
		}
	}
}
