package batch

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// said is a verdict as a test writes it: "label", or "label reason severity", with + for urgent and ! for accepted behind it.
func said(row int, rule, subject, state string, measured ...string) map[string]any {
	words := append(strings.Fields(state), "", "", "")
	v := map[string]any{"rule": rule, "about": "about " + rule, "subject": subject, "verdict": strings.TrimRight(words[0], "+!"), "reason": strings.Trim(words[1], "-"), "severity": words[2],
		"urgent": strings.Contains(words[0], "+"), "accepted": nil, "findings": []any{map[string]any{"n": row}}}
	if strings.Contains(words[0], "!") {
		v["accepted"] = map[string]any{"by": "somebody"}
	}
	var facts []any
	for _, m := range measured {
		facts = append(facts, map[string]any{"fact": "some.fact", "subject": subject, "value": m, "at_least": false, "unknown": "", "evidence": "session " + rule + m})
	}
	v["measured"] = facts
	return v
}

// report is what a test lets a run say of a source.
type testReport struct {
	source, content, rules, failure string
	verdicts                        []map[string]any
}

// runOf writes a run.
func runOf(t testing.TB, reports ...testReport) string {
	t.Helper()
	dir := t.TempDir()
	var lines []byte
	for i, r := range reports {
		if r.rules == "" {
			r.rules = "rules"
		}
		record := Record{Schema: Schema, ID: IDOf(r.source, "", []byte(r.content)), Source: r.source, Rules: r.rules, Error: r.failure, Again: r.failure != "",
			At: time.Unix(int64(i)*60, 0).UTC()}
		if r.failure == "" {
			record.Result, _ = json.Marshal(map[string]any{"schema": "mxverdict/verdict/1", "verdicts": r.verdicts})
		}
		line, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(append(lines, line...), '\n')
	}
	if err := os.WriteFile(filepath.Join(dir, resultsFile), lines, 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

func compareRuns(t testing.TB, old, now string) *Comparison {
	t.Helper()
	c, err := Compare(t.Context(), old, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// all are the differences in short: "change rule@subject" for verdicts, "change source" for reports.
func all(t testing.TB, c *Comparison) (list []string) {
	t.Helper()
	for d, err := range c.Verdicts() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, fmt.Sprintf("%s %s@%s", d.Change, d.Rule, d.Subject))
	}
	for d, err := range c.Differing() {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, string(d.Change)+" "+d.Source)
	}
	return list
}

// What became of one verdict on the same report.
func TestChangeOfAVerdict(t *testing.T) {
	for _, c := range []struct {
		before, now string
		change      Change
	}{
		{"confirmed - high", "confirmed - high", ""},
		{"inconclusive refused", "inconclusive refused", ""},
		{"false_positive artifact", "confirmed - high", Came},
		{"policy_disagreement", "confirmed - low", Came},
		{"inconclusive servfail", "confirmed - high", Came},
		{"confirmed! - high", "confirmed - high", Lapsed},
		{"confirmed - high", "false_positive changed", Repaired},
		{"confirmed! - high", "false_positive changed", Repaired},
		{"confirmed - high", "policy_disagreement", Repaired},
		{"confirmed - high", "inconclusive refused", Undecided}, // which is no repair
		{"confirmed! - high", "inconclusive refused", Undecided},
		{"false_positive artifact", "inconclusive+ refused", Undecided},
		{"confirmed - high", "confirmed! - high", Accepted}, // which is none either
		{"false_positive changed", "confirmed! - high", Accepted},
		{"inconclusive refused", "false_positive changed", Decided},
		{"inconclusive refused", "policy_disagreement", Decided},
		{"false_positive artifact", "policy_disagreement", Judged},
		{"false_positive artifact", "false_positive changed", OtherReason},
		{"confirmed - low", "confirmed - high", OtherReason},
		{"inconclusive refused", "inconclusive servfail", OtherReason},
		{"inconclusive refused", "inconclusive+ refused", OtherReason},
		// A label that does not exist is inconclusive: no repair, and no fault.
		{"confirmed - high", "fine", Undecided},
		{"fine", "confirmed - high", Came},
		{"fine", "inconclusive", ""},
		{"", "false_positive changed", Decided},
	} {
		old := runOf(t, testReport{source: "a", verdicts: []map[string]any{said(1, "smtp/x", "mail.example.com", c.before)}})
		now := runOf(t, testReport{source: "a", verdicts: []map[string]any{said(1, "smtp/x", "mail.example.com", c.now)}})
		compared := compareRuns(t, old, now)
		var want []string
		if c.change != "" {
			want = []string{string(c.change) + " smtp/x@mail.example.com"}
		}
		if got := all(t, compared); !slices.Equal(got, want) || compared.Equal != 1-len(want) {
			t.Errorf("%s, then %s: %q, %d equal", c.before, c.now, got, compared.Equal)
		}
	}
}

// What became of a report, and what its verdicts have to do with it.
func TestChangeOfAReport(t *testing.T) {
	fault := func(state string) []map[string]any {
		return []map[string]any{said(1, "smtp/x", "mail.example.com", state)}
	}
	bad, good := fault("confirmed - high"), fault("false_positive changed")
	other := testReport{source: "other", verdicts: bad}
	for name, c := range map[string]struct {
		old, now []testReport
		want     []string
		noResult int
	}{
		"equal":                   {[]testReport{{source: "a", verdicts: bad}}, []testReport{{source: "a", verdicts: bad}}, nil, 0},
		"no result, still":        {[]testReport{{source: "a", failure: "empty"}}, []testReport{{source: "a", failure: "empty"}}, nil, 1},
		"no result, otherwise":    {[]testReport{{source: "a", failure: "empty"}}, []testReport{{source: "a", failure: "too long"}}, []string{"other_error a"}, 0},
		"result lost":             {[]testReport{{source: "a", verdicts: bad}}, []testReport{{source: "a", failure: "empty"}}, []string{"result_lost a"}, 0},
		"result now, a fault":     {[]testReport{{source: "a", failure: "empty"}}, []testReport{{source: "a", verdicts: bad}}, []string{"came smtp/x@mail.example.com", "result_now a"}, 0},
		"result now, none":        {[]testReport{{source: "a", failure: "empty"}}, []testReport{{source: "a", verdicts: good}}, []string{"result_now a"}, 0},
		"new, a fault":            {[]testReport{{source: "b"}}, []testReport{{source: "a", verdicts: bad}, {source: "b"}}, []string{"came smtp/x@mail.example.com", "new a"}, 0},
		"new, an accepted fault":  {[]testReport{{source: "b"}}, []testReport{{source: "a", verdicts: fault("confirmed! - low")}, {source: "b"}}, []string{"new a"}, 0},
		"new, none":               {[]testReport{{source: "b"}}, []testReport{{source: "b"}, {source: "a", verdicts: good}}, []string{"new a"}, 0},
		"new, a known fault":      {[]testReport{other}, []testReport{{source: "a", verdicts: bad}, other}, []string{"appeared smtp/x@mail.example.com", "new a"}, 0},
		"new, known of one gone":  {[]testReport{other}, []testReport{{source: "a", verdicts: bad}}, []string{"appeared smtp/x@mail.example.com", "gone other", "new a"}, 0},
		"gone, a fault":           {[]testReport{{source: "a", verdicts: bad}, {source: "b"}}, []testReport{{source: "b"}}, []string{"gone a"}, 0}, // which is no repair
		"changed, the same":       {[]testReport{{source: "a", content: "1", verdicts: bad}}, []testReport{{source: "a", content: "2", verdicts: bad}}, []string{"changed a"}, 0},
		"changed, repaired":       {[]testReport{{source: "a", content: "1", verdicts: bad}}, []testReport{{source: "a", content: "2", verdicts: good}}, []string{"repaired smtp/x@mail.example.com", "changed a"}, 0},
		"changed, not said now":   {[]testReport{{source: "a", content: "1", verdicts: bad}}, []testReport{{source: "a", content: "2"}}, []string{"vanished smtp/x@mail.example.com", "changed a"}, 0},
		"changed, said now":       {[]testReport{{source: "a", content: "1"}}, []testReport{{source: "a", content: "2", verdicts: bad}}, []string{"came smtp/x@mail.example.com", "changed a"}, 0},
		"changed, another":        {[]testReport{{source: "a", content: "1"}}, []testReport{{source: "a", content: "2", verdicts: good}}, []string{"appeared smtp/x@mail.example.com", "changed a"}, 0},
		"of two, the last counts": {[]testReport{{source: "a", verdicts: good}, {source: "a", verdicts: bad}}, []testReport{{source: "a", failure: "empty"}, {source: "a", verdicts: bad}}, nil, 0},
	} {
		compared := compareRuns(t, runOf(t, c.old...), runOf(t, c.now...))
		got := all(t, compared)
		if !slices.Equal(got, c.want) || compared.NoResult != c.noResult {
			t.Errorf("%s: %q, %d without a result", name, got, compared.NoResult)
		}
	}
}

// What other rules have to do with a difference, as far as it can be known.
func TestRulesOfADifference(t *testing.T) {
	many := func(n int) (measured []map[string]any) {
		for i := range n {
			measured = append(measured, map[string]any{"fact": "some.fact", "subject": fmt.Sprint(i), "value": 1})
		}
		return measured
	}
	verdict := func(state string, measured ...string) map[string]any {
		return said(1, "smtp/x", "mail.example.com", state, measured...)
	}
	with := func(v map[string]any, measured any) map[string]any { v["measured"] = measured; return v }
	for name, c := range map[string]struct {
		old, now testReport
		want     Rules
	}{
		"the same rules":    {testReport{verdicts: []map[string]any{verdict("confirmed", "1")}}, testReport{verdicts: []map[string]any{verdict("false_positive", "1")}}, SameRules},
		"the same measured": {testReport{verdicts: []map[string]any{verdict("confirmed", "2", "1")}}, testReport{rules: "newer", verdicts: []map[string]any{verdict("false_positive", "1", "2")}}, RulesDecide},
		"another measured":  {testReport{verdicts: []map[string]any{verdict("confirmed", "1")}}, testReport{rules: "newer", verdicts: []map[string]any{verdict("false_positive", "2")}}, RulesMay},
		"more measured":     {testReport{verdicts: []map[string]any{verdict("confirmed", "1")}}, testReport{rules: "newer", verdicts: []map[string]any{verdict("false_positive", "1", "2")}}, RulesMay},
		"nothing measured":  {testReport{verdicts: []map[string]any{verdict("confirmed")}}, testReport{rules: "newer", verdicts: []map[string]any{verdict("false_positive")}}, RulesMay},
		"another report":    {testReport{content: "1", verdicts: []map[string]any{verdict("confirmed", "1")}}, testReport{content: "2", rules: "newer", verdicts: []map[string]any{verdict("false_positive", "1")}}, RulesMay},
		"a reason":          {testReport{verdicts: []map[string]any{verdict("false_positive artifact", "1")}}, testReport{rules: "newer", verdicts: []map[string]any{verdict("false_positive changed", "1")}}, RulesMay},
		"as many as are listed at most": {testReport{verdicts: []map[string]any{with(verdict("confirmed"), many(8))}},
			testReport{rules: "newer", verdicts: []map[string]any{with(verdict("false_positive"), many(8))}}, RulesMay},
		"fewer": {testReport{verdicts: []map[string]any{with(verdict("confirmed"), many(7))}},
			testReport{rules: "newer", verdicts: []map[string]any{with(verdict("false_positive"), many(7))}}, RulesDecide},
		"no list":           {testReport{verdicts: []map[string]any{with(verdict("confirmed"), "all")}}, testReport{rules: "newer", verdicts: []map[string]any{with(verdict("false_positive"), "all")}}, RulesMay},
		"not judged before": {testReport{failure: "empty"}, testReport{rules: "newer", verdicts: []map[string]any{verdict("confirmed", "1")}}, NoRules},
		"not there before":  {testReport{source: "another"}, testReport{verdicts: []map[string]any{verdict("confirmed", "1")}}, NoRules},
	} {
		compared := compareRuns(t, runOf(t, c.old), runOf(t, c.now))
		n := 0
		for d, err := range compared.Verdicts() {
			if n++; err != nil || d.Rules != c.want || compared.ByRules[c.want] != 1 {
				t.Errorf("%s: %q, %v, %v", name, d.Rules, compared.ByRules, err)
			}
		}
		alone := 0
		if c.want == RulesDecide {
			alone = 1
		}
		if n != 1 || compared.Changes[0].Alone != alone {
			t.Errorf("%s: %d differences, %+v", name, n, compared.Changes)
		}
	}
}

// Rows of the same report have the same numbers; of a changed one they have not, and rule and subject tell which verdict is which.
func TestVerdictsAreMatched(t *testing.T) {
	for name, c := range map[string]struct {
		changed  bool
		old, now []map[string]any
		want     []string
	}{
		"the host has another address": {false, []map[string]any{said(1, "smtp/x", "mail.example.com [192.0.2.1]", "confirmed")},
			[]map[string]any{said(1, "smtp/x", "mail.example.com [192.0.2.2]", "false_positive")}, []string{"repaired smtp/x@mail.example.com [192.0.2.2]"}},
		"so it has where the report changed": {true, []map[string]any{said(1, "smtp/x", "mail.example.com [192.0.2.1]", "confirmed")},
			[]map[string]any{said(5, "smtp/x", "mail.example.com [192.0.2.2]", "false_positive")}, []string{"repaired smtp/x@mail.example.com [192.0.2.2]", "changed a"}},
		"rows are moved": {true, []map[string]any{said(1, "smtp/x", "a.example.com", "confirmed"), said(2, "smtp/x", "b.example.com", "false_positive")},
			[]map[string]any{said(1, "smtp/x", "b.example.com", "false_positive"), said(2, "smtp/x", "a.example.com", "confirmed")}, []string{"changed a"}},
		"one rule and subject twice, one repaired": {false, []map[string]any{said(1, "smtp/x", "a.example.com", "confirmed"), said(2, "smtp/x", "a.example.com", "false_positive")},
			[]map[string]any{said(2, "smtp/x", "a.example.com", "false_positive"), said(1, "smtp/x", "a.example.com", "policy_disagreement")}, []string{"repaired smtp/x@a.example.com"}},
		"so in a changed report": {true, []map[string]any{said(1, "smtp/x", "a.example.com", "confirmed"), said(2, "smtp/x", "a.example.com", "false_positive")},
			[]map[string]any{said(7, "smtp/x", "a.example.com", "false_positive"), said(8, "smtp/x", "a.example.com", "policy_disagreement")}, []string{"repaired smtp/x@a.example.com", "changed a"}},
		"another rule reads the row": {false, []map[string]any{said(1, "smtp/x", "a.example.com", "confirmed")},
			[]map[string]any{said(1, "smtp/y", "a.example.com", "confirmed")}, []string{"other_reason smtp/y@a.example.com"}},
		"another rule of another row": {true, []map[string]any{said(1, "smtp/x", "a.example.com", "confirmed")},
			[]map[string]any{said(1, "smtp/y", "a.example.com", "confirmed")}, []string{"came smtp/y@a.example.com", "vanished smtp/x@a.example.com", "changed a"}},
		"names are the same in any case": {true, []map[string]any{said(1, "smtp/x", "A.example.com", "confirmed")},
			[]map[string]any{said(2, "smtp/x", "a.Example.com", "confirmed")}, []string{"changed a"}},
		"no rows": {false, []map[string]any{said(0, "smtp/x", "a.example.com", "confirmed"), said(0, "smtp/y", "a.example.com", "false_positive")},
			[]map[string]any{said(0, "smtp/y", "a.example.com", "false_positive"), said(0, "smtp/x", "a.example.com", "false_positive")}, []string{"repaired smtp/x@a.example.com"}},
	} {
		now := testReport{source: "a", verdicts: c.now}
		if c.changed {
			now.content = "changed"
		}
		if got := all(t, compareRuns(t, runOf(t, testReport{source: "a", verdicts: c.old}), runOf(t, now))); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

// The worst stands first, whatever stands first in the files; what many reports tell is one fault; hosts and rules are counted by it.
func TestWorstFirst(t *testing.T) {
	states := []struct{ name, before, now string }{
		{"repaired", "confirmed - high", "false_positive"}, {"low", "false_positive", "confirmed - low"}, {"high", "false_positive", "confirmed - high"},
		{"urgent", "false_positive", "confirmed+ - low"}, {"undecided", "confirmed - low", "inconclusive refused"}, {"many", "false_positive", "confirmed - high"},
	}
	var old, now []testReport
	for _, s := range states {
		for i := range 3 {
			if i > 0 && s.name != "many" {
				continue
			}
			source, subject := fmt.Sprint(s.name, i), "mail."+s.name+".example.com [192.0.2.1]"
			old = append(old, testReport{source: source, verdicts: []map[string]any{said(1, "smtp/"+s.name, subject, s.before), said(2, "smtp/same", subject, s.before)}})
			now = append(now, testReport{source: source, verdicts: []map[string]any{said(1, "smtp/"+s.name, subject, s.now), said(2, "smtp/same", subject, s.before)}})
		}
	}
	slices.Reverse(now)
	c := compareRuns(t, runOf(t, old...), runOf(t, now...))
	var rules []string
	for d := range c.Verdicts() {
		if rules = append(rules, strings.TrimPrefix(d.Rule, "smtp/")); d.Before.ID != FindingID(IDOf(d.Source, "", nil), 1) || d.Now.Row != 1 {
			t.Errorf("%+v, %+v", d.Before, d.Now)
		}
	}
	if want := []string{"urgent", "many", "many", "many", "high", "low", "undecided", "repaired"}; !slices.Equal(rules, want) {
		t.Errorf("the verdicts: %q", rules)
	}
	came := c.Count(Came)
	if came.Faults != 4 || came.N != 6 || c.Count(Repaired).Faults != 1 || c.Equal != 8 || c.Both != 8 {
		t.Errorf("%+v, %d equal of %d", c.Changes, c.Equal, c.Both)
	}
	worst, err := c.Worst(Came, 2)
	if err != nil || len(worst) != 2 || worst[0].Rule != "smtp/urgent" || worst[1].Rule != "smtp/many" || worst[1].N != 3 {
		t.Errorf("%+v, %v", worst, err)
	}
	if undecided, err := c.Worst(Undecided, 10); err != nil || len(undecided) != 1 || undecided[0].Rule != "smtp/undecided" {
		t.Errorf("%+v, %v", undecided, err)
	}
	if nothing, err := c.Worst(Lapsed, 10); err != nil || len(nothing) != 0 {
		t.Errorf("%+v, %v", nothing, err)
	}
	if len(c.Hosts) != 6 || c.Hosts[0].Changes[Came] != 1 || !strings.HasPrefix(c.Hosts[0].Name, "mail.") || strings.Contains(c.Hosts[0].Name, " ") || c.Hosts[5].Name != "mail.repaired.example.com" {
		t.Errorf("%+v", c.Hosts)
	}
	if len(c.Rules) != 6 || c.Rules[5].Name != "smtp/repaired" || c.Rules[0].About != "about "+c.Rules[0].Name {
		t.Errorf("%+v", c.Rules)
	}
}

// Of many faults each is known, each verdict of a report is told once, and the worst report stands for a fault.
func TestManyFaults(t *testing.T) {
	const n = 50
	var old, now []testReport
	before := testReport{source: "one"}
	for i := range n {
		before.verdicts = append(before.verdicts, said(i+1, "smtp/x", fmt.Sprintf("mail%d.example.com", i), "confirmed"))
		now = append(now, testReport{source: fmt.Sprint(i), verdicts: []map[string]any{said(1, "smtp/x", fmt.Sprintf("mail%d.example.com", i), "confirmed")}})
	}
	if c := compareRuns(t, runOf(t, before), runOf(t, now...)); c.Count(Came).N != 0 || c.Count(Appeared).Faults != n || c.Count(ReportNew).N != n {
		t.Errorf("each known of another report: %+v", c.Changes)
	}
	repaired := testReport{source: "one"}
	for i := range n {
		repaired.verdicts = append(repaired.verdicts, said(i+1, "smtp/x", fmt.Sprintf("mail%d.example.com", i), "policy_disagreement"))
	}
	if c := compareRuns(t, runOf(t, before), runOf(t, repaired)); c.Count(Repaired).N != n || len(all(t, c)) != n {
		t.Errorf("all in one report: %+v, %d told", c.Changes, len(all(t, c)))
	}
	old, now = nil, nil
	for _, severity := range []string{"low", "high", "medium"} {
		old = append(old, testReport{source: severity, verdicts: []map[string]any{said(1, "smtp/x", "mail.example.com", "false_positive")}})
		now = append(now, testReport{source: severity, verdicts: []map[string]any{said(1, "smtp/x", "mail.example.com", "confirmed - "+severity)}})
	}
	if worst, err := compareRuns(t, runOf(t, old...), runOf(t, now...)).Worst(Came, 5); err != nil || len(worst) != 1 || worst[0].Source != "high" || worst[0].N != 3 {
		t.Errorf("%+v, %v", worst, err)
	}
}

// What is shown of many equal changes, and in which order, does not hang on when each report was judged.
func TestEqualFaultsInEveryOrder(t *testing.T) {
	var old, now []testReport
	for i := range 200 {
		subject := fmt.Sprintf("mail%03d.example.com", i)
		old = append(old, testReport{source: subject, verdicts: []map[string]any{said(1, "smtp/x", subject, "false_positive")}})
		now = append(now, testReport{source: subject, verdicts: []map[string]any{said(1, "smtp/x", subject, "confirmed - low")}})
	}
	shown := func() (subjects []string) {
		worst, err := compareRuns(t, runOf(t, old...), runOf(t, now...)).Worst(Came, 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range worst {
			subjects = append(subjects, f.Subject)
		}
		return subjects
	}
	first := shown()
	slices.Reverse(now)
	if second := shown(); !slices.Equal(first, second) || !slices.IsSorted(first) || len(first) != 20 {
		t.Errorf("%q, and in the other order %q", first, second)
	}
}

// A run may be under way: what is being written is left out and counted, nothing is locked, and nothing is changed.
func TestCompareWithARunUnderWay(t *testing.T) {
	dir := t.TempDir()
	s, _ := openStore(t, dir)
	defer s.Close()
	add(t, s, Record{ID: IDOf("a", "", nil), Source: "a"}, seen(0))
	now := runOf(t, testReport{source: "a", verdicts: nil})
	file := filepath.Join(dir, resultsFile)
	f, _ := os.OpenFile(file, os.O_WRONLY|os.O_APPEND, 0)
	f.WriteString(`{"schema":"mxver`)
	f.Close()
	before, _ := os.ReadFile(file)
	c := compareRuns(t, dir, now)
	if c.Old.LeftOut != 16 || c.Old.Reports != 1 || c.Both != 1 || c.New.LeftOut != 0 || !c.Old.Unfinished {
		t.Errorf("%+v", c.Old)
	}
	if err := s.WriteFile(summaryTable, nil); err != nil {
		t.Fatal(err)
	}
	if c := compareRuns(t, dir, now); c.Old.Unfinished {
		t.Errorf("with its summary: %+v", c.Old)
	}
	if after, _ := os.ReadFile(file); string(after) != string(before) {
		t.Errorf("%q became %q", before, after)
	}
}

// What is no run is refused, and the error names the folder.
func TestCompareRefuses(t *testing.T) {
	good := runOf(t, testReport{source: "a"})
	file := filepath.Join(good, resultsFile)
	foreign := t.TempDir()
	os.WriteFile(filepath.Join(foreign, resultsFile), []byte(`{"schema":"other"}`+"\n"), 0o644)
	short := t.TempDir()
	os.WriteFile(filepath.Join(short, resultsFile), []byte(`{"schema":"`+Schema+`","id":"x"}`+"\n"), 0o644)
	empty := t.TempDir()
	os.WriteFile(filepath.Join(empty, resultsFile), nil, 0o644)
	folder := t.TempDir()
	os.Mkdir(filepath.Join(folder, resultsFile), 0o755)
	for _, dir := range []string{filepath.Join(good, "missing"), file, t.TempDir(), foreign, short, empty, folder, ""} {
		for _, pair := range [][2]string{{dir, good}, {good, dir}} {
			if c, err := Compare(t.Context(), pair[0], pair[1]); err == nil {
				t.Errorf("%v is taken: %+v", pair, c.Old)
			} else if !strings.HasPrefix(err.Error(), dir+": ") {
				t.Errorf("%v: %v", pair, err)
			}
		}
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Compare(ended, good, good); err == nil {
		t.Error("goes on when it is to end")
	}
}

// Results that are none of this program are as good as none, and records behind a broken one are not believed.
func TestCompareWithBrokenResults(t *testing.T) {
	good := runOf(t, testReport{source: "a", verdicts: []map[string]any{said(1, "smtp/x", "mail.example.com", "confirmed")}})
	text, _ := os.ReadFile(filepath.Join(good, resultsFile))
	for _, result := range []string{`null`, `[]`, `7`, `{"verdicts":{}}`, `{"verdicts":[7]}`, `{"verdicts":[{"findings":"all"}]}`, "\x00\x00\x00", `{"verdicts":`} {
		dir := t.TempDir()
		line, _, _ := strings.Cut(string(text), `"result":`)
		os.WriteFile(filepath.Join(dir, resultsFile), []byte(line+`"result":`+result+"}\n"+string(text)+"{\n"+string(text)), 0o644)
		c := compareRuns(t, dir, good) // of which the second record of the source counts
		if got := all(t, c); len(got) != 0 || c.Old.LeftOut != int64(len(text)+2) {
			t.Errorf("%s: %q, %+v", result, got, c.Old)
		}
		os.WriteFile(filepath.Join(dir, resultsFile), []byte(line+`"result":`+result+"}\n"), 0o644)
		if got := all(t, compareRuns(t, good, dir)); !slices.Equal(got, []string{"result_lost a"}) {
			t.Errorf("%s: %q", result, got)
		}
	}
}

// Whatever stands in two records, each verdict is told once or is equal, and a record does not differ from itself.
func FuzzRecords(f *testing.F) {
	good := runOf(f, testReport{source: "a", verdicts: []map[string]any{said(1, "smtp/x", "mail.example.com", "confirmed+ - high", "1"), said(1, "smtp/x", "mail.example.com", "fine")}},
		testReport{source: "b", failure: "empty"})
	text, _ := os.ReadFile(filepath.Join(good, resultsFile))
	judged, failed, _ := strings.Cut(string(text), "\n")
	f.Add(judged, failed)
	f.Add(judged, strings.ReplaceAll(judged, `"confirmed"`, `"false_positive"`))
	f.Add(strings.ReplaceAll(judged, `"n":1`, `"n":-9223372036854775808`), judged)
	f.Fuzz(func(t *testing.T, a, b string) {
		old, err := judgedRecordOf([]byte(a))
		now, other := judgedRecordOf([]byte(b))
		if err != nil || other != nil {
			return
		}
		c := &Comparison{old: &reading{}, new: &reading{}}
		if same := c.compareRecords(&old, &old); same.report != nil || len(same.verdicts) != 0 || same.equal != len(old.verdicts) {
			t.Fatalf("differs from itself: %+v", same)
		}
		found := c.compareRecords(&old, &now)
		before, after := 0, found.equal
		for i := range found.verdicts {
			d := &found.verdicts[i]
			if d.Before != nil {
				before++
			}
			if d.Now != nil {
				after++
			}
			if !slices.Contains(VerdictChanges, d.Change) || int(d.rank())/sizes != slices.Index(VerdictChanges, d.Change) {
				t.Fatalf("%+v has the rank %d", d, d.rank())
			}
		}
		if old.Error == "" && now.Error == "" && (before+found.equal != len(old.verdicts) || after != len(now.verdicts)) {
			t.Fatalf("of %d and %d verdicts %d are told before and %d now, and %d are equal", len(old.verdicts), len(now.verdicts), before, after-found.equal, found.equal)
		}
	})
}
