package wording_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/strict"
	"mxverdict/rules/internal/wording"
)

// head is a small but whole reporter file; tests append to it.
const head = `schema: mxverdict/reporter/1
id: sample
name: Sample
hosts: [tester.example.net]
statuses: {ok: [OK], warning: [Warning]}
icons: {error: [Status Problem]}
categories: [dns, mx]
`

const frob = `tests:
  - name: Frob Check
    rule: dns/frob
    usual: warning
    wordings:
      - {says: "It frobs {seconds} seconds", status: warning, source: seen, seen: 2026-03}
`

func load(t *testing.T, yaml string) (*wording.Vocabulary, error) {
	t.Helper()
	r, err := wording.Load("sample.yaml", []byte(yaml))
	if err != nil {
		return nil, err
	}
	return wording.NewVocabulary([]*wording.Reporter{r})
}

// examples is load for files whose examples must hold too.
func examples(t *testing.T, yaml string) error {
	v, err := load(t, yaml)
	if err != nil {
		return err
	}
	if _, mistakes := v.Examples(func(string) bool { return true }); len(mistakes) > 0 {
		return &strict.Error{File: mistakes[0].File, Line: mistakes[0].Line, Says: mistakes[0].Says}
	}
	return nil
}

func TestMistakesInReporterFiles(t *testing.T) {
	test := func(wordings string) string {
		return head + "tests:\n  - name: Frob Check\n    rule: dns/frob\n    usual: warning\n    wordings:\n" + wordings
	}
	tests := []struct {
		name, yaml string
		line       int
		says       string // a word that must help
	}{
		{"misspelt key", strings.Replace(head, "hosts", "hots", 1), 4, "hosts"},
		{"misspelt key of a test", head + "tests:\n  - {name: A, rul: dns/a, usual: warning}\n", 9, "rule"},
		{"misspelt key of a wording", test("      - {say: Frobs, status: ok, source: clone}\n"), 13, "says"},
		{"wrong schema", strings.Replace(head, "reporter/1", "reporter/9", 1), 1, "mxverdict/reporter/1"},
		{"bad id", strings.Replace(head, "sample", "Sample Tool", 1), 2, "id"},
		{"unknown placeholder", test("      - {says: \"Frobs {second} s\", status: ok, source: clone}\n"), 13,
			"seconds"},
		{"placeholder not closed", test("      - {says: \"Frobs {seconds s\", status: ok, source: clone}\n"), 13, "}"},
		{"placeholder not opened", test("      - {says: \"Frobs seconds} s\", status: ok, source: clone}\n"), 13, "{"},
		{"placeholder twice", test("      - {says: \"{min} to {min} frobs\", status: ok, source: clone}\n"), 13,
			"twice"},
		{"placeholders touch", test("      - {says: \"Frobs {min}{max}\", status: ok, source: clone}\n"), 13,
			"between"},
		{"placeholders only", test("      - {says: \"{min} - {max}\", status: ok, source: clone}\n"), 13, "word"},
		{"unknown status", test("      - {says: Frobs, status: warn, source: clone}\n"), 13, "warning"},
		{"unknown place", test("      - {says: Frobs, status: ok, where: rows, source: clone}\n"), 13, "row"},
		{"no source", test("      - {says: Frobs, status: ok}\n"), 13, "source"},
		{"seen without date", test("      - {says: Frobs, status: ok, source: seen}\n"), 13, "seen"},
		{"seen, bad date", test("      - {says: Frobs, status: ok, source: seen, seen: lately}\n"), 13, "2026-03"},
		{"inferred, yet seen", test("      - {says: Frobs, status: ok, source: inferred, seen: 2026-03}\n"), 13,
			"never"},
		{"example does not match",
			test("      - {says: Frobs, status: ok, source: clone, example: It does not frob}\n"), 13, "example"},
		{"the same wording twice",
			test("      - {says: Frobs, status: ok, source: clone}\n      - {says: FROBS., status: ok, source: clone}\n"),
			14, "already"},
		{"the same wording in two tests", test("      - {says: Frobs, status: ok, source: clone}\n") +
			"  - {name: B, rule: dns/b, usual: ok, wordings: [{says: frobs, status: ok, source: clone}]}\n", 14,
			"Frob Check"},
		{"a wording hidden by a longer one",
			test("      - {says: Frobs, status: ok, source: clone, example: It never frobs}\n" +
				"      - {says: It never frobs, status: ok, source: clone}\n"), 13, "hides"},
		{"number that the wording has not",
			test("      - {says: \"{listed} found\", status: error, ok_at_zero: timeouts, source: clone}\n"), 13, "ok_at_zero"},
		{"bad rule of a wording", test("      - {says: Frobs, status: ok, rule: frob, source: clone}\n"), 13, "area/name"},
		{"key of a wording twice", test("      - {says: Frobs, says: Frobs, status: ok, source: clone}\n"), 13, "second"},
		{"list instead of a sentence", test("      - {says: [Frobs], status: ok, source: clone}\n"), 13, "single"},
		{"anchor in a wording", test("      - {says: &a Frobs, status: ok, source: clone}\n"), 13, "anchors"},
		{"detail that does not match", head + "details: [{says: Frobs, source: clone, example: It frobs}]\n", 8, "example"},
		{"alternatives not closed", test("      - {says: \"It (frobs|rests\", status: ok, source: clone}\n"), 13, "one|other"},
		{"alternatives in alternatives", test("      - {says: \"It (frobs|(rests|runs))\", status: ok, source: clone}\n"), 13, "brackets"},
		{"too large a family", test("      - {says: \"" + strings.Repeat("(a|b) x ", 7) + "\", status: ok, source: clone}\n"), 13, "64"},
		{"a phrase in front", test("      - {says: \"{any} frobs\", status: ok, source: clone}\n"), 13, "begin"},
		{"a family with the sentence of another status",
			test("      - {says: It frobs, status: ok, source: clone}\n      - {says: It (frobs|rests), status: warning, source: clone}\n"), 14, "already"},
		{"a test that does not assert", head + "tests:\n  - {name: A, rule: dns/a, usual: warning, asserts: no}\n", 9, "left out"},
		{"value for any row", head + "details: [{says: \"{nameserver}\", source: clone}]\n", 8, "belongs"},
		{"detail of no rule that asserts",
			head + "tests:\n  - {name: A, rule: none, usual: ok, details: [{says: Frobs, asserts: error, source: clone}]}\n", 9, "rule"},
		{"detail that asserts nothing known",
			head + "tests:\n  - {name: A, rule: dns/a, usual: ok, details: [{says: Frobs, asserts: yes, source: clone}]}\n", 9, "warning"},
		{"frame of a value alone", head + "frames: [{says: \"{count}\", source: clone}]\n", 8, "word"},
		{"frame without source", head + "frames: [{says: Alas}]\n", 8, "source"},
		{"example of another frame", head + "frames: [{says: Alas, source: clone, example: At last}]\n", 8, "example"},
		{"names that are no list", head + "names: A\n", 8, "list"},
		{"name of the reporter without letters", head + "names: [\"--\"]\n", 8, "letter"},
		{"heading without a category", head + "headings: [{says: \"Asking {host} now\", source: clone}]\n", 8, "category"},
		{"name and names", head + "tests:\n  - {name: A, names: [B], rule: dns/a, usual: ok}\n", 9, "names"},
		{"value without names", head + "tests:\n  - {name: A, value: list, rule: dns/a, usual: ok}\n", 9, "names"},
		{"unknown value", head + "tests:\n  - {names: [A], value: code, rule: dns/a, usual: ok}\n", 9, "list"},
		{"names that are none", head + "tests:\n  - {names: [A, [B]], rule: dns/a, usual: ok}\n", 9, "single"},
		{"id of two words", head + "tests:\n  - {name: A, id: five hundred, rule: dns/a, usual: ok}\n", 9, "506"},
		{"aliases that are no list", head + "tests:\n  - {name: A, aliases: B, rule: dns/a, usual: ok}\n", 9, "list"},
		{"name without letters", head + "tests:\n  - {name: \"--\", rule: dns/a, usual: ok}\n", 9, "letter"},
		{"bad rule", head + "tests:\n  - {name: A, rule: frob, usual: ok}\n", 9, "area/name"},
		{"no rule", head + "tests:\n  - {name: A, usual: ok}\n", 9, "none"},
		{"no name", head + "tests:\n  - {rule: dns/a, usual: ok}\n", 9, "name"},
		{"unknown category", head + "tests:\n  - {name: A, rule: dns/a, usual: ok, in: [dsn]}\n", 9, "dns"},
		{"patience without unit", head + "patience: {greeting: 15, hangs_up_within: 1s, source: a, seen: 2026}\n", 8,
			"15s"},
		{"patience without source", head + "patience: {greeting: 15s, hangs_up_within: 1s, seen: 2026}\n", 8, "source"},
		{"threshold without source", head + "thresholds:\n  dns/frob: {min: 5s, seen: 2026}\n", 9, "source"},
		{"threshold without parameter", head + "thresholds:\n  dns/frob: {source: a, seen: 2026}\n", 9, "parameter"},
		{"threshold, other words", head + "thresholds:\n  dns/frob: unpublished\n", 9, "not published"},
		{"bad offset", head + "clock_zone: {offsets: [-5], source: a, seen: 2026}\n", 8, "-05:00"},
		{"subject of no category", head + "subjects: {domain: [dsn]}\n", 8, "dns"},
		{"category of two subjects", head + "subjects: {domain: [dns], host: [dns]}\n", 8, "second"},
		{"unknown sort of subject", head + "subjects: {hosts: [dns]}\n", 8, "host"},
		{"title of two columns", head + "columns: {test: [A], result: [a]}\n", 8, "second"},
		{"column of nothing known", head + "columns: {tests: [A]}\n", 8, "test"},
		{"link of two words", head + "links: [a b]\n", 8, "one word"},
		{"link to half a path", head + "links: [/zone]\n", 8, "slash before and behind"},
		{"link of a broken family", head + "links: [\"/(a|b\"]\n", 8, "alternatives"},
		{"column class of none", head + "column_classes: [\"\"]\n", 8, "single"},
		{"categories that are no list", strings.Replace(head, "[dns, mx]", "{a: b}", 1), 7, "list"},
		{"links that are no list", head + "links: show\n", 8, "list"},
		{"statuses that are a list", strings.Replace(head, "{ok: [OK], warning: [Warning]}", "[OK]", 1), 5, "keys"},
		{"unknown status of a word", strings.Replace(head, "warning: [Warning]", "warnin: [Warning]", 1), 5, "warning"},
		{"misspelt key of a footer", head + "footers: [{say: Done, source: clone}]\n", 8, "says"},
		{"unknown placeholder of a footer", head + "footers: [{says: \"By {server}\", source: clone}]\n", 8, "nameserver"},
		{"placeholder of a footer twice", head + "footers: [{says: \"By {any} and {any}\", source: clone}]\n", 8, "twice"},
		{"placeholder of a footer not closed", head + "footers: [{says: \"By {any\", source: clone}]\n", 8, "}"},
		{"footer without words", head + "footers: [{says: \"{any} said so\", source: clone, example: x}]\n", 8, "begin"},
		{"half a date", head + "footers: [{says: \"On {day} of {month}\", source: clone, example: x}]\n", 8, "year"},
		{"footer without source", head + "footers: [{says: Done}]\n", 8, "source"},
		{"footer without example", head + "footers: [{says: \"By {any}\", source: clone}]\n", 8, "example"},
		{"example of another footer", head + "footers: [{says: \"By {any}\", source: clone, example: Of me}]\n", 8, "example"},
		{"example of a time that does not exist", strings.Replace(around, "1/2/2026 at 1:02", "2/30/2026 at 1:02", 1), 15, "time"},
		{"status word twice", strings.Replace(head, "ok: [OK]", "ok: [OK, ok]", 1), 5, "already"},
		{"unknown placeholder of a transcript", head + "transcripts: [{says: \"To {host}\", source: clone, example: x}]\n", 8, "address"},
		{"empty", "", 1, "empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := examples(t, tt.yaml)
			var e *strict.Error
			if !errors.As(err, &e) {
				t.Fatalf("error %v, want one with file and line", err)
			}
			if e.File != "sample.yaml" || e.Line != tt.line || !strings.Contains(e.Says, tt.says) {
				t.Errorf("%v\nwant line %d and the word %q", err, tt.line, tt.says)
			}
		})
	}
}

