package wording_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/rules/internal/wording"
)

// These tests have no table of their own: they go over the file that is shipped.

type shippedTest struct {
	Name    string   `yaml:"name"`
	Names   []string `yaml:"names"`
	Aliases []string `yaml:"aliases"`
	ID      string   `yaml:"id"`
	Rule    string   `yaml:"rule"`
	Usual   string   `yaml:"usual"`
	In      []string `yaml:"in"`

	Wordings []shippedWording `yaml:"wordings"`
}

type shippedWording struct {
	Says, Status, Rule, Where, Example string
	OKAt0                              string `yaml:"ok_at_zero"`
}

func shippedTests(t *testing.T) []shippedTest {
	t.Helper()
	data, err := os.ReadFile("../../reporters/mxtoolbox.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Tests []shippedTest `yaml:"tests"`
	}
	if err := yaml.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file.Tests
}

func isCategory(v report.Vocabulary, word string) bool {
	_, ok := v.Category(word)
	return ok
}

func (x shippedTest) rule() string { return strings.TrimSuffix(x.Rule, "none") }

func (x shippedTest) names() []string {
	if x.Name == "" {
		return x.Names
	}
	return append([]string{x.Name}, x.Aliases...)
}

// category is one under which the test's sentences hold, or "".
func (x shippedTest) category() string {
	if len(x.In) == 0 {
		return ""
	}
	return x.In[0]
}

func (w shippedWording) rule(of shippedTest) string {
	if w.Rule != "" {
		return w.Rule
	}
	return of.rule()
}

// example is a row with the sentence: the one beside the wording, without a status word before it, or else the wording
// itself with values in its gaps.
func (w shippedWording) example() string {
	text := w.Example
	if text == "" {
		family, _ := wording.Expand(w.Says)
		text = strings.NewReplacer("{seconds}", "15.3", "{include}", "spf.example.net").Replace(family[0])
	}
	for _, mark := range []string{"OK - ", "Warning - ", "Warning – "} {
		text = strings.TrimPrefix(text, mark)
	}
	return text
}

// sentences are the example and all those of a family.
func (w shippedWording) sentences() []string {
	sentences := []string{w.example()}
	family, _ := wording.Expand(w.Says)
	for _, says := range family[1:] {
		sentences = append(sentences, shippedWording{Says: says}.example())
	}
	return sentences
}

func TestExamplesOfTheShippedFile(t *testing.T) {
	tried, mistakes := shipped(t).Examples(func(string) bool { return true })
	for _, m := range mistakes {
		t.Errorf("%s:%d: %s", m.File, m.Line, m.Says)
	}
	if tried < 160 {
		t.Errorf("only %d examples were tried", tried)
	}
}

// Every sentence is recognised beside the name of its test, most of which sound like the fault: the sentence says how
// it ended, not the name.
func TestEverySentenceUnderItsName(t *testing.T) {
	v := shipped(t)
	good, bad := 0, 0
	for _, test := range shippedTests(t) {
		for _, w := range test.Wordings {
			for _, name := range test.names() {
				heading, line := "", 1
				if c := test.category(); isCategory(v, c) {
					heading, line = c+":example.com\n", 2
				}
				mark := map[string]string{"ok": "Ok", "warning": "Warning", "error": "Problem"}[w.Status]
				for layout, text := range map[string]string{
					"tab":         name + "\t" + w.example(),
					"two lines":   name + "\n" + w.example(),
					"icon":        "Status " + mark + "\n" + name + "\n" + w.example() + "\nInformation More Info",
					"status word": name + "\t" + mark + " - " + w.example(),
				} {
					if name == w.example() && layout == "two lines" {
						continue // a name on a line of its own is no finding
					}
					rep := parse(t, v, heading+text+"\n")
					if len(rep.Findings) != 1 {
						t.Errorf("%s: %q is read as %q", layout, text, brief(rep))
						continue
					}
					f := rep.Findings[0]
					status := w.Status
					if w.OKAt0 != "" && f.Status == report.OK {
						status = "ok"
					}
					if f.Rule != w.rule(test) || string(f.Status) != status || f.Line < line {
						t.Errorf("%s: %q is read as %q, want rule %q, status %s", layout, text, brief(rep), w.rule(test),
							status)
					}
				}
				if w.Status == "ok" {
					good++
				} else {
					bad++
				}
			}
		}
	}
	if good < 55 || bad < 80 {
		t.Errorf("only %d good and %d bad sentences were tried", good, bad)
	}
}

