package rules

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/rules/internal/strict"
	"mxverdict/verify/facts"
)

// A client gives up if it waits less than the greeting takes. A lower bound tells it of those who wait no longer.
func TestGivesUp(t *testing.T) {
	tests := []struct {
		latency facts.Fact
		limit   time.Duration
		want    Truth
	}{
		{latency(16*time.Second, false), 15 * time.Second, True},
		{latency(16*time.Second, false), 16 * time.Second, False},
		{latency(16*time.Second, false), 17 * time.Second, False},
		{latency(300*time.Second, true), 299 * time.Second, True},
		{latency(300*time.Second, true), 300 * time.Second, Unknown},
		{latency(300*time.Second, true), 600 * time.Second, Unknown},
		{facts.Fact{Name: facts.SMTPGreetingLatency}, 15 * time.Second, Unknown},
	}
	for _, test := range tests {
		if got := givesUp(test.latency, test.limit); got != test.want {
			t.Errorf("%v (at least: %v) against %v: %v, want %v", test.latency.Value, test.latency.AtLeast, test.limit, got, test.want)
		}
	}
}

func TestPatienceTable(t *testing.T) {
	const good = `schema: mxverdict/patience/1
limits: [5s, 1m]
senders:
  - {name: Sender, waits: 300s, source: its manual, seen: 2026-03}
testers:
  - {name: Tester, waits: 15s, source: its page, seen: 2025-01}
`
	p, err := loadPatience("patience.yaml", []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Limits) != 2 || p.Limits[1] != time.Minute {
		t.Errorf("limits %v", p.Limits)
	}
	rows := p.rows(latency(16*time.Second, false))
	want := []PatienceRow{{"Sender", true, 300, False, "its manual", "2026-03"}, {"Tester", false, 15, True, "its page", "2025-01"}}
	if len(rows) != 2 || rows[0] != want[0] || rows[1] != want[1] {
		t.Errorf("rows %+v, want %+v", rows, want)
	}
	for from, to := range map[string]string{"patience/1": "patience/2", "5s": "5", "1m": "0s", "300s": "-1s", "15s": "soon", "name: Tester": `name: ""`,
		"source: its page": `source: ""`, "seen: 2025-01": `seen: ""`, "limits: [5s,": "limits: [-5s,", "waits: 300s": "waits: 0s"} {
		_, err := loadPatience("patience.yaml", []byte(strings.Replace(good, from, to, 1)))
		var mistake *strict.Error
		if !errors.As(err, &mistake) || mistake.File != "patience.yaml" || mistake.Line != 1 {
			t.Errorf("%q for %q: %v, want an error that names the file", to, from, err)
		}
	}
}

// What would have been enough to see a server whole is only said of a session that was seen whole.
func TestPatienceThatWouldHaveBeenEnough(t *testing.T) {
	c := load(t)
	greeting, ehlo := latency(16500*time.Millisecond, false), facts.Fact{Name: facts.SMTPEHLOLatency, Value: facts.DurationValue(20500 * time.Millisecond)}
	for name, test := range map[string]struct {
		known  []facts.Fact
		enough float64 // 0: nothing is said of it
	}{
		"seen whole": {[]facts.Fact{greeting, ehlo}, 21}, "nothing behind the greeting": {[]facts.Fact{greeting}, 0}, "no greeting": {[]facts.Fact{ehlo}, 0}, "nothing": {nil, 0},
	} {
		view := caseView(test.known, facts.Session)
		cl := &claim{catalogue: c, rule: c.Rule("smtp/tls-missing"), target: caseTarget}
		var beside []float64
		for _, row := range cl.wouldSee(viewResult{view: view, subject: view.Subjects[0]}) {
			if !slices.Contains(c.patience.Limits, time.Duration(row.Limit*float64(time.Second))) {
				beside = append(beside, row.Limit)
			}
		}
		if (test.enough == 0) != (len(beside) == 0) || test.enough != 0 && !slices.Equal(beside, []float64{test.enough}) {
			t.Errorf("%s: beside the limits of the table stand %v, want %v", name, beside, test.enough)
		}
	}
}
