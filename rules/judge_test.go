package rules

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// house loads rules that a test makes up beside the embedded ones.
func house(t *testing.T, text string) *Catalogue {
	t.Helper()
	c, err := Load(fstest.MapFS{"catalogue/house.yaml": {Data: []byte("schema: mxverdict/rules/1\nrules:\n" + text)}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// expires puts a name server with an expire value into a set.
func expires(s *facts.Set, at string, after time.Duration) {
	server := facts.Subject{Kind: facts.Server, Name: "example.com", At: at}
	s.AddView("example.com", server)
	s.Put(server, yes(facts.DNSSOAAnswered))
	s.Put(server, known(facts.DNSSOAExpire, facts.DurationValue(after)))
	s.Put(server, no(facts.DNSSOAExpireTooShort))
}

// about makes a row that names a name server.
func about(nameserver string, n int) report.Finding {
	f := bad("dns/soa-expire", n)
	f.Values = map[string]report.Value{"nameserver": report.Text(nameserver)}
	return f
}

// Rows that name different servers are different claims, each judged at the server that it names and at no other.
func TestRowsAboutDifferentServers(t *testing.T) {
	const within, outside = 1209600 * time.Second, 86400 * time.Second
	s := &facts.Set{}
	expires(s, "ns1.example.com [192.0.2.1]", within)
	expires(s, "ns1.example.com.example.net [192.0.2.9]", outside) // no row speaks of it
	expires(s, "ns2.example.com [192.0.2.2]", outside)
	expires(s, "ns2.example.com [2001:db8::2]", within)
	rows := []report.Finding{about("ns1.example.com", 1), about("ns2.example.com", 2), about("ns1.example.com", 3), about("ns3.example.com", 4), bad("dns/soa-expire", 5)}
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: rows}, s)
	want := []struct {
		rows    []int
		verdict Outcome
		reason  string
	}{{[]int{1, 3}, FalsePositive, Changed}, {[]int{2}, PolicyDisagreement, ""}, {[]int{4}, Inconclusive, string(facts.NotFound)}, {[]int{5}, PolicyDisagreement, ""}}
	if len(j.Verdicts) != len(want) {
		t.Fatalf("%d verdicts, want one a server, one for the row that names none", len(j.Verdicts))
	}
	for i, v := range j.Verdicts {
		var rows []int
		for _, f := range v.Findings {
			rows = append(rows, f.N)
		}
		if !slices.Equal(rows, want[i].rows) || v.Verdict != want[i].verdict || v.Reason != want[i].reason {
			t.Errorf("rows %v are %s (%s), want %v to be %s (%s)", rows, v.Verdict, v.Reason, want[i].rows, want[i].verdict, want[i].reason)
		}
	}
	if notes := strings.Join(j.Verdicts[1].Notes, "\n"); !strings.Contains(notes, "True at 1 of 2 name server addresses judged: ns2.example.com [192.0.2.2].") {
		t.Errorf("notes on ns2: %s", notes)
	}
	if j.Summary != (Summary{FalsePositive: 1, PolicyDisagreement: 2, Inconclusive: 1, Rows: Rows{Total: 5, Judged: 4, Undecided: 1}}) {
		t.Errorf("summary %+v", j.Summary)
	}
}

// A claim about all servers together is about all, whichever of them the row names.
func TestZoneClaimThatNamesAServer(t *testing.T) {
	zone := facts.Subject{Kind: facts.Zone, Name: "example.com"}
	for _, few := range []bool{true, false} {
		s := &facts.Set{}
		s.AddView("example.com", zone)
		s.Put(zone, known(facts.DNSNSFewest, facts.IntValue(map[bool]int64{true: 1, false: 2}[few])))
		s.Put(zone, known(facts.DNSNSMachines, facts.IntValue(2)))
		s.Put(zone, no(facts.DNSNSOneAddress))
		f := bad("dns/ns-too-few", 1)
		f.Values = map[string]report.Value{"nameserver": report.Text("ns7.example.com")}
		if v := one(t, s, f); (v.Verdict == FalsePositive) == few || v.Verdict == Inconclusive {
			t.Errorf("few %v: %s (%s)", few, v.Verdict, v.Says)
		}
	}
}

// What tells two claims apart: rule, target, and the numbers that a row states.
func TestRowsThatStateDifferentThings(t *testing.T) {
	stated := func(n int, max float64) report.Finding {
		f := bad("dns/soa-expire", n)
		f.Values = map[string]report.Value{"max": report.Number(max)}
		return f
	}
	elsewhere := stated(4, 1000)
	elsewhere.Subject = "example.net"
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{stated(1, 1000), stated(2, 2000), stated(3, 1000), elsewhere, bad("dns/soa-refresh", 5)}}, &facts.Set{})
	var rows []string
	for _, v := range j.Verdicts {
		var n []string
		for _, f := range v.Findings {
			n = append(n, fmt.Sprint(f.N))
		}
		rows = append(rows, strings.Join(n, "+"))
	}
	if want := []string{"1+3", "2", "4", "5"}; !slices.Equal(rows, want) {
		t.Errorf("%q, want %q", rows, want)
	}
}

