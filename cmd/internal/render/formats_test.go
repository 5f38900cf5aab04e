package render

import (
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/parser/report"
)

// The parts of a page by which the levels are told apart.
const (
	anAnswer   = "RESULT"
	anEvidence = "smtp.starttls.missing: no"
	aLog       = "DNS EXCHANGES"
)

// parting is the line in a ticket above which the customer's part ends.
var parting = strings.Repeat(".", ticketWidth)

// A terminal shows the answer, a ticket the evidence too; more of it where more is asked for, and the reply is always the reply.
func TestLevelsOfFormats(t *testing.T) {
	for _, test := range []struct {
		format                string
		level                 document.Level
		answer, evidence, log bool
	}{
		{"text", document.Answer, true, false, false}, {"text", document.Evidence, true, true, false}, {"text", document.Log, true, true, true},
		{"ticket", document.Answer, true, true, false}, {"ticket", document.Log, true, true, true},
		{"reply", document.Answer, false, false, false}, {"reply", document.Log, false, false, false},
	} {
		out := flat(as(t, test.format, founding(), Options{Level: test.level, Width: 200}))
		for what, shown := range map[string]bool{anAnswer: test.answer, anEvidence: test.evidence, aLog: test.log} {
			if strings.Contains(out, what) != shown {
				t.Errorf("%s at level %d: %q should be shown: %v\n%s", test.format, test.level, what, shown, out)
			}
		}
		places(t, out, "Your report about")
	}
}

// How to see more is said where there is more, and only there.
func TestHowToSeeMore(t *testing.T) {
	for _, test := range []struct {
		name  string
		r     result.Result
		o     Options
		shown bool
	}{
		{"an answer", founding(), Options{}, true},
		{"with evidence", founding(), Options{Level: document.Evidence}, false},
		{"the whole log", founding(), Options{Level: document.Log}, false},
		{"for customers", founding(), Options{For: document.Customer}, false},
	} {
		out := as(t, "text", test.r, test.o)
		if strings.Contains(out, "MORE") != test.shown || strings.Contains(out, "-vv") != test.shown {
			t.Errorf("%s: more should be told of: %v\n%s", test.name, test.shown, out)
		}
	}
	if out := read(t, "text", []report.Report{founding().Report}, false, Options{}); strings.Contains(out, "MORE") {
		t.Errorf("what was understood has no more to it:\n%s", out)
	}
}

// What is for the customer stands first in a ticket, parted by a line that says so from what is not; alone it is the reply.
func TestTicketPartsCustomerAndDesk(t *testing.T) {
	r := founding()
	out := as(t, "ticket", r, Options{})
	sent, desk, found := strings.Cut(out, parting+"\n")
	if !found || strings.Count(out, parting) != 1 {
		t.Fatalf("the parts are not told apart:\n%s", out)
	}
	places(t, strings.SplitN(desk, "\n", 2)[0], "not for the customer")
	reply := as(t, "reply", r, Options{})
	if strings.TrimSpace(sent) != strings.TrimSpace(reply) {
		t.Errorf("the customer's part is no reply:\n%s", sent)
	}
	if customer := as(t, "ticket", r, Options{For: document.Customer}); customer != reply {
		t.Errorf("a ticket for customers is\n%s", customer)
	}
	internal := as(t, "ticket", r, Options{For: document.Internal})
	if strings.Contains(internal, parting) || strings.Contains(internal, "Your report about") {
		t.Errorf("a ticket for the desk holds the reply:\n%s", internal)
	}
	places(t, internal, "RESULT")
}

// A reply is sent as it stands: no title, no indent, no line of ours about it.
func TestReplyIsReadyToSend(t *testing.T) {
	out := as(t, "reply", founding(), Options{Color: true})
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "  ") || strings.Contains(line, "REPLY") || strings.Contains(line, "\x1b") {
			t.Errorf("%q", line)
		}
	}
	if !strings.HasPrefix(out, "Your report about") {
		t.Errorf("it begins with %.40q", out)
	}
}

