package rules

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// embeddedOnce loads the embedded catalogue for all tests: it never changes, and loading takes longer than most of them.
var embeddedOnce = sync.OnceValues(func() (*Catalogue, error) { return Load(nil) })

func load(t *testing.T) *Catalogue {
	t.Helper()
	c, err := embeddedOnce()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestTruth(t *testing.T) {
	all := []Truth{Unknown, False, True}
	for _, a := range all {
		for _, b := range all {
			and := min(rankOf(a), rankOf(b))
			if got := a.And(b); rankOf(got) != and {
				t.Errorf("%v and %v is %v", a, b, got)
			}
			or := max(rankOf(a), rankOf(b))
			if got := a.Or(b); rankOf(got) != or {
				t.Errorf("%v or %v is %v", a, b, got)
			}
		}
	}
}

// rankOf orders False < Unknown < True: in Kleene's logic "and" is the minimum and "or" the maximum.
func rankOf(t Truth) int { return map[Truth]int{False: 0, Unknown: 1, True: 2}[t] }

// set makes facts about one session.
func set(known ...facts.Fact) View {
	return caseView(known, facts.Session)
}

func latency(d time.Duration, atLeast bool) facts.Fact {
	return facts.Fact{Name: facts.SMTPGreetingLatency, Value: facts.DurationValue(d), AtLeast: atLeast}
}

func condition(t *testing.T, text string) Condition {
	t.Helper()
	var node yaml.Node
	if err := yaml.Unmarshal([]byte(text), &node); err != nil {
		t.Fatal(err)
	}
	loader := conditionLoader{"test", map[string]facts.Kind{"limit": facts.Duration, "max": facts.Duration}}
	c, err := loader.load(node.Content[0])
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestConditions(t *testing.T) {
	exact, bound := latency(16*time.Second, false), latency(300*time.Second, true)
	text := facts.Fact{Name: facts.SMTPGreetingText, Value: facts.TextValue("mail.example.com ESMTP")}
	code := facts.Fact{Name: facts.SMTPGreetingCode, Value: facts.IntValue(220)}
	names := facts.Fact{Name: facts.DNSPTRNames, Value: facts.ListValue([]string{"mail.example.com", "example.com"})}
	tests := []struct {
		name, condition string
		facts           []facts.Fact
		want            Truth
	}{
		{"above", "{fact: smtp.greeting.latency, above: 15s}", []facts.Fact{exact}, True},
		{"above itself", "{fact: smtp.greeting.latency, above: 16s}", []facts.Fact{exact}, False},
		{"at least itself", "{fact: smtp.greeting.latency, at_least: 16s}", []facts.Fact{exact}, True},
		{"at most itself", "{fact: smtp.greeting.latency, at_most: 16s}", []facts.Fact{exact}, True},
		{"below", "{fact: smtp.greeting.latency, below: 16s}", []facts.Fact{exact}, False},
		{"unmeasured", "{fact: smtp.greeting.latency, above: 15s}", nil, Unknown},
		{"bound above a smaller limit", "{fact: smtp.greeting.latency, above: 15s}", []facts.Fact{bound}, True},
		{"bound above itself", "{fact: smtp.greeting.latency, above: 300s}", []facts.Fact{bound}, Unknown},
		{"bound at least itself", "{fact: smtp.greeting.latency, at_least: 300s}", []facts.Fact{bound}, True},
		{"bound above a greater limit", "{fact: smtp.greeting.latency, above: 310s}", []facts.Fact{bound}, Unknown},
		{"bound below a smaller limit", "{fact: smtp.greeting.latency, below: 30s}", []facts.Fact{bound}, False},
		{"bound below a greater limit", "{fact: smtp.greeting.latency, below: 310s}", []facts.Fact{bound}, Unknown},
		{"bound at most a greater limit", "{fact: smtp.greeting.latency, at_most: 310s}", []facts.Fact{bound}, Unknown},
		{"bound outside a smaller span", "{fact: smtp.greeting.latency, outside: [1s, 30s]}", []facts.Fact{bound}, True},
		{"bound outside a span around it", "{fact: smtp.greeting.latency, outside: [1s, 310s]}", []facts.Fact{bound}, Unknown},
		{"on the bounds is not outside", "{fact: smtp.greeting.latency, outside: [16s, 16s]}", []facts.Fact{exact}, False},
		{"outside below", "{fact: smtp.greeting.latency, outside: [17s, 20s]}", []facts.Fact{exact}, True},
		{"parameter without value", "{fact: smtp.greeting.latency, above: $limit}", []facts.Fact{exact}, Unknown},
		{"half a span", "{fact: smtp.greeting.latency, outside: [$limit, 1s]}", []facts.Fact{exact}, Unknown},
		{"is", "{fact: smtp.greeting.code, is: 220}", []facts.Fact{code}, True},
		{"a text in another case", "{fact: smtp.greeting.text, is: MAIL.example.com esmtp}", []facts.Fact{text}, True},
		{"another text", "{fact: smtp.greeting.text, is: MAIL.example.com}", []facts.Fact{text}, False},
		{"in", "{fact: smtp.greeting.code, in: [421, 554]}", []facts.Fact{code}, False},
		{"has in a text", "{fact: smtp.greeting.text, has: esmtp}", []facts.Fact{text}, True},
		{"has in a list", "{fact: dns.ptr.names, has: EXAMPLE.com}", []facts.Fact{names}, True},
		{"a part of an entry is not an entry", "{fact: dns.ptr.names, has: example}", []facts.Fact{names}, False},
		{"matches", `{fact: smtp.greeting.text, matches: "^mail\\."}`, []facts.Fact{text}, True},
		{"known", "{fact: smtp.greeting.text, known: true}", []facts.Fact{text}, True},
		{"not known", "{fact: smtp.greeting.text, known: false}", nil, True},
		{"false and unknown", "{all: [{fact: smtp.greeting.code, is: 554}, {fact: smtp.ehlo.starttls, is: true}]}", []facts.Fact{code}, False},
		{"true or unknown", "{any: [{fact: smtp.greeting.code, is: 220}, {fact: smtp.ehlo.starttls, is: true}]}", []facts.Fact{code}, True},
		{"true and unknown", "{all: [{fact: smtp.greeting.code, is: 220}, {fact: smtp.ehlo.starttls, is: true}]}", []facts.Fact{code}, Unknown},
		{"not unknown", "{not: {fact: smtp.ehlo.starttls, is: true}}", nil, Unknown},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var trail Trail
			if got := condition(t, test.condition).Eval(set(test.facts...), &trail); got != test.want {
				t.Errorf("got %v, want %v (%v)", got, test.want, trail)
			}
			if len(trail) == 0 {
				t.Error("nothing on the trail explains it")
			}
		})
	}
}

