package rules

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// examplePolicy is the commented example.
func examplePolicy(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "testdata", "policies", "example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestExamplePolicy(t *testing.T) {
	c, err := load(t).Under("example.yaml", examplePolicy(t))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Policy()
	if p.Organisation != "Example Hosting" || strings.Count(p.Reply.Salutation, "\n") != 1 || strings.Count(p.Reply.Signature, "\n") != 1 {
		t.Errorf("%+v", p.Reply)
	}
	if general, special := p.About("dns/soa-expire"), p.About("dns/soa-expire", "smtp/transaction-time"); len(general) != 1 || len(special) != 2 {
		t.Errorf("links %v, %v", general, special)
	}
	if len(p.Accepted) != 1 || len(p.Amended()) != 3 {
		t.Errorf("%d accepted, %d rules", len(p.Accepted), len(p.Amended()))
	}
	if (*Policy)(nil).About("dns/soa-expire") != nil {
		t.Error("no policy has links")
	}
	linted, err := Lint(nil, Source{"somewhere/example.yaml", examplePolicy(t)})
	if err != nil || len(linted.Problems()) > 0 || len(linted.Policies()) != 1 {
		t.Errorf("%v %v", err, linted.Problems())
	}
}

// What is not understood is never left out: each mistake is told with its line, and where something near exists, with that.
func TestMistakesOfPolicies(t *testing.T) {
	example := string(examplePolicy(t))
	for name, test := range map[string]struct {
		from, to string
		at       string // a text in the line that is told
		says     string
	}{
		"an unknown key":                       {"organisation:", "organization:", "organization:", `did you mean "organisation"`},
		"another schema":                       {"policy/1", "policy/2", "", "schema must be"},
		"nobody's policy":                      {"organisation: Example Hosting", "organisation:", "", "organisation is needed"},
		"a name of two lines":                  {"organisation: Example Hosting ", `organisation: "a\nb"`, "", "one line"},
		"a language that there is not":         {"language: en", "language: eng", "", `did you mean "en"`},
		"a link without encryption":            {"https://help.example.com/mail", "http://help.example.com/mail", "title: How our", "no https address"},
		"a link with a script":                 {"https://help.example.com/mail", "javascript:alert(1)", "title: How our", "no https address"},
		"a link with a password":               {"https://help", "https://me:secret@help", "title: How our", "no https address"},
		"a link about no rule":                 {"[smtp/transaction-time,", "[smtp/transaction,", "title: Why our", `did you mean "smtp/transaction-time"`},
		"a link without a title":               {"title: How our mail servers work", "title:", "title:", "needs its title"},
		"an unknown rule":                      {"  smtp/transaction-time:", "  smtp/transaktion-time:", "smtp/transaktion-time:", `did you mean "smtp/transaction-time"`},
		"a rule twice":                         {"  smtp/connection-time:", "  smtp/transaction-time:", "  smtp/transaction-time:\n    requirements", "second time"},
		"an unknown key of a rule":             {"do_not:", "dont:", "dont:", `did you mean "do_not"`},
		"no unit":                              {"limit: 20s", "limit: 20", "limit: 20", "duration with its unit"},
		"another kind":                         {"limit: 20s", "limit: many", "limit: many", "duration with its unit"},
		"below zero":                           {"limit: 20s", "limit: -20s", "limit:", "below zero"},
		"an unknown limit":                     {"limit: 20s", "limti: 20s", "limti", `did you mean "limit"`},
		"limits of a rule without":             {"    requirements:\n      rfc1912#2.2:", "    parameters: {limit: 5s}\n    requirements:\n      rfc1912#2.2:", "parameters: {limit: 5s}", "has no parameter"},
		"an ending that there is not":          {"      policy_disagreement: The", "      wrong: The", "smtp/transaction-time:", "nothing uses"},
		"a misspelt ending":                    {"      policy_disagreement: The", "      policy_disagrement: The", "smtp/transaction-time:", `did you mean "policy_disagreement"`},
		"a misspelt plain ending":              {"      policy_disagreement: Our", "      policy_disagrement: Our", "smtp/transaction-time:", `did you mean "policy_disagreement"`},
		"empty words":                          {"      policy_disagreement: The dialogue took {smtp.transaction.total}, as we want it; our servers greet strangers late.", `      policy_disagreement: " "`, "smtp/transaction-time:", "is empty"},
		"an unknown placeholder":               {"{smtp.transaction.total}", "{smtp.transaction.toal}", "smtp/transaction-time:", `did you mean "smtp.transaction.total"`},
		"a placeholder in the fix of a demand": {"and never lower it", "and {never} lower it", "rfc1912#2.2:", "unknown placeholder"},
		"an unknown requirement":               {"rfc1912#2.2", "rfc1912#2.3", "rfc1912#2.3", `did you mean "rfc1912#2.2"`},
		"a demand without a condition":         {"        broken_when: {fact: dns.soa.serial_is_date, is: false}\n", "", "rfc1912#2.2", "needs says"},
		"a demand without a fix":               {"        fix: Write the serial number as YYYYMMDDnn, and never lower it.\n", "", "rfc1912#2.2", "needs says"},
		"a demand without words":               {"        says: The serial number of every zone of ours is a date.\n", "", "rfc1912#2.2", "needs says"},
		"a demand that weighs nothing":         {"severity: low", "severity: none", "rfc1912#2.2", "none of high"},
		"an unknown fact":                      {"fact: dns.soa.serial_is_date", "fact: dns.soa.serial_is_dat", "dns.soa.serial_is_dat,", `did you mean "dns.soa.serial_is_date"`},
		"a fact of somewhere else":             {"fact: dns.soa.serial_is_date", "fact: smtp.ehlo.starttls", "rfc1912#2.2", "the rule is judged per"},
		"a comparison that is none":            {"serial_is_date, is:", "serial_is_date, above:", "dns.soa.serial_is_date, above", "cannot be asked"},
		"advice switched off":                  {"demanded: true", "demanded: false", "rfc1912#2.2", "nothing to switch off"},
		"a standard's made one's own":          {"demanded: false\n        because: Our servers receive from known networks only, which wait.", "demanded: true", "rfc5321#4.5.3.2.1:", "demanded already"},
		"dropped without a reason":             {"        because: Our servers receive from known networks only, which wait.\n", "", "rfc5321#4.5.3.2.1:", "needs its reason"},
		"a standard's reworded":                {"demanded: false\n        because:", "says:", "rfc5321#4.5.3.2.1:", "what others demand stays as it is"},
		"dropped, and weighed":                 {"because: Our", "severity: low\n        because: Our", "rfc5321#4.5.3.2.1:", "is never broken"},
		"nothing said":                         {"        demanded: false\n        because: Our servers receive from known networks only, which wait.", "        {}", "rfc5321#4.5.3.2.1:", "nothing is said"},
		"accepted for ever":                    {"    until: 2027-03-31\n", "", "rule: dns/soa-expire", "until is the last day"},
		"a day that there is not":              {"2027-03-31", "2027-02-30", "rule: dns/soa-expire", "until is the last day"},
		"a day in another form":                {"2027-03-31", "31.3.2027", "rule: dns/soa-expire", "until is the last day"},
		"accepted by nobody":                   {"by: Jane Doe", "by:", "rule: dns/soa-expire", "who stands for it"},
		"accepted without a reason":            {"reason: The zone moves to other name servers in spring.", "reason:", "rule: dns/soa-expire", "needs a reason"},
		"an unknown rule accepted":             {"rule: dns/soa-expire", "rule: dns/soa-expires", "rule: dns/soa-expires", `did you mean "dns/soa-expire"`},
		"everything accepted":                  {"subject: example.com ", `subject: "*" `, "rule: dns/soa-expire", "no host, domain or address"},
		"a whole country accepted":             {"subject: example.com ", `subject: "*.com" `, "rule: dns/soa-expire", "no host, domain or address"},
		"an address of a page":                 {"subject: example.com ", "subject: https://example.com/ ", "rule: dns/soa-expire", "no host, domain or address"},
		"letters beyond ASCII":                 {"subject: example.com ", "subject: exämple.com ", "rule: dns/soa-expire", "xn--"},
		"accepted twice":                       {"accepted:\n", "accepted:\n  - {rule: dns/soa-expire, subject: EXAMPLE.com., reason: x, by: x, until: 2027-01-01}\n", "rule: dns/soa-expire\n", "second time"},
		"an anchor":                            {"reason: The", "reason: &a The", "reason: &a", "anchors"},
		"a list for a mapping":                 {"rules:\n  smtp/transaction-time:", "rules: []\nx:\n  smtp/transaction-time:", "rules: []", "keys with values"},
		"a number for a name":                  {"reply:", "reply: 5\nx:", "reply: 5", "where something else is expected"},
	} {
		t.Run(name, func(t *testing.T) {
			text := changed(t, example, test.from, test.to)
			_, err := load(t).loadPolicy("house.yaml", []byte(text))
			line := 1
			if i := strings.Index(text, test.at); test.at != "" && i >= 0 {
				line = strings.Count(text[:i], "\n") + 1
			}
			told := slices.ContainsFunc(strict.Each(err), func(e *strict.Error) bool {
				return e.File == "house.yaml" && e.Line == line && strings.Contains(e.Says, test.says)
			})
			if !told {
				t.Errorf("want line %d: %s; got\n%v", line, test.says, err)
			}
			if _, err := load(t).Under("house.yaml", []byte(text)); err == nil {
				t.Error("and it judges all the same")
			}
		})
	}
}

