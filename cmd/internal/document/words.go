package document

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// label is how an outcome is said.
// All formats take their words from here, so that no two of them call one verdict by different names.
type label struct {
	outcome   rules.Outcome
	mark      Mark
	one, many string
	means     string
	fix       string // what the advice of such a verdict is called
}

// labels stand in the order of reading: what must be repaired, what is still open, what must not be touched.
var labels = [4]label{
	{rules.Confirmed, Bad, "confirmed", "confirmed", "the report is right, and it does harm", "To do"},
	{rules.Inconclusive, Open, "inconclusive", "inconclusive", "not decided, and not guessed", "Next step"},
	{rules.FalsePositive, Good, "false positive", "false positives", "the report is wrong", "To do"},
	{rules.PolicyDisagreement, Neutral, "policy disagreement", "policy disagreements",
		"true, but the reporter's own taste: no requirement is broken", "Optional"},
}

// Outcome is the label of a verdict as it is shown: what is no known outcome is inconclusive.
func Outcome(o rules.Outcome) rules.Outcome { return labelOf(o).outcome }

// labelOf returns the label of a verdict. What is no known outcome is inconclusive, never anything better or worse.
func labelOf(o rules.Outcome) label {
	for _, l := range labels {
		if l.outcome == o {
			return l
		}
	}
	return labelOf(rules.Inconclusive)
}

// reasonWords says the reasons of false positives; the codes of inconclusive verdicts are explained by the verdict
// itself.
var reasonWords = map[string]string{
	rules.Artifact:  "a proven cause explains its mistake",
	rules.Changed:   "not true now, though it may have been when the report was made",
	rules.NeverTrue: "the report contradicts itself",
}

// reasonOf says in a few words why a verdict carries its label.
func reasonOf(v rules.Verdict) string {
	l := labelOf(v.Verdict)
	words, known := reasonWords[v.Reason]
	switch {
	case l.outcome == rules.FalsePositive && known:
		return l.means + ": " + words
	case v.DemandedBy != "":
		return "true, and not as " + v.DemandedBy + " demands; severity " + string(v.Severity)
	case l.outcome == rules.Confirmed && v.Severity != "":
		return l.means + "; severity " + string(v.Severity)
	case v.Reason != "":
		return l.means + "; reason " + v.Reason
	case l.outcome == rules.PolicyDisagreement && v.Repair:
		return "true, and no fault as the reporter has it; something beside it is worth a repair"
	}
	return l.means
}

// fixOf is what the advice of a verdict is called.
func fixOf(v rules.Verdict) string {
	if v.Repair {
		return "Worth a repair"
	}
	return labelOf(v.Verdict).fix
}

// counts says the summary in one line: what there is in the order of the labels, then what there is not.
// "0 confirmed" is worth saying: it is the first thing that a customer wants to know.
func counts(s rules.Summary) string {
	number := map[rules.Outcome]int{rules.Confirmed: s.Confirmed, rules.Inconclusive: s.Inconclusive,
		rules.FalsePositive: s.FalsePositive, rules.PolicyDisagreement: s.PolicyDisagreement}
	var some, none []string
	for _, l := range labels {
		n := number[l.outcome]
		if said := count(n, l.one, l.many); n > 0 {
			some = append(some, said)
		} else {
			none = append(none, said)
		}
	}
	return strings.Join(append(some, none...), ", ")
}

// outcomeOf is the one-line answer, also where there was nothing to answer.
func outcomeOf(r result.Result) string {
	j := r.Judgement
	switch {
	case len(j.Verdicts) > 0:
		return counts(j.Summary)
	case len(j.Unrecognised) > 0:
		return "nothing was judged: " + count(len(j.Unrecognised), "row", "rows") + " not understood"
	case len(r.Report.Findings) > 0:
		return "nothing to re-test: the report shows no warning and no error"
	}
	return "nothing to re-test: the input holds no row of a report"
}

// count writes a number with its noun.
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// inOrder returns the verdicts in the order of the labels, the urgent ones before all; within a label the order of the report
// stays. Those of rules that test nothing yet stand behind all others, for they answer nothing.
// The order of the JSON is that of the judgement; only people are in a hurry.
func inOrder(verdicts []rules.Verdict) []rules.Verdict {
	place := func(v rules.Verdict) int {
		switch {
		case v.Urgent:
			return -1
		case v.Untested:
			return len(labels)
		}
		o := labelOf(v.Verdict).outcome
		return slices.IndexFunc(labels[:], func(l label) bool { return l.outcome == o })
	}
	return slices.SortedStableFunc(slices.Values(verdicts), func(a, b rules.Verdict) int {
		return cmp.Compare(place(a), place(b))
	})
}

// called is the label of a verdict, with the mark of an urgent one, and of one that somebody lives with.
func called(v rules.Verdict) string {
	said := labelOf(v.Verdict).one
	if v.Urgent {
		said += ", urgent"
	}
	if v.Accepted != nil {
		said += ", accepted until " + v.Accepted.Until
	}
	return said
}

