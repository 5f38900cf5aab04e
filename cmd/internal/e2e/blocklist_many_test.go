package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/cmd/internal/app"
	"mxverdict/verify/blocklist"
	"mxverdict/verify/facts"
	"mxverdict/verify/lab"
)

// Whatever keeps the servers of a list from telling leaves it open whether there is an entry, in each list of the table that is asked
// without a key.
func TestBlockListTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	unlike := func(name, answer string) string {
		return "unlike: [{name: " + name + ", type: A, answer: " + answer + "}]"
	}
	for name, trouble := range map[string]struct {
		serves func(w *listWorld) []string // the entries of a list
		manner func(w *listWorld) string   // of both servers
		second func(w *listWorld) string   // of the second alone
	}{
		"timeout":                     {manner: func(w *listWorld) string { return unlike(w.entry+"."+w.Zone, "silence") }},
		"SERVFAIL":                    {manner: func(w *listWorld) string { return unlike(w.entry+"."+w.Zone, "SERVFAIL") }},
		"REFUSED":                     {manner: func(w *listWorld) string { return unlike(w.entry+"."+w.Zone, "REFUSED") }},
		"truncated":                   {manner: func(*listWorld) string { return "behaves: [truncate, no_tcp]" }},
		"no server answers":           {manner: func(*listWorld) string { return "behaves: [silent]" }},
		"servers without authority":   {manner: func(*listWorld) string { return "behaves: [not_authoritative]" }},
		"every question is refused":   {manner: func(*listWorld) string { return "behaves: [refused]" }},
		"the test entry times out":    {manner: func(w *listWorld) string { return unlike(w.test+"."+w.Zone, "silence") }},
		"the test entry is not there": {manner: func(w *listWorld) string { return unlike(w.test+"."+w.Zone, "NXDOMAIN") }},
		"servers disagree": {second: func(w *listWorld) string {
			return "zones: [{name: " + w.Zone + ", records: \"" + strings.ReplaceAll(listRecords(w.Zone, w.test+" "+codeOf(w.List)), "\n", `\n`) + "\"}]"
		}},
		"every answer is an address": {serves: func(*listWorld) []string { return []string{"* 203.0.113.80 203.0.113.81"} }},
		"every answer is a refusal":  {serves: func(*listWorld) []string { return []string{"* 127.255.255.254"} }},
	} {
		t.Run(name, func(t *testing.T) {
			scenario, report, names := worldOfLists(func(w *listWorld) {
				w.entries = append(w.entries, w.entry+" "+codeOf(w.List))
				if trouble.serves != nil {
					w.entries = trouble.serves(w)
				}
				if trouble.manner != nil {
					w.first, w.second = trouble.manner(w), trouble.manner(w)
				}
				if trouble.second != nil {
					w.second = trouble.second(w)
				}
			})
			a, o := judged(t, scenario, report)
			if len(a.Verdicts) != len(names) {
				t.Fatalf("%d verdicts on %d lists", len(a.Verdicts), len(names))
			}
			for i, v := range a.Verdicts {
				if v.Verdict != "inconclusive" || v.Reason == "" || v.Reason == "untested" && o.took < time.Minute {
					t.Errorf("%s: %s (%s): %s", names[i], v.Verdict, v.Reason, v.Says)
				}
			}
			wantManners(t, o)
		})
	}
}

// onRow is a row of a table that names a list, whatever its name is like.
func onRow(names ...string) string {
	var b strings.Builder
	b.WriteString("\tBlacklist\tReason\tTTL\tResponseTime\n")
	for _, name := range names {
		b.WriteString("LISTED\t" + name + "\tsee there\t2100\t15\n")
	}
	return b.String()
}

// openLists are the lists of the table that are asked without a key.
func openLists() (lists []*blocklist.List) {
	for _, l := range blocklist.Lists() {
		if l.Zone != "" && l.Closed == "" && (l.Key == nil || l.Key.Optional) {
			lists = append(lists, l)
		}
	}
	return lists
}

