package rules

import (
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Outcome is the label of a verdict.
// It follows from two truths, whether the claim holds and whether a requirement is broken; nothing sets it by hand.
type Outcome string

// The four labels. A verdict whose label is not set is inconclusive.
const (
	Inconclusive       Outcome = "inconclusive"
	Confirmed          Outcome = "confirmed"
	FalsePositive      Outcome = "false_positive"
	PolicyDisagreement Outcome = "policy_disagreement"
)

// Severity says how much a confirmed fault harms.
// It orders the repairs of a desk. It is no measure of how sure the verdict is: what is not sure is not confirmed.
type Severity string

// The severities, and "" for verdicts that are not confirmed.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// Reasons of a false positive. An inconclusive verdict carries a facts.Code instead, any other verdict "".
const (
	Artifact  = "artifact"   // a proven cause explains the reporter's mistake
	Changed   = "changed"    // not true now; it may have been
	NeverTrue = "never_true" // the report contradicts itself
)

// Judgement is what the rules make of one report.
// Its lists are never nil. Each bad row of the report is among the findings of a verdict or among the unrecognised ones.
type Judgement struct {
	Summary      Summary          `json:"summary"`
	Causes       []CauseFound     `json:"causes"`
	Verdicts     []Verdict        `json:"verdicts"`
	Unrecognised []report.Finding `json:"unrecognised"`
}

// Summary counts verdicts, and rows that no wording knows.
type Summary struct {
	Confirmed          int `json:"confirmed"`
	FalsePositive      int `json:"false_positive"`
	PolicyDisagreement int `json:"policy_disagreement"`
	Inconclusive       int `json:"inconclusive"`
	Unrecognised       int `json:"unrecognised"`
	Accepted           int `json:"accepted"` // of the confirmed ones; see Acceptance

	Rows Rows `json:"rows"`
}

// CauseFound is one explanation of several findings, proven at one subject.
// A reader who has understood it can skip the verdicts that it explains.
type CauseFound struct {
	ID          string `json:"id"`
	Subject     string `json:"subject"`
	Says        string `json:"says"`
	Plain       string `json:"plain"` // the same for the customer, short, with what not to change
	DoNot       string `json:"do_not"`
	Findings    []int  `json:"findings"`     // numbers of the rows it explains
	NeverTested []int  `json:"never_tested"` // numbers of OK rows that the reporter cannot have tested
}

// Suggestion is a cause that the report alone already suggests, before anything was tested.
type Suggestion struct {
	Cause    string // ID
	Says     string // one line: "three rows carry the mark of a 15 s hang-up"
	Findings []int

	reporter string // who printed the rows
}

// Verdict is the label of one claim about one subject, with everything that a reader needs to check it.
type Verdict struct {
	Findings []report.Finding `json:"findings"` // all rows that state this claim
	Rule     string           `json:"rule"`
	About    string           `json:"about"` // the rule's title
	Subject  string           `json:"subject"`
	Verdict  Outcome          `json:"verdict"`
	Reason   string           `json:"reason"`
	Severity Severity         `json:"severity"`
	Urgent   bool             `json:"urgent"`    // of an urgent rule, and confirmed or not decided; such verdicts stand first
	Claim    string           `json:"claim"`     // what the finding asserts
	Says     string           `json:"says"`      // the verdict in words, and why
	Plain    string           `json:"plain"`     // the same for a customer who knows no mail jargon, with what to do and what not to change
	Remarks  []string         `json:"-"`         // what of that notes say, which stands behind the rest
	Topic    string           `json:"topic"`     // what it is about, in a customer's words
	DoNot    string           `json:"do_not"`    // what not to change
	Fix      string           `json:"fix"`       // what to do, or the next step of an inconclusive verdict
	Notes    []string         `json:"notes"`     // "true at 1 of 8 addresses", "the reporter's limit is not published; …"
	Trail    []string         `json:"trail"`     // how each condition was decided: "greeting took 16.0 s; limit 5 s"
	Measured []Measured       `json:"measured"`  // the facts behind it
	WouldSee []WouldSee       `json:"would_see"` // what a client of each patience would have seen; timing matters only
	Patience []PatienceRow    `json:"patience"`  // who would give up and who misreports; timing matters only
	Opinions []Opinion        `json:"opinions"`  // who says what about the value; policy disagreements only
	// Delegation is how the zone was found and what each server on the way said; null in verdicts about other matters.
	Delegation *facts.Delegation `json:"delegation"`
	// SPFTree is the SPF record with all that it includes, and the look-ups of each; empty in verdicts about other matters.
	SPFTree    facts.SPFTree `json:"spf_tree"`
	References []string      `json:"references"`  // "rfc5321#4.5.3.2.1"
	Commands   []string      `json:"commands"`    // commands that the reader can run himself
	MeasuredAt *time.Time    `json:"measured_at"` // when the earliest of the measured facts was taken, or null
	DemandedBy string        `json:"demanded_by"` // the organisation by whose own demand a finding is confirmed, and by nobody else's; else ""
	Policy     []string      `json:"policy"`      // what of the verdict rests on the policy of an organisation
	Accepted   *Acceptance   `json:"accepted"`    // null: not accepted by anybody
	Lapsed     *Acceptance   `json:"-"`           // an acceptance that is over, where there is no other
	Repair     bool          `json:"-"`           // a note finds something else worth a repair, which Fix then is about
	Untested   bool          `json:"-"`           // of a rule that tests nothing yet: there is no more to it than the next step

	names placeNames // for Accept
}

// Measured is one fact behind a verdict.
// Evidence names the session or exchange that shows it, as the transcripts number them.
type Measured struct {
	Fact     facts.Name  `json:"fact"`
	Subject  string      `json:"subject"`
	Value    facts.Value `json:"value"`
	AtLeast  bool        `json:"at_least"`
	Unknown  string      `json:"unknown"` // why there is no value, or ""
	Evidence string      `json:"evidence"`
}

// WouldSee is what a client that waits Limit seconds for each reply would have known after the session that we saw.
// Unknown says that our own wait ended before it could be told.
type WouldSee struct {
	Subject  string  `json:"subject"`
	Limit    float64 `json:"limit"` // seconds
	Greeting Truth   `json:"greeting"`
	STARTTLS Truth   `json:"starttls"` // could have seen the reply that tells whether encryption is offered
	Whose    string  `json:"whose"`    // whose patience that is, or ""
}

// PatienceRow is a client of the patience table, judged at the measured delay.
// GivesUp is unknown where our own wait ended before the client's would have.
type PatienceRow struct {
	Name    string  `json:"name"`
	Sender  bool    `json:"sender"` // sends real mail; else a tester
	Waits   float64 `json:"waits"`  // seconds for the greeting
	GivesUp Truth   `json:"gives_up"`
	Source  string  `json:"source"`
	Seen    string  `json:"seen"` // when the source was last read
}

// Opinion is what an authority recommends about a value, or what a provider gives to the zones that it hosts.
type Opinion struct {
	Who      string `json:"who"`
	Kind     string `json:"kind"`  // OpinionAuthority or OpinionProvider
	Class    string `json:"class"` // of an authority: M for a standard that must be followed, A for advice
	Says     string `json:"says"`
	Agrees   Truth  `json:"agrees"`   // the measured value is what it recommends, or gives
	Rejected bool   `json:"rejected"` // the reporter would object to everything that it recommends
	Source   string `json:"source"`
	Seen     string `json:"seen"` // when the source was last read
}

// Who has an opinion.
const (
	OpinionAuthority = "authority"
	OpinionProvider  = "provider"
)
