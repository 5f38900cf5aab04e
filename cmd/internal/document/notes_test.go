package document

import (
	"strings"
	"testing"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/rules"
)

// A long sentence that holds for the whole report stands in full under the first verdict only; others stand where they belong.
func TestLongNoteOnce(t *testing.T) {
	const (
		short = "True at all 2 addresses judged."
		other = "The resolver of this machine has other data than every name server (TXT): a copy that is out of date, or a network with names of its own."
		long  = "The resolver of this machine has other data than every name server (MX, A): a copy that is out of date, or a network with names of its own."
	)
	r := result.Result{Judgement: rules.Judgement{Verdicts: []rules.Verdict{
		{Rule: "mx/missing", Verdict: rules.Confirmed, Notes: []string{short, long}},
		{Rule: "mx/single", Verdict: rules.Confirmed, Notes: []string{short, long, other}},
		{Rule: "mx/cname", Verdict: rules.Confirmed, Notes: []string{long, long}},
	}}}
	text := flat(whole(r))
	for part, want := range map[string]int{short: 2, long: 1, other: 1, "(in full in verdict 1)": 3} {
		if got := strings.Count(text, part); got != want {
			t.Errorf("%d times %q, want %d:\n%s", got, part, want, whole(r))
		}
	}
}
