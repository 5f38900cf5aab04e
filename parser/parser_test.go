package parser_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode/utf16"

	"mxverdict/parser"
	"mxverdict/parser/internal/invented"
	"mxverdict/parser/report"
)

// vocabulary is a reporter of a few words. The parser's own tests are about layouts; the wordings of real reporters are
// tested beside the files that hold them.
type vocabulary struct{ invented.Vocabulary }

var sentences = []struct {
	says, rule, test string
	status           report.Status
}{
	{"The frob is wet", "smtp/wet", "Frob State", report.Warning},
	{"The frob is dry", "smtp/wet", "Frob State", report.OK},
	{"The zone is cold", "dns/cold", "Zone State", report.Error},
}

// first returns where the first of the sentences begins, else the end of the text: most texts hold none, and to compare
// them letter by letter takes long under the race detector.
func first(text string) int {
	at := len(text)
	for _, s := range sentences {
		if i := strings.Index(text, s.says); i >= 0 {
			at = min(at, i)
		}
	}
	return at
}

func (vocabulary) Find(text string, _ report.Context) []report.Match {
	var found []report.Match
	for at := first(text); at < len(text); at++ {
		for _, s := range sentences {
			if strings.HasPrefix(text[at:], s.says) {
				found = append(found, report.Match{Reporter: "fake", Rule: s.rule, Test: s.test, Status: s.status,
					Wording: s.says, Start: at, End: at + len(s.says)})
			}
		}
	}
	return found
}

func (vocabulary) TestName(text string) (string, int, bool) {
	for _, name := range []string{"Frob State", "Zone State"} {
		if rest, ok := strings.CutPrefix(text, name); ok {
			if strings.HasPrefix(rest, ":") {
				return name, len(name) + 1, true
			}
			return name, len(name), true
		}
	}
	return "", 0, false
}

func (vocabulary) Named(test string) (report.Match, bool) {
	for _, s := range sentences {
		if s.test == test {
			return report.Match{Reporter: "fake", Rule: s.rule, Test: test, Status: s.status}, true
		}
	}
	return report.Match{}, false
}

func (vocabulary) Detail(text string) (report.Detail, bool) {
	server, ok := strings.CutPrefix(text, "asked ")
	return report.Detail{Values: map[string]report.Value{"nameserver": report.Text(server)}}, ok
}

func (vocabulary) StatusWord(text string) (report.Status, int, bool) {
	switch {
	case text == "Bad":
		return report.Error, 3, true
	case strings.HasPrefix(text, "Bad - "):
		return report.Error, 6, true
	case strings.HasPrefix(text, "Bad: "):
		return report.Error, 5, true
	case strings.HasPrefix(text, "Icon Bad"):
		return report.Error, len(text) - len(strings.TrimLeft(text[8:], " ")), true
	}
	return "", 0, false
}

// differentRows are rows about as many hosts.
func differentRows(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "smtp:h%d.example.com\nThe frob is wet\n", i)
	}
	return b.String()
}

func parse(t *testing.T, text string) report.Report {
	t.Helper()
	rep, err := parser.Parse(strings.NewReader(text), "-", vocabulary{})
	if err != nil && !errors.Is(err, parser.ErrNoFindings) {
		t.Fatal(err)
	}
	return rep
}

func rules(rep report.Report) string {
	var out []string
	for _, f := range rep.Findings {
		out = append(out, fmt.Sprintf("%d:%s:%s", f.Line, f.Rule, f.Status))
	}
	return strings.Join(out, " ")
}

