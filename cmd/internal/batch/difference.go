package batch

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The labels of verdicts that decide what a difference is.
const (
	confirmed    = "confirmed"
	inconclusive = "inconclusive"
)

// Change is what became of a verdict, or of a report, between two runs.
type Change string

// The changes of verdicts, the worst first.
const (
	Came        Change = "came"         // confirmed now, and not before
	Lapsed      Change = "lapsed"       // confirmed both times; somebody had accepted it, and that is over
	Undecided   Change = "undecided"    // decided before, inconclusive now
	Vanished    Change = "vanished"     // judged before, and not now, though its report is there
	Appeared    Change = "appeared"     // judged now, and not before, and no fault that came
	OtherReason Change = "other_reason" // the same label by another rule, for another reason, or with another severity
	Accepted    Change = "accepted"     // confirmed now, and somebody accepts it now
	Decided     Change = "decided"      // inconclusive before, no fault now
	Judged      Change = "judged"       // no fault both times, of another kind
	Repaired    Change = "repaired"     // confirmed before, no fault now
)

// The changes of reports, the worst first.
const (
	ResultLost  Change = "result_lost" // had a result, and has none
	ErrorOther  Change = "other_error" // has none both times, for another reason
	ReportGone  Change = "gone"        // in the old run only
	ReportNew   Change = "new"         // in the new run only
	ContentDiff Change = "changed"     // another content under the same name, or said to be about something else
	ResultNow   Change = "result_now"  // had none, and has one
)

// VerdictChanges and ReportChanges are all changes, the worst first.
var (
	VerdictChanges = []Change{Came, Lapsed, Undecided, Vanished, Appeared, OtherReason, Accepted, Decided, Judged, Repaired}
	ReportChanges  = []Change{ResultLost, ErrorOther, ReportGone, ReportNew, ContentDiff, ResultNow}
)

// Rules tells what other rules have to do with a difference.
type Rules string

// The answers.
const (
	NoRules     Rules = ""       // nothing: the report was not judged before
	SameRules   Rules = "same"   // both were judged by the same rules
	RulesMay    Rules = "may"    // by others, and whether they make the difference is not known
	RulesDecide Rules = "decide" // by others, and the same was measured: they make it
)

// State is a verdict in one of two runs.
type State struct {
	ID       string `json:"id"`  // of that row, see FindingID; where none is known, of the report
	Row      int    `json:"row"` // the first row that states it; 0 if none is known
	Rule     string `json:"rule"`
	Subject  string `json:"subject"`
	Verdict  string `json:"verdict"`
	Reason   string `json:"reason"`
	Severity string `json:"severity"`
	Urgent   bool   `json:"urgent"`
	Accepted bool   `json:"accepted"`
}

// Difference is one verdict that is not as it was.
type Difference struct {
	Change      Change `json:"change"`
	Source      string `json:"source"`
	Rule        string `json:"rule"` // that of now, else that of before; the subject too
	About       string `json:"about"`
	Subject     string `json:"subject"`
	Before      *State `json:"before"` // null: not judged
	Now         *State `json:"now"`
	SameContent bool   `json:"same_content"` // the report is the same; else verdicts were matched by rule and subject
	Rules       Rules  `json:"rules"`
}

// ReportDifference is one report that is not there as it was.
type ReportDifference struct {
	Change  Change `json:"change"`
	Source  string `json:"source"`
	Before  Totals `json:"before"`
	Now     Totals `json:"now"`
	ErrorOf struct {
		Before string `json:"before"` // why there was no result, or ""
		Now    string `json:"now"`
	} `json:"error"`
}

// Totals count the verdicts of a report by label.
type Totals struct {
	Confirmed          int `json:"confirmed"`
	Inconclusive       int `json:"inconclusive"`
	FalsePositive      int `json:"false_positive"`
	PolicyDisagreement int `json:"policy_disagreement"`
}

func totalsOf(verdicts []judgedVerdict) (t Totals) {
	for _, v := range verdicts {
		switch v.Verdict {
		case confirmed:
			t.Confirmed++
		case inconclusive:
			t.Inconclusive++
		case "false_positive":
			t.FalsePositive++
		default:
			t.PolicyDisagreement++
		}
	}
	return t
}

// compared is what two records of one source say otherwise.
type compared struct {
	report   *ReportDifference
	verdicts []Difference
	equal    int // verdicts that are as they were
	noResult int // 1 where there is none, for the same reason as before
}

// compareRecords compares two records of one source, of which one may be nil.
func (c *Comparison) compareRecords(old, now *judgedRecord) compared {
	switch {
	case old == nil:
		return compared{report: reportDifference(ReportNew, nil, now), verdicts: c.compareVerdicts(&judgedRecord{}, now, (*judgedVerdict).asks)}
	case now == nil:
		return compared{report: reportDifference(ReportGone, old, nil)}
	case old.Error != "" && now.Error != "":
		if old.Error == now.Error {
			return compared{noResult: 1}
		}
		return compared{report: reportDifference(ErrorOther, old, now)}
	case now.Error != "":
		return compared{report: reportDifference(ResultLost, old, now)}
	case old.Error != "":
		return compared{report: reportDifference(ResultNow, old, now), verdicts: c.compareVerdicts(old, now, (*judgedVerdict).asks)}
	}
	d := compared{verdicts: c.compareVerdicts(old, now, func(*judgedVerdict) bool { return true })}
	if old.ID != now.ID {
		d.report = reportDifference(ContentDiff, old, now)
	}
	d.equal = len(now.verdicts)
	for _, v := range d.verdicts {
		if v.Now != nil {
			d.equal--
		}
	}
	return d
}

