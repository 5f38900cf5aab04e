package document

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// point is a sentence of the reply with the rows that it answers.
type point struct {
	sentence string
	short    string // the same without what a cause says for several points: what not to change
	hosts    []string
	rows     []report.Finding
	outcome  rules.Outcome
	cause    int // its place in the judgement, or -1
}

// points are the answers to the rows about one domain: what has to be repaired, what is open, what has one cause, and then the rest. The
// host that was told already stands in none of them.
func (w writer) points(g group, told string) []string {
	points := w.gathered(g)
	var out []string
	var left [len(labels)]int
	begun, shortened := map[int]bool{}, map[int]bool{}
	for _, p := range points {
		if len(out) >= maxPoints {
			left[place(p.outcome)]++
			continue
		}
		if p.cause >= 0 && !begun[p.cause] {
			begun[p.cause] = true
			if n := w.explains(points, p.cause); n > 1 {
				shortened[p.cause] = true
				out = append(out, w.say("cause", values{"n": strconv.Itoa(n), "cause": w.r.Judgement.Causes[p.cause].Plain}))
			} else {
				p.sentence += " " + w.r.Judgement.Causes[p.cause].Plain
			}
		}
		if shortened[p.cause] {
			p.sentence = p.short
		}
		out = append(out, w.pointed(p, told))
	}
	for _, more := range []struct {
		phrase string
		n      int
	}{{"more_repair", left[0]}, {"more_open", left[1]}, {"more_fine", left[2] + left[3]}} {
		if more.n > 0 {
			out = append(out, w.say(more.phrase, values{"n": strconv.Itoa(more.n)}))
		}
	}
	return out
}

// place is the place of an outcome in the order of reading.
func place(o rules.Outcome) int {
	return slices.IndexFunc(labels[:], func(l label) bool { return l.outcome == o })
}

// gathered makes points of verdicts: those that end alike at several hosts are one. What a cause explains stands together.
func (w writer) gathered(g group) []point {
	var points []point
	for _, v := range g.verdicts {
		p := point{sentence: w.sentenceOf(v), short: w.shortOf(v), hosts: w.hosts(v, g), rows: v.Findings, outcome: outcomeFor(v), cause: w.causeOf(v)}
		i := slices.IndexFunc(points, func(o point) bool {
			return o.sentence == p.sentence && o.outcome == p.outcome && o.cause == p.cause &&
				(o.outcome == rules.Inconclusive || (len(o.hosts) > 0) == (len(p.hosts) > 0))
		})
		if i < 0 {
			points = append(points, p)
			continue
		}
		points[i].rows = append(slices.Clone(points[i].rows), p.rows...)
		for _, host := range p.hosts {
			if !slices.Contains(points[i].hosts, host) {
				points[i].hosts = append(points[i].hosts, host)
			}
		}
	}
	slices.SortStableFunc(points, func(a, b point) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.cause, b.cause)) })
	return points
}

// rank orders points: what a cause explains comes behind what is broken or open and before the rest, whatever its label.
func rank(p point) int {
	const explained = 2 // behind the labels confirmed and inconclusive
	switch at := place(p.outcome); {
	case p.cause >= 0:
		return explained
	case at >= explained:
		return at + 1
	default:
		return at
	}
}

// outcomeFor is the label by which a verdict is told to a customer: what is accepted need not be repaired.
func outcomeFor(v rules.Verdict) rules.Outcome {
	if v.Accepted != nil {
		return rules.PolicyDisagreement
	}
	return Outcome(v.Verdict)
}

// sentenceOf is what is said of a verdict: in plain words, else in those for postmasters.
func (w writer) sentenceOf(v rules.Verdict) string {
	if v.Accepted != nil {
		return w.say("point_accepted", values{"date": v.Accepted.Until, "reason": v.Accepted.Reason})
	}
	if v.Plain != "" {
		return fold(v.Plain)
	}
	return strings.TrimSpace(fold(v.Says) + " " + fold(v.DoNot))
}

// shortOf is the first sentence, and what notes add to it.
func (w writer) shortOf(v rules.Verdict) string {
	remarks := strings.Join(v.Remarks, " ")
	return strings.TrimSpace(rules.FirstSentence(strings.TrimSuffix(w.sentenceOf(v), fold(remarks))) + " " + fold(remarks))
}

