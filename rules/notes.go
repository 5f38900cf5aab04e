package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// addNote adds a note for the view that the sentences speak of, else for the first other one of which it is true, which it then
// names: what is worth a remark may be so at the second of several servers only. What a note finds worth a repair stands in the
// place of what may be done if wished.
func (cl *claim) addNote(v *Verdict, n Note) {
	// Once is enough: a remark that holds at eight addresses would fill a page eight times.
	for i, at := range cl.placesOf(n) {
		if n.When.Eval(at.view, nil) != True {
			continue
		}
		where := ""
		switch {
		case n.at != "":
			where = at.subject.String() + ": "
		case i > 0:
			where = cl.where(Step{Subject: at.subject})
		}
		v.Notes = append(v.Notes, where+fill(n.Says, at.view, cl.names(at)))
		// The first one only, and never in the place of what mends a fault that is confirmed or of the next step of an open
		// question.
		if o := v.Verdict; n.Repair != "" && !v.Repair && (o == PolicyDisagreement || o == FalsePositive) {
			v.Fix, v.Repair = fill(n.Repair, at.view, cl.names(at)), true
		}
		if n.Plain != "" {
			l := cl.catalogue.language
			remark := l.fill(l.ofRule(cl.rule, n.Plain), at.view, cl.names(at))
			v.Plain, v.Remarks = strings.TrimSpace(v.Plain+" "+remark), append(v.Remarks, remark)
		}
		return
	}
}

// placesOf are the places at which a note can be true: those of the claim, or, where its facts are of another kind of subject, those
// to which the target leads. The claim itself goes on being judged where its own conditions look.
func (cl *claim) placesOf(n Note) []viewResult {
	// What is to be said of one block list is not to be said of another one beside it.
	if n.at == "" && cl.rule.viewKind() == facts.Listing {
		return []viewResult{cl.decisive()}
	}
	if n.at == "" {
		return append([]viewResult{cl.decisive()}, cl.judgedViews()...)
	}
	var places []viewResult
	for _, subject := range cl.around.views(cl.target, n.at, "") {
		places = append(places, viewResult{subject: subject, view: cl.viewAt(subject)})
	}
	return places
}

