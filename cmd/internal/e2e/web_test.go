package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// webRules are the rules about web servers and the files on them.
var webRules = []string{"http/connect", "http/status", "http/delay", "https/certificate", "web/robots", "web/llms"}

const (
	siteAddress = "example.com. 300 IN A 203.0.113.80\n"
	sitePage    = "/: hello"
)

// server is a web server at 203.0.113.80 with pages, each "path: text or page" in YAML; keys are further ones of the server, with a comma.
func server(name, keys string, pages ...string) string {
	return "  - {address: 203.0.113.80, name: " + name + ", " + keys + " files: {" + strings.Join(pages, ", ") + "}}\n"
}

// site is example.com with mail and a web server over HTTP and HTTPS, "" for none; records are further ones, and rest is further top-level
// keys.
func site(records, http, https, rest string) string {
	web := ""
	if http != "" {
		web += "http:\n" + http
	}
	if https != "" {
		web += "https:\n" + https
	}
	return domain(good+"\n"+records, "", web+rest)
}

// both is such a site with the same pages over HTTP and HTTPS.
func both(pages ...string) string {
	return site(siteAddress, server("example.com", "", pages...), server("example.com", "", pages...), "")
}

// status is a page with a status and further keys.
func status(code int, keys ...string) string {
	return page(append([]string{fmt.Sprint("status: ", code)}, keys...)...)
}

// moved is a page that redirects.
func moved(code int, to string) string { return status(code, "location: "+quoted(to)) }

// errorRow is a row of a reporter that calls a status an error.
func errorRow(code int) string {
	return fmt.Sprintf("http\texample.com\tThe remote server returned an error: (%d) Some Words (http://example.com)\n", code)
}

const everyAgent = "User-agent: *\\nDisallow:\\nUser-agent: ClaudeBot\\nUser-agent: anthropic-ai\\nuser-agent: GPTBot # comment\\nUser-agent: ChatGPT-User\\nUser-agent: CCBot\\n" +
	"User-agent: cohere-ai\\nUser-agent: Google-Extended\\nUser-agent: PerplexityBot\\nAllow: /\\nSitemap: https://example.com/sitemap.xml\\n"