// entriesFor are the entry of example.com or its mail host on a list, and the list's own test entry.
func entriesFor(l *blocklist.List) (entry, test string) {
	entry, test = theAddress, "2.0.0.127"
	if l.Holds == facts.HoldsNames {
		entry, test = theName, "test"
	}
	if l.Tests.There != "" {
		test = l.Tests.There
	}
	return entry, test
}

// codeOf is a return code that is an entry of a list.
func codeOf(l *blocklist.List) string {
	for _, c := range l.Codes {
		if c.Scope != "error" && c.Scope != "none" {
			return c.Code.String()
		}
	}
	return "127.0.0.2"
}

// Each list of the table is told by the names that reporters print, and asked where the table says.
func TestEachListIsAsked(t *testing.T) {
	parallel(t)
	for _, listed := range []bool{true, false} {
		scenario, report, names := manyLists(func(int) bool { return false }, func(int) bool { return listed })
		a, _ := judged(t, scenario, report)
		if len(a.Verdicts) != len(names) || len(names) < 60 {
			t.Fatalf("%d verdicts on %d lists", len(a.Verdicts), len(names))
		}
		for i, v := range a.Verdicts {
			want := "false_positive"
			switch {
			case listed && blocklist.Find(names[i]).Use == facts.UseMany:
				want = "confirmed"
			case listed:
				want = "policy_disagreement"
			}
			if v.Verdict != want {
				t.Errorf("%s, listed %t: %s (%s): %s", names[i], listed, v.Verdict, v.Reason, v.Says)
			}
		}
	}
}

// listWorld is a list in a world of all of them.
type listWorld struct {
	*blocklist.List
	place         int      // among all of them
	entry, test   string   // of example.com or its mail host, and the list's own
	entries       []string // that it holds
	first, second string   // manners of its servers
}

// worldOfLists is a world with all lists that are asked without a key, each at servers of its own and as change makes it; and a report that
// names them all.
func worldOfLists(change func(*listWorld)) (scenario, report string, names []string) {
	var zones, manners strings.Builder
	for i, l := range openLists() {
		if l.Name == "URIBL" { // no table of a report has it, so far
			continue
		}
		w := &listWorld{List: l, place: i}
		w.entry, w.test = entriesFor(l)
		w.entries = []string{w.test + " " + codeOf(l)}
		change(w)
		first, second := fmt.Sprintf("198.51.100.%d", 110+i), fmt.Sprintf("203.0.113.%d", 110+i)
		zones.WriteString(listAt(l.Zone, first, second, w.entries...))
		for address, manner := range map[string]string{first: w.first, second: w.second} {
			if manner != "" {
				fmt.Fprintf(&manners, "  - {address: %s, %s}\n", address, manner)
			}
		}
		names = append(names, l.Name)
	}
	rest := ""
	if manners.Len() > 0 {
		rest = "name_servers:\n" + manners.String()
	}
	return domain(sendingMail, zones.String(), rest), onRow(names...), names
}

// manyLists are worlds of which some lists hold the entry, and some are silent.
func manyLists(silent, holds func(i int) bool) (scenario, report string, names []string) {
	return worldOfLists(func(w *listWorld) {
		if holds(w.place) {
			w.entries = append(w.entries, w.entry+" "+codeOf(w.List))
		}
		if silent(w.place) {
			w.first, w.second = "behaves: [silent]", "behaves: [silent]"
		}
	})
}

