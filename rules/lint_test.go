package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// A threshold of a reporter that fits no parameter of its rule would be passed over, and the rule's default judge in its place.
func TestThresholdsAreTyped(t *testing.T) {
	const good = "  dns/soa-expire: {min: 600000s, max: 700000s, source: made up, seen: 2026-11}\n"
	for name, test := range map[string]struct{ line, says string }{
		"misspelt parameter": {"  dns/soa-expire: {minimun: 600000s, source: made up, seen: 2026-11}\n", `unknown parameter "minimun"; did you mean "min"?`},
		"no unit":            {"  dns/soa-expire: {min: 600000, source: made up, seen: 2026-11}\n", "min is a duration; write a duration with its unit such as 5s, not \"600000\""},
		"no duration":        {"  dns/soa-expire: {max: soon, source: made up, seen: 2026-11}\n", "max is a duration"},
		"below zero":         {"  dns/soa-expire: {max: -5s, source: made up, seen: 2026-11}\n", "below zero"},
		"bounds that cross":  {"  dns/soa-expire: {min: 9s, max: 5s, source: made up, seen: 2026-11}\n", "min is above max"},
		"misspelt source":    {"  dns/soa-expire: {min: 5s, source: made up, seen: 2026-11, sorce: me}\n", `unknown parameter "sorce"; did you mean "source"?`},
		"misspelt rule":      {"  dns/soa-expiry: {min: 5s, source: made up, seen: 2026-11}\n", `no rule has the ID "dns/soa-expiry"`},
		"rule without any":   {"  smtp/tls-missing: {limit: 5s, source: made up, seen: 2026-11}\n", "the rule has no parameter"},
	} {
		text := strings.Replace(otherReporter, good, test.line, 1)
		if text == otherReporter {
			t.Fatal("the test changes nothing")
		}
		_, err := Load(fstest.MapFS{"reporters/other.yaml": {Data: []byte(text)}})
		if err == nil || !strings.HasPrefix(err.Error(), "reporters/other.yaml:6: ") || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: error %v, want line 6 of the file and %q", name, err, test.says)
		}
	}
}

// Equal bounds leave one value, which some reporters recommend.
func TestThresholdsMayBeEqual(t *testing.T) {
	text := strings.Replace(otherReporter, "max: 700000s", "max: 600000s", 1)
	if _, err := Load(fstest.MapFS{"reporters/other.yaml": {Data: []byte(text)}}); err != nil || text == otherReporter {
		t.Error(err)
	}
}

