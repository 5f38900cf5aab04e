package document

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

func TestResultSentence(t *testing.T) {
	ok := report.Report{Findings: []report.Finding{{Status: report.OK}}}
	verdict := []rules.Verdict{{}}
	for name, c := range map[string]struct {
		r    result.Result
		want string
	}{
		"the founding story": {result.Result{Judgement: rules.Judgement{Verdicts: verdict,
			Summary: rules.Summary{FalsePositive: 2, PolicyDisagreement: 3}}},
			"2 false positives, 3 policy disagreements, 0 confirmed, 0 inconclusive"},
		"one of each": {result.Result{Judgement: rules.Judgement{Verdicts: verdict,
			Summary: rules.Summary{Confirmed: 1, FalsePositive: 1,
				PolicyDisagreement: 1, Inconclusive: 1, Unrecognised: 1}}},
			"1 confirmed, 1 inconclusive, 1 false positive, 1 policy disagreement"},
		"OK rows only": {result.Result{Report: ok}, "nothing to re-test: the report shows no warning and no error"},
		"nothing read": {result.Result{}, "nothing to re-test: the input holds no row of a report"},
		"nothing recognised": {result.Result{Judgement: rules.Judgement{Unrecognised: ok.Findings}},
			"nothing was judged: 1 row not understood"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := outcomeOf(c.r); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			holds(t, plainly(Of(c.r).Upto(Answer, Internal)), "RESULT  "+c.want)
		})
	}
}

func TestInterruptedIsSaidFirst(t *testing.T) {
	r := invented.Founding()
	r.Interrupted = true
	if out := whole(r); !strings.HasPrefix(out, "INTERRUPTED") {
		t.Errorf("begins with %.60q", out)
	}
	holds(t, plainly(Of(r).Upto(Answer, Both)), "INTERRUPTED")
}

// A network that lets nothing out explains every inconclusive verdict; the reader must not have to guess it.
func TestClosedNetworkIsSaid(t *testing.T) {
	r := invented.Founding()
	r.Evidence.Vantage.SMTPOut, r.FinishedAt = evidence.Closed, time.Time{}
	holds(t, flat(whole(r)), "on a network that lets no SMTP out", "Re-tested: 2026-11-20 15:04:05 UTC From here")
}

func TestRowsThatTheReportDoesNotHave(t *testing.T) {
	r := invented.Founding()
	r.Judgement.Causes[0].Findings = []int{1, 99}
	holds(t, whole(r), "row 99")
}

// Nothing that the judgement holds is lost on the way into the document, but for what is said once.
func TestVerdictIsComplete(t *testing.T) {
	holds(t, flat(whole(invented.Founding())), "line 4: Warning - Does not support TLS.", "Claim: The server does not offer STARTTLS.",
		"Why: The server offers STARTTLS, and a handshake with TLS 1.3 was finished.",
		"Leave as is: Do not change the TLS settings", "smtp.starttls.missing: no (session 1, handshake)", "RFC 3207", "local policy 7",
		"Note: The reporter's limit is not published; our yardstick is 5 s", "a reverse name stands in the greeting: yes", "severity high", "To do: Start the name server",
		"line 9: One of your name servers", "line 10: Name server ns2", "300 s or more", "not known: no greeting came",
		"at ns1.example.com [192.0.2.53]", "604800 s", "RFC 5321 section 4.5.3.2.1", "2026-11-20 15:04:21 UTC",
		"line 8: OK - Not an open relay.", "The moon is in the wrong phase", "no IPv6", "2 bytes of the input", "dig +short -x 203.0.113.25",
		"Report made: 2026-11-20 12:04:05 UTC", "as probe.example.net, resolver 192.0.2.1:53, waiting up to 300 s", "Tool: mxverdict 1.0.0",
		"CAUSE greeting-delay at mail.example.com [203.0.113.25]", "Cloudflare gives its zones 604800 s (7 days)", "Rule: dns/ns-unresponsive", "Delegation")
}

// The notices of the run stand before those of the report: they may put all that follows in doubt.
func TestNoticesOfTheRunStandFirst(t *testing.T) {
	notices := plainly(Document{titled(Of(invented.Founding()), "NOTICES")})
	if strings.Index(notices, "no IPv6") > strings.Index(notices, "2 bytes") || strings.Count(notices, "\n") != 3 {
		t.Errorf("%s", notices)
	}
}

