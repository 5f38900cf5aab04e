package rules

import (
	"cmp"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// Judge labels every bad row of a report by what is known, groups rows that state the same claim, and names the causes that
// explain them. It depends on nothing but its arguments: the same report and facts give the same judgement.
func (c *Catalogue) Judge(r report.Report, set *facts.Set) Judgement {
	j := Judgement{Causes: []CauseFound{}, Verdicts: []Verdict{}, Unrecognised: []report.Finding{}}
	for _, f := range r.Findings {
		if c.Rule(f.Rule) == nil || f.Status == report.Unknown {
			j.Unrecognised = append(j.Unrecognised, f)
		}
	}
	claims := c.claims(r)
	contradicted := contradictions(r)
	for _, claim := range claims {
		claim.contradicted = contradicted.contradict(claim.findings)
		claim.judge(set)
		j.Verdicts = append(j.Verdicts, claim.verdict())
	}
	slices.SortStableFunc(j.Verdicts, urgentFirst)
	j.Causes = causesFound(c, r, claims)
	j.Summary = summarise(j)
	return j
}

// urgentFirst orders verdicts: who can do nothing before the next meeting should see what cannot wait.
func urgentFirst(a, b Verdict) int {
	switch {
	case a.Urgent == b.Urgent:
		return 0
	case a.Urgent:
		return -1
	}
	return 1
}

func summarise(j Judgement) Summary {
	s := Summary{Unrecognised: len(j.Unrecognised)}
	for _, v := range j.Verdicts {
		switch v.Verdict {
		case Confirmed:
			s.Confirmed++
		case FalsePositive:
			s.FalsePositive++
		case PolicyDisagreement:
			s.PolicyDisagreement++
		default:
			s.Inconclusive++
		}
	}
	return s
}

// claim is one assertion about one subject, made by one or more rows, on its way to a verdict.
type claim struct {
	catalogue  *Catalogue
	rule       *Rule
	target     string // the name or address of the report
	nameserver string // of a zone row that speaks of one server only
	address    string // of a host row that speaks of one address of the host only
	reporter   string
	parameters map[string]Parameter
	findings   []report.Finding
	suspected  []string // causes that the report alone suggests

	contradicted []int // numbers of the OK rows by which the report contradicts all rows of the claim

	views        []viewResult
	none         facts.Unknown // why there are no views
	set          *facts.Set    // nil for a claim that is not judged
	holds        Truth
	broken       *Requirement
	brokenAt     *viewResult // where it is broken
	brokenTruth  Truth
	requirements Trail
	explained    []*Cause
}

// viewResult is what the conditions said of one subject.
type viewResult struct {
	subject facts.Subject
	view    View
	counts  Truth // whether the claim can be judged here at all
	holds   Truth
	trail   Trail
}

// claims groups the bad rows of a report: same rule, subject and parameters are one claim.
func (c *Catalogue) claims(r report.Report) []*claim {
	var claims []*claim
	var suspected []string
	for _, s := range c.SuggestCauses(r) {
		suspected = append(suspected, s.Cause)
	}
	index := map[string]*claim{}
	for _, f := range r.Findings {
		rule := c.Rule(f.Rule)
		if rule == nil || !f.Status.Bad() {
			continue
		}
		cl := &claim{catalogue: c, rule: rule, target: f.Subject, reporter: r.Reporter, suspected: suspected,
			parameters: c.parametersOf(rule, f, r.Reporter)}
		switch rule.Subject {
		case string(facts.Zone):
			cl.nameserver = f.Values["nameserver"].Text
		case string(facts.Host):
			cl.address = addressOf(f)
		}
		key := cl.key()
		if index[key] == nil {
			index[key] = cl
			claims = append(claims, cl)
		}
		index[key].findings = append(index[key].findings, f)
	}
	return claims
}

// addressOf is the address that a row names beside its host, "" if it names none.
func addressOf(f report.Finding) string {
	addr, err := netip.ParseAddr(f.Values["address"].Text)
	if err != nil {
		return ""
	}
	return addr.Unmap().WithZone("").String()
}

func (cl *claim) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\x00%s\x00%s\x00%s", cl.rule.ID, cl.target, cl.nameserver, cl.address)
	for _, name := range sortedKeys(cl.parameters) {
		fmt.Fprintf(&b, "\x00%s=%s", name, cl.parameters[name].Value)
	}
	return b.String()
}

