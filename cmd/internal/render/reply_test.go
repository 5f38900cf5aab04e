package render

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"mxverdict/rules"
)

// replyTo is the reply to a report with these verdicts, as one line.
func replyTo(t *testing.T, verdicts ...rules.Verdict) string {
	t.Helper()
	r := founding()
	r.Judgement = rules.Judgement{Verdicts: verdicts, Summary: rules.Summary{Confirmed: len(verdicts)}}
	reply, _, _ := strings.Cut(ticket(t, r), "....")
	return strings.TrimSpace(flat(reply))
}

// A customer is told what to do, not only that something is broken; many steps leave room for the names of all rows first.
func TestReplyGivesTheStepsThatFit(t *testing.T) {
	glue := rules.Verdict{About: "Glue", Verdict: rules.Confirmed, Fix: "Enter the new address\nat the registrar."}
	lame := rules.Verdict{About: "Lame", Verdict: rules.Confirmed, Fix: "Repair the server."}
	taste := rules.Verdict{About: "Serial", Verdict: rules.PolicyDisagreement}
	worth := rules.Verdict{About: "Name", Verdict: rules.PolicyDisagreement, Fix: "Set the name.", Repair: true}
	long := rules.Verdict{About: "Long", Verdict: rules.Confirmed, Fix: strings.Repeat("Do this. ", 100)}
	for name, test := range map[string]struct {
		verdicts []rules.Verdict
		want     string
	}{
		"one":        {[]rules.Verdict{glue}, "To repair: Glue: Enter the new address at the registrar."},
		"two":        {[]rules.Verdict{glue, lame}, "To repair: (1) Glue: Enter the new address at the registrar. (2) Lame: Repair the server."},
		"the same":   {[]rules.Verdict{lame, lame}, "To repair: Lame: Repair the server."},
		"no steps":   {[]rules.Verdict{glue, {About: "Odd", Verdict: rules.Confirmed}}, "To repair: Glue, Odd."},
		"no room":    {[]rules.Verdict{glue, long, taste}, "To repair: Glue, Long. A matter of taste, nothing has to be changed: Serial."},
		"no taste":   {[]rules.Verdict{worth, taste}, "something beside it is worth a repair: Name. A matter of taste, nothing has to be changed: Serial."},
		"with taste": {[]rules.Verdict{lame, taste}, "To repair: Lame: Repair the server. A matter of taste, nothing has to be changed: Serial."},
	} {
		t.Run(name, func(t *testing.T) {
			if got := replyTo(t, test.verdicts...); !strings.HasSuffix(got, test.want) {
				t.Errorf("%q, want at its end %q", got, test.want)
			}
		})
	}
}

// What is not so today may have been so when the report was made: its reporter is not called wrong.
func TestReplyCallsNoReportWrongThatMayHaveBeenRight(t *testing.T) {
	changed := rules.Verdict{About: "Glue", Verdict: rules.FalsePositive, Reason: rules.Changed}
	artifact := rules.Verdict{About: "Banner", Verdict: rules.FalsePositive, Reason: rules.Artifact}
	got := replyTo(t, changed, artifact)
	if want := "The report is wrong about: Banner. Not true when tested again: Glue."; !strings.HasSuffix(got, want) {
		t.Errorf("%q, want at its end %q", got, want)
	}
}

// Who asked about nine rows wants to hear of all nine, as long as they fit.
func TestReplyNamesAllRowsThatFit(t *testing.T) {
	var verdicts []rules.Verdict
	for i := range 9 {
		verdicts = append(verdicts, rules.Verdict{About: fmt.Sprintf("Row %d", i), Verdict: rules.FalsePositive, Reason: rules.Changed})
	}
	if got := replyTo(t, verdicts...); !strings.HasSuffix(got, "Row 7, Row 8.") {
		t.Error(got)
	}
	verdicts = slices.Repeat(verdicts, 20)
	for i := range verdicts {
		verdicts[i].About += strings.Repeat("x", i)
	}
	if got := replyTo(t, verdicts...); !strings.HasSuffix(got, "Row 3xxx, and 176 more.") {
		t.Error(got)
	}
	verdicts = verdicts[:6]
	for i := range verdicts {
		verdicts[i].Verdict, verdicts[i].Fix = rules.Confirmed, strings.Repeat("Do this. ", 100)
	}
	if got := replyTo(t, verdicts...); !strings.HasSuffix(got, "Row 4xxxx, Row 5xxxxx.") {
		t.Error(got)
	}
}
