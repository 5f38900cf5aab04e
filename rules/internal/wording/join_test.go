package wording_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"mxverdict/parser"
	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
)

// own is the file of a reporter to which others add.
const own = `schema: mxverdict/reporter/1
id: zonewatch
name: Zone Watch
statuses: {ok: [Fine], warning: [Careful]}
icons: {error: [Red Lamp]}
categories: [mailtalk, zonefile]
names: [ZoneWatcher]
frames: [{says: "Zone Watch found", source: clone}]
details:
  - {says: "Read more here", source: clone}
tests:
  - name: Cipher Watch
    aliases: [Crypto Watch]
    rule: smtp/tls-missing
    usual: warning
    wordings:
      - {says: "No cipher on offer", status: warning, source: clone}
  - {name: Record Watch, rule: spf/missing, usual: error, in: [zonefile]}
  - {name: Record Watch, rule: mx/missing, usual: error, in: [mailtalk]}
  - names: [LIST ONE, LIST TWO]
    value: list
    rule: blocklist/listed
    usual: error
`

const more = `schema: mxverdict/reporter/1
extends: zonewatch
statuses: {error: [Awful]}
icons: {ok: [Green Lamp]}
names: [The Zone Dog]
frames: [{says: "(The Zone Dog|It) barks", source: clone}]
details:
  - {says: "It took {seconds} seconds", source: clone}
tests:
  - name: cipher watch
    aliases: [Encryption Watch]
    wordings:
      - {says: "There was no cipher at all", status: warning, source: seen, seen: 2026-11, example: "Awful - There was no cipher at all"}
    details:
      - {says: "Asked for {min} ciphers", source: clone}
      - {says: "{max} ciphers are too many", asserts: error, source: clone}
  - name: Record Watch
    in: [mailtalk]
    wordings:
      - {says: "Nobody takes mail here", status: error, source: clone}
  - name: LIST TWO
    wordings:
      - {says: "You are on {list}, sorry", status: error, source: clone}
  - name: Banner Watch
    rule: smtp/banner-mismatch
    usual: warning
    asserts: true
    wordings:
      - {says: "The banner is another one", status: warning, source: clone}
`

// joined reads the file of a reporter and, in their order, files that add to it.
func joined(t *testing.T, files ...string) (*wording.Vocabulary, error) {
	t.Helper()
	var all []*wording.Reporter
	var m strict.Mistakes
	for i, text := range files {
		r, err := wording.Load([]string{"own.yaml", "more.yaml", "third.yaml"}[i], []byte(text))
		if !m.Add(err) && r.Extends != "" {
			m.Add(r.Join(all))
		}
		all = append(all, r)
	}
	if m.Err() != nil {
		return nil, m.Err()
	}
	v, err := wording.NewVocabulary(all)
	m.Add(err)
	return v, m.Err()
}