// A rule that only ever confirms has no words for what nobody demands; who drops the demand has to give some.
func TestDroppedRequirementNeedsWords(t *testing.T) {
	const policy = "schema: mxverdict/policy/1\norganisation: Example Hosting\nrules: {smtp/tls-version: {requirements: {NAME: {demanded: false, because: x}}WORDS}}\n"
	name := load(t).Rule("smtp/tls-version").Requirements[0].Name()
	for words, want := range map[string]bool{"": false, ", say: {policy_disagreement: 'So it is.'}": true} {
		_, err := load(t).Under("house.yaml", []byte(strings.NewReplacer("NAME", name, "WORDS", words).Replace(policy)))
		if (err == nil) != want {
			t.Errorf("with %q: %v", words, err)
		}
	}
}

// min and max are held together with those of the catalogue.
func TestLimitsThatCross(t *testing.T) {
	const policy = "schema: mxverdict/policy/1\norganisation: Example Hosting\nrules: {dns/soa-expire: {parameters: {"
	for limits, want := range map[string]bool{"min: 1s": true, "min: 2419201s": false, "max: 1209599s": false, "min: 2419201s, max: 2419201s": true} {
		if _, err := load(t).Under("house.yaml", []byte(policy+limits+"}}}\n")); (err == nil) != want {
			t.Errorf("%s: %v", limits, err)
		}
	}
	if _, err := load(t).Under("house.yaml", []byte(strings.Replace(policy, "dns/soa-expire", "dns/record-missing", 1)+"record: MX}}}\n")); err == nil {
		t.Error("which record a row means is taken for a limit")
	}
}