// Interfaces call their checks as they like; what stands in the file is compared as it is written.
func TestIDsOfChecks(t *testing.T) {
	v, err := load(t, head+`tests:
  - {name: A, id: 17, rule: dns/a, usual: warning}
  - {name: B, id: mx-ptr, rule: dns/b, usual: warning}
  - {name: C, id: "007", rule: dns/c, usual: warning}
`)
	if err != nil {
		t.Fatal(err)
	}
	for id, rule := range map[string]string{"17": "dns/a", "mx-ptr": "dns/b", "007": "dns/c"} {
		if m := v.Find("Words that nobody knows", report.Context{ID: id}); len(m) != 1 || m[0].Rule != rule {
			t.Errorf("ID %s: %+v, want %s", id, m, rule)
		}
	}
	if m := v.Find("Words that nobody knows", report.Context{ID: "7"}); len(m) != 0 {
		t.Errorf("an ID that no check has: %+v", m)
	}
}

// around is a file with lines around the rows; another reporter states its own in the same way.
const around = head + `subjects: {domain: [dns]}
links: [show]
columns: {test: [Check], result: [Result, What We Found]}
column_classes: [col-]
footers:
  - {says: "Answered by {nameserver} on {year}-{month}-{day}, {time} {zone}", source: clone,
     example: "Answered by ns1.example.com on 2026-01-02, 13:02:03 UTC"}
  - {says: "Reported by {nameserver} on {month}/{day}/{year} at {time} ({zone})", source: clone,
     example: "Reported by ns1.example.com on 1/2/2026 at 1:02:03 PM (UTC)"}
  - {says: "End of the list", source: clone}
transcripts:
  - {says: "Talking to {address}", source: clone, example: "Talking to 192.0.2.1"}
  - {says: "Took {milliseconds}ms", source: clone, example: "Took 17ms"}
`