func TestWebServers(t *testing.T) {
	parallel(t)
	const (
		confirmed = "confirmed"
		falsely   = "false_positive"
		policy    = "policy_disagreement"
		unknown   = "inconclusive"
	)
	fine := server("example.com", "", sitePage)
	silent := "  - {address: 203.0.113.80, name: example.com, connect: silent}\n"
	two := siteAddress + "example.com. 300 IN A 203.0.113.81\n"
	other := func(s string) string { return strings.Replace(s, "203.0.113.80", "203.0.113.81", 1) }
	www := siteAddress + "www.example.com. 300 IN A 203.0.113.81\n"
	certificate := func(kind string) string { return server("example.com", "certificate: "+kind+",", sitePage) }
	handshake := func(kind string) string { return server("example.com", "handshake: "+kind+",", sitePage) }
	slow := func(d string) string { return server("example.com", "delay: "+d+",", sitePage) }
	robots := func(file string) string { return both(sitePage, "/robots.txt: "+file) }
	llms := func(file string) string { return both(sitePage, "/llms.txt: "+file) }
	text := func(s string) string { return `"` + s + `"` }
	runRecordCases(t, []recordCase{
		{name: "both ways", rule: "http/connect", scenario: both(sitePage), verdict: falsely, reason: "changed"},
		{name: "HTTP only", rule: "http/connect", scenario: site(siteAddress, fine, "", ""), verdict: policy, note: "Over plain HTTP it answers"},
		{name: "HTTPS only", rule: "http/connect", scenario: site(siteAddress, "", fine, ""), verdict: policy, note: "Over HTTPS it answers"},
		{name: "closed", rule: "http/connect", scenario: site(siteAddress, "", "", ""), verdict: confirmed, severity: "low"},
		{name: "no address", rule: "http/connect", scenario: site("", "", "", ""), verdict: policy, note: "no address"},
		{name: "an alias to nothing", rule: "http/connect", scenario: site("www.example.com. 300 IN CNAME gone.example.net.\n", "", "", ""), args: []string{"--target", "www.example.com"}, verdict: policy, note: "no address"},
		{name: "silent", rule: "http/connect", scenario: site(siteAddress, silent, silent, ""), verdict: unknown, reason: "connect_failed"},
		{name: "one way silent", rule: "http/connect", scenario: site(siteAddress, fine, silent, ""), verdict: unknown, reason: "connect_failed"},
		{name: "one way silent, the other closed", rule: "http/connect", scenario: site(siteAddress, silent, "", ""), verdict: unknown, reason: "connect_failed"},
		{name: "an error is an answer", rule: "http/connect", scenario: both("/: " + status(503)), verdict: falsely},
		{name: "an expired certificate is an answer", rule: "http/connect", scenario: site(siteAddress, fine, certificate("expired"), ""), verdict: falsely},
		{name: "a broken handshake", rule: "http/connect", scenario: site(siteAddress, fine, handshake("alert"), ""), verdict: unknown, reason: "connect_failed"},
		{name: "what is no HTTP", rule: "http/connect", scenario: site(siteAddress, server("example.com", "", `/: {raw: "220 hello\r\n"}`), fine, ""), verdict: unknown, reason: "connect_failed"},
		{name: "one of two addresses closed", rule: "http/connect", scenario: site(two, fine, fine, ""), verdict: falsely, note: "203.0.113.81:80"},
		{name: "two addresses, one closed and one silent", rule: "http/connect", scenario: site(two, silent, silent, ""), verdict: unknown, reason: "connect_failed"},
		{name: "a private address", rule: "http/connect", scenario: site("example.com. 300 IN A 10.1.2.3\n", "", "", ""), verdict: unknown, reason: "private"},
		{name: "no name server answers, and the resolver leads to a closed door", rule: "http/connect", scenario: site(siteAddress, "", "", bothDead), verdict: confirmed, severity: "low"},
		{name: "the resolver leads elsewhere", rule: "http/connect", scenario: site(siteAddress, fine, fine, at("203.0.113.1", `lies: "example.com. 300 IN A 203.0.113.99"`)), verdict: unknown, reason: "disagreement"},
		{name: "the resolver invents", rule: "http/connect", scenario: site(siteAddress, fine, fine, at("203.0.113.1", "invents: 203.0.113.99")), verdict: unknown, reason: "disagreement"},
		{name: "an address for a target", rule: "http/connect", scenario: both(sitePage), args: []string{"--address", "203.0.113.80"}, verdict: unknown, reason: "no_target"},
		{name: "the words of a reporter", rule: "http/connect", scenario: site(siteAddress, "", "", ""), report: "http\texample.com\tUnable to connect to the remote server (http://example.com)\n", verdict: confirmed, severity: "low"},

		{name: "a page", rule: "http/status", scenario: both(sitePage), verdict: falsely, reason: "changed"},
		{name: "503", rule: "http/status", scenario: both("/: " + status(503)), verdict: confirmed, severity: "low"},
		{name: "500", rule: "http/status", scenario: both("/: " + status(500)), verdict: confirmed, severity: "low"},
		{name: "503 over HTTPS only", rule: "http/status", scenario: site(siteAddress, fine, server("example.com", "", "/: "+status(503)), ""), verdict: confirmed, severity: "low"},
		{name: "401", rule: "http/status", scenario: both("/: " + status(401)), verdict: policy, note: "login"},
		{name: "403", rule: "http/status", scenario: both("/: " + status(403)), verdict: policy, note: "refuse programs"},
		{name: "429", rule: "http/status", scenario: both("/: " + status(429)), verdict: policy, note: "refuse programs"},
		{name: "404", rule: "http/status", scenario: both("/robots.txt: x"), verdict: policy, note: "no page at the bare address"},
		{name: "410", rule: "http/status", scenario: both("/: " + status(410)), verdict: policy},
		{name: "400", rule: "http/status", scenario: both("/: " + status(400)), verdict: policy},
		{name: "204", rule: "http/status", scenario: both("/: " + status(204)), verdict: falsely},
		{name: "a redirect within", rule: "http/status", scenario: both("/: "+moved(301, "/start"), "/start: hello"), verdict: falsely, note: "no error"},
		{name: "308 within, as a reporter has it", rule: "http/status", scenario: both("/: "+moved(308, "/start"), "/start: hello"), report: errorRow(308), verdict: falsely, reason: "changed"},
		{name: "308 to another domain, as a reporter has it", rule: "http/status", scenario: both("/: " + moved(308, "https://www.example.net/")), report: errorRow(308), verdict: falsely, reason: "changed"},
		{name: "503 behind a redirect to another domain", rule: "http/status", scenario: both("/: " + moved(301, "https://www.example.net/")), report: errorRow(503), verdict: unknown, reason: "ambiguous"},
		{name: "a redirect to another domain", rule: "http/status", scenario: both("/: " + moved(302, "//www.example.net/")), verdict: unknown, reason: "ambiguous"},
		{name: "503 behind a redirect", rule: "http/status", scenario: both("/: "+moved(301, "/start"), "/start: "+status(503)), verdict: confirmed, severity: "low"},
		{name: "404 behind a redirect", rule: "http/status", scenario: both("/: " + moved(301, "/start")), verdict: policy},
		{name: "to HTTPS", rule: "http/status", scenario: site(siteAddress, server("example.com", "", "/: "+moved(301, "https://example.com/")), fine, ""), verdict: falsely},
		{name: "to HTTPS, which fails", rule: "http/status", scenario: site(siteAddress, server("example.com", "", "/: "+moved(301, "https://example.com/")), server("example.com", "", "/: "+status(502)), ""), verdict: confirmed, severity: "low"},
		{name: "to www", rule: "http/status", scenario: site(www, server("example.com", "", "/: "+moved(301, "https://www.example.com/")), other(server("www.example.com", "", sitePage)), ""), verdict: falsely},
		{name: "to www, which is silent", rule: "http/status", scenario: site(www, server("example.com", "", "/: "+moved(301, "http://www.example.com/"))+other(silent), fine, ""), verdict: unknown, reason: "connect_failed"},
		{name: "in a circle", rule: "http/status", scenario: both("/: " + moved(302, "/")), verdict: unknown, reason: "ambiguous"},
		{name: "to nowhere", rule: "http/status", scenario: both("/: " + moved(302, "ftp://example.com/")), verdict: unknown, reason: "ambiguous"},
		{name: "a redirect that leads nowhere", rule: "http/status", scenario: both("/: " + status(304)), verdict: falsely},
		{name: "503 at one of two addresses", rule: "http/status", scenario: site(two, fine+other(server("example.com", "", "/: "+status(503))), "", ""), verdict: confirmed, severity: "low"},
		{name: "closed", rule: "http/status", scenario: site(siteAddress, "", "", ""), verdict: unknown, reason: "not_found"},
		{name: "silent", rule: "http/status", scenario: site(siteAddress, silent, silent, ""), verdict: unknown, reason: "connect_failed"},
		{name: "the answer is cut", rule: "http/status", scenario: both("/: {text: hello, ends: cut}"), verdict: falsely},
		{name: "an address for a target", rule: "http/status", scenario: both(sitePage), args: []string{"--address", "203.0.113.80"}, verdict: unknown, reason: "no_target"},

		{name: "fast", rule: "http/delay", scenario: both(sitePage), verdict: falsely, reason: "changed"},
		{name: "slow", rule: "http/delay", scenario: site(siteAddress, slow("8s"), fine, ""), verdict: policy},
		{name: "slow over HTTPS", rule: "http/delay", scenario: site(siteAddress, fine, slow("8s"), ""), verdict: policy},
		{name: "at the limit", rule: "http/delay", scenario: site(siteAddress, slow("4900ms"), "", ""), verdict: falsely},
		{name: "slower than we wait", rule: "http/delay", scenario: site(siteAddress, slow("90s"), "", ""), verdict: policy},
		{name: "an error is an answer", rule: "http/delay", scenario: both("/: " + status(503)), verdict: falsely},
		{name: "silent", rule: "http/delay", scenario: site(siteAddress, silent, silent, ""), verdict: unknown, reason: "connect_failed"},
		{name: "closed", rule: "http/delay", scenario: site(siteAddress, "", "", ""), verdict: unknown, reason: "not_found"},

		{name: "in order", rule: "https/certificate", scenario: both(sitePage), verdict: falsely, reason: "changed"},
		{name: "expired", rule: "https/certificate", scenario: site(siteAddress, fine, certificate("expired"), ""), verdict: confirmed, severity: "low"},
		{name: "not valid yet", rule: "https/certificate", scenario: site(siteAddress, fine, certificate("not-yet-valid"), ""), verdict: confirmed, severity: "low"},
		{name: "another name", rule: "https/certificate", scenario: site(siteAddress, fine, certificate("wrong-name"), ""), verdict: confirmed, severity: "low"},
		{name: "self-signed", rule: "https/certificate", scenario: site(siteAddress, fine, certificate("self-signed"), ""), verdict: confirmed, severity: "low"},
		{name: "no intermediate", rule: "https/certificate", scenario: site(siteAddress, fine, certificate("trusted-no-intermediate"), ""), verdict: confirmed, severity: "low"},
		{name: "that of www", rule: "https/certificate", scenario: site(siteAddress, fine, server("www.example.com", "", sitePage), ""), verdict: confirmed, severity: "low"},
		{name: "bad behind a redirect", rule: "https/certificate", scenario: site(www, server("example.com", "", "/: "+moved(301, "https://www.example.com/")), fine+other(server("www.example.com", "certificate: expired,", sitePage)), ""), verdict: confirmed, severity: "low"},
		{name: "an error behind a good one", rule: "https/certificate", scenario: both("/: " + status(503)), verdict: falsely},
		{name: "good at one of two addresses, bad at the other", rule: "https/certificate", scenario: site(two, "", fine+other(certificate("expired")), ""), verdict: confirmed, severity: "low"},
		{name: "good at one of two addresses, the other silent", rule: "https/certificate", scenario: site(two, "", fine+other(silent), ""), verdict: unknown, reason: "connect_failed"},
		{name: "bad at one of two addresses, the other silent", rule: "https/certificate", scenario: site(two, "", certificate("expired")+other(silent), ""), verdict: confirmed, severity: "low"},
		{name: "good at one of two addresses, the other closed", rule: "https/certificate", scenario: site(two, "", fine, ""), verdict: falsely},
		{name: "no HTTPS", rule: "https/certificate", scenario: site(siteAddress, fine, "", ""), verdict: unknown, reason: "not_found"},
		{name: "silent", rule: "https/certificate", scenario: site(siteAddress, fine, silent, ""), verdict: unknown, reason: "connect_failed"},
		{name: "a broken handshake", rule: "https/certificate", scenario: site(siteAddress, fine, handshake("garbage"), ""), verdict: unknown, reason: "connect_failed"},
		{name: "a handshake that is closed", rule: "https/certificate", scenario: site(siteAddress, fine, handshake("close"), ""), verdict: unknown, reason: "connect_failed"},

		{name: "none", rule: "web/robots", scenario: both(sitePage), verdict: policy, note: "status 404"},
		{name: "a page in its place", rule: "web/robots", scenario: robots("'<!DOCTYPE html><html>Not found</html>'"), verdict: policy, note: "HTML"},
		{name: "empty", rule: "web/robots", scenario: robots("''"), verdict: policy, note: "empty"},
		{name: "one that names nobody", rule: "web/robots", scenario: robots(text("Sitemap: https://example.com/s.xml\\n")), verdict: policy},
		{name: "one that names all", rule: "web/robots", scenario: robots(text(everyAgent)), verdict: falsely, reason: "changed"},
		{name: "one that names all but one", rule: "web/robots", scenario: robots(text(strings.Replace(everyAgent, "CCBot", "OtherBot", 1))), verdict: policy, note: "otherbot"},
		{name: "another media type", rule: "web/robots", scenario: robots(page("content_type: application/octet-stream", "text: "+text(everyAgent))), verdict: policy, note: "not served as text/plain"},
		{name: "over HTTP only", rule: "web/robots", scenario: site(siteAddress, server("example.com", "", "/robots.txt: "+text(everyAgent)), "", ""), verdict: falsely},
		{name: "behind a redirect", rule: "web/robots", scenario: both("/robots.txt: "+moved(301, "/r.txt"), "/r.txt: "+text(everyAgent)), verdict: falsely},
		{name: "in another domain", rule: "web/robots", scenario: robots(moved(301, "https://example.net/robots.txt")), verdict: unknown, reason: "ambiguous"},
		{name: "forbidden", rule: "web/robots", scenario: robots(status(403)), verdict: unknown, reason: "refused"},
		{name: "the server fails", rule: "web/robots", scenario: robots(status(500)), verdict: unknown, reason: "refused"},
		{name: "no web server", rule: "web/robots", scenario: site(siteAddress, "", "", ""), verdict: unknown, reason: "connect_failed"},
		{name: "no address", rule: "web/robots", scenario: site("", "", "", ""), verdict: unknown, reason: "not_found"},
		{name: "a bad certificate", rule: "web/robots", scenario: site(siteAddress, "", server("example.com", "certificate: expired,", "/robots.txt: x"), ""), verdict: unknown},

		{name: "none", rule: "web/llms", scenario: both(sitePage), verdict: policy, note: "status 404"},
		{name: "a page in its place", rule: "web/llms", scenario: llms("'<html>Not found</html>'"), verdict: policy, note: "HTML"},
		{name: "a heading", rule: "web/llms", scenario: llms(text("# Example\\n")), verdict: policy, note: "all that its proposal demands"},
		{name: "no heading", rule: "web/llms", scenario: llms(text("Example\\n# x\\n")), verdict: policy, note: "does not begin"},
		{name: "all of it", rule: "web/llms", scenario: llms(text("# Example\\n\\n> It is one.\\n\\n## Docs\\n\\n- [a](https://example.com/a.md): a\\n\\n## Optional\\n\\n- [b](https://example.com/b.md)\\n")), verdict: unknown, reason: "untested"},
		{name: "forbidden", rule: "web/llms", scenario: llms(status(403)), verdict: unknown, reason: "refused"},
	})
}

