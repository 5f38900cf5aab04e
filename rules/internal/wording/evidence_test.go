package wording_test

import (
	"fmt"
	"slices"
	"testing"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/wording"
)

func TestExpand(t *testing.T) {
	for says, want := range map[string][]string{
		"It frobs":                      {"It frobs"},
		"Too many ({lookups})":          {"Too many ({lookups})"},
		"(SOA|) (is|was) out of (3)":    {"SOA is out of (3)", "SOA was out of (3)", "is out of (3)", "was out of (3)"},
		"frobs(| found| (3) detected)x": nil,
		"a | b":                         nil,
	} {
		got, err := wording.Expand(says)
		if !slices.Equal(got, want) || (err != nil) != (want == nil) {
			t.Errorf("%q: %q, %v", says, got, err)
		}
	}
}

// evident is a file with all that shows whose a document is and what its rows are worth.
const evident = head + `names: [Sample Tool]
frames:
  - {says: "(Problems|Faults) found", source: clone}
  - {says: "{count} (failures|failure)", source: clone}
  - {says: "Sample (says|shows)", source: clone}
tests:
  - {name: Frob Lost, rule: dns/frob, usual: warning, asserts: true}
  - {name: Frob Check, rule: dns/frob, usual: warning}
  - name: Servers
    rule: dns/servers
    usual: error
    wordings:
      - {says: "Servers (differ|are different)", status: error, source: clone}
      - {says: "Servers agree", status: ok, source: clone}
    details:
      - {says: "{nameserver}", source: clone}
      - {says: "{nameserver} was (not|never) asked", source: clone, asserts: warning}
      - {says: "asked {nameserver}", source: clone}
  - name: Zone
    rule: dns/zone
    usual: error
    details:
      - {says: "{nameserver}", source: clone}
      - {says: "{serial}", source: clone}
details:
  - {says: "see {any}", source: clone}
`

func TestNamesThatAssert(t *testing.T) {
	v, err := load(t, evident)
	if err != nil {
		t.Fatal(err)
	}
	for name, asserts := range map[string]bool{"Frob Lost": true, "Frob Check": false} {
		if m, ok := v.Named(name); !ok || m.Asserts != asserts || m.Rule != "dns/frob" {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

func TestFrames(t *testing.T) {
	if err := examples(t, evident); err != nil {
		t.Error(err)
	}
	v, err := load(t, evident)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"Problems found": true, "faults  found:": true, "**Problems found**": true, "2 failures": true, "1 failure!": true, "Sample shows": true,
		"0 failures": false, "problems": false, "We have problems found": false, "Problems found in Berlin": false, "many failures": false,
		"Problems\tfound": false, "": false, ":": false,
	} {
		if got := v.Frame(text); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestMentions(t *testing.T) {
	v, err := load(t, evident)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"we asked Sample today": true, "the sample-tool says": true, "at tester.example.net": true, "(a.tester.example.net)": true,
		"see https://tester.example.net/problem?a=b": true, "see tester.example.net/problem": true, "[x](https://www.tester.example.net:8443/x)": true,
		"samples": false, "https://example.net/tester": false, "https://example.org/?u=tester.example.net": false, "": false,
	} {
		by, ok := v.Mentions(text)
		if ok != want || ok && by != "sample" {
			t.Errorf("%q: %q, %v", text, by, ok)
		}
	}
}

// A detail belongs to the tests that have it; a mere value belongs to nothing else.
func TestDetailsOfTests(t *testing.T) {
	v, err := load(t, evident)
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"ns1.example.com":                       `map[nameserver:ns1.example.com] [dns/servers dns/zone] true`,
		" ns1.example.com. ":                    `map[nameserver:ns1.example.com] [dns/servers dns/zone] true`,
		"2026010101":                            `map[serial:2026010101] [dns/zone] true`,
		"asked ns1.example.com":                 `map[nameserver:ns1.example.com] [dns/servers] false`,
		"NS1.example.com was never asked today": `map[nameserver:ns1.example.com] [dns/servers] false`,
		"see there":                             `map[] [] false`,
		"ns1.example.com ns2.example.com":       "",
		"server":                                "",
		"":                                      "",
	} {
		d, ok := v.Detail(text)
		values := map[string]string{}
		for name, value := range d.Values {
			if values[name] = value.Text; value.Number != nil {
				values[name] = fmt.Sprintf("%.0f", *value.Number)
			}
		}
		if got := fmt.Sprint(values, d.Rules, d.Bare); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %v, %s", text, ok, got)
		}
	}
	m := v.Find("ns1.example.com was not asked", report.Context{})
	if len(m) != 1 || m[0].Rule != "dns/servers" || m[0].Status != report.Warning || m[0].Place != report.Row || m[0].Start != 0 {
		t.Errorf("a detail that asserts a fault: %+v", m)
	}
	if m := v.Find("asked ns1.example.com", report.Context{}); len(m) != 0 {
		t.Errorf("a detail that asserts nothing: %+v", m)
	}
}
