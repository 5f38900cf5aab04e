package rules

import (
	"cmp"
	"slices"
	"strings"

	"mxverdict/verify/facts"
)

// verdict puts the judged claim into words.
// Its lists are never nil, because the contract of the JSON has no null lists.
func (cl *claim) verdict() Verdict {
	v := Verdict{Findings: cl.findings, Rule: cl.rule.ID, About: cl.rule.About, Subject: cl.subjectText(cl.judgedViews()),
		Verdict: cl.outcome(), References: append([]string{}, cl.rule.References...), Notes: []string{}, Trail: []string{},
		Measured: []Measured{}, WouldSee: []WouldSee{}, Patience: []PatienceRow{}, Opinions: []Opinion{}, Commands: []string{}, SPFTree: facts.SPFTree{}, Policy: []string{}}
	// Not decided is as urgent as confirmed: an open relay that could not be ruled out is used by strangers all the same.
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
			v.Fix = fill(cl.ownWords(func(q *Requirement) string { return q.Fix }, cl.rule.Fix), cl.speaking(decisive).view, names)
		case PolicyDisagreement:
			v.Fix = fill(cl.rule.Optional, decisive.view, names)
			// Neither breaks anything, so both keep the reader from changing what works.
			fallthrough
		default:
			v.DoNot = fill(cl.rule.DoNot, decisive.view, names)
		}
	}
	v.Plain, v.Topic = cl.plainlySaid(cl.speaking(decisive), names), cl.topic()
	cl.addEvidence(&v)
	cl.addNotes(&v)
	cl.addPolicy(&v, decisive, names)
	cl.addTiming(&v)
	cl.addOpinions(&v)
	cl.addTrees(&v)
	v.Commands = append(v.Commands, cl.commands(decisive.view, names)...)
	// What is required stands behind the verdict whether it was found broken or not.
	for _, q := range cl.rule.Requirements {
		if q.Reference != "" && !slices.Contains(v.References, q.Reference) {
			v.References = append(v.References, q.Reference)
		}
	}
	return v
}

// servers are some name servers of the claim's zone that answered, as a view knows them.
func (cl *claim) servers(view View) []facts.Subject {
	if cl.around == nil || view.Set != cl.around.set {
		return nil
	}
	return cl.around.servers(cl.target)
}

// decisive is the view that the sentences speak of: where a requirement is broken, else where the claim holds, else where it
// was judged, else any.
// A sentence with the numbers of one address under the evidence of another would be wrong although each of them is right.
func (cl *claim) decisive() viewResult {
	if cl.brokenAt != nil {
		return *cl.brokenAt
	}
	for _, views := range [][]viewResult{cl.holding(), cl.judgedViews(), cl.views} {
		if len(views) > 0 {
			return ipv4First(views)[0]
		}
	}
	return viewResult{view: View{Set: &facts.Set{}, Parameters: cl.parameters}}
}

// reason says why a claim is false; any other outcome has none. The strongest comes first: a proven mistake of the reporter, then one
// that the report itself shows. What is left cannot be told from a fault that was repaired in the meantime, so it is not called a
// mistake of anybody.
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

// severity is that of the worst requirement that is broken. How severe a reporter calls a row does not count.
func (cl *claim) severity() Severity {
	if cl.outcome() == Confirmed && cl.broken != nil {
		return cl.broken.Severity
	}
	return ""
}

// says is the rule's sentence for the outcome, and for a confirmed finding the requirement that is broken.
func (cl *claim) says(decisive viewResult, names map[string]string) string {
	if cl.outcome() == Confirmed && cl.broken != nil && cl.broken.House {
		return cl.demanded(decisive.view, names)
	}
	key := map[Outcome]string{Confirmed: sayConfirmed, PolicyDisagreement: sayPolicy, FalsePositive: sayChanged}[cl.outcome()]
	if cl.reason() == Artifact {
		key = sayArtifact
	}
	said := cl.rule.Say[key]
	if key == sayConfirmed {
		said = cl.ownWords(func(q *Requirement) string { return q.Confirmed }, said)
	}
	text := fill(said, decisive.view, names)
	if cl.outcome() == Confirmed && cl.broken != nil {
		text = strings.TrimSpace(text + " " + fill(cl.broken.Says, decisive.view, names))
	}
	return text
}

// ownWords are those of the requirement that is broken, where it has words of its own: one claim may be true in ways that are repaired
// differently.
func (cl *claim) ownWords(of func(*Requirement) string, usual string) string {
	if cl.broken != nil {
		return cmp.Or(of(cl.broken), usual)
	}
	return usual
}

// sayInconclusive gives the reason, what exactly is missing, and the next step.
func (cl *claim) sayInconclusive(v *Verdict) {
	why := cl.missing()
	reason := cl.catalogue.reasons[why.Code]
	v.Reason, v.Says, v.Fix = string(why.Code), reason.Says, reason.Next
	if cl.rule.Untested != nil {
		v.Untested = true
		// The general words about the code would tell less than those of the rule.
		v.Says, v.Fix = cl.rule.Untested.Reason, cl.rule.Untested.Next
		return
	}
	// Half an answer is better than none: the reporter did see right.
	if cl.holds == True {
		v.Says = "The observation is right; whether it does harm could not be told. " + v.Says
	}
	if why.Detail != "" {
		v.Says += " Missing: " + why.Detail + "."
	}
}

// missing is the reason why the claim, or a requirement, could not be decided.
// It says one thing only. A list of gaps helps nobody to close the first.
func (cl *claim) missing() facts.Unknown {
	switch {
	case cl.rule.Untested != nil:
		return facts.Unknown{Code: cl.rule.Untested.Code}
	// The message tells its domain too.
	case cl.rule.NeedsMessage() && (cl.target == "" || len(cl.views) == 0):
		return facts.Unknown{Code: facts.NeedsMessage}
	case cl.target == "":
		return facts.Unknown{Code: facts.NoTarget}
	case len(cl.views) == 0:
		return cl.none
	}
	// The first gap in the order in which the verdict would have been reached is the one to close next.
	trails := []Trail{}
	// A claim that holds is open for the sake of a requirement, so that its gaps come first.
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

// addTrees adds the way from the root to the zone, and the tree of SPF records.
func (cl *claim) addTrees(v *Verdict) {
	if cl.around == nil {
		return
	}
	if d, ok := cl.around.set.Delegation(cl.target); ok && slices.Contains(cl.rule.Shows, showDelegation) {
		v.Delegation = &d
	}
	if t := cl.around.set.SPFTree(cl.target); t != nil && slices.Contains(cl.rule.Shows, showSPFTree) {
		v.SPFTree = t
	}
}