// addNotes says at how many addresses the claim was judged, which yardstick was used, and what the reported number is.
func (cl *claim) addNotes(v *Verdict) {
	decided := keep(cl.judgedViews(), func(v viewResult) bool { return v.holds != Unknown })
	// One address in trouble is another case for the reader than all of them.
	if len(cl.views) > 1 && len(decided) > 0 {
		v.Notes = append(v.Notes, cl.share(len(decided)))
	}
	// What was left out is named, so that "not true at any" is not read as more than it says.
	if len(decided) > 0 {
		for _, view := range cl.views {
			if view.counts != True || view.holds == Unknown {
				v.Notes = append(v.Notes, "Not judged: "+view.subject.String()+" ("+whyNot(view.trail)+").")
			}
		}
	}
	// Reporters reword their sentences; the test's name is steadier, but what the row claims is then inferred.
	if slices.ContainsFunc(cl.findings, func(f report.Finding) bool { return f.Wording == "" }) {
		v.Notes = append(v.Notes, "The sentence of this row is not known; its test and its mark are, and they were taken for the claim.")
	}
	for _, n := range cl.rule.RowNotes {
		if slices.ContainsFunc(cl.findings, func(f report.Finding) bool { return n.Matches.MatchString(f.Text) }) {
			v.Notes = append(v.Notes, n.Says)
		}
	}
	// Beside what is not known a remark about the server would read like the verdict.
	for _, n := range cl.rule.Notes {
		if cl.holds != Unknown || n.Always && cl.around != nil {
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
	for _, cause := range cl.catalogue.explainers[cl.rule] {
		cl.addCauseNotes(v, cause)
	}
}

// addCauseNotes says what a cause has to do with the rows, where it is not simply their explanation.
func (cl *claim) addCauseNotes(v *Verdict, cause *Cause) {
	if at := cl.proving(cause); len(at) > 0 && len(at) < len(cl.judgedViews()) {
		v.Notes = append(v.Notes, cause.About+", but only at "+cl.subjectText(at)+"; which address "+cl.who()+" met is not known.")
	}
	if slices.Contains(cl.suspected, cause.ID) && cause.Suggested.Unproven != "" && cl.outcome() == FalsePositive && cl.unexplained() {
		slowest := cl.slowest()
		v.Notes = append(v.Notes, fill(cause.Suggested.Unproven, slowest.view, cl.names(slowest)))
	}
	if cause.Suggested == nil || !slices.Contains(cl.explained, cause) {
		return
	}
	// A reader who compares his own clock with that number would look for a fault that nobody has.
	for _, f := range cl.findings {
		if cl.catalogue.marked(cause, f, cl.reporter) {
			v.Notes = append(v.Notes, fmt.Sprintf("The reported %s is no measurement of the server: %s gives up after %s.",
				facts.FormatDuration(reported(f)), cl.catalogue.reporterName(cl.reporter), cl.parameters[patienceParameter].Value))
		}
	}
}

// who names the reporter of the rows where the report has several, so that nobody takes another for it.
func (cl *claim) who() string {
	if cl.ofSeveral {
		return cl.catalogue.reporterName(cl.reporter)
	}
	return "the reporter"
}

// yardstick says which limits are the rule's own, because the reporter's are not known. Whoever reads the verdict has to see that
// the reporter never said where it draws the line.
func (cl *claim) yardstick() string {
	var ours []string
	for _, name := range slices.Backward(sortedKeys(cl.rule.Parameters)) { // min before max
		if p, ok := cl.parameters[name]; ok && p.Origin == FromDefault {
			ours = append(ours, fmt.Sprintf("%s (%s)", p.Value, p.Source))
		}
	}
	whose := "The reporter's "
	if cl.ofSeveral {
		whose = cl.catalogue.reporterName(cl.reporter) + "'s "
	}
	switch len(ours) {
	case 0:
		return ""
	case 1:
		return whose + "limit is not published; our yardstick is " + ours[0] + "."
	}
	return whose + "limits are not published; our yardstick is " + strings.Join(ours, " to ") + "."
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
	for _, cause := range cl.catalogue.explainers[cl.rule] {
		possible := func(v viewResult) bool { return cause.ProvenWhen.Eval(v.view, nil) != False }
		if slices.ContainsFunc(judged, possible) {
			return false
		}
	}
	return len(judged) > 0
}

// reported is the number of seconds that a row states.
func reported(f report.Finding) time.Duration { return seconds(*f.Values["seconds"].Number) }

// whyNot is the first thing that was missing on a trail. A fact that nobody knows explains more than a bound that was too low.
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
	places, more := "address", "es"
	switch {
	case cl.rule.Subject == string(facts.Zone):
		places = "name server address"
	case cl.rule.viewKind() == facts.Listing: // of each address on each list
		places, more = "look-up", "s"
	}
	if judged > 1 {
		places += more
	}
	switch holding := cl.holding(); {
	case len(holding) > 0 && len(holding) < judged:
		return fmt.Sprintf("True at %d of %d %s judged: %s.", len(holding), judged, places, cl.placeNames(holding))
	// "At all 1 addresses" is what a program says.
	case len(holding) > 0 && judged == 1:
		return "True at the one " + places + " judged."
	case len(holding) > 0:
		return fmt.Sprintf("True at all %d %s judged.", judged, places)
	case judged == 1:
		return "Not true at the one " + places + " judged."
	}
	return fmt.Sprintf("Not true at any of the %d %s judged.", judged, places)
}

// placeNames names views as far as they can be read; a name server by itself, since its zone is the subject of the verdict.
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