// parametersOf takes each parameter from the finding's own text, else the reporter's threshold, else the rule's default.
func (c *Catalogue) parametersOf(rule *Rule, f report.Finding, reporterID string) map[string]Parameter {
	parameters := map[string]Parameter{}
	for name, spec := range rule.Parameters {
		if v, ok := f.Values[name]; ok && spec.Kind == facts.Text && v.Text != "" {
			parameters[name] = Parameter{Value: facts.TextValue(v.Text), Origin: FromFinding}
		} else if ok && spec.Kind != facts.Text && v.Number != nil {
			parameters[name] = Parameter{Value: numberAs(spec.Kind, *v.Number), Origin: FromFinding}
		} else if v, ok := c.threshold(reporterID, rule.ID, name, spec.Kind); ok {
			parameters[name] = Parameter{Value: v, Origin: FromReporter}
		} else if spec.Default.Kind() != facts.None {
			parameters[name] = Parameter{Value: spec.Default, Origin: FromDefault, Source: spec.Source}
		}
	}
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
	return facts.IntValue(int64(max(math.MinInt32, min(n, math.MaxUint32))))
}

// seconds turns a number of a report into a duration, within what a duration can hold.
func seconds(n float64) time.Duration {
	const limit = float64(100 * 365 * 24 * 3600)
	return time.Duration(max(-limit, min(n, limit)) * float64(time.Second))
}

// judge evaluates the claim at each of its views and merges them.
func (cl *claim) judge(set *facts.Set) {
	if cl.rule.Untested != nil || cl.target == "" {
		return
	}
	cl.set = set
	cl.lookAround(set)
	judged := false
	result := False
	for i := range cl.views {
		v := &cl.views[i]
		if v.counts == True {
			judged = true
			result = result.Or(v.holds)
		}
	}
	if !judged {
		return
	}
	cl.holds = result
	if result == True {
		cl.judgeRequirements()
	}
	cl.explained = cl.explanations()
}

// lookAround evaluates rule and claim at every subject to which the target leads.
func (cl *claim) lookAround(set *facts.Set) {
	kind := cl.rule.viewKind()
	cl.none = set.WhyNoViews(cl.target, kind)
	subjects := set.Views(cl.target, kind)
	nameserver := cl.nameserver
	if kind != facts.Server {
		nameserver = "" // the claim is about all servers together, whichever of them the row names
	}
	if nameserver != "" && len(subjects) > 0 {
		cl.none = facts.Unknown{Code: facts.NotFound, Detail: "the zone does not list the name server " + cl.nameserver}
	}
	address := cl.address
	if kind != facts.Session || address == cl.target {
		address = ""
	}
	if address != "" && len(subjects) > 0 {
		cl.none = facts.Unknown{Code: facts.NotFound, Detail: "the row names the address " + address + ", which is none of the addresses that were tested for " + cl.target +
			"; to test that address by itself, run the test again with --target " + address}
	}
	for _, subject := range subjects {
		if nameserver != "" && !strings.HasPrefix(subject.At, nameserver+" ") || address != "" && subject.At != address {
			continue
		}
		v := viewResult{subject: subject, counts: True, view: View{Set: set, Parameters: cl.parameters,
			Subjects: []facts.Subject{subject, {Kind: facts.Target, Name: cl.target}}}}
		var where Trail
		if cl.rule.JudgedWhere != nil {
			v.counts = cl.rule.JudgedWhere.Eval(v.view, &where)
		}
		v.holds = cl.rule.HoldsWhen.Eval(v.view, &v.trail)
		if v.counts != True {
			v.trail = where
		}
		cl.views = append(cl.views, v)
	}
}

// judgeRequirements finds the severest requirement that is broken where the claim is true.
func (cl *claim) judgeRequirements() {
	cl.brokenTruth = False
	var undecided Trail
	for i := range cl.rule.Requirements {
		q := &cl.rule.Requirements[i]
		if q.BrokenWhen == nil {
			continue
		}
		for _, v := range cl.holding() {
			var trail Trail
			truth := q.BrokenWhen.Eval(v.view, &trail)
			if q.Unless == unlessAnycast && cl.catalogue.opinions.anycast(v.view) {
				truth = False
			}
			cl.brokenTruth = cl.brokenTruth.Or(truth)
			switch {
			case truth == True && (cl.broken == nil || rank(q.Severity) > rank(cl.broken.Severity)):
				cl.broken, cl.brokenAt, cl.requirements = q, &v, trail
			case truth == Unknown:
				undecided = append(undecided, trail...)
			case truth == False && cl.broken == nil:
				cl.requirements = append(cl.requirements, trail...)
			}
		}
	}
	if cl.brokenTruth == Unknown {
		cl.requirements = undecided
	}
}

func rank(s Severity) int { return slices.Index([]Severity{Low, Medium, High}, s) }

// judgedViews are the views that count; holding are those of them where the claim is true.
func (cl *claim) judgedViews() []viewResult {
	return keep(cl.views, func(v viewResult) bool { return v.counts == True })
}