// Every requirement that is shipped has a name of its own within its rule.
func TestRequirementsHaveNames(t *testing.T) {
	for _, r := range load(t).Rules() {
		names := map[string]bool{}
		for _, q := range r.Requirements {
			if q.Name() == "" || names[q.Name()] {
				t.Errorf("%s:%d: rule %s: give requirement %q an id", r.File, r.Line, r.ID, q.Says)
			}
			names[q.Name()] = true
		}
	}
	const text = "schema: mxverdict/rules/1\nrules:\n  - id: test/two\n    about: x\n    subject: host\n    claim: {says: x, holds_when: {fact: smtp.ehlo.starttls, is: false}}\n    requirements:\n" +
		"      - {id: one, says: x, class: A}\n      - {id: ONE, says: x, class: A}\n    say: {policy_disagreement: x, changed: x}\n"
	for id, want := range map[string]bool{"two": true, "one": false, "One": false, "one two": false, "rfc1": false} {
		if _, err := loadRules("my.yaml", []byte(strings.Replace(text, "ONE", id, 1))); (err == nil) != want {
			t.Errorf("beside one, %q: %v", id, err)
		}
	}
}

// Whoever writes a rule or a policy finds every key explained, and no key that there is not.
func TestKeysAreExplained(t *testing.T) {
	keysOf := func(prefix string, of any) (keys []string) {
		for f := range reflect.TypeOf(of).NumField() {
			keys = append(keys, prefix+reflect.TypeOf(of).Field(f).Tag.Get("yaml"))
		}
		return keys
	}
	whole := func(lists ...[]string) []string { return slices.Concat(lists...) }
	for name, test := range map[string]struct {
		keys []Key
		want []string
	}{
		"rule": {RuleKeys, whole(keysOf("", ruleSpec{}), keysOf("requirements.", requirementSpec{}), keysOf("claim.", claimSpec{}))},
		"policy": {PolicyKeys, whole(keysOf("", policyFile{}), keysOf("reply.", replySpec{}), keysOf("rules.ID.", amendment{}),
			keysOf("rules.ID.requirements.NAME.", demandSpec{}), keysOf("accepted.", acceptanceSpec{}))},
	} {
		var explained []string
		for _, k := range test.keys {
			explained = append(explained, k.Name)
			if k.Means == "" {
				t.Errorf("%s: %s is not explained", name, k.Name)
			}
		}
		for _, key := range test.want {
			parent := slices.ContainsFunc(explained, func(e string) bool { return strings.HasPrefix(e, key+".") })
			if !slices.Contains(explained, key) && !parent {
				t.Errorf("%s: %s is not explained", name, key)
			}
		}
		for _, key := range explained {
			if !slices.Contains(test.want, key) {
				t.Errorf("%s: there is no key %s", name, key)
			}
		}
	}
}

