package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

var update = flag.Bool("update", false, "write the golden files and schemas again")

// written returns what a renderer writes.
func written(t testing.TB, render func(io.Writer) error) string {
	t.Helper()
	var out bytes.Buffer
	if err := render(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// the is a format by its name.
func the(name string) Format {
	f, ok := Named(name)
	if !ok {
		panic("no format " + name)
	}
	return f
}

// as writes a result in a format.
func as(t testing.TB, format string, r result.Result, o Options) string {
	return written(t, func(w io.Writer) error { return the(format).Results(w, []result.Result{r}, false, o) })
}

// text is the whole log at a terminal.
func text(t testing.TB, r result.Result, o Options) string {
	o.Level = document.Log
	return as(t, "text", r, o)
}

// ticket is a ticket with the whole log.
func ticket(t testing.TB, r result.Result) string {
	return as(t, "ticket", r, Options{Level: document.Log})
}

// read writes a report that nobody judged in a format.
func read(t testing.TB, format string, reports []report.Report, many bool, o Options) string {
	return written(t, func(w io.Writer) error { return the(format).Reports(w, reports, many, o) })
}

func founding() result.Result { return invented.Founding() }

func jsonOf(t testing.TB, rs ...result.Result) string {
	return written(t, func(w io.Writer) error { return JSON(w, rs, false) })
}

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is stale; if the change is meant, run go test ./cmd/internal/render -update\n%s", path, diff)
	}
}

func TestGolden(t *testing.T) {
	r := founding()
	reports := []report.Report{r.Report}
	for file, got := range map[string]string{
		"founding.txt":        as(t, "text", r, Options{}),
		"founding.v.txt":      as(t, "text", r, Options{Level: document.Evidence}),
		"founding.vv.txt":     as(t, "text", r, Options{Level: document.Log}),
		"founding.reply.txt":  as(t, "reply", r, Options{}),
		"founding.ticket.txt": as(t, "ticket", r, Options{}),
		"founding.json":       as(t, "json", r, Options{}),
		"founding.parse.txt":  read(t, "text", reports, false, Options{}),
		"founding.parse.json": read(t, "json", reports, false, Options{}),
	} {
		t.Run(file, func(t *testing.T) { golden(t, filepath.Join("testdata", file), got) })
	}
}

// attacks are strings that somebody's terminal, help desk, browser or CI runner obeys.
var attacks = map[string]string{
	"terminal":   "\x1b[2J\x1b]0;owned\x07\u009b31m\x9b\x7f\x00\r\nOVER\tWRITE\x08",
	"bidi":       "a\u202eevil\u202c\u2066x\u2069\u200e\u200f\u061c",
	"zero width": "a\u200bb\u200c\u200d\ufeff\u2060\u00ad\u034f\u180e\U000e0041\ufe0f\u3164\u2800",
	"lines":      "a\u2028b\u2029c\u0085d\ve\ff\r\n# heading\r\n::error::x\n/close\n",
	"not UTF-8":  "\xff\xfe\xc0\x80\xed\xa0\x80\xf4\x90\x80\x80",
	"html":       "<script>alert(1)</script><img src=x onerror=y> &lt;b&gt; <!-- ＜b＞",
	"markdown": "![x](http://example.net/p.png) [a](javascript:b) <a>(b) `c` ```" +
		"\n# h\n- l\n> q\n---\n===\n| a | b |",
	"jira":           "{code} {noformat} h1. x\n* y\n|| h || !http://example.net/p.png! [~admin] ![~admin] <~admin> {color:red}",
	"ci":             "##[error]x ##vso[task.x]y ##teamcity[z] ###[q ##<a ::set-output name=a::b ::error::c",
	"slash":          "/close /assign @me @all a@example.com (@team) /spend 1h",
	"marks":          strings.Repeat("# - + * = | /close :: ::error h1. bq. > @x ", 5),
	"marks alone":    strings.Repeat("#", 160) + " " + strings.Repeat("::x", 40) + " " + strings.Repeat("/", 120),
	"long":           strings.Repeat("x", 300),
	"wide":           strings.Repeat("\u4e16\U0001f600", 50),
	"blanks":         "   " + strings.Repeat(" ", 200) + "a" + strings.Repeat(" \u00a0\u3000", 90),
	"quotes":         `"it's" "` + strings.Repeat(` 'a -b'`, 40) + ` \`,
	"long address":   strings.Repeat(strings.Repeat("a", 30)+"@b.", 12),
	"behind a blank": "\u00a0! \u3000::error::",
	"empty":          "",
}

// obeyed tells whether a character changes how others are shown, or is not shown. The list is written out so that a
// mistake in hidden cannot hide itself.
func obeyed(r rune) bool {
	for _, span := range [][2]rune{{0, 9}, {0xb, 0x1f}, {0x7f, 0x9f}, {0xad, 0xad}, {0x34f, 0x34f}, {0x61c, 0x61c},
		{0x115f, 0x1160}, {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x2800, 0x2800},
		{0x3164, 0x3164}, {0xe000, 0xf8ff}, {0xfe00, 0xfe0f}, {0xfeff, 0xfeff}, {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}} {
		if r >= span[0] && r <= span[1] {
			return true
		}
	}
	return false
}

var (
	ciAnywhere = regexp.MustCompile(`##(\[|\pL)`)
	ciLine     = regexp.MustCompile(`^\s*::[A-Za-z]`)
)

