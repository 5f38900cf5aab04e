package rules

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// maxShown bounds how many addresses of one claim are shown in full.
const maxShown = 8

// verdict puts the judged claim into words.
func (cl *claim) verdict() Verdict {
	v := Verdict{Findings: cl.findings, Rule: cl.rule.ID, About: cl.rule.About, Subject: cl.subjectText(cl.judgedViews()),
		Verdict: cl.outcome(), References: append([]string{}, cl.rule.References...), Notes: []string{}, Trail: []string{},
		Measured: []Measured{}, WouldSee: []WouldSee{}, Patience: []PatienceRow{}, Opinions: []Opinion{}, Commands: []string{}}
	v.Urgent = cl.rule.Urgent && (v.Verdict == Confirmed || v.Verdict == Inconclusive)
	decisive := cl.decisive()
	names := cl.names(decisive)
	v.Claim = fill(cl.rule.Claim, decisive.view, names)
	if v.Verdict == Inconclusive {
		cl.sayInconclusive(&v)
	} else {
		v.Reason, v.Severity = cl.reason(), cl.severity()
		v.Says = cl.says(decisive, names)
		switch v.Verdict {
		case Confirmed:
			// What keeps a good server from harm would keep a bad one from its repair: no do_not here.
			v.Fix = fill(cl.rule.Fix, decisive.view, names)
		case PolicyDisagreement:
			v.Fix = fill(cl.rule.Optional, decisive.view, names)
			fallthrough
		default:
			v.DoNot = fill(cl.rule.DoNot, decisive.view, names)
		}
	}
	cl.addEvidence(&v)
	cl.addNotes(&v)
	cl.addTiming(&v)
	cl.addOpinions(&v)
	cl.addDelegation(&v)
	v.Commands = append(v.Commands, cl.commands(decisive.view, names)...)
	for _, q := range cl.rule.Requirements {
		if q.Reference != "" && !slices.Contains(v.References, q.Reference) {
			v.References = append(v.References, q.Reference)
		}
	}
	return v
}

// maxServers bounds the name servers for which one command is given.
const maxServers = 4

// commands are the rule's commands, those about each server for several of them.
func (cl *claim) commands(view View, names map[string]string) []string {
	var out []string
	for _, command := range cl.rule.Commands {
		if !slices.Contains(placeholders(command), eachServerAddress) {
			out = append(out, fillCommands([]string{command}, view, names)...)
			continue
		}
		servers := cl.servers(view.Set)
		for _, s := range servers[:min(len(servers), maxServers)] {
			of := maps.Clone(names)
			_, of[eachServerAddress] = server(s)
			out = append(out, fillCommands([]string{command}, view, of)...)
		}
	}
	return out
}

// servers are the name servers of the claim's zone that answered with authority when they were asked.
func (cl *claim) servers(set *facts.Set) []facts.Subject {
	return slices.DeleteFunc(slices.Clone(set.Views(cl.target, facts.Server)), func(s facts.Subject) bool {
		answered, _ := set.Get(facts.DNSSOAAnswered, s)
		return !answered.Known() || !answered.Value.Bool()
	})
}

// decisive is the view that the sentences speak of: where a requirement is broken, else where the claim holds, else where it
// was judged, else any.
func (cl *claim) decisive() viewResult {
	if cl.brokenAt != nil {
		return *cl.brokenAt
	}
	for _, views := range [][]viewResult{cl.holding(), cl.judgedViews(), cl.views} {
		if len(views) > 0 {
			return views[0]
		}
	}
	return viewResult{view: View{Set: &facts.Set{}, Parameters: cl.parameters}}
}

func (cl *claim) reason() string {
	switch {
	case cl.outcome() != FalsePositive:
		return ""
	case len(cl.explained) > 0:
		return Artifact
	case len(cl.contradicted) > 0:
		return NeverTrue
	}
	return Changed
}

func (cl *claim) severity() Severity {
	if cl.outcome() == Confirmed && cl.broken != nil {
		return cl.broken.Severity
	}
	return ""
}

// says is the rule's sentence for the outcome, and for a confirmed finding the requirement that is broken.
func (cl *claim) says(decisive viewResult, names map[string]string) string {
	key := map[Outcome]string{Confirmed: sayConfirmed, PolicyDisagreement: sayPolicy, FalsePositive: sayChanged}[cl.outcome()]
	if cl.reason() == Artifact {
		key = sayArtifact
	}
	text := fill(cl.rule.Say[key], decisive.view, names)
	if cl.outcome() == Confirmed && cl.broken != nil {
		text = strings.TrimSpace(text + " " + fill(cl.broken.Says, decisive.view, names))
	}
	return text
}