// greetedLate puts a session into a set whose greeting came later than MXToolbox waits, and that shows no fault.
func greetedLate(s *facts.Set, target, address string) {
	session(s, target, address, yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), latency(16*time.Second, false),
		yes(facts.SMTPGreetingHasPTR), no(facts.SMTPSTARTTLSMissing), known(facts.DNSPTRNames, facts.ListValue([]string{"mail.example.com"})),
		known(facts.SMTPTransactionTotal, facts.DurationValue(17*time.Second)), known(facts.SMTPConnectLatency, facts.DurationValue(time.Millisecond)), yes(facts.SMTPDelayEverybody))
	for _, name := range []facts.Name{facts.SMTPEHLOLatency, facts.SMTPMAILLatency, facts.SMTPRCPTLatency} {
		s.Put(facts.SessionAt("mail.example.com", address), known(name, facts.DurationValue(time.Millisecond)))
	}
}

func row(rule string, n int, target string, status report.Status) report.Finding {
	f := bad(rule, n)
	f.Subject, f.Status = target, status
	return f
}

func timed(f report.Finding, seconds float64) report.Finding {
	f.Values = map[string]report.Value{"seconds": report.Number(seconds)}
	return f
}

// OK rows that a reporter cannot have tested are those about the server that it left too early, of tests that come after the greeting.
func TestNeverTestedIsAboutTheSameTarget(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	greetedLate(s, "example.net", "203.0.113.2")
	session(s, "example.org", "203.0.113.3", yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), latency(time.Second, false), no(facts.SMTPSTARTTLSMissing))
	rows := []report.Finding{
		row("smtp/open-relay", 1, "example.org", report.OK), row("smtp/open-relay", 2, "example.net", report.OK), row("smtp/open-relay", 3, "example.com", report.OK),
		row("smtp/ptr-missing", 4, "example.com", report.OK), row("smtp/banner-mismatch", 5, "example.com", report.Warning),
		row("smtp/tls-missing", 6, "example.com", report.Warning), row("smtp/tls-missing", 7, "example.net", report.Warning), row("smtp/tls-missing", 8, "example.org", report.Warning),
	}
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: rows}, s)
	want := map[string][2][]int{"mail.example.com [203.0.113.1]": {{5, 6}, {3}}, "mail.example.com [203.0.113.2]": {{7}, {2}}}
	if len(j.Causes) != len(want) {
		t.Errorf("%d causes, want one for each server that greets late: %+v", len(j.Causes), j.Causes)
	}
	for _, cause := range j.Causes {
		if w := want[cause.Subject]; !slices.Equal(cause.Findings, w[0]) || !slices.Equal(cause.NeverTested, w[1]) {
			t.Errorf("%s: explains %v and says that %v were never tested, want %v", cause.Subject, cause.Findings, cause.NeverTested, w)
		}
	}
}

// A true measurement of a slow server shows no reporter that left early; one of the reporter's own patience does.
func TestMeasurementsAndMarks(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	for seconds, want := range map[float64][]int{15: {2}, 15.678: {2}, 15.999: {2}, 16: {}, 17.2: {}, 14.999: {}} {
		rows := []report.Finding{timed(row("smtp/transaction-time", 1, "example.com", report.Warning), seconds), row("smtp/open-relay", 2, "example.com", report.OK)}
		j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: rows}, s)
		if len(j.Causes) != 1 || !slices.Equal(j.Causes[0].NeverTested, want) || !slices.Equal(j.Causes[0].Findings, []int{1}) {
			t.Errorf("%v s: causes %+v, want row 1 explained and never tested %v", seconds, j.Causes, want)
		}
	}
}

