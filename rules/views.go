package rules

import (
	"slices"
	"strings"

	"mxverdict/verify/facts"
)

// judge evaluates the claim at each of its views and merges them.
// Without a target, or a test, it leaves the claim as it began: unknown in every respect.
func (cl *claim) judge(known *surroundings) {
	if cl.rule.Untested != nil || cl.target == "" {
		return
	}
	cl.around = known
	cl.lookAround()
	result, judged := cl.merged()
	// Nothing counts: then nothing is known, which is not the same as nothing being wrong.
	if !judged {
		return
	}
	cl.holds = cl.byLimitsOfTheHouse(result)
	// Of what is not so nobody demands anything.
	if cl.holds == True {
		cl.judgeRequirements()
	}
	cl.explained = cl.explanations()
}

// merged is what all views together say of the claim, and whether any of them counts.
func (cl *claim) merged() (result Truth, judged bool) {
	// A claim about a host with several addresses is true if it is true at one of them, because any sender may be led there (RFC 5321
	// section 5.1), and false only if it is false at all.
	// Kleene's "or" over all of them: one unknown address keeps "false" from being said, but not "true".
	result = False
	for i := range cl.views {
		v := &cl.views[i]
		if v.counts == True {
			judged = true
			result = result.Or(v.holds)
		}
	}
	return result, judged
}

// lookAround evaluates rule and claim at every subject to which the target leads.
func (cl *claim) lookAround() {
	kind := cl.rule.viewKind()
	cl.none = cl.around.set.WhyNoViews(cl.target, kind)
	named, unknown := cl.named(kind)
	// That the zone or host was not found at all explains more than that one of its servers is missing.
	if named != "" && len(cl.around.views(cl.target, kind, "")) > 0 {
		cl.none = unknown
	}
	for _, subject := range cl.atAddress(cl.around.views(cl.target, kind, named)) {
		v := viewResult{subject: subject, counts: True, view: cl.viewAt(subject)}
		var where Trail
		if cl.rule.JudgedWhere != nil {
			v.counts = cl.rule.JudgedWhere.Eval(v.view, &where)
		}
		v.holds = cl.rule.HoldsWhen.Eval(v.view, &v.trail)
		if step, other := cl.otherServer(v.view); other && v.holds == False {
			v.holds, v.trail = Unknown, Trail{step}
		}
		// What kept the claim from being judged here is the gap, not what it would have come to.
		if v.counts != True {
			v.trail = where
		}
		cl.views = append(cl.views, v)
	}
}

// otherServer tells whether a row about a message names another of the servers through which it came than the one that counts for SPF.
// What the row says of that one may be true, and what is known of the message does not deny it.
func (cl *claim) otherServer(v View) (Step, bool) {
	if !cl.rule.NeedsMessage() || cl.address == "" {
		return Step{}, false
	}
	f, subject := v.Set.Get(facts.MessageAddress, v.Subjects...)
	if !f.Known() || f.Value.Text() == cl.address {
		return Step{}, false
	}
	f.Why = facts.Unknown{Code: facts.Ambiguous, Detail: "the row names the address " + cl.address + ", and the receiver took the message from " +
		f.Value.Text() + ": they speak of different servers"}
	f.Value = facts.Value{}
	return Step{Fact: f, Subject: subject, Truth: Unknown}, true
}

// named is the one name server or address that the rows speak of, and what is said where the target leads to others only; "" where the
// claim is about all of them together, whichever the rows name.
func (cl *claim) named(kind facts.SubjectKind) (string, facts.Unknown) {
	switch {
	case kind == facts.Server && cl.nameserver != "":
		return cl.nameserver, facts.Unknown{Code: facts.NotFound, Detail: "the zone does not list the name server " + cl.nameserver}
	case kind == facts.Session && cl.address != "" && cl.address != cl.target:
		return cl.address, facts.Unknown{Code: facts.NotFound, Detail: "the row names the address " + cl.address +
			", which is none of the addresses that were tested for " + cl.target + "; to test that address by itself, run the test again with --target " + cl.address}
	case kind == facts.Listing && cl.list != "":
		return cl.list, facts.Unknown{Code: facts.Untested, Detail: "the list " + cl.list + " was not asked"}
	}
	return "", facts.Unknown{}
}

// atAddress leaves out the listings of other addresses where the row names one. A listed name has no address.
func (cl *claim) atAddress(subjects []facts.Subject) []facts.Subject {
	elsewhere := func(s facts.Subject) bool { return s.Kind == facts.Listing && s.At != "" && s.At != cl.address }
	if cl.address == "" || !slices.ContainsFunc(subjects, elsewhere) {
		return subjects
	}
	return slices.DeleteFunc(slices.Clone(subjects), elsewhere)
}