// The trail explains the result by the branches that decided it, with value and limit.
func TestTrailExplains(t *testing.T) {
	c := condition(t, "{any: [{fact: smtp.greeting.latency, above: $limit}, {fact: smtp.greeting.code, is: 554}]}")
	view := set(latency(16*time.Second, false), facts.Fact{Name: facts.SMTPGreetingCode, Value: facts.IntValue(220)})
	view.Parameters = map[string]Parameter{"limit": {Value: facts.DurationValue(5 * time.Second)}}
	var trail Trail
	c.Eval(view, &trail)
	if len(trail) != 1 || !strings.Contains(trail[0].String(), "16 s") || !strings.Contains(trail[0].String(), "5 s") {
		t.Errorf("trail %v, want the one comparison that decided, with 16 s and 5 s", trail)
	}
}

const goodRule = `schema: mxverdict/rules/1
rules:
  - id: test/one
    about: A test
    subject: host
    parameters:
      limit: {kind: duration, default: 5s, source: nobody}
    claim:
      says: The server is slower than {limit}.
      holds_when: {fact: smtp.greeting.latency, above: $limit}
    requirements:
      - {says: Be fast., class: S, severity: low, broken_when: {fact: smtp.greeting.latency, above: 30s}}
    say: {confirmed: Slow., policy_disagreement: Fine., changed: Fast.}
`

