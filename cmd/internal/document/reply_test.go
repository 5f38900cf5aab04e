package document

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document/invented"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
)

// ended is a verdict about a topic, with a row of its own.
func ended(outcome rules.Outcome, topic string) rules.Verdict {
	return rules.Verdict{Verdict: outcome, Topic: topic, Plain: "this is said of " + topic + ".", Subject: "example.com", Findings: []report.Finding{{Text: "Row about " + topic}}}
}

// urgent marks verdicts.
func urgent(v rules.Verdict) rules.Verdict {
	v.Urgent = true
	return v
}

// worth marks a verdict beside which something is worth a repair.
func worth(v rules.Verdict) rules.Verdict {
	v.Repair = true
	return v
}

// answered is a result with these verdicts, about example.com, which was tested.
func answered(verdicts ...rules.Verdict) result.Result {
	n := 0
	for i := range verdicts {
		for j := range verdicts[i].Findings {
			n++
			verdicts[i].Findings[j].N = n
		}
	}
	return result.Result{Language: invented.English(), StartedAt: invented.Start, Report: report.Report{Target: report.Target{Domain: "example.com"}},
		Judgement: rules.Judgement{Verdicts: verdicts}}
}

// session is a dialogue in which these steps were answered with these codes.
func session(host string, codes map[evidence.Step]int) evidence.Session {
	s := evidence.Session{Host: host, Address: "203.0.113.25", Port: 25}
	for _, step := range []evidence.Step{evidence.StepGreeting, evidence.StepEHLO, evidence.StepHELO, evidence.StepMAIL} {
		if code, ok := codes[step]; ok {
			s.Events = append(s.Events, evidence.Event{Step: step, Reply: &evidence.Reply{Code: code, Complete: true}})
		}
	}
	return s
}

// good are the codes of a server that speaks as it should (RFC 5321 section 4.3.2).
var good = map[evidence.Step]int{evidence.StepGreeting: 220, evidence.StepEHLO: 250}

// heard is what a run saw of the mail hosts of example.com.
func heard(sessions ...evidence.Session) evidence.Bundle {
	target := evidence.Target{Name: "example.com", Kind: "domain"}
	for _, s := range sessions {
		if !s.Control && !s.Decoy && strings.HasSuffix(s.Host, "example.com") {
			target.Hosts = append(target.Hosts, evidence.Host{Name: s.Host, Addresses: []string{s.Address}})
		}
	}
	return evidence.Bundle{Targets: []evidence.Target{target}, Sessions: sessions}
}

// lines are the lines of a reply: its opening first.
func lines(r result.Result) []string { return strings.Split(Reply(r), "\n") }

// said is a phrase of the frame.
func said(phrase string, pairs ...string) string {
	v := values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v[pairs[i]] = pairs[i+1]
	}
	return invented.English().Say(phrase, v)
}