// What a file adds is read as if it stood in the reporter's own file, and what stands there is read as before.
func TestAddedWordings(t *testing.T) {
	v, err := joined(t, own, more)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"Careful - No cipher on offer":                    "smtp/tls-missing warning Cipher Watch",
		"There was no cipher at all":                      "smtp/tls-missing warning Cipher Watch",
		"Awful - There was no cipher at all":              "smtp/tls-missing error Cipher Watch",
		"Encryption Watch\tAwful":                         "smtp/tls-missing error Cipher Watch",
		"Nobody takes mail here":                          "mx/missing error Record Watch",
		"You are on LIST ONE, sorry":                      "blocklist/listed error ",
		"Green Lamp\tBanner Watch\twhatever it says here": "smtp/banner-mismatch ok Banner Watch",
		"The banner is another one":                       "smtp/banner-mismatch warning Banner Watch",
		"7 ciphers are too many":                          "smtp/tls-missing error Cipher Watch",
	} {
		rep, err := parser.Parse(strings.NewReader(text+"\n"), "-", v)
		if err != nil || len(rep.Findings) != 1 {
			t.Errorf("%q: %d findings, %v", text, len(rep.Findings), err)
			continue
		}
		f := rep.Findings[0]
		if got := strings.Join([]string{f.Rule, string(f.Status), f.Test}, " "); got != want || f.Reporter != "zonewatch" {
			t.Errorf("%q is read as %q of %q, want %q", text, got, f.Reporter, want)
		}
	}
	if m, ok := v.Named("Banner Watch"); !ok || !m.Asserts {
		t.Errorf("a new name that asserts a fault: %+v, %v", m, ok)
	}
	for _, frame := range []string{"Zone Watch found:", "The Zone Dog barks:", "It barks"} {
		if !v.Frame(frame) {
			t.Errorf("%q is no frame", frame)
		}
	}
	for _, text := range []string{"says Zone Watch", "a ZoneWatcher", "the zone dog said"} {
		if by, ok := v.Mentions(text); !ok || by != "zonewatch" {
			t.Errorf("%q mentions %q", text, by)
		}
	}
	for _, detail := range []string{"Read more here", "It took 5 seconds", "Asked for 3 ciphers", "7 ciphers are too many"} {
		if _, ok := v.Detail(detail); !ok {
			t.Errorf("%q is no detail", detail)
		}
	}
	// Its examples are tried, and told in its file.
	tried, mistakes := v.Examples(func(file string) bool { return file == "more.yaml" })
	if tried != 10 || len(mistakes) > 0 {
		t.Errorf("%d examples tried, mistakes %v; want 10 and none", tried, mistakes)
	}
	wrong, err := joined(t, own, strings.Replace(more, "Awful - There was no", "Awful - There was some", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, mistakes = wrong.Examples(func(string) bool { return true }); len(mistakes) != 1 || mistakes[0].File != "more.yaml" || mistakes[0].Line != 13 {
		t.Errorf("a wrong example: %v", mistakes)
	}
	if _, err := joined(t, own, more, onlyWords("Cipher Watch", "There was one after all")); err != nil {
		t.Error("a third file adds to a test to which the second adds:", err)
	}
	if _, err := joined(t, own+"  - {name: X Watch, rule: none, usual: ok, details: [{says: Read more here, source: clone}]}\n", more); err != nil {
		t.Error("what stands twice in the reporter's own file is no mistake of this one:", err)
	}
	if v, err = joined(t, own, more, strings.Replace(onlyWords("Banner Watch", "Some other banner"), "status: ok", "status: error", 1)); err != nil {
		t.Fatal("a third file adds to a test of the second:", err)
	}
	if m := v.Find("Some other banner", report.Context{}); len(m) != 1 || m[0].Rule != "smtp/banner-mismatch" {
		t.Errorf("a third file: %+v", m)
	}
}

// onlyWords is a file that adds one sentence to a test.
func onlyWords(test, says string) string {
	return "schema: mxverdict/reporter/1\nextends: zonewatch\ntests:\n  - name: " + test +
		"\n    wordings:\n      - {says: \"" + says + "\", status: ok, source: clone}\n"
}

func TestMistakesInAddedWordings(t *testing.T) {
	const head = "schema: mxverdict/reporter/1\nextends: zonewatch\n"
	for name, tt := range map[string]struct {
		yaml string
		line int
		says []string
	}{
		"no such reporter":             {strings.Replace(more, "extends: zonewatch", "extends: zonewach", 1), 2, []string{`"zonewach"`, `did you mean "zonewatch"`}},
		"other schema":                 {strings.Replace(more, "reporter/1", "reporter/2", 1), 1, []string{"mxverdict/reporter/1"}},
		"unknown key":                  {head + "test: []\n", 3, []string{`did you mean "tests"`}},
		"unknown key of a test":        {head + "tests:\n  - {name: Cipher Watch, wording: []}\n", 4, []string{`did you mean "wordings"`}},
		"unknown key of a wording":     {strings.Replace(onlyWords("Cipher Watch", "So it is"), "status", "statsu", 1), 6, []string{`did you mean "status"`}},
		"unknown key of a marks":       {head + "statuses: {god: [Great]}\n", 3, []string{"god"}},
		"misspelt test":                {onlyWords("Ciper Watch", "So it is"), 4, []string{"Zone Watch has no test", `did you mean "Cipher Watch"`, "rule and usual"}},
		"new test without usual":       {head + "tests:\n  - {name: New Watch, rule: smtp/tls-missing}\n", 4, []string{"usual must be one of"}},
		"new test, unknown category":   {head + "tests:\n  - {name: New Watch, rule: smtp/vrfy, usual: ok, in: [mailtak]}\n", 4, []string{`did you mean "mailtalk"`}},
		"another rule":                 {head + "tests:\n  - {name: Cipher Watch, rule: smtp/vrfy, aliases: [X Watch]}\n", 4, []string{"smtp/tls-missing", "own.yaml:12"}},
		"usual of a known test":        {head + "tests:\n  - {name: Cipher Watch, usual: ok, aliases: [X Watch]}\n", 4, []string{"usual", "own.yaml:12", "leave it out"}},
		"id of a known test":           {head + "tests:\n  - {name: Cipher Watch, id: 5, aliases: [X Watch]}\n", 4, []string{"id of the test"}},
		"nothing added":                {head + "tests:\n  - name: Cipher Watch\n", 4, []string{"wordings, aliases or details"}},
		"two tests of the name":        {onlyWords("Record Watch", "So it is"), 4, []string{"2 tests", "spf/missing", "mx/missing", "by in or rule which", "own.yaml:19"}},
		"neither of two":               {strings.Replace(onlyWords("Record Watch", "So it is"), "    wordings", "    rule: smtp/vrfy\n    wordings", 1), 5, []string{"spf/missing"}},
		"the same sentence":            {strings.Replace(onlyWords("Cipher Watch", "no cipher on offer."), "status: ok", "status: warning", 1), 6, []string{"stands already in own.yaml"}},
		"the same sentence, elsewhere": {onlyWords("LIST ONE", "No cipher on offer"), 6, []string{"stands already in own.yaml", "Cipher Watch"}},
		"the same detail":              {head + "details: [{says: read more here, source: clone}]\n", 3, []string{"stands already in own.yaml:10"}},
		"the same detail twice":        {head + "details:\n  - {says: So, source: clone}\n  - {says: so, source: clone}\n", 5, []string{"more.yaml:4"}},
		"the same frame":               {head + "frames: [{says: zone watch found, source: clone}]\n", 3, []string{"frame", "stands already in own.yaml:8"}},
		"the same name":                {head + "names: [zonewatcher]\n", 3, []string{"name of the reporter already", "own.yaml"}},
		"asserts of a known test":      {head + "tests:\n  - {name: Cipher Watch, asserts: true, aliases: [X Watch]}\n", 4, []string{"asserts of the test"}},
		"a known status word":          {head + "statuses: {error: [CAREFUL]}\n", 3, []string{"means warning already", "own.yaml"}},
		"a known icon":                 {head + "icons: {error: [Red Lamp]}\n", 3, []string{"means error already"}},
		"a known alias":                {head + "tests:\n  - {name: LIST ONE, aliases: [Crypto Watch]}\n", 4, []string{"name of a test already", "own.yaml:12"}},
		"a known name":                 {head + "tests:\n  - {names: [New List, LIST TWO], rule: blocklist/listed, usual: error, value: list}\n", 4, []string{`"LIST TWO" is the name`}},
		"patience":                     {head + "patience: {greeting: 5s, hangs_up_within: 1s, source: a, seen: 2026}\n", 3, []string{"patience stands in the reporter's own file (own.yaml) only"}},
		"limits":                       {head + "thresholds:\n  dns/soa-expire: not published\n", 4, []string{"thresholds stands in"}},
		"an ID":                        {head + "id: zonewatch\n", 3, []string{"id stands in"}},
		"hosts":                        {head + "hosts: [example.org]\n", 3, []string{"hosts stands in"}},
		"categories":                   {head + "categories: [moon]\n", 3, []string{"categories stands in"}},
		"an anchor":                    {head + "tests: &a []\n", 3, []string{"anchors"}},
	} {
		_, err := joined(t, own, tt.yaml)
		told := strict.Each(err)
		if len(told) != 1 || told[0].File != "more.yaml" || told[0].Line != tt.line {
			t.Errorf("%s: told %v; want one mistake, in more.yaml:%d", name, told, tt.line)
			continue
		}
		for _, want := range tt.says {
			if !strings.Contains(told[0].Says, want) {
				t.Errorf("%s: told %q, want %q in it", name, told[0].Says, want)
			}
		}
	}
	// All at once.
	_, err := joined(t, own, head+"name: Z\nstatuses: {ok: [Fine]}\ntests:\n  - {name: Ciper Watch}\n  - {name: Cipher Watch, usual: ok, aliases: [X Watch]}\n")
	var lines []int
	for _, e := range strict.Each(err) {
		lines = append(lines, e.Line)
	}
	if slices.Sort(lines); !slices.Equal(lines, []int{3, 4, 6, 7}) {
		t.Errorf("mistakes in lines %v of %v", lines, err)
	}
}

// The sentence of another reporter leads to the same rule and status in both, or is refused, as before.
func TestAddedWordingsOfTheShippedReporter(t *testing.T) {
	const shippedFile = "../../reporters/mxtoolbox.yaml"
	data, err := os.ReadFile(shippedFile)
	if err != nil {
		t.Fatal(err)
	}
	add := strings.Replace(onlyWords("SMTP TLS", "Not a trace of encryption"), "zonewatch", "mxtoolbox", 1)
	v, err := joined(t, string(data), strings.Replace(add, "status: ok", "status: warning", 1))
	if err != nil {
		t.Fatal(err)
	}
	if _, mistakes := v.Examples(func(string) bool { return true }); len(mistakes) > 0 {
		t.Errorf("examples %v", mistakes)
	}
	m := v.Find("Not a trace of encryption", report.Context{})
	if len(m) != 1 || m[0].Rule != "smtp/tls-missing" || m[0].Reporter != "mxtoolbox" || m[0].Test != "SMTP TLS" {
		t.Errorf("read as %+v", m)
	}
}