// Of seconds that are the reporter's own patience it is said that they measure nothing; of a measurement, or of a row without any, it is not.
func TestReportedPatienceIsNoMeasurement(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	for seconds, want := range map[float64]bool{15: true, 15.678: true, 17.2: false, 0: false} {
		f := row("smtp/transaction-time", 1, "example.com", report.Warning)
		if seconds > 0 {
			f = timed(f, seconds)
		}
		v := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{f}}, s).Verdicts[0]
		if got := strings.Contains(strings.Join(v.Notes, "\n"), "is no measurement"); got != want {
			t.Errorf("%v s: said %v, want %v: %q", seconds, got, want, v.Notes)
		}
	}
}

// A command that asks a name server names one that answered with authority; of many servers a few are enough.
func TestServersThatCommandsAsk(t *testing.T) {
	s := &facts.Set{}
	for i := range maxServers + 3 {
		server := facts.Subject{Kind: facts.Server, Name: "example.com", At: fmt.Sprintf("ns%d.example.com [192.0.2.%d]", i, i+1)}
		s.AddView("example.com", server)
		s.Put(server, facts.Fact{Name: facts.DNSSOAAnswered, Value: facts.BoolValue(i != 1)})
	}
	var asked []string
	for _, server := range around(s).servers("example.com") {
		asked = append(asked, server.At[:3])
	}
	if want := []string{"ns0", "ns2", "ns3", "ns4"}; !slices.Equal(asked, want) {
		t.Errorf("%q, want %q", asked, want)
	}
}

// A row that is not the first to be explained may be the one that shows that the reporter left early.
func TestNeverTestedByALaterRow(t *testing.T) {
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	rows := []report.Finding{timed(row("smtp/transaction-time", 4, "example.com", report.Warning), 17.2), row("smtp/tls-missing", 1, "example.com", report.Warning),
		row("smtp/open-relay", 2, "example.com", report.OK), row("smtp/vrfy", 3, "example.com", report.Warning)}
	j := load(t).Judge(report.Report{Reporter: "mxtoolbox", Findings: rows}, s)
	if len(j.Causes) != 1 || !slices.Equal(j.Causes[0].NeverTested, []int{2}) || !slices.Equal(j.Causes[0].Findings, []int{1, 4}) {
		t.Errorf("causes %+v, want rows 1 and 4 explained, and row 2 never tested", j.Causes)
	}
}

// Nobody knows which address the reporter met: a cause has to hold at each, and what holds at some is a note.
func TestCauseAtOneOfTwoAddresses(t *testing.T) {
	fast := []facts.Fact{yes(facts.SMTPGreetingReceived), known(facts.SMTPGreetingCode, facts.IntValue(220)), latency(time.Second, false), no(facts.SMTPSTARTTLSMissing)}
	judge := func(first, second bool) Verdict {
		s := &facts.Set{}
		for i, late := range []bool{first, second} {
			address := fmt.Sprintf("203.0.113.%d", i+1)
			if late {
				greetedLate(s, "example.com", address)
			} else {
				session(s, "example.com", address, fast...)
			}
		}
		return one(t, s, row("smtp/tls-missing", 1, "example.com", report.Warning))
	}
	if v := judge(true, true); v.Reason != Artifact || v.Subject != "example.com" {
		t.Errorf("late at both: %s of %s", v.Reason, v.Subject)
	}
	if v := judge(true, false); v.Reason != Changed || !strings.Contains(strings.Join(v.Notes, "\n"), "but only at mail.example.com [203.0.113.1];") {
		t.Errorf("late at the first: %s, %q", v.Reason, v.Notes)
	}
	if v := judge(false, false); v.Reason != Changed || strings.Contains(strings.Join(v.Notes, "\n"), "but only at") {
		t.Errorf("late at none: %s, %q", v.Reason, v.Notes)
	}
}