// Lists beside each other change nothing in each other's verdict, cost a bounded number of questions and of time, and a bundle of them is
// judged again alike.
func TestManyListsBesideEachOther(t *testing.T) {
	parallel(t)
	third := func(i int) bool { return i%3 == 0 }
	scenario, report, names := manyLists(func(i int) bool { return i%3 == 1 }, third)
	file := filepath.Join(t.TempDir(), "bundle.json")
	a, o := judged(t, scenario, report, "--save-evidence", file)
	if len(a.Verdicts) != len(names) || len(names) < 60 {
		t.Fatalf("%d verdicts on %d lists", len(a.Verdicts), len(names))
	}
	for n, v := range a.Verdicts {
		l := blocklist.Find(names[n])
		i := slices.Index(openLists(), l)
		want := map[bool]string{true: "confirmed", false: "policy_disagreement"}[l.Use == facts.UseMany]
		switch {
		case i%3 == 1:
			want = "inconclusive"
		case !third(i):
			want = "false_positive"
		}
		if v.Verdict != want {
			t.Errorf("%s is %s (%s), want %s: %s", names[n], v.Verdict, v.Reason, want, v.Says)
		}
	}
	if limit := 40 * len(names); len(o.queries) > limit {
		t.Errorf("%d questions about %d lists", len(o.queries), len(names))
	}
	if o.took > 75*time.Second {
		t.Errorf("it took %v", o.took)
	}
	t.Logf("%d lists: %d questions, %v", len(names), len(o.queries), o.took)
	b := answerOf(t, command(t, t.Context(), "replay", "--format", "json", "--rules", claims, file))
	for i, v := range b.Verdicts {
		if v.Verdict != a.Verdicts[i].Verdict || v.Reason != a.Verdicts[i].Reason || v.Says != a.Verdicts[i].Says {
			t.Errorf("%s: replayed it is %s (%s) %s", names[i], v.Verdict, v.Reason, v.Says)
		}
	}
}

// A list is asked for its own test entries before it is asked for anything else, by nobody but this machine, and one that is closed not at all.
func TestListsAreTestedFirst(t *testing.T) {
	parallel(t)
	list := aList("bl.spamcop.net", works, theAddress+" 127.0.0.2") + aList("dul.dnsbl.sorbs.net", works)
	_, o := judged(t, domain(sendingMail, list, ""), onRow("SPAMCOP", "SORBS DUHL"))
	tested := map[string]int{}
	for _, q := range o.queries {
		switch entry, of := strings.CutSuffix(q.Name, ".bl.spamcop.net"); {
		case strings.Contains(q.Name, "sorbs"):
			t.Errorf("%s was asked for %s", q.Server, q.Name)
		case !of || strings.HasPrefix(entry, "ns"):
		case q.RD || q.Server != firstOfList && q.Server != secondOfList:
			t.Errorf("%s was asked for %s", q.Server, q.Name)
		case entry != theAddress:
			tested[q.Server]++
		case tested[q.Server] < 2:
			t.Errorf("%s was asked for the entry before its test entries", q.Server)
		}
	}
	if tested[firstOfList] != 2 || tested[secondOfList] != 2 {
		t.Errorf("test entries were asked for so often: %v", tested)
	}
	// One that does not pass is not told what anybody is interested in.
	_, o = judged(t, domain(sendingMail, aList("bl.spamcop.net", "* 127.255.255.254"), ""), onRow("SPAMCOP"))
	for _, q := range o.queries {
		if strings.HasPrefix(q.Name, theAddress) && strings.HasSuffix(q.Name, "spamcop.net") {
			t.Errorf("%s was asked for %s", q.Server, q.Name)
		}
	}
}

