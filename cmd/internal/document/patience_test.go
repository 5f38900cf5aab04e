package document

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/document/invented"
	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// waited is a verdict about a subject that rests on a wait for the greeting.
func waited(subject string, latency time.Duration, atLeast bool) rules.Verdict {
	return rules.Verdict{Subject: subject, Measured: []rules.Measured{{Fact: facts.SMTPGreetingLatency, Subject: subject, Value: facts.DurationValue(latency), AtLeast: atLeast}},
		WouldSee: []rules.WouldSee{{Subject: subject, Limit: 15, Greeting: rules.False, STARTTLS: rules.False}}}
}

// timesOf are the tables of some verdicts, and where what is in them is known from.
func timesOf(verdicts ...rules.Verdict) string {
	b := &builder{}
	b.times(verdicts)
	b.sources(verdicts)
	return plainly(Document{b.sections})
}

// The heading of a table states the wait only where it is one figure, and a lower bound as what it is.
func TestWaitInTheHeading(t *testing.T) {
	a16, a17, bound := waited("a", 16*time.Second, false), waited("a", 17*time.Second, false), waited("a", 300*time.Second, true)
	other := waited("a", 16*time.Second, false)
	other.Measured[0].Fact = facts.SMTPEHLOLatency
	unknown := waited("a", 0, false)
	unknown.Measured[0].Value = facts.Value{}
	tests := []struct {
		name     string
		verdicts []rules.Verdict
		want     string
	}{
		{"one figure", []rules.Verdict{a16}, "16 s"},
		{"the same twice", []rules.Verdict{a16, a16}, "16 s"},
		{"two figures", []rules.Verdict{a16, a17}, ""},
		{"two figures and one of them again", []rules.Verdict{a16, a17, a16}, ""},
		{"a lower bound", []rules.Verdict{bound}, "300 s or more"},
		{"a lower bound beside a figure", []rules.Verdict{bound, waited("a", 300*time.Second, false)}, ""},
		{"another wait", []rules.Verdict{other}, ""},
		{"not known", []rules.Verdict{unknown}, ""},
		{"another subject beside it", []rules.Verdict{waited("b", time.Second, false), a16}, "16 s"},
	}
	for _, test := range tests {
		if got := delay(test.verdicts, "a"); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if got := timesOf(bound); !strings.Contains(got, "PATIENCE  a, greeting after 300 s or more\n") {
		t.Errorf("the heading of a lower bound:\n%s", got)
	}
}

// Subjects share a table only if all that stands in it is true of each.
func TestOnlyEqualTimesShareATable(t *testing.T) {
	same := waited("b", 16*time.Second, false)
	later := waited("b", 17*time.Second, false)
	sees := waited("b", 16*time.Second, false)
	sees.WouldSee[0].Greeting = rules.True
	gives := waited("b", 16*time.Second, false)
	gives.Patience = []rules.PatienceRow{{Name: "Postfix", Sender: true, Waits: 300, GivesUp: rules.False}}
	for name, test := range map[string]struct {
		with rules.Verdict
		want int
	}{"the same": {same, 1}, "another delay": {later, 2}, "sees something else": {sees, 2}, "others give up": {gives, 2}} {
		got := timesOf(waited("a", 16*time.Second, false), test.with)
		if n := strings.Count(got, "PATIENCE"); n != test.want || strings.Contains(got, "PATIENCE  a, b,") != (test.want == 1) {
			t.Errorf("%s: %d tables, want %d\n%s", name, n, test.want, got)
		}
	}
}

// What is seen after each patience, from the shortest on; neighbours that see the same share a line, and only they.
func TestWhatIsSeenAfterEachPatience(t *testing.T) {
	row := func(limit float64, whose string, greeting, starttls rules.Truth) rules.WouldSee {
		return rules.WouldSee{Subject: "a", Limit: limit, Whose: whose, Greeting: greeting, STARTTLS: starttls}
	}
	tests := []struct {
		name string
		rows []rules.WouldSee
		want []string
	}{
		{"a late greeting and a late reply to EHLO", []rules.WouldSee{row(60, "", rules.True, rules.True), row(20, "", rules.True, rules.False),
			row(5, "", rules.False, rules.False), row(15, "MXToolbox", rules.False, rules.False), row(300, "", rules.True, rules.True)},
			[]string{"waiting 5 s, 15 s (MXToolbox): sees nothing, hangs up before the greeting",
				"waiting 20 s: sees the greeting, but not whether encryption is offered", "waiting 60 s, 300 s: sees everything"}},
		{"nothing is known", []rules.WouldSee{row(5, "", rules.Unknown, rules.Unknown), row(15, "", rules.Unknown, rules.False)},
			[]string{"waiting 5 s, 15 s: not known what it sees"}},
		{"what it learns is not known", []rules.WouldSee{row(5, "", rules.True, rules.Unknown)},
			[]string{"waiting 5 s: sees the greeting; not known whether it learns that encryption is offered"}},
		{"all see everything", []rules.WouldSee{row(5, "", rules.True, rules.True), row(1, "", rules.True, rules.True)}, []string{"waiting 1 s or longer: sees everything"}},
		{"one patience alone says nothing of longer ones", []rules.WouldSee{row(5, "", rules.True, rules.True)}, []string{"waiting 5 s: sees everything"}},
		{"all but one", []rules.WouldSee{row(1, "", rules.True, rules.Unknown), row(5, "", rules.True, rules.True)},
			[]string{"waiting 1 s: sees the greeting; not known whether it learns that encryption is offered", "waiting 5 s: sees everything"}},
		{"several owners of one patience", []rules.WouldSee{row(5, "", rules.False, rules.False), row(5, "A", rules.False, rules.False),
			row(5, "B", rules.False, rules.False), row(5, "A", rules.False, rules.False), row(5, "", rules.False, rules.False)},
			[]string{"waiting 5 s (A, B): sees nothing, hangs up before the greeting"}},
		{"verdicts that differ about the greeting only", []rules.WouldSee{row(5, "", rules.False, rules.False), row(5, "", rules.True, rules.False)},
			[]string{"waiting 5 s: sees nothing, hangs up before the greeting", "waiting 5 s: sees the greeting, but not whether encryption is offered"}},
		{"verdicts that differ about encryption only", []rules.WouldSee{row(5, "", rules.True, rules.False), row(5, "", rules.True, rules.True)},
			[]string{"waiting 5 s: sees the greeting, but not whether encryption is offered", "waiting 5 s: sees everything"}},
		{"verdicts that differ about one patience", []rules.WouldSee{row(5, "", rules.False, rules.False), row(5, "", rules.True, rules.True)},
			[]string{"waiting 5 s: sees nothing, hangs up before the greeting", "waiting 5 s: sees everything"}},
	}
	for _, test := range tests {
		var views []rules.WouldSee
		for _, r := range test.rows {
			views = addView(views, r)
		}
		if got := viewLines(views); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Who gives up: senders apart from testers, and what is not known is not said.
func TestWhoGivesUp(t *testing.T) {
	client := func(name string, sender bool, gives rules.Truth) rules.PatienceRow {
		return rules.PatienceRow{Name: name, Sender: sender, Waits: 30, GivesUp: gives}
	}
	tests := []struct {
		name    string
		clients []rules.PatienceRow
		want    []string
	}{
		{"nobody", nil, nil},
		{"no sender", []rules.PatienceRow{client("A", true, rules.False), client("B", true, rules.False), client("T", false, rules.True)},
			[]string{"none of these senders of real mail: A (30 s), B (30 s)", "these testers hang up and may misreport it: T (30 s)"}},
		{"some senders", []rules.PatienceRow{client("A", true, rules.True), client("B", true, rules.False), client("T", false, rules.False)},
			[]string{"these senders of real mail: A (30 s)", "not these senders, who wait long enough: B (30 s)", "these testers wait long enough: T (30 s)"}},
		{"not known of some senders, known of all testers", []rules.PatienceRow{client("A", true, rules.Unknown), client("B", true, rules.False), client("T", false, rules.False)},
			[]string{"not these senders, who wait long enough: B (30 s)", "not known of these senders: A (30 s)", "these testers wait long enough: T (30 s)"}},
		{"not known of some testers, known of all senders", []rules.PatienceRow{client("A", true, rules.False), client("T", false, rules.Unknown)},
			[]string{"none of these senders of real mail: A (30 s)", "not known of these testers: T (30 s)"}},
		{"not known of some", []rules.PatienceRow{client("A", true, rules.Unknown), client("B", true, rules.False), client("T", false, rules.Unknown)},
			[]string{"not these senders, who wait long enough: B (30 s)", "not known of these senders: A (30 s)", "not known of these testers: T (30 s)"}},
	}
	for _, test := range tests {
		if got := patienceLines(test.clients); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Waits of other people's software are cited with their dates, once each, at the end of the log.
func TestSourcesOfTheWaits(t *testing.T) {
	v := waited("a", 16*time.Second, false)
	v.Patience = []rules.PatienceRow{{Name: "A", Sender: true, Waits: 30, Source: "its manual", Seen: "2026-03"}, {Name: "B", Waits: 15, Source: "its page", Seen: "2024-01"},
		{Name: "A", Sender: true, Waits: 30, Source: "its manual", Seen: "2026-03"}}
	second := v
	second.Subject = "b"
	b := &builder{}
	b.sources([]rules.Verdict{v, second})
	if len(b.sections) != 1 || b.sections[0].Level != Log {
		t.Errorf("%d sections, want one of the log", len(b.sections))
	}
	got := timesOf(v, second)
	for part, want := range map[string]int{"A: its manual, seen 2026-03": 1, "B: its page, seen 2024-01": 1, "A (30 s)": 2} {
		if n := strings.Count(got, part); n != want {
			t.Errorf("%d times %q, want %d:\n%s", n, part, want, got)
		}
	}
	if got := timesOf(waited("a", time.Second, false)); strings.Contains(got, "HOW LONG") {
		t.Errorf("nobody to cite:\n%s", got)
	}
	if got := timesOf(rules.Verdict{Subject: "a"}); got != "" {
		t.Errorf("a verdict that has nothing to do with time: %q", got)
	}
}

// A table tells nothing where everybody sees everything and nobody gives up; where somebody does, or it is not known, it is shown.
func TestNoTableWhereNobodyGivesUp(t *testing.T) {
	see := func(greeting, starttls rules.Truth) rules.Verdict {
		return rules.Verdict{Subject: "a", WouldSee: []rules.WouldSee{{Subject: "a", Limit: 15, Greeting: rules.True, STARTTLS: rules.True}, {Subject: "a", Limit: 5, Greeting: greeting, STARTTLS: starttls}}}
	}
	give := func(up rules.Truth) rules.Verdict {
		v := see(rules.True, rules.True)
		v.Patience = []rules.PatienceRow{{Name: "A", Sender: true, Waits: 300, GivesUp: rules.False}, {Name: "T", Waits: 15, GivesUp: up}}
		return v
	}
	for name, test := range map[string]struct {
		v     rules.Verdict
		shown bool
	}{
		"all see everything":            {see(rules.True, rules.True), false},
		"one misses the greeting":       {see(rules.False, rules.False), true},
		"the greeting is not known":     {see(rules.Unknown, rules.Unknown), true},
		"one misses STARTTLS":           {see(rules.True, rules.False), true},
		"STARTTLS is not known":         {see(rules.True, rules.Unknown), true},
		"nobody gives up":               {give(rules.False), false},
		"a tester gives up":             {give(rules.True), true},
		"not known whether it gives up": {give(rules.Unknown), true},
	} {
		if got := timesOf(test.v); strings.Contains(got, "PATIENCE") != test.shown {
			t.Errorf("%s: shown should be %v:\n%s", name, test.shown, got)
		}
	}
}

func TestPatienceIsShownOncePerSubject(t *testing.T) {
	out := whole(invented.Founding())
	for _, s := range []string{"waiting 10 s, 15 s (MXToolbox): sees nothing", "waiting 20 s: sees everything",
		"Postfix (300 s)",
		"hang up and may misreport it: MXToolbox (15 s)", "greeting after 16 s",
		"Postfix: smtp_helo_timeout, seen 2026-08"} {
		if n := strings.Count(out, s); n != 1 {
			t.Errorf("%q stands %d times, not once, in\n%s", s, n, out)
		}
	}
}

func TestPatienceOfSenders(t *testing.T) {
	client := func(name string, sender bool, gives rules.Truth) rules.PatienceRow {
		return rules.PatienceRow{Name: name, Sender: sender, Waits: 30, GivesUp: gives}
	}
	for name, c := range map[string]struct {
		clients []rules.PatienceRow
		want    []string
	}{
		"nobody": {[]rules.PatienceRow{client("a", true, rules.False)},
			[]string{"none of these senders of real mail: a (30 s)"}},
		"one of two": {[]rules.PatienceRow{client("a", true, rules.True), client("b", true, rules.False)},
			[]string{"these senders of real mail: a (30 s)", "wait long enough: b (30 s)"}},
		"not known is not nobody": {[]rules.PatienceRow{client("a", true, rules.Unknown)},
			[]string{"not known of these senders: a"}},
		"a tester": {[]rules.PatienceRow{client("a", false, rules.Unknown)},
			[]string{"not known of these testers: a"}},
	} {
		t.Run(name, func(t *testing.T) {
			lines := strings.Join(patienceLines(c.clients), "\n")
			holds(t, lines, c.want...)
			if name != "nobody" && strings.Contains(lines, "none") {
				t.Errorf("somebody may give up, but: %s", lines)
			}
		})
	}
}

// A client that may have seen something must never be said to have seen nothing, or everything.
func TestSees(t *testing.T) {
	for g, row := range map[rules.Truth]map[rules.Truth]string{
		rules.True: {rules.True: "everything", rules.False: "but not whether", rules.Unknown: "not known whether"},
		rules.False: {rules.True: "nothing", rules.False: "nothing",
			rules.Unknown: "nothing"},
		rules.Unknown: {rules.True: "not known", rules.False: "not known", rules.Unknown: "not known"},
	} {
		for s, want := range row {
			if got := sees(g, s); !strings.Contains(got, want) {
				t.Errorf("greeting %v, STARTTLS %v: %q, want %q", g, s, got, want)
			}
		}
	}
}

func TestOneViewForSeveralOwnersOfAPatience(t *testing.T) {
	var views []rules.WouldSee
	for _, whose := range []string{"", "a", "b", "a", ""} {
		views = addView(views, rules.WouldSee{Limit: 15, Whose: whose})
	}
	views = addView(views, rules.WouldSee{Limit: 5})
	if lines := viewLines(views); len(lines) != 1 || !strings.HasPrefix(lines[0], "waiting 5 s, 15 s (a, b):") {
		t.Errorf("%q", lines)
	}
}

func TestDelayIsSaidOnlyIfItIsOneFigure(t *testing.T) {
	about := func(d time.Duration) rules.Verdict {
		return rules.Verdict{Subject: "a", Measured: []rules.Measured{
			{Fact: facts.SMTPGreetingLatency, Value: facts.DurationValue(d)}}}
	}
	if got := delay([]rules.Verdict{about(16 * time.Second), about(16 * time.Second)}, "a"); got != "16 s" {
		t.Errorf("%q, want 16 s", got)
	}
	if got := delay([]rules.Verdict{about(16 * time.Second), about(17 * time.Second)}, "a"); got != "" {
		t.Errorf("two figures give %q", got)
	}
	bound := about(300 * time.Second)
	bound.Measured[0].AtLeast = true
	if got := delay([]rules.Verdict{bound}, "a"); got != "300 s or more" {
		t.Errorf("a lower bound is said as %q", got)
	}
	if got := delay([]rules.Verdict{about(16 * time.Second)}, "b"); got != "" {
		t.Errorf("another subject's figure: %q", got)
	}
}
