package check

import (
	"fmt"
	"iter"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify"
	"mxverdict/verify/evidence"
)

const tlsMissing, soaExpire = "smtp/tls-missing", "dns/soa-expire"

func about(rule, subject string) report.Report {
	return report.Report{Source: "-", Findings: []report.Finding{{N: 1, Rule: rule, Status: report.Warning, Subject: subject}}}
}

// unreached is evidence of a mail host that refused twice, as this network may do itself.
func unreached(out evidence.WayOut) evidence.Bundle {
	refused := evidence.Session{Host: "mail.example.com", Address: "203.0.113.25", Port: 25, Attempt: 1,
		Events: []evidence.Event{{Step: evidence.StepConnect, Failure: &evidence.Failure{Kind: evidence.Refused}}}}
	return evidence.Bundle{
		Vantage:  evidence.Vantage{SMTPOut: out, DNSOut: evidence.Open},
		Targets:  []evidence.Target{{Name: "mail.example.com", Kind: "host", Hosts: []evidence.Host{{Name: "mail.example.com", Preference: -1, Addresses: []string{"203.0.113.25"}}}}},
		Sessions: []evidence.Session{refused},
	}
}

// Each kind of trouble with the run itself is told once to the reader and once to who runs the program, and whether this network is to
// blame is known; of several explanations of one trouble only the first is told.
func TestNotices(t *testing.T) {
	with := func(b evidence.Bundle, change func(*evidence.Bundle)) evidence.Bundle {
		change(&b)
		return b
	}
	walk := evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain", Zone: "example.com"}}}
	for name, test := range map[string]struct {
		bundle        evidence.Bundle
		notice, aside string // beginnings, or a word in them
		notices       int
		hindered      bool
	}{
		"all is well":        {unreached(evidence.Open), "", "", 0, false},
		"closed":             {unreached(evidence.Closed), "does not let SMTP connections out", "lets no SMTP out", 3, true},
		"unproven":           {unreached(""), "no control showed", "no control showed", 1, true},
		"expired":            {with(unreached(""), func(b *evidence.Bundle) { b.Expired = true }), "--deadline", "", 1, false},
		"expired and closed": {with(unreached(evidence.Closed), func(b *evidence.Bundle) { b.Expired = true }), "--deadline", "lets no SMTP out", 4, true},
		"intercepted":        {with(unreached(evidence.Closed), func(b *evidence.Bundle) { b.Vantage.Intercepted = true }), "answers SMTP connections", "for every address", 1, true},
		"no DNS":             {with(walk, func(b *evidence.Bundle) { b.Vantage.DNSOut, b.Vantage.Resolver = evidence.Closed, "192.0.2.1:53" }), "", "192.0.2.1:53 is no resolver", 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := Judge(about(tlsMissing, "mail.example.com"), test.bundle, catalogue(t))
			if len(r.Notices) != test.notices || r.Hindered != test.hindered || (test.aside != "") != (len(r.Asides) == 1) {
				t.Errorf("notices %q, asides %q, hindered %v", r.Notices, r.Asides, r.Hindered)
			}
			if !strings.Contains(strings.Join(r.Notices, "\n"), test.notice) || !strings.Contains(strings.Join(r.Asides, "\n"), test.aside) {
				t.Errorf("notices %q, asides %q", r.Notices, r.Asides)
			}
		})
	}
}

// A kind of notice that nobody is told of is none.
func TestEveryNoticeIsTold(t *testing.T) {
	for i, n := range notices {
		if n.when == nil || n.reader == nil && n.aside == nil {
			t.Errorf("notice %d is told to nobody", i)
		}
	}
}

// A name that the report takes for a domain and the look-up for a host is written as a host.
func TestTargetThatIsAHost(t *testing.T) {
	r := about(tlsMissing, "mail.example.com")
	r.Target = report.Target{Domain: "mail.example.com", Address: "203.0.113.25"}
	if got := Judge(r, unreached(""), catalogue(t)).Report.Target; got != (report.Target{Host: "mail.example.com", Address: "203.0.113.25"}) {
		t.Errorf("%+v", got)
	}
	r.Target = report.Target{Domain: "mail.example.com", Host: "other.example.com"} // the report itself says which host it means
	if got := Judge(r, unreached(""), catalogue(t)).Report.Target; got != r.Target {
		t.Errorf("%+v", got)
	}
}

