package rules

import (
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// The IDs are stable: other people's overlays and saved evidence name them.
func TestEveryRuleID(t *testing.T) {
	areas := map[string]string{
		"smtp": `connect disconnected hostname-unresolved banner-mismatch banner-invalid ptr-missing ptr-mismatch
			ptr-not-hostname tls-missing tls-required tls-certificate tls-version connection-time transaction-time open-relay vrfy postmaster`,
		"dns": `record-missing soa-multiple soa-serial-format soa-serial-agreement soa-refresh soa-retry soa-expire
			soa-minimum parent-child-mismatch primary-not-at-parent ns-same-subnet ns-too-few ns-too-many ns-unresponsive
			ns-not-authoritative ns-private-address ns-cname ns-unresolvable glue-mismatch open-resolver zone-transfer tcp-unavailable cname-conflict`,
		"mx": "missing cname address unresolvable private-address duplicate single inconsistent",
		"spf": `missing multiple syntax deprecated-type after-all lookups void-lookups mx-records ptr null-lookup loop
			duplicate-include redirect string-length size all-missing all-neutral all-permissive`,
		"dmarc":     "missing policy syntax multiple external-reports reports-missing",
		"dkim":      "missing syntax key test",
		"mta-sts":   "record-missing record-syntax multiple policy-fetch policy-certificate policy-syntax mx-mismatch tls",
		"tlsrpt":    "missing syntax multiple",
		"bimi":      "missing syntax logo certificate dmarc",
		"blocklist": "listed",
		"http":      "connect status delay",
		"https":     "certificate",
		"tcp":       "connect delay",
		"domain":    "expiry",
		"header":    "spf dkim dmarc alignment",
		"web":       "llms robots",
	}
	c := load(t)
	for area, names := range areas {
		for _, name := range strings.Fields(names) {
			r := c.Rule(area + "/" + name)
			if r == nil {
				t.Errorf("there is no rule %s/%s", area, name)
				continue
			}
			if (area == "header") != r.NeedsMessage() {
				t.Errorf("%s needs a message: %t", r.ID, r.NeedsMessage())
			}
		}
	}
	for _, r := range c.Rules() {
		if len(r.References) == 0 {
			t.Errorf("%s:%d: %s names no source", r.File, r.Line, r.ID)
		}
	}
}

// Reporters repeat a missing DMARC record under mx, spf and dmarc, in words that differ. It is one fact.
func TestSameFactOnce(t *testing.T) {
	c := load(t)
	const table = "mx\texample.com\tNo DMARC Record found\n" +
		"spf\texample.com\tNo DMARC Record found\n" +
		"dmarc\texample.com\tDNS Record not found\n"
	const pages = "mx:example.com\nDMARC Record Published\tNo DMARC Record found\n\n" +
		"spf:example.com\nDMARC Record Published\tDNS Record not found\n\n" +
		"dmarc:example.com\nDNS Record Published\tDNS Record not found\n"
	for _, text := range []string{table, pages} {
		r, err := parser.Parse(strings.NewReader(text), "-", c.Vocabulary())
		if err != nil {
			t.Fatal(err)
		}
		set := &facts.Set{}
		for _, name := range []facts.Name{facts.DMARCFound, facts.DMARCOlderFound} {
			set.PutAs(facts.Subject{Kind: facts.Target, Name: "example.com"}, facts.No(), name)
		}
		set.PutAs(facts.Subject{Kind: facts.Target, Name: "example.com"}, facts.Yes(), facts.DMARCMailUsed)
		set.AddView("example.com", facts.Subject{Kind: facts.Target, Name: "example.com"})
		j := c.Judge(r, set)
		if len(j.Verdicts) != 1 {
			t.Errorf("%q: %d verdicts of %+v, want one", text, len(j.Verdicts), r.Findings)
			continue
		}
		v := j.Verdicts[0]
		if v.Rule != "dmarc/missing" || len(v.Findings) != 3 || v.Verdict != Confirmed || v.Fix == "" {
			t.Errorf("%q: verdict %+v, want dmarc/missing of three findings, confirmed, with what to do", text, v)
		}
	}
	// Under each heading the same words speak of another record.
	for category, rule := range map[string]string{"mx": "mx/missing", "spf": "spf/missing", "dkim": "dkim/missing"} {
		m := c.Vocabulary().Find("DNS Record not found", report.Context{Category: category})
		if len(m) != 1 || m[0].Rule != rule {
			t.Errorf("under %s: %+v", category, m)
		}
	}
}

const goodReporter = `schema: mxverdict/reporter/1
id: house
name: House Check
tests:
  - name: House Cipher Check
    rule: smtp/tls-missing
    usual: warning
    wordings:
      - {says: "House Check found no cipher", status: warning, source: clone, example: "House Check found no cipher."}
`

// lint checks files that can be read.
func lint(t *testing.T, overlay fs.FS, sources ...Source) *Linted {
	t.Helper()
	l, err := Lint(overlay, sources...)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// An author's file is checked where it lies, on top of what is shipped.
func TestLint(t *testing.T) {
	l := lint(t, nil, Source{"/tmp/my house.yaml", []byte(goodReporter)})
	if l.Ran != 1 || len(l.Problems()) != 0 {
		t.Errorf("%d examples ran, problems %v", l.Ran, l.Problems())
	}
	if n := l.Catalogue().Holds("/tmp/my house.yaml"); n != (Count{Wordings: 1, Names: 1}) {
		t.Errorf("it holds %+v", n)
	}
	if ran, failures := l.Catalogue().RunCases(); ran < 200 || len(failures) != 0 {
		t.Errorf("of all files %d cases and examples ran, failures %v", ran, failures)
	}
	const rule = "schema: mxverdict/rules/1\nrules:\n  - id: house/slow\n    about: Slow\n    subject: host\n" +
		"    claim: {says: It is slow., holds_when: {fact: smtp.greeting.latency, above: 5s}}\n"
	tests := []struct {
		name string
		data string
		says []string
	}{
		{"no schema", "rules: []\n", []string{"my.yaml:1", "schema", "mxverdict/reporter/1"}},
		{"misspelt schema", "schema: mxverdict/reporters/1\n", []string{"did you mean \"mxverdict/reporter/1\""}},
		{"not YAML", "schema: [\n", []string{"my.yaml:"}},
		{"unknown rule", strings.Replace(goodReporter, "tls-missing", "tls-mising", 1), []string{"my.yaml:5", "tls-mising"}},
		{"unknown key", strings.Replace(goodReporter, "usual", "usually", 1),
			[]string{"my.yaml:7", "did you mean \"usual\""}},
		{"a sentence of another reporter for another rule", strings.Replace(goodReporter, `"House Check found no cipher"`,
			`"Reverse DNS does not match SMTP Banner"`, 1), []string{"my.yaml:9", "stands already"}},
		{"an ID that is taken", strings.Replace(rule, "house/slow", "smtp/connect", 1),
			[]string{"smtp/connect", "exists already"}},
	}
	for _, tt := range tests {
		l := lint(t, nil, Source{"my.yaml", []byte(tt.data)})
		for _, want := range tt.says {
			if len(l.Mistakes) == 0 || !strings.Contains(l.Mistakes[0].Error(), want) || l.Catalogue() != nil {
				t.Errorf("%s: mistakes %v, want %q in the first", tt.name, l.Mistakes, want)
			}
		}
	}
	wrong := strings.Replace(goodReporter, "no cipher.\"", "a cipher.\"", 1)
	l = lint(t, nil, Source{"my.yaml", []byte(wrong)})
	if len(l.Mistakes) > 0 || len(l.Failures) != 1 || l.Failures[0].Line != 9 || !strings.Contains(l.Failures[0].Says, "does not match") {
		t.Errorf("an example of another sentence: %v", l.Problems())
	}
	l = lint(t, nil, Source{"my.yaml", []byte(rule)})
	if len(l.Problems()) != 1 || len(l.Uncovered) != 1 || l.Uncovered[0].Line != 3 {
		t.Errorf("a rule without cases: %v", l.Problems())
	}
	// Two files that need each other are checked together.
	reporter := strings.Replace(goodReporter, "smtp/tls-missing", "house/slow", 1)
	both := []Source{{"b.yaml", []byte(reporter)}, {"a.yaml", []byte(rule)}}
	if l = lint(t, nil, both...); len(l.Mistakes) > 0 {
		t.Errorf("a reporter and the rule it names: %v", l.Mistakes)
	}
	if l = lint(t, fstest.MapFS{"catalogue/a.yaml": {Data: []byte(rule)}}, both[0]); len(l.Mistakes) > 0 {
		t.Errorf("a reporter and an overlay with the rule it names: %v", l.Mistakes)
	}
}

// The shipped files can be checked where they lie, too.
func TestLintOfShippedFiles(t *testing.T) {
	for _, file := range []string{"catalogue/smtp.yaml", "reporters/mxtoolbox.yaml", "causes.yaml", "patience.yaml", "opinions.yaml", "reasons.yaml"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		l := lint(t, nil, Source{"../somewhere/rules/" + file, data})
		if len(l.Problems()) > 0 {
			t.Errorf("%s: %v", file, l.Problems())
			continue
		}
		if tried := l.Ran > 0; tried == slices.Contains([]string{"patience.yaml", "opinions.yaml", "reasons.yaml"}, file) {
			t.Errorf("%s: %d cases and examples ran", file, l.Ran)
		}
		if ids := l.Catalogue().ruleIDs(); len(slices.Compact(ids)) != len(load(t).ruleIDs()) {
			t.Errorf("%s: %d rules", file, len(ids))
		}
	}
}