// A row that names no list stands for all of them. What could not be asked keeps it from being called false, and from being called harmless.
func TestRowWithoutList(t *testing.T) {
	parallel(t)
	const row = "Listed 1 times with 0 timeouts"
	none, some := func(int) bool { return false }, openLists()
	place := func(name string) int {
		return slices.IndexFunc(some, func(l *blocklist.List) bool { return l.Name == name })
	}
	for name, c := range map[string]struct {
		on   string
		want string
	}{
		"on none":                 {"", "inconclusive"},
		"on one that many use":    {"SPAMCOP", "confirmed"},
		"on one that few go by":   {"PSBL", "inconclusive"},
		"on a provider's network": {"UCEPROTECTL3", "inconclusive"},
	} {
		t.Run(name, func(t *testing.T) {
			scenario, _, _ := manyLists(none, func(i int) bool { return i == place(c.on) })
			a, o := judged(t, scenario, row)
			v := a.verdict("blocklist/listed")
			if v.Verdict != c.want {
				t.Errorf("%s (%s): %s", v.Verdict, v.Reason, v.Says)
			}
			if len(v.Notes) > 20 {
				t.Errorf("%d notes", len(v.Notes))
			}
			if len(o.queries) > 40*len(some) {
				t.Errorf("%d questions", len(o.queries))
			}
		})
	}
	// Beside rows that name lists it stands for these.
	a, o := judged(t, domain(sendingMail, aList("bl.spamcop.net", works, theAddress+" 127.0.0.2"), ""), row+"\n"+onRow("SPAMCOP"))
	for _, v := range a.Verdicts {
		if v.Verdict != "confirmed" {
			t.Errorf("%s is %s (%s)", v.Subject, v.Verdict, v.Reason)
		}
	}
	for _, q := range o.queries {
		if strings.Contains(q.Name, "psbl") {
			t.Errorf("%s was asked for", q.Name)
		}
	}
}

// Of several addresses one on the list is enough; a row that names another one speaks of that.
func TestListedAtOneOfSeveralAddresses(t *testing.T) {
	parallel(t)
	two := sendingMail + "\nmail.example.com. 300 IN A 203.0.113.26"
	list := aList("bl.spamcop.net", works, theAddress+" 127.0.0.2")
	a, _ := judged(t, domain(two, list, ""), onRow("SPAMCOP"))
	if v := a.verdict("blocklist/listed"); v.Verdict != "confirmed" || !strings.Contains(v.Says, "203.0.113.25") {
		t.Errorf("%s (%s) %s", v.Verdict, v.Reason, v.Says)
	}
	row := "\tBlacklist\tReason\tTTL\tResponseTime\nLISTED\tSPAMCOP\t%s was listed  Detail\t2100\t15\n"
	for address, want := range map[string]string{"203.0.113.25": "confirmed", "203.0.113.26": "false_positive", "203.0.113.99": "inconclusive"} {
		a, _ = judged(t, domain(two, list, ""), fmt.Sprintf(row, address))
		if v := a.verdict("blocklist/listed"); v.Verdict != want {
			t.Errorf("at %s: %s (%s) %s", address, v.Verdict, v.Reason, v.Says)
		}
	}
}

// An IPv6 address is looked for by its nibbles, and only on a list that gives the test entries of that family.
func TestListOfIPv6(t *testing.T) {
	parallel(t)
	const (
		entry = "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2"
		test  = "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
		not   = "1.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0"
	)
	for name, c := range map[string]struct {
		entries []string
		want    string
	}{
		"on it":                     {[]string{test + " 127.0.0.2", entry + " 127.0.0.2"}, "confirmed"},
		"not on it":                 {[]string{test + " 127.0.0.2"}, "false_positive"},
		"a list of IPv4":            {[]string{works}, "false_positive"},
		"nothing works":             {nil, "inconclusive"},
		"it lists all of IPv4":      {[]string{works, "1.0.0.127 127.0.0.2"}, "inconclusive"},
		"only the entry":            {[]string{works, entry + " 127.0.0.2"}, "inconclusive"},
		"it lists all of IPv6 here": {[]string{test + " 127.0.0.2", not + " 127.0.0.2", entry + " 127.0.0.2"}, "inconclusive"},
	} {
		a, _ := judged(t, domain(good, aList("bl.spamcop.net", c.entries...), ""), onRow("SPAMCOP"), "--address", "2001:db8::25")
		if v := a.verdict("blocklist/listed"); v.Verdict != c.want {
			t.Errorf("%s: %s (%s) %s", name, v.Verdict, v.Reason, v.Says)
		}
	}
}