func checkText(t *testing.T, out string) {
	t.Helper()
	if !utf8.ValidString(out) {
		t.Error("the output is not UTF-8")
	}
	if i := strings.IndexFunc(out, obeyed); i >= 0 {
		t.Errorf("%+.12q passed alive", out[i:])
	}
	for line := range strings.Lines(out) {
		if ciAnywhere.MatchString(line) || ciLine.MatchString(line) {
			t.Errorf("a CI runner obeys %q", line)
		}
	}
}

// checkWidth allows a line to be too long only if its last word alone makes it so.
func checkWidth(t *testing.T, out string, width int, commands []string) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if slices.Contains(commands, strings.TrimSpace(line)) {
			continue
		}
		if blank := strings.LastIndexByte(strings.TrimRight(line, " "), ' '); utf8.RuneCountInString(line) > width &&
			blank >= 0 && utf8.RuneCountInString(line[:blank]) > width {
			t.Errorf("more than one word beyond column %d: %q", width, line)
		}
	}
}

var (
	ticketLine   = regexp.MustCompile("^\\s*([-#/=*+|~_^`!@:]|(h[1-6]|bq)\\.)")
	ticketInline = regexp.MustCompile("[<>{}＜＞]|\\]\\(|!\\[|!http|\\[~|```|(^|[^\\pL\\pN])@|[\\x{10000}-\\x{10ffff}]")
)

func checkTicket(t *testing.T, out string) {
	t.Helper()
	checkText(t, out)
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if n := utf8.RuneCountInString(line); n > 76 {
			t.Errorf("%d columns: %q", n, line)
		}
		// The points of the reply are a list, whose dashes are ours. What stands behind one could be obeyed there too.
		if line = strings.TrimPrefix(line, "- "); ticketLine.MatchString(line) || ticketInline.MatchString(line) {
			t.Errorf("a help desk obeys %q", line)
		}
	}
}

// checkJSON compares what is read from the output with what encoding/json itself says of the document.
func checkJSON(t *testing.T, out string, document any) {
	t.Helper()
	if i := strings.IndexFunc(out, obeyed); i >= 0 || !utf8.ValidString(out) {
		t.Errorf("%+.12q stands in the JSON as it is", out[max(i, 0):])
	}
	if at := ciAnywhere.FindString(out); at != "" {
		t.Errorf("a CI runner obeys %q", at)
	}
	plainly, err := json.Marshal(document)
	if err != nil {
		t.Fatal(err)
	}
	var got, want any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("not JSON: %v", err)
	}
	if err := json.Unmarshal(plainly, &want); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("escaping changed values:\n%s", cmp.Diff(want, got))
	}
}

