package mtasts

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/mailpolicy"
	"mxverdict/verify/reading"
)

// world is example.com whose server has an MTA-STS record, MX records and a policy host with an address.
func world(record string, mx ...string) *scene.Zone {
	z := scene.ZoneWith(scene.OwnA)
	z.Says(scene.OwnA, mailpolicy.STSRecordName(scene.Domain), "TXT", []string{`"` + record + `"`})
	z.Says(scene.OwnA, scene.Domain, "MX", mx)
	for _, rrtype := range []string{"A", "AAAA"} {
		host := mailpolicy.STSHost(scene.Domain)
		z.Exchanges = append(z.Exchanges, evidence.Exchange{At: scene.SeenAt, Role: evidence.Resolver, Name: host, Type: rrtype, RCode: "NOERROR",
			Answer: map[string][]string{"A": {host + ". 300 IN A 203.0.113.80"}}[rrtype]})
	}
	return z
}

// fetched adds a try to fetch the policy.
func fetched(z *scene.Zone, address string, status int, body string, change ...func(*evidence.Fetch)) {
	f := evidence.Fetch{URL: mailpolicy.STSURL(scene.Domain), Address: address, At: scene.SeenAt, Status: status, Body: body, ContentType: "text/plain",
		Steps: []evidence.Timing{{Step: evidence.StepConnect}, {Step: evidence.StepHandshake}, {Step: evidence.StepAnswer}, {Step: evidence.StepBody}}}
	for _, c := range change {
		c(&f)
	}
	z.Fetches = append(z.Fetches, f)
}

func failing(kind evidence.FailureKind) func(*evidence.Fetch) {
	return func(f *evidence.Fetch) { f.Failure = &evidence.Failure{Kind: kind} }
}

const (
	here, there = "203.0.113.80:443", "203.0.113.81:443"
	announced   = "v=STSv1; id=1"
	enforcing   = "version: STSv1\nmode: enforce\nmx: mail.example.com\nmax_age: 604800\n"
)

var about = facts.Subject{Kind: facts.Target, Name: scene.Domain}

// wants complains about facts that are not as they should be.
func wants(t *testing.T, situation string, z *scene.Zone, want map[facts.Name]string) {
	t.Helper()
	set := factsOf(&z.Bundle)
	for name, value := range want {
		scene.WantAbout(t, situation, set, about, name, value)
	}
}

