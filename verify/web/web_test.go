package web

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
	"mxverdict/verify/internal/scene"
	"mxverdict/verify/reading"
)

const server = "203.0.113.80"

// fetched is a try for a page of example.com.
func fetched(url string, change ...func(*evidence.Fetch)) evidence.Fetch {
	port := map[bool]string{true: ":443", false: ":80"}[strings.HasPrefix(url, "https:")]
	f := evidence.Fetch{URL: url, Address: server + port, At: scene.SeenAt, Status: 200,
		Steps: []evidence.Timing{{Step: evidence.StepConnect, End: evidence.Seconds(scene.Quick)}, {Step: evidence.StepAnswer, End: evidence.Seconds(2 * scene.Quick)}}}
	for _, c := range change {
		c(&f)
	}
	return f
}

func status(n int) func(*evidence.Fetch) { return func(f *evidence.Fetch) { f.Status = n } }
func to(location string) func(*evidence.Fetch) {
	return func(f *evidence.Fetch) { f.Status, f.Location = 301, location }
}
func fails(kind evidence.FailureKind) func(*evidence.Fetch) {
	return func(f *evidence.Fetch) {
		f.Status, f.Steps, f.Failure = 0, nil, &evidence.Failure{Kind: kind, Waited: evidence.Seconds(time.Minute)}
	}
}
func body(text string) func(*evidence.Fetch) { return func(f *evidence.Fetch) { f.Body = text } }
func called(kind string) func(*evidence.Fetch) {
	return func(f *evidence.Fetch) { f.ContentType = kind }
}

// world is example.com at one address, by the word of resolver and name server, and what was fetched there.
func world(fetches ...evidence.Fetch) *scene.Zone {
	z := scene.ZoneWith(scene.OwnA)
	z.Has("example.com", server)
	z.Exchanges = append(z.Exchanges, scene.SaidBy(scene.Here, "NOERROR", "A", "example.com", server), scene.SaidBy(scene.Here, "NOERROR", "AAAA", "example.com"))
	z.Fetches = fetches
	return z
}

var about = facts.Subject{Kind: facts.Target, Name: "example.com"}