func TestFooter(t *testing.T) {
	v, err := load(t, around)
	if err != nil {
		t.Fatal(err)
	}
	if err := examples(t, around); err != nil {
		t.Error(err)
	}
	const none = "none"
	for _, tt := range []struct{ text, server, at string }{
		{"Reported by ns2.example.com on 6/28/2023 at 1:23:56 AM (UTC -5), just for you.  Transcript",
			"ns2.example.com", "2023-06-28T01:23:56-05:00"},
		{"reported  by ns2.example.com on 12/1/2026 at 12:03:04 PM (UTC \u22126), just for you.",
			"ns2.example.com", "2026-12-01T12:03:04-06:00"},
		{"Reported by ns2.example.com on 1/2/2026 at 1:02:03 PM (UTC +5:30)", "ns2.example.com", "2026-01-02T13:02:03+05:30"},
		{"Reported by ns2.example.com on 1/2/2026 at 1:02:03 PM (UTC)", "ns2.example.com", "2026-01-02T13:02:03Z"},
		{"Reported by ns2.example.com on 1/2/2026 at 12:02:03 AM (UTC\u201314)", "ns2.example.com", "2026-01-02T00:02:03-14:00"},
		{"Reported by ns2.example.com on 1/2/2026 at 13:02:03 (UTC)", "ns2.example.com", "2026-01-02T13:02:03Z"},
		{"Answered by 192.0.2.53 on 2026-01-02, 13:02:03 UTC+1", "192.0.2.53", "2026-01-02T13:02:03+01:00"},
		// A time that does not exist is none.
		{"Reported by ns2.example.com on 28/6/2023 at 1:23:56 AM (UTC -5)", "ns2.example.com", ""},
		{"Reported by ns2.example.com on 2/30/2023 at 1:23:56 AM (UTC -5)", "ns2.example.com", ""},
		{"Reported by ns2.example.com on 6/28/2023 at 13:23:56 PM (UTC -5)", "ns2.example.com", ""},
		{"Reported by ns2.example.com on 6/28/2023 at 1:23:56 AM (UTC -99)", "ns2.example.com", ""},
		{"Reported by ns2.example.com on 6/28/2023 at 1:23:56 AM (UTC +15)", "ns2.example.com", ""},
		{"Reported by ns2.example.com on 6/28/2023 at 1:23:56 AM (UTC +5:60)", "ns2.example.com", ""},
		{"END OF THE LIST", "", ""},
		{"Reported by my neighbour", none, ""},
		{"It was reported by ns2.example.com on 1/2/2026 at 1:02:03 PM (UTC)", none, ""},
		{"", none, ""},
	} {
		f, ok := v.Footer(tt.text)
		at := ""
		if !f.At.IsZero() {
			at = f.At.Format(time.RFC3339)
		}
		if ok != (tt.server != none) || ok && f.Server != tt.server || at != tt.at {
			t.Errorf("%q: %v, %q at %q, want %q at %q", tt.text, ok, f.Server, at, tt.server, tt.at)
		}
	}
}

