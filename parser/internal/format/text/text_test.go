package text_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"mxverdict/parser/internal/format/text"
	"mxverdict/parser/internal/invented"
	"mxverdict/parser/internal/rows"
	"mxverdict/parser/report"
)

// vocabulary is a reporter of a few words: these tests are about layouts.
type vocabulary struct{ invented.Vocabulary }

var sentences = []struct {
	says, rule, test string
	status           report.Status
}{
	{"The frob is very wet today", "smtp/wet", "Frob State", report.Warning},
	{"The frob is dry", "smtp/wet", "Frob State", report.OK},
	{"The zone is - alas - cold", "dns/cold", "Zone State", report.Error},
}

// Find knows whole sentences, and "Looking at HOST" as the line that tells what the rows below it are about.
func (vocabulary) Find(line string, _ report.Context) []report.Match {
	var found []report.Match
	for at := 0; at < len(line); at++ {
		for _, s := range sentences {
			if end := at + len(s.says); strings.HasPrefix(line[at:], s.says) && (end == len(line) || !isLetter(line[end])) {
				found = append(found, report.Match{Reporter: "fake", Rule: s.rule, Test: s.test, Status: s.status,
					Wording: s.says, Start: at, End: end, Values: map[string]report.Value{}})
			}
		}
		if host, ok := strings.CutPrefix(line[at:], "Looking at "); ok && at == 0 {
			found = append(found, report.Match{Test: "smtp", Status: report.Info, End: len(line),
				Values: map[string]report.Value{"host": report.Text(host)}})
		}
	}
	return found
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func (vocabulary) TestName(line string) (string, int, bool) {
	for _, name := range []string{"Frob State", "Zone State", "LISTONE", "lists.example.net"} {
		rest, ok := strings.CutPrefix(line, name)
		switch {
		case !ok || rest != "" && isLetter(rest[0]):
		case strings.HasPrefix(rest, ":"):
			return name, len(name) + 1, true
		default:
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
	if test == "LISTONE" || test == "lists.example.net" {
		return report.Match{Reporter: "fake", Rule: "list/on", Test: test, Status: report.Error}, true
	}
	return report.Match{}, false
}

func (vocabulary) Detail(line string) (report.Detail, bool) {
	words := strings.Fields(line)
	if len(words) == 0 || words[0] != "asked" && words[0] != "Help" {
		return report.Detail{}, false
	}
	values := map[string]report.Value{}
	if len(words) > 1 {
		values["nameserver"] = report.Text(words[1])
	}
	if len(words) > 3 {
		values["answer"] = report.Text(words[3])
	}
	return report.Detail{Values: values}, true
}

func (vocabulary) StatusWord(line string) (report.Status, int, bool) {
	for word, status := range map[string]report.Status{"Bad": report.Error, "OK": report.OK} {
		rest, ok := strings.CutPrefix(line, word)
		if !ok {
			continue
		}
		if rest == "" {
			return status, len(word), true
		}
		for _, separator := range []string{" - ", ": ", " -", ":"} {
			if strings.HasPrefix(rest, separator) && (len(separator) > 2 || rest == separator || separator == ": ") {
				return status, len(word) + len(separator), true
			}
		}
	}
	if rest, ok := strings.CutPrefix(line, "Icon Bad"); ok && (rest == "" || !isLetter(rest[0])) {
		return report.Error, len(line) - len(strings.TrimLeft(rest, " \t")), true
	}
	return "", 0, false
}

func (vocabulary) Category(word string) (report.Kind, bool) {
	switch strings.ToLower(word) {
	case "dns", "http", "mx", "ns", "https":
		return report.DomainName, true
	case "smtp":
		return report.HostName, true
	}
	return report.AnyName, false
}

func (vocabulary) OwnName(string) bool { return false }

func (vocabulary) Argument(string) string { return "" }

// brief writes findings as "line:rule:status", with "@subject" where one is named.
func brief(document string) string {
	var out []string
	for _, f := range text.Read(document, vocabulary{}).Findings {
		s := fmt.Sprintf("%d:%s:%s", f.Line, f.Rule, f.Status)
		if f.Subject != "" {
			s += "@" + f.Subject
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

const wet, dry, cold = "The frob is very wet today", "The frob is dry", "The zone is - alas - cold"

type layout struct{ name, text, want string }

func try(t *testing.T, tests []layout) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := brief(tt.text); got != tt.want {
				t.Errorf("of %q: got %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestTables(t *testing.T) {
	try(t, []layout{
		{"Markdown", "| Test | Result |\n| --- | :-: |\n| Frob State | Bad - " + wet + " |", "3:smtp/wet:error"},
		{"bars inside only", "Test | Result\nFrob State | " + wet, "2:smtp/wet:warning"},
		{"drawn", "│ Frob State │ " + dry + " │\n├───┼───┤", "1:smtp/wet:ok"},
		{"bold and code", "**Frob State**: `" + wet + "`", "1:smtp/wet:warning"},
		{"bulletin board", "[TABLE]\n[TR][TD]Frob State[/TD][TD]Bad - " + wet + "[/TD][/TR]\n[/TABLE]", "2:smtp/wet:error"},
		{"bulletin board, two rows a line", "[tr][td]Frob State[/td][td]" + wet + "[/td][/tr][tr][td]Zone State[/td][td]" +
			cold + "[/td][/tr]", "1:smtp/wet:warning 1:dns/cold:error"},
		{"colours and bold", "[b]Frob State:[/b] [color=#f00]" + wet + "[/color]", "1:smtp/wet:warning"},
		{"HTML as text", "<table><tr><td>Frob State</td><td>Bad &#45; The frob&nbsp;is very wet today</td></tr></table>",
			"1:smtp/wet:error"},
		{"HTML as text, a cell a line", "<tr>\n  <td>smtp</td>\n  <td>mail.example.com</td>\n  <td><p>" + wet +
			"</p></td>\n</tr>\n<tr>\n<td>dns</td>\n<td>example.com</td>\n<td>" + cold + "</td>\n</tr>",
			"4:smtp/wet:warning@mail.example.com 9:dns/cold:error@example.com"},
		{"HTML cut off", "<tr><td>Frob State</td><td>" + wet, "1:smtp/wet:warning"},
		{"image with a text", `<img src="x.png" alt="Icon Bad"> Frob State<br>` + wet, "1:smtp/wet:error"},
		{"image of a status", "![](https://example.net/icons/Bad.png) " + dry, "1:smtp/wet:error"},
		{"address of an image", "http://www.example.net/public/images/green.gif OK - " + dry, "1:smtp/wet:ok"},
		{"export with semicolons", "smtp;mail.example.com;" + wet, "1:smtp/wet:warning@mail.example.com"},
		{"export with quotation marks", `"smtp","mail.example.com","` + wet + `"`, "1:smtp/wet:warning@mail.example.com"},
		{"columns in another order", "Result\tTest\tStatus\n" + dry + "\tFrob State\tBad", "2:smtp/wet:error"},
		{"numbered rows", "1  Bad  Frob State  " + dry + "\n12\tOK\tFrob State\t" + wet, "1:smtp/wet:error 2:smtp/wet:ok"},
		{"a status of its own column", "Bad\tFrob State\t" + dry, "1:smtp/wet:error"},
		{"a table of records", "dns:example.com\nNS\tns1.example.com\t2001:db8::53\t24 hrs\nns ns1.example.com 24 hrs", ""},
		{"a legend", "| OK | nothing to do |\n| Bad | look at it |", ""},
	})
}

func TestLists(t *testing.T) {
	try(t, []layout{
		{"bullets", "- Bad - " + dry + "\n* " + wet + "\n• " + cold + "\n3) " + dry,
			"1:smtp/wet:error 2:smtp/wet:warning 3:dns/cold:error 4:smtp/wet:ok"},
		{"boxes are no status", "[x] " + wet + "\n[ ] " + dry, "1:smtp/wet:warning 2:smtp/wet:ok"},
		{"symbols", "✔ " + wet + "\n❌ Frob State: " + dry + "\n- ⚠️ " + dry + "\n:x: " + wet,
			"1:smtp/wet:ok 2:smtp/wet:error 3:smtp/wet:warning 4:smtp/wet:error"},
		{"a symbol beside a name", "Frob State ❌\nZone State: ✅", "1:smtp/wet:error 2:dns/cold:ok"},
		{"a symbol in prose", "✅ Called the customer\n❌ not yet done\nWe like the Frob State ✅", ""},
		{"name and status", "Frob State: Bad\nZone State\tOK\nfoo", "1:smtp/wet:error 2:dns/cold:ok"},
		{"name and status, as a title", "Frob State Bad", ""},
		{"one word and a colon may be anything", "LISTONE: OK", ""},
		{"lists with times", "OK\tLISTONE\t\t\t12\nBad\tlists.example.net\t192.0.2.1 was seen  Detail\t900\t1",
			"1:list/on:ok 2:list/on:error"},
	})
}

func TestPictures(t *testing.T) {
	try(t, []layout{
		{"lost dash", "Bad " + dry + "\nFrob State OK " + wet, "1:smtp/wet:error 2:smtp/wet:ok"},
		{"a status word before prose", "Bad luck with the weather\nOK The rest is fine", ""},
		{"joined cells", "Frob StateBad - " + dry + "\nFrob State" + wet, "1:smtp/wet:error 2:smtp/wet:warning"},
		{"joined rows", "Frob State" + dry + "HelpZone StateBad - " + cold + "HelpIcon BadFrob State" + dry,
			"1:smtp/wet:ok 1:dns/cold:error 1:smtp/wet:error"},
		{"rows without line ends", "Frob State " + wet + " Zone State OK - " + cold + " smtp mail.example.com " + dry,
			"1:smtp/wet:warning 1:dns/cold:ok 1:smtp/wet:ok@mail.example.com"},
		{"capitals that belong together", "MXTester BOOK - " + dry, "1:smtp/wet:ok"},
	})
}

func TestWrappedLines(t *testing.T) {
	try(t, []layout{
		{"mail", "They say: The frob is very\nwet today, and so on.", "1:smtp/wet:warning"},
		{"quoted mail", "> Bad - The frob is\n> dry and\n> > The zone is - alas -\n> cold",
			"1:smtp/wet:error 3:dns/cold:error"},
		{"quoting that broke", "> The frob is very wet\ntoday", "1:smtp/wet:warning"},
		{"summary table", "smtp   mail.example.com   The frob is very\n                          wet today",
			"1:smtp/wet:warning@mail.example.com"},
		{"narrow column", "The frob\nis very\nwet\ntoday", "1:smtp/wet:warning"},
		{"soft line end", "Bad - The frob is very we=\nt today", "1:smtp/wet:error"},
		{"prose before the sentence", "first line\nsecond The zone is - alas -\ncold", "2:dns/cold:error"},
		{"an empty line parts", "The frob is very\n\nwet today", ""},
		{"a row parts", "The frob is\nFrob State\n" + dry, "3:smtp/wet:ok"},
		{"a transcript parts", "EHLO x.example.net\n250 The frob is\ndry", ""},
	})
	rep := text.Read(cold+"\nasked ns1.example.com and\nheard nothing", vocabulary{})
	if len(rep.Findings) != 1 || rep.Findings[0].Values["answer"].Text != "heard" {
		t.Errorf("a wrapped detail gave %+v", rep.Findings)
	}
}

func TestRemarks(t *testing.T) {
	try(t, []layout{
		{"an arrow behind a row", "Frob State\tBad - " + dry + " <- this one!", "1:smtp/wet:error"},
		{"words behind a row", "smtp mail.example.com " + wet + " what is that", "1:smtp/wet:warning@mail.example.com"},
		{"lines between rows", "Bad - " + dry + "\nwe do not understand this\nFrob State\nnor this?\n" + wet,
			"1:smtp/wet:error 5:smtp/wet:warning"},
		{"a question is no mark", "Is that OK: " + wet, "1:smtp/wet:warning"},
		{"an answer is no mark", "I think it is OK - " + wet, "1:smtp/wet:warning"},
		{"a mark behind a full stop", "Hello. OK: " + wet, "1:smtp/wet:ok"},
		{"a mark behind a word", "It shows Bad - " + dry, "1:smtp/wet:error"},
		{"somebody talks", "OK - we shall do it on Monday", ""},
		{"a monitoring system", "SMTP OK - 0.012 sec. response time", ""},
	})
}

func TestDenials(t *testing.T) {
	for _, s := range []string{
		`It does not say "%s" any more.`, `There is no warning like "%s".`, `We get no "%s" now.`,
		`"%s" is gone.`, `The warning "%s" was not raised.`, `%s has been fixed`, `"%s" is no longer shown, thanks.`,
		"It does not say\n\"%s\"", "The message \"%s\"\nhas disappeared.", `„%s“ steht nicht mehr da.`,
		`Es gibt keine Warnung „%s“.`, `« %s » a disparu.`, `Le test n’affiche plus « %s ».`, `«%s» ya no aparece.`,
		`If the report said "%s", we would act.`, `The test never reported "%s".`, `It doesn't show Bad - %s`,
	} {
		if got := brief(fmt.Sprintf(s, wet)); got != "" {
			t.Errorf("%q: got %q, want nothing", s, got)
		}
	}
	for _, s := range []string{
		`It says "%s".`, `How is "%s" fixed?`, `"%s" is not fixed.`, `We do not understand "%s".`, `No. "%s"`,
		`Das Werkzeug meldet „%s“, was tun?`, `L’outil affiche « %s », que faire ?`, `Dice «%s», ¿es grave?`,
		`It does not say that; it says "%s".`, `%s. A week ago that was not raised.`, "nothing is wrong, no\n\n%s",
		"Frob State\t%s is gone", "smtp\tmail.example.com\t%s was fixed", "Bad - %s\nis gone", "%s\n%[1]s is a new row",
	} {
		if got := brief(fmt.Sprintf(s, wet)); !strings.Contains(got, "smtp/wet") {
			t.Errorf("%q: got %q, want a finding", s, got)
		}
	}
}

func TestSubjects(t *testing.T) {
	var tests []layout
	for typed, want := range map[string]string{
		"smtp:MAIL.Example.com.":                    "mail.example.com",
		"smtp:mail.example.com:587":                 "mail.example.com",
		"SMTP: mail.example.com":                    "mail.example.com",
		"smtp:[2001:DB8::25]:25":                    "2001:db8::25",
		"smtp:2001:db8::25":                         "2001:db8::25",
		"smtp:192.0.2.25:25":                        "192.0.2.25",
		"https:https://www.example.com/path?a=b":    "www.example.com",
		"mx:somebody@example.com":                   "example.com",
		"mx:B\u00dcCHER.example":                    "xn--bcher-kva.example",
		"mx:xn--BCHER-kva.example":                  "xn--bcher-kva.example",
		"smtp\tmail.example.com:25\t":               "mail.example.com",
		"mx:example.com   Find Problems   More Now": "example.com",
		"Looking at mail.example.com":               "mail.example.com",
		"smtp\nmail.example.com":                    "mail.example.com",
	} {
		separator := "\n"
		if strings.HasSuffix(typed, "\t") {
			separator = ""
		}
		line := 1 + strings.Count(typed+separator, "\n")
		tests = append(tests, layout{typed, typed + separator + wet, fmt.Sprintf("%d:smtp/wet:warning@%s", line, want)})
	}
	try(t, append(tests, []layout{
		{"host cell", "mail.example.com\tFrob State\t" + wet + "\nFrob State\tmx.example.net\t" + dry,
			"1:smtp/wet:warning@mail.example.com 2:smtp/wet:ok@mx.example.net"},
		{"host and colon", "mail.example.com: " + wet, "1:smtp/wet:warning@mail.example.com"},
		{"host in prose", "our mail.example.com says " + wet, "1:smtp/wet:warning"},
		{"rows, then their transcripts", wet + "\ndialling 192.0.2.1\n220 a\n" + dry + "\ndialling 192.0.2.2\n",
			"1:smtp/wet:warning@192.0.2.1 4:smtp/wet:ok@192.0.2.2"},
		{"transcripts, then their rows", "dialling 192.0.2.1\n" + wet + "\ndialling 192.0.2.2\n" + dry,
			"2:smtp/wet:warning@192.0.2.1 4:smtp/wet:ok@192.0.2.2"},
		{"transcripts without rows between", "dialling 192.0.2.1\ndialling 192.0.2.2\n" + dry, "3:smtp/wet:ok"},
		{"a timed line", "dialling 192.0.2.1\nBad - " + dry + " [562 ms]\n" + wet, "3:smtp/wet:warning@192.0.2.1"},
	}...))
}

func TestThreads(t *testing.T) {
	try(t, []layout{
		{"quoted", wet + "\n> " + wet + "\n>> " + wet, "1:smtp/wet:warning"},
		{"answer above the report", "> " + wet + "\nWe cannot see that.\n\n>> smtp:mail.example.com\n>> " + wet,
			"1:smtp/wet:warning@mail.example.com"},
		{"mail that marks nothing", wet + "\n\nOn Monday somebody wrote:\n" + wet, "1:smtp/wet:warning"},
		{"original message", wet + "\n-----Ursprüngliche Nachricht-----\n" + wet, "1:smtp/wet:warning"},
		{"header", wet + "\nVon: a@example.com\nGesendet: Montag\nAn: b\n" + wet, "1:smtp/wet:warning"},
		{"beside its name in the copy", wet + "\n> Frob State\t" + wet, "1:smtp/wet:warning"},
		{"not quoted", wet + "\n\n" + wet, "1:smtp/wet:warning"},
		{"quoted, of another host", "smtp:a.example.com\n" + wet + "\n> smtp:b.example.com\n> " + wet,
			"2:smtp/wet:warning@a.example.com 4:smtp/wet:warning@b.example.com"},
		{"a mail server's log", "Nov  3 09:56:28 mx smtpd[4711]: Bad - " + wet + "\n" +
			"2026-11-03T09:56:28.123+01:00 mx postfix/smtpd[4711]: " + wet, ""},
		{"a row with a date", "2026-11-03 09:56:28 Bad - " + wet, "1:smtp/wet:error"},
	})
}

func TestBounds(t *testing.T) {
	for name, document := range map[string]string{
		"open tags":     strings.Repeat("<tr><td>", 100000),
		"open brackets": strings.Repeat("[", 200000) + "\n" + strings.Repeat("](", 100000),
		"open rows":     strings.Repeat("<tr>\n", 50000),
		"asterisks":     strings.Repeat("*a", 100000),
		"capitals":      strings.Repeat("A", 300000) + "\n" + strings.Repeat("Aa", 100000),
		"bullets":       strings.Repeat("- 1. ", 50000),
		"addresses":     strings.Repeat("http://example.com/a.png ", 10000),
		"hosts":         strings.Repeat("smtp a.example ", 20000),
		"entities":      strings.Repeat("&lt;tr&gt;&#10;", 20000),
		"short lines":   strings.Repeat("a\n", 100000),
		"equals signs":  strings.Repeat("a=\n", 50000),
		"sentences":     strings.Repeat("x "+wet+" ", 3000),
		"pieces":        strings.Repeat("<br>a", 100000),
		"links":         strings.Repeat("[a](b)", 50000),
		"one tag":       strings.Repeat(strings.Repeat("<", 500)+">", 1000),
		"on and on":     strings.Repeat("wet today The frob is very\n", 20000),
		"struck out":    strings.Repeat("[s]x\n<s>\n~~x ", 20000),
		"struck ends":   "[s]" + strings.Repeat("x[/ \n", 50000) + "[/s]",
		"questions":     strings.Repeat("if you see \""+wet+"\"? ", 2000),
		"titles":        strings.Repeat("message\tmeaning\n", 20000),
		"code":          strings.Repeat("const x = {\n", 20000),
		"marks":         strings.Repeat("Bad - ", 20000) + wet,
	} {
		t.Run(name, func(t *testing.T) {
			if rep := text.Read(document, vocabulary{}); len(rep.Findings) > rows.MaxFindings {
				t.Errorf("%d findings", len(rep.Findings))
			}
		})
	}
}

func FuzzRead(f *testing.F) {
	for _, seed := range []string{"<tr><td>smtp\n<td>a.example.com<td>" + wet, "[tr][td]Frob State[/td][td]&#10;x",
		"Frob StateBad - " + dry + "HelpZone State" + cold, "1  Bad  Frob State\n\n- ⚠️ :x: " + cold,
		"> The frob is very=\nwet today\n\"a\",\"b\";c;d|e", "smtp\na.example\nx\n250 a [1 ms]\nNov  3 09:56:28 a b[1]: c",
		"![x](y.png)[b](c) *a* `d`\u2502\ufe0f", "It does not say\n\"" + wet + "\" is gone. OK - I"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		document = strings.ToValidUTF8(document, "?")
		rep := text.Read(document, vocabulary{})
		if again := text.Read(document, vocabulary{}); !reflect.DeepEqual(rep, again) {
			t.Fatalf("two readings of %q differ", document)
		}
		last := 1 + strings.Count(document, "\n") + strings.Count(document, "\r")
		for i, x := range rep.Findings {
			if x.Line < 1 || x.Line > last || x.N != i+1 || x.Text == "" || x.Status == "" ||
				strings.ContainsAny(x.Text, "\r\n\t") {
				t.Fatalf("of %q: %+v", document, x)
			}
		}
	})
}
