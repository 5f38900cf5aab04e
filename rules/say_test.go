package rules

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/parser/report"
	"mxverdict/verify/facts"
)

// fewServers is a rule about a zone as a whole; further lines of YAML come under say or behind it.
const fewServers = `  - id: test/few
    about: Name servers
    subject: zone
    claim: {says: "They are few.", holds_when: {fact: dns.ns.fewest, below: 2}}
    requirements:
      - {says: "Two are needed.", class: M, severity: low, broken_when: {fact: dns.ns.one_address, is: true}}
`

const plainSayings = `    say: {confirmed: "Few.", policy_disagreement: "Few but good.", changed: "Many."}
`

// Whatever is said, remarked, shown or compared beside a verdict, it is the verdict of the conditions, and rests on the same facts.
func TestConditionsAloneDecide(t *testing.T) {
	zone := facts.Subject{Kind: facts.Zone, Name: "example.com"}
	set := func(servers bool) *facts.Set {
		s := &facts.Set{}
		s.AddView("example.com", zone)
		s.Put(zone, known(facts.DNSNSFewest, facts.IntValue(1)))
		s.Put(zone, no(facts.DNSNSOneAddress))
		if servers {
			expires(s, "ns1.example.com [192.0.2.1]", time.Hour)
			expires(s, "ns2.example.com [192.0.2.2]", 2*time.Hour)
		}
		return s
	}
	judge := func(text string, s *facts.Set) (Verdict, *Catalogue) {
		c := house(t, fewServers+text)
		return c.Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("test/few", 1)}}, s).Verdicts[0], c
	}
	want, _ := judge(plainSayings, set(true))
	if want.Verdict != PolicyDisagreement || len(want.Measured) == 0 {
		t.Fatalf("%+v", want)
	}
	for name, text := range map[string]string{
		"say":            strings.Replace(plainSayings, "Few but good.", "Few but good. They keep it {dns.soa.expire}.", 1),
		"another ending": strings.Replace(plainSayings, `"Many."`, `"Many, for {dns.soa.expire}."`, 1),
		"do_not":         plainSayings + "    do_not: \"Do not touch {dns.soa.expire}.\"\n",
		"fix":            plainSayings + "    fix: \"Put {dns.soa.expire} right.\"\n",
		"optional":       plainSayings + "    optional: \"Make {dns.soa.expire} longer.\"\n",
		"notes":          plainSayings + "    notes: [{says: \"It expires.\", when: {fact: dns.soa.expire, above: 5s}}]\n",
		"note's words":   plainSayings + "    notes: [{says: \"After {dns.soa.expire}.\", when: {fact: dns.ns.fewest, below: 2}}]\n",
		"reported":       plainSayings + "    reported: {value: expire, fact: dns.soa.expire}\n",
		"command":        plainSayings + "    commands: [\"dig {dns.soa.expire}\"]\n",
	} {
		for _, servers := range []bool{true, false} { // whose facts the sentence names; without them they are not known
			got, c := judge(text, set(servers))
			if got.Verdict != want.Verdict || got.Reason != want.Reason || got.Subject != want.Subject || !slices.Equal(got.Trail, want.Trail) ||
				len(got.Measured) != len(want.Measured) || strings.Contains(got.Says+got.DoNot+got.Fix, "{") {
				t.Errorf("%s, servers known %v: %s %s of %q by %q, want %s of %q by %q", name, servers, got.Verdict, got.Reason, got.Subject,
					got.Trail, want.Verdict, want.Subject, want.Trail)
			}
			if needs := c.Needs(report.Report{Findings: []report.Finding{bad("test/few", 1)}}); !slices.Contains(needs[0].Facts, facts.DNSSOAExpire) {
				t.Errorf("%s: what the sentence tells is not asked for", name)
			}
		}
	}
	// What the sentence names is told where it is known, of whichever servers, and left out where it is not.
	says := strings.Replace(plainSayings, "Few but good.", "Few but good. They keep it {dns.soa.expire}.", 1)
	if v, _ := judge(says, set(true)); v.Says != "Few but good. They keep it 3600 s or 7200 s." {
		t.Errorf("known: %q", v.Says)
	}
	if v, _ := judge(says, set(false)); v.Says != "Few but good." {
		t.Errorf("not known: %q", v.Says)
	}
	note := plainSayings + "    notes: [{says: \"It expires.\", when: {fact: dns.soa.expire, above: 5000s}}]\n"
	if v, _ := judge(note, set(true)); !slices.Contains(v.Notes, "example.com at ns2.example.com [192.0.2.2]: It expires.") {
		t.Errorf("a note on what the servers say: %q", v.Notes)
	}
}