func (cl *claim) holding() []viewResult {
	return keep(cl.judgedViews(), func(v viewResult) bool { return v.holds == True })
}

func keep(views []viewResult, want func(viewResult) bool) []viewResult {
	return slices.DeleteFunc(slices.Clone(views), func(v viewResult) bool { return !want(v) })
}

// outcome applies the table of two truths.
func (cl *claim) outcome() Outcome {
	switch {
	case cl.holds == False:
		return FalsePositive
	case cl.holds == True && cl.brokenTruth == True:
		return Confirmed
	case cl.holds == True && cl.brokenTruth == False:
		return PolicyDisagreement
	}
	return Inconclusive
}

// explanations are the causes that are proven at every judged view: nobody knows which address the reporter met. A cause
// never explains a confirmed finding away.
func (cl *claim) explanations() []*Cause {
	if o := cl.outcome(); o != FalsePositive && o != PolicyDisagreement {
		return nil
	}
	var proven []*Cause
	for _, cause := range cl.catalogue.causes {
		if !slices.Contains(cause.Explains, cl.rule.ID) {
			continue
		}
		if len(cl.proving(cause)) == len(cl.judgedViews()) {
			proven = append(proven, cause)
		}
	}
	return proven
}

// proving are the judged views at which a cause is proven.
func (cl *claim) proving(cause *Cause) []viewResult {
	return keep(cl.judgedViews(), func(v viewResult) bool { return cause.ProvenWhen.Eval(v.view, &Trail{}) == True })
}

// causesFound gathers the claims that a proven cause explains, per cause and target.
func causesFound(c *Catalogue, r report.Report, claims []*claim) []CauseFound {
	found := []CauseFound{}
	for _, cause := range c.causes {
		index := map[string]int{}
		for _, cl := range claims {
			if !slices.Contains(cl.explained, cause) {
				continue
			}
			i, ok := index[cl.target]
			if !ok {
				i = len(found)
				index[cl.target] = i
				found = append(found, cl.cause(cause, r))
			}
			if cl.sawNothing(cause) {
				found[i].NeverTested = neverTested(cause, cl.target, r)
			}
			for _, f := range cl.findings {
				found[i].Findings = append(found[i].Findings, f.N)
			}
		}
	}
	for i := range found {
		slices.Sort(found[i].Findings)
	}
	return found
}

// cause writes a proven cause for the subject of the claim.
func (cl *claim) cause(cause *Cause, r report.Report) CauseFound {
	views := cl.proving(cause)
	names := cl.names(views[0])
	found := CauseFound{ID: cause.ID, Subject: cl.subjectText(views), Findings: []int{}, NeverTested: []int{},
		Says: fill(cause.Says, views[0].view, names), Reply: fill(cause.Reply, views[0].view, names),
		DoNot: fill(cause.DoNot, views[0].view, names)}
	return found
}

// sawNothing tells whether the rows of the claim themselves show that the reporter left early: they assert what is not so, or
// their seconds are its own limit. A true measurement of a slow server shows no such thing.
func (cl *claim) sawNothing(cause *Cause) bool {
	return cl.outcome() == FalsePositive || cause.Suggested != nil && slices.ContainsFunc(cl.findings, func(f report.Finding) bool {
		return cl.catalogue.marked(cause, f, cl.reporter)
	})
}

// neverTested are the OK rows about a target that a reporter who left early cannot have tested.
func neverTested(cause *Cause, target string, r report.Report) []int {
	rows := []int{}
	for _, f := range r.Findings {
		if f.Status == report.OK && f.Subject == target && slices.Contains(cause.NeverTested, f.Rule) {
			rows = append(rows, f.N)
		}
	}
	return rows
}

// Suggest names the causes that the report alone suggests: rows that carry the mark of the reporter's own limit.
func (c *Catalogue) SuggestCauses(r report.Report) []Suggestion {
	var suggestions []Suggestion
	for _, cause := range c.causes {
		if cause.Suggested == nil {
			continue
		}
		var marked, beside []int
		for _, f := range r.Findings {
			switch {
			case !f.Status.Bad():
			case c.marked(cause, f, r.Reporter):
				marked = append(marked, f.N)
			case slices.Contains(cause.Suggested.Beside, f.Rule):
				beside = append(beside, f.N)
			}
		}
		if len(marked) == 0 {
			continue
		}
		rows := append(marked, beside...)
		slices.Sort(rows)
		patience, _ := c.patienceOf(r.Reporter)
		says := strings.NewReplacer("{rows}", countRows(len(rows)), "{patience}", facts.FormatDuration(patience),
			"{reporter}", c.reporterName(r.Reporter)).Replace(cause.Suggested.Says)
		suggestions = append(suggestions, Suggestion{Cause: cause.ID, Says: says, Findings: rows})
	}
	return suggestions
}