// The name and a status word are enough where the sentence is new.
func TestEveryNameWithANewSentence(t *testing.T) {
	v := shipped(t)
	names := 0
	for _, test := range shippedTests(t) {
		for _, name := range test.names() {
			names++
			rep := parse(t, v, name+"\tProblem - It frobs without need\n")
			if len(rep.Findings) != 1 {
				t.Errorf("%q is read as %q", name, brief(rep))
				continue
			}
			f := rep.Findings[0]
			rule := test.rule()
			if test.Name == "DNS Record Published" {
				rule = "" // without a category it may be any record
			}
			if f.Rule != rule || f.Status != report.Error {
				t.Errorf("%q is read as %q, want rule %q", name, brief(rep), rule)
			}
		}
	}
	if names < 240 {
		t.Errorf("only %d names were tried", names)
	}
}

// In answers of the interface the number of a check goes before its sentence, and the sentence before its name.
func TestFindByID(t *testing.T) {
	v := shipped(t)
	ids := map[string]bool{}
	for _, test := range shippedTests(t) {
		if test.ID == "" {
			continue
		}
		ids[test.ID] = true
		for _, w := range test.Wordings {
			context := report.Context{ID: test.ID, Category: test.category(), Test: "A name of later years"}
			m := v.Find(w.example(), context)
			if len(m) != 1 || m[0].Rule != w.rule(test) || string(m[0].Status) != w.Status || m[0].Test != test.Name {
				t.Errorf("%s %q: %+v", test.ID, w.example(), m)
			}
		}
	}
	if len(ids) < 26 {
		t.Errorf("only %d IDs were tried", len(ids))
	}
	tests := []struct {
		name    string
		text    string
		context report.Context
		want    string // rule, status, test, span
	}{
		{"new sentence", "The record frobs.", report.Context{ID: "511"}, "spf/void-lookups error SPF Void Lookups 0-0"},
		{"sentence of another check", "Serial numbers match", report.Context{ID: "511"},
			"dns/soa-serial-agreement ok DNS SOA Serial Numbers Match 0-20"},
		{"the ID decides among rules of one sentence", "DNS Record not found", report.Context{ID: "441", Category: "mx"},
			"dmarc/missing error DMARC Record Published 0-20"},
		{"the category decides among rules of one ID", "DNS Record not found", report.Context{ID: "506", Category: "mx"},
			"mx/missing error DNS Record Published 0-20"},
		{"a command that is no category", "DNS Record not found", report.Context{ID: "506", Category: "a"},
			"dns/record-missing error DNS Record Published 0-20"},
		{"unknown ID, known sentence", "Serial numbers match", report.Context{ID: "9999"},
			"dns/soa-serial-agreement ok DNS SOA Serial Numbers Match 0-20"},
		{"everyday sentence", "See here: DMARC Record found (1)", report.Context{ID: "441"},
			"dmarc/missing ok DMARC Record Published 10-28"},
	}
	for _, tt := range tests {
		m := v.Find(tt.text, tt.context)
		got := ""
		if len(m) == 1 {
			got = fmt.Sprintf("%s %s %s %d-%d", m[0].Rule, m[0].Status, m[0].Test, m[0].Start, m[0].End)
		}
		if got != tt.want {
			t.Errorf("%s: %+v, want %q", tt.name, m, tt.want)
		}
	}
	if m := v.Find("It frobs", report.Context{ID: "9999"}); len(m) != 0 {
		t.Errorf("neither ID nor sentence is known: %+v", m)
	}
}