// sayInconclusive gives the reason, what exactly is missing, and the next step.
func (cl *claim) sayInconclusive(v *Verdict) {
	why := cl.missing()
	reason := cl.catalogue.reasons[why.Code]
	v.Reason, v.Says, v.Fix = string(why.Code), reason.Says, reason.Next
	if cl.rule.Untested != nil {
		v.Untested = true
		v.Says, v.Fix = cl.rule.Untested.Reason, cl.rule.Untested.Next
		return
	}
	if cl.holds == True {
		v.Says = "The observation is right; whether it does harm could not be told. " + v.Says
	}
	if why.Detail != "" {
		v.Says += " Missing: " + why.Detail + "."
	}
}

// missing is the reason why the claim, or a requirement, could not be decided.
func (cl *claim) missing() facts.Unknown {
	switch {
	case cl.rule.Untested != nil:
		return facts.Unknown{Code: cl.rule.Untested.Code}
	case cl.target == "":
		return facts.Unknown{Code: facts.NoTarget}
	case len(cl.views) == 0:
		return cl.none
	}
	trails := []Trail{}
	if cl.holds == True {
		trails = append(trails, cl.requirements)
	}
	for _, v := range slices.Concat(cl.judgedViews(), cl.views) {
		trails = append(trails, v.trail)
	}
	for _, trail := range trails {
		for _, step := range trail {
			if step.Truth != Unknown {
				continue
			}
			if !step.Fact.Known() {
				return step.Fact.Why
			}
			if step.Open != "" {
				return facts.Unknown{Code: facts.Untested, Detail: "the report does not say which " + step.Open + " it means"}
			}
			return facts.Unknown{Code: facts.Untested, Detail: step.String()} // a bound that does not decide
		}
	}
	return facts.Unknown{Code: facts.Untested}
}

// addEvidence lists how the conditions were decided, and the facts behind them.
func (cl *claim) addEvidence(v *Verdict) {
	views := cl.holding()
	if len(views) == 0 {
		views = cl.judgedViews()
	}
	if len(views) == 0 {
		views = cl.views
	}
	for _, view := range views[:min(len(views), maxShown)] {
		cl.addTrail(v, view.trail)
	}
	cl.addTrail(v, cl.requirements)
}

func (cl *claim) addTrail(v *Verdict, trail Trail) {
	for _, step := range trail {
		v.Trail = addStep(v.Trail, cl.where(step), step)
		m := Measured{Fact: step.Fact.Name, Subject: step.Subject.String(), Value: step.Fact.Value, AtLeast: step.Fact.AtLeast,
			Unknown: step.Fact.Why.Detail, Evidence: step.Fact.Evidence}
		same := func(n Measured) bool { return n.Fact == m.Fact && n.Subject == m.Subject }
		if !slices.ContainsFunc(v.Measured, same) {
			v.Measured = append(v.Measured, m)
		}
		if at := step.Fact.At; !at.IsZero() && (v.MeasuredAt == nil || at.Before(*v.MeasuredAt)) {
			v.MeasuredAt = &at
		}
	}
}

// where names the one of several addresses at which a step was measured.
func (cl *claim) where(step Step) string {
	switch {
	case len(cl.views) < 2 || step.Subject.String() == "":
		return ""
	case step.Subject.Kind == facts.Server: // its zone is the subject of the verdict
		return step.Subject.At + ": "
	}
	return step.Subject.String() + ": "
}

// addStep adds a step; further comparisons of a fact share its line.
func addStep(trail []string, where string, step Step) []string {
	measured, compared := where+step.measured(), step.compared()
	i := slices.IndexFunc(trail, func(line string) bool { return line == measured || strings.HasPrefix(line, measured+", ") })
	switch {
	case i < 0:
		return append(trail, where+step.String())
	case compared != "" && !strings.Contains(trail[i]+",", ", "+compared+","):
		trail[i] += ", " + compared
	}
	return trail
}