// viewAt is what a condition can see at a subject to which the target leads.
func (cl *claim) viewAt(subject facts.Subject) View {
	return View{Set: cl.around.set, Parameters: cl.parameters, Subjects: []facts.Subject{subject, {Kind: facts.Target, Name: cl.target}}}
}

// judgeRequirements finds the severest requirement that is broken where the claim is true.
func (cl *claim) judgeRequirements() {
	cl.brokenTruth = False
	var undecided Trail
	for i := range cl.rule.Requirements {
		q := &cl.rule.Requirements[i]
		// Advice (class A) is shown and never broken.
		if q.BrokenWhen == nil {
			continue
		}
		// Only where the claim is true: a fault at one address is not proven by what is demanded of another.
		for _, v := range ipv4First(cl.holding()) {
			var trail Trail
			truth := cl.breaks(q, v.view, &trail)
			// One that is broken is enough to confirm, whatever is not known of the others.
			cl.brokenTruth = cl.brokenTruth.Or(truth)
			switch {
			// The severest decides what is told; among equals the first of the file.
			case truth == True && (cl.broken == nil || rank(q.Severity) > rank(cl.broken.Severity)):
				cl.broken, cl.brokenAt, cl.requirements = q, &v, trail
			// The reader of an inconclusive verdict is told what is missing, not what was found beside it.
			case truth == Unknown:
				undecided = append(undecided, trail...)
			case truth == False && cl.broken == nil:
				cl.requirements = append(cl.requirements, trail...)
			}
		}
	}
	// A row that names no list may mean one that could not be asked, and whose entry does harm.
	if cl.brokenTruth == False && cl.rule.viewKind() == facts.Listing && cl.list == "" {
		for _, v := range cl.judgedViews() {
			if v.holds == Unknown {
				cl.brokenTruth, undecided = Unknown, append(undecided, v.trail...)
			}
		}
	}
	if cl.brokenTruth == Unknown {
		cl.requirements = undecided
	}
}

// breaks tells whether a requirement is broken at a view.
func (cl *claim) breaks(q *Requirement, v View, trail *Trail) Truth {
	if q.House {
		v = cl.ofTheHouse(v)
	}
	truth := q.BrokenWhen.Eval(v, trail)
	// Name servers in one network are no single point of failure where that network is announced from many places (RFC 7094).
	if q.Unless == unlessAnycast && cl.catalogue.opinions.anycast(v) {
		truth = False
	}
	return truth
}

// rank orders severities; whatever is none comes before all of them.
func rank(s Severity) int { return slices.Index([]Severity{Low, Medium, High}, s) }

// judgedViews are the views that count; holding are those of them where the claim is true.
func (cl *claim) judgedViews() []viewResult {
	return keep(cl.views, func(v viewResult) bool { return v.counts == True })
}

// holding are none where the claim is false or unknown, and then no requirement is asked about.
func (cl *claim) holding() []viewResult {
	return keep(cl.judgedViews(), func(v viewResult) bool { return v.holds == True })
}

// keep selects. The views belong to the claim: they are shared where all are kept, as most often, and are for reading only.
func keep(views []viewResult, want func(viewResult) bool) []viewResult {
	unwanted := slices.IndexFunc(views, func(v viewResult) bool { return !want(v) })
	if unwanted < 0 {
		return slices.Clip(views)
	}
	kept := slices.Clone(views[:unwanted])
	for _, v := range views[unwanted+1:] {
		if want(v) {
			kept = append(kept, v)
		}
	}
	return kept
}

// ipv4First puts views at IPv6 addresses behind the others. Where several show the same, the one that is told is one at which every reader
// can look: many a desk has no IPv6.
func ipv4First(views []viewResult) []viewResult {
	if !slices.ContainsFunc(views, func(v viewResult) bool { return isIPv6(v.subject) }) {
		return views
	}
	sorted := slices.Clone(views)
	slices.SortStableFunc(sorted, func(a, b viewResult) int { return byFamily(a.subject, b.subject) })
	return sorted
}

// byFamily puts subjects at IPv6 addresses last.
func byFamily(a, b facts.Subject) int {
	switch six := isIPv6(a); {
	case six == isIPv6(b):
		return 0
	case six:
		return 1
	}
	return -1
}

// isIPv6 tells whether a subject is, or is at, an IPv6 address.
func isIPv6(s facts.Subject) bool {
	switch s.Kind {
	case facts.Server:
		_, address := server(s)
		return strings.Contains(address, ":")
	case facts.Session, facts.Listing:
		return strings.Contains(s.At, ":")
	}
	return false
}

// outcome applies the table of two truths.
// A claim that is true while a requirement is unknown is not decided: whether it does harm is the question.
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