// checkAll holds every format to its promises, the terminal's at each of the widths.
func checkAll(t *testing.T, r result.Result, widths ...int) {
	t.Helper()
	var commands []string
	for _, v := range r.Judgement.Verdicts {
		for _, c := range v.Commands {
			commands = append(commands, strings.TrimSpace(Clean(strings.TrimSpace(c))), "..."+Clean(strings.TrimSpace(c)))
		}
	}
	for _, width := range widths {
		out := text(t, r, Options{Width: width})
		checkText(t, out)
		checkWidth(t, out, widthOf(Options{Width: width}), commands)
	}
	ansi := regexp.MustCompile("\x1b\\[[0-9;]*m")
	colored := as(t, "text", r, Options{Color: true, Level: document.Log})
	if got := ansi.ReplaceAllString(colored, ""); got != text(t, r, Options{}) {
		t.Error("colour changes more than the colour")
	}
	checkTicket(t, ticket(t, r))
	checkTicket(t, as(t, "reply", r, Options{}))
	for _, f := range Formats() {
		if f.ForPeople() {
			checkText(t, as(t, f.Name, r, Options{Level: document.Log}))
			checkText(t, read(t, f.Name, []report.Report{r.Report}, false, Options{}))
		}
	}
	checkJSON(t, jsonOf(t, r), documentOf(r))
	reports := []report.Report{r.Report}
	checkText(t, read(t, "text", reports, false, Options{}))
	checkJSON(t, read(t, "json", reports, false, Options{}), readDocumentOf(r.Report))
	lines := written(t, func(w io.Writer) error { return JSONLines(w, []result.Result{r, r}) })
	if n := strings.Count(lines, "\n"); n != 2 {
		t.Errorf("%d lines of JSON for 2 results", n)
	}
	first, _, _ := strings.Cut(lines, "\n")
	checkJSON(t, first, documentOf(r))
}

func TestHostile(t *testing.T) {
	for name, attack := range attacks {
		t.Run(name, func(t *testing.T) { checkAll(t, invented.Hostile(attack), 20, 0) })
	}
	t.Run("founding", func(t *testing.T) { checkAll(t, founding(), 0, 20, 41, 200) })
	t.Run("nothing", func(t *testing.T) { checkAll(t, result.Result{}, 0) })
	t.Run("absurd numbers", func(t *testing.T) {
		r := founding()
		r.Judgement.Verdicts[0].Patience[0].Waits = 1e300
		r.Judgement.Verdicts[0].WouldSee[0].Limit = -1e300
		r.Report.Findings[2].Values["seconds"] = report.Number(1e308)
		r.Evidence.Sessions[0].Events[0].Start = evidence.Seconds(-1 << 63)
		r.Evidence.Sessions[0].Events[1].Reply.Lines[0].At = evidence.Seconds(1<<63 - 1)
		checkAll(t, r, 0)
	})
}

// reduced leaves one of each, so that the fuzzer gets on.
func reduced(r result.Result) result.Result {
	r.Report.Findings, r.Judgement.Unrecognised = r.Report.Findings[:1], nil
	r.Judgement.Verdicts, r.Judgement.Causes = r.Judgement.Verdicts[:1], r.Judgement.Causes[:1]
	v := &r.Judgement.Verdicts[0]
	v.Findings, v.Measured, v.Patience, v.WouldSee = v.Findings[:1], v.Measured[:1], v.Patience[:1], v.WouldSee[:1]
	r.Evidence.Exchanges = r.Evidence.Exchanges[:1]
	r.Evidence.Sessions = r.Evidence.Sessions[:1]
	r.Evidence.Sessions[0].Events = r.Evidence.Sessions[0].Events[4:6]
	return r
}

func FuzzRender(f *testing.F) {
	for _, attack := range attacks {
		f.Add(attack)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 300 {
			return
		}
		checkAll(t, reduced(invented.Hostile(s)), 41)
		if c := Clean(s); Clean(c) != c {
			t.Errorf("cleaning twice changes %q", c)
		}
	})
}

func TestClean(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":            {"220 mail.example.com ESMTP", "220 mail.example.com ESMTP"},
		"letters":          {"Grüße, 世界, é", "Grüße, 世界, é"},
		"escape sequence":  {"a\x1b[31mb", `a\x1b[31mb`},
		"line ends":        {"a\r\nb\tc", `a\r\nb\tc`},
		"C1":               {"a\u009bb", `a\u009bb`},
		"invalid byte":     {"a\x9bb", `a\x9bb`},
		"override":         {"a\u202eb", `a\u202eb`},
		"byte order mark":  {"\ufeffa", `\ufeffa`},
		"separator":        {"a\u2028b", `a\u2028b`},
		"tag":              {"a\U000e0041", `a\U000e0041`},
		"blanks":           {"a\u00a0b\u3000c", "a b c"},
		"number signs":     {"# ## ##1", "# ## ##1"},
		"CI command":       {"x ##[error]", `x #\x23[error]`},
		"looks escaped":    {`a\x1b`, `a\x1b`},
		"replacement rune": {"a\ufffdb", "a\ufffdb"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Clean(c.in); got != c.want {
				t.Errorf("Clean(%+q) = %+q, want %+q", c.in, got, c.want)
			}
		})
	}
}