// Where checks share a sentence, name, category or heading decides.
func TestSharedSentences(t *testing.T) {
	v := shipped(t)
	tests := []struct {
		text, test, category string
		want                 string
	}{
		{"DNS Record not found", "", "", "dns/record-missing"},
		{"DNS Record not found", "", "dns", "dns/record-missing"},
		{"DNS Record not found", "", "txt", "dns/record-missing"},
		{"DNS Record not found", "", "a", "dns/record-missing"},
		{"DNS Record not found", "", "mx", "mx/missing"},
		{"DNS Record not found", "", "spf", "spf/missing"},
		{"DNS Record not found", "", "dmarc", "dmarc/missing"},
		{"DNS Record not found", "", "dkim", "dkim/missing"},
		{"DNS Record not found", "", "bimi", "bimi/missing"},
		{"DNS Record not found", "", "mta-sts", "mta-sts/record-missing"},
		{"DNS Record not found", "", "tlsrpt", "tlsrpt/missing"},
		{"DNS Record not found", "", "smtp", ""},
		{"DNS Record not found", "DNS Record Published", "dmarc", "dmarc/missing"},
		{"DNS Record not found", "DMARC Record Published", "mx", "dmarc/missing"},
		{"DNS Record not found", "DMARC Record Published", "", "dmarc/missing"},
		{"DNS Record not found", "DKIM Record Published", "dkim", "dkim/missing"},
		{"The record is valid", "", "spf", "spf/syntax"},
		{"The record is valid", "", "dmarc", "dmarc/syntax"},
		{"The record is valid", "", "dkim", "dkim/syntax"},
		{"The record is valid", "DKIM Signature Syntax Check", "dkim", "header/dkim"},
		{"The record is valid", "DMARC Syntax Check", "mx", "dmarc/syntax"},
		{"The record is valid", "SPF Syntax Check", "dmarc", "spf/syntax"},
		{"The record is valid", "", "", "(named) spf/syntax"},
		{"We think that the record is valid since May", "", "spf", "(row) spf/syntax"},
		{"The remote server returned an error: (404) Not Found", "", "", "(named) http/status"},
		{"The remote server returned an error: (308) Permanent Redirect", "", "http", "http/status"},
		{"The remote server returned an error: (308) Permanent Redirect", "HTTP Connect", "", "http/status"},
		{"No DMARC Record found", "", "mx", "dmarc/missing"},
		{"No DMARC Record found", "", "spf", "dmarc/missing"},
	}
	for _, tt := range tests {
		m := v.Find(tt.text, report.Context{Test: tt.test, Category: tt.category})
		got := "-"
		if len(m) == 1 {
			got = map[report.Place]string{report.Named: "(named) ", report.Row: "(row) "}[m[0].Place] + m[0].Rule
		}
		if strings.TrimPrefix(got, "(row) ") != strings.TrimPrefix(tt.want, "(row) ") || len(m) > 1 {
			t.Errorf("%q under %q in %q: %q, want %q", tt.text, tt.test, tt.category, got, tt.want)
		}
	}
}

