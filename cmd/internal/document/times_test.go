package document

import (
	"slices"
	"testing"
	"time"

	"mxverdict/rules"
	"mxverdict/verify/facts"
)

// Two servers share a table of patience only where they greet after the same delay and clients see the same: what one client sees of the
// slow one says nothing of the fast one.
func TestTablesOfDifferentDelaysAreNotMerged(t *testing.T) {
	table := func(delay, sees, givesUp string) timeTable {
		return timeTable{[]string{"mail.example.com"}, delay, []string{sees}, []string{givesUp}}
	}
	first := table("16.0 s", "all", "none")
	for name, test := range map[string]struct {
		second timeTable
		tables int
	}{
		"alike":               {table("16.0 s", "all", "none"), 1},
		"another delay":       {table("22.0 s", "all", "none"), 2},
		"something else seen": {table("16.0 s", "nothing", "none"), 2},
		"others give up":      {table("16.0 s", "all", "all"), 2},
	} {
		tables := addTable(addTable(nil, first), test.second)
		if len(tables) != test.tables {
			t.Errorf("%s: %d tables, want %d", name, len(tables), test.tables)
		}
		if test.tables == 1 && len(tables[0].subjects) != 2 {
			t.Errorf("%s: the table is about %v", name, tables[0].subjects)
		}
	}
}

// The delay of a table is that of its own subject, a bound is said to be one, and two figures are none.
func TestDelayOfATable(t *testing.T) {
	verdict := func(subject string, seconds int, atLeast bool) rules.Verdict {
		return rules.Verdict{Subject: subject, Measured: []rules.Measured{{Fact: facts.SMTPGreetingLatency, Subject: subject, AtLeast: atLeast,
			Value: facts.DurationValue(time.Duration(seconds) * time.Second)}}}
	}
	verdicts := []rules.Verdict{verdict("a", 16, false), verdict("b", 300, true), verdict("c", 1, false), verdict("c", 2, false), verdict("a", 16, false)}
	var got []string
	for _, subject := range []string{"a", "b", "c", "d"} {
		got = append(got, delay(verdicts, subject))
	}
	if want := []string{"16 s", "300 s or more", "", ""}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