func TestLine(t *testing.T) {
	for name, c := range map[string]struct {
		in    string
		width int
		want  string
	}{
		"fits":         {"abc", 3, "abc"},
		"too long":     {"abcd", 3, "ab…"},
		"after escape": {"\x1bcd", 5, `\x1b…`},
		"letters":      {"äöüß", 3, "äö…"},
		"one":          {"abc", 1, "…"},
		"none":         {"abc", 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Line(c.in, c.width); got != c.want {
				t.Errorf("Line(%q, %d) = %q, want %q", c.in, c.width, got, c.want)
			}
		})
	}
}

// places returns where each of the texts stands, and fails if one is missing.
func places(t *testing.T, out string, texts ...string) []int {
	t.Helper()
	var at []int
	for _, s := range texts {
		i := strings.Index(out, s)
		if i < 0 {
			t.Errorf("%q is missing in\n%s", s, out)
		}
		at = append(at, i)
	}
	return at
}

// flat undoes wrapping, so that sentences can be looked for.
func flat(s string) string { return strings.Join(strings.Fields(s), " ") }

func TestWhatHarmsStandsFirst(t *testing.T) {
	r := founding()
	for _, out := range []string{text(t, r, Options{}), ticket(t, r)} {
		_, evidence, _ := strings.Cut(out, "NOTICES") // before it stand the reply and the lines of the verdicts
		at := places(t, evidence, "REPORT", "CAUSE", "Name server without answer\n", "Open relay\n", "Name in the greeting\n",
			"Encryption offered (STARTTLS)\n", "SOA serial format\n", "PATIENCE", "NOT UNDERSTOOD", "SMTP SESSION 1",
			"DNS EXCHANGES")
		if !slices.IsSorted(at) {
			t.Errorf("order %v in\n%s", at, out)
		}
		if at := places(t, out, "RESULT", "VERDICTS", "NOTICES"); !slices.IsSorted(at) {
			t.Errorf("order %v in\n%s", at, out)
		}
	}
}

func TestVerdictIsComplete(t *testing.T) {
	r := founding()
	mentions := []string{"line 4: Warning - Does not support TLS.", "The server does not offer STARTTLS.",
		"a handshake with TLS 1.3",
		"Do not change the TLS settings", "smtp.starttls.missing: no (session 1, handshake)", "RFC 3207", "local policy 7",
		"our yardstick is 5 s", "a reverse name stands in the greeting: yes", "severity high", "Start the name server",
		"line 9: One of your name servers", "line 10: Name server ns2", "300 s or more", "not known: no greeting came",
		"at ns1.example.com [192.0.2.53]", "604800 s", "RFC 5321 section 4.5.3.2.1", "2026-11-20 15:04:21 UTC",
		"line 8: OK - Not an open relay.", "The moon is in the wrong phase", "no IPv6", "2 bytes of the input"}
	for name, out := range map[string]string{"text": text(t, r, Options{Width: 200}), "ticket": ticket(t, r)} {
		t.Run(name, func(t *testing.T) { places(t, flat(out), mentions...) })
	}
}

func TestCommandsCanBeCopied(t *testing.T) {
	command := founding().Judgement.Verdicts[1].Commands[0]
	places(t, text(t, founding(), Options{Width: 40}), "\n      "+command+"\n")
	joined := strings.ReplaceAll(ticket(t, founding()), "\\\n    ", "")
	places(t, joined, "\n    "+command+"\n")
	for _, line := range shellLines(`printf 'a b c d e f g h' | nc -w 300 mail.example.com 25`, 20) {
		if strings.Count(line, "'")%2 != 0 {
			t.Errorf("broken inside quotes: %q", line)
		}
	}
}