// The answer on the whole for every mixture of verdicts: what is urgent, what has to be repaired, and that nothing has where that is known.
func TestAnswerOnTheWhole(t *testing.T) {
	broken, open, fine, taste := ended(rules.Confirmed, "A"), ended(rules.Inconclusive, "B"), ended(rules.FalsePositive, "C"), ended(rules.PolicyDisagreement, "D")
	unknown := []report.Finding{{Text: "The moon is in the wrong phase"}}
	works := heard(session("mail.example.com", good))
	for name, test := range map[string]struct {
		verdicts    []rules.Verdict
		evidence    evidence.Bundle
		unknown     []report.Finding
		interrupted bool
		want        []string
	}{
		"one is broken":             {verdicts: []rules.Verdict{broken, fine}, want: []string{said("one_repair", "things", "A")}},
		"all is broken":             {verdicts: []rules.Verdict{broken}, want: []string{said("report_right"), said("one_repair", "things", "A")}},
		"two are broken":            {verdicts: []rules.Verdict{broken, ended(rules.Confirmed, "E")}, want: []string{said("report_right"), said("repairs", "n", "2", "things", "A; E")}},
		"one is broken twice":       {verdicts: []rules.Verdict{broken, broken}, want: []string{said("report_right"), said("one_repair", "things", "A")}},
		"urgent":                    {verdicts: []rules.Verdict{urgent(broken)}, want: []string{said("report_right"), said("urgent_repair", "things", "A")}},
		"urgent beside another":     {verdicts: []rules.Verdict{ended(rules.Confirmed, "E"), urgent(broken), fine}, want: []string{said("urgent_repair", "things", "A"), said("also_repair", "things", "E")}},
		"two are urgent":            {verdicts: []rules.Verdict{urgent(broken), urgent(ended(rules.Confirmed, "E")), taste}, want: []string{said("urgent_repair", "things", "A; E")}},
		"urgent and open":           {verdicts: []rules.Verdict{urgent(open)}, want: []string{said("urgent_open", "things", "B")}},
		"urgent, open, one fine":    {verdicts: []rules.Verdict{urgent(open), fine}, want: []string{said("urgent_open", "things", "B"), said("one_open"), said("nothing_else")}},
		"urgent, open, one broken":  {verdicts: []rules.Verdict{urgent(open), broken}, want: []string{said("urgent_open", "things", "B"), said("one_repair", "things", "A"), said("one_open")}},
		"urgent beside open":        {verdicts: []rules.Verdict{urgent(open), ended(rules.Inconclusive, "E")}, want: []string{said("urgent_open", "things", "B"), said("all_open")}},
		"open":                      {verdicts: []rules.Verdict{open}, want: []string{said("all_open")}},
		"open though it works":      {verdicts: []rules.Verdict{open, open}, evidence: works, want: []string{said("all_open")}},
		"open and fine":             {verdicts: []rules.Verdict{open, fine}, want: []string{said("one_open"), said("nothing_else")}},
		"two open, and it works":    {verdicts: []rules.Verdict{open, fine, open}, evidence: works, want: []string{said("some_open", "n", "2"), said("works"), said("nothing_else")}},
		"open and broken":           {verdicts: []rules.Verdict{open, broken}, evidence: works, want: []string{said("one_repair", "things", "A"), said("one_open")}},
		"worth a repair":            {verdicts: []rules.Verdict{worth(taste)}, want: []string{said("worth", "things", "D")}},
		"worth a repair, and works": {verdicts: []rules.Verdict{worth(taste), fine}, evidence: works, want: []string{said("works"), said("worth", "things", "D")}},
		"worth a repair and open":   {verdicts: []rules.Verdict{worth(taste), open}, want: []string{said("one_open"), said("worth", "things", "D")}},
		"worth a repair and broken": {verdicts: []rules.Verdict{worth(taste), broken}, want: []string{said("one_repair", "things", "A"), said("also_worth", "things", "D")}},
		"fine":                      {verdicts: []rules.Verdict{fine, taste}, want: []string{said("nothing")}},
		"fine, and it works":        {verdicts: []rules.Verdict{fine, taste}, evidence: works, want: []string{said("works_nothing")}},
		"fine, but not understood":  {verdicts: []rules.Verdict{fine}, unknown: unknown, want: []string{said("nothing_tested")}},
		"works, but not understood": {verdicts: []rules.Verdict{fine}, unknown: unknown, evidence: works, want: []string{said("works"), said("nothing_tested")}},
		"broken and not understood": {verdicts: []rules.Verdict{broken}, unknown: unknown, want: []string{said("one_repair", "things", "A")}},
		"interrupted":               {verdicts: []rules.Verdict{fine}, interrupted: true, want: []string{said("nothing_tested")}},
		"nothing understood":        {unknown: unknown, want: []string{said("nothing_understood")}},
		"no warning":                {want: []string{said("no_warning")}},
	} {
		t.Run(name, func(t *testing.T) {
			r := answered(slices.Clone(test.verdicts)...)
			r.Evidence, r.Judgement.Unrecognised, r.Interrupted = test.evidence, test.unknown, test.interrupted
			want := said("tested", "target", "example.com", "when", "2026-11-20 15:04 UTC") + " " + strings.Join(test.want, " ")
			if test.interrupted {
				want = said("interrupted") + " " + want
			}
			if len(test.verdicts) == 0 {
				want = strings.Join(test.want, " ") // nothing was tested
			}
			if got := lines(r)[0]; got != want {
				t.Errorf("%q, want %q", got, want)
			}
		})
	}
}