// What keeps the name from being looked up, or the web server from answering, leaves every claim open.
func TestWebTroubleIsInconclusive(t *testing.T) {
	parallel(t)
	fine := server("example.com", "", "/: "+status(503), "/robots.txt: x", "/llms.txt: x")
	all := func(manner string) string {
		return "name_servers:\n  - {address: 203.0.113.1, " + manner + "}\n  - {address: " + firstServer + ", " + manner + "}\n  - {address: " + secondServer + ", " + manner + "}\n"
	}
	unlike := func(answer string) string {
		return all("unlike: [{name: example.com, type: A, answer: " + answer + "}, {name: example.com, type: AAAA, answer: " + answer + "}]")
	}
	silent := "  - {address: 203.0.113.80, name: example.com, connect: silent}\n"
	for name, scenario := range map[string]string{
		"timeout":               site(siteAddress, fine, fine, unlike("silence")),
		"SERVFAIL":              site(siteAddress, fine, fine, unlike("SERVFAIL")),
		"REFUSED":               site(siteAddress, fine, fine, unlike("REFUSED")),
		"truncated":             site(siteAddress, fine, fine, all("behaves: [truncate, no_tcp]")),
		"servers differ":        site(siteAddress, "", "", at(secondServer, `zones: [{name: example.com, records: "example.com. 300 IN MX 10 mail.example.com."}]`)),
		"web servers silent":    site(siteAddress, silent, silent, ""),
		"web servers hang up":   site(siteAddress, server("example.com", "", "/: {raw: ' '}", "/robots.txt: {raw: ' '}", "/llms.txt: {raw: ' '}"), server("example.com", "handshake: close,"), ""),
		"a handshake that ends": site(siteAddress, silent, server("example.com", "handshake: silent,"), ""),
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, scenario, claim(webRules...))
			for _, rule := range webRules {
				// A server that took the connection and said nothing for a minute is slow for certain.
				if v := a.verdict(rule); (v.Verdict != "inconclusive" || v.Reason == "" || v.Reason == "untested") && !(rule == "http/delay" && strings.Contains(name, "handshake")) {
					t.Errorf("%s is %s (%s): %s", rule, v.Verdict, v.Reason, v.Says)
				}
			}
			wantManners(t, o)
		})
	}
}