func TestInputs(t *testing.T) {
	utf16le := []byte{0xff, 0xfe}
	utf16be := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune("Hello,\r\nThe frob is wet")) {
		utf16le = append(utf16le, byte(u), byte(u>>8))
		utf16be = append(utf16be, byte(u>>8), byte(u))
	}
	tests := []struct {
		name    string
		data    string
		err     error
		rules   string
		notices int
	}{
		{"empty", "", parser.ErrEmpty, "", 0},
		{"blank", " \t\r\n\n", parser.ErrEmpty, "", 0},
		{"byte order mark only", "\xef\xbb\xbf", parser.ErrEmpty, "", 0},
		{"byte order mark", "\xef\xbb\xbfThe frob is wet", nil, "1:smtp/wet:warning", 0},
		{"UTF-16, little end first", string(utf16le), nil, "2:smtp/wet:warning", 0},
		{"UTF-16, big end first", string(utf16be), nil, "2:smtp/wet:warning", 0},
		{"NUL", "The frob is wet\x00", parser.ErrBinary, "", 0},
		{"many control characters", strings.Repeat("ab\x01\x02", 50), parser.ErrBinary, "", 0},
		{"colours of a terminal", "\x1b[31mThe frob is wet\x1b[0m, it says", nil, "1:smtp/wet:warning", 0},
		{"Latin-1", "Gr\xfc\xdfe\nThe frob is wet", nil, "2:smtp/wet:warning", 1},
		{"prose", "My frob feels cold today. Is that normal?", parser.ErrNoFindings, "", 0},
		{"too much", "The frob is wet\n" + strings.Repeat("nothing here\n", parser.MaxInput/13) + "The zone is cold\n",
			nil,
			"1:smtp/wet:warning", 1},
		{"too many rows", differentRows(parser.MaxFindings + 1), nil, "many", 1},
		{"a very long line", strings.Repeat("lorem ipsum ", 20000) + "The frob is wet", nil, "1:smtp/wet:warning", 1},
		{"a very long word", strings.Repeat("\u00fc", 200000) + "\nThe frob is wet", nil, "2:smtp/wet:warning", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep, err := parser.Parse(strings.NewReader(tt.data), "mail.txt", vocabulary{})
			if !errors.Is(err, tt.err) {
				t.Fatalf("error %v, want %v", err, tt.err)
			}
			if rep.Schema != report.Schema || rep.Source != "mail.txt" || rep.Findings == nil ||
				rep.Candidates == nil || rep.Notices == nil {
				t.Errorf("the report is not whole: %+v", rep)
			}
			if tt.rules == "many" {
				if len(rep.Findings) != parser.MaxFindings {
					t.Errorf("%d findings", len(rep.Findings))
				}
			} else if got := rules(rep); got != tt.rules {
				t.Errorf("findings %q, want %q", got, tt.rules)
			}
			if len(rep.Notices) != tt.notices {
				t.Errorf("notices %q, want %d", rep.Notices, tt.notices)
			}
		})
	}
	broken := errors.New("broken pipe")
	_, err := parser.Parse(io.MultiReader(strings.NewReader("The frob is wet\n"), iotest.ErrReader(broken)), "-",
		vocabulary{})
	if !errors.Is(err, broken) {
		t.Errorf("a reading error became %v", err)
	}
}