// Logs are cut to the room that there is, and then evidence; what was cut is said, and the answer never is.
func TestMaxChars(t *testing.T) {
	r := founding()
	for _, format := range []string{"text", "ticket"} {
		whole := as(t, format, r, Options{Level: document.Log})
		if cut := as(t, format, r, Options{Level: document.Log, MaxChars: utf8.RuneCountInString(whole)}); cut != whole {
			t.Errorf("%s: something was cut though there was room", format)
		}
		last := whole
		for _, room := range []int{utf8.RuneCountInString(whole) - 1, 6000, 3500} {
			cut := as(t, format, r, Options{Level: document.Log, MaxChars: room})
			if n := utf8.RuneCountInString(cut); n > room || n >= utf8.RuneCountInString(last) {
				t.Errorf("%s: %d characters, where there was room for %d", format, n, room)
			}
			places(t, flat(cut), "LEFT OUT", "--format json", "Your report about", "RESULT", "Open relay")
			last = cut
		}
		// The log goes before the evidence, and its last section first.
		cut := as(t, format, r, Options{Level: document.Log, MaxChars: utf8.RuneCountInString(whole) - 1})
		places(t, flat(cut), anEvidence)
		if strings.Contains(cut, "HOW LONG OTHERS WAIT") || !strings.Contains(cut, aLog) {
			t.Errorf("%s: another section than the last of the log was cut:\n%s", format, cut)
		}
		// An answer that does not fit is given all the same.
		least := as(t, format, r, Options{Level: document.Log, MaxChars: 1})
		places(t, flat(least), "Your report about", "RESULT", "Name server without answer", "LEFT OUT")
		if strings.Contains(least, anEvidence) {
			t.Errorf("%s: evidence was not cut:\n%s", format, least)
		}
	}
	if reply := as(t, "reply", r, Options{MaxChars: 1}); reply != as(t, "reply", r, Options{}) {
		t.Errorf("the reply was cut:\n%s", reply)
	}
	// The limit is in characters, of which one may take four bytes.
	r.Judgement.Verdicts[0].Says = strings.Repeat("\u00e4", 1000)
	places(t, as(t, "text", r, Options{Level: document.Evidence, MaxChars: utf8.RuneCountInString(as(t, "text", r, Options{Level: document.Evidence}))}), "\u00e4")
}

// Formats for programs take no notice of what readers want to see.
func TestProgramsGetEverything(t *testing.T) {
	r := founding()
	for _, format := range []string{"json", "jsonl"} {
		if as(t, format, r, Options{}) != as(t, format, r, Options{Level: document.Log, MaxChars: 10, Width: 40, Color: true}) {
			t.Errorf("%s depends on options for people", format)
		}
	}
	places(t, as(t, "json", r, Options{}), `"reply": "Your report about`, `"plain": "`, `"topic": "`)
}

// Every format that --format could name is here once, with words about it, and can be found by its name.
func TestTableOfFormats(t *testing.T) {
	seen := map[string]bool{}
	people := true
	for _, f := range Formats() {
		if found, ok := Named(f.Name); seen[f.Name] || f.About == "" || !ok || found.Name != f.Name {
			t.Errorf("%q stands twice, or has no words about it", f.Name)
		}
		seen[f.Name] = true
		if f.ForPeople() && !people {
			t.Errorf("%s stands behind those for programs", f.Name)
		}
		people = f.ForPeople()
	}
	if _, ok := Named("xml"); ok || !seen["text"] || !seen["reply"] || !seen["ticket"] || !seen["json"] || !seen["jsonl"] {
		t.Errorf("formats %v", seen)
	}
}

// The account of the rows stands among the first lines of every page, and in JSON.
func TestRowsNearTheTop(t *testing.T) {
	const judged = "10 rows: 7 judged, 1 not decided, 1 shown as OK, 1 not understood (line 12)"
	top := func(page string, lines int) string {
		all := strings.Split(page, "\n")
		return flat(strings.Join(all[:min(lines, len(all))], "\n"))
	}
	r := founding()
	places(t, top(as(t, "text", r, Options{}), 4), judged)
	places(t, top(as(t, "text", r, Options{Color: true, Width: 40}), 6), judged)
	_, desk, _ := strings.Cut(as(t, "ticket", r, Options{}), parting)
	places(t, top(desk, 8), judged)
	places(t, jsonOf(t, r), `"rows": {`, `"total": 10`, `"judged": 7`, `"undecided": 1`, `"untested": 0`, `"ok": 1`, `"not_understood": 1`)

	read2 := read(t, "text", []report.Report{r.Report, r.Report}, true, Options{})
	const understood = "10 rows: 9 understood (3 error, 5 warning, 1 ok), 1 not understood (line 12)"
	places(t, top(read2, 6), understood)
	if n := strings.Count(flat(read2), understood); n != 2 {
		t.Errorf("two reports, and %d accounts", n)
	}
	places(t, read(t, "json", []report.Report{r.Report}, false, Options{}), `"rows": {`, `"total": 10`, `"understood": 9`, `"not_understood": 1`)
	// Customers are told of what was not understood, in their words.
	places(t, flat(as(t, "reply", r, Options{})), "The moon is in the wrong phase")
}

// One document after the other, in the order in which they came.
func TestSeveralResultsInARow(t *testing.T) {
	second := founding()
	second.Report.Target.Host = "other.example.com"
	for _, format := range []string{"text", "ticket", "reply"} {
		out := flat(written(t, func(w io.Writer) error {
			return the(format).Results(w, []result.Result{founding(), second}, true, Options{})
		}))
		if at := strings.Index(out, invented.Host); at < 0 || at > strings.Index(out, "other.example.com") {
			t.Errorf("%s:\n%s", format, out)
		}
	}
}