// Each mistake in a file is an error that names file and line, and suggests what was meant.
func TestMistakes(t *testing.T) {
	tests := []struct {
		name, from, to string
		line           int
		says           string
	}{
		{"misspelt key", "about:", "abuot:", 4, `did you mean "about"`},
		{"misspelt key in a condition", "{fact: smtp.greeting.latency, above: $limit}", "{fcat: smtp.greeting.latency, above: $limit}", 10, `did you mean "fact"`},
		{"misspelt fact", "{fact: smtp.greeting.latency, above: 30s}", "{fact: smtp.greting.latency, above: 30s}", 12, `did you mean "smtp.greeting.latency"`},
		{"misspelt word", "above: 30s", "abvoe: 30s", 12, `did you mean "above"`},
		{"missing unit", "above: 30s", "above: 30", 12, "5s"},
		{"word that does not fit the kind", "above: 30s", "has: 30s", 12, "possible are"},
		{"two words", "above: 30s", "above: 30s, below: 40s", 12, "one word too many"},
		{"unknown parameter", "above: $limit", "above: $limt", 10, `did you mean "limit"`},
		{"unknown placeholder", "slower than {limit}", "slower than {limti}", 3, `did you mean "limit"`},
		{"unknown placeholder of a requirement", "says: Be fast.", `says: "Be faster than {limti}."`, 3, `did you mean "limit"`},
		{"row note that is no expression", "    subject: host", "    row_notes: [{matches: \"(\", says: Look.}]\n    subject: host", 3, "regular expression"},
		{"row note without words", "    subject: host", "    row_notes: [{matches: refused}]\n    subject: host", 3, "regular expression"},
		{"misspelt class", "class: S", "class: X", 3, "none of M, S, O, A, logic"},
		{"requirement without words", "{says: Be fast., class: S", "{class: S", 3, "lacks its says"},
		{"requirement that is never broken", ", broken_when: {fact: smtp.greeting.latency, above: 30s}", "", 3, "needs broken_when"},
		{"requirement without harm", "severity: low, ", "", 3, "none of high, medium, low"},
		{"excuse that is none", "severity: low, ", "severity: low, unless: monday, ", 3, "unless is"},
		{"reference to nothing", "severity: low, ", "severity: low, reference: somewhere, ", 3, "reference"},
		{"a list for a value", "above: 30s", "above: [30s]", 12, "needs a duration"},
		{"a list for a text to compare with", "{fact: smtp.greeting.latency, above: 30s}", "{fact: smtp.greeting.text, is: [ESMTP]}", 12, "needs a text"},
		{"keys for a text to compare with", "{fact: smtp.greeting.latency, above: 30s}", "{fact: smtp.greeting.text, is: {a: b}}", 12, "needs a text"},
		{"advice that is broken", "class: S", "class: A", 3, "class A"},
		{"misspelt ending", "changed: Fast.", "chagned: Fast.", 3, `did you mean "changed"`},
		{"misspelt subject", "subject: host", "subject: hots", 3, `did you mean "host"`},
		{"bad id", "id: test/one", "id: test one", 3, "area/name"},
		{"wrong schema", "rules/1", "rules/9", 1, "schema must be"},
		{"duplicate key", "    about: A test\n", "    about: A test\n    about: Again\n", 5, "second time"},
		{"duplicate id", "id: test/one", "id: smtp/connect", 3, "exists already (catalogue/smtp.yaml:"},
		{"default without source", ", source: nobody", "", 7, "source"},
		{"both all and any", "{fact: smtp.greeting.latency, above: $limit}", "{all: [{fact: smtp.greeting.code, is: 220}], any: []}", 10, "exactly one of"},
		{"anchor", "about: A test", "about: &a A test", 4, "anchors"},
		{"second document", "schema: ", "schema: mxverdict/rules/1\n---\nschema: ", 2, "second document"},
		{"empty file", goodRule, "", 1, "empty"},
		{"not YAML", goodRule, "a: [", 1, ""},
		{"no keys", goodRule, "a house rule", 1, "a text stands here"},
		{"list for a text", "about: A test", "about: [A test]", 4, "a list stands here"},
		{"reported by nobody", "    claim:", "    reported: {value: expiry, fact: dns.soa.expire}\n    claim:", 3, `did you mean "expire"`},
		{"reported fact misspelt", "    claim:", "    reported: {value: expire, fact: dns.soa.expiry}\n    claim:", 3, `did you mean "dns.soa.expire"`},
		{"reported fact is no number", "    claim:", "    reported: {value: serial, fact: dns.soa.serial_is_date}\n    claim:", 3, "is no number"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text := strings.Replace(goodRule, test.from, test.to, 1)
			if text == goodRule {
				t.Fatal("the test changes nothing")
			}
			_, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(text)}})
			var mistake *strict.Error
			if !errors.As(err, &mistake) {
				t.Fatalf("error %v, want one with file and line", err)
			}
			if mistake.File != "catalogue/house.yaml" || mistake.Line != test.line || !strings.Contains(mistake.Says, test.says) {
				t.Errorf("error %v, want line %d and %q", err, test.line, test.says)
			}
		})
	}
	if _, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(goodRule)}}); err != nil {
		t.Errorf("the unchanged rule: %v", err)
	}
	if _, err := Load(fstest.MapFS{}); err == nil {
		t.Error("a folder without rule files is accepted")
	}
}