// Ten thousand accepted findings cost no verdict more than one does.
func TestManyAcceptances(t *testing.T) {
	p := &Policy{accepted: map[string]map[string]*Acceptance{"test/slow": {}}}
	for i := range 10_000 {
		p.accepted["test/slow"][strings.Repeat("a", i%60+1)+"."+string(rune('a'+i%26))+".example.com"] = &Acceptance{}
	}
	names := placeNames{whole: []string{"mail.example.com"}}
	if n := testing.AllocsPerRun(10, func() { p.acceptance("test/slow", names, time.Time{}) }); n > 50 {
		t.Errorf("%.0f allocations for one verdict", n)
	}
}

// A policy of a stranger is refused or understood, and what is understood can be shown and judged by.
func FuzzPolicy(f *testing.F) {
	example := examplePolicy(f)
	f.Add(example)
	f.Add([]byte("schema: mxverdict/policy/1\norganisation: x\nrules: {smtp/connect: {requirements: {any-answers: {severity: low}}}}\n"))
	f.Add([]byte("schema: mxverdict/policy/1\norganisation: x\naccepted: [{rule: mx/single, subject: '*.example.com', reason: x, by: x, until: 2027-01-01}]\n"))
	f.Add([]byte("schema: mxverdict/policy/1\norganisation: x\nrules: {? [a] : b, ? {a: b} : c}\nreply: {links: [&a {}, *a]}\n"))
	c, err := Load(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		under, err := c.Under("house.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "house.yaml:") {
				t.Errorf("a mistake without its place: %v", err)
			}
			return
		}
		if under.Policy().Organisation == "" {
			t.Error("nobody's policy")
		}
		for _, r := range under.Policy().Amended() {
			f := bad(r.ID, 1)
			s := &facts.Set{}
			session(s, "example.com", "203.0.113.1")
			for _, v := range under.Judge(report.Report{Findings: []report.Finding{f}}, s).Verdicts {
				if v.Verdict == FalsePositive || v.Verdict == Confirmed {
					t.Errorf("%s is %s, and nothing is known", r.ID, v.Verdict)
				}
			}
		}
		for _, a := range under.Policy().Accepted {
			if a.Reason == "" || a.By == "" || a.over.IsZero() {
				t.Errorf("%+v", a)
			}
		}
	})
}
