package derive

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/mtasts"
	"mxverdict/verify/reading"
)

// What two domains of a report deny each other about a shared host, a third does not decide.
func TestDomainsThatDiffer(t *testing.T) {
	d := &derivation{Reading: &reading.Reading{Bundle: &evidence.Bundle{}}, set: &facts.Set{}, agreed: map[facts.Subject]bool{}}
	subject := facts.SessionAt("mail.example.com", "203.0.113.25")
	for _, covers := range []bool{true, false, true} {
		d.Agree(subject, facts.Fact{Name: facts.MTASTSCoversHost, Value: facts.BoolValue(covers)})
	}
	if f, _ := d.set.Get(facts.MTASTSCoversHost, subject); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("%+v", f)
	}
}

// What is not known of one domain is not known of the host, whichever domain stands first.
func TestDomainsOfWhichOneIsNotKnown(t *testing.T) {
	subject := facts.SessionAt(sceneHost, sceneAddress)
	yes := facts.Fact{Name: facts.MTASTSCoversHost, Value: facts.BoolValue(true)}
	unknown := facts.Fact{Name: facts.MTASTSCoversHost, Why: facts.Unknown{Code: facts.ServFail}}
	for want, order := range map[string][][]facts.Fact{"unknown: servfail": {{yes, unknown}, {unknown, yes}, {unknown, yes, yes}}, "yes": {{yes}, {yes, yes}}} {
		for _, said := range order {
			d := &derivation{Reading: &reading.Reading{Bundle: &evidence.Bundle{}}, set: &facts.Set{}, agreed: map[facts.Subject]bool{}}
			for _, f := range said {
				d.Agree(subject, f)
			}
			wantAbout(t, "one after the other", d.set, subject, facts.MTASTSCoversHost, want)
		}
	}
}

