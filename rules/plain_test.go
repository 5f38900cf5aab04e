package rules

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// xish is a language of which every word can be told from English.
const xish = `schema: mxverdict/language/1
language: xx
name: Xish
frame:
  under_a_second: "xa"
  second: "{n} xb"
  seconds: "{n} xc"
  minutes: "{n} xd"
  hours: "{n} xe"
  days: "{n} xf"
  weeks: "{n} xg"
  decimal: ","
  at_least: "xh {value}"
  unknown: "xi"
`

// spoken loads the catalogue with files of languages, and speaks one.
func spoken(t *testing.T, code string, files map[string]string) *Catalogue {
	t.Helper()
	c := loaded(t, files)
	if c = c.Speaking(code); c == nil {
		t.Fatalf("there is no language %s", code)
	}
	return c
}

// loaded loads the catalogue with further files.
func loaded(t *testing.T, files map[string]string) *Catalogue {
	t.Helper()
	overlay := fstest.MapFS{}
	for name, text := range files {
		overlay[name] = &fstest.MapFile{Data: []byte(text)}
	}
	c, err := Load(overlay)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Times are written as people say them: the greatest unit of which they are a whole number from two on, and tenths of few seconds.
func TestTimesForPeople(t *testing.T) {
	x := spoken(t, "xx", map[string]string{"languages/xx.yaml": xish}).Language()
	en := loaded(t, map[string]string{"languages/xx.yaml": xish}).Language()
	for _, test := range []struct {
		in     time.Duration
		en, xx string
	}{
		{0, "less than a second", "xa"},
		{300 * time.Millisecond, "less than a second", "xa"},
		{time.Second, "1 second", "1 xb"},
		{960 * time.Millisecond, "1 second", "1 xb"},
		{1040 * time.Millisecond, "1 second", "1 xb"},
		{1500 * time.Millisecond, "1.5 seconds", "1,5 xc"},
		{3 * time.Second, "3 seconds", "3 xc"},
		{3020 * time.Millisecond, "3 seconds", "3 xc"},
		{9440 * time.Millisecond, "9.4 seconds", "9,4 xc"},
		{9960 * time.Millisecond, "10 seconds", "10 xc"},
		{15678 * time.Millisecond, "16 seconds", "16 xc"},
		{time.Minute, "60 seconds", "60 xc"},
		{119 * time.Second, "119 seconds", "119 xc"},
		{2 * time.Minute, "2 minutes", "2 xd"},
		{150 * time.Second, "150 seconds", "150 xc"},
		{5 * time.Minute, "5 minutes", "5 xd"},
		{time.Hour, "60 minutes", "60 xd"},
		{2 * time.Hour, "2 hours", "2 xe"},
		{24 * time.Hour, "24 hours", "24 xe"},
		{48 * time.Hour, "2 days", "2 xf"},
		{7 * 24 * time.Hour, "7 days", "7 xf"},
		{14 * 24 * time.Hour, "2 weeks", "2 xg"},
		{15 * 24 * time.Hour, "15 days", "15 xf"},
		{604801 * time.Second, "604801 seconds", "604801 xc"},
	} {
		f := facts.Fact{Value: facts.DurationValue(test.in)}
		if got := en.value(f); got != test.en {
			t.Errorf("%v: %q, want %q", test.in, got, test.en)
		}
		if got := x.value(f); got != test.xx {
			t.Errorf("%v: %q, want %q", test.in, got, test.xx)
		}
	}
	bound := facts.Fact{Value: facts.DurationValue(300 * time.Second), AtLeast: true}
	if got := en.value(bound); got != "at least 5 minutes" {
		t.Errorf("a bound is %q", got)
	}
	if got := x.value(bound); got != "xh 5 xd" {
		t.Errorf("a bound is %q", got)
	}
	if got := en.value(facts.Fact{Value: facts.ListValue([]string{"a", "b"})}); got != "a, b" {
		t.Errorf("a list is %q", got)
	}
}

// plainRule has words for customers of every kind, and a name.
const plainRule = `  - id: test/slow
    about: Slow greeting
    subject: host
    claim: {says: "It is slow.", holds_when: {fact: smtp.greeting.latency, above: 5s}}
    requirements:
      - {says: "No more than an hour.", class: M, severity: low, broken_when: {fact: smtp.greeting.latency, above: 1h}}
      - {says: "No more than two hours.", class: M, severity: high, plain: hours, broken_when: {fact: smtp.greeting.latency, above: 2h}}
    say: {confirmed: "Too slow.", policy_disagreement: "Slow.", changed: "Fast."}
    plain:
      name: speed of the server
      confirmed: "it takes {smtp.greeting.latency}, which is too long."
      hours: "it takes hours: {smtp.greeting.latency}."
      policy_disagreement: "it takes {smtp.greeting.latency} (the code is {smtp.greeting.code}). Its name is {smtp.greeting.name}."
      changed: "{smtp.greeting.name} is fast."
      remark: "Its code is odd."
    notes:
      - {when: {fact: smtp.greeting.code, above: 220}, says: "Odd.", plain: remark}
`

// The sentence for the customer is that of the way in which the rule ends, of the requirement that is broken, of a note that holds; and of what
// is not known where the rule has no words of its own for that.
func TestPlainSentences(t *testing.T) {
	own := strings.Replace(plainRule, "    notes:", "      inconclusive: \"nobody knows how long it takes.\"\n    notes:", 1)
	for _, test := range []struct {
		name, rule string
		latency    time.Duration
		code       int64
		want       string
	}{
		{"confirmed", plainRule, 90 * time.Minute, 220, "it takes 90 minutes, which is too long."},
		{"the requirement has words of its own", plainRule, 3 * time.Hour, 220, "it takes hours: 3 hours."},
		{"policy, and what is not known is left out", plainRule, 16 * time.Second, 0, "it takes 16 seconds."},
		{"policy, with an aside", plainRule, 16 * time.Second, 220, "it takes 16 seconds (the code is 220)."},
		{"a note", plainRule, 16 * time.Second, 250, "it takes 16 seconds (the code is 250). Its code is odd."},
		{"changed, and its first sentence has words for what is not known", plainRule, time.Second, 220, "an unknown value is fast."},
		{"not known", plainRule, 0, 220, ""}, // that of the reason
		{"not known, in its own words", own, 0, 220, "nobody knows how long it takes."},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := house(t, test.rule)
			of := []facts.Fact{{Name: facts.SMTPGreetingLatency, Why: facts.Unknown{Code: facts.NoGreeting, Detail: "no greeting came"}}}
			if test.latency > 0 {
				of = []facts.Fact{known(facts.SMTPGreetingLatency, facts.DurationValue(test.latency))}
			}
			if test.code > 0 {
				of = append(of, known(facts.SMTPGreetingCode, facts.IntValue(test.code)))
			}
			s := &facts.Set{}
			session(s, "example.com", "203.0.113.25", of...)
			v := c.Judge(report.Report{Findings: []report.Finding{bad("test/slow", 1)}}, s).Verdicts[0]
			if v.Topic != "speed of the server" {
				t.Errorf("it is about %q", v.Topic)
			}
			if want := test.want; v.Plain != want && (want != "" || v.Plain != c.reasons[facts.NoGreeting].Plain || v.Plain == "") {
				t.Errorf("%s: %q, want %q", v.Verdict, v.Plain, want)
			}
		})
	}
}