// What became of the file: what is wrong for everybody is known, what may be wrong for us or for the moment is not.
func TestFetchedPolicy(t *testing.T) {
	type tries = func(*scene.Zone)
	one := func(status int, change ...func(*evidence.Fetch)) tries {
		return func(z *scene.Zone) { fetched(z, here, status, enforcing, change...) }
	}
	both := func(list ...tries) tries {
		return func(z *scene.Zone) {
			for _, try := range list {
				try(z)
			}
		}
	}
	elsewhere := func(status int, change ...func(*evidence.Fetch)) tries {
		return func(z *scene.Zone) { fetched(z, there, status, enforcing, change...) }
	}
	for name, test := range map[string]struct {
		tries   tries
		fetched string
		mode    string
		tooLong string
	}{
		"it comes":                                {one(200), "yes", "enforce", "no"},
		"not found":                               {one(404), "no", "unknown: not_found", "no"},
		"gone":                                    {one(410), "no", "unknown: not_found", "no"},
		"moved":                                   {one(301), "no", "unknown: not_found", "no"},
		"not modified":                            {one(304), "no", "unknown: not_found", "no"},
		"forbidden":                               {one(403), "unknown: refused", "unknown: refused", "unknown: refused"},
		"created":                                 {one(201), "unknown: refused", "unknown: refused", "unknown: refused"},
		"an error, once":                          {one(500), "unknown: refused", "unknown: refused", "unknown: refused"},
		"an error, twice":                         {both(one(500), one(503)), "no", "unknown: not_found", "no"},
		"an error, then the file":                 {both(one(500), one(200)), "yes", "enforce", "no"},
		"an error, then silence":                  {both(one(500), one(0, failing(evidence.Timeout))), "unknown: refused", "unknown: refused", "unknown: refused"},
		"refused, once":                           {one(0, failing(evidence.Refused)), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		"refused, twice":                          {both(one(0, failing(evidence.Refused)), one(0, failing(evidence.Refused))), "no", "unknown: not_found", "no"},
		"refused twice at one, once at another":   {both(one(0, failing(evidence.Refused)), one(0, failing(evidence.Refused)), elsewhere(0, failing(evidence.Refused))), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		"refused, and silent at another":          {both(one(0, failing(evidence.Refused)), one(0, failing(evidence.Refused)), elsewhere(0, failing(evidence.Timeout))), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		"silence":                                 {one(0, failing(evidence.Timeout)), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		"a private address":                       {one(0, failing(evidence.Private)), "unknown: private", "unknown: private", "unknown: private"},
		"the end of the run":                      {one(0, failing(evidence.Interrupted)), "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		"a bad certificate":                       {one(200, failing(evidence.BadCert)), "no", "enforce", "no"},
		"a bad certificate, and half a file":      {one(200, failing(evidence.BadCert), func(f *evidence.Fetch) { f.Steps = f.Steps[:3] }), "no", "unknown: not_found", "no"},
		"a bad certificate in an old bundle":      {one(0, failing(evidence.BadCert), func(f *evidence.Fetch) { f.Steps, f.Body = nil, "" }), "no", "unknown: not_found", "no"},
		"a bad certificate, a good one behind":    {both(one(200, failing(evidence.BadCert)), elsewhere(200)), "unknown: disagreement", "enforce", "no"},
		"it comes, and not from another address":  {both(one(200), elsewhere(404)), "unknown: disagreement", "enforce", "no"},
		"not there, and at another address it is": {both(one(404), elsewhere(200)), "unknown: disagreement", "enforce", "no"},
		"moved, and at another address not":       {both(elsewhere(301), one(200)), "unknown: disagreement", "enforce", "no"},
		"an error at each of two addresses":       {both(one(500), elsewhere(500)), "unknown: refused", "unknown: refused", "unknown: refused"},
		"it comes, and another address is silent": {both(elsewhere(0, failing(evidence.Timeout)), one(200)), "yes", "enforce", "no"},
		"too long":                                {one(200, failing(evidence.TooLong)), "yes", "unknown: untested", "yes"},
		"a long page of an error":                 {one(503, failing(evidence.TooLong)), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		"half a file":                             {one(200, failing(evidence.EOF)), "unknown: connect_failed", "unknown: connect_failed", "unknown: connect_failed"},
		"nothing was fetched, and the run ended":  {func(z *scene.Zone) { z.Expired = true }, "unknown: interrupted", "unknown: interrupted", "unknown: interrupted"},
		"nothing was fetched":                     {func(*scene.Zone) {}, "unknown: untested", "unknown: untested", "unknown: untested"},
	} {
		z := world(announced, "10 mail.example.com.")
		test.tries(z)
		wants(t, name, z, map[facts.Name]string{facts.MTASTSFetched: test.fetched, facts.MTASTSPolicyMode: test.mode, facts.MTASTSTooLong: test.tooLong})
		f, _ := factsOf(&z.Bundle).Get(facts.MTASTSFetchTrouble, about)
		if (test.fetched == "no") != (f.Known() && f.Value.Text() != "") {
			t.Errorf("%s: trouble %+v", name, f)
		}
	}
}

// What stands in the file.
func TestPolicyFile(t *testing.T) {
	for body, want := range map[string]map[facts.Name]string{
		enforcing: {facts.MTASTSFaulty: "no", facts.MTASTSIgnored: "no", facts.MTASTSPolicyMode: "enforce", facts.MTASTSMaxAge: "604800 s (7 days)", facts.MTASTSUnlisted: "no"},
		strings.Replace(enforcing, "604800", "63115200", 1): {facts.MTASTSFaulty: "yes", facts.MTASTSIgnored: "no", facts.MTASTSMaxAge: "31557600 s"},
		strings.Replace(enforcing, "enforce", "Enforce", 1): {facts.MTASTSFaulty: "yes", facts.MTASTSIgnored: "yes", facts.MTASTSPolicyMode: "unknown: not_found", facts.MTASTSUnlisted: "unknown: not_found"},
		" " + enforcing: {facts.MTASTSFaulty: "yes", facts.MTASTSIgnored: "unknown: ambiguous", facts.MTASTSPolicyMode: "unknown: ambiguous", facts.MTASTSUnlisted: "unknown: ambiguous"},
	} {
		z := world(announced, "10 mail.example.com.")
		fetched(z, here, 200, body)
		wants(t, body, z, want)
	}
}

// The certificate of the policy host, at all addresses that showed one.
func TestCertificateOfThePolicyHost(t *testing.T) {
	authority, key := scene.SignedBy(t, nil, nil, nil, scene.SeenAt.Add(time.Hour))
	shows := func(chain *evidence.Chain, ends time.Time, name string) func(*evidence.Fetch) {
		c, _ := scene.SignedBy(t, authority, key, []string{name}, ends)
		return func(f *evidence.Fetch) {
			f.TLS = &evidence.TLS{Certificates: [][]byte{c.Raw, authority.Raw}, Chain: chain}
		}
	}
	host := mailpolicy.STSHost(scene.Domain)
	good, old := shows(scene.Trusted, scene.SeenAt.Add(time.Hour), host), shows(scene.Trusted, scene.SeenAt.Add(-time.Minute), host)
	for name, test := range map[string]struct {
		tries []func(*evidence.Fetch)
		valid string
		says  string
	}{
		"good":                         {[]func(*evidence.Fetch){good}, "yes", ""},
		"expired":                      {[]func(*evidence.Fetch){old}, "no", "expired"},
		"for another name":             {[]func(*evidence.Fetch){shows(scene.Trusted, scene.SeenAt.Add(time.Hour), scene.Domain)}, "no", "not for " + host},
		"of no public authority":       {[]func(*evidence.Fetch){shows(scene.Untrusted, scene.SeenAt.Add(time.Hour), host)}, "no", "no public authority"},
		"no roots here":                {[]func(*evidence.Fetch){shows(&evidence.Chain{}, scene.SeenAt.Add(time.Hour), host)}, "unknown: untested", "unknown"},
		"no roots here, and expired":   {[]func(*evidence.Fetch){shows(&evidence.Chain{}, scene.SeenAt.Add(-time.Minute), host)}, "no", "expired"},
		"expired at the first address": {[]func(*evidence.Fetch){old, good}, "no", "expired"},
		"expired at the second":        {[]func(*evidence.Fetch){good, old}, "no", "expired"},
		"no handshake":                 {[]func(*evidence.Fetch){failing(evidence.TLSFailed)}, "unknown: connect_failed", "unknown"},
		"no handshake at the first":    {[]func(*evidence.Fetch){failing(evidence.TLSFailed), good}, "yes", ""},
	} {
		z := world(announced, "10 mail.example.com.")
		for _, try := range test.tries {
			fetched(z, here, 200, enforcing, try)
		}
		set := factsOf(&z.Bundle)
		scene.WantAbout(t, name, set, about, facts.MTASTSCertificateValid, test.valid)
		f, _ := set.Get(facts.MTASTSCertificateFaults, about)
		if got := scene.Shown(f); !strings.Contains(got, test.says) || test.says == "" && got != "" {
			t.Errorf("%s: %q, want %q", name, got, test.says)
		}
	}
	z := world(announced)
	z.Exchanges = slices.DeleteFunc(z.Exchanges, func(x evidence.Exchange) bool { return x.Type == "A" || x.Type == "AAAA" })
	for _, rrtype := range []string{"A", "AAAA"} {
		z.Exchanges = append(z.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: host, Type: rrtype, RCode: "NXDOMAIN"})
	}
	wants(t, "no address", z, map[facts.Name]string{facts.MTASTSFetched: "no", facts.MTASTSCertificateValid: "unknown: not_found"})
}

// Which hosts the policy does not list.
func TestUnlistedHosts(t *testing.T) {
	second := func(change func(*evidence.Exchange), mx ...string) func(*scene.Zone) {
		return func(z *scene.Zone) {
			z.Targets[0].Servers = append(z.Targets[0].Servers, scene.OwnB)
			z.Says(scene.OwnB, scene.Domain, "MX", mx, change)
		}
	}
	same := func(*evidence.Exchange) {}
	for name, test := range map[string]struct {
		mx       []string
		file     string
		change   func(*scene.Zone)
		unlisted string
		hosts    string
	}{
		"listed":                          {[]string{"10 mail.example.com."}, enforcing, nil, "no", "mail.example.com"},
		"in capitals":                     {[]string{"10 MAIL.example.com."}, enforcing, nil, "no", "mail.example.com"},
		"one of two":                      {[]string{"10 mail.example.com.", "20 mx.example.net."}, enforcing, nil, "yes", "mail.example.com, mx.example.net"},
		"neither":                         {[]string{"10 a.example.net.", "20 b.example.net."}, enforcing, nil, "yes", "a.example.net, b.example.net"},
		"by a wildcard":                   {[]string{"10 a.example.net.", "20 b.example.net."}, strings.Replace(enforcing, "mail.example.com", "*.example.net", 1), nil, "no", "a.example.net, b.example.net"},
		"a wildcard and the domain":       {[]string{"10 example.net."}, strings.Replace(enforcing, "mail.example.com", "*.example.net", 1), nil, "yes", "example.net"},
		"a wildcard and two labels":       {[]string{"10 a.b.example.net."}, strings.Replace(enforcing, "mail.example.com", "*.example.net", 1), nil, "yes", "a.b.example.net"},
		"a null MX":                       {[]string{"0 ."}, enforcing, nil, "no", "none"},
		"a null MX beside another":        {[]string{"0 .", "10 mx.example.net."}, enforcing, nil, "yes", "mx.example.net"},
		"no MX":                           {nil, enforcing, nil, "yes", "example.com"},
		"no MX, and the domain is listed": {nil, strings.Replace(enforcing, "mail.", "", 1), nil, "no", "example.com"},
		"two servers, both listed":        {[]string{"10 mail.example.com."}, strings.Replace(enforcing, "mail.", "*.", 1), second(same, "10 mx.example.com."), "no", "mail.example.com, mx.example.com"},
		"two servers, one not listed":     {[]string{"10 mail.example.com."}, enforcing, second(same, "10 mx.example.com."), "unknown: disagreement", "mail.example.com, mx.example.com"},
		"two servers, neither listed":     {[]string{"10 a.example.com."}, enforcing, second(same, "10 b.example.com."), "yes", "a.example.com, b.example.com"},
		"one silent, the other listed":    {[]string{"10 mail.example.com."}, enforcing, second(scene.Silent), "no", "mail.example.com"},
		"one silent, and no MX":           {nil, enforcing, second(scene.Silent), "unknown: servfail", "unknown: servfail"},
		"the run ended":                   {[]string{"10 mail.example.com."}, enforcing, second(func(x *evidence.Exchange) { x.RCode, x.Failure = "", &evidence.Failure{Kind: evidence.Interrupted} }), "unknown: interrupted", "unknown: interrupted"},
	} {
		z := world(announced, test.mx...)
		if test.change != nil {
			test.change(z)
		}
		fetched(z, here, 200, test.file)
		wants(t, name, z, map[facts.Name]string{facts.MTASTSUnlisted: test.unlisted, facts.MTASTSHosts: test.hosts})
	}
}

// The record of the name itself.
func TestOwnRecord(t *testing.T) {
	for record, want := range map[string]map[facts.Name]string{
		announced:                   {facts.MTASTSAnnounced: "yes", facts.MTASTSRecord: announced, facts.MTASTSRecordFaulty: "no", facts.MTASTSRecordIgnored: "no", facts.MTASTSRecordSeveral: "no", facts.MTASTSRecordMeant: "no"},
		"v=STSv1; id=1; id=2":       {facts.MTASTSAnnounced: "yes", facts.MTASTSRecordFaulty: "yes", facts.MTASTSRecordIgnored: "no"},
		"v=STSv1; id=a-b":           {facts.MTASTSAnnounced: "no", facts.MTASTSRecordFaulty: "yes", facts.MTASTSRecordIgnored: "yes"},
		"v=STSv1; id=1 ":            {facts.MTASTSAnnounced: "unknown: ambiguous", facts.MTASTSRecordFaulty: "yes", facts.MTASTSRecordIgnored: "unknown: ambiguous"},
		"v=stsv1; id=1":             {facts.MTASTSAnnounced: "no", facts.MTASTSRecordMeant: "yes", facts.MTASTSRecordFaulty: "yes", facts.MTASTSRecordIgnored: "yes", facts.MTASTSRecord: "unknown: not_found"},
		"hello":                     {facts.MTASTSAnnounced: "no", facts.MTASTSRecordMeant: "no", facts.MTASTSRecordOthers: "hello", facts.MTASTSRecordFaulty: "unknown: not_found", facts.MTASTSRecordIgnored: "no"},
		announced + `" "; x=y`:      {facts.MTASTSAnnounced: "yes", facts.MTASTSRecord: announced + "; x=y", facts.MTASTSRecordAlias: "unknown: not_found"},
		"v=STSv1; id=1\\009; \\255": {facts.MTASTSAnnounced: "no", facts.MTASTSRecordIgnored: "yes"},
	} {
		wants(t, record, world(record), want)
	}
	z := world(announced)
	z.Says(scene.OwnA, mailpolicy.STSRecordName(scene.Domain), "TXT", []string{`"v=STSv1; id=1"`, `"v=STSv1; id=2"`})
	z.Exchanges = z.Exchanges[1:]
	wants(t, "two", z, map[facts.Name]string{facts.MTASTSAnnounced: "no", facts.MTASTSRecordSeveral: "yes", facts.MTASTSRecords: "v=STSv1; id=1, v=STSv1; id=2",
		facts.MTASTSRecordFaulty: "unknown: ambiguous", facts.MTASTSRecordIgnored: "yes", facts.MTASTSRecord: "unknown: ambiguous"})
	z = world(announced)
	z.Targets[0].ZoneError = &evidence.Failure{Kind: evidence.NXDomain}
	wants(t, "no such name", z, map[facts.Name]string{facts.MTASTSAnnounced: "unknown: not_found", facts.MTASTSRecordFaulty: "unknown: not_found"})
	z = world(announced)
	z.Exchanges = append(z.Exchanges, evidence.Exchange{Role: evidence.Resolver, Name: mailpolicy.STSRecordName(scene.Domain), Type: "TXT", RCode: "SERVFAIL"})
	wants(t, "the resolver fails at it", z, map[facts.Name]string{facts.MTASTSAnnounced: "unknown: servfail", facts.MTASTSRecordFaulty: "no"})
}

// The file is asked for whether it is announced or not, and a second time where the server fails.
func TestOwnQuestions(t *testing.T) {
	said := map[string]string{"A mta-sts.example.com": "203.0.113.80", "zone A mta-sts.example.com": "203.0.113.80", "TXT _mta-sts.example.com": `"v=STSv1; id=1"`}
	for name, test := range map[string]struct {
		want  facts.Source
		fetch *evidence.Fetch
		tries int
	}{
		"the record":               {facts.FromMTASTSRecord, nil, 0},
		"the hosts":                {facts.FromMTASTSHosts, nil, 0},
		"the policy":               {facts.FromMTASTSPolicy, nil, 1},
		"the policy, and an error": {facts.FromMTASTSPolicy, &evidence.Fetch{Status: 502}, 2},
		"the policy, refused":      {facts.FromMTASTSPolicy, &evidence.Fetch{Failure: &evidence.Failure{Kind: evidence.Refused}}, 2},
		"the policy, silence":      {facts.FromMTASTSPolicy, &evidence.Fetch{Failure: &evidence.Failure{Kind: evidence.Timeout}}, 1},
		"the policy, moved":        {facts.FromMTASTSPolicy, &evidence.Fetch{Status: 301, Location: "https://example.net/"}, 1},
	} {
		z := scene.ZoneWith(scene.OwnA)
		if test.fetch != nil {
			test.fetch.URL, test.fetch.Address = mailpolicy.STSURL(scene.Domain), here
			z.Fetches = append(z.Fetches, *test.fetch)
		}
		rounds := map[int]bool{}
		scene.Inquire(t, &z.Bundle, reading.Wish{Source: test.want}, said, func(r *reading.Reading, t *evidence.Target, want reading.Wish) []reading.Question {
			list := Questions(r, t, want)
			for _, q := range list {
				if q.Kind == reading.Fetch {
					rounds[q.Round] = true
				}
			}
			return list
		})
		if len(rounds) != test.tries {
			t.Errorf("%s: asked %d times", name, len(rounds))
		}
	}
	// Without a zone nobody entitled to it could be asked.
	z := scene.ZoneWith(scene.OwnA)
	z.Targets[0].Delegation = nil
	if steps := scene.Inquire(t, &z.Bundle, reading.Wish{Source: facts.FromMTASTSRecord}, said, Questions); len(steps) > 0 {
		t.Errorf("%q", steps)
	}
}
