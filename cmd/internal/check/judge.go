package check

import (
	"mxverdict/cmd/internal/check/result"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// Judge judges one report by its part of the evidence, as a run left it or as it was saved. It depends on nothing else.
// That is why saved evidence gives the same verdicts again.
func Judge(r report.Report, b evidence.Bundle, catalogue *rules.Catalogue) result.Result {
	res := result.Result{Report: r, StartedAt: b.StartedAt, FinishedAt: b.FinishedAt, Interrupted: b.Interrupted, Evidence: b, Language: catalogue.Language(), Policy: catalogue.Policy(),
		Judgement: catalogue.Judge(r, factsOf(&b))}
	// The report is told with what its target turned out to be; the findings keep the name by which they were judged.
	if only := lookedUp(r.Target, b.Targets); only != "" {
		res.Report.Target = report.Target{Host: only, Address: r.Target.Address}
	}
	catalogue.Accept(&res.Judgement, b.StartedAt)
	note(&res, catalogue)
	return res
}

// lookedUp is the name that a report takes for a domain, and that turned out to be a host: only the look-up could tell.
func lookedUp(t report.Target, targets []evidence.Target) string {
	for _, seen := range targets {
		if seen.Name == t.Domain && t.Host == "" && seen.Kind == "host" {
			return t.Domain
		}
	}
	return ""
}