func TestCauseMistakes(t *testing.T) {
	const good = `schema: mxverdict/causes/1
causes:
  - id: other
    about: Another cause
    explains: [smtp/tls-missing]
    proven_when: {fact: smtp.greeting.latency, above: $patience}
    says: It waits {smtp.greeting.latency}.
`
	for name, change := range map[string][3]string{
		"unknown rule":                {"smtp/tls-missing", "smtp/tls-mising", `did you mean "smtp/tls-missing"`},
		"existing id":                 {"id: other", "id: greeting-delay", "exists already"},
		"no proof":                    {"    proven_when: {fact: smtp.greeting.latency, above: $patience}\n", "", "proven_when"},
		"misspelt key":                {"explains:", "explain:", `did you mean "explains"`},
		"placeholder":                 {"{smtp.greeting.latency}", "{smtp.greeting.latencie}", "unknown placeholder"},
		"wrong parameter":             {"$patience", "$patienec", `did you mean "patience"`},
		"misspelt literal":            {"above: $patience", "above: soon", "5s"},
		"no name":                     {"id: other", `id: ""`, "must be a word"},
		"name of a rule":              {"id: other", "id: smtp/other", "must be a word"},
		"no title":                    {"    about: Another cause\n", "", "needs about"},
		"explains nothing":            {"[smtp/tls-missing]", "[]", "needs about"},
		"says nothing":                {"    says: It waits {smtp.greeting.latency}.\n", "", "needs about"},
		"wrong schema":                {"causes/1", "causes/2", "schema must be"},
		"placeholder in plain words":  {"    says:", "    plain: \"{smtp.greeting}\"\n    says:", "unknown placeholder"},
		"placeholder in a warning":    {"    says:", "    do_not: \"{smtp.greeting}\"\n    says:", "unknown placeholder"},
		"placeholder in a suspicion":  {"    says:", "    suggested_when: {mark: [smtp/transaction-time], says: \"{row}\"}\n    says:", "unknown placeholder"},
		"placeholder of the unproven": {"    says:", "    suggested_when: {mark: [smtp/transaction-time], says: x, unproven: \"{row}\"}\n    says:", "unknown placeholder"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(fstest.MapFS{"causes/waits.yaml": {Data: []byte(strings.Replace(good, change[0], change[1], 1))}})
			var mistake *strict.Error
			if !errors.As(err, &mistake) || !strings.Contains(mistake.Says, change[2]) || mistake.File != "causes/waits.yaml" {
				t.Errorf("error %v, want %q in its file", err, change[2])
			}
		})
	}
	if _, err := Load(fstest.MapFS{"causes/waits.yaml": {Data: []byte(good)}}); err != nil {
		t.Errorf("the unchanged cause: %v", err)
	}
}

