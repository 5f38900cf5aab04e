package safety

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"mxverdict/cmd/internal/check/result"
	"mxverdict/cmd/internal/document"
	"mxverdict/cmd/internal/render"
	"mxverdict/parser/report"
	"mxverdict/rules"
	"mxverdict/verify/evidence"
	"mxverdict/verify/facts"
)

// own are names and addresses of the network that tested, each at every place where a result has it.
var own = []string{"tester.home.example", "10.20.30.40", "proxy.home.example", "/home/somebody/report.txt", "172.16.5.6"}

// shipped are the rules as they are; they are read once.
var shipped = sync.OnceValues(func() (*rules.Catalogue, error) { return rules.Load(nil) })

// tested is a result that holds them.
func tested(t *testing.T) result.Result {
	t.Helper()
	catalogue, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)
	finding := report.Finding{N: 1, Lines: []int{1}, Rule: "smtp/tls-missing", Status: report.Warning, Text: "Does not support TLS.", Reporter: "mxtoolbox"}
	return result.Result{Language: catalogue.Language(),
		Report: report.Report{Source: own[3], Target: report.Target{Domain: "example.com"}, Findings: []report.Finding{finding}, Notices: []string{"read from " + own[3]}},
		Judgement: rules.Judgement{Summary: rules.Summary{FalsePositive: 1}, Verdicts: []rules.Verdict{{Rule: "smtp/tls-missing", Verdict: rules.FalsePositive,
			Subject: "mail.example.com", Plain: "Encryption works.", Says: "Seen from " + own[4], Findings: []report.Finding{finding}, Commands: []string{"dig @" + own[1] + " example.com"},
			Measured: []rules.Measured{{Fact: facts.SMTPGreetingLatency, Evidence: "asked of " + own[1]}}}}},
		Evidence: evidence.Bundle{Tool: "mxverdict", Vantage: evidence.Vantage{Helo: own[0], Resolver: own[1] + ":53", Proxy: own[2]},
			Exchanges: []evidence.Exchange{{At: at, Name: "example.com", Type: "MX", Server: own[1] + ":53", Answer: []string{own[4]}}},
			Sessions: []evidence.Session{{Host: "mail.example.com", Address: "203.0.113.25", StartedAt: at, Events: []evidence.Event{{Sent: "EHLO " + own[0],
				Reply: &evidence.Reply{Lines: []evidence.Line{{Text: "250 hello " + own[4]}}}}}}}},
		Notices: []string{"the resolver " + own[1] + " lies"}, StartedAt: at, FinishedAt: at,
	}
}

// as is a result in a format.
func as(t *testing.T, f render.Format, o render.Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := f.Results(&out, []result.Result{tested(t)}, false, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What is for customers holds nothing of the network that tested, in whatever format; what is for the desk does.
func TestCustomersSeeNothingOfTheNetworkThatTested(t *testing.T) {
	for _, f := range render.Formats() {
		t.Run(f.Name, func(t *testing.T) {
			for _, page := range []bool{false, true} {
				sent := as(t, f, render.Options{Level: document.Log, For: document.Customer, Page: page})
				for _, name := range own {
					if strings.Contains(sent, name) {
						t.Errorf("%s is told to a customer:\n%s", name, sent)
					}
				}
				if !strings.Contains(strings.Join(strings.Fields(sent), " "), "Encryption works.") {
					t.Errorf("the customer gets no reply:\n%s", sent)
				}
			}
			kept := as(t, f, render.Options{Level: document.Log, For: document.Internal})
			if f.Name != "reply" && !strings.Contains(kept, own[0]) {
				t.Errorf("the desk does not see its own name:\n%s", kept)
			}
			if f.ForPeople() && f.Name != "reply" && strings.Contains(kept, "from here on it is not for the customer") {
				t.Errorf("nothing is for the customer, and is parted:\n%s", kept)
			}
			both := as(t, f, render.Options{Level: document.Log})
			if parting := strings.Index(strings.ReplaceAll(both, `\`, ""), "not for the customer"); f.ForPeople() && f.Name != "text" && f.Name != "reply" && parting < 0 {
				t.Errorf("the customer's part is not parted from the desk's:\n%s", both)
			}
		})
	}
}
