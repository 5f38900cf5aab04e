package rules

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// slowRule has a limit of ours, a demand of two standards, and advice.
const slowRule = `  - id: test/slow
    about: Slow greeting
    subject: host
    parameters: {limit: {kind: duration, default: 5s, source: a guess}}
    claim: {says: "It takes longer than {limit}.", holds_when: {fact: smtp.greeting.latency, above: $limit}}
    requirements:
      - {says: "Quick is nice.", class: A, reference: rfc5321#4.3.1}
      - {says: "Five minutes are too long.", class: S, severity: high, reference: rfc5321#4.5.3.2.1, broken_when: {fact: smtp.greeting.latency, at_least: 300s}}
      - {id: ready, says: "The code is 220.", class: M, severity: medium, reference: rfc5321#4.2, confirmed: "It is not ready.", fix: "Make it ready.", broken_when: {not: {fact: smtp.greeting.code, is: 220}}}
    say: {confirmed: "Too slow.", policy_disagreement: "Slow, and good.", changed: "Quick enough for {limit}."}
    do_not: "Leave it."
    fix: "Make it quick."
    optional: "Make it quicker."
    plain: {confirmed: "Your server is too slow."}
`

// slowOnce loads the catalogue with the rule for all tests: a policy never changes it.
var slowOnce = sync.OnceValues(func() (*Catalogue, error) {
	return Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte("schema: mxverdict/rules/1\nrules:\n" + slowRule)}})
})