// The severest of several broken requirements decides, wherever it stands, and one that is not known leaves the verdict open only
// if no other is broken.
func TestSeverestRequirementDecides(t *testing.T) {
	rule := func(severities ...string) string {
		text := `  - id: test/several
    about: Several requirements
    subject: host
    claim: {says: It takes long., holds_when: {fact: smtp.greeting.latency, above: 5s}}
    say: {confirmed: It is slow., policy_disagreement: Let it., changed: It is fast.}
    requirements:
      - {says: Advice., class: A}
`
		broken := map[string]string{"low": "{fact: smtp.greeting.latency, above: 10s}", "medium": "{fact: smtp.greeting.code, is: 220}", "high": "{fact: smtp.ehlo.starttls, is: true}"}
		for _, s := range severities {
			text += fmt.Sprintf("      - {says: This is %s., class: M, severity: %s, broken_when: %s}\n", s, s, broken[s])
		}
		return text
	}
	code, slow, fast, tls, plain := known(facts.SMTPGreetingCode, facts.IntValue(220)), latency(16*time.Second, false), latency(6*time.Second, false), yes(facts.SMTPEHLOSTARTTLS), no(facts.SMTPEHLOSTARTTLS)
	other := known(facts.SMTPGreetingCode, facts.IntValue(554))
	tests := []struct {
		name       string
		severities []string
		known      []facts.Fact
		want       Outcome
		severity   Severity
	}{
		{"all broken", []string{"low", "medium", "high"}, []facts.Fact{slow, code, tls}, Confirmed, High},
		{"in any order", []string{"high", "medium", "low"}, []facts.Fact{slow, code, tls}, Confirmed, High},
		{"two broken", []string{"low", "medium", "high"}, []facts.Fact{slow, code, plain}, Confirmed, Medium},
		{"one broken", []string{"medium", "low", "high"}, []facts.Fact{slow, other, plain}, Confirmed, Low},
		{"one broken, one not known", []string{"high", "low"}, []facts.Fact{slow}, Confirmed, Low},
		{"one not broken, one not known", []string{"low", "high"}, []facts.Fact{fast}, Inconclusive, ""},
		{"none broken", []string{"low", "high"}, []facts.Fact{fast, plain}, PolicyDisagreement, ""},
		{"advice only", nil, []facts.Fact{fast}, PolicyDisagreement, ""},
		{"not true", []string{"low", "high"}, []facts.Fact{latency(time.Second, false), tls}, FalsePositive, ""},
	}
	for _, test := range tests {
		s := &facts.Set{}
		session(s, "example.com", "203.0.113.1", test.known...)
		v := house(t, rule(test.severities...)).Judge(report.Report{Findings: []report.Finding{bad("test/several", 1)}}, s).Verdicts[0]
		if v.Verdict != test.want || v.Severity != test.severity {
			t.Errorf("%s: %s %q, want %s %q", test.name, v.Verdict, v.Severity, test.want, test.severity)
		}
		if says := "This is " + string(test.severity) + "."; (test.severity != "") != strings.Contains(v.Says, says) {
			t.Errorf("%s: says %q", test.name, v.Says)
		}
		if test.want == Inconclusive && !strings.Contains(strings.Join(v.Trail, "\n"), "smtp.ehlo.starttls: not known") {
			t.Errorf("%s: the trail does not show what is missing: %q", test.name, v.Trail)
		}
		if test.want == PolicyDisagreement && len(test.severities) > 0 && !strings.Contains(strings.Join(v.Trail, "\n"), "smtp.ehlo.starttls: no") {
			t.Errorf("%s: the trail does not show what is in order: %q", test.name, v.Trail)
		}
	}
}