// session puts facts of a session into a set, as a run would.
func session(s *facts.Set, target, address string, known ...facts.Fact) {
	subject := facts.Subject{Kind: facts.Session, Name: "mail.example.com", At: address}
	s.AddView(target, subject)
	for _, f := range known {
		s.Put(subject, f)
	}
}

func known(name facts.Name, v facts.Value) facts.Fact { return facts.Fact{Name: name, Value: v} }

func yes(name facts.Name) facts.Fact { return known(name, facts.BoolValue(true)) }
func no(name facts.Name) facts.Fact  { return known(name, facts.BoolValue(false)) }

func bad(rule string, n int) report.Finding {
	return report.Finding{N: n, Line: n, Rule: rule, Status: report.Warning, Subject: "example.com", Wording: "…", Values: map[string]report.Value{}}
}

func one(t *testing.T, s *facts.Set, findings ...report.Finding) Verdict {
	t.Helper()
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: findings}, s)
	if len(j.Verdicts) != 1 {
		t.Fatalf("%d verdicts, want 1", len(j.Verdicts))
	}
	return j.Verdicts[0]
}

// A session claim is judged at each address that greeted: true at one is true, false at all is false.
func TestMergeOfAddresses(t *testing.T) {
	offers, lacks := no(facts.SMTPSTARTTLSMissing), yes(facts.SMTPSTARTTLSMissing)
	refused := facts.Fact{Name: facts.SMTPSTARTTLSMissing, Why: facts.Unknown{Code: facts.Refused, Detail: "421"}}
	silent := facts.Fact{Name: facts.SMTPGreetingReceived, Why: facts.Unknown{Code: facts.NoGreeting, Detail: "no greeting"}}
	greeted := yes(facts.SMTPGreetingReceived)
	tests := []struct {
		name  string
		first []facts.Fact
		then  []facts.Fact
		want  Outcome
	}{
		{"one of two lacks it", []facts.Fact{greeted, offers}, []facts.Fact{greeted, lacks}, Confirmed},
		{"both offer it", []facts.Fact{greeted, offers}, []facts.Fact{greeted, offers}, FalsePositive},
		{"one offers it, one is silent", []facts.Fact{greeted, offers}, []facts.Fact{silent}, FalsePositive},
		{"one offers it, one turns us away", []facts.Fact{greeted, offers}, []facts.Fact{greeted, refused}, Inconclusive},
		{"one lacks it, one turns us away", []facts.Fact{greeted, refused}, []facts.Fact{greeted, lacks}, Confirmed},
		{"both silent", []facts.Fact{silent}, []facts.Fact{silent}, Inconclusive},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := &facts.Set{}
			session(s, "example.com", "203.0.113.1", test.first...)
			session(s, "example.com", "203.0.113.2", test.then...)
			v := one(t, s, bad("smtp/tls-missing", 1))
			if v.Verdict != test.want {
				t.Errorf("%s (%s), want %s", v.Verdict, v.Reason, test.want)
			}
			if strings.Contains(test.name, "one is silent") && !strings.Contains(strings.Join(v.Notes, " "), "203.0.113.2") {
				t.Errorf("the untested address is not named: %v", v.Notes)
			}
		})
	}
}

func TestSameClaimIsOneVerdict(t *testing.T) {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), yes(facts.SMTPSTARTTLSMissing))
	v := one(t, s, bad("smtp/tls-missing", 1), bad("smtp/tls-missing", 4))
	if len(v.Findings) != 2 {
		t.Errorf("%d findings, want both rows in one verdict", len(v.Findings))
	}
}