// Every mistake of a file is told at once, in files of every kind, and with them what its cases say.
func TestEveryMistakeAtOnce(t *testing.T) {
	for name, test := range map[string]struct {
		text string
		want []string // line and what is said there
	}{
		"rules": {`schema: mxverdict/rules/1
rules:
  - id: house/one
    abuot: One
    subject: host
    shows: [opinion]
    claim: {says: "It takes {limti}.", holds_when: {all: [{fact: smtp.greting.latency, above: 5s}, {fact: smtp.greeting.code, is: five}]}}
    requirements: [{says: Be fast., class: X, severity: low, broken_when: {fact: smtp.greeting.latency, abvoe: 5s}}]
    say: {chagned: It is fast.}
    cases:
      - {name: a, when: {smtp.greting.code: 220}, expect: inconclusive}
      - {name: b, when: {smtp.greeting.code: x}, expect: inconclusiv}
  - id: house/two
    about: Two
    subject: host
    claim: {says: It is slow., holds_when: {fact: smtp.greeting.latency, above: 5}}
    say: {changed: It is fast.}
  - id: house/three
    about: Three
    subject: host
    claim: {says: It is slow., holds_when: {fact: smtp.greeting.latency, above: 5s}}
    say: {changed: It is fast., policy_disagreement: It is slow.}
    cases:
      - {name: wrong, when: {smtp.greeting.latency: 16s}, expect: false_positive}
`, []string{"4 abuot", "3 opinion", "3 {limti}", "7 smtp.greting.latency", "7 five", "8 abvoe", "3 chagned", "11 smtp.greting.code", `12 "x"`,
			"12 inconclusiv", "16 5s", "24 the verdict is policy_disagreement", "18 has no case"}},
		"a reporter": {`schema: mxverdict/reporter/1
id: Other One
name: ""
hosts: [Example.com]
thresholds:
  dns/soa-expire: {minimun: 5s, max: 5, source: made up, seen: 2026-11}
  dns/soa-retri: not published
tests:
  - name: A test
    rule: smtp/tls-mising
    usaul: warning
  - name: Another test
    rule: smtp/tls-mising
    usual: warning
    wordings:
      - {says: "It is {bad}", status: warning, source: clone}
      - {says: "It is bad", status: wrong, source: clone}
  - name: Third test
    rule: smtp/tls-mising
    usual: warning
    wordings: [{says: "It is so", status: warning, source: clone, example: "Never heard."}]
`, []string{"2 id must", "3 name is missing", "4 a host", "6 minimun", "6 max", "7 dns/soa-retri", "11 usaul", "16 {bad}", "17 status must be",
			"18 smtp/tls-mising", "21 does not match"}},
		"causes": {`schema: mxverdict/causes/1
causes:
  - id: one
    about: One
    explains: [smtp/tls-mising, smtp/relay]
    proven_when: {fact: smtp.greeting.latency, above: $patienec}
    says: "{rwos}"
    cases: [{name: a, when: {smtp.greeting.latncy: 5s}, expect: proved}]
  - id: two
    about: Two
    explain: [smtp/tls-missing]
    proven_when: {fact: smtp.greeting.code, is: 220}
    says: It is so.
  - id: three
    about: Three
    explains: [smtp/tls-missing]
    proven_when: {fact: smtp.greeting.code, is: 220}
    says: It is so.
    cases: [{name: a, when: {smtp.greeting.code: 220}, expect: disproven}]
`, []string{"3 smtp/tls-mising", "3 smtp/relay", "6 $patienec", "3 {rwos}", "8 smtp.greeting.latncy", "8 proved", "11 explain", "19 proven is true"}},
		"patience": {`schema: mxverdict/patience/1
limits: [15s, long]
senders:
  - {name: A, waits: 15, source: here, seen: 2026-11}
  - {name: B, waits: 15s, source: here}
testers:
  - {name: C, wait: 15s, source: here, seen: 2026-11}
`, []string{"1 limit long", "1 A: waits 15", "7 wait"}},
		"opinions": {`schema: mxverdict/opinions/1
authorities:
  - {name: A, class: X, source: here, seen: 2026-11, stances: {refrehs: {min: 5s}, retry: {min: 5}}}
  - {nmae: B, class: A, source: here, seen: 2026-11, stances: {}}
providers:
  - {name: C, servers: ["NS1.*"], changeable: perhaps, source: here, seen: 2026-11, refresh: 5}
`, []string{"3 class", "3 refrehs", "3 \"5\"", "4 nmae", "6 NS1", "6 changeable", "6 \"5\""}},
		"reasons": {`schema: mxverdict/reasons/1
changed_since: It was {reported}.
reasons:
  no_target: {says: Nothing.}
`, []string{"1 no_target", "1 interrupted", "1 {measured}"}},
	} {
		t.Run(name, func(t *testing.T) {
			l := lint(t, nil, Source{"mine.yaml", []byte(test.text)})
			var lines []string
			for _, p := range l.Problems() {
				lines = append(lines, p.Error())
			}
			for _, want := range test.want {
				line, says, _ := strings.Cut(want, " ")
				if !slices.ContainsFunc(lines, func(s string) bool {
					return strings.HasPrefix(s, fmt.Sprintf("mine.yaml:%s: ", line)) && strings.Contains(s, says)
				}) {
					t.Errorf("not told: line %s, %s", line, says)
				}
			}
			if name != "reasons" && len(lines) > len(test.want)+1 {
				t.Errorf("%d are told, more than there are", len(lines))
			}
			if t.Failed() {
				t.Logf("told:\n%s", strings.Join(lines, "\n"))
			}
		})
	}
}

// Where the catalogue is linted without files, its cases are tried too.
func TestLintTriesCases(t *testing.T) {
	const wrong = `schema: mxverdict/causes/1
causes:
  - id: one
    about: One
    explains: [dns/soa-expire]
    proven_when: {fact: smtp.greeting.code, is: 220}
    says: It is so.
    cases: [{name: a, when: {smtp.greeting.code: 220}, expect: disproven}]
`
	if l := lint(t, fstest.MapFS{"causes/one.yaml": {Data: []byte(wrong)}}); l.Ran < 200 || len(l.Failures) != 1 || len(l.Mistakes) > 0 {
		t.Errorf("%d tried, %v", l.Ran, l.Problems())
	}
}

// A file that says to be of another kind is told just that: what its keys mean there nobody knows.
func TestFileOfAnotherSchema(t *testing.T) {
	for _, file := range []string{"catalogue/house.yaml", "causes/house.yaml", "opinions/house.yaml", "patience.yaml", "reasons.yaml"} {
		for _, key := range []string{"", "colour: red\n"} {
			l := lint(t, fstest.MapFS{file: {Data: []byte("schema: mxverdict/colours/1\n" + key)}})
			var told []string
			for _, m := range l.Mistakes {
				if m.File == file {
					told = append(told, m.Says)
				}
			}
			if len(told) != 1 || !strings.Contains(told[0], "schema must be") {
				t.Errorf("%s with %q: %q", file, key, told)
			}
		}
	}
}

// Editors jump to what a problem names; one that is in no file names none.
func TestPlaceOfAProblem(t *testing.T) {
	for want, p := range map[string]Problem{"my.yaml:3: It is wrong.": {"my.yaml", 3, "It is wrong."}, "It is wrong.": {Says: "It is wrong."}} {
		if p.Error() != want {
			t.Errorf("%q, want %q", p.Error(), want)
		}
	}
}