// What was met in reports after the first catalogue of sentences was made.
func TestStatementsThatWereMet(t *testing.T) {
	v := shipped(t)
	for text, want := range map[string]string{
		"Warning - Masked External Banner (Reverse DNS Failing)":                                                                         "smtp/banner-invalid warning",
		"smtp\tmail.example.com\tReverse DNS does not contain the hostname":                                                              "smtp/banner-mismatch warning @mail.example.com",
		"smtp\tmail.example.com\tTransaction time 15.66 seconds - Not good!":                                                             `smtp/transaction-time warning @mail.example.com seconds=15.66`,
		"6.950 seconds - Warning on Connection time":                                                                                     `smtp/connection-time warning seconds=6.95`,
		"Unable to connect after 15 seconds":                                                                                             `smtp/connect error seconds=15`,
		"6/9/2025 4:34:54 PM Connection attempt #1 - Unable to connect after 15 seconds. [15.01 sec]":                                    `smtp/connect error seconds=15`,
		"Your Reverse DNS Record (PTR) is not a valid host name.":                                                                        "smtp/ptr-not-hostname warning",
		"The forward lookup (A) of the hostname mail.example.com did not match the reverse lookup (PTR) for the IP Address.":             "smtp/ptr-mismatch warning @mail.example.com",
		"At least one name server failed to respond":                                                                                     "dns/ns-unresponsive error",
		"The DNS record type 99 (SPF) has been deprecated":                                                                               "spf/deprecated-type warning",
		"Items present after 'ALL'. These will be ignored.":                                                                              "spf/after-all warning",
		"No SPF records found as TXT. (Record type 99 (SPF) has been deprecated)":                                                        "spf/missing error",
		"DKIM Not Authenticated":                                                                                                         "header/dkim error",
		"DKIM-Signature Body Hash Not Verified":                                                                                          "header/dkim error",
		"No DKIM-Signature header found":                                                                                                 "header/dkim error",
		"Dkim Signature Error:\nNo DKIM-Signature header found":                                                                          "header/dkim error",
		"Dkim Signature Error:\nThere must be at least one aligned DKIM-Signature for the message to be considered aligned. - more info": "header/alignment error",
		"no SPF/SPF record found":                                                                                                        "",
	} {
		var got []string
		for _, row := range brief(parse(t, v, text+"\n")) {
			_, row, _ = strings.Cut(row, " ")
			got = append(got, row)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%q is read as %q, want %q", text, got, want)
		}
	}
}

// What is recommended in place of a value says that the value is wrong, but behind the row that says so it only explains that.
func TestDetailsThatAssert(t *testing.T) {
	v := shipped(t)
	const row, detail = "SOA Expire Value out of recommended range", "ns1.example.com reported Expire 604800 : Expire is recommended to be between 1209600 and 2419200."
	for text, want := range map[string]int{detail: 1, row + "\n" + detail: 1, row + " " + detail: 1, row + "\t" + detail: 1, "> " + detail: 1,
		"SOA Retry Value is outside of the allowed values\n\n\n\nSee also:\n\n" + detail: 2} {
		rep := parse(t, v, text+"\n")
		if len(rep.Findings) != want {
			t.Errorf("%q is read as %q, want %d rows", text, brief(rep), want)
			continue
		}
		f := rep.Findings[want-1]
		if n := f.Values["expire"].Number; f.Rule != "dns/soa-expire" || f.Status != report.Warning || n == nil || *n != 604800 {
			t.Errorf("%q is read as %q", text, brief(rep))
		}
	}
}

// Pages, phones and screen readers mark rows by other words; without a row they mark nothing.
func TestMarksThatWereMet(t *testing.T) {
	v := shipped(t)
	for mark, status := range map[string]report.Status{"Fail": report.Error, "FAIL": report.Error, "KO": report.Error, "Pass": report.OK, "Warn": report.Warning,
		"Problem Icon": report.Error, "Warning Icon": report.Warning, "Ok Icon": report.OK} {
		for _, text := range []string{mark + "\tSMTP TLS", "SMTP TLS\t" + mark, "| SMTP TLS | " + mark + " |", mark + "\nSMTP TLS\n\n" + mark + "\nSMTP Open Relay"} {
			rep := parse(t, v, "smtp:mail.example.com\n"+text+"\n")
			if !strings.HasSuffix(mark, "Icon") && strings.Contains(text, "Relay") {
				continue // a word on a line of its own is somebody's
			}
			if len(rep.Findings) == 0 || rep.Findings[0].Rule != "smtp/tls-missing" || rep.Findings[0].Status != status {
				t.Errorf("%q is read as %q", text, brief(rep))
			}
		}
		for _, text := range []string{"It is a " + strings.ToLower(mark) + " of mine", "What a " + mark + ": we sat there all night"} {
			if rep := parse(t, v, text+"\n"); len(rep.Findings) > 0 {
				t.Errorf("%q is read as %q", text, brief(rep))
			}
		}
	}
}