// The requirement is judged where the claim is true, and the verdict speaks of the address at which it is broken.
func TestRequirementAtTheAddressWhereTheClaimIsTrue(t *testing.T) {
	c := house(t, `  - id: test/slow
    about: Slowness
    subject: host
    judged_where: {fact: smtp.greeting.received, is: true}
    claim: {says: It takes long., holds_when: {fact: smtp.greeting.latency, above: 5s}}
    requirements:
      - {says: Offer encryption., class: M, severity: medium, broken_when: {fact: smtp.ehlo.starttls, is: false}}
    say: {confirmed: "Slow at {address}.", policy_disagreement: Let it., changed: It is fast.}
    commands: ["openssl s_client -connect {socket}"]
`)
	at := func(received, slow, starttls bool, port int64) []facts.Fact {
		return []facts.Fact{known(facts.SMTPGreetingReceived, facts.BoolValue(received)), latency(map[bool]time.Duration{true: 6 * time.Second, false: time.Second}[slow], false),
			known(facts.SMTPEHLOSTARTTLS, facts.BoolValue(starttls)), known(facts.SMTPPort, facts.IntValue(port))}
	}
	tests := []struct {
		name   string
		sets   map[string][]facts.Fact
		want   Outcome
		says   string
		socket string
	}{
		{"slow without encryption", map[string][]facts.Fact{"203.0.113.1": at(true, true, false, 25)}, Confirmed, "Slow at 203.0.113.1.", "203.0.113.1:25"},
		{"at the second, on another port", map[string][]facts.Fact{"203.0.113.1": at(true, true, true, 25), "2001:db8::2": at(true, true, false, 2525)},
			Confirmed, "Slow at 2001:db8::2.", "[2001:db8::2]:2525"},
		{"slow here, without encryption there", map[string][]facts.Fact{"203.0.113.1": at(true, true, true, 25), "203.0.113.2": at(true, false, false, 25)},
			PolicyDisagreement, "Let it.", "203.0.113.1:25"},
		{"slow at one of two", map[string][]facts.Fact{"203.0.113.1": at(true, false, true, 25), "203.0.113.2": at(true, true, true, 25)}, PolicyDisagreement, "Let it.", "203.0.113.2:25"},
		{"slow where it does not count", map[string][]facts.Fact{"203.0.113.1": at(false, true, false, 25), "203.0.113.2": at(true, false, false, 25)}, FalsePositive, "It is fast.", "203.0.113.2:25"},
		{"it counts nowhere", map[string][]facts.Fact{"203.0.113.1": at(false, true, false, 25)}, Inconclusive, "", "203.0.113.1:25"},
	}
	for _, test := range tests {
		s := &facts.Set{}
		for _, address := range sortedKeys(test.sets) {
			session(s, "example.com", address, test.sets[address]...)
		}
		v := c.Judge(report.Report{Findings: []report.Finding{bad("test/slow", 1)}}, s).Verdicts[0]
		if v.Verdict != test.want || !strings.HasPrefix(v.Says, test.says) {
			t.Errorf("%s: %s, %q; want %s, %q", test.name, v.Verdict, v.Says, test.want, test.says)
		}
		if want := "openssl s_client -connect " + quote(test.socket); !slices.Equal(v.Commands, []string{want}) {
			t.Errorf("%s: commands %q, want %q", test.name, v.Commands, want)
		}
	}
}

// A verdict is named after the one address at which it was judged, after the target where there are several, and after the zone.
func TestSubjectOfAVerdict(t *testing.T) {
	for addresses, want := range map[int]string{1: "mail.example.com [203.0.113.1]", 2: "example.com", 3: "example.com"} {
		s := &facts.Set{}
		for i := range addresses {
			session(s, "example.com", fmt.Sprintf("203.0.113.%d", i+1), yes(facts.SMTPGreetingReceived), no(facts.SMTPSTARTTLSMissing))
		}
		if v := one(t, s, bad("smtp/tls-missing", 1)); v.Subject != want {
			t.Errorf("%d addresses: %q, want %q", addresses, v.Subject, want)
		}
	}
	s := &facts.Set{}
	server := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [192.0.2.53]"}
	s.AddView("www.example.com", server) // a host, whose zone is judged
	s.Put(server, yes(facts.DNSSOAAnswered))
	s.Put(server, known(facts.DNSSOAExpire, facts.DurationValue(604800*time.Second)))
	s.Put(server, no(facts.DNSSOAExpireTooShort))
	f := bad("dns/soa-expire", 1)
	f.Subject = "www.example.com"
	if v := one(t, s, f); v.Subject != "example.com" {
		t.Errorf("a zone: %q", v.Subject)
	}
	f.Subject = "example.org"
	if v := one(t, s, f); v.Subject != "example.org" || v.Verdict != Inconclusive {
		t.Errorf("not tested: %q is %s", v.Subject, v.Verdict)
	}
}