// addNote adds a note for the view that the sentences speak of, else for the first other one of which it is true, which it then
// names: what is worth a remark may be so at the second of several servers only. What a note finds worth a repair stands in the
// place of what may be done if wished.
func (cl *claim) addNote(v *Verdict, n Note) {
	decisive := cl.decisive()
	for i, view := range append([]viewResult{decisive}, cl.judgedViews()...) {
		if n.When.Eval(view.view, &Trail{}) != True {
			continue
		}
		where := ""
		if i > 0 {
			where = cl.where(Step{Subject: view.subject})
		}
		v.Notes = append(v.Notes, where+fill(n.Says, view.view, cl.names(view)))
		if o := v.Verdict; n.Repair != "" && !v.Repair && (o == PolicyDisagreement || o == FalsePositive) {
			v.Fix, v.Repair = fill(n.Repair, view.view, cl.names(view)), true
		}
		return
	}
}

// addNotes says at how many addresses the claim was judged, which yardstick was used, and what the reported number is.
func (cl *claim) addNotes(v *Verdict) {
	decided := keep(cl.judgedViews(), func(v viewResult) bool { return v.holds != Unknown })
	if len(cl.views) > 1 && len(decided) > 0 {
		v.Notes = append(v.Notes, cl.share(len(decided)))
	}
	if len(decided) > 0 {
		for _, view := range cl.views {
			if view.counts != True || view.holds == Unknown {
				v.Notes = append(v.Notes, "Not judged: "+view.subject.String()+" ("+whyNot(view.trail)+").")
			}
		}
	}
	if slices.ContainsFunc(cl.findings, func(f report.Finding) bool { return f.Wording == "" }) {
		v.Notes = append(v.Notes, "The sentence of this row is not known; its test and its mark are, and they were taken for the claim.")
	}
	if cl.holds != Unknown {
		for _, n := range cl.rule.Notes {
			cl.addNote(v, n)
		}
	}
	if v.Reason == NeverTrue {
		v.Notes = append(v.Notes, fmt.Sprintf("The report contradicts itself: in the same result its row %d says that there is no such fault.", cl.contradicted[0]))
	}
	v.Notes = append(v.Notes, cl.changedSince()...)
	if says := cl.yardstick(); says != "" && cl.holds != Unknown {
		v.Notes = append(v.Notes, says)
	}
	for _, cause := range cl.catalogue.causes {
		if at := cl.proving(cause); len(at) > 0 && len(at) < len(cl.judgedViews()) && slices.Contains(cause.Explains, cl.rule.ID) {
			v.Notes = append(v.Notes, cause.About+", but only at "+cl.subjectText(at)+"; which address the reporter met is not known.")
		}
		if slices.Contains(cl.suspected, cause.ID) && slices.Contains(cause.Explains, cl.rule.ID) && cause.Suggested.Unproven != "" &&
			cl.outcome() == FalsePositive && cl.unexplained() {
			slowest := cl.slowest()
			v.Notes = append(v.Notes, fill(cause.Suggested.Unproven, slowest.view, cl.names(slowest)))
		}
		for _, f := range cl.findings {
			if cause.Suggested != nil && slices.Contains(cl.explained, cause) && cl.catalogue.marked(cause, f, cl.reporter) {
				v.Notes = append(v.Notes, fmt.Sprintf("The reported %s is no measurement of the server: %s gives up after %s.",
					facts.FormatDuration(reported(f)), cl.catalogue.reporterName(cl.reporter), cl.parameters[patienceParameter].Value))
			}
		}
	}
}

// yardstick says which limits are the rule's own, because the reporter's are not known.
func (cl *claim) yardstick() string {
	var ours []string
	for _, name := range slices.Backward(sortedKeys(cl.rule.Parameters)) { // min before max
		if p, ok := cl.parameters[name]; ok && p.Origin == FromDefault {
			ours = append(ours, fmt.Sprintf("%s (%s)", p.Value, p.Source))
		}
	}
	switch len(ours) {
	case 0:
		return ""
	case 1:
		return "The reporter's limit is not published; our yardstick is " + ours[0] + "."
	}
	return "The reporter's limits are not published; our yardstick is " + strings.Join(ours, " to ") + "."
}

// addDelegation adds the way from the root to the zone.
func (cl *claim) addDelegation(v *Verdict) {
	if !slices.Contains(cl.rule.Shows, showDelegation) || cl.set == nil {
		return
	}
	if d, ok := cl.set.Delegation(cl.target); ok {
		v.Delegation = &d
	}
}

// slowest is the judged view whose greeting took longest: what was not seen there was seen nowhere.
func (cl *claim) slowest() viewResult {
	latency := func(v viewResult) time.Duration {
		f, _ := v.view.Set.Get(facts.SMTPGreetingLatency, v.view.Subjects...)
		if !f.Known() {
			return 0
		}
		return f.Value.Duration()
	}
	return slices.MaxFunc(cl.judgedViews(), func(a, b viewResult) int { return cmp.Compare(latency(a), latency(b)) })
}