// A block list that could not be asked has not listed anybody, whatever list of an answer says so.
func TestListsThatDidNotAnswer(t *testing.T) {
	v := shipped(t)
	for _, list := range []string{"Failed", "Warnings", "Timeouts", "Errors"} {
		rep := parse(t, v, `{"Command":"blacklist","CommandArgument":"192.0.2.1","`+list+`":[{"ID":61,"Name":"ivmSIP","Info":"ivmSIP Lookup failed"},`+
			`{"ID":22,"Name":"BACKSCATTERER","Info":"192.0.2.1 was listed"}]}`)
		if len(rep.Findings) != 2 || rep.Findings[0].Status != report.Info || rep.Findings[0].Rule != "blocklist/listed" || rep.Findings[1].Status == report.Info &&
			list != "Timeouts" {
			t.Errorf("%s: read as %q", list, brief(rep))
		}
	}
}

func TestBlockLists(t *testing.T) {
	v := shipped(t)
	tests := []struct {
		name, text string
		test       string
		want       string // rule, status, list, listed
	}{
		{"listed", "Listed 4 times with 3 timeouts", "", "blocklist/listed error  4"},
		{"not listed", "Listed 0 times with 2 timeouts", "", "blocklist/listed ok  0"},
		{"a known list", "Blacklisted by UCEPROTECTL3", "", "blocklist/listed error UCEPROTECTL3 "},
		{"a list of two words", "Blacklisted by SORBS SPAM", "", "blocklist/listed error SORBS SPAM "},
		{"a list whose name begins with another's", "Blacklisted by CYMRU BOGONS IPv6", "",
			"blocklist/listed error CYMRU BOGONS IPv6 "},
		{"a list that is not known", "Blacklisted by NEWLIST42", "", "blocklist/listed error NEWLIST42 "},
		{"beside the list's name", "192.0.2.1 was listed  Detail", "SPAMCOP", "blocklist/listed error SPAMCOP "},
	}
	for _, tt := range tests {
		got := ""
		for _, m := range v.Find(tt.text, report.Context{Test: tt.test}) {
			listed := ""
			if n := m.Values["listed"].Number; n != nil {
				listed = fmt.Sprint(*n)
			}
			got += fmt.Sprintf("%s %s %s %s", m.Rule, m.Status, m.Values["list"].Text, listed)
		}
		if got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
	for _, name := range []string{"UCEPROTECTL3", "s5h.net IPv6", "Abuse.ro", "0SPAM"} {
		spelled, length, ok := v.TestName(name + "\t127.0.0.2")
		m, named := v.Named(spelled)
		if !ok || !named || spelled != name || length != len(name) || m.Rule != "blocklist/listed" ||
			m.Values["list"].Text != name {
			t.Errorf("%s: read as %q, %+v", name, spelled, m)
		}
	}
	if name, _, _ := v.TestName("cymru bogons ipv6 x"); name != "CYMRU BOGONS IPv6" {
		t.Errorf("the longest name that fits is %q", name)
	}
	const line = "Checking mail.example.com which resolves to 192.0.2.1 against 93 known blacklists..."
	heading := v.Find(line, report.Context{})
	if len(heading) != 1 || heading[0].Rule != "" || heading[0].Status != report.Info || heading[0].Test != "blacklist" ||
		heading[0].Values["host"].Text != "mail.example.com" || heading[0].Values["address"].Text != "192.0.2.1" {
		t.Errorf("the heading is read as %+v", heading)
	}
	lists := 0
	for _, test := range shippedTests(t) {
		if test.Rule == "blocklist/listed" {
			lists += len(slices.Compact(slices.Sorted(slices.Values(test.Names))))
		}
	}
	if lists < 108+7 {
		t.Errorf("%d lists, want the 108 of old and the 7 of 2026", lists)
	}
}
