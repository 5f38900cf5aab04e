package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// otherReporter waits a minute, where MXToolbox waits 15 s, and draws another line for the expire value.
const otherReporter = `schema: mxverdict/reporter/1
id: other
name: Other Check
patience: {greeting: 60s, hangs_up_within: 1s, source: made up, seen: 2026-11}
thresholds:
  dns/soa-expire: {min: 600000s, max: 700000s, source: made up, seen: 2026-11}
tests: []
`

func withOther(t *testing.T) *Catalogue {
	t.Helper()
	c, err := Load(fstest.MapFS{"reporters/other.yaml": {Data: []byte(otherReporter)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func by(reporter string, f report.Finding) report.Finding {
	f.Reporter = reporter
	return f
}

// Each row of a report of two reporters ends as it would in a report of its own reporter alone, whoever printed most of the rows.
func TestEachRowByItsOwnReporter(t *testing.T) {
	c, s := withOther(t), &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1") // after 16 s
	expires(s, "ns1.example.com [192.0.2.1]", 604800*time.Second)
	rows := func(reporter string, first int) []report.Finding {
		expire := bad("dns/soa-expire", first+2)
		return []report.Finding{by(reporter, bad("smtp/tls-missing", first)),
			by(reporter, timed(bad("smtp/transaction-time", first+1), 15.4)), by(reporter, expire),
			by(reporter, row("smtp/open-relay", first+3, "example.com", report.OK))}
	}
	ends := func(v Verdict) string {
		return fmt.Sprintf("%s %s %s %d rows, %q %q %v", v.Rule, v.Verdict, v.Reason, len(v.Findings), v.Says, v.Notes, v.WouldSee)
	}
	alone := map[string][]string{}
	for _, reporter := range []string{"mxtoolbox", "other"} {
		for _, v := range c.Judge(report.Report{Reporter: reporter, Findings: rows(reporter, 1)}, s).Verdicts {
			alone[reporter] = append(alone[reporter], ends(v))
		}
	}
	if slices.Equal(alone["mxtoolbox"], alone["other"]) {
		t.Fatal("the two reporters do not differ")
	}
	for _, majority := range []string{"mxtoolbox", "other"} {
		mixed := slices.Concat(rows("other", 1), rows("mxtoolbox", 5))
		got := map[string][]string{}
		j := c.Judge(report.Report{Reporter: majority, Findings: mixed}, s)
		for _, v := range j.Verdicts {
			whose := v.Findings[0].Reporter
			said := strings.ReplaceAll(ends(v), "Other Check's limit", "The reporter's limit")
			got[whose] = append(got[whose], strings.ReplaceAll(said, "MXToolbox's limit", "The reporter's limit"))
		}
		for reporter, want := range alone {
			if !slices.Equal(got[reporter], want) {
				t.Errorf("most rows are of %s; those of %s end as\n%s\nwant, as alone,\n%s", majority, reporter,
					strings.Join(got[reporter], "\n"), strings.Join(want, "\n"))
			}
		}
		// One hung up too early and one did not: the cause joins rows of the first only, the OK row that it never tested included.
		if len(j.Causes) != 1 || !slices.Equal(j.Causes[0].Findings, []int{5, 6}) || !slices.Equal(j.Causes[0].NeverTested, []int{8}) ||
			!strings.Contains(j.Causes[0].Says, "MXToolbox") {
			t.Errorf("causes %+v, want one of MXToolbox's rows 5 and 6, with its OK row 8", j.Causes)
		}
	}
}

// Two reporters who wait equally long are two all the same: what is said of one is not said of the other.
func TestReportersOfEqualPatience(t *testing.T) {
	equal := strings.Replace(otherReporter, "greeting: 60s", "greeting: 15s", 1)
	c, err := Load(fstest.MapFS{"reporters/other.yaml": {Data: []byte(equal)}})
	if err != nil {
		t.Fatal(err)
	}
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	j := c.Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{
		by("mxtoolbox", bad("smtp/tls-missing", 1)), by("other", bad("smtp/tls-missing", 2))}}, s)
	if len(j.Verdicts) != 2 || len(j.Causes) != 2 || !strings.Contains(j.Causes[1].Says, "Other Check") || slices.Contains(j.Causes[0].Findings, 2) {
		t.Errorf("%d verdicts and causes %+v, want two of each", len(j.Verdicts), j.Causes)
	}
}

// A row that does not say whose it is belongs to the reporter of the report.
func TestRowOfTheReportsReporter(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	rows := []report.Finding{bad("smtp/tls-missing", 1), by("mxtoolbox", bad("smtp/banner-mismatch", 2))}
	j := withOther(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: rows}, s)
	if len(j.Causes) != 1 || !slices.Equal(j.Causes[0].Findings, []int{1, 2}) {
		t.Errorf("causes %+v, want one of both rows", j.Causes)
	}
}

// The mark of one reporter's limit is none in a row of another, and suspicion falls on its own rows only.
func TestSuggestedPerReporter(t *testing.T) {
	c := withOther(t)
	r := report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{
		by("other", timed(bad("smtp/transaction-time", 1), 15.4)), by("other", bad("smtp/tls-missing", 2)), bad("smtp/banner-mismatch", 3)}}
	if got := c.SuggestCauses(r); len(got) != 0 {
		t.Errorf("15.4 s of a reporter who waits 60 s suggest %+v", got)
	}
	r.Findings = append(r.Findings, timed(bad("smtp/transaction-time", 4), 15.4), by("other", timed(bad("smtp/connection-time", 5), 60.2)))
	got := c.SuggestCauses(r)
	if len(got) != 2 || !slices.Equal(got[0].Findings, []int{3, 4}) || !strings.Contains(got[0].Says, "15 s hang-up: MXToolbox") ||
		!slices.Equal(got[1].Findings, []int{2, 5}) || !strings.Contains(got[1].Says, "60 s hang-up: Other Check") {
		t.Errorf("%+v, want rows 3 and 4 of MXToolbox, rows 2 and 5 of the other", got)
	}
}

// Two reporters who say opposite things contradict each other, and neither itself.
func TestNoContradictionBetweenReporters(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	s.Put(facts.SessionAt("mail.example.com", "203.0.113.1"), latency(time.Second, false))
	for _, other := range []string{"mxtoolbox", "other"} {
		fine := by(other, row("smtp/tls-missing", 2, "example.com", report.OK))
		worse := by("mxtoolbox", bad("smtp/tls-missing", 1))
		fine.Run, worse.Run = 1, 1
		v := withOther(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{worse, fine}}, s).Verdicts[0]
		if want := map[bool]string{true: NeverTrue, false: Changed}[other == "mxtoolbox"]; v.Reason != want {
			t.Errorf("beside an OK row of %s the reason is %s, want %s", other, v.Reason, want)
		}
	}
}

// Where a report has several reporters, "the reporter" names none of them.
func TestWhoseLimitIsNotPublished(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	rows := []report.Finding{by("mxtoolbox", bad("smtp/transaction-time", 1)), by("other", bad("smtp/transaction-time", 2))}
	for i, v := range withOther(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: rows}, s).Verdicts {
		if name := []string{"MXToolbox", "Other Check"}[i]; !strings.Contains(strings.Join(v.Notes, "\n"), name+"'s limit is not published") {
			t.Errorf("notes %q, want %s named", v.Notes, name)
		}
	}
}