// An outcome that nobody knows is no verdict.
func TestUnknownOutcomeIsInconclusive(t *testing.T) {
	for _, o := range []rules.Outcome{"", "CONFIRMED", "fine"} {
		r := result.Result{Language: invented.English(), Judgement: rules.Judgement{Verdicts: []rules.Verdict{{About: "x", Verdict: o}}}}
		holds(t, whole(r), "inconclusive: x", "INCONCLUSIVE")
		if got := Reply(r); !strings.Contains(got, r.Language.Say("all_open", nil)) {
			t.Errorf("%q: the reply is %q", o, got)
		}
		if r.Judgement.Verdicts[0].Verdict != o {
			t.Error("writing changed the result")
		}
	}
	for _, l := range labels {
		if labelOf(l.outcome).outcome != l.outcome {
			t.Errorf("%s is shown as %s", l.outcome, labelOf(l.outcome).outcome)
		}
	}
}

// What a report could make endless is cut, and by how much is said.
func TestListsAreBounded(t *testing.T) {
	r := invented.Founding()
	row := report.Finding{Text: "ENDLESS ROW"}
	v := rules.Verdict{About: "ENDLESS VERDICT", Verdict: rules.Confirmed, Findings: slices.Repeat([]report.Finding{row}, 60)}
	r.Judgement.Verdicts = slices.Repeat([]rules.Verdict{v}, 80)
	r.Judgement.Unrecognised = slices.Repeat([]report.Finding{row}, 70)
	untested := v
	untested.Untested, untested.Rule, untested.About = true, "ENDLESS RULE", "UNTESTED"
	untested.Findings = untested.Findings[:1]
	r.Judgement.Verdicts = append(r.Judgement.Verdicts, slices.Repeat([]rules.Verdict{untested}, 90)...)
	d := Of(r)
	for title, c := range map[string]struct {
		of   string
		more string
	}{"VERDICTS": {"ENDLESS VERDICT", "and 120 more"}, "NOT UNDERSTOOD": {"ENDLESS ROW", "and 20 more"}, "NOT RE-TESTED YET": {"ENDLESS RULE", "and 40 more"}} {
		got := plainly(Document{titled(d, title)})
		if n := strings.Count(got, c.of); n != maxListed {
			t.Errorf("%s: %d times %q", title, n, c.of)
		}
		holds(t, got, c.more)
	}
	holds(t, plainly(Document{titled(d, "CONFIRMED")[:1]}), "and 10 more")
}

// What was understood of a report: every row with the wording by which, and what was captured from it.
func TestDocumentOfAReport(t *testing.T) {
	r := invented.Founding().Report
	r.Target, r.Candidates = report.Target{}, []string{"mail.example.com", "mail.example.org"}
	out := plainly(OfReport(r))
	holds(t, flat(out), "report.txt, of mxtoolbox", "Target: not named", "2026-11-20 12:04:05 UTC",
		"Candidates: mail.example.com, mail.example.org", "Rows: 10 rows: 9 understood (3 error, 5 warning, 1 ok), 1 not understood (line 12)",
		"line 5 warning: smtp/transaction-time", "seconds = 15.678", `nameserver = "ns2.example.com"`,
		"Test: SMTP Transaction Time", "Wording: 15.678 seconds - Not good!", "line 12 unknown: not understood",
		"2 bytes of the input")
	if strings.Index(out, "max = ") > strings.Index(out, "min = ") {
		t.Error("the values are not sorted")
	}
}

// What became of the facts: those on the trail are not listed again, and one at another subject names it.
func TestMeasuredFactsAreSaidOnce(t *testing.T) {
	v := rules.Verdict{Subject: "example.com", Trail: []string{"dns.soa.expire: 604800 s, limit 1209600 s"}, Measured: []rules.Measured{
		{Fact: facts.DNSSOAExpire, Subject: "example.com", Value: facts.DurationValue(604800 * time.Second)},
		{Fact: facts.DNSSOASerial, Subject: "example.com at ns2", Value: facts.TextValue("7"), Evidence: "DNS exchange 3"}}}
	if got, want := measured(v), []string{string(facts.DNSSOASerial) + `: "7" for example.com at ns2 (DNS exchange 3)`}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