func reportDifference(change Change, old, now *judgedRecord) *ReportDifference {
	d := &ReportDifference{Change: change}
	if old != nil {
		d.Source, d.Before, d.ErrorOf.Before = old.Source, totalsOf(old.verdicts), old.Error
	}
	if now != nil {
		d.Source, d.Now, d.ErrorOf.Now = now.Source, totalsOf(now.verdicts), now.Error
	}
	return d
}

// compareVerdicts tells the differences of two results. What is there on one side only is told where it is wanted.
func (c *Comparison) compareVerdicts(old, now *judgedRecord, wanted func(*judgedVerdict) bool) []Difference {
	var list []Difference
	for _, m := range match(old.verdicts, now.verdicts, old.ID == now.ID) {
		change := c.changeOf(m)
		shown := m.now
		if shown == nil {
			shown = m.before
		}
		if change == "" || (m.before == nil || m.now == nil) && !wanted(shown) {
			continue
		}
		list = append(list, Difference{Change: change, Source: now.Source, Rule: shown.Rule, About: shown.About, Subject: shown.Subject,
			Before: stateOfVerdict(old, m.before), Now: stateOfVerdict(now, m.now), SameContent: old.ID == now.ID, Rules: rulesOf(old, now, m)})
	}
	return list
}

func stateOfVerdict(r *judgedRecord, v *judgedVerdict) *State {
	if v == nil {
		return nil
	}
	id := r.ID
	if v.row() != 0 {
		id = FindingID(id, v.row())
	}
	return &State{ID: id, Row: v.row(), Rule: v.Rule, Subject: v.Subject, Verdict: v.Verdict, Reason: v.Reason, Severity: v.Severity, Urgent: v.Urgent, Accepted: v.Accepted != nil}
}

// sizes is how many ranks one change has.
const sizes = 8

// rank orders differences, the worst first: by their change, then what is urgent, then by severity.
func (d *Difference) rank() uint8 {
	state, size := d.Now, 5
	if state == nil || d.Change == Undecided && !state.Urgent {
		state = d.Before // what is open weighs as much as what it was
	}
	switch {
	case state.Urgent:
		size = 0
	case state.Verdict == confirmed:
		size = 4
		if i := slices.Index([]string{"high", "medium", "low"}, state.Severity); i >= 0 {
			size = 1 + i
		}
	}
	return uint8(slices.Index(VerdictChanges, d.Change)*sizes + size)
}

// changeOf tells what became of a verdict, or "" where it is as it was. A fault that another report told before has not come with a new one. What is not decided now is never repaired, whatever it was.
func (c *Comparison) changeOf(m matched) Change {
	b, n := m.before, m.now
	switch {
	case n == nil:
		return Vanished
	case b == nil && n.asks() && !c.old.has(n):
		return Came
	case b == nil:
		return Appeared
	case n.asks() && !b.asks() && b.Verdict == confirmed:
		return Lapsed
	case n.asks() && !b.asks():
		return Came
	case n.Verdict == confirmed && n.Accepted != nil && (b.Verdict != confirmed || b.Accepted == nil):
		return Accepted
	case n.Verdict == b.Verdict && n.Rule == b.Rule && n.Reason == b.Reason && n.Severity == b.Severity && n.Urgent == b.Urgent:
		return ""
	case n.Verdict == b.Verdict:
		return OtherReason
	case n.Verdict == inconclusive:
		return Undecided
	case b.Verdict == confirmed:
		return Repaired
	case b.Verdict == inconclusive:
		return Decided
	}
	return Judged
}

// rulesOf tells whether other rules make a difference. It is known where the label differs, the report is the same and exactly the same was
// measured: a label follows from these and the rules. Of many addresses a verdict lists some only, so that many prove nothing; and neither
// does a reason, which may rest on what was measured for other findings.
func rulesOf(old, now *judgedRecord, m matched) Rules {
	switch {
	case old.ID == "" || old.Error != "":
		return NoRules
	case old.Rules == now.Rules:
		return SameRules
	case m.before == nil || m.now == nil || old.ID != now.ID || m.before.Verdict == m.now.Verdict:
		return RulesMay
	}
	before, known := measuredOf(m.before)
	after, alsoKnown := measuredOf(m.now)
	if known && alsoKnown && slices.Equal(before, after) {
		return RulesDecide
	}
	return RulesMay
}

// measuredFact is a fact behind a verdict, with its value as it is written.
type measuredFact struct {
	fact, subject, value, unknown string
	atLeast                       bool
}

// maxPlaces is how many places a verdict may list facts of, and list all: the rules stop at eight.
const maxPlaces = 7

// measuredOf are the facts behind a verdict, sorted, and whether these are surely all.
func measuredOf(v *judgedVerdict) ([]measuredFact, bool) {
	var read []struct {
		Fact    string          `json:"fact"`
		Subject string          `json:"subject"`
		Value   json.RawMessage `json:"value"`
		AtLeast bool            `json:"at_least"`
		Unknown string          `json:"unknown"`
	}
	if json.Unmarshal(v.Measured, &read) != nil || len(read) == 0 {
		return nil, false
	}
	facts, places := []measuredFact{}, map[string]bool{}
	for _, m := range read {
		var value bytes.Buffer
		if m.Value == nil || json.Compact(&value, m.Value) != nil {
			return nil, false
		}
		places[m.Subject] = true
		facts = append(facts, measuredFact{m.Fact, m.Subject, value.String(), m.Unknown, m.AtLeast})
	}
	slices.SortFunc(facts, func(a, b measuredFact) int {
		return slices.Compare([]string{a.fact, a.subject, a.value, a.unknown}, []string{b.fact, b.subject, b.value, b.unknown})
	})
	return facts, len(places) <= maxPlaces
}