// withSlow is the catalogue with the rule.
func withSlow(t *testing.T) *Catalogue {
	t.Helper()
	c, err := slowOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// under is the catalogue with the rule under a policy.
func under(t *testing.T, policy string) *Catalogue {
	t.Helper()
	c, err := withSlow(t).Under("policy.yaml", []byte("schema: mxverdict/policy/1\norganisation: Example Hosting\n"+policy))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// slowVerdict is the verdict on a row about a server with these facts; the row may name a limit, in seconds.
func slowVerdict(c *Catalogue, limit float64, known ...facts.Fact) Verdict {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", known...)
	f := bad("test/slow", 1)
	if limit > 0 {
		f.Values = map[string]report.Value{"limit": report.Number(limit)}
	}
	return c.Judge(report.Report{Findings: []report.Finding{f}}, s).Verdicts[0]
}

// told tells whether the verdict says so of the policy, and names whose it is.
func told(v Verdict, text string) bool {
	return slices.ContainsFunc(v.Policy, func(s string) bool { return strings.Contains(s, text) && strings.Contains(s, "Example Hosting") })
}

func ready(code int64) facts.Fact { return known(facts.SMTPGreetingCode, facts.IntValue(code)) }

// A limit of the house takes the place of ours, and of nobody else's; and it never makes a report wrong that is right by ours.
func TestLimitsOfTheHouse(t *testing.T) {
	const second = time.Second
	for name, test := range map[string]struct {
		measured time.Duration
		atLeast  bool
		row      float64
		house    string
		want     Outcome
		kept     string
		claims   string
	}{
		"slower than ours, within the house's":              {16 * second, false, 0, "20s", PolicyDisagreement, "is kept", "5 s"},
		"slower than both":                                  {16 * second, false, 0, "10s", PolicyDisagreement, "is not kept", "10 s"},
		"within ours, slower than the house's":              {3 * second, false, 0, "2s", PolicyDisagreement, "is not kept", "2 s"},
		"within both":                                       {3 * second, false, 0, "10s", FalsePositive, "is kept", "10 s"},
		"within the row's own, slower than the house's":     {16 * second, false, 30, "10s", FalsePositive, "is not kept", "30 s"},
		"slower than the row's own, within the house's":     {16 * second, false, 15, "20s", PolicyDisagreement, "is kept", "15 s"},
		"a wait that ended: beyond ours, perhaps the other": {16 * second, true, 0, "20s", Inconclusive, "the limit is 20 s", "5 s"},
		"a wait that ended: beyond the house's alone":       {3 * second, true, 0, "2s", Inconclusive, "is not kept", "2 s"},
	} {
		c := under(t, "rules: {test/slow: {parameters: {limit: "+test.house+"}}}\n")
		v := slowVerdict(c, test.row, latency(test.measured, test.atLeast), ready(220))
		if v.Verdict != test.want || !told(v, test.kept) || !strings.Contains(v.Claim, test.claims) {
			t.Errorf("%s: %s, claims %q, %q", name, v.Verdict, v.Claim, v.Policy)
		}
		if ours := slices.ContainsFunc(v.Notes, func(n string) bool { return strings.Contains(n, "our yardstick") }); ours && strings.Contains(test.claims, strings.TrimSuffix(test.house, "s")+" s") {
			t.Errorf("%s: judged by the limit of the house, and called ours: %q", name, v.Notes)
		}
	}
}

const demand = `rules:
  test/slow:
    parameters: {limit: 10s}
    requirements:
      rfc5321#4.3.1:
        demanded: true
        says: Our servers greet within {limit}.
        severity: low
        broken_when: {fact: smtp.greeting.latency, above: $limit}
        fix: Call the mail team.
        plain: We want our servers to greet within {limit}, and will see to it.
`

// What the house demands is confirmed by its own word, and by no standard's; where a standard's demand is broken too, that is told.
func TestDemandsOfTheHouse(t *testing.T) {
	c := under(t, demand)
	v := slowVerdict(c, 0, latency(16*time.Second, false), ready(220))
	if v.Verdict != Confirmed || v.Severity != Low || v.DemandedBy != "Example Hosting" || v.Fix != "Call the mail team." || v.DoNot != "" {
		t.Errorf("broken: %+v", v)
	}
	if !strings.Contains(v.Says, "Example Hosting demands: Our servers greet within 10 s.") || strings.Contains(v.Says, "Too slow.") || !strings.HasPrefix(v.Plain, "We want") {
		t.Errorf("broken: says %q, plain %q", v.Says, v.Plain)
	}
	if !told(v, "not that of a standard") || told(v, "could not be told") {
		t.Errorf("broken: %q", v.Policy)
	}
	if v := slowVerdict(c, 0, latency(16*time.Second, false)); v.DemandedBy == "" || !told(v, "what others demand is kept could not be told") {
		t.Errorf("broken, and another is not known: %q", v.Policy)
	}
	if v := slowVerdict(c, 0, latency(8*time.Second, false), ready(220)); v.Verdict != PolicyDisagreement || v.DemandedBy != "" {
		t.Errorf("kept: %s %q", v.Verdict, v.DemandedBy)
	}
	// The limit in the row is what it claims, not what the house demands.
	if v := slowVerdict(c, 12, latency(16*time.Second, false), ready(220)); v.Verdict != Confirmed || !strings.Contains(v.Says, "within 10 s") || !strings.Contains(v.Plain, "within 10 s") || !strings.Contains(v.Says, "longer than 12 s") {
		t.Errorf("with a limit of the row: %s %q", v.Verdict, v.Says)
	}
	if v := slowVerdict(c, 30, latency(16*time.Second, false), ready(220)); v.Verdict != FalsePositive || v.DemandedBy != "" {
		t.Errorf("a claim that is not true: %s %q", v.Verdict, v.DemandedBy)
	}
	if v := slowVerdict(c, 0, latency(400*time.Second, false), ready(220)); v.Verdict != Confirmed || v.Severity != High || v.DemandedBy != "" || told(v, "demand") {
		t.Errorf("a standard's is broken too: %s %s %q %q", v.Verdict, v.Severity, v.DemandedBy, v.Policy)
	}
	equal := under(t, strings.Replace(demand, "severity: low", "severity: medium", 1))
	if v := slowVerdict(equal, 0, latency(16*time.Second, false), ready(554)); v.DemandedBy != "" || !strings.Contains(v.Says, "not ready") {
		t.Errorf("of two that are equally severe the standard's goes first: %q", v.Says)
	}
	open := under(t, strings.Replace(demand, "smtp.greeting.latency, above: $limit", "smtp.ehlo.starttls, is: false", 1))
	if v := slowVerdict(open, 0, latency(16*time.Second, false), ready(220)); v.Verdict != Inconclusive || !told(v, "could not be told") {
		t.Errorf("not known whether it is broken: %s %q", v.Verdict, v.Policy)
	}
	if !slices.Contains(open.Needs(report.Report{Findings: []report.Finding{bad("test/slow", 1)}})[0].Facts, facts.SMTPEHLOSTARTTLS) {
		t.Error("what the house demands is not asked for")
	}
}

// What the house does not demand convicts nobody, and the verdict says what was dropped, and why.
func TestDroppedRequirements(t *testing.T) {
	usual, c := withSlow(t), under(t, "rules: {test/slow: {requirements: {ready: {demanded: false, because: We are never ready.}}}}\n")
	late := latency(16*time.Second, false)
	if v := slowVerdict(usual, 0, late, ready(554)); v.Verdict != Confirmed || v.Severity != Medium {
		t.Fatalf("without a policy: %s", v.Verdict)
	}
	v := slowVerdict(c, 0, late, ready(554))
	if v.Verdict != PolicyDisagreement || !told(v, "We are never ready") || !told(v, "The code is 220") || !told(v, "ready, class M") {
		t.Errorf("%s %q", v.Verdict, v.Policy)
	}
	if v := slowVerdict(c, 0, late); v.Verdict != PolicyDisagreement || !told(v, "never ready") {
		t.Errorf("not known whether it is broken: %s %q", v.Verdict, v.Policy)
	}
	if v := slowVerdict(c, 0, late, ready(220)); len(v.Policy) > 0 {
		t.Errorf("it is not broken, so that nothing rests on the policy: %q", v.Policy)
	}
	if v := slowVerdict(c, 0, latency(400*time.Second, false), ready(554)); v.Verdict != Confirmed || v.Severity != High {
		t.Errorf("another is broken: %s %s", v.Verdict, v.Severity)
	}
}

// A requirement of others can be weighed otherwise, and worded; words for the whole rule go before those of the catalogue for one of them.
func TestWeightAndWords(t *testing.T) {
	late := latency(16*time.Second, false)
	c := under(t, "rules: {test/slow: {requirements: {ready: {severity: low, confirmed: Our way to say it.}}, fix: Our way to mend it., do_not: Our way., optional: Or not.}}\n")
	v := slowVerdict(c, 0, late, ready(554))
	if v.Severity != Low || !told(v, "low, and medium elsewhere") || !strings.HasPrefix(v.Says, "Our way to say it.") || v.Fix != "Our way to mend it." || v.DemandedBy != "" {
		t.Errorf("%+v", v)
	}
	if !told(v, "confirmed, fix") {
		t.Errorf("%q", v.Policy)
	}
	v = slowVerdict(c, 0, late, ready(220))
	if v.Fix != "Or not." || v.DoNot != "Our way." || !told(v, "for optional, do_not") {
		t.Errorf("%q %q %q", v.Fix, v.DoNot, v.Policy)
	}
	c = under(t, "rules: {test/slow: {say: {confirmed: 'It takes {smtp.greeting.latency}.'}, plain: {confirmed: We know.}}}\n")
	if v := slowVerdict(c, 0, late, ready(554)); !strings.HasPrefix(v.Says, "It takes 16 s.") || v.Plain != "We know." || !told(v, "for confirmed, plain") {
		t.Errorf("says %q, plain %q", v.Says, v.Plain)
	}
	if v := slowVerdict(c, 0, late, ready(220)); len(v.Policy) > 0 {
		t.Errorf("none of its words are used: %q", v.Policy)
	}
}

// The words of a policy are of one language; a reply in another has those of the catalogue.
func TestWordsOfOneLanguage(t *testing.T) {
	german := func(shared *Catalogue) *Catalogue {
		c := *shared
		c.languages = append(slices.Clone(c.languages), &Language{Code: "xx", rules: map[string]map[string]string{"test/slow": {"confirmed": "Langsam."}}})
		return &c
	}
	const policy = "schema: mxverdict/policy/1\norganisation: Example Hosting\nrules: {test/slow: {plain: {confirmed: We know.}}}\n"
	for language, want := range map[string][2]string{"en": {"We know.", "Langsam."}, "xx": {"Your server is too slow.", "We know."}} {
		c, err := german(withSlow(t)).Under("policy.yaml", []byte("language: "+language+"\n"+policy))
		if err != nil {
			t.Fatal(err)
		}
		late := []facts.Fact{latency(16*time.Second, false), ready(554)}
		if got := [2]string{slowVerdict(c, 0, late...).Plain, slowVerdict(c.Speaking("xx"), 0, late...).Plain}; got != want {
			t.Errorf("policy in %s: %q, want %q", language, got, want)
		}
	}
}

// A policy stands over the catalogue: whoever else uses the same one sees nothing of it.
func TestCatalogueStaysAsItIs(t *testing.T) {
	c := withSlow(t)
	judge := func(c *Catalogue) Verdict { return slowVerdict(c, 0, latency(16*time.Second, false), ready(554)) }
	before, rules := judge(c), c.Rules()
	own, err := c.Under("policy.yaml", []byte("schema: mxverdict/policy/1\norganisation: Example Hosting\nrules: {test/slow: {say: {policy_disagreement: Ours.}, plain: {confirmed: Ours.}, requirements: {ready: {demanded: false, because: Ours.}}}}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if got := judge(own); got.Says != "Ours." || got.Verdict != PolicyDisagreement {
		t.Errorf("under the policy: %s %q", got.Verdict, got.Says)
	}
	if got := judge(c); got.Verdict != before.Verdict || got.Says != before.Says || got.Plain != before.Plain || len(got.Policy) > 0 || c.Policy() != nil {
		t.Errorf("the catalogue changed: %+v", got)
	}
	if !slices.Equal(c.Rules(), rules) || slices.Equal(own.Rules(), rules) {
		t.Error("the list of rules is shared")
	}
	if own.Digest() == c.Digest() {
		t.Error("evidence could not tell that other rules were in force")
	}
	if before.Policy == nil {
		t.Error("a null list")
	}
}