func TestTranscript(t *testing.T) {
	r := founding()
	places(t, flat(text(t, r, Options{Width: 200})),
		`16.012 s << 220 mail.example.com ESMTP <ready>`, `16.013 s >> EHLO probe.example.net`, `>> MAIL FROM:<>`,
		`TLS handshake finished: TLS 1.3, TLS_AES_128_GCM_SHA256`, "quit failed: the server closed the connection",
		`2.000 s << 220-wait\xff`, "the last line of this reply never came",
		"300.010 s -- greeting failed: no answer before our own patience ended (after 300 s)", "attempt 2", "a control",
		"example.com SOA asked of ns1.example.com [192.0.2.53], udp with EDNS: NOERROR aa in 12 ms: example.com. 3600 IN SOA",
		"mx2.example.com AAAA asked of the resolver 192.0.2.1, udp: no answer before our own patience ended (after 5 s)",
		"old.example.com, preference 20; the name does not exist")
	places(t, flat(ticket(t, r)), "16.012 s S: 220 mail.example.com ESMTP [ready]", "C: MAIL FROM:[]")
}

func TestNumberOfJSONDocuments(t *testing.T) {
	for n, want := range map[int]reflect.Kind{0: reflect.Slice, 1: reflect.Map, 2: reflect.Slice} {
		for _, out := range []string{
			jsonOf(t, make([]result.Result, n)...),
			read(t, "json", make([]report.Report, n), false, Options{})} {
			var v any
			if err := json.Unmarshal([]byte(out), &v); err != nil {
				t.Fatal(err)
			}
			if reflect.ValueOf(v).Kind() != want || want == reflect.Slice && reflect.ValueOf(v).Len() != n {
				t.Errorf("%d results: %s", n, out)
			}
		}
	}
}

func TestJSONKeepsTheOrderOfItsContract(t *testing.T) {
	out := jsonOf(t, result.Result{})
	at := places(t, out, "\n  \"schema\"", "\n  \"report\"", "\n  \"started_at\": null", "\n  \"finished_at\": null",
		"\n  \"interrupted\"", "\n  \"notices\": []", "\n  \"summary\"", "\n  \"causes\": []", "\n  \"verdicts\": []",
		"\n  \"unrecognised\": []", "\n  \"evidence\"")
	if !slices.IsSorted(at) {
		t.Errorf("order %v in\n%s", at, out)
	}
}

func TestEvidenceDoesNotRepeatTheReport(t *testing.T) {
	r := founding()
	r.Evidence.Report = json.RawMessage(`{"schema":"another"}`)
	if out := jsonOf(t, r); strings.Contains(out, "another") {
		t.Error("two reports stand in one document")
	}
}

type broken struct{}

var errBroken = errors.New("broken")

func (broken) Write([]byte) (int, error) { return 0, errBroken }

func TestWriteErrorsAreReturned(t *testing.T) {
	r := founding()
	for _, f := range Formats() {
		for what, err := range map[string]error{"results": f.Results(broken{}, []result.Result{r}, false, Options{}),
			"reports": f.Reports(broken{}, []report.Report{r.Report}, false, Options{})} {
			if !errors.Is(err, errBroken) {
				t.Errorf("%s, %s: %v", f.Name, what, err)
			}
		}
	}
}

func TestNumbersKeepTheirUnit(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"unit":        {"it waits 15 s long", []string{"it waits", "15 s long"}},
		"at the end":  {"it waits 15 s", []string{"it waits", "15 s"}},
		"no unit":     {"it waits 15 so", []string{"it waits 15", "so"}},
		"only units":  {"s s s s s s s s", []string{"s s s s s s", "s s"}},
		"double room": {"it waits  for ever", []string{"it waits", "for ever"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := &page{layout: terminal{}, width: 12}
			if diff := cmp.Diff(c.want, p.wrap(c.in, 0, 0)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// An outcome that nobody knows is no verdict; in JSON too it is inconclusive.
func TestUnknownOutcomeIsInconclusive(t *testing.T) {
	for _, o := range []rules.Outcome{"", "CONFIRMED", "fine"} {
		r := result.Result{Judgement: rules.Judgement{Verdicts: []rules.Verdict{{About: "x", Verdict: o}}}}
		places(t, jsonOf(t, r), `"verdict": "inconclusive"`)
		if r.Judgement.Verdicts[0].Verdict != o {
			t.Error("rendering changed the result")
		}
	}
}