// causeOf is the place of the cause that explains a verdict, or -1.
func (w writer) causeOf(v rules.Verdict) int {
	return slices.IndexFunc(w.r.Judgement.Causes, func(c rules.CauseFound) bool {
		return slices.ContainsFunc(v.Findings, func(f report.Finding) bool { return slices.Contains(c.Findings, f.N) })
	})
}

// explains is how many points a cause explains.
func (w writer) explains(points []point, cause int) (n int) {
	for _, p := range points {
		if p.cause == cause {
			n++
		}
	}
	return n
}

// hosts names where a verdict was reached, if that is another name than those of which the reply speaks anyway.
func (w writer) hosts(v rules.Verdict, g group) []string {
	return slices.DeleteFunc(below(v, g), func(host string) bool { return host == w.r.Report.Target.Name() })
}

// below names where a verdict was reached, if that is not the domain itself.
func below(v rules.Verdict, g group) []string {
	var hosts []string
	for _, part := range strings.Split(v.Subject, ", ") {
		if host := hostOf(part); host != "" && host != g.name && !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// onlyHost is the host of all points that have one, or "" if there are several: it is told once then, and not in every point.
func (w writer) onlyHost(g group) string {
	only := ""
	for _, v := range g.verdicts {
		for _, host := range below(v, g) {
			if only != "" && host != only {
				return ""
			}
			only = host
		}
	}
	if only == w.r.Report.Target.Name() {
		return "" // the reply speaks of it anyway
	}
	return only
}

// pointed is a point in words. The host that was told before, or that stands in the row itself, is not told again.
func (w writer) pointed(p point, told string) string {
	v := values{"rows": w.quoted(p.rows), "sentence": p.sentence, "host": w.listed(p.hosts, maxQuotes)}
	if len(p.hosts) == 0 || len(p.hosts) == 1 && (p.hosts[0] == told || strings.Contains(v["rows"], p.hosts[0])) {
		return w.say("point", v)
	}
	return w.say("point_at", v)
}

// works tells whether every mail host of a domain that was tested spoke with us as it should: all its addresses greeted and answered.
// Less is no reason to say that a server works.
func (w writer) works(g group) bool {
	changed := func(v rules.Verdict) bool { return v.Reason == string(facts.Intercepted) }
	if w.r.Evidence.Vantage.Intercepted || slices.ContainsFunc(g.verdicts, changed) {
		return false // who it was that spoke is not known
	}
	type place struct{ host, address string }
	answered := map[place]bool{}
	for _, s := range w.r.Evidence.Sessions {
		at := place{s.Host, s.Address}
		if !s.Control && !s.Decoy && w.belongs(s, g) {
			answered[at] = answered[at] || saidHello(s)
		}
	}
	for _, ok := range answered {
		if !ok {
			return false
		}
	}
	return len(answered) > 0
}

// belongs tells whether a session was held with a mail host of a domain.
func (w writer) belongs(s evidence.Session, g group) bool {
	for _, t := range w.r.Evidence.Targets {
		for _, h := range t.Hosts {
			if (h.Name == s.Host || slices.Contains(h.Addresses, s.Address)) && (organisation(t.Name) == g.name || organisation(h.Name) == g.name) {
				return true
			}
		}
	}
	return false
}

// saidHello tells whether a server greeted with 220 and answered EHLO or HELO with 250 (RFC 5321 section 4.3.2). One that then broke the
// handshake or took no sender did not show that it works.
func saidHello(s evidence.Session) bool {
	greeted, hello := false, false
	for _, e := range s.Events {
		if e.Step == evidence.StepHandshake && e.Failure != nil {
			return false
		}
		if e.Reply == nil || !e.Reply.Complete || e.Failure != nil {
			continue
		}
		switch e.Step {
		case evidence.StepMAIL: // not those that ask about something else, such as relaying
			if e.About == "" && e.Reply.Code >= 400 {
				return false
			}
		case evidence.StepGreeting:
			greeted = e.Reply.Code == 220
		case evidence.StepEHLO, evidence.StepHELO, evidence.StepEHLOTLS:
			hello = hello || e.Reply.Code == 250
		}
	}
	return greeted && hello
}