// What senders find when they look for a policy (RFC 8461 section 3): what is wrong for each of them is no policy, what may be
// wrong for us alone, or for the moment, is not known.
func TestWhatSendersFindOfAPolicy(t *testing.T) {
	const record, body = `"v=STSv1; id=1"`, "version: STSv1\nmode: enforce\nmax_age: 86400\nmx: mail.example.com\n"
	fetch := func(change func(*evidence.Fetch)) []evidence.Fetch {
		f := evidence.Fetch{URL: mailpolicy.STSURL(sceneDomain), Status: 200, Body: body, At: seenAt}
		change(&f)
		return []evidence.Fetch{f}
	}
	status := func(n int) []evidence.Fetch { return fetch(func(f *evidence.Fetch) { f.Status = n }) }
	failed := func(how evidence.FailureKind) []evidence.Fetch {
		return fetch(func(f *evidence.Fetch) { f.Status, f.Body, f.Failure = 0, "", &evidence.Failure{Kind: how} })
	}
	text := func(body string) []evidence.Fetch { return fetch(func(f *evidence.Fetch) { f.Body = body }) }
	join := func(lists ...[]evidence.Fetch) (all []evidence.Fetch) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	whole := fetch(func(*evidence.Fetch) {})
	tests := []struct {
		name    string
		rcode   string // of the record; "" if it was not asked for
		record  string
		hosts   []string // the rcodes of A and AAAA of the policy host
		fetches []evidence.Fetch
		mode    string
		problem string // a part of it; "" for none at all
		covers  string
	}{
		{"in order", "NOERROR", record, nil, whole, "enforce", "", "yes"},
		{"another mode", "NOERROR", record, nil, text(strings.Replace(body, "enforce", "testing", 1)), "testing", "", "yes"},
		{"does not list the host", "NOERROR", record, nil, text(strings.Replace(body, "mail.", "mx.", 1)), "enforce", "", "no"},
		{"no record", "NXDOMAIN", "", nil, nil, "absent", "", "no"},
		{"no such record", "NOERROR", "", nil, nil, "absent", "", "no"},
		{"a text that announces nothing", "NOERROR", `"hello"`, nil, nil, "absent", "", "no"},
		{"a record in error", "NOERROR", `"v=STSv1; id="`, nil, whole, "absent", "grammar", "no"},
		{"the look-up fails", "SERVFAIL", "", nil, nil, "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		{"not asked", "", "", nil, nil, "unknown: untested", "unknown: untested", "unknown: untested"},
		{"no file", "NOERROR", record, nil, status(404), "absent", "status 404", "no"},
		{"a file that is gone", "NOERROR", record, nil, status(410), "absent", "status 410", "no"},
		{"moved", "NOERROR", record, nil, status(301), "absent", "redirect", "no"},
		{"moved, the highest such status", "NOERROR", record, nil, status(399), "absent", "redirect", "no"},
		{"several choices", "NOERROR", record, nil, status(300), "absent", "redirect", "no"},
		{"forbidden, perhaps to us", "NOERROR", record, nil, status(403), "unknown: refused", "unknown: refused", "unknown: refused"},
		{"an error of the server", "NOERROR", record, nil, status(500), "unknown: refused", "unknown: refused", "unknown: refused"},
		{"no content", "NOERROR", record, nil, status(204), "unknown: refused", "unknown: refused", "unknown: refused"},
		{"a bad certificate", "NOERROR", record, nil, failed(evidence.BadCert), "absent", "certificate", "no"},
		{"silence", "NOERROR", record, nil, failed(evidence.Timeout), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		{"a file in error", "NOERROR", record, nil, text("<html>"), "absent", "no key with a value", "no"},
		{"silence at one address, a bad certificate at another", "NOERROR", record, nil, join(failed(evidence.BadCert), failed(evidence.Timeout)),
			"unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		{"the same the other way round", "NOERROR", record, nil, join(failed(evidence.Timeout), failed(evidence.BadCert)),
			"unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		{"an answer at the second address", "NOERROR", record, nil, join(failed(evidence.Timeout), whole), "enforce", "", "yes"},
		{"an answer at the first", "NOERROR", record, nil, join(whole, failed(evidence.BadCert)), "enforce", "", "yes"},
		{"two answers", "NOERROR", record, nil, join(whole, status(404)), "enforce", "", "yes"},
		{"no host", "NOERROR", record, []string{"NXDOMAIN", "NXDOMAIN"}, nil, "absent", "has no address", "no"},
		{"a host that nobody asked for a file", "NOERROR", record, []string{"NXDOMAIN", "A"}, nil, "unknown: untested", "unknown: untested", "unknown: untested"},
		{"a host whose look-up fails", "NOERROR", record, []string{"NXDOMAIN", "SERVFAIL"}, nil, "unknown: servfail", "unknown: servfail", "unknown: servfail"},
		{"a host of which only one family was asked", "NOERROR", record, []string{"NXDOMAIN"}, nil, "unknown: untested", "unknown: untested", "unknown: untested"},
		{"somebody else's file", "NOERROR", record, []string{"NXDOMAIN", "NXDOMAIN"}, fetch(func(f *evidence.Fetch) { f.URL = mailpolicy.STSURL("example.net") }),
			"absent", "has no address", "no"},
	}
	for _, test := range tests {
		b := scene()
		b.Targets[0].PolicyDomain = sceneDomain
		ask := func(name, rrtype, rcode string, answer ...string) {
			b.Exchanges = append(b.Exchanges, evidence.Exchange{At: seenAt, Role: evidence.Resolver, Name: name, Type: rrtype, RCode: rcode, Answer: answer})
		}
		name := mailpolicy.STSRecordName(sceneDomain)
		switch {
		case test.record != "":
			ask(name, "TXT", test.rcode, name+". 300 IN TXT "+test.record)
		case test.rcode != "":
			ask(name, "TXT", test.rcode)
		}
		for i, rcode := range test.hosts {
			host := mailpolicy.STSHost(sceneDomain)
			if rcode == "A" {
				ask(host, []string{"A", "AAAA"}[i], "NOERROR", host+". 300 IN AAAA 2001:db8::1")
				continue
			}
			ask(host, []string{"A", "AAAA"}[i], rcode)
		}
		b.Fetches = test.fetches
		set := Facts(b)
		about := facts.Subject{Kind: facts.Target, Name: sceneDomain}
		wantAbout(t, test.name, set, about, facts.MTASTSDomain, sceneDomain)
		wantAbout(t, test.name, set, about, facts.MTASTSMode, test.mode)
		wantAbout(t, test.name, set, sceneView, facts.MTASTSCoversHost, test.covers)
		f, _ := set.Get(facts.MTASTSProblem, about)
		if got := shown(f); !strings.Contains(got, test.problem) || test.problem == "" && got != "" {
			t.Errorf("%s: problem %q, want %q", test.name, got, test.problem)
		}
		if f.Known() && (f.At != seenAt || f.Evidence == "") {
			t.Errorf("%s: seen at %v in %q", test.name, f.At, f.Evidence)
		}
		wantPart(t, test.name, b)
	}
}

// Why no domain is known whose policy could count.
func TestNoDomainWithAPolicy(t *testing.T) {
	for name, test := range map[string]struct {
		target evidence.Target
		ended  bool
		want   string
	}{
		"an address":             {evidence.Target{Name: sceneAddress, Kind: "address"}, false, "unknown: no_target"},
		"a host":                 {evidence.Target{Name: sceneHost, Kind: "host"}, false, "unknown: no_target"},
		"a host, and no time":    {evidence.Target{Name: sceneHost, Kind: "host"}, true, "unknown: interrupted"},
		"a domain":               {evidence.Target{Name: sceneDomain, Kind: "domain"}, false, "unknown: untested"},
		"a domain, and no time":  {evidence.Target{Name: sceneDomain, Kind: "domain"}, true, "unknown: interrupted"},
		"an address and no time": {evidence.Target{Name: sceneAddress, Kind: "address"}, true, "unknown: no_target"},
	} {
		for _, expired := range []bool{true, false} {
			b := &evidence.Bundle{Targets: []evidence.Target{test.target}, Expired: test.ended && expired, Interrupted: test.ended && !expired}
			set := Facts(b)
			for _, fact := range []facts.Name{facts.MTASTSDomain, facts.MTASTSMode, facts.MTASTSProblem} {
				wantAbout(t, name, set, facts.Subject{Kind: facts.Target, Name: test.target.Name}, fact, test.want)
			}
		}
	}
}

// An address alone has no name that a policy could list.
func TestPolicyOfAnAddress(t *testing.T) {
	v := mtasts.StsView{Mode: facts.Fact{Name: facts.MTASTSMode, Value: facts.TextValue(string(mailpolicy.Enforce))}, Policy: mailpolicy.STSPolicy{Mode: mailpolicy.Enforce, MX: []string{sceneHost}}}
	for host, want := range map[string]string{"": "unknown: no_target", sceneHost: "yes", "mx.example.com": "no"} {
		if got := shown(v.Covers(host)); got != want {
			t.Errorf("%q: %s, want %s", host, got, want)
		}
	}
}