func TestLinesOfTranscripts(t *testing.T) {
	v, err := load(t, around)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text, called string
		ok           bool
	}{
		{"talking to [2001:db8::25]:25 ...", "[2001:db8::25]:25", true},
		{"Talking to", "", false},
		{"We were talking to 192.0.2.1", "", false},
		{"Took 2815ms", "", true},
		{"Took ages", "", false},
	} {
		if called, ok := v.Transcript(tt.text); called != tt.called || ok != tt.ok {
			t.Errorf("%q: %q, %v", tt.text, called, ok)
		}
	}
}

// What the names beside a category are, and how links and columns name things, is the reporter's to say.
func TestPages(t *testing.T) {
	v, err := load(t, around)
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]report.Kind{"dns": report.DomainName, "DNS": report.DomainName, "mx": report.AnyName} {
		if kind, ok := v.Category(word); kind != want || !ok {
			t.Errorf("%s: kind %d, %v", word, kind, ok)
		}
	}
	if _, ok := v.Category("smtp"); ok {
		t.Error("smtp is no category here")
	}
	if category, name, ok := v.Link("https://tester.example.net/?x=1&show=dns:example.com&y=2"); category != "dns" ||
		name != "example.com" || !ok {
		t.Errorf("link to %q %q", category, name)
	}
	for _, link := range []string{"", "https://tester.example.net/?show=example.com", "https://tester.example.net/?show=whois:example.com"} {
		if _, _, ok := v.Link(link); ok {
			t.Errorf("%q names a look-up", link)
		}
	}
	for title, want := range map[string]report.Column{"Check": report.TestColumn, "what we found": report.ResultColumn,
		"Test": report.OtherColumn, "": report.OtherColumn} {
		if got := v.Column(title); got != want {
			t.Errorf("below %q stands %d, want %d", title, got, want)
		}
	}
	for class, want := range map[string]report.Column{"COL-Result": report.ResultColumn, "col-": report.OtherColumn,
		"Result": report.OtherColumn, "col-x": report.OtherColumn} {
		if got := v.ColumnOf(class); got != want {
			t.Errorf("class %q: %d, want %d", class, got, want)
		}
	}
}