// A key goes to the servers of its list and nowhere else: neither those above them nor anything that is printed or kept learn it.
func TestKeyOfAListIsKept(t *testing.T) {
	parallel(t)
	const key = "SeCrEt42KeyOfTheUser"
	lower := strings.ToLower(key)
	for name, c := range map[string]struct {
		variable, list, zone string
		entries              []string
		want                 string
	}{
		"on it":               {"MXVERDICT_ABUSIX_KEY", "Abusix Mail Intelligence Blacklist", "combined.mail.abusix.zone", []string{works, theAddress + " 127.0.0.2", theAddress + ` "key ` + key + `"`}, "confirmed"},
		"not on it":           {"MXVERDICT_ABUSIX_KEY", "Abusix Mail Intelligence Blacklist", "combined.mail.abusix.zone", []string{works}, "false_positive"},
		"a wrong key":         {"MXVERDICT_ABUSIX_KEY", "Abusix Mail Intelligence Blacklist", "combined.mail.abusix.zone", nil, "inconclusive"},
		"in place of nothing": {"MXVERDICT_SPAMHAUS_KEY", "Spamhaus ZEN", "zen.dq.spamhaus.net", []string{works, theAddress + " 127.0.0.4"}, "confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			var keyed []string
			for _, e := range c.entries {
				entry, rest, _ := strings.Cut(e, " ")
				keyed = append(keyed, entry+"."+lower+" "+rest)
			}
			for _, format := range []string{"json", "jsonl", "text", "ticket"} {
				file := filepath.Join(t.TempDir(), "bundle.json")
				o := withEnv(t, map[string]string{c.variable: key}, domain(sendingMail, aList(c.zone, keyed...), ""), onRow(c.list), "-vv", "--format", format, "--save-evidence", file)
				saved, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err, o.stderr)
				}
				for where, text := range map[string]string{"stdout": o.stdout, "stderr": o.stderr, "the bundle": string(saved)} {
					if strings.Contains(strings.ToLower(text), lower) {
						t.Errorf("%s: %s holds the key", format, where)
					}
				}
				if format == "json" {
					a := answerOf(t, o)
					if v := a.verdict("blocklist/listed"); v.Verdict != c.want {
						t.Errorf("%s (%s) %s", v.Verdict, v.Reason, v.Says)
					}
				}
				told := 0
				for _, q := range o.queries {
					if !strings.Contains(strings.ToLower(q.Name), lower) {
						continue
					}
					told++
					if at := q.Server; !strings.HasPrefix(at, firstOfList) && !strings.HasPrefix(at, secondOfList) {
						t.Errorf("%s learns the key", at)
					}
				}
				if told == 0 {
					t.Error("nobody was asked with the key")
				}
			}
		})
	}
	o := withEnv(t, map[string]string{"MXVERDICT_ABUSIX_KEY": "no label: " + key}, domain(sendingMail, "", ""), onRow("SPAMCOP"))
	if o.code != 2 || strings.Contains(o.stdout+o.stderr, key) || !strings.Contains(o.stderr, "MXVERDICT_ABUSIX_KEY") {
		t.Errorf("exit %d: %s", o.code, o.stderr)
	}
	// Who says that he is registered is asked for no more than that.
	o = withEnv(t, map[string]string{"MXVERDICT_BARRACUDA": "registered"}, domain(sendingMail, aList("b.barracudacentral.org", works, theAddress+" 127.0.0.2"), ""), onRow("BARRACUDA"), "--format", "json")
	if a := answerOf(t, o); a.verdict("blocklist/listed").Verdict != "confirmed" {
		t.Errorf("%+v", a.verdict("blocklist/listed"))
	}
}

// withEnv runs the command on a scenario in memory with variables of the environment.
func withEnv(t *testing.T, env map[string]string, scenario, report string, args ...string) (o outcome) {
	t.Helper()
	s, err := lab.Load("scenario", []byte(scenario))
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		internet, err := s.InMemory()
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		all := append([]string{"mxverdict", "verify", "--resolver", internet.Resolver().String(), "--root-hints", rootHints(internet), "--helo", "tester.example.net",
			"--control", "none", "--target", s.Target}, args...)
		o.code = app.Run(all, strings.NewReader(report), &stdout, &stderr, app.Env{LoadRules: sharedRules, Context: t.Context(), Dialer: internet,
			Getenv: func(name string) string { return env[name] }})
		o.stdout, o.stderr, o.queries = stdout.String(), stderr.String(), internet.Queries()
		if err := internet.Close(); err != nil {
			t.Error(err)
		}
		synctest.Wait()
	})
	return o
}