// A hostile web server costs a bounded number of requests, of bytes and of time, and leads nobody out of the domain.
func TestHostileWebServer(t *testing.T) {
	parallel(t)
	onward := []string{"/: " + moved(302, "/0")}
	for i := range 50 {
		onward = append(onward, fmt.Sprintf("/%d: %s", i, moved(302, fmt.Sprintf("/%d", i+1))))
	}
	addresses := ""
	for i := range 60 {
		addresses += fmt.Sprintf("example.com. 300 IN A 203.0.113.%d\n", 100+i)
	}
	for name, test := range map[string]struct {
		scenario string
		most     int // requests
	}{
		"redirects":   {both(onward...), 40},
		"in a circle": {both("/: "+moved(302, "/a"), "/a: "+moved(302, "/")), 20},
		"out of the domain": {site(siteAddress, server("example.com", "", "/: "+moved(301, "http://mail.example.net/"))+"  - {address: 203.0.113.26, name: mail.example.net, files: {/: x}}\n",
			server("example.com", "", "/robots.txt: "+moved(301, "http://mail.example.net/"), "/llms.txt: "+moved(301, "http://203.0.113.26/")), ""), 10},
		"a gibibyte":     {both("/: {size: 1073741824}", "/robots.txt: {size: 1073741824, text: 'User-agent: x '}", "/llms.txt: {size: 1073741824}"), 10},
		"drops":          {both("/: {drip: 10s, text: hello hello hello}", "/robots.txt: {drip: 10s, text: hello hello}", "/llms.txt: {drip: 10s, text: hello hello}"), 10},
		"many addresses": {site(addresses, "", "", ""), 0},
	} {
		t.Run(name, func(t *testing.T) {
			a, o := judged(t, test.scenario, claim(webRules...))
			if len(o.requests) > test.most || o.took > 5*time.Minute {
				t.Errorf("%d requests in %v", len(o.requests), o.took)
			}
			if slices.ContainsFunc(o.requests, func(r string) bool { return !strings.Contains(r, "example.com") }) {
				t.Errorf("somebody else was asked: %q", o.requests)
			}
			for _, v := range a.Verdicts {
				if v.Verdict == "confirmed" && name != "many addresses" {
					t.Errorf("%s is confirmed: %s", v.Rule, v.Says)
				}
			}
		})
	}
}