// That a mail server works is said only where every host of the domain that was tested spoke with us as it should.
func TestServerWorks(t *testing.T) {
	at := func(s evidence.Session, address string) evidence.Session {
		s.Address = address
		return s
	}
	control, decoy := session("mail.example.com", nil), session("mail.example.com", nil)
	control.Control, decoy.Decoy = true, true
	broken := session("mail.example.com", good)
	broken.Events[1].Failure = &evidence.Failure{Kind: evidence.Timeout}
	half := session("mail.example.com", good)
	half.Events[0].Reply.Complete = false
	helo := session("mail.example.com", map[evidence.Step]int{evidence.StepGreeting: 220, evidence.StepEHLO: 502, evidence.StepHELO: 250})
	hello := session("mail.example.com", good)
	noHandshake := session("mail.example.com", good)
	noHandshake.Events = append(noHandshake.Events, evidence.Event{Step: evidence.StepHandshake, Failure: &evidence.Failure{Kind: evidence.TLSFailed}})
	for name, test := range map[string]struct {
		sessions []evidence.Session
		want     bool
	}{
		"nobody was asked":            {nil, false},
		"greeted and answered":        {[]evidence.Session{hello}, true},
		"takes no sender":             {[]evidence.Session{session("mail.example.com", map[evidence.Step]int{evidence.StepGreeting: 220, evidence.StepEHLO: 250, evidence.StepMAIL: 554})}, false},
		"takes a sender":              {[]evidence.Session{session("mail.example.com", map[evidence.Step]int{evidence.StepGreeting: 220, evidence.StepEHLO: 250, evidence.StepMAIL: 250})}, true},
		"breaks the handshake":        {[]evidence.Session{noHandshake}, false},
		"answered HELO only":          {[]evidence.Session{helo}, true},
		"greeted only":                {[]evidence.Session{session("mail.example.com", map[evidence.Step]int{evidence.StepGreeting: 220})}, false},
		"refuses":                     {[]evidence.Session{session("mail.example.com", map[evidence.Step]int{evidence.StepGreeting: 554, evidence.StepEHLO: 250})}, false},
		"refuses EHLO":                {[]evidence.Session{session("mail.example.com", map[evidence.Step]int{evidence.StepGreeting: 220, evidence.StepEHLO: 550})}, false},
		"the greeting was cut":        {[]evidence.Session{half}, false},
		"fell silent":                 {[]evidence.Session{broken}, false},
		"silent":                      {[]evidence.Session{session("mail.example.com", nil)}, false},
		"the second try succeeded":    {[]evidence.Session{session("mail.example.com", nil), hello}, true},
		"the second try failed":       {[]evidence.Session{hello, session("mail.example.com", nil)}, true},
		"another address is silent":   {[]evidence.Session{hello, at(session("mail.example.com", nil), "203.0.113.26")}, false},
		"another host is silent":      {[]evidence.Session{hello, at(session("mx2.example.com", nil), "203.0.113.26")}, false},
		"a silent control":            {[]evidence.Session{hello, at(control, "198.51.100.1")}, true},
		"a silent decoy":              {[]evidence.Session{hello, at(decoy, "198.51.100.2")}, true},
		"only a control answered":     {[]evidence.Session{{Control: true, Events: hello.Events, Host: "mx.example.net", Address: "198.51.100.1"}}, false},
		"only another domain answers": {[]evidence.Session{at(session("mail.example.org", good), "198.51.100.3")}, false},
	} {
		r := answered(ended(rules.FalsePositive, "A"))
		r.Evidence = heard(test.sessions...)
		if got := strings.Contains(lines(r)[0], said("works_nothing")); got != test.want {
			t.Errorf("%s: %q", name, lines(r)[0])
		}
		r.Evidence.Vantage.Intercepted = true
		if strings.Contains(lines(r)[0], said("works_nothing")) {
			t.Errorf("%s: somebody else answered, and the server is said to work", name)
		}
	}
}

