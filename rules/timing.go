package rules

import (
	"math"
	"slices"
	"time"

	"mxverdict/verify/facts"
)

// shownFacts lists the facts that each part of a verdict shows.
// A part whose fact was not asked for would be empty in every verdict.
var shownFacts = map[string][]facts.Name{
	showWouldSee: {facts.SMTPGreetingLatency, facts.SMTPEHLOLatency},
	showPatience: {facts.SMTPGreetingLatency},
	showOpinions: {facts.DNSZoneServers},
	showSPFTree:  {facts.SPFLookups},
}

// addTiming adds what clients of other patience would have seen in the very session that was measured.
// It stands beside verdicts of any label: who hangs up too early is told by the time of the server, not by the verdict.
func (cl *claim) addTiming(v *Verdict) {
	judged := cl.judgedViews()
	// Without a session that counts there is nothing from which it could be derived.
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
// It says what a client would have known, not what it would have reported: that is the business of causes.
func (cl *claim) wouldSee(view viewResult) []WouldSee {
	greeting, _ := view.view.Set.Get(facts.SMTPGreetingLatency, view.view.Subjects...)
	ehlo, _ := view.view.Set.Get(facts.SMTPEHLOLatency, view.view.Subjects...)
	limits := slices.Clone(cl.catalogue.patience.Limits)
	patience, ok := cl.catalogue.patienceOf(cl.reporter)
	// The row that explains the report, whether or not the table has that limit.
	if ok {
		limits = append(limits, patience)
	}
	// The row in which the server is seen whole: the patience, in full seconds, that would have been enough.
	if greeting.Known() && ehlo.Known() {
		enough := max(greeting.Value.Duration(), ehlo.Value.Duration())
		limits = append(limits, time.Duration(math.Floor(enough.Seconds())+1)*time.Second)
	}
	slices.Sort(limits)
	var rows []WouldSee
	for _, limit := range slices.Compact(limits) {
		row := WouldSee{Subject: view.subject.String(), Limit: limit.Seconds(), Greeting: givesUp(greeting, limit).Not()}
		// Patience is for each reply anew (RFC 5321 section 4.5.3.2), so the waits are not added up.
		row.STARTTLS = row.Greeting.And(givesUp(ehlo, limit).Not())
		if ok && limit == patience {
			row.Whose = cl.catalogue.reporterName(cl.reporter)
		}
		rows = append(rows, row)
	}
	return rows
}