// What a hostile list serves is bounded and judged: thousands of records, texts of 64 KiB, an alias in a circle, a delegation to itself.
func TestHostileList(t *testing.T) {
	parallel(t)
	many := make([]string, 0, 3000)
	for i := range 3000 {
		many = append(many, fmt.Sprintf("127.0.%d.%d", i/250, i%250+2))
	}
	long := strings.TrimSpace(strings.Repeat(`"`+strings.Repeat("x", 250)+`" `, 240))
	for name, c := range map[string]struct {
		zone string
		want []string
	}{
		"3,000 codes":           {aList("bl.spamcop.net", works, theAddress+" "+strings.Join(many, " ")), []string{"inconclusive", "confirmed"}},
		"3,000 codes in a test": {aList("bl.spamcop.net", "2.0.0.127 "+strings.Join(many, " "), theAddress+" 127.0.0.2"), []string{"inconclusive", "confirmed"}},
		"a text of 60,000":      {aList("bl.spamcop.net", works, theAddress+" 127.0.0.2", theAddress+" "+long), []string{"confirmed"}},
		"markup in the text":    {aList("bl.spamcop.net", works, theAddress+" 127.0.0.2", theAddress+` "<b>\027[31m x"`), []string{"confirmed"}},
		"a circle":              {aList("bl.spamcop.net", works) + "    " + theAddress + ".bl.spamcop.net. 300 IN CNAME " + theAddress + ".bl.spamcop.net.\n", []string{"inconclusive"}},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, domain(sendingMail, c.zone, ""), onRow("SPAMCOP"))
			if v := a.verdict("blocklist/listed"); !slices.Contains(c.want, v.Verdict) {
				t.Errorf("%s (%s) %s", v.Verdict, v.Reason, v.Says)
			}
			if len(o.queries) > 80 || len(o.stdout) > 400<<10 || o.took > time.Minute {
				t.Errorf("%d questions, %d bytes, %v", len(o.queries), len(o.stdout), o.took)
			}
		})
	}
}

// A report that names hundreds of lists asks no more than there are.
func TestHundredsOfListNames(t *testing.T) {
	parallel(t)
	var names []string
	for i := range 600 {
		names = append(names, fmt.Sprintf("NEWLIST%d", i))
	}
	a, o := judged(t, domain(sendingMail, "", ""), onList(names...))
	if len(o.queries) > 60 {
		t.Errorf("%d questions", len(o.queries))
	}
	for _, v := range a.Verdicts {
		if v.Verdict != "inconclusive" {
			t.Fatalf("%s is %s", v.Subject, v.Verdict)
		}
	}
}

// Every list that a reporter names stands in the table.
func TestListsOfReporters(t *testing.T) {
	text, err := os.ReadFile("../../../rules/reporters/mxtoolbox.yaml")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile(`(?s)names: \[(Abuse\.ro,.*?)\]`).FindSubmatch(text)
	if block == nil {
		t.Fatal("the names of lists are not where they were")
	}
	n := 0
	for name := range strings.SplitSeq(string(block[1]), ",") {
		name = strings.Trim(strings.Join(strings.Fields(name), " "), `"`)
		n++
		if blocklist.Find(name) == nil {
			t.Errorf("%s is in no table", name)
		}
	}
	if n < 110 {
		t.Errorf("only %d names", n)
	}
}

// answerOf reads the JSON of an outcome.
func answerOf(t *testing.T, o outcome) (a answer) {
	t.Helper()
	if err := json.Unmarshal([]byte(o.stdout), &a); err != nil {
		t.Fatalf("no JSON: %v\nstdout: %s\nstderr: %s", err, o.stdout, o.stderr)
	}
	return a
}