// A reply about several domains answers for each of them, by its name; mail hosts belong to the domain whose mail they take.
func TestSeveralDomainsAreToldApart(t *testing.T) {
	first, second, host := ended(rules.FalsePositive, "A"), ended(rules.Confirmed, "B"), ended(rules.Confirmed, "C")
	second.Subject, host.Subject = "sub.example.org", "mx.provider.example [203.0.113.9]"
	r := answered(first, second, host)
	r.Report.Target = report.Target{}
	r.Evidence.Targets = []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mx.provider.example", Addresses: []string{"203.0.113.9"}}}}}
	got := lines(r)
	want := []string{
		said("tested", "target", "example.org and example.com", "when", "2026-11-20 15:04 UTC"),
		"example.org: " + said("report_right") + " " + said("one_repair", "things", "B"),
		`- "Row about B" (sub.example.org): this is said of B.`,
		"example.com: " + said("one_repair", "things", "C"),
		`- "Row about C" (mx.provider.example): this is said of C.`,
		`- "Row about A": this is said of A.`,
		said("whom"),
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// The domain of a verdict is the registered one; an address is nobody's domain, whatever its numbers look like.
func TestDomainOfAVerdict(t *testing.T) {
	w := writer{r: answered(), words: invented.English()}
	w.r.Evidence.Targets = []evidence.Target{{Name: "example.com", Kind: "domain", Hosts: []evidence.Host{{Name: "mx.provider.example", Addresses: []string{"203.0.113.9"}}}},
		{Name: "example.net", Kind: "host", Hosts: []evidence.Host{{Name: "mx.other.example", Addresses: []string{"203.0.113.10"}}}}}
	for subject, want := range map[string]string{"www.example.co.uk": "example.co.uk", "example.org": "example.org", "203.0.113.7": "203.0.113.7", "2001:db8::7": "2001:db8::7",
		"[203.0.113.7]": "203.0.113.7", "203.0.113.9": "example.com", "mx.provider.example [203.0.113.9], mx2.provider.example [203.0.113.11]": "example.com",
		"mx.other.example [203.0.113.10]": "other.example", "example.com at ns1.example.net [192.0.2.53]": "example.com", "": ""} {
		if got := w.domainOf(rules.Verdict{Subject: subject}); got != want {
			t.Errorf("%q is of %q, want %q", subject, got, want)
		}
	}
	// The row says what it is about, whatever was looked at for it.
	row := rules.Verdict{Subject: "mx.provider.example", Findings: []report.Finding{{Subject: "example.net"}}}
	if got := w.domainOf(row); got != "example.net" {
		t.Errorf("a row about example.net is of %q", got)
	}
}

// One cause stands before the points that it explains, once, and these stand together, whatever their labels; a cause of one point is told in it.
func TestCauseStandsFirst(t *testing.T) {
	taste, wrong, other, broken := ended(rules.PolicyDisagreement, "A"), ended(rules.FalsePositive, "B"), ended(rules.FalsePositive, "C"), ended(rules.Confirmed, "D")
	wrong.Plain = "this is said of B. Please leave it on."
	r := answered(taste, other, wrong, broken)
	r.Judgement.Causes = []rules.CauseFound{{Plain: "the server waits. Please leave that on.", Findings: []int{1, 3}}}
	want := []string{`- "Row about D": this is said of D.`,
		"- " + said("cause", "n", "2", "cause", "the server waits. Please leave that on."),
		`- "Row about B": this is said of B.`, `- "Row about A": this is said of A.`, // what not to change stands with the cause
		`- "Row about C": this is said of C.`, said("whom")}
	if got := lines(r)[1:]; !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	r.Judgement.Causes[0].Findings = []int{3}
	want = []string{`- "Row about D": this is said of D.`, `- "Row about B": this is said of B. Please leave it on. the server waits. Please leave that on.`,
		`- "Row about C": this is said of C.`, `- "Row about A": this is said of A.`, said("whom")}
	if got := lines(r)[1:]; !slices.Equal(got, want) {
		t.Errorf("a cause of one point:\n%s", strings.Join(got, "\n"))
	}
	// What has a cause is not merged with what has none, though the same is said of both.
	r.Judgement.Verdicts[1].Plain, r.Judgement.Verdicts[1].Topic = wrong.Plain, wrong.Topic
	if got := strings.Join(lines(r)[1:], "\n"); strings.Contains(got, "Row about B\" and") || strings.Contains(got, "Row about C\" and") {
		t.Errorf("merged:\n%s", got)
	}
	r.Judgement.Verdicts[1].Plain = other.Plain
	// Two causes do not mix what they explain.
	r.Judgement.Causes = []rules.CauseFound{{Plain: "first.", Findings: []int{1, 3}}, {Plain: "second.", Findings: []int{2, 4}}}
	r.Judgement.Verdicts[3].Verdict = rules.FalsePositive
	got := strings.Join(lines(r)[1:], "\n")
	at := []int{strings.Index(got, "first."), strings.Index(got, "of B"), strings.Index(got, "of A"), strings.Index(got, "second."), strings.Index(got, "of C"), strings.Index(got, "of D")}
	if !slices.IsSorted(at) || at[0] < 0 {
		t.Errorf("%v: two causes:\n%s", at, got)
	}
}

// What was not understood is named, because nobody tested it.
func TestReplyNamesWhatWasNotUnderstood(t *testing.T) {
	r := answered(ended(rules.FalsePositive, "A"))
	row := func(n int) report.Finding { return report.Finding{Text: fmt.Sprintf("Strange row %d.", n)} }
	last := func() string { all := lines(r); return all[len(all)-1] }
	r.Judgement.Unrecognised = []report.Finding{row(1)}
	if got, want := last(), said("not_understood_one", "n", "1", "rows", `"Strange row 1"`); got != want {
		t.Errorf("%q, want %q", got, want)
	}
	r.Judgement.Unrecognised = []report.Finding{row(1), row(2), row(3), row(4), row(5)}
	if got, want := last(), said("not_understood", "n", "5", "rows", `"Strange row 1", "Strange row 2", "Strange row 3" and 2 more`); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// A host is named with the points that are about it; one that all of them are about is named once, and the one that the report names not again.
func TestHostsOfPoints(t *testing.T) {
	at := func(v rules.Verdict, subject string) rules.Verdict {
		v.Subject = subject
		return v
	}
	a, b := ended(rules.FalsePositive, "A"), ended(rules.FalsePositive, "B")
	for name, test := range map[string]struct {
		target report.Target
		v      []rules.Verdict
		want   []string // in the opening, and with each point
	}{
		"one host":            {report.Target{Domain: "example.com"}, []rules.Verdict{at(a, "mx.example.com [192.0.2.1]"), at(b, "example.com")}, []string{"example.com (mx.example.com)", "", ""}},
		"two hosts":           {report.Target{Domain: "example.com"}, []rules.Verdict{at(a, "mx.example.com [192.0.2.1]"), at(b, "mx2.example.com")}, []string{"example.com", "(mx.example.com)", "(mx2.example.com)"}},
		"the host itself":     {report.Target{Host: "mx.example.com"}, []rules.Verdict{at(a, "mx.example.com [192.0.2.1]"), at(b, "mx.example.com")}, []string{"mx.example.com", "", ""}},
		"another beside it":   {report.Target{Host: "mx.example.com"}, []rules.Verdict{at(a, "mx.example.com [192.0.2.1]"), at(b, "mx2.example.com")}, []string{"mx.example.com", "", "(mx2.example.com)"}},
		"the domain alone":    {report.Target{Domain: "example.com"}, []rules.Verdict{at(a, "example.com"), at(b, "example.com")}, []string{"example.com", "", ""}},
		"several of one name": {report.Target{Domain: "example.com"}, []rules.Verdict{at(a, "mx.example.com [192.0.2.1], mx.example.com [192.0.2.2]"), at(b, "mx2.example.com")}, []string{"example.com", "(mx.example.com)", "(mx2.example.com)"}},
	} {
		r := answered(test.v...)
		r.Report.Target = test.target
		got := lines(r)
		want := []string{said("tested", "target", test.want[0], "when", "2026-11-20 15:04 UTC") + " " + said("nothing")}
		for i, topic := range []string{"A", "B"} {
			where := test.want[i+1]
			if where != "" {
				where = " " + where
			}
			want = append(want, fmt.Sprintf("- \"Row about %s\"%s: this is said of %s.", topic, where, topic))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
}

// The same sentence about several hosts is said once, with all of them; about one host, or with another end, it is not the same.
func TestSentencesAreMergedForSeveralHosts(t *testing.T) {
	var v []rules.Verdict
	for i := range 5 {
		one := ended(rules.Confirmed, "A")
		one.Subject = fmt.Sprintf("mx%d.example.com", i)
		one.Findings[0].Text = fmt.Sprintf("Row %d", i%2)
		v = append(v, one)
	}
	open := ended(rules.Inconclusive, "A")
	open.Subject = "mx9.example.com"
	domain := ended(rules.Confirmed, "A")
	got := lines(answered(append(v, open, domain)...))
	want := []string{`- "Row 0" and "Row 1" (mx0.example.com, mx1.example.com, mx2.example.com and 2 more): this is said of A.`,
		`- "Row about A": this is said of A.`, `- "Row about A" (mx9.example.com): this is said of A.`, said("whom")}
	if !slices.Equal(got[1:], want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// A long report has a reply that is read: what is to be repaired first, the rest counted, and nothing without end.
func TestReplyIsBounded(t *testing.T) {
	var v []rules.Verdict
	for i := range 50 {
		outcome := []rules.Outcome{rules.Confirmed, rules.Inconclusive, rules.FalsePositive, rules.PolicyDisagreement}[i%4]
		one := ended(outcome, fmt.Sprintf("topic %d", i))
		one.Findings = slices.Repeat([]report.Finding{{Text: strings.Repeat("\u00e4 row without end ", 1000)}}, 50)
		for j := range one.Findings {
			one.Findings[j].Text = fmt.Sprint(i, j, one.Findings[j].Text)
		}
		v = append(v, one)
	}
	r := answered(v...)
	for i := range 200 {
		r.Judgement.Unrecognised = append(r.Judgement.Unrecognised, report.Finding{Text: fmt.Sprint(i) + strings.Repeat("x", 10000)})
	}
	all := lines(r)
	if len(all) > maxPoints+6 || len(strings.Join(all, "")) > 12000 {
		t.Errorf("%d lines, %d bytes", len(all), len(strings.Join(all, "")))
	}
	for _, line := range all {
		if !utf8.ValidString(line) || utf8.RuneCountInString(line) > 700 {
			t.Errorf("%.100q and so on", line)
		}
	}
	reply := strings.Join(all, "\n")
	// 13 are confirmed and 13 open, of which 14 in all are told; 12 are wrong and 12 matters of taste.
	holds(t, reply, said("repairs", "n", "13", "things", "topic 0; topic 4; topic 8; topic 12 and 9 more"), "this is said of topic 48.", "this is said of topic 1.",
		said("more_open", "n", "12"), said("more_fine", "n", "24"), said("not_understood", "n", "200", "rows", "")[:25])
	if strings.Contains(reply, "this is said of topic 2.") {
		t.Error("what is fine took the place of what is open")
	}
}

// A rule without plain words is answered in those for postmasters, with what not to change; its title stands for its topic.
func TestReplyWithoutPlainWords(t *testing.T) {
	v := rules.Verdict{About: "Odd thing", Verdict: rules.Confirmed, Subject: "example.com", Says: "It is\nodd.", DoNot: "Leave it.", Findings: []report.Finding{{Test: "Oddity"}}}
	got := lines(answered(v, v))
	want := []string{`- "Oddity": It is odd. Leave it.`} // the same about the same name is one point
	if !slices.Equal(got[1:2], want) || !strings.HasSuffix(got[0], said("one_repair", "things", "Odd thing")) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}

// A phrase that a language lacks is shown by its key: a reply with a hole would be believed.
func TestLanguageThatLacksAPhrase(t *testing.T) {
	c, err := rules.Load(fstest.MapFS{"languages/xx.yaml": {Data: []byte("schema: mxverdict/language/1\nlanguage: xx\nname: Xish\nframe:\n  point: '{rows} xa {sentence}'\n  quote: '<{text}>'\n  nothing: 'Xa.'\n")}})
	if err != nil {
		t.Fatal(err)
	}
	r := answered(ended(rules.FalsePositive, "A"))
	r.Language = c.Speaking("xx").Language()
	if got := Reply(r); got != "[tested] Xa.\n- <Row about A> xa this is said of A." {
		t.Errorf("%q", got)
	}
	r.Language = nil
	if got := Reply(r); !strings.Contains(got, "[nothing]") {
		t.Errorf("without a language: %q", got)
	}
}

// The report's own date stands beside that of the test, so that an old report is seen to be one.
func TestDateOfTheReport(t *testing.T) {
	r := answered(ended(rules.FalsePositive, "A"))
	made := time.Date(2026, 11, 2, 23, 30, 0, 0, time.FixedZone("", -3600)) // which is the third in UTC
	r.Report.TestedAt = &made
	if want := said("tested_report_of", "target", "example.com", "date", "2026-11-03", "when", "2026-11-20 15:04 UTC"); !strings.HasPrefix(Reply(r), want) {
		t.Errorf("%q", Reply(r))
	}
	r.StartedAt = time.Time{}
	if got := Reply(r); strings.Contains(got, "2026") {
		t.Errorf("nothing was tested, and yet: %q", got)
	}
}

// What goes to a customer holds nothing of the desk's own network, and none of the words that only postmasters know.
func TestReplyHoldsNothingOfTheDesk(t *testing.T) {
	r := invented.Founding()
	r.Evidence.Vantage.Proxy = "socks5://proxy.internal.example:1080"
	r.Notices = []string{"the resolver 192.0.2.1 lies"}
	for _, s := range Of(r).Upto(Log, Customer).Sections {
		got := plainly(Document{[]Section{s}})
		for _, own := range []string{r.Evidence.Vantage.Helo, "192.0.2.1", "proxy.internal", r.Evidence.Tool} {
			if strings.Contains(got, own) {
				t.Errorf("%q is told to the customer:\n%s", own, got)
			}
		}
		for _, word := range []string{"false positive", "policy disagreement", "inconclusive", "SOA ", "EHLO"} {
			if words := strings.ReplaceAll(strings.ReplaceAll(got, "SOA Serial Number Format is Invalid", ""), "SOA Expire Value", ""); strings.Contains(strings.ToLower(words), strings.ToLower(word)) {
				t.Errorf("%q is told to the customer:\n%s", word, got)
			}
		}
	}
}

// The house's words stand around the reply, its links where they fit; what it has accepted is not asked to be repaired, and is said so.
func TestReplyOfAHouse(t *testing.T) {
	broken := ended(rules.Confirmed, "A")
	broken.Rule, broken.Accepted = "smtp/vrfy", &rules.Acceptance{Reason: "The server moves.", Until: "2027-03-31"}
	r := answered(broken, ended(rules.FalsePositive, "B"))
	r.Policy = &rules.Policy{Reply: rules.Reply{Salutation: "Good day,", Signature: "Example Hosting\nSupport",
		Links: []rules.Link{{Title: "Greylisting", Address: "https://example.com/g", Rules: []string{"spf/missing"}}, {Title: "VRFY", Address: "https://example.com/v", Rules: []string{"smtp/vrfy"}}}}}
	want := []string{"Good day,", said("tested", "target", "example.com", "when", "2026-11-20 15:04 UTC") + " " + said("nothing"),
		`- "Row about B": this is said of B.`, `- "Row about A": ` + said("point_accepted", "date", "2027-03-31", "reason", "The server moves."),
		said("link", "title", "VRFY", "address", "https://example.com/v"), "Example Hosting", "Support"}
	if got := lines(r); !slices.Equal(got, want) {
		t.Errorf("%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if r.Judgement.Verdicts[0].Accepted = nil; !strings.Contains(Reply(r), said("whom")) {
		t.Error("whom to ask is not told where something is to be repaired")
	}
}