// Situations at the first page.
func TestSite(t *testing.T) {
	const plain, secure = "http://example.com/", "https://example.com/"
	closed := func(url string) []evidence.Fetch {
		return []evidence.Fetch{fetched(url, fails(evidence.Refused)), fetched(url, fails(evidence.Refused))}
	}
	for _, test := range []struct {
		name    string
		fetches []evidence.Fetch
		want    map[facts.Name]string
	}{
		{"a page", []evidence.Fetch{fetched(plain)}, map[facts.Name]string{facts.WebHTTPServed: "yes", facts.WebError: "no", facts.WebStatus: "200", facts.WebRedirect: "0", facts.WebClosed: "unknown: not_found"}},
		{"refused once", []evidence.Fetch{fetched(plain, fails(evidence.Refused))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: connect_failed"}},
		{"refused twice", closed(plain), map[facts.Name]string{facts.WebHTTPServed: "no", facts.WebClosed: server + ":80", facts.WebError: "unknown: not_found", facts.WebLatency: "unknown: not_found"}},
		{"refused, then not", []evidence.Fetch{fetched(plain, fails(evidence.Refused)), fetched(plain)}, map[facts.Name]string{facts.WebHTTPServed: "yes", facts.WebError: "no"}},
		{"refused, then silent", []evidence.Fetch{fetched(plain, fails(evidence.Refused)), fetched(plain, fails(evidence.Timeout))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: connect_failed"}},
		{"silent", []evidence.Fetch{fetched(plain, fails(evidence.Timeout))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: connect_failed", facts.WebError: "unknown: connect_failed", facts.WebLatency: "unknown: connect_failed"}},
		{"reset", []evidence.Fetch{fetched(plain, fails(evidence.Reset))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: connect_failed"}},
		{"unreachable", []evidence.Fetch{fetched(plain, fails(evidence.Unreachable))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: connect_failed"}},
		{"private", []evidence.Fetch{fetched(plain, fails(evidence.Private))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: private"}},
		{"our own end", []evidence.Fetch{fetched(plain, fails(evidence.Interrupted))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: interrupted"}},
		{"the proxy fails", []evidence.Fetch{fetched(plain, fails(evidence.ProxyFailed)), fetched(plain, fails(evidence.ProxyFailed))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: connect_failed"}},
		{"no route", []evidence.Fetch{fetched(plain, fails(evidence.NoRoute)), fetched(secure, fails(evidence.NoRoute))}, map[facts.Name]string{facts.WebHTTPServed: "unknown: untested"}},
		{"503 once", []evidence.Fetch{fetched(plain, status(503))}, map[facts.Name]string{facts.WebError: "yes", facts.WebServerError: "yes", facts.WebStatus: "503"}},
		{"503, then 200", []evidence.Fetch{fetched(plain, status(503)), fetched(plain)}, map[facts.Name]string{facts.WebError: "unknown: ambiguous"}},
		{"503 twice", []evidence.Fetch{fetched(plain, status(503)), fetched(plain, status(502))}, map[facts.Name]string{facts.WebError: "yes", facts.WebServerError: "yes"}},
		{"404", []evidence.Fetch{fetched(plain, status(404))}, map[facts.Name]string{facts.WebError: "yes", facts.WebServerError: "no"}},
		{"within", []evidence.Fetch{fetched(plain, to("/a")), fetched(plain+"a", status(404))}, map[facts.Name]string{facts.WebError: "yes", facts.WebRedirect: "301"}},
		{"within, not asked", []evidence.Fetch{fetched(plain, to("/a"))}, map[facts.Name]string{facts.WebError: "unknown: untested", facts.WebRedirect: "301"}},
		{"elsewhere", []evidence.Fetch{fetched(plain, to("http://example.net/"))}, map[facts.Name]string{facts.WebError: "unknown: ambiguous", facts.WebRedirect: "301"}},
		{"to a name that only ends alike", []evidence.Fetch{fetched(plain, to("http://notexample.com/")), fetched("http://notexample.com/")}, map[facts.Name]string{facts.WebError: "unknown: ambiguous"}},
		{"one way broken, the other not known", []evidence.Fetch{fetched(plain, status(500)), fetched(secure, fails(evidence.Timeout))}, map[facts.Name]string{facts.WebError: "yes"}},
		{"one way fine, the other not known", []evidence.Fetch{fetched(plain), fetched(secure, fails(evidence.Timeout))}, map[facts.Name]string{facts.WebError: "unknown: connect_failed"}},
		{"one way fine, the other closed", append(closed(secure), fetched(plain)), map[facts.Name]string{facts.WebError: "no", facts.WebHTTPSServed: "no", facts.WebCertificateTrusted: "unknown: not_found"}},
		{"connected, and nothing for a minute", []evidence.Fetch{fetched(plain, fails(evidence.Timeout), func(f *evidence.Fetch) {
			f.Took, f.Steps = evidence.Seconds(time.Minute), []evidence.Timing{{Step: evidence.StepConnect, End: 1}}
		})}, map[facts.Name]string{facts.WebLatency: "at least 60 s"}},
		{"nobody asked", nil, map[facts.Name]string{facts.WebHTTPServed: "unknown: untested", facts.WebError: "unknown: untested"}},
	} {
		set := scene.Facts(&world(test.fetches...).Bundle, Derive)
		for fact, want := range test.want {
			scene.WantAbout(t, test.name, set, about, fact, want)
		}
	}
	// Where nothing else is let out, this network may refuse by itself.
	z := world(closed(plain)...)
	z.Exchanges = slices.DeleteFunc(z.Exchanges, func(x evidence.Exchange) bool { return x.Role == evidence.Authoritative })
	scene.WantAbout(t, "a closed network", scene.Facts(&z.Bundle, Derive), about, facts.WebHTTPServed, "unknown: network_closed")
	scene.WantAlone(t, "a page", &world(fetched(plain)).Bundle, Derive)
}

// Whose word leads to the web server: rotating answers are no difference, contradictions are.
func TestWhoLeads(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*scene.Zone)
		want   string
	}{
		"all agree":                        {func(*scene.Zone) {}, "yes"},
		"the servers rotate":               {func(z *scene.Zone) { z.Has("example.com", "203.0.113.81") }, "yes"},
		"one server denies it":             {func(z *scene.Zone) { z.Says(scene.OwnB, "example.com", "A", nil) }, "unknown: disagreement"},
		"the resolver alone knows it":      {func(z *scene.Zone) { z.Exchanges = z.Exchanges[2:]; z.Has("example.com") }, "unknown: disagreement"},
		"the resolver leads elsewhere":     {func(z *scene.Zone) { z.Exchanges[2].Answer = []string{"example.com. 300 IN A 203.0.113.99"} }, "unknown: disagreement"},
		"the resolver invents":             {func(z *scene.Zone) { z.Vantage.Invents = true }, "unknown: disagreement"},
		"the name servers are not reached": {func(z *scene.Zone) { z.Exchanges = z.Exchanges[2:] }, "yes"},
	} {
		z := world(fetched("http://example.com/"))
		test.change(z)
		scene.WantAbout(t, name, scene.Facts(&z.Bundle, Derive), about, facts.WebResolves, test.want)
	}
}

// Files for programs.
func TestFiles(t *testing.T) {
	const robots, llms = "https://example.com/robots.txt", "https://example.com/llms.txt"
	long := "User-agent: a\n" + strings.Repeat("x", 100)
	for _, test := range []struct {
		name string
		one  evidence.Fetch
		want map[facts.Name]string
	}{
		{"agents", fetched(robots, called("Text/Plain; charset=utf-8"), body("\ufeffUSER-AGENT : GPTBot\r\nuser-agent:*#x\r\nDisallow: /\nsitemap:https://example.com/s\n")),
			map[facts.Name]string{facts.WebRobotsPresent: "yes", facts.WebRobotsAgents: "*, gptbot", facts.WebRobotsSitemap: "yes", facts.WebRobotsPlain: "yes"}},
		{"comments only", fetched(robots, body("# User-agent: x\n# Sitemap: y\n")), map[facts.Name]string{facts.WebRobotsPresent: "yes", facts.WebRobotsAgents: "none", facts.WebRobotsSitemap: "no", facts.WebRobotsPlain: "no"}},
		{"cut", fetched(robots, body(long), func(f *evidence.Fetch) { f.Failure = &evidence.Failure{Kind: evidence.TooLong} }),
			map[facts.Name]string{facts.WebRobotsPresent: "yes", facts.WebRobotsAgents: "at least a", facts.WebRobotsSitemap: "unknown: ambiguous"}},
		{"a page", fetched(robots, body("  <!DOCTYPE HTML><html>")), map[facts.Name]string{facts.WebRobotsPresent: "no", facts.WebRobotsAgents: "unknown: not_found", facts.WebRobotsAbsence: "a page in HTML"}},
		{"a page by its name", fetched(robots, called("text/html"), body("<p>no")), map[facts.Name]string{facts.WebRobotsPresent: "no"}},
		{"a text that is called a page", fetched(robots, called("text/html"), body("User-agent: *\n")), map[facts.Name]string{facts.WebRobotsPresent: "yes", facts.WebRobotsPlain: "no"}},
		{"not found", fetched(robots, status(404), body("User-agent: *\n")), map[facts.Name]string{facts.WebRobotsPresent: "no"}},
		{"forbidden", fetched(robots, status(403)), map[facts.Name]string{facts.WebRobotsPresent: "unknown: refused"}},
		{"unavailable", fetched(robots, status(503)), map[facts.Name]string{facts.WebRobotsPresent: "unknown: refused"}},
		{"elsewhere", fetched(robots, to("https://example.net/robots.txt")), map[facts.Name]string{facts.WebRobotsPresent: "unknown: ambiguous"}},
		{"timeout", fetched(robots, fails(evidence.Timeout)), map[facts.Name]string{facts.WebRobotsPresent: "unknown: connect_failed"}},
		{"the whole proposal", fetched(llms, body("# A\n\n> b\n\ntext\n\n## C\n- [d](https://example.com/d.md): e\n## optional\n")),
			map[facts.Name]string{facts.WebLLMsPresent: "yes", facts.WebLLMsTitle: "yes", facts.WebLLMsSummary: "yes", facts.WebLLMsLists: "yes", facts.WebLLMsOptional: "yes", facts.WebLLMsLinks: "unknown: untested"}},
		{"a heading of the second level", fetched(llms, body("## A\n- [d](e)\n")), map[facts.Name]string{facts.WebLLMsTitle: "no", facts.WebLLMsSummary: "no"}},
		{"links without a section", fetched(llms, body("# A\n- [d](e)\n")), map[facts.Name]string{facts.WebLLMsTitle: "yes", facts.WebLLMsLists: "no", facts.WebLLMsOptional: "no"}},
	} {
		set := scene.Facts(&world(test.one).Bundle, Derive)
		for fact, want := range test.want {
			scene.WantAbout(t, test.name, set, about, fact, want)
		}
	}
}

// The questions follow what is known: addresses, pages, what they redirect to within the domain; and nothing that nobody wants.
func TestQuestions(t *testing.T) {
	ask := func(want facts.Source, fetches ...evidence.Fetch) string {
		b := &evidence.Bundle{Targets: []evidence.Target{{Name: "example.com", Kind: "domain"}}, Fetches: fetches}
		steps := scene.Inquire(t, b, reading.Wish{Source: want}, map[string]string{"A example.com": server, "A www.example.com": "203.0.113.81"}, Questions)
		return strings.Join(steps, "\n")
	}
	for name, test := range map[string]struct {
		said        string
		has, hasNot []string
	}{
		"the page":     {ask(facts.FromWeb), []string{"fetch 203.0.113.80 http://example.com/", "fetch 203.0.113.80 https://example.com/"}, []string{"robots", "llms"}},
		"robots":       {ask(facts.FromRobots), []string{"fetch 203.0.113.80 https://example.com/robots.txt", "http://example.com/robots.txt"}, []string{"example.com/\n", "llms"}},
		"an answer":    {ask(facts.FromLLMs, fetched("https://example.com/llms.txt")), []string{"https://example.com/llms.txt"}, []string{"http://example.com/llms.txt"}},
		"a redirect":   {ask(facts.FromWeb, fetched("http://example.com/", to("http://www.example.com/x"))), []string{"fetch 203.0.113.81 http://www.example.com/x"}, nil},
		"out of it":    {ask(facts.FromWeb, fetched("http://example.com/", to("http://example.net/x"))), nil, []string{"example.net"}},
		"another wish": {ask(facts.FromDMARC), nil, []string{"example.com"}},
	} {
		for _, s := range test.has {
			if !strings.Contains(test.said, s) {
				t.Errorf("%s: %q is not asked:\n%s", name, s, test.said)
			}
		}
		for _, s := range test.hasNot {
			if strings.Contains(test.said, s) {
				t.Errorf("%s: %q is asked:\n%s", name, s, test.said)
			}
		}
	}
}

// One bad certificate on the way is enough, and one that is not known leaves it open.
func TestWorse(t *testing.T) {
	yes, no, open := facts.Yes(), facts.No(), facts.Because(facts.Unknown{Code: facts.Untested})
	for _, test := range []struct{ a, b, want facts.Known }{
		{facts.Known{}, yes, yes}, {facts.Known{}, open, open}, {yes, yes, yes}, {yes, no, no}, {no, yes, no}, {open, no, no}, {no, open, no}, {open, yes, open}, {yes, open, open},
	} {
		if got := worse(test.a, test.b); got.IsYes() != test.want.IsYes() || got.IsNo() != test.want.IsNo() || got.Why.Code != test.want.Why.Code {
			t.Errorf("%+v and %+v: %+v", test.a, test.b, got)
		}
	}
}

// Evidence that somebody else wrote may hold a try with neither an answer nor a failure.
func TestTryWithoutEnd(t *testing.T) {
	empty := func(f *evidence.Fetch) { f.Status, f.Steps = 0, nil }
	z := world(fetched("http://example.com/", empty), fetched("https://example.com/", empty))
	set := scene.Facts(&z.Bundle, Derive)
	for _, name := range []facts.Name{facts.WebHTTPServed, facts.WebHTTPSServed, facts.WebCertificateTrusted} {
		scene.WantAbout(t, "no end", set, about, name, "unknown: untested")
	}
}