// unexplained tells whether every cause that could explain the rows is known not to hold at any judged view.
func (cl *claim) unexplained() bool {
	judged := cl.judgedViews()
	for _, cause := range cl.catalogue.causes {
		possible := func(v viewResult) bool { return cause.ProvenWhen.Eval(v.view, &Trail{}) != False }
		if slices.Contains(cause.Explains, cl.rule.ID) && len(keep(judged, possible)) > 0 {
			return false
		}
	}
	return len(judged) > 0
}

// reported is the number of seconds that a row states.
func reported(f report.Finding) time.Duration { return seconds(*f.Values["seconds"].Number) }

func whyNot(trail Trail) string {
	undecided := ""
	for _, step := range trail {
		switch {
		case !step.Fact.Known():
			return step.Fact.Why.Detail
		case step.Truth == Unknown && undecided == "":
			undecided = step.String() // a bound that does not decide
		}
	}
	return cmp.Or(undecided, "not tested")
}

// share says at how many of the judged addresses the claim is true, and names them where they are some only.
func (cl *claim) share(judged int) string {
	places := "address"
	if cl.rule.Subject == string(facts.Zone) {
		places = "name server address"
	}
	if judged > 1 {
		places += "es"
	}
	switch holding := cl.holding(); {
	case len(holding) > 0 && len(holding) < judged:
		return fmt.Sprintf("True at %d of %d %s judged: %s.", len(holding), judged, places, cl.placeNames(holding))
	case len(holding) > 0 && judged == 1:
		return "True at the one " + places + " judged."
	case len(holding) > 0:
		return fmt.Sprintf("True at all %d %s judged.", judged, places)
	case judged == 1:
		return "Not true at the one " + places + " judged."
	}
	return fmt.Sprintf("Not true at any of the %d %s judged.", judged, places)
}

func (cl *claim) placeNames(views []viewResult) string {
	var names []string
	for _, v := range views[:min(len(views), maxShown)] {
		if v.subject.Kind == facts.Server {
			names = append(names, v.subject.At)
			continue
		}
		names = append(names, v.subject.String())
	}
	if len(views) > maxShown {
		names = append(names, "and others")
	}
	return strings.Join(names, ", ")
}

// addTiming adds what clients of other patience would have seen in the very session that was measured.
func (cl *claim) addTiming(v *Verdict) {
	judged := cl.judgedViews()
	if len(judged) == 0 {
		return
	}
	for _, view := range judged[:min(len(judged), maxShown)] {
		if slices.Contains(cl.rule.Shows, showWouldSee) {
			v.WouldSee = append(v.WouldSee, cl.wouldSee(view)...)
		}
	}
	if slices.Contains(cl.rule.Shows, showPatience) {
		latency := facts.Fact{}
		for _, view := range judged {
			f, _ := view.view.Set.Get(facts.SMTPGreetingLatency, view.view.Subjects...)
			if f.Known() && (!latency.Known() || f.Value.Duration() > latency.Value.Duration()) {
				latency = f // the slowest address decides who gives up
			}
		}
		v.Patience = append(v.Patience, cl.catalogue.patience.rows(latency)...)
	}
}

// wouldSee derives the counterfactual table from one session: no second connection, no new wait.
func (cl *claim) wouldSee(view viewResult) []WouldSee {
	greeting, _ := view.view.Set.Get(facts.SMTPGreetingLatency, view.view.Subjects...)
	ehlo, _ := view.view.Set.Get(facts.SMTPEHLOLatency, view.view.Subjects...)
	limits := slices.Clone(cl.catalogue.patience.Limits)
	patience, ok := cl.catalogue.patienceOf(cl.reporter)
	if ok {
		limits = append(limits, patience)
	}
	if greeting.Known() && ehlo.Known() {
		enough := max(greeting.Value.Duration(), ehlo.Value.Duration())
		limits = append(limits, time.Duration(math.Floor(enough.Seconds())+1)*time.Second)
	}
	slices.Sort(limits)
	var rows []WouldSee
	for _, limit := range slices.Compact(limits) {
		row := WouldSee{Subject: view.subject.String(), Limit: limit.Seconds(), Greeting: givesUp(greeting, limit).Not()}
		row.STARTTLS = row.Greeting.And(givesUp(ehlo, limit).Not())
		if ok && limit == patience {
			row.Whose = cl.catalogue.reporterName(cl.reporter)
		}
		rows = append(rows, row)
	}
	return rows
}