func countRows(n int) string {
	if n == 1 {
		return "one row carries"
	}
	small := []string{"two", "three", "four", "five", "six", "seven", "eight", "nine"}
	if n-2 < len(small) {
		return small[n-2] + " rows carry"
	}
	return fmt.Sprintf("%d rows carry", n)
}

// marked tells whether the seconds of a row are the reporter's own limit rather than a measurement.
func (c *Catalogue) marked(cause *Cause, f report.Finding, reporterID string) bool {
	patience, ok := c.patienceOf(reporterID)
	value := f.Values["seconds"]
	if !ok || value.Number == nil || !slices.Contains(cause.Suggested.Mark, f.Rule) {
		return false
	}
	spread := c.reporter(reporterID).HangsUpWithin
	return seconds(*value.Number) >= patience && seconds(*value.Number) < patience+spread
}

func (c *Catalogue) reporterName(id string) string {
	if r := c.reporter(id); r != nil {
		return r.Name
	}
	return "the reporter"
}

// subjectText names what a verdict is about: the one address, else the name and how many addresses were judged.
func (cl *claim) subjectText(views []viewResult) string {
	switch few := len(views) == 1 || len(views) < len(cl.judgedViews()); {
	case cl.rule.Subject == string(facts.Host) && len(views) > 0 && few:
		return subjectList(views)
	case len(views) > 0 && cl.rule.Subject == string(facts.Zone):
		return views[0].subject.Name
	}
	return cl.target
}

func subjectList(views []viewResult) string {
	var texts []string
	for _, v := range views[:min(len(views), maxShown)] {
		texts = append(texts, v.subject.String())
	}
	return strings.Join(texts, ", ")
}

// names are the placeholders that are not facts.
func (cl *claim) names(v viewResult) map[string]string {
	names := map[string]string{"target": cl.target, "subject": v.subject.String(), "reporter": cl.catalogue.reporterName(cl.reporter)}
	switch v.subject.Kind {
	case facts.Session:
		names["host"], names["address"], names["port"] = cmp.Or(v.subject.Name, v.subject.At), v.subject.At, "25"
		if port, _ := v.view.Set.Get(facts.SMTPPort, v.subject); port.Known() {
			names["port"] = port.Value.String()
		}
		names["socket"] = names["address"] + ":" + names["port"]
		if strings.Contains(names["address"], ":") {
			names["socket"] = "[" + names["address"] + "]:" + names["port"]
		}
	case facts.Server:
		names["zone"] = v.subject.Name
		names["server"], names["server_address"] = server(v.subject)
	case facts.Zone:
		names["zone"] = v.subject.Name
	}
	if servers := cl.servers(v.view.Set); v.subject.Kind != facts.Server && len(servers) > 0 {
		names["server"], names["server_address"] = server(servers[0])
	}
	if serial, _ := v.view.Set.Get(facts.DNSSOASerial, v.subject); !serial.At.IsZero() {
		names["clocks"] = cl.clocks(serial.At)
	}
	return names
}

// server is the name and the address of a name server.
func server(s facts.Subject) (name, address string) {
	name, address, _ = strings.Cut(strings.TrimSuffix(s.At, "]"), " [")
	return name, address
}

// clocks writes what a moment is where a day begins first, at UTC, and where the reporter reads its clock.
func (cl *claim) clocks(at time.Time) string {
	const layout = "2006-01-02 15:04"
	texts := []string{at.UTC().Add(14*time.Hour).Format(layout) + " at UTC+14:00", at.UTC().Format(layout) + " at UTC"}
	if r := cl.catalogue.reporter(cl.reporter); r != nil {
		for _, offset := range r.ClockZone.Offsets {
			zone := time.FixedZone("", int(offset.Seconds()))
			texts = append(texts, at.In(zone).Format(layout+" at UTC-07:00")+" ("+r.Name+")")
		}
	}
	return strings.Join(texts, ", ")
}

// threshold is a limit that the reporter publishes for a parameter of a rule.
func (c *Catalogue) threshold(reporterID, ruleID, parameter string, kind facts.Kind) (facts.Value, bool) {
	r := c.reporter(reporterID)
	if r == nil {
		return facts.Value{}, false
	}
	t, ok := r.Thresholds[ruleID][parameter]
	if !ok {
		return facts.Value{}, false
	}
	value, err := parseValue(r.File, &yaml.Node{Kind: yaml.ScalarNode, Value: t.Value}, kind)
	return value, err == nil
}