// A table beside a verdict is no condition either: whose name servers they are is asked for, and decides nothing.
func TestTablesDecideNothing(t *testing.T) {
	const rule = `  - id: test/name
    about: A name
    subject: zone
    claim: {says: It is an alias., holds_when: {fact: dns.cname.present, is: true}}
    say: {policy_disagreement: It is one., changed: It is none.}
`
	for _, shows := range []string{"", "    shows: [opinions]\n", "    shows: [would_see, patience]\n"} {
		s, target := &facts.Set{}, facts.Subject{Kind: facts.Target, Name: "example.com"}
		s.AddView("example.com", target)
		s.Put(target, yes(facts.DNSCNAMEPresent))
		v := house(t, rule+shows).Judge(report.Report{Findings: []report.Finding{bad("test/name", 1)}}, s).Verdicts[0]
		if v.Verdict != PolicyDisagreement {
			t.Errorf("with %q the verdict is %s: %s", shows, v.Verdict, v.Says)
		}
	}
}

// What a cause says of a fact that does not prove it is asked for, and proves nothing.
func TestWordsOfACauseProveNothing(t *testing.T) {
	const cause = `schema: mxverdict/causes/1
causes:
  - id: other
    about: Another cause
    explains: [smtp/tls-missing]
    proven_when: {fact: smtp.greeting.code, is: 220}
    says: It greets. It took {smtp.delay.first_contact} more.
`
	l := lint(t, nil, Source{"mine.yaml", []byte(cause)})
	if len(l.Mistakes) > 0 {
		t.Fatal(l.Mistakes)
	}
	s := &facts.Set{}
	greetedLate(s, "example.com", "203.0.113.1")
	s.Put(facts.SessionAt("mail.example.com", "203.0.113.1"), latency(time.Second, false))
	r := report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("smtp/tls-missing", 1)}}
	j := l.Catalogue().Judge(r, s)
	if len(j.Causes) != 1 || j.Causes[0].Says != "It greets." {
		t.Errorf("causes %+v", j.Causes)
	}
	if needs := l.Catalogue().Needs(r); !slices.Contains(needs[0].Facts, facts.SMTPDelayFirstContact) {
		t.Error("what the cause tells is not asked for")
	}
}

// What is not known leaves no hole: an aside or a later sentence is left out, the first sentence has other words.
func TestSentencesWithoutWhatIsNotKnown(t *testing.T) {
	view := set(known(facts.SMTPGreetingCode, facts.IntValue(220)))
	for text, want := range map[string]string{
		"It says {smtp.greeting.code}.":                                                           "It says 220.",
		"It greets. It takes {smtp.greeting.latency}.":                                            "It greets.",
		"It greets. It takes {smtp.greeting.latency}. It says {smtp.greeting.code}.":              "It greets. It says 220.",
		"It takes {smtp.greeting.latency}. That is long.":                                         "It takes an unknown time. That is long.",
		"It greets ({smtp.greeting.text}) with {smtp.greeting.code} ({smtp.greeting.code}).":      "It greets with 220 (220).",
		"Outside {min} to {max}.":                                                                 "Outside an unknown limit to an unknown limit.",
		"RFC 5321 section 4.5.3.2.1 says so, e.g. here. Told {smtp.samples.count} times.":         "RFC 5321 section 4.5.3.2.1 says so, e.g. here.",
		"{smtp.samples.count}":                                                                    "an unknown number",
		"Whether it does, {smtp.ehlo.starttls}, and {server_address}, and at {clocks}, is a list": "Whether it does, an unknown answer, and an unknown server address, and at an unknown time, is a list",
	} {
		if got := fill(text, view, nil); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A sentence about one address never tells what was measured at another one: each has its own banner.
func TestSentenceBorrowsFromNoOtherAddress(t *testing.T) {
	const rule = `  - id: test/slow
    about: A wait
    subject: host
    claim: {says: It is slow., holds_when: {fact: smtp.greeting.code, is: 220}}
    say: {policy_disagreement: "It is slow. It says {smtp.greeting.text}.", changed: It is fast.}
`
	for text, want := range map[string]string{"": "It is slow.", "mx.example.com": "It is slow. It says mx.example.com."} {
		s := &facts.Set{}
		greets := known(facts.SMTPGreetingCode, facts.IntValue(220))
		session(s, "example.com", "203.0.113.1", greets)
		if text != "" {
			session(s, "example.com", "203.0.113.1", known(facts.SMTPGreetingText, facts.TextValue(text)))
		}
		session(s, "example.com", "203.0.113.2", known(facts.SMTPGreetingCode, facts.IntValue(554)), known(facts.SMTPGreetingText, facts.TextValue("another.example")))
		v := house(t, rule).Judge(report.Report{Reporter: "mxtoolbox", Findings: []report.Finding{bad("test/slow", 1)}}, s).Verdicts[0]
		if v.Verdict != PolicyDisagreement || v.Says != want {
			t.Errorf("%s: %q, want %q", v.Verdict, v.Says, want)
		}
	}
}