func TestSharedWordings(t *testing.T) {
	v, err := load(t, head+`tests:
  - {name: Record, rule: dns/record, usual: error, in: [dns], wordings: [{says: Nothing found, status: error,
	source: clone}]}
  - {name: Record, rule: mx/record, usual: error, in: [mx], wordings: [{says: Nothing found, status: error,
	source: clone}]}
`)
	if err != nil {
		t.Fatal(err)
	}
	for category, rule := range map[string]string{"dns": "dns/record", "mx": "mx/record", "": "dns/record"} {
		m := v.Find("Nothing found", report.Context{Category: category})
		if len(m) != 1 || m[0].Rule != rule {
			t.Errorf("in category %q: %+v, want %s", category, m, rule)
		}
	}
	if m := v.Find("Nothing found", report.Context{Category: "spf"}); len(m) != 0 {
		t.Errorf("in a category of none: %+v", m)
	}
	if m, ok := v.Named("Record"); !ok || m.Rule != "" {
		t.Errorf("a name of two rules leads to %+v", m)
	}
}

func TestFind(t *testing.T) {
	v, err := load(t, head+frob+`  - name: Range
    rule: dns/range
    usual: warning
    wordings:
      - {says: "{nameserver} (asked at {address}) is between {min} and {max} for {list}", status: warning,
	source: clone}
      - {says: "Range frobs", status: warning, source: clone}
      - {says: "No Range frobs.", status: ok, source: clone}
      - {says: "Found", where: named, status: ok, source: clone}
      - {says: "is lame", where: row, status: warning, source: clone}
    details:
      - {says: "{host} said {code}", source: clone}
      - {says: "{host} said {code} and more", source: clone}
`)
	if err != nil {
		t.Fatal(err)
	}
	places := map[report.Place]string{report.Row: "(row)", report.Named: "(named)"}
	tests := []struct {
		name, text string
		test       string
		want       string
	}{
		{"anywhere", "we see it frobs 3,5 seconds today", "", `[it frobs 3,5 seconds] seconds=3.5`},
		{"full stop taken", "It frobs 3.5 seconds.", "", `[It frobs 3.5 seconds.] seconds=3.5`},
		{"not inside words", "Bit frobs 3 seconds", "", ``},
		{"not inside words, end", "It frobs 3 secondss", "", ``},
		{"no number", "It frobs many seconds", "", ``},
		{"two points", "It frobs 3.5.1 seconds", "", ``},
		{"longest wins", "no RANGE frobs", "", `[no RANGE frobs] `},
		{"begun before a slash", "no Span/Range frobs", "", ``},
		{"twice", "Range frobs, range frobs", "", `[Range frobs] [range frobs] `},
		{"several captures", "NS1.Example.com. (asked at 2001:db8::53) is between 1 and 20 for MYLIST", "",
			`[NS1.Example.com. (asked at 2001:db8::53) is between 1 and 20 for MYLIST] address="2001:db8::53" list="MYLIST" max=20 min=1 nameserver="ns1.example.com"`},
		{"not an address", "ns1.example.com (asked at 192.0.2.256) is between 1 and 20 for MYLIST", "", ``},
		{"named, other test", "Found", "Frob Check", `[Found] (named)`},
		{"named", "Found", "Range", `[Found] `},
		{"row", "our server is lame", "", `[is lame] (row)`},
		{"row behind a sentence", "Range frobs. Is lame. And more", "", `[Range frobs.] [Is lame.] (row)`},
		{"row under its name", "Is lame today", "Range", `[Is lame] `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			for _, m := range v.Find(tt.text, report.Context{Test: tt.test}) {
				got += "[" + tt.text[m.Start:m.End] + "] " + values(m.Values) + places[m.Place]
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got, ok := v.Detail("MX.example.com said 250 and more to come"); !ok || values(got.Values) != `code=250 host="mx.example.com"` {
		t.Errorf("detail: %v %s", ok, values(got.Values))
	}
	if got, ok := v.Detail("He told me that mx.example.com said 250"); ok {
		t.Errorf("a detail in the middle of prose: %v", got)
	}
}

func values(m map[string]report.Value) string {
	var out []string
	for _, name := range []string{"address", "code", "host", "list", "max", "min", "nameserver", "seconds"} {
		if v, ok := m[name]; ok {
			b, _ := v.MarshalJSON()
			out = append(out, name+"="+string(b))
		}
	}
	return strings.Join(out, " ")
}

func TestMarks(t *testing.T) {
	v, err := load(t, head+"commands: [a]\n"+frob)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		text   string
		status report.Status
		length int
	}{
		{"Warning - x", report.Warning, 10},
		{"WARNING: x", report.Warning, 9},
		{"warning \u2013 x", report.Warning, 12},
		{"Warning\u2014x", report.Warning, 10},
		{"Warning", report.Warning, 7},
		{"Warning x", "", 0},
		{"Warning-level", "", 0},
		{"Warnings - x", "", 0},
		{"OK:x", "", 0},
		{"Status Problem", report.Error, 14},
		{"status  problem x", report.Error, 16},
		{"x Warning - y", "", 0},
		{"", "", 0},
	}
	for _, tt := range tests {
		status, length, ok := v.StatusWord(tt.text)
		if status != tt.status || length != tt.length || ok != (tt.status != "") {
			t.Errorf("%q: %q, %d, %v; want %q, %d", tt.text, status, length, ok, tt.status, tt.length)
		}
	}
	for text, length := range map[string]int{"frob  check": 11, "Frob Check : x": 12, "Frob Check x": 10,
		"Frob Checks": 0, "A Frob Check": 0} {
		name, got, ok := v.TestName(text)
		if got != length || ok != (length > 0) || ok && name != "Frob Check" {
			t.Errorf("%q: %q, %d, %v; want length %d", text, name, got, ok, length)
		}
	}
	if !v.OwnName("a.Tester.example.net.") || !v.OwnName("tester.example.net") || v.OwnName("mytester.example.net") {
		t.Error("the reporter's own names are those below its hosts, and no others")
	}
	if !isCategory(v, "DNS") || isCategory(v, "frob") || !isCategory(v, "a") || isCategory(v, "A") {
		t.Error("categories are those of the file, in any letter case; commands in lower case only")
	}
}

func TestSeveralReporters(t *testing.T) {
	first, err := wording.Load("a.yaml", []byte(head+frob))
	if err != nil {
		t.Fatal(err)
	}
	imitation := strings.Replace(head+frob, "id: sample", "id: imitation", 1)
	second, err := wording.Load("b.yaml", []byte(imitation))
	if err != nil {
		t.Fatal(err)
	}
	v, err := wording.NewVocabulary([]*wording.Reporter{first, second})
	if err != nil {
		t.Fatal(err)
	}
	if m := v.Find("It frobs 3 seconds", report.Context{}); len(m) != 1 || m[0].Reporter != "sample" {
		t.Errorf("a sentence of two reporters is one match of the first: %+v", m)
	}
	other, err := wording.Load("c.yaml", []byte(strings.Replace(imitation, "dns/frob", "dns/other", 1)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = wording.NewVocabulary([]*wording.Reporter{first, other}); err == nil || !strings.Contains(err.Error(),
		"c.yaml:13") {
		t.Errorf("one sentence of two reporters for two rules: error %v", err)
	}
}

func TestCheckNamesTheRuleThatIsMissing(t *testing.T) {
	v, err := load(t, head+"thresholds:\n  dns/limit: {min: 5s, source: a, seen: 2026}\n"+frob)
	if err != nil {
		t.Fatal(err)
	}
	for missing, line := range map[string]int{"dns/frob": 11, "dns/limit": 9, "none": 0} {
		err := v.Check(func(id string) bool { return id != missing }, func(string) string { return "" })
		if line == 0 && err != nil {
			t.Errorf("nothing is missing: %v", err)
		}
		if line > 0 && (err == nil || !strings.HasPrefix(err.Error(), fmt.Sprintf("sample.yaml:%d: ", line))) {
			t.Errorf("%s is missing: %v, want line %d", missing, err, line)
		}
	}
}

func TestShippedReporter(t *testing.T) {
	const file = "../../reporters/mxtoolbox.yaml"
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	r, err := wording.Load(file, data)
	if err != nil {
		t.Fatal(err)
	}
	expire := r.Thresholds["dns/soa-expire"]
	if r.Patience != 15*time.Second || r.HangsUpWithin != time.Second || expire["min"].Value != "1209600s" ||
		expire["max"].Value != "2419200s" || expire["min"].Line == 0 {
		t.Errorf("patience %v, hangs up within %v, limits of expire %v", r.Patience, r.HangsUpWithin, expire)
	}
	if len(r.NotPublished) == 0 || r.Thresholds["smtp/transaction-time"] != nil {
		t.Error("the limit of the transaction time is not published")
	}
	rules := map[string]bool{}
	err = shipped(t).Check(func(id string) bool { rules[id] = true; return true }, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range strings.Fields(`smtp/connect smtp/banner-mismatch smtp/tls-missing smtp/connection-time
		smtp/transaction-time smtp/ptr-mismatch smtp/ptr-not-hostname smtp/ptr-missing smtp/open-relay
		smtp/hostname-unresolved smtp/disconnected dns/soa-serial-agreement dns/parent-child-mismatch dns/ns-unresponsive
		dns/ns-not-authoritative dns/glue-mismatch dns/ns-too-few dns/ns-same-subnet dns/ns-private-address
		dns/primary-not-at-parent dns/soa-serial-format dns/soa-refresh dns/soa-retry dns/soa-expire dns/soa-minimum
		dns/open-resolver dns/record-missing dns/zone-transfer`) {
		if !rules[id] {
			t.Errorf("no test of the reporter leads to %s", id)
		}
	}
}