// A number, or a word, of the finding counts only if it is of the parameter's kind; else the reporter's threshold, else the default.
func TestParametersOfARow(t *testing.T) {
	c := house(t, `  - id: test/numbers
    about: Numbers
    subject: host
    parameters:
      timeouts: {kind: number, default: 3, source: nobody}
      seconds: {kind: duration, default: 5s, source: nobody}
      list: {kind: text}
    claim: {says: "{timeouts} {list}", holds_when: {any: [{fact: smtp.greeting.latency, above: $seconds}, {fact: smtp.greeting.code, above: $timeouts}, {fact: smtp.greeting.text, is: $list}]}}
    say: {policy_disagreement: Let it., changed: It is fast.}
`)
	rule := c.Rule("test/numbers")
	tests := []struct {
		name   string
		values map[string]report.Value
		want   map[string]string
	}{
		{"nothing stated", nil, map[string]string{"timeouts": "3 default", "seconds": "5 s default", "list": " "}},
		{"all stated", map[string]report.Value{"timeouts": report.Number(7), "seconds": report.Number(1.5), "list": report.Text("x.example")},
			map[string]string{"timeouts": "7 finding", "seconds": "1.5 s finding", "list": "x.example finding"}},
		{"of another kind", map[string]report.Value{"timeouts": report.Text("x"), "seconds": report.Text("soon"), "list": report.Number(7)},
			map[string]string{"timeouts": "3 default", "seconds": "5 s default", "list": " "}},
		{"empty", map[string]report.Value{"list": report.Text("")}, map[string]string{"timeouts": "3 default", "seconds": "5 s default", "list": " "}},
	}
	for _, test := range tests {
		f := bad("test/numbers", 1)
		f.Values = test.values
		got := c.parametersOf(rule, f, "nobody")
		for name, want := range test.want {
			if p := got[name]; p.Value.String()+" "+string(p.Origin) != want || (p.Origin == FromDefault) != (p.Source != "") {
				t.Errorf("%s: %s is %q by %q (%s), want %q", test.name, name, p.Value, p.Origin, p.Source, want)
			}
		}
		if _, ok := got[patienceParameter]; ok {
			t.Errorf("%s: the patience of a reporter that nobody knows is known", test.name)
		}
	}
	if p := c.parametersOf(rule, bad("test/numbers", 1), "mxtoolbox")[patienceParameter]; p.Value.Duration() != 15*time.Second || p.Origin != FromReporter {
		t.Errorf("patience %+v", p)
	}
	if n := numberAs(facts.Int, 1e300).Int(); n != 1<<32-1 {
		t.Errorf("the greatest number is %d", n)
	}
}

// Without a fact about the target a rule that nobody can test, or a row without target, is not judged by what is known of others.
func TestUntestedRulesAreNotJudged(t *testing.T) {
	c := house(t, `  - id: test/untested
    about: Something that nobody tests
    subject: host
    claim: {says: It is bad.}
    untested: {code: needs_message, reason: Only the message shows it., next: Look at the message.}
`)
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	r := report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("test/untested", 1)}}
	if needs := c.Needs(r); len(needs) != 0 {
		t.Errorf("somebody is asked for what cannot change the verdict: %+v", needs)
	}
	v := c.Judge(r, s).Verdicts[0]
	if v.Verdict != Inconclusive || v.Reason != string(facts.NeedsMessage) || v.Says != "Only the message shows it." || v.Fix != "Look at the message." || !v.Untested {
		t.Errorf("%+v", v)
	}
}

