package rules

import (
	"fmt"
	"math"
	"net/netip"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// claim is one assertion about one subject, made by one or more rows, on its way to a verdict.
// It is made and judged by one goroutine, and is thrown away with the judgement.
type claim struct {
	catalogue  *Catalogue
	rule       *Rule
	target     string // the name or address of the report
	nameserver string // of a zone row that speaks of one server only
	address    string // of a host row that speaks of one address of the host only
	list       string // of a row that speaks of one block list only
	reporter   string // who printed the rows: by whose limits and patience they are judged
	ofSeveral  bool   // rows of other reporters stand in the report too
	parameters map[string]Parameter
	findings   []report.Finding
	suspected  []string // causes that the report alone suggests

	contradicted []int // numbers of the OK rows by which the report contradicts all rows of the claim

	views        []viewResult
	none         facts.Unknown // why there are no views
	around       *surroundings // nil for a claim that is not judged
	holds        Truth
	broken       *Requirement
	brokenAt     *viewResult // where it is broken
	brokenTruth  Truth
	requirements Trail
	explained    []*Cause

	beyondHouse Truth // the claim by the limits of the organisation whose policy is in force
	usesHouse   bool  // and these are the limits by which it was judged
}

// viewResult is what the conditions said of one subject.
// It keeps its trail even where it does not decide the claim, because an inconclusive verdict names the gap.
type viewResult struct {
	subject facts.Subject
	view    View
	counts  Truth // whether the claim can be judged here at all
	holds   Truth
	trail   Trail
}

// claims groups the bad rows of a report: same rule, subject, parameters and reporter are one claim.
// Rows that were never recognised and those that report no fault make no claim, so nothing is judged about them.
func (c *Catalogue) claims(r report.Report) []*claim {
	var claims []*claim
	// By reporter: the mark in the rows of one says nothing of another's.
	suspected := map[string][]string{}
	for _, s := range c.SuggestCauses(r) {
		suspected[s.reporter] = append(suspected[s.reporter], s.Cause)
	}
	several := severalReporters(r)
	index := map[string]*claim{}
	for _, f := range r.Findings {
		rule := c.Rule(f.Rule)
		if rule == nil || !f.Status.Bad() {
			continue
		}
		reporter := reporterOf(r, f)
		cl := &claim{catalogue: c, rule: rule, target: rule.placeOf(f), reporter: reporter, ofSeveral: several, suspected: suspected[reporter],
			parameters: c.parametersOf(rule, f, reporter)}
		switch rule.Subject {
		case string(facts.Zone):
			cl.nameserver = f.Values["nameserver"].Text
		// A reporter tests one address of a host. Where the row names it, the others neither convict nor acquit.
		case string(facts.Host):
			cl.address, cl.list = addressOf(f), f.Values["list"].Text
		}
		// And one of the servers through which a message came.
		if rule.NeedsMessage() {
			cl.address = addressOf(f)
		}
		// Claims stand in the order of their first rows: a reader compares the verdicts with the report.
		key := cl.key()
		if index[key] == nil {
			index[key] = cl
			claims = append(claims, cl)
		}
		// Rows that were merged stay all with the verdict: a reader finds each row of his report in it.
		index[key].findings = append(index[key].findings, f)
	}
	return claims
}

// addressOf is the address that a row names beside its host, "" if it names none.
// What is no address is left out rather than refused: it is a word of the report.
func addressOf(f report.Finding) string {
	addr, err := netip.ParseAddr(f.Values["address"].Text)
	if err != nil {
		return ""
	}
	// One spelling for each address (RFC 5952), or the same one would be two.
	return addr.Unmap().WithZone("").String()
}

// key is the same for rows of one claim. Who printed them is a part of it: the verdict on one reporter's row speaks of its limit and
// its patience, and would be wrong of another's even where both have the same number.
func (cl *claim) key() string {
	var b strings.Builder
	// A zero byte parts them, so that no two claims run together ("a b" and "c", "a" and "b c").
	for _, part := range []string{cl.rule.ID, cl.target, cl.nameserver, cl.address, cl.list, cl.reporter} {
		b.WriteString(part)
		b.WriteByte(0)
	}
	for _, name := range sortedKeys(cl.parameters) {
		fmt.Fprintf(&b, "%s=%s\x00", name, cl.parameters[name].Value)
	}
	return b.String()
}

// parametersOf takes each parameter from the finding's own text, else the reporter's threshold, else the rule's default.
// A limit that none of them names stays out, so that whatever is compared with it is unknown.
func (c *Catalogue) parametersOf(rule *Rule, f report.Finding, reporterID string) map[string]Parameter {
	parameters := map[string]Parameter{}
	for name, spec := range rule.Parameters {
		// The strongest first: what the row names is what its author meant, whatever the reporter publishes today.
		if v, ok := f.Values[name]; ok && spec.Kind == facts.Text && v.Text != "" {
			parameters[name] = Parameter{Value: facts.TextValue(v.Text), Origin: FromFinding}
		} else if ok && spec.Kind != facts.Text && v.Number != nil {
			parameters[name] = Parameter{Value: numberAs(spec.Kind, *v.Number), Origin: FromFinding}
		} else if v, ok := c.threshold(reporterID, rule.ID, name); ok {
			parameters[name] = Parameter{Value: v, Origin: FromReporter}
		} else if spec.Default.Kind() != facts.None {
			parameters[name] = Parameter{Value: spec.Default, Origin: FromDefault, Source: spec.Source}
		}
	}
	// Not declared by rules, because it is no limit of theirs: how long somebody waited decides what he can have seen.
	if patience, ok := c.patienceOf(reporterID); ok {
		parameters[patienceParameter] = Parameter{Value: facts.DurationValue(patience), Origin: FromReporter}
	}
	return parameters
}

// numberAs reads a number of a report (seconds or a count) as a kind. Numbers that no kind can hold are cut to its range.
func numberAs(kind facts.Kind, n float64) facts.Value {
	if kind == facts.Duration {
		return facts.DurationValue(seconds(n))
	}
	// The numbers of DNS have 32 bits (RFC 1035 section 3.3.13), those of replies three digits; a report may claim any.
	return facts.IntValue(int64(max(math.MinInt32, min(n, math.MaxUint32))))
}

// seconds turns a number of a report into a duration, within what a duration can hold.
func seconds(n float64) time.Duration {
	// A duration of Go ends at 292 years and turns negative beyond.
	const limit = float64(100 * 365 * 24 * 3600)
	return time.Duration(max(-limit, min(n, limit)) * float64(time.Second))
}