func TestRows(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"prose around", "I see The frob is wet here", "1:smtp/wet:warning"},
		{"the mark before the sentence", "Hm. Bad - The frob is wet", "1:smtp/wet:error"},
		{"the mark of another sentence", "Bad - The zone is cold. The frob is wet",
			"1:dns/cold:error 1:smtp/wet:warning"},
		{"unknown with a dash", "Bad - Whatever", "1::error"},
		{"unknown with a colon is prose", "Bad: whatever", ""},
		{"unknown under its name, with a mark", "Frob State\nBad: whatever", "2:smtp/wet:error"},
		{"unknown under its name, in prose", "Frob State\nWhatever", ""},
		{"unknown under its name, in a table", "Test\tResult\nFrob State\nWhatever", "3:smtp/wet:unknown"},
		{"unknown under its name, below a heading", "smtp:mail.example.com\nFrob State\nWhatever",
			"3:smtp/wet:unknown"},
		{"a question is no result", "Frob State\tWhat is that?", ""},
		{"two unknown cells", "Icon Bad\nFoo\nBar is foo\nIcon Bad\nThe frob is wet", "3::error 5:smtp/wet:error"},
		{"unknown name, known sentence", "Icon Bad\nFoo\nThe frob is wet", "3:smtp/wet:error"},
		{"a row ends at the next heading", "Icon Bad\nFoo\ndns:example.com\nThe zone is cold",
			"2::error 4:dns/cold:error"},
		{"a row ends at three blank lines", "Icon Bad\nFoo\n\n\n\nWhatever", "2::error"},
		{"a reply with a sentence, out of a transcript", "250 people say The frob is wet", "1:smtp/wet:warning"},
		{"a reply with a sentence, in a transcript", "EHLO a.example.net\n250-The frob is wet", ""},
		{"a name that is no address", "dialling the server\nThe frob is wet", "2:smtp/wet:warning"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := rules(parse(t, tt.text)); got != tt.want {
				t.Errorf("of %q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestSubjectsAndTarget(t *testing.T) {
	tests := []struct {
		name, text string
		subjects   string
		target     report.Target
	}{
		{"none", "The frob is wet", "-", report.Target{}},
		{"heading, any letter case and final dot", "smtp:MAIL.Example.com.\nThe frob is wet", "mail.example.com",
			report.Target{Host: "mail.example.com"}},
		{"IPv6 heading", "smtp:[2001:DB8:0::25]\nThe frob is wet", "2001:db8::25",
			report.Target{Address: "2001:db8::25"}},
		{"IPv6 heading without brackets", "smtp:2001:db8::25\nThe frob is wet", "2001:db8::25",
			report.Target{Address: "2001:db8::25"}},
		{"heading with a selector", "dns:example.com:key1\nThe zone is cold", "example.com",
			report.Target{Domain: "example.com"}},
		{"until the next heading", "dns:example.com\nThe zone is cold\nsmtp:mail.example.com\nThe frob is wet",
			"example.com mail.example.com", report.Target{Domain: "example.com", Host: "mail.example.com"}},
		{"two domains are no target", "dns:example.com\nThe zone is cold\ndns:example.net\nThe zone is cold",
			"example.com example.net", report.Target{}},
		{"the column wins over the heading", "smtp:mail.example.com\nsmtp\tmx.example.net\tThe frob is wet",
			"mx.example.net",
			report.Target{}},
		{"the reporter's own name is no target", "dns:tester.example.net\nThe zone is cold", "tester.example.net",
			report.Target{}},
		{"a transcript is about mail only", "The frob is wet\nThe zone is cold\ndialling 192.0.2.1", "192.0.2.1 -",
			report.Target{Address: "192.0.2.1"}},
		{"prose names no subject", "Our mail.example.com is bad: The frob is wet", "-", report.Target{Host: "mail.example.com"}},
		{"an unusable international name", "dns\tb\u00fc_cher.example\tThe zone is cold", "-", report.Target{}},
		{"a page is no heading", "https://example.com/page.html\nThe frob is wet", "-", report.Target{}},
		{"an unknown command is no heading", "frob:example.com\nThe frob is wet", "-", report.Target{Domain: "example.com"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rep := parse(t, tt.text)
			var subjects []string
			for _, f := range rep.Findings {
				subjects = append(subjects, f.Subject)
				if f.Subject == "" {
					subjects[len(subjects)-1] = "-"
				}
			}
			if got := strings.Join(subjects, " "); got != tt.subjects {
				t.Errorf("subjects %q, want %q", got, tt.subjects)
			}
			if rep.Target != tt.target {
				t.Errorf("target %+v, want %+v", rep.Target, tt.target)
			}
		})
	}
}

func TestCandidates(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"prose", "Our server mail.example.com (192.0.2.1) is slow.", "mail.example.com 192.0.2.1"},
		{"by count", "a.example.com b.example.com B.example.com.", "b.example.com a.example.com"},
		{"headings first", "b.example.com b.example.com\nsmtp:a.example.com", "a.example.com b.example.com"},
		{"mail addresses and web addresses", "joe.de@example.org, see https://www.example.net/a/main.php.de?x=y",
			"example.net"},
		{"no names", "e.g. file.txt main.cf run.sh v1.2.3 1.2.3.4.5 10.000 a..b co.uk Node.js i.e. 1:23:56 12.5ms", ""},
		{"IPv6", "at 2001:DB8::1, [2001:db8::2]:25 and mail.example.com:25",
			"2001:db8::1 2001:db8::2 mail.example.com"},
		{"own names", "Client tester.example.net", ""},
		{"name servers last", "The zone is cold\nasked ns1.example.com\nasked ns1.example.com\nmail.example.com",
			"mail.example.com ns1.example.com"},
		{"international", "b\u00fccher.example", "xn--bcher-kva.example"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := strings.Join(parse(t, tt.text).Candidates, " "); got != tt.want {
				t.Errorf("of %q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
	var many strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&many, "host%d.example.com ", i)
	}
	if got := parse(t, many.String()).Candidates; len(got) != 20 || got[0] != "host0.example.com" {
		t.Errorf("%d candidates: %q", len(got), got)
	}
}

// The first footer that names a time dates the report, and who answered is not what the report is about.
func TestFooter(t *testing.T) {
	rep := parse(t, "The frob is wet\ntold by ns2.example.com\nThe frob is dry\ntold by ns2.example.com at 2023-06-28T01:23:56-05:00\n"+
		"The zone is cold\ntold by ns3.example.com at 2024-01-01T00:00:00Z\nsee www.example.com")
	if rep.TestedAt == nil || rep.TestedAt.Format(time.RFC3339) != "2023-06-28T01:23:56-05:00" {
		t.Errorf("tested at %v", rep.TestedAt)
	}
	if len(rep.Candidates) != 1 || rep.Candidates[0] != "example.com" {
		t.Errorf("candidates %q", rep.Candidates)
	}
	if rep := parse(t, "The frob is wet\nsomebody told by ns2.example.com at 2023-06-28T01:23:56-05:00"); rep.TestedAt != nil {
		t.Error("prose dates a report")
	}
}

func TestValuesAreNeverNull(t *testing.T) {
	rep := parse(t, "The frob is wet\nBad - Whatever")
	b, err := json.Marshal(rep)
	if err != nil || strings.Contains(strings.Replace(string(b), `"tested_at":null`, "", 1), "null") {
		t.Errorf("%v: %s", err, b)
	}
}

func FuzzText(f *testing.F) {
	for _, seed := range []string{"The frob is wet\n> Bad - x\nFrob State\tIcon Bad\n",
		"smtp:mail.example.com\nasked a\n220 x\r\r\n",
		"Icon Bad\n\n\nTest\nResult\n| The zone is cold |", "dns\t\u00fc.example\tx", "\xef\xbb\xbf[TD]\x1b[1;2m**`"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rep, err := parser.Parse(bytes.NewReader(data), "-", vocabulary{})
		again, _ := parser.Parse(bytes.NewReader(data), "-", vocabulary{})
		if !reflect.DeepEqual(rep, again) {
			t.Fatalf("two readings of %q differ", data)
		}
		if len(rep.Findings) == 0 && err == nil || len(rep.Findings) > parser.MaxFindings {
			t.Fatalf("%d findings with error %v", len(rep.Findings), err)
		}
		for _, x := range rep.Findings {
			if x.Line < 1 || x.Line > len(data)+1 || x.Text == "" || strings.ContainsAny(x.Text, "\x1b\r\n\t") {
				t.Fatalf("of %q: %+v", data, x)
			}
		}
	})
}

func BenchmarkText(b *testing.B) {
	prose := strings.Repeat("We received this from a customer, who asks whether he has to change anything at mail.example.com.\n", 10)
	text := strings.Repeat(prose+"smtp:mail.example.com\nFrob State\tBad - The frob is wet\nThe zone is cold\n", 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parser.Parse(strings.NewReader(text), "-", vocabulary{}); err != nil {
			b.Fatal(err)
		}
	}
}