// The mark of a report is counted in words, over rows of all targets, OK rows left out, in the order of the rows.
func TestRowsThatCarryTheMark(t *testing.T) {
	c := load(t)
	mark := timed(row("smtp/transaction-time", 9, "example.com", report.Warning), 15.5)
	rows := []report.Finding{mark, row("smtp/tls-missing", 2, "example.com", report.Warning), row("smtp/banner-mismatch", 5, "example.net", report.Warning),
		row("smtp/tls-missing", 3, "example.com", report.OK), timed(row("smtp/connection-time", 1, "example.com", report.OK), 15.5), row("smtp/vrfy", 4, "example.com", report.Warning)}
	got := c.SuggestCauses(report.Report{Reporter: "mxtoolbox", Findings: rows})
	if len(got) != 1 || !slices.Equal(got[0].Findings, []int{2, 5, 9}) || !strings.HasPrefix(got[0].Says, "three rows carry the mark of a 15 s hang-up: MXToolbox may") {
		t.Errorf("%+v", got)
	}
	for name, r := range map[string]report.Report{
		"rows beside it alone":         {Reporter: "mxtoolbox", Findings: rows[1:]},
		"a reporter that nobody knows": {Reporter: "nobody", Findings: rows},
		"no seconds":                   {Reporter: "mxtoolbox", Findings: []report.Finding{row("smtp/transaction-time", 1, "example.com", report.Warning)}},
		"seconds of another test":      {Reporter: "mxtoolbox", Findings: []report.Finding{timed(row("smtp/tls-missing", 1, "example.com", report.Warning), 15.5)}},
	} {
		if got := c.SuggestCauses(r); len(got) != 0 {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if s := c.SuggestCauses(report.Report{Reporter: "mxtoolbox", Findings: rows[:1]}); len(s) != 1 || !strings.HasPrefix(s[0].Says, "one row carries the mark") {
		t.Errorf("one row: %+v", s)
	}
	for n, want := range map[int]string{1: "one row carries", 2: "two rows carry", 9: "nine rows carry", 10: "10 rows carry"} {
		if got := countRows(n); got != want {
			t.Errorf("%d: %q, want %q", n, got, want)
		}
	}
}

// A moment is written where a day begins first, at UTC, and where the reporter reads its clock.
func TestClocks(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)
	got := (&claim{catalogue: load(t), reporter: "mxtoolbox"}).clocks(at)
	for _, want := range []string{"2026-11-24 02:30 at UTC+14:00", "2026-11-23 12:30 at UTC", "2026-11-23 06:30 at UTC-06:00 (MXToolbox)"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
	if got := (&claim{catalogue: load(t)}).clocks(at); strings.Count(got, "at UTC") != 2 {
		t.Errorf("a reporter that nobody knows: %q", got)
	}
}

// Why a name leads to nothing that could be judged is the verdict's reason, also where the row names a server.
func TestReasonOfNothingToJudge(t *testing.T) {
	for name, f := range map[string]report.Finding{"a row about the zone": bad("dns/soa-expire", 1), "a row about a server": about("ns1.example.com", 1)} {
		s := &facts.Set{}
		s.NoViews("example.com", facts.Server, facts.Unknown{Code: facts.Interrupted, Detail: "the run ended before"})
		if v := one(t, s, f); v.Verdict != Inconclusive || v.Reason != string(facts.Interrupted) || !strings.Contains(v.Says, "the run ended before") {
			t.Errorf("%s: %s (%s), %q", name, v.Verdict, v.Reason, v.Says)
		}
		expires(s, "ns2.example.com [192.0.2.2]", 1209600*time.Second)
		if v := one(t, s, f); (v.Reason == string(facts.NotFound)) != (name == "a row about a server") {
			t.Errorf("%s, with another server: %s (%s)", name, v.Verdict, v.Reason)
		}
	}
}

// That the name servers are announced from many places excuses the one requirement that says so, and no other.
func TestAnycastExcusesOneRequirement(t *testing.T) {
	for name, test := range map[string]struct {
		oneAddress bool
		servers    string
		want       Outcome
		severity   Severity
	}{
		"one route, announced from many places":   {false, "ada.ns.cloudflare.com", PolicyDisagreement, ""},
		"one route":                               {false, "ns1.example.com", Confirmed, Low},
		"one address, announced from many places": {true, "ada.ns.cloudflare.com", Confirmed, High},
	} {
		s := &facts.Set{}
		zone := facts.Subject{Kind: facts.Zone, Name: "example.com"}
		s.AddView("example.com", zone)
		for _, f := range []facts.Fact{yes(facts.DNSNSSameNet), known(facts.DNSNSOneAddress, facts.BoolValue(test.oneAddress)), no(facts.DNSNSSpread6),
			known(facts.DNSNSNetworks, facts.ListValue([]string{"192.0.2.0/24"})), known(facts.DNSZoneServers, facts.ListValue([]string{test.servers}))} {
			s.Put(zone, f)
		}
		if v := one(t, s, bad("dns/ns-same-subnet", 1)); v.Verdict != test.want || v.Severity != test.severity {
			t.Errorf("%s: %s %q, want %s %q", name, v.Verdict, v.Severity, test.want, test.severity)
		}
	}
}

// Sentences and commands name zone, server and clock of the place that was judged.
func TestPlacesInSentences(t *testing.T) {
	c := house(t, `  - id: test/server
    about: A fact of a server
    subject: zone
    claim: {says: It is long., holds_when: {fact: dns.soa.expire, above: 5s}}
    say: {policy_disagreement: "{server} at {server_address} of {zone}: {clocks}", changed: It is short.}
    commands: ["dig SOA {zone} @{server_address}"]
  - id: test/zone
    about: A fact of a zone
    subject: zone
    claim: {says: They are few., holds_when: {fact: dns.ns.fewest, below: 2}}
    say: {policy_disagreement: "{zone}, asked at {server}", changed: They are many.}
    commands: ["dig NS {zone} @{each_server_address}"]
`)
	s := &facts.Set{}
	expires(s, "ns1.example.com [192.0.2.1]", time.Hour)
	server, zone := facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns1.example.com [192.0.2.1]"}, facts.Subject{Kind: facts.Zone, Name: "example.com"}
	s.AddView("example.com", zone)
	s.Put(zone, known(facts.DNSNSFewest, facts.IntValue(1)))
	judge := func(rule string) Verdict {
		return c.Judge(report.Report{Findings: []report.Finding{bad(rule, 1)}}, s).Verdicts[0]
	}
	if v := judge("test/server"); v.Says != "ns1.example.com at 192.0.2.1 of example.com: an unknown time" || !slices.Equal(v.Commands, []string{"dig SOA example.com @192.0.2.1"}) {
		t.Errorf("%q, %q", v.Says, v.Commands)
	}
	serial := known(facts.DNSSOASerial, facts.IntValue(1))
	serial.At = time.Date(2026, 11, 23, 12, 30, 0, 0, time.UTC)
	s.Put(server, serial)
	if v := judge("test/server"); !strings.Contains(v.Says, "2026-11-23 12:30 at UTC") {
		t.Errorf("%q", v.Says)
	}
	expires(s, "ns2.example.com [192.0.2.2]", time.Hour)
	s.AddView("example.com", facts.Subject{Kind: facts.Server, Name: "example.com", At: "ns3.example.com [192.0.2.3]"}) // did not answer
	want := []string{"dig NS example.com @192.0.2.1", "dig NS example.com @192.0.2.2"}
	if v := judge("test/zone"); v.Says != "example.com, asked at ns1.example.com" || !slices.Equal(v.Commands, want) {
		t.Errorf("%q, %q", v.Says, v.Commands)
	}
}

// Every row of a report is counted once, and only what a verdict decides is called judged.
func TestRowsAddUp(t *testing.T) {
	s := &facts.Set{}
	session(s, "example.com", "203.0.113.1", yes(facts.SMTPGreetingReceived), yes(facts.SMTPSTARTTLSMissing))
	marked := func(rule string, n int, status report.Status) report.Finding {
		f := bad(rule, n)
		f.Status = status
		return f
	}
	j := load(t).Judge(report.Report{Findings: []report.Finding{
		bad("smtp/tls-missing", 1), bad("smtp/tls-missing", 2), // one verdict on two rows
		bad("dns/soa-expire", 3), // nothing was measured
		bad("domain/expiry", 4),  // of a rule that tests nothing
		marked("smtp/open-relay", 5, report.OK), marked("smtp/connect", 6, report.Info),
		marked("", 7, report.Unknown), marked("smtp/vrfy", 8, report.Unknown), marked("", 9, report.OK), bad("no/such-rule", 10),
	}}, s)
	want := Rows{Total: 10, Judged: 2, Undecided: 1, Untested: 1, OK: 1, Info: 1, NotUnderstood: 4}
	if j.Summary.Rows != want {
		t.Errorf("%+v, want %+v", j.Summary.Rows, want)
	}
	if n := len(j.Unrecognised); n != want.NotUnderstood {
		t.Errorf("%d rows are listed as not understood, and %d counted", n, want.NotUnderstood)
	}
}
