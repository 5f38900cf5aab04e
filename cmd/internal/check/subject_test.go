package check

import (
	"strings"
	"sync"
	"testing"

	"mxverdict/parser/report"
	"mxverdict/rules"
)

var shipped = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(nil) })

func catalogue(t testing.TB) *rules.Catalogue {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The row's own name wins, an address in it narrows the host that the user chose, and what the user says goes before the report's
// target; the address first where a row is about a mail host.
func TestAssign(t *testing.T) {
	const hostRule, zoneRule = "smtp/tls-missing", "dns/soa-expire"
	const host, other, address, another = "mail.example.com", "other.example.com", "203.0.113.25", "203.0.113.26"
	for _, test := range []struct {
		name             string
		rule, subject    string // of the row
		target           report.Target
		chosen           Chosen
		want, wantedAddr string
		says             string
		from, wantFrom   report.Origin // by what the target was chosen before and after
	}{
		{name: "nothing is known", rule: hostRule},
		{name: "own name", rule: hostRule, subject: other, chosen: Chosen{Target: host}, want: other, says: "--target " + host},
		{name: "own name, as chosen", rule: hostRule, subject: host, chosen: Chosen{Target: host}, want: host},
		{name: "own address narrows", rule: hostRule, subject: address, chosen: Chosen{Target: host}, want: host, wantedAddr: address, says: "only that one"},
		{name: "own address, and the same chosen", rule: hostRule, subject: address, chosen: Chosen{Target: host, Address: address}, want: host, wantedAddr: address, says: "only that one"},
		{name: "own address, and another chosen", rule: hostRule, subject: another, chosen: Chosen{Target: host, Address: address}, want: another, says: "--address " + address},
		{name: "own address, and an address for a target", rule: hostRule, subject: another, chosen: Chosen{Target: address}, want: another, says: "--target " + address},
		{name: "own name, and an address chosen", rule: hostRule, subject: host, chosen: Chosen{Address: address}, want: host, says: "only the address " + address},
		{name: "zone of an address", rule: zoneRule, subject: address, chosen: Chosen{Target: "example.com"}, want: "example.com"},
		{name: "zone of an address, by the report", rule: zoneRule, subject: address, target: report.Target{Domain: "example.com"}, want: "example.com"},
		{name: "zone of an address, and no other name", rule: zoneRule, subject: address},
		{name: "chosen before the report's", rule: zoneRule, target: report.Target{Domain: "example.org"}, chosen: Chosen{Target: "example.com"}, want: "example.com"},
		{name: "host row: the address first", rule: hostRule, chosen: Chosen{Target: host, Address: address}, want: address},
		{name: "zone row: the name first", rule: zoneRule, chosen: Chosen{Target: "example.com", Address: address}, want: "example.com"},
		{name: "host row: a host beats its address", rule: hostRule, target: report.Target{Host: host, Address: address, Domain: "example.com"}, want: host},
		{name: "host row: the address beats the domain", rule: hostRule, target: report.Target{Address: address, Domain: "example.com"}, want: address},
		{name: "zone row: the report's domain before an address", rule: zoneRule, target: report.Target{Domain: "example.com"}, chosen: Chosen{Address: address}, want: "example.com"},
		{name: "the report's guess gives way to a flag", rule: zoneRule, target: report.Target{Domain: "example.org"}, from: report.FromOnlyName, chosen: Chosen{Target: "example.com"}, want: "example.com", wantFrom: report.FromFlag},
		{name: "a link that the flag contradicts", rule: zoneRule, target: report.Target{Domain: "example.org"}, from: report.FromLink, chosen: Chosen{Target: "example.com"}, want: "example.com", wantFrom: report.FromFlag, says: "example.org"},
		{name: "a link to the chosen domain", rule: hostRule, target: report.Target{Domain: "example.com"}, from: report.FromLink, chosen: Chosen{Target: "example.com"}, want: "example.com", wantFrom: report.FromFlag},
		{name: "a link to the domain of the chosen host", rule: hostRule, target: report.Target{Domain: "example.com"}, from: report.FromLink, chosen: Chosen{Target: host}, want: host, wantFrom: report.FromFlag},
		{name: "an answer to the question", rule: hostRule, chosen: Chosen{Target: host, From: report.FromQuestion}, want: host, wantFrom: report.FromQuestion},
		{name: "no flag", rule: hostRule, target: report.Target{Host: host}, from: report.FromOnlyName, want: host, wantFrom: report.FromOnlyName},
		{name: "zone row: the domain beats the host", rule: zoneRule, target: report.Target{Host: host, Address: address, Domain: "example.com"}, want: "example.com"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := report.Report{Target: test.target, TargetFrom: test.from, Findings: []report.Finding{{N: 1, Rule: test.rule, Status: report.Warning, Subject: test.subject}}}
			says := Assign(&r, test.chosen, catalogue(t))
			f := r.Findings[0]
			if (test.says == "") != (says == "") || !strings.Contains(says, test.says) {
				t.Errorf("says %q, want %q", says, test.says)
			}
			if f.Subject != test.want {
				t.Errorf("the row is about %q, want %q", f.Subject, test.want)
			}
			if f.Values["address"].Text != test.wantedAddr {
				t.Errorf("the row names the address %q, want %q", f.Values["address"].Text, test.wantedAddr)
			}
			if test.wantFrom != "" && r.TargetFrom != test.wantFrom {
				t.Errorf("the target is known by %q, want %q", r.TargetFrom, test.wantFrom)
			}
			if test.wantFrom == report.FromFlag && r.Target.Name() != test.chosen.Target {
				t.Errorf("the report is about %+v", r.Target)
			}
			if test.target == (report.Target{}) && r.Target != (report.Target{Domain: test.chosen.Target, Address: test.chosen.Address}) {
				t.Errorf("the report is about %+v", r.Target)
			}
		})
	}
}