// plans are those of reports, as they come.
func plans(reports []report.Report, catalogue *rules.Catalogue) iter.Seq[Plan] {
	return func(yield func(Plan) bool) {
		for _, r := range reports {
			if !yield(Make(r, catalogue)) {
				return
			}
		}
	}
}

// Reports that name nothing to test open no connection, and have results all the same.
func TestNothingToAsk(t *testing.T) {
	ok := about(tlsMissing, "mail.example.com")
	ok.Findings[0].Status = report.OK
	count := 0
	for r := range Run(t.Context(), plans([]report.Report{ok, about("", "")}, catalogue(t)), verify.Options{}) { // without a dialer
		if len(r.Judgement.Verdicts) != 0 || !r.StartedAt.IsZero() || r.Hindered || r.Interrupted {
			t.Errorf("%+v", r)
		}
		count++
	}
	if plan := Make(ok, catalogue(t)); !plan.asksNothing() || len(plan.Announce(verify.Options{}, false)) != 0 || count != 2 {
		t.Errorf("asks something, and has %d results of 2", count)
	}
}

// Results come in the order of the reports, as long as anybody wants one.
func TestResultsComeInOrder(t *testing.T) {
	var reports []report.Report
	for i := range 100 {
		reports = append(reports, about("", ""))
		reports[i].Source = fmt.Sprint(i)
	}
	for _, wanted := range []int{2, len(reports)} {
		var sources []string
		for r := range Run(t.Context(), plans(reports, catalogue(t)), verify.Options{}) {
			if sources = append(sources, r.Report.Source); len(sources) == wanted {
				break
			}
		}
		for i, source := range sources {
			if source != fmt.Sprint(i) {
				t.Errorf("result %d is that of report %s", i, source)
			}
		}
	}
}

// A test begins before the next report is there, and its result comes before that of a slower one behind it.
func TestReportsAreTestedAsTheyCome(t *testing.T) {
	rules := catalogue(t)
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		asked := make(chan string)
		network := greeters{func(address string) {
			asked <- address
			time.Sleep(10 * time.Second * time.Duration(netip.MustParseAddrPort(address).Addr().As4()[3]))
		}}
		o := verify.Options{Dialer: network, Resolver: netip.MustParseAddrPort("192.0.2.1:53"), Helo: "tester.example.net", SMTPPort: 2525,
			Patience: 5 * time.Minute, MaxHosts: 20, Samples: 1}
		coming := func(yield func(Plan) bool) {
			for _, address := range []string{"203.0.113.1", "203.0.113.2", "203.0.113.3"} {
				if !yield(Make(about("smtp/connection-time", address), rules)) {
					return
				}
				if got := <-asked; got != address+":2525" {
					t.Errorf("%s was connected to instead of %s", got, address)
				}
			}
		}
		count := 0
		for r := range Run(t.Context(), coming, o) {
			count++
			if at := time.Since(start); len(r.Evidence.Sessions) != 1 || at.Truncate(time.Second) != time.Duration(count)*10*time.Second {
				t.Errorf("result %d came after %v, with %d sessions", count, at, len(r.Evidence.Sessions))
			}
		}
		if count != 3 {
			t.Errorf("%d results", count)
		}
	})
}

// Before the wait it is said whom a run asks.
func TestAnnounce(t *testing.T) {
	o := verify.Options{Patience: 5 * time.Minute, Deadline: 90 * time.Second, Controls: []string{"example.net"}, SMTPPort: 25, Samples: 3, Every: time.Minute}
	for name, test := range map[string]struct {
		report   report.Report
		want     []string
		unwanted string
	}{
		"mail host": {about(tlsMissing, "mail.example.com"), []string{"mail servers", "5 minutes", "90 s", "example.net", "3 samples"}, "root servers"},
		"zone":      {about(soaExpire, "example.com"), []string{"root servers"}, "SMTP reply"},
	} {
		says := strings.Join(Make(test.report, catalogue(t)).Announce(o, false), "\n")
		for _, want := range test.want {
			if !strings.Contains(says, want) {
				t.Errorf("%s: lacks %q: %s", name, want, says)
			}
		}
		if strings.Contains(says, test.unwanted) {
			t.Errorf("%s: %s", name, says)
		}
	}
}