func TestOKRowsAndUnknownRows(t *testing.T) {
	ok := bad("smtp/tls-missing", 1)
	ok.Status = report.OK
	strange := bad("", 2)
	strange.Status = report.Unknown
	unclear := bad("smtp/tls-missing", 3) // the test is known, its sentence is not
	unclear.Status = report.Unknown
	j := load(t).Judge(report.Report{Findings: []report.Finding{ok, strange, unclear}}, &facts.Set{})
	if len(j.Verdicts) != 0 || len(j.Unrecognised) != 2 || j.Summary.Unrecognised != 2 {
		t.Errorf("got %+v, want no verdict and two unrecognised rows", j)
	}
	if needs := load(t).Needs(report.Report{Findings: []report.Finding{ok, strange}}); len(needs) != 0 {
		t.Errorf("OK rows need %v", needs)
	}
}

// A row that was recognised by the name of its test alone says so in its verdict.
func TestRowWithoutWording(t *testing.T) {
	f := bad("smtp/tls-missing", 1)
	if v := one(t, &facts.Set{}, f); len(v.Notes) > 0 {
		t.Errorf("notes of a known sentence: %v", v.Notes)
	}
	f.Wording = ""
	if v := one(t, &facts.Set{}, f); len(v.Notes) != 1 {
		t.Errorf("notes of an unknown sentence: %v", v.Notes)
	}
}

func TestNoTarget(t *testing.T) {
	f := bad("smtp/tls-missing", 1)
	f.Subject = ""
	if v := one(t, &facts.Set{}, f); v.Verdict != Inconclusive || v.Reason != string(facts.NoTarget) {
		t.Errorf("%s (%s), want inconclusive (no_target)", v.Verdict, v.Reason)
	}
}

// A parameter comes from the row itself before the reporter's threshold before the rule's default.
func TestParameters(t *testing.T) {
	s := &facts.Set{}
	server := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [192.0.2.53]"}
	s.AddView("example.com", server)
	s.Put(server, yes(facts.DNSSOAAnswered))
	s.Put(server, known(facts.DNSSOAExpire, facts.DurationValue(604800*time.Second)))
	s.Put(server, no(facts.DNSSOAExpireTooShort))
	plain := bad("dns/soa-expire", 1)
	if v := one(t, s, plain); v.Verdict != PolicyDisagreement {
		t.Errorf("by the reporter's own span: %s", v.Verdict)
	}
	stated := bad("dns/soa-expire", 1)
	stated.Values = map[string]report.Value{"min": report.Number(600000), "max": report.Number(700000)}
	if v := one(t, s, stated); v.Verdict != FalsePositive {
		t.Errorf("by the span that the row states: %s", v.Verdict)
	}
}

// A cause explains what the facts prove, never a confirmed finding, and names the OK rows that were never tested.
func TestCauses(t *testing.T) {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)),
		latency(16*time.Second, false), yes(facts.SMTPGreetingHasPTR), yes(facts.SMTPSTARTTLSMissing),
		known(facts.DNSPTRNames, facts.ListValue([]string{"mail.example.com"})))
	relay := bad("smtp/open-relay", 3)
	relay.Status = report.OK
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/banner-mismatch", 1), bad("smtp/tls-missing", 2), relay}}, s)
	if len(j.Causes) != 1 || !slices.Equal(j.Causes[0].Findings, []int{1}) || !slices.Equal(j.Causes[0].NeverTested, []int{3}) {
		t.Errorf("causes %+v, want one that explains row 1 and says that row 3 was never tested", j.Causes)
	}
	// Without a patience that is known, nothing is proven.
	j = load(t).Judge(report.Report{Findings: []report.Finding{bad("smtp/banner-mismatch", 1)}}, s)
	if len(j.Causes) != 0 || j.Verdicts[0].Reason != Changed {
		t.Errorf("causes %+v, reason %s: a reporter of unknown patience explains nothing", j.Causes, j.Verdicts[0].Reason)
	}
}