// stamp writes a moment for people; the zone is always named. UTC, because reader, customer and server seldom share a clock zone.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }

// secs writes a number of seconds for people.
func secs(f float64) string {
	const longest = 1e9 // beyond it a time.Duration overflows
	if !(math.Abs(f) < longest) {
		return number(f) + " s"
	}
	return facts.FormatDuration(time.Duration(f * float64(time.Second)))
}

// number writes a number without an exponent, unless it is absurd.
func number(f float64) string {
	if math.Abs(f) < 1e15 {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// row names a row of the report.
// It is the line of the report as pasted that a reader finds again, not its number among the findings.
func row(f report.Finding) string {
	text := f.Text
	if text == "" {
		text = f.Test
	}
	return lineNumbers(f.Lines) + ": " + text
}

// rows names rows of the report by their numbers.
func rows(r report.Report, numbers []int) []string {
	var texts []string
	for _, n := range numbers {
		i := slices.IndexFunc(r.Findings, func(f report.Finding) bool { return f.N == n })
		if i < 0 {
			texts = append(texts, fmt.Sprintf("row %d", n))
			continue
		}
		texts = append(texts, row(r.Findings[i]))
	}
	return texts
}

// rfc is a citation as the catalogue spells it; joinSections makes those with several sections.
var rfc = regexp.MustCompile(`^rfc([0-9]{1,5})(?:#([0-9]+(?:\.[0-9]+)*(?:,[0-9]+(?:\.[0-9]+)*)*))?$`)

// reference spells a citation out: "RFC 5321 section 4.5.3.2.1".
func reference(id string) string {
	m := rfc.FindStringSubmatch(id)
	switch {
	case m == nil:
		return id
	case m[2] == "":
		return "RFC " + m[1]
	case strings.Contains(m[2], ","):
		return "RFC " + m[1] + " sections " + strings.ReplaceAll(m[2], ",", ", ")
	}
	return "RFC " + m[1] + " section " + m[2]
}

// joinSections makes one citation of all sections of an RFC: "rfc8461#4.2,5". The whole RFC beside them adds nothing.
func joinSections(ids []string) []string {
	var out []string
	for _, id := range ids {
		document, section, _ := strings.Cut(id, "#")
		same := func(s string) bool { return s == document || strings.HasPrefix(s, document+"#") }
		i := slices.IndexFunc(out, same)
		switch {
		case i < 0 || !rfc.MatchString(id):
			out = append(out, id)
		case section == "":
		case out[i] == document:
			out[i] = id
		default:
			out[i] += "," + section
		}
	}
	return out
}

// link is where a citation can be read, or "". Of several sections it is the first: an address has one place.
func link(id string) string {
	m := rfc.FindStringSubmatch(id)
	switch {
	case m == nil:
		return ""
	case m[2] == "":
		return "https://www.rfc-editor.org/rfc/rfc" + m[1]
	}
	first, _, _ := strings.Cut(m[2], ",")
	return "https://www.rfc-editor.org/rfc/rfc" + m[1] + "#section-" + first
}

// failureWords says how something ended without an answer.
var failureWords = map[evidence.FailureKind]string{
	evidence.Timeout:     "no answer before our own patience ended",
	evidence.Refused:     "connection refused",
	evidence.Unreachable: "host or network unreachable",
	evidence.Reset:       "the connection was reset",
	evidence.EOF:         "the server closed the connection",
	evidence.TooLong:     "the server sent more than we read",
	evidence.Malformed:   "what came is not the protocol",
	evidence.OutOfStep:   "the replies are out of step with the commands",
	evidence.TLSFailed:   "the TLS handshake failed",
	evidence.BadCert:     "the certificate is not valid for the name",
	evidence.ProxyFailed: "the proxy gave no connection",
	evidence.NXDomain:    "the name does not exist",
	evidence.NoData:      "the name has no such record",
	evidence.ServFail:    "the name server gave no usable answer",
	evidence.Private:     "not probed: the address is private or reserved",
	evidence.NoRoute:     "this machine has no route of that address family",
	evidence.Limit:       "left out: more hosts than one report may touch",
	evidence.Narrowed:    "left out: another address was to be tested",
	evidence.Interrupted: "the run was ended first",
}

// failure says how something ended, with the time that was waited: "no answer" means little without it. A name that does not exist was
// answered, so no wait is told there.
func failure(f *evidence.Failure) string {
	said, ok := failureWords[f.Kind]
	if !ok {
		said = string(f.Kind)
	}
	if f.Waited > 0 && f.Kind != evidence.NXDomain && f.Kind != evidence.NoData {
		said += " (after " + facts.FormatDuration(f.Waited.D()) + ")"
	}
	if f.Detail != "" {
		said += ": " + f.Detail
	}
	return said
}