// Only rows that can be tested need a name; one named row is enough.
func TestNameless(t *testing.T) {
	row := func(rule, subject string, status report.Status) report.Finding {
		return report.Finding{Rule: rule, Subject: subject, Status: status}
	}
	const tested = "smtp/tls-missing"
	untested := ""
	for _, r := range catalogue(t).Rules() {
		if r.Untested != nil {
			untested = r.ID
		}
	}
	if untested == "" {
		t.Fatal("every rule is tested by now; leave that case out")
	}
	for name, test := range map[string]struct {
		rows []report.Finding
		want bool
	}{
		"no row":              {nil, false},
		"nothing named":       {[]report.Finding{row(tested, "", report.Warning)}, true},
		"named":               {[]report.Finding{row(tested, "example.com", report.Warning)}, false},
		"one of two named":    {[]report.Finding{row(tested, "", report.Error), row(tested, "example.com", report.Error)}, false},
		"only an OK row":      {[]report.Finding{row(tested, "", report.OK)}, false},
		"an OK row is named":  {[]report.Finding{row(tested, "", report.Error), row(tested, "example.com", report.OK)}, true},
		"not recognised":      {[]report.Finding{row("", "", report.Warning)}, false},
		"not tested any case": {[]report.Finding{row(untested, "", report.Warning)}, false},
	} {
		if got := Nameless(&report.Report{Findings: test.rows}, Chosen{}, catalogue(t)); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// What a report is about that names nothing says the author of the message, where a row is about one; and without a message such rows need
// no name.
func TestAuthorIsTheTarget(t *testing.T) {
	const message = "From: Jo <jo@example.com>\n\nbody\n"
	given, err := ReadMessage(strings.NewReader("From: al@example.net\n\nbody\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		rule     string
		attached []string
		chosen   Chosen
		target   report.Target
		want     string
		nameless bool
	}{
		"attached":                   {rule: "header/dkim", attached: []string{message}, want: "example.com"},
		"given":                      {rule: "header/dkim", chosen: Chosen{Message: given}, want: "example.net"},
		"given before attached":      {rule: "header/dkim", attached: []string{message}, chosen: Chosen{Message: given}, want: "example.net"},
		"two attached":               {rule: "header/dkim", attached: []string{message, message}, nameless: true},
		"no author":                  {rule: "header/dkim", attached: []string{"Subject: s\n\n"}, nameless: true},
		"none":                       {rule: "header/dkim"},
		"a row about something else": {rule: "dmarc/missing", attached: []string{message}, nameless: true},
		"the user names another":     {rule: "header/dkim", attached: []string{message}, chosen: Chosen{Target: "example.org"}, want: "example.org"},
		"the report names another":   {rule: "header/dkim", attached: []string{message}, target: report.Target{Domain: "example.org"}, want: "example.org"},
	} {
		r := report.Report{Messages: test.attached, Target: test.target, Findings: []report.Finding{{N: 1, Rule: test.rule, Status: report.Error}}}
		Assign(&r, test.chosen, catalogue(t))
		if got := r.Findings[0].Subject; got != test.want || Nameless(&r, test.chosen, catalogue(t)) != test.nameless {
			t.Errorf("%s: %q, nameless %t", name, got, Nameless(&r, test.chosen, catalogue(t)))
		}
	}
}