func TestSuggestedByTheReportAlone(t *testing.T) {
	row := func(seconds float64) report.Finding {
		f := bad("smtp/transaction-time", 3)
		f.Values = map[string]report.Value{"seconds": report.Number(seconds)}
		return f
	}
	for seconds, want := range map[float64]int{15.678: 3, 15.0: 3, 14.9: 0, 16.2: 0, 9.2: 0} {
		r := report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/banner-mismatch", 1), bad("smtp/tls-missing", 2), row(seconds)}}
		rows := 0
		for _, s := range load(t).SuggestCauses(r) {
			rows += len(s.Findings)
		}
		if rows != want {
			t.Errorf("%v s: %d rows carry the mark, want %d", seconds, rows, want)
		}
	}
}

// A mark that the facts do not bear out is remarked: the delay may spare clients that the server knows.
func TestSuggestedButNotProven(t *testing.T) {
	marked := bad("smtp/transaction-time", 2)
	marked.Values = map[string]report.Value{"seconds": report.Number(15.4)}
	for delay, want := range map[time.Duration]bool{200 * time.Millisecond: true, 16 * time.Second: false, 40 * time.Second: false} {
		s := &facts.Set{}
		session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)),
			latency(delay, false), no(facts.SMTPSTARTTLSMissing))
		j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/tls-missing", 1), marked}}, s)
		if got := strings.Contains(strings.Join(j.Verdicts[0].Notes, " "), "bears the mark"); got != want {
			t.Errorf("greeting after %v: remarked %v, want %v (%v)", delay, got, want, j.Verdicts[0].Notes)
		}
	}
	// Where the delay is not known they may bear it out.
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), no(facts.SMTPSTARTTLSMissing))
	v := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/tls-missing", 1), marked}}, s).Verdicts[0]
	if v.Verdict != FalsePositive || strings.Contains(strings.Join(v.Notes, " "), "bears the mark") {
		t.Errorf("greeting after an unknown time: %s, %q", v.Verdict, v.Notes)
	}
}

// Hostile numbers of a report must not turn into other numbers.
func TestHugeNumbers(t *testing.T) {
	for _, n := range []float64{1e300, -1e300, 1e18} {
		if d := seconds(n); (d > 0) != (n > 0) {
			t.Errorf("%v s became %v", n, d)
		}
		if v := numberAs(facts.Int, n); (v.Int() > 0) != (n > 0) {
			t.Errorf("%v became %v", n, v.Int())
		}
	}
}

func TestDigestChangesWithTheRules(t *testing.T) {
	plain := load(t)
	more, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte(goodRule)}})
	if err != nil {
		t.Fatal(err)
	}
	if plain.Digest() == more.Digest() || plain.Digest() == "" {
		t.Error("the digest does not tell catalogues apart")
	}
}

func FuzzConditions(f *testing.F) {
	for _, seed := range []string{
		"{fact: smtp.greeting.latency, above: 5s}", "{all: [{fact: smtp.greeting.code, is: 220}]}", "{not: {not: {fact: x}}}",
		"{fact: smtp.greeting.text, matches: '('}", "{fact: dns.soa.expire, outside: [1s]}", "[]", "{any: []}", "{fact: $limit}",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var node yaml.Node
		if yaml.Unmarshal([]byte(text), &node) != nil || len(node.Content) == 0 {
			return
		}
		c, err := conditionLoader{"fuzz", map[string]facts.Kind{"limit": facts.Duration}}.load(node.Content[0])
		if err != nil {
			var mistake *strict.Error
			if !errors.As(err, &mistake) || mistake.Line < 1 {
				t.Fatalf("error without a line: %v", err)
			}
			return
		}
		// Whatever was accepted can be evaluated, and over no facts it is never known, unless it asks just for that.
		var trail Trail
		got := c.Eval(set(), &trail)
		if got != Unknown && !strings.Contains(text, "known") {
			t.Fatalf("%s is %v although nothing is known", text, got)
		}
	})
}

// The whole catalogue folder may be given as an overlay of another name, but never twice.
func TestCatalogueFilesAreAllEmbedded(t *testing.T) {
	files, err := filepath.Glob("catalogue/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		onDisk, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		inside, err := embedded.ReadFile(file)
		if err != nil || string(inside) != string(onDisk) {
			t.Errorf("%s is not embedded as it stands: %v", file, err)
		}
	}
}
