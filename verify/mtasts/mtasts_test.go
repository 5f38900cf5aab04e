package mtasts

import (
	"strings"
	"testing"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/mailpolicy"
)

// What two domains of a report deny each other about a shared host, a third does not decide.
func TestDomainsThatDiffer(t *testing.T) {
	said := []facts.Known{facts.Yes(), facts.No(), facts.Yes()}
	if f := agreed(said); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("%+v", f)
	}
}

// What is not known of one domain is not known of the host, whichever domain stands first.
func TestDomainsOfWhichOneIsNotKnown(t *testing.T) {
	yes, unknown := facts.Yes(), facts.Because(facts.Unknown{Code: facts.ServFail})
	for want, order := range map[string][][]facts.Known{"unknown: servfail": {{yes, unknown}, {unknown, yes}, {unknown, yes, yes}}, "yes": {{yes}, {yes, yes}}} {
		for _, said := range order {
			if got := scene.Shown(agreed(said).As(facts.MTASTSCoversHost)); got != want {
				t.Errorf("%v: %s, want %s", said, got, want)
			}
		}
	}
}

// Why no domain is known whose policy could count.
func TestNoDomainWithAPolicy(t *testing.T) {
	for name, test := range map[string]struct {
		target evidence.Target
		ended  bool
		want   string
	}{
		"an address":             {evidence.Target{Name: scene.Address, Kind: "address"}, false, "unknown: no_target"},
		"a host":                 {evidence.Target{Name: scene.Host, Kind: "host"}, false, "unknown: no_target"},
		"a host, and no time":    {evidence.Target{Name: scene.Host, Kind: "host"}, true, "unknown: interrupted"},
		"a domain":               {evidence.Target{Name: scene.Domain, Kind: "domain"}, false, "unknown: untested"},
		"a domain, and no time":  {evidence.Target{Name: scene.Domain, Kind: "domain"}, true, "unknown: interrupted"},
		"an address and no time": {evidence.Target{Name: scene.Address, Kind: "address"}, true, "unknown: no_target"},
	} {
		for _, expired := range []bool{true, false} {
			b := &evidence.Bundle{Targets: []evidence.Target{test.target}, Expired: test.ended && expired, Interrupted: test.ended && !expired}
			set := factsOf(b)
			for _, fact := range []facts.Name{facts.MTASTSDomain, facts.MTASTSMode, facts.MTASTSProblem} {
				scene.WantAbout(t, name, set, facts.Subject{Kind: facts.Target, Name: test.target.Name}, fact, test.want)
			}
		}
	}
}

// An address alone has no name that a policy could list.
func TestPolicyOfAnAddress(t *testing.T) {
	f := found{mode: facts.Is(facts.TextValue(string(mailpolicy.Enforce))), policy: mailpolicy.STSPolicy{Mode: mailpolicy.Enforce, MX: []string{scene.Host}}}
	for host, want := range map[string]string{"": "unknown: no_target", scene.Host: "yes", "mx.example.com": "no"} {
		if got := scene.Shown(f.covers(host).As(facts.MTASTSCoversHost)); got != want {
			t.Errorf("%q: %s, want %s", host, got, want)
		}
	}
}

// What senders find when they look for a policy (RFC 8461 section 3): what is wrong for each of them is no policy, what may be
// wrong for us alone, or for the moment, is not known.
func TestWhatSendersFindOfAPolicy(t *testing.T) {
	const record, body = `"v=STSv1; id=1"`, "version: STSv1\nmode: enforce\nmax_age: 86400\nmx: mail.example.com\n"
	fetch := func(change func(*evidence.Fetch)) []evidence.Fetch {
		f := evidence.Fetch{URL: mailpolicy.STSURL(scene.Domain), Status: 200, Body: body, At: scene.SeenAt}
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
		b := scene.Of()
		b.Targets[0].PolicyDomain = scene.Domain
		ask := func(name, rrtype, rcode string, answer ...string) {
			b.Exchanges = append(b.Exchanges, evidence.Exchange{At: scene.SeenAt, Role: evidence.Resolver, Name: name, Type: rrtype, RCode: rcode, Answer: answer})
		}
		name := mailpolicy.STSRecordName(scene.Domain)
		switch {
		case test.record != "":
			ask(name, "TXT", test.rcode, name+". 300 IN TXT "+test.record)
		case test.rcode != "":
			ask(name, "TXT", test.rcode)
		}
		for i, rcode := range test.hosts {
			host := mailpolicy.STSHost(scene.Domain)
			if rcode == "A" {
				ask(host, []string{"A", "AAAA"}[i], "NOERROR", host+". 300 IN AAAA 2001:db8::1")
				continue
			}
			ask(host, []string{"A", "AAAA"}[i], rcode)
		}
		b.Fetches = test.fetches
		set := factsOf(b)
		about := facts.Subject{Kind: facts.Target, Name: scene.Domain}
		scene.WantAbout(t, test.name, set, about, facts.MTASTSDomain, scene.Domain)
		scene.WantAbout(t, test.name, set, about, facts.MTASTSMode, test.mode)
		scene.WantAbout(t, test.name, set, scene.View, facts.MTASTSCoversHost, test.covers)
		f, _ := set.Get(facts.MTASTSProblem, about)
		if got := scene.Shown(f); !strings.Contains(got, test.problem) || test.problem == "" && got != "" {
			t.Errorf("%s: problem %q, want %q", test.name, got, test.problem)
		}
		if f.Known() && (f.At != scene.SeenAt || f.Evidence == "") {
			t.Errorf("%s: seen at %v in %q", test.name, f.At, f.Evidence)
		}
		scene.WantAlone(t, test.name, b, Derive)
	}
}

// A host that two domains of a report share, of which only one lists it.
func TestPoliciesOfASharedHost(t *testing.T) {
	host := evidence.Host{Name: "mail.example.net", Addresses: []string{"203.0.113.25"}}
	var bundle evidence.Bundle
	for _, domain := range []string{"example.com", "example.org"} {
		bundle.Targets = append(bundle.Targets, evidence.Target{Name: domain, Kind: "domain", PolicyDomain: domain, Hosts: []evidence.Host{host}})
		bundle.Exchanges = append(bundle.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: mailpolicy.STSRecordName(domain), Type: "TXT", RCode: "NOERROR",
			Answer: []string{mailpolicy.STSRecordName(domain) + `. 300 IN TXT "v=STSv1; id=1"`}})
		mx := map[string]string{"example.com": "*.example.net", "example.org": "*.example.org"}[domain]
		bundle.Fetches = append(bundle.Fetches, evidence.Fetch{URL: mailpolicy.STSURL(domain), Status: 200,
			Body: "version: STSv1\nmode: enforce\nmax_age: 1\nmx: " + mx + "\n"})
	}
	set := factsOf(&bundle)
	if f, _ := set.Get(facts.MTASTSCoversHost, facts.SessionAt(host.Name, host.Addresses[0])); f.Known() || f.Why.Code != facts.Disagreement {
		t.Errorf("covered by one of two: %+v", f)
	}
	bundle.Targets = bundle.Targets[:1]
	set = factsOf(&bundle)
	if f, _ := set.Get(facts.MTASTSCoversHost, facts.SessionAt(host.Name, host.Addresses[0])); !f.Known() || !f.Value.Bool() {
		t.Errorf("covered by the only one: %+v", f)
	}
}
